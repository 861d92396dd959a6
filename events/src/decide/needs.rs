//! Visits and needs (走访、诉求): a key stands for one visit or need, and a need is resolved once.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::visit::MemberVisited;
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;

/// The visits made and the needs declared.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Needs {
    /// Whether each declared need was resolved.
    needs: Layered<RecordKey, bool>,
    visits: Layered<RecordKey, ()>,
}

impl Rule for Needs {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::NeedDeclared(event) => self.may_declare(&event.need),
            Event::NeedStatusChanged(event) => self.must_be_open(&event.need),
            Event::NeedResolved(event) => self.must_be_open(&event.need),
            Event::MemberVisited(event) => self.may_visit(event, roll),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        match &recorded.event {
            Event::NeedDeclared(event) => self.needs.insert(event.need.clone(), false),
            Event::NeedResolved(event) => self.needs.insert(event.need.clone(), true),
            Event::MemberVisited(event) => self.visits.insert(event.visit.clone(), ()),
            _ => {}
        }
    }

    layers! { needs, visits }
}

impl Needs {
    fn may_declare(&self, need: &RecordKey) -> Result<(), Refusal> {
        if self.needs.contains(need) {
            return Err(Refusal::conflict(
                "need_exists",
                "/body/need",
                format!("诉求「{need}」已经登记过；另一项诉求请用另一个编号"),
                format!("need {need} was declared before; use another key for another need"),
            ));
        }
        Ok(())
    }

    fn must_be_open(&self, need: &RecordKey) -> Result<(), Refusal> {
        match self.needs.get(need) {
            Some(false) => Ok(()),
            Some(true) => Err(Refusal::conflict(
                "need_resolved",
                "/body/need",
                format!("诉求「{need}」已经办结，无需再次登记"),
                format!("need {need} was resolved already; nothing to do"),
            )),
            None => Err(Refusal::missing(
                "need_unknown",
                "/body/need",
                format!("没有登记过诉求「{need}」；请先登记诉求，或核对编号"),
                format!("no need {need} was declared; record it first, or check its key"),
            )),
        }
    }

    fn may_visit(&self, event: &MemberVisited, roll: &Roll) -> Result<(), Refusal> {
        roll.required_chamber("chamber", &event.chamber)?;
        if self.visits.contains(&event.visit) {
            return Err(Refusal::conflict(
                "visit_exists",
                "/body/visit",
                format!("走访「{}」已经登记过；另一次走访请用另一个编号", event.visit),
                format!("visit {} was recorded before; use another key for another visit", event.visit),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, enterprise, event, given, org};
    use super::*;

    fn declared(need: &str) -> Event {
        event(
            "need_declared",
            &format!(r#"{{"need":"{need}","party":"某厂","type":"talent","text":"招工"}}"#),
        )
    }

    fn resolved(need: &str) -> Event {
        event("need_resolved", &format!(r#"{{"need":"{need}","met":true}}"#))
    }

    #[test]
    fn a_need_is_declared_once_under_its_key() {
        given([declared("N-1")]).when(declared("N-2")).then_recorded(|_| {});
        given([declared("N-1")]).when(declared("N-1")).then_refused_at("need_exists", "/body/need");
        given([declared("N-1"), resolved("N-1")]).when(declared("N-1")).then_refused("need_exists");
    }

    #[test]
    fn a_declared_need_is_resolved_once() {
        given([declared("N-1")]).when(resolved("N-1")).then_recorded(|_| {});
        let assigned = || event("need_status_changed", r#"{"need":"N-1","status":"assigned"}"#);
        given([declared("N-1"), assigned()]).when(assigned()).then_recorded(|_| {});
        given([declared("N-1"), resolved("N-1")]).when(assigned()).then_refused("need_resolved");
        given([]).when(assigned()).then_refused("need_unknown");
        given([declared("N-1")]).when(resolved("N-2")).then_refused_at("need_unknown", "/body/need");
        given([declared("N-1"), resolved("N-1")])
            .when(resolved("N-1"))
            .then_refused_at("need_resolved", "/body/need");
    }

    #[test]
    fn a_registered_chamber_visits_once_under_a_key() {
        let visit = |key: &str, chamber: &str| {
            event("member_visited", &format!(r#"{{"visit":"{key}","chamber":"{chamber}","member":"某厂"}}"#))
        };
        let story = || vec![chamber("C"), enterprise("A"), visit("V-1", &org("C"))];
        given(story()).when(visit("V-2", &org("C"))).then_recorded(|_| {});
        given(story()).when(visit("V-1", &org("C"))).then_refused_at("visit_exists", "/body/visit");
        given(story()).when(visit("V-2", &org("A"))).then_refused_at("not_a_chamber", "/body/chamber");
        given(story()).when(visit("V-2", "某商会")).then_refused_at("party_unknown", "/body/chamber");
    }
}
