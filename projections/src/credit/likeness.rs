//! 查重: projects under different keys that may be one. A work list for an officer; nothing is merged by itself.
//!
//! Two projects are proposed when an investor is the same and at least two of title, amount and place agree; or when
//! an investor goes by a name that may be short for the other's, and the title and one of the others agree.
//!
//! What a firm makes tells nothing of which of its projects is meant: its 字号 and trade are taken out of titles
//! before they are compared. Titles of different phases (一期, 二期) do not agree. Where only one of title and place
//! agrees, an amount agrees only if it is the same but for rounding: a copy is registered for the same money, two
//! honest projects of one firm seldom are. An inflated copy is found by its title and place.
//!
//! A decision (`project_duplicate_marked`) takes a pair off the list.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::log::Position;
use jinqiao_events::rule_set::wide;
use jinqiao_events::value::money::Money;
use jinqiao_events::value::name::{self, NameParts};
use jinqiao_events::value::region::Region;
use serde::Serialize;

use super::{Credit, Dossier};
use crate::register::Face;
use crate::views::Views;

/// A part in which two projects agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agrees {
    /// 投资方相同.
    SameInvestor,
    /// 投资方名称相近.
    NearInvestor,
    /// 名称相近: without the investor's own words, two thirds of the two-character pieces of the shorter title stand
    /// in the longer; and they are of one phase.
    Title,
    /// 金额相近: of one currency, the smaller at least four fifths of the larger, or ranges that overlap.
    Amount,
    /// 地点相同: one district.
    Place,
}

/// Two projects that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alike<'a> {
    /// The one whose first event stands earlier in the log: the likely original.
    pub of: &'a RecordKey,
    /// The other.
    pub project: &'a RecordKey,
    /// In what they agree.
    pub agrees: Vec<Agrees>,
    /// The first event of each.
    pub evidence: [Position; 2],
}

/// Of two amounts that are the same but for rounding, the smaller is at least this part of the larger.
const SAME_AMOUNT: (i128, i128) = (98, 100);
/// Of two amounts that are near each other.
const NEAR_AMOUNT: (i128, i128) = (80, 100);

struct Sketch<'a> {
    key: &'a RecordKey,
    first: Position,
    investors: BTreeSet<Face>,
    names: Vec<NameParts>,
    title: Title,
    amounts: Vec<&'a Money>,
    regions: BTreeSet<Region>,
}

/// Every pair of standing projects that may be one, by the keys of the originals.
///
/// Projects are compared within groups that share a 字号 of an investor, so that a town of thousands of projects
/// is done in a moment; within a group it is quadratic.
#[must_use]
pub fn alike<'a>(views: &'a Views, credit: &'a Credit) -> Vec<Alike<'a>> {
    let sketches: Vec<Sketch<'a>> = credit
        .projects()
        .filter_map(|key| credit.dossier(key, i32::MAX).map(|dossier| Sketch::of(views, &dossier)))
        .collect();
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, sketch) in sketches.iter().enumerate() {
        let starts: BTreeSet<String> =
            sketch.names.iter().map(|parts| parts.trade_name.chars().take(2).collect()).collect();
        starts.into_iter().for_each(|start| groups.entry(start).or_default().push(index));
    }
    let mut pairs = BTreeSet::new();
    for group in groups.values() {
        for (nth, one) in group.iter().enumerate() {
            pairs.extend(group.iter().skip(nth + 1).map(|other| (*one, *other)));
        }
    }
    let alike = pairs.into_iter().filter_map(|(one, other)| {
        let (one, other) = (sketches.get(one)?, sketches.get(other)?);
        if credit.are_distinct(one.key, other.key) { None } else { one.alike(other) }
    });
    let mut alike: Vec<Alike<'a>> = alike.collect();
    alike.sort_by(|a, b| (a.of, a.project).cmp(&(b.of, b.project)));
    alike
}

impl<'a> Sketch<'a> {
    fn of(views: &Views, dossier: &Dossier<'a>) -> Self {
        let register = &views.register;
        let investors: BTreeSet<Face> =
            dossier.investors().map(|investor| register.reading(&Face::of(investor))).collect();
        let full_name = |face: &Face| match face {
            Face::Party(id) => register.party(*id).map_or_else(String::new, |party| party.name.clone()),
            Face::Name(name) => name.clone(),
        };
        let names: Vec<NameParts> = investors.iter().map(full_name).map(|name| name::core(&name)).collect();
        let title = Title::new(dossier.title().unwrap_or_default(), &names);
        let amounts =
            dossier.entries.iter().filter_map(|entry| entry.said.intended().or(entry.said.signed()));
        let regions = dossier.entries.iter().filter_map(|entry| entry.said.region());
        Self {
            key: dossier.project,
            first: dossier.entries.iter().map(|entry| entry.position).min().unwrap_or_default(),
            investors,
            names,
            title,
            amounts: amounts.collect(),
            regions: regions.map(Region::current).collect(),
        }
    }

    fn alike(&self, other: &Self) -> Option<Alike<'a>> {
        let (of, project) = if self.first <= other.first { (self, other) } else { (other, self) };
        let investor = self.investor(other)?;
        let title = self.title.agrees(&other.title);
        // A name that is only like another proves little: then the title must agree too.
        if investor == Agrees::NearInvestor && !title {
            return None;
        }
        let place = !self.regions.is_disjoint(&other.regions);
        let amount = self.amount(other, if title && place { NEAR_AMOUNT } else { SAME_AMOUNT });
        let parts = [(title, Agrees::Title), (amount, Agrees::Amount), (place, Agrees::Place)];
        let agreed = parts.into_iter().filter(|(agree, _)| *agree).map(|(_, part)| part);
        let agrees: Vec<Agrees> = [investor].into_iter().chain(agreed).collect();
        (agrees.len() > 2).then_some(Alike {
            of: of.key,
            project: project.key,
            agrees,
            evidence: [of.first, project.first],
        })
    }

    fn investor(&self, other: &Self) -> Option<Agrees> {
        if !self.investors.is_disjoint(&other.investors) {
            return Some(Agrees::SameInvestor);
        }
        let near = |one: &NameParts, two: &NameParts| {
            let same = one.trade_name == two.trade_name && one.industry_words == two.industry_words;
            same || one.may_be_short_of(two) || two.may_be_short_of(one)
        };
        let any = self.names.iter().any(|one| other.names.iter().any(|two| near(one, two)));
        any.then_some(Agrees::NearInvestor)
    }

    /// Whether two amounts overlap, or the smaller is at least this part of the larger.
    fn amount(&self, other: &Self, (part, whole): (i128, i128)) -> bool {
        let close = |one: &Money, two: &Money| {
            let high =
                |money: &Money| money.fen_high().map_or_else(|| wide(money), |high| i128::from(high.get()));
            let overlap = wide(one) <= high(two) && wide(two) <= high(one);
            let (small, large) = (wide(one).min(wide(two)), wide(one).max(wide(two)));
            one.currency() == two.currency() && (overlap || small * whole >= large * part)
        };
        self.amounts.iter().any(|one| other.amounts.iter().any(|two| close(one, two)))
    }
}

/// A title, as far as it tells projects of one investor apart.
struct Title {
    /// As written, but for form: equal titles agree whatever they say.
    whole: String,
    /// Two-character pieces of what is left without the investor's own words.
    pieces: BTreeSet<(char, char)>,
    /// Which phase, if it names one.
    phase: Option<char>,
}

impl Title {
    fn new(title: &str, investors: &[NameParts]) -> Self {
        let whole = name::normalise(title);
        let (mut rest, phase) = without_phase(&whole);
        let own = investors.iter().flat_map(|name| [&name.region, &name.trade_name, &name.industry_words]);
        for word in own.filter(|word| word.chars().count() > 1) {
            rest = rest.replace(word.as_str(), "");
        }
        for word in ["项目", "工程", "建设"] {
            rest = rest.replace(word, "");
        }
        Self { whole, pieces: rest.chars().zip(rest.chars().skip(1)).collect(), phase }
    }

    fn agrees(&self, other: &Self) -> bool {
        if self.phase != other.phase {
            return false;
        }
        let shorter = self.pieces.len().min(other.pieces.len());
        let common = self.pieces.intersection(&other.pieces).count();
        self.whole == other.whole || (shorter > 0 && common * 3 >= shorter * 2)
    }
}

/// The title without its phase (二期, 第2期), and which phase that is. The first phase is what goes without saying.
fn without_phase(title: &str) -> (String, Option<char>) {
    const PHASES: [(&str, char); 12] = [
        ("一", '1'),
        ("二", '2'),
        ("三", '3'),
        ("四", '4'),
        ("五", '5'),
        ("六", '6'),
        ("1", '1'),
        ("2", '2'),
        ("3", '3'),
        ("4", '4'),
        ("5", '5'),
        ("6", '6'),
    ];
    for (word, phase) in PHASES {
        for written in [format!("第{word}期"), format!("{word}期")] {
            if title.contains(&written) {
                return (title.replace(&written, ""), Some(phase).filter(|phase| *phase != '1'));
            }
        }
    }
    (title.to_owned(), None)
}
