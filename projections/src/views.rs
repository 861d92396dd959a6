//! The list of views: one pass over the log feeds all of them.
//!
//! A view is one file with a type that takes in events ([`View`]) and one line in the list below. The caller
//! feeds the events that count, in log order; voids and corrections are its business
//! ([`Effective`](jinqiao_events::log)).

use std::io;
use std::sync::Arc;

use jinqiao_events::log::{Position, Recorded};
use serde::Serialize;
use sm3::{Digest, Sm3};

use crate::facts::Facts;
use crate::ledger::Ledger;
use crate::register::Register;

/// Something that is folded from the log. What it serialises is its whole state: two views that serialise
/// alike answer alike.
pub trait View: Clone + Default + Serialize {
    /// Takes in an event.
    fn apply(&mut self, recorded: &Recorded);
}

macro_rules! views {
    ($($(#[$doc:meta])* $field:ident : $View:ty),* $(,)?) => {
        /// Every view, as of one position. Cloning is cheap: clones share what they have in common, and a view
        /// is copied when it changes while a clone still holds it.
        #[derive(Debug, Clone, Default)]
        pub struct Views {
            /// The last event taken in, 0 before the first.
            pub position: Position,
            $($(#[$doc])* pub $field: Arc<$View>,)*
        }

        $(impl View for $View {
            fn apply(&mut self, recorded: &Recorded) {
                Self::apply(self, recorded);
            }
        })*

        impl Views {
            /// Takes in an event.
            pub fn apply(&mut self, recorded: &Recorded) {
                self.position = recorded.position;
                $(View::apply(Arc::make_mut(&mut self.$field), recorded);)*
            }

            /// Name and digest (SM3, hexadecimal) of every view: the same log gives the same bytes.
            #[must_use]
            pub fn digests(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($field), digest(self.$field.as_ref()))),*]
            }
        }
    };
}

views! {
    /// Parties, names, identifiers, links, merges, memberships.
    register: Register,
    /// Who met whom, when.
    facts: Facts,
    /// Who signed, bought, asked for what, when.
    ledger: Ledger,
}

impl Views {
    /// The views of all these events, in log order.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut views = Self::default();
        events.into_iter().for_each(|recorded| views.apply(recorded));
        views
    }
}

/// The digest of a view's state as JSON. Maps are sorted, so the bytes follow from the state.
fn digest(view: &impl View) -> String {
    let mut hash = Hash(Sm3::new());
    match serde_json::to_writer(&mut hash, view) {
        Ok(()) => hash
            .0
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        Err(error) => format!("not serialisable: {error}"),
    }
}

struct Hash(Sm3);

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
