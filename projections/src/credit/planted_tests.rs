//! A town of honest projects, and among them what somebody passes off as new: signed again, packaged anew for more,
//! copied under another key. All of it is found; what is found wrongly is counted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::counting::Found;
use super::likeness;
use super::tests::{Told, Town};

/// Projects of a year.
struct Planted {
    town: Town,
    re_signed: BTreeSet<String>,
    re_packaged: BTreeSet<String>,
    /// Copies under another key, each with its original.
    copies: BTreeSet<(String, String)>,
}

const SURNAMES: [&str; 12] =
    ["云岭", "恒岳", "远帆", "汐岚", "沧舟", "琅屿", "澄木", "砺石", "珏筠", "垚笙", "禔垣", "翯岑"];
const TRADES: [&str; 7] = ["重工", "医疗器械", "新材料", "智能装备", "食品", "传动", "船舶配套"];
const PLACES: [&str; 5] = ["370211", "370214", "370281", "370283", "370285"];
const MAKES: [&str; 4] = ["精密", "高端", "绿色", "智慧"];
const SITES: [&str; 4] = ["基地", "研发中心", "产业园", "总部"];

fn at(list: &[&str], n: u64) -> String {
    list[usize::try_from(n).unwrap() % list.len()].to_owned()
}

/// A project as it is signed. Every firm has several, of other sizes and for other things; firms of one surname make
/// different things, firms of one trade go by different names.
#[derive(Clone)]
struct Signing {
    key: String,
    firm: String,
    title: String,
    place: String,
    /// In hundredths of 亿元.
    amount: u64,
    agreement: &'static str,
}

impl Signing {
    fn new(n: u64, seed: u64) -> Self {
        let (surname, trade) = (at(&SURNAMES, n), at(&TRADES, n / 12));
        let mix = n * n * 7 + n * 13 + seed * 29;
        Self {
            key: format!("P-{n:04}"),
            firm: format!("{surname}{trade}有限公司"),
            title: format!("{}{trade}{}", at(&MAKES, n / 5 + seed), at(&SITES, n + seed)),
            place: at(&PLACES, n + seed),
            amount: 200 + mix % 9_700,
            agreement: if n.is_multiple_of(3) { "intent" } else { "contract" },
        }
    }

    fn told(&self, day: &str, signing: Option<&str>) -> Told {
        let mut body = json!({
            "project": self.key, "title": self.title, "investors": [self.firm], "agreement": self.agreement,
            "amount": {"fen": self.amount * 100_000_000, "currency": "CNY"},
            "ceremony": format!("集中签约 {day}"), "region": self.place,
        });
        if let Some(signing) = signing {
            body["signing"] = json!(signing);
        }
        (day.to_owned(), day.to_owned(), "project_signed".to_owned(), body)
    }

    fn under(&self, prefix: &str) -> Self {
        Self { key: self.key.replace("P-", prefix), agreement: "contract", ..self.clone() }
    }

    /// A district that is not its own.
    fn elsewhere(&self) -> String {
        let own = PLACES.iter().position(|place| *place == self.place).unwrap();
        PLACES[(own + 2) % PLACES.len()].to_owned()
    }

    /// A copy under another key: the sort of copy goes round.
    fn copy(&self, n: u64) -> Self {
        let mut copy = self.under("R-");
        match n / 10 % 5 {
            // By the firm's short name.
            0 => {
                copy.firm = copy.firm.replace("有限公司", "");
                copy.title.push_str("项目");
            }
            // For half as much again.
            1 => {
                copy.title.push_str("建设项目");
                copy.amount = copy.amount * 3 / 2;
            }
            // Under quite another title.
            2 => copy.title = format!("{}新动能示范区", at(&["沿海", "临空"], n)),
            // In another district.
            3 => copy.place = self.elsewhere(),
            // Rounded, and called by the firm's name.
            _ => {
                copy.title = format!("{}{}", copy.firm.replace("有限公司", ""), copy.title);
                copy.amount = (copy.amount / 10 * 10).max(1);
            }
        }
        copy
    }
}

fn planted(projects: u64, seed: u64) -> Planted {
    let mut planted = Planted {
        town: Town::default(),
        re_signed: BTreeSet::new(),
        re_packaged: BTreeSet::new(),
        copies: BTreeSet::new(),
    };
    for n in 0..projects {
        let signing = Signing::new(n, seed);
        planted.town.tell(&signing.told("2019-03-08", None));
        planted.then(n, &signing);
    }
    planted
}

impl Planted {
    /// What follows the first signing.
    fn then(&mut self, n: u64, first: &Signing) {
        let (summer, autumn) = ("2019-06-18", "2019-09-18");
        match n % 10 {
            1 => {
                self.town.tell(&first.told(summer, None));
                self.re_signed.insert(first.key.clone());
            }
            2 => {
                let more = Signing { amount: first.amount + 300, agreement: "contract", ..first.clone() };
                self.town.tell(&more.told(summer, None));
                self.re_packaged.insert(first.key.clone());
            }
            3 => {
                let copy = first.copy(n);
                self.town.tell(&copy.told(summer, None));
                self.copies.insert((first.key.clone(), copy.key));
            }
            4 => {
                let more = Signing { amount: 100, agreement: "contract", ..first.clone() };
                self.town.tell(&more.told(summer, Some("increment")));
            }
            5 if first.agreement == "intent" => {
                self.town.tell(&Signing { agreement: "contract", ..first.clone() }.told(summer, None));
            }
            // Honest: a second phase, the same firm in the same place for the same thing, of another size.
            6 => {
                let title = format!("{}二期", first.title);
                self.town.tell(
                    &Signing { title, amount: first.amount * 3, ..first.under("S-") }.told(autumn, None),
                );
            }
            // Honest: something else next door, not much smaller.
            7 => {
                let (title, amount) = ("员工公寓及配套".to_owned(), first.amount * 17 / 20);
                self.town.tell(&Signing { title, amount, ..first.under("S-") }.told(autumn, None));
            }
            // Honest: the same again in another district, of another size.
            8 => {
                let (place, amount) = (first.elsewhere(), first.amount * 13 / 20);
                self.town.tell(&Signing { place, amount, ..first.under("S-") }.told(autumn, None));
            }
            _ => {}
        }
    }
}

/// The pairs that are proposed: the original, and what may be it.
fn proposed(town: &Town) -> BTreeSet<(String, String)> {
    let alike = likeness::alike(&town.views, &town.views.credit);
    alike.iter().map(|alike| (alike.of.to_string(), alike.project.to_string())).collect()
}

#[test]
fn planted_re_signings_and_re_packagings_are_all_found_and_false_alarms_counted() {
    // The first town was looked at when the rules were made; the others were not.
    for seed in 0..4 {
        let planted = planted(240, seed);
        let mut found: BTreeMap<Found, BTreeSet<String>> = BTreeMap::new();
        for key in planted.town.views.credit.projects() {
            let verdict = planted.town.judge(key.as_str(), "sanming-2006");
            for signing in verdict.counted.signings.iter().filter_map(|signing| signing.found) {
                found.entry(signing).or_default().insert(key.to_string());
            }
        }
        assert_eq!(found[&Found::ReSigned], planted.re_signed);
        assert_eq!(found[&Found::RePackaged], planted.re_packaged);
        let alike = proposed(&planted.town);
        let missed: Vec<_> = planted.copies.difference(&alike).collect();
        let false_alarms: Vec<_> = alike.difference(&planted.copies).collect();
        let projects = planted.town.views.credit.projects().count();
        println!(
            "town {seed}, {projects} projects: re-signed {}, re-packaged {}, copies {} of {}; false alarms {}: {false_alarms:?}",
            planted.re_signed.len(),
            planted.re_packaged.len(),
            planted.copies.len() - missed.len(),
            planted.copies.len(),
            false_alarms.len(),
        );
        assert!(missed.is_empty(), "{missed:?}");
        // Bound set before the towns were looked at: one in twenty projects.
        assert!(false_alarms.len() * 20 <= projects, "{false_alarms:?}");
    }
}

#[test]
fn a_copy_that_was_looked_at_leaves_the_work_list() {
    let planted = planted(24, 0);
    let mut town = planted.town;
    let (of, project) = planted.copies.first().unwrap().clone();
    let listed = |town: &Town| proposed(town).contains(&(of.clone(), project.clone()));
    assert!(listed(&town));
    let mark = |finding: &str| {
        let body = json!({"project": project, "of": of, "finding": finding, "reason": "看过"});
        ("2020-01-05".to_owned(), "2020-01-05".to_owned(), "project_duplicate_marked".to_owned(), body)
    };
    town.tell(&mark("distinct"));
    assert!(!listed(&town));
    let before = town.judge(&of, "house").counted;
    town.tell(&mark("duplicate"));
    let verdict = town.judge(&project, "house");
    assert_eq!(verdict.counted.sums, before.sums, "a duplicate adds nothing");
    assert_eq!(verdict.counted.signings.len(), before.signings.len() + 1);
}
