\set n random(0, 399)
select scope::text as scope, day, version, epoch, body_sealed
from diary.record_day
where owner = :owner::uuid and scope = 'food' and day = :first::date + :n::integer;
