-- Who asks: principals, their sessions, the keys sealed to them, and the guarded views through
-- which the database itself decides who is asking. Every later policy stands on auth.me.

revoke create on schema public from public;

-- Which root key this database was made with, as a keyed hash of nothing: another key is refused at
-- the start, before anything is sealed with it.
create table platform.installation (
    root_key_check_hash bytea       not null,
    created_at          timestamptz not null default now(),
    constraint installation_pkey primary key (root_key_check_hash)
);
alter table platform.installation enable row level security;
alter table platform.installation force row level security;
create policy checked_at_the_start on platform.installation to keepwell_owner
    using (created_at is not null) with check (created_at is not null);

create schema auth;
grant usage on schema auth to keepwell_app, keepwell_auth, keepwell_revoker, keepwell_worker;
-- Only while this file runs: whoever is given a view or function must be able to create there.
grant create on schema auth to keepwell_auth, keepwell_revoker;

-- The names of what can be shared on its own.
create domain auth.scope as text
    constraint scope_is_known check (value in
        ('food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan', 'library'));

-- Whoever can hold keys. A person now; practices and studies later.
create table auth.principal (
    principal  uuid        not null,
    public_key bytea       not null,
    created_at timestamptz not null default now(),
    constraint principal_pkey primary key (principal)
);

-- One signed-in browser, phone or token. Only the hash of what it presents is kept, and its
-- keyring is sealed under a key that this database never sees.
create table auth.session (
    principal      uuid        not null,
    token_hash     bytea       not null,
    application    text        not null,
    created_at     timestamptz not null default now(),
    last_used_at   timestamptz not null default now(),
    idle_limit     interval    not null,
    expires_at     timestamptz not null,
    keyring_sealed bytea,
    constraint session_pkey primary key (principal, token_hash),
    constraint session_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade,
    constraint session_application_is_known check (application in ('web')),
    constraint session_token_hash_is_sha256 check (length(token_hash) = 32),
    -- Whoever asks for a session names its limits; none is longer than the longest setting.
    constraint session_ends_within_a_day check (expires_at <= created_at + interval '24 hours'),
    constraint session_idles_at_most_an_hour check (idle_limit <= interval '1 hour')
);
create unique index session_by_token on auth.session (token_hash);
create index session_by_expiry on auth.session (expires_at);

-- A grant is a sealed key: the row that says who may see a part of a diary carries the key to it,
-- sealed to that holder. The owner is a holder like any other.
create table auth.access_grant (
    owner      uuid        not null,
    holder     uuid        not null,
    scope      auth.scope  not null,
    epoch      integer     not null,
    first_day  date        not null,
    last_day   date        not null,
    key_sealed bytea       not null,
    created_at timestamptz not null default now(),
    constraint access_grant_pkey primary key (owner, holder, scope, epoch),
    constraint access_grant_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint access_grant_holder_fkey foreign key (holder)
        references auth.principal (principal) on delete cascade,
    constraint access_grant_epoch_counts_from_one check (epoch >= 1),
    constraint access_grant_window_is_a_window check (first_day <= last_day)
);
create index access_grant_by_holder on auth.access_grant (holder, owner);

alter table auth.principal enable row level security;
alter table auth.principal force row level security;
alter table auth.session enable row level security;
alter table auth.session force row level security;
alter table auth.access_grant enable row level security;
alter table auth.access_grant force row level security;

-- The erasure keys have a schema of their own, so that a backup of the diary can leave it out:
-- destroying a key here then makes every copy of that person's data unreadable.
create schema erasure;
grant usage on schema erasure to keepwell_auth;
create table erasure.erasure_key (
    owner      uuid        not null,
    key_sealed bytea       not null,
    created_at timestamptz not null default now(),
    constraint erasure_key_pkey primary key (owner),
    constraint erasure_key_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade
);
alter table erasure.erasure_key enable row level security;
alter table erasure.erasure_key force row level security;

-- What the guarded role may see: the one session whose token was presented in this transaction.
-- The identity is proved by whoever knows the token; no setting can claim it.
grant select, insert, update, delete on auth.session to keepwell_auth;
create policy presented_session on auth.session to keepwell_auth
    using (token_hash = sha256(decode(current_setting('app.token', true), 'hex')))
    with check (token_hash = sha256(decode(current_setting('app.token', true), 'hex')));

-- Who is asking, and whose data this request is about: the owner it names, else the asker's own.
-- Naming an owner gives no right; the policies compare it with what the token proves.
create view auth.me with (security_barrier) as
    select
        s.principal,
        s.application,
        coalesce(nullif(current_setting('app.owner', true), '')::uuid, s.principal) as owner
    from auth.session s
    where s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
alter view auth.me owner to keepwell_auth;
grant select on auth.me to keepwell_app, keepwell_audit;

-- A new account is written by one function, which names the newcomer; nobody else's rows can be
-- written that way.
grant insert on auth.principal, auth.access_grant to keepwell_auth;
create policy newcomer on auth.principal for insert to keepwell_auth
    with check (principal = nullif(current_setting('app.newcomer', true), '')::uuid);
create policy newcomer on auth.access_grant for insert to keepwell_auth
    with check (owner = nullif(current_setting('app.newcomer', true), '')::uuid
        and holder = owner);

create policy own_public_key on auth.principal for select to keepwell_app
    using (principal = (select m.principal from auth.me m));
grant select on auth.principal to keepwell_app;

-- A holder reads the grants sealed to it, and nobody else's.
create policy held_by_me on auth.access_grant for select to keepwell_app
    using (holder = (select m.principal from auth.me m));
grant select on auth.access_grant to keepwell_app;

grant select, insert on erasure.erasure_key to keepwell_auth;
create policy newcomer on erasure.erasure_key for insert to keepwell_auth
    with check (owner = nullif(current_setting('app.newcomer', true), '')::uuid);
create policy of_my_owner on erasure.erasure_key for select to keepwell_auth
    using (owner = (select m.owner from auth.me m where m.owner = m.principal));

-- What a request receives when it enters: who asks, the sealed keyring, the owner's sealed erasure
-- key, and whether the time of last use should be brought up to date.
create view auth.entry with (security_barrier) as
    select
        s.principal,
        s.application,
        s.created_at,
        s.expires_at,
        s.idle_limit,
        s.last_used_at < now() - least(s.idle_limit / 15, interval '1 minute') as wants_touch,
        s.keyring_sealed,
        e.key_sealed as erasure_key_sealed
    from auth.session s
    join erasure.erasure_key e
        on e.owner = coalesce(nullif(current_setting('app.owner', true), '')::uuid, s.principal)
    where s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
alter view auth.entry owner to keepwell_auth;
grant select on auth.entry to keepwell_app;

-- The life of a session. Each function reaches the presented session only: the policies above hold
-- for its owner too.
create function auth.touch_session() returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set last_used_at = now()
    where s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
end
$$;
create function auth.keep_keyring(keyring bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update auth.session s set keyring_sealed = keyring
    where s.expires_at > now() and s.last_used_at > now() - s.idle_limit;
    if not found then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
end
$$;
create function auth.end_session() returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    delete from auth.session;
    return found;
end
$$;
alter function auth.touch_session() owner to keepwell_auth;
alter function auth.keep_keyring(bytea) owner to keepwell_auth;
alter function auth.end_session() owner to keepwell_auth;
revoke all on function auth.touch_session(), auth.keep_keyring(bytea), auth.end_session() from public;
grant execute on function auth.touch_session(), auth.keep_keyring(bytea), auth.end_session()
    to keepwell_app;


-- Clean-up sees when a session ends, and nothing else of it.
grant select (principal, token_hash, expires_at, last_used_at, idle_limit), delete
    on auth.session to keepwell_worker;
create policy ended on auth.session for select to keepwell_worker
    using (expires_at <= now() or last_used_at <= now() - idle_limit);
create policy ended_delete on auth.session for delete to keepwell_worker
    using (expires_at <= now() or last_used_at <= now() - idle_limit);

-- "Sign out everywhere else". A role of its own, because the guarded role must never see any
-- session but the presented one: auth.me is read with its rights.
grant select on auth.me to keepwell_revoker;
grant select, delete on auth.session to keepwell_revoker;
create policy other_sessions_of_mine on auth.session to keepwell_revoker
    using (principal = (select m.principal from auth.me m)
        and token_hash <> sha256(decode(current_setting('app.token', true), 'hex')));
create function auth.end_other_sessions() returns bigint
    language plpgsql security definer set search_path = '' as $$
declare
    ended bigint;
begin
    delete from auth.session;
    get diagnostics ended = row_count;
    return ended;
end
$$;
alter function auth.end_other_sessions() owner to keepwell_revoker;
revoke all on function auth.end_other_sessions() from public;
grant execute on function auth.end_other_sessions() to keepwell_app;

revoke create on schema auth from keepwell_auth, keepwell_revoker;
