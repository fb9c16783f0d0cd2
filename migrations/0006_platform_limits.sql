-- How often somebody has tried: sign-ins and sign-ups of a network, and wrong tries one after the
-- other under a name. Here and not in a server's memory, so that the counts hold over several
-- servers and a restart.
--
-- A key is a keyed hash that only the program can make (of a network, of a typed name, of a known
-- device): no address and no name stands here, and whether the name is anybody's plays no part.

grant usage on schema platform to keepwell_app, keepwell_worker, keepwell_limits;
grant create on schema platform to keepwell_limits;

-- The generic cell rate algorithm needs one moment a key: when all that was asked has been paid off.
create table platform.rate_count (
    key_hash bytea       not null,
    next_at  timestamptz not null,
    constraint rate_count_pkey primary key (key_hash),
    constraint rate_count_key_hash_is_32_bytes check (length(key_hash) = 32)
) with (fillfactor = 50);

-- Wrong tries since the last right one, and when it was the last.
create table platform.failure_count (
    key_hash   bytea       not null,
    failures   integer     not null,
    last_at    timestamptz not null,
    cleared_at timestamptz,
    constraint failure_count_pkey primary key (key_hash),
    constraint failure_count_key_hash_is_32_bytes check (length(key_hash) = 32),
    constraint failure_count_failures_is_a_count check (failures >= 0)
) with (fillfactor = 50);

alter table platform.rate_count enable row level security;
alter table platform.rate_count force row level security;
alter table platform.failure_count enable row level security;
alter table platform.failure_count force row level security;

-- Only the rows whose keys the statement presents. Nobody lists counts, and who does not know a key
-- changes none: the functions below are the only way.
create policy presented_keys on platform.rate_count to keepwell_limits
    using (key_hash = any (current_setting('platform.presented_keys', true)::bytea[]))
    with check (key_hash = any (current_setting('platform.presented_keys', true)::bytea[]));
create policy presented_keys on platform.failure_count to keepwell_limits
    using (key_hash = any (current_setting('platform.presented_keys', true)::bytea[]))
    with check (key_hash = any (current_setting('platform.presented_keys', true)::bytea[]));
grant select, insert, update on platform.rate_count, platform.failure_count to keepwell_limits;

-- Clean-up sees what is quiet, and nothing that still counts.
create policy quiet on platform.rate_count for select to keepwell_worker
    using (next_at <= now());
create policy quiet_delete on platform.rate_count for delete to keepwell_worker
    using (next_at <= now());
create policy quiet on platform.failure_count for select to keepwell_worker
    using (last_at <= now() - interval '24 hours'
        and coalesce(cleared_at <= now() - interval '24 hours', true));
create policy quiet_delete on platform.failure_count for delete to keepwell_worker
    using (last_at <= now() - interval '24 hours'
        and coalesce(cleared_at <= now() - interval '24 hours', true));
grant select (next_at), delete on platform.rate_count to keepwell_worker;
grant select (last_at, cleared_at), delete on platform.failure_count to keepwell_worker;

-- How long to wait after so many wrong tries: the first five are free, then 1, 2, 4, … seconds, an
-- hour at most, and a day after a hundred.
create function platform.wait_after(failures integer) returns interval
    language sql immutable set search_path = '' as $$
    select case
        when failures < 5 then interval '0'
        when failures < 100 then least(3600, 2 ^ least(failures - 5, 12)) * interval '1 second'
        else interval '24 hours'
    end
$$;

-- Admits a try and counts it, or says how long to wait and counts nothing.
--
-- Every rate must have room. Of the doors (each the key of a count of wrong tries) one must be open;
-- all that are open count the try as wrong until platform.take_back_try says otherwise. So tries
-- that run at the same moment, or whose connection is cut, count as well.
--
-- Few counts at a time, and none for longer than a day: whoever runs SQL fills nothing with them.
create function platform.admit_try(
    rate_keys bytea[], period_seconds integer[], bursts integer[], door_keys bytea[]
) returns table (wait_seconds integer, is_shut boolean, open_doors boolean[])
    language plpgsql security definer set search_path = '' as $$
declare
    moment timestamptz := clock_timestamp();
    wait interval;
    door_wait interval;
    counted record;
    door integer;
begin
    if coalesce(cardinality(rate_keys), 0) + coalesce(cardinality(door_keys), 0) > 8 or exists (
        select from unnest(rate_keys, period_seconds, bursts) r (key_hash, seconds, burst)
        where (r.seconds between 1 and 86400 and r.burst between 1 and 10000000) is not true) then
        raise exception 'too many counts, or too long ones' using errcode = '22023';
    end if;
    perform set_config('platform.presented_keys', (rate_keys || door_keys)::text, true);
    is_shut := false;
    open_doors := '{}';
    -- A row to lock before it is looked at: those who come first together take turns as well.
    insert into platform.rate_count (key_hash, next_at)
    select k.key_hash, moment from unnest(rate_keys) k (key_hash) order by k.key_hash
    on conflict do nothing;
    select max(c.next_at - moment - (r.seconds - r.seconds::float8 / r.burst) * interval '1 second')
    into wait
    from (
        select k.key_hash, k.next_at from platform.rate_count k
        where k.key_hash = any (rate_keys) order by k.key_hash for update
    ) c
    join unnest(rate_keys, period_seconds, bursts) r (key_hash, seconds, burst)
        on r.key_hash = c.key_hash;
    wait := greatest(wait, interval '0');

    if wait = interval '0' and cardinality(door_keys) > 0 then
        wait := null;
        insert into platform.failure_count (key_hash, failures, last_at)
        select d.key_hash, 0, moment from unnest(door_keys) d (key_hash) order by d.key_hash
        on conflict do nothing;
        for door in 1 .. cardinality(door_keys) loop
            select k.failures, k.last_at into counted from platform.failure_count k
            where k.key_hash = door_keys[door] for update;
            door_wait := greatest(
                counted.last_at + platform.wait_after(counted.failures) - moment, interval '0');
            open_doors := open_doors || (door_wait = interval '0');
            if wait is null or door_wait < wait then
                wait := door_wait;
                is_shut := door_wait > interval '0' and counted.failures >= 100;
            end if;
        end loop;
    end if;
    wait_seconds := ceil(extract(epoch from wait));
    if wait_seconds > 0 then
        return next;
        return;
    end if;

    update platform.rate_count k
    set next_at = greatest(k.next_at, moment) + r.seconds::float8 / r.burst * interval '1 second'
    from unnest(rate_keys, period_seconds, bursts) r (key_hash, seconds, burst)
    where k.key_hash = r.key_hash;
    update platform.failure_count k
    set failures = case when k.last_at <= moment - interval '24 hours' then 1
            else k.failures + 1 end,
        last_at = moment
    from unnest(door_keys, open_doors) d (key_hash, is_open)
    where k.key_hash = d.key_hash and d.is_open;
    return next;
end
$$;

-- Takes a try back that was not wrong. With `clear_seconds` the wrong tries before it are forgotten
-- too, if that was not done within so many seconds: where anybody can come to be right under a name
-- (by opening an account under somebody else's), being right must not be a way to go on guessing.
create function platform.take_back_try(door_keys bytea[], clear_seconds integer[]) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    moment timestamptz := clock_timestamp();
    door integer;
begin
    if coalesce(cardinality(door_keys), 0) > 8 then
        raise exception 'too many counts' using errcode = '22023';
    end if;
    perform set_config('platform.presented_keys', door_keys::text, true);
    -- One after the other, in the order in which they were locked to be counted.
    for door in 1 .. coalesce(cardinality(door_keys), 0) loop
        update platform.failure_count k
        set failures = case when d.clears then 0 else greatest(k.failures - 1, 0) end,
            cleared_at = case when d.clears then moment else k.cleared_at end
        from (
            select clear_seconds[door] is not null and coalesce(
                o.cleared_at + clear_seconds[door] * interval '1 second' <= moment, true) as clears
            from platform.failure_count o where o.key_hash = door_keys[door]
        ) d
        where k.key_hash = door_keys[door];
    end loop;
end
$$;
alter function platform.admit_try(bytea[], integer[], integer[], bytea[]) owner to keepwell_limits;
alter function platform.take_back_try(bytea[], integer[]) owner to keepwell_limits;
revoke all on function platform.wait_after(integer) from public;
revoke all on function platform.admit_try(bytea[], integer[], integer[], bytea[]) from public;
revoke all on function platform.take_back_try(bytea[], integer[]) from public;
grant execute on function platform.wait_after(integer) to keepwell_limits;
grant execute on function platform.admit_try(bytea[], integer[], integer[], bytea[])
    to keepwell_app;
grant execute on function platform.take_back_try(bytea[], integer[]) to keepwell_app;
-- Mail is counted where it is put into the queue.
grant usage on schema platform to keepwell_auth;
grant execute on function platform.admit_try(bytea[], integer[], integer[], bytea[])
    to keepwell_auth;

revoke create on schema platform from keepwell_limits;
