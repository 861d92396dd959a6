//! 行政区划 (GB/T 2260): provinces, cities, counties.

mod look_up;

pub(in crate::value) use look_up::leading_region_bytes;

use std::{fmt, str::FromStr};

use super::text_value::{excerpt, text_value};
use crate::kept::kept_as_text;
use look_up::{TABLE, read_place};

/// A place at one of the three levels: 370000 山东省, 370200 青岛市, 370211 黄岛区.
///
/// Read from its code, from its name in full or short (`市南区`, `市南`, `青岛市黄岛区`), or from the name of a
/// functional area of Qingdao (`西海岸新区`), which stands for the district whose code its office files use.
/// Withdrawn codes are known with their successors, because old lists and credit codes go on using them.
/// Written as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    code: &'static str,
    name: &'static str,
    short_name: &'static str,
    successor: &'static str,
}

kept_as_text!(Region, |region| region.code, Region::from_code);

impl Region {
    /// The region with this code, withdrawn ones included.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Region> {
        TABLE.by_code.get(code).copied()
    }

    /// The region with this code, from a cell that holds it as a number.
    #[must_use]
    pub fn from_number(code: u32) -> Option<Region> {
        Region::from_code(&code.to_string())
    }

    /// The six digits.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// The name in full: `黄岛区`.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        self.name
    }

    /// The province that this is or belongs to.
    #[must_use]
    pub fn province(self) -> Option<Region> {
        self.ancestor(2)
    }

    /// The city that this is or belongs to; `None` for provinces and for districts directly below one, as in
    /// 北京 and 上海.
    #[must_use]
    pub fn city(self) -> Option<Region> {
        if self.level() == Level::Province { None } else { self.ancestor(4) }
    }

    /// How high it stands.
    #[must_use]
    pub fn level(self) -> Level {
        if self.code.ends_with("0000") {
            Level::Province
        } else if self.code.ends_with("00") {
            Level::City
        } else {
            Level::County
        }
    }

    /// The region that took over a withdrawn code.
    #[must_use]
    pub fn successor(self) -> Option<Region> {
        Region::from_code(self.successor)
    }

    /// The region in force: the successor of a withdrawn code, otherwise itself.
    #[must_use]
    pub fn current(self) -> Region {
        self.successor().unwrap_or(self)
    }

    /// Whether this is the other place or lies in it.
    #[must_use]
    pub fn is_within(self, other: Region) -> bool {
        self.code == other.code || (other.level() != Level::County && self.code.starts_with(other.stem()))
    }

    /// All regions in the order of their codes, withdrawn ones included.
    pub fn all() -> impl Iterator<Item = Region> {
        TABLE.by_code.values().copied()
    }

    /// The leading digits that all places within share.
    fn stem(self) -> &'static str {
        let digits = match self.level() {
            Level::Province => 2,
            Level::City => 4,
            Level::County => 6,
        };
        self.code.get(..digits).unwrap_or(self.code)
    }

    fn ancestor(self, digits: usize) -> Option<Region> {
        Region::from_code(&format!("{:0<6}", self.code.get(..digits)?))
    }
}

/// The levels of GB/T 2260.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省级.
    Province,
    /// 地级.
    City,
    /// 县级.
    County,
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Region, RegionError> {
        read_place(text)
    }
}

text_value!(Region, RegionError, {
    "type": "string",
    "description": "GB/T 2260 行政区划代码; on input also a name such as 市南区 or 青岛市黄岛区",
});

/// Why a text is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// No such code or name.
    #[error("行政区划“{text}”查不到，请写 6 位代码或全称，如 370211 或 青岛市黄岛区。")]
    Unknown {
        /// What was sent, cut short.
        text: String,
    },
    /// Several places have this name.
    #[error("行政区划“{text}”有不止一处同名，请在前面加上省、市名称，或写 6 位代码。")]
    Ambiguous {
        /// What was sent, cut short.
        text: String,
    },
}

impl RegionError {
    fn unknown(text: &str) -> RegionError {
        RegionError::Unknown { text: excerpt(text) }
    }

    fn ambiguous(text: &str) -> RegionError {
        RegionError::Ambiguous { text: excerpt(text) }
    }

    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            RegionError::Unknown { .. } => "region_unknown",
            RegionError::Ambiguous { .. } => "region_ambiguous",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(text: &str) -> Region {
        text.parse().unwrap()
    }

    fn refusal(text: &str) -> &'static str {
        text.parse::<Region>().unwrap_err().code()
    }

    #[test]
    fn qingdao_has_its_ten_districts_and_three_withdrawn_codes() {
        let qingdao = region("青岛市");
        let within = || Region::all().filter(|r| r.is_within(qingdao) && *r != qingdao);
        assert_eq!(within().filter(|r| r.successor().is_none()).count(), 10);
        let withdrawn: Vec<_> =
            within().filter_map(|r| Some((r.name_zh(), r.successor()?.name_zh()))).collect();
        assert_eq!(withdrawn, [("四方区", "市北区"), ("即墨市", "即墨区"), ("胶南市", "黄岛区")]);
    }

    #[test]
    fn every_code_round_trips_and_every_successor_exists() {
        for each in Region::all() {
            assert_eq!(each.to_string().parse(), Ok(each));
            assert!(each.province().is_some(), "{each}");
            assert_eq!(each.successor().is_none(), each.successor.is_empty());
        }
    }

    #[test]
    fn every_place_is_found_by_its_full_path() {
        for each in Region::all().filter(|r| r.successor().is_none()) {
            let parents = [each.province(), each.city()].into_iter().flatten().filter(|p| *p != each);
            let path: String = parents.map(Region::name_zh).chain([each.name_zh()]).collect();
            assert_eq!(path.parse(), Ok(each), "{path}");
        }
    }

    #[test]
    fn forms_of_the_office_are_read() {
        let cases = [
            ("370285", "370285"),
            (" ３７０２８５ ", "370285"),
            ("市南区", "370202"),
            ("市南", "370202"),
            ("青岛市黄岛区", "370211"),
            ("山东省青岛市黄岛区", "370211"),
            ("山东平度", "370283"),
            ("青岛", "370200"),
            ("西海岸新区", "370211"),
            ("青岛西海岸新区", "370211"),
            ("青岛高新区", "370214"),
            ("上合示范区", "370281"),
            ("自贸片区", "370211"),
            ("胶南市", "370284"),
            ("即墨", "370215"),
            ("玉山县", "361123"),
            ("江西省赣州市石城县", "360735"),
            ("四川省甘孜藏族自治州石渠县", "513332"),
            ("重庆市巫溪县", "500238"),
            ("上海", "310000"),
            ("浙江", "330000"),
            ("西安", "610100"),
            ("内蒙古", "150000"),
            ("吉林", "220000"),
            ("费县", "371325"),
        ];
        for (text, code) in cases {
            assert_eq!(region(text).code(), code, "{text}");
        }
    }

    #[test]
    fn a_name_borne_by_several_places_needs_its_parents() {
        assert_eq!(refusal("朝阳区"), "region_ambiguous");
        assert_eq!(region("北京市朝阳区").code(), "110105");
        assert_eq!(region("北京朝阳").code(), "110105");
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "999999", "37020", "望京街道", "青岛市朝阳区"] {
            assert_eq!(refusal(text), "region_unknown", "{text}");
        }
    }

    #[test]
    fn parents_are_derived() {
        let huangdao = region("370211");
        assert_eq!(huangdao.city().unwrap().name_zh(), "青岛市");
        assert_eq!(huangdao.province().unwrap().name_zh(), "山东省");
        assert_eq!(region("110105").city(), None);
        assert_eq!(Region::from_number(370_211), Some(huangdao));
        assert_eq!(region("370205").current().code(), "370203");
        assert_eq!(serde_json::to_string(&huangdao).unwrap(), "\"370211\"");
    }
}
