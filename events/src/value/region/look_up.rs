//! The table of regions and the reading of place names.

use std::{collections::BTreeMap, sync::LazyLock};

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
}

impl Table {
    fn read(text: &'static str) -> Table {
        let mut table = Table {
            by_code: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_short_name: BTreeMap::new(),
            by_alias: BTreeMap::new(),
        };
        let rows = || text.lines().filter(|line| !line.starts_with('#'));
        for region in rows().filter(|line| !line.starts_with('@')).filter_map(read_row) {
            table.by_code.insert(region.code, region);
            table.by_name.entry(region.name).or_default().push(region);
            table
                .by_short_name
                .entry(region.short_name)
                .or_default()
                .push(region);
        }
        for (alias, code) in rows().filter_map(|line| line.strip_prefix('@')?.split_once('\t')) {
            table
                .by_alias
                .extend(table.by_code.get(code).map(|region| (alias, *region)));
        }
        table
    }
}

fn read_row(line: &'static str) -> Option<Region> {
    let mut columns = line.split('\t');
    let (code, name) = (columns.next()?, columns.next()?);
    let short_name = columns
        .next()
        .filter(|s| !s.is_empty())
        .unwrap_or_else(|| without_kind(name));
    Some(Region {
        code,
        name,
        short_name,
        successor: columns.next().unwrap_or_default(),
    })
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
    match resolve(&plain, "") {
        Found::One(region) => Ok(region),
        Found::None => Err(RegionError::unknown(text)),
        Found::Several => Err(RegionError::Ambiguous {
            text: super::excerpt(text),
        }),
    }
}

#[derive(Debug, PartialEq)]
enum Found {
    None,
    One(Region),
    Several,
}

/// Finds the place with this name among those whose code starts with `stem`: by its whole name, then as an
/// alias, then by its short name, then as a place within the place that the name begins with.
fn resolve(name: &str, stem: &str) -> Found {
    let in_home = HOME_STEM.starts_with(stem) || stem.starts_with(HOME_STEM);
    let alias = TABLE.by_alias.get(name).filter(|_| in_home);
    let by_whole_name = choose(TABLE.by_name.get(name), stem);
    match (by_whole_name, alias) {
        (Found::None, Some(region)) => Found::One(*region),
        (Found::None, None) => match choose(TABLE.by_short_name.get(name), stem) {
            Found::None => resolve_within(name, stem),
            found => found,
        },
        (found, _) => found,
    }
}

/// Takes the longest leading province or city off the name and goes on inside it.
fn resolve_within(name: &str, stem: &str) -> Found {
    let cuts: Vec<usize> = name.char_indices().map(|(place, _)| place).skip(1).collect();
    for (head, tail) in cuts
        .into_iter()
        .rev()
        .filter_map(|cut| name.split_at_checked(cut))
    {
        let parents = [TABLE.by_name.get(head), TABLE.by_short_name.get(head)];
        for parent in parents.into_iter().flatten().flatten() {
            let is_smaller = parent.level() != Level::County && parent.code != stem_code(stem);
            if is_smaller && parent.code.starts_with(stem) {
                match resolve(tail, parent.stem()) {
                    Found::None => {}
                    found => return found,
                }
            }
        }
    }
    Found::None
}

/// The code of the place whose stem this is.
fn stem_code(stem: &str) -> String {
    format!("{stem:0<6}")
}

/// Among places of one name: those in force before withdrawn ones, the home city's before others, the higher
/// level before the lower.
fn choose(places: Option<&Vec<Region>>, stem: &str) -> Found {
    let within: Vec<Region> = places
        .into_iter()
        .flatten()
        .copied()
        .filter(|place| place.code.starts_with(stem))
        .collect();
    let rank = |place: &Region| {
        (
            !place.successor.is_empty(),
            !place.code.starts_with(HOME_STEM),
            place.level(),
        )
    };
    let best = within.iter().map(rank).min();
    let mut chosen = within.iter().filter(|place| Some(rank(place)) == best);
    match (chosen.next(), chosen.next()) {
        (None, _) => Found::None,
        (Some(place), None) => Found::One(*place),
        (Some(_), Some(_)) => Found::Several,
    }
}

/// The longest region name, in full or short, that a text begins with and that names a province, a city, or a
/// county by its full name or of the home city; with how many bytes of the text it takes. For company names.
pub(in crate::value) fn leading_region(text: &str) -> Option<(Region, usize)> {
    let cuts: Vec<usize> = text
        .char_indices()
        .map(|(place, _)| place)
        .skip(2)
        .chain([text.len()])
        .collect();
    cuts.into_iter()
        .rev()
        .filter_map(|cut| Some((text.get(..cut)?, cut)))
        .find_map(|(head, cut)| {
            let full = TABLE.by_name.get(head).into_iter().flatten();
            let is_plain =
                |place: &&Region| place.level() != Level::County || place.code.starts_with(HOME_STEM);
            let short = TABLE
                .by_short_name
                .get(head)
                .into_iter()
                .flatten()
                .filter(is_plain);
            let region = full
                .chain(short)
                .copied()
                .min_by_key(|place| (place.level(), place.code))?;
            Some((region, cut))
        })
}
