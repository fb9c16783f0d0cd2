-- Notices: what a person is told about their account, as a word and a time. Mail: the same by mail,
-- and codes that prove an address. A mail waits sealed under the root key, so that this database
-- alone shows no address. Both are written through functions only, which keep the number of notices
-- small and count the mails of each recipient.

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
create policy my_own_seen on accounts.notice for update to keepwell_app
    using (principal = (select m.principal from auth.me m))
    with check (principal = (select m.principal from auth.me m));
grant select, update (seen_at) on accounts.notice to keepwell_app;

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
-- The sender takes what waits, whosever it is, and learns from the row nothing but when.
create policy waiting on mail.queue for select to keepwell_worker using (created_at <= now());
create policy put_off on mail.queue for update to keepwell_worker
    using (next_try_at <= now()) with check (tries > 0);
create policy sent on mail.queue for delete to keepwell_worker using (next_try_at <= now());
grant select (mail, message_sealed, tries, created_at, next_try_at, give_up_at),
    update (tries, next_try_at), delete on mail.queue to keepwell_worker;

-- The functions below write for the presented session and nobody else. An open one leaves any word;
-- one that waits for its second step, which is nobody yet, only that the step failed.
grant usage on schema mail to keepwell_auth;
grant create on schema mail to keepwell_auth;
grant select (principal, notice, what, at), insert (principal, notice, what), delete
    on accounts.notice to keepwell_auth;
create policy of_the_asker on accounts.notice for select to keepwell_auth
    using (principal = (select m.principal from auth.me m));
create policy of_the_asker_insert on accounts.notice for insert to keepwell_auth
    with check (principal = (select m.principal from auth.me m));
create policy of_the_asker_delete on accounts.notice for delete to keepwell_auth
    using (principal = (select m.principal from auth.me m));
create policy of_the_waiting_session on accounts.notice for select to keepwell_auth
    using (principal = (select t.principal from auth.standing t));
create policy of_the_waiting_session_insert on accounts.notice for insert to keepwell_auth
    with check (what = 'second_step_failed'
        and principal = (select t.principal from auth.standing t));
create policy of_the_waiting_session_delete on accounts.notice for delete to keepwell_auth
    using (principal = (select t.principal from auth.standing t));
grant select (principal), insert (principal, mail, message_sealed, give_up_at) on mail.queue
    to keepwell_auth;
create policy of_the_asker on mail.queue for select to keepwell_auth
    using (principal = (select m.principal from auth.me m));
create policy of_the_asker_insert on mail.queue for insert to keepwell_auth
    with check (principal = (select m.principal from auth.me m));
create policy of_the_waiting_session on mail.queue for select to keepwell_auth
    using (principal = (select t.principal from auth.standing t));
create policy of_the_waiting_session_insert on mail.queue for insert to keepwell_auth
    with check (principal = (select t.principal from auth.standing t));
create policy of_the_asker on accounts.account for select to keepwell_auth
    using (principal = (select m.principal from auth.me m));
create policy of_the_waiting_session on accounts.account for select to keepwell_auth
    using (principal = (select t.principal from auth.standing t));
-- The sealed address of a session that waits: only its key pair opens it.
create view accounts.standing_address with (security_barrier) as
    select a.email_sealed from accounts.account a
    where a.principal = (select t.principal from auth.standing t);
alter view accounts.standing_address owner to keepwell_auth;
grant select on accounts.standing_address to keepwell_app;

-- Puts a mail into the queue unless its recipient, a keyed hash of the address, gets enough mail.
-- Returns the seconds to wait until there is room; 0: it is in the queue.
--
-- Anybody can open an account under somebody else's address. So mail to an address that its account
-- has not confirmed has a smaller share, over all accounts: nobody's mailbox is filled through us.
-- And a share of its own: nobody uses up what the address's own person is told with.
create function mail.enqueue(
    whom uuid, mail uuid, message_sealed bytea, give_up_minutes integer, recipient bytea,
    is_code boolean, is_own_address boolean
) returns integer
    language plpgsql set search_path = '' as $$
declare
    confirmed boolean := is_own_address and exists (
        select from accounts.account a
        where a.principal = whom and a.email_verified_at is not null);
    keys bytea[];
    periods integer[];
    bursts integer[];
    wait integer;
begin
    -- A mail server that does not answer for days.
    if (select count(*) from mail.queue q where q.principal = whom) >= 200 then
        return 3600;
    end if;
    select array_agg(sha256(recipient || r.share)), array_agg(r.seconds), array_agg(r.burst)
    into keys, periods, bursts
    from (values
        ('confirmed hour'::bytea, 3600, 10, confirmed),
        ('confirmed day', 86400, 30, confirmed),
        ('unconfirmed hour', 3600, 6, not confirmed),
        ('unconfirmed day', 86400, 10, not confirmed),
        ('unconfirmed notices', 86400, 3, not confirmed and not is_code)
    ) r (share, seconds, burst, counts)
    where r.counts;
    select t.wait_seconds into wait from platform.admit_try(keys, periods, bursts, '{}') t;
    if wait = 0 then
        insert into mail.queue (principal, mail, message_sealed, give_up_at)
        values (whom, enqueue.mail, enqueue.message_sealed,
            now() + make_interval(mins => give_up_minutes));
    end if;
    return wait;
end
$$;

-- Puts a mail to the asker into the queue.
create function mail.put(
    mail uuid, message_sealed bytea, give_up_minutes integer, recipient bytea,
    is_code boolean, is_own_address boolean
) returns integer
    language sql security definer set search_path = '' as $$
    select mail.enqueue(m.principal, mail, message_sealed, give_up_minutes, recipient, is_code,
        is_own_address)
    from auth.me m
$$;

-- Leaves a notice in the place of the oldest, when there are many, and queues its mail if there is
-- one. Returns what mail.enqueue returns; null without a mail.
create function accounts.leave_notice(
    whom uuid, notice uuid, what text, mail uuid, message_sealed bytea, give_up_minutes integer,
    recipient bytea
) returns integer
    language plpgsql set search_path = '' as $$
begin
    insert into accounts.notice (principal, notice, what)
    values (whom, leave_notice.notice, leave_notice.what);
    delete from accounts.notice n
    where n.principal = whom and n.notice in (
        select o.notice from accounts.notice o
        where o.principal = whom order by o.at desc, o.notice desc offset 500);
    if message_sealed is null then
        return null;
    end if;
    return mail.enqueue(whom, mail, message_sealed, give_up_minutes, recipient, false, true);
end
$$;

-- Leaves a notice to the asker.
create function accounts.tell(
    notice uuid, what text, mail uuid, message_sealed bytea, give_up_minutes integer,
    recipient bytea
) returns integer
    language sql security definer set search_path = '' as $$
    select accounts.leave_notice(m.principal, notice, what, mail, message_sealed, give_up_minutes,
        recipient)
    from auth.me m
$$;

-- Somebody who knows the password and not the second step: told by the session that still waits for
-- it. Once in ten minutes, so that slips of the finger fill no mailbox.
create function accounts.tell_second_step_failed(
    notice uuid, mail uuid, message_sealed bytea, give_up_minutes integer, recipient bytea
) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    whom uuid;
begin
    select t.principal into whom from auth.standing t where t.state = 'awaits_second_step';
    if not found or exists (
        select from accounts.notice n
        where n.principal = whom and n.what = 'second_step_failed'
            and n.at > now() - interval '10 minutes') then
        return null;
    end if;
    return accounts.leave_notice(whom, notice, 'second_step_failed', mail, message_sealed,
        give_up_minutes, recipient);
end
$$;
alter function mail.enqueue(uuid, uuid, bytea, integer, bytea, boolean, boolean)
    owner to keepwell_auth;
alter function mail.put(uuid, bytea, integer, bytea, boolean, boolean) owner to keepwell_auth;
alter function accounts.leave_notice(uuid, uuid, text, uuid, bytea, integer, bytea)
    owner to keepwell_auth;
alter function accounts.tell(uuid, text, uuid, bytea, integer, bytea) owner to keepwell_auth;
alter function accounts.tell_second_step_failed(uuid, uuid, bytea, integer, bytea)
    owner to keepwell_auth;
revoke all on function mail.enqueue(uuid, uuid, bytea, integer, bytea, boolean, boolean)
    from public;
revoke all on function mail.put(uuid, bytea, integer, bytea, boolean, boolean) from public;
revoke all on function accounts.leave_notice(uuid, uuid, text, uuid, bytea, integer, bytea)
    from public;
revoke all on function accounts.tell(uuid, text, uuid, bytea, integer, bytea) from public;
revoke all on function accounts.tell_second_step_failed(uuid, uuid, bytea, integer, bytea)
    from public;
grant execute on function mail.put(uuid, bytea, integer, bytea, boolean, boolean) to keepwell_app;
grant execute on function accounts.tell(uuid, text, uuid, bytea, integer, bytea) to keepwell_app;
grant execute on function accounts.tell_second_step_failed(uuid, uuid, bytea, integer, bytea)
    to keepwell_app;
revoke create on schema accounts, mail from keepwell_auth;

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
