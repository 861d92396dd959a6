//! Where the desk begins: from a snapshot and what came since, or from the first event.
//!
//! Readers come first: they need views, and the rules are read behind them, by the time that somebody writes.

use std::io;
use std::thread::{self, JoinHandle};

use jinqiao_events::decide::Rules;
use jinqiao_events::log::{Effective, Fold, Horizon, Log, LogError, Position, Recorded};
use jinqiao_projections::views::Views;

use crate::snapshots::Snapshot;

/// Events behind a snapshot that are kept at hand for the rules; of more, the rules are read at once.
const AT_HAND_MAX_EVENTS: u64 = 65_536;

/// What the log has come to.
pub(super) struct Start {
    pub(super) rules: Beginning,
    pub(super) views: Views,
    /// Position of the snapshot that this began from; 0 without one.
    pub(super) kept: Position,
}

/// Rules that are there, or on their way.
pub(super) enum Beginning {
    There(Box<Rules>),
    Coming(JoinHandle<io::Result<Rules>>),
}

impl Beginning {
    /// The rules; none where reading them came to nothing.
    pub(super) fn wait(self) -> Option<Rules> {
        match self {
            Self::There(rules) => Some(*rules),
            Self::Coming(coming) => coming.join().ok()?.inspect_err(damaged).ok(),
        }
    }
}

/// Rules and views of everything that counts.
pub(super) fn start(log: &dyn Log) -> Result<Start, LogError> {
    if let Some(snapshot) = Snapshot::find(log) {
        match from(snapshot, log)? {
            Ok(start) => return Ok(start),
            Err(error) => damaged(&error),
        }
    }
    let (rules, views) = fold(log)?;
    Ok(Start { rules: Beginning::There(Box::new(rules)), views, kept: 0 })
}

fn damaged(error: &io::Error) {
    tracing::warn!(%error, "a snapshot is damaged: the log is replayed");
}

fn from(snapshot: Snapshot, log: &dyn Log) -> Result<io::Result<Start>, LogError> {
    let kept = snapshot.position();
    let mut views = match snapshot.views() {
        Ok(views) => views,
        Err(error) => return Ok(Err(error)),
    };
    let effective = Effective::gather(log, Horizon::default())?;
    if log.head().saturating_sub(kept) > AT_HAND_MAX_EVENTS {
        let mut rules = match snapshot.rules() {
            Ok(rules) => rules,
            Err(error) => return Ok(Err(error)),
        };
        effective.feed(log, kept, folds(&mut rules, &mut views))?;
        return Ok(Ok(Start { rules: Beginning::There(Box::new(rules)), views, kept }));
    }
    let mut since: Vec<Recorded> = Vec::new();
    let mut folds = views.folds();
    folds.push(Box::new(|recorded| since.push(recorded.clone())));
    effective.feed(log, kept, folds)?;
    let read = move || {
        let mut rules = snapshot.rules()?;
        since.iter().for_each(|recorded| rules.evolve(recorded));
        Ok(rules)
    };
    let coming = thread::Builder::new().name("rules".into()).spawn(read);
    Ok(coming.map(|coming| Start { rules: Beginning::Coming(coming), views, kept }))
}

/// Rules and views, from the first event.
pub(super) fn fold(log: &dyn Log) -> Result<(Rules, Views), LogError> {
    let (mut rules, mut views) = (Rules::default(), Views::default());
    Effective::gather(log, Horizon::default())?.feed(log, 0, folds(&mut rules, &mut views))?;
    Ok((rules, views))
}

fn folds<'a>(rules: &'a mut Rules, views: &'a mut Views) -> Vec<Fold<'a>> {
    let mut folds = views.folds();
    folds.push(Box::new(|recorded| rules.evolve(recorded)));
    folds
}
