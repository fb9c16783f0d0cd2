-- The circle: who else may see a part of somebody's diary, and how. A holder is a person or an
-- organisation (a practice or a study, with members). What a holder may is said by the rows that carry
-- the keys (auth.access_grant), proved by one guarded view (auth.visit), and used through functions
-- that write the audit in the same transaction.

create schema circle;
grant usage on schema circle to keepwell_app, keepwell_visitor;
grant usage on schema auth, erasure, diary, audit to keepwell_visitor;
grant create on schema auth, circle, diary, audit to keepwell_visitor;
grant create on schema auth to keepwell_auth, keepwell_revoker;
grant create on schema accounts to keepwell_auth;

-- Whoever can hold keys is of a kind. The tag is made with the root key: nobody seals to a public key
-- from this table before the tag was checked, so one that was exchanged here gains nothing.
alter table auth.principal
    add column kind text not null default 'person',
    add column key_tag_hash bytea,
    add constraint principal_kind_is_known check (kind in ('person', 'practice', 'study')),
    add constraint principal_key_tag_is_an_hmac check (length(key_tag_hash) = 32),
    add constraint principal_organisation_has_a_tag check (kind = 'person' or key_tag_hash is not null);

-- A session's keyring key, sealed to its own person: when a scope gets new keys, whoever makes them
-- puts them on the person's other keyrings too.
alter table auth.session add column spare_key_sealed bytea;

-- A part of a share: these days of this scope, until then, to see or to write. An owner's own grants
-- are of everything.
alter table auth.access_grant
    add column access text not null default 'write',
    add column ends_at timestamptz,
    -- Says that exactly this was given, keyed with the root key: the next keys of a scope are sealed to
    -- nobody whose row was planted or widened here. An owner's own grants are sealed with more.
    add column given_hash bytea,
    add constraint access_grant_given_hash_is_an_hmac check (length(given_hash) = 32),
    add constraint access_grant_access_is_known check (access in ('see', 'write')),
    add constraint access_grant_own_is_of_everything check (owner <> holder
        or (access = 'write' and ends_at is null
            and first_day = date '1900-01-01' and last_day = date '2079-06-06'));
-- One epoch of a scope is alive at a time.
create unique index access_grant_one_epoch on auth.access_grant (owner, holder, scope);

-- Who belongs to an organisation, with which role, and the organisation's private key sealed to them.
create table auth.membership (
    organisation uuid        not null,
    member       uuid        not null,
    role         text        not null,
    slot_sealed  bytea       not null,
    joined_at    timestamptz not null default now(),
    constraint membership_pkey primary key (organisation, member),
    constraint membership_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint membership_member_fkey foreign key (member)
        references auth.principal (principal) on delete cascade,
    constraint membership_role_is_known
        check (role in ('owner', 'professional', 'assistant', 'researcher')),
    constraint membership_slot_is_small check (length(slot_sealed) <= 4096)
);
create index membership_by_member on auth.membership (member);
alter table auth.membership enable row level security;
alter table auth.membership force row level security;

-- What stands around the grants of one owner to one holder: what each calls the other and why, sealed
-- to each, and the key under which the two write to each other, sealed to each.
create table circle.share (
    owner                  uuid        not null,
    holder                 uuid        not null,
    kind                   text        not null,
    for_owner_sealed       bytea       not null,
    for_holder_sealed      bytea       not null,
    line_for_owner_sealed  bytea       not null,
    line_for_holder_sealed bytea       not null,
    made_at                timestamptz not null default now(),
    constraint share_pkey primary key (owner, holder),
    constraint share_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint share_holder_fkey foreign key (holder)
        references auth.principal (principal) on delete cascade,
    constraint share_kind_is_known check (kind in ('friend', 'practice', 'study')),
    constraint share_is_with_somebody_else check (owner <> holder),
    constraint share_words_are_few check (length(for_owner_sealed) <= 8192
        and length(for_holder_sealed) <= 8192
        and length(line_for_owner_sealed) <= 2048 and length(line_for_holder_sealed) <= 2048)
);
create index share_by_holder on circle.share (holder, owner);
alter table circle.share enable row level security;
alter table circle.share force row level security;

-- Who had access once: the audit names them for as long as it is kept.
create table circle.former_holder (
    owner            uuid        not null,
    holder           uuid        not null,
    kind             text        not null,
    for_owner_sealed bytea       not null,
    ended_at         timestamptz not null default now(),
    -- What is to get new keys when the owner comes next, where the holder went by themselves.
    scopes           text[],
    constraint former_holder_pkey primary key (owner, holder),
    constraint former_holder_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint former_holder_kind_is_known check (kind in ('friend', 'practice', 'study'))
);
alter table circle.former_holder enable row level security;
alter table circle.former_holder force row level security;

-- Who acted in which capacity: null is the owner, their own number a friend, an organisation its member.
alter table audit.event add column holder uuid;

-- The visitor's role. Its policies name rows, its views and functions prove who asks: it never logs in
-- and owns nothing but these.
grant select on auth.session to keepwell_visitor;
create policy visit_presented_session on auth.session for select to keepwell_visitor
    using (token_hash = sha256(decode(current_setting('app.token', true), 'hex'))
        and application <> 'token');
grant select, insert on auth.membership to keepwell_visitor;
grant update (slot_sealed) on auth.membership to keepwell_visitor;
create policy visit_by_number on auth.membership for select to keepwell_visitor
    using (member is not null);
create policy visit_of_the_presented_session_founds on auth.membership for insert to keepwell_visitor
    with check (member = (select s.principal from auth.session s) and role = 'owner'
        and organisation = nullif(current_setting('app.newcomer', true), '')::uuid);
create policy visit_of_the_presented_session_takes on auth.membership for update to keepwell_visitor
    using (member = (select s.principal from auth.session s))
    with check (member = (select s.principal from auth.session s));
grant insert on auth.principal to keepwell_visitor;
create policy visit_founded on auth.principal for insert to keepwell_visitor
    with check (kind <> 'person'
        and principal = nullif(current_setting('app.newcomer', true), '')::uuid);
grant select, delete on auth.access_grant to keepwell_visitor;
grant update (key_sealed) on auth.access_grant to keepwell_visitor;
create policy visit_of_the_named_diary on auth.access_grant for select to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid or owner = holder);
create policy visit_of_the_named_diary_takes on auth.access_grant for update to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid and owner <> holder)
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid and owner <> holder);
create policy visit_of_the_named_diary_ends on auth.access_grant for delete to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid and owner <> holder);
grant select on erasure.erasure_key to keepwell_visitor;
create policy visit_of_the_named_diary on erasure.erasure_key for select to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid);

-- What the presented session belongs to.
create view auth.my_membership with (security_barrier) as
    select m.organisation, m.member, m.role, m.slot_sealed, m.joined_at
    from auth.membership m
    join auth.session s on s.principal = m.member
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
alter view auth.my_membership owner to keepwell_visitor;
grant select on auth.my_membership to keepwell_app;

-- A visit: the presented session, the diary that the request names, in the capacity that it names, and
-- what grants that are alive let it reach. Naming gives nothing; without a membership or a grant there
-- is no row. No API token visits.
--
-- What may be reached is one value: a place is a scope and a day as one number (the scope's place in
-- the list times 100,000, and the days since 1900-01-01), and the value is the set of places. So a
-- policy compares each row with a value that is computed once a statement.
create view auth.visit with (security_barrier) as
    select s.principal, s.application, n.owner, n.holder, g.readable, g.writable
    from auth.session s
    cross join lateral (
        select nullif(current_setting('app.owner', true), '')::uuid as owner,
            coalesce(nullif(current_setting('app.holder', true), '')::uuid, s.principal) as holder
    ) n
    cross join lateral (
        select range_agg(a.places) as readable,
            range_agg(a.places) filter (where a.access = 'write') as writable
        from (
            select b.access, int4range(
                100000 * b.number + (b.first_day - date '1900-01-01'),
                100000 * b.number + (b.last_day - date '1900-01-01'),
                '[]') as places
            from (
                select c.access, c.first_day, c.last_day, array_position(array['food', 'summary',
                    'logged', 'activity', 'body', 'notes', 'plan', 'library'], c.scope::text) as number
                from auth.access_grant c
                where c.owner = n.owner and c.holder = n.holder
                    and (c.ends_at is null or c.ends_at > now())
            ) b
        ) a
    ) g
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step
        and n.owner <> s.principal and g.readable is not null
        and (n.holder = s.principal or exists (
            select from auth.membership m
            where m.organisation = n.holder and m.member = s.principal
                and m.role in ('owner', 'professional', 'researcher')));
alter view auth.visit owner to keepwell_visitor;

-- What a visit receives when it enters: who asks, with the keyring; the visited owner's sealed erasure
-- key; the membership it comes through; and the sealed keys of what it may reach.
create view auth.visit_entry with (security_barrier) as
    select
        s.principal,
        s.application,
        s.created_at,
        s.expires_at,
        s.idle_limit,
        s.last_used_at < now() - least(s.idle_limit / 15, interval '1 minute') as wants_touch,
        s.keyring_sealed,
        e.key_sealed as erasure_key_sealed,
        s.session,
        s.proved_at > now() - interval '5 minutes' as fresh,
        s.owes_second_step,
        n.owner,
        n.holder,
        m.slot_sealed,
        g.scopes,
        g.epochs,
        g.first_days,
        g.last_days,
        g.accesses,
        g.sealed_keys,
        g.readable
    from auth.session s
    cross join lateral (
        select nullif(current_setting('app.owner', true), '')::uuid as owner,
            coalesce(nullif(current_setting('app.holder', true), '')::uuid, s.principal) as holder
    ) n
    left join auth.membership m on m.organisation = n.holder and m.member = s.principal
        and m.role in ('owner', 'professional', 'researcher')
    cross join lateral (
        select array_agg(a.scope::text) as scopes, array_agg(a.epoch) as epochs,
            array_agg(a.first_day) as first_days, array_agg(a.last_day) as last_days,
            array_agg(a.access) as accesses, array_agg(a.key_sealed) as sealed_keys,
            range_agg(int4range(100000 * a.number + (a.first_day - date '1900-01-01'),
                100000 * a.number + (a.last_day - date '1900-01-01'), '[]')) as readable
        from (
            select b.scope, b.epoch, b.first_day, b.last_day, b.access, b.key_sealed,
                array_position(array['food', 'summary', 'logged', 'activity', 'body', 'notes',
                    'plan', 'library'], b.scope::text) as number
            from auth.access_grant b
            where b.owner = n.owner and b.holder = n.holder
                and (b.ends_at is null or b.ends_at > now())
        ) a
    ) g
    join erasure.erasure_key e on e.owner = n.owner
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and n.owner <> s.principal and g.scopes is not null
        and (n.holder = s.principal or m.member is not null);
alter view auth.visit_entry owner to keepwell_visitor;
grant select on auth.visit_entry to keepwell_app;

-- The holder seals what the owner sealed to the public key under the holder's own secret: it opens 200
-- times as fast. Only the bytes change, and only of what this visit reaches.
create function auth.take_grants(which text[], keys bytea[]) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.access_grant a set key_sealed = t.key
    from unnest(which, keys) as t (scope, key), auth.visit v
    where a.owner = v.owner and a.holder = v.holder and a.scope = t.scope
        and length(t.key) < length(a.key_sealed);
end
$$;
alter function auth.take_grants(text[], bytea[]) owner to keepwell_visitor;
create function auth.take_slot(of_organisation uuid, slot bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.membership m set slot_sealed = slot
    where m.organisation = of_organisation
        and m.member = (select s.principal from auth.session s where s.state = 'open'
            and s.expires_at > now() and s.last_used_at > now() - s.idle_limit);
end
$$;
alter function auth.take_slot(uuid, bytea) owner to keepwell_visitor;

-- Founds an organisation whose first member, with the role of an owner, is the asker.
create function circle.found(
    organisation uuid, kind text, public_key bytea, key_tag bytea, slot bytea
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    founder uuid;
begin
    select s.principal into founder from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step and s.proved_at > now() - interval '5 minutes';
    if not found then
        raise exception 'no session with a fresh proof was presented' using errcode = '28000';
    end if;
    perform set_config('app.newcomer', found.organisation::text, true);
    insert into auth.principal (principal, public_key, kind, key_tag_hash)
    values (found.organisation, found.public_key, found.kind, found.key_tag);
    insert into auth.membership (organisation, member, role, slot_sealed)
    values (found.organisation, founder, 'owner', slot);
    perform set_config('app.newcomer', '', true);
end
$$;
alter function circle.found(uuid, text, bytea, bytea, bytea) owner to keepwell_visitor;

-- Grants and shares, for the runtime role: an owner sees what they gave and a holder what they hold.
-- The owner gives, changes and withdraws with a fresh proof. What an organisation holds, its members see
-- through views.
create policy given_by_me on auth.access_grant for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
-- What has ended is handed to nobody any more.
alter policy held_by_me on auth.access_grant
    using (holder = (select m.principal from auth.me m) and (ends_at is null or ends_at > now()));
create policy given_by_me_insert on auth.access_grant for insert to keepwell_app
    with check (owner = (select m.principal from auth.me m where m.fresh));
create policy given_by_me_update on auth.access_grant for update to keepwell_app
    using (owner = (select m.principal from auth.me m where m.fresh))
    with check (owner = (select m.principal from auth.me m where m.fresh));
create policy given_by_me_delete on auth.access_grant for delete to keepwell_app
    using (owner = (select m.principal from auth.me m where m.fresh) and owner <> holder);
grant insert, update (epoch, first_day, last_day, access, ends_at, key_sealed, given_hash), delete
    on auth.access_grant to keepwell_app;

create policy of_my_organisation on auth.membership for select to keepwell_app
    using (organisation = any (array(select m.organisation from auth.my_membership m)));
grant select on auth.membership to keepwell_app;

create policy given_by_me on circle.share for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy held_by_me on circle.share for select to keepwell_app
    using (holder = (select m.principal from auth.me m));
create policy given_by_me_insert on circle.share for insert to keepwell_app
    with check (owner = (select m.principal from auth.me m where m.fresh));
create policy given_by_me_update on circle.share for update to keepwell_app
    using (owner = (select m.principal from auth.me m where m.fresh))
    with check (owner = (select m.principal from auth.me m where m.fresh));
grant select, insert, update (for_owner_sealed, for_holder_sealed) on circle.share to keepwell_app;

create policy my_own on circle.former_holder for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy my_own_settled on circle.former_holder for update to keepwell_app
    using (owner = (select m.principal from auth.me m where m.fresh))
    with check (owner = (select m.principal from auth.me m where m.fresh));
grant select, update (scopes) on circle.former_holder to keepwell_app;

-- Ends a share with all its grants: by its owner with a fresh proof, or by its holder, who may always
-- go. The name stays with the owner. What was stored gets new keys in the owner's own transaction, or
-- at the owner's next visit when the holder went.
grant select, insert, delete, update (line_for_holder_sealed) on circle.share to keepwell_visitor;
create policy visit_of_the_named_diary on circle.share for all to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid)
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid);
grant select, insert, update on circle.former_holder to keepwell_visitor;
create policy visit_of_the_named_diary on circle.former_holder for all to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid)
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid);
create function circle.end_share(of_owner uuid, of_holder uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    named text := current_setting('app.owner', true);
    me record;
    ended boolean;
begin
    select s.principal, s.application, s.proved_at > now() - interval '5 minutes' as fresh into me
    from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    if not (me.principal = of_owner and me.fresh or me.principal = of_holder) then
        return false;
    end if;
    perform set_config('app.owner', of_owner::text, true);
    -- One after the other with a change of what the holder has: nothing that is given meanwhile stays.
    perform pg_advisory_xact_lock(hashtextextended('epochs ' || of_owner, 0));
    insert into circle.former_holder as f (owner, holder, kind, for_owner_sealed, scopes)
    select s.owner, s.holder, s.kind, s.for_owner_sealed,
        (select array_agg(a.scope::text) from auth.access_grant a
        where a.owner = of_owner and a.holder = of_holder and me.principal <> of_owner)
    from circle.share s where s.owner = of_owner and s.holder = of_holder
    on conflict on constraint former_holder_pkey do update
    set for_owner_sealed = excluded.for_owner_sealed, kind = excluded.kind, ended_at = now(),
        -- What waits for new keys since an earlier time goes on waiting.
        scopes = nullif(array(select distinct unnest(f.scopes || excluded.scopes)), array[]::text[]);
    delete from circle.share s where s.owner = of_owner and s.holder = of_holder;
    ended := found;
    delete from auth.access_grant a where a.owner = of_owner and a.holder = of_holder;
    if ended and me.principal = of_holder then
        perform audit.append_of_visit(of_owner, me.principal, of_holder, me.application,
            'access_left', '');
    end if;
    perform set_config('app.owner', coalesce(named, ''), true);
    return ended;
end
$$;
alter function circle.end_share(uuid, uuid) owner to keepwell_visitor;

-- The public keys of those who hold something of the asker's, for whoever seals new keys to them.
grant select on auth.principal to keepwell_visitor;
create policy visit_by_number on auth.principal for select to keepwell_visitor
    using (principal is not null);
create view auth.my_holder with (security_barrier) as
    select p.principal as holder, p.kind, p.public_key, p.key_tag_hash
    from auth.session s
    -- Also where every part has ended: something may be given again.
    cross join lateral (
        select a.holder from auth.access_grant a
        where a.owner = s.principal and a.holder <> s.principal
        union
        select h.holder from circle.share h where h.owner = s.principal
    ) g
    join auth.principal p on p.principal = g.holder
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
create policy visit_given_by_the_presented_session on circle.share for select to keepwell_visitor
    using (owner = (select s.principal from auth.session s));
create policy visit_given_by_the_presented_session on auth.access_grant for select to keepwell_visitor
    using (owner = (select s.principal from auth.session s));
alter view auth.my_holder owner to keepwell_visitor;
grant select on auth.my_holder to keepwell_app;

-- New keys for a scope, see the program's re-key. Nobody writes into the diary while they are made: a
-- change holds this shared (auth.hold_epochs), a re-key alone.
grant select on auth.caller to keepwell_visitor;
create function auth.hold_epochs(of_owner uuid, scopes text[], epochs integer[]) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.caller c where c.principal = of_owner)
        and not exists (select from auth.visit v where v.owner = of_owner) then
        raise exception 'nobody who writes there was presented' using errcode = '42501';
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('epochs ' || of_owner, 0));
    if exists (
        select from unnest(scopes, epochs) as d (scope, epoch)
        left join auth.access_grant a
            on a.owner = of_owner and a.holder = of_owner and a.scope = d.scope
        where a.epoch is distinct from d.epoch) then
        raise exception 'the keys were changed meanwhile' using errcode = '40001';
    end if;
end
$$;
alter function auth.hold_epochs(uuid, text[], integer[]) owner to keepwell_visitor;
revoke all on function auth.hold_epochs(uuid, text[], integer[]) from public;
grant execute on function auth.hold_epochs(uuid, text[], integer[]) to keepwell_app;

-- The keyrings of all the asker's sessions and tokens, and what opens them for the asker.
create view auth.my_keyring with (security_barrier) as
    select s.session, s.application, s.access, s.keyring_sealed, s.spare_key_sealed
    from auth.session s
    where s.expires_at > now();
alter view auth.my_keyring owner to keepwell_revoker;
grant select on auth.my_keyring to keepwell_app;
grant update (keyring_sealed) on auth.session to keepwell_revoker;
-- Keeps the keyrings with the new keys. A session that the new keys could not be given to ends.
create function auth.keep_my_keyrings(sessions uuid[], keyrings bytea[]) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.me m where m.fresh) then
        raise exception 'no session with a fresh proof was presented' using errcode = '28000';
    end if;
    update auth.session s set keyring_sealed = k.keyring
    from unnest(sessions, keyrings) as k (session, keyring)
    where s.session = k.session;
    delete from auth.session s
    where s.session <> all (sessions) and s.access is distinct from 'write_only';
end
$$;
alter function auth.keep_my_keyrings(uuid[], bytea[]) owner to keepwell_revoker;
revoke all on function auth.keep_my_keyrings(uuid[], bytea[]) from public;
grant execute on function auth.keep_my_keyrings(uuid[], bytea[]) to keepwell_app;

-- Refuses a keyring that a re-key has overtaken: whoever keeps one says the sum of the epochs on it, and
-- a re-key holds this lock alone. Nothing is on the keyring of a session that waits for its second step.
grant select (owner, holder, epoch) on auth.access_grant to keepwell_auth, keepwell_revoker;
create policy own_of_the_presented_session on auth.access_grant for select to keepwell_auth
    using (owner = holder and owner = (select s.principal from auth.session s));
create policy own_of_the_asker on auth.access_grant for select to keepwell_revoker
    using (owner = holder and owner = (select m.principal from auth.me m));
create function auth.hold_keys(person uuid, epochs bigint) returns void
    language plpgsql security invoker set search_path = '' as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended(person::text, 0));
    if epochs <> 0 and epochs is distinct from (
        select sum(a.epoch) from auth.access_grant a
        where a.owner = person and a.holder = person) then
        raise exception 'the keys were changed meanwhile' using errcode = '40001';
    end if;
end
$$;
revoke all on function auth.hold_keys(uuid, bigint) from public;
grant execute on function auth.hold_keys(uuid, bigint) to keepwell_auth, keepwell_revoker;

-- Whoever begins a session keeps its spare key with its keyring, and tags the public key that its
-- person's private key leads to where it has none.
drop function auth.keep_keyring(bytea, bytea);
create function auth.keep_keyring(
    keyring bytea, spare_key bytea, epochs bigint, device bytea, tag bytea
) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform auth.hold_keys((select s.principal from auth.session s), epochs);
    update auth.session s
    set keyring_sealed = keyring, spare_key_sealed = spare_key, device_sealed = device
    where s.keyring_sealed is null and s.expires_at > now();
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    update auth.principal p set key_tag_hash = tag
    where p.principal = (select s.principal from auth.session s) and p.key_tag_hash is null;
end
$$;
alter function auth.keep_keyring(bytea, bytea, bigint, bytea, bytea) owner to keepwell_auth;
grant select (principal, key_tag_hash), update (key_tag_hash) on auth.principal to keepwell_auth;
create policy of_the_presented_session on auth.principal for select to keepwell_auth
    using (principal = (select s.principal from auth.session s));
create policy presented_session_tags on auth.principal for update to keepwell_auth
    using (principal = (select s.principal from auth.session s))
    with check (principal = (select s.principal from auth.session s));
drop function auth.renew_session(text, bytea);
create function auth.renew_session(
    new_token text, keyring bytea, spare_key bytea, epochs bigint
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    renewed auth.session%rowtype;
begin
    perform auth.hold_keys((select s.principal from auth.session s), epochs);
    delete from auth.session s where s.expires_at > now() returning * into renewed;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    perform set_config('app.token', new_token, true);
    renewed.token_hash := sha256(decode(new_token, 'hex'));
    renewed.keyring_sealed := keyring;
    renewed.spare_key_sealed := spare_key;
    insert into auth.session select renewed.*;
end
$$;
alter function auth.renew_session(text, bytea, bytea, bigint) owner to keepwell_auth;
revoke all on function auth.keep_keyring(bytea, bytea, bigint, bytea, bytea),
    auth.renew_session(text, bytea, bytea, bigint) from public;
grant execute on function auth.keep_keyring(bytea, bytea, bigint, bytea, bytea),
    auth.renew_session(text, bytea, bytea, bigint) to keepwell_app;
drop function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea);
create function auth.make_token(
    token uuid, token_hash bytea, name_sealed bytea, access text, scopes text[], life interval,
    keyring_sealed bytea, spare_key_sealed bytea, epochs bigint
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me record;
begin
    select m.principal, m.fresh into me from auth.me m;
    if not found or not me.fresh then
        raise exception 'no session with a fresh proof was presented' using errcode = '28000';
    end if;
    perform auth.hold_keys(me.principal, epochs);
    insert into auth.session (principal, session, token_hash, application, idle_limit, expires_at,
        keyring_sealed, spare_key_sealed, name_sealed, access, scopes)
    values (me.principal, token, make_token.token_hash, 'token', life, now() + life,
        make_token.keyring_sealed, make_token.spare_key_sealed, make_token.name_sealed,
        make_token.access, make_token.scopes);
end
$$;
alter function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea, bytea, bigint)
    owner to keepwell_revoker;
revoke all on function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea, bytea, bigint)
    from public;
grant execute on function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea, bytea, bigint)
    to keepwell_app;

-- Opens an account and its first session, as before, with the tag and the spare key.
drop function accounts.sign_up(uuid, bytea, bytea, bytea, uuid[], smallint[], bytea[], bytea[],
    integer, integer, integer, text[], bytea[], date, date, text, interval, interval, bytea);
create function accounts.sign_up(
    newcomer uuid, public_key bytea, key_tag bytea, email_sealed bytea, erasure_key_sealed bytea,
    slots uuid[], kinds smallint[], proof_hashes bytea[], private_keys_sealed bytea[],
    memory_kib integer, passes integer, lanes integer,
    scopes text[], grant_keys_sealed bytea[], first_day date, last_day date,
    application text, idle_limit interval, absolute_limit interval,
    keyring_sealed bytea, spare_key_sealed bytea
) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('app.newcomer', newcomer::text, true);
    insert into auth.principal (principal, public_key, key_tag_hash)
    values (newcomer, public_key, key_tag);
    insert into accounts.account (principal, email_sealed) values (newcomer, email_sealed);
    insert into accounts.key_slot (principal, slot, kind, proof_hash, private_key_sealed,
        stretch_memory_kib, stretch_passes, stretch_lanes)
    select newcomer, s.slot, s.kind, s.proof_hash, s.private_key_sealed, memory_kib, passes, lanes
    from unnest(slots, kinds, proof_hashes, private_keys_sealed)
        as s (slot, kind, proof_hash, private_key_sealed);
    insert into auth.access_grant (owner, holder, scope, epoch, first_day, last_day, key_sealed)
    select newcomer, newcomer, g.scope, 1, sign_up.first_day, sign_up.last_day, g.key_sealed
    from unnest(scopes, grant_keys_sealed) as g (scope, key_sealed);
    insert into erasure.erasure_key (owner, key_sealed) values (newcomer, erasure_key_sealed);
    insert into auth.session (principal, token_hash, application, idle_limit, expires_at,
        keyring_sealed, spare_key_sealed)
    values (newcomer, sha256(decode(current_setting('app.token', true), 'hex')), application,
        idle_limit, now() + absolute_limit, keyring_sealed, spare_key_sealed);
    perform set_config('app.newcomer', '', true);
end
$$;
alter function accounts.sign_up(uuid, bytea, bytea, bytea, bytea, uuid[], smallint[], bytea[], bytea[],
    integer, integer, integer, text[], bytea[], date, date, text, interval, interval, bytea, bytea)
    owner to keepwell_auth;
revoke all on function accounts.sign_up(uuid, bytea, bytea, bytea, bytea, uuid[], smallint[], bytea[],
    bytea[], integer, integer, integer, text[], bytea[], date, date, text, interval, interval, bytea,
    bytea) from public;
grant execute on function accounts.sign_up(uuid, bytea, bytea, bytea, bytea, uuid[], smallint[],
    bytea[], bytea[], integer, integer, integer, text[], bytea[], date, date, text, interval, interval,
    bytea, bytea) to keepwell_app;

-- The audit of visits. The same chain as the owner's own acts; the capacity is part of what is hashed.
grant select, insert, update on audit.head to keepwell_visitor;
grant insert on audit.event to keepwell_visitor;
create policy visit_of_the_named_diary on audit.head to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid)
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid);
create policy visit_of_the_named_diary on audit.event for insert to keepwell_visitor
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid
        and holder is not null);
-- Appends one event about the named diary, done by the actor in a capacity. Only for the functions of
-- the same role, which have proved a visit.
create function audit.append_of_visit(
    of_owner uuid, actor uuid, through uuid, application text, act text, about text
) returns void
    language plpgsql security invoker set search_path = '' as $$
declare
    moment timestamptz := clock_timestamp();
    next_seq bigint;
    next_hash bytea;
begin
    update audit.head h
    set seq = h.seq + 1,
        hash = sha256(h.hash || convert_to(concat_ws(e'\x1f', h.seq + 1,
            extract(epoch from moment), actor, application, act, about, through), 'UTF8'))
    where h.owner = of_owner
    returning h.seq, h.hash into next_seq, next_hash;
    if not found then
        next_seq := 1;
        next_hash := sha256(sha256(uuid_send(of_owner)) || convert_to(concat_ws(e'\x1f',
            1, extract(epoch from moment), actor, application, act, about, through), 'UTF8'));
        insert into audit.head (owner, seq, hash) values (of_owner, next_seq, next_hash);
    end if;
    insert into audit.event (owner, seq, at, actor, application, action, subject, holder, hash)
    values (of_owner, next_seq, moment, append_of_visit.actor, append_of_visit.application, act, about,
        through, next_hash);
end
$$;
alter function audit.append_of_visit(uuid, uuid, uuid, text, text, text) owner to keepwell_visitor;
revoke all on function audit.append_of_visit(uuid, uuid, uuid, text, text, text) from public;
-- The acts of a visit that are no reading and no change of a day.
create function audit.append_visit(act text, about text) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
begin
    select w.principal, w.application, w.owner, w.holder into v from auth.visit w;
    if not found then
        raise exception 'no visit was presented' using errcode = '28000';
    end if;
    perform audit.append_of_visit(v.owner, v.principal, v.holder, v.application, act, about);
end
$$;
alter function audit.append_visit(text, text) owner to keepwell_visitor;

-- The diary, for visitors: never the table, always one of these, which write the audit in the same
-- transaction; the server opens nothing before that is committed. So no read escapes the audit.
grant select, insert, update on diary.record_day to keepwell_visitor;
create policy visited on diary.record_day for select to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid
        and 100000 * array_position(array['food', 'summary', 'logged', 'activity', 'body',
            'notes', 'plan', 'library'], scope::text) + (day - date '1900-01-01') <@ (select v.readable from auth.visit v));
create policy visited_insert on diary.record_day for insert to keepwell_visitor
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid
        and 100000 * array_position(array['food', 'summary', 'logged', 'activity', 'body',
            'notes', 'plan', 'library'], scope::text) + (day - date '1900-01-01') <@ (select v.writable from auth.visit v));
create policy visited_update on diary.record_day for update to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid
        and 100000 * array_position(array['food', 'summary', 'logged', 'activity', 'body',
            'notes', 'plan', 'library'], scope::text) + (day - date '1900-01-01') <@ (select v.writable from auth.visit v))
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid
        and 100000 * array_position(array['food', 'summary', 'logged', 'activity', 'body',
            'notes', 'plan', 'library'], scope::text) + (day - date '1900-01-01') <@ (select v.writable from auth.visit v));

-- Writes into the audit what a visit is about to see: of the wanted scopes and days those that it may
-- reach, whether something is recorded there or not. False when it reaches none of them: nothing is
-- shown then, and nothing is written.
create function audit.append_look(
    of_owner uuid, actor uuid, through uuid, application text, readable int4multirange,
    wanted text[], from_day date, to_day date
) returns boolean
    language plpgsql security invoker set search_path = '' as $$
declare
    known constant text[] := array['food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan',
        'library'];
    one text;
    base integer;
    places int4multirange;
    seen text := '';
    first_seen date;
    last_seen date;
begin
    foreach one in array wanted loop
        base := 100000 * array_position(known, one);
        places := readable * int4multirange(int4range(
            base + (from_day - date '1900-01-01'), base + (to_day - date '1900-01-01'), '[]'));
        if base is not null and not isempty(places) then
            seen := seen || one || ' ';
            first_seen := least(first_seen, date '1900-01-01' + (lower(places) - base));
            last_seen := greatest(last_seen, date '1900-01-01' + (upper(places) - 1 - base));
        end if;
    end loop;
    if first_seen is null then
        return false;
    end if;
    seen := seen || first_seen;
    if last_seen > first_seen then
        seen := seen || '..' || last_seen;
    end if;
    perform audit.append_of_visit(of_owner, actor, through, application, 'looked', seen);
    return true;
end
$$;
alter function audit.append_look(uuid, uuid, uuid, text, int4multirange, text[], date, date)
    owner to keepwell_visitor;
revoke all on function audit.append_look(uuid, uuid, uuid, text, int4multirange, text[], date, date)
    from public;

-- What a visit sees of some scopes from one day to another. What it may not reach is not there.
create function diary.look(scopes text[], first_day date, last_day date) returns table (
    scope text, day date, version bigint, epoch integer, body_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
begin
    select w.principal, w.application, w.owner, w.holder, w.readable into v from auth.visit w;
    if not found or not audit.append_look(v.owner, v.principal, v.holder, v.application, v.readable,
            scopes, first_day, last_day) then
        return;
    end if;
    return query
        select r.scope::text, r.day, r.version, r.epoch, r.body_sealed
        from diary.record_day r
        where r.owner = v.owner and r.scope = any (scopes)
            and r.day between look.first_day and look.last_day
        order by r.day, r.scope;
end
$$;
alter function diary.look(text[], date, date) owner to keepwell_visitor;

-- The same with what the visit receives when it enters, for a few rows: one look at session and grants
-- less. Where nothing is seen, one row still says who asks.
create function diary.look_entered(wanted text[], from_day date, to_day date) returns table (
    entry auth.visit_entry, scope text, day date, version bigint, epoch integer, body_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    e auth.visit_entry;
begin
    select v.* into e from auth.visit_entry v;
    if not found then
        return;
    end if;
    if not e.owes_second_step and audit.append_look(e.owner, e.principal, e.holder, e.application,
            e.readable, wanted, from_day, to_day) then
        return query
            select e, r.scope::text, r.day, r.version, r.epoch, r.body_sealed
            from diary.record_day r
            where r.owner = e.owner and r.scope = any (wanted) and r.day between from_day and to_day
            order by r.day, r.scope;
        if found then
            return;
        end if;
    end if;
    return query select e, null::text, null::date, null::bigint, null::integer, null::bytea;
end
$$;
alter function diary.look_entered(text[], date, date) owner to keepwell_visitor;

-- The same of some days that the visit is about to change: what it may see, and what it may write of it
-- is locked until the end.
create function diary.look_for_change(scopes text[], days date[]) returns table (
    scope text, day date, version bigint, epoch integer, body_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
    seen text;
    known constant text[] := array['food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan',
        'library'];
begin
    select w.principal, w.application, w.owner, w.holder, w.readable, w.writable into v
    from auth.visit w;
    if not found then
        return;
    end if;
    select string_agg(p.scope || ' ' || p.day, ', ' order by p.day, p.scope) into seen
    from (select distinct s.scope, d.day from unnest(scopes) as s (scope), unnest(days) as d (day)
        where 100000 * array_position(known, s.scope) + (d.day - date '1900-01-01') <@ v.readable
            and s.scope not in ('summary', 'logged')) p;
    if seen is null then
        return;
    end if;
    if length(seen) > 200 then
        raise exception 'nobody changes so many days at once' using errcode = '22023';
    end if;
    perform audit.append_of_visit(v.owner, v.principal, v.holder, v.application, 'looked', seen);
    -- In the order of days, so that two changes of the same two days wait for each other and never both.
    perform 1 from diary.record_day r
        where r.owner = v.owner and r.scope = any (scopes) and r.day = any (days)
        order by r.day, r.scope
        for update;
    return query
        select r.scope::text, r.day, r.version, r.epoch, r.body_sealed
        from diary.record_day r
        where r.owner = v.owner and r.scope = any (scopes) and r.day = any (days)
            -- Sums come with the food that they are of, which is in the audit, and to be written.
            and (r.scope not in ('summary', 'logged') or ('food' = any (scopes)
                and 100000 * array_position(known, 'food') + (r.day - date '1900-01-01') <@ v.writable
                and 100000 * array_position(known, r.scope::text) + (r.day - date '1900-01-01')
                    <@ v.writable))
        order by r.day, r.scope;
end
$$;
alter function diary.look_for_change(text[], date[]) owner to keepwell_visitor;

-- Writes the documents of one change. Under the owner's newest keys or not at all.
create or replace function diary.keep_days(
    owner uuid, scopes text[], days date[], versions bigint[], epochs integer[], bodies bytea[],
    act text
) returns void
    language plpgsql security invoker set search_path = '' as $$
declare
    written bigint;
begin
    perform auth.hold_epochs(keep_days.owner, scopes, epochs);
    insert into diary.record_day as r (owner, scope, day, version, epoch, body_sealed)
    select keep_days.owner, d.scope, d.day, d.version, d.epoch, d.body
    from unnest(scopes, days, versions, epochs, bodies) as d (scope, day, version, epoch, body)
    on conflict on constraint record_day_pkey do update
    set version = excluded.version, epoch = excluded.epoch, body_sealed = excluded.body_sealed
    where r.version = excluded.version - 1;
    get diagnostics written = row_count;
    if written <> cardinality(days) then
        raise exception 'the day was changed meanwhile' using errcode = '40001';
    end if;
    perform audit.append(act, (
        select string_agg(d.scope || ' ' || d.day, ', ')
        from unnest(scopes, days) as d (scope, day)
        where d.scope not in ('summary', 'logged')));
end
$$;
create function diary.keep_days_of_visit(
    scopes text[], days date[], versions bigint[], epochs integer[], bodies bytea[], act text
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
    written bigint;
begin
    select w.principal, w.application, w.owner, w.holder into v from auth.visit w;
    if not found then
        raise exception 'no visit was presented' using errcode = '28000';
    end if;
    -- They are in the audit with the food that they are of.
    if exists (select from unnest(scopes, days) as s (scope, day)
        where s.scope in ('summary', 'logged') and not exists (
            select from unnest(scopes, days) as f (scope, day)
            where f.scope = 'food' and f.day = s.day)) then
        raise exception 'sums are written with their food' using errcode = '42501';
    end if;
    perform auth.hold_epochs(v.owner, scopes, epochs);
    insert into diary.record_day as r (owner, scope, day, version, epoch, body_sealed)
    select v.owner, d.scope, d.day, d.version, d.epoch, d.body
    from unnest(scopes, days, versions, epochs, bodies) as d (scope, day, version, epoch, body)
    on conflict on constraint record_day_pkey do update
    set version = excluded.version, epoch = excluded.epoch, body_sealed = excluded.body_sealed
    where r.version = excluded.version - 1;
    get diagnostics written = row_count;
    if written <> cardinality(days) then
        raise exception 'the day was changed meanwhile' using errcode = '40001';
    end if;
    perform audit.append_of_visit(v.owner, v.principal, v.holder, v.application, act, (
        select string_agg(d.scope || ' ' || d.day, ', ')
        from unnest(scopes, days) as d (scope, day)
        where d.scope not in ('summary', 'logged')));
end
$$;
alter function diary.keep_days_of_visit(text[], date[], bigint[], integer[], bytea[], text)
    owner to keepwell_visitor;

revoke all on function auth.take_grants(text[], bytea[]), auth.take_slot(uuid, bytea),
    circle.found(uuid, text, bytea, bytea, bytea), circle.end_share(uuid, uuid),
    audit.append_visit(text, text), diary.look(text[], date, date),
    diary.look_entered(text[], date, date),
    diary.look_for_change(text[], date[]),
    diary.keep_days_of_visit(text[], date[], bigint[], integer[], bytea[], text) from public;
grant execute on function auth.take_grants(text[], bytea[]), auth.take_slot(uuid, bytea),
    circle.found(uuid, text, bytea, bytea, bytea), circle.end_share(uuid, uuid),
    audit.append_visit(text, text), diary.look(text[], date, date),
    diary.look_entered(text[], date, date),
    diary.look_for_change(text[], date[]),
    diary.keep_days_of_visit(text[], date[], bigint[], integer[], bytea[], text) to keepwell_app;

revoke create on schema auth, circle, diary, audit from keepwell_visitor;
revoke create on schema auth from keepwell_auth, keepwell_revoker;
revoke create on schema accounts from keepwell_auth;
