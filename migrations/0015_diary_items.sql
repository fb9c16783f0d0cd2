-- The diary's undated items: what a person keeps beside their days, such as own foods, recipes and the
-- plan. One sealed document per person, scope and item, under the same rules as a day.

create table diary.record_item (
    owner       uuid       not null,
    scope       auth.scope not null,
    item        uuid       not null,
    version     bigint     not null,
    epoch       integer    not null,
    body_sealed bytea      not null,
    constraint record_item_pkey primary key (owner, scope, item),
    constraint record_item_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint record_item_version_counts_from_one check (version >= 1),
    constraint record_item_epoch_counts_from_one check (epoch >= 1)
) with (fillfactor = 70, toast_tuple_target = 8160);
alter table diary.record_item alter column body_sealed set storage main;

alter table diary.record_item enable row level security;
alter table diary.record_item force row level security;

create policy my_own on diary.record_item for select to keepwell_app
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.readable_scopes from auth.caller c) @> array[scope::text]);
create policy my_own_insert on diary.record_item for insert to keepwell_app
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text]);
create policy my_own_update on diary.record_item for update to keepwell_app
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text])
    with check (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text]);
create policy my_own_delete on diary.record_item for delete to keepwell_app
    using (owner = (select c.owner from auth.caller c where c.owner = c.principal)
        and (select c.writable_scopes from auth.caller c) @> array[scope::text]);
grant select, insert, update, delete on diary.record_item to keepwell_app;

-- Writes the given items of one change, all or none, and records the act in the audit. Without a body
-- an item is removed. An item whose version is not the next one was changed by another device
-- meanwhile: then nothing is written, and the server reads again and merges.
create function diary.keep_items(
    owner uuid, scope text, items uuid[], versions bigint[], epoch integer, bodies bytea[], act text
) returns void
    language plpgsql security invoker set search_path = '' as $$
declare
    removed bigint;
    written bigint;
begin
    perform auth.hold_epochs(keep_items.owner, array[keep_items.scope], array[keep_items.epoch]);
    delete from diary.record_item r
    using unnest(items, versions, bodies) as n (item, version, body)
    where n.body is null and r.owner = keep_items.owner and r.scope = keep_items.scope
        and r.item = n.item and r.version = n.version - 1;
    get diagnostics removed = row_count;
    insert into diary.record_item as r (owner, scope, item, version, epoch, body_sealed)
    select keep_items.owner, keep_items.scope, n.item, n.version, keep_items.epoch, n.body
    from unnest(items, versions, bodies) as n (item, version, body)
    where n.body is not null
    on conflict on constraint record_item_pkey do update
    set version = excluded.version, epoch = excluded.epoch, body_sealed = excluded.body_sealed
    where r.version = excluded.version - 1;
    get diagnostics written = row_count;
    if removed + written <> cardinality(items) then
        raise exception 'the items were changed meanwhile' using errcode = '40001';
    end if;
    perform audit.append(act, keep_items.scope);
end
$$;
revoke all on function diary.keep_items(uuid, text, uuid[], bigint[], integer, bytea[], text)
    from public;
grant execute on function diary.keep_items(uuid, text, uuid[], bigint[], integer, bytea[], text)
    to keepwell_app;

-- Visitors see items of a scope that they were given whole: an item has no day, so who was given some
-- days was given none. As with days, functions alone lead there, and they write the audit.
grant create on schema diary to keepwell_visitor;
grant select, insert, update, delete on diary.record_item to keepwell_visitor;

-- All places of a scope, as visits count them.
create function diary.whole_of(scope text) returns int4multirange
    language sql immutable set search_path = '' as $$
    select int4multirange(int4range(p.base, p.base + (date '2079-06-06' - date '1900-01-01'), '[]'))
    from (values (100000 * array_position(array['food', 'summary', 'logged', 'activity', 'body', 'notes',
        'plan', 'library'], scope))) as p (base)
$$;
revoke all on function diary.whole_of(text) from public;
grant execute on function diary.whole_of(text) to keepwell_visitor;

create policy visited on diary.record_item for select to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid
        and diary.whole_of(scope::text) <@ (select v.readable from auth.visit v));
create policy visited_insert on diary.record_item for insert to keepwell_visitor
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid
        and diary.whole_of(scope::text) <@ (select v.writable from auth.visit v));
create policy visited_update on diary.record_item for update to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid
        and diary.whole_of(scope::text) <@ (select v.writable from auth.visit v))
    with check (owner = nullif(current_setting('app.owner', true), '')::uuid
        and diary.whole_of(scope::text) <@ (select v.writable from auth.visit v));
create policy visited_delete on diary.record_item for delete to keepwell_visitor
    using (owner = nullif(current_setting('app.owner', true), '')::uuid
        and diary.whole_of(scope::text) <@ (select v.writable from auth.visit v));

-- What a visit sees of a scope's items: all of them, or those that are named. What it may not reach is
-- not there.
create function diary.look_items(wanted text, which uuid[]) returns table (
    item uuid, version bigint, epoch integer, body_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
begin
    select w.principal, w.application, w.owner, w.holder, w.readable into v from auth.visit w;
    if not found or (diary.whole_of(wanted) <@ v.readable) is not true then
        return;
    end if;
    perform audit.append_of_visit(v.owner, v.principal, v.holder, v.application, 'looked', wanted);
    return query
        select r.item, r.version, r.epoch, r.body_sealed
        from diary.record_item r
        where r.owner = v.owner and r.scope = wanted and (which is null or r.item = any (which))
        order by r.item;
end
$$;
alter function diary.look_items(text, uuid[]) owner to keepwell_visitor;

-- The same of a scope that the visit may write, locked until the end.
create function diary.look_items_for_change(wanted text) returns table (
    item uuid, version bigint, epoch integer, body_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
begin
    select w.principal, w.application, w.owner, w.holder, w.writable into v from auth.visit w;
    if not found or (diary.whole_of(wanted) <@ v.writable) is not true then
        return;
    end if;
    perform audit.append_of_visit(v.owner, v.principal, v.holder, v.application, 'looked', wanted);
    return query
        select r.item, r.version, r.epoch, r.body_sealed
        from diary.record_item r
        where r.owner = v.owner and r.scope = wanted
        order by r.item
        for update;
end
$$;
alter function diary.look_items_for_change(text) owner to keepwell_visitor;

create function diary.keep_items_of_visit(
    scope text, items uuid[], versions bigint[], epoch integer, bodies bytea[], act text
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    v record;
    removed bigint;
    written bigint;
begin
    select w.principal, w.application, w.owner, w.holder into v from auth.visit w;
    if not found then
        raise exception 'no visit was presented' using errcode = '28000';
    end if;
    perform auth.hold_epochs(v.owner, array[keep_items_of_visit.scope],
        array[keep_items_of_visit.epoch]);
    delete from diary.record_item r
    using unnest(items, versions, bodies) as n (item, version, body)
    where n.body is null and r.owner = v.owner and r.scope = keep_items_of_visit.scope
        and r.item = n.item and r.version = n.version - 1;
    get diagnostics removed = row_count;
    insert into diary.record_item as r (owner, scope, item, version, epoch, body_sealed)
    select v.owner, keep_items_of_visit.scope, n.item, n.version, keep_items_of_visit.epoch, n.body
    from unnest(items, versions, bodies) as n (item, version, body)
    where n.body is not null
    on conflict on constraint record_item_pkey do update
    set version = excluded.version, epoch = excluded.epoch, body_sealed = excluded.body_sealed
    where r.version = excluded.version - 1;
    get diagnostics written = row_count;
    if removed + written <> cardinality(items) then
        raise exception 'the items were changed meanwhile' using errcode = '40001';
    end if;
    perform audit.append_of_visit(v.owner, v.principal, v.holder, v.application, act,
        keep_items_of_visit.scope);
end
$$;
alter function diary.keep_items_of_visit(text, uuid[], bigint[], integer, bytea[], text)
    owner to keepwell_visitor;

revoke all on function diary.look_items(text, uuid[]), diary.look_items_for_change(text),
    diary.keep_items_of_visit(text, uuid[], bigint[], integer, bytea[], text) from public;
grant execute on function diary.look_items(text, uuid[]), diary.look_items_for_change(text),
    diary.keep_items_of_visit(text, uuid[], bigint[], integer, bytea[], text) to keepwell_app;
revoke create on schema diary from keepwell_visitor;
