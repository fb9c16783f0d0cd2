//! Options from every place.
