//! Numbers in Arabic or Chinese digits, or both mixed: `1,500`, `1.5亿`, `1亿5000万`, `三百二十五`, `叁佰元伍角`.

use super::{Approximator, Fault, marks::Marks};

/// One, as numbers are kept here: in 10^-16, so that a ten-thousandth of a 分 in 亿元 still has its place.
pub(super) const ONE: i128 = 10_i128.pow(DECIMALS);
const DECIMALS: u32 = 16;
const WAN: i128 = 10_000;
const YI: i128 = 100_000_000;

/// A number that was read.
pub(super) struct Number {
    /// Its value in units of 1 / [`ONE`].
    pub(super) scaled: i128,
    /// The 万 or 亿 that it ends with (1: none); already part of `scaled`.
    pub(super) big_unit: i128,
    /// 元 stands behind it.
    pub(super) unit_said: bool,
}

/// Reads a number with 元, 角 and 分 behind it or not. 多 or 余 inside is noted in `marks`.
pub(super) fn read_number(text: &str, marks: &mut Marks) -> Result<Number, Fault> {
    let text = take_some_more(text, marks)?;
    let (main, small, unit_said) = match text.split_once(['元', '圆', '块']) {
        Some((main, small)) => (main, small, true),
        None => (text.as_str(), "", false),
    };
    let mut number = Reading::default();
    number.read(main)?;
    let (mut scaled, big_unit) = number.finish()?;
    scaled = scaled.checked_add(read_small_change(small)?).ok_or(Fault::TooLarge)?;
    Ok(Number { scaled, big_unit, unit_said })
}

/// Takes 多 or 余 out of `70多万元`, `2500余`, `1亿多元`.
fn take_some_more(text: &str, marks: &mut Marks) -> Result<String, Fault> {
    match text.find(['多', '余']) {
        Some(place) if place > 0 => {
            marks.note_approx(Approximator::SomeMore)?;
            Ok(text.chars().filter(|c| !matches!(c, '多' | '余')).collect())
        }
        Some(_) => Err(Fault::Ambiguous),
        None => Ok(text.to_owned()),
    }
}

/// `伍角贰分`, `5角`, `零2分` behind 元.
fn read_small_change(text: &str) -> Result<i128, Fault> {
    let mut rest = text.trim_start_matches('零');
    let mut sum = 0;
    for (unit, parts) in [('角', 10), ('分', 100)] {
        if let Some((digit, after)) = rest.split_once(unit) {
            let mut characters = digit.trim_start_matches('零').chars();
            let value = match (characters.next().and_then(digit_value), characters.next()) {
                (Some(value), None) => value,
                _ => return Err(Fault::Ambiguous),
            };
            sum += value * ONE / parts;
            rest = after;
        }
    }
    if rest.is_empty() { Ok(sum) } else { Err(Fault::Ambiguous) }
}

/// The state of reading a number from left to right.
#[derive(Default)]
struct Reading {
    /// What stands before the last 万 or 亿, multiplied.
    total: i128,
    /// What stands after it and has its 十, 百 or 千.
    section: i128,
    /// Digits that nothing has multiplied yet.
    pending: Option<i128>,
    /// The last 十, 百 or 千 of this section (0: none).
    last_small: i128,
    /// The last 万 or 亿 (0: none).
    last_big: i128,
    /// A 零 stands before the pending digits.
    after_zero: bool,
}

impl Reading {
    fn read(&mut self, text: &str) -> Result<(), Fault> {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let token_end = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
            let (token, after) = if is_arabic(first) {
                rest.split_at(token_end(is_arabic))
            } else if is_chinese_digit(first) {
                rest.split_at(token_end(is_chinese_digit))
            } else {
                rest.split_at(first.len_utf8())
            };
            match multiplier(first) {
                Some(size) if size >= WAN => self.multiply_big(size)?,
                Some(size) => self.multiply_small(size)?,
                None => self.take_digits(token)?,
            }
            rest = after;
        }
        Ok(())
    }

    fn take_digits(&mut self, token: &str) -> Result<(), Fault> {
        if self.pending.is_some() {
            return Err(Fault::Ambiguous);
        }
        self.after_zero = token.starts_with(['零', '〇']);
        self.pending = Some(if token.starts_with(is_arabic) { arabic(token)? } else { chinese(token)? });
        Ok(())
    }

    fn multiply_small(&mut self, size: i128) -> Result<(), Fault> {
        if self.last_small != 0 && size >= self.last_small {
            return Err(Fault::Ambiguous);
        }
        let digits = match self.pending.take() {
            Some(digits) => digits,
            None if size == 10 => ONE,
            None => return Err(Fault::Ambiguous),
        };
        let product = digits.checked_mul(size).ok_or(Fault::TooLarge)?;
        self.section = self.section.checked_add(product).ok_or(Fault::TooLarge)?;
        self.last_small = size;
        self.after_zero = false;
        Ok(())
    }

    /// 万 multiplies its section; 亿 multiplies everything before it (一万亿). Either stands once.
    fn multiply_big(&mut self, size: i128) -> Result<(), Fault> {
        let nothing_between = self.pending.is_none() && self.section == 0;
        let is_wan_yi = size == YI && self.last_big == WAN && nothing_between;
        let is_in_order = self.last_big == 0 || self.last_big > size;
        if !(is_wan_yi || (is_in_order && !nothing_between)) {
            return Err(Fault::Ambiguous);
        }
        let section = self.settle_section(self.last_small)?;
        if self.last_big > size && section >= self.last_big / size * ONE {
            return Err(Fault::Ambiguous);
        }
        self.total = if is_wan_yi {
            self.total.checked_mul(size)
        } else {
            section.checked_mul(size).and_then(|product| self.total.checked_add(product))
        }
        .ok_or(Fault::TooLarge)?;
        self.last_big = size;
        self.last_small = 0;
        Ok(())
    }

    /// The section with its last digits, which stand after `last`. Digits right after 百, 千 or 万 that leave
    /// places out without a 零 (一百五, 3万5) mean one thing in speech and another in books: they are refused.
    fn settle_section(&mut self, last: i128) -> Result<i128, Fault> {
        let Some(digits) = self.pending.take() else {
            return Ok(std::mem::take(&mut self.section));
        };
        let too_long = last != 0 && digits >= last * ONE;
        let leaves_places_out = last != 0 && !self.after_zero && digits < last / 10 * ONE;
        if too_long || leaves_places_out {
            return Err(Fault::Ambiguous);
        }
        self.after_zero = false;
        std::mem::take(&mut self.section).checked_add(digits).ok_or(Fault::TooLarge)
    }

    /// The value, and the 万 or 亿 at the very end.
    fn finish(mut self) -> Result<(i128, i128), Fault> {
        let is_empty = self.total == 0 && self.section == 0 && self.pending.is_none() && self.last_big == 0;
        if is_empty {
            return Err(Fault::Ambiguous);
        }
        let last = if self.last_small != 0 { self.last_small } else { self.last_big };
        let section = self.settle_section(last)?;
        let value = self.total.checked_add(section).ok_or(Fault::TooLarge)?;
        Ok((value, self.last_big.max(1)))
    }
}

const fn is_arabic(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '.' | ',')
}

fn is_chinese_digit(character: char) -> bool {
    character == '点' || (!character.is_ascii() && digit_value(character).is_some())
}

fn multiplier(character: char) -> Option<i128> {
    match character {
        '十' | '拾' => Some(10),
        '百' | '佰' => Some(100),
        '千' | '仟' => Some(1_000),
        '万' | '萬' => Some(WAN),
        '亿' | '億' => Some(YI),
        _ => None,
    }
}

fn digit_value(character: char) -> Option<i128> {
    match character {
        '零' | '〇' => Some(0),
        '一' | '壹' => Some(1),
        '二' | '贰' | '貳' | '两' => Some(2),
        '三' | '叁' | '參' => Some(3),
        '四' | '肆' => Some(4),
        '五' | '伍' => Some(5),
        '六' | '陆' | '陸' => Some(6),
        '七' | '柒' => Some(7),
        '八' | '捌' => Some(8),
        '九' | '玖' => Some(9),
        _ => character.to_digit(10).map(i128::from),
    }
}

/// `1500`, `12,345.00`: commas stand between groups of three or not at all.
fn arabic(token: &str) -> Result<i128, Fault> {
    let (whole, fraction) = token.split_once('.').unwrap_or((token, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped_rightly = groups.iter().skip(1).all(|group| group.len() == 3)
        && (groups.len() == 1 || groups.first().is_some_and(|group| (1..=3).contains(&group.len())));
    let has_dangling_point = token.ends_with('.') || whole.is_empty();
    if !grouped_rightly || has_dangling_point || fraction.contains([',', '.']) {
        return Err(Fault::Ambiguous);
    }
    decimal(whole.chars().filter(char::is_ascii_digit), fraction.chars())
}

/// `三`, `二〇〇`, `一点五`.
fn chinese(token: &str) -> Result<i128, Fault> {
    match token.split_once('点') {
        Some((whole, fraction)) if whole.is_empty() || fraction.is_empty() => Err(Fault::Ambiguous),
        Some((whole, fraction)) => decimal(whole.chars(), fraction.chars()),
        None => decimal(token.chars(), "".chars()),
    }
}

fn decimal(whole: impl Iterator<Item = char>, fraction: impl Iterator<Item = char>) -> Result<i128, Fault> {
    let mut value: i128 = 0;
    for character in whole {
        let digit = digit_value(character).ok_or(Fault::Ambiguous)?;
        value = value.checked_mul(10).and_then(|tens| tens.checked_add(digit)).ok_or(Fault::TooLarge)?;
    }
    value = value.checked_mul(ONE).ok_or(Fault::TooLarge)?;
    let mut place = ONE;
    for character in fraction {
        place /= 10;
        let digit = digit_value(character).ok_or(Fault::Ambiguous)?;
        if place == 0 && digit != 0 {
            return Err(Fault::Ambiguous);
        }
        value = value.checked_add(digit * place).ok_or(Fault::TooLarge)?;
    }
    Ok(value)
}
