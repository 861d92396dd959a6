//! The best of a stream of values.

use crate::tie_graph::Node;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Who.
    pub node: Node,
    /// Its value; above 0.
    pub value: f32,
}

impl Found {
    /// Best first; equal values by number.
    fn order(one: &Self, other: &Self) -> std::cmp::Ordering {
        other.value.total_cmp(&one.value).then(one.node.cmp(&other.node))
    }
}

/// Keeps the `top` best: takes what may be among them into a list twice that long and cuts it now and then. One
/// comparison for almost all, O(values + top log top) in all.
#[derive(Debug, Clone, Default)]
pub(super) struct Top {
    kept: Vec<Found>,
    top: usize,
    floor: f32,
}

impl Top {
    pub(super) fn start(&mut self, top: usize) {
        self.kept.clear();
        self.top = top;
        self.floor = 0.0;
    }

    /// Below this value nothing gets in any more; 0 while there is room.
    pub(super) const fn floor(&self) -> f32 {
        self.floor
    }

    #[inline]
    pub(super) fn offer(&mut self, node: Node, value: f32) {
        if value >= self.floor && value > 0.0 {
            self.kept.push(Found { node, value });
            if self.kept.len() >= 2 * self.top.max(16) {
                self.cut();
            }
        }
    }

    /// Drops all but the best; the worst of them is the floor.
    pub(super) fn cut(&mut self) {
        if let Some(last) = self.top.checked_sub(1)
            && self.kept.len() > last
        {
            let (_, worst, _) = self.kept.select_nth_unstable_by(last, Found::order);
            self.floor = worst.value;
        }
        self.kept.truncate(self.top);
    }

    /// Hands out the best, best first.
    pub(super) fn take(&mut self, found: &mut Vec<Found>) {
        self.cut();
        self.kept.sort_unstable_by(Found::order);
        found.clear();
        found.append(&mut self.kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_top_is_the_head_of_the_sorted_whole(values in prop::collection::vec(0_u8..20, 0..200), wanted in 0_usize..60) {
            let mut top = Top::default();
            top.start(wanted);
            let mut all: Vec<Found> = (0..).zip(values.iter().map(|value| f32::from(*value))).map(|(node, value)| Found { node, value }).collect();
            for one in &all {
                top.offer(one.node, one.value);
            }
            let mut found = Vec::new();
            top.take(&mut found);
            all.retain(|one| one.value > 0.0);
            all.sort_by(Found::order);
            all.truncate(wanted);
            prop_assert_eq!(found, all);
        }
    }
}
