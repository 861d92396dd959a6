//! Projects (签约项目): what was signed and how it counts, where it stands, what money arrived.

use std::collections::BTreeMap;

use jinqiao_events::decide::life_cycle::{Course, Standing, told_of};
use jinqiao_events::kinds::project::{Agreement, FundsArrived, LeadReported, ProjectSigned, Signing, Stage};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::money::{AmountKind, Money};
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use crate::register::Noted;

/// One project's file (一项目一档).
#[derive(Debug, Clone, Default, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Project {
    /// Leads, in log order.
    pub leads: Vec<Lead>,
    /// Signings, in log order.
    pub signings: Vec<Signed>,
    /// Stages reached, in log order.
    pub stages: Vec<(Stage, Noted)>,
    /// Instalments that arrived, in log order.
    pub arrivals: Vec<Arrival>,
    /// Its course as the rules order it, first talks that were claimed among it.
    #[serde(skip)]
    course: Course,
}

/// A reported lead.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Lead {
    /// The event.
    pub event: LeadReported,
    /// When and where.
    pub noted: Noted,
}

/// A signing and how it counts.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Signed {
    /// The event.
    pub event: ProjectSigned,
    /// How it counts beside the earlier ones.
    pub counts_as: Signing,
    /// When and where.
    pub noted: Noted,
}

/// An instalment.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Arrival {
    /// The event.
    pub event: FundsArrived,
    /// When and where.
    pub noted: Noted,
}

/// A sum of amounts of one kind in one currency. Sums of different kinds or currencies are never added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// What kind of amount.
    pub kind: AmountKind,
    /// In which currency.
    pub currency: Currency,
    /// Hundredths of the currency; wide enough that no sum of amounts leaves it.
    pub fen: i128,
    /// The events behind it.
    pub evidence: Vec<Position>,
}

impl Project {
    /// The title that was given last.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let signed = self.signings.last().map(|signed| signed.event.title.as_str());
        signed.or_else(|| self.leads.last().map(|lead| lead.event.title.as_str()))
    }

    /// Where it stands at the end of a day, in the order in which the rules took its stages: what is recorded late takes
    /// it no way back. Linear in its stages.
    #[must_use]
    pub fn standing(&self, day: Occurred) -> Standing {
        self.course.standing_on(day)
    }

    /// The word for where it stands at the end of a day: what stopped it, else how far it came; 在谈 by a lead alone.
    #[must_use]
    pub fn stage(&self, day: Occurred) -> Stage {
        match self.standing(day).word() {
            None => Stage::Negotiating,
            Some(Stage::Lead) if !self.stages.iter().any(|(stage, _)| *stage == Stage::Lead) => {
                Stage::Negotiating
            }
            Some(stage) => stage,
        }
    }

    /// What stopped it, where it stands stopped at the end of a day.
    #[must_use]
    pub fn stopped(&self, day: Occurred) -> Option<Noted> {
        let stop = self.course.stop_on(day)?;
        Some(Noted { occurred: stop.occurred, position: stop.position })
    }

    /// The signings that can count: where other investors signed in place of the earlier ones, those from the
    /// latest such signing on.
    fn standing_signings(&self) -> &[Signed] {
        let from = self.signings.iter().rposition(|signed| signed.counts_as == Signing::NewInvestor);
        self.signings.get(from.unwrap_or_default()..).unwrap_or_default()
    }

    /// What was signed: first signings (or that of a new investor in their place) and increments, by kind and
    /// currency.
    #[must_use]
    pub fn signed(&self) -> Vec<Sum> {
        sums(self.standing_signings().iter().filter_map(|signed| {
            let kind = match signed.counts_as {
                Signing::ReSigning | Signing::Upgrade => return None,
                Signing::Increment => AmountKind::Increment,
                Signing::First | Signing::NewInvestor => match signed.event.agreement {
                    Agreement::Intent => AmountKind::Intent,
                    Agreement::Framework => AmountKind::Framework,
                    Agreement::Contract => AmountKind::Contract,
                },
            };
            Some((kind, signed.event.amount.as_ref()?, signed.noted.position))
        }))
    }

    /// What arrived, by kind and currency.
    #[must_use]
    pub fn arrived(&self) -> Vec<Sum> {
        let amounts = self.arrivals.iter().map(|arrival| (&arrival.event.amount, arrival.noted.position));
        sums(amounts.map(|(amount, position)| (AmountKind::Arrived, amount, position)))
    }

    fn sign(&mut self, event: &ProjectSigned, noted: Noted) {
        let counts_as = event.signing.unwrap_or_else(|| self.counts_as(event.agreement));
        self.signings.push(Signed { event: event.clone(), counts_as, noted });
    }

    /// How a signing counts that does not say so itself; the decisions have filled it in for all of today's.
    fn counts_as(&self, agreement: Agreement) -> Signing {
        match self.signings.iter().map(|signed| signed.event.agreement).max() {
            None => Signing::First,
            Some(highest) if agreement > highest => Signing::Upgrade,
            Some(_) => Signing::ReSigning,
        }
    }
}

/// Sums amounts by kind and currency. An amount that names its own kind counts under that.
pub(crate) fn sums<'a>(amounts: impl Iterator<Item = (AmountKind, &'a Money, Position)>) -> Vec<Sum> {
    let mut by_kind: BTreeMap<(AmountKind, Currency), (i128, Vec<Position>)> = BTreeMap::new();
    for (kind, money, position) in amounts {
        let (fen, evidence) = by_kind.entry((money.kind().unwrap_or(kind), money.currency())).or_default();
        *fen += i128::from(money.fen().get());
        evidence.push(position);
    }
    let sum = |((kind, currency), (fen, evidence))| Sum { kind, currency, fen, evidence };
    by_kind.into_iter().map(sum).collect()
}

/// All projects by key.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(transparent)]
pub(super) struct Projects {
    pub(super) by_key: BTreeMap<RecordKey, Project>,
    /// What was claimed of projects that have no file yet.
    #[serde(skip)]
    ahead: BTreeMap<RecordKey, Course>,
}

impl Projects {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::LeadReported(e) => self.of(&e.project).leads.push(Lead { event: e.clone(), noted }),
            Event::ProjectSigned(e) => self.of(&e.project).sign(e, noted),
            Event::ProjectStageChanged(e) => self.of(&e.project).stages.push((e.stage, noted)),
            Event::FundsArrived(e) => self.of(&e.project).arrivals.push(Arrival { event: e.clone(), noted }),
            _ => {}
        }
        if let Some(key) = told_of(&recorded.event) {
            let course = match self.by_key.get_mut(key) {
                Some(project) => &mut project.course,
                None => self.ahead.entry(key.clone()).or_default(),
            };
            course.apply(recorded);
        }
    }

    fn of(&mut self, key: &RecordKey) -> &mut Project {
        let Self { by_key, ahead } = self;
        by_key.entry(key.clone()).or_insert_with(|| Project {
            course: ahead.remove(key).unwrap_or_default(),
            ..Project::default()
        })
    }
}
