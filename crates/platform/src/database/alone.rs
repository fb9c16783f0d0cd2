//! A statement on its own, before anybody is known.

use tokio_postgres::Row;

use super::{Db, Params, Sql};
use crate::Result;

impl Db {
    /// Runs one statement as a transaction of its own, in one round trip, presenting nothing: the
    /// policies show it no row of anybody. For what must be asked before somebody is let in.
    #[expect(clippy::disallowed_methods, reason = "the statement is prepared: nothing is hidden")]
    pub async fn query_alone(&self, sql: &'static Sql, params: Params<'_>) -> Result<Vec<Row>> {
        let conn = self.connection().await?;
        let statement = sql.prepare(&conn).await?;
        Ok(conn.query(&statement, params).await?)
    }
}
