//! The list of views: one pass over the log feeds all of them.
//!
//! A view is one file with a type that takes in events ([`View`]) and one line in the list below. The caller
//! feeds the events that count, in log order: dropping voided events and putting corrected bodies in their
//! place is `jinqiao_events::log::Effective`'s work.

use std::io;
use std::sync::Arc;

use jinqiao_events::kept::Keep;
use jinqiao_events::log::envelope::hex;
use jinqiao_events::log::{Fold, Position, Recorded};
use serde::Serialize;
use sm3::{Digest, Sm3};

use crate::chain_group::ChainGroup;
use crate::credit::Credit;
use crate::facts::Facts;
use crate::ledger::Ledger;
use crate::models::Models;
use crate::register::Register;
use crate::vitality::Vitality;

/// What the views' state is made of: a digest of this crate's sources, as [`jinqiao_events::kept::SHAPE`] is one.
pub const SHAPE: &str = env!("JINQIAO_PROJECTIONS_SHAPE");

/// Something that is folded from the log. What it serialises is its whole state: two views that serialise
/// alike answer alike.
pub trait View: Clone + Default + Serialize + Keep {
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

            /// What takes an event into each view: the views do not wait for each other where every one is fed on a
            /// thread of its own. All must be fed the same.
            pub fn folds(&mut self) -> Vec<Fold<'_>> {
                let position = &mut self.position;
                let mut folds: Vec<Fold<'_>> = vec![Box::new(|recorded: &Recorded| *position = recorded.position)];
                $(
                    let view = Arc::make_mut(&mut self.$field);
                    folds.push(Box::new(|recorded: &Recorded| View::apply(view, recorded)));
                )*
                folds
            }

            /// The state of every view, by name.
            #[must_use]
            pub fn parts(&self) -> Vec<(&'static str, &dyn Keep)> {
                vec![$((stringify!($field), self.$field.as_ref() as &dyn Keep)),*]
            }

            /// The same, to be taken up.
            pub fn parts_mut(&mut self) -> Vec<(&'static str, &mut dyn Keep)> {
                vec![$((stringify!($field), Arc::make_mut(&mut self.$field) as &mut dyn Keep)),*]
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
    /// Whose the projects are, and what was recorded late.
    credit: Credit,
    /// What chambers did, and what was done about them.
    vitality: Vitality,
    /// Chains, capabilities and demands.
    chain_group: ChainGroup,
    /// With which weights lists are made, from when on.
    models: Models,
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
        Ok(()) => hex(&hash.0.finalize()),
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

#[cfg(test)]
mod tests {
    use jinqiao_events::kept::{ChunkWriter, Chunks};
    use jinqiao_events::kinds::Kind;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::story::{Story, party};

    /// One of several things that may be said of four parties, chosen by numbers.
    fn say(story: &mut Story, choice: u8, one: usize, other: usize) {
        let codes = ["a", "b", "c", "d"];
        let (a, b) = (party(codes[one % 4]), party(codes[other % 4]));
        match choice % 8 {
            0 => story.tell("org_merged", &json!({"from": a, "into": b, "reason": "同"})),
            1 => story.tell("org_unmerged", &json!({"from": a, "into": b})),
            2 => story.tell("party_linked", &json!({"name": "琅屿", "party": a})),
            3 => story.tell("party_unlinked", &json!({"name": "琅屿", "party": a})),
            4 => story.tell("member_joined", &json!({"chamber": a, "member": "琅屿"})),
            5 => story.tell("do_not_introduce_set", &json!({"a": a, "b": b})),
            6 => story.tell("meeting_held", &json!({"a": a, "b": "琅屿"})),
            _ => story.tell("org_renamed", &json!({"party": a, "name": format!("琅屿{one}")})),
        };
    }

    fn told(choices: &[(u8, usize, usize)]) -> Story {
        let mut story = Story::default();
        for code in ["a", "b", "c", "d"] {
            story.register(code, &format!("青岛{code}有限公司"), "enterprise");
        }
        choices.iter().for_each(|(choice, one, other)| say(&mut story, *choice, *one, *other));
        story
    }

    #[test]
    fn every_view_has_a_digest_that_follows_its_state() {
        let mut story = told(&[]);
        let before = story.views().digests();
        assert_eq!(
            before.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["register", "facts", "ledger", "credit", "vitality", "chain_group", "models"]
        );
        assert!(before.iter().all(|(_, digest)| digest.len() == 64));
        story.tell("member_joined", &json!({"chamber": party("a"), "member": party("b")}));
        let after = story.views().digests();
        assert!(before.iter().zip(&after).take(3).all(|(before, after)| before != after));
        assert_eq!(before[3], after[3], "a membership says nothing of projects");
    }

    #[test]
    fn a_clone_keeps_what_it_was_while_the_original_goes_on() {
        let mut story = told(&[]);
        let mut views = story.views();
        let kept = views.clone();
        story.tell("org_closed", &json!({"party": party("a")}));
        views.apply(story.events.last().unwrap());
        assert!(kept.register.is_open(party("a")) && !views.register.is_open(party("a")));
        assert_eq!((kept.position, views.position), (4, 5));
    }

    /// Laid down and taken up again.
    fn kept(views: &Views) -> Views {
        let mut again = Views { position: views.position, ..Views::default() };
        for ((_, state), (_, slot)) in views.parts().into_iter().zip(again.parts_mut()) {
            let mut bytes = Vec::new();
            state.lay_down(&mut ChunkWriter::new(&mut bytes, 0)).unwrap();
            let length = u64::try_from(bytes.len()).unwrap();
            slot.take_up(&mut Chunks::new(&mut bytes.as_slice(), 0, length)).unwrap();
        }
        again
    }

    /// Every state, what is left out of the digests as well: where that is in order, as it prints itself.
    fn same(one: &Views, other: &Views) {
        assert_eq!(one.digests(), other.digests());
        assert_eq!(one.position, other.position);
        assert_eq!(format!("{:?}", one.register), format!("{:?}", other.register));
        for party in one.register.parties() {
            let history = |views: &Views| views.ledger.history(&views.register, party.id);
            assert_eq!(history(one), history(other));
            let avoided = |views: &Views| views.ledger.avoided_by(&views.register, party.id);
            assert_eq!(avoided(one), avoided(other));
        }
        let projects = |views: &Views| format!("{:?}", views.ledger.projects().collect::<Vec<_>>());
        assert_eq!(projects(one), projects(other));
        assert_eq!(format!("{:?}", one.credit), format!("{:?}", other.credit));
    }

    #[test]
    fn what_any_kind_leaves_behind_is_kept() {
        let mut story = told(&[]);
        for kind in Kind::ALL {
            let example: serde_json::Value = serde_json::from_str(kind.example()).unwrap();
            story.tell(kind.name(), &example["body"]);
        }
        let again = kept(&story.views());
        same(&again, &story.views());
        // Facts go on where they stopped: parties and occasions are known again.
        let mut longer = story.views();
        let mut again = again;
        for recorded in &story.events {
            longer.apply(recorded);
            again.apply(recorded);
        }
        same(&again, &longer);
    }

    proptest! {
        #[test]
        fn taking_events_in_one_by_one_is_the_fold(choices in prop::collection::vec((0_u8..8, 0_usize..4, 0_usize..4), 0..24)) {
            let story = told(&choices);
            let mut views = Views::default();
            for (taken, recorded) in story.events.iter().enumerate() {
                views.apply(recorded);
                let snapshot = views.clone();
                prop_assert_eq!(snapshot.digests(), Views::fold(&story.events[..=taken]).digests());
            }
            prop_assert_eq!(views.position, story.views().position);
        }

        #[test]
        fn views_that_were_kept_go_on_as_if_they_had_never_stopped(
            choices in prop::collection::vec((0_u8..8, 0_usize..4, 0_usize..4), 0..24),
            at: prop::sample::Index,
        ) {
            let story = told(&choices);
            let (before, after) = story.events.split_at(at.index(story.events.len()));
            let mut again = kept(&Views::fold(before));
            after.iter().for_each(|recorded| again.apply(recorded));
            same(&again, &story.views());
        }

        #[test]
        fn faces_of_different_parties_never_overlap(choices in prop::collection::vec((0_u8..8, 0_usize..4, 0_usize..4), 0..24)) {
            let views = told(&choices).views();
            // Merges in a circle are among what is told: the decisions refuse them, and the register ignores them.
            let mut seen = std::collections::BTreeSet::new();
            for party in views.register.parties() {
                for face in views.register.faces(party.id) {
                    prop_assert_eq!(views.register.resolve_face(&face), Some(party.id));
                    prop_assert!(seen.insert(face));
                }
            }
        }
    }
}
