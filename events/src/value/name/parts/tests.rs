use super::*;
use proptest::prelude::*;

fn parts(name: &str) -> [String; 4] {
    let NameParts { region, trade_name, industry_words, form } = core(name);
    [region, trade_name, industry_words, form]
}

#[test]
fn names_come_apart_at_their_ends() {
    let cases = [
        ("青岛琅屿建设工程有限公司", ["青岛", "琅屿", "建设工程", "有限公司"]),
        ("青岛市栎铭服饰有限公司", ["青岛市", "栎铭", "服饰", "有限公司"]),
        ("山东琅屿建设工程集团有限公司", ["山东", "琅屿", "建设工程", "集团有限公司"]),
        ("砚屿微电子（青岛）有限公司", ["青岛", "砚屿", "微电子", "有限公司"]),
        ("鲲嵘软件（青岛）股份有限公司", ["青岛", "鲲嵘", "软件", "股份有限公司"]),
        ("山东省青岛市砚曜数据服务有限责任公司", ["山东省青岛市", "砚曜", "数据服务", "有限责任公司"]),
        ("青岛西海岸新区岱曜仓储有限公司", ["青岛西海岸新区", "岱曜", "仓储", "有限公司"]),
        ("深圳粤创控股集团", ["深圳", "粤创", "", "控股集团"]),
        ("深圳粤创（集团）有限公司", ["深圳", "粤创", "", "(集团)有限公司"]),
        ("岳璧多式", ["", "岳璧多式", "", ""]),
        ("青岛市浙江商会", ["青岛市", "浙江", "", "商会"]),
        ("青岛琅峤投资合伙企业（有限合伙）", ["青岛", "琅峤", "投资", "合伙企业(有限合伙)"]),
    ];
    for (name, expected) in cases {
        assert_eq!(parts(name), expected, "{name}");
    }
}

#[test]
fn what_looks_like_a_region_or_a_form_inside_a_name_stays_there() {
    let cases = [
        ("赢青岛软件有限公司", ["", "赢青岛", "软件", "有限公司"]),
        ("东方电气有限公司", ["", "东方", "电气", "有限公司"]),
        ("青岛公司湾科技有限公司", ["青岛", "公司湾", "科技", "有限公司"]),
        ("有限公司", ["", "有限", "", "公司"]),
        ("青岛建设集团", ["", "青岛", "建设", "集团"]),
    ];
    for (name, expected) in cases {
        assert_eq!(parts(name), expected, "{name}");
    }
}

#[test]
fn a_short_name_is_proposed_for_its_full_name() {
    let pairs = [
        ("琅屿建设", "青岛琅屿建设工程有限公司"),
        ("粤创", "深圳粤创控股集团"),
        ("粤创集团", "深圳粤创控股集团有限公司"),
        ("岳璧多式", "青岛岳璧多式联运有限公司"),
        ("青岛琅屿", "青岛市琅屿建设工程有限公司"),
        ("岱衡软件公司", "青岛岱衡软件有限公司"),
        ("栎峤机器", "青岛栎峤机器人有限公司"),
        ("砚屿微电", "砚屿微电子（青岛）有限公司"),
        ("金马", "大连金马渔港集团有限公司"),
        ("浙江商会", "青岛市浙江商会"),
    ];
    for (short, full) in pairs {
        assert!(may_be_short_of(short, full), "{short} of {full}");
    }
}

#[test]
fn a_name_is_not_proposed_for_another_firm() {
    let pairs = [
        ("琅屿建设", "青岛琅屿软件有限公司"),
        ("琅屿", "琅屿"),
        ("青岛琅屿", "大连琅屿建设工程有限公司"),
        ("青岛", "青岛琅屿建设工程有限公司"),
        ("建设工程", "青岛琅屿建设工程有限公司"),
        ("琅屿建设股份有限公司", "青岛琅屿建设工程有限公司"),
        ("琅", "青岛琅屿建设工程有限公司"),
        ("", "青岛琅屿建设工程有限公司"),
        ("有限公司", "青岛琅屿建设工程有限公司"),
        ("沧舟医疗科技(青岛)有限公司", "沧舟医疗科技（青岛）有限公司"),
    ];
    for (short, full) in pairs {
        assert!(!may_be_short_of(short, full), "{short} of {full}");
    }
}

proptest! {
    #[test]
    fn the_parts_of_a_name_without_brackets_are_the_name(name in "[青岛市山东琅屿建设软件有限公司集团商会]{1,16}") {
        prop_assert_eq!(parts(&name).concat(), name);
    }

    #[test]
    fn no_name_makes_it_panic(one: String, other: String) {
        let _ = (core(&one), may_be_short_of(&one, &other));
    }
}
