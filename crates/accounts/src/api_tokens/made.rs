//! A token as somebody wants it, and how it is made.

use std::collections::BTreeSet;

use keys::{ApiKeyring, ApiToken, Keyring, RootKey, Scope};
use platform::{Error, Result, Session, TokenAccess, http::text, session::epochs_on};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

const NAME_CHARACTERS_MAX: usize = 60;
const DAYS_MAX: u16 = 366;

/// What a token is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// What to call it in the list.
    #[schema(example = "Kitchen scale")]
    name: String,
    /// What it may touch: `food`, `notes`, `summary`, `logged`, `activity`, `body`, `plan`, `library`.
    /// Who may change `food` changes `summary` and `logged` with it, so these are added.
    #[schema(example = json!(["food"]))]
    scopes: Vec<String>,
    /// What it may do with that.
    access: TokenAccess,
    /// After how many days it ends; 366 at most.
    #[schema(example = 90)]
    days: u16,
}

/// A wish that can be granted.
pub(super) struct NewToken {
    pub(super) name: String,
    pub(super) scopes: BTreeSet<Scope>,
    pub(super) access: TokenAccess,
    pub(super) days: i32,
}

impl Wish {
    pub(super) fn parse(&self) -> Result<NewToken> {
        let name = text::line("name", &self.name, NAME_CHARACTERS_MAX)?;
        let mut scopes = BTreeSet::new();
        for scope in &self.scopes {
            let scope = Scope::parse(scope).ok_or_else(|| {
                let known: Vec<&str> = Scope::ALL.into_iter().map(Scope::as_str).collect();
                Error::invalid("scopes", format!("choose among {}", known.join(", ")))
            })?;
            scopes.insert(scope);
        }
        if scopes.is_empty() {
            return Err(Error::invalid("scopes", "choose at least one"));
        }
        if self.access == TokenAccess::Write && scopes.contains(&Scope::Food) {
            scopes.extend([Scope::Summary, Scope::Logged]);
        }
        if !(1..=DAYS_MAX).contains(&self.days) {
            return Err(Error::invalid("days", format!("choose 1 to {DAYS_MAX} days")));
        }
        Ok(NewToken { name, scopes, access: self.access, days: i32::from(self.days) })
    }
}

impl NewToken {
    /// The names of the scopes, as the database has them.
    pub(super) fn scope_names(&self) -> Vec<&'static str> {
        self.scopes.iter().map(|scope| scope.as_str()).collect()
    }

    /// What the token will open: the covers of its scopes, of every epoch, and the owner's public key.
    /// A write-only one opens nothing.
    pub(super) fn keyring(&self, owner: Uuid, keyring: &Keyring) -> Result<ApiKeyring> {
        let mut made = ApiKeyring::new(keyring.pair().public());
        if self.access == TokenAccess::WriteOnly {
            return Ok(made);
        }
        for scope in &self.scopes {
            let (newest, _) = keyring.current(owner, *scope).ok_or(Error::Altered)?;
            for epoch in 1..=newest {
                if let Some(cover) = keyring.cover(owner, *scope, epoch) {
                    made.add(owner, *scope, epoch, cover.clone());
                }
            }
        }
        Ok(made)
    }
}

/// Seals what a person calls a token.
pub(super) fn seal_name(session: &Session, token: Uuid, name: &str) -> Vec<u8> {
    let pair = session.keyring().pair();
    keys::seal_to_self(pair, session.principal(), &sealed_for(token), name.as_bytes())
}

/// Opens what [`seal_name`] sealed.
pub(super) fn open_name(session: &Session, token: Uuid, sealed: &[u8]) -> Result<String> {
    let pair = session.keyring().pair();
    let plain = keys::open_own(pair, session.principal(), &sealed_for(token), sealed)
        .or(Err(Error::Altered))?;
    String::from_utf8(plain.to_vec()).or(Err(Error::Altered))
}

fn sealed_for(token: Uuid) -> String {
    format!("auth.session.name_sealed {token}")
}

/// A token's row on its way into the table.
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) token_hash: Vec<u8>,
    pub(super) name_sealed: Vec<u8>,
    pub(super) keyring_sealed: Vec<u8>,
    pub(super) spare_key_sealed: Vec<u8>,
    /// What the owner's keyring knew when it was made.
    pub(super) epochs: i64,
}

/// Makes a token of the asker's.
pub(super) fn make(root: &RootKey, session: &Session, new: &NewToken) -> Result<(ApiToken, Row)> {
    let (token, id, owner) = (ApiToken::generate(), Uuid::now_v7(), session.principal());
    let keyring = new.keyring(owner, session.keyring())?;
    let key = root.keyring_key(&token.keyring_key());
    let row = Row {
        id,
        token_hash: token.database_token().fingerprint().to_vec(),
        name_sealed: seal_name(session, id, &new.name),
        keyring_sealed: keyring.seal(&key, owner),
        spare_key_sealed: key.spare(session.keyring().pair(), owner),
        epochs: epochs_on(session.keyring(), owner),
    };
    Ok((token, row))
}

#[cfg(test)]
mod tests {
    use keys::{KeyPair, ScopeRoot};
    use serde_json::json;

    use super::*;

    const ANA: Uuid = Uuid::from_u128(0xa1);

    fn wish(changes: &serde_json::Value) -> Result<NewToken> {
        let mut wish = json!({"name": "scale", "scopes": ["food"], "access": "read", "days": 90});
        for (key, value) in changes.as_object().unwrap() {
            wish[key] = value.clone();
        }
        platform::http::body::parse::<Wish>(wish.to_string().as_bytes())?.parse()
    }

    #[test]
    fn what_cannot_be_granted_is_refused_by_name() {
        for (field, value) in [
            ("name", json!(" ")),
            ("name", json!("x".repeat(61))),
            ("scopes", json!([])),
            ("scopes", json!(["food", "everything"])),
            ("access", json!("all")),
            ("days", json!(0)),
            ("days", json!(367)),
            ("days", json!(-1)),
            ("salt", json!(1)),
        ] {
            match wish(&json!({ field: value })) {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].field, field),
                Err(other) => panic!("{field}: {other}"),
                Ok(_) => panic!("{field} {value} was accepted"),
            }
        }
        assert!(wish(&json!({"days": 366})).is_ok());
    }

    #[test]
    fn who_may_change_food_changes_what_is_written_beside_it() {
        let names = |access| wish(&json!({ "access": access })).unwrap().scope_names();
        assert_eq!(names("write"), ["food", "summary", "logged"]);
        assert_eq!(names("read"), ["food"]);
        assert_eq!(names("write_only"), ["food"]);
    }

    #[test]
    fn a_keyring_has_every_epoch_of_its_scopes_and_nothing_else() {
        let mut keyring = Keyring::new(KeyPair::generate());
        for (scope, epoch) in
            [(Scope::Food, 1), (Scope::Food, 2), (Scope::Notes, 1), (Scope::Summary, 1)]
        {
            keyring.add(ANA, scope, epoch, ScopeRoot::generate().cover_all());
        }
        let made = |access| {
            let new = wish(&json!({"access": access, "scopes": ["food"]})).unwrap();
            new.keyring(ANA, &keyring).unwrap()
        };
        let read = made("read");
        assert!(read.cover(ANA, Scope::Food, 1).is_some());
        assert_eq!(read.current(ANA, Scope::Food).unwrap().0, 2);
        for other in Scope::ALL.into_iter().filter(|scope| *scope != Scope::Food) {
            assert!(read.current(ANA, other).is_none(), "{other:?}");
            assert!(made("write_only").current(ANA, other).is_none());
        }
        assert!(made("write_only").current(ANA, Scope::Food).is_none());
        assert_eq!(read.public().bytes(), keyring.pair().public().bytes());
    }
}
