//! Decisions: what may be said, given what was said before. Pure; run on the desk's thread whatever the door.
//!
//! A rule is one file: the state that its answer needs, folded from events by [`Rule::evolve`], and the pure
//! answer [`Rule::decide`]. [`Rules`] is the list. A batch is decided event by event, each seeing the ones
//! before it; [`Rules::undo`] takes the batch back to its [`Rules::mark`], so a refused batch changes nothing.

use jiff::Timestamp;

use crate::kept::Keep;
use crate::kinds::{Event, RecordKey};
use crate::log::{Recorded, Source};
use crate::value::{ids::EventId, occurred::Occurred};

pub mod activities;
mod amount_kind;
pub mod avoidance;
pub mod chambers;
pub mod claims;
pub mod consents;
pub mod corrections;
pub mod introductions;
pub mod layered;
pub mod liaison;
pub mod life_cycle;
pub mod memberships;
pub mod needs;
pub mod once;
pub mod party_building;
pub mod projects;
pub mod reference;
pub mod refusal;
pub mod retelling;
pub mod roll;
pub mod stations;
pub mod store;
pub mod texts;
pub mod welfare;
mod whoever;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod scenario;

pub use refusal::{Refusal, Severity};
pub use retelling::Retelling;
pub use roll::Roll;

/// What somebody wants to record, before the rules have seen it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The event's id, given by the desk.
    pub id: EventId,
    /// The event; a rule may fill in what it alone knows.
    pub event: Event,
    /// When it happened.
    pub occurred: Occurred,
    /// Idempotency key.
    pub key: Option<String>,
    /// Where it was read from.
    pub source: Option<Source>,
    /// Programmes it belongs to.
    pub programmes: Vec<String>,
    /// Who records it.
    pub recorded_by: Option<String>,
    /// For which organisation.
    pub organisation: Option<String>,
}

/// A rule: its state, how events change it, and its answer.
pub trait Rule {
    /// Whether the draft may be said now; fills in what the draft left to the rule.
    ///
    /// # Errors
    /// A refusal with code, place and a sentence in both languages.
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal>;
    /// Takes in an event that was recorded, or that stands earlier in the same batch.
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll);
    /// Starts a stretch of changes that can be taken back. Stretches nest.
    fn mark(&mut self);
    /// Keeps the changes since the latest `mark`.
    fn keep(&mut self);
    /// Takes the changes since the latest `mark` back.
    fn undo(&mut self);
}

macro_rules! rules {
    ($($field:ident : $Rule:ty),* $(,)?) => {
        /// All rules, each with its state. Adding one is one line in this list.
        #[derive(Debug, Default)]
        pub struct Rules {
            roll: Roll,
            $($field: $Rule,)*
        }

        impl Rules {
            /// Decides one draft: resolves its parties, asks every rule, and takes the event in for the rest
            /// of the batch. Call [`Rules::mark`] ahead of the batch, [`Rules::keep`] or [`Rules::undo`] after it.
            ///
            /// # Errors
            /// The first refusal; the state is then to be taken back with [`Rules::undo`].
            pub fn decide(&mut self, mut draft: Draft, now: Timestamp) -> Result<Draft, Refusal> {
                self.roll.decide(&mut draft)?;
                $(self.$field.decide(&mut draft, &self.roll)?;)*
                self.evolve(&Recorded {
                    position: 0,
                    id: draft.id,
                    occurred: draft.occurred,
                    recorded_at: now,
                    recorded_by: None,
                    programmes: Vec::new(),
                    event: draft.event.clone(),
                });
                Ok(draft)
            }

            /// Takes in a recorded event.
            pub fn evolve(&mut self, recorded: &Recorded) {
                self.roll.evolve(recorded);
                $(self.$field.evolve(recorded, &self.roll);)*
            }

            /// The state of every rule, by name.
            #[must_use]
            pub fn parts(&self) -> Vec<(&'static str, &dyn Keep)> {
                vec![("roll", &self.roll), $((stringify!($field), &self.$field)),*]
            }

            /// The same, to be taken up.
            #[must_use]
            pub fn parts_mut(&mut self) -> Vec<(&'static str, &mut dyn Keep)> {
                vec![("roll", &mut self.roll), $((stringify!($field), &mut self.$field)),*]
            }

            /// Starts a batch. Batches nest: a rehearsal takes back the batches that it kept.
            pub fn mark(&mut self) {
                self.roll.mark();
                $(self.$field.mark();)*
            }

            /// Keeps what the batch changed.
            pub fn keep(&mut self) {
                self.roll.keep();
                $(self.$field.keep();)*
            }

            /// Takes back what the batch changed.
            pub fn undo(&mut self) {
                self.roll.undo();
                $(self.$field.undo();)*
            }
        }
    };
}

rules! {
    store: store::Store,
    texts: texts::Texts,
    memberships: memberships::Memberships,
    chambers: chambers::Chambers,
    activities: activities::Activities,
    avoidance: avoidance::Avoidance,
    introductions: introductions::Introductions,
    projects: projects::Projects,
    life_cycle: life_cycle::LifeCycle,
    claims: claims::Claims,
    reference: reference::Reference,
    needs: needs::Needs,
    stations: stations::Stations,
    welfare: welfare::Welfare,
    liaison: liaison::Liaison,
    party_building: party_building::PartyBuilding,
    consents: consents::Consents,
    once: once::Once,
    corrections: corrections::Corrections,
}

impl Rules {
    /// The register as the rules see it: names, identifiers, merges.
    #[must_use]
    pub const fn roll(&self) -> &Roll {
        &self.roll
    }

    /// Whether the event may be voided or corrected: it was recorded, counts, and is neither itself.
    #[must_use]
    pub fn is_correctable(&self, event: EventId) -> bool {
        self.corrections.is_changeable(event)
    }

    /// Where a project stands by all that was said of it.
    #[must_use]
    pub fn standing(&self, project: &RecordKey) -> Option<life_cycle::Standing> {
        self.life_cycle.standing(project)
    }

    /// Whether the event was voided.
    #[must_use]
    pub fn is_voided(&self, event: EventId) -> bool {
        self.corrections.is_voided(event)
    }

    /// Replaces every reference that means a party by its id, as recording it now would.
    ///
    /// # Errors
    /// `party_unknown`.
    pub fn resolve_parties(&self, event: &mut Event) -> Result<(), Refusal> {
        self.roll.resolve_parties(event)
    }
}
