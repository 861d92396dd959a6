//! Investment: stations, projects, amounts of every kind apart, and what came of which activity.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::project::{ParkPlanned, Signing};
use jinqiao_events::kinds::station::{StationEstablished, StationType};
use jinqiao_events::kinds::{DataClass, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::money::AmountKind;

use super::books::told;
use super::measure::Amounts;
use super::signings::{Duplicates, Signed, arrivals, origins, signed};
use super::{Ask, Figure, Key, Measure};

/// Stations established in the period that still stand at its end.
fn stations<'a>(ask: &Ask<'a>) -> Vec<(&'a Recorded, &'a StationEstablished)> {
    let closed: BTreeMap<&RecordKey, Position> =
        told!(ask, until, StationClosed).map(|(row, event)| (&event.station, row.position)).collect();
    told!(ask, StationEstablished)
        .filter(|(row, event)| closed.get(&event.station).is_none_or(|closed| *closed < row.position))
        .collect()
}

const fn sort(station: StationType) -> &'static str {
    match station {
        StationType::Workstation => "双招双引工作站",
        StationType::LiaisonStation => "联络站",
    }
}

/// A project that a station brought, as the signing says, else its lead.
struct Brought<'a> {
    signed: Signed<'a>,
    station: &'a RecordKey,
    lead: Option<&'a Recorded>,
}

impl Brought<'_> {
    /// Every event behind it but the signing that counts.
    fn also(&self) -> impl Iterator<Item = &Recorded> {
        self.signed.also.iter().copied().chain(self.lead)
    }
}

fn by_stations<'a>(ask: &Ask<'a>) -> Vec<Brought<'a>> {
    let origins = origins(ask);
    let brought = signed(ask).into_iter().filter_map(|signed| {
        let led = || origins.get(signed.project).and_then(|origin| origin.station);
        let (station, lead) = match &signed.main.1.station {
            Some(station) => (station, None),
            None => led().map(|(station, lead)| (station, Some(lead)))?,
        };
        Some(Brought { signed, station, lead })
    });
    brought.collect()
}

fn titles<'a>(ask: &Ask<'a>) -> BTreeMap<&'a RecordKey, &'a str> {
    told!(ask, until, ActivityHeld).map(|(_, event)| (&event.activity, event.title.as_str())).collect()
}

/// Amounts of one kind with which projects count.
fn amounts(ask: &Ask<'_>, out: &mut Amounts, kind: AmountKind) {
    for signed in signed(ask) {
        let (row, event) = signed.main;
        if let Some(amount) = event.amount.as_ref().filter(|amount| amount.kind() == Some(kind)) {
            out.add(None, signed.key(), amount, row);
            signed.also.iter().for_each(|row| out.also(signed.key(), row));
        }
    }
}

/// Money of one kind that arrived, by project.
fn arrived(ask: &Ask<'_>, out: &mut Amounts, kind: AmountKind) {
    let titles: BTreeMap<&RecordKey, &str> =
        told!(ask, until, ProjectSigned).map(|(_, event)| (&event.project, event.title.as_str())).collect();
    for arrival in arrivals(ask).iter().filter(|arrival| arrival.amount.kind() == Some(kind)) {
        let id = arrival.project.to_string();
        let label = titles.get(arrival.project).map_or_else(|| id.clone(), |title| (*title).to_owned());
        let project = Key { id, label };
        if arrival.is_repeated {
            out.also(project, arrival.row);
        } else {
            out.add(None, project, arrival.amount, arrival.row);
        }
    }
}

pub(super) const STATIONS: Figure = Figure {
    name: "stations",
    label: ("双招双引工作站、联络站", "workstations and liaison stations"),
    filter: (
        "期内设立、期末未撤销的站点，工作站与联络站分列；按站点编号",
        "stations set up that still stand, by sort; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in stations(ask) {
            let key = Key { id: event.station.to_string(), label: event.title.clone() };
            out.add_in(sort(event.station_type), key, row);
        }
    }),
    of: None,
};

pub(super) const STATION_PROJECTS: Figure = Figure {
    name: "station_projects",
    label: ("工作站、联络站引进签约项目（分站点）", "projects brought by stations"),
    filter: (
        "首次签约（或更换投资方签约）、且登记由站点引进的项目；同一项目记一个",
        "first signings of projects that a station brought; each project once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for brought in by_stations(ask) {
            let key = brought.signed.key();
            out.add_in(brought.station.to_string(), key.clone(), brought.signed.main.0);
            brought.also().for_each(|row| out.add(key.clone(), row));
        }
    }),
    of: None,
};

pub(super) const STATION_CONTRACTS: Figure = Figure {
    name: "station_contracts",
    label: ("工作站、联络站引进项目总投资（分站点）", "contracted investment brought by stations"),
    filter: (
        "站点引进项目首次签约的合同总投资；意向额、增资、到位资金不计入",
        "contract amounts at first signings that a station brought; no other kind of amount",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Contract, |ask, out| {
        for brought in by_stations(ask) {
            let (row, event) = brought.signed.main;
            if let Some(amount) = &event.amount {
                out.add(Some(brought.station.to_string()), brought.signed.key(), amount, row);
                brought.also().for_each(|row| out.also(brought.signed.key(), row));
            }
        }
    }),
    of: None,
};

pub(super) const PROJECTS_SIGNED: Figure = Figure {
    name: "projects_signed",
    label: ("签约项目", "projects signed"),
    filter: (
        "首次签约（或更换投资方签约）的项目；重复签约、升格、增资不另计；同一项目记一个",
        "projects first signed; signed again, upgraded or increased ones add nothing; each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for signed in signed(ask) {
            out.add(signed.key(), signed.main.0);
            signed.also.iter().for_each(|row| out.add(signed.key(), row));
        }
    }),
    of: None,
};

pub(super) const CONTRACTS: Figure = Figure {
    name: "contract_amount",
    label: ("合同总投资", "contracted investment"),
    filter: (
        "首次签约为正式合同的总投资；其他类别的金额不计入",
        "amounts of definitive contracts at first signing; no other kind of amount",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Contract, |ask, out| amounts(ask, out, AmountKind::Contract)),
    of: None,
};

pub(super) const INTENTS: Figure = Figure {
    name: "intent_amount",
    label: ("意向额", "amounts of intent"),
    filter: (
        "首次签约为意向的金额；其他类别的金额不计入",
        "amounts of letters of intent at first signing; no other kind of amount",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Intent, |ask, out| amounts(ask, out, AmountKind::Intent)),
    of: None,
};

pub(super) const FRAMEWORKS: Figure = Figure {
    name: "framework_amount",
    label: ("框架协议额", "amounts of framework agreements"),
    filter: (
        "首次签约为框架协议的金额；其他类别的金额不计入",
        "amounts of framework agreements at first signing; no other kind of amount",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Framework, |ask, out| amounts(ask, out, AmountKind::Framework)),
    of: None,
};

pub(super) const INCREMENTS: Figure = Figure {
    name: "increment_amount",
    label: ("增资增量", "increments"),
    filter: ("增资签约的增量；不含原合同额", "increments signed, without what was signed before"),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Increment, |ask, out| {
        let duplicates = Duplicates::of(ask);
        for (row, event) in told!(ask, ProjectSigned) {
            if let (Some(Signing::Increment), Some(amount)) = (event.signing, &event.amount) {
                let id = duplicates.standing(&event.project).to_string();
                out.add(None, Key { id, label: event.title.clone() }, amount, row);
            }
        }
    }),
    of: None,
};

pub(super) const FUNDS_ARRIVED: Figure = Figure {
    name: "funds_arrived",
    label: ("到位资金", "funds arrived"),
    filter: (
        "到位资金各笔之和，同一凭证记一次；签约额不计入",
        "instalments arrived, each voucher once; signed amounts are not in it",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Arrived, |ask, out| arrived(ask, out, AmountKind::Arrived)),
    of: None,
};

pub(super) const CONTRACT_FOREIGN_CAPITAL: Figure = Figure {
    name: "contract_foreign_capital",
    label: ("合同外资", "contracted foreign capital"),
    filter: (
        "首次签约为正式合同的合同外资，按美元；其他币种列出而不折算，人民币总投资不计入",
        "foreign capital of definitive contracts at first signing, in US dollars; other currencies are named, not converted",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Dollars(AmountKind::ContractForeign, |ask, out| {
        amounts(ask, out, AmountKind::ContractForeign);
    }),
    of: None,
};

pub(super) const FOREIGN_FUNDS_ARRIVED: Figure = Figure {
    name: "foreign_funds_arrived",
    label: ("实际到位外资", "foreign funds arrived"),
    filter: (
        "到位外资各笔之和，按美元，同一凭证记一次；其他币种列出而不折算，合同外资不计入",
        "instalments of foreign funds, in US dollars, each voucher once; other currencies are named, not converted",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Dollars(AmountKind::ArrivedForeign, |ask, out| {
        arrived(ask, out, AmountKind::ArrivedForeign)
    }),
    of: None,
};

pub(super) const EVENT_INVESTORS: Figure = Figure {
    name: "event_investors",
    label: ("活动促成投资的企业（分活动）", "firms that invested through an activity"),
    filter: (
        "所签项目的线索登记了来源活动的投资企业；同一家记一次，企业数不是项目数",
        "investors of signed projects whose lead came from an activity; each firm once: firms are not projects",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        let (titles, origins) = (titles(ask), origins(ask));
        for signed in signed(ask) {
            let Some((origin, lead)) = origins.get(signed.project).and_then(|origin| origin.activity) else {
                continue;
            };
            let part = titles.get(origin).map_or_else(|| origin.to_string(), |title| (*title).to_owned());
            for firm in &signed.main.1.investors {
                let firm = ask.party(firm);
                out.add_in(part.as_str(), firm.clone(), signed.main.0);
                signed.also.iter().copied().chain([lead]).for_each(|row| out.add(firm.clone(), row));
            }
        }
    }),
    of: None,
};

pub(super) const SIGNED_ON_SITE: Figure = Figure {
    name: "signed_on_site",
    label: ("活动现场签约项目（分活动）", "projects signed on site"),
    filter: (
        "在已举办的活动现场首次签约的项目；同一项目记一个",
        "projects first signed at an activity that was held; each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        let titles = titles(ask);
        for signed in signed(ask) {
            let (row, event) = signed.main;
            if let Some(title) = event.ceremony.as_ref().and_then(|key| titles.get(key)) {
                out.add_in(*title, signed.key(), row);
                signed.also.iter().for_each(|row| out.add(signed.key(), row));
            }
        }
    }),
    of: None,
};

/// Parks planned whose project was not signed by the end of the period.
fn planned<'a>(ask: &Ask<'a>) -> Vec<(&'a Recorded, &'a ParkPlanned)> {
    let signed: BTreeSet<&RecordKey> =
        told!(ask, until, ProjectSigned).map(|(_, event)| &event.project).collect();
    told!(ask, ParkPlanned)
        .filter(|(_, event)| event.project.as_ref().is_none_or(|project| !signed.contains(project)))
        .collect()
}

pub(super) const PARKS_PLANNED: Figure = Figure {
    name: "parks_planned",
    label: ("计划建设的产业园", "parks planned"),
    filter: (
        "计划中、期末尚未签约的产业园；按园区编号",
        "parks planned and not signed by the end of the period; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in planned(ask) {
            out.add(Key { id: event.park.to_string(), label: event.title.clone() }, row);
        }
    }),
    of: None,
};

pub(super) const PARK_AREA: Figure = Figure {
    name: "park_area_planned",
    label: ("计划产业园占地", "area of parks planned"),
    filter: (
        "计划中、期末尚未签约的产业园占地之和，概数按下限；每园一项",
        "area of parks planned and not signed, of rough numbers the lower bound; each park once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Total(Counter::Mu, |ask, out| {
        for (row, event) in planned(ask) {
            if let Some(area) = event.area_mu {
                let key = Key { id: event.park.to_string(), label: event.title.clone() };
                match event.approx {
                    Some(approx) => out.add_roughly(Some("概数，按下限".into()), key, area, approx, row),
                    None => out.add(None, key, area, row),
                }
            }
        }
    }),
    of: None,
};

pub(super) const ALLIANCES: Figure = Figure {
    name: "alliances_signed",
    label: ("友好商会、战略合作", "alliances signed"),
    filter: (
        "缔结合作的双方；同一对记一次，不分先后",
        "the two sides of an alliance; each pair once, whoever is named first",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Pairs, |ask, out| {
        told!(ask, AllianceSigned).for_each(|(row, event)| out.add(ask.pair(&event.a, &event.b), row));
    }),
    of: None,
};
