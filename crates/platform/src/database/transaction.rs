//! What happens between begin and commit.
//!
//! Dropped without a commit, a transaction rolls back, also when its request was cancelled halfway:
//! a connection never returns to the pool inside somebody's transaction.

use std::ops::Deref;

use deadpool_postgres::Object;
use futures_util::{FutureExt, future::join_all, join};
use tokio_postgres::Row;

use super::{Params, Sql};
use crate::{Result, session::Session};

/// A connection inside a transaction.
pub(super) struct Open {
    conn: Object,
    finished: bool,
}

impl Open {
    pub(super) fn new(conn: Object) -> Self {
        Self { conn, finished: false }
    }

    #[expect(clippy::disallowed_methods, reason = "the statement is prepared: nothing is hidden")]
    async fn rows(&self, sql: &'static Sql, params: Params<'_>) -> Result<Vec<Row>> {
        let statement = sql.prepare(&self.conn).await?;
        let rows = self.conn.query(&statement, params).await?;
        sql.heed(&rows);
        Ok(rows)
    }

    /// The last statements and COMMIT in one round trip.
    #[expect(clippy::disallowed_methods, reason = "the statements are prepared: nothing is hidden")]
    async fn finish(mut self, last: &[(&'static Sql, Params<'_>)]) -> Result<Vec<Vec<Row>>> {
        let mut prepared = Vec::with_capacity(last.len());
        for (sql, params) in last {
            prepared.push((sql.prepare(&self.conn).await?, *params));
        }
        let answers =
            join_all(prepared.iter().map(|(statement, params)| self.conn.query(statement, params)));
        let (answers, committed) = join!(answers, self.conn.batch_execute("commit"));
        self.finished = true;
        // COMMIT of a failed transaction reports success, so each answer counts.
        let rows = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
        committed?;
        for ((sql, _), rows) in last.iter().zip(&rows) {
            sql.heed(rows);
        }
        Ok(rows)
    }
}

impl Deref for Open {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.conn
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.finished {
            // One poll queues the message, before anything the connection's next user sends.
            drop(self.conn.batch_execute("rollback").now_or_never());
        }
    }
}

/// A transaction of somebody whom the database has proved: a session, or where tokens may come a
/// caller.
pub struct Transaction<P = Session> {
    open: Open,
    proved: P,
}

impl<P> Transaction<P> {
    pub(super) fn new(open: Open, proved: P) -> Self {
        Self { open, proved }
    }

    /// Whose transaction it is, with the keys that opens.
    pub fn session(&self) -> &P {
        &self.proved
    }

    /// Runs a statement and returns its rows.
    pub async fn query(&self, sql: &'static Sql, params: Params<'_>) -> Result<Vec<Row>> {
        self.open.rows(sql, params).await
    }

    /// Runs the last statements and makes everything permanent, in one round trip.
    pub async fn finish(self, last: &[(&'static Sql, Params<'_>)]) -> Result<Vec<Vec<Row>>> {
        self.open.finish(last).await
    }
}

/// A transaction of somebody who has not proved who they are.
pub struct Unproved {
    open: Open,
}

impl Unproved {
    pub(super) fn new(open: Open) -> Self {
        Self { open }
    }

    /// Runs a statement and returns its rows.
    pub async fn query(&self, sql: &'static Sql, params: Params<'_>) -> Result<Vec<Row>> {
        self.open.rows(sql, params).await
    }

    /// Runs the last statements and makes everything permanent, in one round trip.
    pub async fn finish(self, last: &[(&'static Sql, Params<'_>)]) -> Result<Vec<Vec<Row>>> {
        self.open.finish(last).await
    }
}
