-- Studies. A study is a principal with a key pair and members (circle.found). Its protocol says what is
-- asked for; who consents gives grants sealed to its public key and answers its questionnaires. The
-- consent, the answers and what was exported belong to the participant. A researcher's session reaches
-- them through functions that prove the membership, and those that read write the participant's audit.

grant create on schema circle to keepwell_visitor;

-- Beside the pair that its members hold a study has a second one, sealed to the first: answers are
-- sealed to it and pseudonyms come of it, so both stay as they are when the first one is exchanged.
create table circle.study (
    organisation      uuid        not null,
    listed            boolean     not null,
    data_public_key   bytea       not null,
    data_key_tag_hash bytea       not null,
    data_key_sealed   bytea       not null,
    founded_at        timestamptz not null default now(),
    constraint study_pkey primary key (organisation),
    constraint study_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint study_keys_are_small check (length(data_public_key) <= 2048
        and length(data_key_tag_hash) = 32 and length(data_key_sealed) <= 4096)
);
create index study_listed on circle.study (organisation) where listed;
alter table circle.study enable row level security;
alter table circle.study force row level security;

-- What participants are asked for. Versions are added and never changed: a consent names one.
create table circle.protocol (
    organisation  uuid        not null,
    version       integer     not null,
    title         text        not null,
    sheet         text        not null,
    sheet_hash    bytea       not null,
    consent       text        not null,
    consent_hash  bytea       not null,
    terms         text        not null,
    scopes        text[]      not null,
    minimum_group integer     not null,
    ends_on       date        not null,
    published_at  timestamptz not null default now(),
    constraint protocol_pkey primary key (organisation, version),
    constraint protocol_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint protocol_minimum_is_five_or_more check (minimum_group >= 5),
    constraint protocol_version_is_positive check (version > 0),
    constraint protocol_hashes_are_of_its_texts check (
        sheet_hash = sha256(convert_to(sheet, 'UTF8'))
        and consent_hash = sha256(convert_to(consent, 'UTF8'))),
    constraint protocol_is_readable check (length(title) <= 200 and length(sheet) <= 40000
        and length(consent) <= 20000 and length(terms) <= 60000)
);
alter table circle.protocol enable row level security;
alter table circle.protocol force row level security;

-- What a participant agreed to, and when and how that ended. One is in force for a study at a time.
create table circle.consent (
    owner        uuid        not null,
    consent      uuid        not null,
    study        uuid        not null,
    version      integer     not null,
    consent_hash bytea       not null,
    scopes       text[]      not null,
    first_on     date        not null,
    last_on      date        not null,
    application  text        not null,
    given_at     timestamptz not null default now(),
    replaced_at  timestamptz,
    withdrawn_at timestamptz,
    erased_at    timestamptz,
    constraint consent_pkey primary key (owner, consent),
    constraint consent_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint consent_window_is_forward check (first_on <= last_on),
    constraint consent_erased_is_withdrawn check (erased_at is null or withdrawn_at is not null)
);
create unique index consent_in_force on circle.consent (owner, study)
    where withdrawn_at is null and replaced_at is null;
create index consent_by_study on circle.consent (study, owner);
alter table circle.consent enable row level security;
alter table circle.consent force row level security;

-- What a participant answered, sealed to the study and to themselves, each under their erasure key too.
create table circle.answer (
    owner            uuid        not null,
    study            uuid        not null,
    questionnaire    text        not null,
    due_on           date        not null,
    answer           uuid        not null,
    version          integer     not null,
    for_study_sealed bytea       not null,
    for_owner_sealed bytea       not null,
    answered_at      timestamptz not null default now(),
    constraint answer_pkey primary key (owner, study, questionnaire, due_on),
    constraint answer_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade,
    constraint answer_is_small check (length(for_study_sealed) <= 70000
        and length(for_owner_sealed) <= 70000 and length(questionnaire) <= 40)
);
alter table circle.answer enable row level security;
alter table circle.answer force row level security;

-- What researchers took out, for the study; and of each participant, for the participant.
create table circle.export (
    organisation uuid        not null,
    export       uuid        not null,
    made_by      uuid        not null,
    contents     text        not null,
    format       text        not null,
    participants integer     not null default 0,
    made_at      timestamptz not null default now(),
    constraint export_pkey primary key (organisation, export),
    constraint export_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint export_contents_is_known check (contents in ('days', 'foods', 'answers', 'aggregates')),
    constraint export_format_is_known check (format in ('csv', 'parquet', 'page'))
);
alter table circle.export enable row level security;
alter table circle.export force row level security;

create table circle.export_part (
    owner    uuid        not null,
    export   uuid        not null,
    study    uuid        not null,
    contents text        not null,
    format   text        not null,
    version  integer     not null,
    scopes   text[]      not null,
    days     integer     not null,
    answers  integer     not null,
    made_at  timestamptz not null default now(),
    constraint export_part_pkey primary key (owner, export),
    constraint export_part_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade
);
alter table circle.export_part enable row level security;
alter table circle.export_part force row level security;

-- Aggregates as they were released, sealed to the study: the next ones are held against them.
create table circle.aggregate (
    organisation uuid        not null,
    release      integer     not null,
    body_sealed  bytea       not null,
    made_at      timestamptz not null default now(),
    constraint aggregate_pkey primary key (organisation, release),
    constraint aggregate_organisation_fkey foreign key (organisation)
        references auth.principal (principal) on delete cascade,
    constraint aggregate_is_small check (length(body_sealed) <= 8000000)
);
alter table circle.aggregate enable row level security;
alter table circle.aggregate force row level security;

-- Participants read their own; answers they give while a consent is in force.
create policy my_own on circle.consent for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
grant select on circle.consent to keepwell_app;
create policy my_own on circle.answer for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy my_own_insert on circle.answer for insert to keepwell_app
    with check (owner = (select m.principal from auth.me m)
        and study = any (array(select c.study from circle.consent c
            where c.owner = (select m.principal from auth.me m)
                and c.withdrawn_at is null and c.replaced_at is null)));
create policy my_own_update on circle.answer for update to keepwell_app
    using (owner = (select m.principal from auth.me m))
    with check (owner = (select m.principal from auth.me m)
        and study = any (array(select c.study from circle.consent c
            where c.owner = (select m.principal from auth.me m)
                and c.withdrawn_at is null and c.replaced_at is null)));
grant select, insert, update (answer, version, for_study_sealed, for_owner_sealed, answered_at)
    on circle.answer to keepwell_app;
create policy my_own on circle.export_part for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
grant select on circle.export_part to keepwell_app;

-- A member who exchanges the pair of the study seals the second pair to the new one.
create policy of_my_study on circle.study for select to keepwell_app
    using (organisation = any (array(select m.organisation from auth.my_membership m)));
create policy of_my_study_update on circle.study for update to keepwell_app
    using (exists (select from auth.me m where m.fresh)
        and organisation = any (array(select m.organisation from auth.my_membership m)))
    with check (organisation = any (array(select m.organisation from auth.my_membership m)));
grant select, update (data_key_sealed) on circle.study to keepwell_app;

-- Members of a study read what was exported and released, and release more; nobody takes one back.
create policy of_my_study on circle.export for select to keepwell_app
    using (organisation = any (array(select m.organisation from auth.my_membership m
        where m.role in ('owner', 'researcher'))));
grant select on circle.export to keepwell_app;
create policy of_my_study on circle.aggregate for select to keepwell_app
    using (organisation = any (array(select m.organisation from auth.my_membership m
        where m.role in ('owner', 'researcher'))));
create policy of_my_study_insert on circle.aggregate for insert to keepwell_app
    with check (organisation = any (array(select m.organisation from auth.my_membership m
        where m.role in ('owner', 'researcher'))));
grant select, insert on circle.aggregate to keepwell_app;

-- For the functions below, which prove who asks.
grant select, insert, update (listed) on circle.study to keepwell_visitor;
create policy visit_by_number on circle.study to keepwell_visitor
    using (organisation is not null) with check (organisation is not null);
grant select, insert on circle.protocol to keepwell_visitor;
create policy visit_by_number on circle.protocol to keepwell_visitor
    using (organisation is not null) with check (organisation is not null);
grant select, insert, update (replaced_at, withdrawn_at, erased_at) on circle.consent
    to keepwell_visitor;
create policy visit_by_number on circle.consent to keepwell_visitor
    using (owner is not null) with check (owner is not null);
grant select, delete on circle.answer to keepwell_visitor;
create policy visit_by_number on circle.answer to keepwell_visitor
    using (owner is not null) with check (owner is not null);
grant select, insert, update (participants) on circle.export to keepwell_visitor;
create policy visit_by_number on circle.export to keepwell_visitor
    using (organisation is not null) with check (organisation is not null);
grant insert on circle.export_part to keepwell_visitor;
create policy visit_by_number on circle.export_part for insert to keepwell_visitor
    with check (owner is not null);

-- Who asks, for the functions of this role; nulls where nobody does.
create function circle.asker(out principal uuid, out application text, out fresh boolean)
    language plpgsql security invoker set search_path = '' as $$
begin
    select s.principal, s.application, s.proved_at > now() - interval '5 minutes'
    into asker.principal, asker.application, asker.fresh
    from auth.session s
    where s.state = 'open' and s.expires_at > now() and s.last_used_at > now() - s.idle_limit
        and not s.owes_second_step;
end
$$;
alter function circle.asker() owner to keepwell_visitor;

-- Publishes a version of a protocol, by an owner of the study with a fresh proof; the first one with
-- the study's second pair. False where another version came before.
create function circle.publish_protocol(
    of_study uuid, of_version integer, data_public_key bytea, data_key_tag bytea, data_key bytea,
    is_listed boolean, title text, sheet text, consent text, terms text, scopes text[], minimum_group integer,
    ends_on date
) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
begin
    if me.fresh is not true or not exists (
        select from auth.my_membership m join auth.principal p on p.principal = m.organisation
        where m.organisation = of_study and m.role = 'owner' and p.kind = 'study') then
        raise exception 'no owner of this study with a fresh proof' using errcode = '28000';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('protocol ' || of_study, 0));
    if of_version <> 1 + coalesce((select max(p.version) from circle.protocol p
        where p.organisation = of_study), 0) then
        return false;
    end if;
    if of_version = 1 then
        insert into circle.study (organisation, listed, data_public_key, data_key_tag_hash,
            data_key_sealed)
        values (of_study, is_listed, publish_protocol.data_public_key, data_key_tag, data_key);
    else
        update circle.study s set listed = is_listed where s.organisation = of_study;
    end if;
    insert into circle.protocol (organisation, version, title, sheet, sheet_hash, consent, consent_hash,
        terms, scopes, minimum_group, ends_on)
    values (of_study, of_version, publish_protocol.title, publish_protocol.sheet,
        sha256(convert_to(publish_protocol.sheet, 'UTF8')), publish_protocol.consent,
        sha256(convert_to(publish_protocol.consent, 'UTF8')), publish_protocol.terms,
        publish_protocol.scopes, publish_protocol.minimum_group, publish_protocol.ends_on);
    return true;
end
$$;
alter function circle.publish_protocol(uuid, integer, bytea, bytea, bytea, boolean, text, text, text, text,
    text[], integer, date) owner to keepwell_visitor;

-- The studies that the asker may know of, without their texts: those that list themselves, those the
-- asker takes or took part in, and those the asker belongs to.
create function circle.see_studies() returns table (
    study uuid, version integer, title text, listed boolean, ends_on date, role text,
    my_version integer, given_at timestamptz, withdrawn_at timestamptz, erased_at timestamptz
)
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
begin
    if me.principal is null then
        return;
    end if;
    return query
        select s.organisation, p.version, p.title, s.listed, p.ends_on, m.role, c.version, c.given_at,
            c.withdrawn_at, c.erased_at
        from circle.study s
        cross join lateral (
            select n.version, n.title, n.ends_on from circle.protocol n
            where n.organisation = s.organisation order by n.version desc limit 1) p
        left join auth.my_membership m on m.organisation = s.organisation
            and m.role in ('owner', 'researcher')
        left join lateral (
            select k.version, k.given_at, k.withdrawn_at, k.erased_at from circle.consent k
            where k.owner = me.principal and k.study = s.organisation
            order by k.given_at desc limit 1) c on true
        where s.listed or m.role is not null or c.version is not null
        order by s.founded_at
        limit 500;
end
$$;
alter function circle.see_studies() owner to keepwell_visitor;

-- Every version of one study's protocol, with what it takes to seal to the study: for whoever has its
-- code, takes or took part, belongs to it, or when it lists itself. Its keys stay as they are until the
-- transaction ends.
create function circle.see_study(of_study uuid, of_code_hash bytea) returns table (
    study uuid, version integer, title text, sheet text, consent text, consent_hash bytea, terms text,
    scopes text[], minimum_group integer, ends_on date, published_at timestamptz, listed boolean,
    role text, public_key bytea, key_tag_hash bytea, data_public_key bytea, data_key_tag_hash bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
    meant uuid;
begin
    if me.principal is null then
        return;
    end if;
    select s.organisation into meant
    from circle.study s
    join circle.organisation o on o.organisation = s.organisation
    where (s.organisation = of_study or (of_study is null and o.code_hash = of_code_hash))
        and (s.listed or o.code_hash = of_code_hash
            or exists (select from auth.my_membership m where m.organisation = s.organisation
                and m.role in ('owner', 'researcher'))
            or exists (select from circle.consent c
                where c.owner = me.principal and c.study = s.organisation));
    if not found then
        return;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('organisation ' || meant, 0));
    return query
        select s.organisation, p.version, p.title, p.sheet, p.consent, p.consent_hash, p.terms, p.scopes,
            p.minimum_group, p.ends_on, p.published_at, s.listed, (
                select m.role from auth.my_membership m
                where m.organisation = meant and m.role in ('owner', 'researcher')),
            k.public_key, k.key_tag_hash, s.data_public_key, s.data_key_tag_hash
        from circle.study s
        join circle.protocol p on p.organisation = s.organisation
        join auth.principal k on k.principal = s.organisation and k.kind = 'study'
        where s.organisation = meant
        order by p.version;
end
$$;
alter function circle.see_study(uuid, bytea) owner to keepwell_visitor;

-- Records a consent to the newest version as it stands, with a fresh proof, in place of an earlier one.
-- False where that is not the newest version or not its text, or the study is over.
create function circle.give_consent(
    new_consent uuid, of_study uuid, of_version integer, of_consent_hash bytea, of_code_hash bytea,
    first_on date, last_on date
) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
    newest record;
begin
    if me.fresh is not true then
        raise exception 'no session with a fresh proof was presented' using errcode = '28000';
    end if;
    select p.version, p.consent_hash, p.scopes, p.ends_on into newest
    from circle.see_study(of_study, of_code_hash) p order by p.version desc limit 1;
    if not found or newest.version <> of_version or newest.consent_hash <> of_consent_hash
        or newest.ends_on < current_date then
        return false;
    end if;
    update circle.consent c set replaced_at = now()
    where c.owner = me.principal and c.study = of_study
        and c.withdrawn_at is null and c.replaced_at is null;
    insert into circle.consent (owner, consent, study, version, consent_hash, scopes, first_on, last_on,
        application)
    values (me.principal, new_consent, of_study, of_version, of_consent_hash, newest.scopes,
        give_consent.first_on, give_consent.last_on, me.application);
    return true;
end
$$;
alter function circle.give_consent(uuid, uuid, integer, bytea, bytea, date, date)
    owner to keepwell_visitor;

-- Ends every consent to a study, with a fresh proof; with what was answered if that is wished. Also
-- later, for what was kept at first. False where there never was one.
create function circle.withdraw_consent(of_study uuid, erase boolean) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
begin
    if me.fresh is not true then
        raise exception 'no session with a fresh proof was presented' using errcode = '28000';
    end if;
    update circle.consent c set withdrawn_at = coalesce(c.withdrawn_at, now()),
        erased_at = case when erase then coalesce(c.erased_at, now()) else c.erased_at end
    where c.owner = me.principal and c.study = of_study;
    if not found then
        return false;
    end if;
    if erase then
        delete from circle.answer a where a.owner = me.principal and a.study = of_study;
    end if;
    return true;
end
$$;
alter function circle.withdraw_consent(uuid, boolean) owner to keepwell_visitor;

-- The participants of a study whose data it may still use, for its members: what each agreed to, on how
-- many days of the window something is marked as logged, and how many answers there are. No bodies.
-- The number is for the server alone, which makes the pseudonym of it.
create function circle.study_progress(of_study uuid) returns table (
    owner uuid, version integer, scopes text[], first_on date, last_on date, given_at timestamptz,
    withdrawn_at timestamptz, days integer, answers integer
)
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
    named_owner text := current_setting('app.owner', true);
    named_holder text := current_setting('app.holder', true);
begin
    if me.principal is null or not exists (select from auth.my_membership m
        where m.organisation = of_study and m.role in ('owner', 'researcher')) then
        return;
    end if;
    for owner, version, scopes, first_on, last_on, given_at, withdrawn_at, answers in
        select c.owner, c.version, c.scopes, c.first_on, c.last_on, c.given_at, c.withdrawn_at,
            (select count(*)::integer from circle.answer a
                where a.owner = c.owner and a.study = of_study)
        from (
            select distinct on (k.owner) k.owner, k.version, k.scopes, k.first_on, k.last_on, k.given_at,
                k.withdrawn_at, k.erased_at
            from circle.consent k where k.study = of_study
            order by k.owner, k.given_at desc) c
        where c.erased_at is null
    loop
        -- What is marked as logged is counted through the visit that the grants allow.
        perform set_config('app.owner', owner::text, true),
            set_config('app.holder', of_study::text, true);
        select count(*)::integer into days from diary.record_day r
        where r.owner = study_progress.owner and r.scope = 'logged'
            and r.day between study_progress.first_on and study_progress.last_on;
        return next;
    end loop;
    perform set_config('app.owner', coalesce(named_owner, ''), true),
        set_config('app.holder', coalesce(named_holder, ''), true);
end
$$;
alter function circle.study_progress(uuid) owner to keepwell_visitor;

-- What a participant answered, for a member of the study, and the look in the participant's audit.
create function circle.look_at_answers(of_study uuid, of_owner uuid) returns table (
    questionnaire text, due_on date, answer uuid, version integer, for_study_sealed bytea,
    erasure_key_sealed bytea
)
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
    named text := current_setting('app.owner', true);
    seen text;
begin
    if me.principal is null or not exists (select from auth.my_membership m
        where m.organisation = of_study and m.role in ('owner', 'researcher'))
        or not exists (select from circle.consent c
            where c.owner = of_owner and c.study = of_study and c.erased_at is null) then
        return;
    end if;
    select 'answers ' || min(a.due_on) || case when min(a.due_on) < max(a.due_on)
        then '..' || max(a.due_on) else '' end into seen
    from circle.answer a where a.owner = of_owner and a.study = of_study;
    if seen is null then
        return;
    end if;
    perform set_config('app.owner', of_owner::text, true);
    perform audit.append_of_visit(of_owner, me.principal, of_study, me.application, 'answers_read', seen);
    return query
        select a.questionnaire, a.due_on, a.answer, a.version, a.for_study_sealed, e.key_sealed
        from circle.answer a
        join erasure.erasure_key e on e.owner = a.owner
        where a.owner = of_owner and a.study = of_study
        order by a.due_on, a.questionnaire;
    perform set_config('app.owner', coalesce(named, ''), true);
end
$$;
alter function circle.look_at_answers(uuid, uuid) owner to keepwell_visitor;

-- Notes that a member of the study, with a fresh proof, takes something out; then of each participant.
create function circle.begin_export(of_study uuid, of_export uuid, of_contents text, of_format text)
    returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
begin
    if me.fresh is not true or not exists (select from auth.my_membership m
        where m.organisation = of_study and m.role in ('owner', 'researcher')) then
        raise exception 'no member of this study with a fresh proof' using errcode = '28000';
    end if;
    insert into circle.export (organisation, export, made_by, contents, format)
    values (of_study, of_export, me.principal, of_contents, of_format);
end
$$;
alter function circle.begin_export(uuid, uuid, text, text) owner to keepwell_visitor;
create function circle.note_export(
    of_study uuid, of_export uuid, of_owner uuid, of_days integer, of_answers integer
) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    me record := circle.asker();
begin
    insert into circle.export_part (owner, export, study, contents, format, version, scopes, days,
        answers)
    select of_owner, e.export, e.organisation, e.contents, e.format, c.version, c.scopes, of_days,
        of_answers
    from circle.export e
    cross join lateral (
        select k.version, k.scopes from circle.consent k
        where k.owner = of_owner and k.study = e.organisation and k.erased_at is null
        order by k.given_at desc limit 1) c
    where e.organisation = of_study and e.export = of_export and e.made_by = me.principal
        and e.made_at > now() - interval '15 minutes';
    if not found then
        raise exception 'no export of this member with this participant' using errcode = '28000';
    end if;
    update circle.export e set participants = e.participants + 1
    where e.organisation = of_study and e.export = of_export;
end
$$;
alter function circle.note_export(uuid, uuid, uuid, integer, integer) owner to keepwell_visitor;

revoke all on function circle.asker(),
    circle.publish_protocol(uuid, integer, bytea, bytea, bytea, boolean, text, text, text, text, text[],
        integer, date),
    circle.see_studies(), circle.see_study(uuid, bytea),
    circle.give_consent(uuid, uuid, integer, bytea, bytea, date, date),
    circle.withdraw_consent(uuid, boolean), circle.study_progress(uuid),
    circle.look_at_answers(uuid, uuid), circle.begin_export(uuid, uuid, text, text),
    circle.note_export(uuid, uuid, uuid, integer, integer) from public;
grant execute on function
    circle.publish_protocol(uuid, integer, bytea, bytea, bytea, boolean, text, text, text, text, text[],
        integer, date),
    circle.see_studies(), circle.see_study(uuid, bytea),
    circle.give_consent(uuid, uuid, integer, bytea, bytea, date, date),
    circle.withdraw_consent(uuid, boolean), circle.study_progress(uuid),
    circle.look_at_answers(uuid, uuid), circle.begin_export(uuid, uuid, text, text),
    circle.note_export(uuid, uuid, uuid, integer, integer) to keepwell_app;

revoke create on schema circle from keepwell_visitor;
