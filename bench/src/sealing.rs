//! What opening costs, in this process and without anything around it.

use std::time::Instant;

use anyhow::Result;
use keys::{
    Cover, DataKey, DayNumber, ErasureKey, KeyPair, Keyring, Ladder, Place, RecordId, RootKey,
    Scope, ScopeRoot, SessionToken,
};
use uuid::Uuid;

const TIMES: u16 = 5_000;

/// Microseconds.
pub(crate) struct Costs {
    /// From the keyring's node to the leaf of a day, its data key, and the document opened.
    pub(crate) walk_and_open: f64,
    /// The keyring and the erasure key, once a request.
    pub(crate) keyring: f64,
}

/// Measures both.
pub(crate) fn costs() -> Result<Costs> {
    let owner = Uuid::now_v7();
    let cover: Cover = ScopeRoot::generate().cover_all();
    let erasure = ErasureKey::generate();
    let epoch = 1;
    let place = |day| Place {
        table: "diary.record_day",
        owner,
        scope: Scope::Food,
        record: RecordId::Day(day),
        version: 16,
        epoch,
    };
    let key = |day: DayNumber| {
        cover.leaf(day).map(|leaf| {
            DataKey::derive(&leaf, &erasure, owner, Scope::Food, epoch, RecordId::Day(day))
        })
    };
    let mut sealed = Vec::new();
    for day in 0..TIMES {
        let day = DayNumber::new(40_000 + day % 400);
        let key = key(day).ok_or_else(|| anyhow::anyhow!("a day without a leaf"))?;
        sealed.push((day, key.seal(&place(day), &[7; 3_000], &Ladder::DAY)?));
    }
    let began = Instant::now();
    for (day, sealed) in &sealed {
        let key = key(*day).ok_or_else(|| anyhow::anyhow!("a day without a leaf"))?;
        std::hint::black_box(key.open(&place(*day), sealed)?);
    }
    let walk_and_open = began.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES);

    let mut keyring = Keyring::new(KeyPair::generate());
    for scope in Scope::ALL {
        keyring.add(owner, scope, epoch, ScopeRoot::generate().cover_all());
    }
    let token = SessionToken::generate();
    let root = RootKey::generate();
    let keyring = keyring.seal(&token.keyring_key(), owner);
    let erasure = root.seal_erasure_key(owner, &erasure);
    let began = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(Keyring::open(&token.keyring_key(), owner, &keyring)?);
        std::hint::black_box(root.open_erasure_key(owner, &erasure)?);
    }
    let keyring = began.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES);
    Ok(Costs { walk_and_open, keyring })
}
