//! Who is registered, who holds which office, and what belongs to which programme.

use jinqiao_events::kinds::DataClass;
use jinqiao_events::kinds::identity::{OrgKind, Role};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::party_ref::PartyRef;

use super::books::told;
use super::{Figure, Key, Measure};

pub(super) const INSTITUTIONS: Figure = Figure {
    name: "institutions",
    label: ("党政机关与机构", "government bodies and institutions"),
    filter: (
        "登记的党政机关、事业单位和培训机构；归并后同一家记一次",
        "government bodies and institutions registered, each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in told!(ask, OrgRegistered) {
            let part = match event.kind {
                OrgKind::Government => "党政机关",
                OrgKind::Institution => "机构",
                OrgKind::Enterprise
                | OrgKind::Chamber
                | OrgKind::Village
                | OrgKind::School
                | OrgKind::Other => continue,
            };
            out.add_in(part, ask.party(&PartyRef::Party(event.identifier.party_id())), row);
        }
    }),
    of: None,
};

const fn role(role: Role) -> &'static str {
    match role {
        Role::President => "会长",
        Role::ExecutivePresident => "执行会长",
        Role::VicePresident => "副会长",
        Role::CouncilMember => "理事",
        Role::SecretaryGeneral => "秘书长",
        Role::PartySecretary => "党组织书记",
        Role::LiaisonOfficer => "联络员",
        Role::Other => "其他职务",
    }
}

pub(super) const OFFICES: Figure = Figure {
    name: "offices",
    label: ("任职登记（分职务）", "offices taken, by role"),
    filter: (
        "任职登记；同一单位同一职务同一人（或单位）记一名",
        "offices taken; the same holder in the same office once",
    ),
    class: DataClass::PartyBuilding,
    measure: Measure::Distinct(Counter::Appointees, |ask, out| {
        for (row, event) in told!(ask, RoleAssigned) {
            let holder = event.holder.as_ref().map(|holder| ask.party(holder).id);
            let person = event.person.map(|person| person.to_string());
            let organisation = ask.party(&event.organisation);
            let name = role(event.role);
            let who = holder.or(person).unwrap_or_default();
            let key = Key {
                id: format!("{} {name} {who}", organisation.id),
                label: format!("{}{name}", organisation.label),
            };
            out.add_in(name, key, row);
        }
    }),
    of: None,
};

pub(super) const PRESIDENT_UNITS: Figure = Figure {
    name: "president_units",
    label: ("会长单位", "enterprises that preside over a chamber"),
    filter: (
        "登记为会长单位的企业；同一家记一次",
        "enterprises recorded as president of a chamber, each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in told!(ask, RoleAssigned) {
            if let Some(holder) = event.holder.as_ref().filter(|_| event.role == Role::President) {
                out.add_in(ask.party(&event.organisation).label, ask.party(holder), row);
            }
        }
    }),
    of: None,
};

pub(super) const EVENTS_BY_PROGRAMME: Figure = Figure {
    name: "events_by_programme",
    label: ("登记事项（分行动、工程）", "records, by programme"),
    filter: (
        "标有所属行动、工程的登记；每条一次，党建类不计入",
        "records that name a programme, each once; party building is not in it",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        for row in ask.everything().filter(|row| row.event.class() == DataClass::Ordinary) {
            for programme in &row.programmes {
                out.add_in(programme.as_str(), &row.position, row);
            }
        }
    }),
    of: None,
};
