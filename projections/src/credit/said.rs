//! What an event says of a project: the kinds that a dossier is made of, and what verdicts ask of them.

use jinqiao_events::kinds::claim::{
    ClaimArbitrated, FirstNegotiationClaimed, ReferrerConfirmed, ReferrerFiled,
};
use jinqiao_events::kinds::project::{
    FundsArrived, LeadReported, ProjectDuplicateMarked, ProjectSigned, ProjectStageChanged,
    ProjectTransferred,
};
use jinqiao_events::kinds::{Body, Event, Kind, RecordKey};
use jinqiao_events::rule_set::Act;
use jinqiao_events::value::money::Money;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::Region;
use serde::Serialize;

/// What an event says of a project.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Said {
    /// 项目线索.
    LeadReported(LeadReported),
    /// 首报首谈.
    FirstNegotiationClaimed(FirstNegotiationClaimed),
    /// 引荐人备案.
    ReferrerFiled(ReferrerFiled),
    /// 引荐人确认.
    ReferrerConfirmed(ReferrerConfirmed),
    /// 项目签约.
    ProjectSigned(ProjectSigned),
    /// 项目阶段变更.
    ProjectStageChanged(ProjectStageChanged),
    /// 资金到位.
    FundsArrived(FundsArrived),
    /// 项目流转.
    ProjectTransferred(ProjectTransferred),
    /// 项目查重.
    ProjectDuplicateMarked(ProjectDuplicateMarked),
    /// 归属裁定.
    ClaimArbitrated(ClaimArbitrated),
}

impl Said {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn of(event: &Event) -> Option<(RecordKey, Self)> {
        Some(match event {
            Event::LeadReported(e) => (e.project.clone(), Self::LeadReported(e.clone())),
            Event::FirstNegotiationClaimed(e) => {
                (e.project.clone(), Self::FirstNegotiationClaimed(e.clone()))
            }
            Event::ReferrerFiled(e) => (e.project.clone(), Self::ReferrerFiled(e.clone())),
            Event::ReferrerConfirmed(e) => (e.project.clone(), Self::ReferrerConfirmed(e.clone())),
            Event::ProjectSigned(e) => (e.project.clone(), Self::ProjectSigned(e.clone())),
            Event::ProjectStageChanged(e) => (e.project.clone(), Self::ProjectStageChanged(e.clone())),
            Event::FundsArrived(e) => (e.project.clone(), Self::FundsArrived(e.clone())),
            Event::ProjectTransferred(e) => (e.project.clone(), Self::ProjectTransferred(e.clone())),
            Event::ProjectDuplicateMarked(e) => (e.project.clone(), Self::ProjectDuplicateMarked(e.clone())),
            Event::ClaimArbitrated(e) => (e.project.clone(), Self::ClaimArbitrated(e.clone())),
            _ => return None,
        })
    }

    /// Visits every party that it names.
    pub fn each_party(&self, visit: &mut dyn FnMut(&PartyRef)) {
        match self {
            Self::LeadReported(e) => e.each_party(visit),
            Self::FirstNegotiationClaimed(e) => e.each_party(visit),
            Self::ReferrerFiled(e) => e.each_party(visit),
            Self::ReferrerConfirmed(e) => e.each_party(visit),
            Self::ProjectSigned(e) => e.each_party(visit),
            Self::ClaimArbitrated(e) => e.each_party(visit),
            Self::ProjectStageChanged(_)
            | Self::FundsArrived(_)
            | Self::ProjectTransferred(_)
            | Self::ProjectDuplicateMarked(_) => {}
        }
    }

    /// The Chinese and the English name of the kind.
    #[must_use]
    pub const fn labels(&self) -> (&'static str, &'static str) {
        let kind = match self {
            Self::LeadReported(_) => Kind::LeadReported,
            Self::FirstNegotiationClaimed(_) => Kind::FirstNegotiationClaimed,
            Self::ReferrerFiled(_) => Kind::ReferrerFiled,
            Self::ReferrerConfirmed(_) => Kind::ReferrerConfirmed,
            Self::ProjectSigned(_) => Kind::ProjectSigned,
            Self::ProjectStageChanged(_) => Kind::ProjectStageChanged,
            Self::FundsArrived(_) => Kind::FundsArrived,
            Self::ProjectTransferred(_) => Kind::ProjectTransferred,
            Self::ProjectDuplicateMarked(_) => Kind::ProjectDuplicateMarked,
            Self::ClaimArbitrated(_) => Kind::ClaimArbitrated,
        };
        (kind.label_zh(), kind.label_en())
    }

    /// The sort of act that it is, where somebody can be the first by it.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "only these three are acts of filing")]
    pub const fn act(&self) -> Option<Act> {
        match self {
            Self::LeadReported(_) => Some(Act::Lead),
            Self::FirstNegotiationClaimed(_) => Some(Act::Claim),
            Self::ReferrerFiled(_) => Some(Act::Filing),
            _ => None,
        }
    }

    /// Who filed; empty for what is no act of filing.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "only these three are acts of filing")]
    pub fn filed_by(&self) -> Vec<&PartyRef> {
        match self {
            Self::LeadReported(e) => vec![&e.reporter],
            Self::FirstNegotiationClaimed(e) => vec![&e.claimant],
            Self::ReferrerFiled(e) => e.referrer.iter().chain(&e.joint).collect(),
            _ => Vec::new(),
        }
    }

    /// The title that it gives the project.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others give no title")]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::LeadReported(e) => Some(&e.title),
            Self::FirstNegotiationClaimed(e) => Some(&e.title),
            Self::ProjectSigned(e) => Some(&e.title),
            _ => None,
        }
    }

    /// The district that it names as its own.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others name no district as their own")]
    pub const fn region(&self) -> Option<Region> {
        match self {
            Self::LeadReported(e) => e.region,
            Self::FirstNegotiationClaimed(e) => e.region,
            Self::ProjectSigned(e) => e.region,
            _ => None,
        }
    }

    /// The amount that somebody intends, where it was not signed yet.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others tell no intended amount")]
    pub const fn intended(&self) -> Option<&Money> {
        match self {
            Self::LeadReported(e) => e.amount.as_ref(),
            Self::FirstNegotiationClaimed(e) => e.amount.as_ref(),
            _ => None,
        }
    }

    /// The amount that was signed.
    #[must_use]
    pub const fn signed(&self) -> Option<&Money> {
        if let Self::ProjectSigned(e) = self { e.amount.as_ref() } else { None }
    }

    /// Everybody whom it names as an investor.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others name no investor")]
    pub fn investors(&self) -> Vec<&PartyRef> {
        match self {
            Self::LeadReported(e) => e.investor.iter().collect(),
            Self::FirstNegotiationClaimed(e) => e.investor.iter().collect(),
            Self::ProjectSigned(e) => e.investors.iter().collect(),
            _ => Vec::new(),
        }
    }
}
