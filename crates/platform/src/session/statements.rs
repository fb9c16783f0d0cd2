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

/// The same for a visit, with the sealed keys of what it may reach.
pub static ENTER_AS_VISITOR: Sql = Sql::new(
    "select principal, expires_at,
        (extract(epoch from idle_limit) / 60)::integer as idle_minutes,
        keyring_sealed, erasure_key_sealed, wants_touch, session, fresh, owes_second_step,
        owner, holder, slot_sealed, scopes, epochs, first_days, last_days, accesses, sealed_keys
    from auth.visit_entry",
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

/// The columns of `ENTER_AS_VISITOR` and of a few rows, from a function that returns both and writes the
/// audit.
#[macro_export]
macro_rules! entered_by_visitor {
    ($call:literal) => {
        concat!(
            "select (l.entry).principal, (l.entry).expires_at,
                (extract(epoch from (l.entry).idle_limit) / 60)::integer as idle_minutes,
                (l.entry).keyring_sealed, (l.entry).erasure_key_sealed, (l.entry).wants_touch,
                (l.entry).session, (l.entry).fresh, (l.entry).owes_second_step, (l.entry).owner,
                (l.entry).holder, (l.entry).slot_sealed, (l.entry).scopes, (l.entry).epochs,
                (l.entry).first_days, (l.entry).last_days, (l.entry).accesses,
                (l.entry).sealed_keys, l.scope, l.day, l.version, l.epoch, l.body_sealed
            from ",
            $call,
            " l"
        )
    };
}

/// What a session that is alive and not open waits for.
pub static STANDING: Sql = Sql::new("select state from auth.standing", &[]);

/// Whether the presented session is open, whatever else it names.
pub static IS_OPEN: Sql = Sql::new("select principal from auth.me", &[]);

/// Brings the time of last use up to date.
pub static TOUCH: Sql = Sql::new("select auth.touch_session()", &[]);

/// Ends the presented session.
pub static END: Sql = Sql::new("select auth.end_session()", &[]);

/// Ends every session and token of the asker but the presented session.
pub static END_OTHERS: Sql = Sql::new("select auth.end_other_sessions()", &[]);

/// Gives the presented session another token, and its keyring as that is sealed for it.
pub static RENEW: Sql = Sql::new(
    "select auth.renew_session($1, $2, $3, $4)",
    &[Type::TEXT, Type::BYTEA, Type::BYTEA, Type::INT8],
);

/// Records in the audit that a session's keys were refused.
pub static AUDIT_REFUSED: Sql = Sql::new("select audit.append('record_refused', 'keys')", &[]);

/// The same about a visit, in the visited diary.
pub static AUDIT_REFUSED_OF_VISIT: Sql =
    Sql::new("select audit.append_visit('record_refused', 'keys')", &[]);

/// Every statement of this module.
pub static ALL: &[&Sql] = &[
    &super::visit::TAKE_GRANTS,
    &super::visit::TAKE_SLOT,
    &ENTER,
    &ENTER_AS_CALLER,
    &ENTER_AS_VISITOR,
    &STANDING,
    &IS_OPEN,
    &TOUCH,
    &END,
    &END_OTHERS,
    &RENEW,
    &AUDIT_REFUSED,
    &AUDIT_REFUSED_OF_VISIT,
    &crate::database::PRESENT,
];
