-- Practices and studies: what they show of themselves, who belongs to them, and how members come and
-- go. An organisation is a principal with a key pair; each member holds a sealed copy of the private
-- half (auth.membership). Whoever leaves takes nothing along: the organisation gets another pair in the
-- same transaction, and everything that is sealed to it is sealed anew.

grant create on schema circle, auth to keepwell_visitor;
grant usage on schema diary to keepwell_clerk;
grant create on schema diary to keepwell_clerk;

-- What whoever has the code may read, sealed under the root key, and what the code is found by.
create table circle.organisation (
    organisation   uuid        not null,
    profile_sealed bytea       not null,
    code_hash      bytea       not null,
    made_at        timestamptz not null default now(),
    constraint organisation_pkey primary key (organisation),
    constraint organisation_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint organisation_profile_is_small check (length(profile_sealed) <= 8192),
    constraint organisation_code_hash_is_32_bytes check (length(code_hash) = 32)
);
create unique index organisation_by_code on circle.organisation (code_hash);

-- A place for a new member, until somebody comes with the secret of the link.
create table circle.member_invitation (
    organisation uuid        not null,
    invitation   uuid        not null,
    handle_hash  bytea       not null,
    proof_hash   bytea       not null,
    role         text        not null,
    offer_sealed bytea       not null,
    pair_sealed  bytea       not null,
    label_sealed bytea       not null,
    made_at      timestamptz not null default now(),
    expires_at   timestamptz not null,
    constraint member_invitation_pkey primary key (organisation, invitation),
    constraint member_invitation_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint member_invitation_role_is_known
        check (role in ('owner', 'professional', 'assistant', 'researcher')),
    constraint member_invitation_is_short check (expires_at <= made_at + interval '8 days'),
    constraint member_invitation_words_are_few check (length(offer_sealed) <= 4096
        and length(pair_sealed) <= 4096 and length(label_sealed) <= 4096)
);
create unique index member_invitation_by_handle on circle.member_invitation (handle_hash);

-- What an organisation keeps of its own about somebody, sealed to itself: how it calls them, its
-- groups and notes. It begins when a place for somebody is made, found by the label of the link, or
-- later, and it goes when access ends.
create table circle.card (
    organisation uuid        not null,
    card         uuid        not null,
    owner        uuid,
    label_hash   bytea,
    about_sealed bytea       not null,
    made_at      timestamptz not null default now(),
    expires_at   timestamptz,
    constraint card_pkey primary key (organisation, card),
    constraint card_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint card_owner_fkey foreign key (owner, organisation)
        references circle.share (owner, holder) on delete cascade,
    constraint card_about_is_small check (length(about_sealed) <= 20000),
    constraint card_is_of_somebody_or_waits check ((owner is null) = (label_hash is not null)
        and (owner is null) = (expires_at is not null))
);
create unique index card_by_owner on circle.card (organisation, owner);
create unique index card_by_label on circle.card (label_hash);

-- What a member is called, sealed to the organisation.
alter table auth.membership
    add column name_sealed bytea,
    add constraint membership_name_is_small check (length(name_sealed) <= 4096);

alter table circle.organisation enable row level security;
alter table circle.organisation force row level security;
alter table circle.member_invitation enable row level security;
alter table circle.member_invitation force row level security;

alter table circle.card enable row level security;
alter table circle.card force row level security;

create policy of_my_organisation on circle.card to keepwell_app
    using (organisation = any (array(select m.organisation from auth.my_membership m)))
    with check (organisation = any (array(select m.organisation from auth.my_membership m)));
grant select, insert (organisation, card, owner, label_hash, about_sealed, expires_at),
    update (about_sealed), delete on circle.card to keepwell_app;
create policy ended on circle.card for select to keepwell_worker
    using (owner is null and expires_at <= now());
create policy ended_delete on circle.card for delete to keepwell_worker
    using (owner is null and expires_at <= now());
grant usage on schema circle to keepwell_worker;
grant select (owner, expires_at), delete on circle.card to keepwell_worker;

create policy of_my_organisation on circle.organisation for select to keepwell_app
    using (organisation = any (array(select m.organisation from auth.my_membership m)));
create policy of_my_organisation_insert on circle.organisation for insert to keepwell_app
    with check (organisation = any (array(
        select m.organisation from auth.my_membership m where m.role = 'owner')));
create policy of_my_organisation_update on circle.organisation for update to keepwell_app
    using (organisation = any (array(
        select m.organisation from auth.my_membership m where m.role = 'owner')))
    with check (organisation = any (array(
        select m.organisation from auth.my_membership m where m.role = 'owner')));
grant select, insert (organisation, profile_sealed, code_hash), update (profile_sealed)
    on circle.organisation to keepwell_app;

create policy of_my_organisation on circle.member_invitation for select to keepwell_app
    using (organisation = any (array(
        select m.organisation from auth.my_membership m where m.role = 'owner')));
create policy of_my_organisation_insert on circle.member_invitation for insert to keepwell_app
    with check (exists (select from auth.me m where m.fresh) and organisation = any (array(
        select m.organisation from auth.my_membership m where m.role = 'owner')));
create policy of_my_organisation_delete on circle.member_invitation for delete to keepwell_app
    using (organisation = any (array(
        select m.organisation from auth.my_membership m where m.role = 'owner')));
grant select (organisation, invitation, role, label_sealed, made_at, expires_at),
    insert (organisation, invitation, handle_hash, proof_hash, role, offer_sealed, pair_sealed,
        label_sealed, expires_at),
    delete on circle.member_invitation to keepwell_app;
create policy ended on circle.member_invitation for select to keepwell_worker
    using (expires_at <= now());
create policy ended_delete on circle.member_invitation for delete to keepwell_worker
    using (expires_at <= now());
grant select (expires_at), delete on circle.member_invitation to keepwell_worker;

create policy my_own_name on auth.membership for update to keepwell_app
    using (member = (select m.principal from auth.me m))
    with check (member = (select m.principal from auth.me m));
grant update (name_sealed) on auth.membership to keepwell_app;

-- The visitor's role reaches organisations that its functions name; these prove who asks.
grant select on circle.organisation, circle.member_invitation to keepwell_visitor;
grant update (code_hash) on circle.organisation to keepwell_visitor;
grant delete on circle.member_invitation to keepwell_visitor;
grant delete, update (role, name_sealed) on auth.membership to keepwell_visitor;
grant update (public_key, key_tag_hash) on auth.principal to keepwell_visitor;
grant update (for_holder_sealed) on circle.share to keepwell_visitor;
grant select, update (owner, label_hash, expires_at, about_sealed) on circle.card to keepwell_visitor;
create policy visit_of_the_named_organisation on circle.card for all to keepwell_visitor
    using (organisation = nullif(current_setting('app.organisation', true), '')::uuid)
    with check (organisation = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_by_number on circle.organisation for select to keepwell_visitor
    using (organisation is not null);
create policy visit_of_the_named_organisation on circle.organisation for update to keepwell_visitor
    using (organisation = nullif(current_setting('app.organisation', true), '')::uuid)
    with check (organisation = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_by_number on circle.member_invitation for select to keepwell_visitor
    using (organisation is not null);
create policy visit_of_the_named_organisation on circle.member_invitation for delete to keepwell_visitor
    using (organisation = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_of_the_named_organisation on auth.membership for all to keepwell_visitor
    using (organisation = nullif(current_setting('app.organisation', true), '')::uuid)
    with check (organisation = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_of_the_named_organisation on auth.principal for update to keepwell_visitor
    using (kind <> 'person'
        and principal = nullif(current_setting('app.organisation', true), '')::uuid)
    with check (kind <> 'person'
        and principal = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_of_the_named_organisation on auth.access_grant for select to keepwell_visitor
    using (owner <> holder
        and holder = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_of_the_named_organisation_update on auth.access_grant for update to keepwell_visitor
    using (owner <> holder
        and holder = nullif(current_setting('app.organisation', true), '')::uuid)
    with check (owner <> holder
        and holder = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_of_the_named_organisation on circle.share for select to keepwell_visitor
    using (holder = nullif(current_setting('app.organisation', true), '')::uuid);
create policy visit_of_the_named_organisation_update on circle.share for update to keepwell_visitor
    using (holder = nullif(current_setting('app.organisation', true), '')::uuid)
    with check (holder = nullif(current_setting('app.organisation', true), '')::uuid);

-- What the presented session belongs to, with what it takes to act there.
create view circle.my_organisation with (security_barrier) as
    select m.organisation, m.role, m.slot_sealed, m.joined_at, p.kind, p.public_key,
        p.key_tag_hash, o.profile_sealed
    from auth.my_membership m
    join auth.principal p on p.principal = m.organisation
    join circle.organisation o on o.organisation = m.organisation;
alter view circle.my_organisation owner to keepwell_visitor;
-- Who else belongs to it, with the public keys that a new pair is sealed to.
create view circle.my_colleague with (security_barrier) as
    select c.organisation, c.member, c.role, c.joined_at, c.name_sealed, p.public_key, p.key_tag_hash
    from auth.my_membership m
    join auth.membership c on c.organisation = m.organisation
    join auth.principal p on p.principal = c.member;
alter view circle.my_colleague owner to keepwell_visitor;
grant select on circle.my_organisation, circle.my_colleague to keepwell_app;

-- What a visit takes over replaces exactly what it opened: the keys may have been exchanged meanwhile.
drop function auth.take_grants(text[], bytea[]);
create function auth.take_grants(which text[], were bytea[], keys bytea[]) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.access_grant a set key_sealed = t.key
    from unnest(which, were, keys) as t (scope, was, key), auth.visit v
    where a.owner = v.owner and a.holder = v.holder and a.scope = t.scope and a.key_sealed = t.was;
end
$$;
drop function auth.take_slot(uuid, bytea);
create function auth.take_slot(of_organisation uuid, was bytea, slot bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.membership m set slot_sealed = slot
    where m.organisation = of_organisation and m.slot_sealed = was
        and m.member = (select s.principal from auth.session s where s.state = 'open'
            and s.expires_at > now() and s.last_used_at > now() - s.idle_limit);
end
$$;
alter function auth.take_grants(text[], bytea[], bytea[]) owner to keepwell_visitor;
alter function auth.take_slot(uuid, bytea, bytea) owner to keepwell_visitor;
revoke all on function auth.take_grants(text[], bytea[], bytea[]),
    auth.take_slot(uuid, bytea, bytea) from public;
grant execute on function auth.take_grants(text[], bytea[], bytea[]),
    auth.take_slot(uuid, bytea, bytea) to keepwell_app;

-- The organisation of a code, for a signed-in person. Its keys stay as they are until the transaction
-- ends: what is sealed to them in it is sealed to the right ones.
create function circle.look_up(code_hash bytea) returns table (
    holder uuid, kind text, public_key bytea, key_tag_hash bytea, profile_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    meant uuid;
begin
    if not exists (select from auth.session s where s.state = 'open' and s.expires_at > now()
            and s.last_used_at > now() - s.idle_limit) then
        return;
    end if;
    select o.organisation into meant from circle.organisation o
    where o.code_hash = look_up.code_hash;
    if not found then
        return;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('organisation ' || meant, 0));
    return query
        select p.principal, p.kind, p.public_key, p.key_tag_hash, o.profile_sealed
        from circle.organisation o join auth.principal p on p.principal = o.organisation
        where o.organisation = meant and o.code_hash = look_up.code_hash;
end
$$;
alter function circle.look_up(bytea) owner to keepwell_visitor;

-- The place that an invitation offers; the organisation's pair only for whoever has the secret.
create function circle.member_offer(handle bytea, proof bytea) returns table (
    organisation uuid, invitation uuid, kind text, role text, offer_sealed bytea,
    pair_sealed bytea, public_key bytea, key_tag_hash bytea, profile_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    meant uuid;
begin
    if not exists (select from auth.session s where s.state = 'open' and s.expires_at > now()
            and s.last_used_at > now() - s.idle_limit) then
        return;
    end if;
    select i.organisation into meant from circle.member_invitation i
    where i.handle_hash = sha256(handle);
    if not found then
        return;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('organisation ' || meant, 0));
    return query
        select i.organisation, i.invitation, p.kind, i.role, i.offer_sealed,
            case when i.proof_hash = sha256(proof) then i.pair_sealed end, p.public_key,
            p.key_tag_hash, o.profile_sealed
        from circle.member_invitation i
        join auth.principal p on p.principal = i.organisation
        join circle.organisation o on o.organisation = i.organisation
        where i.handle_hash = sha256(handle) and i.expires_at > now();
end
$$;
alter function circle.member_offer(bytea, bytea) owner to keepwell_visitor;

-- An act of a member, in the organisation's own log. Only for the functions of the same role.
create function circle.note_act(of_organisation uuid, actor uuid, act text, about text) returns void
    language plpgsql security invoker set search_path = '' as $$
declare
    named text := current_setting('app.owner', true);
begin
    perform set_config('app.owner', of_organisation::text, true);
    perform audit.append_of_visit(of_organisation, actor, of_organisation, (
        select s.application from auth.session s where s.principal = actor), act, about);
    perform set_config('app.owner', coalesce(named, ''), true);
end
$$;
alter function circle.note_act(uuid, uuid, text, text) owner to keepwell_visitor;
revoke all on function circle.note_act(uuid, uuid, text, text) from public;

-- Takes the place of an invitation, once.
create function circle.become_member(handle bytea, proof bytea, slot bytea, name bytea)
    returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid;
    place record;
begin
    select s.principal into me from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    select i.organisation, i.invitation, i.role into place from circle.member_invitation i
    where i.handle_hash = sha256(handle) and i.proof_hash = sha256(proof) and i.expires_at > now();
    if not found then
        return false;
    end if;
    perform set_config('app.organisation', place.organisation::text, true);
    -- Of two who come at once, one finds it.
    delete from circle.member_invitation i
    where i.organisation = place.organisation and i.invitation = place.invitation;
    if not found then
        return false;
    end if;
    insert into auth.membership (organisation, member, role, slot_sealed, name_sealed)
    values (place.organisation, me, place.role, slot, name);
    perform circle.note_act(place.organisation, me, 'member_joined', me || ' ' || place.role);
    perform set_config('app.organisation', '', true);
    return true;
end
$$;
alter function circle.become_member(bytea, bytea, bytea, bytea) owner to keepwell_visitor;

-- The presented session's person, who must be an owner of the organisation with a fresh proof.
create function circle.owner_of(of_organisation uuid) returns uuid
    language plpgsql security invoker set search_path = '' as $$
declare
    me uuid;
begin
    select s.principal into me from auth.session s
    join auth.membership m on m.member = s.principal
    where m.organisation = of_organisation and m.role = 'owner'
        and s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step and s.proved_at > now() - interval '5 minutes';
    if not found then
        raise exception 'no owner with a fresh proof was presented' using errcode = '28000';
    end if;
    return me;
end
$$;
create function circle.keep_an_owner(of_organisation uuid) returns void
    language plpgsql security invoker set search_path = '' as $$
begin
    if not exists (select from auth.membership m
            where m.organisation = of_organisation and m.role = 'owner') then
        raise exception 'the last owner stays' using errcode = '23514',
            constraint = 'membership_keeps_an_owner';
    end if;
end
$$;
-- Another role for a member, by an owner with a fresh proof. One owner stays.
create function circle.change_role(of_organisation uuid, whose uuid, new_role text) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid := circle.owner_of(of_organisation);
begin
    perform pg_advisory_xact_lock(hashtextextended('organisation ' || of_organisation, 0));
    perform set_config('app.organisation', of_organisation::text, true);
    -- Whose an invitation is, is not kept: when an owner becomes something else, those that wait end.
    if new_role <> 'owner' and exists (select from auth.membership m
            where m.organisation = of_organisation and m.member = whose and m.role = 'owner') then
        delete from circle.member_invitation i where i.organisation = of_organisation;
    end if;
    update auth.membership m set role = new_role
    where m.organisation = of_organisation and m.member = whose;
    if not found then
        return false;
    end if;
    perform circle.keep_an_owner(of_organisation);
    perform circle.note_act(of_organisation, me, 'member_role_changed', whose || ' ' || new_role);
    perform set_config('app.organisation', '', true);
    return true;
end
$$;
alter function circle.owner_of(uuid) owner to keepwell_visitor;
alter function circle.keep_an_owner(uuid) owner to keepwell_visitor;
alter function circle.change_role(uuid, uuid, text) owner to keepwell_visitor;
revoke all on function circle.owner_of(uuid), circle.keep_an_owner(uuid) from public;

-- New keys for an organisation that somebody leaves. First everything is held still: nobody joins, no
-- member comes, and no client's keys change until the transaction ends. Whoever leaves by themselves
-- or an owner with a fresh proof.
create function circle.hold_for_new_keys(of_organisation uuid, leaver uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid;
    client uuid;
begin
    select s.principal into me from auth.session s
    join auth.membership m on m.member = s.principal
    where m.organisation = of_organisation
        and s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step and s.proved_at > now() - interval '5 minutes'
        and (m.role = 'owner' or m.member = leaver);
    if not found then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('organisation ' || of_organisation, 0));
    perform set_config('app.organisation', of_organisation::text, true);
    for client in
        select s.owner from circle.share s where s.holder = of_organisation order by s.owner
    loop
        perform pg_advisory_xact_lock_shared(hashtextextended('epochs ' || client, 0));
    end loop;
    perform set_config('app.organisation', '', true);
    return true;
end
$$;
alter function circle.hold_for_new_keys(uuid, uuid) owner to keepwell_visitor;

-- What is sealed to an organisation of the presented session's: the parts of every client...
create function circle.held_parts(of_organisation uuid) returns table (
    owner uuid, scope text, epoch integer, first_day date, last_day date, key_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.my_membership m where m.organisation = of_organisation) then
        return;
    end if;
    perform set_config('app.organisation', of_organisation::text, true);
    return query
        select a.owner, a.scope::text, a.epoch, a.first_day, a.last_day, a.key_sealed
        from auth.access_grant a where a.holder = of_organisation;
    perform set_config('app.organisation', '', true);
end
$$;
-- ... and what each is called, with the key of the line.
create function circle.held_words(of_organisation uuid) returns table (
    owner uuid, for_holder_sealed bytea, line_for_holder_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.my_membership m where m.organisation = of_organisation) then
        return;
    end if;
    perform set_config('app.organisation', of_organisation::text, true);
    return query
        select s.owner, s.for_holder_sealed, s.line_for_holder_sealed
        from circle.share s where s.holder = of_organisation;
    perform set_config('app.organisation', '', true);
end
$$;
alter function circle.held_parts(uuid) owner to keepwell_visitor;
alter function circle.held_words(uuid) owner to keepwell_visitor;

-- Exchanges the keys, all at once or not at all. What is not sealed anew would be lost, so every row
-- must be there. Invitations carried the old pair and end; so does the old code.
create function circle.exchange_keys(
    of_organisation uuid, leaver uuid, new_public_key bytea, new_tag bytea, new_code_hash bytea,
    members uuid[], slots bytea[], names bytea[],
    part_owners uuid[], part_scopes text[], part_keys bytea[],
    clients uuid[], words bytea[], lines bytea[], cards uuid[], abouts bytea[]
) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid;
    written bigint;
begin
    if not circle.hold_for_new_keys(of_organisation, leaver) then
        raise exception 'no member with a fresh proof was presented' using errcode = '28000';
    end if;
    select s.principal into me from auth.session s;
    perform set_config('app.organisation', of_organisation::text, true);
    delete from auth.membership m where m.organisation = of_organisation and m.member = leaver;
    if not found then
        return false;
    end if;
    perform circle.keep_an_owner(of_organisation);

    update auth.membership m set slot_sealed = t.slot, name_sealed = t.name
    from unnest(members, slots, names) as t (member, slot, name)
    where m.organisation = of_organisation and m.member = t.member;
    get diagnostics written = row_count;
    if written <> (select count(*) from auth.membership m where m.organisation = of_organisation) then
        raise exception 'the members changed meanwhile' using errcode = '40001';
    end if;
    update auth.access_grant a set key_sealed = t.key
    from unnest(part_owners, part_scopes, part_keys) as t (owner, scope, key)
    where a.holder = of_organisation and a.owner = t.owner and a.scope = t.scope;
    get diagnostics written = row_count;
    if written <> (select count(*) from auth.access_grant a where a.holder = of_organisation) then
        raise exception 'the parts changed meanwhile' using errcode = '40001';
    end if;
    update circle.share s set for_holder_sealed = t.words, line_for_holder_sealed = t.line
    from unnest(clients, words, lines) as t (owner, words, line)
    where s.holder = of_organisation and s.owner = t.owner;
    get diagnostics written = row_count;
    if written <> (select count(*) from circle.share s where s.holder = of_organisation) then
        raise exception 'the clients changed meanwhile' using errcode = '40001';
    end if;
    update circle.card c set about_sealed = t.about
    from unnest(cards, abouts) as t (card, about)
    where c.organisation = of_organisation and c.card = t.card;
    get diagnostics written = row_count;
    if written <> (select count(*) from circle.card c where c.organisation = of_organisation) then
        raise exception 'the cards changed meanwhile' using errcode = '40001';
    end if;
    delete from circle.member_invitation i where i.organisation = of_organisation;
    update auth.principal p set public_key = new_public_key, key_tag_hash = new_tag
    where p.principal = of_organisation;
    update circle.organisation o set code_hash = new_code_hash
    where o.organisation = of_organisation;
    perform circle.note_act(of_organisation, me,
        case when me = leaver then 'member_left' else 'member_removed' end, leaver::text);
    perform set_config('app.organisation', '', true);
    return true;
end
$$;
alter function circle.exchange_keys(uuid, uuid, bytea, bytea, bytea, uuid[], bytea[], bytea[],
    uuid[], text[], bytea[], uuid[], bytea[], bytea[], uuid[], bytea[]) owner to keepwell_visitor;

-- An act of a member's of their own, in the organisation's log.
create function circle.note(of_organisation uuid, act text, about text) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.my_membership m where m.organisation = of_organisation) then
        raise exception 'no member was presented' using errcode = '28000';
    end if;
    perform circle.note_act(of_organisation, (select s.principal from auth.session s), act, about);
end
$$;
alter function circle.note(uuid, text, text) owner to keepwell_visitor;
-- The organisation's own log, newest first, for its owners.
grant select on audit.event to keepwell_visitor;
create policy visit_of_the_named_organisation on audit.event for select to keepwell_visitor
    using (owner = nullif(current_setting('app.organisation', true), '')::uuid);
create function circle.log_of(of_organisation uuid) returns table (
    seq bigint, at timestamptz, actor uuid, action text, subject text
)
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.my_membership m
            where m.organisation = of_organisation and m.role = 'owner') then
        return;
    end if;
    perform set_config('app.organisation', of_organisation::text, true);
    return query
        select v.seq, v.at, v.actor, v.action, v.subject from audit.event v
        where v.owner = of_organisation order by v.seq desc limit 200;
    perform set_config('app.organisation', '', true);
end
$$;
alter function circle.log_of(uuid) owner to keepwell_visitor;

-- The asker, who has let the organisation in, says which of its cards they are: the one whose label
-- was in their link.
create function circle.take_card(of_organisation uuid, label_hash bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    taken bigint;
begin
    perform set_config('app.organisation', of_organisation::text, true);
    update circle.card c set owner = s.principal, label_hash = null, expires_at = null
    from auth.session s
    where c.organisation = of_organisation and c.label_hash = take_card.label_hash
        and c.expires_at > now()
        and s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
    get diagnostics taken = row_count;
    perform set_config('app.organisation', '', true);
    return taken > 0;
end
$$;
alter function circle.take_card(uuid, bytea) owner to keepwell_visitor;

revoke all on function circle.look_up(bytea), circle.member_offer(bytea, bytea),
    circle.become_member(bytea, bytea, bytea, bytea), circle.change_role(uuid, uuid, text),
    circle.hold_for_new_keys(uuid, uuid), circle.held_parts(uuid), circle.held_words(uuid),
    circle.exchange_keys(uuid, uuid, bytea, bytea, bytea, uuid[], bytea[], bytea[],
        uuid[], text[], bytea[], uuid[], bytea[], bytea[], uuid[], bytea[]),
    circle.note(uuid, text, text), circle.take_card(uuid, bytea),
    circle.log_of(uuid) from public;
grant execute on function circle.look_up(bytea), circle.member_offer(bytea, bytea),
    circle.become_member(bytea, bytea, bytea, bytea), circle.change_role(uuid, uuid, text),
    circle.hold_for_new_keys(uuid, uuid), circle.held_parts(uuid), circle.held_words(uuid),
    circle.exchange_keys(uuid, uuid, bytea, bytea, bytea, uuid[], bytea[], bytea[],
        uuid[], text[], bytea[], uuid[], bytea[], bytea[], uuid[], bytea[]),
    circle.note(uuid, text, text), circle.take_card(uuid, bytea),
    circle.log_of(uuid) to keepwell_app;

-- What an owner and a holder write to each other, sealed under the key of their line: messages, and
-- what the holder proposes (a target, a comment) and the owner accepts or declines. It goes when access
-- ends. Who wrote a letter is the database's promise: both sides have the same key.
create table circle.letter (
    owner       uuid        not null,
    holder      uuid        not null,
    letter      uuid        not null,
    kind        text        not null,
    author      uuid        not null,
    by_owner    boolean     not null,
    state       text,
    body_sealed bytea       not null,
    made_at     timestamptz not null default now(),
    seen_at     timestamptz,
    answered_at timestamptz,
    constraint letter_pkey primary key (owner, holder, letter),
    constraint letter_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint letter_share_fkey foreign key (owner, holder)
        references circle.share (owner, holder) on delete cascade,
    constraint letter_kind_is_known check (kind in ('message', 'target', 'comment')),
    constraint letter_state_is_known check (state in ('proposed', 'accepted', 'declined')),
    constraint letter_has_a_state_or_is_a_message check ((kind = 'message') = (state is null)),
    constraint letter_owner_proposes_nothing check (kind = 'message' or not by_owner),
    constraint letter_body_is_small check (length(body_sealed) <= 20000)
);
create index letter_by_holder on circle.letter (holder, owner, letter);
alter table circle.letter enable row level security;
alter table circle.letter force row level security;

create policy of_my_line on circle.letter for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy of_my_line_insert on circle.letter for insert to keepwell_app
    with check (owner = (select m.principal from auth.me m)
        and author = (select m.principal from auth.me m) and by_owner);
create policy of_my_line_update on circle.letter for update to keepwell_app
    using (owner = (select m.principal from auth.me m))
    with check (owner = (select m.principal from auth.me m));
create policy held_by_me on circle.letter for select to keepwell_app
    using (holder = (select m.principal from auth.me m));
create policy held_by_me_insert on circle.letter for insert to keepwell_app
    with check (holder = (select m.principal from auth.me m)
        and author = (select m.principal from auth.me m) and not by_owner
        and coalesce(state, 'proposed') = 'proposed');
create policy held_by_my_organisation on circle.letter for select to keepwell_app
    using (holder = any (array(
        select m.organisation from auth.my_membership m where m.role <> 'assistant')));
create policy held_by_my_organisation_insert on circle.letter for insert to keepwell_app
    with check (holder = any (array(
            select m.organisation from auth.my_membership m where m.role <> 'assistant'))
        and author = (select m.principal from auth.me m) and not by_owner
        and coalesce(state, 'proposed') = 'proposed');
grant select, insert (owner, holder, letter, kind, author, by_owner, state, body_sealed),
    update (state, seen_at, answered_at) on circle.letter to keepwell_app;
create policy held_by_my_practice on circle.share for select to keepwell_app
    using (kind = 'practice' and holder = any (array(
        select m.organisation from auth.my_membership m where m.role <> 'assistant')));

grant select, update (seen_at) on circle.letter to keepwell_visitor;
create policy visit_of_the_named_diary on circle.letter for all to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid)
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid);
create policy visit_of_the_named_organisation on circle.letter for select to keepwell_visitor
    using (holder = nullif(current_setting('app.organisation', true), '')::uuid);
-- The holder, or a member who may open what was granted, has read what the owner wrote.
create function circle.mark_seen(of_owner uuid, of_holder uuid) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    named text := current_setting('app.owner', true);
begin
    if not exists (select from auth.session s where s.state = 'open' and s.expires_at > now()
                and s.last_used_at > now() - s.idle_limit and s.principal = of_holder)
            and not exists (select from auth.my_membership m
                where m.organisation = of_holder and m.role <> 'assistant') then
        return;
    end if;
    perform set_config('app.owner', of_owner::text, true);
    update circle.letter l set seen_at = now()
    where l.owner = of_owner and l.holder = of_holder and l.by_owner and l.seen_at is null;
    perform set_config('app.owner', coalesce(named, ''), true);
end
$$;
alter function circle.mark_seen(uuid, uuid) owner to keepwell_visitor;

-- Which of the days that were granted have something, and the last of them. A role of its own, which
-- sees dates and no bodies; nobody but the roster asks it.
grant select (owner, scope, day) on diary.record_day to keepwell_clerk;
create policy days_without_content on diary.record_day for select to keepwell_clerk
    using (owner is not null);
create function diary.days_of(
    owners uuid[], scopes text[], first_days date[], last_days date[], since date
) returns table (owner uuid, days bigint, last_day date)
    language sql stable security definer set search_path = '' as $$
    select g.owner, count(distinct r.day), max(l.day)
    from unnest(owners, scopes, first_days, last_days) as g (owner, scope, first_day, last_day)
    left join lateral (
        select d.day from diary.record_day d
        where d.owner = g.owner and d.scope = g.scope
            and d.day between greatest(g.first_day, since) and least(g.last_day, since + 29)
    ) r on true
    left join lateral (
        select max(d.day) as day from diary.record_day d
        where d.owner = g.owner and d.scope = g.scope
            and d.day between g.first_day and least(g.last_day, since + 29)
    ) l on true
    group by g.owner
$$;
alter function diary.days_of(uuid[], text[], date[], date[], date) owner to keepwell_clerk;
revoke all on function diary.days_of(uuid[], text[], date[], date[], date) from public;
grant execute on function diary.days_of(uuid[], text[], date[], date[], date) to keepwell_visitor;

-- The clients of an organisation, for its members: what each granted that is alive, on how many of the
-- last thirty days something was recorded that the grants reach, and the last such day. What was not
-- granted is not there, and not counted.
create function circle.roster(of_organisation uuid, today date) returns table (
    client uuid, made_at timestamptz, for_holder_sealed bytea, card uuid, about_sealed bytea,
    scopes text[], accesses text[], first_days date[], last_days date[], ends timestamptz[],
    days_logged bigint, last_logged date, unread bigint, last_contact_at timestamptz
)
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.my_membership m where m.organisation = of_organisation) then
        return;
    end if;
    perform set_config('app.organisation', of_organisation::text, true);
    return query
        with parts as materialized (
            select a.owner, a.scope::text as scope, a.access, a.first_day, a.last_day, a.ends_at
            from auth.access_grant a
            where a.holder = of_organisation and (a.ends_at is null or a.ends_at > now())
        ), granted as (
            select p.owner, array_agg(p.scope order by p.scope) as scopes,
                array_agg(p.access order by p.scope) as accesses,
                array_agg(p.first_day order by p.scope) as first_days,
                array_agg(p.last_day order by p.scope) as last_days,
                array_agg(p.ends_at order by p.scope) as ends
            from parts p group by p.owner
        ), logged as (
            select d.owner, d.days, d.last_day
            from (
                select array_agg(p.owner) as owners, array_agg(p.scope) as scopes,
                    array_agg(p.first_day) as first_days, array_agg(p.last_day) as last_days
                from (
                    -- Food, its sums and that it was logged are written on the same days: one of
                    -- what was granted for the same window tells.
                    select distinct on (o.owner, o.first_day, o.last_day) o.owner, o.scope,
                        o.first_day, o.last_day
                    from parts o where o.scope in ('food', 'summary', 'logged')
                    order by o.owner, o.first_day, o.last_day, o.scope
                ) p
            ) n, diary.days_of(n.owners, n.scopes, n.first_days, n.last_days, today - 29) d
        ), written as (
            select l.owner, count(*) filter (where l.by_owner and l.seen_at is null) as unread,
                max(l.made_at) as last_at
            from circle.letter l where l.holder = of_organisation group by l.owner
        )
        select s.owner, s.made_at, s.for_holder_sealed, c.card, c.about_sealed, g.scopes,
            g.accesses, g.first_days, g.last_days, g.ends, d.days, d.last_day,
            coalesce(w.unread, 0), w.last_at
        from circle.share s
        left join circle.card c on c.organisation = of_organisation and c.owner = s.owner
        left join granted g on g.owner = s.owner
        left join logged d on d.owner = s.owner
        left join written w on w.owner = s.owner
        where s.holder = of_organisation;
    perform set_config('app.organisation', '', true);
end
$$;
alter function circle.roster(uuid, date) owner to keepwell_visitor;

-- What clients are called, sealed under the organisation's own secret once it was opened: that opens
-- 200 times as fast.
create function circle.take_words(of_organisation uuid, clients uuid[], were bytea[], words bytea[])
    returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.my_membership m where m.organisation = of_organisation) then
        return;
    end if;
    perform set_config('app.organisation', of_organisation::text, true);
    update circle.share s set for_holder_sealed = t.word
    from unnest(clients, were, words) as t (owner, was, word)
    where s.holder = of_organisation and s.owner = t.owner and s.for_holder_sealed = t.was;
    perform set_config('app.organisation', '', true);
end
$$;
alter function circle.take_words(uuid, uuid[], bytea[], bytea[]) owner to keepwell_visitor;

revoke all on function circle.mark_seen(uuid, uuid), circle.roster(uuid, date),
    circle.take_words(uuid, uuid[], bytea[], bytea[]) from public;
grant execute on function circle.mark_seen(uuid, uuid), circle.roster(uuid, date),
    circle.take_words(uuid, uuid[], bytea[], bytea[]) to keepwell_app;

revoke create on schema diary from keepwell_clerk;
revoke create on schema circle, auth from keepwell_visitor;
