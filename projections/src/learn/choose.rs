//! The choice: which form of model serves a log best, made on its latest cut that no fit has seen.
//!
//! In order of simplicity: the default, the best single signal, the additive score, stumps on top of it, stumps
//! alone. A later one is taken only where it gains `LEAST_GAIN` over the best so far; what is taken is fitted
//! again on all cuts. With too few queries the default stays.

use serde::Serialize;

use super::stumps::Boost;
use super::{Column, Sample, additive::Additive, stumps};
use crate::numbers::whole;
use crate::rank::model::Model;

/// What a more complicated form must gain in nDCG@10.
const LEAST_GAIN: f64 = 0.000_5;
/// Fewer queries than this over all cuts teach nothing.
pub const QUERIES_MIN: usize = 200;
const FROM_SCRATCH: Boost = Boost { rate: 0.1, rounds: 120 };
const ON_TOP: Boost = Boost { rate: 0.05, rounds: 60 };

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
    /// Slopes, and curves on top.
    StumpsOnAdditive,
    /// Curves alone.
    Stumps,
}

/// What was chosen, and what each form did on the cut that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// The form.
    pub form: Form,
    /// The model, fitted on all cuts.
    #[serde(skip)]
    pub model: Model,
    /// nDCG@10 of each form on the deciding cut.
    pub tried: Vec<(Form, f64)>,
}

/// Chooses and fits. `samples` are the latest cut first; the deciding cut is the first, and forms are tried with
/// fits on those of `earlier`, none of whose outcomes it could have seen.
#[must_use]
pub fn choose<const N: usize>(
    columns: &[Column; N],
    default: &Model,
    samples: &[&Sample<N>],
    earlier: &[&Sample<N>],
    name: &str,
) -> Choice {
    let queries: usize = samples.iter().map(|sample| sample.queries.len()).sum();
    let (Some(deciding), true, false) = (samples.first(), queries >= QUERIES_MIN, earlier.is_empty()) else {
        return Choice { form: Form::Default, model: default.clone(), tried: Vec::new() };
    };
    let mut tried = vec![(Form::Default, deciding.ndcg(&scores(columns, deciding, default)))];
    let additive = Additive::fit(columns, earlier);
    for form in [Form::Single, Form::Additive, Form::StumpsOnAdditive, Form::Stumps] {
        let model = fit(form, columns, earlier, &additive, name);
        tried.push((form, deciding.ndcg(&scores(columns, deciding, &model))));
    }
    let mut best = (Form::Default, f64::NEG_INFINITY);
    for (form, gain) in &tried {
        if *gain > best.1 + LEAST_GAIN {
            best = (*form, *gain);
        }
    }
    let model = if best.0 == Form::Default {
        default.clone()
    } else {
        fit(best.0, columns, samples, &Additive::fit(columns, samples), name)
    };
    Choice { form: best.0, model, tried }
}

/// A model of a form, fitted on these cuts.
fn fit<const N: usize>(
    form: Form,
    columns: &[Column; N],
    samples: &[&Sample<N>],
    additive: &Additive<N>,
    name: &str,
) -> Model {
    let none = || Model { name: name.to_owned(), rules: Vec::new() };
    let (mut model, boost) = match form {
        Form::Default | Form::Additive => return additive.model(columns, name),
        Form::Single => return additive.single().model(columns, name),
        Form::StumpsOnAdditive => (additive.model(columns, name), ON_TOP),
        Form::Stumps => (none(), FROM_SCRATCH),
    };
    let starts = stumps::starts(columns, samples, &model);
    model.rules.extend(stumps::fit(columns, samples, &starts, boost));
    model
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
