-- Invitations: what an owner offers to somebody who is not there yet. An offer is found and read by its
-- handle and accepted with its secret; the database knows only hashes of what is derived from either.
-- What the covers are sealed under takes the secret and the root key, so that nobody who reads these
-- tables accepts anything.

grant create on schema circle to keepwell_visitor;

create table circle.invitation (
    owner                 uuid        not null,
    invitation            uuid        not null,
    handle_hash           bytea       not null,
    proof_hash            bytea       not null,
    offer_sealed          bytea       not null,
    for_owner_sealed      bytea       not null,
    secret_sealed         bytea       not null,
    line_for_owner_sealed bytea       not null,
    made_at               timestamptz not null default now(),
    expires_at            timestamptz not null,
    constraint invitation_pkey primary key (owner, invitation),
    constraint invitation_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint invitation_hashes_are_sha256 check (
        length(handle_hash) = 32 and length(proof_hash) = 32),
    constraint invitation_words_are_few check (length(offer_sealed) <= 8192
        and length(for_owner_sealed) <= 8192 and length(secret_sealed) <= 2048
        and length(line_for_owner_sealed) <= 2048),
    constraint invitation_ends_within_a_week check (expires_at <= made_at + interval '7 days')
);
create unique index invitation_by_handle on circle.invitation (handle_hash);
create unique index invitation_by_proof on circle.invitation (proof_hash);
create index invitation_by_expiry on circle.invitation (expires_at);

-- One scope of what is offered, with its keys. It becomes a grant of whoever accepts.
create table circle.offered_part (
    owner      uuid       not null,
    invitation uuid       not null,
    scope      auth.scope not null,
    epoch      integer    not null,
    first_day  date       not null,
    last_day   date       not null,
    access     text       not null,
    ends_at    timestamptz,
    key_sealed bytea      not null,
    constraint offered_part_pkey primary key (owner, invitation, scope),
    constraint offered_part_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint offered_part_invitation_fkey foreign key (owner, invitation)
        references circle.invitation (owner, invitation) on delete cascade,
    constraint offered_part_epoch_is_one_or_more check (epoch >= 1),
    constraint offered_part_window_is_a_window check (first_day <= last_day),
    constraint offered_part_access_is_known check (access in ('see', 'write')),
    constraint offered_part_key_is_small check (length(key_sealed) <= 4096)
);

alter table circle.invitation enable row level security;
alter table circle.invitation force row level security;
alter table circle.offered_part enable row level security;
alter table circle.offered_part force row level security;

-- The owner offers with a fresh proof and takes an offer back at any time. New keys for a scope seal
-- what is offered of it anew.
create policy my_own on circle.invitation for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy my_own_insert on circle.invitation for insert to keepwell_app
    with check (owner = (select m.principal from auth.me m where m.fresh));
create policy my_own_delete on circle.invitation for delete to keepwell_app
    using (owner = (select m.principal from auth.me m));
grant select (owner, invitation, for_owner_sealed, secret_sealed, made_at, expires_at), insert, delete
    on circle.invitation to keepwell_app;
create policy my_own on circle.offered_part for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy my_own_insert on circle.offered_part for insert to keepwell_app
    with check (owner = (select m.principal from auth.me m where m.fresh));
create policy my_own_renew on circle.offered_part for update to keepwell_app
    using (owner = (select m.principal from auth.me m where m.fresh))
    with check (owner = (select m.principal from auth.me m where m.fresh));
grant select, insert,
    update (epoch, key_sealed) on circle.offered_part to keepwell_app;

-- Clean-up sees when an invitation ends, and nothing else of it.
grant usage on schema circle to keepwell_worker;
create policy ended on circle.invitation for select to keepwell_worker using (expires_at <= now());
create policy ended_delete on circle.invitation for delete to keepwell_worker
    using (expires_at <= now());
grant select (expires_at), delete on circle.invitation to keepwell_worker;

-- The functions below find one invitation that has not expired, by what they are given.
grant select, delete on circle.invitation to keepwell_visitor;
create policy visit_by_handle on circle.invitation for select to keepwell_visitor
    using (expires_at > now()
        and handle_hash = sha256(decode(current_setting('app.handle', true), 'hex')));
create policy visit_by_proof on circle.invitation for select to keepwell_visitor
    using (expires_at > now()
        and proof_hash = sha256(decode(current_setting('app.offer', true), 'hex')));
create policy visit_accepts on circle.invitation for delete to keepwell_visitor
    using (expires_at > now()
        and proof_hash = sha256(decode(current_setting('app.offer', true), 'hex')));
grant select on circle.offered_part to keepwell_visitor;
create policy visit_of_the_found_invitation on circle.offered_part for select to keepwell_visitor
    using (exists (select from circle.invitation i
        where i.owner = offered_part.owner and i.invitation = offered_part.invitation));
-- A visitor's grant is made of what is offered, of exactly these days, or not at all.
grant insert on auth.access_grant to keepwell_visitor;
create policy visit_accepts on auth.access_grant for insert to keepwell_visitor
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid and owner <> holder
        and holder = (select s.principal from auth.session s)
        and exists (select from circle.offered_part p
            where p.owner = access_grant.owner and p.scope = access_grant.scope
                and p.epoch = access_grant.epoch and p.first_day = access_grant.first_day
                and p.last_day = access_grant.last_day and p.access = access_grant.access
                and p.ends_at is not distinct from access_grant.ends_at));
-- The owner is told in the app. Their address is sealed to them, so no mail is made here.
grant usage on schema accounts to keepwell_visitor;
grant insert (principal, notice, what) on accounts.notice to keepwell_visitor;
create policy visit_of_the_named_diary on accounts.notice for insert to keepwell_visitor
    with check (what = 'access_given'
        and principal = nullif(current_setting('app.owner', true), '')::uuid);

-- What is offered under a handle, for whoever has the link, with or without an account.
create function circle.look_at_offer(handle bytea) returns table (
    invitation uuid, offer_sealed bytea, expires_at timestamptz, scopes text[], accesses text[],
    first_days date[], last_days date[], ends timestamptz[]
)
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('app.handle', encode(handle, 'hex'), true),
        set_config('app.offer', '', true);
    return query
        select i.invitation, i.offer_sealed, i.expires_at, p.scopes, p.accesses, p.first_days,
            p.last_days, p.ends
        from circle.invitation i
        cross join lateral (
            select array_agg(o.scope::text order by o.scope) as scopes,
                array_agg(o.access order by o.scope) as accesses,
                array_agg(o.first_day order by o.scope) as first_days,
                array_agg(o.last_day order by o.scope) as last_days,
                array_agg(o.ends_at order by o.scope) as ends
            from circle.offered_part o
            where o.owner = i.owner and o.invitation = i.invitation
        ) p
        where i.handle_hash = sha256(handle);
    perform set_config('app.handle', '', true);
end
$$;
alter function circle.look_at_offer(bytea) owner to keepwell_visitor;

-- What the asker would get with a proof of the secret: the sealed keys, held until the transaction
-- ends, so that of two who accept at once one is late. Only under keys that are alive.
create function circle.open_offer(proof bytea) returns table (
    invitation uuid, owner uuid, public_key bytea, key_tag_hash bytea, offer_sealed bytea,
    scope text, epoch integer, first_day date, last_day date, ends_at timestamptz, key_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    found_owner uuid;
    found_invitation uuid;
begin
    if not exists (select from auth.session s
        where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
            and not s.owes_second_step) then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    perform set_config('app.handle', '', true),
        set_config('app.offer', encode(proof, 'hex'), true);
    select i.owner, i.invitation into found_owner, found_invitation
    from circle.invitation i where i.proof_hash = sha256(proof);
    if found then
        perform pg_advisory_xact_lock(hashtextextended('invitation ' || found_invitation, 0));
        perform pg_advisory_xact_lock_shared(hashtextextended('epochs ' || found_owner, 0));
        perform set_config('app.owner', found_owner::text, true);
        return query
            select i.invitation, i.owner, k.public_key, k.key_tag_hash, i.offer_sealed,
                p.scope::text, p.epoch, p.first_day, p.last_day, p.ends_at, p.key_sealed
            from circle.invitation i
            join auth.principal k on k.principal = i.owner
            join circle.offered_part p on p.owner = i.owner and p.invitation = i.invitation
            join auth.access_grant a on a.owner = i.owner and a.holder = i.owner
                and a.scope = p.scope and a.epoch = p.epoch
            where i.proof_hash = sha256(proof);
        perform set_config('app.owner', '', true);
    end if;
    perform set_config('app.offer', '', true);
end
$$;
alter function circle.open_offer(bytea) owner to keepwell_visitor;

-- Makes what is offered the asker's, with the keys sealed for the asker, and ends the invitation.
-- Returns what came of it: accepted, gone, own, or held when the asker has access already.
create function circle.accept_offer(
    proof bytea, scopes text[], keys bytea[], given bytea[], for_owner bytea, for_holder bytea,
    line_for_holder bytea, notice uuid
) returns text
    language plpgsql security definer set search_path = '' as $$
declare
    me record;
    offer record;
    made bigint;
begin
    select s.principal, s.application into me from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    perform set_config('app.handle', '', true),
        set_config('app.offer', encode(proof, 'hex'), true);
    select i.owner, i.invitation, i.line_for_owner_sealed into offer
    from circle.invitation i where i.proof_hash = sha256(proof);
    if not found then
        perform set_config('app.offer', '', true);
        return 'gone';
    end if;
    if offer.owner = me.principal then
        perform set_config('app.offer', '', true);
        return 'own';
    end if;
    perform set_config('app.owner', offer.owner::text, true);
    if exists (select from circle.share s
        where s.owner = offer.owner and s.holder = me.principal) then
        perform set_config('app.owner', '', true), set_config('app.offer', '', true);
        return 'held';
    end if;
    insert into auth.access_grant (owner, holder, scope, epoch, first_day, last_day, access, ends_at,
        key_sealed, given_hash)
    select p.owner, me.principal, p.scope, p.epoch, p.first_day, p.last_day, p.access, p.ends_at,
        k.key, k.tag
    from circle.offered_part p
    join unnest(scopes, keys, given) as k (scope, key, tag) on k.scope = p.scope
    where p.owner = offer.owner and p.invitation = offer.invitation;
    get diagnostics made = row_count;
    if made <> (select count(*) from circle.offered_part p
        where p.owner = offer.owner and p.invitation = offer.invitation) then
        raise exception 'the offer was changed meanwhile' using errcode = '40001';
    end if;
    insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
        line_for_owner_sealed, line_for_holder_sealed)
    values (offer.owner, me.principal, 'friend', for_owner, for_holder, offer.line_for_owner_sealed,
        line_for_holder);
    delete from circle.invitation i where i.proof_hash = sha256(proof);
    if not found then
        raise exception 'the offer was accepted meanwhile' using errcode = '40001';
    end if;
    perform audit.append_of_visit(offer.owner, me.principal, me.principal, me.application,
        'invitation_accepted', array_to_string(scopes, ' '));
    insert into accounts.notice (principal, notice, what)
    values (offer.owner, accept_offer.notice, 'access_given');
    perform set_config('app.owner', '', true), set_config('app.offer', '', true);
    return 'accepted';
end
$$;
alter function circle.accept_offer(bytea, text[], bytea[], bytea[], bytea, bytea, bytea, uuid)
    owner to keepwell_visitor;

revoke all on function circle.look_at_offer(bytea), circle.open_offer(bytea),
    circle.accept_offer(bytea, text[], bytea[], bytea[], bytea, bytea, bytea, uuid) from public;
grant execute on function circle.look_at_offer(bytea), circle.open_offer(bytea),
    circle.accept_offer(bytea, text[], bytea[], bytea[], bytea, bytea, bytea, uuid) to keepwell_app;

revoke create on schema circle from keepwell_visitor;
