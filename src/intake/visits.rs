//! 走访诉求台账: visits to members, the needs said there, who takes care of them and how far they have come. A row is a
//! need; its visit stands in merged cells, or once above blank ones.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::visit::{
    MemberVisited, NeedDeclared, NeedResolved, NeedStatus, NeedStatusChanged, NeedType,
};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::envelope::hex;
use jinqiao_events::people::PersonSeen;
use jinqiao_events::people::detect::find_personal;
use jinqiao_events::value::ids::PersonId;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};
use sm3::{Digest, Sm3};

use super::enterprises::sort_of;
use super::form::{Context, Entry, Form, Item, Reading, Remark, Table, face};
use super::heading::Column;
use super::line::{Line, RowFault};

const DATE: Column = Column::required("走访日期", &["日期"]);
const CHAMBER: Column = Column::required("走访商会", &["商会", "商会名称", "走访单位"]);
const VISITOR: Column = Column::optional("走访人", &["走访人员", "带队人"]);
const PHONE: Column = Column::optional("联系电话", &["电话"]);
const MEMBER: Column = Column::required(
    "企业名称",
    &[
        "走访企业",
        "会员企业",
        "单位名称",
        "企业",
        "受访企业",
        "受访单位",
        "被走访企业",
        "走访对象",
        "会员单位",
    ],
);
const SORT: Column =
    Column::optional("诉求类别", &["诉求类型", "类别", "需求类别", "诉求分类", "需求类型", "问题类别"]);
const TEXT: Column = Column::required(
    "诉求内容",
    &["诉求", "需求", "需求内容", "问题诉求", "企业诉求", "反映问题", "诉求事项", "困难诉求"],
);
const OWNER: Column =
    Column::optional("承办单位", &["责任单位", "办理单位", "责任部门", "承办部门", "办理部门", "牵头单位"]);
const STATUS: Column = Column::optional("办理状态", &["状态", "办理情况", "办理进展"]);
const RESOLVED: Column = Column::optional("办结日期", &["完成日期", "解决日期"]);
const TABLE: Table = &[&DATE, &CHAMBER, &VISITOR, &PHONE, &MEMBER, &SORT, &TEXT, &OWNER, &STATUS, &RESOLVED];
const FIELDS: &[(&str, &Column)] = &[
    ("visit", &DATE),
    ("chamber", &CHAMBER),
    ("member", &MEMBER),
    ("party", &MEMBER),
    ("need", &TEXT),
    ("text", &TEXT),
    ("owner", &OWNER),
    ("status", &STATUS),
];

/// A visit as its row, or the row above, says it.
#[derive(Debug, Clone)]
struct Visit {
    key: RecordKey,
    date: Occurred,
    chamber: OrgName,
    member: OrgName,
    visitor: Option<PersonSeen>,
}

/// The ledger of visits, with its figures.
#[derive(Debug, Default)]
pub(super) struct Visits {
    latest: Option<Visit>,
    /// What the rows of a visit say of one and the same need: the same words twice, to two owners, are two needs,
    /// told apart by their order; a row that says all of it again is a repeat.
    said: BTreeMap<String, Vec<[String; 3]>>,
    visits: BTreeSet<RecordKey>,
    members: BTreeSet<PartyRef>,
    with_need: BTreeSet<RecordKey>,
    needs: BTreeMap<RecordKey, NeedType>,
    status: BTreeMap<RecordKey, &'static str>,
}

impl Form for Visits {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn read(&mut self, _table: usize, line: Line<'_>, _context: &Context<'_>) -> Result<Reading, RowFault> {
        let goes_on = !line.has(&DATE) && !line.has(&MEMBER);
        let visit = match self.latest.take().filter(|_| goes_on) {
            Some(visit) => visit,
            None => visit(&line)?,
        };
        self.latest = Some(visit.clone());
        let mut remarks = Vec::new();
        let needed = self.need(&line, &visit, &mut remarks)?;
        let key = needed.first().map_or_else(|| visit.key.to_string(), |item| item.key.clone());
        let persons: Vec<PersonSeen> = visit.visitor.iter().cloned().collect();
        let build = Box::new(move |ids: &[PersonId]| {
            let event = MemberVisited {
                visit: visit.key.clone(),
                chamber: PartyRef::Name(visit.chamber),
                member: PartyRef::Name(visit.member),
                visitor: ids.first().copied(),
            };
            // Each need of a visit brings its visit along; only the first of them records it.
            let mut visited = Item::new(format!("visit:{}", visit.key), event, visit.date);
            visited.is_optional = !needed.is_empty();
            let items = std::iter::once(visited).chain(needed).collect();
            Entry { key, items, fields: FIELDS, unknown: Vec::new() }
        });
        Ok(Reading { persons, build, remarks })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a form looks at its own kinds only")]
    fn tally(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::MemberVisited(event) => {
                    self.visits.insert(event.visit.clone());
                    self.members.insert(event.member.clone());
                }
                Event::NeedDeclared(event) => {
                    self.with_need.extend(event.visit.clone());
                    self.needs.insert(event.need.clone(), event.need_type);
                }
                Event::NeedStatusChanged(event) => {
                    self.status.insert(event.need.clone(), label(event.status));
                }
                Event::NeedResolved(event) => drop(self.status.insert(event.need.clone(), "已办结")),
                _ => {}
            }
        }
    }

    fn totals(&self, register: &Register) -> Vec<(&'static str, Value)> {
        let members: BTreeSet<_> = self.members.iter().map(|party| face(party, register)).collect();
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        self.needs.values().for_each(|sort| *kinds.entry(word(*sort)).or_default() += 1);
        let mut status: BTreeMap<&str, u64> = BTreeMap::new();
        self.status.values().for_each(|label| *status.entry(label).or_default() += 1);
        vec![
            ("visits", json!(self.visits.len())),
            ("enterprises_visited", json!(members.len())),
            ("needs", json!(self.needs.len())),
            ("needs_by_kind", json!(kinds)),
            ("needs_by_status", json!(status)),
            ("visits_without_need", json!(self.visits.difference(&self.with_need).count())),
        ]
    }
}

impl Visits {
    /// The need of a row and how far it has come. One that holds personal data is left out whole.
    fn need(
        &mut self,
        line: &Line<'_>,
        visit: &Visit,
        remarks: &mut Vec<Remark>,
    ) -> Result<Vec<Item>, RowFault> {
        let Some(text) = line.text(&TEXT) else { return Ok(Vec::new()) };
        if let Some(found) = find_personal(&text) {
            let message = format!("内容里有{}，这一项诉求未导入；请删去个人信息后重新导入", found.label_zh());
            remarks.push(Remark::new(&TEXT, "personal_data", message));
            return Ok(Vec::new());
        }
        let sort = line.text(&SORT).map_or_else(|| sort_of(&text), |written| sort_named(&written, &text));
        let digest = hex(Sm3::digest(format!("{}{text}", word(sort))).iter().take(6));
        let number = self.number(line, &format!("{} {digest}", visit.key));
        let need = line.record_key(&TEXT, format!("{} {digest}{number}", visit.key))?;
        let owner = line.parse::<OrgName>(&OWNER)?.map(PartyRef::Name);
        let declared = NeedDeclared {
            need: need.clone(),
            party: PartyRef::Name(visit.member.clone()),
            need_type: sort,
            text,
            owner: owner.clone(),
            visit: Some(visit.key.clone()),
        };
        let mut items = vec![Item::new(format!("need:{need}"), declared, visit.date)];
        let written = line.text(&STATUS).unwrap_or_default();
        if written.contains("办结") || (written.is_empty() && line.has(&RESOLVED)) {
            let event =
                NeedResolved { need: need.clone(), met: !written.contains('未'), introduction: None };
            items.push(Item::new(format!("need:{need}:resolved"), event, line.date(&RESOLVED)?));
        } else if let Some(status) = status_named(&written) {
            let key = format!("need:{need}:{}", label(status));
            let event = NeedStatusChanged { need, status, owner, due: None };
            items.push(Item::new(key, event, visit.date).optional());
        }
        Ok(items)
    }

    /// What tells this need from an earlier one of the same words: nothing for the first, `-2` for the second.
    fn number(&mut self, line: &Line<'_>, need: &str) -> String {
        let rest = [&OWNER, &STATUS, &RESOLVED].map(|column| line.text(column).unwrap_or_default());
        let said = self.said.entry(need.to_owned()).or_default();
        let index = said.iter().position(|other| *other == rest).unwrap_or_else(|| {
            said.push(rest);
            said.len() - 1
        });
        if index == 0 { String::new() } else { format!("-{}", index + 1) }
    }
}

fn visit(line: &Line<'_>) -> Result<Visit, RowFault> {
    let (date, chamber, member) = (line.date(&DATE)?, line.name(&CHAMBER)?, line.name(&MEMBER)?);
    let key = line.record_key(&MEMBER, format!("走访 {date} {chamber} {member}"))?;
    let visitor = line.person(&VISITOR, &PHONE, Some(chamber.as_str())).map(|(person, _)| person);
    Ok(Visit { key, date, chamber, member, visitor })
}

fn status_named(text: &str) -> Option<NeedStatus> {
    let words = [
        ("受理", NeedStatus::Accepted),
        ("交办", NeedStatus::Assigned),
        ("转办", NeedStatus::Assigned),
        ("办理", NeedStatus::InProgress),
        ("推进", NeedStatus::InProgress),
        ("在办", NeedStatus::InProgress),
    ];
    words.into_iter().find(|(word, _)| text.contains(word)).map(|(_, status)| status)
}

const fn label(status: NeedStatus) -> &'static str {
    match status {
        NeedStatus::Accepted => "已受理",
        NeedStatus::Assigned => "已交办",
        NeedStatus::InProgress => "办理中",
    }
}

const fn word(sort: NeedType) -> &'static str {
    match sort {
        NeedType::Talent => "人才",
        NeedType::Capital => "资金",
        NeedType::Technology => "技术",
        NeedType::Market => "市场",
        NeedType::Policy => "政策",
        NeedType::Land => "用地",
        NeedType::Supply => "供应",
        NeedType::Asset => "资产",
        NeedType::PartyBuilding => "党建",
        NeedType::Other => "其他",
    }
}

/// The sort that a cell names; what it does not name is told by the words of the need.
fn sort_named(written: &str, text: &str) -> NeedType {
    let words: [(&[&str], NeedType); 9] = [
        (&["人才", "用工", "招聘"], NeedType::Talent),
        (&["资金", "融资", "资本"], NeedType::Capital),
        (&["技术", "科技"], NeedType::Technology),
        (&["市场", "销售"], NeedType::Market),
        (&["政策"], NeedType::Policy),
        (&["用地", "土地", "厂房"], NeedType::Land),
        (&["供应", "采购"], NeedType::Supply),
        (&["资产"], NeedType::Asset),
        (&["党建"], NeedType::PartyBuilding),
    ];
    let named = words.into_iter().find(|(words, _)| words.iter().any(|word| written.contains(word)));
    named.map_or_else(|| sort_of(text), |(_, sort)| sort)
}
