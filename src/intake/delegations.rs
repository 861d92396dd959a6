//! 考察接待台账: delegations that came and went, who hosted them, whom they met, what followed.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::visit::{DelegationVisited, Direction, FollowUp};
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};

use super::form::{Context, Entry, Form, Item, Reading, Table, face};
use super::heading::Column;
use super::line::{Line, RowFault};

const DATE: Column = Column::required("日期", &["接待日期", "考察日期", "来访日期", "活动日期"]);
const DIRECTION: Column =
    Column::required("方向", &["考察方向", "类别", "类型", "来访", "考察类型", "往来方向"]);
const PLACE: Column = Column::optional("来自", &["前往", "来源地", "来源", "目的地", "地区", "考察地"]);
const DELEGATION: Column =
    Column::required("考察单位", &["考察团", "考察团名称", "来访单位", "代表团", "团组名称", "考察团组"]);
const HEADS: Column = Column::optional(
    "人数",
    &["考察人数", "来访人数", "人次", "参加人数", "参访人数", "来宾人数", "随行人数"],
);
const SITES: Column = Column::optional("考察点位", &["考察点", "点位", "参观点位", "考察地点", "参观点"]);
const HOSTS: Column =
    Column::optional("接待商会", &["接待单位", "承办商会", "带队商会", "对接商会", "接待方"]);
const MET: Column = Column::optional("对接企业", &["会见企业", "对接单位", "洽谈企业"]);
const TOPIC: Column = Column::optional(
    "洽谈内容",
    &["洽谈事项", "考察内容", "内容", "议题", "主要内容", "交流内容", "活动内容"],
);
const FOLLOW: Column = Column::optional("后续跟进", &["跟进情况", "跟进", "后续", "跟进状态"]);
const TABLE: Table = &[&DATE, &DIRECTION, &PLACE, &DELEGATION, &HEADS, &SITES, &HOSTS, &MET, &TOPIC, &FOLLOW];
const FIELDS: &[(&str, &Column)] = &[
    ("delegation", &DELEGATION),
    ("title", &DELEGATION),
    ("direction", &DIRECTION),
    ("place", &PLACE),
    ("visitors", &HEADS),
    ("delegates", &DELEGATION),
    ("hosts", &HOSTS),
    ("met", &MET),
    ("sites", &SITES),
    ("topic", &TOPIC),
];

/// The ledger of delegations, with its figures.
#[derive(Debug, Default)]
pub(super) struct Delegations {
    inbound: u64,
    outbound: u64,
    visitors: u64,
    origins: BTreeSet<String>,
    met: BTreeSet<PartyRef>,
}

impl Form for Delegations {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn read(&mut self, _table: usize, line: Line<'_>, context: &Context<'_>) -> Result<Reading, RowFault> {
        let (date, direction) = (line.date(&DATE)?, direction(&line)?);
        let title = line.name(&DELEGATION)?;
        let place = line.text(&PLACE);
        let hosts = parties(&line, &HOSTS);
        let way = match direction {
            Direction::Inbound => "来访",
            Direction::Outbound => "外出",
        };
        let host = hosts.first().map(ToString::to_string).unwrap_or_default();
        let key = format!("{date} {way} {} {title} {host}", place.as_deref().unwrap_or_default());
        // Who goes is one of ours; who comes is a party only where the register knows it.
        let named = PartyRef::Name(title.clone());
        let is_party = direction == Direction::Outbound || context.register.resolve(&named).is_some();
        let event = DelegationVisited {
            delegation: line.record_key(&DELEGATION, key)?,
            title: title.as_str().to_owned(),
            direction,
            place,
            visitors: heads(&line)?,
            delegates: is_party.then_some(named).into_iter().collect(),
            hosts,
            met: parties(&line, &MET),
            sites: line.list(&SITES),
            topic: line.text(&TOPIC),
            follow_up: line.text(&FOLLOW).and_then(|text| follow_up(&text)),
        };
        let key = event.delegation.to_string();
        let items = vec![Item::new(key.clone(), event, date)];
        Ok(Reading::of(Entry { key, items, fields: FIELDS, unknown: Vec::new() }))
    }

    fn tally(&mut self, events: &[Event]) {
        for event in events {
            let Event::DelegationVisited(event) = event else { continue };
            self.visitors += u64::from(event.visitors.unwrap_or_default());
            self.met.extend(event.met.iter().cloned());
            match event.direction {
                Direction::Inbound => {
                    self.inbound += 1;
                    self.origins.extend(event.place.clone());
                }
                Direction::Outbound => self.outbound += 1,
            }
        }
    }

    fn totals(&self, register: &Register) -> Vec<(&'static str, Value)> {
        let met: BTreeSet<_> = self.met.iter().map(|party| face(party, register)).collect();
        vec![
            ("inbound", json!(self.inbound)),
            ("outbound", json!(self.outbound)),
            ("visitors", json!(self.visitors)),
            ("origins_inbound", json!(self.origins)),
            ("enterprises_met", json!(met.len())),
        ]
    }
}

/// The organisations that a cell lists, as names.
fn parties(line: &Line<'_>, column: &Column) -> Vec<PartyRef> {
    let names = line.list(column).into_iter();
    names.filter_map(|name| name.parse::<OrgName>().ok()).map(PartyRef::Name).collect()
}

fn direction(line: &Line<'_>) -> Result<Direction, RowFault> {
    let text = line.text(&DIRECTION).unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["外出", "出访", "赴", "走出"]) {
        Ok(Direction::Outbound)
    } else if says(&["来", "接待", "请进", "内"]) {
        Ok(Direction::Inbound)
    } else {
        Err(line.fault(&DIRECTION, "direction_unknown", "方向看不出是来访还是外出；请写“来青”或“外出”"))
    }
}

/// How many travelled: `21`, `21人`.
fn heads(line: &Line<'_>) -> Result<Option<u32>, RowFault> {
    line.whole(&HEADS, &['人', '名', '位', '余', '多', '次']).transpose()
}

fn follow_up(text: &str) -> Option<FollowUp> {
    let words = [
        ("不再", FollowUp::Dropped),
        ("终止", FollowUp::Dropped),
        ("待", FollowUp::Pending),
        ("未", FollowUp::Pending),
        ("回访", FollowUp::Revisited),
        ("洽谈", FollowUp::Talking),
        ("对接", FollowUp::Talking),
        ("跟进", FollowUp::Talking),
    ];
    words.into_iter().find(|(word, _)| text.contains(word)).map(|(_, follow_up)| follow_up)
}
