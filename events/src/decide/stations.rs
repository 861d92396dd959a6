//! Stations (工作站、联络站): a key stands for one station, and only a station that stands is closed.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;

/// The stations that were established, and whether they stand.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Stations {
    standing: Layered<RecordKey, bool>,
}

impl Rule for Stations {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::StationEstablished(event) => self.may_open(&event.station),
            Event::StationClosed(event) => self.may_close(&event.station),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        match &recorded.event {
            Event::StationEstablished(event) => self.standing.insert(event.station.clone(), true),
            Event::StationClosed(event) => self.standing.insert(event.station.clone(), false),
            _ => {}
        }
    }

    layers! { standing }
}

impl Stations {
    fn may_open(&self, station: &RecordKey) -> Result<(), Refusal> {
        if self.standing.get(station).is_none_or(|stands| !stands) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "station_exists",
            "/body/station",
            format!("站点「{station}」已经设立；另一个站点请用另一个编号"),
            format!("station {station} is established already; use another key for another station"),
        ))
    }

    fn may_close(&self, station: &RecordKey) -> Result<(), Refusal> {
        match self.standing.get(station) {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::conflict(
                "station_closed",
                "/body/station",
                format!("站点「{station}」已经撤销，无需再次登记"),
                format!("station {station} was closed already; nothing to do"),
            )),
            None => Err(Refusal::missing(
                "station_unknown",
                "/body/station",
                format!("没有设立过站点「{station}」；请先登记设立，或核对编号"),
                format!("no station {station} was established; record that first, or check its key"),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, event, given, org};
    use super::*;

    fn story() -> Vec<Event> {
        vec![chamber("C"), opened("深圳站")]
    }

    fn opened(key: &str) -> Event {
        let body =
            format!(r#"{{"station":"{key}","title":"站","type":"workstation","chamber":"{}"}}"#, org("C"));
        event("station_established", &body)
    }

    fn closed(key: &str) -> Event {
        event("station_closed", &format!(r#"{{"station":"{key}"}}"#))
    }

    #[test]
    fn a_station_is_closed_once_and_only_if_it_was_established() {
        given(story()).when(closed("深圳站")).then_recorded(|_| {});
        given(story()).when(closed("上海站")).then_refused_at("station_unknown", "/body/station");
        given([story(), vec![closed("深圳站")]].concat())
            .when(closed("深圳站"))
            .then_refused("station_closed");
    }

    #[test]
    fn a_station_is_established_once_while_it_stands() {
        given(story()).when(opened("深圳站")).then_refused_at("station_exists", "/body/station");
        given(story()).when(opened("上海站")).then_recorded(|_| {});
        given([story(), vec![closed("深圳站")]].concat()).when(opened("深圳站")).then_recorded(|_| {});
    }
}
