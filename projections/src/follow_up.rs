//! Follow-up gaps (后续跟进缺失): who met, and then nothing for thirty days.

use std::collections::BTreeMap;

use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use crate::facts::{Ends, OccasionIndex};
use crate::ties::TieClass;
use crate::views::Views;

/// After so many days without a sign of life a meeting was not followed up.
pub const GAP_DAYS: i32 = 30;

/// A meeting, and what came after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUp {
    /// One side.
    pub a: PartyId,
    /// The other.
    pub b: PartyId,
    /// The meeting.
    pub met: Position,
    /// Its day, days since 1970-01-01.
    pub met_day: i32,
    /// The first event after it that has both, within the days.
    pub followed: Option<Position>,
    /// Days from the meeting to that event, or to the day of asking.
    pub days: i32,
    /// True when the days are over and nothing came.
    pub gap: bool,
}

/// Every meeting of two registered parties up to the end of a day, the oldest first, each with the first event
/// afterwards that has both: another meeting, a visit, a purchase, an occasion where both were, or the outcome of the
/// introduction. O(facts log facts) to gather, and for each pair its meetings times all its touches and shared occasions.
#[must_use]
pub fn meetings(views: &Views, day: Occurred) -> Vec<FollowUp> {
    let today = day.day_number();
    let contacts = Contacts::gather(views, today);
    let mut meetings = Vec::new();
    for (pair, touches) in &contacts.direct {
        let seated = contacts.seated(*pair);
        for touch in touches.iter().filter(|touch| touch.is_meeting) {
            let later = |other: &&Touch| (other.day, other.position) > (touch.day, touch.position);
            let next = touches.iter().filter(later).chain(seated.iter().filter(later));
            let next = next.min_by_key(|other| (other.day, other.position));
            let next = next.filter(|other| other.day - touch.day <= GAP_DAYS);
            let days = next.map_or(today, |next| next.day) - touch.day;
            meetings.push(FollowUp {
                a: pair.0,
                b: pair.1,
                met: touch.position,
                met_day: touch.day,
                followed: next.map(|next| next.position),
                days,
                gap: next.is_none() && days > GAP_DAYS,
            });
        }
    }
    meetings.sort_by_key(|meeting| (meeting.met_day, meeting.met));
    meetings
}

#[derive(Debug, Clone, Copy)]
struct Touch {
    day: i32,
    position: Position,
    is_meeting: bool,
}

type Pair = (PartyId, PartyId);

/// Who touched whom, directly, and who sat where.
#[derive(Debug, Default)]
struct Contacts {
    direct: BTreeMap<Pair, Vec<Touch>>,
    seats: BTreeMap<PartyId, BTreeMap<OccasionIndex, Touch>>,
}

impl Contacts {
    fn gather(views: &Views, today: i32) -> Self {
        let parties: Vec<Option<PartyId>> =
            views.facts.written().iter().map(|party| views.register.resolve(party)).collect();
        let party =
            |written: u32| usize::try_from(written).ok().and_then(|at| parties.get(at)).copied().flatten();
        let mut contacts = Self::default();
        for fact in views.facts.all().iter().filter(|fact| fact.day <= today) {
            let is_meeting = fact.tie.class == TieClass::Meeting;
            let touch = Touch { day: fact.day, position: fact.position, is_meeting };
            match fact.ends {
                Ends::Pair(a, b) if fact.tie.class.is_contact() => {
                    if let (Some(a), Some(b)) = (party(a), party(b)) {
                        contacts.direct.entry((a.min(b), a.max(b))).or_default().push(touch);
                    }
                }
                Ends::Seat(occasion, seat) => {
                    if let Some(seat) = party(seat) {
                        contacts.seats.entry(seat).or_default().insert(occasion, touch);
                    }
                }
                Ends::Pair(..) | Ends::Ended(..) => {}
            }
        }
        contacts.add_outcomes(views, today);
        contacts
    }

    /// An outcome names its introduction, not the two sides.
    fn add_outcomes(&mut self, views: &Views, today: i32) {
        for introduction in views.ledger.introductions() {
            let sides = (views.register.resolve(&introduction.a), views.register.resolve(&introduction.b));
            if let ((Some(a), Some(b)), Some((_, noted))) = (sides, introduction.outcome)
                && noted.occurred.day_number() <= today
            {
                let touch =
                    Touch { day: noted.occurred.day_number(), position: noted.position, is_meeting: false };
                self.direct.entry((a.min(b), a.max(b))).or_default().push(touch);
            }
        }
    }

    /// The occasions where both were, each by the later of the two seats.
    fn seated(&self, (a, b): Pair) -> Vec<Touch> {
        let (Some(a), Some(b)) = (self.seats.get(&a), self.seats.get(&b)) else { return Vec::new() };
        let both = a.iter().filter_map(|(occasion, one)| Some((one, b.get(occasion)?)));
        both.map(
            |(one, other)| if (one.day, one.position) >= (other.day, other.position) { *one } else { *other },
        )
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::story::{Story, party};

    fn told(after: &[(&str, &str)]) -> Story {
        let mut story = Story::default();
        for code in ["a", "b", "c"] {
            story.register(code, &format!("青岛{code}有限公司"), "enterprise");
        }
        story.tell_on("2020-05-01", "meeting_held", &json!({"a": party("a"), "b": party("b")}));
        for (day, seller) in after {
            let amount = json!({"fen": 100, "currency": "CNY", "kind": "purchase"});
            let body = json!({"buyer": party("a"), "seller": party(seller), "amount": amount});
            story.tell_on(day, "member_purchase_made", &body);
        }
        story
    }

    fn asked(story: &Story, day: &str) -> FollowUp {
        let [one] = meetings(&story.views(), day.parse().unwrap()).try_into().unwrap();
        one
    }

    #[test]
    fn a_meeting_without_a_sign_of_life_for_thirty_days_is_a_gap() {
        let story = told(&[]);
        assert_eq!((asked(&story, "2020-05-31").gap, asked(&story, "2020-05-31").days), (false, 30));
        assert!(asked(&story, "2020-06-01").gap);
        assert!(meetings(&story.views(), "2020-04-30".parse().unwrap()).is_empty());
    }

    #[test]
    fn what_came_in_time_follows_it_up_and_what_came_late_or_of_another_does_not() {
        let story = told(&[("2020-05-31", "b")]);
        let followed = asked(&story, "2020-12-31");
        assert_eq!((followed.followed, followed.days, followed.gap), (Some(5), 30, false));
        assert!(asked(&told(&[("2020-06-01", "b")]), "2020-12-31").gap, "late");
        assert!(asked(&told(&[("2020-05-10", "c")]), "2020-12-31").gap, "another");
    }

    #[test]
    fn an_occasion_where_both_were_follows_a_meeting_up() {
        let mut story = told(&[]);
        let held = json!({"activity": "沙龙", "title": "沙龙", "type": "salon", "organisers": [party("a"), party("b")]});
        let position = story.tell_on("2020-05-20", "activity_held", &held);
        assert_eq!(asked(&story, "2020-12-31").followed, Some(position));
    }
}
