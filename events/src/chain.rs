//! Industry chains (产业链): segments, what feeds what, and the editions that ship with the program.
//!
//! City plans change their chains every few years, so a chain is data with an edition: a file in `chain/` with
//! one line in the list below, or an event `chain_defined`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kinds::reference::ChainDefined;
use crate::value::industry::Industry;

/// The files that ship with the program. Adding an edition is its file and one line.
const FILES: &[(&str, &str)] = &[("qingdao-2019", include_str!("chain/qingdao-2019.toml"))];

/// One segment (环节) of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its name, once a chain.
    pub name: String,
    /// Industries, GB/T 4754, whose firms can be in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub industries: Vec<Industry>,
    /// Words in a firm's products that place it here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Segments downstream of it, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<String>,
}

/// A file of chains.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainFile {
    chain: Vec<ChainDefined>,
}

/// The chains that ship with the program, in the order of their files.
///
/// A file that cannot be read is left out here; a test reads every file.
#[must_use]
pub fn shipped() -> &'static [ChainDefined] {
    static CHAINS: LazyLock<Vec<ChainDefined>> =
        LazyLock::new(|| FILES.iter().filter_map(|(_, text)| read(text).ok()).flatten().collect());
    &CHAINS
}

fn read(text: &str) -> Result<Vec<ChainDefined>, toml::de::Error> {
    toml::from_str::<ChainFile>(text).map(|file| file.chain)
}

/// What is wrong with the segments of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// There is none.
    #[error("产业链没有环节；请至少写一个环节")]
    Empty,
    /// Two have one name.
    #[error("环节「{0}」出现两次；同一条链上环节名称不能重复")]
    Twice(String),
    /// It feeds a segment that is not there.
    #[error("环节「{0}」的下游「{1}」不在链上；请核对名称")]
    Unknown(String, String),
    /// What it feeds comes back to it.
    #[error("环节「{0}」的下游绕回了它自己；上下游不能成环")]
    Circle(String),
}

/// Checks that segments have names of their own, feed segments that are there, and feed in no circle.
///
/// # Errors
/// The first fault, in the order of the segments. Quadratic in the segments, which are few.
pub fn check(segments: &[Segment]) -> Result<(), ChainFault> {
    if segments.is_empty() {
        return Err(ChainFault::Empty);
    }
    let mut names = BTreeSet::new();
    for segment in segments {
        if !names.insert(segment.name.as_str()) {
            return Err(ChainFault::Twice(segment.name.clone()));
        }
    }
    for segment in segments {
        if let Some(unknown) = segment.feeds.iter().find(|fed| !names.contains(fed.as_str())) {
            return Err(ChainFault::Unknown(segment.name.clone(), unknown.clone()));
        }
    }
    segments
        .iter()
        .find(|segment| downstream(segments, &segment.name).contains(segment.name.as_str()))
        .map_or(Ok(()), |segment| Err(ChainFault::Circle(segment.name.clone())))
}

/// Every segment that is fed by this one, directly or through others.
#[must_use]
pub fn downstream<'a>(segments: &'a [Segment], name: &str) -> BTreeSet<&'a str> {
    let fed_by = |name: &str| {
        let name = name.to_owned();
        segments.iter().filter(move |segment| segment.name == name).flat_map(|segment| &segment.feeds)
    };
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = fed_by(name).map(String::as_str).collect();
    while let Some(at) = open.pop() {
        if reached.insert(at) {
            open.extend(fed_by(at).map(String::as_str));
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(name: &str, feeds: &[&str]) -> Segment {
        Segment {
            name: name.into(),
            industries: Vec::new(),
            products: Vec::new(),
            feeds: feeds.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn every_chain_that_ships_can_be_read_and_holds_together() {
        for (name, text) in FILES {
            let chains = read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!chains.is_empty(), "{name}");
            for chain in chains {
                check(&chain.segments).unwrap_or_else(|fault| panic!("{name} {}: {fault}", chain.chain));
                assert!(chain.segments.iter().all(|segment| !segment.industries.is_empty()));
            }
        }
        let keys: BTreeSet<(String, &str)> =
            shipped().iter().map(|chain| (chain.chain.to_string(), chain.edition.as_str())).collect();
        assert_eq!(keys.len(), shipped().len(), "an edition of a chain is there once");
    }

    #[test]
    fn segments_have_names_of_their_own_and_feed_in_no_circle() {
        assert_eq!(check(&[]), Err(ChainFault::Empty));
        assert_eq!(check(&[segment("甲", &["乙"]), segment("乙", &[])]), Ok(()));
        assert_eq!(check(&[segment("甲", &[]), segment("甲", &[])]), Err(ChainFault::Twice("甲".into())));
        assert_eq!(check(&[segment("甲", &["乙"])]), Err(ChainFault::Unknown("甲".into(), "乙".into())));
        let circle = [segment("甲", &["乙"]), segment("乙", &["丙"]), segment("丙", &["乙"])];
        assert_eq!(check(&circle), Err(ChainFault::Circle("乙".into())));
    }
}
