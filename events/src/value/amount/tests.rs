use super::*;
use proptest::prelude::*;

fn amount(text: &str) -> Amount {
    parse_amount(text, Unit::Yuan).unwrap().stated().unwrap()
}

fn fen(text: &str) -> i64 {
    amount(text).fen.get()
}

fn refusal(text: &str) -> &'static str {
    parse_amount(text, Unit::Yuan).map(|_| text.to_owned()).unwrap_err().code()
}

#[test]
fn every_office_form_is_read_exactly() {
    let cases = [
        ("67亿元", 670_000_000_000),
        ("1.5亿", 15_000_000_000),
        ("15000万", 15_000_000_000),
        ("１５０００万元", 15_000_000_000),
        ("1,500万", 1_500_000_000),
        ("\"12,345.00\"", 1_234_500),
        ("12345.6", 1_234_560),
        ("叁佰万", 300_000_000),
        ("三百万元", 300_000_000),
        ("叁佰万元整", 300_000_000),
        ("三百二十五万", 325_000_000),
        ("十二万", 12_000_000),
        ("一千零五元", 100_500),
        ("二〇〇元", 20_000),
        ("一点五亿", 15_000_000_000),
        ("一万亿", 100_000_000_000_000),
        ("壹拾贰万叁仟肆佰伍拾陆元柒角捌分", 12_345_678),
        ("叁佰元零伍分", 30_005),
        ("1亿5000万", 15_000_000_000),
        ("1亿500万元", 10_500_000_000),
        ("3万5千", 3_500_000),
        ("1万2345元", 1_234_500),
        ("5.205亿元", 52_050_000_000),
        ("0.00000001亿元", 100),
        ("0.01元", 1),
        ("0", 0),
        ("人民币 300 万元", 300_000_000),
        ("300万元（人民币）", 300_000_000),
        ("￥500", 50_000),
    ];
    for (text, expected) in cases {
        assert_eq!(fen(text), expected, "{text}");
    }
}

#[test]
fn a_number_without_a_unit_counts_the_unit_of_its_column() {
    let in_wan = |text| parse_amount(text, Unit::Wan).unwrap().stated().unwrap().fen.get();
    assert_eq!(in_wan("723"), 723_000_000);
    assert_eq!(in_wan("三百"), 300_000_000);
    assert_eq!(in_wan("5000元"), 500_000);
    assert_eq!(in_wan("1.5亿"), 15_000_000_000);
    assert_eq!(in_wan("0.36"), 360_000);
}

#[test]
fn a_range_has_two_ends_and_one_unit() {
    for text in
        ["200–300万", "200-300万元", "200～300万元", "200万元至300万元", "二百到三百万", "200万-300万"]
    {
        assert_eq!(fen(text), 200_000_000, "{text}");
        assert_eq!(amount(text).fen_high, Some(Fen::new(300_000_000)), "{text}");
    }
    assert_eq!(amount("5000万-1亿").fen_high, Some(Fen::new(10_000_000_000)));
    let in_wan = parse_amount("200-300元", Unit::Wan).unwrap().stated().unwrap();
    assert_eq!((in_wan.fen.get(), in_wan.fen_high), (20_000, Some(Fen::new(30_000))));
}

#[test]
fn approximators_are_flags_beside_the_written_number() {
    let cases = [
        ("70多万", Approximator::SomeMore, 70_000_000),
        ("2500余", Approximator::SomeMore, 250_000),
        ("2500余万元", Approximator::SomeMore, 2_500_000_000),
        ("1亿多元", Approximator::SomeMore, 10_000_000_000),
        ("近3亿元", Approximator::Nearly, 30_000_000_000),
        ("逾500万", Approximator::Over, 500_000_000),
        ("3000万元以上", Approximator::Over, 3_000_000_000),
        ("约1000万元", Approximator::About, 1_000_000_000),
        ("人民币约1000万元", Approximator::About, 1_000_000_000),
        ("1000万元左右", Approximator::About, 1_000_000_000),
    ];
    for (text, approx, expected) in cases {
        assert_eq!(amount(text).approx, Some(approx), "{text}");
        assert_eq!(fen(text), expected, "{text}");
    }
    assert_eq!(amount("1000万元").approx, None);
}

#[test]
fn goods_and_foreign_money_are_told_apart() {
    assert!(amount("折合0.36万元").in_kind && !amount("0.36万元").in_kind);
    assert_eq!((fen("折合0.36万元"), fen("折人民币3600元")), (360_000, 360_000));
    let foreign = amount("1,200万美元");
    assert_eq!((foreign.fen.get(), foreign.currency), (1_200_000_000, Currency::USD));
    assert_eq!(amount("US$500").currency, Currency::USD);
    assert_eq!(amount("50亿日元").currency.code(), "JPY");
    assert_eq!(amount("300万").currency, Currency::CNY);
}

#[test]
fn what_is_not_settled_is_no_error_and_what_is_empty_is_missing() {
    assert_eq!(parse_amount("面议", Unit::Yuan), Ok(ParsedAmount::Unstated));
    assert_eq!(parse_amount(" 待 定 ", Unit::Wan), Ok(ParsedAmount::Unstated));
    for text in ["", "\u{3000}", "-", "—", "/", "无"] {
        assert_eq!(refusal(text), "amount_missing", "{text}");
    }
}

#[test]
fn what_is_not_exactly_one_amount_is_ambiguous() {
    let texts = [
        "若干",
        "数百万元",
        "几十万",
        "上亿",
        "一百五",
        "3万5",
        "一千五万",
        "1,5万",
        "1,0000",
        "12,34.5",
        "1.2.3",
        ".5",
        "5.",
        "586万元+折合360万元",
        "200万元、300万元",
        "300-200万",
        "1-2-3万",
        "2020-05-17",
        "0.001元",
        "1元5",
        "万元",
        "多万",
        "5万吨",
        "3百5千",
        "1亿20000万",
        "万万",
        "1亿亿",
        "一二三万四",
        "-若干",
        "--5",
        "近约5万",
        "人民币5万美元",
        "五角六",
        "100 万 元 abc",
        "1e5",
        "１．５．",
        "点五",
    ];
    for text in texts {
        assert_eq!(refusal(text), "amount_ambiguous", "{text}");
    }
}

#[test]
fn negative_and_too_large_amounts_are_out_of_range() {
    let long = "9".repeat(60);
    for text in [
        "-5000万元",
        "\"-539,911.00\"",
        "－300",
        "负三百万",
        "99999999999999999999",
        "9223372036854775808",
        &long,
    ] {
        assert_eq!(refusal(text), "amount_range", "{text}");
    }
    assert_eq!(fen("92233720368547758.07"), i64::MAX);
    assert_eq!(refusal("92233720368547758.08"), "amount_range");
    assert_eq!(refusal("100000万亿"), "amount_range");
}

#[test]
fn number_cells_give_back_the_decimal_that_was_typed() {
    let cell = |number, unit| {
        parse_amount_cell(number, unit).map(|p| p.stated().unwrap().fen.get()).map_err(|e| e.code())
    };
    assert_eq!(cell(723.0, Unit::Wan), Ok(723_000_000));
    assert_eq!(cell(0.1 + 0.2, Unit::Yuan), Ok(30));
    assert_eq!(cell(74_989_674.70, Unit::Yuan), Ok(7_498_967_470));
    assert_eq!(cell(0.36, Unit::Wan), Ok(360_000));
    assert_eq!(cell(1e15, Unit::Yuan), Ok(100_000_000_000_000_000));
    assert_eq!(cell(0.0, Unit::Yuan), Ok(0));
    assert_eq!(cell(1.0 / 3.0, Unit::Yuan), Err("amount_ambiguous"));
    assert_eq!(cell(-1.0, Unit::Yuan), Err("amount_range"));
    assert_eq!(cell(1e300, Unit::Yuan), Err("amount_range"));
    assert_eq!(cell(1e-300, Unit::Yuan), Err("amount_ambiguous"));
    assert_eq!(cell(f64::NAN, Unit::Yuan), Err("amount_ambiguous"));
    assert_eq!(cell(f64::INFINITY, Unit::Yuan), Err("amount_ambiguous"));
}

/// An independent speller of whole numbers in formal Chinese, for round trips.
fn spell(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
    let section = |n: u64| {
        let mut text = String::new();
        for (size, word) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
            match (n / size % 10, text.is_empty()) {
                (0, true) => {}
                (0, false) if n.is_multiple_of(size) || text.ends_with('零') => {}
                (0, false) => text.push('零'),
                (digit, _) => text += &format!("{}{word}", DIGITS[usize::try_from(digit).unwrap()]),
            }
        }
        text
    };
    let mut text = String::new();
    for (size, word) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let part = number / size % 10_000;
        if part > 0 {
            let gap = if !text.is_empty() && part < 1000 { "零" } else { "" };
            text += &format!("{gap}{}{word}", section(part));
        }
    }
    text
}

proptest! {
    #[test]
    fn what_is_displayed_is_read_back(value in 0..=i64::MAX) {
        let value = Fen::new(value);
        prop_assert_eq!(amount(&value.display_zh()).fen, value);
        prop_assert_eq!(amount(&value.yuan_text()).fen, value);
    }

    #[test]
    fn chinese_numerals_read_as_their_number(number in 1u64..1_000_000_000_000) {
        prop_assert_eq!(fen(&format!("{}元整", spell(number))), i64::try_from(number * 100).unwrap());
    }

    #[test]
    fn cells_with_two_decimals_read_exactly(cents in 0i64..100_000_000_000_000) {
        let text = Fen::new(cents).yuan_text();
        let number: f64 = text.parse().unwrap();
        let read = parse_amount_cell(number, Unit::Yuan).unwrap().stated().unwrap();
        prop_assert_eq!(read.fen.get(), cents);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[0-9.,万亿千百十零一五点元角分多余约近折合–~至\\-]{0,12}|.*") {
        if let Ok(ParsedAmount::Stated(amount)) = parse_amount(&text, Unit::Yi) {
            prop_assert!(!amount.fen.is_negative() && amount.fen_high.is_none_or(|high| high > amount.fen));
        }
    }

    #[test]
    fn no_number_makes_it_panic(number: f64) {
        let _ = parse_amount_cell(number, Unit::Yi);
    }
}
