//! Verifying the whole log, as the auditor: every chain, every leaf, every checkpoint.
//!
//! Rows stream through in the order of the tables' own indexes; what stays in memory is a few rows
//! and eight bytes for each account.

use std::collections::{HashSet, VecDeque};

use futures_util::TryFutureExt as _;
use jiff::{SignedDuration, Timestamp};
use keys::{RootKey, merkle};
use tokio_postgres::{Client, IsolationLevel, Portal, Row, Transaction};
use uuid::Uuid;

use super::chain::Chain;
use super::checkpoint::{Anchor, Checkpoint, NOTHING_BEFORE, Seal, owner_hash};
use super::event::{Event, Hash};
use super::finding::{Finding, What};
use super::sealed::SealedChain;

/// What is done is sealed within a minute; after this long it should have been.
pub const SEALED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// Rows fetched at a time.
const ROWS: i32 = 2_000;

/// One picture of the log, whatever is added meanwhile, as long as it takes, read by the indexes.
const SETTINGS: &str = "set local statement_timeout = 0; set local enable_sort = off;
    set local enable_hashjoin = off";

const NEWEST: &str = "select case when $1 then (select least(greatest(max(at), '1000-01-01 Z'), '9000-01-01 Z') from audit.event)
    else clock_timestamp() end as at";

/// Moments that no clock tells are brought into what can be read, and then fit no hash.
const EVENTS: &str = "select owner, seq,
        least(greatest(at, '1000-01-01 Z'), '9000-01-01 Z') as at, actor, application, action, subject, holder, hash
    from audit.event order by owner, seq";

const HEADS: &str = "select owner, seq, hash from audit.head order by owner";

const ANCHORS_BY_OWNER: &str = "select a.owner, a.checkpoint, a.position, a.owner_hash, a.seq,
        a.head_hash, a.earlier, a.path, e.hash as event_hash,
        least(greatest(e.at, '1000-01-01 Z'), '9000-01-01 Z') as event_at
    from audit.anchor a left join audit.event e on e.owner = a.owner and e.seq = a.seq
    where a.owner is not null order by a.owner, a.checkpoint";

const CHECKPOINTS: &str = "select number,
        least(greatest(at, '1000-01-01 Z'), '9000-01-01 Z') as at, leaves, root_hash, previous_hash, key_hash, signature
    from audit.checkpoint order by number";

const ANCHORS: &str =
    "select owner, checkpoint, position, owner_hash, seq, head_hash, earlier, path
    from audit.anchor order by checkpoint, position";

/// A checkpoint that somebody wrote down elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Noted {
    /// Its number.
    pub number: i64,
    /// Its hash.
    pub hash: Hash,
}

/// What is asked of a verification.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Nothing seals at the moment: judge by the newest event what should have been sealed.
    pub at_rest: bool,
    /// Must be there as it was.
    pub noted: Option<Noted>,
}

/// What was verified.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Chains.
    pub chains: u64,
    /// Events.
    pub events: u64,
    /// Leaves of checkpoints.
    pub anchors: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// The newest checkpoint, to be noted elsewhere.
    pub newest: Option<Checkpoint>,
    /// How much was found wrong.
    pub findings: u64,
}

/// Verifies everything and tells each finding as soon as it is known. `client` is connected as
/// `keepwell_auditor`.
pub async fn verify(
    client: &mut Client,
    root: &RootKey,
    wanted: Wanted,
    tell: &mut (dyn FnMut(Finding) + Send),
) -> Result<Verified, tokio_postgres::Error> {
    let tx = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    tx.batch_execute(SETTINGS).await?;
    let mut pass = Pass { root, verified: Verified::default(), owners: HashSet::new(), tell };
    pass.chains(&tx, wanted.at_rest).await?;
    pass.checkpoints(&tx, wanted.noted).await?;
    Ok(pass.verified)
}

/// What is known on the way.
struct Pass<'a> {
    root: &'a RootKey,
    verified: Verified,
    /// The beginnings of the hashes of owners who are there.
    owners: HashSet<[u8; 8]>,
    tell: &'a mut (dyn FnMut(Finding) + Send),
}

impl Pass<'_> {
    fn found(&mut self, finding: Finding) {
        self.verified.findings += 1;
        (self.tell)(finding);
    }

    /// Owner after owner: the anchors, the events, the head.
    async fn chains(
        &mut self,
        tx: &Transaction<'_>,
        at_rest: bool,
    ) -> Result<(), tokio_postgres::Error> {
        let Self { root, verified, owners, tell } = self;
        let newest: Option<Timestamp> = tx.query_one(NEWEST, &[&at_rest]).await?.try_get("at")?;
        let all_before = newest
            .and_then(|newest| newest.checked_sub(SEALED_WITHIN).ok())
            .unwrap_or(Timestamp::MIN);
        let mut events = Rows::open(tx, EVENTS).await?;
        let mut heads = Rows::open(tx, HEADS).await?;
        let mut anchors = Rows::open(tx, ANCHORS_BY_OWNER).await?;
        loop {
            let next = [events.owner().await?, heads.owner().await?, anchors.owner().await?];
            let Some(owner) = next.into_iter().flatten().min() else { return Ok(()) };
            let hash = owner_hash(root, owner);
            owners.extend(hash.first_chunk::<8>());
            let mut findings = 0;
            let mut found = |finding| {
                findings += 1;
                tell(finding);
            };

            let mut sealed = SealedChain::new(owner, hash);
            while let Some(row) = anchors.next_of(owner).await? {
                let hash: Option<Vec<u8>> = row.try_get("event_hash")?;
                let at: Option<Timestamp> = row.try_get("event_at")?;
                let event = hash.as_deref().zip(at);
                sealed.anchor(&Anchor::of(&row)?, event, &mut found);
            }
            let mut chain = Chain::new(owner, sealed.up_to());
            while let Some(row) = events.next_of(owner).await? {
                chain.event(Event::of(&row)?, &mut found);
            }
            sealed.end(chain.seq(), &mut found);
            verified.chains += 1;
            verified.events += chain.events();
            let head = match heads.next_of(owner).await? {
                Some(row) => Some((row.try_get("seq")?, row.try_get::<_, Vec<u8>>("hash")?)),
                None => None,
            };
            let head = head.as_ref().map(|(seq, hash)| (*seq, hash.as_slice()));
            chain.end(head, all_before, &mut found);
            verified.findings += findings;
        }
    }

    /// Checkpoint after checkpoint with its leaves.
    async fn checkpoints(
        &mut self,
        tx: &Transaction<'_>,
        noted: Option<Noted>,
    ) -> Result<(), tokio_postgres::Error> {
        let seal = Seal::of(self.root);
        let mut checkpoints = Rows::open(tx, CHECKPOINTS).await?;
        let mut anchors = Rows::open(tx, ANCHORS).await?;
        let mut was_noted = noted.is_none();
        let mut before = (0_i64, NOTHING_BEFORE, true);
        while let Some(row) = checkpoints.next().await? {
            let checkpoint = Checkpoint::of(&row)?;
            let (number, at, hash) = (checkpoint.number, checkpoint.at, checkpoint.hash());
            if before.0.checked_add(1) != Some(number) {
                self.found(Finding::in_checkpoint(
                    What::CheckpointMissing,
                    number.saturating_sub(1),
                    Some(at),
                ));
                before.2 = false;
            }
            // After one that is gone or altered, nothing can follow rightly: told once, there.
            let follows = !before.2 || checkpoint.previous == before.1;
            let is_right = follows && checkpoint.is_signed(&seal);
            if !is_right {
                self.found(Finding::in_checkpoint(What::CheckpointAltered, number, Some(at)));
            }
            if let Some(noted) = noted.filter(|noted| noted.number == number) {
                was_noted = true;
                if noted.hash != hash {
                    self.found(Finding::in_checkpoint(What::NotAsNoted, number, Some(at)));
                }
            }
            self.leaves(&mut anchors, &checkpoint, is_right).await?;
            before = (number, hash, is_right);
            self.verified.checkpoints += 1;
            self.verified.newest = Some(checkpoint);
        }
        if let Some(left) = anchors.number().await? {
            self.found(Finding::in_checkpoint(What::CheckpointMissing, left, None));
        }
        if let Some(noted) = noted.filter(|_| !was_noted) {
            self.found(Finding::in_checkpoint(What::NotAsNoted, noted.number, None));
        }
        Ok(())
    }

    async fn leaves(
        &mut self,
        anchors: &mut Rows<'_>,
        checkpoint: &Checkpoint,
        is_right: bool,
    ) -> Result<(), tokio_postgres::Error> {
        let (number, at) = (checkpoint.number, Some(checkpoint.at));
        let mut hashes: Vec<Hash> = Vec::new();
        let mut altered = false;
        while anchors.number().await?.is_some_and(|of| of <= number) {
            let Some(row) = anchors.next().await? else { break };
            let anchor = Anchor::of(&row)?;
            let owner: Option<Uuid> = row.try_get("owner")?;
            self.verified.anchors += 1;
            if anchor.checkpoint < number {
                // Its checkpoint is gone, which was told.
                continue;
            }
            let told = Finding { owner, ..Finding::in_checkpoint(What::AnchorAltered, number, at) };
            let told = Finding { seq: Some(anchor.seq), ..told };
            // Where the checkpoint itself is altered, its leaves cannot be judged by it.
            if is_right && !anchor.is_under(checkpoint) {
                altered = true;
                self.found(told);
            } else if owner.is_none()
                && anchor.owner_hash.first_chunk().is_some_and(|hash| self.owners.contains(hash))
            {
                self.found(Finding { what: What::AnchorWithoutOwner, ..told });
            }
            hashes.push(anchor.leaf().unwrap_or(NOTHING_BEFORE));
        }
        if i64::try_from(hashes.len()) != Ok(i64::from(checkpoint.leaves)) {
            self.found(Finding::in_checkpoint(What::AnchorMissing, number, at));
        } else if is_right && !altered && merkle::root(&hashes).as_slice() != checkpoint.root {
            self.found(Finding::in_checkpoint(What::CheckpointAltered, number, at));
        }
        Ok(())
    }
}

/// The rows of a statement, a few at a time.
struct Rows<'a> {
    tx: &'a Transaction<'a>,
    portal: Portal,
    fetched: VecDeque<Row>,
    is_over: bool,
}

impl<'a> Rows<'a> {
    async fn open(tx: &'a Transaction<'_>, sql: &str) -> Result<Self, tokio_postgres::Error> {
        let portal = tx.bind(sql, &[]).await?;
        Ok(Self { tx, portal, fetched: VecDeque::new(), is_over: false })
    }

    async fn peek(&mut self) -> Result<Option<&Row>, tokio_postgres::Error> {
        if self.fetched.is_empty() && !self.is_over {
            self.fetched = self.tx.query_portal(&self.portal, ROWS).map_ok(Into::into).await?;
            self.is_over = self.fetched.is_empty();
        }
        Ok(self.fetched.front())
    }

    async fn next(&mut self) -> Result<Option<Row>, tokio_postgres::Error> {
        self.peek().await?;
        Ok(self.fetched.pop_front())
    }

    /// Whose row is next.
    async fn owner(&mut self) -> Result<Option<Uuid>, tokio_postgres::Error> {
        self.peek().await?.map(|row| row.try_get("owner")).transpose()
    }

    /// Of which checkpoint the next row is.
    async fn number(&mut self) -> Result<Option<i64>, tokio_postgres::Error> {
        self.peek().await?.map(|row| row.try_get("checkpoint")).transpose()
    }

    /// The next row, if it is this owner's.
    async fn next_of(&mut self, owner: Uuid) -> Result<Option<Row>, tokio_postgres::Error> {
        if self.owner().await? == Some(owner) { self.next().await } else { Ok(None) }
    }
}
