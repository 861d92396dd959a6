//! A map whose latest changes can be taken back: what makes a refused batch leave no trace.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// A map with one layer of changes that are not yet permanent. Look-ups see the layer first.
#[derive(Debug, Clone)]
pub struct Layered<K, V> {
    base: HashMap<K, V>,
    layer: HashMap<K, Option<V>>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        Self { base: HashMap::new(), layer: HashMap::new() }
    }
}

impl<K: Eq + Hash, V> Layered<K, V> {
    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self.layer.get(key) {
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
        self.layer.insert(key, Some(value));
    }

    /// Removes a key.
    pub fn remove(&mut self, key: K) {
        self.layer.insert(key, None);
    }

    /// Makes the changes permanent.
    #[expect(clippy::iter_over_hash_type, reason = "each key is written once: the order cannot be seen")]
    pub fn keep(&mut self) {
        for (key, changed) in self.layer.drain() {
            match changed {
                Some(value) => self.base.insert(key, value),
                None => self.base.remove(&key),
            };
        }
    }

    /// Takes the changes back.
    pub fn undo(&mut self) {
        self.layer.clear();
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

/// The `keep` and `undo` of a rule whose state is these [`Layered`] fields.
macro_rules! layers {
    ($($field:ident),* $(,)?) => {
        fn keep(&mut self) {
            $(self.$field.keep();)*
        }

        fn undo(&mut self) {
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
        map.keep();
        map.insert("a", 2);
        map.remove("a");
        map.insert("b", 3);
        assert_eq!((map.get("a"), map.get("b")), (None, Some(&3)));
        map.undo();
        assert_eq!((map.get("a"), map.get("b")), (Some(&1), None));
        map.update("a", |value| *value += 10);
        map.remove("b");
        map.keep();
        map.undo();
        assert_eq!((map.get("a"), map.get("b")), (Some(&11), None));
    }
}
