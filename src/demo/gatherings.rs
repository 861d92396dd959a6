//! Salons, lectures, exchanges and meetings, and who came.

use std::collections::BTreeMap;

use jinqiao_events::kinds::Kind;
use serde_json::{Value, json};

use super::calendar::WORKING_DAYS;
use super::city::{Bond, Chamber, City, Company};
use super::story::Story;
use super::words::{CITY, LECTURES, POLICIES, TRADE_CHAMBERS, TRADES, VENUES};

/// How many of each form the year has: 130 in all.
const FORMS: &[(Form, usize)] = &[
    (Form::ChainSalon, 36),
    (Form::PolicySalon, 24),
    (Form::Exchange, 24),
    (Form::AnnualMeeting, 14),
    (Form::Lecture, 12),
    (Form::Symposium, 10),
    (Form::Forum, 4),
    (Form::Roadshow, 3),
    (Form::YouthGathering, 3),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    ChainSalon,
    PolicySalon,
    Exchange,
    AnnualMeeting,
    Lecture,
    Symposium,
    Forum,
    Roadshow,
    YouthGathering,
}

/// An activity before anybody has come.
struct Gathering<'a> {
    title: String,
    form: Form,
    organisers: Vec<&'a Chamber>,
    /// Trades that it is about; empty when it is for all.
    about: Vec<&'static str>,
    district: &'static str,
    seats: u64,
}

/// Tells the activities of the year.
pub(super) fn tell(story: &mut Story<'_>) {
    let mut forms: Vec<Form> =
        FORMS.iter().flat_map(|(form, count)| std::iter::repeat_n(*form, *count)).collect();
    story.dice.shuffle(&mut forms);
    let count = forms.len();
    let mut held: BTreeMap<Form, usize> = BTreeMap::new();
    for (index, form) in forms.into_iter().enumerate() {
        let day = story.spread(index, count, WORKING_DAYS as u64 - 10);
        let number = held.entry(form).or_default();
        *number += 1;
        let Some(gathering) = plan(story, form, *number) else {
            continue;
        };
        hold(story, day, &gathering);
    }
}

fn plan<'a>(story: &mut Story<'a>, form: Form, number: usize) -> Option<Gathering<'a>> {
    let city = story.city;
    let general = city.general()?;
    let (chamber, trades) = trade_chamber(story)?;
    let link = neighbours(story, trades)?;
    let about = match form {
        Form::ChainSalon | Form::Exchange | Form::Symposium => vec![link.0, link.1],
        Form::Forum | Form::Roadshow => trades.to_vec(),
        Form::PolicySalon | Form::AnnualMeeting | Form::Lecture | Form::YouthGathering => Vec::new(),
    };
    let organisers = match form {
        Form::ChainSalon | Form::Symposium | Form::Roadshow => vec![chamber],
        Form::Exchange => vec![chamber, home(story, &about)?],
        Form::Forum => vec![chamber, general],
        Form::PolicySalon => vec![general, street(story)?],
        Form::AnnualMeeting => vec![story.dice.choose(&city.chambers)?],
        Form::Lecture | Form::YouthGathering => vec![general],
    };
    let host = organisers.first()?.short().trim_end_matches("商会");
    let title = title(story, form, number, host, link);
    let (fewest, most) = form.seats();
    let seats = story.dice.between(fewest, most);
    let district = city.members(chamber).next().map_or("370202", |member| member.district);
    Some(Gathering { title, form, organisers, about, district, seats })
}

fn title(
    story: &mut Story<'_>,
    form: Form,
    number: usize,
    host: &str,
    (seller, buyer): (&str, &str),
) -> String {
    match form {
        Form::ChainSalon => format!("产业链沙龙（第{number}期）：{seller}与{buyer}"),
        Form::PolicySalon => format!("金桥政策解读沙龙（第{number}期）：{}", story.dice.pick(POLICIES)),
        Form::Exchange => format!("{seller}与{buyer}供需对接会（第{number}场）"),
        Form::AnnualMeeting => format!("{host}商会年会（{number}）"),
        Form::Lecture => format!("{CITY}企业家讲堂（第{number}讲）：{}", story.dice.pick(LECTURES)),
        Form::Symposium => format!("{host}企业座谈会（{number}）"),
        Form::Forum => format!("{CITY}{host}发展论坛（{number}）"),
        Form::Roadshow => format!("{host}产业推介会（{number}）"),
        Form::YouthGathering => format!("青年企业家创新创意汇（第{number}期）"),
    }
}

/// A trade chamber and the trades that it gathers.
fn trade_chamber<'a>(story: &mut Story<'a>) -> Option<(&'a Chamber, &'static [&'static str])> {
    let city = story.city;
    let at = story.dice.index(TRADE_CHAMBERS.len());
    let (_, trades) = TRADE_CHAMBERS.get(at)?;
    city.chambers.iter().find(|chamber| chamber.bond == Bond::Trade(at)).map(|chamber| (chamber, *trades))
}

/// Two neighbouring links among these trades: one sells to the other.
fn neighbours(story: &mut Story<'_>, trades: &[&'static str]) -> Option<(&'static str, &'static str)> {
    let sellers = TRADES.iter().filter(|trade| trades.contains(&trade.name));
    let pairs = sellers.flat_map(|seller| seller.sold_to.iter().map(move |buyer| (seller.name, *buyer)));
    let pairs: Vec<_> = pairs.filter(|(_, buyer)| trades.contains(buyer)).collect();
    story.dice.choose(&pairs).copied()
}

fn street<'a>(story: &mut Story<'a>) -> Option<&'a Chamber> {
    let streets: Vec<&Chamber> =
        story.city.chambers.iter().filter(|chamber| matches!(chamber.bond, Bond::Street(_))).collect();
    story.dice.choose(&streets).copied()
}

/// A home-place chamber with most members in these trades, one of the first three.
fn home<'a>(story: &mut Story<'a>, about: &[&str]) -> Option<&'a Chamber> {
    let city = story.city;
    let mut homes: Vec<&Chamber> =
        city.chambers.iter().filter(|chamber| matches!(chamber.bond, Bond::Home(_))).collect();
    homes.sort_by_key(|chamber| {
        std::cmp::Reverse(city.members(chamber).filter(|c| about.contains(&c.trade.name)).count())
    });
    homes.truncate(3);
    story.dice.choose(&homes).copied()
}

fn hold(story: &mut Story<'_>, day: u64, gathering: &Gathering<'_>) {
    let city = story.city;
    let weighted = city.companies.iter().map(|company| (weight(city, gathering, company), company)).collect();
    let seats = usize::try_from(gathering.seats).unwrap_or(0);
    let guests = story.dice.draw(weighted, seats);
    let key = format!("{} {}", gathering.title, story.year.working_day(day));
    let organisers: Vec<&str> = gathering.organisers.iter().map(|chamber| chamber.id.as_str()).collect();
    let mut held = json!({
        "activity": key, "title": gathering.title, "type": gathering.form.name(), "organisers": organisers,
        "venue": story.dice.pick(VENUES), "region": gathering.district,
    });
    if let (Form::PolicySalon, Some(held)) = (gathering.form, held.as_object_mut()) {
        held.insert("series".into(), json!("金桥政策解读沙龙"));
    }
    let mut said = vec![(Kind::ActivityHeld, held)];
    for guest in guests {
        said.push(seat(story, &key, guest));
    }
    story.note(day, said);
}

/// One who was expected: present as a rule, absent now and then, and now and then written by a short name that
/// waits to be linked.
fn seat(story: &mut Story<'_>, activity: &str, guest: &Company) -> (Kind, Value) {
    if story.dice.percent(6) {
        return (
            Kind::NoShowRecorded,
            json!({ "activity": activity, "organisation": guest.id, "person": guest.person }),
        );
    }
    if story.dice.below(300) == 0 {
        return (
            Kind::AttendanceRecorded,
            json!({ "activity": activity, "organisation": guest.short, "post": "代表" }),
        );
    }
    let body =
        json!({ "activity": activity, "organisation": guest.id, "person": guest.person, "post": "总经理" });
    (Kind::AttendanceRecorded, body)
}

/// How likely a company is to come: regulars, members of the organisers, the trades it is about, neighbours.
fn weight(city: &City, gathering: &Gathering<'_>, company: &Company) -> u64 {
    if Some(company.index) == city.closing().map(|closing| closing.index) {
        return 0;
    }
    let belongs = gathering.organisers.iter().any(|chamber| chamber.members.contains(&company.index));
    let membership = match (belongs, gathering.form) {
        (true, _) => 30,
        (false, Form::AnnualMeeting) => 0,
        (false, _) => 1,
    };
    let trade = if gathering.about.contains(&company.trade.name) { 10 } else { 1 };
    let place = if company.district == gathering.district { 2 } else { 1 };
    (company.eagerness / 3 + 120) * membership * trade * place
}

impl Form {
    /// Fewest and most who are expected.
    const fn seats(self) -> (u64, u64) {
        match self {
            Self::ChainSalon => (18, 32),
            Self::PolicySalon => (14, 30),
            Self::Exchange => (20, 40),
            Self::AnnualMeeting => (25, 70),
            Self::Lecture => (30, 55),
            Self::Symposium => (10, 18),
            Self::Forum => (50, 90),
            Self::Roadshow => (25, 40),
            Self::YouthGathering => (24, 36),
        }
    }

    /// As in `activity_held`.
    const fn name(self) -> &'static str {
        match self {
            Self::ChainSalon | Self::PolicySalon => "salon",
            Self::Exchange => "exchange",
            Self::AnnualMeeting => "annual_meeting",
            Self::Lecture => "entrepreneur_lecture",
            Self::Symposium => "symposium",
            Self::Forum => "forum",
            Self::Roadshow => "roadshow",
            Self::YouthGathering => "youth_gathering",
        }
    }
}
