//! Headings: the row in which a sheet names its columns, found by words; and what stands above it.

use std::collections::BTreeSet;

use jinqiao_events::value::amount::Unit;
use jinqiao_events::value::occurred::{Occurred, parse_date};
use unicode_normalization::UnicodeNormalization;

use super::table::{Row, Sheet, clean};

/// How many filled rows a heading may have above it.
const ROWS_ABOVE_MAX: usize = 20;

/// Columns that say nothing of the matter.
const OFFICE_COLUMNS: [&str; 9] =
    ["", "序号", "编号", "备注", "说明", "经办人", "填表人", "填报人", "审核人"];

/// A column that a form knows. Two columns are the same when their names are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// As a form should head it.
    pub(super) name: &'static str,
    /// What else it is headed.
    pub(super) also: &'static [&'static str],
    /// Whether a sheet without it is not of this form.
    pub(super) required: bool,
}

impl Column {
    pub(super) const fn required(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: true }
    }

    pub(super) const fn optional(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: false }
    }

    fn is_headed(&self, word: &str) -> bool {
        word == self.name || self.also.contains(&word)
    }

    /// Whether the column is headed so but for words that offices put one for another.
    fn is_like(&self, word: &str) -> bool {
        let plain = plain_word(word);
        plain == plain_word(self.name) || self.also.iter().any(|also| plain == plain_word(also))
    }
}

/// Where a column was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    name: &'static str,
    index: usize,
    /// As the sheet heads it.
    written: String,
    unit: Option<Unit>,
}

/// The heading of a sheet, and the rows above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heading {
    found: Vec<Found>,
    /// The words of the heading row: a row that repeats them is the heading of the next printed page.
    words: Vec<String>,
    /// Texts above the heading, one a cell.
    pub(super) titles: Vec<String>,
    /// How many filled rows to skip to come to the data.
    pub(super) skip: usize,
    /// What a number counts when neither the cell nor its heading says so.
    unit: Option<Unit>,
}

/// Why a sheet has no heading of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Missing {
    /// The required columns that were not found in the best row.
    pub(super) columns: Vec<&'static str>,
    /// What that row says instead.
    pub(super) words: Vec<String>,
    /// How many columns were found.
    pub(super) matched: usize,
}

impl Heading {
    /// Finds the row, or the two or three rows, that name the most columns.
    pub(super) fn find(sheet: &Sheet, columns: &[&'static Column]) -> Result<Self, Missing> {
        let mut best = Self::default();
        for (index, row) in sheet.rows.iter().take(ROWS_ABOVE_MAX).enumerate() {
            let words = words_of(row);
            let alone = Self::of(&words, columns, index + 1);
            let below = sheet.rows.get(index + 1).map(words_of).unwrap_or_default();
            let two = joined(&words, &below);
            let third = sheet.rows.get(index + 2).map(words_of).unwrap_or_default();
            let all = Self::of(&joined(&two, &third), columns, index + 3);
            let both = Self::of(&two, columns, index + 2);
            // A heading merged over two rows reads the same in both: the lower one is taken.
            let follows_best = alone.found.len() == best.found.len() && index == best.skip;
            if alone.found.len() > best.found.len() || (follows_best && index > 0) {
                best = alone;
            }
            if both.found.len() > best.found.len() {
                best = both;
            }
            if all.found.len() > best.found.len() {
                best = all;
            }
        }
        let missing = columns.iter().filter(|column| column.required && best.index(column).is_none());
        let columns: Vec<_> = missing.map(|column| column.name).collect();
        if !columns.is_empty() {
            let words = best.words.into_iter().filter(|word| !word.is_empty()).collect();
            return Err(Missing { columns, words, matched: best.found.len() });
        }
        let above = best.skip.saturating_sub(1);
        let cells = sheet.rows.iter().take(above).flat_map(Row::filled);
        best.titles =
            cells.map(super::table::Cell::text).filter(|title| !best.words.contains(title)).collect();
        best.unit = best.titles.iter().find_map(|title| unit_note(title));
        Ok(best)
    }

    fn of(words: &[String], columns: &[&'static Column], skip: usize) -> Self {
        let mut found: Vec<Found> = Vec::new();
        let fits: [fn(&Column, &str) -> bool; 2] = [Column::is_headed, Column::is_like];
        // What heads a column in so many words goes before what is only like it.
        for fits in fits {
            for (index, written) in words.iter().enumerate() {
                let (word, unit) = split_unit(written);
                let is_free = |column: &&&Column| found.iter().all(|found| found.name != column.name);
                let is_taken = found.iter().any(|found| found.index == index);
                let known = columns.iter().filter(is_free).find(|column| fits(column, &word));
                if let Some(column) = known.filter(|_| !is_taken) {
                    found.push(Found { name: column.name, index, written: written.clone(), unit });
                }
            }
        }
        Self { found, words: words.to_vec(), skip, ..Self::default() }
    }

    fn get(&self, column: &Column) -> Option<&Found> {
        self.found.iter().find(|found| found.name == column.name)
    }

    /// Where the column is, from 0.
    pub(super) fn index(&self, column: &Column) -> Option<usize> {
        self.get(column).map(|found| found.index)
    }

    /// The column as the sheet heads it, for messages.
    pub(super) fn written(&self, column: &Column) -> String {
        self.get(column).map_or(column.name, |found| &found.written).to_owned()
    }

    /// What a number in the column counts.
    pub(super) fn unit(&self, column: &Column) -> Unit {
        self.get(column).and_then(|found| found.unit).or(self.unit).unwrap_or_default()
    }

    /// The headings of columns that no column of the form is, each once; those that offices put for themselves apart.
    pub(super) fn unread(&self) -> BTreeSet<&str> {
        let is_read = |index: &usize| self.found.iter().any(|found| found.index == *index);
        let words = self.words.iter().enumerate().filter(|(index, _)| !is_read(index));
        words
            .map(|(_, word)| word.as_str())
            .filter(|word| !OFFICE_COLUMNS.contains(&split_unit(word).0.as_str()))
            .collect()
    }

    /// Whether the row is the heading once more.
    pub(super) fn is_repeated_by(&self, row: &Row) -> bool {
        words_of(row)
            .iter()
            .filter(|word| !word.is_empty())
            .eq(self.words.iter().filter(|word| !word.is_empty()))
    }

    /// The month, or day, that the titles speak of: `（2026年10月）`.
    pub(super) fn title_date(&self) -> Option<Occurred> {
        self.titles.iter().find_map(|title| date_in(title))
    }
}

fn words_of(row: &Row) -> Vec<String> {
    row.cells.iter().map(super::table::Cell::text).collect()
}

fn joined(upper: &[String], lower: &[String]) -> Vec<String> {
    let width = upper.len().max(lower.len());
    let word = |words: &[String], index: usize| words.get(index).filter(|word| !word.is_empty()).cloned();
    (0..width).map(|index| word(lower, index).or_else(|| word(upper, index)).unwrap_or_default()).collect()
}

/// A heading with one word for those that mean the same in any table: 公司名称 is 企业名称, 签约时间 is 签约日期.
fn plain_word(word: &str) -> String {
    let mut plain =
        word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、')).to_owned();
    for (one, other) in
        [("公司", "企业"), ("时间", "日期"), ("年月日", "日期"), ("商协会", "商会"), ("全称", "名称")]
    {
        plain = plain.replace(one, other);
    }
    for end in ["名称", "姓名", "情况"] {
        match plain.strip_suffix(end) {
            Some(rest) if rest.chars().count() >= 2 => plain.truncate(rest.len()),
            Some(_) | None => {}
        }
    }
    plain
}

/// A heading without spaces, marks and what stands in brackets; and the unit that stands in them.
fn split_unit(written: &str) -> (String, Option<Unit>) {
    let plain: String = written.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':')).collect();
    // Brackets that belong to a word of the field.
    let plain = plain
        .to_lowercase()
        .replace("商(协)会", "商协会")
        .replace("区(市)", "区市")
        .replace("镇(街道)", "镇街道");
    let (word, rest) = plain.split_once(['(', '[', '【', '/']).unwrap_or((&plain, ""));
    (word.to_owned(), unit_in(rest))
}

/// `单位：万元` above the heading.
fn unit_note(title: &str) -> Option<Unit> {
    let plain: String = title.nfkc().filter(|c| !c.is_whitespace()).collect();
    let (_, after) = plain.split_once("单位:")?;
    unit_in(after.split([')', ']', ';', ',']).next().unwrap_or_default())
}

fn unit_in(text: &str) -> Option<Unit> {
    let text =
        text.trim_start_matches("单位:").trim_start_matches("人民币").trim_end_matches([')', ']', '】']);
    match text {
        "元" => Some(Unit::Yuan),
        "万元" => Some(Unit::Wan),
        "亿元" => Some(Unit::Yi),
        _ => None,
    }
}

/// The first month or day in a text: `…（2026年10月）`, `…2026年3月12日…`.
pub(super) fn date_in(text: &str) -> Option<Occurred> {
    let plain: String = clean(text).nfkc().collect();
    let starts = plain.match_indices('年').filter_map(|(year, _)| year.checked_sub(4));
    starts.filter_map(|start| plain.get(start..)).find_map(|from_year| {
        let end = |mark: char| from_year.find(mark).map(|at| at + mark.len_utf8());
        let candidates = [end('日'), end('月')].into_iter().flatten();
        candidates.filter_map(|end| from_year.get(..end)).find_map(|text| parse_date(text).ok())
    })
}

#[cfg(test)]
mod tests {
    use super::super::table::Cell;
    use super::*;

    const NAME: Column = Column::required("企业名称", &["单位名称", "名称"]);
    const AMOUNT: Column = Column::required("金额", &["采购金额"]);
    const NOTE: Column = Column::optional("备注", &[]);
    const COLUMNS: &[&Column] = &[&NAME, &AMOUNT, &NOTE];

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let cells = |row: &&[&str]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        let rows = (1..).zip(rows).map(|(number, row)| Row { number, cells: cells(row) }).collect();
        Sheet { name: None, rows }
    }

    #[test]
    fn a_heading_is_found_below_titles_with_synonyms_spaces_and_units() {
        let sheet =
            sheet(&[&["台账（2026年10月）"], &["序号", "单位 名称", "采购金额（万元）"], &["1", "甲", "3"]]);
        let heading = Heading::find(&sheet, COLUMNS).unwrap();
        assert_eq!(
            (heading.index(&NAME), heading.index(&AMOUNT), heading.index(&NOTE)),
            (Some(1), Some(2), None)
        );
        assert_eq!((heading.skip, heading.unit(&AMOUNT)), (2, Unit::Wan));
        assert_eq!(heading.written(&AMOUNT), "采购金额（万元）");
        assert_eq!(heading.title_date(), "2026-10".parse().ok());
    }

    #[test]
    fn words_that_mean_the_same_head_the_same_column_and_an_exact_one_goes_first() {
        let heads = |words: &[&str]| Heading::find(&sheet(&[words, &["甲", "3"]]), COLUMNS);
        for name in ["公司名称", "企业全称", "1.单位名称", "企业（单位）名称", "公司（盖章）"]
        {
            assert_eq!(heads(&[name, "采购金额"]).map(|heading| heading.index(&NAME)), Ok(Some(0)), "{name}");
        }
        let both = heads(&["公司名称", "企业名称", "金额"]).unwrap();
        assert_eq!((both.index(&NAME), both.written(&NAME)), (Some(1), "企业名称".to_owned()));
        assert_eq!(plain_word("所属商协会"), plain_word("所属商会名称"));
        assert_ne!(plain_word("登记日期"), plain_word("成立时间"));
        assert!(heads(&["联系人", "金额"]).is_err());
        let more = heads(&["企业名称", "金额", "备 注", "经办人", "评价等级"]).unwrap();
        assert_eq!(more.unread().into_iter().collect::<Vec<_>>(), ["评价等级"]);
    }

    #[test]
    fn a_heading_of_two_rows_is_read_from_the_lower_row_first() {
        let sheet = sheet(&[
            &["序号", "企业名称", "采购情况", ""],
            &["", "", "内容", "金额"],
            &["1", "甲", "砖", "3"],
        ]);
        let heading = Heading::find(&sheet, COLUMNS).unwrap();
        assert_eq!((heading.skip, heading.index(&NAME), heading.index(&AMOUNT)), (2, Some(1), Some(3)));
    }

    #[test]
    fn a_heading_merged_over_two_rows_leaves_no_heading_row_among_the_data() {
        let words: &[&str] = &["企业名称", "金额"];
        let heading = Heading::find(&sheet(&[words, words, &["甲", "3"]]), COLUMNS).unwrap();
        assert_eq!(heading.skip, 2);
    }

    #[test]
    fn a_missing_column_is_named_with_what_was_found() {
        let missing = Heading::find(&sheet(&[&["企业名称", "总价"], &["甲", "3"]]), COLUMNS).unwrap_err();
        assert_eq!(missing.columns, ["金额"]);
        assert_eq!(missing.words, ["企业名称", "总价"]);
    }

    #[test]
    fn a_note_above_the_heading_gives_the_unit() {
        let sheet = sheet(&[&["明细（单位：万元）"], &["企业名称", "金额"], &["甲", "3"]]);
        assert_eq!(Heading::find(&sheet, COLUMNS).unwrap().unit(&AMOUNT), Unit::Wan);
        let named = unit_note("承办单位：青岛商会");
        assert_eq!(named, None);
    }

    #[test]
    fn months_and_days_are_found_in_a_text() {
        assert_eq!(date_in("会员企业名录（2026年10月）"), "2026-10".parse().ok());
        assert_eq!(date_in("时间：2026年3月12日14:00　地点：二楼"), "2026-03-12".parse().ok());
        assert_eq!(date_in("2026年签约项目台账"), None);
        assert_eq!(date_in("年年有余"), None);
    }
}
