-- Asks many questions in one round trip, each as whoever presents that token and names that diary in
-- that capacity. It runs with the rights of its caller, the runtime role; only looking at what a
-- question left in the audit is done for it by a superuser's functions.
create schema worlds;
create function worlds.heads() returns jsonb
    language plpgsql security definer set search_path = '' as $$
begin
    return (select coalesce(jsonb_object_agg(h.owner, h.seq), '{}') from audit.head h);
end
$$;
create function worlds.events(since jsonb) returns text[]
    language plpgsql security definer set search_path = '' as $$
begin
    return (
        select coalesce(array_agg(concat_ws('|', e.owner, e.actor, coalesce(e.holder::text, '-'),
            e.application, e.action, e.subject) order by e.owner, e.seq), '{}')
        from audit.head h
        join audit.event e on e.owner = h.owner
            and e.seq > coalesce((since ->> h.owner::text)::bigint, 0));
end
$$;
create function worlds.ask(
    whats text[], tokens text[], owners text[], holders text[], scope_lists text[],
    day_lists text[], ofs uuid[], bodies text[], item_lists text[], change_lists text[]
) returns table (outcome text, shown text[], events text[])
    language plpgsql security invoker set search_path = '' as $$
declare
    q record;
    before jsonb;
    -- Every pair of the scopes and days, as a change has them.
    in_scopes text[];
    in_days date[];
    ones integer[];
    bytes bytea[];
    -- The items that are asked about, and in the first scope, and what becomes of each.
    in_scope text;
    in_items uuid[];
    next_versions bigint[];
    next_bodies bytea[];
begin
    for q in
        select * from unnest(whats, tokens, owners, holders, scope_lists, day_lists, ofs, bodies,
                item_lists, change_lists)
            as u (what, token, owner, holder, scope_list, day_list, of, body, item_list, change_list)
    loop
        perform set_config('app.token', q.token, true), set_config('app.owner', q.owner, true),
            set_config('app.holder', q.holder, true);
        select array_agg(s order by d, s), array_agg(d order by d, s), array_agg(1), array_agg(
            convert_to(q.body, 'UTF8'))
        into in_scopes, in_days, ones, bytes
        from unnest(string_to_array(q.scope_list, ' ')) as s,
            unnest(string_to_array(q.day_list, ' ')::date[]) as d;
        in_scope := split_part(q.scope_list, ' ', 1);
        in_items := string_to_array(q.item_list, ' ')::uuid[];
        if q.what in ('keep_items', 'keep_own_items') then
            select array_agg(worlds.next_item(q.of, in_scope, u.item)
                    + case when u.change like 'stale%' then 1 else 0 end order by u.n),
                array_agg(case when u.change like '%remove' then null
                    else convert_to(q.body, 'UTF8') end order by u.n)
            into next_versions, next_bodies
            from unnest(in_items, string_to_array(q.change_list, ' ')) with ordinality
                as u (item, change, n);
        end if;
        shown := '{}';
        outcome := 'ok';
        before := worlds.heads();
        begin
            if q.what = 'look' then
                shown := array(select convert_from(r.body_sealed, 'UTF8') from diary.look(
                    string_to_array(q.scope_list, ' '), in_days[1], in_days[cardinality(in_days)]) r);
            elsif q.what = 'look_entered' then
                shown := array(select convert_from(r.body_sealed, 'UTF8') from diary.look_entered(
                        string_to_array(q.scope_list, ' '), in_days[1],
                        in_days[cardinality(in_days)]) r
                    where r.body_sealed is not null);
            elsif q.what = 'look_for_change' then
                shown := array(select convert_from(r.body_sealed, 'UTF8') from diary.look_for_change(
                    string_to_array(q.scope_list, ' '), string_to_array(q.day_list, ' ')::date[]) r);
            elsif q.what = 'keep' then
                perform diary.keep_days_of_visit(in_scopes, in_days, worlds.next(q.of, in_scopes,
                    in_days), ones, bytes, 'entry_changed');
            elsif q.what = 'keep_own' then
                perform diary.keep_days(q.of, in_scopes, in_days, worlds.next(q.of, in_scopes,
                    in_days), ones, bytes, 'entry_changed');
            elsif q.what = 'select' then
                shown := array(select convert_from(r.body_sealed, 'UTF8') from diary.record_day r
                    where r.scope = any (in_scopes) and r.day = any (in_days));
            elsif q.what = 'update' then
                with changed as (update diary.record_day r set version = r.version + 1
                    where r.scope = any (in_scopes) and r.day = any (in_days)
                    returning r.body_sealed)
                select coalesce(array_agg(convert_from(c.body_sealed, 'UTF8')), '{}') into shown
                from changed c;
            elsif q.what = 'delete' then
                with gone as (delete from diary.record_day r
                    where r.scope = any (in_scopes) and r.day = any (in_days)
                    returning r.body_sealed)
                select coalesce(array_agg(convert_from(g.body_sealed, 'UTF8')), '{}') into shown
                from gone g;
            elsif q.what = 'look_items' then
                shown := array(select convert_from(r.body_sealed, 'UTF8')
                    from diary.look_items(in_scope, null) r);
            elsif q.what = 'look_some_items' then
                shown := array(select convert_from(r.body_sealed, 'UTF8')
                    from diary.look_items(in_scope, in_items) r);
            elsif q.what = 'look_items_for_change' then
                shown := array(select convert_from(r.body_sealed, 'UTF8')
                    from diary.look_items_for_change(in_scope) r);
            elsif q.what = 'keep_items' then
                perform diary.keep_items_of_visit(in_scope, in_items, next_versions, 1,
                    next_bodies, 'item_changed');
                shown := worlds.items(q.of, in_scope);
            elsif q.what = 'keep_own_items' then
                perform diary.keep_items(q.of, in_scope, in_items, next_versions, 1,
                    next_bodies, 'item_changed');
                shown := worlds.items(q.of, in_scope);
            elsif q.what = 'select_items' then
                shown := array(select convert_from(r.body_sealed, 'UTF8') from diary.record_item r
                    where r.scope = any (in_scopes) and r.item = any (in_items));
            elsif q.what = 'update_items' then
                with changed as (update diary.record_item r set version = r.version + 1
                    where r.scope = any (in_scopes) and r.item = any (in_items)
                    returning r.body_sealed)
                select coalesce(array_agg(convert_from(c.body_sealed, 'UTF8')), '{}') into shown
                from changed c;
            elsif q.what = 'delete_items' then
                with gone as (delete from diary.record_item r
                    where r.scope = any (in_scopes) and r.item = any (in_items)
                    returning r.body_sealed)
                select coalesce(array_agg(convert_from(g.body_sealed, 'UTF8')), '{}') into shown
                from gone g;
            elsif q.what = 'enter' then
                shown := array(select concat_ws(' ', e.owner, e.holder, u.scope, u.first, u.last, u.access,
                        convert_from(u.key, 'UTF8'))
                    from auth.visit_entry e, unnest(e.scopes, e.first_days, e.last_days, e.accesses,
                        e.sealed_keys) as u (scope, first, last, access, key));
            elsif q.what = 'keys' then
                shown := array(select convert_from(a.key_sealed, 'UTF8') from auth.access_grant a
                    where a.owner <> a.holder
                        -- An owner sees what has ended, until it is settled; a holder does not.
                        and (a.owner <> q.of or a.ends_at is null or a.ends_at > now()));
            elsif q.what = 'give' then
                -- There is one already: whoever may give is told so.
                insert into auth.access_grant
                    (owner, holder, scope, epoch, first_day, last_day, key_sealed)
                values (q.of, q.of, 'food', 1, '1900-01-01', '2079-06-06', 'forged');
            elsif q.what = 'widen' then
                with changed as (update auth.access_grant a
                    set last_day = '2079-06-06', access = 'write'
                    where a.owner <> a.holder and (a.ends_at is null or a.ends_at > now())
                    returning a.key_sealed)
                select coalesce(array_agg(convert_from(c.key_sealed, 'UTF8')), '{}') into shown
                from changed c;
            elsif q.what = 'revoke' then
                with gone as (delete from auth.access_grant a
                    where a.owner <> a.holder and (a.ends_at is null or a.ends_at > now())
                    returning a.key_sealed)
                select coalesce(array_agg(convert_from(g.key_sealed, 'UTF8')), '{}') into shown
                from gone g;
            end if;
            events := worlds.events(before);
            -- Undone, whatever it was; what was found stays in the variables.
            raise exception 'undone' using errcode = 'KW000';
        exception
            when sqlstate 'KW000' then null;
            when others then
                outcome := sqlstate;
                events := worlds.events(before);
        end;
        return next;
    end loop;
end
$$;
-- The version that would follow.
create function worlds.next(of_owner uuid, scopes text[], days date[]) returns bigint[]
    language plpgsql security definer set search_path = '' as $$
begin
    return (
        select array_agg(coalesce(r.version, 0) + 1 order by u.n)
        from unnest(scopes, days) with ordinality as u (scope, day, n)
        left join diary.record_day r on r.owner = of_owner and r.scope = u.scope and r.day = u.day);
end
$$;
create function worlds.next_item(of_owner uuid, of_scope text, of_item uuid) returns bigint
    language plpgsql security definer set search_path = '' as $$
begin
    return coalesce((select r.version from diary.record_item r
        where r.owner = of_owner and r.scope = of_scope and r.item = of_item), 0) + 1;
end
$$;
-- What a change left of a scope's items, whoever may see it: a number, a version and a body each.
create function worlds.items(of_owner uuid, of_scope text) returns text[]
    language plpgsql security definer set search_path = '' as $$
begin
    return array(select concat_ws(' ', right(r.item::text, 1), r.version, convert_from(r.body_sealed, 'UTF8'))
        from diary.record_item r where r.owner = of_owner and r.scope = of_scope);
end
$$;
grant usage on schema worlds to keepwell_app;
