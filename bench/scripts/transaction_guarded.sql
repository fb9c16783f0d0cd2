\set n random(0, 399)
\startpipeline
begin read only;
select set_config('app.token', :token, true), set_config('app.owner', '', true);
select e.principal, e.expires_at,
    (extract(epoch from e.idle_limit) / 60)::integer as idle_minutes,
    e.keyring_sealed, e.erasure_key_sealed, e.wants_touch, wanted.*
from auth.entry e left join (
    select scope::text as scope, day, version, epoch, body_sealed
    from diary.record_day
    where scope in ('food', 'notes') and day = :first::date + :n::integer) wanted on true;
commit;
\endpipeline
