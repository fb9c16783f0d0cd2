-- Accounts that hold: a session knows how it came about and how fresh its proof is, may still await a
-- second step, and may be locked. Only an open session is anybody: auth.me and auth.entry show no other.

grant create on schema auth to keepwell_auth, keepwell_revoker;
grant create on schema accounts to keepwell_auth;

-- Keyrings are sealed under the root key as well from here on. What is signed in signs in again.
alter table auth.session no force row level security;
delete from auth.session;
alter table auth.session force row level security;

-- `session` names a session in the list that its person sees; the token and its hash stay unknown.
alter table auth.session
    add column session uuid not null default gen_random_uuid(),
    add column state text not null default 'open',
    add column first_step text not null default 'password',
    add column second_step text,
    add column proved_at timestamptz not null default now(),
    add column owes_second_step boolean not null default false,
    add column tries smallint not null default 0,
    add column pin_hash bytea,
    add column device_sealed bytea,
    add constraint session_state_is_known check (state in ('open', 'awaits_second_step', 'locked')),
    add constraint session_first_step_is_known check (first_step in
        ('password', 'passkey', 'recovery_code', 'single_use_code')),
    add constraint session_second_step_is_known check (second_step in
        ('totp', 'security_key', 'single_use_code')),
    add constraint session_tries_are_few check (tries between 0 and 5),
    add constraint session_pin_hash_is_sha256 check (length(pin_hash) = 32),
    drop constraint session_application_is_known,
    add constraint session_application_is_known check (application in ('web', 'app')),
    drop constraint session_ends_within_a_day,
    -- An installed app that locks itself may stay signed in for longer.
    add constraint session_ends_in_time check (expires_at <= created_at
        + case when application = 'app' and pin_hash is not null
            then interval '30 days' else interval '24 hours' end);

-- What somebody shows besides the first credential. What it is checked with is sealed to its person;
-- the hash is of what only the server can present, once it has checked a code or a signature.
create table accounts.second_step (
    principal    uuid        not null,
    factor       uuid        not null,
    kind         text        not null,
    name_sealed  bytea       not null,
    body_sealed  bytea       not null,
    pass_hash    bytea       not null,
    last_count   bigint,
    created_at   timestamptz not null default now(),
    last_used_at timestamptz,
    constraint second_step_pkey primary key (principal, factor),
    constraint second_step_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade,
    constraint second_step_kind_is_known check (kind in ('totp', 'security_key')),
    constraint second_step_pass_hash_is_sha256 check (length(pass_hash) = 32)
);
alter table accounts.second_step enable row level security;
alter table accounts.second_step force row level security;

-- What was begun and is finished by the next request: a challenge, a secret that is not confirmed yet.
-- Whoever began holds the handle; this database has only its hash and what is sealed under it.
create table auth.ceremony (
    handle_hash  bytea       not null,
    state_sealed bytea       not null,
    expires_at   timestamptz not null,
    constraint ceremony_pkey primary key (handle_hash),
    constraint ceremony_handle_hash_is_sha256 check (length(handle_hash) = 32),
    constraint ceremony_state_is_small check (length(state_sealed) <= 32768)
);
create index ceremony_by_expiry on auth.ceremony (expires_at);
alter table auth.ceremony enable row level security;
alter table auth.ceremony force row level security;
create policy presented_handle on auth.ceremony for select to keepwell_app
    using (handle_hash = sha256(decode(current_setting('app.ceremony', true), 'hex'))
        and expires_at > now());
create policy presented_handle_insert on auth.ceremony for insert to keepwell_app
    with check (handle_hash = sha256(decode(current_setting('app.ceremony', true), 'hex'))
        and expires_at <= now() + interval '15 minutes');
create policy presented_handle_delete on auth.ceremony for delete to keepwell_app
    using (handle_hash = sha256(decode(current_setting('app.ceremony', true), 'hex')));
grant select, insert, delete on auth.ceremony to keepwell_app;
create policy ended on auth.ceremony for select to keepwell_worker using (expires_at <= now());
create policy ended_delete on auth.ceremony for delete to keepwell_worker
    using (expires_at <= now());
grant select (handle_hash, expires_at), delete on auth.ceremony to keepwell_worker;

-- Only an open session is somebody. `fresh` says that the credentials were shown within five minutes.
create or replace view auth.me with (security_barrier) as
    select
        s.principal,
        s.application,
        coalesce(nullif(current_setting('app.owner', true), '')::uuid, s.principal) as owner,
        s.proved_at > now() - interval '5 minutes' as fresh
    from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;

create or replace view auth.entry with (security_barrier) as
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
        s.owes_second_step
    from auth.session s
    join erasure.erasure_key e
        on e.owner = coalesce(nullif(current_setting('app.owner', true), '')::uuid, s.principal)
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;

-- The presented session that is alive and not open: what it waits for, and the keyring, with which
-- the server checks what is shown. An installed app that has a PIN locks where a browser would end.
create view auth.standing with (security_barrier) as
    select
        s.principal,
        s.session,
        s.application,
        case when s.state = 'open' then 'locked' else s.state end as state,
        s.pin_hash is not null as has_pin,
        s.keyring_sealed
    from auth.session s
    where s.expires_at > now()
        and case s.state
            when 'awaits_second_step' then s.created_at > now() - interval '10 minutes'
            when 'locked' then s.last_used_at > now() - s.idle_limit
                or (s.application = 'app' and s.pin_hash is not null)
            else s.last_used_at <= now() - s.idle_limit
                and s.application = 'app' and s.pin_hash is not null
        end;
alter view auth.standing owner to keepwell_auth;
grant select on auth.standing to keepwell_app;

-- What the presented session is told of itself, beyond what every request needs.
create view auth.my_session with (security_barrier) as
    select s.session, s.application, s.created_at, s.first_step, s.second_step, s.proved_at,
        s.pin_hash is not null as has_pin
    from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
alter view auth.my_session owner to keepwell_auth;
grant select on auth.my_session to keepwell_app;

-- The life of a session.
create or replace function auth.touch_session() returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set last_used_at = now()
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
end
$$;
-- The keyring is kept once, by whoever began the session.
drop function auth.keep_keyring(bytea);
create function auth.keep_keyring(keyring bytea, device bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set keyring_sealed = keyring, device_sealed = device
    where s.keyring_sealed is null and s.expires_at > now();
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
end
$$;
-- Whoever makes or moves a session of somebody holds this; whoever changes the password holds it alone
-- and waits for the others. So none that is on its way slips past a change that ends them all.
create function auth.hold_still(person uuid) returns void
    language sql volatile set search_path = '' as $$
    select pg_advisory_xact_lock_shared(hashtextextended(person::text, 0));
$$;
alter function auth.hold_still(uuid) owner to keepwell_auth;
revoke all on function auth.hold_still(uuid) from public;
-- A new token for the presented session, and its keyring sealed anew: what was known of the old one
-- is worth nothing from here on. The rest of the transaction is the new token's.
create function auth.renew_session(new_token text, keyring bytea) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    renewed auth.session%rowtype;
begin
    perform auth.hold_still((select s.principal from auth.session s));
    delete from auth.session s where s.expires_at > now() returning * into renewed;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    perform set_config('app.token', new_token, true);
    renewed.token_hash := sha256(decode(new_token, 'hex'));
    renewed.keyring_sealed := keyring;
    insert into auth.session select renewed.*;
end
$$;
-- What the presented session's device is called, sealed to its person.
create function auth.name_device(device bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set device_sealed = device where s.device_sealed is null;
end
$$;
-- The operator wants a second step and this person may have none yet.
create function auth.owe_second_step() returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set owes_second_step = true;
end
$$;
-- After how long without use the presented session ends.
create function auth.set_idle_limit(chosen interval) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set idle_limit = chosen
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
end
$$;
-- One more try at what an unfinished or locked session waits for. After five it is over.
create function auth.take_try() returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set tries = s.tries + 1
    where s.tries < 5 and exists (select from auth.standing);
    if found then
        return true;
    end if;
    delete from auth.session s where exists (select from auth.standing);
    return false;
end
$$;
-- Locks the presented session, if there is something to unlock it with.
create function auth.lock_session() returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set state = 'locked', tries = 0
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and (s.pin_hash is not null or exists (
            select from accounts.second_step f
            where f.principal = s.principal and f.kind = 'security_key'));
    return found;
end
$$;
-- Gives the presented session a PIN, or takes it away. An installed app then stays for longer.
create function auth.set_pin(proof text, longest interval) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set
        pin_hash = sha256(decode(proof, 'hex')),
        expires_at = case s.application when 'app' then s.created_at + longest else s.expires_at end
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and s.proved_at > now() - interval '5 minutes';
    return found;
end
$$;
-- Opens a locked session with its PIN: five tries, then it is over.
create function auth.unlock_with_pin(proof text) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from auth.standing t where t.state = 'locked')
        or not auth.take_try() then
        return false;
    end if;
    update auth.session s set state = 'open', tries = 0, last_used_at = now()
    where s.pin_hash = sha256(decode(proof, 'hex'));
    if found then
        return true;
    end if;
    delete from auth.session s where s.tries >= 5;
    return false;
end
$$;
alter function auth.keep_keyring(bytea, bytea) owner to keepwell_auth;
alter function auth.renew_session(text, bytea) owner to keepwell_auth;
alter function auth.owe_second_step() owner to keepwell_auth;
alter function auth.name_device(bytea) owner to keepwell_auth;
alter function auth.set_idle_limit(interval) owner to keepwell_auth;
alter function auth.take_try() owner to keepwell_auth;
alter function auth.lock_session() owner to keepwell_auth;
alter function auth.set_pin(text, interval) owner to keepwell_auth;
alter function auth.unlock_with_pin(text) owner to keepwell_auth;
revoke all on function auth.keep_keyring(bytea, bytea), auth.renew_session(text, bytea),
    auth.name_device(bytea), auth.owe_second_step(), auth.set_idle_limit(interval), auth.take_try(), auth.lock_session(),
    auth.set_pin(text, interval), auth.unlock_with_pin(text) from public;
grant execute on function auth.keep_keyring(bytea, bytea), auth.renew_session(text, bytea),
    auth.name_device(bytea), auth.owe_second_step(), auth.set_idle_limit(interval), auth.take_try(), auth.lock_session(),
    auth.set_pin(text, interval), auth.unlock_with_pin(text) to keepwell_app;

-- Clean-up: also what was never finished, and not what only locked.
drop policy ended on auth.session;
drop policy ended_delete on auth.session;
create policy ended on auth.session for select to keepwell_worker
    using (expires_at <= now()
        or (state = 'awaits_second_step' and created_at <= now() - interval '10 minutes')
        or (last_used_at <= now() - idle_limit
            and not (application = 'app' and pin_hash is not null)));
create policy ended_delete on auth.session for delete to keepwell_worker
    using (expires_at <= now()
        or (state = 'awaits_second_step' and created_at <= now() - interval '10 minutes')
        or (last_used_at <= now() - idle_limit
            and not (application = 'app' and pin_hash is not null)));
grant select (state, created_at, application, pin_hash) on auth.session to keepwell_worker;

-- A person sees all their sessions, ends each of the others, and all of them.
drop policy other_sessions_of_mine on auth.session;
create policy sessions_of_mine on auth.session for select to keepwell_revoker
    using (principal = (select m.principal from auth.me m));
create policy other_sessions_of_mine on auth.session for delete to keepwell_revoker
    using (principal = (select m.principal from auth.me m)
        and token_hash <> sha256(decode(current_setting('app.token', true), 'hex')));
-- Whoever has a second step owes none, in any session.
grant select (principal), update (owes_second_step) on auth.session to keepwell_revoker;
create policy sessions_of_mine_update on auth.session for update to keepwell_revoker
    using (principal = (select m.principal from auth.me m))
    with check (principal = (select m.principal from auth.me m));
grant usage on schema accounts to keepwell_revoker;
grant select (principal) on accounts.second_step to keepwell_revoker;
create policy of_mine on accounts.second_step for select to keepwell_revoker
    using (principal = (select m.principal from auth.me m));
create function auth.owe_nothing() returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set owes_second_step = false
    where exists (select from accounts.second_step f where f.principal = s.principal);
end
$$;
alter function auth.owe_nothing() owner to keepwell_revoker;
revoke all on function auth.owe_nothing() from public;
grant execute on function auth.owe_nothing() to keepwell_app;
create view auth.my_sessions with (security_barrier) as
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
    where s.expires_at > now() and s.keyring_sealed is not null
        and (s.state <> 'awaits_second_step' or s.created_at > now() - interval '10 minutes')
        and (s.last_used_at > now() - s.idle_limit
            or (s.application = 'app' and s.pin_hash is not null));
alter view auth.my_sessions owner to keepwell_revoker;
grant select on auth.my_sessions to keepwell_app;
create function auth.end_one_session(which uuid) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    delete from auth.session s where s.session = which;
    return found;
end
$$;
alter function auth.end_one_session(uuid) owner to keepwell_revoker;
revoke all on function auth.end_one_session(uuid) from public;
grant execute on function auth.end_one_session(uuid) to keepwell_app;

-- What a person chose for themselves; the operator's limit holds above it.
alter table accounts.account
    add column idle_minutes smallint,
    add constraint account_idle_minutes_are_bearable check (idle_minutes between 1 and 60);
grant update (idle_minutes) on accounts.account to keepwell_app;

-- Passkeys with a key of their own (3) and single-use codes (4) open the diary as well.
alter table accounts.key_slot
    drop constraint key_slot_kind_is_known,
    add constraint key_slot_kind_is_known check (kind in (1, 2, 3, 4));

-- Credentials change only within five minutes of showing one: also for whoever got SQL into a request.
drop policy my_own on accounts.key_slot;
create policy my_own on accounts.key_slot for select to keepwell_app
    using (principal = (select m.principal from auth.me m));
create policy my_own_insert on accounts.key_slot for insert to keepwell_app
    with check (principal = (select m.principal from auth.me m where m.fresh));
create policy my_own_delete on accounts.key_slot for delete to keepwell_app
    using (principal = (select m.principal from auth.me m where m.fresh));

create policy my_own on accounts.second_step for select to keepwell_app
    using (principal = (select m.principal from auth.me m));
create policy my_own_insert on accounts.second_step for insert to keepwell_app
    with check (principal = (select m.principal from auth.me m where m.fresh));
create policy my_own_rename on accounts.second_step for update to keepwell_app
    using (principal = (select m.principal from auth.me m where m.fresh))
    with check (principal = (select m.principal from auth.me m where m.fresh));
create policy my_own_delete on accounts.second_step for delete to keepwell_app
    using (principal = (select m.principal from auth.me m where m.fresh));
grant select (principal, factor, kind, name_sealed, body_sealed, created_at, last_used_at),
    insert, update (name_sealed), delete on accounts.second_step to keepwell_app;

-- The guarded role: the second steps of the presented session or proof, and the presented code.
grant select, update (last_count, last_used_at) on accounts.second_step to keepwell_auth;
create policy of_the_presented_session on accounts.second_step to keepwell_auth
    using (principal = (select s.principal from auth.session s))
    with check (principal = (select s.principal from auth.session s));
create policy of_the_presented_proof on accounts.second_step for select to keepwell_auth
    using (principal = (select k.principal from accounts.key_slot k));
grant delete on accounts.key_slot to keepwell_auth;
create policy presented_code on accounts.key_slot for delete to keepwell_auth
    using (kind = 4 and proof_hash = sha256(decode(current_setting('app.proof', true), 'hex')));

-- The second steps of a session that is not open yet, or locked: what the server checks with.
create view accounts.standing_second_step with (security_barrier) as
    select f.factor, f.kind, f.body_sealed
    from accounts.second_step f
    where f.principal = (select t.principal from auth.standing t);
alter view accounts.standing_second_step owner to keepwell_auth;
grant select on accounts.standing_second_step to keepwell_app;

-- Whether a second step was shown: a factor whose pass is right and whose count goes up, or a single-use
-- code of the presented session, which is gone by that. A count is the time step of a code (never the
-- same twice) or the counter of a security key (many keep it at zero).
create function accounts.show_second_step(
    which uuid, pass text, used_count bigint, code_proof text
) returns text
    language plpgsql security definer set search_path = '' as $$
declare
    shown text;
begin
    if code_proof is not null then
        perform set_config('app.proof', code_proof, true);
        delete from accounts.key_slot k
        where k.kind = 4 and k.principal = (select s.principal from auth.session s);
        if found then
            shown := 'single_use_code';
        end if;
        perform set_config('app.proof', '', true);
    else
        update accounts.second_step f set last_used_at = now(), last_count = used_count
        where f.factor = which and f.pass_hash = sha256(decode(pass, 'hex'))
            and f.principal = (select s.principal from auth.session s)
            and (used_count > coalesce(f.last_count, -1)
                or (f.kind = 'security_key' and used_count = 0 and coalesce(f.last_count, 0) = 0))
        returning f.kind into shown;
    end if;
    return shown;
end
$$;
-- Opens a session that awaits a second step, or with a security key one that is locked.
create function accounts.pass_second_step(
    which uuid, pass text, used_count bigint, code_proof text
) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    standing text;
    shown text;
begin
    perform auth.hold_still((select s.principal from auth.session s));
    select t.state into standing from auth.standing t;
    -- One sheet of codes is one step: it is not the other one as well.
    if not found or (code_proof is not null and exists (
        select from auth.session s where s.first_step = 'single_use_code')) then
        return false;
    end if;
    shown := accounts.show_second_step(which, pass, used_count, code_proof);
    if shown is null or (standing = 'locked' and shown <> 'security_key') then
        return false;
    end if;
    update auth.session s set state = 'open', tries = 0, last_used_at = now(),
        second_step = case when standing = 'locked' then s.second_step else shown end,
        proved_at = case when standing = 'locked' then s.proved_at else now() end;
    return true;
end
$$;
-- A fresh proof of an open session: the password, and a second step where one is set up.
create function accounts.prove(
    proof text, which uuid, pass text, used_count bigint, code_proof text
) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid;
    shown_kind smallint;
begin
    select m.principal into me from auth.me m;
    if not found then
        return false;
    end if;
    perform set_config('app.proof', proof, true);
    select k.kind into shown_kind from accounts.key_slot k
    where k.principal = me and k.kind = 1;
    perform set_config('app.proof', '', true);
    if shown_kind is null then
        return false;
    end if;
    if exists (select from accounts.second_step f where f.principal = me)
        and accounts.show_second_step(which, pass, used_count, code_proof) is null then
        return false;
    end if;
    update auth.session s set proved_at = now() where s.principal = me;
    return true;
end
$$;
-- A password's slot at the present cost, in the place of the one whose proof is presented.
create function accounts.restretch(
    proof text, new_proof text, new_private_key_sealed bytea,
    memory_kib integer, passes integer, lanes integer
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    found_slot accounts.key_slot%rowtype;
begin
    perform set_config('app.proof', proof, true);
    delete from accounts.key_slot k
    where k.kind = 1 and k.principal = (select s.principal from auth.session s)
    returning * into found_slot;
    if found then
        perform set_config('app.proof', new_proof, true);
        insert into accounts.key_slot (principal, slot, kind, proof_hash, private_key_sealed,
            stretch_memory_kib, stretch_passes, stretch_lanes, created_at)
        values (found_slot.principal, found_slot.slot, 1, sha256(decode(new_proof, 'hex')),
            new_private_key_sealed, memory_kib, passes, lanes, found_slot.created_at);
    end if;
    perform set_config('app.proof', '', true);
end
$$;
alter function accounts.restretch(text, text, bytea, integer, integer, integer)
    owner to keepwell_auth;
revoke all on function accounts.restretch(text, text, bytea, integer, integer, integer) from public;
grant execute on function accounts.restretch(text, text, bytea, integer, integer, integer)
    to keepwell_app;
-- Who shows the proof of a password's slot, in a session of the same person, may stretch it anew.
create policy presented_password on accounts.key_slot for delete to keepwell_auth
    using (kind = 1 and proof_hash = sha256(decode(current_setting('app.proof', true), 'hex'))
        and principal = (select s.principal from auth.session s));
create policy presented_password_insert on accounts.key_slot for insert to keepwell_auth
    with check (kind = 1 and proof_hash = sha256(decode(current_setting('app.proof', true), 'hex'))
        and principal = (select s.principal from auth.session s));

alter function accounts.show_second_step(uuid, text, bigint, text) owner to keepwell_auth;
alter function accounts.pass_second_step(uuid, text, bigint, text) owner to keepwell_auth;
alter function accounts.prove(text, uuid, text, bigint, text) owner to keepwell_auth;
revoke all on function accounts.show_second_step(uuid, text, bigint, text),
    accounts.pass_second_step(uuid, text, bigint, text),
    accounts.prove(text, uuid, text, bigint, text) from public;
grant execute on function accounts.pass_second_step(uuid, text, bigint, text),
    accounts.prove(text, uuid, text, bigint, text) to keepwell_app;

-- Signing in: a password or a recovery code alone opens nothing where a second step is set up; a passkey
-- is two steps in one, once the server has checked its signature.
drop function accounts.sign_in(text, text, interval, interval);
create function accounts.sign_in(
    proof text, application text, idle_limit interval, idle_longest interval,
    absolute_limit interval
) returns table (
    principal uuid, kind smallint, slot uuid, private_key_sealed bytea, email_sealed bytea,
    state text
)
    language plpgsql security definer set search_path = '' as $$
declare
    found_slot record;
    first_state text := 'open';
begin
    perform set_config('app.proof', proof, true);
    perform auth.hold_still((select k.principal from accounts.key_slot k));
    select k.principal, k.kind, k.slot, k.private_key_sealed, a.email_sealed, a.idle_minutes
    into found_slot
    from accounts.key_slot k join accounts.account a on a.principal = k.principal;
    if not found then
        return;
    end if;
    if found_slot.kind <> 3 and exists (
        select from accounts.second_step f where f.principal = found_slot.principal) then
        first_state := 'awaits_second_step';
    end if;
    if found_slot.kind = 4 then
        -- Used up, and never enough alone.
        if first_state = 'open' then
            return;
        end if;
        delete from accounts.key_slot k where k.kind = 4;
        if not found then
            return;
        end if;
    end if;
    insert into auth.session (principal, token_hash, application, idle_limit, expires_at, state,
        first_step)
    values (found_slot.principal, sha256(decode(current_setting('app.token', true), 'hex')),
        application, least(coalesce(make_interval(mins => found_slot.idle_minutes), sign_in.idle_limit),
            idle_longest),
        now() + absolute_limit, first_state,
        case found_slot.kind when 1 then 'password' when 3 then 'passkey'
            when 4 then 'single_use_code' else 'recovery_code' end);
    return query
        select found_slot.principal, found_slot.kind, found_slot.slot,
            found_slot.private_key_sealed, found_slot.email_sealed, first_state;
    perform set_config('app.proof', '', true);
end
$$;
alter function accounts.sign_in(text, text, interval, interval, interval) owner to keepwell_auth;
revoke all on function accounts.sign_in(text, text, interval, interval, interval) from public;
grant execute on function accounts.sign_in(text, text, interval, interval, interval) to keepwell_app;

revoke create on schema auth from keepwell_auth, keepwell_revoker;
revoke create on schema accounts from keepwell_auth;
