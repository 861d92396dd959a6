//! The verdict (认定结论): the answers of a rule set about one project, in numbers and in words, with the events.

use jinqiao_events::log::Position;
use jinqiao_events::rule_set::{Certainty, RuleSet};
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::Region;
use serde::Serialize;

use super::counting::{self, Counted};
use super::filings::{self, Judged};
use super::referrers::{self, Referrer};
use super::reward::{self, Paid, Unpaid};
use super::{Chosen, Dossier, sentences};
use crate::views::Views;

/// The verdict on one project under one rule set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Name of the rule set.
    pub rules: String,
    /// What it is called.
    pub rules_title: String,
    /// Which document says so.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// How it was found.
    pub chosen: Chosen,
    /// To whom the project is credited; empty when to nobody.
    pub holders: Vec<Holder>,
    /// Whether an arbitration decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arbitrated_by: Option<Position>,
    /// Every filing, earliest first, with what speaks against it.
    pub filings: Vec<Judged>,
    /// Every referrer, earliest first, with what speaks against it.
    pub referrers: Vec<Referrer>,
    /// How districts share it, in percent.
    pub districts: Vec<DistrictShare>,
    /// What of its signings counts.
    pub counted: Counted,
    /// What is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Paid>,
    /// Why nothing is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Unpaid>,
    /// The questions and their answers, in words.
    pub answers: Vec<Answer>,
}

/// Somebody to whom a project is credited.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holder {
    /// Who.
    pub party: PartyRef,
    /// Share in percent; the shares of a verdict add up to 100.
    pub percent: u32,
    /// The event that it rests on.
    pub evidence: Position,
}

/// What a district has of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DistrictShare {
    /// The district.
    pub region: Region,
    /// Share in percent; the shares of a verdict add up to 100.
    pub percent: u32,
    /// The transfer that it rests on, or the signing or filing that names the district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Position>,
}

/// A question of a rule set and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Stable name of the question.
    pub question: &'static str,
    /// The answer in Chinese.
    pub zh: String,
    /// The answer in English.
    pub en: String,
    /// The events that it rests on.
    pub evidence: Vec<Position>,
}

/// Judges a project under a rule set.
///
/// Linear in the dossier; the question of expansion looks at all projects.
#[must_use]
pub fn judge(views: &Views, dossier: &Dossier<'_>, rules: &RuleSet, chosen: Chosen) -> Verdict {
    let filings = filings::judge(views, dossier, rules);
    let referrers = referrers::judge(views, dossier, rules);
    let arbitration = dossier
        .arbitrations()
        .filter(|(_, event)| event.rules.as_ref().is_none_or(|decided| *decided == rules.name))
        .last();
    let holders = match arbitration {
        Some((entry, event)) => given(&event.holders, &event.shares, entry.position),
        None => earned(&filings),
    };
    let paid = reward::work_out(dossier, rules, &referrers);
    let mut verdict = Verdict {
        rules: rules.name.to_string(),
        rules_title: rules.title.clone(),
        source: rules.source.clone(),
        certainty: rules.certainty,
        chosen,
        holders,
        arbitrated_by: arbitration.map(|(entry, _)| entry.position),
        filings,
        referrers,
        districts: districts(dossier, rules),
        counted: counting::count(dossier, rules),
        unpaid: paid.as_ref().err().copied(),
        reward: paid.ok(),
        answers: Vec::new(),
    };
    verdict.answers = sentences::answers(views, dossier, rules, &verdict);
    verdict
}

/// Those whose filings count, in equal shares.
fn earned(filings: &[Judged]) -> Vec<Holder> {
    let counting = filings.iter().filter(|judged| judged.counts());
    let who: Vec<(PartyRef, Position)> =
        counting.flat_map(|judged| judged.who.iter().map(|party| (party.clone(), judged.position))).collect();
    equal(who)
}

fn given(holders: &[PartyRef], shares: &[u8], evidence: Position) -> Vec<Holder> {
    if shares.is_empty() {
        return equal(holders.iter().map(|party| (party.clone(), evidence)).collect());
    }
    let pairs = holders.iter().zip(shares);
    pairs
        .map(|(party, share)| Holder { party: party.clone(), percent: u32::from(*share), evidence })
        .collect()
}

/// Equal shares in whole percent; what is left over goes to the first ones.
fn equal(who: Vec<(PartyRef, Position)>) -> Vec<Holder> {
    let count = u32::try_from(who.len()).unwrap_or(u32::MAX).max(1);
    let (each, rest) = (100 / count, 100 % count);
    (0_u32..)
        .zip(who)
        .map(|(at, (party, evidence))| Holder { party, percent: each + u32::from(at < rest), evidence })
        .collect()
}

/// What each district has: the last one all, where the rule set knows of no sharing; else each that gives it on
/// keeps its part of what it had.
fn districts(dossier: &Dossier<'_>, rules: &RuleSet) -> Vec<DistrictShare> {
    let mut shares: Vec<DistrictShare> = Vec::new();
    let (mut left, mut last) = (100, None);
    for (entry, event) in dossier.transfers() {
        let Some(transfer) = &rules.transfer else { continue };
        let kept = left * u32::from(event.from_percent.unwrap_or(transfer.from_percent)) / 100;
        if kept > 0 {
            let evidence = Some(entry.position);
            shares.push(DistrictShare { region: event.from_region, percent: kept, evidence });
        }
        left -= kept;
        last = Some(entry.position);
    }
    if let Some(region) = dossier.region()
        && left > 0
    {
        shares.push(DistrictShare { region, percent: left, evidence: last });
    }
    shares
}
