//! Undo: nothing of the import counts any more, everything else does, and the file can come again.

use std::sync::Arc;

use jinqiao_events::clock::{Manual, System};
use jinqiao_events::kinds::correction::ImportForm;
use serde_json::json;

use super::*;
use crate::config::LogUrl;
use crate::door;
use crate::intake::{FileInput, ImportOptions, ImportReport, import};
use crate::store::Store;

const ENTERPRISES: &str = "\
企业名称,统一社会信用代码,需求
青岛琅屿建设工程有限公司,91370202MA00003490,寻找铝材供应商
青岛沧舟医疗科技有限公司,91370202MA000004XW,
";

fn desk() -> Desk {
    let clock = Arc::new(Manual::at("2026-11-20T02:00:00Z".parse().unwrap()));
    Desk::open_with(Store::open(&LogUrl::Memory).unwrap(), clock, Arc::new(System)).unwrap()
}

fn read(desk: &Desk) -> ImportReport {
    let options = ImportOptions { form: ImportForm::Enterprises, dry_run: false, strict: false, date: None };
    import(desk, FileInput { name: "名录.csv", bytes: ENTERPRISES.as_bytes() }, &options, &mut |_| {})
        .unwrap()
}

fn tell(desk: &Desk, kind: &str, body: &serde_json::Value) -> Position {
    let event = json!({"kind": kind, "occurred": "2026-11-01", "body": body}).to_string();
    let units = vec![vec![door::read_draft(event.as_bytes()).unwrap()]];
    desk.record_blocking(Submission { units, rehearsal: false }).unwrap()[0].as_ref().unwrap()[0].position
}

/// Digests of the views without what the ledger keeps of voids and histories.
fn register(desk: &Desk) -> String {
    desk.shelf().views().digests()[0].1.clone()
}

#[test]
fn an_undone_import_leaves_the_register_as_it_was_and_lists_what_rested_on_it() {
    let desk = desk();
    tell(
        &desk,
        "org_registered",
        &json!({"name": "青岛市琅屿商会", "kind": "chamber", "identifier": "local:t/c"}),
    );
    let before = register(&desk);
    let report = read(&desk);
    let id = report.import.unwrap().to_string();
    let joined =
        tell(&desk, "member_joined", &json!({"chamber": "local:t/c", "member": "uscc:91370202MA00003490"}));
    let apart = tell(&desk, "chamber_founded", &json!({"chamber": "local:t/c"}));
    let foreseen = undo(&desk, &id, None, true, Lang::Zh).unwrap();
    assert_eq!((foreseen.import.added, foreseen.import.voided, foreseen.dry_run), (3, 0, true));
    assert_eq!(foreseen.by_kind["org_registered"], 2);
    let depends: Vec<_> = foreseen.depends.iter().map(|event| event.position).collect();
    assert_eq!(depends, [joined]);
    assert!(foreseen.depends[0].by[0].starts_with("party:"), "{:?}", foreseen.depends);

    let done = undo(&desk, &id, None, false, Lang::Zh).unwrap();
    assert_eq!((done.by_kind, done.import.undone), (foreseen.by_kind, true));
    let views = desk.shelf().views();
    assert_eq!(views.register.parties().count(), 1);
    drop(views);
    let entries = imports(&desk).unwrap();
    assert_eq!((entries.len(), entries[0].added, entries[0].voided, entries[0].undone), (1, 3, 3, true));
    let AppError::Refused(again) = undo(&desk, &id, None, false, Lang::Zh).unwrap_err() else { panic!() };
    assert_eq!(again.code, "import_undone");
    tell(&desk, "event_voided", &json!({"event": id_at(&desk, joined), "reason": "随导入撤销"}));
    tell(&desk, "event_voided", &json!({"event": id_at(&desk, apart), "reason": "试"}));
    assert_eq!(register(&desk), before, "the register is what it was");
}

fn id_at(desk: &Desk, position: Position) -> String {
    desk.store().log.at(position).unwrap().unwrap().id.to_string()
}

#[test]
fn the_same_file_comes_again_after_an_undo_and_each_import_owns_what_it_added() {
    let desk = desk();
    let first = read(&desk).import.unwrap();
    undo(&desk, &first.to_string(), Some("传错文件"), false, Lang::Zh).unwrap();
    let second = read(&desk);
    assert_eq!((second.accepted, second.added), (2, 3));
    let entries = imports(&desk).unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.added, entry.voided, entry.undone)).collect();
    assert_eq!(told, [(3, 0, false), (3, 3, true)]);
    assert_eq!(events_of(&desk, &second.import.unwrap().to_string()).unwrap().len(), 3);
    assert_eq!(desk.shelf().views().register.parties().count(), 2);
}

#[test]
fn an_import_nobody_knows_is_refused_by_name() {
    let AppError::Refused(refusal) = undo(&desk(), "7", None, false, Lang::En).unwrap_err() else { panic!() };
    assert_eq!(refusal.code, "import_unknown");
}
