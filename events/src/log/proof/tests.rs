//! Proofs against the naive model and the vectors of others; and everything that must not be believed.

#![expect(clippy::cast_possible_truncation, reason = "the logs of tests are small")]

use std::sync::LazyLock;

use super::*;
use crate::log::Position;
use crate::log::envelope::hex;

const SHA: Profile = Profile::Sha256;

/// A log of stored bytes, and its tree.
pub(super) struct Log {
    pub(super) payloads: Vec<Vec<u8>>,
    pub(super) tree: Tree,
}

impl Log {
    pub(super) fn new(profile: Profile, size: u64) -> Self {
        Self::of(profile, (0..size).map(|n| format!("leaf {n}").into_bytes()).collect())
    }

    pub(super) fn of(profile: Profile, payloads: Vec<Vec<u8>>) -> Self {
        let mut tree = Tree::new(profile);
        payloads.iter().for_each(|payload| tree.push(payload));
        Self { payloads, tree }
    }
}

impl Leaves for Log {
    fn each_payload(
        &self,
        after: Position,
        upto: Position,
        each: &mut dyn FnMut(Position, &[u8]),
    ) -> Result<(), LogError> {
        for position in after + 1..=upto {
            each(position, &self.payloads[position as usize - 1]);
        }
        Ok(())
    }
}

/// Subtrees of leaves, level by level, each hash of two made once.
struct Levels(Vec<Vec<NodeHash>>);

impl Levels {
    fn new(leaves: &[NodeHash]) -> Self {
        let mut levels = vec![leaves.to_vec()];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.as_chunks().0.iter().map(|[left, right]| SHA.node(left, right)).collect());
        }
        Self(levels)
    }
}

impl Subtrees for &Levels {
    fn subtree(&mut self, level: u32, index: u64) -> Result<NodeHash, ProofError> {
        Ok(self.0[level as usize][index as usize])
    }
}

/// Roots of the first 0 to 300 leaves.
static ROOTS: LazyLock<Vec<NodeHash>> = LazyLock::new(|| {
    let mut edge = RightEdge::new(SHA);
    let mut roots = vec![edge.root()];
    for leaf in LEAVES.iter() {
        edge.push(*leaf, &mut |_, _| {});
        roots.push(edge.root());
    }
    roots
});
static LEAVES: LazyLock<Vec<NodeHash>> = LazyLock::new(|| model::leaves(SHA, 300));
static LEVELS: LazyLock<Levels> = LazyLock::new(|| Levels::new(&LEAVES));

fn head(size: u64) -> TreeHead {
    TreeHead { size, root: ROOTS[size as usize] }
}

/// How many sizes there are between those that are looked at: all of them when asked for.
fn stride() -> usize {
    if std::env::var_os("JINQIAO_PROOF_ALL").is_some() { 1 } else { 7 }
}

/// Every single-bit change of a path, or one bit of every hash in a sampled run.
fn mutations(path: &[NodeHash]) -> impl Iterator<Item = Vec<NodeHash>> {
    let bits = if stride() == 1 { 256 } else { 1 };
    (0..path.len() * bits).map(move |n| {
        let mut changed = path.to_vec();
        let bit = if bits == 1 { n * 37 % 256 } else { n % 256 };
        changed[n / bits][bit / 8] ^= 1 << (bit % 8);
        changed
    })
}

#[test]
fn every_consistency_proof_up_to_300_is_the_model_s_and_verifies() {
    let mut proofs = 0;
    for new in 1..=300_u64 {
        for old in 1..=new {
            let path = consistency(SHA, &mut &*LEVELS, old, new).unwrap();
            assert_eq!(verify_consistency(SHA, &head(old), &head(new), &path), Ok(()), "{old} in {new}");
            if (new * new + old) % 61 == 0 {
                let leaves = &LEAVES[..new as usize];
                assert_eq!(path, model::subproof(SHA, old as usize, leaves, true), "{old} in {new}");
            }
            proofs += 1;
        }
    }
    assert_eq!(proofs, 45_150);
}

/// With `JINQIAO_PROOF_ALL` set: every pair of sizes, every bit of every hash.
#[test]
fn no_consistency_proof_survives_a_flipped_bit_a_shorter_or_a_longer_path() {
    for new in (1..=300_u64).step_by(stride()) {
        for old in (1..=new).step_by(stride()) {
            let path = consistency(SHA, &mut &*LEVELS, old, new).unwrap();
            let check = |path: &[NodeHash]| verify_consistency(SHA, &head(old), &head(new), path);
            assert!(mutations(&path).all(|changed| check(&changed).is_err()), "{old} in {new}");
            for cut in 0..path.len() {
                assert!(check(&path[..cut]).is_err() && check(&path[cut + 1..]).is_err(), "{old} in {new}");
            }
            assert!(check(&[path.as_slice(), &[LEAVES[0]]].concat()).is_err());
            assert!(check(&[&[LEAVES[0]], path.as_slice()].concat()).is_err());
            let changed = |mut head: TreeHead| {
                head.root[31] ^= 0x80;
                head
            };
            assert!(verify_consistency(SHA, &changed(head(old)), &head(new), &path).is_err());
            assert!(verify_consistency(SHA, &head(old), &changed(head(new)), &path).is_err());
        }
    }
}

#[test]
fn every_inclusion_proof_is_the_model_s() {
    let sizes = (1..=300_u64).filter(|size| *size < 40 || (*size as usize).is_multiple_of(3 * stride()));
    for size in sizes {
        let leaves = &LEAVES[..size as usize];
        for index in (0..size).filter(|index| size < 40 || (index + size) % 5 == 0) {
            let path = inclusion(SHA, &mut &*LEVELS, index, size).unwrap();
            assert_eq!(path, model::path(SHA, index as usize, leaves), "{index} of {size}");
            let leaf = &leaves[index as usize];
            assert_eq!(verify_inclusion(SHA, leaf, index, size, &path, &ROOTS[size as usize]), Ok(()));
        }
    }
}

#[test]
fn an_inclusion_proof_holds_for_its_leaf_and_its_place_alone() {
    for size in [1_u64, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64] {
        let leaves = &LEAVES[..size as usize];
        let check = |leaf: &NodeHash, index: u64, path: &[NodeHash]| {
            verify_inclusion(SHA, leaf, index, size, path, &ROOTS[size as usize])
        };
        for index in 0..size {
            let path = inclusion(SHA, &mut &*LEVELS, index, size).unwrap();
            let leaf = leaves[index as usize];
            for other in (0..size).filter(|other| *other != index) {
                assert!(check(&leaf, other, &path).is_err(), "{index} as {other} of {size}");
                assert!(check(&leaves[other as usize], index, &path).is_err());
            }
            assert!((0..path.len()).all(|cut| check(&leaf, index, &path[..cut]).is_err()));
            assert!(check(&leaf, index, &[path.as_slice(), &[leaf]].concat()).is_err());
            assert!(mutations(&path).all(|changed| check(&leaf, index, &changed).is_err()));
        }
    }
}

/// Sizes 0 to 1,025 at, before and after powers of two.
fn around_powers_of_two() -> impl Iterator<Item = u64> {
    [1, 2, 4, 8, 128, 256, 512, 1_024].into_iter().flat_map(|n| [n - 1, n, n + 1])
}

#[test]
fn a_tree_with_tiles_proves_events_around_powers_of_two() {
    for profile in Profile::ALL {
        let log = Log::new(profile, 1_030);
        let leaves: Vec<NodeHash> = log.payloads.iter().map(|payload| profile.leaf(payload)).collect();
        for size in around_powers_of_two() {
            let root = model::root(profile, &leaves[..size as usize]);
            assert_eq!(log.tree.head_at(&log, size).unwrap(), TreeHead { size, root });
            for position in around_powers_of_two().filter(|position| (1..=size).contains(position)) {
                let proof = log.tree.prove_event(&log, position, size).unwrap();
                assert_eq!((proof.verify(), proof.root), (Ok(()), root));
                assert_eq!(InclusionProof::from_json(&proof.to_json().unwrap()).unwrap(), proof);
            }
        }
        assert!(matches!(log.tree.prove_event(&log, 0, 10), Err(ProofError::NoSuchLeaf { .. })));
        assert!(matches!(log.tree.prove_event(&log, 11, 10), Err(ProofError::NoSuchLeaf { .. })));
        assert!(matches!(log.tree.prove_event(&log, 1, 1_031), Err(ProofError::NotOlder { .. })));
    }
}

#[test]
fn a_tree_with_tiles_proves_growth_around_powers_of_two() {
    for profile in Profile::ALL {
        let log = Log::new(profile, 1_030);
        for new in around_powers_of_two() {
            for old in around_powers_of_two().filter(|old| *old <= new) {
                let proof = log.tree.prove_growth(&log, old, new).unwrap();
                assert_eq!(proof.verify(), Ok(()), "{old} in {new}");
                assert_eq!(ConsistencyProof::from_json(&proof.to_json().unwrap()).unwrap(), proof);
            }
        }
        assert!(matches!(log.tree.prove_growth(&log, 11, 10), Err(ProofError::NotOlder { .. })));
        assert!(matches!(log.tree.prove_growth(&log, 11, 1_031), Err(ProofError::NotOlder { .. })));
    }
}

#[test]
fn what_is_no_proof_is_named() {
    let log = Log::new(SHA, 20);
    let proof = log.tree.prove_event(&log, 7, 20).unwrap();
    let refused = |change: &dyn Fn(&mut InclusionProof)| {
        let mut changed = proof.clone();
        change(&mut changed);
        changed.verify().unwrap_err()
    };
    assert_eq!(refused(&|proof| proof.position = 0), Unproved::NoSuchLeaf);
    assert_eq!(refused(&|proof| proof.position = 21), Unproved::NoSuchLeaf);
    assert_eq!(refused(&|proof| proof.size = 0), Unproved::NoSuchLeaf);
    assert_eq!(refused(&|proof| proof.size = 200), Unproved::WrongLength);
    assert_eq!(refused(&|proof| proof.payload[0] ^= 1), Unproved::OtherRoot);
    assert_eq!(refused(&|proof| proof.profile = Profile::Sm3), Unproved::OtherRoot);
    let other = Log::new(SHA, 19).tree.head().root;
    assert_eq!(refused(&|proof| proof.root = other), Unproved::OtherRoot);
}

#[test]
fn a_node_is_no_leaf() {
    // Its two children as stored bytes.
    let node = [[1].as_slice(), &LEAVES[0], &LEAVES[1]].concat();
    let path = inclusion(SHA, &mut &*LEVELS, 0, 4).unwrap();
    let leaf = SHA.leaf(&node);
    assert_eq!(verify_inclusion(SHA, &leaf, 0, 2, &path[1..], &ROOTS[4]), Err(Unproved::OtherRoot));
}

#[test]
fn growth_from_nothing_to_the_same_and_backwards_is_told_apart() {
    let growth = |old, new, path: &[NodeHash]| verify_consistency(SHA, &old, &new, path);
    let empty = TreeHead { size: 0, root: SHA.empty() };
    assert_eq!(growth(empty, head(9), &[]), Ok(()));
    assert_eq!(growth(TreeHead { size: 0, root: ROOTS[1] }, head(9), &[]), Err(Unproved::OtherOldRoot));
    assert_eq!(growth(empty, head(9), &[ROOTS[9]]), Err(Unproved::WrongLength));
    assert_eq!(growth(head(9), head(9), &[]), Ok(()));
    assert_eq!(growth(head(9), TreeHead { size: 9, root: ROOTS[8] }, &[]), Err(Unproved::OtherOldRoot));
    assert_eq!(growth(head(9), head(8), &[]), Err(Unproved::NotOlder));
    let huge = TreeHead { size: u64::MAX, root: ROOTS[8] };
    assert_eq!(growth(head(8), huge, &[ROOTS[1]; 70]), Err(Unproved::WrongLength));
}

/// The leaves of the reference implementation's tests (Certificate Transparency), and its roots for 0 to 8 of them.
#[test]
fn the_vectors_of_certificate_transparency_hold() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = RightEdge::new(SHA);
    assert_eq!(hex(&edge.root()), roots[0]);
    for (leaf, root) in leaves.iter().zip(&roots[1..]) {
        edge.push(SHA.leaf(leaf), &mut |_, _| {});
        assert_eq!(hex(&edge.root()), *root);
    }
    let hashes: Vec<NodeHash> = leaves.iter().map(|leaf| SHA.leaf(leaf)).collect();
    let path = inclusion(SHA, &mut &Levels::new(&hashes), 5, 8).unwrap();
    let expected = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert!(path.iter().map(hex).eq(expected));
}

#[test]
fn a_tree_read_from_its_file_goes_on_as_if_it_had_never_been_away() {
    for size in [0, 1, 255, 256, 257, 700] {
        let log = Log::new(Profile::Sm3, size);
        let bytes = log.tree.to_bytes();
        let mut read = Tree::from_bytes(Profile::Sm3, size, &bytes).unwrap();
        read.catch_up(&log, size).unwrap();
        assert_eq!(read, log.tree);
        assert_eq!(Tree::from_bytes(Profile::Sha256, size, &bytes), None, "the other profile");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            assert_eq!(Tree::from_bytes(Profile::Sm3, size, &changed), None, "byte {at}");
        }
    }
    let bytes = Log::new(Profile::Sm3, 256).tree.to_bytes();
    assert_eq!(Tree::from_bytes(Profile::Sm3, 255, &bytes), None, "it covers more than the log holds");
}

fn checkpoint(key: &SigningKey) -> Checkpoint {
    Checkpoint { origin: key.verifier().name().to_owned(), head: TreeHead { size: 1_713, root: [7; 32] } }
}

#[test]
fn a_checkpoint_is_believed_from_its_own_key_alone() {
    for profile in Profile::ALL {
        let key = SigningKey::generate("jinqiao/test/v1", profile).unwrap();
        let said = checkpoint(&key);
        let note = said.sign(&key).unwrap();
        assert_eq!(Checkpoint::open(&note, key.verifier()), Ok(said.clone()));

        let other = SigningKey::generate("jinqiao/test/v1", profile).unwrap();
        assert!(matches!(Checkpoint::open(&note, other.verifier()), Err(NoteError::Unsigned { .. })));
        let elsewhere = SigningKey::generate("jinqiao/elsewhere/v1", profile).unwrap();
        assert!(matches!(Checkpoint::open(&note, elsewhere.verifier()), Err(NoteError::OtherLog { .. })));
        let larger = note.replacen("1713", "1714", 1);
        assert!(matches!(Checkpoint::open(&larger, key.verifier()), Err(NoteError::BadSignature { .. })));
        let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
        assert_eq!(Checkpoint::open(&witnessed, key.verifier()), Ok(said));
    }
}

#[test]
fn no_changed_byte_of_a_checkpoint_is_believed() {
    for profile in Profile::ALL {
        let key = SigningKey::generate("jinqiao/test/v1", profile).unwrap();
        let note = checkpoint(&key).sign(&key).unwrap();
        for at in 0..note.len() {
            let mut changed = note.clone().into_bytes();
            changed[at] ^= 1;
            if let Ok(changed) = String::from_utf8(changed) {
                assert!(Checkpoint::open(&changed, key.verifier()).is_err(), "byte {at}: {changed}");
            }
        }
    }
}

#[test]
fn notes_that_are_written_otherwise_are_refused() {
    let key = SigningKey::generate("jinqiao/test/v1", Profile::Sha256).unwrap();
    let note = checkpoint(&key).sign(&key).unwrap();
    let refused = |note: &str| matches!(Checkpoint::open(note, key.verifier()), Err(NoteError::Malformed(_)));
    assert!(refused(""));
    assert!(refused(&note.replacen("1713", "01713", 1)));
    assert!(refused(&note.replacen("1713", "+1713", 1)));
    assert!(refused(&note.replacen("1713\n", "1713\nextension\n", 1)));
    assert!(refused(&note.replacen("\n\n", "\n", 1)));
    assert!(refused(&note.replace('\n', "\r\n")));
    assert!(refused(note.trim_end()));
    assert!(refused(&note.replacen('\u{2014}', "-", 1)));
    assert!(refused(&format!("{note}{}", "x".repeat(70_000))));
}

#[test]
fn keys_come_back_from_their_text_and_parts_that_do_not_belong_together_are_refused() {
    for profile in Profile::ALL {
        let key = SigningKey::generate("jinqiao/0123/v1", profile).unwrap();
        let read = SigningKey::from_text(&key.to_text()).unwrap();
        assert_eq!(read.verifier(), key.verifier());
        assert_eq!(VerifierKey::from_text(&key.verifier().to_string()).as_ref(), Ok(key.verifier()));
        assert_eq!(key.verifier().profile(), profile);
        let renamed = key.verifier().to_string().replace("0123", "0124");
        assert_eq!(VerifierKey::from_text(&renamed), Err(KeyError::OtherId));
        let renamed = key.to_text().replace("0123", "0124");
        assert_eq!(SigningKey::from_text(&renamed).unwrap_err(), KeyError::OtherId);
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
    assert_eq!(SigningKey::generate("a b", Profile::Sm3).unwrap_err(), KeyError::BadName);
    assert_eq!(SigningKey::generate("a+b", Profile::Sm3).unwrap_err(), KeyError::BadName);
    assert!(matches!(VerifierKey::from_text("x+00000000+AQ=="), Err(KeyError::Unfit)));
    assert!(matches!(VerifierKey::from_text("nothing"), Err(KeyError::Malformed(_))));
}

/// RFC 8032, 7.1, test 1: the secret key, and the public key that belongs to it.
#[test]
fn a_key_made_elsewhere_is_read() {
    let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let bytes: Vec<u8> =
        (0..32).map(|n| u8::from_str_radix(&secret[2 * n..2 * n + 2], 16).unwrap()).collect();
    let typed = [&[1_u8], bytes.as_slice()].concat();
    let text = |id: &str| {
        use base64::Engine;
        let encoded = base64::engine::general_purpose::STANDARD.encode(&typed);
        format!("PRIVATE+KEY+example.com/log+{id}+{encoded}")
    };
    assert_eq!(SigningKey::from_text(&text("00000000")).unwrap_err(), KeyError::OtherId);
    let public: Vec<u8> =
        (0..32).map(|n| u8::from_str_radix(&public[2 * n..2 * n + 2], 16).unwrap()).collect();
    let id = SHA.hash(&[b"example.com/log\n\x01", &public]);
    assert!(SigningKey::from_text(&text(&hex(&id[..4]))).is_ok());
}
