\set n random(0, 399)
\startpipeline
begin read only;
select set_config('app.token', :token, true), set_config('app.owner', '', true);
select principal, expires_at,
    (extract(epoch from idle_limit) / 60)::integer as idle_minutes,
    keyring_sealed, erasure_key_sealed, wants_touch
from auth.entry;
select scope::text as scope, day, version, epoch, body_sealed
from diary.record_day
where scope in ('food', 'notes') and day = :first::date + :n::integer;
commit;
\endpipeline
