//! A list that can be copied at once: copies share their pages, and a page is copied when it changes.

use std::sync::Arc;

/// Items of a page.
const PAGE: usize = 1_024;

/// A list in pages. Cloning costs a counter a page, changing an item a page at most.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    pages: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<T> Paged<T> {
    /// How many items there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The item at a place. Constant time.
    #[inline]
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at / PAGE)?.get(at % PAGE)
    }

    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter())
    }
}

impl<T: Clone> Paged<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        if self.len == self.pages.len() * PAGE {
            self.pages.push(Arc::new(Vec::with_capacity(PAGE)));
        }
        if let Some(page) = self.pages.last_mut() {
            Arc::make_mut(page).push(item);
            self.len += 1;
        }
    }

    /// Puts an item in the place of another; nothing where there is none.
    pub fn set(&mut self, at: usize, item: T) {
        if at < self.len
            && let Some(page) = self.pages.get_mut(at / PAGE)
        {
            Arc::make_mut(page).iter_mut().skip(at % PAGE).take(1).for_each(|kept| *kept = item.clone());
        }
    }
}

impl<T: Clone> FromIterator<T> for Paged<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut paged = Self::default();
        items.into_iter().for_each(|item| paged.push(item));
        paged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_it_was_and_shares_the_rest() {
        let mut list: Paged<u32> = (0..3_000).collect();
        let copy = list.clone();
        list.set(1_500, 7);
        list.push(3_000);
        list.set(9_000, 1);
        assert_eq!((list.get(1_500), list.len(), list.get(3_000)), (Some(&7), 3_001, Some(&3_000)));
        assert_eq!(copy.iter().copied().collect::<Vec<_>>(), (0..3_000).collect::<Vec<_>>());
        assert!(Arc::ptr_eq(&list.pages[0], &copy.pages[0]) && !Arc::ptr_eq(&list.pages[1], &copy.pages[1]));
    }
}
