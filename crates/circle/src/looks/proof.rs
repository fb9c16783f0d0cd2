//! The proof that the asker's own chain is whole: events, head, anchors, and the signatures over them,
//! read with no more rights than the asker has.

use jiff::Timestamp;
use platform::{
    App, Error, Presented, Result,
    audit::{
        Anchor, Chain, Checkpoint, Event, Finding, SEALED_WITHIN, Seal, SealedChain, What,
        owner_hash,
    },
};
use tokio::sync::Semaphore;
use tokio_postgres::Row;

use super::store;

/// Rows read at a time.
const ROWS: i64 = 2_000;
/// More findings than this tell nothing more.
const FINDINGS_MAX: usize = 100;
/// A long chain takes a second of work: one at a time, so that proofs never fill the machine.
static TURN: Semaphore = Semaphore::const_new(1);

/// What was proved.
pub(super) struct Proof {
    pub(super) events: u64,
    pub(super) anchored_events: i64,
    pub(super) findings: Vec<Finding>,
    /// The newest checkpoint over the chain.
    pub(super) checkpoint: Option<Checkpoint>,
}

/// Verifies the asker's chain.
pub(super) async fn prove(app: &App, presented: &Presented) -> Result<Proof> {
    // It is never closed; if it were, there would be no turns to keep.
    let _turn = TURN.acquire().await.ok();
    let (tx, heads) = store::begin(app, presented).await?;
    let owner = tx.session().principal();
    let mut findings = Findings::default();

    let hash = owner_hash(app.root(), owner);
    let mut sealed = SealedChain::new(owner, hash);
    loop {
        let rows = store::anchors(&tx, sealed.checkpoint(), ROWS).await?;
        let is_last = rows.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
        (sealed, findings) = verify(Seal::of(app.root()), sealed, findings, rows).await?;
        if is_last {
            break;
        }
    }

    let mut chain = Chain::new(owner, sealed.up_to());
    let mut head = heads.first().map(|row| head(row, "seq", "hash")).transpose()?;
    loop {
        let rows = store::events(&tx, chain.seq(), ROWS).await?;
        for row in &rows {
            chain.event(Event::of(row)?, &mut |finding| findings.add(finding));
        }
        if let Some(row) = rows.last() {
            let seq: Option<i64> = row.try_get("head_seq")?;
            head = seq.map(|_| self::head(row, "head_seq", "head_hash")).transpose()?;
        }
        if rows.len() < usize::try_from(ROWS).unwrap_or(usize::MAX) {
            break;
        }
    }
    let mut add = |finding| findings.add(finding);
    sealed.end(chain.seq(), &mut add);
    let events = chain.events();
    let now = heads.first().map_or(Ok(app.clock().now()), |row| row.try_get("at"))?;
    let all_before = now.checked_sub(SEALED_WITHIN).unwrap_or(Timestamp::MIN);
    let head = head.as_ref().map(|(seq, hash)| (*seq, hash.as_slice()));
    chain.end(head, all_before, &mut add);

    // Without an own leaf there is nothing to miss: then it is told that nothing was sealed.
    if sealed.anchors() > 0 {
        let (missing, nameless) = store::gaps(&tx, sealed.checkpoint(), &hash).await?;
        for (what, number) in [(What::AnchorMissing, missing), (What::AnchorWithoutOwner, nameless)]
        {
            if let Some(number) = number {
                add(Finding::of_checkpoint(what, number));
            }
        }
    }
    let checkpoint = store::checkpoint(&tx, sealed.checkpoint()).await?;
    let checkpoint = checkpoint.first().map(Checkpoint::of).transpose()?;
    tx.finish(&[]).await?;
    if !findings.0.is_empty() {
        tracing::error!(
            findings = findings.0.len(),
            "somebody's audit is not as it was written: run `keepwell audit verify`"
        );
    }
    Ok(Proof { events, anchored_events: sealed.up_to(), findings: findings.0, checkpoint })
}

/// What was found so far, and no more than anybody reads.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, finding: Finding) {
        if self.0.len() < FINDINGS_MAX {
            self.0.push(finding);
        }
    }
}

fn head(row: &Row, seq: &str, hash: &str) -> Result<(i64, Vec<u8>)> {
    Ok((row.try_get(seq)?, row.try_get(hash)?))
}

/// Goes through some anchors, beside the threads that answer requests: signatures take their time.
async fn verify(
    seal: Seal,
    mut sealed: SealedChain,
    mut findings: Findings,
    rows: Vec<Row>,
) -> Result<(SealedChain, Findings)> {
    let work = move || {
        for row in &rows {
            one(&seal, &mut sealed, &mut findings, row)?;
        }
        Ok((sealed, findings))
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|cause| Error::Internal(anyhow::Error::new(cause)))?
}

fn one(seal: &Seal, sealed: &mut SealedChain, findings: &mut Findings, row: &Row) -> Result<()> {
    let anchor = Anchor::of(row)?;
    let hash: Option<Vec<u8>> = row.try_get("event_hash")?;
    let at: Option<Timestamp> = row.try_get("event_at")?;
    sealed.anchor(&anchor, hash.as_deref().zip(at), &mut |finding| findings.add(finding));
    let number: Option<i64> = row.try_get("number")?;
    if number.is_none() {
        findings.add(Finding::of_checkpoint(What::CheckpointMissing, anchor.checkpoint));
        return Ok(());
    }
    let checkpoint = Checkpoint::of(row)?;
    if !checkpoint.is_signed(seal) {
        findings.add(Finding::of_checkpoint(What::CheckpointAltered, checkpoint.number));
    } else if !anchor.is_under(&checkpoint) {
        findings.add(Finding::of_checkpoint(What::AnchorAltered, checkpoint.number));
    }
    Ok(())
}
