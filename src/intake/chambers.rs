//! 商会名录: the chambers, where their members come from, since when they are legal persons, who leads them.

use std::collections::BTreeMap;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::chamber::ChamberLegallyRegistered;
use jinqiao_events::kinds::identity::{ChamberType, OrgKind, OrgRegistered, Role, RoleAssigned};
use jinqiao_events::value::credit_code::CreditCode;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::PersonId;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::occurred::{Occurred, Precision};
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::Region;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};

use super::enterprises::{contact, inner_check};
use super::form::{Context, Entry, Form, Item, Reading, Remark, Table};
use super::heading::Column;
use super::line::{Line, RowFault};
use super::names::{self, FORMER, HEAD, Names, SHORT};

const NAME: Column = Column::required("商会名称", &["商协会名称", "名称", "商会", "单位名称"]);
const CODE: Column = Column::required("统一社会信用代码", &["信用代码", "社会信用代码", "统一信用代码"]);
const SEAT: Column = Column::optional("驻地", &["所在地", "注册地", "地址", "注册地址", "住所", "办公地址"]);
const HOME: Column = Column::optional("原籍地", &["原籍", "籍贯地"]);
const TYPE: Column = Column::optional("类型", &["商会类型", "类别", "商会类别"]);
const REGISTERED: Column =
    Column::optional("登记日期", &["注册日期", "登记时间", "成立登记日期", "注册时间"]);
const PRESIDENT: Column = Column::optional("会长单位", &["会长企业"]);
const SECRETARY: Column = Column::optional("秘书长", &["秘书长姓名"]);
const PHONE: Column = Column::optional("联系电话", &["电话", "手机", "手机号", "秘书长电话", "联系方式"]);
const TABLE: Table =
    &[&NAME, &CODE, &SEAT, &HOME, &TYPE, &REGISTERED, &PRESIDENT, &SECRETARY, &PHONE, &FORMER, &SHORT, &HEAD];

const FIELDS: &[(&str, &Column)] = &[
    ("identifier", &CODE),
    ("region", &SEAT),
    ("home_place", &HOME),
    ("holder", &PRESIDENT),
    ("person", &SECRETARY),
];

/// The directory of chambers, with its figures.
#[derive(Debug, Default)]
pub(super) struct Chambers {
    registered: u64,
    by_type: BTreeMap<&'static str, u64>,
    month_precision_dates: u64,
    /// The dates of legal registration are on the drafts only, so they are noted while reading.
    months: BTreeMap<Identifier, bool>,
}

impl Form for Chambers {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn read(&mut self, _table: usize, line: Line<'_>, context: &Context<'_>) -> Result<Reading, RowFault> {
        let name = line.name(&NAME)?;
        let code: CreditCode = line.required(&CODE)?;
        let registered = line.has(&REGISTERED).then(|| line.date(&REGISTERED)).transpose()?;
        let is_month = registered.is_some_and(|date| date.precision() == Precision::Month);
        self.months.insert(Identifier::Uscc(code.clone()), is_month);
        let mut remarks: Vec<Remark> = inner_check(&code, &CODE).into_iter().collect();
        let names = names::of_row(&line, &name, &code, context.register)?;
        let mut items = vec![registration(&line, &names, &code, registered, &mut remarks)?];
        items.extend(names::items(&line, &code, &names)?);
        if let Some(date) = registered {
            let event = ChamberLegallyRegistered { chamber: party(&code), authority: None };
            items.push(Item::new(format!("{code}:legal"), event, date));
        }
        if let Some(holder) = line.parse::<OrgName>(&PRESIDENT)? {
            items.push(office(&line, &code, Role::President, Some(PartyRef::Name(holder)), None));
        }
        let entry = Entry { key: code.to_string(), items, fields: FIELDS, unknown: Vec::new() };
        let Some((person, is_readable)) = line.person(&SECRETARY, &PHONE, Some(name.as_str())) else {
            return Ok(Reading { remarks, ..Reading::of(entry) });
        };
        remarks.extend((!is_readable).then(|| Remark::unreadable_phone(&PHONE)));
        let secretary = office(&line, &code, Role::SecretaryGeneral, None, None);
        let build = Box::new(move |ids: &[PersonId]| with_secretary(entry, &code, &secretary, ids));
        Ok(Reading { persons: vec![person], build, remarks })
    }

    fn tally(&mut self, events: &[Event]) {
        for event in events {
            let Event::OrgRegistered(event) = event else {
                continue;
            };
            self.registered += 1;
            if let Some(sort) = event.chamber_type {
                *self.by_type.entry(label(sort)).or_default() += 1;
            }
            let is_month = self.months.get(&event.identifier).is_some_and(|is_month| *is_month);
            self.month_precision_dates += u64::from(is_month);
        }
    }

    fn totals(&self, _register: &Register) -> Vec<(&'static str, Value)> {
        vec![
            ("distinct_chambers", json!(self.registered)),
            ("by_kind", json!(self.by_type)),
            ("month_precision_dates", json!(self.month_precision_dates)),
        ]
    }
}

fn party(code: &CreditCode) -> PartyRef {
    PartyRef::Identifier(Identifier::Uscc(code.clone()))
}

/// Adds the secretary-general as a person and as the holder of the office.
fn with_secretary(entry: Entry, code: &CreditCode, office: &Item, ids: &[PersonId]) -> Entry {
    let mut items = entry.items;
    for person in ids {
        let (key, event) = contact(*person, code, "秘书长");
        items.push(Item { key, event: event.into(), ..office.clone() });
        let (role, person) = (Role::SecretaryGeneral, Some(*person));
        let event = RoleAssigned { organisation: party(code), role, holder: None, person };
        items.push(Item { event: event.into(), ..office.clone() });
    }
    Entry { items, ..entry }
}

/// The chamber's entry into the register, on the day of its legal registration where that is known.
fn registration(
    line: &Line<'_>,
    names: &Names,
    code: &CreditCode,
    registered: Option<Occurred>,
    remarks: &mut Vec<Remark>,
) -> Result<Item, RowFault> {
    let seat = line.text(&SEAT);
    let region: Option<Region> = seat.as_deref().and_then(|seat| seat.parse().ok());
    if seat.is_some() && region.is_none() {
        remarks.push(Remark::new(
            &SEAT,
            "region_unknown",
            "驻地查不到对应的行政区划，未记入；请写区（市）名称或 6 位代码",
        ));
    }
    let chamber_type = line.text(&TYPE).map(|text| type_of(&text));
    if chamber_type == Some(None) {
        return Err(line.fault(
            &TYPE,
            "chamber_type",
            "商会类型不认识，请写 异地商会、行业商会、镇街商会 或 综合性商会",
        ));
    }
    let event = OrgRegistered {
        name: names.entered.clone(),
        kind: OrgKind::Chamber,
        identifier: Identifier::Uscc(code.clone()),
        region,
        industry: None,
        short_names: names.short.clone(),
        chamber_type: chamber_type.flatten(),
        home_place: line.text(&HOME),
        products: Vec::new(),
    };
    Ok(match registered {
        Some(date) => Item::new(code.to_string(), event, date),
        None => Item::new(code.to_string(), event, line.page.as_of).dated_by_file(),
    })
}

/// An office in the chamber. Its key names the office and the holding party, never a person.
fn office(
    line: &Line<'_>,
    code: &CreditCode,
    role: Role,
    holder: Option<PartyRef>,
    person: Option<PersonId>,
) -> Item {
    let office = match role {
        Role::SecretaryGeneral => "secretary-general",
        Role::President
        | Role::ExecutivePresident
        | Role::VicePresident
        | Role::CouncilMember
        | Role::PartySecretary
        | Role::LiaisonOfficer
        | Role::Other => "president",
    };
    let event = RoleAssigned { organisation: party(code), role, holder, person };
    Item::new(format!("{code}:{office}"), event, line.page.as_of).dated_by_file().optional()
}

/// The type that a directory writes, with or without 商会.
fn type_of(text: &str) -> Option<ChamberType> {
    let sorts = [
        ("异地", ChamberType::HomePlace),
        ("行业", ChamberType::Trade),
        ("镇街", ChamberType::Township),
        ("街道", ChamberType::Township),
        ("综合", ChamberType::General),
    ];
    sorts.into_iter().find(|(word, _)| text.contains(word)).map(|(_, sort)| sort)
}

const fn label(sort: ChamberType) -> &'static str {
    match sort {
        ChamberType::HomePlace => "异地商会",
        ChamberType::Trade => "行业商会",
        ChamberType::Township => "镇街商会",
        ChamberType::General => "综合性商会",
    }
}
