//! The parts of a person's data that can be shared on their own.

/// A part of a person's data. Each has its own keys. The number is what sealed things are bound
/// to: it is never given to another part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scope {
    /// Diary entries, water, fasting.
    Food = 1,
    /// The day's totals without the foods.
    Summary = 2,
    /// Only that a day was logged and is complete.
    Logged = 3,
    /// What was done.
    Activity = 4,
    /// What was measured.
    Body = 5,
    /// What was written.
    Notes = 6,
    /// Profile for targets, and targets.
    Plan = 7,
    /// Own foods, recipes, meals.
    Library = 8,
}

impl Scope {
    /// Every scope, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Food,
        Self::Summary,
        Self::Logged,
        Self::Activity,
        Self::Body,
        Self::Notes,
        Self::Plan,
        Self::Library,
    ];

    /// Its name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Food => "food",
            Self::Summary => "summary",
            Self::Logged => "logged",
            Self::Activity => "activity",
            Self::Body => "body",
            Self::Notes => "notes",
            Self::Plan => "plan",
            Self::Library => "library",
        }
    }

    /// The scope of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was sealed is bound to these numbers, and the database keeps these names.
    #[test]
    fn names_and_numbers_are_as_they_were() {
        let written: Vec<_> =
            Scope::ALL.iter().map(|scope| (scope.number(), scope.as_str())).collect();
        let expected = [
            (1, "food"),
            (2, "summary"),
            (3, "logged"),
            (4, "activity"),
            (5, "body"),
            (6, "notes"),
            (7, "plan"),
            (8, "library"),
        ];
        assert_eq!(written, expected);
    }

    #[test]
    fn names_and_numbers_are_read_back() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
            assert_eq!(Scope::from_number(scope.number()), Some(scope));
        }
        assert_eq!(Scope::parse("Food"), None);
        assert_eq!(Scope::from_number(0), None);
        assert_eq!(Scope::from_number(9), None);
    }
}
