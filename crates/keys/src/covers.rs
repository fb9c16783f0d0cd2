//! The covers on a keyring. As bytes: each after its owner (16 bytes), scope (1) and epoch (4).

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::reader::Reader;
use crate::{CannotOpen, Cover, Scope};

const ENTRY_HEADER_LEN: usize = 16 + 1 + 4;

#[derive(Default)]
pub(crate) struct Covers(BTreeMap<(Uuid, Scope, u32), Cover>);

impl Covers {
    pub(crate) fn add(&mut self, owner: Uuid, scope: Scope, epoch: u32, cover: Cover) {
        self.0.insert((owner, scope, epoch), cover);
    }

    pub(crate) fn cover(&self, owner: Uuid, scope: Scope, epoch: u32) -> Option<&Cover> {
        self.0.get(&(owner, scope, epoch))
    }

    pub(crate) fn current(&self, owner: Uuid, scope: Scope) -> Option<(u32, &Cover)> {
        let epochs = (owner, scope, u32::MIN)..=(owner, scope, u32::MAX);
        self.0.range(epochs).next_back().map(|((.., epoch), cover)| (*epoch, cover))
    }

    /// Takes every epoch of an owner's scope off.
    pub(crate) fn forget(&mut self, owner: Uuid, scope: Scope) {
        self.0.retain(|(of, part, _), _| (*of, *part) != (owner, scope));
    }

    pub(crate) fn bytes_len(&self) -> usize {
        self.0.values().map(|cover| ENTRY_HEADER_LEN + cover.bytes_len()).sum()
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for ((owner, scope, epoch), cover) in &self.0 {
            out.extend_from_slice(owner.as_bytes());
            out.push(scope.number());
            out.extend_from_slice(&epoch.to_be_bytes());
            cover.write(out);
        }
    }

    /// Reads all that is left.
    pub(crate) fn read(mut reader: Reader<'_>) -> Result<Self, CannotOpen> {
        let mut covers = Self::default();
        while !reader.is_empty() {
            let owner = reader.id()?;
            let scope = Scope::from_number(reader.byte()?).ok_or(CannotOpen)?;
            let epoch = reader.u32()?;
            covers.add(owner, scope, epoch, Cover::read(&mut reader)?);
        }
        Ok(covers)
    }
}
