//! Texts: regulations, reports, published claims.

use jinqiao_events::kinds::DataClass;
use jinqiao_events::value::counter::Counter;

use super::books::told;
use super::{Figure, Key, Measure};

pub(super) const REGULATIONS: Figure = Figure {
    name: "regulations",
    label: ("印发制度", "regulations issued"),
    filter: ("印发的管理办法等；按制度编号", "regulations issued; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, RegulationIssued) {
            out.add(Key { id: event.regulation.to_string(), label: event.title.clone() }, row);
        }
    }),
    of: None,
};

pub(super) const REPORTS: Figure = Figure {
    name: "reports_published",
    label: ("发布报告、报道", "reports published"),
    filter: ("发布的报告、报道；按报告编号", "reports published; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, ReportPublished) {
            out.add(Key { id: event.report.to_string(), label: event.title.clone() }, row);
        }
    }),
    of: None,
};

pub(super) const CLAIMS: Figure = Figure {
    name: "claims_published",
    label: ("公开表述", "claims published"),
    filter: ("公开发表的数字，分出处；按表述编号", "figures published, by publication; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        for (row, event) in told!(ask, ClaimPublished) {
            let key = Key { id: event.claim.to_string(), label: event.text.clone() };
            out.add_in(event.publication.as_str(), key, row);
        }
    }),
    of: None,
};
