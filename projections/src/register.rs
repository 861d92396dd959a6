//! The register as readers see it: who exists, under which names, and which entries are one.
//!
//! What is said of a party is kept under the [`Face`] it was said of. Merges and links are read at the time of
//! asking, so that taking one back loses nothing: the register is then exactly what it was before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jinqiao_events::kinds::{Event, identity::OrgKind};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::{identifier::Identifier, ids::PartyId, name, party_ref::PartyRef};
use serde::{Serialize, Serializer};

pub mod face;
pub mod membership;
pub mod party;
pub mod search;

pub use face::Face;
pub use membership::{Membership, Office};
pub use party::{Noted, Party};
pub use search::{Hit, How};

use membership::Memberships;

/// Parties, names, identifiers, merges, links, memberships.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Register {
    #[serde(serialize_with = "plain")]
    parties: BTreeMap<PartyId, Arc<Party>>,
    identifiers: BTreeMap<Identifier, PartyId>,
    /// Normalised full name -> the entries that carry or carried it.
    names: BTreeMap<String, Vec<PartyId>>,
    /// Normalised name -> the entry that an officer confirmed.
    links: BTreeMap<String, PartyId>,
    /// Entry -> the entries that were merged into it. Follows from `parties`.
    #[serde(skip)]
    absorbed: BTreeMap<PartyId, BTreeSet<PartyId>>,
    /// Normalised name -> how it was seen on events.
    mentions: BTreeMap<String, Mention>,
    /// Face -> what was noted of it outside its registration.
    notes: BTreeMap<Face, Notes>,
    memberships: Memberships,
}

/// A name as events carry it, without a party's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// As written the first time.
    pub name: String,
    /// On how many events.
    pub times: u64,
    /// The first of them.
    pub first: Position,
    /// The latest of them.
    pub last: Position,
}

/// What events other than the registration say of a party.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Notes {
    founded: Option<Noted>,
    legally_registered: Option<Noted>,
    products: BTreeSet<String>,
}

impl Register {
    /// Takes in an event.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a view looks at its own kinds only"
    )]
    pub fn apply(&mut self, recorded: &Recorded) {
        self.mention(recorded);
        self.memberships.apply(recorded);
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::OrgRegistered(event) => self.enter(Party::new(event, noted)),
            Event::OrgRenamed(event) => self.rename(&event.party, &event.name),
            Event::IdentifierAdded(event) => self.add_identifier(&event.party, &event.identifier),
            Event::OrgClosed(event) => drop(self.change(&event.party, |party| party.closed = Some(noted))),
            Event::OrgMerged(event) => self.merge(&event.from, &event.into),
            Event::OrgUnmerged(event) => self.unmerge(&event.from),
            Event::PartyLinked(event) => {
                if let Some(id) = self.entry(&event.party) {
                    self.links.insert(name::normalise(&event.name), id);
                }
            }
            Event::PartyUnlinked(event) => drop(self.links.remove(&name::normalise(&event.name))),
            Event::ChamberFounded(event) => self.note(&event.chamber).founded = Some(noted),
            Event::ChamberLegallyRegistered(event) => {
                self.note(&event.chamber).legally_registered = Some(noted);
            }
            Event::CapabilityAssessed(event) => {
                self.note(&event.party)
                    .products
                    .extend(event.products.iter().cloned());
            }
            _ => {}
        }
    }

    /// The party that a reference means, canonical: by id, identifier, a full name that exactly one party
    /// carries or carried, or a confirmed link. Logarithmic.
    #[must_use]
    pub fn resolve(&self, reference: &PartyRef) -> Option<PartyId> {
        self.entry(reference).map(|id| self.canonical(id))
    }

    /// The party behind a face, canonical.
    #[must_use]
    pub fn resolve_face(&self, face: &Face) -> Option<PartyId> {
        let entry = match face {
            Face::Party(id) => self.parties.contains_key(id).then_some(*id),
            Face::Name(normalised) => self.named(normalised),
        };
        entry.map(|id| self.canonical(id))
    }

    /// The entry that stands for this one after merges; the id itself where it was never merged.
    #[must_use]
    pub fn canonical(&self, id: PartyId) -> PartyId {
        let mut at = id;
        // The decisions refuse a merge in a circle; the bound keeps a damaged log from hanging the reader.
        for _ in 0..self.parties.len() {
            match self.parties.get(&at).and_then(|party| party.merged_into) {
                Some(into) => at = into,
                None => break,
            }
        }
        at
    }

    /// The entry with that id itself, merged or not.
    #[must_use]
    pub fn party(&self, id: PartyId) -> Option<&Party> {
        self.parties.get(&id).map(Arc::as_ref)
    }

    /// Every party by id: canonical entries only, closed ones included.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        self.parties
            .values()
            .map(Arc::as_ref)
            .filter(|party| party.merged_into.is_none())
    }

    /// Whether the party is registered and neither it nor the entry that stands for it is closed.
    #[must_use]
    pub fn is_open(&self, id: PartyId) -> bool {
        self.party(self.canonical(id))
            .is_some_and(|party| party.closed.is_none())
    }

    /// The party's entries: the canonical one first, then those merged into it, by id.
    #[must_use]
    pub fn entries(&self, id: PartyId) -> Vec<&Party> {
        let mut ids = vec![self.canonical(id)];
        let mut seen = 0;
        while let Some(at) = ids.get(seen).copied() {
            ids.extend(self.absorbed.get(&at).into_iter().flatten());
            seen += 1;
        }
        if let Some((_, merged)) = ids.split_first_mut() {
            merged.sort_unstable();
        }
        ids.into_iter().filter_map(|id| self.party(id)).collect()
    }

    /// Every face under which events name the party.
    #[must_use]
    pub fn faces(&self, id: PartyId) -> Vec<Face> {
        let entries = self.entries(id);
        let full_names = entries
            .iter()
            .flat_map(|entry| entry.full_names())
            .map(name::normalise);
        let ids: BTreeSet<PartyId> = entries.iter().map(|entry| entry.id).collect();
        let linked = self
            .links
            .iter()
            .filter(|(_, to)| ids.contains(to))
            .map(|(name, _)| name.clone());
        let names: BTreeSet<String> = full_names.chain(linked).collect();
        let canonical = Some(self.canonical(id));
        let meant = names
            .into_iter()
            .map(Face::Name)
            .filter(|face| self.resolve_face(face) == canonical);
        ids.iter().copied().map(Face::Party).chain(meant).collect()
    }

    /// The memberships of the party in chambers, by chamber. Log order decides what stands.
    #[must_use]
    pub fn chambers_of(&self, member: PartyId) -> Vec<Membership> {
        let member = self.canonical(member);
        self.memberships
            .of(self, member)
            .into_iter()
            .filter(|membership| membership.member == member)
            .collect()
    }

    /// The memberships of parties in the chamber, by member.
    #[must_use]
    pub fn members_of(&self, chamber: PartyId) -> Vec<Membership> {
        let chamber = self.canonical(chamber);
        self.memberships
            .of(self, chamber)
            .into_iter()
            .filter(|membership| membership.chamber == chamber)
            .collect()
    }

    /// The offices in the party and those that it holds elsewhere.
    #[must_use]
    pub fn offices(&self, party: PartyId) -> Vec<Office> {
        self.memberships.offices(self, party)
    }

    /// When the chamber was founded (成立), by the earliest event that says so.
    #[must_use]
    pub fn founded(&self, party: PartyId) -> Option<Noted> {
        self.notes_of(party).filter_map(|notes| notes.founded).min()
    }

    /// When the chamber became a legal person (依法登记).
    #[must_use]
    pub fn legally_registered(&self, party: PartyId) -> Option<Noted> {
        self.notes_of(party)
            .filter_map(|notes| notes.legally_registered)
            .min()
    }

    /// Products and services of the party, as registered and as assessed; sorted, once each.
    #[must_use]
    pub fn products(&self, party: PartyId) -> BTreeSet<&str> {
        let registered = self.entries(party).into_iter().flat_map(|entry| &entry.products);
        registered
            .chain(self.notes_of(party).flat_map(|notes| &notes.products))
            .map(String::as_str)
            .collect()
    }

    /// Confirmed links: normalised name and the party that it means, canonical.
    pub fn links(&self) -> impl Iterator<Item = (&str, PartyId)> {
        self.links
            .iter()
            .map(|(name, id)| (name.as_str(), self.canonical(*id)))
    }

    /// The names on events that mean no party yet, by normalised name. What they may mean says
    /// [`Register::proposals_for`].
    pub fn unlinked(&self) -> impl Iterator<Item = &Mention> {
        self.mentions
            .iter()
            .filter(|(name, _)| self.named(name).is_none())
            .map(|(_, mention)| mention)
    }

    /// Parties by whatever is typed: credit code or other identifier, id, name, 简称, former name, pinyin in
    /// full, in initials or mixed. Best fits first, then by name, then by id.
    #[must_use]
    pub fn search(&self, query: &str, kind: Option<OrgKind>, limit: usize) -> Vec<Hit> {
        let _ = (query, kind, limit);
        Vec::new()
    }

    /// The parties that a name may mean, for a person to choose from, by id. Proposes, never decides.
    #[must_use]
    pub fn proposals_for(&self, name: &str) -> Vec<PartyId> {
        let _ = name;
        Vec::new()
    }

    /// What a face reads as: the canonical party's, or the name itself while it means none.
    #[must_use]
    pub fn reading(&self, face: &Face) -> Face {
        self.resolve_face(face).map_or_else(|| face.clone(), Face::Party)
    }

    fn entry(&self, reference: &PartyRef) -> Option<PartyId> {
        match reference {
            PartyRef::Party(id) => self.parties.contains_key(id).then_some(*id),
            PartyRef::Identifier(identifier) => self.identifiers.get(identifier).copied(),
            PartyRef::Name(written) => self.named(&written.normalised()),
        }
    }

    /// The entry that a normalised name means. Carriers that were merged count as one.
    fn named(&self, normalised: &str) -> Option<PartyId> {
        let carriers = self.names.get(normalised).map_or(&[][..], Vec::as_slice);
        let first = carriers.first().copied();
        let one = first.filter(|one| {
            carriers
                .iter()
                .all(|id| self.canonical(*id) == self.canonical(*one))
        });
        one.or_else(|| self.links.get(normalised).copied())
    }

    fn notes_of(&self, party: PartyId) -> impl Iterator<Item = &Notes> {
        self.faces(party)
            .into_iter()
            .filter_map(|face| self.notes.get(&face))
    }

    fn note(&mut self, reference: &PartyRef) -> &mut Notes {
        self.notes.entry(Face::of(reference)).or_default()
    }

    fn mention(&mut self, recorded: &Recorded) {
        let position = recorded.position;
        recorded.event.each_party(&mut |party| {
            let Some(written) = party.name() else { return };
            let first = || Mention {
                name: written.to_string(),
                times: 0,
                first: position,
                last: 0,
            };
            let mention = self.mentions.entry(written.normalised()).or_insert_with(first);
            mention.times += 1;
            mention.last = position;
        });
    }

    fn enter(&mut self, party: Party) {
        self.add_name(&party.name, party.id);
        for identifier in &party.identifiers {
            self.identifiers.insert(identifier.clone(), party.id);
        }
        self.parties.insert(party.id, Arc::new(party));
    }

    fn add_name(&mut self, name: &str, id: PartyId) {
        let carriers = self.names.entry(name::normalise(name)).or_default();
        if !carriers.contains(&id) {
            carriers.push(id);
        }
    }

    fn change(&mut self, reference: &PartyRef, change: impl FnOnce(&mut Party)) -> Option<PartyId> {
        let id = self.entry(reference)?;
        change(Arc::make_mut(self.parties.get_mut(&id)?));
        Some(id)
    }

    fn rename(&mut self, reference: &PartyRef, name: &str) {
        let renamed = self.change(reference, |party| {
            party
                .former_names
                .push(std::mem::replace(&mut party.name, name.to_owned()));
        });
        if let Some(id) = renamed {
            self.add_name(name, id);
        }
    }

    fn add_identifier(&mut self, reference: &PartyRef, identifier: &Identifier) {
        if let Some(id) = self.change(reference, |party| party.identifiers.push(identifier.clone())) {
            self.identifiers.insert(identifier.clone(), id);
        }
    }

    fn merge(&mut self, from: &PartyRef, into: &PartyRef) {
        let Some(into) = self.entry(into) else { return };
        if let Some(from) = self.change(from, |party| party.merged_into = Some(into)) {
            self.absorbed.entry(into).or_default().insert(from);
        }
    }

    fn unmerge(&mut self, from: &PartyRef) {
        let mut stood_for = None;
        let from = self.change(from, |party| stood_for = party.merged_into.take());
        if let (Some(from), Some(into)) = (from, stood_for)
            && let Some(merged) = self.absorbed.get_mut(&into)
        {
            merged.remove(&from);
            if merged.is_empty() {
                self.absorbed.remove(&into);
            }
        }
    }
}

fn plain<S: Serializer>(parties: &BTreeMap<PartyId, Arc<Party>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(parties.values().map(Arc::as_ref))
}
