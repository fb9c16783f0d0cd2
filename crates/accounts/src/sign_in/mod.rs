//! Signing in and out: from a credential to a session that the browser holds.

mod info;
mod routes;
pub(crate) mod store;

pub(crate) use info::{SessionInfo, SignedIn, info};
pub(crate) use routes::{enter, routes};

/// Which of our applications a session belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Application {
    /// A page in a browser.
    Web,
    /// The same, installed on a phone or desktop.
    Installed,
}

impl Application {
    /// What the page says of itself.
    pub(crate) fn of(installed: bool) -> Self {
        if installed { Self::Installed } else { Self::Web }
    }

    /// As the database has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Installed => "app",
        }
    }
}
