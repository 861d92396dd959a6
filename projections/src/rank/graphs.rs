//! The graphs that lists are made from: everyone's and the chambers', with what is true of everyone in each.

use std::sync::{Arc, OnceLock};

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::log::Position;

use super::said;
use super::survey::Field;
use crate::chamber_graph::ChamberGraph;
use crate::numbers::index;
use crate::paged::Paged;
use crate::party_graph::PartyGraph;
use crate::signals::background::Background;
use crate::signals::surroundings::Circles;
use crate::tie_graph::Node;
use crate::views::Views;

/// From so many facts on, graphs are built with room for parties to come; smaller ones are built anew at once.
const ROOM_FACTS_MIN: usize = 20_000;
/// Room for new parties, as one part of all facts so many.
const ROOM_SHARE: usize = 64;

/// Neighbours kept in circles from question to question: 40 MB at most.
const NEARS_KEPT_MAX: usize = 1_000_000;

/// Both graphs as of one day, and who of their parties is open, of which kind. A copy shares all it can.
#[derive(Debug, Clone, Default)]
pub struct Graphs {
    /// The position of the views that they were built from.
    pub position: Position,
    /// Everyone.
    pub parties: PartyGraph,
    /// Folded when first asked for.
    chambers: Arc<OnceLock<Chambers>>,
    /// What is true of everyone: as it was when the graph was built. What is laid over the graph since changes
    /// counts over the whole of it too little to count them anew each time.
    background: Arc<Background>,
    /// Surroundings that earlier questions about these very graphs worked out.
    circles: Arc<Circles>,
    open: Paged<Option<OrgKind>>,
    /// The same, one bit a node: open enterprises, open chambers.
    open_bits: [Arc<Vec<u64>>; 2],
}

/// The kinds that lists are made of, in the order of their bits.
const LISTED: [OrgKind; 2] = [OrgKind::Enterprise, OrgKind::Chamber];

/// The chambers' graph, and what is true of all of them.
#[derive(Debug, Default)]
pub(super) struct Chambers {
    pub(super) graph: ChamberGraph,
    background: Background,
    circles: Circles,
}

impl Graphs {
    /// Builds both graphs from facts up to and including a day (days since 1970-01-01). O(facts log facts).
    #[must_use]
    pub fn build(views: &Views, as_of_day: i32) -> Self {
        let facts = views.facts.all().len();
        let room = if facts < ROOM_FACTS_MIN { 0 } else { facts / ROOM_SHARE };
        Self::build_with_room(views, as_of_day, room)
    }

    /// The same with room for so many parties to come.
    #[must_use]
    pub fn build_with_room(views: &Views, as_of_day: i32, room: usize) -> Self {
        let parties = PartyGraph::build_with_room(&views.facts, &views.register, as_of_day, room);
        let open: Paged<Option<OrgKind>> =
            (0..parties.party_count()).map(|node| open_kind(views, &parties, node)).collect();
        let open_bits = LISTED.map(|kind| Arc::new(bits(&open, kind)));
        let background = Arc::new(said::background(views, &parties, as_of_day));
        let circles = Arc::new(Circles::keeping(NEARS_KEPT_MAX));
        Self { position: views.position, parties, background, circles, open, open_bits, ..Self::default() }
    }

    /// The graphs with what was appended since laid over; nothing when they have to be built anew. See
    /// [`PartyGraph::grown`].
    #[must_use]
    pub fn grown(&self, views: &Views) -> Option<Self> {
        let parties = self.parties.grown(&views.facts, &views.register)?;
        let (mut open, mut open_bits) = (self.open.clone(), self.open_bits.clone());
        for node in parties.newcomers_since(&self.parties) {
            let kind = open_kind(views, &parties, node);
            open.set(index(node), kind);
            for (bits, _) in open_bits.iter_mut().zip(LISTED).filter(|(_, listed)| Some(*listed) == kind) {
                let word = Arc::make_mut(bits).get_mut(index(node) / 64);
                word.into_iter().for_each(|word| *word |= 1 << (node % 64));
            }
        }
        let (background, circles) =
            (Arc::clone(&self.background), Arc::new(Circles::keeping(NEARS_KEPT_MAX)));
        let (position, chambers) = (views.position, Arc::default());
        Some(Self { position, parties, background, circles, open, open_bits, chambers })
    }

    /// The chambers' graph, folded when it is first asked for; `views` are those which these graphs were built
    /// from.
    #[must_use]
    pub fn chambers(&self, views: &Views) -> &ChamberGraph {
        &self.folded(views).graph
    }

    pub(super) fn folded(&self, views: &Views) -> &Chambers {
        self.chambers.get_or_init(|| {
            let graph = ChamberGraph::fold(&self.parties, &views.register);
            let background = said::background(views, &graph, self.parties.as_of_day());
            Chambers { graph, background, circles: Circles::keeping(NEARS_KEPT_MAX) }
        })
    }

    /// Everyone's graph with what is true of them.
    pub(crate) fn field(&self) -> Field<'_> {
        Field { graph: &self.parties, background: &self.background, circles: &self.circles }
    }

    /// The same among chambers.
    pub(super) fn field_of<'a>(&'a self, chambers: &'a Chambers) -> Field<'a> {
        Field { graph: &chambers.graph, background: &chambers.background, circles: &chambers.circles }
    }

    /// Which of the 64 nodes from 64 times `word` on, among all parties, are open parties of a kind.
    pub(super) fn open_word(&self, kind: OrgKind, word: usize) -> u64 {
        let of_kind = LISTED.iter().zip(&self.open_bits).find(|(listed, _)| **listed == kind);
        of_kind.and_then(|(_, bits)| bits.get(word)).copied().unwrap_or(0)
    }

    /// The kind of the party at a node among all parties, if it is open.
    pub(super) fn open_kind(&self, node: Node) -> Option<OrgKind> {
        self.open.get(index(node)).copied().flatten()
    }
}

/// One bit a node: whether it is an open party of that kind.
fn bits(open: &Paged<Option<OrgKind>>, kind: OrgKind) -> Vec<u64> {
    let mut bits = vec![0; open.len().div_ceil(64)];
    for (at, _) in open.iter().enumerate().filter(|(_, open)| **open == Some(kind)) {
        bits.iter_mut().skip(at / 64).take(1).for_each(|word| *word |= 1 << (at % 64));
    }
    bits
}

/// The kind of the party at a node, if it is open.
fn open_kind(views: &Views, parties: &PartyGraph, node: Node) -> Option<OrgKind> {
    let party = views.register.party(parties.party(node)?)?;
    views.register.is_open(party.id).then_some(party.kind)
}
