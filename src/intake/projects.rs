//! 签约项目台账: what was signed, how far it has come, and the money that arrived (sheet 到位资金).

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::kinds::project::{
    Agreement, FundsArrived, ProjectSigned, ProjectStageChanged, Signing, Stage,
};
use jinqiao_events::kinds::{Event, RecordKey, Tag};
use jinqiao_events::log::{Direction, Query, Stored};
use jinqiao_events::value::money::{AmountKind, Money};
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};

use super::form::{self, Context, Entry, Form, Item, Reading, Table};
use super::heading::Column;
use super::line::{Line, RowFault};

const PROJECT: Column = Column::required("项目编号", &["项目编码", "编号"]);
const TITLE: Column = Column::required("项目名称", &["名称", "项目"]);
const INVESTORS: Column = Column::required("投资方", &["投资企业", "投资主体", "投资单位"]);
const CEREMONY: Column = Column::optional("签约活动", &["签约仪式", "活动"]);
const SIGNED: Column = Column::required("签约日期", &["签订日期", "合同日期", "日期"]);
const AGREEMENT: Column =
    Column::required("合同类型", &["协议类型", "签约类型", "签约类别", "合同性质", "协议性质", "签约性质"]);
const AMOUNT: Column = Column::required(
    "总投资",
    &[
        "投资额",
        "总投资额",
        "投资总额",
        "签约金额",
        "合同金额",
        "计划总投资",
        "项目总投资",
        "合同总投资",
        "协议总投资",
        "总投资金额",
        "投资金额",
        "合同投资额",
        "协议投资额",
        "签约额",
    ],
);
const REGION: Column = Column::optional(
    "落地区市",
    &[
        "落地区",
        "落户区市",
        "落地地点",
        "所在区市",
        "落户地",
        "落户地区",
        "落地区域",
        "落地",
        "所在地区",
        "所在区",
    ],
);
const STAGE: Column = Column::optional(
    "当前阶段",
    &["阶段", "项目阶段", "进展", "项目进展", "项目状态", "进展情况", "当前进展", "推进情况", "所处阶段"],
);
const REFERRER: Column =
    Column::optional("引荐单位", &["引荐方", "推荐单位", "引荐商会", "引荐人", "推荐商会"]);
const STATION: Column = Column::optional("引进站点", &["引进工作站", "工作站", "联络站", "站点"]);
const SIGNINGS: Table = &[
    &PROJECT, &TITLE, &INVESTORS, &CEREMONY, &SIGNED, &AGREEMENT, &AMOUNT, &REGION, &STAGE, &REFERRER,
    &STATION,
];
const SIGNING_FIELDS: &[(&str, &Column)] = &[
    ("title", &TITLE),
    ("investors", &INVESTORS),
    ("signing", &AGREEMENT),
    ("amount", &AMOUNT),
    ("ceremony", &CEREMONY),
    ("referrer", &REFERRER),
];

const INSTALMENT: Column = Column::required("笔次", &["期次", "批次", "序次"]);
const ARRIVED: Column = Column::required("到账日期", &["到位日期", "日期"]);
const FUNDS: Column = Column::required("到位金额", &["到位资金", "到账金额", "金额", "到账资金", "本次到位"]);
const FIXED: Column = Column::optional("其中固定资产", &["固定资产", "固定资产投资"]);
const WORKING: Column = Column::optional("其中流动资金", &["流动资金"]);
const ORIGIN: Column = Column::optional("资金来源", &["来源"]);
const VOUCHER: Column = Column::optional("凭证", &["凭证号", "到账凭证"]);
const ARRIVALS: Table = &[&PROJECT, &INSTALMENT, &ARRIVED, &FUNDS, &FIXED, &WORKING, &ORIGIN, &VOUCHER];
const ARRIVAL_FIELDS: &[(&str, &Column)] = &[
    ("instalment", &INSTALMENT),
    ("amount", &FUNDS),
    ("fixed_assets", &FIXED),
    ("working_capital", &WORKING),
    ("voucher", &VOUCHER),
];

/// The ledger of projects, with its figures.
#[derive(Debug, Default)]
pub(super) struct Projects {
    /// For each project of the file that the log knows as signed: the key of its first signing there.
    first_in_log: BTreeMap<RecordKey, Option<String>>,
    /// Keys of the file's own signings.
    own_keys: BTreeSet<Option<String>>,
    projects: BTreeSet<RecordKey>,
    first_signings: BTreeMap<&'static str, u64>,
    fen: BTreeMap<&'static str, i128>,
    instalments: u64,
}

impl Form for Projects {
    fn tables(&self) -> &'static [Table] {
        &[SIGNINGS, ARRIVALS]
    }

    fn read(&mut self, table: usize, line: Line<'_>, context: &Context<'_>) -> Result<Reading, RowFault> {
        let project = line.key(&PROJECT)?;
        if table == 1 {
            return arrival(&line, &project);
        }
        if let Some(first) = first_signing(&project, context) {
            self.first_in_log.insert(project.clone(), first.key);
        }
        let reading = signing(&line, &project)?;
        self.own_keys.insert(Some(own_key(&line, &project)?));
        Ok(reading)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a form looks at its own kinds only")]
    fn tally(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::ProjectSigned(event) => self.tally_signing(event),
                Event::FundsArrived(event) => {
                    self.instalments += 1;
                    self.add(label(AmountKind::Arrived), Some(&event.amount));
                }
                _ => {}
            }
        }
    }

    fn totals(&self, _register: &Register) -> Vec<(&'static str, Value)> {
        vec![
            ("distinct_projects", json!(self.projects.len())),
            ("first_signings", json!(self.first_signings)),
            ("money_fen", json!(self.fen)),
            ("instalments", json!(self.instalments)),
        ]
    }
}

impl Projects {
    /// Counts a signing as the rules do: a project once, at its first signing; of an increment the increment.
    fn tally_signing(&mut self, event: &ProjectSigned) {
        let is_new = self.projects.insert(event.project.clone());
        let first_in_log = self.first_in_log.get(&event.project);
        let signed_elsewhere = first_in_log.is_some_and(|key| !self.own_keys.contains(key));
        let is_first = is_new && !signed_elsewhere;
        if event.signing == Some(Signing::Increment) {
            self.add(label(AmountKind::Increment), event.amount.as_ref());
        } else if is_first {
            let (word, kind) = match event.agreement {
                Agreement::Intent => ("意向", AmountKind::Intent),
                Agreement::Framework => ("框架协议", AmountKind::Framework),
                Agreement::Contract => ("正式合同", AmountKind::Contract),
            };
            // A contract whose amount is left open is a project and no first signing with a figure.
            if event.amount.is_some() {
                *self.first_signings.entry(word).or_default() += 1;
            }
            self.add(label(kind), event.amount.as_ref());
        }
    }

    fn add(&mut self, label: &'static str, amount: Option<&Money>) {
        *self.fen.entry(label).or_default() += amount.map_or(0, |amount| i128::from(amount.fen().get()));
    }
}

const fn label(kind: AmountKind) -> &'static str {
    if matches!(kind, AmountKind::Contract) { "合同总投资_首签" } else { kind.label_zh() }
}

/// The first signing of a project that the log holds.
fn first_signing(project: &RecordKey, context: &Context<'_>) -> Option<Stored> {
    let mut query = Query::tagged(Tag::new("project", project));
    query.items.iter_mut().for_each(|item| item.kinds.push("project_signed".into()));
    // When the log cannot be read, the submission that follows says so.
    context.log.read(&query, 0, Direction::Forward, 1).ok()?.into_iter().next()
}

/// The key under which the row's signing stands in the log.
fn own_key(line: &Line<'_>, project: &RecordKey) -> Result<String, RowFault> {
    Ok(format!("{}:{}", form::name_of(ImportForm::Projects), signing_key(line, project)?))
}

/// Project, date and type: what makes a signing the one it is.
fn signing_key(line: &Line<'_>, project: &RecordKey) -> Result<String, RowFault> {
    Ok(format!("{project}:{}:{}", line.date(&SIGNED)?, agreement(line)?.0))
}

/// The word for what was signed, and what it stands for.
fn agreement(line: &Line<'_>) -> Result<(&'static str, Agreement, Option<Signing>), RowFault> {
    let unknown_type =
        || line.fault(&AGREEMENT, "agreement_type", "合同类型不认识，请写 意向、框架协议、正式合同 或 增资");
    line.text(&AGREEMENT).as_deref().and_then(agreement_of).ok_or_else(unknown_type)
}

fn signing(line: &Line<'_>, project: &RecordKey) -> Result<Reading, RowFault> {
    let (_, agreement, signing) = agreement(line)?;
    let kind = match (signing, agreement) {
        (Some(_), _) => AmountKind::Increment,
        (None, Agreement::Intent) => AmountKind::Intent,
        (None, Agreement::Framework) => AmountKind::Framework,
        (None, Agreement::Contract) => AmountKind::Contract,
    };
    let date = line.date(&SIGNED)?;
    let event = ProjectSigned {
        project: project.clone(),
        title: line.name(&TITLE)?.as_str().to_owned(),
        investors: investors(line)?,
        agreement,
        signing,
        amount: if line.has(&AMOUNT) { line.money(&AMOUNT, kind)? } else { None },
        ceremony: line.has(&CEREMONY).then(|| line.key(&CEREMONY)).transpose()?,
        region: line.parse(&REGION)?,
        referrer: line.parse::<OrgName>(&REFERRER)?.map(PartyRef::Name),
        station: line.has(&STATION).then(|| line.key(&STATION)).transpose()?,
    };
    let key = signing_key(line, project)?;
    let mut items = vec![Item::new(key.clone(), event, date)];
    items.extend(stage_change(line, project)?);
    Ok(Reading::of(Entry { key, items, fields: SIGNING_FIELDS, unknown: Vec::new() }))
}

fn investors(line: &Line<'_>) -> Result<Vec<PartyRef>, RowFault> {
    if !line.has(&INVESTORS) {
        return Err(line.fault(&INVESTORS, "name_empty", "没有写明投资方；请补上"));
    }
    let unfit =
        |_| line.fault(&INVESTORS, "name_unfit", "投资方名称不能识别；请写单位全称，多家之间用顿号隔开");
    line.list(&INVESTORS)
        .iter()
        .map(|name| name.parse::<OrgName>().map(PartyRef::Name).map_err(unfit))
        .collect()
}

/// The stage that a project has come to beyond its signing, as of the file.
fn stage_change(line: &Line<'_>, project: &RecordKey) -> Result<Option<Item>, RowFault> {
    let Some(text) = line.text(&STAGE) else {
        return Ok(None);
    };
    let unknown = || {
        line.fault(
            &STAGE,
            "stage",
            "阶段不认识，请写 在谈、已签约、已注册、已开工、在建、竣工、投产、达产、暂停 或 终止",
        )
    };
    let (word, stage) = stage_of(&text).ok_or_else(unknown)?;
    if matches!(stage, Stage::Negotiating | Stage::Signed) {
        return Ok(None);
    }
    let event = ProjectStageChanged { project: project.clone(), stage, reason: None };
    Ok(Some(Item::new(format!("{project}:stage:{word}"), event, line.page.as_of).dated_by_file().optional()))
}

fn arrival(line: &Line<'_>, project: &RecordKey) -> Result<Reading, RowFault> {
    let number = line.ordinal(&INSTALMENT, &['笔', '期', '次', '批']).and_then(Result::ok);
    let instalment = number.ok_or_else(|| line.fault(&INSTALMENT, "instalment", "笔次应为从 1 起的整数"))?;
    let part = |column| {
        if line.has(column) { line.money(column, AmountKind::Arrived) } else { Ok(None) }
    };
    let amount = line.money(&FUNDS, AmountKind::Arrived)?;
    let event = FundsArrived {
        project: project.clone(),
        instalment,
        amount: amount
            .ok_or_else(|| line.fault(&FUNDS, "amount_missing", "到位金额没有确定；请在到账后补上"))?,
        fixed_assets: part(&FIXED)?,
        working_capital: part(&WORKING)?,
        origin: line.text(&ORIGIN),
        voucher: line.text(&VOUCHER),
    };
    let key = format!("{project}:arrived:{instalment}");
    let items = vec![Item::new(key.clone(), event, line.date(&ARRIVED)?)];
    Ok(Reading::of(Entry { key, items, fields: ARRIVAL_FIELDS, unknown: Vec::new() }))
}

/// The word for keys, the agreement, and what must be said of how it counts.
fn agreement_of(text: &str) -> Option<(&'static str, Agreement, Option<Signing>)> {
    let sorts = [
        ("增资", "increment", Agreement::Contract, Some(Signing::Increment)),
        ("意向", "intent", Agreement::Intent, None),
        ("备忘录", "intent", Agreement::Intent, None),
        ("框架", "framework", Agreement::Framework, None),
        ("战略", "framework", Agreement::Framework, None),
        ("合同", "contract", Agreement::Contract, None),
        ("正式", "contract", Agreement::Contract, None),
    ];
    sorts
        .into_iter()
        .find(|(sign, ..)| text.contains(sign))
        .map(|(_, word, agreement, signing)| (word, agreement, signing))
}

fn stage_of(text: &str) -> Option<(&'static str, Stage)> {
    let stages = [
        ("谈", "negotiating", Stage::Negotiating),
        ("签约", "signed", Stage::Signed),
        ("注册", "registered", Stage::Registered),
        ("落地", "registered", Stage::Registered),
        ("开工", "started", Stage::Started),
        ("在建", "building", Stage::Building),
        ("建设", "building", Stage::Building),
        ("竣工", "completed", Stage::Completed),
        ("投产", "producing", Stage::Producing),
        ("达产", "full-capacity", Stage::FullCapacity),
        ("入统", "in-statistics", Stage::InStatistics),
        ("入规", "above-scale", Stage::AboveScale),
        ("升规", "above-scale", Stage::AboveScale),
        ("暂停", "paused", Stage::Paused),
        ("终止", "ended", Stage::Ended),
        ("解约", "cancelled", Stage::Cancelled),
        ("清退", "cleared", Stage::Cleared),
        ("盘活", "revived", Stage::Revived),
    ];
    let is_ahead = text.contains(['未', '拟']);
    stages
        .into_iter()
        .find(|(sign, ..)| !is_ahead && text.contains(sign))
        .map(|(_, word, stage)| (word, stage))
}
