//! The tree of proofs of an open store: taken up where it was left, and held against what the journal says of it.
//!
//! Its right edge stands in the journal with every commit; the roots of its tiles are in the file `tree`, which
//! may be damaged, missing or behind, since the journal tells it anew.

use std::ops::ControlFlow;
use std::path::Path;

use super::store_error;
use crate::log::codec::Block;
use crate::log::files::{Files, read_whole};
use crate::log::head::Head;
use crate::log::journal::{Journal, MisfitTree};
use crate::log::proof::{ProofError, RightEdge, Tree};
use crate::log::{LogError, Position};

/// The tree over everything in the journal. Takes the time to hash what the file does not cover: everything,
/// where there is no file.
pub(super) fn take_up(files: &dyn Files, path: &Path, journal: &Journal) -> Result<Tree, LogError> {
    let (end, profile) = (journal.end(), journal.identity().profile);
    let written = if end == 0 { None } else { journal.tree_of(end)? };
    // A file that cannot be read is as good as none.
    let kept = read_whole(files, path).ok().flatten();
    let kept = kept.and_then(|bytes| Tree::from_bytes(profile, end, &bytes));
    if let (Some(mut tree), Some(written)) = (kept, &written) {
        tree.catch_up(journal, end)?;
        if agrees(&tree, journal, written)? {
            return Ok(tree);
        }
    }
    let mut tree = Tree::new(profile);
    tree.catch_up(journal, end)?;
    Ok(tree)
}

/// What in the journal contradicts the tree of its own events: a last commit that says another, or the head.
pub(super) fn contradiction(
    tree: &Tree,
    journal: &Journal,
    head: Option<&Head>,
) -> Result<Option<LogError>, LogError> {
    let end = tree.size();
    let written = if end == 0 { None } else { journal.tree_of(end)? };
    if let Some(written) = written
        && !agrees(tree, journal, &written)?
    {
        return check_edges(journal, end, &mut |_, _| Ok(()))
            .map_or_else(|error| Ok(Some(error)), |_| Ok(None));
    }
    let Some((size, root)) = head.and_then(|head| Some((head.position, head.root?))) else { return Ok(None) };
    if size > end || tree.head_at(journal, size).map_err(log_error)?.root == root {
        return Ok(None);
    }
    let reason = "the events up to there are not those that were acknowledged: their tree has another root";
    Ok(Some(LogError::Damaged { position: size, reason: reason.into() }))
}

fn agrees(tree: &Tree, journal: &Journal, written: &RightEdge) -> Result<bool, LogError> {
    if written.size() == tree.size() {
        return Ok(written == tree.edge());
    }
    let at = tree.head_at(journal, written.size());
    Ok(at.map_err(log_error)?.root == written.root())
}

/// Called with one block after the other, and the edge behind it, until it fails.
pub(super) type EachEdge<'a> = &'a mut dyn FnMut(&Block<&[u8]>, &RightEdge) -> Result<(), LogError>;

/// Walks over the journal and holds the edge that each commit says against its events; the edge at `upto`.
/// Every block is handed to `each` with the edge behind it.
///
/// # Errors
/// Names the first position of the first commit whose events are not those that it was made of.
pub(super) fn check_edges(
    journal: &Journal,
    upto: Position,
    each: EachEdge<'_>,
) -> Result<RightEdge, LogError> {
    let profile = journal.identity().profile;
    let (mut edge, mut previous) = (RightEdge::new(profile), 1);
    journal.each_frame(0, upto, &mut |frame| {
        let header = frame.header;
        check_edge(frame.tree_before(profile), &edge, previous, header.first.saturating_sub(1))?;
        for bytes in frame.blocks() {
            let next = edge.size().saturating_add(1);
            let block = Block::parse(bytes).map_err(|damage| damage.at(next))?;
            if block.first() != next {
                return Err(LogError::Damaged {
                    position: next,
                    reason: "no block of its frame holds it".into(),
                });
            }
            edge.push_block(&block);
            each(&block, &edge)?;
        }
        check_edge(frame.written_after(profile), &edge, header.first, header.last())?;
        previous = header.first;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(edge)
}

/// Holds the tree that a frame says against the one behind the commit of the events from `first` to `last`.
fn check_edge(
    written: Result<Option<RightEdge>, MisfitTree>,
    edge: &RightEdge,
    first: Position,
    last: Position,
) -> Result<(), LogError> {
    let reason = match written {
        Ok(written) if written.as_ref().is_none_or(|written| written == edge) => return Ok(()),
        Ok(_) => format!("the events {first} to {last} are not those that were committed"),
        Err(misfit) => misfit.to_string(),
    };
    Err(LogError::Damaged { position: first, reason })
}

/// A proof about what is there can only fail on reading it.
pub(super) fn log_error(error: ProofError) -> LogError {
    match error {
        ProofError::Log(error) => error,
        ProofError::NoSuchLeaf { .. } | ProofError::NotOlder { .. } => store_error(error),
    }
}
