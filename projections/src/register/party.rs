//! A party as the register knows it, and what is noted of it.

use jinqiao_events::kinds::identity::{ChamberType, OrgKind, OrgRegistered};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::{
    identifier::Identifier, ids::PartyId, industry::Industry, occurred::Occurred, region::Region,
};
use serde::Serialize;

/// Something that happened once: when, and where in the log it stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub struct Noted {
    /// When it happened.
    pub occurred: Occurred,
    /// The event that says so.
    pub position: Position,
}

impl Noted {
    /// When and where an event stands.
    #[must_use]
    pub const fn of(recorded: &Recorded) -> Self {
        Self { occurred: recorded.occurred, position: recorded.position }
    }
}

/// One entry of the register, as it stands now. Entries that were merged stay; see
/// [`Register::canonical`](super::Register::canonical).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Full name now.
    pub name: String,
    /// Earlier full names (曾用名), oldest first.
    pub former_names: Vec<String>,
    /// Short names (简称) that mean it.
    pub short_names: Vec<String>,
    /// Sort of organisation.
    pub kind: OrgKind,
    /// Its identifiers, the first one first.
    pub identifiers: Vec<Identifier>,
    /// District where it is seated.
    pub region: Option<Region>,
    /// Industry, GB/T 4754.
    pub industry: Option<Industry>,
    /// For a chamber: what holds it together.
    pub chamber_type: Option<ChamberType>,
    /// For a chamber of people from elsewhere: their home place (原籍地), as written.
    pub home_place: Option<String>,
    /// Main products as registered; what was assessed later is in
    /// [`Register::products`](super::Register::products).
    pub products: Vec<String>,
    /// When it entered the register.
    pub registered: Noted,
    /// When it was closed (注销), if it was.
    pub closed: Option<Noted>,
    /// The entry that stands for it since a merge.
    pub merged_into: Option<PartyId>,
}

impl Party {
    pub(super) fn new(event: &OrgRegistered, registered: Noted) -> Self {
        Self {
            id: event.identifier.party_id(),
            name: event.name.clone(),
            former_names: Vec::new(),
            short_names: event.short_names.clone(),
            kind: event.kind,
            identifiers: vec![event.identifier.clone()],
            region: event.region,
            industry: event.industry,
            chamber_type: event.chamber_type,
            home_place: event.home_place.clone(),
            products: event.products.clone(),
            registered,
            closed: None,
            merged_into: None,
        }
    }

    /// Every full name that it carries or carried.
    pub fn full_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.former_names).map(String::as_str)
    }
}
