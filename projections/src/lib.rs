//! The read side of 金桥: folds the log into views and ranks introductions. Pure; never opens a file.
//!
//! Reading order: [`views`] (one pass over the log feeds all), [`register`] (who is who), [`ledger`] (who
//! signed, bought, asked for what), [`credit`] (whose a project is), [`vitality`] (what chambers did),
//! [`chain_group`] (chains, gaps, purchases among members), [`follow_up`] (met, and then?), [`ties`] (what each kind is worth),
//! [`facts`] (who met whom, when), [`figures`] (what reports print, from events and register),
//! [`party_graph`] and [`chamber_graph`], [`signals`], [`rank`], [`learn`] (models from earlier periods),
//! [`train`] (a model from the log itself), [`models`] (which one is in force), [`warm_path`] (who should introduce),
//! [`backtest`].

pub mod backtest;
pub mod chain_group;
pub mod chamber_graph;
pub mod compact_graph;
pub mod credit;
pub mod facts;
pub mod figures;
pub mod follow_up;
pub mod kernels;
pub mod learn;
pub mod ledger;
pub mod models;
mod numbers;
pub mod paged;
mod parallel;
pub mod party_graph;
pub mod project_clock;
pub mod rank;
pub mod register;
pub mod signals;
pub mod tie_graph;
pub mod ties;
pub mod train;
pub mod views;
pub mod vitality;
pub mod warm_path;

#[cfg(test)]
mod sample_town;
#[cfg(test)]
mod story;
