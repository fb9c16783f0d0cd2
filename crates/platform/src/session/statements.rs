//! The SQL of sessions.

use tokio_postgres::types::Type;

use crate::database::Sql;

/// Who the presented token belongs to, and what it opens.
pub static ENTER: Sql = Sql::new(
    "select principal, expires_at,
        (extract(epoch from idle_limit) / 60)::integer as idle_minutes,
        keyring_sealed, erasure_key_sealed, wants_touch, session, fresh, owes_second_step
    from auth.entry",
    &[],
);

/// The same where an API token may come, with what it may.
pub static ENTER_AS_CALLER: Sql = Sql::new(
    "select principal, expires_at,
        (extract(epoch from idle_limit) / 60)::integer as idle_minutes,
        keyring_sealed, erasure_key_sealed, wants_touch, session, fresh, owes_second_step,
        access, scopes
    from auth.caller_entry",
    &[],
);

/// Who asks and the few rows that are wanted, in one statement: a look-up and a plan less. Where
/// nothing is found, one row still says who asks, and what was wanted is null in it.
#[macro_export]
macro_rules! entered {
    ($wanted:literal) => {
        concat!(
            "select e.principal, e.expires_at,
                (extract(epoch from e.idle_limit) / 60)::integer as idle_minutes,
                e.keyring_sealed, e.erasure_key_sealed, e.wants_touch, e.session, e.fresh,
                e.owes_second_step, wanted.*
            from auth.entry e left join (",
            $wanted,
            ") wanted on true"
        )
    };
}

/// The same where an API token may come: with `ENTER_AS_CALLER`.
#[macro_export]
macro_rules! entered_by_caller {
    ($wanted:literal) => {
        concat!(
            "select e.principal, e.expires_at,
                (extract(epoch from e.idle_limit) / 60)::integer as idle_minutes,
                e.keyring_sealed, e.erasure_key_sealed, e.wants_touch, e.session, e.fresh,
                e.owes_second_step, e.access, e.scopes, wanted.*
            from auth.caller_entry e left join (",
            $wanted,
            ") wanted on true"
        )
    };
}

/// What a session that is alive and not open waits for.
pub static STANDING: Sql = Sql::new("select state from auth.standing", &[]);

/// Brings the time of last use up to date.
pub static TOUCH: Sql = Sql::new("select auth.touch_session()", &[]);

/// Ends the presented session.
pub static END: Sql = Sql::new("select auth.end_session()", &[]);

/// Ends every session and token of the asker but the presented session.
pub static END_OTHERS: Sql = Sql::new("select auth.end_other_sessions()", &[]);

/// Gives the presented session another token, and its keyring as that is sealed for it.
pub static RENEW: Sql = Sql::new("select auth.renew_session($1, $2)", &[Type::TEXT, Type::BYTEA]);

/// Records in the audit that a session's keys were refused.
pub static AUDIT_REFUSED: Sql = Sql::new("select audit.append('record_refused', 'keys')", &[]);

/// Every statement of this module.
pub static ALL: &[&Sql] = &[
    &ENTER,
    &ENTER_AS_CALLER,
    &STANDING,
    &TOUCH,
    &END,
    &END_OTHERS,
    &RENEW,
    &AUDIT_REFUSED,
    &crate::database::PRESENT,
];
