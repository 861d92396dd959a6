//! Activities, lectures, trainings and who came.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::activity::{ActivityType, AttendanceRecorded, TrainingMode};
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::{DataClass, RecordKey};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::counter::Counter;

use super::books::told;
use super::{Ask, Figure, Key, Measure};

/// What a salon of the policy series is called.
const POLICY_SALON: &str = "政策解读沙龙";

const fn form(activity: ActivityType) -> &'static str {
    match activity {
        ActivityType::Salon => "沙龙",
        ActivityType::Lecture => "讲座",
        ActivityType::EntrepreneurLecture => "企业家讲堂",
        ActivityType::Seminar => "研讨会",
        ActivityType::Symposium => "座谈会",
        ActivityType::Forum => "论坛",
        ActivityType::AnnualMeeting => "年会",
        ActivityType::Roadshow => "推介会",
        ActivityType::Exchange => "交流会、对接会",
        ActivityType::SigningCeremony => "签约仪式",
        ActivityType::YouthGathering => "青年汇",
        ActivityType::Other => "其他",
    }
}

fn is_policy_salon(series: Option<&String>, title: &str) -> bool {
    title.contains(POLICY_SALON) || series.is_some_and(|series| series.contains(POLICY_SALON))
}

/// Keys of the activities of a sort that had been held by the end of the period, with their titles.
fn held<'a>(ask: &Ask<'a>, sort: ActivityType) -> BTreeMap<&'a RecordKey, &'a str> {
    let of_sort = told!(ask, until, ActivityHeld).filter(|(_, event)| event.activity_type == sort);
    of_sort.map(|(_, event)| (&event.activity, event.title.as_str())).collect()
}

/// Keys of the trainings given on line by the end of the period.
fn online<'a>(ask: &Ask<'a>) -> BTreeSet<&'a RecordKey> {
    let online = told!(ask, until, TrainingDelivered).filter(|(_, event)| event.mode == TrainingMode::Online);
    online.map(|(_, event)| &event.activity).collect()
}

/// Attendances at activities that these keys name.
fn attendances<'a>(
    ask: &Ask<'a>,
    at: impl Fn(&RecordKey) -> bool,
) -> impl Iterator<Item = (&'a Recorded, &'a AttendanceRecorded)> {
    told!(ask, AttendanceRecorded).filter(move |(_, event)| at(&event.activity))
}

/// Whoever is counted once among persons: the person, else the organisation, else nobody but this record.
fn attendee(ask: &Ask<'_>, row: &Recorded, event: &AttendanceRecorded) -> Key {
    match (event.person, &event.organisation) {
        (Some(person), organisation) => {
            let label = organisation.as_ref().map(|party| ask.party(party).label).unwrap_or_default();
            let id = person.to_string();
            let short: String = id.chars().take(8).collect();
            Key { label: format!("{label}·{short}"), id }
        }
        (None, Some(organisation)) => ask.party(organisation),
        (None, None) => Key::of(&row.position),
    }
}

pub(super) const POLICY_SALONS: Figure = Figure {
    name: "policy_salons",
    label: ("金桥助力政策解读沙龙", "policy salons"),
    filter: (
        "已举办、系列或名称含“政策解读沙龙”的沙龙；按活动编号",
        "salons held whose series or title says so; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Occasions, |ask, out| {
        for (row, event) in told!(ask, ActivityHeld) {
            if is_policy_salon(event.series.as_ref(), &event.title) {
                out.add(&event.activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const FACE_TO_FACE_SALONS: Figure = Figure {
    name: "face_to_face_salons",
    label: ("政企面对面沙龙", "salons where officials met firms"),
    filter: (
        "党政机关与企业都有人到场的沙龙；按活动编号",
        "salons attended by government bodies and by enterprises; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Occasions, |ask, out| {
        let salons = held(ask, ActivityType::Salon);
        let mut sides: BTreeMap<&RecordKey, (Vec<&Recorded>, Vec<&Recorded>)> = BTreeMap::new();
        for (row, event) in attendances(ask, |key| salons.contains_key(key)) {
            let both = sides.entry(&event.activity).or_default();
            match event.organisation.as_ref().and_then(|party| ask.sort(party)) {
                Some(OrgKind::Government) => both.0.push(row),
                Some(OrgKind::Enterprise) => both.1.push(row),
                _ => {}
            }
        }
        for (activity, (officials, firms)) in sides {
            if !officials.is_empty() && !firms.is_empty() {
                officials.into_iter().chain(firms).for_each(|row| out.add(activity, row));
            }
        }
    }),
    of: None,
};

pub(super) const SALON_ATTENDANCES: Figure = Figure {
    name: "salon_attendances",
    label: ("沙龙到场人次", "attendances at salons"),
    filter: (
        "沙龙签到；每次到场一人次，受邀未到不计；分党政机关、企业、商协会、其他",
        "sign-ins at salons, by sort of organisation; absentees do not count",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Attendances, |ask, out| {
        let salons = held(ask, ActivityType::Salon);
        for (row, event) in attendances(ask, |key| salons.contains_key(key)) {
            let part = match event.organisation.as_ref().and_then(|party| ask.sort(party)) {
                Some(OrgKind::Government) => "党政机关",
                Some(OrgKind::Enterprise) => "企业",
                Some(OrgKind::Chamber) => "商协会",
                _ => "其他或未挂接",
            };
            out.add_in(part, Key::of(&event.activity).and(&attendee(ask, row, event)), row);
        }
    }),
    of: None,
};

pub(super) const POLICY_QUESTIONS: Figure = Figure {
    name: "policy_questions",
    label: ("政策提问", "policy questions raised"),
    filter: ("登记的政策提问；按提问编号", "questions raised; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        told!(ask, PolicyQuestionRaised).for_each(|(row, event)| out.add(&event.question, row));
    }),
    of: None,
};

pub(super) const POLICY_ANSWERS: Figure = Figure {
    name: "policy_answers",
    label: ("政策提问已答复", "policy questions answered"),
    filter: ("已有答复的政策提问；按提问编号", "questions answered; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        told!(ask, PolicyAnswered).for_each(|(row, event)| out.add(&event.question, row));
    }),
    of: None,
};

pub(super) const ACTIVITIES_BY_ORGANISER: Figure = Figure {
    name: "activities_by_organiser",
    label: ("举办活动（分主办单位）", "activities held, by organiser"),
    filter: (
        "已举办的活动；按活动编号，主办单位多家的各记一次",
        "activities held; by key, under each organiser",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Occasions, |ask, out| {
        for (row, event) in told!(ask, ActivityHeld) {
            out.add(&event.activity, row);
            for organiser in &event.organisers {
                out.add_in(ask.party(organiser).label, &event.activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const ACTIVITIES_BY_TYPE: Figure = Figure {
    name: "activities_by_type",
    label: ("举办活动（分类型）", "activities held, by type"),
    filter: ("已举办的活动；按活动编号，分类型", "activities held; by key and type"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Occasions, |ask, out| {
        for (row, event) in told!(ask, ActivityHeld) {
            out.add_in(form(event.activity_type), &event.activity, row);
        }
    }),
    of: None,
};

pub(super) const ACTIVITIES_PLANNED: Figure = Figure {
    name: "activities_planned",
    label: ("计划中的活动", "activities planned and not held yet"),
    filter: (
        "已计划、期末尚未举办的活动；按活动编号",
        "planned and not held by the end of the period; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Occasions, |ask, out| {
        let held: BTreeSet<&RecordKey> =
            told!(ask, until, ActivityHeld).map(|(_, event)| &event.activity).collect();
        for (row, event) in told!(ask, ActivityPlanned) {
            if !held.contains(&event.activity) {
                out.add(&event.activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const ATTENDANCES_BY_CHAMBER: Figure = Figure {
    name: "attendances_by_chamber",
    label: ("商会参加活动人次（分商会）", "attendances of chambers, by chamber"),
    filter: ("到场单位为商协会的签到；每次到场一人次", "sign-ins whose organisation is a chamber"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Attendances, |ask, out| {
        for (row, event) in told!(ask, AttendanceRecorded) {
            let Some(chamber) = event.organisation.as_ref().filter(|party| ask.is_chamber(party)) else {
                continue;
            };
            let key = Key::of(&event.activity).and(&attendee(ask, row, event));
            out.add_in(ask.party(chamber).label, key, row);
        }
    }),
    of: None,
};

pub(super) const ANNUAL_MEETING_ATTENDEES: Figure = Figure {
    name: "annual_meeting_attendees",
    label: ("年会参会企业家", "entrepreneurs at annual meetings"),
    filter: (
        "年会到场的人员；同一人多次到场记一名，受邀未到不计",
        "persons present at annual meetings, each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Appointees, |ask, out| {
        let meetings = held(ask, ActivityType::AnnualMeeting);
        for (row, event) in attendances(ask, |key| meetings.contains_key(key)) {
            let title = meetings.get(&event.activity).copied().unwrap_or_default();
            out.add_in(title, attendee(ask, row, event), row);
        }
    }),
    of: None,
};

pub(super) const YOUTH_GATHERINGS: Figure = Figure {
    name: "youth_gatherings",
    label: ("青年企业家创新创意汇", "youth gatherings"),
    filter: ("已举办的青年汇；按活动编号", "youth gatherings held; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Occasions, |ask, out| {
        for (row, event) in told!(ask, ActivityHeld) {
            if event.activity_type == ActivityType::YouthGathering {
                out.add(&event.activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const EXCHANGE_CHAMBERS: Figure = Figure {
    name: "exchange_chambers",
    label: ("参加交流会的商会", "chambers at exchange meetings"),
    filter: ("到交流会、对接会的商协会；同一家记一次", "chambers present at exchange meetings, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        let exchanges = held(ask, ActivityType::Exchange);
        for (row, event) in attendances(ask, |key| exchanges.contains_key(key)) {
            let title = exchanges.get(&event.activity).copied().unwrap_or_default();
            if let Some(chamber) = event.organisation.as_ref().filter(|party| ask.is_chamber(party)) {
                out.add_in(title, ask.party(chamber), row);
            }
        }
    }),
    of: None,
};

pub(super) const ENTREPRENEUR_LECTURES: Figure = Figure {
    name: "entrepreneur_lectures",
    label: ("企业家讲堂", "entrepreneur lectures"),
    filter: ("已举办的企业家讲堂；按活动编号，分主题", "entrepreneur lectures held; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Sessions, |ask, out| {
        for (row, event) in told!(ask, ActivityHeld) {
            if event.activity_type == ActivityType::EntrepreneurLecture {
                out.add_in(event.title.as_str(), &event.activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const ONLINE_LECTURES: Figure = Figure {
    name: "online_lectures",
    label: ("线上讲座", "lectures on line"),
    filter: ("已举办的线上培训、讲座；按编号", "trainings delivered on line; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Sessions, |ask, out| {
        for (row, event) in told!(ask, TrainingDelivered) {
            if event.mode == TrainingMode::Online {
                out.add(&event.activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const ONLINE_ATTENDANCES: Figure = Figure {
    name: "online_attendances",
    label: ("在线学习人次", "attendances on line"),
    filter: (
        "线上培训的签到；每次到课一人次，不去重",
        "sign-ins at trainings on line; the same person counts each time",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Attendances, |ask, out| {
        let online = online(ask);
        for (row, event) in attendances(ask, |key| online.contains(key)) {
            out.add(Key::of(&event.activity).and(&attendee(ask, row, event)), row);
        }
    }),
    of: None,
};

pub(super) const ONLINE_LEARNERS: Figure = Figure {
    name: "online_learners",
    label: ("在线学习人数", "learners on line"),
    filter: ("线上培训的签到；同一人记一次", "sign-ins at trainings on line; each person once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Persons, |ask, out| {
        let online = online(ask);
        for (row, event) in attendances(ask, |key| online.contains(key)) {
            out.add(attendee(ask, row, event), row);
        }
    }),
    of: None,
};

pub(super) const TRAININGS: Figure = Figure {
    name: "trainings",
    label: ("举办培训（线上、线下）", "trainings delivered, on line and off"),
    filter: ("已举办的培训；按编号，分方式", "trainings delivered; by key and mode"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Sessions, |ask, out| {
        for (row, event) in told!(ask, TrainingDelivered) {
            let part = match event.mode {
                TrainingMode::Online => "线上",
                TrainingMode::Offline => "线下",
                TrainingMode::Both => "线上线下结合",
            };
            out.add_in(part, &event.activity, row);
        }
    }),
    of: None,
};

pub(super) const TRAINING_PARTNERS: Figure = Figure {
    name: "training_partners",
    label: ("合作培训机构", "training partners"),
    filter: ("培训登记中的培训机构；同一家记一次", "partners named by trainings, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in told!(ask, TrainingDelivered) {
            event.partners.iter().for_each(|partner| out.add(ask.party(partner), row));
        }
    }),
    of: None,
};
