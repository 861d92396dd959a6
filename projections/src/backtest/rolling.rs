//! Rolling cuts: earlier windows of the same length, none of which reaches past the cut that is asked about.

use super::Window;
use crate::learn::Sample;
use crate::learn::choose::Deciding;

/// Earlier windows begin so many parts of a window apart.
const PARTS: i32 = 2;
/// The same where queries are few.
const FINE_PARTS: i32 = 4;
/// How many windows a model is fitted on, and how many where queries are few.
const CUTS: usize = 4;
const FINE_CUTS: usize = 14;
/// Deciding cuts: at most so many, and no more than it takes for so many queries.
const DECIDING_CUTS: usize = 4;
const DECIDING_QUERIES: usize = 600;
/// Below so many queries a cut they are few.
pub(crate) const FEW_QUERIES: usize = 400;
/// A cut with fewer queries teaches nothing.
const QUERIES_MIN: usize = 20;

/// Samples of earlier cuts, latest first, each with where its window begins.
pub(crate) struct Cuts<const N: usize> {
    cuts: Vec<(i32, Sample<N>)>,
    length: i32,
    most: usize,
}

impl<const N: usize> Cuts<N> {
    /// The cuts that a model is fitted on.
    pub(crate) fn all(&self) -> Vec<&Sample<N>> {
        self.all_by(i32::MAX)
    }

    /// The same, had it been fitted on a day: outcomes of later windows were not known.
    pub(crate) fn all_by(&self, day: i32) -> Vec<&Sample<N>> {
        self.known_by(day).take(self.most).map(|(_, sample)| sample).collect()
    }

    fn known_by(&self, day: i32) -> impl Iterator<Item = &(i32, Sample<N>)> {
        self.cuts.iter().filter(move |(start, _)| start.saturating_add(self.length) <= day)
    }

    /// The cuts that decide, latest first: as many as it takes for `DECIDING_QUERIES`, half a window apart, each
    /// with those whose outcomes were known when it began.
    pub(crate) fn deciding(&self) -> Vec<Deciding<'_, N>> {
        self.deciding_by(i32::MAX)
    }

    /// The same, had it been decided on a day.
    pub(crate) fn deciding_by(&self, day: i32) -> Vec<Deciding<'_, N>> {
        let mut deciding = Vec::new();
        let (mut queries, mut next) = (0, i32::MAX);
        for (start, cut) in self.known_by(day) {
            if *start > next {
                continue;
            }
            let earlier = self.all_by(*start);
            if earlier.is_empty() || queries >= DECIDING_QUERIES || deciding.len() >= DECIDING_CUTS {
                break;
            }
            queries += cut.queries.len();
            next = start - self.length / 2;
            deciding.push(Deciding { cut, earlier });
        }
        deciding
    }

    /// Windows that do not overlap, latest first, at most so many: each can be asked as if it were still to come.
    pub(crate) fn apart(&self, most: usize) -> Vec<(Window, &Sample<N>)> {
        let mut apart: Vec<(Window, &Sample<N>)> = Vec::new();
        for (start, sample) in &self.cuts {
            let window = Window { start: *start, end: start.saturating_add(self.length) };
            if apart.len() < most && apart.last().is_none_or(|(later, _)| window.end <= later.start) {
                apart.push((window, sample));
            }
        }
        apart
    }
}

/// Makes the samples of the windows before one.
pub(crate) fn earlier<const N: usize>(
    first_day: i32,
    window: Window,
    sample: impl Fn(Window) -> Sample<N>,
) -> Cuts<N> {
    let length = window.end - window.start;
    let at = |start: i32| Window { start, end: start + length };
    let mut cuts = Cuts { cuts: Vec::new(), length, most: CUTS };
    let latest = window.start - length;
    if length <= 0 || latest <= first_day {
        return cuts;
    }
    let of_latest = sample(at(latest));
    let few = of_latest.queries.len() < FEW_QUERIES;
    let parts = if few { FINE_PARTS } else { PARTS };
    cuts.most = if few { FINE_CUTS } else { CUTS };
    // As many again as the deciding cuts reach back, so that each can decide without having been fitted on.
    let wanted = if few { FINE_CUTS + 10 } else { CUTS + 1 };
    if of_latest.queries.len() >= QUERIES_MIN {
        cuts.cuts.push((latest, of_latest));
    }
    for back in 1..i32::try_from(wanted).unwrap_or(i32::MAX) {
        let start = latest - length * back / parts;
        if start <= first_day {
            break;
        }
        let sample = sample(at(start));
        if sample.queries.len() >= QUERIES_MIN {
            cuts.cuts.push((start, sample));
        }
    }
    cuts
}

/// What a model trained for a cut is called.
pub(crate) fn name(window: Window) -> String {
    format!("trained-{}", window.start)
}
