//! Finding a party by any of its names, in characters or in pinyin; and what a loose name may mean.
//!
//! Names only ever come: a renamed party keeps its former name, and merges are read when asked. So the index
//! is append-only text, and a search is one pass over it: 2 to 4 ms on 40,000 parties, a thousand proposals in
//! some 100 ms (optimised build, two busy cores; the test in `tests.rs` prints and holds the numbers).

use std::collections::BTreeMap;
use std::sync::Arc;

use jinqiao_events::value::{ids::PartyId, name};
use serde::Serialize;

use super::pinyin::{Pattern, Spellings};

/// A party that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The party, canonical.
    pub party: PartyId,
    /// How well the query fits.
    pub how: How,
}

/// How a query fits a party, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is an identifier, the id, or one of the names in full: full, short or former name, 字号.
    Exact,
    /// One of the names begins with it.
    Prefix,
    /// One of the names contains it.
    Substring,
    /// One of the names begins with it in pinyin: in full, in initials, or mixed.
    Pinyin,
    /// One of the names contains it in pinyin.
    PinyinWithin,
}

/// Number of a party in the index, in order of registration.
type Ordinal = usize;

/// Every name of every entry, prepared for searching.
#[derive(Debug, Clone, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub(super) struct Index {
    ordinals: BTreeMap<PartyId, Ordinal>,
    /// Full name now and id -> number: the order in which equal fits are listed.
    by_name: BTreeMap<(Arc<str>, PartyId), Ordinal>,
    /// All names, normalised, each ended by a line break.
    text: String,
    /// Where each name begins in `text`, and whose it is.
    names: Vec<(usize, Ordinal)>,
    spellings: Spellings,
    /// 字号 of a full name -> who carries it.
    trade_names: BTreeMap<String, Vec<PartyId>>,
    /// Normalised 简称 -> whom it means.
    short_names: BTreeMap<String, Vec<PartyId>>,
}

/// How well each entry fits, by its number.
#[derive(Debug)]
pub(super) struct Fits(Vec<Option<How>>);

impl Fits {
    fn raise(&mut self, ordinal: Ordinal, how: How) {
        if let Some(fit) = self.0.get_mut(ordinal) {
            *fit = Some(fit.map_or(how, |known| known.min(how)));
        }
    }

    fn of(&self, ordinal: Ordinal) -> Option<How> {
        self.0.get(ordinal).copied().flatten()
    }
}

impl Index {
    /// Takes in an entry under its full name.
    pub(super) fn enter(&mut self, id: PartyId, full_name: &str, short_names: &[String]) {
        let ordinal = self.ordinals.len();
        self.ordinals.insert(id, ordinal);
        self.add_full_name(id, ordinal, full_name);
        for short in short_names.iter().map(|short| name::normalise(short)) {
            self.add_text(ordinal, &short);
            self.short_names.entry(short).or_default().push(id);
        }
    }

    /// Takes in a new full name of an entry that is there.
    pub(super) fn rename(&mut self, id: PartyId, old: &str, new: &str) {
        if let Some(ordinal) = self.by_name.remove(&(Arc::from(old), id)) {
            self.add_full_name(id, ordinal, new);
        }
    }

    fn add_full_name(&mut self, id: PartyId, ordinal: Ordinal, full_name: &str) {
        self.by_name.insert((Arc::from(full_name), id), ordinal);
        self.add_text(ordinal, &name::normalise(full_name));
        let trade_name = name::core(full_name).trade_name;
        self.add_text(ordinal, &trade_name);
        let carriers = self.trade_names.entry(trade_name).or_default();
        if !carriers.contains(&id) {
            carriers.push(id);
        }
    }

    fn add_text(&mut self, ordinal: Ordinal, normalised: &str) {
        self.names.push((self.text.len(), ordinal));
        self.text.push_str(normalised);
        self.text.push('\n');
        self.spellings.push(normalised);
    }

    /// How the normalised query fits each entry. An empty one is contained in every name. Linear in the length
    /// of all names.
    pub(super) fn fits(&self, query: &str) -> Fits {
        if query.is_empty() {
            return Fits(vec![Some(How::Substring); self.ordinals.len()]);
        }
        let mut fits = Fits(vec![None; self.ordinals.len()]);
        self.fit_characters(query, &mut fits);
        if let Some(pattern) = Pattern::new(query, &self.spellings) {
            pattern.scan(&self.spellings, |index, from_start| {
                if let Some((_, ordinal)) = self.names.get(index) {
                    fits.raise(*ordinal, if from_start { How::Pinyin } else { How::PinyinWithin });
                }
            });
        }
        fits
    }

    fn fit_characters(&self, query: &str, fits: &mut Fits) {
        let mut names = self.names.iter().peekable();
        let mut at = None;
        for (place, _) in self.text.match_indices(query) {
            while let Some(name) = names.next_if(|(start, _)| *start <= place) {
                at = Some(name);
            }
            let Some((start, ordinal)) = at else { continue };
            let is_whole = self.text.as_bytes().get(place + query.len()) == Some(&b'\n');
            fits.raise(
                *ordinal,
                match (*start == place, is_whole) {
                    (true, true) => How::Exact,
                    (true, false) => How::Prefix,
                    (false, _) => How::Substring,
                },
            );
        }
    }

    /// Marks a party as meant by its identifier or id.
    pub(super) fn mark(&self, fits: &mut Fits, party: PartyId) {
        if let Some(ordinal) = self.ordinals.get(&party) {
            fits.raise(*ordinal, How::Exact);
        }
    }

    /// Lets the fits of a merged entry count for the entry that stands for it.
    pub(super) fn merge(&self, fits: &mut Fits, from: PartyId, into: PartyId) {
        let ordinals = (self.ordinals.get(&from), self.ordinals.get(&into));
        if let (Some(from), Some(into)) = ordinals
            && let Some(how) = fits.0.get_mut(*from).and_then(Option::take)
        {
            fits.raise(*into, how);
        }
    }

    /// The best `limit` of those that fit and are wanted: by fit, then name, then id.
    pub(super) fn best(&self, fits: &Fits, limit: usize, is_wanted: impl Fn(PartyId) -> bool) -> Vec<Hit> {
        let mut by_fit: BTreeMap<How, Vec<Hit>> = BTreeMap::new();
        for ((_, party), ordinal) in &self.by_name {
            let Some(how) = fits.of(*ordinal) else { continue };
            let hits = by_fit.entry(how).or_default();
            if hits.len() < limit && is_wanted(*party) {
                hits.push(Hit { party: *party, how });
            }
        }
        by_fit.into_values().flatten().take(limit).collect()
    }

    /// The entries whose 字号 the name begins with or whose 简称 it is. Logarithmic for each character.
    pub(super) fn candidates(&self, loose: &str) -> Vec<PartyId> {
        let parts = name::core(loose);
        let stem = format!("{}{}", parts.trade_name, parts.industry_words);
        let ends = stem.char_indices().map(|(place, character)| place + character.len_utf8());
        let carriers = ends.filter_map(|end| self.trade_names.get(stem.get(..end)?)).flatten();
        let meant = self.short_names.get(&name::normalise(loose)).into_iter().flatten();
        carriers.chain(meant).copied().collect()
    }

    /// Whether the name is a 简称 that was registered for the entry.
    pub(super) fn is_short_name(&self, loose: &str, party: PartyId) -> bool {
        self.short_names.get(&name::normalise(loose)).is_some_and(|meant| meant.contains(&party))
    }
}
