//! A map whose latest changes can be taken back: what makes a refused batch leave no trace.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use borsh::{BorshDeserialize, BorshSerialize, io};

/// Room that is made ahead of what is read at most: a count that lies costs no more than this.
const ROOM_MAX: usize = 1 << 16;

/// A map with layers of changes that are not yet permanent. Look-ups see the latest layer first. Without a
/// layer, changes are permanent at once: so a log is replayed.
#[derive(Debug, Clone)]
pub struct Layered<K, V> {
    base: HashMap<K, V>,
    layers: Vec<HashMap<K, Option<V>>>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        Self { base: HashMap::new(), layers: Vec::new() }
    }
}

impl<K: Eq + Hash, V> Layered<K, V> {
    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self.layers.iter().rev().find_map(|layer| layer.get(key)) {
            Some(changed) => changed.as_ref(),
            None => self.base.get(key),
        }
    }

    /// Whether the key is there.
    pub fn contains<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Sets a key.
    pub fn insert(&mut self, key: K, value: V) {
        self.set(key, Some(value));
    }

    /// Removes a key.
    pub fn remove(&mut self, key: K) {
        self.set(key, None);
    }

    fn set(&mut self, key: K, changed: Option<V>) {
        match (self.layers.last_mut(), changed) {
            (Some(layer), changed) => drop(layer.insert(key, changed)),
            (None, Some(value)) => drop(self.base.insert(key, value)),
            (None, None) => drop(self.base.remove(&key)),
        }
    }

    /// Starts a layer: changes from here on can be taken back.
    pub fn mark(&mut self) {
        self.layers.push(HashMap::new());
    }

    /// Makes the changes of the latest layer part of what lies below it.
    #[expect(clippy::iter_over_hash_type, reason = "each key is written once: the order cannot be seen")]
    pub fn keep(&mut self) {
        for (key, changed) in self.layers.pop().unwrap_or_default() {
            self.set(key, changed);
        }
    }

    /// Takes the changes of the latest layer back.
    pub fn undo(&mut self) {
        self.layers.pop();
    }
}

impl<K: BorshSerialize, V: BorshSerialize> BorshSerialize for Layered<K, V> {
    #[expect(clippy::iter_over_hash_type, reason = "read back into a map: the order cannot be seen")]
    fn serialize<W: io::Write>(&self, to: &mut W) -> io::Result<()> {
        if !self.layers.is_empty() {
            return Err(io::Error::other("changes are under way"));
        }
        u64::try_from(self.base.len()).map_err(io::Error::other)?.serialize(to)?;
        for (key, value) in &self.base {
            key.serialize(to)?;
            value.serialize(to)?;
        }
        Ok(())
    }
}

impl<K: BorshDeserialize + Eq + Hash, V: BorshDeserialize> BorshDeserialize for Layered<K, V> {
    fn deserialize_reader<R: io::Read>(from: &mut R) -> io::Result<Self> {
        let count = usize::try_from(u64::deserialize_reader(from)?).map_err(io::Error::other)?;
        let mut base = HashMap::with_capacity(count.min(ROOM_MAX));
        for _ in 0..count {
            base.insert(K::deserialize_reader(from)?, V::deserialize_reader(from)?);
        }
        Ok(Self { base, layers: Vec::new() })
    }
}

impl<K: Eq + Hash + Clone, V: Clone + Default> Layered<K, V> {
    /// Changes the value of a key in place, starting from the default where there is none.
    pub fn update(&mut self, key: K, change: impl FnOnce(&mut V)) {
        let mut value = self.get(&key).cloned().unwrap_or_default();
        change(&mut value);
        self.insert(key, value);
    }
}

/// The `mark`, `keep` and `undo` of a rule whose state is these [`Layered`] fields.
macro_rules! layers {
    ($visibility:vis $($field:ident),* $(,)?) => {
        $visibility fn mark(&mut self) {
            $(self.$field.mark();)*
        }

        $visibility fn keep(&mut self) {
            $(self.$field.keep();)*
        }

        $visibility fn undo(&mut self) {
            $(self.$field.undo();)*
        }
    };
}
pub(super) use layers;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_leaves_no_trace_and_keep_makes_permanent() {
        let mut map = Layered::default();
        map.insert("a", 1);
        map.mark();
        map.insert("a", 2);
        map.remove("a");
        map.insert("b", 3);
        assert_eq!((map.get("a"), map.get("b")), (None, Some(&3)));
        map.undo();
        assert_eq!((map.get("a"), map.get("b")), (Some(&1), None));
        map.mark();
        map.update("a", |value| *value += 10);
        map.remove("b");
        map.keep();
        map.undo();
        assert_eq!((map.get("a"), map.get("b")), (Some(&11), None));
    }

    #[test]
    fn a_layer_within_a_layer_is_kept_into_it_and_taken_back_with_it() {
        let mut map = Layered::default();
        map.insert("a", 1);
        map.mark();
        map.insert("b", 2);
        map.mark();
        map.remove("a");
        map.keep();
        assert_eq!((map.get("a"), map.get("b")), (None, Some(&2)));
        map.mark();
        map.insert("a", 3);
        map.undo();
        assert_eq!((map.get("a"), map.get("b")), (None, Some(&2)));
        map.undo();
        assert_eq!((map.get("a"), map.get("b")), (Some(&1), None));
    }
}
