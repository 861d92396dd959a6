//! The register as readers see it: who exists, under which names, and which entries are one.
//!
//! What is said of a party is kept under the [`Face`] it was said of. Merges and links are read at the time of
//! asking, so that taking one back loses nothing: the register is then exactly what it was before.

use std::borrow::Borrow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jinqiao_events::kinds::{Event, identity::OrgKind};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::{
    identifier::Identifier, ids::PartyId, name, occurred::Occurred, party_ref::PartyRef,
};
use serde::{Serialize, Serializer};

pub mod affiliation;
pub mod face;
pub mod membership;
pub mod party;
mod pinyin;
pub mod search;

pub use affiliation::{Affiliate, head_office_named};
pub use face::Face;
pub use membership::{Membership, Office};
pub use party::{Noted, Party};
pub use search::{Hit, How};

use membership::Memberships;
use search::Index;

/// Parties, names, identifiers, merges, links, memberships.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[borsh(init = index_anew)]
pub struct Register {
    #[serde(serialize_with = "plain")]
    parties: BTreeMap<PartyId, Arc<Party>>,
    identifiers: BTreeMap<Identifier, PartyId>,
    /// Normalised full name -> the entries that carry or carried it.
    names: BTreeMap<String, Vec<PartyId>>,
    /// Normalised name -> the entry that an officer confirmed.
    links: BTreeMap<String, PartyId>,
    /// Entry -> the names linked to it. Follows from `links`.
    #[serde(skip)]
    #[borsh(skip)]
    linked: BTreeMap<PartyId, BTreeSet<String>>,
    /// Entry -> the entries that were merged into it. Follows from `parties`.
    #[serde(skip)]
    #[borsh(skip)]
    absorbed: BTreeMap<PartyId, BTreeSet<PartyId>>,
    /// Normalised name -> how it was seen on events.
    mentions: BTreeMap<String, Mention>,
    /// Face -> what was noted of it outside its registration.
    notes: BTreeMap<Face, Notes>,
    memberships: Memberships,
    /// Follows from `parties`. Shared by clones until a name changes.
    #[serde(skip)]
    index: Arc<Index>,
}

/// A name as events carry it, without a party's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Notes {
    founded: Option<Noted>,
    legally_registered: Option<Noted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    belongs: Vec<affiliation::Belongs>,
    products: BTreeSet<String>,
}

impl Register {
    /// Takes in an event.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub fn apply(&mut self, recorded: &Recorded) {
        self.mention(recorded);
        self.memberships.apply(recorded);
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::OrgRegistered(event) => self.enter(Party::new(event, noted)),
            Event::OrgRenamed(event) => self.rename(&event.party, &event.name),
            Event::IdentifierAdded(event) => self.add_identifier(&event.party, &event.identifier),
            Event::OrgClosed(event) => drop(self.change(&event.party, |party| party.closed = Some(noted))),
            Event::ChamberDissolved(event) => {
                self.change(&event.chamber, |party| party.closed = Some(noted));
            }
            Event::OrgMerged(event) => self.merge(&event.from, &event.into),
            Event::OrgUnmerged(event) => self.unmerge(&event.from, &event.into),
            Event::PartyLinked(event) => {
                if let Some(id) = self.entry(&event.party) {
                    self.link(name::normalise(&event.name), id);
                }
            }
            Event::PartyUnlinked(event) => self.unlink(&name::normalise(&event.name)),
            Event::ChamberFounded(event) => self.note(&event.chamber).founded = Some(noted),
            Event::ChamberLegallyRegistered(event) => {
                self.note(&event.chamber).legally_registered = Some(noted);
            }
            Event::OrgAffiliated(event) => {
                self.note(&event.party).belongs.push(affiliation::Belongs::new(event, noted));
            }
            Event::CapabilityAssessed(event) => {
                self.note(&event.party).products.extend(event.products.iter().cloned());
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
        while let Some(into) = self.parties.get(&at).and_then(|party| party.merged_into) {
            at = into;
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
        self.parties.values().map(Arc::as_ref).filter(|party| party.merged_into.is_none())
    }

    /// Whether the party is registered and neither it nor the entry that stands for it is closed.
    #[must_use]
    pub fn is_open(&self, id: PartyId) -> bool {
        self.party(self.canonical(id)).is_some_and(|party| party.closed.is_none())
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
        let full_names = entries.iter().flat_map(|entry| entry.full_names()).map(name::normalise);
        let linked = entries.iter().filter_map(|entry| self.linked.get(&entry.id)).flatten().cloned();
        let names: BTreeSet<String> = full_names.chain(linked).collect();
        let canonical = Some(self.canonical(id));
        let meant = names.into_iter().map(Face::Name).filter(|face| self.resolve_face(face) == canonical);
        entries.iter().map(|entry| Face::Party(entry.id)).chain(meant).collect()
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

    /// The memberships of parties in the chamber at the end of a day, by member: by the dates of what was said.
    #[must_use]
    pub fn members_on(&self, chamber: PartyId, day: Occurred) -> Vec<Membership> {
        let chamber = self.canonical(chamber);
        let all = self.memberships.on(self, chamber, day).into_iter();
        all.filter(|membership| membership.chamber == chamber).collect()
    }

    /// The chambers that a party belonged to on a day: it had joined and not left by then, or the log first tells of the
    /// membership later (a directory does not say since when). Each call reads all that was said of memberships and
    /// offices of the party, and sorts what was said by then.
    #[must_use]
    pub fn chambers_about(&self, member: PartyId, day: Occurred) -> BTreeSet<PartyId> {
        self.memberships.chambers_about(self, self.canonical(member), day)
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
        self.notes_of(party).filter_map(|notes| notes.legally_registered).min()
    }

    /// Products and services of the party, as registered and as assessed; sorted, once each.
    #[must_use]
    pub fn products(&self, party: PartyId) -> BTreeSet<&str> {
        let registered = self.entries(party).into_iter().flat_map(|entry| &entry.products);
        registered.chain(self.notes_of(party).flat_map(|notes| &notes.products)).map(String::as_str).collect()
    }

    /// Confirmed links: normalised name and the party that it means, canonical.
    pub fn links(&self) -> impl Iterator<Item = (&str, PartyId)> {
        self.links.iter().map(|(name, id)| (name.as_str(), self.canonical(*id)))
    }

    /// The names on events that mean no party yet, by normalised name. What they may mean says
    /// [`Register::proposals_for`].
    pub fn unlinked(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|(name, _)| self.named(name).is_none()).map(|(_, mention)| mention)
    }

    /// Parties by whatever is typed: credit code or other identifier, id, name, 简称, former name, pinyin in
    /// full, in initials or mixed. Best fits first, then by name, then by id.
    #[must_use]
    pub fn search(&self, query: &str, kind: Option<OrgKind>, limit: usize) -> Vec<Hit> {
        let mut fits = self.index.fits(&name::normalise(query));
        if let Some(id) = self.identified(query) {
            self.index.mark(&mut fits, id);
        }
        for from in self.absorbed.values().flatten() {
            self.index.merge(&mut fits, *from, self.canonical(*from));
        }
        let is_wanted = |id| kind.is_none_or(|kind| self.party(id).is_some_and(|party| party.kind == kind));
        self.index.best(&fits, limit, is_wanted)
    }

    /// The parties that a name may mean, for a person to choose from, by id. Proposes, never decides.
    #[must_use]
    pub fn proposals_for(&self, name: &str) -> Vec<PartyId> {
        let carriers = self.names.get(&name::normalise(name)).into_iter().flatten().copied();
        let may_mean = |id: &PartyId| {
            let mut full_names = self.party(*id).into_iter().flat_map(Party::full_names);
            self.index.is_short_name(name, *id) || full_names.any(|full| name::may_be_short_of(name, full))
        };
        let candidates = self.index.candidates(name).into_iter().filter(may_mean);
        let parties: BTreeSet<PartyId> = candidates.chain(carriers).map(|id| self.canonical(id)).collect();
        parties.into_iter().collect()
    }

    /// What a face reads as: the canonical party's, or the name itself while it means none.
    #[must_use]
    pub fn reading(&self, face: &Face) -> Face {
        self.resolve_face(face).map_or_else(|| face.clone(), Face::Party)
    }

    /// The party that a text names by its id, an identifier, or a bare credit code.
    fn identified(&self, text: &str) -> Option<PartyId> {
        let text = text.trim();
        let identifier = || text.parse().or_else(|_| format!("uscc:{}", text.to_uppercase()).parse()).ok();
        let id = text.parse().ok().or_else(|| self.identifiers.get(&identifier()?).copied())?;
        self.party(id).map(|party| party.id)
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
        let one = first.filter(|one| carriers.iter().all(|id| self.canonical(*id) == self.canonical(*one)));
        one.or_else(|| self.links.get(normalised).copied())
    }

    fn notes_of(&self, party: PartyId) -> impl Iterator<Item = &Notes> {
        self.faces(party).into_iter().filter_map(|face| self.notes.get(&face))
    }

    fn note(&mut self, reference: &PartyRef) -> &mut Notes {
        self.notes.entry(Face::of(reference)).or_default()
    }

    fn mention(&mut self, recorded: &Recorded) {
        let position = recorded.position;
        recorded.event.each_party(&mut |party| {
            let Some(written) = party.name() else { return };
            let first = || Mention { name: written.to_string(), times: 0, first: position, last: 0 };
            let mention = self.mentions.entry(written.normalised()).or_insert_with(first);
            mention.times += 1;
            mention.last = position;
        });
    }

    /// The decisions refuse a second registration under one identifier; the first one counts.
    fn enter(&mut self, party: Party) {
        if party.identifiers.iter().any(|identifier| self.identifiers.contains_key(identifier)) {
            return;
        }
        self.add_name(&party.name, party.id);
        Arc::make_mut(&mut self.index).enter(party.id, &party.name, &party.short_names);
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
        let mut old = String::new();
        let renamed = self.change(reference, |party| {
            old = std::mem::replace(&mut party.name, name.to_owned());
            party.former_names.push(old.clone());
        });
        if let Some(id) = renamed {
            Arc::make_mut(&mut self.index).rename(id, &old, name);
            self.add_name(name, id);
        }
    }

    /// The decisions refuse an identifier that is taken; where a history says so all the same, the first counts.
    fn add_identifier(&mut self, reference: &PartyRef, identifier: &Identifier) {
        if self.identifiers.contains_key(identifier) {
            return;
        }
        if let Some(id) = self.change(reference, |party| party.identifiers.push(identifier.clone())) {
            self.identifiers.insert(identifier.clone(), id);
        }
    }

    /// What follows from parties and links, after they were taken up.
    fn index_anew(&mut self) {
        for (name, id) in &self.links {
            self.linked.entry(*id).or_default().insert(name.clone());
        }
        for party in self.parties.values() {
            if let Some(into) = party.merged_into {
                self.absorbed.entry(into).or_default().insert(party.id);
            }
        }
    }

    fn link(&mut self, name: String, id: PartyId) {
        self.unlink(&name);
        self.linked.entry(id).or_default().insert(name.clone());
        self.links.insert(name, id);
    }

    fn unlink(&mut self, name: &str) {
        if let Some(id) = self.links.remove(name) {
            remove_from(&mut self.linked, id, name);
        }
    }

    /// The decisions refuse a merge in a circle and of an entry that is merged already; without those, chains
    /// of merges end.
    fn merge(&mut self, from: &PartyRef, into: &PartyRef) {
        let (Some(from), Some(into)) = (self.entry(from), self.entry(into)) else {
            return;
        };
        let Some(party) = self.parties.get(&from) else {
            return;
        };
        if party.merged_into.is_some() || self.canonical(into) == from {
            return;
        }
        self.change(&from.into(), |party| party.merged_into = Some(into));
        self.absorbed.entry(into).or_default().insert(from);
    }

    fn unmerge(&mut self, from: &PartyRef, into: &PartyRef) {
        let (Some(from), Some(into)) = (self.entry(from), self.entry(into)) else {
            return;
        };
        if self.party(from).is_some_and(|party| party.merged_into == Some(into)) {
            self.change(&from.into(), |party| party.merged_into = None);
            remove_from(&mut self.absorbed, into, &from);
        }
    }
}

fn plain<S: Serializer>(parties: &BTreeMap<PartyId, Arc<Party>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(parties.values().map(Arc::as_ref))
}

/// Takes one thing out of a party's set, and the set out of the map when it was the last.
fn remove_from<T: Ord + Borrow<Q>, Q: Ord + ?Sized>(
    sets: &mut BTreeMap<PartyId, BTreeSet<T>>,
    of: PartyId,
    thing: &Q,
) {
    if let Entry::Occupied(mut set) = sets.entry(of) {
        set.get_mut().remove(thing);
        if set.get().is_empty() {
            set.remove();
        }
    }
}

#[cfg(test)]
mod tests;
