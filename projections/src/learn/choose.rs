//! The choice: which form of model serves a log best, made on its latest cuts, each of which no fit has seen.
//!
//! In order of simplicity: the default, the best single signal, the additive score found from it, the one found from
//! a blend, stumps on top of the first, stumps alone, and the mean of three: stumps on top of either additive score, and
//! stumps alone. On a few hundred queries what lies between forms is mostly chance, and the one that happened to be best
//! on the deciding cuts is seldom best on the next; a mean of forms is near the best of them whichever that is. So the
//! mean is taken unless another form beats it by more than the standard error of their difference query by query; it
//! never goes without beating the default by `LEAST_GAIN`. What is taken is fitted again on all cuts. With too few queries
//! the default stays.

use serde::Serialize;

use super::additive::{Additive, Start};
use super::stumps::Boost;
use super::{Column, Sample, stumps};
use crate::numbers::{float, micro, whole};
use crate::rank::model::Model;

/// What a more complicated form must gain in nDCG@10.
const LEAST_GAIN: f64 = 0.003;
/// Fewer queries than this over all cuts teach nothing.
pub const QUERIES_MIN: usize = 200;
const FROM_SCRATCH: Boost = Boost { rate: 0.1, rounds: 120 };
const ON_TOP: Boost = Boost { rate: 0.05, rounds: 60 };
/// What scores of a form are held against when forms are averaged: how far the best so many of a list lie apart.
const COMPARED: usize = 50;

/// A form of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The default.
    Default,
    /// The best single signal.
    Single,
    /// One slope a signal.
    Additive,
    /// One slope a signal, found from a blend of all.
    Blended,
    /// Slopes, and curves on top.
    StumpsOnAdditive,
    /// Curves alone.
    Stumps,
    /// The mean of three: curves on slopes found either way, and curves alone.
    Averaged,
}

impl Form {
    /// Every form, the simplest first.
    pub const ALL: [Self; 7] = [
        Self::Default,
        Self::Single,
        Self::Additive,
        Self::Blended,
        Self::StumpsOnAdditive,
        Self::Stumps,
        Self::Averaged,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Single => "single",
            Self::Additive => "additive",
            Self::Blended => "blended",
            Self::StumpsOnAdditive => "stumps_on_additive",
            Self::Stumps => "stumps",
            Self::Averaged => "averaged",
        }
    }
}

/// What was chosen, and what each form did on the cuts that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// The form.
    pub form: Form,
    /// The model, fitted on all cuts.
    #[serde(skip)]
    pub model: Model,
    /// Mean nDCG@10 of each form over the deciding cuts.
    pub tried: Vec<(Form, f64)>,
}

/// A cut that decides, and the earlier ones whose outcomes were known when it began.
#[derive(Debug, Clone)]
pub struct Deciding<'a, const N: usize> {
    /// Forms are measured on it.
    pub cut: &'a Sample<N>,
    /// Forms are fitted on these.
    pub earlier: Vec<&'a Sample<N>>,
}

/// Chooses on the deciding cuts, and fits what was chosen on all `samples`.
#[must_use]
pub fn choose<const N: usize>(
    columns: &[Column; N],
    default: &Model,
    samples: &[&Sample<N>],
    deciding: &[Deciding<'_, N>],
    name: &str,
) -> Choice {
    let queries: usize = samples.iter().map(|sample| sample.queries.len()).sum();
    if deciding.is_empty() || queries < QUERIES_MIN {
        return Choice { form: Form::Default, model: default.clone(), tried: Vec::new() };
    }
    // For each form the nDCG@10 of every query of every deciding cut.
    let mut gains = Form::ALL.map(|form| (form, Vec::new()));
    for Deciding { cut, earlier } in deciding {
        let fits = Fits::of(columns, earlier, &Form::ALL, name);
        for (form, gains) in &mut gains {
            let model = fits.model(*form).unwrap_or(default);
            gains.extend(cut.ndcgs(&scores(columns, cut, model)));
        }
    }
    let form = best(&gains);
    let model = if form == Form::Default {
        None
    } else {
        Fits::of(columns, samples, &[form], name).model(form).cloned()
    };
    let tried = gains.iter().map(|(form, gains)| (*form, mean(gains))).collect();
    Choice { form, model: model.unwrap_or_else(|| default.clone()), tried }
}

/// The form to take, from what each gained query by query.
fn best(gains: &[(Form, Vec<f64>)]) -> Form {
    let mut best = (Form::Default, f64::NEG_INFINITY);
    for (form, gains) in gains.iter().filter(|(form, _)| *form != Form::Averaged) {
        if mean(gains) > best.1 + LEAST_GAIN {
            best = (*form, mean(gains));
        }
    }
    let of =
        |wanted: Form| gains.iter().find(|(form, _)| *form == wanted).map_or(&[][..], |(_, gains)| gains);
    let (averaged, default) = (of(Form::Averaged), of(Form::Default));
    let (behind, error) = difference(of(best.0), averaged);
    if behind <= error && mean(averaged) > mean(default) + LEAST_GAIN { Form::Averaged } else { best.0 }
}

/// How far the first is ahead of the other query by query, and the standard error of that.
fn difference(one: &[f64], other: &[f64]) -> (f64, f64) {
    let apart: Vec<f64> = one.iter().zip(other).map(|(one, other)| one - other).collect();
    let mean = mean(&apart);
    let squares: f64 = apart.iter().map(|apart| (apart - mean) * (apart - mean)).sum();
    let count = float(apart.len());
    (mean, (squares / (count * (count - 1.0)).max(1.0)).sqrt())
}

fn mean(gains: &[f64]) -> f64 {
    gains.iter().sum::<f64>() / float(gains.len().max(1))
}

/// Models of several forms, fitted on the same cuts.
struct Fits {
    models: Vec<(Form, Model)>,
}

impl Fits {
    /// Fits what the wanted forms take.
    fn of<const N: usize>(
        columns: &[Column; N],
        samples: &[&Sample<N>],
        wanted: &[Form],
        name: &str,
    ) -> Self {
        let additive = Additive::fit(columns, samples, Start::Single);
        let slopes = additive.model(columns, name);
        let any = |forms: &[Form]| forms.iter().any(|form| wanted.contains(form));
        let none = || Model { name: name.to_owned(), rules: Vec::new() };
        let boosted = |mut model: Model, boost| {
            let starts = stumps::starts(columns, samples, &model);
            model.rules.extend(stumps::fit(columns, samples, &starts, boost));
            model
        };
        let blended = any(&[Form::Blended, Form::Averaged])
            .then(|| Additive::fit(columns, samples, Start::Blend).model(columns, name));
        let curves = any(&[Form::Stumps, Form::Averaged]).then(|| boosted(none(), FROM_SCRATCH));
        let on_slopes =
            any(&[Form::StumpsOnAdditive, Form::Averaged]).then(|| boosted(slopes.clone(), ON_TOP));
        let averaged = any(&[Form::Averaged]).then(|| {
            let on_blended = blended.clone().map(|blended| boosted(blended, ON_TOP));
            averaged(columns, samples, [&on_slopes, &on_blended, &curves].map(Option::as_ref), name)
        });
        let models = [
            (Form::Single, Some(additive.single().model(columns, name))),
            (Form::Additive, Some(slopes)),
            (Form::Blended, blended),
            (Form::StumpsOnAdditive, on_slopes),
            (Form::Stumps, curves),
            (Form::Averaged, averaged),
        ];
        Self { models: models.into_iter().filter_map(|(form, model)| Some((form, model?))).collect() }
    }

    /// The model of a form; none for the default, which is not fitted.
    fn model(&self, wanted: Form) -> Option<&Model> {
        self.models.iter().find(|(form, _)| *form == wanted).map(|(_, model)| model)
    }
}

/// The mean of some models: all their rules, each model's in the proportion that makes its lists lie as far apart as
/// those of the others.
fn averaged<const N: usize>(
    columns: &[Column; N],
    samples: &[&Sample<N>],
    models: [Option<&Model>; 3],
    name: &str,
) -> Model {
    let part = |model: &Model| micro(1.0 / (3.0 * apart(columns, samples, model)));
    let rules =
        models.into_iter().flatten().flat_map(|model| model.clone().scaled(part(model)).rules).collect();
    Model { name: name.to_owned(), rules }
}

/// How far the best [`COMPARED`] of a list lie apart in the mean (their standard deviation), in whole scores; at least
/// a thousandth.
fn apart<const N: usize>(columns: &[Column; N], samples: &[&Sample<N>], model: &Model) -> f64 {
    let (mut sum, mut queries) = (0.0, 0);
    for sample in samples {
        let scores = scores(columns, sample, model);
        for query in &sample.queries {
            let mut best = scores.get(query.start..query.end).unwrap_or(&[]).to_vec();
            best.sort_by(|one, other| other.total_cmp(one));
            best.truncate(COMPARED);
            let mean = mean(&best);
            let squares: f64 = best.iter().map(|score| (score - mean) * (score - mean)).sum();
            sum += (squares / float(best.len().max(1))).sqrt();
            queries += 1;
        }
    }
    (sum / float(queries.max(1))).max(1e-3)
}

/// The scores of all rows under a model.
#[must_use]
pub fn scores<const N: usize>(columns: &[Column; N], sample: &Sample<N>, model: &Model) -> Vec<f64> {
    let names = columns.map(|column| column.name);
    let mut scores = Vec::with_capacity(sample.hit.len());
    for query in &sample.queries {
        let terms = model.terms(&names, &sample.rows(query));
        scores.extend(terms.iter().map(|terms| whole(terms.iter().sum())));
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gains(of: [(Form, f64); 3]) -> Vec<(Form, Vec<f64>)> {
        // The first query differs from the others, so that differences have an error.
        let spread = |(form, gain): (Form, f64)| {
            let mut gains = vec![gain; 100];
            if form == Form::Single {
                gains[0] += 1.0;
            }
            (form, gains)
        };
        of.map(spread).to_vec()
    }

    #[test]
    fn the_mean_is_taken_unless_another_form_is_ahead_by_more_than_the_error() {
        // The error of the difference to the single signal is 0.01, its lead 0.01 more than the gains say.
        let near = gains([(Form::Default, 0.3), (Form::Single, 0.395), (Form::Averaged, 0.4)]);
        assert_eq!(best(&near), Form::Averaged);
        let ahead = gains([(Form::Default, 0.3), (Form::Single, 0.41), (Form::Averaged, 0.4)]);
        assert_eq!(best(&ahead), Form::Single);
        let no_better = gains([(Form::Default, 0.4), (Form::Single, 0.3), (Form::Averaged, 0.402)]);
        assert_eq!(best(&no_better), Form::Default);
    }

    #[test]
    fn a_model_in_proportion_ranks_the_same() {
        let model = Model::among_parties();
        let names = crate::signals::ALL.map(|signal| signal.name());
        let values = [[1.0; crate::signals::COUNT], [0.5; crate::signals::COUNT]];
        let sum =
            |model: &Model| model.terms(&names, &values).iter().map(|terms| terms.iter().sum()).collect();
        let (whole, half): (Vec<i64>, Vec<i64>) = (sum(&model), sum(&model.clone().scaled(500_000)));
        assert!(
            whole.iter().zip(&half).all(|(whole, half)| (whole - half * 2).abs() < 20),
            "{whole:?} {half:?}"
        );
    }
}
