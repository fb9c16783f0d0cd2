\set n random(0, 399)
\startpipeline
begin read only;
select scope::text as scope, day, version, epoch, body_sealed
from diary.record_day
where owner = :owner::uuid and scope in ('food', 'notes') and day = :first::date + :n::integer;
commit;
\endpipeline
