//! How a value was come by.

use serde::{Serialize, Serializer};

/// How a value was come by. Its number is stored: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Method {
    /// The source does not say.
    Unknown = 0,
    /// Measured in a laboratory.
    Analytical = 1,
    /// Calculated or imputed by the source, from a similar food, a recipe or other nutrients.
    Calculated = 2,
    /// Assumed to be zero by the source: the food does not naturally hold any.
    Assumed = 3,
    /// From a label or a manufacturer.
    Label = 4,
    /// Ours, exactly, from other values of the same food: net carbohydrates, for one.
    Derived = 5,
    /// Ours, from the nearest values the source has: expect it to be a little off.
    Estimated = 6,
}

impl Method {
    /// Every method, in the order of its number.
    pub const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Analytical,
        Self::Calculated,
        Self::Assumed,
        Self::Label,
        Self::Derived,
        Self::Estimated,
    ];

    /// The word for it in the interface and in exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Analytical => "analytical",
            Self::Calculated => "calculated",
            Self::Assumed => "assumed",
            Self::Label => "label",
            Self::Derived => "derived",
            Self::Estimated => "estimated",
        }
    }

    /// The method with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Its number, as stored.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
