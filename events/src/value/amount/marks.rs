//! The words around a number: currency, approximators, 折合, a sign.

use super::{Approximator, Fault};
use crate::value::currency::Currency;

/// What the words around a number have said so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    pub(super) currency: Option<Currency>,
    pub(super) approx: Option<Approximator>,
    pub(super) in_kind: bool,
    /// The main unit is named (元, 美元), so the column's unit does not count.
    pub(super) unit_said: bool,
    pub(super) negative: bool,
}

#[derive(Clone, Copy)]
enum Mark {
    Approx(Approximator),
    Currency(Currency),
    /// A currency whose word is that of its main unit: 美元.
    MainUnit(Currency),
    InKind,
    Negative,
    Nothing,
}

const HKD: Currency = Currency::known("HKD");
const JPY: Currency = Currency::known("JPY");
const EUR: Currency = Currency::known("EUR");
const GBP: Currency = Currency::known("GBP");

/// Longer words stand before those that they begin with.
const PREFIXES: [(&str, Mark); 33] = [
    ("折合", Mark::InKind),
    ("折价", Mark::InKind),
    ("折款", Mark::InKind),
    ("作价", Mark::InKind),
    ("价值", Mark::InKind),
    ("折", Mark::InKind),
    ("大约", Mark::Approx(Approximator::About)),
    ("约", Mark::Approx(Approximator::About)),
    ("将近", Mark::Approx(Approximator::Nearly)),
    ("接近", Mark::Approx(Approximator::Nearly)),
    ("近", Mark::Approx(Approximator::Nearly)),
    ("逾", Mark::Approx(Approximator::Over)),
    ("超过", Mark::Approx(Approximator::Over)),
    ("超", Mark::Approx(Approximator::Over)),
    ("不少于", Mark::Approx(Approximator::Over)),
    ("不低于", Mark::Approx(Approximator::Over)),
    ("至少", Mark::Approx(Approximator::Over)),
    ("人民币", Mark::Currency(Currency::CNY)),
    ("RMB", Mark::Currency(Currency::CNY)),
    ("CNY", Mark::Currency(Currency::CNY)),
    ("¥", Mark::Currency(Currency::CNY)),
    ("US$", Mark::Currency(Currency::USD)),
    ("USD", Mark::Currency(Currency::USD)),
    ("$", Mark::Currency(Currency::USD)),
    ("HK$", Mark::Currency(HKD)),
    ("HKD", Mark::Currency(HKD)),
    ("EUR", Mark::Currency(EUR)),
    ("€", Mark::Currency(EUR)),
    ("£", Mark::Currency(GBP)),
    ("-", Mark::Negative),
    ("−", Mark::Negative),
    ("负", Mark::Negative),
    (":", Mark::Nothing),
];

const SUFFIXES: [(&str, Mark); 29] = [
    ("以上", Mark::Approx(Approximator::Over)),
    ("+", Mark::Approx(Approximator::Over)),
    ("左右", Mark::Approx(Approximator::About)),
    ("上下", Mark::Approx(Approximator::About)),
    ("(人民币)", Mark::Currency(Currency::CNY)),
    ("人民币", Mark::Currency(Currency::CNY)),
    ("RMB", Mark::Currency(Currency::CNY)),
    ("CNY", Mark::Currency(Currency::CNY)),
    ("美元", Mark::MainUnit(Currency::USD)),
    ("美金", Mark::MainUnit(Currency::USD)),
    ("USD", Mark::MainUnit(Currency::USD)),
    ("欧元", Mark::MainUnit(EUR)),
    ("EUR", Mark::MainUnit(EUR)),
    ("日元", Mark::MainUnit(JPY)),
    ("日圆", Mark::MainUnit(JPY)),
    ("JPY", Mark::MainUnit(JPY)),
    ("港元", Mark::MainUnit(HKD)),
    ("港币", Mark::MainUnit(HKD)),
    ("HKD", Mark::MainUnit(HKD)),
    ("英镑", Mark::MainUnit(GBP)),
    ("韩元", Mark::MainUnit(Currency::known("KRW"))),
    ("新台币", Mark::MainUnit(Currency::known("TWD"))),
    ("澳门元", Mark::MainUnit(Currency::known("MOP"))),
    ("澳元", Mark::MainUnit(Currency::known("AUD"))),
    ("加元", Mark::MainUnit(Currency::known("CAD"))),
    ("新加坡元", Mark::MainUnit(Currency::known("SGD"))),
    ("整", Mark::Nothing),
    ("正", Mark::Nothing),
    ("。", Mark::Nothing),
];

/// Takes the words around a number off, from both ends and in any order, and notes what they say.
pub(super) fn strip_marks<'a>(text: &'a str, marks: &mut Marks) -> Result<&'a str, Fault> {
    let mut rest = text;
    loop {
        let prefix = PREFIXES.iter().find_map(|(word, mark)| Some((rest.strip_prefix(word)?, *mark)));
        let found = prefix
            .or_else(|| SUFFIXES.iter().find_map(|(word, mark)| Some((rest.strip_suffix(word)?, *mark))));
        let Some((shorter, mark)) = found else {
            return Ok(rest);
        };
        marks.note(mark)?;
        rest = shorter;
    }
}

impl Marks {
    fn note(&mut self, mark: Mark) -> Result<(), Fault> {
        match mark {
            Mark::Approx(approx) => self.note_approx(approx)?,
            Mark::Currency(currency) => set_once(&mut self.currency, currency)?,
            Mark::MainUnit(currency) => {
                set_once(&mut self.currency, currency)?;
                self.unit_said = true;
            }
            Mark::InKind => self.in_kind = true,
            Mark::Negative if self.negative => return Err(Fault::Ambiguous),
            Mark::Negative => self.negative = true,
            Mark::Nothing => {}
        }
        Ok(())
    }

    pub(super) fn note_approx(&mut self, approx: Approximator) -> Result<(), Fault> {
        set_once(&mut self.approx, approx)
    }

    /// What both ends of a range say together, unless they contradict each other.
    pub(super) fn join(mut self, low: &Marks) -> Option<Marks> {
        if let Some(currency) = low.currency {
            set_once(&mut self.currency, currency).ok()?;
        }
        if let Some(approx) = low.approx {
            set_once(&mut self.approx, approx).ok()?;
        }
        self.in_kind |= low.in_kind;
        (!low.negative).then_some(self)
    }
}

/// Sets what may be said twice but not in two ways.
fn set_once<T: Copy + PartialEq>(place: &mut Option<T>, value: T) -> Result<(), Fault> {
    match place {
        Some(already) if *already != value => Err(Fault::Ambiguous),
        _ => {
            *place = Some(value);
            Ok(())
        }
    }
}
