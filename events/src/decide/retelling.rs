//! History told anew with a correction in place: what the rules say to the right body where it stands, and to
//! everything that was recorded after it.
//!
//! A correction can take an identifier or a key that was given to another later, or take away what a later
//! event rests on. So the whole history is told twice, as it counts now and as it would count, and a correction
//! that makes a later event unlawful is refused. What was unlawful already (a void has taken out what it rested
//! on) is no fault of the correction.

use std::collections::BTreeSet;

use super::corrections::{nested, right_event};
use super::{Draft, Refusal, Rules};
use crate::kinds::Event;
use crate::kinds::correction::EventCorrected;
use crate::log::{Position, Recorded};
use crate::value::ids::EventId;

/// A history being told event by event, in log order.
#[derive(Debug)]
pub struct Retelling {
    rules: Rules,
    target: EventId,
    correction: Option<EventCorrected>,
    reached: bool,
    right: Option<Result<Event, Refusal>>,
    refused: Vec<(EventId, Position, Refusal)>,
}

impl Retelling {
    /// History as it counts now, looked at from that event on.
    #[must_use]
    pub fn as_it_counts(target: EventId) -> Self {
        Self {
            rules: Rules::default(),
            target,
            correction: None,
            reached: false,
            right: None,
            refused: Vec::new(),
        }
    }

    /// History with that correction in place.
    #[must_use]
    pub fn with(correction: &EventCorrected) -> Self {
        Self { correction: Some(correction.clone()), ..Self::as_it_counts(correction.event) }
    }

    /// Takes in the next event, as it counts now.
    pub fn tell(&mut self, recorded: &Recorded) {
        if recorded.id == self.target {
            self.reached = true;
            return self.tell_target(recorded);
        }
        if self.reached
            && let Err(refusal) = self.ask(recorded)
        {
            self.refused.push((recorded.id, recorded.position, refusal));
        }
        self.rules.evolve(recorded);
    }

    fn tell_target(&mut self, recorded: &Recorded) {
        let Some(correction) = &self.correction else {
            return self.rules.evolve(recorded);
        };
        let right = right_event(recorded.event.kind(), correction);
        let occurred = correction.occurred.unwrap_or(recorded.occurred);
        let right = right.and_then(|event| {
            let decided = self.ask(&Recorded { event, occurred, ..recorded.clone() });
            decided.map_err(|refusal| Refusal { pointer: nested(&refusal.pointer), ..refusal })
        });
        let right = right.map(|draft| draft.event);
        if let Ok(event) = &right {
            self.rules.evolve(&Recorded { event: event.clone(), occurred, ..recorded.clone() });
        }
        self.right = Some(right);
    }

    /// What the rules say to an event here, without taking it in.
    fn ask(&mut self, recorded: &Recorded) -> Result<Draft, Refusal> {
        let draft = Draft {
            id: recorded.id,
            event: recorded.event.clone(),
            occurred: recorded.occurred,
            key: None,
            source: None,
            programmes: Vec::new(),
            recorded_by: recorded.recorded_by.clone(),
            organisation: None,
        };
        self.rules.mark();
        let answer = self.rules.decide(draft, recorded.recorded_at);
        self.rules.undo();
        answer
    }

    /// Whether any event after the target would be refused.
    #[must_use]
    pub const fn has_refused(&self) -> bool {
        !self.refused.is_empty()
    }

    /// The right body with its parties resolved and what the rules fill in; `None` when its target was never told.
    ///
    /// # Errors
    /// The refusal of the body where it stands, or of the first later event that `now` has no fault with.
    pub fn verdict(self, now: &Self) -> Result<Option<Event>, Refusal> {
        let right = self.right.transpose()?;
        let unlawful: BTreeSet<EventId> = now.refused.iter().map(|(id, ..)| *id).collect();
        match self.refused.into_iter().find(|(id, ..)| !unlawful.contains(id)) {
            None => Ok(right),
            Some((_, position, refusal)) => Err(contradicts(position, &refusal)),
        }
    }
}

fn contradicts(position: Position, later: &Refusal) -> Refusal {
    Refusal::conflict(
        "correction_contradicts",
        "/body/body",
        format!("照此更正，其后的第 {position} 号事件就不成立：{}；请先更正或作废那个事件", later.zh),
        format!(
            "with this correction event {position} would not hold: {}; correct or void that first",
            later.en
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, draft, enterprise, event, id, joined, org, recorded};
    use super::*;

    /// The verdict on a correction of the n-th event of a story.
    fn corrected(story: &[Event], n: u128, body: &str) -> Result<Option<Event>, Refusal> {
        let body = format!(r#"{{"event":"{}","reason":"误记","body":{body}}}"#, id(n));
        let Event::EventCorrected(correction) = event("event_corrected", &body) else {
            panic!("a correction")
        };
        let (mut with, mut now) = (Retelling::with(&correction), Retelling::as_it_counts(correction.event));
        for (n, event) in (1..).zip(story) {
            with.tell(&recorded(&draft(id(n), event.clone())));
            now.tell(&recorded(&draft(id(n), event.clone())));
        }
        with.verdict(&now)
    }

    fn added(party: &str, code: &str) -> Event {
        event("identifier_added", &added_body(party, code))
    }

    fn added_body(party: &str, code: &str) -> String {
        format!(r#"{{"party":"{}","identifier":"{}"}}"#, org(party), org(code))
    }

    fn code(verdict: Result<Option<Event>, Refusal>) -> &'static str {
        verdict.map_or_else(|refusal| refusal.code, |_| "fits")
    }

    #[test]
    fn a_correction_takes_no_identifier_that_was_given_to_another_later() {
        let story = [enterprise("A"), added("A", "X"), enterprise("B"), added("B", "Y")];
        assert_eq!(code(corrected(&story, 2, &added_body("A", "Z"))), "fits");
        for taken in ["Y", "B"] {
            let refusal = corrected(&story, 2, &added_body("A", taken)).unwrap_err();
            assert_eq!((refusal.code, refusal.pointer.as_str()), ("correction_contradicts", "/body/body"));
        }
        assert_eq!(code(corrected(&story, 4, &added_body("B", "X"))), "identifier_taken", "given earlier");
    }

    #[test]
    fn a_correction_takes_no_key_that_stands_for_another_later() {
        let held = |key: &str| format!(r#"{{"activity":"{key}","title":"沙龙","type":"salon"}}"#);
        let story = ["一", "二"].map(|key| event("activity_held", &held(key)));
        assert_eq!(code(corrected(&story, 1, &held("三"))), "fits");
        assert_eq!(code(corrected(&story, 1, &held("二"))), "correction_contradicts");
    }

    #[test]
    fn a_correction_takes_nothing_away_that_a_later_event_rests_on() {
        let left = event("member_left", &format!(r#"{{"chamber":"{}","member":"{}"}}"#, org("C"), org("A")));
        let story = [chamber("C"), enterprise("A"), enterprise("B"), joined("C", "A"), left];
        let member = |code: &str| {
            format!(r#"{{"chamber":"{}","member":"{}","level":"council"}}"#, org("C"), org(code))
        };
        assert_eq!(code(corrected(&story, 4, &member("A"))), "fits");
        let refusal = corrected(&story, 4, &member("B")).unwrap_err();
        assert_eq!(refusal.code, "correction_contradicts");
        assert!(refusal.zh.contains("不是商会会员"), "{}", refusal.zh);
    }

    #[test]
    fn what_did_not_hold_before_stands_in_no_correction_s_way() {
        // The membership that the leaving rests on was voided: it is not told.
        let left = event("member_left", &format!(r#"{{"chamber":"{}","member":"{}"}}"#, org("C"), org("A")));
        let story = [chamber("C"), enterprise("A"), left];
        let renamed = format!(r#"{{"name":"商会丙","kind":"chamber","identifier":"{}"}}"#, org("C"));
        assert_eq!(code(corrected(&story, 1, &renamed)), "fits");
    }

    #[test]
    fn the_right_body_is_judged_where_it_stands() {
        let story = [chamber("C"), joined("C", "A"), enterprise("A"), enterprise("B")];
        let member = |code: &str| {
            format!(r#"{{"chamber":"{}","member":"{}","level":"council"}}"#, org("C"), org(code))
        };
        let refusal = corrected(&story, 2, &member("B")).unwrap_err();
        assert_eq!((refusal.code, refusal.pointer.as_str()), ("party_unknown", "/body/body/member"));
    }
}
