//! 企业名录: who the enterprises are, which chambers they belong to, what they make and what they need.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered, PersonRegistered};
use jinqiao_events::kinds::membership::{MemberJoined, MembershipLevel};
use jinqiao_events::kinds::visit::{NeedDeclared, NeedType};
use jinqiao_events::log::envelope::hex;
use jinqiao_events::people::detect::find_personal;
use jinqiao_events::value::credit_code::CreditCode;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::{PartyId, PersonId};
use jinqiao_events::value::industry::Industry;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};
use sm3::{Digest, Sm3};
use unicode_normalization::UnicodeNormalization;

use super::form::{Context, Entry, Form, Item, Reading, Remark, Table};
use super::heading::Column;
use super::line::{Line, RowFault};
use super::names::{self, FORMER, HEAD, SHORT};

const NAME: Column =
    Column::required("企业名称", &["单位名称", "名称", "会员名称", "会员单位", "企业", "单位"]);
const CODE: Column =
    Column::required("统一社会信用代码", &["信用代码", "社会信用代码", "统一信用代码", "统一代码"]);
const INDUSTRY: Column = Column::optional(
    "行业代码",
    &["行业", "国民经济行业代码", "行业分类代码", "所属行业", "行业类别", "行业分类", "国民经济行业"],
);
const REGION: Column = Column::optional(
    "行政区划",
    &[
        "所在区市",
        "区市",
        "所属区市",
        "所在地区",
        "行政区划代码",
        "所在区",
        "所属区",
        "区县",
        "所在区县",
        "地区",
    ],
);
const CHAMBERS: Column =
    Column::optional("所属商会", &["商会", "所在商会", "加入商会", "入会商会", "所入商会"]);
const PRODUCTS: Column = Column::optional(
    "主要产品",
    &[
        "产品",
        "主营产品",
        "主要产品服务",
        "主营业务",
        "主要产品及服务",
        "主要产品和服务",
        "主要产品或服务",
        "产品服务",
    ],
);
const NEED: Column = Column::optional("需求", &["诉求", "需求内容", "合作需求", "诉求内容"]);
const CONTACT: Column = Column::optional("联系人", &["联络人", "联系人姓名"]);
const PHONE: Column = Column::optional("电话", &["联系电话", "手机", "手机号", "手机号码", "联系方式"]);
const TABLE: Table = &[
    &NAME, &CODE, &INDUSTRY, &REGION, &CHAMBERS, &PRODUCTS, &NEED, &CONTACT, &PHONE, &FORMER, &SHORT, &HEAD,
];

const FIELDS: &[(&str, &Column)] = &[
    ("identifier", &CODE),
    ("industry", &INDUSTRY),
    ("region", &REGION),
    ("chamber", &CHAMBERS),
    ("products", &PRODUCTS),
    ("text", &NEED),
    ("short_names", &SHORT),
    ("head_office", &HEAD),
];

/// The directory of enterprises, with its figures.
#[derive(Debug, Default)]
pub(super) struct Enterprises {
    registered: BTreeSet<String>,
    memberships: u64,
    chambers: BTreeSet<PartyRef>,
    with_need: u64,
}

impl Form for Enterprises {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn read(&mut self, _table: usize, line: Line<'_>, context: &Context<'_>) -> Result<Reading, RowFault> {
        let name = line.name(&NAME)?;
        let code: CreditCode = line.required(&CODE)?;
        let names = names::of_row(&line, &name, &code, context.register)?;
        let mut remarks = inner_check(&code, &CODE).into_iter().collect::<Vec<_>>();
        let registered = OrgRegistered {
            name: names.entered.clone(),
            kind: OrgKind::Enterprise,
            identifier: Identifier::Uscc(code.clone()),
            region: line.parse(&REGION)?,
            industry: industry(&line, &mut remarks)?,
            short_names: names.short.clone(),
            chamber_type: None,
            home_place: None,
            products: line.list(&PRODUCTS),
        };
        let mut items = vec![Item::new(code.to_string(), registered, line.page.as_of).dated_by_file()];
        items.extend(names::items(&line, &code, &names)?);
        let unknown = joins(&line, &code, context, &mut items);
        items.extend(need(&line, &code, &mut remarks));
        let entry = Entry { key: code.to_string(), items, fields: FIELDS, unknown };
        let Some((person, is_readable)) = line.person(&CONTACT, &PHONE, Some(name.as_str())) else {
            return Ok(Reading { remarks, ..Reading::of(entry) });
        };
        remarks.extend((!is_readable).then(|| Remark::unreadable_phone(&PHONE)));
        let as_of = line.page.as_of;
        let build = Box::new(move |ids: &[PersonId]| {
            let contacts = ids.iter().map(|person| contact(*person, &code, "联系人"));
            let contacts =
                contacts.map(|(key, event)| Item::new(key, event, as_of).dated_by_file().optional());
            let items = entry.items.iter().cloned().chain(contacts).collect();
            Entry { items, ..entry }
        });
        Ok(Reading { persons: vec![person], build, remarks })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a form looks at its own kinds only")]
    fn tally(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::OrgRegistered(event) => drop(self.registered.insert(event.identifier.to_string())),
                Event::MemberJoined(event) => {
                    self.memberships += 1;
                    self.chambers.insert(event.chamber.clone());
                }
                Event::NeedDeclared(_) => self.with_need += 1,
                _ => {}
            }
        }
    }

    fn totals(&self, _register: &Register) -> Vec<(&'static str, Value)> {
        vec![
            ("distinct_enterprises", json!(self.registered.len())),
            ("memberships", json!(self.memberships)),
            ("chambers_named", json!(self.chambers.len())),
            ("with_need", json!(self.with_need)),
        ]
    }
}

/// The industry of a row. A column may hold what people call their trade in place of a code, or behind it: that is no
/// reason to refuse the row.
fn industry(line: &Line<'_>, remarks: &mut Vec<Remark>) -> Result<Option<Industry>, RowFault> {
    let Some(text) = line.text(&INDUSTRY) else { return Ok(None) };
    let text: String = text.nfkc().collect();
    if text.chars().all(|c| c.is_ascii_alphanumeric()) {
        return line.parse(&INDUSTRY);
    }
    if let Some(industry) = leading_code(&text) {
        return Ok(Some(industry));
    }
    let message = "填的是行业名称，不是 GB/T 4754-2017 代码，未记入；请改填代码（如 C3311）后重新导入";
    remarks.push(Remark::new(&INDUSTRY, "industry_name", message));
    Ok(None)
}

/// The code that stands before a name: `C3311 金属结构制造`, `3311-金属结构制造`, `C3311金属结构制造`. Digits that run
/// straight into a word (`24小时便利店`) are part of it.
fn leading_code(text: &str) -> Option<Industry> {
    let (code, name) = text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric())?);
    let is_whole =
        code.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.starts_with(char::is_alphanumeric);
    let has_digits = code.chars().filter(char::is_ascii_digit).count() > 1;
    code.parse().ok().filter(|_| is_whole && has_digits)
}

/// The remark that the organisation code within a credit code fails its own check; some codes in use do.
pub(super) fn inner_check(code: &CreditCode, column: &'static Column) -> Option<Remark> {
    let message = "代码第 9 至 17 位（组织机构代码）的校验位不符，已收下；请对照证照核对";
    (!code.inner_check_ok()).then(|| Remark::new(column, "uscc_inner_check", message))
}

/// The registration of a person as the contact of a party.
pub(super) fn contact(person: PersonId, code: &CreditCode, post: &str) -> (String, PersonRegistered) {
    let organisation = Some(PartyRef::Identifier(Identifier::Uscc(code.clone())));
    (
        format!("{code}:person:{person}"),
        PersonRegistered { person, organisation, post: Some(post.to_owned()) },
    )
}

/// A membership for each chamber that is registered under exactly that name; the other names.
fn joins(line: &Line<'_>, code: &CreditCode, context: &Context<'_>, items: &mut Vec<Item>) -> Vec<String> {
    let member = PartyRef::Identifier(Identifier::Uscc(code.clone()));
    let mut joined = BTreeSet::<PartyId>::new();
    let mut unknown = Vec::new();
    for name in line.list(&CHAMBERS) {
        let named = name.parse::<OrgName>().map(PartyRef::Name).ok();
        match named.and_then(|named| context.register.resolve(&named)) {
            Some(chamber) if joined.insert(chamber) => {
                let event = MemberJoined {
                    chamber: chamber.into(),
                    member: member.clone(),
                    level: MembershipLevel::Member,
                };
                let item = Item::new(format!("{code}:member:{chamber}"), event, line.page.as_of);
                items.push(item.dated_by_file().optional());
            }
            Some(_) => {}
            None => unknown.push(name),
        }
    }
    unknown
}

/// The need of a row. One that holds a phone number is left out whole: where the number stands, a name does too.
fn need(line: &Line<'_>, code: &CreditCode, remarks: &mut Vec<Remark>) -> Option<Item> {
    let text = line.text(&NEED)?;
    if let Some(found) = find_personal(&text) {
        let message = format!("内容里有{}，这一项需求未导入；请删去个人信息后重新导入", found.label_zh());
        remarks.push(Remark::new(&NEED, "personal_data", message));
        return None;
    }
    let digest = hex(Sm3::digest(&text).iter().take(6));
    let event = NeedDeclared {
        need: format!("{code}-{digest}").try_into().ok()?,
        party: PartyRef::Identifier(Identifier::Uscc(code.clone())),
        need_type: sort_of(&text),
        text,
        owner: None,
        visit: None,
    };
    Some(Item::new(format!("{code}:need:{digest}"), event, line.page.as_of).dated_by_file().optional())
}

/// What a need is about, by the first sort one of whose words it holds.
pub(super) fn sort_of(text: &str) -> NeedType {
    const WORDS: [(NeedType, &[&str]); 7] = [
        (NeedType::Talent, &["人才", "招聘", "用工", "博士"]),
        (NeedType::Capital, &["融资", "资金", "贷款", "股权", "资本"]),
        (NeedType::Land, &["用地", "场地", "场所", "厂房"]),
        (NeedType::Policy, &["政策", "申报", "补贴", "认定", "注册"]),
        (NeedType::Technology, &["技术", "研发", "数字化", "高校"]),
        (NeedType::Supply, &["供应商", "协作厂", "采购", "设备", "加工厂"]),
        (NeedType::Market, &["客户", "市场", "渠道", "销售", "招引", "入驻", "对接"]),
    ];
    let sort = WORDS.iter().find(|(_, words)| words.iter().any(|word| text.contains(word)));
    sort.map_or(NeedType::Other, |(sort, _)| *sort)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_before_a_name_is_read_and_digits_within_a_word_are_none() {
        for text in ["C3311 金属结构制造", "3311-金属结构制造", "C3311金属结构制造", "C3311(金属结构制造)"]
        {
            assert_eq!(leading_code(text).map(Industry::code), Some("3311"), "{text}");
        }
        for text in ["金属结构制造", "24小时便利店", "3D 打印", "A股上市公司", "C9999 未知"]
        {
            assert_eq!(leading_code(text), None, "{text}");
        }
    }

    #[test]
    fn needs_are_sorted_by_their_words() {
        let sorts = [
            ("寻找精密铸件供应商", NeedType::Supply),
            ("融资500万元", NeedType::Capital),
            ("寻找仓储用地", NeedType::Land),
            ("引进高层次人才", NeedType::Talent),
            ("开拓海外市场", NeedType::Market),
            ("对接制造企业数字化改造", NeedType::Technology),
            ("其他事项", NeedType::Other),
        ];
        for (text, sort) in sorts {
            assert_eq!(sort_of(text), sort, "{text}");
        }
    }
}
