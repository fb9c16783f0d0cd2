-- The diary: one sealed document per person, scope and day.

create schema diary;
grant usage on schema diary to keepwell_app;

create table diary.record_day (
    owner       uuid       not null,
    scope       auth.scope not null,
    day         date       not null,
    version     bigint     not null,
    epoch       integer    not null,
    body_sealed bytea      not null,
    constraint record_day_pkey primary key (owner, scope, day),
    constraint record_day_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint record_day_version_counts_from_one check (version >= 1),
    constraint record_day_epoch_counts_from_one check (epoch >= 1)
) with (fillfactor = 50, toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05);
-- A day is rewritten whole on every change: inline, uncompressed (it is ciphertext), with room on
-- the page for the next version.
alter table diary.record_day alter column body_sealed set storage main;

alter table diary.record_day enable row level security;
alter table diary.record_day force row level security;

-- Rights are one value, computed once a statement. The row's owner is the one the request names,
-- and that is the asker. Letting others in will widen the second condition, never the first.
create policy my_own on diary.record_day to keepwell_app
    using (owner = (select m.owner from auth.me m where m.owner = m.principal))
    with check (owner = (select m.owner from auth.me m where m.owner = m.principal));
grant select, insert, update, delete on diary.record_day to keepwell_app;

-- Writes the given documents of one change, all or none, and records the act in the audit. A
-- document whose version is not the next one was changed by another device meanwhile: then nothing
-- is written, and the server reads again and merges.
create function diary.keep_days(
    owner uuid, scopes text[], days date[], versions bigint[], epochs integer[], bodies bytea[],
    act text
) returns void
    language plpgsql security invoker set search_path = '' as $$
declare
    written bigint;
begin
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
revoke all on function diary.keep_days(uuid, text[], date[], bigint[], integer[], bytea[], text)
    from public;
grant execute on function diary.keep_days(uuid, text[], date[], bigint[], integer[], bytea[], text)
    to keepwell_app;
