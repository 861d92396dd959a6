//! Which kind of amount an event may carry (意向额, 合同总投资, 到位资金 …): filled in where the sender left it out,
//! refused where it contradicts the event. Amounts of different kinds are never added to each other.

use super::Refusal;
use crate::value::money::{AmountKind, Money};

/// Gives the money the first of the kinds that fit when it has none.
///
/// # Errors
/// `amount_kind` when it says a kind that does not fit.
pub(super) fn settle(money: &mut Money, fitting: [AmountKind; 2], pointer: &str) -> Result<(), Refusal> {
    let Some(said) = money.kind() else {
        *money = money.clone().with_kind(fitting[0]);
        return Ok(());
    };
    if fitting.contains(&said) {
        return Ok(());
    }
    let right = fitting[0].label_zh();
    Err(Refusal::invalid(
        "amount_kind",
        pointer,
        format!("这里的金额应为「{right}」，却写成「{}」；请改正类别，或留空由系统填写", said.label_zh()),
        format!("the amount here is of kind {:?}, not {said:?}; mend the kind or leave it out", fitting[0]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_kind_is_filled_in_and_a_contradicting_one_refused() {
        let fitting = [AmountKind::Contract, AmountKind::ContractForeign];
        let mut money = Money::parse("3亿元").unwrap();
        settle(&mut money, fitting, "/body/amount").unwrap();
        assert_eq!(money.kind(), Some(AmountKind::Contract));
        settle(&mut money, fitting, "/body/amount").unwrap();
        let refusal = settle(&mut money, [AmountKind::Arrived; 2], "/body/amount").unwrap_err();
        assert_eq!((refusal.code, refusal.pointer.as_str()), ("amount_kind", "/body/amount"));
    }
}
