//! petgraph's view of the graph: its visit traits, so that its algorithms run on it unchanged.

use std::iter::Zip;
use std::slice::Iter;

use petgraph::Directed;
use petgraph::csr::Csr;
use petgraph::visit::{
    Data, EdgeCount, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoNeighbors,
    IntoNodeIdentifiers, NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};

use super::{CompactGraph, TieWeight, index, number};
use crate::kernels::Rows;
use crate::tie_graph::Node;

/// petgraph's own set of visited nodes.
type VisitMap = <Csr<(), (), Directed, Node> as Visitable>::Map;

/// An arc, as petgraph's algorithms see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArcRef<'a, W> {
    source: Node,
    target: Node,
    weight: &'a W,
}

impl<W: Copy> EdgeRef for ArcRef<'_, W> {
    type NodeId = Node;
    type EdgeId = (Node, Node);
    type Weight = W;

    fn source(&self) -> Node {
        self.source
    }

    fn target(&self) -> Node {
        self.target
    }

    fn weight(&self) -> &W {
        self.weight
    }

    fn id(&self) -> (Node, Node) {
        (self.source, self.target)
    }
}

/// The arcs of one row.
#[derive(Debug, Clone)]
pub struct RowArcs<'a, W> {
    source: Node,
    arcs: Zip<Iter<'a, Node>, Iter<'a, W>>,
}

impl<'a, W> Iterator for RowArcs<'a, W> {
    type Item = ArcRef<'a, W>;

    fn next(&mut self) -> Option<Self::Item> {
        let (target, weight) = self.arcs.next()?;
        Some(ArcRef { source: self.source, target: *target, weight })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.arcs.size_hint()
    }
}

/// The arcs of all rows, one row after the other.
#[derive(Debug, Clone)]
pub struct AllArcs<'a, W> {
    graph: &'a CompactGraph<W>,
    next: Node,
    row: RowArcs<'a, W>,
}

impl<'a, W: TieWeight> Iterator for AllArcs<'a, W> {
    type Item = ArcRef<'a, W>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(arc) = self.row.next() {
                return Some(arc);
            }
            if index(self.next) >= self.graph.nodes() {
                return None;
            }
            self.row = self.graph.edges(self.next);
            self.next += 1;
        }
    }
}

impl<W> GraphBase for CompactGraph<W> {
    type NodeId = Node;
    type EdgeId = (Node, Node);
}

impl<W> Data for CompactGraph<W> {
    type NodeWeight = ();
    type EdgeWeight = W;
}

impl<W> GraphProp for CompactGraph<W> {
    type EdgeType = Directed;
}

impl<W: TieWeight> NodeCount for CompactGraph<W> {
    fn node_count(&self) -> usize {
        self.nodes()
    }
}

impl<W: TieWeight> EdgeCount for CompactGraph<W> {
    fn edge_count(&self) -> usize {
        self.arc_count()
    }
}

impl<W: TieWeight> NodeIndexable for CompactGraph<W> {
    fn node_bound(&self) -> usize {
        self.nodes()
    }

    fn to_index(&self, node: Node) -> usize {
        index(node)
    }

    fn from_index(&self, at: usize) -> Node {
        number(at)
    }
}

impl<W: TieWeight> NodeCompactIndexable for CompactGraph<W> {}

impl<W: TieWeight> Visitable for CompactGraph<W> {
    type Map = VisitMap;

    fn visit_map(&self) -> VisitMap {
        VisitMap::with_capacity(self.nodes())
    }

    fn reset_map(&self, map: &mut VisitMap) {
        map.clear();
        map.grow(self.nodes());
    }
}

impl<W: TieWeight> IntoNodeIdentifiers for &CompactGraph<W> {
    type NodeIdentifiers = std::ops::Range<Node>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..number(self.nodes())
    }
}

impl<'a, W: TieWeight> IntoNeighbors for &'a CompactGraph<W> {
    type Neighbors = std::iter::Copied<Iter<'a, Node>>;

    fn neighbors(self, node: Node) -> Self::Neighbors {
        self.row(node).targets.iter().copied()
    }
}

impl<'a, W: TieWeight> IntoEdgeReferences for &'a CompactGraph<W> {
    type EdgeRef = ArcRef<'a, W>;
    type EdgeReferences = AllArcs<'a, W>;

    fn edge_references(self) -> Self::EdgeReferences {
        AllArcs { graph: self, next: 0, row: RowArcs { source: 0, arcs: [].iter().zip(&[]) } }
    }
}

impl<'a, W: TieWeight> IntoEdges for &'a CompactGraph<W> {
    type Edges = RowArcs<'a, W>;

    fn edges(self, node: Node) -> Self::Edges {
        let row = self.row(node);
        RowArcs { source: node, arcs: row.targets.iter().zip(row.weights) }
    }
}
