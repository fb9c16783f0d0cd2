//! A statement of the product.

use deadpool_postgres::Object;
use tokio_postgres::{
    Row, Statement,
    types::{ToSql, Type},
};

use crate::Result;

/// The values for a statement's parameters, in order.
pub type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Static text with the types of its parameters, so that it can be pipelined: without the types a
/// hidden round trip would ask for them, and COMMIT would overtake. Text from a caller cannot
/// become one.
#[derive(Debug)]
pub struct Sql {
    /// The statement.
    pub text: &'static str,
    /// The type of each parameter.
    pub types: &'static [Type],
    heed: Option<fn(&[Row])>,
}

impl Sql {
    /// Names a statement and the types of its parameters.
    pub const fn new(text: &'static str, types: &'static [Type]) -> Self {
        Self { text, types, heed: None }
    }

    /// Has each answer within a transaction looked at: for what nobody else would notice.
    #[must_use]
    pub const fn heeding(self, heed: fn(&[Row])) -> Self {
        Self { heed: Some(heed), ..self }
    }

    pub(super) fn heed(&self, rows: &[Row]) {
        if let Some(heed) = self.heed {
            heed(rows);
        }
    }

    /// The statement as this connection knows it; a round trip only the first time.
    pub(super) async fn prepare(&self, conn: &Object) -> Result<Statement> {
        Ok(conn.prepare_typed_cached(self.text, self.types).await?)
    }
}
