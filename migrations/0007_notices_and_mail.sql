-- Notices: what a person is told about their account, as a word and a time. Mail: the same by mail,
-- and codes that prove an address. A mail waits sealed under the root key, so that this database
-- alone shows no address.

create table accounts.notice (
    principal uuid        not null,
    notice    uuid        not null,
    what      text        not null,
    at        timestamptz not null default now(),
    seen_at   timestamptz,
    constraint notice_pkey primary key (principal, notice),
    constraint notice_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade,
    constraint notice_what_is_a_word check (what ~ '^[a-z_]{1,40}$')
);
create index notice_by_time on accounts.notice (at);
alter table accounts.notice enable row level security;
alter table accounts.notice force row level security;
create policy my_own on accounts.notice for select to keepwell_app
    using (principal = (select m.principal from auth.me m));
create policy my_own_insert on accounts.notice for insert to keepwell_app
    with check (principal = (select m.principal from auth.me m));
create policy my_own_seen on accounts.notice for update to keepwell_app
    using (principal = (select m.principal from auth.me m))
    with check (principal = (select m.principal from auth.me m));
grant select, insert (principal, notice, what), update (seen_at) on accounts.notice to keepwell_app;

-- The pending proof of an address: the account's own (no new address), or a change to another one,
-- with a code to each. Without a mail server a change has no codes. One at a time.
create table accounts.email_change (
    principal        uuid        not null,
    new_email_sealed bytea,
    old_code_hash    bytea,
    new_code_hash    bytea,
    tries            smallint    not null default 0,
    expires_at       timestamptz not null,
    constraint email_change_pkey primary key (principal),
    constraint email_change_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade,
    constraint email_change_proves_something check (
        new_email_sealed is not null or (old_code_hash is not null and new_code_hash is null)),
    constraint email_change_has_few_tries check (tries between 0 and 5),
    constraint email_change_hashes_are_sha256 check (
        length(old_code_hash) = 32 and length(new_code_hash) = 32)
);
create index email_change_by_expiry on accounts.email_change (expires_at);
alter table accounts.email_change enable row level security;
alter table accounts.email_change force row level security;
create policy my_own on accounts.email_change for select to keepwell_app
    using (principal = (select m.principal from auth.me m));
create policy my_own_insert on accounts.email_change for insert to keepwell_app
    with check (principal = (select m.principal from auth.me m)
        and expires_at <= now() + interval '10 minutes'
        and (new_email_sealed is null or (select m.fresh from auth.me m)));
create policy my_own_try on accounts.email_change for update to keepwell_app
    using (principal = (select m.principal from auth.me m))
    with check (principal = (select m.principal from auth.me m));
create policy my_own_delete on accounts.email_change for delete to keepwell_app
    using (principal = (select m.principal from auth.me m));
grant select, insert, update (tries), delete on accounts.email_change to keepwell_app;

-- Since when the person is known to read mail at the account's address.
alter table accounts.account add column email_verified_at timestamptz;
grant update (email_verified_at) on accounts.account to keepwell_app;

-- Gives the asker another address, within five minutes of showing a credential. A function, because
-- nothing else of a request may write one.
grant create on schema accounts to keepwell_auth;
grant update (email_sealed, email_verified_at) on accounts.account to keepwell_auth;
create policy of_who_proved_it on accounts.account for update to keepwell_auth
    using (principal = (select m.principal from auth.me m where m.fresh))
    with check (principal = (select m.principal from auth.me m where m.fresh));
create function accounts.change_email(new_email_sealed bytea, verified boolean) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    update accounts.account
    set email_sealed = new_email_sealed, email_verified_at = case when verified then now() end;
    if not found then
        raise exception 'no fresh session was presented' using errcode = '28000';
    end if;
end
$$;
alter function accounts.change_email(bytea, boolean) owner to keepwell_auth;
revoke all on function accounts.change_email(bytea, boolean) from public;
grant execute on function accounts.change_email(bytea, boolean) to keepwell_app;

create schema mail;
grant usage on schema mail to keepwell_app, keepwell_worker;
create table mail.queue (
    principal      uuid        not null,
    mail           uuid        not null,
    message_sealed bytea       not null,
    tries          smallint    not null default 0,
    created_at     timestamptz not null default now(),
    next_try_at    timestamptz not null default now(),
    give_up_at     timestamptz not null,
    constraint queue_pkey primary key (principal, mail),
    constraint queue_principal_fkey foreign key (principal)
        references auth.principal (principal) on delete cascade,
    constraint queue_message_is_small check (length(message_sealed) <= 8192),
    constraint queue_ends_within_three_days check (give_up_at <= created_at + interval '3 days')
);
create index queue_by_time on mail.queue (next_try_at);
alter table mail.queue enable row level security;
alter table mail.queue force row level security;
-- A request puts mail to whoever asks into the queue, and never sees it again.
create policy to_me on mail.queue for insert to keepwell_app
    with check (principal = (select m.principal from auth.me m));
grant insert (principal, mail, message_sealed, give_up_at) on mail.queue to keepwell_app;
-- The sender takes what waits, whosever it is, and learns from the row nothing but when.
create policy waiting on mail.queue for select to keepwell_worker using (created_at <= now());
create policy put_off on mail.queue for update to keepwell_worker
    using (next_try_at <= now()) with check (tries > 0);
create policy sent on mail.queue for delete to keepwell_worker using (next_try_at <= now());
grant select (mail, message_sealed, tries, created_at, next_try_at, give_up_at),
    update (tries, next_try_at), delete on mail.queue to keepwell_worker;

-- Somebody who knows the password and not the second step: told by the session that still waits for
-- it, which is nobody yet and may leave this one word. Once in ten minutes, so that slips of the
-- finger fill no mailbox.
grant usage on schema mail to keepwell_auth;
grant select (principal, what, at), insert (principal, notice, what) on accounts.notice
    to keepwell_auth;
create policy of_the_waiting_session on accounts.notice for select to keepwell_auth
    using (principal = (select t.principal from auth.standing t));
create policy of_the_waiting_session_insert on accounts.notice for insert to keepwell_auth
    with check (what = 'second_step_failed'
        and principal = (select t.principal from auth.standing t));
grant insert (principal, mail, message_sealed, give_up_at) on mail.queue to keepwell_auth;
create policy of_the_waiting_session on mail.queue for insert to keepwell_auth
    with check (principal = (select t.principal from auth.standing t));
create policy of_the_waiting_session on accounts.account for select to keepwell_auth
    using (principal = (select t.principal from auth.standing t));
-- The sealed address of a session that waits: only its key pair opens it.
create view accounts.standing_address with (security_barrier) as
    select a.email_sealed from accounts.account a
    where a.principal = (select t.principal from auth.standing t);
alter view accounts.standing_address owner to keepwell_auth;
grant select on accounts.standing_address to keepwell_app;
create function accounts.tell_second_step_failed(
    notice uuid, mail uuid, message_sealed bytea, give_up_minutes integer
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    whom uuid;
begin
    select t.principal into whom from auth.standing t where t.state = 'awaits_second_step';
    if not found or exists (
        select from accounts.notice n
        where n.principal = whom and n.what = 'second_step_failed'
            and n.at > now() - interval '10 minutes') then
        return;
    end if;
    insert into accounts.notice (principal, notice, what)
    values (whom, tell_second_step_failed.notice, 'second_step_failed');
    if tell_second_step_failed.message_sealed is not null then
        insert into mail.queue (principal, mail, message_sealed, give_up_at)
        values (whom, tell_second_step_failed.mail, tell_second_step_failed.message_sealed,
            now() + make_interval(mins => give_up_minutes));
    end if;
end
$$;
alter function accounts.tell_second_step_failed(uuid, uuid, bytea, integer) owner to keepwell_auth;
revoke all on function accounts.tell_second_step_failed(uuid, uuid, bytea, integer) from public;
grant execute on function accounts.tell_second_step_failed(uuid, uuid, bytea, integer)
    to keepwell_app;
revoke create on schema accounts from keepwell_auth;

-- Clean-up sees when these end, and nothing else of them.
grant usage on schema accounts to keepwell_worker;
create policy old on accounts.notice for select to keepwell_worker
    using (at <= now() - interval '180 days');
create policy old_delete on accounts.notice for delete to keepwell_worker
    using (at <= now() - interval '180 days');
grant select (at), delete on accounts.notice to keepwell_worker;
create policy ended on accounts.email_change for select to keepwell_worker
    using (expires_at <= now());
create policy ended_delete on accounts.email_change for delete to keepwell_worker
    using (expires_at <= now());
grant select (expires_at), delete on accounts.email_change to keepwell_worker;
