//! The table of regions and the reading of place names.

use std::{cmp::Reverse, collections::BTreeMap, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

use super::{Level, Region, RegionError};

/// The city that this software serves: a name that several places bear means the one within, if there is one.
const HOME_STEM: &str = "3702";

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../region.tsv")));

/// The regions, ordered by what they are found by.
pub(super) struct Table {
    pub(super) by_code: BTreeMap<&'static str, Region>,
    by_name: BTreeMap<&'static str, Vec<Region>>,
    by_short_name: BTreeMap<&'static str, Vec<Region>>,
    /// Functional areas of the home city.
    by_alias: BTreeMap<&'static str, Region>,
    /// What may lead a company's name, by its first character, longest first.
    leads: BTreeMap<char, Vec<&'static str>>,
}

impl Table {
    fn read(text: &'static str) -> Table {
        let mut table = Table {
            by_code: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_short_name: BTreeMap::new(),
            by_alias: BTreeMap::new(),
            leads: BTreeMap::new(),
        };
        let rows = || text.lines().filter(|line| !line.starts_with('#'));
        for region in rows().filter(|line| !line.starts_with('@')).filter_map(read_row) {
            table.by_code.insert(region.code, region);
            table.by_name.entry(region.name).or_default().push(region);
            table.by_short_name.entry(region.short_name).or_default().push(region);
        }
        for (alias, code) in rows().filter_map(|line| line.strip_prefix('@')?.split_once('\t')) {
            table.by_alias.extend(table.by_code.get(code).map(|region| (alias, *region)));
        }
        table.leads = table.leads();
        table
    }

    /// Company names begin with any place's full name, but with the short name only of provinces, cities and the
    /// home city's counties: those of other counties (东方, 安宁) are far too often a name proper.
    fn leads(&self) -> BTreeMap<char, Vec<&'static str>> {
        let is_known_short =
            |place: &Region| place.level() != Level::County || place.code.starts_with(HOME_STEM);
        let short = self.by_short_name.iter().filter(|(_, places)| places.iter().any(is_known_short));
        let areas = self.by_alias.keys().filter(|alias| alias.ends_with('区'));
        let all = self.by_name.keys().chain(short.map(|(name, _)| name)).chain(areas);
        let mut leads: BTreeMap<char, Vec<&'static str>> = BTreeMap::new();
        for lead in all.filter(|name| name.chars().count() >= 2) {
            leads.entry(lead.chars().next().unwrap_or_default()).or_default().push(lead);
        }
        leads.values_mut().for_each(|of_one| of_one.sort_by_key(|lead| Reverse(lead.len())));
        leads
    }
}

fn read_row(line: &'static str) -> Option<Region> {
    let mut columns = line.split('\t');
    let (code, name) = (columns.next()?, columns.next()?);
    let short_name = columns.next().filter(|s| !s.is_empty()).unwrap_or_else(|| without_kind(name));
    Some(Region { code, name, short_name, successor: columns.next().unwrap_or_default() })
}

/// Drops 省, 市, 区, 县, 盟 or 旗 if two characters remain.
fn without_kind(name: &str) -> &str {
    match name.strip_suffix(['省', '市', '区', '县', '盟', '旗']) {
        Some(short) if short.chars().count() >= 2 => short,
        _ => name,
    }
}

/// Reads a code or a name, see [`Region`].
pub(super) fn read_place(text: &str) -> Result<Region, RegionError> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if let Some(region) = Region::from_code(&plain) {
        return Ok(region);
    }
    match resolve(&plain, "").as_slice() {
        [region] => Ok(*region),
        [] => Err(RegionError::unknown(text)),
        _ => Err(RegionError::ambiguous(text)),
    }
}

/// The places that a name may mean among those whose code starts with `stem`: by their whole name, or else as
/// an alias, or else by their short name, or else as a place within the place that the name begins with.
fn resolve(name: &str, stem: &str) -> Vec<Region> {
    let by_whole_name = choose(TABLE.by_name.get(name), stem);
    if !by_whole_name.is_empty() {
        return by_whole_name;
    }
    let is_home_meant = HOME_STEM.starts_with(stem) || stem.starts_with(HOME_STEM);
    if let Some(region) = TABLE.by_alias.get(name).filter(|_| is_home_meant) {
        return vec![*region];
    }
    let by_short_name = choose(TABLE.by_short_name.get(name), stem);
    if by_short_name.is_empty() { resolve_within(name, stem) } else { by_short_name }
}

/// Takes the longest leading province or city off the name and goes on inside it.
fn resolve_within(name: &str, stem: &str) -> Vec<Region> {
    let splits = name.char_indices().rev().filter_map(|(place, _)| name.split_at_checked(place));
    for (head, tail) in splits.filter(|(head, _)| !head.is_empty()) {
        let parents =
            [TABLE.by_name.get(head), TABLE.by_short_name.get(head)].into_iter().flatten().flatten();
        for parent in parents.filter(|parent| parent.is_parent_below(stem)) {
            let found = resolve(tail, parent.stem());
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

impl Region {
    /// Whether it holds others and lies within the place that has this stem without being it.
    fn is_parent_below(self, stem: &str) -> bool {
        self.level() != Level::County && self.code.starts_with(stem) && self.stem().len() > stem.len()
    }
}

/// Among places of one name: those in force before withdrawn ones, the home city's before others, the higher
/// level before the lower.
fn choose(places: Option<&Vec<Region>>, stem: &str) -> Vec<Region> {
    let within = || places.into_iter().flatten().copied().filter(|place| place.code.starts_with(stem));
    let rank =
        |place: &Region| (!place.successor.is_empty(), !place.code.starts_with(HOME_STEM), place.level());
    let best = within().map(|place| rank(&place)).min();
    within().filter(|place| Some(rank(place)) == best).collect()
}

/// How many bytes of a text its longest leading region name takes (0: it begins with none), for company names.
pub(in crate::value) fn leading_region_bytes(text: &str) -> usize {
    let leads = text.chars().next().and_then(|first| TABLE.leads.get(&first));
    leads.into_iter().flatten().find(|lead| text.starts_with(**lead)).map_or(0, |lead| lead.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The plain definition: the longest beginning that is a name.
    fn longest_name(text: &str) -> usize {
        let may_lead = |head: &str| {
            TABLE.by_name.contains_key(head)
                || TABLE.by_short_name.get(head).is_some_and(|places| {
                    places.iter().any(|it| it.level() != Level::County || it.code.starts_with("3702"))
                })
                || (head.ends_with('区') && TABLE.by_alias.contains_key(head))
        };
        let cuts = text.char_indices().map(|(place, _)| place).skip(2).chain([text.len()]);
        cuts.filter(|cut| may_lead(&text[..*cut])).last().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn a_name_begins_with_the_longest_place_that_it_begins_with(
            place: prop::sample::Index,
            cut in 0_usize..6,
            rest in "[青岛市区县东方安宁琅屿建设]{0,6}",
        ) {
            let names: Vec<&str> = TABLE.by_name.keys().chain(TABLE.by_alias.keys()).copied().collect();
            let place: String = names[place.index(names.len())].chars().rev().skip(cut).collect();
            let text = place.chars().rev().collect::<String>() + &rest;
            prop_assert_eq!(leading_region_bytes(&text), longest_name(&text), "{}", text);
        }
    }
}
