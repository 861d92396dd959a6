//! 签到表: who came to an activity, and who was invited and did not. A sheet is an activity; its title, date,
//! place and organiser stand above the heading.

use std::collections::BTreeSet;

use jinqiao_events::kinds::activity::{ActivityHeld, ActivityType, AttendanceRecorded, NoShowRecorded};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::people::PersonSeen;
use jinqiao_events::value::ids::PersonId;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::occurred::{Occurred, Precision};
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::form::{Context, Entry, Form, Item, Reading, Remark, Table, face};
use super::heading::{Column, date_in};
use super::line::{Line, Page, RowFault, split};
use super::table::clean;

const NAME: Column =
    Column::required("姓名", &["参会人", "参会人员", "参加人员", "签到人", "人员", "嘉宾", "嘉宾姓名"]);
const ORGANISATION: Column = Column::required(
    "单位",
    &["单位名称", "工作单位", "企业名称", "所在单位", "企业", "参会单位", "所属单位", "单位企业"],
);
const POST: Column = Column::optional("职务", &["职位", "职务职称"]);
const PHONE: Column = Column::optional("联系电话", &["电话", "手机", "手机号", "手机号码", "联系方式"]);
const SIGNATURE: Column = Column::optional(
    "签名",
    &[
        "签到",
        "签字",
        "本人签名",
        "签名栏",
        "签到栏",
        "签字栏",
        "签到处",
        "签名处",
        "本人签字",
        "签到签名",
        "签到确认",
        "签名确认",
        "到会签名",
        "现场签到",
        "签到情况",
        "签到日期",
        "是否签到",
        "是否到场",
        "是否参会",
        "是否出席",
        "到场情况",
        "出席情况",
        "参会情况",
    ],
);
/// What the cell of one who did not come begins with, where the column asks a question or somebody filled it in. None of
/// them begins a name.
const ABSENT: [&str; 23] = [
    "否", "未", "缺", "没", "不", "无", "×", "✗", "✘", "休假", "年假", "年休", "公假", "公出", "出差",
    "外出", "旷会", "旷课", "有事", "因事", "因病", "因公", "因故",
];
/// What it holds anywhere.
const ABSENT_WITHIN: [&str; 6] = ["请假", "病假", "事假", "缺席", "未到", "不参加"];
/// All that it holds, in small letters.
const ABSENT_WHOLE: [&str; 4] = ["x", "n", "no", "0"];
/// What the answer of one who came begins with, where the column asks.
const THERE: [&str; 14] =
    ["是", "已", "到", "出席", "参", "签", "准时", "迟到", "早退", "线上", "√", "✓", "✔", "☑"];
/// All that it holds, in small letters.
const THERE_WHOLE: [&str; 3] = ["1", "y", "yes"];
const TABLE: Table = &[&NAME, &ORGANISATION, &POST, &PHONE, &SIGNATURE];

/// What the lines above the heading are blamed under.
const TITLE: Column = Column::required("标题", &[]);
const TIME: Column = Column::required("时间", &[]);
const FIELDS: &[(&str, &Column)] = &[
    ("activity", &TITLE),
    ("organisation", &ORGANISATION),
    ("person", &NAME),
    ("post", &POST),
    ("title", &TITLE),
];

/// Words before a colon above the heading; a value ends where the next one begins.
const TIME_LABELS: &[&str] = &["活动时间", "会议时间", "时间", "日期"];
const PLACE_LABELS: &[&str] = &["活动地点", "会议地点", "地点", "地址"];
const ORGANISER_LABELS: &[&str] = &["主办单位", "承办单位", "主办", "承办"];
const OTHER_LABELS: &[&str] = &["协办单位", "协办", "支持单位", "主持人", "主持", "主题", "人数"];

/// The sign-in lists of a file, with their figures.
#[derive(Debug, Default)]
pub(super) struct SignIn {
    activities: u64,
    attendances: u64,
    absent: u64,
    persons: BTreeSet<PersonId>,
    organisations: BTreeSet<PartyRef>,
}

impl Form for SignIn {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn open(&mut self, page: &Page, _context: &Context<'_>) -> Result<Option<Entry>, RowFault> {
        let (activity, title, date) = activity(page)?;
        let organisers = organisers(page);
        let event = ActivityHeld {
            activity: activity.clone(),
            activity_type: type_of(&title),
            series: series_of(&title),
            title,
            organisers,
            venue: labelled(page, PLACE_LABELS).into_iter().next(),
            region: None,
        };
        let items = vec![Item::new(activity.to_string(), event, date)];
        Ok(Some(Entry { key: activity.to_string(), items, fields: FIELDS, unknown: Vec::new() }))
    }

    fn read(&mut self, _table: usize, line: Line<'_>, _context: &Context<'_>) -> Result<Reading, RowFault> {
        let organisation = line.parse::<OrgName>(&ORGANISATION)?;
        let written = organisation.as_ref().map(OrgName::as_str);
        let Some((person, is_readable)) = line.person(&NAME, &PHONE, written) else {
            return Err(line.fault(&NAME, "name_empty", "姓名没有填写；请补上，或删去这一行"));
        };
        let (activity, _, date) = activity(line.page)?;
        let post = line.text(&POST);
        let presence = presence(&line);
        let was_there = presence != Presence::Absent;
        let mut remarks: Vec<Remark> =
            (!is_readable).then(|| Remark::unreadable_phone(&PHONE)).into_iter().collect();
        if presence == Presence::Unclear {
            let message = "看不出是否到场，按到场记入；请核对，并改填“是”或“否”";
            remarks.push(Remark::new(&SIGNATURE, "attendance_unclear", message));
        }
        let build = move |ids: &[PersonId]| {
            let organisation = organisation.map(PartyRef::Name);
            let person = ids.first().copied();
            let key = format!("{activity}:{}", person.map(|person| person.to_string()).unwrap_or_default());
            let event: Event = if was_there {
                AttendanceRecorded { activity, organisation, person, post }.into()
            } else {
                NoShowRecorded { activity, organisation, person }.into()
            };
            Entry {
                key: key.clone(),
                items: vec![Item::new(key, event, date)],
                fields: FIELDS,
                unknown: Vec::new(),
            }
        };
        let persons: Vec<PersonSeen> = vec![person];
        Ok(Reading { persons, build: Box::new(build), remarks })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a form looks at its own kinds only")]
    fn tally(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::ActivityHeld(_) => self.activities += 1,
                Event::AttendanceRecorded(event) => {
                    self.attendances += 1;
                    self.persons.extend(event.person);
                    self.organisations.extend(event.organisation.clone());
                }
                Event::NoShowRecorded(_) => self.absent += 1,
                _ => {}
            }
        }
    }

    fn totals(&self, register: &Register) -> Vec<(&'static str, Value)> {
        let organisations: BTreeSet<_> =
            self.organisations.iter().map(|party| face(party, register)).collect();
        vec![
            ("activities", json!(self.activities)),
            ("attendances", json!(self.attendances)),
            ("absent", json!(self.absent)),
            ("persons", json!(self.persons.len())),
            ("organisations", json!(organisations.len())),
        ]
    }
}

/// What the cell of the signature says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    There,
    Absent,
    /// The column asks a question, and this answers neither yes nor no.
    Unclear,
}

/// Whether somebody was there. A list without a column to sign names those who were. Whatever stands in a column to sign
/// is a signature unless it says that nobody came; a column that asks (是否到场, 出席情况) is to be answered.
fn presence(line: &Line<'_>) -> Presence {
    let heading = &line.page.heading;
    if heading.index(&SIGNATURE).is_none() {
        return Presence::There;
    }
    let Some(text) = line.text(&SIGNATURE) else { return Presence::Absent };
    let asks = ["是否", "情况"].iter().any(|word| heading.written(&SIGNATURE).contains(word));
    let name = line.text(&NAME).unwrap_or_default();
    read_presence(&text, asks.then_some(name.as_str()))
}

/// What a filled cell says; `asked` is who is asked about, where the column asks.
fn read_presence(text: &str, asked: Option<&str>) -> Presence {
    let plain = text.nfkc().collect::<String>().to_lowercase();
    let plain = plain.trim();
    let begins = |words: &[&str]| words.iter().any(|word| plain.starts_with(word));
    if begins(&ABSENT)
        || ABSENT_WITHIN.iter().any(|word| plain.contains(word))
        || ABSENT_WHOLE.contains(&plain)
    {
        return Presence::Absent;
    }
    let is_time = plain.starts_with(|c: char| c.is_ascii_digit()) && plain.contains([':', '时', '点']);
    match asked {
        Some(name) if !(begins(&THERE) || THERE_WHOLE.contains(&plain) || is_time || text == name) => {
            Presence::Unclear
        }
        Some(_) | None => Presence::There,
    }
}

/// Key, title and date of the activity of a sheet.
fn activity(page: &Page) -> Result<(RecordKey, String, Occurred), RowFault> {
    let blame = |column: &Column, code, message: &str| RowFault {
        column: column.name.to_owned(),
        code,
        message: message.to_owned(),
    };
    let title = page.heading.titles.iter().find(|title| !title.contains(['：', ':']));
    let title = title.map(|title| title_of(title)).filter(|title| !title.is_empty());
    let title =
        title.ok_or_else(|| blame(&TITLE, "title_missing", "表头上方没有活动名称；请在首行写上活动名称"))?;
    let date =
        labelled(page, TIME_LABELS).iter().find_map(|text| date_in(text).or_else(|| text.parse().ok()));
    let date = date.or_else(|| page.heading.title_date()).or(page.given);
    let date = date.filter(|date| date.precision() == Precision::Day).ok_or_else(|| {
        blame(&TIME, "date_missing", "活动日期不确切；请在表头上方写明 时间：某年某月某日，或用 --date 指定")
    })?;
    let key = RecordKey::try_from(format!("{title} {date}"));
    let key = key.map_err(|_| blame(&TITLE, "text_too_long", "活动名称太长；请缩短到 100 字以内"))?;
    Ok((key, title, date))
}

/// `金桥助力政策解读沙龙（第31期）签到表` without its last word.
fn title_of(text: &str) -> String {
    let ends = ["人员签到表", "会议签到表", "签到表", "签到册", "签名表", "签到簿"];
    let text = clean(text);
    ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(&text).trim().to_owned()
}

/// `金桥助力政策解读沙龙` of a title that says which number of it this was.
fn series_of(title: &str) -> Option<String> {
    let plain: String = title.nfkc().collect();
    let (series, number) = plain.split_once("(第").or_else(|| plain.split_once('第'))?;
    let is_number = number.trim_end_matches(')').ends_with(['期', '届', '次', '场', '讲']);
    (is_number && !series.trim().is_empty()).then(|| series.trim().to_owned())
}

fn type_of(title: &str) -> ActivityType {
    let words = [
        ("企业家讲堂", ActivityType::EntrepreneurLecture),
        ("沙龙", ActivityType::Salon),
        ("讲座", ActivityType::Lecture),
        ("讲堂", ActivityType::Lecture),
        ("培训", ActivityType::Lecture),
        ("研讨会", ActivityType::Seminar),
        ("座谈会", ActivityType::Symposium),
        ("论坛", ActivityType::Forum),
        ("年会", ActivityType::AnnualMeeting),
        ("推介会", ActivityType::Roadshow),
        ("签约", ActivityType::SigningCeremony),
        ("青年汇", ActivityType::YouthGathering),
        ("交流会", ActivityType::Exchange),
        ("对接会", ActivityType::Exchange),
    ];
    words.into_iter().find(|(word, _)| title.contains(word)).map_or(ActivityType::Other, |(_, sort)| sort)
}

fn organisers(page: &Page) -> Vec<PartyRef> {
    let written = labelled(page, ORGANISER_LABELS);
    let names = written.iter().flat_map(|text| split(text));
    let mut parties: Vec<PartyRef> = names.filter_map(|name| name.parse().ok().map(PartyRef::Name)).collect();
    parties.dedup();
    parties
}

/// What stands behind one of these words and a colon above the heading, up to the next such word.
fn labelled(page: &Page, labels: &[&str]) -> Vec<String> {
    let mut values = Vec::new();
    for title in &page.heading.titles {
        let plain = title.replace('：', ":");
        let marks: Vec<(usize, usize, bool)> = marks(&plain, labels);
        for (index, (_, from, is_wanted)) in marks.iter().enumerate() {
            let to = marks.get(index + 1).map_or(plain.len(), |(start, ..)| *start);
            let value = plain.get(*from..to).unwrap_or_default().trim_matches([' ', ';', '；', ',', '，']);
            if *is_wanted && !value.is_empty() {
                values.push(value.to_owned());
            }
        }
    }
    values
}

/// Where each label of any sort begins, where its value begins, and whether it is one of the wanted ones.
fn marks(text: &str, wanted: &[&str]) -> Vec<(usize, usize, bool)> {
    let all = [TIME_LABELS, PLACE_LABELS, ORGANISER_LABELS, OTHER_LABELS].concat();
    let mut marks = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let before = text.get(..colon).unwrap_or_default();
        let label = all.iter().filter(|label| before.ends_with(**label)).max_by_key(|label| label.len());
        if let Some(label) = label {
            marks.push((colon - label.len(), colon + 1, wanted.contains(label)));
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::super::heading::Heading;
    use super::*;

    fn page(titles: &[&str]) -> Page {
        let titles = titles.iter().map(|title| clean(title)).collect();
        let mut heading = Heading::default();
        heading.titles = titles;
        Page { sheet: None, heading, as_of: "2026-11".parse().unwrap(), given: None }
    }

    #[test]
    fn an_answer_is_yes_no_or_unclear_and_a_signature_is_one_unless_it_says_no() {
        for absent in
            ["否", "未到", "病假", "事假", "不参加", "无法到场", "已请假", "有事", "因公出差", "×", "X", "N"]
        {
            for asked in [None, Some("沈秀英")] {
                assert_eq!(read_presence(absent, asked), Presence::Absent, "{absent}");
            }
        }
        for there in ["是", "已到", "出席", "参会", "√", "Y", "１", "14:00", "沈秀英"] {
            assert_eq!(read_presence(there, Some("沈秀英")), Presence::There, "{there}");
        }
        for unclear in ["待定", "周建国", "?"] {
            assert_eq!(read_presence(unclear, Some("沈秀英")), Presence::Unclear, "{unclear}");
            assert_eq!(read_presence(unclear, None), Presence::There, "{unclear}: a signature");
        }
    }

    #[test]
    fn the_lines_above_the_heading_say_what_when_where_and_who() {
        let page = page(&[
            "金桥助力政策解读沙龙（第31期）签到表",
            "时间：2026年3月12日14:00\u{3000}地点：企业服务中心二楼会议室",
            "承办：青岛市青榆企业家联合会、青岛市石渠商会",
        ]);
        let (key, title, date) = activity(&page).unwrap();
        assert_eq!(key.to_string(), "金桥助力政策解读沙龙(第31期) 2026-03-12");
        assert_eq!((title.as_str(), date), ("金桥助力政策解读沙龙（第31期）", "2026-03-12".parse().unwrap()));
        assert_eq!(series_of(&title).as_deref(), Some("金桥助力政策解读沙龙"));
        assert_eq!(type_of(&title), ActivityType::Salon);
        assert_eq!(labelled(&page, PLACE_LABELS), ["企业服务中心二楼会议室"]);
        assert_eq!(organisers(&page).len(), 2);
    }

    #[test]
    fn a_list_without_a_day_or_title_is_refused_by_what_it_lacks() {
        assert_eq!(activity(&page(&["某某座谈会签到表"])).unwrap_err().code, "date_missing");
        assert_eq!(activity(&page(&["时间：2026年3月12日"])).unwrap_err().code, "title_missing");
    }
}
