//! The choice: which form of model serves a log best, made on its latest cuts, each of which no fit has seen.
//!
//! In order of simplicity: the default, the best single signal, the additive score found from it, the one found from
//! a blend, stumps on top of the first, stumps alone. A later one is taken only where its mean over the deciding cuts gains `LEAST_GAIN` over the best so
//! far: on a few hundred queries less is chance. What is taken is fitted again on all cuts. With too few queries
//! the default stays.

use serde::Serialize;

use super::additive::{Additive, Start};
use super::stumps::Boost;
use super::{Column, Sample, stumps};
use crate::numbers::{float, whole};
use crate::rank::model::Model;

/// What a more complicated form must gain in nDCG@10.
const LEAST_GAIN: f64 = 0.003;
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
    /// One slope a signal, found from a blend of all.
    Blended,
    /// Slopes, and curves on top.
    StumpsOnAdditive,
    /// Curves alone.
    Stumps,
}

impl Form {
    /// Every form, the simplest first.
    pub const ALL: [Self; 6] =
        [Self::Default, Self::Single, Self::Additive, Self::Blended, Self::StumpsOnAdditive, Self::Stumps];

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
    let mut tried = Form::ALL.map(|form| (form, 0.0)).to_vec();
    for Deciding { cut, earlier } in deciding {
        let additive = Additive::fit(columns, earlier, Start::Single);
        for (form, gain) in &mut tried {
            let trained = *form != Form::Default;
            let model = if trained { fit(*form, columns, earlier, &additive, name) } else { default.clone() };
            *gain += cut.ndcg(&scores(columns, cut, &model)) / float(deciding.len());
        }
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
        fit(best.0, columns, samples, &Additive::fit(columns, samples, Start::Single), name)
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
        Form::Blended => return Additive::fit(columns, samples, Start::Blend).model(columns, name),
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
