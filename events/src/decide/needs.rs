//! Visits and needs (走访、诉求): a key stands for one visit or need, and a need is resolved once.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Registry, Rule};
use crate::kinds::visit::MemberVisited;
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;

/// The visits made and the needs declared.
#[derive(Debug, Default)]
pub struct Needs {
    /// Whether each declared need was resolved.
    needs: Layered<RecordKey, bool>,
    visits: Layered<RecordKey, ()>,
}

impl Rule for Needs {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, registry: &Registry) -> Result<(), Refusal> {
        match &draft.event {
            Event::NeedDeclared(event) => self.may_declare(&event.need),
            Event::NeedResolved(event) => self.may_resolve(&event.need),
            Event::MemberVisited(event) => self.may_visit(event, registry),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Registry) {
        match &recorded.event {
            Event::NeedDeclared(event) => self.needs.insert(event.need.clone(), false),
            Event::NeedResolved(event) => self.needs.insert(event.need.clone(), true),
            Event::MemberVisited(event) => self.visits.insert(event.visit.clone(), ()),
            _ => {}
        }
    }

    layers!(needs, visits);
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

    fn may_resolve(&self, need: &RecordKey) -> Result<(), Refusal> {
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

    fn may_visit(&self, event: &MemberVisited, registry: &Registry) -> Result<(), Refusal> {
        registry.required_chamber("chamber", &event.chamber)?;
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
