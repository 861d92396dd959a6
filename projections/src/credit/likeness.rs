//! 查重: projects under different keys that may be one. A work list for an officer; nothing is merged by itself.
//!
//! Two projects are proposed when an investor is the same and at least two of title, amount and place agree; or when
//! an investor goes by a name that may be short for the other's, and the title and one of the others agree. Evidence of a decision (`project_duplicate_marked`)
//! takes a pair off the list.

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
    /// 名称相近: two thirds of the two-character pieces of the shorter title stand in the longer.
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

struct Sketch<'a> {
    key: &'a RecordKey,
    first: Position,
    investors: BTreeSet<Face>,
    names: Vec<NameParts>,
    pieces: BTreeSet<(char, char)>,
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
        let names = investors.iter().map(full_name).map(|name| name::core(&name)).collect();
        let title = name::normalise(dossier.title().unwrap_or_default());
        let amounts =
            dossier.entries.iter().filter_map(|entry| entry.said.intended().or(entry.said.signed()));
        let regions = dossier.entries.iter().filter_map(|entry| entry.said.region());
        Self {
            key: dossier.project,
            first: dossier.entries.iter().map(|entry| entry.position).min().unwrap_or_default(),
            investors,
            names,
            pieces: title.chars().zip(title.chars().skip(1)).collect(),
            amounts: amounts.collect(),
            regions: regions.map(Region::current).collect(),
        }
    }

    fn alike(&self, other: &Self) -> Option<Alike<'a>> {
        let (of, project) = if self.first <= other.first { (self, other) } else { (other, self) };
        let investor = self.investor(other)?;
        let title = self.title(other);
        // A name that is only like another proves little: then the title must agree too.
        if investor == Agrees::NearInvestor && !title {
            return None;
        }
        let mut agrees = vec![investor];
        let parts = [
            (title, Agrees::Title),
            (self.amount(other), Agrees::Amount),
            (!self.regions.is_disjoint(&other.regions), Agrees::Place),
        ];
        agrees.extend(parts.into_iter().filter(|(agree, _)| *agree).map(|(_, part)| part));
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

    fn title(&self, other: &Self) -> bool {
        let shorter = self.pieces.len().min(other.pieces.len());
        let common = self.pieces.intersection(&other.pieces).count();
        shorter > 0 && common * 3 >= shorter * 2
    }

    fn amount(&self, other: &Self) -> bool {
        let close = |one: &Money, two: &Money| {
            let high =
                |money: &Money| money.fen_high().map_or_else(|| wide(money), |high| i128::from(high.get()));
            let overlap = wide(one) <= high(two) && wide(two) <= high(one);
            let (small, large) = (wide(one).min(wide(two)), wide(one).max(wide(two)));
            one.currency() == two.currency() && (overlap || small * 5 >= large * 4)
        };
        self.amounts.iter().any(|one| other.amounts.iter().any(|two| close(one, two)))
    }
}
