//! The way of an introduction (引荐): proposed, consented by both, met, with an outcome; it ends early when a side
//! declines or time runs out. Its id is the id of the event that proposed it.
//!
//! While its sides are not two parties (merges made them one, or a registration was voided) it is moot: nobody
//! consents, declines or meets by it. It may expire meanwhile; once they are two again it goes on from where it
//! stood.

use super::avoidance::{Pair, pair, pairs_of};
use super::layered::{Layered, layers};
use super::memberships::two_sides;
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::Event;
use crate::kinds::introduction::{IntroductionProposed, MeetingHeld};
use crate::log::Recorded;
use crate::value::ids::{EventId, PartyId};
use crate::value::party_ref::PartyRef;

/// Every introduction, and which is under way between which two.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Introductions {
    introductions: Layered<EventId, Introduction>,
    /// Under way, by pair: usually one, several where a void has taken out the end of an earlier one.
    open: Layered<Pair, Vec<EventId>>,
}

#[derive(Debug, Clone, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Introduction {
    sides: Pair,
    /// The entries that agreed.
    consents: Vec<PartyId>,
    met: bool,
    /// Its outcome was reported.
    concluded: bool,
    /// Declined or expired.
    ended: bool,
}

impl Rule for Introductions {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::IntroductionProposed(event) => self.may_propose(event, roll),
            Event::IntroductionConsented(event) => self.may_consent(event.introduction, &event.side, roll),
            Event::IntroductionDeclined(event) => {
                let introduction = self.before_meeting(event.introduction)?;
                introduction.must_be_side("side", &event.side, roll).map(drop)
            }
            Event::IntroductionExpired(event) => self.before_meeting(event.introduction).map(drop),
            Event::MeetingHeld(event) => self.may_meet(event, roll),
            Event::OutcomeReported(event) => self.may_report(event.introduction),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        match &recorded.event {
            Event::IntroductionProposed(event) => {
                let (Some(a), Some(b)) = (roll.entry_of(&event.a), roll.entry_of(&event.b)) else {
                    return;
                };
                let sides = pair(a, b);
                self.introductions.insert(recorded.id, Introduction::between(sides));
                self.open.update(sides, |open| open.push(recorded.id));
            }
            Event::IntroductionConsented(event) => {
                let side = roll.entry_of(&event.side);
                self.change(event.introduction, |introduction| introduction.consents.extend(side));
            }
            Event::IntroductionDeclined(event) => self.end(event.introduction),
            Event::IntroductionExpired(event) => self.end(event.introduction),
            Event::MeetingHeld(event) => {
                event
                    .introduction
                    .into_iter()
                    .for_each(|id| self.change(id, |introduction| introduction.met = true));
            }
            Event::OutcomeReported(event) => {
                self.change(event.introduction, |introduction| introduction.concluded = true);
                self.close(event.introduction);
            }
            _ => {}
        }
    }

    layers! { introductions, open }
}

impl Introduction {
    const fn between(sides: Pair) -> Self {
        Self { sides, consents: Vec::new(), met: false, concluded: false, ended: false }
    }

    /// Whether its sides are no longer two parties.
    fn is_moot(&self, roll: &Roll) -> bool {
        let (one, other) = (roll.canonical(self.sides.0), roll.canonical(self.sides.1));
        one == other || roll.party(one).is_none() || roll.party(other).is_none()
    }

    /// The party of a reference that must mean one of the two sides, which must be two.
    fn must_be_side(&self, field: &'static str, party: &PartyRef, roll: &Roll) -> Result<PartyId, Refusal> {
        let id = roll.required(field, party)?;
        if self.is_moot(roll) {
            return Err(Refusal::conflict(
                "introduction_moot",
                "/body/introduction",
                "这次引荐的双方已不是两个已登记的主体（已合并，或登记已作废），无从同意、谢绝或见面；请先撤销合并，或重新登记",
                "the two sides of this introduction are no longer two registered parties (they were merged, or a \
                 registration was voided), so nobody consents, declines or meets; undo the merge or register anew",
            ));
        }
        if [self.sides.0, self.sides.1].iter().any(|side| roll.canonical(*side) == roll.canonical(id)) {
            return Ok(id);
        }
        Err(Refusal::invalid(
            "not_a_side",
            &format!("/body/{field}"),
            "该主体不是这次引荐的任何一方；请核对引荐编号与主体",
            "the party is no side of this introduction; check the introduction's id and the party",
        ))
    }

    /// Whether the party agreed, under whichever of its entries.
    fn has_consented(&self, party: PartyId, roll: &Roll) -> bool {
        let party = roll.canonical(party);
        self.consents.iter().any(|consent| roll.canonical(*consent) == party)
    }
}

impl Introductions {
    fn change(&mut self, id: EventId, change: impl FnOnce(&mut Introduction)) {
        if let Some(mut introduction) = self.introductions.get(&id).cloned() {
            change(&mut introduction);
            self.introductions.insert(id, introduction);
        }
    }

    fn end(&mut self, id: EventId) {
        self.change(id, |introduction| introduction.ended = true);
        self.close(id);
    }

    /// Lets the two be introduced anew.
    fn close(&mut self, id: EventId) {
        if let Some(introduction) = self.introductions.get(&id) {
            self.open.update(introduction.sides, |open| open.retain(|other| *other != id));
        }
    }

    /// The introduction, unless it ended.
    fn under_way(&self, id: EventId) -> Result<&Introduction, Refusal> {
        let introduction = self.introductions.get(&id).ok_or_else(|| {
            Refusal::missing(
                "introduction_unknown",
                "/body/introduction",
                format!("没有编号为 {id} 的引荐；请核对编号，它是「提出引荐」那条记录的编号"),
                format!("no introduction {id}; its id is that of the event that proposed it"),
            )
        })?;
        if introduction.ended {
            return Err(Refusal::conflict(
                "introduction_ended",
                "/body/introduction",
                "这次引荐已谢绝或过期；如双方仍愿见面，请重新提出引荐",
                "the introduction was declined or expired; propose a new one if both still want to meet",
            ));
        }
        Ok(introduction)
    }

    fn before_meeting(&self, id: EventId) -> Result<&Introduction, Refusal> {
        let introduction = self.under_way(id)?;
        if introduction.met || introduction.concluded {
            return Err(Refusal::conflict(
                "already_met",
                "/body/introduction",
                "双方已经见面，不能再谢绝或过期；请登记引荐结果",
                "the two have met, so it can no longer be declined or expire; report the outcome",
            ));
        }
        Ok(introduction)
    }

    fn may_propose(&self, event: &IntroductionProposed, roll: &Roll) -> Result<(), Refusal> {
        let a = open_party("a", &event.a, roll)?;
        let b = open_party("b", &event.b, roll)?;
        two_sides("b", &event.a, &event.b, roll)?;
        if pairs_of(pair(a, b), roll)
            .iter()
            .any(|same| self.open.get(same).is_some_and(|open| !open.is_empty()))
        {
            return Err(Refusal::conflict(
                "introduction_open",
                "/body/b",
                "这两方之间已有一次引荐正在进行；请先登记它的结果，或登记谢绝、过期",
                "an introduction of these two is under way; bring it to its end first",
            ));
        }
        Ok(())
    }

    fn may_consent(&self, id: EventId, side: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        let introduction = self.under_way(id)?;
        if introduction.has_consented(introduction.must_be_side("side", side, roll)?, roll) {
            return Err(Refusal::conflict(
                "already_consented",
                "/body/side",
                "这一方已经同意过，无需重复登记",
                "this side has consented already; nothing to do",
            ));
        }
        Ok(())
    }

    fn may_meet(&self, event: &MeetingHeld, roll: &Roll) -> Result<(), Refusal> {
        two_sides("b", &event.a, &event.b, roll)?;
        let Some(id) = event.introduction else {
            return Ok(());
        };
        let introduction = self.under_way(id)?;
        introduction.must_be_side("a", &event.a, roll)?;
        introduction.must_be_side("b", &event.b, roll)?;
        let (one, other) = introduction.sides;
        if introduction.has_consented(one, roll) && introduction.has_consented(other, roll) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "consent_missing",
            "/body/introduction",
            "双方尚未都同意引荐；请先登记双方同意，再登记见面",
            "not both sides have consented; record their consent before the meeting",
        ))
    }

    fn may_report(&self, id: EventId) -> Result<(), Refusal> {
        if self.under_way(id)?.met {
            return Ok(());
        }
        Err(Refusal::conflict(
            "not_met",
            "/body/introduction",
            "双方还没有见面；请先登记见面，再登记引荐结果",
            "the two have not met yet; record the meeting before its outcome",
        ))
    }
}

fn open_party(field: &'static str, party: &PartyRef, roll: &Roll) -> Result<PartyId, Refusal> {
    let id = roll.required(field, party)?;
    if roll.is_closed(id) {
        return Err(Refusal::conflict(
            "party_closed",
            &format!("/body/{field}"),
            "该主体已注销，不能再引荐；请另选对象",
            "the party is closed and cannot be introduced; choose another",
        ));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{When, between, enterprise, event, given, id, merged, org, unmerged};
    use super::*;

    /// The proposal is the fourth event of every story.
    fn proposed_story() -> Vec<Event> {
        vec![enterprise("A"), enterprise("B"), enterprise("C"), proposed("A", "B")]
    }

    fn proposed(a: &str, b: &str) -> Event {
        between("introduction_proposed", ("a", a), ("b", b))
    }

    fn step(kind: &str, n: u128, rest: &str) -> Event {
        event(kind, &format!(r#"{{"introduction":"{}"{rest}}}"#, id(n)))
    }

    fn of_side(side: &str) -> String {
        format!(r#","side":"{}""#, org(side))
    }

    fn consented(side: &str) -> Event {
        step("introduction_consented", 4, &of_side(side))
    }

    fn declined(side: &str) -> Event {
        step("introduction_declined", 4, &of_side(side))
    }

    fn expired() -> Event {
        step("introduction_expired", 4, "")
    }

    fn met(a: &str, b: &str) -> Event {
        step("meeting_held", 4, &format!(r#","a":"{}","b":"{}""#, org(a), org(b)))
    }

    fn outcome() -> Event {
        step("outcome_reported", 4, r#","outcome":"deal""#)
    }

    fn after(steps: impl IntoIterator<Item = Event>) -> Vec<Event> {
        proposed_story().into_iter().chain(steps).collect()
    }

    fn met_story() -> Vec<Event> {
        after([consented("A"), consented("B"), met("B", "A")])
    }

    fn when_after<const N: usize>(steps: [Event; N], next: Event) -> When {
        given(after(steps)).when(next)
    }

    #[test]
    fn an_introduction_goes_from_proposal_over_both_consents_and_a_meeting_to_its_outcome() {
        given(met_story()).when(outcome()).then_recorded(|_| {});
        given([met_story(), vec![outcome()]].concat()).when(outcome()).then_recorded(|_| {});
    }

    #[test]
    fn two_different_registered_open_parties_are_introduced() {
        when_after([], proposed("A", "A")).then_refused_at("self_edge", "/body/b");
        when_after([], proposed("A", "X")).then_refused_at("party_unknown", "/body/b");
        let loose = event("introduction_proposed", &format!(r#"{{"a":"某某厂","b":"{}"}}"#, org("A")));
        when_after([], loose).then_refused_at("party_unknown", "/body/a");
        let closed = event("org_closed", &format!(r#"{{"party":"{}"}}"#, org("C")));
        when_after([closed.clone()], proposed("A", "C")).then_refused_at("party_closed", "/body/b");
        when_after([closed.clone()], proposed("C", "A")).then_refused_at("party_closed", "/body/a");
        let into_closed = [closed.clone(), enterprise("D"), merged("D", "C")];
        when_after(into_closed, proposed("A", "D")).then_refused("party_closed");
        let closed_duplicate = [closed, enterprise("D"), merged("C", "D")];
        when_after(closed_duplicate, proposed("A", "D")).then_recorded(|_| {});
    }

    #[test]
    fn one_introduction_of_a_pair_is_open_at_a_time() {
        when_after([], proposed("B", "A")).then_refused_at("introduction_open", "/body/b");
        when_after([merged("B", "C")], proposed("A", "C")).then_refused("introduction_open");
        when_after([merged("B", "C"), unmerged("B", "C")], proposed("A", "C")).then_recorded(|_| {});
        when_after([expired()], proposed("A", "B")).then_recorded(|_| {});
        when_after([declined("A")], proposed("A", "B")).then_recorded(|_| {});
        given(met_story()).when(proposed("A", "B")).then_refused("introduction_open");
        given([met_story(), vec![outcome()]].concat()).when(proposed("A", "B")).then_recorded(|_| {});
    }

    #[test]
    fn a_late_outcome_leaves_the_next_introduction_of_the_pair_open() {
        let story = [met_story(), vec![outcome(), proposed("A", "B"), outcome()]].concat();
        given(story).when(proposed("A", "B")).then_refused("introduction_open");
    }

    #[test]
    fn each_side_consents_once() {
        when_after([consented("A")], consented("B")).then_recorded(|_| {});
        when_after([consented("A")], consented("A")).then_refused_at("already_consented", "/body/side");
        when_after([], consented("C")).then_refused_at("not_a_side", "/body/side");
        when_after([consented("B"), merged("B", "C")], consented("C")).then_refused("already_consented");
    }

    #[test]
    fn a_meeting_by_introduction_needs_both_consents_and_is_of_its_sides() {
        when_after([], met("A", "B")).then_refused_at("consent_missing", "/body/introduction");
        when_after([consented("A")], met("A", "B")).then_refused("consent_missing");
        let agreed = [consented("A"), consented("B")];
        when_after(agreed.clone(), met("A", "B")).then_recorded(|_| {});
        when_after(agreed.clone(), met("A", "C")).then_refused_at("not_a_side", "/body/b");
        when_after(agreed, met("C", "A")).then_refused_at("not_a_side", "/body/a");
        given(met_story()).when(met("A", "B")).then_recorded(|_| {});
    }

    #[test]
    fn a_meeting_without_introduction_has_two_sides() {
        let met =
            |a: &str, b: &str| when_after([], event("meeting_held", &format!(r#"{{"a":"{a}","b":"{b}"}}"#)));
        met("企业A", "某某厂").then_recorded(|_| {});
        met("企业A", &org("A")).then_refused_at("self_edge", "/body/b");
    }

    #[test]
    fn an_outcome_needs_the_meeting() {
        when_after([consented("A"), consented("B")], outcome())
            .then_refused_at("not_met", "/body/introduction");
    }

    #[test]
    fn a_side_may_decline_and_time_may_run_out_until_they_met() {
        when_after([consented("A")], declined("B")).then_recorded(|_| {});
        when_after([consented("A"), consented("B")], expired()).then_recorded(|_| {});
        when_after([], declined("C")).then_refused("not_a_side");
        given(met_story()).when(declined("A")).then_refused("already_met");
        given(met_story()).when(expired()).then_refused("already_met");
    }

    #[test]
    fn nobody_answers_an_introduction_whose_sides_are_one_party_until_they_are_two_again() {
        let together = || after([consented("A"), merged("A", "B")]);
        let steps = [consented("B"), declined("A"), declined("B")];
        for next in steps.clone() {
            given(together()).when(next).then_refused_at("introduction_moot", "/body/introduction");
        }
        given(together()).when(met("A", "B")).then_refused_at("self_edge", "/body/b");
        given(together()).when(met("A", "C")).then_refused_at("introduction_moot", "/body/introduction");
        given(together()).when(expired()).then_recorded(|_| {});
        for next in steps {
            let apart = [together(), vec![unmerged("A", "B")]].concat();
            given(apart).when(next).then_recorded(|_| {});
        }
        let bought_up = [met_story(), vec![merged("A", "B")]].concat();
        given(bought_up).when(outcome()).then_recorded(|_| {});
    }

    #[test]
    fn no_step_follows_an_end() {
        for end in [declined("A"), expired()] {
            for next in [consented("B"), declined("B"), expired(), met("A", "B"), outcome()] {
                when_after([end.clone()], next).then_refused_at("introduction_ended", "/body/introduction");
            }
        }
    }

    #[test]
    fn every_step_needs_a_known_introduction() {
        let kinds = [
            ("introduction_consented", of_side("A")),
            ("introduction_declined", of_side("A")),
            ("introduction_expired", String::new()),
            ("meeting_held", format!(r#","a":"{}","b":"{}""#, org("A"), org("B"))),
            ("outcome_reported", r#","outcome":"nothing""#.to_owned()),
        ];
        for (kind, rest) in kinds {
            when_after([], step(kind, 99, &rest))
                .then_refused_at("introduction_unknown", "/body/introduction");
        }
    }
}
