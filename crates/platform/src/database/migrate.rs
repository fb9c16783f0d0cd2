//! Brings the schema up to date: forward only, under a lock, each file once and unchanged.

use std::time::Duration;

use include_dir::{Dir, include_dir};
use tokio_postgres::{Client, error::SqlState};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations");

/// Two servers that start at once take turns; the number only has to be ours.
const LOCK: i64 = 0x6b65_6570_7765_6c6c;

/// How often the roles are tried when another Keepwell is at them.
const ROLE_TRIES: u32 = 20;
const ROLE_PAUSE: Duration = Duration::from_millis(50);

/// One numbered file.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Its place in the order.
    pub number: i32,
    /// The rest of its file name.
    pub name: &'static str,
    /// What it does.
    pub sql: &'static str,
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was changed by a newer Keepwell.
    #[error(
        "this database was last changed by a newer Keepwell (schema {found}; this program knows \
         {known}). Start that version or a newer one: going back would lose data"
    )]
    Newer {
        /// The schema's number.
        found: i32,
        /// The newest number this program knows.
        known: i32,
    },
    /// A file that was applied is not the file this program carries.
    #[error(
        "migration {number} was applied from a different text than this program carries. \
         Restore the program that made this database, or report this as a fault"
    )]
    Changed {
        /// The file's number.
        number: i32,
    },
    /// The database refused.
    #[error("migration {step} failed: {cause}")]
    Database {
        /// Which step.
        step: String,
        /// What the database said.
        #[source]
        cause: tokio_postgres::Error,
    },
}

/// Every migration in order.
pub static MIGRATIONS: std::sync::LazyLock<Vec<Migration>> = std::sync::LazyLock::new(|| {
    let mut migrations: Vec<Migration> = FILES
        .files()
        .filter_map(|file| {
            let stem = file.path().file_stem()?.to_str()?;
            let (number, name) = stem.split_once('_')?;
            Some(Migration { number: number.parse().ok()?, name, sql: file.contents_utf8()? })
        })
        .collect();
    migrations.sort_by_key(|migration| migration.number);
    migrations
});

/// Makes the roles and applies what is missing. `client` is a superuser of the private cluster, or
/// a role that may create roles and become `keepwell_owner`.
pub async fn migrate(client: &mut Client) -> Result<(), MigrateError> {
    migrate_to(client, i32::MAX).await
}

/// The same up to a number: the schema of an earlier program, so that a test can bring it up to date.
pub async fn migrate_to(client: &mut Client, last: i32) -> Result<(), MigrateError> {
    let at = |step: &str| {
        let step = step.to_owned();
        move |cause| MigrateError::Database { step, cause }
    };
    client.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await.map_err(at("lock"))?;
    let outcome = apply(client, last).await;
    client
        .batch_execute(&format!("select pg_advisory_unlock({LOCK})"))
        .await
        .map_err(at("unlock"))?;
    outcome
}

/// Makes the roles and says what holds for them. They belong to all databases of the PostgreSQL server,
/// and our lock to one: a Keepwell that starts on another may be at the same rows, and then one of the
/// two begins again.
async fn make_roles(client: &Client, roles: &str) -> Result<(), tokio_postgres::Error> {
    let mut tried = 0;
    loop {
        match client.batch_execute(roles).await {
            Err(cause) if tried < ROLE_TRIES && was_overtaken(&cause) => {
                tried += 1;
                tokio::time::sleep(ROLE_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

/// Whether somebody else made or changed a role at the same moment.
fn was_overtaken(cause: &tokio_postgres::Error) -> bool {
    // "tuple concurrently updated" and "deleted" have no code of their own.
    [SqlState::INTERNAL_ERROR, SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_OBJECT]
        .iter()
        .any(|code| cause.code() == Some(code))
}

#[expect(clippy::disallowed_methods, reason = "migrations are not requests and are not pipelined")]
async fn apply(client: &mut Client, last: i32) -> Result<(), MigrateError> {
    let at = |step: &str| {
        let step = step.to_owned();
        move |cause| MigrateError::Database { step, cause }
    };
    let roles = FILES.get_file("roles.sql").and_then(|file| file.contents_utf8()).unwrap_or("");
    make_roles(client, roles).await.map_err(at("roles"))?;
    client.batch_execute(PREPARE_DATABASE).await.map_err(at("preparation"))?;
    let applied = client
        .query("select number, checksum from platform.migration order by number", &[])
        .await
        .map_err(at("history"))?;
    let known = MIGRATIONS.last().map_or(0, |migration| migration.number);
    let mut done = 0;
    for row in &applied {
        let number: i32 = row.get("number");
        let checksum: String = row.get("checksum");
        if number > known {
            return Err(MigrateError::Newer { found: number, known });
        }
        let ours = MIGRATIONS.iter().find(|migration| migration.number == number);
        if ours.is_none_or(|migration| checksum_of(migration.sql) != checksum) {
            return Err(MigrateError::Changed { number });
        }
        done = number;
    }
    let missing = |migration: &&Migration| (done + 1..=last).contains(&migration.number);
    for migration in MIGRATIONS.iter().filter(missing) {
        let step = format!("{:04}_{}", migration.number, migration.name);
        let tx = client.transaction().await.map_err(at(&step))?;
        tx.batch_execute("set local role keepwell_owner").await.map_err(at(&step))?;
        tx.batch_execute(migration.sql).await.map_err(at(&step))?;
        tx.execute(
            "insert into platform.migration (number, name, checksum) values ($1, $2, $3)",
            &[&migration.number, &migration.name, &checksum_of(migration.sql)],
        )
        .await
        .map_err(at(&step))?;
        tx.commit().await.map_err(at(&step))?;
        tracing::info!(migration = step, "the schema was changed");
    }
    Ok(())
}

fn checksum_of(sql: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, sql.as_bytes());
    crate::session::hex(digest.as_ref()).to_string()
}

/// The database belongs to the owner role; nobody else connects, creates or makes temporary tables.
const PREPARE_DATABASE: &str = "
do $$
begin
    execute format('alter database %I owner to keepwell_owner', current_database());
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to keepwell_app, keepwell_worker, keepwell_auditor',
        current_database());
end
$$;
revoke all on schema public from public;
-- Large objects belong to no table and know no policy: an injected statement could park data there.
revoke all on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea),
    lo_put(oid, bigint, bytea), lo_open(oid, integer), lowrite(integer, bytea) from public;
create schema if not exists platform authorization keepwell_owner;
set role keepwell_owner;
create table if not exists platform.migration (
    number     integer     not null,
    name       text        not null,
    checksum   text        not null,
    applied_at timestamptz not null default now(),
    constraint migration_pkey primary key (number)
);
alter table platform.migration enable row level security;
alter table platform.migration force row level security;
do $$
begin
    if not exists (select from pg_catalog.pg_policies
        where schemaname = 'platform' and tablename = 'migration') then
        create policy migrations_by_the_owner on platform.migration to keepwell_owner
            using (number > 0) with check (number > 0);
    end if;
end
$$;
reset role;
";
