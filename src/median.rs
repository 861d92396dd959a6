//! The middle of a few numbers, the same wherever one is printed.

/// The middle one; of an even count the lower of the two in the middle, so that it is a number that was there. None of
/// nothing. O(n log n).
#[must_use]
pub fn median(numbers: impl Iterator<Item = i32>) -> Option<i32> {
    let mut numbers: Vec<i32> = numbers.collect();
    numbers.sort_unstable();
    numbers.get(numbers.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_numbers_and_the_lower_of_two() {
        assert_eq!(median([9, 1, 5].into_iter()), Some(5));
        assert_eq!(median([9, 1, 5, 7].into_iter()), Some(5));
        assert_eq!(median(std::iter::empty()), None);
    }
}
