//! Memberships and offices: a journal of what was said, read as what stands.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::{Event, identity::Role, membership::MembershipLevel};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::{
    ids::{PartyId, PersonId},
    occurred::Occurred,
    party_ref::PartyRef,
};
use serde::Serialize;

use super::{Face, Noted, Register};

/// A membership that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// The chamber, canonical.
    pub chamber: PartyId,
    /// The member, canonical.
    pub member: PartyId,
    /// Its level now.
    pub level: MembershipLevel,
    /// When it joined.
    pub joined: Noted,
}

/// An office (任职) that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Office {
    /// Where the office is, canonical.
    pub organisation: PartyId,
    /// The office.
    pub role: Role,
    /// The enterprise that holds it, canonical.
    pub holder: Option<PartyId>,
    /// The person who holds it.
    pub person: Option<PersonId>,
    /// When it was taken.
    pub assigned: Noted,
}

/// What an event said of a membership or an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
enum Change {
    Joined(MembershipLevel),
    Level(MembershipLevel),
    Left,
    Assigned(Role, Option<PersonId>),
    Ended(Role, Option<PersonId>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Entry {
    organisation: Face,
    other: Option<Face>,
    change: Change,
    noted: Noted,
}

/// Everything that was said of memberships and offices, in log order. What stands is worked out when asked,
/// since which faces are one party may change.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[borsh(init = index_anew)]
pub(super) struct Memberships {
    entries: Vec<Entry>,
    #[serde(skip)]
    #[borsh(skip)]
    by_face: BTreeMap<Face, Vec<usize>>,
}

impl Memberships {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::MemberJoined(e) => self.note(&e.chamber, Some(&e.member), Change::Joined(e.level), noted),
            Event::MembershipLevelChanged(e) => {
                self.note(&e.chamber, Some(&e.member), Change::Level(e.level), noted);
            }
            Event::MemberLeft(e) => self.note(&e.chamber, Some(&e.member), Change::Left, noted),
            Event::RoleAssigned(e) => {
                self.note(&e.organisation, e.holder.as_ref(), Change::Assigned(e.role, e.person), noted);
            }
            Event::RoleEnded(e) => {
                self.note(&e.organisation, e.holder.as_ref(), Change::Ended(e.role, e.person), noted);
            }
            _ => {}
        }
    }

    /// What follows from the entries, after they were taken up.
    fn index_anew(&mut self) {
        let entries = self.entries.iter().enumerate();
        entries.for_each(|(number, entry)| index(&mut self.by_face, number, entry));
    }

    fn note(&mut self, organisation: &PartyRef, other: Option<&PartyRef>, change: Change, noted: Noted) {
        let (organisation, other) = (Face::of(organisation), other.map(Face::of));
        let entry = Entry { organisation, other, change, noted };
        index(&mut self.by_face, self.entries.len(), &entry);
        self.entries.push(entry);
    }

    /// The entries that name the party under any of its faces, in log order.
    fn naming(&self, register: &Register, party: PartyId) -> Vec<&Entry> {
        let faces = register.faces(party);
        let mut indices: Vec<usize> =
            faces.iter().filter_map(|face| self.by_face.get(face)).flatten().copied().collect();
        indices.sort_unstable();
        indices.dedup();
        indices.into_iter().filter_map(|index| self.entries.get(index)).collect()
    }

    /// The memberships of which the party is one side, by chamber and member, as log order leaves them.
    pub(super) fn of(&self, register: &Register, party: PartyId) -> Vec<Membership> {
        standing(register, self.naming(register, party).into_iter())
    }

    /// The same as the dates leave them at the end of a day.
    pub(super) fn on(&self, register: &Register, party: PartyId, day: Occurred) -> Vec<Membership> {
        standing(register, by_then(&self.naming(register, party), day).into_iter())
    }

    /// The chambers that the party belonged to on a day, as far as the log speaks against none of it: those that it
    /// stood in by what was said up to then, and those whose membership the log first tells of later. A directory says
    /// who is a member, not since when; an office in a chamber says nothing against membership. Everything that was said
    /// of the member is read: callers that ask of many days keep the answers.
    pub(super) fn chambers_about(
        &self,
        register: &Register,
        member: PartyId,
        day: Occurred,
    ) -> BTreeSet<PartyId> {
        let told = self.naming(register, member);
        let told_by_then = by_then(&told, day);
        let is_of_membership = |entry: &&&Entry| {
            let other = entry.other.as_ref().and_then(|face| register.resolve_face(face));
            other == Some(member)
                && matches!(entry.change, Change::Joined(_) | Change::Level(_) | Change::Left)
        };
        let spoken_of = told_by_then.iter().filter(is_of_membership);
        let spoken_of: BTreeSet<PartyId> =
            spoken_of.filter_map(|entry| register.resolve_face(&entry.organisation)).collect();
        let ours = |of: Vec<Membership>| of.into_iter().filter(|it| it.member == member).map(|it| it.chamber);
        let mut chambers: BTreeSet<PartyId> = ours(standing(register, told_by_then.into_iter())).collect();
        let joined = told.iter().copied().filter(|entry| matches!(entry.change, Change::Joined(_)));
        chambers.extend(ours(standing(register, joined)).filter(|chamber| !spoken_of.contains(chamber)));
        chambers
    }

    /// The offices in or held by the party.
    pub(super) fn offices(&self, register: &Register, party: PartyId) -> Vec<Office> {
        let mut standing = BTreeMap::new();
        for entry in self.naming(register, party) {
            let Some(organisation) = register.resolve_face(&entry.organisation) else {
                continue;
            };
            let reading = entry.other.as_ref().map(|face| register.reading(face));
            let holder = entry.other.as_ref().and_then(|face| register.resolve_face(face));
            match entry.change {
                Change::Assigned(role, person) => {
                    let office = Office { organisation, role, holder, person, assigned: entry.noted };
                    standing.insert((organisation, role, reading, person), office);
                }
                Change::Ended(role, person) => {
                    standing.remove(&(organisation, role, reading, person));
                }
                Change::Joined(_) | Change::Level(_) | Change::Left => {}
            }
        }
        standing.into_values().collect()
    }
}

fn index(by_face: &mut BTreeMap<Face, Vec<usize>>, number: usize, entry: &Entry) {
    for face in std::iter::once(&entry.organisation).chain(&entry.other) {
        by_face.entry(face.clone()).or_default().push(number);
    }
}

/// The entries up to the end of a day, by their dates.
fn by_then<'a>(entries: &[&'a Entry], day: Occurred) -> Vec<&'a Entry> {
    let number = day.day_number();
    let mut told: Vec<&Entry> =
        entries.iter().copied().filter(|entry| entry.noted.occurred.day_number() <= number).collect();
    told.sort_by_key(|entry| (entry.noted.occurred, entry.noted.position));
    told
}

/// What entries leave standing, told in that order.
fn standing<'a>(register: &Register, entries: impl Iterator<Item = &'a Entry>) -> Vec<Membership> {
    let mut standing = BTreeMap::new();
    for entry in entries {
        let ends = (
            register.resolve_face(&entry.organisation),
            entry.other.as_ref().map(|o| register.resolve_face(o)),
        );
        let (Some(chamber), Some(Some(member))) = ends else {
            continue;
        };
        match entry.change {
            Change::Joined(level) => {
                standing
                    .insert((chamber, member), Membership { chamber, member, level, joined: entry.noted });
            }
            Change::Level(level) => {
                if let Some(membership) = standing.get_mut(&(chamber, member)) {
                    membership.level = level;
                }
            }
            Change::Left => drop(standing.remove(&(chamber, member))),
            Change::Assigned(..) | Change::Ended(..) => {}
        }
    }
    standing.into_values().collect()
}
