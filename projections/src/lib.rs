//! The read side of 金桥: folds the log into views and ranks introductions. Pure; never opens a file.
//!
//! Reading order: [`views`] (one pass over the log feeds all), [`register`] (who is who), [`ledger`] (who
//! signed, bought, asked for what), [`ties`] (what each kind is worth), [`facts`] (who met whom, when),
//! [`party_graph`] and [`chamber_graph`], [`signals`], [`rank`].

pub mod backtest;
pub mod chamber_graph;
pub mod compact_graph;
pub mod facts;
pub mod kernels;
pub mod ledger;
pub mod paged;
pub mod party_graph;
pub mod rank;
pub mod register;
pub mod signals;
pub mod tie_graph;
pub mod ties;
pub mod views;

#[cfg(test)]
mod sample_town;
#[cfg(test)]
mod story;
