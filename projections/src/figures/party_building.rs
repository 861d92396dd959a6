//! Party building: counted, never ranked on. Every figure here is of the party-building class.

use std::collections::BTreeMap;

use jinqiao_events::kinds::chamber::DemonstrationKind;
use jinqiao_events::kinds::party_building::{
    ContentChannel, PartyActivityForm, PartyOrgEstablished, PartyOrgLevel,
};
use jinqiao_events::kinds::visit::NeedType;
use jinqiao_events::kinds::{DataClass, RecordKey};
use jinqiao_events::value::counter::Counter;

use super::books::told;
use super::{Figure, Key, Measure};

const CLASS: DataClass = DataClass::PartyBuilding;

fn org(event: &PartyOrgEstablished) -> Key {
    Key { id: event.party_org.to_string(), label: event.title.clone() }
}

const fn channel(channel: ContentChannel) -> &'static str {
    match channel {
        ContentChannel::Website => "官方网站",
        ContentChannel::Wechat => "微信公众号",
        ContentChannel::ChamberSite => "商会网站",
    }
}

pub(super) const PARTY_DEMONSTRATIONS: Figure = Figure {
    name: "party_demonstrations",
    label: ("非公有制经济组织党建工作示范点", "party-building demonstration points"),
    filter: (
        "命名的党建工作示范点，分级别；同一单位记一个",
        "points named for party building, by level; each organisation once",
    ),
    class: CLASS,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, DemonstrationDesignated) {
            if event.demonstration == DemonstrationKind::PartyBuilding {
                let level = event.level_text.clone().unwrap_or_else(|| "级别未注明".into());
                out.add_in(level, ask.party(&event.party), row);
            }
        }
    }),
    of: None,
};

pub(super) const SECRETARY_STUDIOS: Figure = Figure {
    name: "secretary_studios",
    label: ("党组织书记工作室", "secretary studios"),
    filter: ("挂牌的书记工作室；同一商会记一个", "studios opened; each chamber once"),
    class: CLASS,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        told!(ask, SecretaryStudioOpened).for_each(|(row, event)| out.add(ask.party(&event.chamber), row));
    }),
    of: None,
};

pub(super) const CONTENT_ITEMS: Figure = Figure {
    name: "party_content_items",
    label: ("智慧党建推送", "items of party content"),
    filter: ("推送条数之和，分渠道；每次登记一项", "items published, added up, by channel; each record once"),
    class: CLASS,
    measure: Measure::Total(Counter::Records, |ask, out| {
        for (row, event) in told!(ask, PartyContentPublished) {
            let key = Key { id: row.id.to_string(), label: event.title.clone() };
            out.add(Some(channel(event.channel).into()), key, event.items.unwrap_or(1), row);
        }
    }),
    of: None,
};

pub(super) const CONTENT_CHANNELS: Figure = Figure {
    name: "party_content_channels",
    label: ("智慧党建渠道", "channels of party content"),
    filter: (
        "有推送的渠道：官方网站、微信公众号、商会网站；同一渠道记一个",
        "channels on which something was published, each once",
    ),
    class: CLASS,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        told!(ask, PartyContentPublished)
            .for_each(|(row, event)| out.add(Key::of(&channel(event.channel)), row));
    }),
    of: None,
};

pub(super) const PARTY_NEEDS: Figure = Figure {
    name: "party_needs",
    label: ("党建难题（在办、办结）", "party-building problems, open and closed"),
    filter: (
        "类别为党建的诉求，分期末是否办结；按诉求编号",
        "needs about party building, open or closed at the end of the period; by key",
    ),
    class: CLASS,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        let resolved: BTreeMap<&RecordKey, bool> =
            told!(ask, until, NeedResolved).map(|(_, event)| (&event.need, event.met)).collect();
        for (row, event) in told!(ask, NeedDeclared) {
            if event.need_type == NeedType::PartyBuilding {
                let part = if resolved.contains_key(&event.need) { "已办结" } else { "在办" };
                out.add_in(part, &event.need, row);
            }
        }
    }),
    of: None,
};

pub(super) const PARTY_ORGS: Figure = Figure {
    name: "party_orgs",
    label: ("党组织（分层级）", "party organisations, by level"),
    filter: ("成立的党组织；按党组织编号", "party organisations established; by key"),
    class: CLASS,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, PartyOrgEstablished) {
            let part = match event.level {
                PartyOrgLevel::Committee => "党委",
                PartyOrgLevel::GeneralBranch => "党总支",
                PartyOrgLevel::Branch => "党支部",
                PartyOrgLevel::JointBranch => "联合党支部",
            };
            out.add_in(part, org(event), row);
        }
    }),
    of: None,
};

pub(super) const DIRECT_PARTY_ORGS: Figure = Figure {
    name: "direct_party_orgs",
    label: ("直属商协会党组织", "party organisations led directly"),
    filter: (
        "登记了直属领导单位的党组织；按党组织编号",
        "party organisations led directly by an institution; by key",
    ),
    class: CLASS,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in told!(ask, PartyOrgEstablished) {
            if event.led_by.is_some() {
                out.add(org(event), row);
            }
        }
    }),
    of: None,
};

pub(super) const MOBILE_PARTY_ORGS: Figure = Figure {
    name: "mobile_party_orgs",
    label: ("流动党员党组织（分原籍地）", "party organisations of members away from home"),
    filter: ("登记了原籍地的党组织；按党组织编号", "party organisations with a home place; by key"),
    class: CLASS,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, PartyOrgEstablished) {
            if let Some(home) = &event.home_place {
                out.add_in(home.as_str(), org(event), row);
            }
        }
    }),
    of: None,
};

pub(super) const PARTY_ACTIVITIES: Figure = Figure {
    name: "party_activities",
    label: ("党建活动（分形式）", "party activities, by form"),
    filter: (
        "已开展的党建活动；按活动编号，兼有几种形式的各记一次",
        "party activities held; by key, under each of their forms",
    ),
    class: CLASS,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        for (row, event) in told!(ask, PartyActivityHeld) {
            out.add(&event.party_activity, row);
            for form in &event.forms {
                let part = match form {
                    PartyActivityForm::ByArea => "划片",
                    PartyActivityForm::SpareTime => "业余",
                    PartyActivityForm::Small => "小型",
                    PartyActivityForm::Practical => "务实",
                };
                out.add_in(part, &event.party_activity, row);
            }
        }
    }),
    of: None,
};

pub(super) const ACTIVISTS: Figure = Figure {
    name: "activists_trained",
    label: ("入党积极分子培训", "party activists trained"),
    filter: (
        "培训登记的人数之和，分工程；每次培训一项，只有人数",
        "numbers trained, added up, by programme; numbers only",
    ),
    class: CLASS,
    measure: Measure::Total(Counter::Appointees, |ask, out| {
        for (row, event) in told!(ask, ActivistsTrained) {
            out.add(event.programme.clone(), &event.party_training, event.count, row);
        }
    }),
    of: None,
};

pub(super) const INSTRUCTORS: Figure = Figure {
    name: "instructors_dispatched",
    label: ("选派党建指导员", "party-building instructors"),
    filter: ("选派的指导员，分所到商会；同一人记一名", "persons sent, by chamber; each once"),
    class: CLASS,
    measure: Measure::Distinct(Counter::Appointees, |ask, out| {
        for (row, event) in told!(ask, InstructorDispatched) {
            let chamber = ask.party(&event.chamber).label;
            let key = Key { id: event.person.to_string(), label: chamber.clone() };
            out.add_in(chamber, key, row);
        }
    }),
    of: None,
};
