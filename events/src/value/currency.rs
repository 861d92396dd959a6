//! The currency of an amount.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

use super::text_value::{excerpt, text_value};

/// The active codes of ISO 4217 that name money, with `XXX` for amounts in no currency at all.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL \
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF XXX YER ZAR ZMW ZWG";

/// A currency of ISO 4217: three letters, `CNY` unless said otherwise.
///
/// Amounts are kept in hundredths of the main unit whatever the currency, also for those, like `JPY`, whose
/// coins have no hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// 人民币.
    pub const CNY: Currency = Currency("CNY");
    /// 美元.
    pub const USD: Currency = Currency("USD");
    /// No currency: points, shares, person-days and other counts that a register writes as an amount.
    pub const NONE: Currency = Currency("XXX");

    /// The three letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// What it is called in Chinese, behind a number; none of those that offices seldom write.
    #[must_use]
    pub fn name_zh(self) -> Option<&'static str> {
        Some(match self.0 {
            "CNY" => "元",
            "USD" => "美元",
            "EUR" => "欧元",
            "JPY" => "日元",
            "HKD" => "港元",
            "MOP" => "澳门元",
            "TWD" => "新台币",
            "KRW" => "韩元",
            "GBP" => "英镑",
            "SGD" => "新加坡元",
            "AUD" => "澳大利亚元",
            "CAD" => "加拿大元",
            _ => return None,
        })
    }

    /// A currency whose code is written in this crate's own tables.
    pub(crate) const fn known(code: &'static str) -> Currency {
        Currency(code)
    }
}

impl Default for Currency {
    fn default() -> Currency {
        Currency::CNY
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Currency, CurrencyError> {
        // Nearly every amount: reading a log asks this once an event.
        if text == Currency::CNY.0 {
            return Ok(Currency::CNY);
        }
        let code: String = text.trim().nfkc().flat_map(char::to_uppercase).collect();
        CODES
            .split(' ')
            .find(|known| *known == code)
            .map(Currency)
            .ok_or_else(|| CurrencyError { text: excerpt(text) })
    }
}

text_value!(Currency, CurrencyError, {
    "type": "string",
    "description": "ISO 4217 code; XXX means no currency",
    "pattern": "^[A-Z]{3}$",
});

/// The text names no currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("币种“{text}”不在 ISO 4217 之列，请写三个字母的代码，如 CNY、USD；没有币种写 XXX。")]
pub struct CurrencyError {
    text: String,
}

impl CurrencyError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "currency_code"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_code_round_trips() {
        for code in CODES.split(' ') {
            let currency: Currency = code.parse().unwrap();
            assert_eq!(currency.to_string(), code);
            assert_eq!(serde_json::to_string(&currency).unwrap(), format!("\"{code}\""));
        }
    }

    #[test]
    fn a_misspelt_code_is_refused() {
        assert_eq!("CYN".parse::<Currency>().unwrap_err().code(), "currency_code");
        assert!("".parse::<Currency>().is_err());
        assert!("CNY USD".parse::<Currency>().is_err());
    }

    #[test]
    fn case_and_width_do_not_matter() {
        assert_eq!(" ｕsd ".parse(), Ok(Currency::USD));
    }
}
