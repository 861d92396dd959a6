//! Where strange bytes come in: one function a door. The fuzzer calls them with what it makes up, and
//! `tests/it/corpora.rs` with everything that is kept in `corpus/`, so that a crash found once is a test for ever.
//!
//! A function panics when a promise is broken; what is merely wrong in the bytes must be answered.

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use jinqiao::config::LogUrl;
use jinqiao::desk::Desk;
use jinqiao::intake::{FileInput, ImportOptions, import};
use jinqiao::store::Store;
use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::log::codec::Block;
use jinqiao_events::log::envelope::Line;
use jinqiao_events::log::journal::{Frame, SegmentHeader};
use jinqiao_events::log::proof::{
    Checkpoint, ConsistencyProof, InclusionProof, NoteError, Profile, SigningKey, VerifierKey,
};
use zip::write::SimpleFileOptions;

/// A door.
pub(crate) type Entry = fn(&[u8]);

/// All of them, by name.
pub(crate) const ALL: &[(&str, Entry)] = &[
    ("event_json", event_json),
    ("segment", segment),
    ("import_csv", import_csv),
    ("import_xlsx", import_xlsx),
    ("proof", proof),
    ("checkpoint", checkpoint),
];

/// A line of `record`, or of an export. What is read as an export can be written, and is then read as the same.
fn event_json(bytes: &[u8]) {
    if let Ok(draft) = jinqiao::door::read_draft(bytes) {
        // Whatever a door lets in, the vocabulary can write and read again.
        let body = draft.event.body_json().expect("a body that was read can be written");
        let kind = draft.event.kind();
        assert_eq!(kind.decode(kind.version(), &body).as_ref(), Ok(&draft.event), "{body}");
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = jinqiao::door::read_drafts(text);
    if let Ok(stored) = serde_json_line(text) {
        let again = serde_json_line(&stored.to_line().expect("a body that was read is JSON"));
        assert_eq!(again.as_ref().ok(), Some(&stored));
    }
}

fn serde_json_line(text: &str) -> Result<jinqiao_events::log::Stored, ()> {
    serde_json::from_str::<Line>(text).map_err(|_| ())?.into_stored().map_err(|_| ())
}

/// A segment of the journal: header, frames, blocks, events.
fn segment(bytes: &[u8]) {
    let Some(header) = SegmentHeader::parse(bytes) else {
        return blocks([bytes].into_iter());
    };
    let mut rest = bytes.get(64..).unwrap_or_default();
    while let Some(frame) = Frame::parse(header.store, rest) {
        assert!(frame.header.last() >= frame.header.first);
        blocks(frame.blocks());
        let _ = frame.tree_after(header.profile);
        rest = rest.get(frame.header.frame_bytes()..).unwrap_or_default();
    }
}

fn blocks<'a>(blocks: impl Iterator<Item = &'a [u8]>) {
    for block in blocks.filter_map(|bytes| Block::parse(bytes).ok()) {
        for position in block.first()..=block.last() {
            if let Ok(Some(event)) = block.event(position) {
                let _ = (event.to_line(), event.decode());
            }
        }
    }
}

/// The first byte says as which form, the rest is the file.
fn import_csv(bytes: &[u8]) {
    let Some((form, file)) = bytes.split_first() else { return };
    // Packed files are the other target's.
    if !file.starts_with(b"PK") {
        rehearse(*form, file);
    }
}

/// The first byte says as which form. The rest is a workbook as it is, or else the XML of a sheet, and after a NUL
/// that of the shared texts, which are packed as a workbook: a fuzzer does not guess its way through checksums.
fn import_xlsx(bytes: &[u8]) {
    let Some((form, file)) = bytes.split_first() else { return };
    if file.starts_with(b"PK") || file.starts_with(b"\xd0\xcf") {
        return rehearse(*form, file);
    }
    let at = file.iter().position(|byte| *byte == 0).unwrap_or(file.len());
    let (sheet, texts) = file.split_at(at);
    rehearse(*form, &workbook(sheet, texts.get(1..).unwrap_or_default()));
}

fn workbook(sheet: &[u8], texts: &[u8]) -> Vec<u8> {
    const TYPES: &[u8] = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    const ROOT: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &[u8] = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    const SHEETS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", texts),
    ];
    for (name, content) in parts {
        packed.start_file(name, stored).expect("a name that fits");
        packed.write_all(content).expect("memory to write to");
    }
    packed.finish().expect("memory to write to").into_inner()
}

static DESK: LazyLock<Desk> = LazyLock::new(|| {
    let store = Store::open(&LogUrl::Memory).expect("a store in memory");
    Desk::open(store).expect("a desk on it")
});

/// Reads the file as that form and writes nothing; twice, to the same report.
fn rehearse(form: u8, bytes: &[u8]) {
    const FORMS: [ImportForm; 9] = [
        ImportForm::Enterprises,
        ImportForm::Chambers,
        ImportForm::SignIn,
        ImportForm::Purchases,
        ImportForm::Projects,
        ImportForm::Delegations,
        ImportForm::Visits,
        ImportForm::Welfare,
        ImportForm::Participations,
    ];
    let form = FORMS[usize::from(form) % FORMS.len()];
    let options = ImportOptions { form, dry_run: true, strict: false, date: "2026-01-05".parse().ok() };
    let file = FileInput { name: "f", bytes };
    let report = import(&DESK, file, &options, &mut |_| {});
    if let Ok(report) = report {
        assert!(report.dry_run && report.import.is_none());
    }
    assert_eq!(DESK.store().log.head(), 0, "a rehearsal writes nothing");
}

/// Proofs as they are handed out: what can be read is written the same, and is checked without a panic.
fn proof(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(proof) = InclusionProof::from_json(text) {
        let _ = proof.verify();
        let again = proof.to_json().and_then(|json| InclusionProof::from_json(&json));
        assert_eq!(again.ok().as_ref(), Some(&proof));
    }
    if let Ok(proof) = ConsistencyProof::from_json(text) {
        let _ = proof.verify();
        let again = proof.to_json().and_then(|json| ConsistencyProof::from_json(&json));
        assert_eq!(again.ok().as_ref(), Some(&proof));
    }
}

/// Keys made from fixed numbers, so that a corpus stays what it was.
static KEYS: LazyLock<[SigningKey; 2]> = LazyLock::new(|| {
    [SM2_KEY, ED25519_KEY].map(|text| SigningKey::from_text(text).expect("a key of this test"))
});
const SM2_KEY: &str = "PRIVATE+KEY+jinqiao/fuzz/sm3-v1+42426cb3+/2ppbnFpYW8vc20yLXNtMxKLL6i9QzxsBoyNgD3/eXkqUZpVFxsbZQwjZh0ViXJj";
const ED25519_KEY: &str =
    "PRIVATE+KEY+jinqiao/fuzz/sha256-v1+94269281+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

/// A note, or a key's text. A note is believed only when its key signs the very same one.
fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for key in KEYS.iter() {
        match Checkpoint::open(text, key.verifier()) {
            Ok(said) => {
                let own = said.sign(key).expect("a signature");
                let signed = own.trim_end().rsplit('\n').next().unwrap_or_default();
                assert!(text.contains(signed), "a checkpoint was believed that its key did not sign");
            }
            Err(NoteError::Malformed(_) | NoteError::OtherLog { .. }) => {}
            Err(NoteError::Unsigned { .. } | NoteError::BadSignature { .. }) => {}
        }
    }
    if let Ok(key) = VerifierKey::from_text(text) {
        assert_eq!(VerifierKey::from_text(&key.to_string()), Ok(key));
    }
    if let Ok(key) = SigningKey::from_text(text) {
        assert!(Profile::ALL.contains(&key.verifier().profile()));
    }
}
