//! What each start settles with the database, as its owner: that the root key is the right one, and
//! which cost passwords are stretched with from now on.

use keys::{PasswordCost, RootKey};
use tokio_postgres::Client;

/// Why the program must not serve this database.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// Another key was used so far.
    #[error(
        "this root key is not the one that this database was made with. With it nobody could sign \
         in, and what new people record would be lost when the right key returns. Put the right \
         root.key in its place; it is on the copy you kept"
    )]
    WrongRootKey,
    /// A setting is larger than the database counts.
    #[error("the cost of passwords is out of range")]
    Cost,
    /// The database refused.
    #[error("the start could not be settled with the database: {0}")]
    Database(#[from] tokio_postgres::Error),
}

/// Refuses a wrong root key, and notes the cost so that sign-ins still work when it changes later.
#[expect(clippy::disallowed_methods, reason = "a start is no request and is not pipelined")]
pub async fn settle(
    client: &Client,
    root: &RootKey,
    cost: PasswordCost,
) -> Result<(), SettleError> {
    let check = root.pseudonym("root key check", "").to_vec();
    client.batch_execute("set role keepwell_owner").await?;
    client
        .execute(
            "insert into platform.installation (root_key_check_hash)
            select $1 where not exists (select from platform.installation)",
            &[&check],
        )
        .await?;
    let right = client
        .query_opt("select from platform.installation where root_key_check_hash = $1", &[&check])
        .await?;
    let whole = |number: u32| i32::try_from(number).or(Err(SettleError::Cost));
    client
        .execute(
            "insert into accounts.stretch_cost (memory_kib, passes, lanes) values ($1, $2, $3)
            on conflict do nothing",
            &[&whole(cost.memory_kib)?, &whole(cost.passes)?, &whole(cost.lanes)?],
        )
        .await?;
    client.batch_execute("reset role").await?;
    if right.is_some() { Ok(()) } else { Err(SettleError::WrongRootKey) }
}
