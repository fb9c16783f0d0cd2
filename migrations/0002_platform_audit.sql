-- The audit: what was done to whose data, by whom, through which application. One chain of hashes
-- per owner, so that no row exists which all writers lock. The runtime role can append through one
-- function, in the transaction of the act itself, and can change nothing.

create schema audit;
grant usage on schema audit to keepwell_app, keepwell_audit, keepwell_auditor;
grant usage on schema auth to keepwell_audit;
grant create on schema audit to keepwell_audit;

create table audit.head (
    owner uuid   not null,
    seq   bigint not null,
    hash  bytea  not null,
    constraint head_pkey primary key (owner),
    constraint head_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade
) with (fillfactor = 50);

create table audit.event (
    owner       uuid        not null,
    seq         bigint      not null,
    at          timestamptz not null,
    actor       uuid        not null,
    application text        not null,
    action      text        not null,
    subject     text        not null,
    hash        bytea       not null,
    constraint event_pkey primary key (owner, seq),
    constraint event_action_is_a_word check (action ~ '^[a-z_]{1,40}$'),
    constraint event_subject_is_short check (length(subject) <= 200)
);

alter table audit.head enable row level security;
alter table audit.head force row level security;
alter table audit.event enable row level security;
alter table audit.event force row level security;

grant select, insert, update on audit.head to keepwell_audit;
create policy of_my_owner on audit.head to keepwell_audit
    using (owner = (select m.owner from auth.me m where m.owner = m.principal))
    with check (owner = (select m.owner from auth.me m where m.owner = m.principal));
grant insert on audit.event to keepwell_audit;
create policy of_my_owner on audit.event for insert to keepwell_audit
    with check (owner = (select m.owner from auth.me m where m.owner = m.principal));

-- A person reads who did what to their data.
create policy my_own on audit.event for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
grant select on audit.event to keepwell_app;

-- The auditor verifies chains; the rows name acts and days, never content.
create policy verified_by_the_auditor on audit.event for select to keepwell_auditor
    using (hash is not null);
create policy verified_by_the_auditor on audit.head for select to keepwell_auditor
    using (hash is not null);
grant select on audit.event, audit.head to keepwell_auditor;

-- Appends one event as the asker, about the named owner. The hash of an event covers the hash
-- before it, so a removed, changed or reordered event breaks every hash after it.
create function audit.append(act text, about text) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me record;
    moment timestamptz := clock_timestamp();
    next_seq bigint;
    next_hash bytea;
begin
    -- Naming an owner gives no right here either: nobody writes into another's audit.
    select m.principal, m.application, m.owner into me from auth.me m where m.owner = m.principal;
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
alter function audit.append(text, text) owner to keepwell_audit;
revoke all on function audit.append(text, text) from public;
grant execute on function audit.append(text, text) to keepwell_app;

-- A person's events go when their head goes, which goes with the account. Not by a foreign key to
-- the account: its check would lock the account's row at every event, which costs a third of a
-- change. Every event is written beside its head, and the head has that key.
grant delete on audit.event to keepwell_audit;
create policy of_the_forgotten on audit.event for delete to keepwell_audit
    using (owner = nullif(current_setting('audit.forgotten', true), '')::uuid);
create function audit.forget() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    perform set_config('audit.forgotten', old.owner::text, true);
    delete from audit.event;
    perform set_config('audit.forgotten', '', true);
    return null;
end
$$;
alter function audit.forget() owner to keepwell_audit;
revoke all on function audit.forget() from public;
create trigger events_go_with_their_head after delete on audit.head
    for each row execute function audit.forget();

revoke create on schema audit from keepwell_audit;
