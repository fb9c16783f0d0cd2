//! What somebody might guess with: admitted and counted before it costs anything.
//!
//! A try is counted as wrong when it is admitted. It is taken back when it was right, or when it
//! never came to be tried. So tries that run at the same moment wait for each other's outcome no less
//! than those that come one after the other, and cutting the connection hides nothing. What must
//! wait is not counted and costs no stretch.
//!
//! Wrong tries are counted under *doors*: the typed name is one, whether it is anybody's or not, and
//! a device that signed in before has one of its own. One open door is enough, so wrong tries of
//! strangers hold up strangers only. What a device's own door admits may open the one account that
//! knows the device: a mark got for an account of one's own is worth nothing elsewhere.

use axum::http::HeaderValue;
use keys::RootKey;
use uuid::Uuid;

use super::{
    Devices, Network, Rates,
    devices::Known,
    store::{self, Admission, Key, Rate},
};
use crate::{Db, Error, Peer, Result, Transaction, session::hex};

const MINUTE: i32 = 60;
const HOUR: i32 = 60 * MINUTE;

/// Being right under a name forgets the wrong tries before it no more often. Anybody can open an
/// account under somebody else's address and be right there as often as they like.
const NAME_IS_CLEARED_EVERY: i32 = 24 * HOUR;
/// Being right where only one person can be forgets them each time.
const ALWAYS: i32 = 0;

/// Admits tries. Made by [`App::tries`](crate::App::tries).
#[derive(Clone, Copy, Debug)]
pub struct Tries<'a> {
    db: &'a Db,
    root: &'a RootKey,
    rates: &'a Rates,
}

/// A try that was admitted and is counted as wrong until [`Try::ended`].
#[derive(Debug)]
#[must_use = "a try that is not ended stays counted as wrong"]
pub struct Try {
    open: Vec<(Key, i32)>,
    /// Open to everybody, or only to whom a device is known.
    known: Option<Vec<Known>>,
    came: Came,
}

/// How far a try has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// What fails here was no guess.
    NotCompared,
    /// Something was compared. What fails now hides nothing: whoever guesses has learned from it.
    Compared,
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Right,
    Wrong,
    NotTried,
}

impl<'a> Tries<'a> {
    pub(crate) fn new(db: &'a Db, root: &'a RootKey, rates: &'a Rates) -> Self {
        Self { db, root, rates }
    }

    /// Admits a sign-in with a password. `name` is what was typed, in the form in which names are
    /// compared.
    pub async fn sign_in(&self, from: Peer, name: &str, devices: &Devices) -> Result<Try> {
        let known = devices.known_by_name(self.root, name);
        let everybody = self.root.pseudonym("wrong tries under a name", name);
        let shut = |retry_after_seconds| Error::TooManyWrong { retry_after_seconds };
        let everybody = (everybody, NAME_IS_CLEARED_EVERY);
        self.admit(&self.sign_in_rates(from), known, everybody, shut).await
    }

    /// Admits a sign-in that names nobody and cannot be guessed: with a passkey.
    pub async fn passkey(&self, from: Peer) -> Result<()> {
        self.admit_rates(&self.sign_in_rates(from)).await
    }

    /// Admits a second step of somebody whose first was right: one door for the person, whoever got
    /// so far, and one for each device of theirs.
    pub async fn second_step(&self, principal: Uuid, devices: &Devices) -> Result<Try> {
        let known = devices.known_by_principal(self.root, principal);
        let everybody = self.root.pseudonym("wrong second steps", &principal.to_string());
        // A recovery code opens no second step, so nobody is sent there.
        let shut = |retry_after_seconds| Error::TooMany { retry_after_seconds };
        self.admit(&[], known, (everybody, ALWAYS), shut).await
    }

    /// Admits the password, once more, of somebody who is signed in: a session that was left open
    /// is no place to guess it either.
    pub async fn proof(&self, from: Peer, principal: Uuid, devices: &Devices) -> Result<Try> {
        let known = devices.known_by_principal(self.root, principal);
        let everybody = self.root.pseudonym("wrong proofs", &principal.to_string());
        let shut = |retry_after_seconds| Error::TooMany { retry_after_seconds };
        self.admit(&self.sign_in_rates(from), known, (everybody, ALWAYS), shut).await
    }

    /// Admits a new account.
    pub async fn sign_up(&self, from: Peer) -> Result<()> {
        let rate = self.rate("sign-up in an hour", from, self.rates.sign_up_address_per_hour, HOUR);
        self.admit_rates(&[rate]).await
    }

    /// Admits a recovery. Codes cannot be guessed, so that names are not counted: nobody can use up
    /// somebody else's tries.
    pub async fn recovery(&self, from: Peer) -> Result<()> {
        let rate =
            self.rate("recovery in an hour", from, self.rates.recovery_address_per_hour, HOUR);
        self.admit_rates(&[rate]).await
    }

    /// Admits a look at an offer. Its handle cannot be guessed.
    pub async fn look_at_offer(&self, from: Peer) -> Result<()> {
        let burst = self.rates.sign_in_address_per_hour;
        let rate = self.rate("looks at offers in an hour", from, burst, HOUR);
        self.admit_rates(&[rate]).await
    }

    /// Admits codes that are mailed for somebody: nobody's mailbox is filled through us.
    pub async fn mailed_codes(&self, principal: Uuid) -> Result<()> {
        let key = self.root.pseudonym("mailed codes in an hour", &principal.to_string());
        let burst = self.rates.mailed_codes_per_hour;
        self.admit_rates(&[Rate { key, burst, period_seconds: HOUR }]).await
    }

    /// Admits something new that opens the account of a transaction, and counts it if that commits:
    /// each leaves a notice and a line of the audit.
    pub async fn new_credential(&self, tx: &Transaction) -> Result<()> {
        let principal = tx.session().principal().to_string();
        let key = self.root.pseudonym("new credentials in an hour", &principal);
        let burst = self.rates.new_credentials_per_hour;
        let rate = Rate { key, burst, period_seconds: HOUR };
        admitted(&store::admit_within(tx, &[rate]).await?)
    }

    /// Whether this person has come in with this browser before.
    pub fn knows(&self, devices: &Devices, principal: Uuid) -> bool {
        !devices.known_by_principal(self.root, principal).is_empty()
    }

    /// The cookie that makes the browser known, for whoever has come in completely: signed up, signed
    /// in with every step that is asked for, or recovered. `name` as in [`Tries::sign_in`].
    pub fn recognize(&self, devices: &Devices, name: &str, principal: Uuid) -> Result<HeaderValue> {
        devices.and(self.root, name, principal)
    }

    async fn admit(
        &self,
        rates: &[Rate],
        known: Vec<Known>,
        (everybody, cleared_every): (Key, i32),
        shut: impl FnOnce(u64) -> Error,
    ) -> Result<Try> {
        let own = known.first().map(|device| {
            self.root.pseudonym("wrong tries of a device", hex(&device.nonce).as_str())
        });
        let doors: Vec<Key> = own.into_iter().chain([everybody]).collect();
        match store::admit(self.db, rates, &doors).await? {
            Admission::Wait { seconds, is_shut: true } => Err(shut(seconds)),
            Admission::Wait { seconds: retry_after_seconds, is_shut: false } => {
                Err(Error::TooMany { retry_after_seconds })
            }
            Admission::Admitted(open_doors) => {
                let is_open_to_all = open_doors.last().copied().unwrap_or_default();
                let open = doors
                    .into_iter()
                    .zip(open_doors)
                    .filter(|(_, is_open)| *is_open)
                    .map(|(key, _)| (key, if key == everybody { cleared_every } else { ALWAYS }))
                    .collect();
                Ok(Try { open, known: (!is_open_to_all).then_some(known), came: Came::NotCompared })
            }
        }
    }

    async fn admit_rates(&self, rates: &[Rate]) -> Result<()> {
        admitted(&store::admit(self.db, rates, &[]).await?)
    }

    fn sign_in_rates(&self, from: Peer) -> [Rate; 2] {
        let Rates { sign_in_address_per_minute, sign_in_address_per_hour, .. } = *self.rates;
        [
            self.rate("sign-in in a minute", from, sign_in_address_per_minute, MINUTE),
            self.rate("sign-in in an hour", from, sign_in_address_per_hour, HOUR),
        ]
    }

    fn rate(&self, what: &str, Peer(from): Peer, burst: u32, period_seconds: i32) -> Rate {
        let key = self.root.pseudonym(what, &Network::of(from).text());
        Rate { key, burst, period_seconds }
    }
}

fn admitted(admission: &Admission) -> Result<()> {
    match admission {
        Admission::Wait { seconds, .. } => Err(Error::TooMany { retry_after_seconds: *seconds }),
        Admission::Admitted(_) => Ok(()),
    }
}

impl Try {
    /// Whether this try may open that person's account. If not, answer as to a wrong password: it
    /// came in by the door of a device that somebody else is known by.
    pub fn may_open(&self, tries: &Tries<'_>, principal: Uuid) -> bool {
        let Some(known) = &self.known else { return true };
        known.iter().any(|device| device.is_of(tries.root, principal))
    }

    /// To be called before anything is compared: from here on only being right takes the try back.
    /// One try may compare several times, once for each cost in use, and fail for another reason in
    /// between; the first comparison has told something already.
    pub fn compares(&mut self) {
        self.came = Came::Compared;
    }

    /// Ends the try with what came of it, and hands that on. Right: it is taken back, and so are
    /// the wrong ones before it. [`Error::NotOpened`] or [`Error::Invalid`], or anything else once
    /// something was compared: it was wrong, and stays counted. Anything else before that: it was
    /// not tried, and is taken back.
    pub async fn ended<T>(self, tries: &Tries<'_>, outcome: Result<T>) -> Result<T> {
        let clears = match self.came_to(&outcome) {
            Outcome::Right => true,
            Outcome::Wrong => return outcome,
            Outcome::NotTried => false,
        };
        let doors: Vec<_> =
            self.open.iter().map(|(key, every)| (*key, clears.then_some(*every))).collect();
        // Who is in is in: at worst the next try has to wait a little.
        if let Err(cause) = store::take_back(tries.db, &doors).await {
            tracing::warn!(%cause, "a try that was not wrong stays counted");
        }
        outcome
    }

    fn came_to<T>(&self, outcome: &Result<T>) -> Outcome {
        match (outcome, self.came) {
            (Ok(_), _) => Outcome::Right,
            (Err(Error::NotOpened(_) | Error::Invalid(_)), _) | (Err(_), Came::Compared) => {
                Outcome::Wrong
            }
            (Err(_), Came::NotCompared) => Outcome::NotTried,
        }
    }
}
