//! What parties say they can give (供给、产品服务) and what they look for (需求).

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::visit::NeedType;
use jinqiao_events::log::Recorded;
use jinqiao_events::value::industry::Industry;
use jinqiao_events::value::party_ref::PartyRef;
use serde::Serialize;

use crate::register::Noted;

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Offer {
    /// Who, as written.
    pub party: PartyRef,
    /// What it is about; none for an assessed capability.
    pub need_type: Option<NeedType>,
    /// In words.
    pub text: String,
    /// Industry that it belongs to, or that could meet it.
    pub industry: Option<Industry>,
    /// When and where it was said.
    pub noted: Noted,
}

/// All of it, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub(super) struct Offers {
    pub(super) given: Vec<Offer>,
    pub(super) sought: Vec<Offer>,
}

impl Offers {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        if !recorded.event.class().may_tie() {
            return;
        }
        let noted = Noted::of(recorded);
        let offer = |party: &PartyRef, need_type, text: String, industry| Offer {
            party: party.clone(),
            need_type,
            text,
            industry,
            noted,
        };
        match &recorded.event {
            Event::SupplyOffered(e) => {
                self.given.push(offer(&e.party, Some(e.need_type), e.text.clone(), e.industry));
            }
            Event::CapabilityAssessed(e) => {
                self.given.push(offer(&e.party, None, e.products.join("、"), e.industry));
            }
            Event::DemandPosted(e) => {
                self.sought.push(offer(&e.party, Some(e.need_type), e.text.clone(), e.industry));
            }
            Event::NeedDeclared(e) => {
                self.sought.push(offer(&e.party, Some(e.need_type), e.text.clone(), None));
            }
            _ => {}
        }
    }
}
