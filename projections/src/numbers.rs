//! Small conversions between counts, places and floats, each said once.

/// A count as a float: exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
pub(crate) const fn float(count: usize) -> f64 {
    count as f64
}

/// A place in a list as a number of 32 bits: four thousand million of anything are more than the world has.
pub(crate) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A number of 32 bits as a place in a list.
pub(crate) fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// A value in millionths, rounded.
#[expect(clippy::cast_possible_truncation, reason = "saturating: scores are far below the limit")]
pub(crate) fn micro(value: f64) -> i64 {
    (value * 1e6).round() as i64
}

/// Millionths as a value.
#[expect(clippy::cast_precision_loss, reason = "scores are far below 2^53 millionths")]
pub(crate) const fn whole(value_micro: i64) -> f64 {
    value_micro as f64 / 1e6
}

/// A value to seven digits, as tables keep it.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are what a table keeps")]
pub(crate) const fn narrow(value: f64) -> f32 {
    value as f32
}
