//! The roll (名册): the parties as rules see them: a credit code belongs to one party, names resolve or stay unlinked,
//! merges and links are reversible and lose nothing.

use super::layered::{Layered, layers};
use super::{Draft, Refusal};
use crate::kinds::Event;
use crate::kinds::identity::OrgKind;
use crate::log::Recorded;
use crate::value::{identifier::Identifier, ids::PartyId, name, party_ref::PartyRef};

/// What the rules need to know of a party.
#[derive(Debug, Clone, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Entry {
    /// Sort of organisation.
    pub kind: OrgKind,
    /// Full name now.
    pub name: String,
    /// Whether it was closed (注销).
    pub closed: bool,
    /// The entry that it was merged into.
    pub merged_into: Option<PartyId>,
}

/// Parties, their identifiers, names, merges and confirmed links.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Roll {
    parties: Layered<PartyId, Entry>,
    identifiers: Layered<Identifier, PartyId>,
    /// Normalised full name -> the parties that carry or carried it.
    names: Layered<String, Vec<PartyId>>,
    /// Normalised name -> the party an officer confirmed.
    links: Layered<String, PartyId>,
    /// Party -> the entries that were merged into it directly.
    absorbed: Layered<PartyId, Vec<PartyId>>,
}

impl Roll {
    /// The entry of a party.
    #[must_use]
    pub fn party(&self, id: PartyId) -> Option<&Entry> {
        self.parties.get(&id)
    }

    /// The party that stands for this one after merges. Terminates: a merge that would close a circle
    /// is refused, and passed over in a replay.
    #[must_use]
    pub fn canonical(&self, id: PartyId) -> PartyId {
        let mut at = id;
        while let Some(into) = self.parties.get(&at).and_then(|entry| entry.merged_into) {
            at = into;
        }
        at
    }

    /// Every entry that is this party after merges, itself among them. Facts are kept under the entry that they
    /// were recorded for, so that taking a merge back needs no repair; a rule asks for all of them.
    #[must_use]
    pub fn entries_of(&self, id: PartyId) -> Vec<PartyId> {
        let mut entries = vec![self.canonical(id)];
        let mut next = 0;
        while let Some(entry) = entries.get(next) {
            let merged = self.absorbed.get(entry).map_or(&[][..], Vec::as_slice);
            entries.extend_from_slice(merged);
            next += 1;
        }
        entries
    }

    /// Whether the party was closed: the entry that stands for it. A closed duplicate that was merged into it is
    /// no matter.
    #[must_use]
    pub fn is_closed(&self, id: PartyId) -> bool {
        self.party(self.canonical(id)).is_some_and(|entry| entry.closed)
    }

    /// Whether two references mean one party: after merges, or by name where neither is registered.
    #[must_use]
    pub fn is_same(&self, one: &PartyRef, other: &PartyRef) -> bool {
        match (self.resolve(one), self.resolve(other)) {
            (Some(one), Some(other)) => self.canonical(one) == self.canonical(other),
            (None, None) => name::normalise(&one.to_string()) == name::normalise(&other.to_string()),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The party that a reference means, if it means one: by id, identifier, exact full name or confirmed link.
    #[must_use]
    pub fn resolve(&self, reference: &PartyRef) -> Option<PartyId> {
        match reference {
            PartyRef::Party(id) => self.parties.contains(id).then_some(*id),
            PartyRef::Identifier(identifier) => self.identifiers.get(identifier).copied(),
            PartyRef::Name(written) => self.named(&written.normalised()),
        }
    }

    /// The entry under which what a recorded event says of a party is kept: where it names one by id, that one,
    /// whether or not its registration still stands. A registration that was voided may be made again, and
    /// what was said of the party counts again then.
    pub(super) fn entry_of(&self, reference: &PartyRef) -> Option<PartyId> {
        reference.party().or_else(|| self.resolve(reference))
    }

    fn named(&self, normalised: &str) -> Option<PartyId> {
        let carriers = self.names.get(normalised).map_or(&[][..], Vec::as_slice);
        let one = carriers
            .first()
            .filter(|first| carriers.iter().all(|id| self.canonical(*id) == self.canonical(**first)));
        one.or_else(|| self.links.get(normalised)).copied()
    }

    /// Replaces every reference of the event that means a party by its id; other names stay as written.
    ///
    /// # Errors
    /// `party_unknown` for an id or identifier that is not registered.
    pub(super) fn resolve_parties(&self, event: &mut Event) -> Result<(), Refusal> {
        let mut unknown = None;
        event.each_party_mut(&mut |field, party| {
            if let Some(id) = self.resolve(party) {
                *party = PartyRef::Party(id);
            } else if !matches!(party, PartyRef::Name(_)) && unknown.is_none() {
                unknown = Some(unknown_party(field, party));
            }
        });
        unknown.map_or(Ok(()), Err)
    }

    /// Resolves every party of the draft and checks what the register knows about.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    pub(super) fn decide(&self, draft: &mut Draft) -> Result<(), Refusal> {
        self.resolve_parties(&mut draft.event)?;
        match &mut draft.event {
            Event::OrgRegistered(event) => self.may_register(&event.identifier, "/body/identifier"),
            Event::IdentifierAdded(event) => {
                self.required("party", &event.party)?;
                self.may_register(&event.identifier, "/body/identifier")
            }
            Event::OrgRenamed(event) => self.required("party", &event.party).map(drop),
            Event::OrgClosed(event) => {
                // Whichever of its entries was named, the party is closed, not a duplicate of it.
                event.party = self.may_close(&event.party)?.into();
                Ok(())
            }
            Event::OrgAffiliated(event) if self.is_same(&event.party, &event.head_office) => {
                Err(Refusal::invalid(
                    "self_edge",
                    "/body/head_office",
                    "分支与总部不能是同一主体；请核对",
                    "a branch and its head office are two parties; check both",
                ))
            }
            Event::OrgMerged(event) => self.may_merge(&event.from, &event.into).map(drop),
            Event::OrgUnmerged(event) => self.may_unmerge(&event.from, &event.into).map(drop),
            Event::PartyLinked(event) => self.may_link(&event.name, &event.party),
            Event::PartyUnlinked(event) => self.may_unlink(&event.name, &event.party),
            _ => Ok(()),
        }
    }

    fn may_register(&self, identifier: &Identifier, pointer: &str) -> Result<(), Refusal> {
        let Some(owner) = self.identifiers.get(identifier) else {
            return Ok(());
        };
        let name = self.parties.get(owner).map_or("", |entry| entry.name.as_str());
        Err(Refusal::conflict(
            "identifier_taken",
            pointer,
            format!("标识 {identifier} 已属于「{name}」；一个代码只属于一个主体，如确为同一主体请直接引用它"),
            format!("identifier {identifier} already belongs to {name:?}; refer to that party instead"),
        ))
    }

    /// The party of a reference that must be a registered party, not a loose name.
    ///
    /// # Errors
    /// `party_unknown` with the field's pointer.
    pub fn required(&self, field: &'static str, party: &PartyRef) -> Result<PartyId, Refusal> {
        self.resolve(party).ok_or_else(|| unknown_party(field, party))
    }

    /// Whether the party is a chamber under any of its entries: one that was merged into an entry of another kind
    /// keeps its members.
    fn is_chamber(&self, id: PartyId) -> bool {
        let mut entries = self.entries_of(id).into_iter();
        entries.any(|entry| self.party(entry).is_some_and(|entry| entry.kind == OrgKind::Chamber))
    }

    /// The party of a reference that must be a registered chamber.
    ///
    /// # Errors
    /// `party_unknown`, or `not_a_chamber` with the field's pointer.
    pub fn required_chamber(&self, field: &'static str, party: &PartyRef) -> Result<PartyId, Refusal> {
        let id = self.required(field, party)?;
        if self.is_chamber(id) {
            return Ok(id);
        }
        let name = self.party(self.canonical(id)).map_or("", |entry| entry.name.as_str());
        Err(Refusal::invalid(
            "not_a_chamber",
            &format!("/body/{field}"),
            format!("「{name}」登记的不是商协会；请改填商协会，或先核对该主体的类别"),
            format!("{name:?} is not registered as a chamber; name a chamber, or check its kind"),
        ))
    }

    fn may_close(&self, party: &PartyRef) -> Result<PartyId, Refusal> {
        let id = self.canonical(self.required("party", party)?);
        if self.is_closed(id) {
            return Err(Refusal::conflict(
                "party_closed",
                "/body/party",
                "该主体已注销",
                "the party is closed already",
            ));
        }
        Ok(id)
    }

    fn may_merge(&self, from: &PartyRef, into: &PartyRef) -> Result<(PartyId, PartyId), Refusal> {
        let (from, into) = (self.required("from", from)?, self.required("into", into)?);
        if self.canonical(from) == self.canonical(into) {
            return Err(Refusal::conflict(
                "already_merged",
                "/body/from",
                "两个条目已是同一主体",
                "the two entries are one party already",
            ));
        }
        if self.parties.get(&from).is_some_and(|entry| entry.merged_into.is_some()) {
            return Err(Refusal::conflict(
                "already_merged",
                "/body/from",
                "该条目已归并到别处，请先撤销原归并",
                "this entry is merged elsewhere: unmerge it first",
            ));
        }
        Ok((from, into))
    }

    fn may_unmerge(&self, from: &PartyRef, into: &PartyRef) -> Result<(PartyId, PartyId), Refusal> {
        let (from, into) = (self.required("from", from)?, self.required("into", into)?);
        if self.parties.get(&from).and_then(|entry| entry.merged_into) == Some(into) {
            return Ok((from, into));
        }
        Err(Refusal::conflict(
            "not_merged",
            "/body/from",
            "两个条目并未归并，无可撤销",
            "the two entries are not merged",
        ))
    }

    fn may_link(&self, written: &str, party: &PartyRef) -> Result<(), Refusal> {
        self.required("party", party)?;
        let normalised = name::normalise(written);
        if normalised.is_empty() {
            return Err(Refusal::invalid("name_empty", "/body/name", "名称不能为空", "the name is empty"));
        }
        if self.links.contains(normalised.as_str()) {
            return Err(Refusal::conflict(
                "name_linked",
                "/body/name",
                format!("「{written}」已挂接到一个主体，请先撤销原挂接"),
                format!("{written:?} is linked to a party already: unlink it first"),
            ));
        }
        if self.named(&normalised).is_some() {
            return Err(Refusal::conflict(
                "name_taken",
                "/body/name",
                format!("「{written}」是一个已登记主体的全称，不能挂接；如两者为同一主体，请归并"),
                format!("{written:?} is the full name of a registered party; merge the two if they are one"),
            ));
        }
        Ok(())
    }

    fn may_unlink(&self, written: &str, party: &PartyRef) -> Result<(), Refusal> {
        let id = self.required("party", party)?;
        if self.links.get(name::normalise(written).as_str()) == Some(&id) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "name_not_linked",
            "/body/name",
            format!("「{written}」并未挂接到该主体"),
            format!("{written:?} is not linked to that party"),
        ))
    }

    /// Takes in a recorded event. In a replay a void may have taken out what made a later event lawful: what no
    /// longer fits is passed over.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    pub(super) fn evolve(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::OrgRegistered(event) if self.identifiers.contains(&event.identifier) => {}
            Event::OrgRegistered(event) => {
                let id = event.identifier.party_id();
                let entry =
                    Entry { kind: event.kind, name: event.name.clone(), closed: false, merged_into: None };
                self.parties.insert(id, entry);
                self.identifiers.insert(event.identifier.clone(), id);
                self.add_name(&event.name, id);
            }
            Event::OrgRenamed(event) => {
                self.change(&event.party, |entry| entry.name.clone_from(&event.name));
                if let Some(id) = self.resolve(&event.party) {
                    self.add_name(&event.name, id);
                }
            }
            Event::IdentifierAdded(event) if self.identifiers.contains(&event.identifier) => {}
            Event::IdentifierAdded(event) => {
                if let Some(id) = self.resolve(&event.party) {
                    self.identifiers.insert(event.identifier.clone(), id);
                }
            }
            Event::OrgClosed(event) => self.change(&event.party, |entry| entry.closed = true),
            Event::ChamberDissolved(event) => self.change(&event.chamber, |entry| entry.closed = true),
            Event::OrgMerged(event) => {
                if let Ok((from, into)) = self.may_merge(&event.from, &event.into) {
                    self.change(&event.from, |entry| entry.merged_into = Some(into));
                    self.absorbed.update(into, |entries| entries.push(from));
                }
            }
            Event::OrgUnmerged(event) => {
                if let Ok((from, into)) = self.may_unmerge(&event.from, &event.into) {
                    self.change(&event.from, |entry| entry.merged_into = None);
                    self.absorbed.update(into, |entries| entries.retain(|entry| *entry != from));
                }
            }
            Event::PartyLinked(event) => {
                if let Some(id) = self.resolve(&event.party) {
                    self.links.insert(name::normalise(&event.name), id);
                }
            }
            Event::PartyUnlinked(event) => self.links.remove(name::normalise(&event.name)),
            _ => {}
        }
    }

    fn change(&mut self, party: &PartyRef, change: impl FnOnce(&mut Entry)) {
        let Some(id) = self.resolve(party) else { return };
        if let Some(mut entry) = self.parties.get(&id).cloned() {
            change(&mut entry);
            self.parties.insert(id, entry);
        }
    }

    fn add_name(&mut self, written: &str, id: PartyId) {
        self.names.update(name::normalise(written), |ids| {
            if !ids.contains(&id) {
                ids.push(id);
            }
        });
    }

    layers! { pub(super) parties, identifiers, names, links, absorbed }
}

fn unknown_party(field: &str, party: &PartyRef) -> Refusal {
    Refusal::missing(
        "party_unknown",
        &format!("/body/{field}"),
        format!("未登记的主体：{party}；请先登记该主体，或核对名称与代码"),
        format!("no such party: {party}; register it first, or check the name or code"),
    )
}

#[cfg(test)]
mod tests;
