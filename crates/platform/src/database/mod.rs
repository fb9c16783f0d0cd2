//! The only door to the database.
//!
//! Row-level security decides which rows a statement sees, and it must know who asks. So every
//! transaction begins by presenting a session's database token, and no feature holds the pool.
//! The token *proves* the asker: the database looks its hash up; nothing here asserts an identity.
//!
//! `statement` is what a statement of the product is, `transaction` what happens between begin and
//! commit, `migrate` brings the schema up to date, `settle` checks the root key at the start.

mod alone;
mod migrate;
mod settle;
mod statement;
mod transaction;

use std::sync::Arc;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use futures_util::join;
use keys::RootKey;
use tokio_postgres::{
    Config, NoTls, Row, Socket,
    tls::{MakeTlsConnect, TlsConnect},
    types::Type,
};

pub use migrate::{MIGRATIONS, MigrateError, Migration, migrate, migrate_to};
pub use settle::{SettleError, settle};
pub use statement::{Params, Sql};
pub use transaction::{Transaction, Unproved};

use crate::{
    Error, Result,
    session::{Presents, Visit},
};
use transaction::Open;

/// Who presents, and whose data is meant. Tied to the transaction (`true`), so that a pooled
/// connection never carries it on.
pub(crate) static PRESENT: Sql = Sql::new(
    "select set_config('app.token', $1, true), set_config('app.owner', $2, true),
        set_config('app.holder', $3, true)",
    &[Type::TEXT, Type::TEXT, Type::TEXT],
);

/// What a visit reads writes the audit, in the same transaction. Looks share the log's next write
/// instead of waiting for one each: only a crash of the machine within that half second could lose one,
/// and whoever can bring that about could take the newest entries out before they are sealed anyway.
const BEGIN_LOOK: &str = "begin; set local synchronous_commit = off";

/// The token, and what a visit names.
fn presents(presented: &impl Presents) -> [&str; 3] {
    let (owner, holder) = presented.visit().map(Visit::texts).unwrap_or_default();
    [presented.database_token(), owner, holder]
}

/// A pool of connections as the role `keepwell_app`.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    root: Arc<RootKey>,
}

impl Db {
    /// A door over a Unix socket, where there is no network to protect from.
    pub fn over_socket(config: Config, connections: usize, root: Arc<RootKey>) -> Result<Self> {
        Self::over(config, NoTls, connections, root)
    }

    /// A door over the given transport.
    pub fn over<T>(config: Config, tls: T, connections: usize, root: Arc<RootKey>) -> Result<Self>
    where
        T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
        T::Stream: Sync + Send,
        T::TlsConnect: Sync + Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let manager = Manager::from_config(
            config,
            tls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(connections)
            .build()
            .map_err(|cause| Error::Internal(cause.into()))?;
        Ok(Self { pool, root })
    }

    /// Reads as the asker: who asks, the statement and the end of the transaction in one round trip.
    #[expect(clippy::disallowed_methods, reason = "the statements are prepared: nothing is hidden")]
    pub async fn read<P: Presents>(
        &self,
        presented: &P,
        sql: &'static Sql,
        params: Params<'_>,
    ) -> Result<(P::Proved, Vec<Row>)> {
        let conn = self.connection().await?;
        let present = PRESENT.prepare(&conn).await?;
        let enter = presented.enter().prepare(&conn).await?;
        let wanted = sql.prepare(&conn).await?;
        let [token, owner, holder] = presents(presented);
        let token: Params<'_> = &[&token, &owner, &holder];
        // The macro polls in this order, and each poll queues its messages: COMMIT cannot overtake,
        // and a request that is cancelled here leaves nothing open. Every result is looked at,
        // because COMMIT of a failed transaction reports success.
        let (begun, named, entered, rows, committed) = join!(
            // Both statements see the same moment: no row is newer than the keys to it. What a visit
            // reads writes the audit, which others write as well.
            conn.batch_execute(if presented.visit().is_some() {
                BEGIN_LOOK
            } else {
                "begin isolation level repeatable read read only"
            }),
            conn.query(&present, token),
            conn.query(&enter, &[]),
            conn.query(&wanted, params),
            conn.batch_execute("commit"),
        );
        begun?;
        named?;
        let entered = entered?;
        let rows = rows?;
        committed?;
        drop(conn);
        Ok((self.proved(presented, &entered).await?, rows))
    }

    /// Reads a few rows as the asker, with a statement made by `entered!`, or by `entered_by_caller!`
    /// for a caller: one less than [`Db::read`].
    #[expect(clippy::disallowed_methods, reason = "the statements are prepared: nothing is hidden")]
    pub async fn read_few<P: Presents>(
        &self,
        presented: &P,
        sql: &'static Sql,
        params: Params<'_>,
    ) -> Result<(P::Proved, Vec<Row>)> {
        let conn = self.connection().await?;
        let present = PRESENT.prepare(&conn).await?;
        let wanted = sql.prepare(&conn).await?;
        let [token, owner, holder] = presents(presented);
        let token: Params<'_> = &[&token, &owner, &holder];
        // In this order, for the reasons given in `read`.
        let (begun, named, rows, committed) = join!(
            conn.batch_execute(if presented.visit().is_some() {
                BEGIN_LOOK
            } else {
                "begin read only"
            }),
            conn.query(&present, token),
            conn.query(&wanted, params),
            conn.batch_execute("commit"),
        );
        begun?;
        named?;
        let rows = rows?;
        committed?;
        drop(conn);
        Ok((self.proved(presented, &rows).await?, rows))
    }

    /// Only proves who asks, for what needs no row of theirs.
    pub async fn prove<P: Presents>(&self, presented: &P) -> Result<P::Proved> {
        let (proved, _) = self.read_few(presented, presented.enter(), &[]).await?;
        Ok(proved)
    }

    /// Begins a transaction as the asker, with its first statement in the same round trip.
    #[expect(clippy::disallowed_methods, reason = "the statements are prepared: nothing is hidden")]
    pub async fn begin<P: Presents>(
        &self,
        presented: &P,
        first: &'static Sql,
        params: Params<'_>,
    ) -> Result<(Transaction<P::Proved>, Vec<Row>)> {
        let conn = self.connection().await?;
        let present = PRESENT.prepare(&conn).await?;
        let enter = presented.enter().prepare(&conn).await?;
        let wanted = first.prepare(&conn).await?;
        // From here on a cancelled request rolls back when `open` is dropped.
        let open = Open::new(conn);
        let [token, owner, holder] = presents(presented);
        let token: Params<'_> = &[&token, &owner, &holder];
        let (begun, named, entered, rows) = join!(
            open.batch_execute("begin"),
            open.query(&present, token),
            open.query(&enter, &[]),
            open.query(&wanted, params),
        );
        begun?;
        named?;
        let entered = entered?;
        let Some(entered) = entered.first() else {
            // Gives the connection back before asking why.
            drop(open);
            return Err(self.why_not(presented).await);
        };
        let rows = rows?;
        let (mut proved, wants_touch) = match presented.prove(entered, &self.root) {
            Ok(proved) => proved,
            Err(error) => {
                // Gives the connection back before the refusal asks for one.
                drop(open);
                return Err(crate::session::refused(self, presented, error).await);
            }
        };
        if wants_touch {
            self.touch_later(presented);
        }
        presented.proved(&mut proved, self);
        Ok((Transaction::new(open, proved), rows))
    }

    /// Begins a transaction for somebody who has not proved who they are: signing up or in. The
    /// policies show it no personal row until a session exists for `presented`.
    #[expect(clippy::disallowed_methods, reason = "the statements are prepared: nothing is hidden")]
    pub async fn begin_without_session(&self, presented: &impl Presents) -> Result<Unproved> {
        let conn = self.connection().await?;
        let present = PRESENT.prepare(&conn).await?;
        let open = Open::new(conn);
        let [token, owner, holder] = presents(presented);
        let token: Params<'_> = &[&token, &owner, &holder];
        let (begun, named) = join!(open.batch_execute("begin"), open.query(&present, token));
        begun?;
        named?;
        Ok(Unproved::new(open))
    }

    /// Whether the database answers.
    pub async fn answers(&self) -> bool {
        match self.connection().await {
            Ok(conn) => conn.batch_execute("select 1").await.is_ok(),
            Err(_) => false,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    async fn connection(&self) -> Result<Object> {
        self.pool.get().await.map_err(|cause| match cause {
            PoolError::Backend(cause) => cause.into(),
            PoolError::Timeout(_)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => {
                Error::Internal(anyhow::Error::new(cause).context("the database cannot be reached"))
            }
        })
    }

    /// What the one row proves, with its keys open; nobody is signed in where there is none.
    async fn proved<P: Presents>(&self, presented: &P, rows: &[Row]) -> Result<P::Proved> {
        let Some(row) = rows.first() else { return Err(self.why_not(presented).await) };
        match presented.prove(row, &self.root) {
            Ok((mut proved, wants_touch)) => {
                if wants_touch {
                    self.touch_later(presented);
                }
                presented.proved(&mut proved, self);
                Ok(proved)
            }
            Err(error) => Err(crate::session::refused(self, presented, error).await),
        }
    }

    /// Why nobody is signed in: no such session, or one that is not open.
    async fn why_not(&self, presented: &impl Presents) -> Error {
        crate::session::standing(self, presented).await.unwrap_or_else(|error| error)
    }

    /// Notes the time of last use, after the answer: it is no part of the request's own work.
    fn touch_later(&self, presented: &impl Presents) {
        let db = self.clone();
        let presented = presented.clone();
        tokio::spawn(async move {
            if let Err(cause) = crate::session::touch(&db, &presented).await {
                tracing::warn!(%cause, "the time of last use was not noted");
            }
        });
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}
