-- Personal API tokens, and the inbox that a write-only one fills.
--
-- A token is a session of another kind, found by the same look-up, with columns that say what it may.
-- Everything that exists stands on auth.me and on functions of keepwell_auth: these see no token at
-- all, so what is not opened to tokens below stays closed to them. What is opened stands on
-- auth.caller, the view of a role of its own.

grant create on schema auth to keepwell_auth, keepwell_caller, keepwell_revoker;

alter table auth.session
    add column scopes text[],
    add column access text,
    add column name_sealed bytea,
    drop constraint session_application_is_known,
    add constraint session_application_is_known check (application in ('web', 'app', 'token')),
    add constraint session_access_is_known check (access in ('read', 'write', 'write_only')),
    add constraint session_scopes_are_known check (scopes <@ array[
        'food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan', 'library']),
    -- A token says what it may and is open from its first moment; a person's session may everything.
    add constraint session_token_says_what_it_may check (case
        when application = 'token' then access is not null and cardinality(scopes) > 0
            and name_sealed is not null and keyring_sealed is not null and state = 'open'
        else access is null and scopes is null and name_sealed is null end),
    drop constraint session_ends_in_time,
    add constraint session_ends_in_time check (expires_at <= created_at + case
        when application = 'token' then interval '366 days'
        -- An installed app that locks itself may stay signed in for longer.
        when application = 'app' and pin_hash is not null then interval '30 days'
        else interval '24 hours' end),
    drop constraint session_idles_at_most_an_hour,
    add constraint session_idles_in_time check (idle_limit <= case
        when application = 'token' then interval '366 days' else interval '1 hour' end);

-- Default deny: the role behind auth.me and behind every function of a session's life sees no token.
alter policy presented_session on auth.session
    using (token_hash = sha256(decode(current_setting('app.token', true), 'hex'))
        and application <> 'token')
    with check (token_hash = sha256(decode(current_setting('app.token', true), 'hex'))
        and application <> 'token');

-- Who calls: a person's session, which may everything of theirs, or a token, which may what it says.
grant usage on schema auth, erasure to keepwell_caller;
grant select on auth.session to keepwell_caller;
create policy presented_session_or_token on auth.session for select to keepwell_caller
    using (token_hash = sha256(decode(current_setting('app.token', true), 'hex')));
create view auth.caller with (security_barrier) as
    select
        s.principal,
        s.application,
        coalesce(nullif(current_setting('app.owner', true), '')::uuid, s.principal) as owner,
        case when s.application <> 'token' then array[
                'food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan', 'library']
            when s.access in ('read', 'write') then s.scopes
            else array[]::text[] end as readable_scopes,
        case when s.application <> 'token' then array[
                'food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan', 'library']
            when s.access = 'write' then s.scopes
            else array[]::text[] end as writable_scopes,
        case when s.access = 'write_only' then s.scopes else array[]::text[] end as inbox_scopes
    from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
alter view auth.caller owner to keepwell_caller;
grant select on auth.caller to keepwell_app, keepwell_audit;

grant select on erasure.erasure_key to keepwell_caller;
create policy of_my_owner_s_caller on erasure.erasure_key for select to keepwell_caller
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal));

-- What a request receives when it enters where tokens may come: as auth.entry, with what it may.
create view auth.caller_entry with (security_barrier) as
    select
        s.principal,
        s.application,
        s.created_at,
        s.expires_at,
        s.idle_limit,
        s.application <> 'token' and s.last_used_at
            < now() - least(s.idle_limit / 15, interval '1 minute') as wants_touch,
        s.keyring_sealed,
        e.key_sealed as erasure_key_sealed,
        s.session,
        s.proved_at > now() - interval '5 minutes' and s.application <> 'token' as fresh,
        s.owes_second_step,
        s.access,
        s.scopes
    from auth.session s
    join erasure.erasure_key e
        on e.owner = coalesce(nullif(current_setting('app.owner', true), '')::uuid, s.principal)
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
alter view auth.caller_entry owner to keepwell_caller;
grant select on auth.caller_entry to keepwell_app;

-- A person makes a token from a full session with a fresh proof, sees what there is, and ends it.
grant insert on auth.session to keepwell_revoker;
create policy token_of_mine on auth.session for insert to keepwell_revoker
    with check (application = 'token'
        and principal = (select m.principal from auth.me m where m.fresh));
create function auth.make_token(
    token uuid, token_hash bytea, name_sealed bytea, access text, scopes text[], life interval,
    keyring_sealed bytea
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me record;
begin
    select m.principal, m.fresh into me from auth.me m;
    if not found or not me.fresh then
        raise exception 'no session with a fresh proof was presented' using errcode = '28000';
    end if;
    insert into auth.session (principal, session, token_hash, application, idle_limit, expires_at,
        keyring_sealed, name_sealed, access, scopes)
    values (me.principal, token, make_token.token_hash, 'token', life, now() + life,
        make_token.keyring_sealed, make_token.name_sealed, make_token.access, make_token.scopes);
end
$$;
create function auth.end_token(which uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    delete from auth.session s where s.session = which and s.application = 'token';
    return found;
end
$$;
alter function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea)
    owner to keepwell_revoker;
alter function auth.end_token(uuid) owner to keepwell_revoker;
revoke all on function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea),
    auth.end_token(uuid) from public;
grant execute on function auth.make_token(uuid, bytea, bytea, text, text[], interval, bytea),
    auth.end_token(uuid) to keepwell_app;
create view auth.my_tokens with (security_barrier) as
    select s.session as token, s.name_sealed, s.access, s.scopes, s.created_at, s.expires_at
    from auth.session s
    where s.application = 'token' and s.expires_at > now();
alter view auth.my_tokens owner to keepwell_revoker;
grant select on auth.my_tokens to keepwell_app;

-- The list of sessions is of sessions, and so is what ends one of them.
create or replace view auth.my_sessions with (security_barrier) as
    select
        s.session,
        s.token_hash = sha256(decode(current_setting('app.token', true), 'hex')) as is_current,
        s.application,
        s.first_step,
        s.second_step,
        s.created_at,
        s.last_used_at,
        s.device_sealed
    from auth.session s
    where s.application <> 'token'
        and s.expires_at > now() and s.keyring_sealed is not null
        and (s.state <> 'awaits_second_step' or s.created_at > now() - interval '10 minutes')
        and (s.last_used_at > now() - s.idle_limit
            or (s.application = 'app' and s.pin_hash is not null));
create or replace function auth.end_one_session(which uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    delete from auth.session s where s.session = which and s.application <> 'token';
    return found;
end
$$;

-- The diary, for whoever calls: rows of the scopes that may be read, changes of those that may be
-- written. Each value is computed once a statement. Written with @>, which no index serves: the
-- statement's own scopes and the owner choose the index, as before.
drop policy my_own on diary.record_day;
create policy my_own on diary.record_day for select to keepwell_app
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.readable_scopes from auth.caller c) @> array[scope::text]);
create policy my_own_insert on diary.record_day for insert to keepwell_app
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text]);
create policy my_own_update on diary.record_day for update to keepwell_app
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text])
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text]);
create policy my_own_delete on diary.record_day for delete to keepwell_app
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text]);

-- The audit says what a token did, and that it was a token.
alter policy of_my_owner on audit.head
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal))
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal));
alter policy of_my_owner on audit.event
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal));
create or replace function audit.append(act text, about text) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me record;
    moment timestamptz := clock_timestamp();
    next_seq bigint;
    next_hash bytea;
begin
    -- Naming an owner gives no right here either: nobody writes into another's audit.
    select c.principal, c.application, c.owner into me
    from auth.caller c where c.owner = c.principal;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    update audit.head h
    set seq = h.seq + 1,
        hash = sha256(h.hash || convert_to(concat_ws(e'\x1f',
            h.seq + 1, extract(epoch from moment), me.principal, me.application, act, about), 'UTF8'))
    where h.owner = me.owner
    returning h.seq, h.hash into next_seq, next_hash;
    if not found then
        next_seq := 1;
        next_hash := sha256(sha256(uuid_send(me.owner)) || convert_to(concat_ws(e'\x1f',
            1, extract(epoch from moment), me.principal, me.application, act, about), 'UTF8'));
        insert into audit.head (owner, seq, hash) values (me.owner, next_seq, next_hash);
    end if;
    insert into audit.event (owner, seq, at, actor, application, action, subject, hash)
    values (me.owner, next_seq, moment, me.principal, me.application, act, about, next_hash);
end
$$;

-- The inbox: what a write-only token left for its owner, sealed to the owner's public key. It waits
-- until the owner's next session files it; what does not open then is put aside.
create table diary.inbox (
    owner       uuid        not null,
    item        uuid        not null,
    scope       auth.scope  not null,
    body_sealed bytea       not null,
    received_at timestamptz not null default now(),
    refused_at  timestamptz,
    constraint inbox_pkey primary key (owner, item),
    constraint inbox_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint inbox_body_is_small check (length(body_sealed) <= 65536)
);
alter table diary.inbox enable row level security;
alter table diary.inbox force row level security;

-- The owner's full sessions see, put aside and remove what waits. No token does, and the runtime role
-- puts nothing in by itself.
create policy my_own on diary.inbox for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy my_own_aside on diary.inbox for update to keepwell_app
    using (owner = (select m.principal from auth.me m))
    with check (owner = (select m.principal from auth.me m));
create policy my_own_delete on diary.inbox for delete to keepwell_app
    using (owner = (select m.principal from auth.me m));
grant select, update (refused_at), delete on diary.inbox to keepwell_app;

-- One function puts items in, for write-only tokens. It counts what waits and tells only whether there
-- is room: not what is there, and not whether this item was.
grant usage on schema diary to keepwell_caller, keepwell_worker;
grant create on schema diary to keepwell_caller;
grant select (owner, item), insert (owner, item, scope, body_sealed) on diary.inbox
    to keepwell_caller;
create policy of_my_owner on diary.inbox for select to keepwell_caller
    using (owner = (select c.owner from auth.caller c
        where c.owner = c.principal and c.inbox_scopes <> array[]::text[]));
create policy left_by_a_program on diary.inbox for insert to keepwell_caller
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and scope = any ((select c.inbox_scopes from auth.caller c)::text[]));
create function diary.leave_item(item uuid, scope text, body bytea) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    mine uuid;
begin
    select c.owner into mine from auth.caller c
    where c.owner = c.principal and leave_item.scope = any (c.inbox_scopes);
    if not found then
        raise exception 'no token that may leave this was presented' using errcode = '28000';
    end if;
    -- One at a time, so that the count holds.
    perform pg_advisory_xact_lock(hashtextextended('diary.inbox ' || mine, 0));
    if (select count(*) from diary.inbox i where i.owner = mine) >= 1000 then
        return false;
    end if;
    insert into diary.inbox (owner, item, scope, body_sealed)
    values (mine, leave_item.item, leave_item.scope, body)
    on conflict on constraint inbox_pkey do nothing;
    return true;
end
$$;
alter function diary.leave_item(uuid, text, bytea) owner to keepwell_caller;
revoke all on function diary.leave_item(uuid, text, bytea) from public;
grant execute on function diary.leave_item(uuid, text, bytea) to keepwell_app;

-- Clean-up: what was put aside stays for a month, in which its owner can ask whoever runs this.
grant select (owner, item, refused_at), delete on diary.inbox to keepwell_worker;
create policy aside_for_long on diary.inbox for select to keepwell_worker
    using (refused_at <= now() - interval '30 days');
create policy aside_for_long_delete on diary.inbox for delete to keepwell_worker
    using (refused_at <= now() - interval '30 days');

revoke create on schema auth from keepwell_auth, keepwell_caller, keepwell_revoker;
revoke create on schema diary from keepwell_caller;
