//! Whose project it is (归属): filings stand once each, are confirmed once a part, and a dispute is decided about
//! something. Whether a filing came in time is a rule set's to say: late ones may be recorded, and are seen to be late.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule, amount_kind};
use crate::kinds::claim::{
    ClaimArbitrated, ConfirmedBy, FirstNegotiationClaimed, ReferrerConfirmed, ReferrerFiled,
};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::money::AmountKind;
use crate::value::party_ref::PartyRef;

/// Who claimed what.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Claims {
    /// Those who claimed first talks on a project.
    claimants: Layered<RecordKey, Vec<PartyRef>>,
    /// The project of each filing.
    filings: Layered<RecordKey, RecordKey>,
    confirmed: Layered<(RecordKey, ConfirmedBy), ()>,
    /// Projects that somebody reported, claimed, filed or signed.
    known: Layered<RecordKey, ()>,
}

impl Rule for Claims {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::FirstNegotiationClaimed(event) => self.may_claim(event, roll),
            Event::ReferrerFiled(event) => self.may_file(event),
            Event::ReferrerConfirmed(event) => self.may_confirm(event),
            Event::ClaimArbitrated(event) => self.may_arbitrate(event),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        match &recorded.event {
            Event::LeadReported(event) => self.known.insert(event.project.clone(), ()),
            Event::ProjectSigned(event) => self.known.insert(event.project.clone(), ()),
            Event::FirstNegotiationClaimed(event) => {
                self.known.insert(event.project.clone(), ());
                self.claimants
                    .update(event.project.clone(), |claimants| claimants.push(event.claimant.clone()));
            }
            Event::ReferrerFiled(event) => {
                self.known.insert(event.project.clone(), ());
                self.filings.insert(event.filing.clone(), event.project.clone());
            }
            Event::ReferrerConfirmed(event) => {
                self.confirmed.insert((event.filing.clone(), event.confirmed_by), ());
            }
            _ => {}
        }
    }

    layers! { claimants, filings, confirmed, known }
}

impl Claims {
    fn may_claim(&self, event: &mut FirstNegotiationClaimed, roll: &Roll) -> Result<(), Refusal> {
        let earlier = self.claimants.get(&event.project).map_or(&[][..], Vec::as_slice);
        if earlier.iter().any(|claimant| roll.is_same(claimant, &event.claimant)) {
            return Err(Refusal::conflict(
                "claim_repeated",
                "/body/claimant",
                "该单位已就这个项目备案过首报首谈；无需再报，如有错误请更正原事件",
                "this party has claimed the first talks on this project before; correct that event if it is wrong",
            ));
        }
        let amount = event.amount.as_mut();
        amount.map_or(Ok(()), |amount| amount_kind::settle(amount, [AmountKind::Intent; 2], "/body/amount"))
    }

    fn may_file(&self, event: &ReferrerFiled) -> Result<(), Refusal> {
        if event.referrer.is_none() && event.person.is_none() {
            return Err(Refusal::invalid(
                "referrer_missing",
                "/body/referrer",
                "没有写明引荐人；请填写引荐单位或人员编号",
                "no referrer is named; name an organisation or a person id",
            ));
        }
        if self.filings.contains(&event.filing) {
            return Err(Refusal::conflict(
                "filing_exists",
                "/body/filing",
                format!("备案号「{}」已经用过；另一份备案请用另一个编号", event.filing),
                format!("filing {} was recorded before; use another key for another filing", event.filing),
            ));
        }
        Ok(())
    }

    fn may_confirm(&self, event: &ReferrerConfirmed) -> Result<(), Refusal> {
        match self.filings.get(&event.filing) {
            None => {
                return Err(Refusal::missing(
                    "filing_unknown",
                    "/body/filing",
                    format!("没有备案号「{}」；请先登记引荐人备案，或核对编号", event.filing),
                    format!("no filing {}; record it first, or check its key", event.filing),
                ));
            }
            Some(project) if *project != event.project => {
                return Err(Refusal::conflict(
                    "filing_project",
                    "/body/project",
                    format!(
                        "备案「{}」是项目「{project}」的，不是「{}」的；请核对",
                        event.filing, event.project
                    ),
                    format!("filing {} is of project {project}, not {}; check", event.filing, event.project),
                ));
            }
            Some(_) => {}
        }
        if self.confirmed.contains(&(event.filing.clone(), event.confirmed_by)) {
            return Err(Refusal::conflict(
                "filing_confirmed",
                "/body/confirmed_by",
                "这一方已经确认过这份备案；无需再次确认",
                "this part has been confirmed before; nothing to do",
            ));
        }
        Ok(())
    }

    fn may_arbitrate(&self, event: &ClaimArbitrated) -> Result<(), Refusal> {
        if !self.known.contains(&event.project) {
            return Err(Refusal::missing(
                "project_unknown",
                "/body/project",
                format!("没有编号为「{}」的项目，无可裁定；请核对编号", event.project),
                format!("no project {}: there is nothing to decide; check its key", event.project),
            ));
        }
        let shares: u32 = event.shares.iter().map(|share| u32::from(*share)).sum();
        let fits = event.shares.len() == event.holders.len() && shares == 100;
        if !event.shares.is_empty() && !fits {
            return Err(Refusal::invalid(
                "share_range",
                "/body/shares",
                "份额须与归属方一一对应，合计为 100；平分时可以不填",
                "one share a holder, adding up to 100; leave them out for equal shares",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{enterprise, event, given, org, person};
    use super::*;

    fn claimed(by: &str) -> Event {
        let body = format!(r#"{{"project":"P","title":"园","claimant":"{by}","amount":"12亿元"}}"#);
        event("first_negotiation_claimed", &body)
    }

    fn filed(filing: &str, rest: &str) -> Event {
        event(
            "referrer_filed",
            &format!(r#"{{"filing":"{filing}","project":"P","role":"information"{rest}}}"#),
        )
    }

    fn confirmed(filing: &str, project: &str, by: &str) -> Event {
        let body = format!(r#"{{"filing":"{filing}","project":"{project}","confirmed_by":"{by}"}}"#);
        event("referrer_confirmed", &body)
    }

    #[test]
    fn a_party_claims_a_project_once_under_whatever_name() {
        given([claimed("琅屿区")]).when(claimed("沧州区")).then_recorded(|event| {
            let Event::FirstNegotiationClaimed(claim) = event else { panic!("{event:?}") };
            assert_eq!(claim.amount.unwrap().kind(), Some(AmountKind::Intent));
        });
        given([claimed("琅屿区")])
            .when(claimed("琅屿区"))
            .then_refused_at("claim_repeated", "/body/claimant");
        given([enterprise("A"), claimed("企业A")]).when(claimed(&org("A"))).then_refused("claim_repeated");
    }

    #[test]
    fn a_filing_names_somebody_and_stands_once() {
        given([]).when(filed("F", "")).then_refused_at("referrer_missing", "/body/referrer");
        given([]).when(filed("F", r#","referrer":"某商会""#)).then_recorded(|_| {});
        given([]).when(filed("F", &format!(r#","person":"{}""#, person(1)))).then_recorded(|_| {});
        given([filed("F", r#","referrer":"某商会""#)])
            .when(filed("F", r#","referrer":"另一商会""#))
            .then_refused_at("filing_exists", "/body/filing");
    }

    #[test]
    fn each_part_of_a_filing_is_confirmed_once() {
        let story = [filed("F", r#","referrer":"某商会""#), confirmed("F", "P", "investor")];
        given(story.clone()).when(confirmed("F", "P", "landing_place")).then_recorded(|_| {});
        given(story.clone()).when(confirmed("F", "P", "investor")).then_refused("filing_confirmed");
        given(story.clone())
            .when(confirmed("F", "Q", "referrer"))
            .then_refused_at("filing_project", "/body/project");
        given(story).when(confirmed("G", "P", "referrer")).then_refused_at("filing_unknown", "/body/filing");
    }

    #[test]
    fn a_dispute_is_decided_about_something_and_shares_add_up() {
        let decided = |rest: &str| {
            event(
                "claim_arbitrated",
                &format!(r#"{{"project":"P","holders":["甲区","乙区"],"reason":"协商"{rest}}}"#),
            )
        };
        given([]).when(decided("")).then_refused_at("project_unknown", "/body/project");
        given([claimed("甲区")]).when(decided("")).then_recorded(|_| {});
        given([claimed("甲区")]).when(decided(r#","shares":[60,40]"#)).then_recorded(|_| {});
        for wrong in ["[60,30]", "[100]", "[50,25,25]", "[255,255]"] {
            given([claimed("甲区")])
                .when(decided(&format!(r#","shares":{wrong}"#)))
                .then_refused_at("share_range", "/body/shares");
        }
    }
}
