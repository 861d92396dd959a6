//! What counts (计入多少): 首次签约 with its amount, increments alone, nothing for signing again; what was signed
//! again for more is found.

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::project::{Agreement, ProjectSigned, Signing};
use jinqiao_events::log::Position;
use jinqiao_events::rule_set::{Counting, RuleSet, wide};
use jinqiao_events::value::money::AmountKind;
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use super::{Dossier, Entry};
use crate::ledger::Sum;
use crate::ledger::projects::sums;

/// A signing and how it counts by the day on which it happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountedSigning {
    /// The event.
    pub position: Position,
    /// When.
    pub occurred: Occurred,
    /// The occasion of the signing, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceremony: Option<RecordKey>,
    /// What was signed.
    pub agreement: Agreement,
    /// How it counts.
    pub counts_as: Signing,
    /// Whether its amount is counted.
    pub adds_amount: bool,
    /// What somebody should look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// What was found of a signing that repeats an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// 重复签约: the same signed again at another occasion.
    ReSigned,
    /// 重新包装: signed again for more, without saying that it is an increment.
    RePackaged,
}

/// What of a project's signings counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counted {
    /// Every signing, by day.
    pub signings: Vec<CountedSigning>,
    /// The signing whose occasion the project counts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_for: Option<Position>,
    /// What is counted, by kind and currency; never added across them.
    pub sums: Vec<Sum>,
}

/// Counts the signings of a project under a rule set.
#[must_use]
pub fn count(dossier: &Dossier<'_>, rules: &RuleSet) -> Counted {
    let mut earlier: Vec<(&Entry, &ProjectSigned)> = Vec::new();
    let mut signings: Vec<CountedSigning> = Vec::new();
    for (entry, event) in dossier.signings() {
        let counts_as = how(&rules.counting, event, &earlier);
        let adds_amount =
            matches!(counts_as, Some(Signing::First | Signing::NewInvestor | Signing::Increment));
        if counts_as == Some(Signing::NewInvestor) {
            signings.iter_mut().for_each(|signing| signing.adds_amount = false);
        }
        signings.push(CountedSigning {
            position: entry.position,
            occurred: entry.occurred,
            ceremony: event.ceremony.clone(),
            agreement: event.agreement,
            counts_as: counts_as.unwrap_or(Signing::ReSigning),
            adds_amount,
            found: found(counts_as, event, &earlier),
        });
        // What does not count yet (a letter of intent, where only contracts do) makes nothing a repetition.
        if counts_as.is_some_and(|how| how != Signing::Increment) {
            earlier.push((entry, event));
        }
    }
    let main = |signing: &&CountedSigning| signing.adds_amount && signing.counts_as != Signing::Increment;
    let counts_for = signings.iter().rfind(main).map(|signing| signing.position);
    let adding: Vec<Position> =
        signings.iter().filter(|signing| signing.adds_amount).map(|signing| signing.position).collect();
    let sums = sums(dossier.signings().filter(|(entry, _)| adding.contains(&entry.position)).filter_map(
        |(entry, event)| {
            let increment = event.signing == Some(Signing::Increment);
            let kind = if increment { AmountKind::Increment } else { kind_of(event.agreement) };
            Some((kind, event.amount.as_ref()?, entry.position))
        },
    ));
    Counted { signings, counts_for, sums }
}

/// The kind of amount that an agreement speaks of.
const fn kind_of(agreement: Agreement) -> AmountKind {
    match agreement {
        Agreement::Intent => AmountKind::Intent,
        Agreement::Framework => AmountKind::Framework,
        Agreement::Contract => AmountKind::Contract,
    }
}

/// How a signing counts beside those before it by day; nothing where the rule set does not count it at all.
fn how(counting: &Counting, event: &ProjectSigned, earlier: &[(&Entry, &ProjectSigned)]) -> Option<Signing> {
    if event.signing == Some(Signing::Increment) {
        return if earlier.is_empty() || !counting.increment { None } else { Some(Signing::Increment) };
    }
    if counting.contracts_only && event.agreement != Agreement::Contract {
        return None;
    }
    let Some(strongest) = earlier.iter().map(|(_, event)| event.agreement).max() else {
        return Some(Signing::First);
    };
    Some(match event.signing {
        Some(Signing::NewInvestor) if counting.changed_investor => Signing::NewInvestor,
        _ if event.agreement > strongest => Signing::Upgrade,
        _ => Signing::ReSigning,
    })
}

/// What is odd about a signing that adds nothing: that it was signed again elsewhere, or for more.
fn found(
    counts_as: Option<Signing>,
    event: &ProjectSigned,
    earlier: &[(&Entry, &ProjectSigned)],
) -> Option<Found> {
    let repeats = matches!(counts_as, Some(Signing::ReSigning | Signing::Upgrade));
    if !repeats {
        return None;
    }
    let amount = event.amount.as_ref();
    let most = earlier
        .iter()
        .filter_map(|(_, event)| event.amount.as_ref())
        .filter(|money| amount.is_some_and(|amount| amount.currency() == money.currency()))
        .map(|money| money.fen_high().map_or_else(|| wide(money), |high| i128::from(high.get())))
        .max();
    let for_more = amount.zip(most).is_some_and(|(amount, most)| wide(amount) > most);
    if for_more {
        return Some(Found::RePackaged);
    }
    (counts_as == Some(Signing::ReSigning)).then_some(Found::ReSigned)
}
