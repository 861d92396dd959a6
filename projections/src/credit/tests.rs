//! Scripted disputes: each told through the rules, judged under every rule set that ships, and compared with what
//! a person expects; then with a second implementation in another language.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use jiff::Timestamp;
use jinqiao_events::clock::end_of_day;
use jinqiao_events::decide::{Draft, Rules};
use jinqiao_events::kinds::{Kind, RecordKey};
use jinqiao_events::log::Recorded;
use jinqiao_events::rule_set;
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::fen::Fen;
use jinqiao_events::value::party_ref::PartyRef;
use serde::Deserialize;
use serde_json::{Value, json};

use super::verdict::Verdict;
use super::{Chosen, judge};
use crate::story::event_id;
use crate::views::Views;

const BOOK: &str = include_str!("../../../tests/disputes/cases.json");
const SECOND_OPINION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/disputes/second_opinion.py");

/// Code, sort, name, district.
type Cast = (String, String, String, Option<String>);
/// Day, day of recording, kind, body.
pub(super) type Told = (String, String, String, Value);

#[derive(Debug, Deserialize)]
struct Book {
    cast: Vec<Cast>,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    why: String,
    events: Vec<Told>,
    /// Rule sets, separated by spaces -> what each finds.
    expect: BTreeMap<String, String>,
}

impl Case {
    fn expected(&self) -> BTreeMap<&str, &str> {
        let cells = self.expect.iter();
        cells.flat_map(|(rules, cell)| rules.split(' ').map(|rules| (rules, cell.as_str()))).collect()
    }
}

fn book() -> Book {
    serde_json::from_str(BOOK).unwrap()
}

/// A log that passes the rules before it is folded.
#[derive(Default)]
pub(super) struct Town {
    rules: Rules,
    pub(super) views: Views,
    count: u64,
}

impl Town {
    pub(super) fn tell(&mut self, (occurred, recorded, kind, body): &Told) {
        self.count += 1;
        let kind = Kind::from_name(kind).unwrap();
        let recorded_at: Timestamp = end_of_day(recorded.parse().unwrap());
        let draft = Draft {
            id: event_id(self.count),
            event: kind
                .decode(kind.version(), &body.to_string())
                .unwrap_or_else(|error| panic!("{body}: {error}")),
            occurred: occurred.parse().unwrap(),
            key: None,
            source: None,
            programmes: Vec::new(),
            recorded_by: None,
            organisation: None,
        };
        let draft =
            self.rules.decide(draft, recorded_at).unwrap_or_else(|refusal| panic!("{body}: {refusal}"));
        let (id, occurred, event) = (draft.id, draft.occurred, draft.event);
        self.views.apply(&Recorded {
            position: self.count,
            id,
            occurred,
            recorded_at,
            recorded_by: None,
            programmes: Vec::new(),
            event,
        });
    }

    fn with_cast(cast: &[Cast]) -> Self {
        let mut town = Self::default();
        for (code, kind, name, region) in cast {
            let mut body =
                json!({"name": name, "kind": kind, "identifier": format!("local:disputes/{code}")});
            if let Some(region) = region {
                body["region"] = json!(region);
            }
            town.tell(&("2017-01-05".into(), "2017-01-05".into(), "org_registered".into(), body));
        }
        town
    }

    pub(super) fn judge(&self, project: &str, rules: &str) -> Verdict {
        let key = RecordKey::try_from(project.to_owned()).unwrap();
        let dossier = self.views.credit.dossier(&key, i32::MAX).unwrap();
        judge(&self.views, &dossier, rule_set::named(rules).unwrap(), Chosen::Asked)
    }
}

fn told(book: &Book, case: &Case) -> Town {
    let mut town = Town::with_cast(&book.cast);
    case.events.iter().for_each(|event| town.tell(event));
    town
}

/// A verdict as the book spells it.
fn cell(book: &Book, views: &Views, verdict: &Verdict) -> String {
    let code = |party: &PartyRef| {
        let name =
            views.register.resolve(party).and_then(|id| views.register.party(id)).map(|party| &party.name);
        let cast = book.cast.iter().find(|cast| Some(&cast.2) == name);
        cast.map_or_else(|| party.to_string(), |cast| cast.0.clone())
    };
    let holders: Vec<String> = verdict
        .holders
        .iter()
        .map(|holder| match holder.percent {
            100 => code(&holder.party),
            percent => format!("{} {percent}", code(&holder.party)),
        })
        .collect();
    let sums: Vec<String> = verdict
        .counted
        .sums
        .iter()
        .map(|sum| {
            let kind = json!(sum.kind);
            format!("{}={}", kind.as_str().unwrap(), amount(sum.fen, sum.currency))
        })
        .collect();
    let credited: Vec<String> = verdict
        .referrers
        .iter()
        .filter(|referrer| referrer.counts())
        .map(|referrer| referrer.who.iter().map(code).collect::<Vec<_>>().join("+"))
        .map(|who| if who.is_empty() { "p".to_owned() } else { who })
        .collect();
    let paid = verdict.reward.as_ref().map(|paid| format!("{}.{:02}", paid.fen / 100, paid.fen % 100));
    let districts: Vec<String> =
        verdict.districts.iter().map(|share| format!("{} {}", share.region.code(), share.percent)).collect();
    let or_dash = |parts: Vec<String>, between: &str| {
        if parts.is_empty() { "-".to_owned() } else { parts.join(between) }
    };
    let moved = verdict.answers.iter().any(|answer| answer.question == "districts");
    let moved = if moved { format!(" | {}", districts.join(",")) } else { String::new() };
    format!(
        "{} | {} | {} | {}{moved}",
        or_dash(holders, ","),
        or_dash(sums, ";"),
        or_dash(credited, ","),
        paid.unwrap_or_else(|| "-".into())
    )
}

fn amount(hundredths: i128, currency: Currency) -> String {
    if currency == Currency::CNY {
        return Fen::new(i64::try_from(hundredths).unwrap()).display_zh();
    }
    format!("{}.{:02} {currency}", hundredths / 100, hundredths % 100)
}

#[test]
fn every_dispute_is_decided_as_expected_under_every_rule_set() {
    let book = book();
    assert!(book.cases.len() >= 25);
    let sets: BTreeSet<&str> = rule_set::shipped().iter().map(|rules| rules.name.as_str()).collect();
    let mut wrong = Vec::new();
    for case in &book.cases {
        let expected = case.expected();
        assert_eq!(expected.keys().copied().collect::<BTreeSet<_>>(), sets, "{}", case.name);
        let town = told(&book, case);
        for (rules, expected) in expected {
            let found = cell(&book, &town.views, &town.judge("P", rules));
            if found != expected {
                wrong.push(format!(
                    "{}（{}）\n  {rules}: 应为 {expected}\n  却是 {found}",
                    case.name, case.why
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_verdict_explains_itself_with_events_of_the_dossier() {
    let book = book();
    for case in &book.cases {
        let town = told(&book, case);
        let key = RecordKey::try_from("P".to_owned()).unwrap();
        let dossier = town.views.credit.dossier(&key, i32::MAX).unwrap();
        for rules in rule_set::shipped() {
            let verdict = town.judge("P", rules.name.as_str());
            for judged in verdict.filings.iter().filter(|judged| !judged.counts()) {
                let told = verdict.answers.iter().filter(|answer| answer.question == "filing");
                assert!(
                    told.clone()
                        .any(|answer| answer.evidence.contains(&judged.position)
                            && answer.zh.contains("不计，")),
                    "{} {}",
                    case.name,
                    rules.name
                );
            }
            for answer in &verdict.answers {
                assert!(!answer.zh.is_ascii() && !answer.en.is_empty(), "{answer:?}");
                assert!(answer.evidence.iter().all(|position| (1..=town.count).contains(position)));
            }
            let percent: u32 = verdict.holders.iter().map(|holder| holder.percent).sum();
            assert!(percent == 100 || verdict.holders.is_empty(), "{} {}", case.name, rules.name);
            let percent: u32 = verdict.districts.iter().map(|share| share.percent).sum();
            assert!(percent == 100 || verdict.districts.is_empty(), "{} {}", case.name, rules.name);
        }
        assert!(dossier.entries.is_sorted_by_key(|entry| (entry.occurred, entry.position)));
    }
}

#[test]
fn a_second_implementation_comes_to_the_same_verdicts() {
    let Ok(output) = Command::new("python3").arg(SECOND_OPINION).output() else {
        println!("skipped: no python3");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("No module named 'tomllib'") {
        println!("skipped: python3 is older than 3.11");
        return;
    }
    assert!(output.status.success(), "{errors}");
    let book = book();
    let mut seen = 0;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let [name, rules, second] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let case = book.cases.iter().find(|case| case.name == name).unwrap();
        let town = told(&book, case);
        assert_eq!(cell(&book, &town.views, &town.judge("P", rules)), second, "{name} {rules}");
        seen += 1;
    }
    assert_eq!(seen, book.cases.len() * rule_set::shipped().len());
}

#[test]
fn the_rule_set_of_the_time_is_the_one_adopted_last_for_the_place() {
    let mut town = Town::default();
    let adopt = |town: &mut Town, day: &str, rules: &str, region: Option<&str>| {
        let mut body = json!({"rules": rules});
        if let Some(region) = region {
            body["region"] = json!(region);
        }
        town.tell(&(day.into(), day.into(), "rule_set_adopted".into(), body));
    };
    let in_force = |town: &Town, region: &str, day: &str| {
        let region = jinqiao_events::value::region::Region::from_code(region);
        let (rules, chosen) = town.views.credit.in_force(region, day.parse().unwrap()).unwrap();
        (rules.name.to_string(), chosen)
    };
    assert_eq!(in_force(&town, "370211", "2018-06-28"), ("qingdao-2017".into(), Chosen::OfThePlace));
    assert_eq!(in_force(&town, "370211", "2019-06-28"), ("house".into(), Chosen::House));
    adopt(&mut town, "2019-01-01", "xiangtan", Some("370200"));
    adopt(&mut town, "2020-01-01", "xiamen", Some("370211"));
    assert_eq!(in_force(&town, "370211", "2019-06-28"), ("xiangtan".into(), Chosen::Adopted(1)));
    assert_eq!(in_force(&town, "370211", "2020-06-28"), ("xiamen".into(), Chosen::Adopted(2)));
    assert_eq!(in_force(&town, "370281", "2020-06-28"), ("xiangtan".into(), Chosen::Adopted(1)));
    assert_eq!(in_force(&town, "370211", "2018-06-28"), ("qingdao-2017".into(), Chosen::OfThePlace));
    assert_eq!(in_force(&town, "350200", "2020-06-28").0, "xiamen");
}

#[test]
fn what_was_recorded_late_is_seen_to_be_late() {
    let mut town = Town::default();
    let lead = json!({"project": "P", "title": "园", "reporter": "某商会"});
    town.tell(&("2018-04-02".into(), "2018-05-02".into(), "lead_reported".into(), lead.clone()));
    town.tell(&("2018-04".into(), "2018-04-12".into(), "lead_reported".into(), lead));
    let key = RecordKey::try_from("P".to_owned()).unwrap();
    let dossier = town.views.credit.dossier(&key, i32::MAX).unwrap();
    let lags: Vec<i32> = dossier.entries.iter().map(|entry| entry.lag_days()).collect();
    assert_eq!(lags, [30, 0], "by day: the month counts from its last day");
    assert_eq!(dossier.entries[0].counts_from(Some(29)).to_string(), "2018-05-02");
    assert_eq!(dossier.entries[0].counts_from(Some(30)).to_string(), "2018-04-02");
    assert_eq!(dossier.entries[0].counts_from(None).to_string(), "2018-04-02");
}
