//! Opening both copies, comparing them, and making each good from the other.
//!
//! The journal is made durable before an answer, the engine is not: so an engine that is a little behind is
//! ordinary, and is caught up. Anything else that is wrong with one copy is damage. What the journal lacks comes
//! from the engine first; then an engine that is unopenable, holed or different is set aside and built anew from
//! the journal. Only what *both* have lost is lost, and then a person decides.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use uuid::Uuid;

use super::compare::{Cursor, compare, sound_block_from, sound_end};
use super::doubt::{Verdict, Witness, difference, judge};
use super::placeholder::placeholders;
use super::tables::{Keeper, Table, Tables, message_of};
use super::{Options, store_error, tree};
use crate::kinds::store::{LossAccepted, PositionRange, StoreCopy, StoreDamage, StoreHealed};
use crate::log::codec::Block;
use crate::log::files::{Files, read_whole, replace_whole};
use crate::log::head::Head;
use crate::log::journal::{Blocks, Identity, Journal, Mended, Sizes};
use crate::log::proof::{Notary, Tree, TreeHead};
use crate::log::{LogError, Position, Report};

/// Blocks that are put back into the engine are applied in lots of about this size.
const LOT_BYTES: usize = 256 * 1024;

/// Where a store keeps its parts, and through what it reaches them.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) files: Arc<dyn Files>,
    pub(super) keeper: Box<dyn Keeper>,
    pub(super) journal: PathBuf,
    pub(super) quarantine: PathBuf,
    pub(super) head: PathBuf,
    pub(super) untold: PathBuf,
    /// Where the tiles of the tree are kept.
    pub(super) tree: PathBuf,
    /// Where the signing key and the checkpoints are; without it nothing is signed.
    pub(super) notary: Option<PathBuf>,
    /// Id of the store, should it be new.
    pub(super) new_store: Uuid,
    pub(super) sizes: Sizes,
    /// How often the head file is written; more often in tests of crashes.
    pub(super) flushes_per_head: u64,
}

/// Both copies, whole and equal as far as was looked.
#[derive(Debug)]
pub(super) struct Copies {
    pub(super) tables: Box<dyn Tables>,
    pub(super) journal: Journal,
    /// The tree of proofs over all of it.
    pub(super) tree: Tree,
    /// The head as it is now; position 0 in an empty log.
    pub(super) head: Head,
    /// Position of the head in its file.
    pub(super) filed: Position,
    pub(super) report: Report,
}

/// Opens both copies.
pub(super) fn open_copies(site: &Site, options: &Options) -> Result<Copies, LogError> {
    let mut recovery =
        Recovery { site, options, head: None, is_contradicted: false, report: Report::default() };
    recovery.read_head();
    let (opened, journal) = recovery.open_both()?;
    let journal = recovery.make_journal_good(journal, opened.as_deref().ok())?;
    let journal = recovery.make_journal_true(journal, opened.as_deref().ok())?;
    let tables = match opened {
        Ok(tables) => Some(tables),
        // Nothing to make the engine good from, and nothing says that it held nothing.
        Err(error) if journal.end() == 0 && !recovery.is_known() && !options.accept_loss => {
            return Err(error);
        }
        Err(_) => None,
    };
    let (journal, tree) = recovery.take_up_tree(journal)?;
    journal.settle().map_err(store_error)?;
    let tables = recovery.make_engine_good(tables, &journal)?;
    let (head, filed) = recovery.write_down(&*tables, &journal, &tree)?;
    Ok(Copies { tables, journal, tree, head, filed, report: recovery.report })
}

/// The engine, or why it did not open.
type Opened = Result<Box<dyn Tables>, LogError>;

/// One open, with what it has found so far.
struct Recovery<'a> {
    site: &'a Site,
    options: &'a Options,
    head: Option<Head>,
    /// A person goes on with events that are not those that were acknowledged.
    is_contradicted: bool,
    report: Report,
}

impl Recovery<'_> {
    /// Whether the head knows of a journal.
    fn is_known(&self) -> bool {
        self.head.is_some_and(|head| head.identity().is_some())
    }

    fn acknowledged(&self) -> Position {
        self.head.map_or(0, |head| head.position)
    }

    fn healed(
        &mut self,
        copy: StoreCopy,
        damage: StoreDamage,
        ranges: Vec<PositionRange>,
        kept: Vec<String>,
    ) {
        // The head is filled in once it is known.
        self.report.healed.push(StoreHealed { head: 0, copy, damage, ranges, kept });
    }

    /// Takes down what a person gives up: events that are lost, or that others stand for.
    fn give_up(&mut self, ranges: Vec<PositionRange>) {
        let mut all: Vec<_> = self.report.lost.drain(..).flat_map(|loss| loss.ranges).chain(ranges).collect();
        all.sort_unstable();
        all.dedup_by(|later, earlier| {
            let overlaps = later.first <= earlier.last;
            if overlaps {
                earlier.last = earlier.last.max(later.last);
            }
            overlaps
        });
        if !all.is_empty() {
            // The head is filled in once it is known.
            self.report.lost.push(LossAccepted { head: 0, ranges: all });
        }
    }

    /// Goes on, as a person has decided, with what the journal holds there.
    fn go_on_contradicted(&mut self, range: PositionRange) {
        self.is_contradicted = true;
        self.give_up(vec![range]);
    }

    fn read_head(&mut self) {
        match Head::read(&*self.site.files, &self.site.head) {
            Ok(head) => self.head = head,
            Err(_) => self.healed(StoreCopy::Head, StoreDamage::Damaged, Vec::new(), Vec::new()),
        }
    }

    /// The engine, if it opens, and the journal with what is sound in it. Both read their files at the same time.
    fn open_both(&self) -> Result<(Opened, Journal), LogError> {
        let Site { files, keeper, journal, quarantine, new_store, sizes, .. } = self.site;
        let said = self.head.and_then(|head| head.identity());
        let known = match said {
            Some(identity) => Some(identity),
            None => Journal::identify(&**files, journal).map_err(store_error)?,
        };
        let signs_for = self.site.notary.as_deref().and_then(Notary::identify);
        let known = known.or_else(|| signs_for.map(|(store, profile)| Identity { store, profile }));
        let identity = known.unwrap_or(Identity { store: *new_store, profile: self.options.profile });
        thread::scope(|scope| {
            let opening = scope.spawn(|| keeper.open());
            let journal = Journal::open(Arc::clone(files), journal, quarantine, *sizes, identity);
            let journal = journal.map_err(store_error);
            let opened = opening.join().unwrap_or_else(|panic| Err(store_error(message_of(&*panic))));
            Ok((opened, journal?))
        })
    }

    /// Puts into the journal what it lacks and the engine has.
    fn make_journal_good(
        &mut self,
        journal: Journal,
        tables: Option<&dyn Tables>,
    ) -> Result<Journal, LogError> {
        let blocks = tables.map(Tables::blocks);
        let engine_end = blocks.as_ref().map_or(0, |blocks| sound_end(&**blocks));
        let upto = journal.end().max(engine_end);
        let damage = if self.journal_differs_from_head(&journal, tables, upto)? {
            StoreDamage::Differs
        } else if journal.is_missing() {
            StoreDamage::Missing
        } else {
            StoreDamage::Damaged
        };
        self.rewrite_from_engine(journal, blocks.as_deref(), upto, damage)
    }

    /// Writes anew what of the journal is missing or damaged, and where it differs also what the engine does not bear
    /// out. What neither copy holds is an error, until a person gives it up.
    fn rewrite_from_engine(
        &mut self,
        journal: Journal,
        blocks: Option<&dyn Table>,
        upto: Position,
        damage: StoreDamage,
    ) -> Result<Journal, LogError> {
        if damage == StoreDamage::Differs
            && let Some(blocks) = blocks
        {
            let mut witness = Witness::new(blocks, journal.identity().profile);
            journal.trust(&mut |frame| witness.bears_out(frame));
        }
        let other = |position| Ok(blocks.and_then(|blocks| sound_bytes_from(blocks, position)));
        let store = journal.identity().store;
        let fill = |range, time| placeholders(range, upto, time, store);
        let accepted = self.options.accept_loss;
        let (journal, mended) = journal.mend(upto, &other, accepted.then_some(&fill))?;
        let Mended { rewritten, kept, mut lost, .. } = mended;
        if upto < self.acknowledged() {
            lost.push(PositionRange { first: upto + 1, last: self.acknowledged() });
        }
        if !lost.is_empty() && !accepted {
            return Err(LogError::Lost {
                found: upto,
                acknowledged: self.acknowledged().max(upto),
                ranges: lost,
            });
        }
        // A store of before the journal gets one; that is no damage.
        let is_first = damage == StoreDamage::Missing && !self.is_known();
        if !rewritten.is_empty() && !is_first {
            self.healed(StoreCopy::Journal, damage, rewritten, kept);
        }
        self.give_up(lost);
        Ok(journal)
    }

    /// Puts right what somebody has changed in the journal with every checksum made right, if the engine still holds
    /// what was written: as far as the newest events of both are held against each other.
    fn make_journal_true(
        &mut self,
        journal: Journal,
        tables: Option<&dyn Tables>,
    ) -> Result<Journal, LogError> {
        let Some(blocks) = tables.map(Tables::blocks) else { return Ok(journal) };
        let end = sound_end(&*blocks).min(journal.end());
        let after = end.saturating_sub(self.checked_events(end));
        let Some(range) = difference(&journal, &*blocks, after, end)? else { return Ok(journal) };
        let heads = self.heads(journal.identity());
        match judge(&journal, &*blocks, range.first, &heads)? {
            Verdict::Journal => Ok(journal),
            Verdict::Engine => {
                let upto = journal.end();
                self.rewrite_from_engine(journal, Some(&*blocks), upto, StoreDamage::Differs)
            }
            Verdict::Neither if self.options.accept_loss => {
                self.go_on_contradicted(range);
                Ok(journal)
            }
            Verdict::Neither => Err(LogError::Damaged {
                position: range.first,
                reason: "the two copies differ there, both with right checksums, and neither is what was \
                         acknowledged"
                    .into(),
            }),
        }
    }

    /// Sizes and roots that are known from outside both copies: the head's, and those that were signed.
    /// What of the checkpoints cannot be read says nothing, and that is reported.
    fn heads(&mut self, identity: Identity) -> Vec<TreeHead> {
        let head = self.head.and_then(|head| Some(TreeHead { size: head.position, root: head.root? }));
        let mut heads: Vec<_> = head.into_iter().collect();
        let directory = self.site.notary.as_deref();
        for note in directory.map(|directory| Notary::notes(directory, identity)).unwrap_or_default() {
            match note {
                Ok(signed) => heads.push(signed.checkpoint.head),
                Err(error) => self.report.unread.push(error.to_string()),
            }
        }
        heads
    }

    /// How many of the engine's newest events are held against the journal, of so many.
    fn checked_events(&self, all: u64) -> u64 {
        if self.head.is_some_and(|head| head.suspect) { all } else { self.options.checked_events }
    }

    /// Whether the journal holds another block than the acknowledged one, and the engine holds that.
    fn journal_differs_from_head(
        &mut self,
        journal: &Journal,
        tables: Option<&dyn Tables>,
        upto: Position,
    ) -> Result<bool, LogError> {
        let Some(head) = self.head.filter(|head| (1..=upto).contains(&head.position)) else {
            return Ok(false);
        };
        let right = |last, checksum| last == head.position && checksum == head.block_crc32c;
        let in_journal = journal.block_of(head.position, |block| right(block.last(), block.checksum())).ok();
        let in_engine = tables
            .and_then(|tables| Cursor::at(&*tables.blocks(), head.position).next().ok().flatten())
            .map(|block| right(block.last(), block.checksum()));
        match (in_journal, in_engine) {
            (Some(true), _) | (None, Some(true) | None) => Ok(false),
            (Some(false), Some(true)) => Ok(true),
            (Some(false), _) | (None, Some(false)) if self.options.accept_loss => {
                self.go_on_contradicted(PositionRange { first: head.position, last: head.position });
                Ok(false)
            }
            (Some(false), _) | (None, Some(false)) => Err(LogError::Damaged {
                position: head.position,
                reason: "neither copy holds the block that was acknowledged there".into(),
            }),
        }
    }

    /// Catches the engine up with the journal, or builds it anew.
    fn make_engine_good(
        &mut self,
        tables: Option<Box<dyn Tables>>,
        journal: &Journal,
    ) -> Result<Box<dyn Tables>, LogError> {
        let wound = match &tables {
            None => Some(StoreDamage::Unopenable),
            Some(tables) => self.examine(&**tables, journal),
        };
        let tables = match (wound, tables) {
            (None, Some(tables)) => {
                catch_up(&*tables, journal)?;
                return Ok(tables);
            }
            (_, tables) => tables,
        };
        let kept = self.site.keeper.set_aside()?;
        // On damaged files its destructor may panic, hang, or write where the new one will be.
        std::mem::forget(tables);
        let tables = self.site.keeper.open()?;
        catch_up(&*tables, journal)?;
        compare(journal, &*tables.blocks(), 0, journal.end(), &mut to_the_end)?;
        let all = PositionRange { first: 1, last: journal.end() };
        let ranges = if all.last == 0 { Vec::new() } else { vec![all] };
        self.healed(StoreCopy::Engine, wound.unwrap_or(StoreDamage::Unopenable), ranges, kept);
        Ok(tables)
    }

    /// What is wrong with an engine that opened.
    fn examine(&self, tables: &dyn Tables, journal: &Journal) -> Option<StoreDamage> {
        let blocks = tables.blocks();
        let end = match Cursor::last(&*blocks) {
            Ok(last) => last.map_or(0, |block| block.last()),
            Err(_) => return Some(StoreDamage::Damaged),
        };
        let expected = self.head.map_or(0, |head| head.engine_position()).min(journal.end());
        if end < expected {
            return Some(StoreDamage::Behind);
        }
        if end > journal.end() || !self.report.lost.is_empty() {
            return Some(StoreDamage::Differs);
        }
        let after = end.saturating_sub(self.checked_events(end));
        compare(journal, &*blocks, after, end, &mut to_the_end).err()?;
        let differs = matches!(difference(journal, &*blocks, after, end), Ok(Some(_)));
        Some(if differs { StoreDamage::Differs } else { StoreDamage::Damaged })
    }

    /// The tree over the journal. One that contradicts what was acknowledged is no damage of a disk: then a person
    /// decides. Where they go on, the journal says from then on the tree that its events have.
    fn take_up_tree(&mut self, journal: Journal) -> Result<(Journal, Tree), LogError> {
        let site = self.site;
        let tree = tree::take_up(&*site.files, &site.tree, &journal)?;
        // Where a loss was accepted the tree is another one.
        if self.report.lost.is_empty()
            && let Some(contradiction) = tree::contradiction(&tree, &journal, self.head.as_ref())?
        {
            if !self.options.accept_loss {
                return Err(contradiction);
            }
            // A root does not tell which of the events are others.
            self.go_on_contradicted(PositionRange { first: 1, last: journal.end() });
        }
        if !self.is_contradicted {
            return Ok((journal, tree));
        }
        let (journal, Mended { rewritten, kept, .. }) = journal.retell()?;
        self.healed(StoreCopy::Journal, StoreDamage::Differs, rewritten, kept);
        let tree = tree::take_up(&*site.files, &site.tree, &journal)?;
        Ok((journal, tree))
    }

    /// Writes down what has changed: head, and what there is to tell. The head, and up to where its file is.
    fn write_down(
        &mut self,
        tables: &dyn Tables,
        journal: &Journal,
        tree: &Tree,
    ) -> Result<(Head, Position), LogError> {
        let files = &*self.site.files;
        let end = journal.end();
        let checksum = if end == 0 { 0 } else { journal.block_of(end, |block| block.checksum())? };
        let root = Some(tree.head().root);
        let head = Head { root, ..Head::new(journal.identity(), end, checksum) };
        let news = !self.report.is_empty();
        self.report.healed.iter_mut().for_each(|healing| healing.head = end);
        self.report.lost.iter_mut().for_each(|loss| loss.head = end);
        let earlier = read_whole(files, &self.site.untold).map_err(store_error)?;
        // What cannot be read any more cannot be told.
        if let Some(earlier) = earlier.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            self.report.follow(earlier);
        }
        if news {
            let report = serde_json::to_vec(&self.report).map_err(store_error)?;
            replace_whole(files, &self.site.untold, &report).map_err(store_error)?;
        }
        let is_suspect = self.head.is_some_and(|head| head.suspect || head.root.is_none());
        if news || is_suspect || !self.is_known() {
            tables.sync()?;
            head.write(files, &self.site.head).map_err(store_error)?;
            return Ok((head, end));
        }
        Ok((head, self.acknowledged()))
    }
}

/// Bytes of the engine's first sound block that ends at or behind `position`.
fn sound_bytes_from(blocks: &dyn Table, position: Position) -> Option<Vec<u8>> {
    sound_block_from(blocks, position).map(|bytes| bytes.to_vec())
}

fn to_the_end(_: &Block<&[u8]>) -> Result<ControlFlow<()>, LogError> {
    Ok(ControlFlow::Continue(()))
}

/// Applies to the engine what the journal holds behind its end.
fn catch_up(tables: &dyn Tables, journal: &Journal) -> Result<(), LogError> {
    let blocks = tables.blocks();
    let end = Cursor::last(&*blocks)?.map_or(0, |block| block.last());
    let (mut lot, mut bytes) = (Vec::new(), 0);
    journal.each_block(end, journal.end(), &mut |block| {
        lot.push((block.first().to_be_bytes().to_vec(), block.bytes().to_vec()));
        bytes += block.bytes().len();
        if bytes >= LOT_BYTES {
            bytes = 0;
            blocks.apply(std::mem::take(&mut lot))?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if lot.is_empty() { Ok(()) } else { blocks.apply(lot) }
}
