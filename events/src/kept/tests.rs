use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type State = BTreeMap<String, Vec<u64>>;

fn laid_down(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chunks = ChunkWriter::new(&mut bytes, 3);
    state.lay_down(&mut chunks).unwrap();
    assert_eq!(chunks.written(), bytes.len() as u64);
    bytes
}

fn taken_up(bytes: &[u8], part: u32) -> io::Result<State> {
    let mut state = State::new();
    let mut from = bytes;
    state.take_up(&mut Chunks::new(&mut from, part, bytes.len() as u64))?;
    Ok(state)
}

fn state(entries: u64) -> State {
    (0..entries).map(|number| (number.to_string(), vec![number; 40])).collect()
}

#[test]
fn state_of_any_size_comes_back_as_it_was_and_as_no_other_part() {
    for entries in [0, 1, 200, 2_000] {
        let state = state(entries);
        let bytes = laid_down(&state);
        assert_eq!(taken_up(&bytes, 3).unwrap(), state);
        assert!(taken_up(&bytes, 4).is_err());
    }
}

#[test]
fn chunks_that_change_places_are_seen() {
    let bytes = laid_down(&state(2_000));
    let size = CHUNK_HEADER_BYTES + CHUNK_BYTES;
    let swapped = [&bytes[size..2 * size], &bytes[..size], &bytes[2 * size..]].concat();
    assert!(taken_up(&swapped, 3).is_err());
}

proptest! {
    #[test]
    fn whatever_is_changed_or_cut_is_seen(entries in 1_u64..300, at: prop::sample::Index, flip in 1_u8..) {
        let mut bytes = laid_down(&state(entries));
        let at = at.index(bytes.len());
        prop_assert!(taken_up(&bytes[..at], 3).is_err());
        bytes[at] ^= flip;
        prop_assert!(taken_up(&bytes, 3).is_err());
    }

    #[test]
    fn any_bytes_are_answered_without_panic(bytes: Vec<u8>) {
        let _ = taken_up(&bytes, 0);
        // With checksums that hold: whatever is in the chunk.
        let mut sealed = Vec::new();
        let mut chunks = ChunkWriter::new(&mut sealed, 3);
        chunks.write_all(&bytes).unwrap();
        chunks.finish().unwrap();
        let _ = taken_up(&sealed, 3);
    }
}
