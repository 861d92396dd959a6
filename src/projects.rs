//! One project's file (一项目一档) as doors hand it out: life cycle, signings and how each counts, money streams, clocks,
//! and the events with both their times.

use jinqiao_events::decide::Refusal;
use jinqiao_events::duty::{self, Light};
use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::project::{Agreement, Signing, Stage};
use jinqiao_events::log::Position;
use jinqiao_events::value::money::{AmountKind, Money};
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::ledger::{Project, Sum};
use jinqiao_projections::project_clock::{self, ProjectClock};
use jinqiao_projections::register::Noted;
use jinqiao_projections::views::Views;
use serde::Serialize;

use crate::config::Lang;
use crate::crediting::{self, CreditAnswer};
use crate::naming;

/// A project on the list.
#[derive(Debug, Serialize)]
pub struct ProjectEntry {
    /// Its key.
    pub project: RecordKey,
    /// Its title.
    pub title: String,
    /// Where it stood at the end of the day.
    pub stage: Stage,
    /// What was signed, by kind; never added up.
    pub signed: Vec<Sum>,
    /// What arrived.
    pub arrived: Vec<Sum>,
    /// The worst light of its clocks.
    pub light: Light,
}

/// One project's file.
#[derive(Debug, Serialize)]
pub struct ProjectFile {
    /// The project.
    #[serde(flatten)]
    pub entry: ProjectEntry,
    /// As of the end of this day.
    pub as_of: Occurred,
    /// Up to this event.
    pub position: Position,
    /// The stages reached, in log order.
    pub stages: Vec<StageAnswer>,
    /// Its signings, in log order, and how each counts (首次签约).
    pub signings: Vec<SigningAnswer>,
    /// Instalments that arrived, in log order (到位资金).
    pub arrivals: Vec<ArrivalAnswer>,
    /// Of what arrived: fixed assets.
    pub fixed_assets_fen: i64,
    /// Of what arrived: working capital.
    pub working_capital_fen: i64,
    /// Of the contract amount, the share that arrived, in thousandths (资金到位率); none without a contract amount in
    /// the currency that arrived.
    pub arrived_milli: Option<i128>,
    /// Its clocks.
    pub clocks: Vec<ClockAnswer>,
    /// Whose it is, with every event of it (卷宗).
    pub credit: CreditAnswer,
}

/// A stage.
#[derive(Debug, Serialize)]
pub struct StageAnswer {
    /// The stage.
    pub stage: Stage,
    /// What it is called.
    pub label: &'static str,
    /// When and where.
    pub noted: Noted,
}

/// A signing.
#[derive(Debug, Serialize)]
pub struct SigningAnswer {
    /// When and where.
    pub noted: Noted,
    /// What was signed.
    pub agreement: Agreement,
    /// How it counts.
    pub counts_as: Signing,
    /// The same in words.
    pub decision: &'static str,
    /// For how much.
    pub amount: Option<Money>,
    /// Who signed.
    pub investors: Vec<String>,
    /// The occasion.
    pub ceremony: Option<RecordKey>,
    /// The station that brought it.
    pub station: Option<RecordKey>,
    /// Who referred it.
    pub referrer: Option<String>,
}

/// An instalment.
#[derive(Debug, Serialize)]
pub struct ArrivalAnswer {
    /// When and where.
    pub noted: Noted,
    /// Its number.
    pub instalment: u32,
    /// How much.
    pub amount: Money,
    /// Where it came from.
    pub origin: Option<String>,
    /// Its voucher.
    pub voucher: Option<String>,
}

/// A clock.
#[derive(Debug, Serialize)]
pub struct ClockAnswer {
    /// What it is called.
    pub label: &'static str,
    /// The clock.
    #[serde(flatten)]
    pub clock: ProjectClock,
}

/// Every project by key.
#[must_use]
pub fn list(views: &Views, day: Occurred) -> Vec<ProjectEntry> {
    views.ledger.projects().map(|(key, project)| entry(key, project, day)).collect()
}

fn entry(key: &RecordKey, project: &Project, day: Occurred) -> ProjectEntry {
    let clocks = project_clock::clocks(project, day, duty::in_force(day));
    ProjectEntry {
        project: key.clone(),
        title: project.title().unwrap_or_default().to_owned(),
        stage: project.stage(day),
        signed: project.signed(),
        arrived: project.arrived(),
        light: clocks.iter().map(|clock| clock.light).max().unwrap_or(Light::Unknown),
    }
}

/// The file of a project, with the verdict under the rule set asked for or the one in force.
///
/// # Errors
/// `project_unknown` and `rules_unknown`.
pub fn file(
    views: &Views,
    project: &str,
    rules: Option<&str>,
    day: Occurred,
    lang: Lang,
) -> Result<ProjectFile, Refusal> {
    let credit = crediting::verdict(views, project, rules, day, lang)?;
    let key = credit.project.clone();
    let empty = Project::default();
    let project = views.ledger.project(&key).unwrap_or(&empty);
    let fen = |part: Option<&Money>| part.map_or(0, |money| money.fen().get());
    let label = |name: &str| {
        let duty = duty::in_force(day).flat_map(|set| &set.project).find(|duty| duty.clock == name);
        duty.map_or("", |duty| lang.pick(duty.label.as_str(), duty.label_en.as_str()))
    };
    Ok(ProjectFile {
        entry: entry(&key, project, day),
        as_of: day,
        position: views.position,
        stages: project.stages.iter().map(|(stage, noted)| stage_answer(*stage, *noted, lang)).collect(),
        signings: project.signings.iter().map(|signed| signing(views, signed, lang)).collect(),
        arrivals: project.arrivals.iter().map(arrival).collect(),
        fixed_assets_fen: project.arrivals.iter().map(|it| fen(it.event.fixed_assets.as_ref())).sum(),
        working_capital_fen: project.arrivals.iter().map(|it| fen(it.event.working_capital.as_ref())).sum(),
        arrived_milli: arrived_milli(project),
        clocks: project_clock::clocks(project, day, duty::in_force(day))
            .into_iter()
            .map(|clock| ClockAnswer { label: label(&clock.clock), clock })
            .collect(),
        credit,
    })
}

fn stage_answer(stage: Stage, noted: Noted, lang: Lang) -> StageAnswer {
    let (zh, en) = stage.labels();
    StageAnswer { stage, label: lang.pick(zh, en), noted }
}

fn signing(
    views: &Views,
    signed: &jinqiao_projections::ledger::projects::Signed,
    lang: Lang,
) -> SigningAnswer {
    let event = &signed.event;
    SigningAnswer {
        noted: signed.noted,
        agreement: event.agreement,
        counts_as: signed.counts_as,
        decision: naming::signing(signed.counts_as, lang),
        amount: event.amount.clone(),
        investors: event.investors.iter().map(|investor| naming::party_ref(views, investor)).collect(),
        ceremony: event.ceremony.clone(),
        station: event.station.clone(),
        referrer: event.referrer.as_ref().map(|referrer| naming::party_ref(views, referrer)),
    }
}

fn arrival(arrival: &jinqiao_projections::ledger::projects::Arrival) -> ArrivalAnswer {
    let event = &arrival.event;
    ArrivalAnswer {
        noted: arrival.noted,
        instalment: event.instalment,
        amount: event.amount.clone(),
        origin: event.origin.clone(),
        voucher: event.voucher.clone(),
    }
}

/// What arrived of the contract amount and its increments, in one currency.
fn arrived_milli(project: &Project) -> Option<i128> {
    let arrived = project.arrived();
    let [arrived] = arrived.as_slice() else { return None };
    let is_contract = |sum: &&Sum| {
        matches!(sum.kind, AmountKind::Contract | AmountKind::Increment) && sum.currency == arrived.currency
    };
    let contract: i128 = project.signed().iter().filter(is_contract).map(|sum| sum.fen).sum();
    (contract > 0).then(|| arrived.fen * 1_000 / contract)
}
