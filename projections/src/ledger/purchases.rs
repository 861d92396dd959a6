//! Purchases (链团采购).

use jinqiao_events::kinds::supply::MemberPurchaseMade;
use jinqiao_events::value::money::AmountKind;
use serde::Serialize;

use super::projects::{Sum, sums};
use crate::register::Noted;

/// One purchase, as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Purchase {
    /// The event.
    pub event: MemberPurchaseMade,
    /// When and where.
    pub noted: Noted,
}

/// What was bought, by kind and currency.
pub fn total<'a>(purchases: impl Iterator<Item = &'a Purchase>) -> Vec<Sum> {
    sums(purchases.map(|purchase| (AmountKind::Purchase, &purchase.event.amount, purchase.noted.position)))
}
