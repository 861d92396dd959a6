//! What offices do to a table: old workbooks, headings of three rows, subtotals, lines to sign, other names.

use jinqiao_events::kinds::correction::ImportForm;
use serde_json::Value;

use super::report::Proposal;
use super::tests::{desk, events, options, read, town};
use super::{FileInput, import};

/// A workbook of the old format (BIFF8, written by xlwt): a hidden sheet, a title, a heading of three rows with merged
/// cells, a merged buyer, a date cell and a date as text, 万元 in the heading, a subtotal, a total that is a formula,
/// and a line to sign.
const OLD_WORKBOOK: &[u8] = include_bytes!("../../tests/office/chain_purchases.xls");

fn body(event: &jinqiao_events::log::Stored) -> Value {
    serde_json::from_str(&event.body).unwrap()
}

#[test]
fn an_old_workbook_is_read_as_a_new_one_and_only_its_rows_of_data_count() {
    let desk = town();
    let input = FileInput { name: "采购.xls", bytes: OLD_WORKBOOK };
    let report = import(&desk, input, &options(ImportForm::Purchases), &mut |_| {}).unwrap();
    let refused: Vec<_> =
        report.refused.iter().map(|row| (row.row, row.column.as_str(), row.code.as_ref())).collect();
    assert_eq!(refused, [(9, "日期", "bad_date")]);
    assert_eq!((report.accepted, report.totals["rows"].as_u64()), (3, Some(4)));
    let purchases = events(&desk, "member_purchase_made");
    let told: Vec<_> = purchases
        .iter()
        .map(|event| (event.occurred.to_string(), body(event)["amount"]["fen"].as_i64().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("2026-01-08".into(), 1_250_000),
            ("2026-02-09".into(), 500_000),
            ("2026-03-12".into(), 300_000_000)
        ]
    );
    assert_eq!(
        body(&purchases[0])["buyer"],
        body(&purchases[1])["buyer"],
        "a merged cell counts for its rows"
    );
    let skipped: Vec<_> =
        report.warnings.iter().map(|warning| (warning.sheet.as_deref(), warning.code.as_ref())).collect();
    assert_eq!(skipped, [(Some("底稿"), "sheet_hidden")]);
    let again = import(&desk, input, &options(ImportForm::Purchases), &mut |_| {}).unwrap();
    assert_eq!((again.accepted, again.added, again.import), (0, 0, None));
}

const CLAIMS: &str = "\
公开表述汇总
表述,数值,单位,指标,主题,出处,发布日期
成功举办沙龙70多场,70多场,,policy_salons,政策解读沙龙,某报,2020-11-01
培训170余人次,170余,人次,,线上讲座,某报,2020-11-01
引进项目总投资67亿元,67亿元,,,总投资,某报,2020年11月
捐款586万元,586,万元,,捐款,某报,2020-11-01
结对46家,46家,个,,结对,某报,2020-11-01
做了很多,若干,次,,活动,某报,2020-11-01
办了12期半,12.5,期,,讲座,某报,2020-11-01
捐了一批,30,,,捐物,某报,2020-11-01
无此指标,3,次,many_things,活动,某报,2020-11-01
";

#[test]
fn claims_keep_the_number_written_and_how_it_is_meant() {
    let desk = desk();
    let report = read(&desk, CLAIMS, ImportForm::Claims);
    let told: Vec<_> = events(&desk, "claim_published")
        .iter()
        .map(|event| {
            let body = body(event);
            (body["value"].as_i64().unwrap(), body["unit"].to_string(), body["approximator"].to_string())
        })
        .collect();
    let row = |value, unit: &str, how: &str| (value, format!("\"{unit}\""), how.to_owned());
    assert_eq!(
        told,
        [
            row(70, "occasions", "\"some_more\""),
            row(170, "attendances", "\"some_more\""),
            row(670_000_000_000, "yuan", "null"),
            row(586_000_000, "yuan", "null"),
        ]
    );
    let refused: Vec<_> =
        report.refused.iter().map(|row| (row.row, row.column.as_str(), row.code.as_ref())).collect();
    assert_eq!(
        refused,
        [
            (7, "单位", "unit_differs"),
            (8, "数值", "amount_ambiguous"),
            (9, "数值", "not_whole"),
            (10, "单位", "unit_unknown"),
            (11, "指标", "figure_unknown"),
        ]
    );
    assert_eq!(report.totals["with_figure"], 1);
    let again = read(&desk, CLAIMS, ImportForm::Claims);
    assert_eq!((again.accepted, again.unchanged, again.added), (0, 4, 0));
}

const RENAMED: &str = "\
企业名称,统一社会信用代码,曾用名,简称,总公司
青岛珏舟模架有限公司,91370202MA00003490,青岛珏舟五金厂、青岛珏舟铝材有限公司,珏舟,
青岛珏舟模架有限公司即墨分公司,91370202MA000004XW,,,青岛珏舟模架有限公司
";

#[test]
fn former_names_short_names_and_branches_are_relations_and_nobody_is_merged() {
    let desk = desk();
    let report = read(&desk, RENAMED, ImportForm::Enterprises);
    assert_eq!((report.accepted, report.refused.len()), (2, 0), "{:?}", report.refused);
    let views = desk.shelf().views();
    let party = |name: &str| views.register.resolve(&name.parse().unwrap());
    let head = party("uscc:91370202MA00003490").unwrap();
    let branch = party("uscc:91370202MA000004XW").unwrap();
    assert_ne!(head, branch);
    for name in ["青岛珏舟五金厂", "青岛珏舟铝材有限公司", "青岛珏舟模架有限公司"]
    {
        assert_eq!(party(name), Some(head), "{name}");
    }
    assert_eq!(party("珏舟"), None, "a short name is proposed, never taken for the party by itself");
    assert_eq!(views.register.proposals_for("珏舟"), [head]);
    let heads: Vec<_> = views.register.head_offices(branch).iter().map(|head| head.party).collect();
    assert_eq!((heads, views.register.branches(head).len()), (vec![head], 1));
    assert_eq!(views.register.parties().count(), 2);
    drop(views);
    let again = read(&desk, RENAMED, ImportForm::Enterprises);
    assert_eq!((again.accepted, again.added, again.proposed.len()), (0, 0, 0), "{:?}", again.proposed);
}

#[test]
fn a_directory_that_names_the_old_name_renames_and_one_that_does_not_is_asked_about() {
    let desk = town();
    let row = |name: &str, former: &str| {
        format!(
            "企业名称,统一社会信用代码,行业代码,行政区划,主要产品,曾用名\n{name},91370202MA00003490,C3311,西海岸新区,钢结构,{former}\n"
        )
    };
    let unexplained = read(&desk, &row("青岛垚笙建筑有限公司", ""), ImportForm::Enterprises);
    assert!(
        matches!(unexplained.proposed.as_slice(), [Proposal::Correction { .. }]),
        "{:?}",
        unexplained.proposed
    );
    assert_eq!(events(&desk, "correction_proposed").len(), 1);
    let named = row("青岛琅屿模架有限公司", "青岛琅屿建设工程有限公司");
    let report = read(&desk, &named, ImportForm::Enterprises);
    assert_eq!((report.accepted, report.proposed.len(), events(&desk, "org_renamed").len()), (1, 0, 1));
    let again = read(&desk, &named, ImportForm::Enterprises);
    assert_eq!((again.accepted, again.added), (0, 0));
}

#[test]
fn a_branch_on_a_sheet_is_never_proposed_as_its_head_office() {
    let desk = town();
    let sheet = "\
金桥沙龙（第2期）签到表
时间：2026年3月12日　地点：二楼
序号,姓名,单位,签名
1,张三丰,青岛琅屿建设工程有限公司即墨分公司,到
";
    let report = read(&desk, sheet, ImportForm::SignIn);
    let [Proposal::Link { candidates, branch_of: Some(head), .. }] = report.proposed.as_slice() else {
        panic!("{:?}", report.proposed)
    };
    assert_eq!((candidates.len(), head.name.as_str()), (0, "青岛琅屿建设工程有限公司"));
}

#[test]
fn a_contradiction_is_put_on_the_work_list_once_and_undoes_nothing() {
    let desk = town();
    let next = super::tests::ENTERPRISES.replace("钢结构", "铝模板");
    let report = read(&desk, &next, ImportForm::Enterprises);
    assert_eq!((report.accepted, report.added), (0, 1));
    assert!(report.import.is_some(), "an import that only proposes can be undone too");
    let proposed = events(&desk, "correction_proposed");
    assert_eq!(body(&proposed[0])["body"]["products"], serde_json::json!(["铝模板"]));
    let again = read(&desk, &next, ImportForm::Enterprises);
    assert_eq!((again.added, events(&desk, "correction_proposed").len()), (0, 1));
}

#[test]
fn headings_dates_and_numbers_of_other_offices_are_read() {
    let desk = town();
    let delegations = "\
考察时间;来访/外出;来源地;考察团名称;参加人数;接待单位;评价等级
民国115年1月15日;来青;上海;岑州考察团;２１人;;好
二〇二六年二月二十日;来青;上海;岑南考察团;３人次;;好
46089;来青;杭州;岑北考察团;9;;好
46090;来青;杭州;岑西考察团;第３人;;好
20265;来青;杭州;岑东考察团;9;;好
";
    let report = read(&desk, delegations, ImportForm::Delegations);
    let refused: Vec<_> = report.refused.iter().map(|row| (row.row, row.code.as_ref())).collect();
    assert_eq!((report.accepted, refused), (3, vec![(5, "bad_number"), (6, "bad_date")]));
    assert_eq!(report.totals["visitors"], 33);
    let told: Vec<String> =
        events(&desk, "delegation_visited").iter().map(|event| event.occurred.to_string()).collect();
    assert_eq!(told, ["2026-01-15", "2026-02-20", "2026-03-08"]);
    let warned: Vec<_> = report.warnings.iter().map(|warning| warning.code.as_ref()).collect();
    assert_eq!(warned, ["columns_unread"]);
    assert!(report.warnings[0].message.contains("评价等级"), "{}", report.warnings[0].message);
}

#[test]
fn who_did_not_come_is_told_by_whatever_the_last_column_is_called() {
    let list = |heading: &str, yes: &str, no: &str| {
        format!(
            "企业座谈会签到表\n时间：2026年3月12日\n序号,姓名,单位,{heading}\n1,沈秀英,甲厂,{yes}\n2,周建国,乙厂,{no}\n"
        )
    };
    for (heading, yes, no) in [
        ("签到栏", "沈秀英", ""),
        ("是否到场", "是", "否"),
        ("出席情况", "已到", "未到"),
        ("签到时间", "14:00", "请假"),
    ] {
        let report = read(&desk(), &list(heading, yes, no), ImportForm::SignIn);
        let counted = (report.totals["attendances"].as_u64(), report.totals["absent"].as_u64());
        assert_eq!((counted, report.warnings.len()), ((Some(1), Some(1)), 0), "{heading}");
    }
    let report = read(&desk(), &list("是否参会", "待定", "病假"), ImportForm::SignIn);
    let counted = (report.totals["attendances"].as_u64(), report.totals["absent"].as_u64());
    let warned: Vec<_> = report.warnings.iter().map(|warning| warning.code.as_ref()).collect();
    assert_eq!((counted, warned), ((Some(1), Some(1)), vec!["attendance_unclear"]));
}

#[test]
fn a_trade_in_words_is_left_out_and_its_row_stands() {
    let desk = desk();
    let directory = "\
公司全称,统一信用代码,所属行业,所在区（市）,所属商（协）会
青岛琅屿建设工程有限公司,91370202MA00003490,金属结构制造,市南区,
";
    let report = read(&desk, directory, ImportForm::Enterprises);
    assert_eq!((report.accepted, report.refused.len()), (1, 0), "{:?}", report.refused);
    let warned: Vec<_> = report.warnings.iter().map(|warning| warning.code.as_ref()).collect();
    assert_eq!(warned, ["industry_name"]);
    let registered = events(&desk, "org_registered");
    assert_eq!(
        (&body(&registered[0])["region"], &body(&registered[0])["industry"]),
        (&"370202".into(), &Value::Null)
    );
}
