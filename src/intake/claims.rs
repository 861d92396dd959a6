//! 公开表述: figures as reports and newspapers print them, to be held against the log. 70多场 stays 70多场: the number
//! written and how it is meant, never a number made up in its place.

use std::collections::BTreeSet;

use jinqiao_events::kinds::text::ClaimPublished;
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::envelope::hex;
use jinqiao_events::value::amount::{Amount, ParsedAmount, Unit, parse_amount, parse_amount_cell};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::figures;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};
use sm3::{Digest, Sm3};

use super::form::{Context, Entry, Form, Item, Reading, Table};
use super::heading::Column;
use super::line::{Line, RowFault};
use super::table::Cell;

const KEY: Column = Column::optional("编号", &["表述编号", "序码"]);
const TEXT: Column = Column::required("表述", &["原文", "表述原文", "公开表述", "内容"]);
const SUBJECT: Column = Column::optional("主题", &["事项", "对象"]);
const VALUE: Column = Column::required("数值", &["数字", "数量", "数额", "数据"]);
const UNIT: Column = Column::optional("单位", &["计量单位", "量词"]);
const FIGURE: Column = Column::optional("指标", &["对应指标", "统计指标"]);
const PUBLICATION: Column = Column::required("出处", &["来源", "刊物", "报道"]);
const PUBLISHER: Column = Column::optional("发布单位", &["发布者", "媒体"]);
const DATE: Column = Column::optional("发布日期", &["日期", "发布时间", "刊发日期"]);
const FROM: Column = Column::optional("起始日期", &["期间起", "起"]);
const TO: Column = Column::optional("截止日期", &["期间止", "止"]);
const TABLE: Table =
    &[&TEXT, &VALUE, &UNIT, &SUBJECT, &FIGURE, &PUBLICATION, &PUBLISHER, &DATE, &FROM, &TO, &KEY];
const FIELDS: &[(&str, &Column)] = &[
    ("claim", &KEY),
    ("text", &TEXT),
    ("subject", &SUBJECT),
    ("value", &VALUE),
    ("unit", &UNIT),
    ("figure", &FIGURE),
    ("publication", &PUBLICATION),
    ("publisher", &PUBLISHER),
];

/// The list of published claims, with its figures.
#[derive(Debug, Default)]
pub(super) struct Claims {
    claims: BTreeSet<RecordKey>,
    subjects: BTreeSet<String>,
    measured: u64,
    approximate: u64,
}

impl Form for Claims {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn read(&mut self, _table: usize, line: Line<'_>, _context: &Context<'_>) -> Result<Reading, RowFault> {
        let (amount, unit) = number(&line)?;
        let text = required(&line, &TEXT)?;
        let publication = required(&line, &PUBLICATION)?;
        let claim = key(&line, &text, &publication)?;
        let value = whole(&line, &amount, unit)?;
        let date = |column| line.has(column).then(|| line.date(column)).transpose();
        let published: Option<Occurred> = date(&DATE)?;
        let event = ClaimPublished {
            claim: claim.clone(),
            subject: line.text(&SUBJECT).unwrap_or_else(|| text.chars().take(60).collect()),
            text,
            figure: figure(&line)?,
            value,
            unit,
            approximator: amount.approx,
            publication,
            publisher: line.parse::<OrgName>(&PUBLISHER)?.map(PartyRef::Name),
            from: date(&FROM)?,
            to: date(&TO)?,
        };
        let item = match published {
            Some(day) => Item::new(claim.to_string(), event, day),
            None => Item::new(claim.to_string(), event, line.page.as_of).dated_by_file(),
        };
        let items = vec![item];
        Ok(Reading::of(Entry { key: claim.to_string(), items, fields: FIELDS, unknown: Vec::new() }))
    }

    fn tally(&mut self, events: &[Event]) {
        for event in events {
            let Event::ClaimPublished(claim) = event else { continue };
            self.claims.insert(claim.claim.clone());
            self.subjects.insert(claim.subject.clone());
            self.measured += u64::from(claim.figure.is_some());
            self.approximate += u64::from(claim.approximator.is_some());
        }
    }

    fn totals(&self, _register: &Register) -> Vec<(&'static str, Value)> {
        vec![
            ("claims", json!(self.claims.len())),
            ("subjects", json!(self.subjects.len())),
            ("with_figure", json!(self.measured)),
            ("approximate", json!(self.approximate)),
        ]
    }
}

fn required(line: &Line<'_>, column: &Column) -> Result<String, RowFault> {
    line.text(column).ok_or_else(|| line.fault(column, "text_empty", "没有填写；请补上"))
}

/// The key that the list gives, else one made from the words and where they stand.
fn key(line: &Line<'_>, text: &str, publication: &str) -> Result<RecordKey, RowFault> {
    if line.text(&KEY).is_some() {
        return line.key(&KEY);
    }
    let value = line.text(&VALUE).unwrap_or_default();
    let digest = hex(Sm3::digest(format!("{publication}\n{text}\n{value}")).iter().take(8));
    line.record_key(&TEXT, format!("claim-{digest}"))
}

/// The number, and what it counts: by its own column, by the heading's unit, or by the word behind the number.
fn number(line: &Line<'_>) -> Result<(Amount, Counter), RowFault> {
    let named = line.text(&UNIT);
    let written = line.text(&VALUE).unwrap_or_default();
    let (digits, behind) = split_counter(&written);
    let word = named.as_deref().or(behind);
    let missing = || {
        let zh = "看不出数的是什么；请在“单位”列写 家、人、人次、场、期、次、个、名、元、万元、亿元、美元、亩、对、条 或 天";
        line.fault(&UNIT, "unit_unknown", zh)
    };
    let counter = word.and_then(Counter::from_zh).ok_or_else(missing)?;
    if let (Some(named), Some(behind)) = (named.as_deref().and_then(Counter::from_zh), behind)
        && Counter::from_zh(behind) != Some(named)
    {
        return Err(line.fault(&UNIT, "unit_differs", "数值后面的量词与“单位”列不一致；请改正其一"));
    }
    let scale = match word {
        Some("万元" | "万美元") => Unit::Wan,
        Some("亿元" | "亿美元") => Unit::Yi,
        Some(_) | None => Unit::Yuan,
    };
    let parsed = match line.number(&VALUE) {
        Some(number) => parse_amount_cell(number, scale),
        None => parse_amount(digits, scale),
    };
    let blamed = |error: jinqiao_events::value::amount::AmountError| {
        line.fault(&VALUE, error.code(), &error.to_string())
    };
    match parsed.map_err(blamed)? {
        ParsedAmount::Stated(amount) if amount.fen_high.is_none() && fits(amount.currency, counter) => {
            Ok((amount, counter))
        }
        ParsedAmount::Stated(_) | ParsedAmount::Unstated => {
            Err(line.fault(&VALUE, "amount_ambiguous", "须是一个数（可带 多、余、近、约、逾）；请改成一个数"))
        }
    }
}

/// Whether a number of this currency can stand before that counter; a bare number can before any.
fn fits(currency: Currency, counter: Counter) -> bool {
    currency == Currency::CNY || counter.currency() == Some(currency)
}

/// `170余人次` as `170余` and `人次`; the longest counter that the text ends with. 万元 and 亿元 stay with their number.
fn split_counter(text: &str) -> (&str, Option<&str>) {
    const MONEY: [&str; 6] = ["万美元", "亿美元", "美元", "万元", "亿元", "元"];
    if let Some(word) = MONEY.into_iter().find(|word| text.ends_with(word)) {
        return (text, Some(word));
    }
    let words = Counter::ALL.iter().map(|counter| counter.zh()).chain(["所", "间", "位"]);
    let found = words.filter_map(|word| text.strip_suffix(word)).min_by_key(|rest| rest.len());
    match found.and_then(|rest| text.get(rest.len()..).map(|word| (rest, word))) {
        Some((rest, word)) => (rest.trim_end(), Some(word)),
        None => (text, None),
    }
}

/// The number as the log holds it: fen of money, otherwise a whole number.
fn whole(line: &Line<'_>, amount: &Amount, unit: Counter) -> Result<i64, RowFault> {
    let fen = amount.fen.get();
    if unit.currency().is_some() {
        Ok(fen)
    } else if fen % 100 == 0 {
        Ok(fen / 100)
    } else {
        Err(line.fault(&VALUE, "not_whole", "家、人、场等只能是整数；请核对数值"))
    }
}

/// The figure of the report that the claim is held against, by its name or its Chinese label.
fn figure(line: &Line<'_>) -> Result<Option<String>, RowFault> {
    let Some(text) = line.text(&FIGURE) else { return Ok(None) };
    figures::named(&text).map(|figure| Some(figure.name.to_owned())).ok_or_else(|| {
        line.fault(&FIGURE, "figure_unknown", "没有这个统计指标；请填 jinqiao report 列出的名称，或留空")
    })
}

impl Line<'_> {
    /// The number in a cell that holds one.
    fn number(&self, column: &Column) -> Option<f64> {
        match self.cell(column) {
            Cell::Number(number) => Some(*number),
            Cell::Empty | Cell::Text(_) | Cell::Date(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_behind_a_number_is_the_longest_word_that_fits() {
        assert_eq!(split_counter("170余人次"), ("170余", Some("人次")));
        assert_eq!(split_counter("2500余名"), ("2500余", Some("名")));
        assert_eq!(split_counter("67亿元"), ("67亿元", Some("亿元")));
        assert_eq!(split_counter("5000万美元"), ("5000万美元", Some("万美元")));
        assert_eq!(split_counter("100多亩"), ("100多", Some("亩")));
        assert_eq!(split_counter("46"), ("46", None));
    }
}
