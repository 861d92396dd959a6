//! Rolling cuts: earlier windows of the same length, none of which reaches past the cut that is asked about.

use super::{Table, Window};
use crate::learn::Sample;

/// Earlier windows begin so many parts of a window apart.
const PARTS: i32 = 2;
/// The same where queries are few.
const FINE_PARTS: i32 = 4;
/// How many windows a model is fitted on, and how many where queries are few.
const CUTS: usize = 4;
const FINE_CUTS: usize = 14;
/// Below so many queries a cut they are few.
pub(super) const FEW_QUERIES: usize = 400;
/// A cut with fewer queries teaches nothing.
const QUERIES_MIN: usize = 20;

/// Samples of earlier cuts, latest first, each with where its window begins.
pub(super) struct Cuts<const N: usize> {
    cuts: Vec<(i32, Sample<N>)>,
    length: i32,
    most: usize,
}

impl<const N: usize> Cuts<N> {
    /// The cuts that a model is fitted on.
    pub(super) fn all(&self) -> Vec<&Sample<N>> {
        self.cuts.iter().take(self.most).map(|(_, sample)| sample).collect()
    }

    /// Those whose outcomes were known when the latest began.
    pub(super) fn before_the_latest(&self) -> Vec<&Sample<N>> {
        let Some((latest, _)) = self.cuts.first() else { return Vec::new() };
        let known = self.cuts.iter().filter(|(start, _)| start + self.length <= *latest);
        known.take(self.most).map(|(_, sample)| sample).collect()
    }
}

/// Makes the samples of the windows before one.
pub(super) fn earlier<const N: usize>(
    table: &Table<'_>,
    window: Window,
    sample: impl Fn(Window) -> Sample<N>,
) -> Cuts<N> {
    let length = window.end - window.start;
    let first_day = table.first_day();
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
    // As many again as lie within one window, so that the latest can decide without having been fitted on.
    let wanted = if few { FINE_CUTS + 4 } else { CUTS + 1 };
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
pub(super) fn name(window: Window) -> String {
    format!("trained-{}", window.start)
}
