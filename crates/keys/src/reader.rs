//! Reads fields off the front of bytes from outside. Running out is [`CannotOpen`].

use uuid::Uuid;

use crate::CannotOpen;
use crate::derive::Secret;

pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], CannotOpen> {
        let (array, rest) = self.0.split_first_chunk::<N>().ok_or(CannotOpen)?;
        self.0 = rest;
        Ok(array)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, CannotOpen> {
        self.array::<1>().map(|[byte]| *byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, CannotOpen> {
        self.array().map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, CannotOpen> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    pub(crate) fn id(&mut self) -> Result<Uuid, CannotOpen> {
        self.array().map(|bytes| Uuid::from_bytes(*bytes))
    }

    pub(crate) fn secret(&mut self) -> Result<Secret, CannotOpen> {
        self.array().map(|bytes| Secret::new(*bytes))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left over: what is not understood is not accepted.
    pub(crate) fn end(self) -> Result<(), CannotOpen> {
        if self.0.is_empty() { Ok(()) } else { Err(CannotOpen) }
    }
}
