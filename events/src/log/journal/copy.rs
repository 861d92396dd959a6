//! Copying a journal up to a position: a backup, and the way back from one.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::Journal;
use super::mend::failed;
use super::writer::Writer;
use crate::log::codec::{Block, encode_blocks};
use crate::log::files::Files;
use crate::log::{LogError, Position};

impl Journal {
    /// Writes the events up to `upto` as a journal of its own in `directory`, which must hold none; how many bytes
    /// its segments have. Others may append meanwhile. Frames are copied as they are; one that goes beyond `upto`
    /// is cut, and the tree told for what is left of it.
    pub(crate) fn copy_to(
        &self,
        files: &Arc<dyn Files>,
        directory: &Path,
        upto: Position,
    ) -> Result<u64, LogError> {
        let quarantine = directory.join("quarantine");
        let target = Self::open(Arc::clone(files), directory, &quarantine, self.sizes, self.identity);
        let target = target.map_err(failed)?;
        if !target.is_missing() {
            return Err(failed("there is one already"));
        }
        let mut writer = Writer::new(&target, 1, false);
        self.each_frame(0, upto, &mut |frame| {
            if frame.header.last() <= upto {
                writer.take(frame)?;
                return Ok(ControlFlow::Continue(()));
            }
            let mut payloads = Vec::new();
            for bytes in frame.blocks() {
                let block = Block::parse(bytes).map_err(|damage| damage.at(frame.header.first))?;
                payloads.extend(block.payloads_of(0, upto).map(|(_, payload)| payload.to_vec()));
            }
            writer.write(&encode_blocks(frame.header.first, &payloads))?;
            Ok(ControlFlow::Break(()))
        })?;
        let mut bytes = 0;
        for (temporary, path) in writer.finish().map_err(failed)? {
            bytes += files.open(&temporary).and_then(|file| file.length()).map_err(failed)?;
            files.rename(&temporary, &path).map_err(failed)?;
        }
        files.sync_directory(directory).map_err(failed)?;
        Ok(bytes)
    }
}
