//! Rules over the live catalogue: what every table, view, function and role of the schema keeps to,
//! also those that do not exist yet.
//!
//! Each list of exceptions gives its reasons, and may only shrink.

use testkit::TestDb;
use tokio_postgres::Client;

/// Tables that are about nobody.
const NOBODYS: &[(&str, &str)] = &[
    ("auth.ceremony", "what was begun, for minutes; only whoever holds the handle knows whose"),
    ("audit.anchor", "what was signed stays when its person goes, and then names nobody"),
    ("audit.checkpoint", "signed hashes, which tell nothing of anybody"),
    ("platform.installation", "which root key the database was made with"),
    ("platform.migration", "the schema's own history"),
    ("platform.rate_count", "keyed hashes of networks, gone when quiet"),
    ("platform.failure_count", "keyed hashes of typed names, anybody's or not; gone when quiet"),
    ("accounts.stretch_cost", "which costs of stretching passwords are in use, of nobody"),
];

/// Views that run with their owner's rights: each is a guarded door.
const DOORS: &[(&str, &str)] = &[
    ("accounts.standing_second_step", "what a session that is not open can be opened with"),
    ("auth.my_holder", "the public keys of those who hold something of the asker's"),
    ("auth.my_keyring", "the sealed keyrings of the asker's sessions, which the asker seals anew"),
    ("circle.my_organisation", "what the presented session's person acts with as a member"),
    (
        "circle.my_colleague",
        "who belongs to an organisation of the asker's, with their public keys",
    ),
    ("auth.my_membership", "what the presented session's person belongs to"),
    ("auth.visit", "which diary the presented session may visit, and what of it"),
    ("auth.visit_entry", "what a visit is given when it enters"),
    ("auth.my_session", "what the presented session is told of itself"),
    ("auth.my_sessions", "the list of the asker's sessions, without what opens them"),
    ("auth.standing", "what the presented session waits for"),
    ("auth.caller", "who the presented session or token proves to be, and what it may"),
    ("auth.caller_entry", "what a request is given when it enters where tokens may come"),
    ("auth.my_tokens", "the list of the asker's tokens, without what opens them"),
    ("auth.me", "who the presented token proves to be"),
    ("auth.entry", "what a request is given when it enters"),
    ("accounts.standing_address", "the sealed address of the presented session that waits"),
    ("accounts.my_slot_proofs", "whether a presented code is the asker's, without reading a slot"),
];

/// Functions that run with their owner's rights.
const DEFINERS: &[(&str, &str)] = &[
    ("audit.append_visit", "the only way for a visit to write the audit by itself"),
    ("auth.hold_epochs", "holds a scope's keys still, and tells only whether they are the newest"),
    ("auth.keep_my_keyrings", "reaches the asker's sessions, after a fresh proof"),
    ("auth.take_grants", "seals anew what a proved visit reaches"),
    ("auth.take_slot", "seals anew the asker's own copy of an organisation's key"),
    ("circle.accept_offer", "gives the asker what is offered, for a proof of the link's secret"),
    ("circle.look_at_offer", "shows one offer to whoever has its handle"),
    ("circle.open_offer", "shows its sealed keys to a session that proves the link's secret"),
    ("circle.end_share", "ends a share, for its owner with a fresh proof or for its holder"),
    ("circle.mark_seen", "notes that a holder has read what the owner wrote"),
    ("circle.roster", "shows members who the clients are and on which granted days something is"),
    ("circle.take_words", "seals anew what clients are called, for members of the organisation"),
    ("diary.days_of", "tells the roster which granted days have something, and never what"),
    ("circle.become_member", "takes the place of an invitation whose secret is presented, once"),
    ("circle.change_role", "gives a member another role, for an owner with a fresh proof"),
    ("circle.exchange_keys", "ends a membership and keeps everything under new keys, or nothing"),
    ("circle.held_parts", "shows a member what is sealed to their organisation, to seal it anew"),
    ("circle.held_words", "shows a member what is sealed to their organisation, to seal it anew"),
    ("circle.hold_for_new_keys", "holds an organisation still, for whoever may part with a member"),
    ("circle.log_of", "shows an organisation's own log to its owners"),
    ("circle.look_up", "finds an organisation by the hash of a presented code, and holds its keys"),
    ("circle.member_offer", "finds an invitation by what its link presents"),
    ("circle.note", "writes an organisation's own log, for its members"),
    ("circle.take_card", "puts the asker on the card whose label their link had"),
    (
        "circle.begin_export",
        "notes that a member of a study takes something out, with a fresh proof",
    ),
    ("circle.give_consent", "records the asker's consent to a protocol as it stands"),
    (
        "circle.look_at_answers",
        "shows a study's member what was answered, and writes the audit of it",
    ),
    ("circle.note_export", "notes for a participant what an export of the asker's took"),
    ("circle.publish_protocol", "adds a version to a study's protocol, by its owner"),
    ("circle.see_studies", "the studies that the asker may know of"),
    ("circle.see_study", "a study's protocol, for whoever has its code or may know of it"),
    (
        "circle.study_progress",
        "counts what participants recorded, for the study's members, without bodies",
    ),
    ("circle.withdraw_consent", "ends the asker's consent, with what was answered if they wish"),
    ("circle.found", "makes an organisation of the asker's, after a fresh proof"),
    ("diary.keep_days_of_visit", "writes what a proved visit may write, and the audit of it"),
    ("diary.look", "shows what a proved visit may see, and writes the audit of it"),
    ("diary.look_entered", "the same, with what the visit is given when it enters"),
    ("diary.look_for_change", "the same, locked, of what a proved visit may write"),
    ("diary.look_items", "shows the items that a proved visit may see, and writes the audit of it"),
    ("diary.look_items_for_change", "the same, locked, where a proved visit may write them"),
    (
        "diary.keep_items_of_visit",
        "writes items that a proved visit may write, and the audit of it",
    ),
    ("mail.put", "the only way to write mail to the asker: it counts the recipient's"),
    ("accounts.tell", "the only way to leave the asker a notice: it keeps them few"),
    ("accounts.tell_second_step_failed", "leaves one word to the person of the waiting session"),
    ("accounts.change_email", "writes the asker's address, which a request cannot"),
    ("accounts.pass_second_step", "opens the presented session for a second step that was shown"),
    ("accounts.prove", "makes the presented session fresh for a proof that was shown"),
    ("accounts.prove_with_passkey", "makes the presented session fresh for a passkey that signed"),
    ("accounts.restretch", "replaces the slot of a presented proof, in its person's session"),
    ("accounts.show_second_step", "nobody may call it; the others do"),
    ("accounts.use_passkey", "counts a use of a key of the presented session's person"),
    ("auth.end_token", "reaches the asker's tokens"),
    ("auth.make_token", "adds a token of the asker's, after a fresh proof"),
    ("diary.leave_item", "lets a write-only token add to the inbox, and count it for the limit"),
    ("auth.end_one_session", "reaches the asker's other sessions"),
    ("auth.lock_session", "reaches the presented session"),
    ("auth.name_device", "reaches the presented session"),
    ("auth.owe_nothing", "reaches the asker's sessions, once there is a second step"),
    ("auth.owe_second_step", "reaches the presented session"),
    ("auth.renew_session", "reaches the presented session"),
    ("auth.set_idle_limit", "reaches the presented session"),
    ("auth.set_pin", "reaches the presented session"),
    ("auth.take_try", "reaches the presented session"),
    ("auth.unlock_with_pin", "reaches the presented session"),
    ("accounts.sign_in", "finds the slot of a presented proof"),
    ("accounts.sign_up", "writes a newcomer's first rows"),
    ("audit.append", "the only way to write the audit"),
    ("audit.gaps", "tells a person whether leaves are missing that the person must not see"),
    ("audit.keep_checkpoint", "the only way to write checkpoints: the worker adds the next one"),
    ("audit.forget", "a person's events go with their head, and only then"),
    ("auth.end_other_sessions", "reaches the asker's other sessions"),
    ("auth.end_session", "reaches the presented session"),
    ("auth.keep_keyring", "reaches the presented session"),
    ("auth.touch_session", "reaches the presented session"),
    ("platform.admit_try", "reaches the counts whose keys are presented"),
    ("platform.take_back_try", "reaches the counts whose keys are presented"),
];

/// Tables whose rows go with a person by another way than a key of their own.
const GO_ANOTHER_WAY: &[(&str, &str)] =
    &[("audit.event", "goes with its head, by audit.forget: a key would lock the account's row")];

/// Unique indexes that do not begin with a person: what they reveal is whether a secret of 256 bits
/// is already there.
const UNIQUE_WITHOUT_A_PERSON: &[(&str, &str)] = &[
    ("circle.card_by_label", "a card is found by the hash of its link's label alone"),
    (
        "circle.member_invitation_by_handle",
        "an invitation is found by the hash of its handle alone",
    ),
    ("circle.organisation_by_code", "an organisation is found by the hash of its code alone"),
    ("auth.session_by_token", "a session is found by the hash of its token alone"),
    ("accounts.key_slot_by_proof", "a slot is found by the hash of its proof alone"),
    ("circle.invitation_by_handle", "an offer is found by the hash of its handle alone"),
    ("circle.invitation_by_proof", "an offer is accepted by the hash of its proof alone"),
];

const OURS: &str = "n.nspname !~ '^(pg_|information_schema)'";

async fn names(client: &Client, sql: &str) -> Vec<String> {
    let sql = sql.replace("OURS", OURS);
    let rows = client.query(&sql, &[]).await.unwrap_or_else(|cause| panic!("{sql}: {cause:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// Each rule, as a query that finds what breaks it.
#[expect(clippy::too_many_lines, reason = "a list of rules reads best whole")]
fn rules() -> Vec<(&'static str, String)> {
    let listed = |list: &[(&str, &str)]| {
        list.iter().map(|(name, _)| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    };
    let (nobodys, doors) = (listed(NOBODYS), listed(DOORS));
    let (definers, unique) = (listed(DEFINERS), listed(UNIQUE_WITHOUT_A_PERSON));
    let another_way = listed(GO_ANOTHER_WAY);
    vec![
        ("enable and force row level security on this table", "
            select n.nspname || '.' || c.relname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and OURS
                and not (c.relrowsecurity and c.relforcerowsecurity)".to_owned()),
        ("this policy lets everything through: say whose row it is", "
            select p.schemaname || '.' || p.tablename || ' ' || p.policyname from pg_policies p
            where p.qual = 'true' or p.with_check = 'true'".to_owned()),
        ("name the roles of this policy: it is for everybody", "
            select p.schemaname || '.' || p.tablename || ' ' || p.policyname from pg_policies p
            where 'public' = any (p.roles)".to_owned()),
        ("this role has a right on this table but no policy for it: add one, or take the right", "
            select distinct n.nspname || '.' || c.relname || ' ' || r.rolname || ' ' || v.verb
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            cross join (values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd'))
                as v (verb, letter)
            cross join pg_roles r
            where c.relkind in ('r', 'p') and OURS and r.rolname like 'keepwell%'
                and r.oid <> c.relowner
                and not pg_has_role(r.oid, c.relowner, 'usage')
                and (has_table_privilege(r.oid, c.oid, v.verb)
                    or (v.verb <> 'DELETE' and has_any_column_privilege(r.oid, c.oid, v.verb)))
                and not exists (
                    select from pg_policy p
                    where p.polrelid = c.oid and (p.polcmd = v.letter or p.polcmd = '*')
                        and exists (select from unnest(p.polroles) o (id)
                            where pg_has_role(r.oid, o.id, 'usage')))".to_owned()),
        ("make this view security_invoker, or security_barrier with a reason in catalog.rs", format!("
            select n.nspname || '.' || c.relname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('v', 'm') and OURS
                and not coalesce(c.reloptions @> array['security_invoker=true'], false)
                and not (coalesce(c.reloptions @> array['security_barrier=true'], false)
                    and n.nspname || '.' || c.relname in ({doors}))")),
        ("this function runs with its owner's rights: give a reason in catalog.rs", format!("
            select n.nspname || '.' || p.proname from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            where OURS and p.prosecdef and n.nspname || '.' || p.proname not in ({definers})")),
        ("set search_path = '' on this function", "
            select n.nspname || '.' || p.proname from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            where OURS and not coalesce(p.proconfig @> array['search_path=\"\"'], false)".to_owned()),
        ("revoke this function from public", "
            select n.nspname || '.' || p.proname from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            where OURS and (p.proacl is null or exists (
                select from aclexplode(p.proacl) a where a.grantee = 0))".to_owned()),
        ("this function or view of a guarded role belongs to the schema's owner: hand it over", "
            select n.nspname || '.' || p.proname from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            where OURS and p.prosecdef and pg_get_userbyid(p.proowner)
                not in ('keepwell_auth', 'keepwell_caller', 'keepwell_revoker', 'keepwell_audit',
                    'keepwell_limits', 'keepwell_visitor', 'keepwell_clerk')".to_owned()),
        ("no role of ours may be this strong", "
            select rolname::text from pg_roles
            where rolname like 'keepwell%' and (rolsuper or rolbypassrls or rolcreaterole
                or rolcreatedb or rolreplication)".to_owned()),
        ("a login role owns nothing", "
            select r.rolname || ' owns ' || d.classid::regclass || ' ' || d.objid from pg_shdepend d
            join pg_roles r on r.oid = d.refobjid
            where d.deptype = 'o' and r.rolname like 'keepwell%' and r.rolcanlogin".to_owned()),
        ("a login role is a member of nothing", "
            select m.member::regrole || ' in ' || m.roleid::regrole from pg_auth_members m
            join pg_roles r on r.oid = m.member
            where r.rolname like 'keepwell%' and r.rolcanlogin".to_owned()),
        ("a login role creates nothing in this database", "
            select r.rolname || ' ' || p.name from pg_roles r
            cross join (values ('CREATE'), ('TEMPORARY')) p (name)
            where r.rolname like 'keepwell%' and r.rolcanlogin
                and has_database_privilege(r.oid, current_database(), p.name)".to_owned()),
        ("only the owner creates in this schema", "
            select r.rolname || ' ' || n.nspname from pg_roles r cross join pg_namespace n
            where r.rolname like 'keepwell%' and r.rolname <> 'keepwell_owner' and n.nspname <> 'pg_toast'
                and has_schema_privilege(r.oid, n.oid, 'CREATE')".to_owned()),
        ("nobody but our roles may use this schema or table", "
            select n.nspname || ' ' || a.privilege_type from pg_namespace n, aclexplode(n.nspacl) a
            where OURS and a.grantee = 0
            union all
            select n.nspname || '.' || c.relname || ' ' || a.privilege_type
            from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
            where OURS and a.grantee = 0".to_owned()),
        ("begin this table's primary key with its owner, principal or organisation", format!("
            select n.nspname || '.' || c.relname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_index i on i.indrelid = c.oid and i.indisprimary
            left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where c.relkind in ('r', 'p') and OURS
                and n.nspname || '.' || c.relname not in ({nobodys})
                and coalesce(a.attname, '') not in ('owner', 'principal', 'organisation')")),
        ("begin this unique index with its owner, principal or organisation, or give a reason in catalog.rs", format!("
            select n.nspname || '.' || x.relname from pg_index i
            join pg_class c on c.oid = i.indrelid
            join pg_class x on x.oid = i.indexrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where i.indisunique and OURS and a.attname not in ('owner', 'principal', 'organisation')
                and n.nspname || '.' || c.relname not in ({nobodys})
                and n.nspname || '.' || x.relname not in ({unique})")),
        ("this table's first key must reference a person, so that erasing one erases all", format!("
            select n.nspname || '.' || c.relname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and OURS
                and n.nspname || '.' || c.relname not in ({nobodys}, {another_way}, 'auth.principal')
                and not exists (
                    select from pg_constraint k
                    where k.conrelid = c.oid and k.contype = 'f' and k.confdeltype = 'c'
                        and k.confrelid = 'auth.principal'::regclass)")),
        ("this column's name says another type: _sealed and _hash are bytea, _at is timestamptz, _on is date", "
            select n.nspname || '.' || c.relname || '.' || a.attname from pg_attribute a
            join pg_class c on c.oid = a.attrelid
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v') and OURS and a.attnum > 0 and not a.attisdropped
                and ((a.attname ~ '_(sealed|hash)$' and a.atttypid <> 'bytea'::regtype)
                    or (a.attname ~ '_at$' and a.atttypid <> 'timestamptz'::regtype)
                    or (a.attname ~ '_on$' and a.atttypid <> 'date'::regtype))".to_owned()),
        ("name this constraint after its table: its name is API", "
            select k.conname::text from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            where OURS and k.conname not like c.relname || '\\_%' and k.conname not like '%\\_is\\_%'
                and k.conname not like '%\\_counts\\_%'".to_owned()),
    ]
}

/// What breaks a rule, each with what to do.
async fn broken(client: &Client) -> Vec<String> {
    let mut broken = Vec::new();
    for (advice, finds) in rules() {
        let found = names(client, &finds).await;
        broken.extend(found.into_iter().map(|name| format!("{name}: {advice}")));
    }
    broken
}

#[tokio::test]
async fn the_schema_keeps_every_rule() {
    let db = TestDb::new().await;
    let broken = broken(&db.admin().await).await;
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[tokio::test]
async fn lists_of_exceptions_hold_only_what_exists() {
    let db = TestDb::new().await;
    let client = db.admin().await;
    let here = names(
        &client,
        "
        select n.nspname || '.' || c.relname from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where OURS
        union select n.nspname || '.' || p.proname from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace where OURS",
    )
    .await;
    let listed = NOBODYS.iter().chain(DOORS).chain(DEFINERS).chain(UNIQUE_WITHOUT_A_PERSON);
    for (name, reason) in listed {
        assert!(
            !reason.is_empty() && here.iter().any(|one| one == name),
            "{name} is gone: take it off"
        );
    }
}

#[tokio::test]
async fn every_rule_notices_when_it_is_broken() {
    let db = TestDb::new().await;
    let client = db.admin().await;
    for (change, noticed) in [
        (
            "create table diary.extra (owner uuid primary key references auth.principal on delete cascade)",
            "diary.extra: enable and force",
        ),
        (
            "alter table diary.record_day no force row level security",
            "diary.record_day: enable and force",
        ),
        (
            "alter policy my_own on diary.record_day using (true)",
            "diary.record_day my_own: this policy",
        ),
        (
            "create policy all_of_us on diary.record_day using (owner is not null)",
            "all_of_us: name the roles",
        ),
        (
            "grant delete on audit.event to keepwell_app",
            "audit.event keepwell_app DELETE: this role",
        ),
        (
            "grant update (hash) on audit.event to keepwell_app",
            "audit.event keepwell_app UPDATE: this role",
        ),
        (
            "create view diary.all_days as select * from diary.record_day",
            "diary.all_days: make this view",
        ),
        (
            "create function diary.peek() returns bigint language sql security definer set search_path = '' as 'select 1'",
            "diary.peek: this function runs",
        ),
        (
            "create function diary.count() returns bigint language sql as 'select 1'",
            "diary.count: set search_path",
        ),
        (
            "create function diary.count() returns bigint language sql as 'select 1'",
            "diary.count: revoke",
        ),
        (
            "alter function audit.append(text, text) owner to postgres",
            "audit.append: this function or view",
        ),
        ("alter role keepwell_worker bypassrls", "keepwell_worker: no role"),
        ("alter table diary.record_day owner to keepwell_app", "keepwell_app owns"),
        ("grant keepwell_auth to keepwell_app", "keepwell_app in keepwell_auth: a login role"),
        (
            "do $$ begin execute format('grant temporary on database %I to keepwell_app', current_database()); end $$",
            "keepwell_app TEMPORARY: a login role",
        ),
        ("grant create on schema diary to keepwell_app", "keepwell_app diary: only the owner"),
        ("grant select on auth.session to public", "auth.session SELECT: nobody but our roles"),
        (
            "create table diary.extra (day date primary key)",
            "diary.extra: begin this table's primary key",
        ),
        (
            "create unique index one_day on diary.record_day (day)",
            "diary.one_day: begin this unique index",
        ),
        (
            "alter table diary.record_day drop constraint record_day_owner_fkey",
            "diary.record_day: this table's first key",
        ),
        (
            "alter table diary.record_day add column extra_sealed text",
            "record_day.extra_sealed: this column's name",
        ),
    ] {
        client.batch_execute("begin").await.unwrap();
        client.batch_execute(change).await.unwrap_or_else(|cause| panic!("{change}: {cause:?}"));
        let broken = broken(&client).await;
        client.batch_execute("rollback").await.unwrap();
        assert!(broken.iter().any(|one| one.contains(noticed)), "{change}: {broken:#?}");
    }
}
