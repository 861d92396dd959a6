//! Projects (签约项目): signed first once, later signings add nothing, a status or an increment, and money arrives
//! in numbered instalments. The rules that decide how a signing counts are here, so every report agrees.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule, amount_kind};
use crate::kinds::project::{
    Agreement, FundsArrived, LeadReported, ProjectSigned, ProjectStageChanged, Signing,
};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::fen::Fen;
use crate::value::money::{AmountKind, Money};
use crate::value::name;
use crate::value::occurred::Occurred;
use crate::value::party_ref::PartyRef;

/// The projects known, with what was signed of each, and the instalments that arrived.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Projects {
    /// A project of which nothing was signed is a lead.
    projects: Layered<RecordKey, Option<Signings>>,
    instalments: Layered<(RecordKey, u32), ()>,
}

/// What was signed of a project.
#[derive(Debug, Clone, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Signings {
    /// The strongest agreement.
    strongest: Agreement,
    /// When the first was signed.
    first: Occurred,
    /// Everybody who signed as an investor.
    investors: Vec<PartyRef>,
}

impl Rule for Projects {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        let on = draft.occurred;
        match &mut draft.event {
            Event::LeadReported(event) => self.may_lead(event, on),
            Event::ProjectSigned(event) => self.may_sign(event, roll),
            Event::ProjectStageChanged(event) => self.may_change_stage(event),
            Event::FundsArrived(event) => self.may_arrive(event),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        match &recorded.event {
            Event::LeadReported(event) => self.projects.update(event.project.clone(), |_| {}),
            Event::FirstNegotiationClaimed(event) => self.projects.update(event.project.clone(), |_| {}),
            Event::ReferrerFiled(event) => self.projects.update(event.project.clone(), |_| {}),
            Event::ProjectSigned(event) => self.projects.update(event.project.clone(), |signings| {
                let signings = signings.get_or_insert_with(|| Signings {
                    strongest: event.agreement,
                    first: recorded.occurred,
                    investors: Vec::new(),
                });
                signings.strongest = signings.strongest.max(event.agreement);
                signings.first = signings.first.min(recorded.occurred);
                signings.investors.extend(event.investors.iter().cloned());
            }),
            Event::FundsArrived(event) => {
                self.instalments.insert((event.project.clone(), event.instalment), ());
            }
            _ => {}
        }
    }

    layers! { projects, instalments }
}

impl Projects {
    /// What was signed of the project.
    fn signed(&self, project: &RecordKey) -> Option<&Signings> {
        self.projects.get(project).and_then(Option::as_ref)
    }

    /// A lead that came before the signing, or may have by its date, may be recorded after it (补录); the log shows both
    /// times.
    fn may_lead(&self, event: &mut LeadReported, on: Occurred) -> Result<(), Refusal> {
        let is_later = |signings: &Signings| signings.first.comes_before(on);
        if self.signed(&event.project).is_some_and(is_later) {
            return Err(already_signed("/body/project"));
        }
        let amount = event.amount.as_mut();
        amount.map_or(Ok(()), |amount| amount_kind::settle(amount, [AmountKind::Intent; 2], "/body/amount"))
    }

    fn may_sign(&self, event: &mut ProjectSigned, roll: &Roll) -> Result<(), Refusal> {
        if event.investors.is_empty() {
            return Err(Refusal::invalid(
                "investors_missing",
                "/body/investors",
                "没有写明投资方；请至少填写一个签约的投资方",
                "no investor is named; name at least one who signed",
            ));
        }
        let earlier = self.signed(&event.project);
        let changed = earlier.is_some_and(|earlier| are_others(&event.investors, &earlier.investors, roll));
        let signing =
            counted(event.signing, event.agreement, earlier.map(|earlier| earlier.strongest), changed)?;
        event.signing = Some(signing);
        let fitting = match (signing, event.agreement) {
            (Signing::Increment, _) => [AmountKind::Increment; 2],
            (_, Agreement::Intent) => [AmountKind::Intent; 2],
            (_, Agreement::Framework) => [AmountKind::Framework; 2],
            (_, Agreement::Contract) => [AmountKind::Contract, AmountKind::ContractForeign],
        };
        event.amount.as_mut().map_or(Ok(()), |amount| amount_kind::settle(amount, fitting, "/body/amount"))
    }

    fn may_change_stage(&self, event: &ProjectStageChanged) -> Result<(), Refusal> {
        if self.projects.contains(&event.project) {
            return Ok(());
        }
        Err(Refusal::missing(
            "project_unknown",
            "/body/project",
            format!("没有编号为「{}」的项目；请先登记线索或签约，或核对编号", event.project),
            format!("no project {}; record its lead or signing first, or check its key", event.project),
        ))
    }

    fn may_arrive(&self, event: &mut FundsArrived) -> Result<(), Refusal> {
        if self.signed(&event.project).is_none() {
            return Err(not_signed("/body/project"));
        }
        if self.instalments.contains(&(event.project.clone(), event.instalment)) {
            return Err(Refusal::conflict(
                "instalment_repeated",
                "/body/instalment",
                format!("该项目的第 {} 笔到位资金已登记过；请核对笔次", event.instalment),
                format!(
                    "instalment {} of this project was recorded before; check its number",
                    event.instalment
                ),
            ));
        }
        let arrived = [AmountKind::Arrived, AmountKind::ArrivedForeign];
        amount_kind::settle(&mut event.amount, arrived, "/body/amount")?;
        let whole = event.amount.kind().unwrap_or(AmountKind::Arrived);
        let parts = [
            (&mut event.fixed_assets, "/body/fixed_assets"),
            (&mut event.working_capital, "/body/working_capital"),
        ];
        for (part, pointer) in parts {
            part.as_mut().map_or(Ok(()), |part| amount_kind::settle(part, [whole; 2], pointer))?;
        }
        fits_within(&event.amount, [event.fixed_assets.as_ref(), event.working_capital.as_ref()])
    }
}

/// Whether nobody who signs now had signed before, nor goes by a name that could be short for one who had: the
/// same investor under another name would otherwise make a project count anew.
fn are_others(now: &[PartyRef], before: &[PartyRef], roll: &Roll) -> bool {
    let name_of = |party: &PartyRef| match roll.resolve(party).and_then(|id| roll.party(id)) {
        Some(entry) => entry.name.clone(),
        None => party.to_string(),
    };
    let may_be_one = |one: &PartyRef, other: &PartyRef| {
        let (one_name, other_name) = (name_of(one), name_of(other));
        roll.is_same(one, other)
            || name::core(&one_name).trade_name == name::core(&other_name).trade_name
            || name::may_be_short_of(&one_name, &other_name)
            || name::may_be_short_of(&other_name, &one_name)
    };
    !now.iter().any(|one| before.iter().any(|other| may_be_one(one, other)))
}

/// How a signing counts beside the strongest earlier agreement: as said, where that can be; else by comparison.
fn counted(
    said: Option<Signing>,
    agreement: Agreement,
    earlier: Option<Agreement>,
    changed_investor: bool,
) -> Result<Signing, Refusal> {
    match (said, earlier) {
        (None | Some(Signing::First), None) => Ok(Signing::First),
        (Some(Signing::First), Some(_)) => Err(already_signed("/body/signing")),
        (Some(Signing::ReSigning | Signing::Upgrade | Signing::Increment | Signing::NewInvestor), None) => {
            Err(not_signed("/body/signing"))
        }
        (Some(Signing::NewInvestor), Some(_)) if !changed_investor => Err(same_investor()),
        (Some(said), Some(_)) => Ok(said),
        (None, Some(_)) if changed_investor => Ok(Signing::NewInvestor),
        (None, Some(earlier)) if agreement > earlier => Ok(Signing::Upgrade),
        (None, Some(_)) => Ok(Signing::ReSigning),
    }
}

/// Refuses parts that together are more than the whole, or in another currency.
fn fits_within(whole: &Money, parts: [Option<&Money>; 2]) -> Result<(), Refusal> {
    let same_currency = parts.iter().flatten().all(|part| part.currency() == whole.currency());
    let sum = Fen::checked_sum(parts.iter().flatten().map(|part| part.fen()));
    if same_currency && sum.is_some_and(|sum| sum <= whole.fen()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "amount_split",
        "/body/amount",
        "固定资产与流动资金之和超过到位金额，或币种不同；请核对三个金额",
        "fixed assets and working capital exceed the amount arrived, or differ in currency; check the three",
    ))
}

fn already_signed(pointer: &str) -> Refusal {
    Refusal::conflict(
        "already_signed",
        pointer,
        "该项目此前已签约；再次签约请登记为重签、升格或增资，不能再作线索或首签",
        "the project was signed before; say re-signing, upgrade or increment, it is no lead and no first signing",
    )
}

fn same_investor() -> Refusal {
    Refusal::conflict(
        "same_investor",
        "/body/signing",
        "投资方与此前签约的相同或名称相近，不是更换投资方；请登记为重签、升格或增资",
        "an investor signed before, or goes by a like name: no new investor; say re-signing, upgrade or increment",
    )
}

fn not_signed(pointer: &str) -> Refusal {
    Refusal::conflict(
        "not_signed",
        pointer,
        "该项目还没有签约记录；请先登记签约，或核对项目编号",
        "the project has not been signed; record its signing first, or check its key",
    )
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{event, given};
    use super::*;

    fn lead() -> Event {
        event("lead_reported", r#"{"project":"P-1","title":"产业园","reporter":"某商会","amount":"3亿元"}"#)
    }

    fn signed(agreement: &str, rest: &str) -> Event {
        let common = r#""project":"P-1","title":"产业园","investors":["云岭集团"]"#;
        event("project_signed", &format!(r#"{{{common},"agreement":"{agreement}"{rest}}}"#))
    }

    fn arrived(instalment: u32, rest: &str) -> Event {
        event("funds_arrived", &format!(r#"{{"project":"P-1","instalment":{instalment}{rest}}}"#))
    }

    fn signing_of(event: Event) -> ProjectSigned {
        let Event::ProjectSigned(signing) = event else { panic!("{event:?}") };
        signing
    }

    #[test]
    fn how_a_signing_counts_is_filled_in_by_comparison() {
        let cases = [
            (vec![], "intent", Signing::First),
            (vec![lead()], "contract", Signing::First),
            (vec![signed("intent", "")], "framework", Signing::Upgrade),
            (vec![signed("framework", ""), signed("intent", "")], "contract", Signing::Upgrade),
            (vec![signed("framework", "")], "framework", Signing::ReSigning),
            (vec![signed("contract", ""), signed("intent", "")], "framework", Signing::ReSigning),
        ];
        for (story, agreement, expected) in cases {
            given(story).when(signed(agreement, "")).then_recorded(|event| {
                assert_eq!(signing_of(event).signing, Some(expected), "{agreement}");
            });
        }
    }

    #[test]
    fn a_project_is_signed_first_once_and_incremented_only_afterwards() {
        let first = r#","signing":"first""#;
        given([]).when(signed("contract", first)).then_recorded(|_| {});
        given([signed("intent", "")])
            .when(signed("contract", first))
            .then_refused_at("already_signed", "/body/signing");
        for signing in ["increment", "re_signing", "upgrade"] {
            let said = format!(r#","signing":"{signing}""#);
            given([lead()]).when(signed("contract", &said)).then_refused_at("not_signed", "/body/signing");
            given([signed("contract", "")]).when(signed("contract", &said)).then_recorded(|_| {});
        }
    }

    #[test]
    fn the_amount_is_of_the_kind_that_was_signed() {
        let kinds = [
            ("intent", "", AmountKind::Intent),
            ("framework", "", AmountKind::Framework),
            ("contract", "", AmountKind::Contract),
            ("contract", r#","signing":"increment""#, AmountKind::Increment),
        ];
        for (agreement, signing, expected) in kinds {
            let rest = format!(r#"{signing},"amount":"2亿元""#);
            given([signed("intent", "")]).when(signed(agreement, &rest)).then_recorded(|event| {
                assert_eq!(signing_of(event).amount.unwrap().kind(), Some(expected));
            });
            let wrong = format!(r#"{signing},"amount":{{"fen":1,"kind":"arrived"}}"#);
            given([signed("intent", "")])
                .when(signed(agreement, &wrong))
                .then_refused_at("amount_kind", "/body/amount");
        }
        let foreign = r#","amount":{"fen":1,"currency":"USD","kind":"contract_foreign"}"#;
        given([]).when(signed("contract", foreign)).then_recorded(|_| {});
        given([]).when(signed("intent", foreign)).then_refused("amount_kind");
    }

    #[test]
    fn other_investors_count_anew_and_the_same_under_a_like_name_do_not() {
        let by = |investors: &str, rest: &str| {
            let common = r#""project":"P-1","title":"产业园","agreement":"contract""#;
            event("project_signed", &format!(r#"{{{common},"investors":[{investors}]{rest}}}"#))
        };
        let cases = [
            (r#""远帆重工有限公司""#, Signing::NewInvestor),
            (r#""云岭集团有限公司""#, Signing::ReSigning),
            (r#""云岭""#, Signing::ReSigning),
            (r#""云岭（青岛）有限公司""#, Signing::ReSigning),
            (r#""远帆重工有限公司","云岭集团""#, Signing::ReSigning),
        ];
        for (investors, expected) in cases {
            given([by(r#""云岭集团""#, "")]).when(by(investors, "")).then_recorded(|event| {
                assert_eq!(signing_of(event).signing, Some(expected), "{investors}");
            });
        }
        let said = r#","signing":"new_investor""#;
        given([by(r#""云岭集团""#, "")]).when(by(r#""远帆重工""#, said)).then_recorded(|_| {});
        given([by(r#""云岭集团""#, "")])
            .when(by(r#""云岭集团""#, said))
            .then_refused_at("same_investor", "/body/signing");
        given([]).when(by(r#""云岭集团""#, said)).then_refused("not_signed");
    }

    #[test]
    fn a_lead_of_before_the_signing_may_be_recorded_after_it() {
        let late = |day: &str| {
            let draft = super::super::scenario::draft(super::super::scenario::id(2), lead());
            given([signed("intent", "")]).when_draft(Draft { occurred: day.parse().unwrap(), ..draft })
        };
        late("2018-08-15").then_recorded(|_| {});
        late("2018-08-16").then_refused_at("already_signed", "/body/project");
        late("2018-09").then_refused("already_signed");
        // By its date it may have come before; a verdict counts it from its last possible day all the same.
        late("2018").then_recorded(|_| {});
    }

    #[test]
    fn somebody_signs() {
        let body = r#"{"project":"P-1","title":"产业园","investors":[],"agreement":"intent"}"#;
        given([]).when(event("project_signed", body)).then_refused_at("investors_missing", "/body/investors");
    }

    #[test]
    fn a_lead_is_a_lead_until_it_is_signed() {
        given([lead()]).when(lead()).then_recorded(|event| {
            let Event::LeadReported(lead) = event else { panic!("{event:?}") };
            assert_eq!(lead.amount.unwrap().kind(), Some(AmountKind::Intent));
        });
        given([signed("intent", "")]).when(lead()).then_refused_at("already_signed", "/body/project");
        given([lead(), signed("intent", "")]).when(lead()).then_refused("already_signed");
        let wrong =
            r#"{"project":"P-2","title":"园","reporter":"某商会","amount":{"fen":1,"kind":"contract"}}"#;
        given([]).when(event("lead_reported", wrong)).then_refused("amount_kind");
    }

    #[test]
    fn a_stage_is_of_a_known_project() {
        let stage = || event("project_stage_changed", r#"{"project":"P-1","stage":"appraisal"}"#);
        given([lead()]).when(stage()).then_recorded(|_| {});
        given([]).when(stage()).then_refused_at("project_unknown", "/body/project");
    }

    #[test]
    fn money_arrives_for_signed_projects_each_instalment_once() {
        let amount = r#","amount":"300万元""#;
        given([signed("contract", ""), arrived(1, amount)]).when(arrived(2, amount)).then_recorded(|event| {
            let Event::FundsArrived(funds) = event else { panic!("{event:?}") };
            assert_eq!(funds.amount.kind(), Some(AmountKind::Arrived));
        });
        given([signed("contract", ""), arrived(1, amount)])
            .when(arrived(1, amount))
            .then_refused_at("instalment_repeated", "/body/instalment");
        given([lead()]).when(arrived(1, amount)).then_refused_at("not_signed", "/body/project");
        given([]).when(arrived(1, amount)).then_refused("not_signed");
    }

    #[test]
    fn the_parts_of_an_arrival_fit_within_it() {
        let split = |rest: &str| given([signed("contract", "")]).when(arrived(1, rest));
        let parts = r#","fixed_assets":"200万元","working_capital":"100万元""#;
        split(&format!(r#","amount":"300万元"{parts}"#)).then_recorded(|_| {});
        split(&format!(r#","amount":"299万元"{parts}"#)).then_refused_at("amount_split", "/body/amount");
        split(r#","amount":"300万元","fixed_assets":"301万元""#).then_refused("amount_split");
        split(r#","amount":"300万元","fixed_assets":{"fen":1,"currency":"USD"}"#)
            .then_refused("amount_split");
        split(r#","amount":{"fen":1,"kind":"contract"}"#).then_refused_at("amount_kind", "/body/amount");
        split(r#","amount":"1元","fixed_assets":{"fen":1,"kind":"arrived_foreign"}"#)
            .then_refused_at("amount_kind", "/body/fixed_assets");
        split(r#","amount":"1元","working_capital":{"fen":1,"kind":"need"}"#)
            .then_refused_at("amount_kind", "/body/working_capital");
    }

    #[test]
    fn parts_beyond_all_reckoning_are_refused() {
        let most = i64::MAX;
        let rest = format!(
            r#","amount":{{"fen":{most}}},"fixed_assets":{{"fen":{most}}},"working_capital":{{"fen":{most}}}"#
        );
        given([signed("contract", "")]).when(arrived(1, &rest)).then_refused("amount_split");
    }
}
