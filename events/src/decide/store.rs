//! What only the program says: that it healed the store, that a person accepted a loss. No door records that.

use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::Kind;
use crate::log::Recorded;

/// Holds no state: the kind alone decides.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Store {}

impl Rule for Store {
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        let kind = draft.event.kind();
        if matches!(kind, Kind::StoreHealed | Kind::LossAccepted) {
            return Err(Refusal::invalid(
                "kind_reserved",
                "/kind",
                format!("「{}」只由系统自己记录；请改用别的事件种类", kind.label_zh()),
                format!("{kind} is recorded by the program alone; use another kind"),
            ));
        }
        Ok(())
    }

    fn evolve(&mut self, _recorded: &Recorded, _registry: &Roll) {}
    fn mark(&mut self) {}
    fn keep(&mut self) {}
    fn undo(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{event, given};

    #[test]
    fn no_door_records_what_the_program_says() {
        let healed = event("store_healed", r#"{"head":9,"copy":"engine","damage":"missing"}"#);
        given([]).when(healed).then_refused_at("kind_reserved", "/kind");
        let accepted = event("loss_accepted", r#"{"head":9,"ranges":[{"first":8,"last":9}]}"#);
        given([]).when(accepted).then_refused_at("kind_reserved", "/kind");
    }
}
