//! Rules and views fold the same log, each into what it needs: they must never tell two stories.

use jinqiao_events::log::{Effective, Horizon, Log};
use jinqiao_events::value::{ids::PartyId, name, party_ref::PartyRef};
use jinqiao_projections::ledger::{Introduction, State};
use jinqiao_projections::views::Views;
use proptest::prelude::*;

use super::*;

/// Three enterprises and two chambers.
const PARTIES: [&str; 5] = ["a", "b", "c", "y", "z"];
/// Names that several may come to carry.
const NAMES: [&str; 3] = ["青屿甲", "青屿乙有限公司", "青屿丙"];

/// Something that may be said; much of it stands against other parts.
#[derive(Debug, Clone)]
pub(super) enum Saying {
    /// Two parties and a kind of event between them.
    Between(usize, usize, usize),
    /// A party is registered again: its registration may have been voided.
    Anew(usize),
    /// A party and a name.
    Naming(usize, usize, usize),
    /// A step of an introduction: which one, counted backwards, and which side.
    Step(usize, usize, usize),
    /// The void of an event, counted backwards.
    Void(usize),
    /// The correction of an event, counted backwards, into one between other two.
    Correct(usize, usize, usize),
}

pub(super) fn saying() -> impl Strategy<Value = Saying> {
    let party = 0..PARTIES.len();
    prop_oneof![
        6 => (0..7_usize, party.clone(), party.clone()).prop_map(|(kind, a, b)| Saying::Between(kind, a, b)),
        1 => party.clone().prop_map(Saying::Anew),
        2 => (0..4_usize, party.clone(), 0..NAMES.len()).prop_map(|(kind, a, n)| Saying::Naming(kind, a, n)),
        3 => (0..5_usize, 0..3_usize, party.clone()).prop_map(|(kind, back, side)| Saying::Step(kind, back, side)),
        1 => (0..12_usize).prop_map(Saying::Void),
        1 => (0..12_usize, party.clone(), party).prop_map(|(back, a, b)| Saying::Correct(back, a, b)),
    ]
}

/// A story being told to a desk.
pub(super) struct Telling {
    pub(super) office: Office,
    /// What was recorded, in order: its kind and receipt.
    told: Vec<(String, Receipt)>,
}

impl Telling {
    pub(super) fn new(office: Office) -> Self {
        let mut telling = Self { office, told: Vec::new() };
        PARTIES.into_iter().for_each(|code| telling.say(&registered(code)));
        telling
    }

    fn say(&mut self, line: &Value) {
        if let Ok(receipts) = self.office.say(std::slice::from_ref(line)) {
            self.told.push((line["kind"].as_str().unwrap().to_owned(), receipts[0]));
        }
    }

    pub(super) fn tell(&mut self, saying: &Saying) {
        match *saying {
            Saying::Anew(party) => self.say(&registered(PARTIES[party])),
            Saying::Between(kind, a, b) => self.say(&between(kind, PARTIES[a], PARTIES[b])),
            Saying::Naming(kind, a, name) => self.say(&naming(kind, PARTIES[a], NAMES[name])),
            Saying::Step(kind, back, side) => {
                let mut proposed = self.told.iter().rev().filter(|(kind, _)| kind == "introduction_proposed");
                if let Some((_, receipt)) = proposed.nth(back).cloned() {
                    self.say(&step(kind, &receipt, PARTIES[side], PARTIES[(side + 1) % PARTIES.len()]));
                }
            }
            Saying::Void(back) => {
                if let Some((_, receipt)) = self.told.iter().rev().nth(back).cloned() {
                    self.say(&voided(&receipt));
                }
            }
            Saying::Correct(back, a, b) => {
                let right = |kind: &str| {
                    let kinds = (0..7).map(|number| between(number, PARTIES[a], PARTIES[b]));
                    kinds.into_iter().find(|line| line["kind"] == kind)
                };
                let target = self.told.iter().rev().nth(back).cloned();
                if let Some((receipt, right)) =
                    target.and_then(|(kind, receipt)| Some((receipt, right(&kind)?)))
                {
                    self.say(&corrected(&receipt, &right));
                }
            }
        }
    }

    /// Whether the rules would let this be recorded now.
    fn may(&self, line: Value) -> bool {
        self.office.rehearse(vec![unit(&[line])]).remove(0).is_ok()
    }
}

fn registered(code: &str) -> Value {
    let kind = if "yz".contains(code) { "chamber" } else { "enterprise" };
    line("org_registered", &json!({"name": format!("青屿{code}"), "kind": kind, "identifier": org(code)}))
}

fn between(kind: usize, one: &str, other: &str) -> Value {
    let (a, b) = (org(one), org(other));
    match kind {
        0 => line("do_not_introduce_set", &json!({"a": a, "b": b})),
        1 => line("do_not_introduce_lifted", &json!({"a": a, "b": b})),
        2 => line("org_merged", &json!({"from": a, "into": b, "reason": "同一主体"})),
        3 => line("org_unmerged", &json!({"from": a, "into": b})),
        4 => line("member_joined", &json!({"chamber": a, "member": b})),
        5 => line("member_left", &json!({"chamber": a, "member": b})),
        _ => line("introduction_proposed", &json!({"a": a, "b": b})),
    }
}

fn naming(kind: usize, party: &str, name: &str) -> Value {
    let of_party = json!({"party": org(party), "name": name});
    match kind {
        0 => line("party_linked", &of_party),
        1 => line("party_unlinked", &of_party),
        2 => line("org_renamed", &of_party),
        _ => line("org_closed", &json!({"party": org(party)})),
    }
}

fn step(kind: usize, introduction: &Receipt, side: &str, other: &str) -> Value {
    let id = introduction.id;
    match kind {
        0 | 1 => line("introduction_consented", &json!({"introduction": id, "side": org(side)})),
        2 => line("introduction_declined", &json!({"introduction": id, "side": org(side)})),
        3 => line("meeting_held", &json!({"a": org(side), "b": org(other), "introduction": id})),
        _ => line("outcome_reported", &json!({"introduction": id, "outcome": "intent"})),
    }
}

/// What readers are told, asked as the rules are.
struct Readers(crate::shelf::Snapshot);

impl Readers {
    fn party(&self, code: &str) -> Option<PartyId> {
        self.0.register.resolve(&org(code).parse().unwrap())
    }

    fn two(&self, one: &str, other: &str) -> Option<(PartyId, PartyId)> {
        Some((self.party(one)?, self.party(other)?)).filter(|(one, other)| one != other)
    }

    fn is_avoided(&self, one: &str, other: &str) -> bool {
        self.two(one, other).is_some_and(|(a, b)| self.0.ledger.avoided(&self.0.register, a, b).is_some())
    }

    fn is_member(&self, chamber: &str, member: &str) -> bool {
        self.two(chamber, member).is_some_and(|(chamber, member)| {
            self.0.register.chambers_of(member).iter().any(|membership| membership.chamber == chamber)
        })
    }

    fn is_open(&self, code: &str) -> bool {
        self.party(code).is_some_and(|party| self.0.register.is_open(party))
    }

    fn is_free(&self, written: &str) -> bool {
        let is_linked = self.0.register.links().any(|(name, _)| name == name::normalise(written));
        let reference: PartyRef = written.parse().unwrap();
        !is_linked && self.0.register.resolve(&reference).is_none()
    }

    fn may_be_introduced(&self, one: &str, other: &str) -> bool {
        let Some((a, b)) = self.two(one, other) else { return false };
        let register = &self.0.register;
        let is_between = |introduction: &&Introduction| {
            let sides = [register.resolve(&introduction.a), register.resolve(&introduction.b)];
            sides.contains(&Some(a)) && sides.contains(&Some(b))
        };
        let is_under_way = |introduction: &Introduction| {
            matches!(
                introduction.state(register),
                State::Proposed | State::HalfConsented | State::Consented | State::Met
            )
        };
        self.is_open(one)
            && self.is_open(other)
            && !self.is_avoided(one, other)
            && !self.0.ledger.introductions().filter(is_between).any(is_under_way)
    }

    /// Whether the party may take this step of the introduction: it is one of two sides, and it is time.
    fn may_step(&self, kind: &str, introduction: &Introduction, code: &str) -> bool {
        let register = &self.0.register;
        let [a, b] = [&introduction.a, &introduction.b].map(|side| register.resolve(side));
        let party = self.party(code);
        let is_side = party.is_some() && a != b && [a, b].contains(&party);
        let state = introduction.state(register);
        let is_before_meeting = matches!(state, State::Proposed | State::HalfConsented | State::Consented);
        match kind {
            "introduction_declined" => is_side && is_before_meeting,
            // A void may have taken out the consent behind a meeting.
            "introduction_consented" => {
                is_side
                    && (is_before_meeting || matches!(state, State::Met | State::Concluded))
                    && introduction.declined.is_none()
                    && introduction.expired.is_none()
                    && party.is_some_and(|party| !introduction.has_consented(register, party))
                    && a.zip(b).is_some_and(|(a, b)| self.0.ledger.avoided(register, a, b).is_none())
            }
            other => panic!("{other} is no step of a side"),
        }
    }
}

pub(super) fn agree(telling: &Telling) -> Result<(), TestCaseError> {
    let readers = Readers(telling.office.desk.shelf().views());
    for one in PARTIES {
        prop_assert_eq!(telling.may(naming(3, one, "")), readers.is_open(one), "{} is open", one);
        // Two that were merged are one party: nothing stands between a party and itself.
        let is_one = |other: &str| readers.party(one).is_some() && readers.party(one) == readers.party(other);
        for other in PARTIES.into_iter().filter(|other| !is_one(other)) {
            let may = |kind| telling.may(between(kind, one, other));
            prop_assert_eq!(may(1), readers.is_avoided(one, other), "{} avoids {}", one, other);
            prop_assert_eq!(may(5), readers.is_member(one, other), "{} has the member {}", one, other);
            prop_assert_eq!(may(6), readers.may_be_introduced(one, other), "{} may meet {}", one, other);
        }
        for introduction in readers.0.ledger.introductions() {
            for kind in ["introduction_consented", "introduction_declined"] {
                let body = json!({"introduction": introduction.id, "side": org(one)});
                let may = readers.may_step(kind, introduction, one);
                prop_assert_eq!(telling.may(line(kind, &body)), may, "{} by {}", kind, one);
            }
        }
    }
    for name in NAMES {
        // Linked to whichever party is there.
        let somebody = PARTIES.into_iter().find(|code| readers.party(code).is_some());
        let may = somebody.is_some_and(|party| telling.may(naming(0, party, name)));
        prop_assert_eq!(may, somebody.is_some() && readers.is_free(name), "{} is free", name);
    }
    Ok(())
}

/// The views of the log, folded from its first event.
pub(super) fn folded(log: &dyn Log) -> Views {
    let mut views = Views::default();
    let effective = Effective::gather(log, Horizon::default()).unwrap();
    effective.fold(log, &mut |recorded| views.apply(&recorded)).unwrap();
    views
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
    ))]

    #[test]
    fn rules_and_views_agree_after_any_story(story in prop::collection::vec(saying(), 0..40)) {
        let mut telling = Telling::new(Office::new());
        story.iter().for_each(|saying| telling.tell(saying));
        agree(&telling)?;
        let published = telling.office.desk.shelf().views();
        prop_assert_eq!(published.digests(), folded(telling.office.desk.store().log.as_ref()).digests());
    }
}

#[test]
fn what_was_said_of_a_party_rests_while_its_registration_is_void_and_counts_again_after() {
    let mut telling = Telling::new(Office::new());
    let chamber_joined = Saying::Between(4, 3, 0);
    let story = [Saying::Between(6, 0, 1), chamber_joined, Saying::Void(6), Saying::Anew(0)];
    for saying in story {
        telling.tell(&saying);
        agree(&telling).unwrap();
    }
    let readers = Readers(telling.office.desk.shelf().views());
    assert!(readers.is_member("y", "a"));
    assert!(readers.may_step("introduction_declined", readers.0.ledger.introductions().next().unwrap(), "a"));
}
