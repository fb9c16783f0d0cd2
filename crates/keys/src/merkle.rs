//! The tree of hashes of RFC 6962 (RFC 9162, section 2.1), SHA-256: its root stands for a list, and
//! a short path shows that one entry is in it.

use crate::derive::sha256;

/// What stands for an entry of a list or for a part of the tree.
pub type Hash = [u8; 32];

/// The hash of one entry. It is never that of an inner node.
pub fn leaf_hash(data: &[u8]) -> Hash {
    sha256(&[&[0], data].concat())
}

/// The root over the entries' hashes, in their order.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        leaves => {
            let (left, right) = halves(leaves);
            node_hash(&root(left), &root(right))
        }
    }
}

/// What [`root_from_path`] needs beside the entry at `index`, from the leaf upwards; nothing where
/// there is no such entry.
pub fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    let (mut subtree, mut index) = (leaves, index);
    let mut path = Vec::new();
    if index < leaves.len() {
        while subtree.len() > 1 {
            let (left, right) = halves(subtree);
            let beside;
            (subtree, beside, index) = match index.checked_sub(left.len()) {
                Some(index) => (right, left, index),
                None => (left, right, index),
            };
            path.push(root(beside));
        }
        path.reverse();
    }
    path
}

/// The root of a list of `size` entries that has this leaf at `index`; `None` when the path is not
/// one of such a list. Whether it is the right root, the caller compares.
pub fn root_from_path(leaf: &Hash, index: usize, size: usize, path: &[Hash]) -> Option<Hash> {
    let mut last = size.checked_sub(1).filter(|last| index <= *last)?;
    let (mut index, mut hash) = (index, *leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            hash = node_hash(beside, &hash);
            // The last node of a level may have no sibling there; it is paired further up.
            while index & 1 == 0 && index != 0 {
                (index, last) = (index >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left.as_slice(), right].concat())
}

/// On the left the largest power of two that leaves something on the right.
fn halves(leaves: &[Hash]) -> (&[Hash], &[Hash]) {
    leaves.split_at(leaves.len().next_power_of_two() / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vectors::hex;

    /// The entries, roots and paths that Certificate Transparency's programs are tested with.
    const ENTRIES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    const PATHS: [(usize, usize, &[&str]); 5] = [
        (0, 1, &[]),
        (
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            &[
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];

    fn hash(text: &str) -> Hash {
        hex(text).try_into().unwrap()
    }

    fn leaves() -> Vec<Hash> {
        ENTRIES.iter().map(|entry| leaf_hash(&hex(entry))).collect()
    }

    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(root(&[]), hash(empty));
        for (size, expected) in (1..).zip(ROOTS) {
            assert_eq!(root(&leaves()[..size]), hash(expected), "of {size}");
        }
    }

    #[test]
    fn paths_are_those_of_certificate_transparency() {
        for (index, size, expected) in PATHS {
            let expected: Vec<_> = expected.iter().map(|text| hash(text)).collect();
            assert_eq!(path(&leaves()[..size], index), expected, "of {index} in {size}");
        }
    }

    proptest! {
        #[test]
        fn a_path_leads_from_its_leaf_at_its_place_to_the_root_and_no_other_does(
            size in 1..70usize, at in any::<usize>(), other in any::<usize>(), altered in any::<u8>(),
        ) {
            let leaves: Vec<_> = (0..size).map(|place| leaf_hash(&place.to_be_bytes())).collect();
            let (index, other) = (at % size, other % size);
            let (root, path) = (root(&leaves), path(&leaves, index));
            let leaf = &leaves[index];
            prop_assert_eq!(root_from_path(leaf, index, size, &path), Some(root));

            if other != index {
                prop_assert_ne!(root_from_path(&leaves[other], index, size, &path), Some(root));
                prop_assert_ne!(root_from_path(leaf, other, size, &path), Some(root));
            }
            prop_assert_eq!(root_from_path(leaf, size, size, &path), None);
            let longer = [path.as_slice(), &[*leaf]].concat();
            prop_assert_eq!(root_from_path(leaf, index, size, &longer), None);
            if let Some((_, shorter)) = path.split_last() {
                prop_assert_eq!(root_from_path(leaf, index, size, shorter), None);
                let mut wrong = path.clone();
                let place = usize::from(altered) % path.len();
                wrong[place][0] ^= 1;
                prop_assert_ne!(root_from_path(leaf, index, size, &wrong), Some(root));
            }
        }

        #[test]
        fn any_path_of_anything_is_refused_or_leads_somewhere(
            leaf in any::<Hash>(), index in any::<usize>(), size in any::<usize>(),
            path in prop::collection::vec(any::<Hash>(), 0..70),
        ) {
            let found = root_from_path(&leaf, index, size, &path);
            prop_assert!(found.is_none() || index < size);
        }
    }

    #[test]
    fn there_is_no_path_to_what_is_not_there() {
        assert_eq!(path(&[], 0), Vec::<Hash>::new());
        assert_eq!(path(&leaves(), 8), Vec::<Hash>::new());
        assert_eq!(root_from_path(&leaves()[0], 0, 0, &[]), None);
    }

    #[test]
    fn an_inner_node_never_passes_for_an_entry() {
        let leaves = leaves();
        let inside = [leaves[0].as_slice(), &leaves[1]].concat();
        assert_ne!(leaf_hash(&inside), root(&leaves[..2]));
    }
}
