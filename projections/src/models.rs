//! Models of ranking that were adopted (排序模型), and which of them makes the lists of a day.
//!
//! A list as of last year is made with last year's model: the latest that was adopted by the day of the list, of
//! those that the log knew. A model that reads signals this program does not have is passed over.

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::ranking::{Among, Odds};
use jinqiao_events::log::Recorded;
use serde::Serialize;

use crate::rank::model::Model;
use crate::register::Noted;

/// Every adoption, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Models {
    adopted: Vec<Adopted>,
}

/// A model that was adopted.
#[derive(Debug, Clone, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Adopted {
    /// Between whom it ranks.
    pub among: Among,
    /// How values become terms.
    pub model: Model,
    /// How scores become probabilities, where it says so.
    pub odds: Option<Odds>,
    /// When and where it was adopted.
    pub noted: Noted,
}

impl Models {
    /// Takes in an event.
    pub fn apply(&mut self, recorded: &Recorded) {
        if let Event::RankingModelAdopted(event) = &recorded.event {
            let model = Model { name: event.model.clone(), rules: event.weights.clone() };
            self.adopted.push(Adopted {
                among: event.among,
                model,
                odds: event.odds.as_deref().cloned(),
                noted: Noted::of(recorded),
            });
        }
    }

    /// The model that makes lists as of a day (days since 1970-01-01), if one was adopted by then. Linear in
    /// adoptions.
    #[must_use]
    pub fn as_of(&self, among: Among, day: i32) -> Option<&Adopted> {
        let fits = |one: &&Adopted| {
            one.among == among
                && one.noted.occurred.day_number() <= day
                && one.model.unknown_signal().is_none()
        };
        let latest = |one: &&Adopted| (one.noted.occurred.day_number(), one.noted.position);
        self.adopted.iter().filter(fits).max_by_key(latest)
    }
}
