//! Chamber governance (商会治理): only chambers are checked, renewed, flagged and dissolved; a year is reported
//! once, a term begins once, and what was dissolved is not flagged or dissolved again.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule, memberships};
use crate::kinds::Event;
use crate::kinds::chamber::{AnnualCheckFiled, BranchEstablished, ChamberFlaggedDormant, TermRenewed};
use crate::log::Recorded;
use crate::value::ids::PartyId;
use crate::value::occurred::Occurred;
use crate::value::party_ref::PartyRef;

/// Years reported and terms begun, by the entry of the chamber that they were recorded for.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Chambers {
    years: Layered<(PartyId, u16), ()>,
    terms: Layered<(PartyId, u16), ()>,
}

impl Rule for Chambers {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::BranchEstablished(event) => may_branch(event, roll),
            Event::ChamberRectified(event) => roll.required_chamber("chamber", &event.chamber).map(drop),
            Event::ChamberContacted(event) => roll.required_chamber("chamber", &event.chamber).map(drop),
            Event::AnnualCheckFiled(event) => self.may_file(event, draft.occurred, roll),
            Event::TermRenewed(event) => self.may_renew(event, roll),
            Event::ChamberFlaggedDormant(event) => may_flag(event, roll),
            Event::ChamberDissolved(event) => open_chamber(&event.chamber, roll).map(drop),
            Event::DemonstrationDesignated(event) => roll.required("party", &event.party).map(drop),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        match &recorded.event {
            Event::AnnualCheckFiled(event) => {
                if let Some(chamber) = roll.entry_of(&event.chamber) {
                    self.years.insert((chamber, event.year), ());
                }
            }
            Event::TermRenewed(event) => {
                if let (Some(chamber), Some(term)) = (roll.entry_of(&event.chamber), event.term) {
                    self.terms.insert((chamber, term), ());
                }
            }
            _ => {}
        }
    }

    layers! { years, terms }
}

impl Chambers {
    fn may_file(&self, event: &AnnualCheckFiled, on: Occurred, roll: &Roll) -> Result<(), Refusal> {
        let chamber = roll.required_chamber("chamber", &event.chamber)?;
        if i32::from(event.year) > i32::from(on.last_day().year()) || event.year < 1900 {
            return Err(Refusal::invalid(
                "year_range",
                "/body/year",
                format!("{} 年还没有过去，或年份写错了；年检年报报的是已经过去的年度", event.year),
                format!("{} is no year that can be reported on by then; check it", event.year),
            ));
        }
        if roll.entries_of(chamber).into_iter().any(|entry| self.years.contains(&(entry, event.year))) {
            return Err(Refusal::conflict(
                "annual_check_repeated",
                "/body/year",
                format!("该商会 {} 年度的年检年报已登记过", event.year),
                format!("the chamber's check for {} was recorded before", event.year),
            ));
        }
        Ok(())
    }

    fn may_renew(&self, event: &TermRenewed, roll: &Roll) -> Result<(), Refusal> {
        let chamber = roll.required_chamber("chamber", &event.chamber)?;
        let Some(term) = event.term else { return Ok(()) };
        if roll.entries_of(chamber).into_iter().any(|entry| self.terms.contains(&(entry, term))) {
            return Err(Refusal::conflict(
                "term_repeated",
                "/body/term",
                format!("该商会第 {term} 届换届已登记过；请核对届次"),
                format!("term {term} of the chamber was recorded before; check its number"),
            ));
        }
        Ok(())
    }
}

fn may_branch(event: &BranchEstablished, roll: &Roll) -> Result<(), Refusal> {
    roll.required_chamber("chamber", &event.chamber)?;
    memberships::two_sides("branch", &event.chamber, &event.branch, roll)
}

fn may_flag(event: &ChamberFlaggedDormant, roll: &Roll) -> Result<(), Refusal> {
    open_chamber(&event.chamber, roll)?;
    if event.grounds.is_empty() {
        return Err(Refusal::invalid(
            "grounds_missing",
            "/body/grounds",
            "没有写明列入的情形；请至少填写一项",
            "no ground is named; name at least one",
        ));
    }
    Ok(())
}

/// A registered chamber that was not closed or dissolved.
fn open_chamber(chamber: &PartyRef, roll: &Roll) -> Result<PartyId, Refusal> {
    let id = roll.required_chamber("chamber", chamber)?;
    if roll.is_closed(id) {
        return Err(Refusal::conflict(
            "party_closed",
            "/body/chamber",
            "该商会已注销，无需再清理；如注销有误，请先作废注销事件",
            "the chamber is closed already; void that event first if it is wrong",
        ));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, enterprise, event, given, merged, org};
    use super::*;

    fn of(kind: &str, rest: &str) -> Event {
        event(kind, &format!(r#"{{"chamber":"{}"{rest}}}"#, org("C")))
    }

    #[test]
    fn only_a_registered_chamber_is_governed() {
        let kinds = [
            ("branch_established", r#","branch":"琅屿分会""#),
            ("chamber_rectified", ""),
            ("annual_check_filed", r#","year":2017"#),
            ("term_renewed", r#","term":3"#),
            ("chamber_flagged_dormant", r#","grounds":["no_business"]"#),
            ("chamber_dissolved", ""),
            ("chamber_contacted", r#","reached":false"#),
        ];
        for (kind, rest) in kinds {
            given([chamber("C")]).when(of(kind, rest)).then_recorded(|_| {});
            given([enterprise("C")]).when(of(kind, rest)).then_refused_at("not_a_chamber", "/body/chamber");
            given([]).when(of(kind, rest)).then_refused_at("party_unknown", "/body/chamber");
        }
    }

    #[test]
    fn a_year_is_reported_once_and_not_before_its_time() {
        let filed = |year: u16| of("annual_check_filed", &format!(r#","year":{year}"#));
        given([chamber("C"), filed(2017)]).when(filed(2016)).then_recorded(|_| {});
        given([chamber("C"), filed(2017)])
            .when(filed(2017))
            .then_refused_at("annual_check_repeated", "/body/year");
        given([chamber("C"), chamber("D"), merged("C", "D"), filed(2017)])
            .when(event("annual_check_filed", &format!(r#"{{"chamber":"{}","year":2017}}"#, org("D"))))
            .then_refused("annual_check_repeated");
        for year in [2019, 20] {
            given([chamber("C")]).when(filed(year)).then_refused_at("year_range", "/body/year");
        }
    }

    #[test]
    fn a_term_begins_once() {
        let renewed = |rest: &str| of("term_renewed", rest);
        given([chamber("C"), renewed(r#","term":2"#)]).when(renewed(r#","term":3"#)).then_recorded(|_| {});
        given([chamber("C"), renewed(r#","term":2"#)]).when(renewed("")).then_recorded(|_| {});
        given([chamber("C"), renewed(r#","term":2"#)])
            .when(renewed(r#","term":2"#))
            .then_refused_at("term_repeated", "/body/term");
    }

    #[test]
    fn what_is_dissolved_is_closed_and_neither_flagged_nor_dissolved_again() {
        let dissolved = || of("chamber_dissolved", r#","reason":"长期不活动""#);
        let story = given([chamber("C"), dissolved()]);
        assert!(story.roll().is_closed(story.roll().resolve(&org("C").parse().unwrap()).unwrap()));
        given([chamber("C"), dissolved()]).when(dissolved()).then_refused_at("party_closed", "/body/chamber");
        let flagged = of("chamber_flagged_dormant", r#","grounds":["unreachable"]"#);
        given([chamber("C"), dissolved()]).when(flagged).then_refused("party_closed");
        let empty = of("chamber_flagged_dormant", r#","grounds":[]"#);
        given([chamber("C")]).when(empty).then_refused_at("grounds_missing", "/body/grounds");
    }

    #[test]
    fn a_branch_is_another_party_and_a_demonstration_point_a_registered_one() {
        let own = of("branch_established", &format!(r#","branch":"{}""#, org("C")));
        given([chamber("C")]).when(own).then_refused_at("self_edge", "/body/branch");
        let named = |party: &str| {
            event(
                "demonstration_designated",
                &format!(r#"{{"party":"{party}","demonstration":"standardisation"}}"#),
            )
        };
        given([chamber("C")]).when(named("商会C")).then_recorded(|_| {});
        given([]).when(named("某商会")).then_refused_at("party_unknown", "/body/party");
    }
}
