//! Probabilities: a logistic line over the logarithms of all signals and the score, by Newton's method with a ridge.
//!
//! Lists are ranked by the score; where all parties' lists are put into one, a probability is needed that means
//! the same for everyone (Platt 1999). The ridge keeps near-copies of a signal from cancelling each other.

#![expect(clippy::indexing_slicing, reason = "a square system numbered by this file alone")]

/// A fitted line: the intercept first, then a weight for each input.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    weights: Vec<f64>,
    means: Vec<f64>,
    spreads: Vec<f64>,
}

/// Rounds of Newton's method.
const ROUNDS: usize = 20;
/// How often a step is halved before it is given up.
const HALVINGS: usize = 12;

impl Logistic {
    /// Fits to rows of equal length. `ridge` is the strength of the pull to zero, in rows. O(rounds x rows x
    /// inputs squared).
    #[must_use]
    pub fn fit(rows: &[Vec<f64>], hit: &[bool], ridge: f64) -> Self {
        let inputs = rows.first().map_or(0, Vec::len);
        let count = crate::numbers::float(rows.len().max(1));
        let means: Vec<f64> =
            (0..inputs).map(|at| rows.iter().map(|row| row[at]).sum::<f64>() / count).collect();
        let deviation = |at: usize| {
            let squares: f64 = rows.iter().map(|row| (row[at] - means[at]) * (row[at] - means[at])).sum();
            let deviation = (squares / count).sqrt();
            if deviation > 1e-9 { deviation } else { 1.0 }
        };
        let spreads: Vec<f64> = (0..inputs).map(deviation).collect();
        let mut line = Self { weights: vec![0.0; inputs + 1], means, spreads };
        let base = crate::numbers::float(hit.iter().filter(|hit| **hit).count()).max(0.5) / count;
        line.weights[0] = libm::log(base / (1.0 - base).max(1e-9));
        let scaled: Vec<Vec<f64>> = rows.iter().map(|row| line.inputs(row)).collect();
        for _ in 0..ROUNDS {
            if !line.newton(&scaled, hit, ridge) {
                break;
            }
        }
        line
    }

    fn inputs(&self, row: &[f64]) -> Vec<f64> {
        let scaled =
            row.iter().zip(&self.means).zip(&self.spreads).map(|((x, mean), spread)| (x - mean) / spread);
        std::iter::once(1.0).chain(scaled).collect()
    }

    /// One step of Newton's method, halved until it no longer makes things worse; whether it moved.
    fn newton(&mut self, inputs: &[Vec<f64>], hit: &[bool], ridge: f64) -> bool {
        let size = self.weights.len();
        let (mut gradient, mut curvature) = (vec![0.0; size], vec![vec![0.0; size]; size]);
        for (inputs, hit) in inputs.iter().zip(hit) {
            let probability = self.of_inputs(inputs);
            let error = f64::from(u8::from(*hit)) - probability;
            let firm = (probability * (1.0 - probability)).max(1e-9);
            for one in 0..size {
                gradient[one] += error * inputs[one];
                for other in 0..=one {
                    curvature[one][other] += firm * inputs[one] * inputs[other];
                }
            }
        }
        for at in 1..size {
            gradient[at] -= ridge * self.weights[at];
            curvature[at][at] += ridge;
        }
        let step = solved(curvature, gradient);
        let before = self.loss(inputs, hit, ridge);
        let start = self.weights.clone();
        let mut part = 1.0;
        for _ in 0..HALVINGS {
            let moved = start.iter().zip(&step).map(|(weight, step)| weight + part * step);
            self.weights = moved.collect();
            if self.loss(inputs, hit, ridge) < before {
                return true;
            }
            part /= 2.0;
        }
        self.weights = start;
        false
    }

    /// What is made small: the surprise of all rows, and the ridge.
    fn loss(&self, inputs: &[Vec<f64>], hit: &[bool], ridge: f64) -> f64 {
        let surprise = |(inputs, hit): (&Vec<f64>, &bool)| {
            let line = self.line(inputs);
            // -ln p, without overflow on either side.
            let towards = if *hit { -line } else { line };
            towards.max(0.0) + libm::log1p(libm::exp(-towards.abs()))
        };
        let pull: f64 = self.weights.iter().skip(1).map(|weight| weight * weight).sum();
        inputs.iter().zip(hit).map(surprise).sum::<f64>() + ridge / 2.0 * pull
    }

    fn line(&self, inputs: &[f64]) -> f64 {
        self.weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum()
    }

    /// The intercept, and a slope for each input as it comes.
    #[must_use]
    pub fn slopes(&self) -> (f64, Vec<f64>) {
        let slopes: Vec<f64> =
            self.weights.iter().skip(1).zip(&self.spreads).map(|(weight, spread)| weight / spread).collect();
        let moved: f64 = slopes.iter().zip(&self.means).map(|(slope, mean)| slope * mean).sum();
        (self.weights[0] - moved, slopes)
    }

    fn of_inputs(&self, inputs: &[f64]) -> f64 {
        1.0 / (1.0 + libm::exp(-self.line(inputs)))
    }

    /// The probability of a row.
    #[must_use]
    pub fn probability(&self, row: &[f64]) -> f64 {
        self.of_inputs(&self.inputs(row))
    }
}

/// Solves a symmetric positive definite system given by its lower half (Cholesky).
fn solved(mut lower: Vec<Vec<f64>>, right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for at in 0..size {
        for column in 0..=at {
            let inner: f64 = (0..column).map(|k| lower[at][k] * lower[column][k]).sum();
            let rest = lower[at][column] - inner;
            lower[at][column] =
                if at == column { rest.max(1e-12).sqrt() } else { rest / lower[column][column] };
        }
    }
    let mut solved = right;
    for at in 0..size {
        let inner: f64 = (0..at).map(|k| lower[at][k] * solved[k]).sum();
        solved[at] = (solved[at] - inner) / lower[at][at];
    }
    for at in (0..size).rev() {
        let inner: f64 = (at + 1..size).map(|k| lower[k][at] * solved[k]).sum();
        solved[at] = (solved[at] - inner) / lower[at][at];
    }
    solved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again_from_its_own_odds() {
        let rows: Vec<Vec<f64>> = (0..4_000_u32).map(|at| vec![f64::from(at % 40) / 10.0]).collect();
        let hit: Vec<bool> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let odds = 1.0 / (1.0 + (-(row[0] * 2.0 - 4.0)).exp());
                // The share of hits at each value is that of the line.
                (at / 40) as f64 / 100.0 < odds
            })
            .collect();
        let line = Logistic::fit(&rows, &hit, 1e-6);
        for value in [0.5, 2.0, 3.0] {
            let expected = 1.0 / (1.0 + (-(value * 2.0 - 4.0_f64)).exp());
            assert!((line.probability(&[value]) - expected).abs() < 0.02, "{value}");
        }
    }
}
