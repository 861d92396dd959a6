//! Whom a party belongs to (分公司、子公司): a relation between two parties that stay two.

use jinqiao_events::kinds::identity::{Affiliation, OrgAffiliated};
use jinqiao_events::value::{ids::PartyId, name};
use serde::Serialize;

use super::{Face, Noted, Register};

/// Words that a branch's name ends with.
const BRANCH_WORDS: [&str; 9] =
    ["分公司", "分店", "分行", "支行", "办事处", "营业部", "经营部", "分厂", "门市部"];
/// What a head office's name ends with, in front of the branch's own words.
const HEAD_ENDS: [&str; 2] = ["公司", "银行"];

/// That a party belongs to another, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub(super) struct Belongs {
    head: Face,
    affiliation: Affiliation,
    noted: Noted,
}

impl Belongs {
    pub(super) fn new(event: &OrgAffiliated, noted: Noted) -> Self {
        Self { head: Face::of(&event.head_office), affiliation: event.affiliation, noted }
    }
}

/// One end of an affiliation, seen from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Affiliate {
    /// The other party, canonical.
    pub party: PartyId,
    /// How the branch belongs to its head office.
    pub affiliation: Affiliation,
    /// When and where it was said.
    pub noted: Noted,
}

/// The name of the head office in the name of a branch: `青岛琅屿建设有限公司` in `青岛琅屿建设有限公司即墨分公司`. By law a
/// branch carries the whole name of its company, so the text says to whom it belongs, and never that they are one.
///
/// ```
/// use jinqiao_projections::register::head_office_named;
/// assert_eq!(head_office_named("甲有限公司即墨分公司"), Some("甲有限公司"));
/// assert_eq!(head_office_named("甲有限公司"), None);
/// ```
#[must_use]
pub fn head_office_named(branch: &str) -> Option<&str> {
    let before = BRANCH_WORDS.iter().find_map(|word| branch.trim_end().strip_suffix(word))?;
    let ends = HEAD_ENDS.iter().filter_map(|end| before.rfind(end).map(|at| at + end.len()));
    before.get(..ends.max()?)
}

impl Register {
    /// The head offices of a party, by id.
    #[must_use]
    pub fn head_offices(&self, party: PartyId) -> Vec<Affiliate> {
        let said = self.notes_of(party).flat_map(|notes| &notes.belongs);
        let mut heads: Vec<Affiliate> = said
            .filter_map(|said| {
                let party = self.resolve_face(&said.head)?;
                Some(Affiliate { party, affiliation: said.affiliation, noted: said.noted })
            })
            .collect();
        heads.sort_unstable();
        heads.dedup_by_key(|head| head.party);
        heads
    }

    /// The branches and subsidiaries of a party, by id. Linear in all that is noted of parties.
    #[must_use]
    pub fn branches(&self, head: PartyId) -> Vec<Affiliate> {
        let head = Some(self.canonical(head));
        let mut branches: Vec<Affiliate> = Vec::new();
        for (face, notes) in &self.notes {
            let Some(party) = self.resolve_face(face) else { continue };
            let said = notes.belongs.iter().filter(|said| self.resolve_face(&said.head) == head);
            branches.extend(said.map(|said| Affiliate {
                party,
                affiliation: said.affiliation,
                noted: said.noted,
            }));
        }
        branches.sort_unstable();
        branches.dedup_by_key(|branch| branch.party);
        branches
    }

    /// Branches whose names tell of a registered head office, and nobody has recorded that they belong to it:
    /// (branch, head office), by branch. Linear in the parties.
    #[must_use]
    pub fn branches_to_confirm(&self) -> Vec<(PartyId, PartyId)> {
        let open = self.parties().filter(|party| party.closed.is_none());
        open.filter_map(|party| {
            let head = self.named(&name::normalise(head_office_named(&party.name)?))?;
            let head = self.canonical(head);
            (head != party.id && self.head_offices(party.id).is_empty()).then_some((party.id, head))
        })
        .collect()
    }
}
