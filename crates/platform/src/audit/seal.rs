//! Making a checkpoint: as the worker, which sees how far the chains are and no event.

use keys::{RootKey, merkle};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::checkpoint::{Anchor, Checkpoint, NOTHING_BEFORE, Seal, owner_hash};
use super::event::Hash;

/// Leaves of one checkpoint. What is more goes into the next one, at once.
const LEAVES_MAX: i64 = 512;
/// Several servers take turns; the number only has to be ours.
const LOCK: i64 = 0x6b65_6570_7365_616c;

/// Two servers that begin at once: the second leaves it to the first.
const TURN: &str = "select pg_try_advisory_xact_lock($1) as mine, clock_timestamp() as at";

const NEWEST: &str = "select number,
        least(greatest(at, '1000-01-01 Z'), '9000-01-01 Z') as at, leaves, root_hash, previous_hash, key_hash, signature
    from audit.checkpoint order by number desc limit 1";

/// Which chains grew. Both tables have one small row a person.
const GROWN: &str = "select h.owner, h.seq, h.hash, coalesce(s.checkpoint, 0) as earlier
    from audit.head h left join audit.sealed_head s on s.owner = h.owner
    where s.seq is distinct from h.seq
    order by h.owner limit $1";

const KEEP: &str =
    "select audit.keep_checkpoint($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Makes checkpoints of everything that grew until now; none when nothing did, or when another server
/// is at it. `client` is connected as `keepwell_worker`.
pub async fn seal(
    client: &mut Client,
    root: &RootKey,
) -> Result<Vec<Checkpoint>, tokio_postgres::Error> {
    let mut made = Vec::new();
    while let Some(checkpoint) = seal_once(client, root).await? {
        let is_last = i64::from(checkpoint.leaves) < LEAVES_MAX;
        made.push(checkpoint);
        if is_last {
            break;
        }
    }
    Ok(made)
}

async fn seal_once(
    client: &mut Client,
    root: &RootKey,
) -> Result<Option<Checkpoint>, tokio_postgres::Error> {
    let tx = client.transaction().await?;
    let turn = tx.query_one(TURN, &[&LOCK]).await?;
    if !turn.try_get::<_, bool>("mine")? {
        return Ok(None);
    }
    // After the lock, so that what another server has just made is seen.
    let newest = tx.query_opt(NEWEST, &[]).await?.as_ref().map(Checkpoint::of).transpose()?;
    let grown = tx.query(GROWN, &[&LEAVES_MAX]).await?;
    if grown.is_empty() {
        return Ok(None);
    }
    let number = newest.as_ref().map_or(1, |newest| newest.number.saturating_add(1));
    let leaves = Leaves::of(root, number, &grown)?;
    let (tree_root, paths) = leaves.tree();
    let seal = Seal::of(root);
    let mut checkpoint = Checkpoint {
        number,
        at: turn.try_get("at")?,
        leaves: i32::try_from(grown.len()).unwrap_or(i32::MAX),
        root: tree_root.to_vec(),
        previous: newest.map_or(NOTHING_BEFORE, |newest| newest.hash()).to_vec(),
        key: seal.key_hash().to_vec(),
        signature: Vec::new(),
    };
    checkpoint.signature =
        root.checkpoint_signer().sign(checkpoint.statement().as_bytes()).to_vec();
    let column = |of: fn(&Anchor) -> Vec<u8>| leaves.anchors.iter().map(of).collect::<Vec<_>>();
    let numbers = |of: fn(&Anchor) -> i64| leaves.anchors.iter().map(of).collect::<Vec<_>>();
    tx.execute(
        KEEP,
        &[
            &checkpoint.number,
            &checkpoint.at,
            &checkpoint.root,
            &checkpoint.previous,
            &checkpoint.key,
            &checkpoint.signature,
            &leaves.owners,
            &column(|anchor| anchor.owner_hash.clone()),
            &numbers(|anchor| anchor.seq),
            &column(|anchor| anchor.head.clone()),
            &numbers(|anchor| anchor.earlier),
            &paths,
        ],
    )
    .await?;
    tx.commit().await?;
    Ok(Some(checkpoint))
}

/// The leaves of a checkpoint that is being made.
struct Leaves {
    owners: Vec<Uuid>,
    anchors: Vec<Anchor>,
}

impl Leaves {
    fn of(root: &RootKey, checkpoint: i64, heads: &[Row]) -> Result<Self, tokio_postgres::Error> {
        let mut leaves = Self { owners: Vec::new(), anchors: Vec::new() };
        for (position, head) in (0..).zip(heads) {
            let owner: Uuid = head.try_get("owner")?;
            leaves.owners.push(owner);
            leaves.anchors.push(Anchor {
                checkpoint,
                position,
                owner_hash: owner_hash(root, owner).to_vec(),
                seq: head.try_get("seq")?,
                head: head.try_get("hash")?,
                earlier: head.try_get("earlier")?,
                path: Vec::new(),
            });
        }
        Ok(leaves)
    }

    /// The root over them, and what leads there from each.
    fn tree(&self) -> (Hash, Vec<Vec<u8>>) {
        // A head whose hash is none cannot be sealed; its place stays empty and verification tells.
        let hashes: Vec<Hash> =
            self.anchors.iter().map(|anchor| anchor.leaf().unwrap_or(NOTHING_BEFORE)).collect();
        let paths = (0..hashes.len()).map(|place| merkle::path(&hashes, place).concat()).collect();
        (merkle::root(&hashes), paths)
    }
}
