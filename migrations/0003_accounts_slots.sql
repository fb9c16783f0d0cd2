-- Accounts: the sealed copies of each person's private key, and what opens them.
--
-- A slot is found by what only its credential yields (the proof), never by an e-mail address: no
-- address, and no hash of one alone, is in the database. An address is sealed to its owner.

create schema accounts;
grant usage on schema accounts to keepwell_app, keepwell_auth;
grant create on schema accounts to keepwell_auth;

create table accounts.account (
    principal             uuid        not null,
    email_sealed          bytea       not null,
    recovery_code_kept_at timestamptz,
    created_at            timestamptz not null default now(),
    constraint account_pkey primary key (principal),
    constraint account_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade
);

create table accounts.key_slot (
    principal           uuid        not null,
    slot                uuid        not null,
    kind                smallint    not null,
    proof_hash          bytea       not null,
    private_key_sealed  bytea       not null,
    stretch_memory_kib  integer     not null,
    stretch_passes      integer     not null,
    stretch_lanes       integer     not null,
    created_at          timestamptz not null default now(),
    constraint key_slot_pkey primary key (principal, slot),
    constraint key_slot_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade,
    constraint key_slot_kind_is_known check (kind in (1, 2)),
    constraint key_slot_proof_hash_is_sha256 check (length(proof_hash) = 32)
);
-- Two equal proofs mean the same address and the same password.
create unique index key_slot_by_proof on accounts.key_slot (proof_hash);

-- Which costs of stretching passwords are in use, so that a sign-in still works after the operator
-- has changed the setting. Says nothing about anybody.
create table accounts.stretch_cost (
    memory_kib integer not null,
    passes     integer not null,
    lanes      integer not null,
    constraint stretch_cost_pkey primary key (memory_kib, passes, lanes),
    -- Every sign-in pays each cost in turn: no row may make that unbearable.
    constraint stretch_cost_is_bearable check (
        memory_kib between 8 * lanes and 1048576
        and passes between 1 and 32 and lanes between 1 and 16)
);

alter table accounts.account enable row level security;
alter table accounts.account force row level security;
alter table accounts.key_slot enable row level security;
alter table accounts.key_slot force row level security;
alter table accounts.stretch_cost enable row level security;
alter table accounts.stretch_cost force row level security;

create policy anybody_reads_costs on accounts.stretch_cost for select to keepwell_app
    using (memory_kib > 0);
grant select on accounts.stretch_cost to keepwell_app;
-- The program notes its setting at every start, as the owner: no request can add a cost.
create policy noted_at_the_start on accounts.stretch_cost to keepwell_owner
    using (memory_kib > 0) with check (memory_kib > 0);

-- The person's own rows. What a slot seals and how it is proved cannot be read back by a session.
create policy my_own on accounts.account to keepwell_app
    using (principal = (select m.principal from auth.me m))
    with check (principal = (select m.principal from auth.me m));
grant select, update (recovery_code_kept_at) on accounts.account to keepwell_app;
create policy my_own on accounts.key_slot to keepwell_app
    using (principal = (select m.principal from auth.me m))
    with check (principal = (select m.principal from auth.me m));
grant insert, delete, select (principal, slot, kind, created_at) on accounts.key_slot to keepwell_app;

-- Whether a presented code is the asker's own recovery code, without reading any slot back.
create view accounts.my_slot_proofs with (security_barrier) as
    select k.kind, k.proof_hash = sha256(decode(current_setting('app.proof', true), 'hex')) as matches
    from accounts.key_slot k
    where k.principal = (select m.principal from auth.me m);
alter view accounts.my_slot_proofs owner to keepwell_auth;
grant select on accounts.my_slot_proofs to keepwell_app;

-- Signing in: the guarded role sees the one slot whose proof was presented.
grant select on accounts.key_slot, accounts.account to keepwell_auth;
grant insert on accounts.key_slot, accounts.account to keepwell_auth;
create policy presented_proof on accounts.key_slot for select to keepwell_auth
    using (proof_hash = sha256(decode(current_setting('app.proof', true), 'hex')));
create policy of_the_presented_proof on accounts.account for select to keepwell_auth
    using (principal = (select k.principal from accounts.key_slot k));
create policy newcomer on accounts.key_slot for insert to keepwell_auth
    with check (principal = nullif(current_setting('app.newcomer', true), '')::uuid);
create policy newcomer on accounts.account for insert to keepwell_auth
    with check (principal = nullif(current_setting('app.newcomer', true), '')::uuid);

-- Opens an account and its first session, or changes nothing. The session's token is presented in
-- the same transaction beforehand.
create function accounts.sign_up(
    newcomer uuid, public_key bytea, email_sealed bytea, erasure_key_sealed bytea,
    slots uuid[], kinds smallint[], proof_hashes bytea[], private_keys_sealed bytea[],
    memory_kib integer, passes integer, lanes integer,
    scopes text[], grant_keys_sealed bytea[], first_day date, last_day date,
    application text, idle_limit interval, absolute_limit interval, keyring_sealed bytea
) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('app.newcomer', newcomer::text, true);
    insert into auth.principal (principal, public_key) values (newcomer, public_key);
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
    insert into auth.session (principal, token_hash, application, idle_limit, expires_at, keyring_sealed)
    values (newcomer, sha256(decode(current_setting('app.token', true), 'hex')), application,
        idle_limit, now() + absolute_limit, keyring_sealed);
    perform set_config('app.newcomer', '', true);
end
$$;

-- Opens a session for whoever knows a slot's proof, and returns what that credential opens. No row
-- when the proof is nobody's. The session has no keyring until auth.keep_keyring.
create function accounts.sign_in(
    proof text, application text, idle_limit interval, absolute_limit interval
) returns table (
    principal uuid, kind smallint, private_key_sealed bytea, email_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    found_slot record;
begin
    perform set_config('app.proof', proof, true);
    select k.principal, k.kind, k.private_key_sealed into found_slot from accounts.key_slot k;
    if not found then
        return;
    end if;
    insert into auth.session (principal, token_hash, application, idle_limit, expires_at)
    values (found_slot.principal, sha256(decode(current_setting('app.token', true), 'hex')),
        application, idle_limit, now() + absolute_limit);
    return query
        select found_slot.principal, found_slot.kind, found_slot.private_key_sealed,
            a.email_sealed
        from accounts.account a;
    perform set_config('app.proof', '', true);
end
$$;
alter function accounts.sign_up(uuid, bytea, bytea, bytea, uuid[], smallint[], bytea[], bytea[],
    integer, integer, integer, text[], bytea[], date, date, text, interval, interval, bytea)
    owner to keepwell_auth;
alter function accounts.sign_in(text, text, interval, interval) owner to keepwell_auth;
revoke all on function accounts.sign_up(uuid, bytea, bytea, bytea, uuid[], smallint[], bytea[],
    bytea[], integer, integer, integer, text[], bytea[], date, date, text, interval, interval, bytea)
    from public;
revoke all on function accounts.sign_in(text, text, interval, interval) from public;
grant execute on function accounts.sign_up(uuid, bytea, bytea, bytea, uuid[], smallint[], bytea[],
    bytea[], integer, integer, integer, text[], bytea[], date, date, text, interval, interval, bytea)
    to keepwell_app;
grant execute on function accounts.sign_in(text, text, interval, interval) to keepwell_app;

revoke create on schema accounts from keepwell_auth;
