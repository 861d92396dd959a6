//! Imports of small files made here, end to end into a store in memory.

use std::sync::Arc;

use jinqiao_events::clock::{Manual, System};
use jinqiao_events::kinds::Kind;
use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::log::{Direction, Query, Stored};
use rust_xlsxwriter::Workbook;

use super::report::Proposal;
use super::{FileInput, ImportOptions, ImportReport, import};
use crate::config::LogUrl;
use crate::desk::{Desk, Submission, draft};
use crate::error::AppError;
use crate::store::Store;

const CHAMBERS: &str = "\
商会名录
商会名称,统一社会信用代码,驻地,类型,登记日期,会长单位,秘书长,联系电话
青岛市琅屿商会,51370200MJ0000018G,青岛市,异地商会,2020年5月,青岛琅屿建设工程有限公司,沈秀英,13800001111
";

pub(super) const ENTERPRISES: &str = "\
会员企业名录（2026年10月）,,,,,,,
企业名称,统一社会信用代码,行业代码,行政区划,所属商会,主要产品,需求,联系人,电话
青岛琅屿建设工程有限公司,91370202MA00003490,C3311,西海岸新区,青岛市琅屿商会、青岛市无名商会,钢结构,寻找铝材供应商,周建国,13800002222
青岛沧舟医疗科技有限公司,91370202MA000004XW,3311,市南区,青岛市琅屿商会,导管,请联系郑小红13800003333,吴一凡,1.38E+10
合计,2 家,,,,,,,
";

pub(super) fn desk() -> Desk {
    let clock = Arc::new(Manual::at("2026-11-20T02:00:00Z".parse().unwrap()));
    Desk::open_with(Store::open(&LogUrl::Memory).unwrap(), clock, Arc::new(System)).unwrap()
}

pub(super) fn options(form: ImportForm) -> ImportOptions {
    ImportOptions { form, dry_run: false, strict: false, date: None }
}

fn try_read(desk: &Desk, text: &str, options: ImportOptions) -> Result<ImportReport, AppError> {
    import(desk, FileInput { name: "dir/表.csv", bytes: text.as_bytes() }, &options, &mut |_| {})
}

pub(super) fn read(desk: &Desk, text: &str, form: ImportForm) -> ImportReport {
    try_read(desk, text, options(form)).unwrap()
}

pub(super) fn town() -> Desk {
    let desk = desk();
    assert_eq!(read(&desk, CHAMBERS, ImportForm::Chambers).accepted, 1);
    assert_eq!(read(&desk, ENTERPRISES, ImportForm::Enterprises).accepted, 2);
    desk
}

pub(super) fn events(desk: &Desk, kind: &str) -> Vec<Stored> {
    desk.store().log.read(&Query::of_kind(kind), 0, Direction::Forward, 1_000).unwrap()
}

#[test]
fn a_directory_becomes_registrations_memberships_products_and_needs_dated_by_its_title() {
    let desk = desk();
    read(&desk, CHAMBERS, ImportForm::Chambers);
    let report = read(&desk, ENTERPRISES, ImportForm::Enterprises);
    assert_eq!((report.totals["rows"].as_u64(), report.totals["memberships"].as_u64()), (Some(2), Some(2)));
    let registered = events(&desk, "org_registered");
    assert_eq!(registered[1].occurred.to_string(), "2026-10");
    assert!(
        registered[1].body.contains("370211") && registered[1].body.contains("钢结构"),
        "{}",
        registered[1].body
    );
    let source = registered[1].source.as_ref().unwrap();
    assert_eq!((source.file.as_str(), source.row), ("表.csv", Some(3)));
    assert_eq!(events(&desk, "file_imported").len(), 2);
    let unknown: Vec<_> = report.proposed.iter().map(ToString::to_string).collect();
    assert!(unknown.len() == 1 && unknown[0].contains("青岛市无名商会"), "{unknown:?}");
}

#[test]
fn the_president_named_before_registration_means_the_party_afterwards() {
    let desk = town();
    let views = desk.shelf().views();
    let enterprise = views.register.resolve(&"uscc:91370202MA00003490".parse().unwrap()).unwrap();
    assert_eq!(views.register.offices(enterprise).len(), 1);
    assert_eq!(events(&desk, "chamber_legally_registered")[0].occurred.to_string(), "2020-05");
}

#[test]
fn persons_and_their_numbers_are_nowhere_but_in_the_person_store() {
    let desk = town();
    let reports =
        [read(&desk, CHAMBERS, ImportForm::Chambers), read(&desk, ENTERPRISES, ImportForm::Enterprises)];
    let log = desk.store().log.read(&Query::all(), 0, Direction::Forward, 1_000).unwrap();
    let said = format!("{log:?}{reports:?}{}", serde_json::to_string(&reports).unwrap());
    for personal in ["沈秀英", "周建国", "郑小红", "吴一凡", "1380000", "1.38E"] {
        assert!(!said.contains(personal), "{personal}");
    }
    assert!(format!("{:?}", desk.store().people).contains("persons: 3"), "{:?}", desk.store().people);
    assert_eq!(events(&desk, "person_registered").len(), 3);
}

#[test]
fn a_need_with_a_phone_number_is_left_out_with_a_warning_and_its_row_stands() {
    let desk = desk();
    read(&desk, CHAMBERS, ImportForm::Chambers);
    let report = read(&desk, ENTERPRISES, ImportForm::Enterprises);
    let codes: Vec<_> = report.warnings.iter().map(|warning| (warning.row, warning.code.as_ref())).collect();
    assert!(
        codes.contains(&(Some(4), "personal_data")) && codes.contains(&(Some(4), "person_bad_phone")),
        "{codes:?}"
    );
    assert_eq!(events(&desk, "need_declared").len(), 1);
}

#[test]
fn a_rehearsal_keeps_no_person_and_no_event_and_knows_what_is_there() {
    let desk = desk();
    let rehearse = ImportOptions { dry_run: true, ..options(ImportForm::Chambers) };
    let report = try_read(&desk, CHAMBERS, rehearse).unwrap();
    assert_eq!((report.accepted, report.import, desk.store().log.head()), (1, None, 0));
    assert!(format!("{:?}", desk.store().people).contains("persons: 0"));
    read(&desk, CHAMBERS, ImportForm::Chambers);
    let report = try_read(&desk, CHAMBERS, rehearse).unwrap();
    assert_eq!((report.accepted, report.unchanged), (0, 1));
}

#[test]
fn a_strict_import_with_a_bad_row_writes_nothing_and_says_which() {
    let desk = desk();
    let text = CHAMBERS.to_owned() + "青岛市沧舟商会,51370200MJ0000018A,,,,,,\n";
    let strict = ImportOptions { strict: true, ..options(ImportForm::Chambers) };
    let report = try_read(&desk, &text, strict).unwrap();
    assert_eq!((report.refused.len(), report.dry_run, desk.store().log.head()), (1, true, 0));
    assert_eq!(report.refused[0].to_string().split('：').next().unwrap(), "第 4 行 统一社会信用代码");
    assert!(try_read(&desk, CHAMBERS, strict).unwrap().import.is_some());
}

#[test]
fn next_months_edition_repeats_what_was_said_and_adds_what_is_new() {
    let desk = town();
    let next = ENTERPRISES.replace("10月", "11月").replace("寻找铝材供应商", "寻找仓储用地");
    let report = read(&desk, &next, ImportForm::Enterprises);
    assert_eq!((report.accepted, report.unchanged), (1, 1));
    assert_eq!((events(&desk, "org_registered").len(), events(&desk, "need_declared").len()), (3, 2));
}

#[test]
fn what_contradicts_the_log_is_proposed_with_its_position_and_the_rest_of_the_row_goes_in() {
    let desk = town();
    let next = ENTERPRISES.replace("钢结构", "铝模板").replace("寻找铝材供应商", "寻找仓储用地");
    let report = read(&desk, &next, ImportForm::Enterprises);
    let corrections: Vec<_> = report
        .proposed
        .iter()
        .filter_map(|proposal| match proposal {
            Proposal::Correction { row, kind, position, .. } => Some((*row, kind.as_ref(), *position)),
            Proposal::Link { .. } => None,
        })
        .collect();
    let position = events(&desk, "org_registered")[1].position;
    assert_eq!(corrections, [(3, "org_registered", position)]);
    assert_eq!((report.accepted, report.unchanged, report.refused.len()), (1, 1, 0));
}

#[test]
fn a_repeated_row_is_reported_with_the_row_that_it_repeats() {
    let desk = desk();
    let last = CHAMBERS.lines().last().unwrap();
    let text = format!("{CHAMBERS}\n{last}\n{}\n", last.replace("2020年5月", "2021年5月"));
    let report = read(&desk, &text, ImportForm::Chambers);
    let repeats: Vec<_> = report.duplicates.iter().map(|row| (row.row, row.of_row, row.differs)).collect();
    assert_eq!((report.accepted, repeats), (1, vec![(5, 3, false), (6, 3, true)]));
}

#[test]
fn a_file_without_a_needed_column_is_refused_by_the_column_and_the_headings_found() {
    let error = try_read(&desk(), "企业名称,备注\n甲,乙\n", options(ImportForm::Enterprises)).unwrap_err();
    let AppError::Refused(refusal) = error else { panic!("{error}") };
    assert_eq!(refusal.code, "column_missing");
    assert!(refusal.zh.contains("统一社会信用代码") && refusal.zh.contains("备注"), "{}", refusal.zh);
}

#[test]
fn who_did_not_sign_was_absent_and_short_names_are_proposed_with_their_command() {
    let desk = town();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("第1期").unwrap();
    let rows = [
        vec!["金桥沙龙（第1期）签到表"],
        vec!["时间：2026年3月12日14:00　地点：二楼"],
        vec!["序号", "姓 名", "单位", "职务", "联系电话", "签名"],
        vec!["1", "张三丰", "琅屿建设", "总经理", "13800004444", "到"],
        vec!["2", "李四光", "青岛沧舟医疗科技有限公司", "", "", ""],
        vec!["3", "", "青岛沧舟医疗科技有限公司", "", "", "代签"],
        vec!["4"],
        vec!["合计：1人"],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells) {
            sheet.write(row, column, text).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let input = FileInput { name: "签到.xls", bytes: &bytes };
    let report = import(&desk, input, &options(ImportForm::SignIn), &mut |_| {}).unwrap();
    let refused: Vec<_> =
        report.refused.iter().map(|row| (row.row, row.column.as_str(), row.code.as_ref())).collect();
    assert_eq!(refused, [(6, "姓 名", "name_empty")]);
    assert_eq!((report.totals["attendances"].as_u64(), report.totals["absent"].as_u64()), (Some(1), Some(1)));
    let Proposal::Link { name, candidates, command, .. } = &report.proposed[0] else {
        panic!("{:?}", report.proposed)
    };
    assert_eq!((name.as_str(), candidates.len()), ("琅屿建设", 1));
    assert_eq!(*command, format!("jinqiao link '琅屿建设' {}", candidates[0].party));
}

#[test]
fn participations_register_their_actors_once_and_know_what_they_said() {
    let desk = desk();
    let text = "\
role\tdate\tkind\tgroup\tactor\tamount
lead\t2014-01-01\tERC\tP1\tO1\t230000
partner\t2014-01-01\tERC\tP1\tO2\t0
partner\t2014-02-30\tERC\tP1\tO3\t0
partner\t2015-01-01\tERC\tP2\tO1\t5
partner\t2015-01-01\tERC\tP2\tO1\t5
partner\t2015-01-01\tERC\tP2\tO1\t6
";
    let report = read(&desk, text, ImportForm::Participations);
    assert_eq!((report.accepted, report.refused[0].row, report.refused[0].column.as_str()), (3, 4, "date"));
    let repeats: Vec<_> = report.duplicates.iter().map(|row| (row.row, row.of_row, row.differs)).collect();
    assert_eq!(repeats, [(6, 5, false), (7, 5, true)]);
    assert_eq!(
        (events(&desk, "org_registered").len(), events(&desk, "participation_recorded").len()),
        (2, 3)
    );
    assert!(!events(&desk, "participation_recorded")[1].body.contains("amount"));
    let again = read(&desk, text, ImportForm::Participations);
    assert_eq!((again.accepted, again.import), (0, None));
}

/// Actor 13800001111 cannot be registered, by its name; the first line of O2 has a fault of its own.
const FAULTY: &str = "\
role\tdate\tkind\tgroup\tactor\tamount
lead\t2014-01-01\tERC\tP1\tO1\t230000
lead\t2014-01-01\tERC\tP1\t13800001111\t1
partner\t2015-01-01\tERC\tP2\t13800001111\t2
13800002222\t2014-01-01\tERC\tP1\tO2\t3
partner\t2014-01-01\tERC\tP1\tO2\t4
partner\t2014-01-01\tERC\tP1\tO2\t4
partner\t2014-01-01\tERC\tP1\tO2\t5
";

#[test]
fn lines_of_an_actor_that_is_not_registered_are_refused_with_it_and_a_line_alone_for_its_own_fault() {
    let desk = desk();
    let report = read(&desk, FAULTY, ImportForm::Participations);
    let refused: Vec<_> =
        report.refused.iter().map(|row| (row.row, row.column.as_str(), row.code.as_ref())).collect();
    assert_eq!(
        refused,
        [(3, "actor", "personal_data"), (4, "actor", "personal_data"), (5, "role", "personal_data")]
    );
    assert!(report.refused[1].message.contains("未能登记"), "{}", report.refused[1].message);
    assert_eq!((report.accepted, report.added, events(&desk, "org_registered").len()), (2, 4, 2));
    let repeats: Vec<_> = report.duplicates.iter().map(|row| (row.row, row.of_row, row.differs)).collect();
    assert_eq!(repeats, [(7, 6, false), (8, 6, true)]);
}

#[test]
fn a_rehearsed_register_is_answered_as_a_recorded_one() {
    // More lines than go in at once: what a later chunk says rests on an earlier one.
    let mut text = FAULTY.to_owned();
    for line in 0..1_100 {
        let (group, actor) = (line % 7, line % 150);
        text.push_str(&format!("partner\t2016-01-01\tERC\tG{group}\tX{actor}\t{line}\n"));
    }
    text.push_str(FAULTY.split_once('\n').unwrap().1);
    let desk = desk();
    let rehearse = || {
        let options = ImportOptions { dry_run: true, ..options(ImportForm::Participations) };
        try_read(&desk, &text, options).unwrap()
    };
    let of = |report: ImportReport| ImportReport { dry_run: false, import: None, ..report };
    let rehearsed = of(rehearse());
    assert_eq!(desk.store().log.head(), 0);
    assert_eq!(rehearsed, of(read(&desk, &text, ImportForm::Participations)));
    assert!(rehearsed.accepted > 500 && rehearsed.duplicates.len() > 5, "{}", rehearsed.accepted);
    assert_eq!(of(rehearse()), of(read(&desk, &text, ImportForm::Participations)));
}

#[test]
fn an_enterprise_that_another_door_registered_is_joined_by_what_its_row_adds() {
    let desk = desk();
    read(&desk, CHAMBERS, ImportForm::Chambers);
    let register = |name: &str, code: &str| {
        let body = format!(r#"{{"name":"{name}","kind":"enterprise","identifier":"uscc:{code}"}}"#);
        let event = Kind::OrgRegistered.decode(1, &body).unwrap();
        let units = vec![vec![draft(event, "2020-01-01".parse().unwrap())]];
        desk.record_blocking(Submission { units, rehearsal: false }).unwrap()[0].as_ref().unwrap();
    };
    register("青岛琅屿建设工程有限公司", "91370202MA00003490");
    register("青岛别的有限公司", "91370202MA000004XW");
    let report = read(&desk, ENTERPRISES, ImportForm::Enterprises);
    let refused: Vec<_> =
        report.refused.iter().map(|row| (row.row, row.column.as_str(), row.code.as_ref())).collect();
    assert_eq!(refused, [(4, "统一社会信用代码", "identifier_taken")]);
    assert_eq!((report.accepted, events(&desk, "member_joined").len()), (1, 1));
}

#[test]
fn a_ledger_of_visits_with_other_headings_order_and_blank_cells_for_a_visit_going_on_says_the_same() {
    let desk = town();
    let text = "\
会员走访情况（内部）
诉求内容,企业,商会名称,走访时间,状态,办结时间,责任单位
招聘困难,青岛琅屿建设工程有限公司,青岛市琅屿商会,2026.3.5,已办结,2026年3月20日,市惠企政策服务中心
缺少流动资金,,,,在办,,市惠企政策服务中心
无,青岛沧舟医疗科技有限公司,青岛市琅屿商会,2026/3/6,,,
请找郑小红13800003333,青岛沧舟医疗科技有限公司,青岛市琅屿商会,2026-03-07,,,
";
    let report = read(&desk, text, ImportForm::Visits);
    assert_eq!(report.accepted, 4, "{:?}", report.refused);
    assert_eq!((&report.totals["visits"], &report.totals["needs"]), (&3.into(), &2.into()));
    assert_eq!(report.totals["needs_by_kind"], serde_json::json!({"人才": 1, "资金": 1}));
    assert_eq!(report.totals["visits_without_need"], 2, "one of them held a phone number");
    let resolved = events(&desk, "need_resolved");
    assert_eq!(resolved[0].occurred.to_string(), "2026-03-20");
    let log = desk.store().log.read(&Query::all(), 0, Direction::Forward, 1_000).unwrap();
    assert!(!format!("{log:?}").contains("13800003333"));
    assert_eq!(read(&desk, text, ImportForm::Visits).accepted, 0);
}

#[test]
fn a_ledger_of_delegations_in_another_order_and_encoding_is_read_and_unclear_rows_are_named() {
    let desk = town();
    let text = "\
人数,考察团,类型,时间,来源地,接待单位
21人,云岫企业家考察团,来访,2026.5.7,上海,青岛市琅屿商会
9,青岛市琅屿商会,赴外考察,2026年5月8日,成都,
若干,甲考察团,来青,2026-05-09,北京,
5,乙考察团,待定,2026-05-09,北京,
";
    let (bytes, ..) = encoding_rs::GB18030.encode(text);
    let file = FileInput { name: "考察.csv", bytes: &bytes };
    let report = import(&desk, file, &options(ImportForm::Delegations), &mut |_| {}).unwrap();
    let refused: Vec<_> = report.refused.iter().map(|row| (row.row, row.code.as_ref())).collect();
    assert_eq!(refused, [(4, "bad_number"), (5, "direction_unknown")]);
    let totals = |name: &str| report.totals[name].as_u64();
    assert_eq!((totals("inbound"), totals("outbound"), totals("visitors")), (Some(1), Some(1), Some(30)));
}

#[test]
fn an_unfinished_row_is_refused_and_a_note_alone_is_none() {
    let desk = desk();
    let sheet = "\
序号,企业名称,统一社会信用代码,备注
1,青岛琅屿建设工程有限公司,91370202MA00003490,
,青岛只有名称有限公司,,
,,91370202MA000004XW,
,一、市南区,,
4,,,
,,,以上为第一批
";
    let report = read(&desk, sheet, ImportForm::Enterprises);
    let refused: Vec<_> = report.refused.iter().map(|row| row.row).collect();
    assert_eq!((report.accepted, refused, &report.totals["rows"]), (1, vec![3, 4], &3.into()));
}

#[test]
fn gifts_of_money_and_goods_stay_apart_and_a_list_of_pairings_alone_is_read() {
    let desk = town();
    let gifts = "\
捐赠单位,公益活动,时间,捐款（万元）,物资,折价
青岛琅屿建设工程有限公司,助学,2026-06-01,2,图书,折合0.5万元
青岛沧舟医疗科技有限公司,助学,2026-06-01,,,
青岛沧舟医疗科技有限公司,助学,2026-06-01,若干,,
";
    let report = read(&desk, gifts, ImportForm::Welfare);
    assert_eq!(report.totals["money_fen"], serde_json::json!({"捐款": 2_000_000, "捐物折价": 500_000}));
    let codes: Vec<_> = report.refused.iter().map(|row| row.code.as_ref()).collect();
    assert_eq!(
        (codes, &report.totals["welfare_activities"]),
        (vec!["amount_missing", "amount_ambiguous"], &1.into())
    );
    let pairings = "\
对象类型,结对村,商会,结对时间
经济薄弱村,潮汐村,青岛市琅屿商会,2026-06-01
学校,青榆小学,无名商会,2026-06-01
";
    let report = read(&desk, pairings, ImportForm::Welfare);
    assert_eq!(report.totals["chambers_paired"], 1);
    assert_eq!(report.refused[0].code.as_ref(), "party_unknown");
    assert!(report.proposed.iter().any(|it| it.to_string().contains("潮汐村")), "{:?}", report.proposed);
}
