//! The article's year, told as events: what the report on Qingdao's chambers says, and nothing of a named institution
//! but what it says. Where the article names nobody, the names are invented (虚构). Decoys stand among the events:
//! voided, corrected, told twice, out of period, invited but absent, planned but not held, signed again.

use serde_json::{Value, json};

mod economy;
mod governance;

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// It counts.
    Stands,
    /// It is voided afterwards.
    Voided,
    /// It is corrected afterwards to this body.
    Corrected(Value),
    /// It was told before under the same key: it adds nothing.
    Repeated,
    /// It says again what the rules know already: refused with this code.
    Refused(&'static str),
}

/// How a line speaks of the event of an earlier line: this and the line's index stand for the event's id.
pub(crate) const LINE: &str = "line:";

/// The year being told.
#[derive(Debug, Default)]
pub(crate) struct Year {
    /// JSON lines as `record --each` takes them, in order, and what becomes of each.
    pub(crate) lines: Vec<(Value, Fate)>,
    people: u32,
}

/// How large the crowds are; everything else is as in the article.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Entrepreneurs at the annual meeting.
    pub(crate) attendees: u32,
}

/// A party by its code of the fixture.
pub(crate) fn org(code: &str) -> String {
    format!("local:article/{code}")
}

/// A firm that was invented.
pub(crate) fn firm(number: usize) -> String {
    org(&format!("e{number:03}"))
}

/// A chamber that was invented.
pub(crate) fn chamber(number: usize) -> String {
    org(&format!("c{number:02}"))
}

/// How many firms and chambers are invented.
pub(crate) const FIRMS: usize = 80;
pub(crate) const CHAMBERS: usize = 50;

/// The ten districts and cities of Qingdao.
pub(crate) const DISTRICTS: [&str; 10] =
    ["370202", "370203", "370211", "370212", "370213", "370214", "370215", "370281", "370283", "370285"];

/// The figures that the article prints, as they ship with the program.
const CLAIMS: &str = include_str!("../../projections/src/figures/article_claims.jsonl");

const NAMED_CHAMBERS: [(&str, &str, Option<&str>); 14] = [
    ("gsl", "青岛市工商业联合会", Some("general")),
    ("zj", "青岛市浙江商会", Some("home_place")),
    ("wz", "青岛市温州商会", Some("home_place")),
    ("ly", "青岛市临沂商会", Some("home_place")),
    ("feixian", "临沂商会费县分会", Some("home_place")),
    ("ah", "青岛市安徽商会", Some("home_place")),
    ("gjhz", "青岛市民营经济国际合作商会", None),
    ("js", "青岛市江苏商会", Some("home_place")),
    ("hn", "青岛市湖南商会", Some("home_place")),
    ("qn", "青岛市青年企业家商会", None),
    ("pt", "青岛市莆田商会", Some("home_place")),
    ("suoye", "青岛市锁业商会", Some("trade")),
    ("szqd", "深圳青岛商会", Some("home_place")),
    ("kjzb", "全国工商联科技装备业商会", Some("trade")),
];

const NEW_CHAMBERS: [(&str, &str, &str); 3] = [
    ("qkl", "青岛区块链商会", "trade"),
    ("hykj", "青岛海洋科技产业商会", "trade"),
    ("nqyj", "青岛市工商联女企业家商会", "general"),
];

impl Year {
    /// The whole story.
    pub(crate) fn told(scale: Scale) -> Self {
        let mut year = Self::default();
        year.parties();
        governance::tell(&mut year);
        economy::tell(&mut year, scale);
        // The figures that the paper printed, as claims.
        year.lines.extend(CLAIMS.lines().map(|line| (serde_json::from_str(line).unwrap(), Fate::Stands)));
        year
    }

    /// One event.
    pub(crate) fn tell(&mut self, occurred: &str, kind: &str, body: Value) {
        self.tell_of(&[], occurred, kind, body);
    }

    /// One event of some programmes.
    #[expect(clippy::needless_pass_by_value, reason = "whoever tells makes the body for it")]
    pub(crate) fn tell_of(&mut self, programmes: &[&str], occurred: &str, kind: &str, body: Value) {
        let mut line = json!({"kind": kind, "occurred": occurred, "body": body});
        if !programmes.is_empty() {
            line["programmes"] = json!(programmes);
        }
        self.lines.push((line, Fate::Stands));
    }

    /// What stands for the id of the event told last, until it is recorded.
    pub(crate) fn last(&self) -> String {
        format!("{LINE}{}", self.lines.len() - 1)
    }

    /// One event that does not simply stand.
    pub(crate) fn tell_but(&mut self, fate: Fate, occurred: &str, kind: &str, body: Value) {
        self.tell(occurred, kind, body);
        if let Some(last) = self.lines.last_mut() {
            last.1 = fate;
        }
    }

    /// One event that is voided afterwards.
    pub(crate) fn tell_void(&mut self, occurred: &str, kind: &str, body: Value) {
        self.tell_but(Fate::Voided, occurred, kind, body);
    }

    /// One event under a key, told twice.
    pub(crate) fn tell_twice(&mut self, key: &str, occurred: &str, kind: &str, body: Value) {
        self.tell(occurred, kind, body);
        if let Some((line, _)) = self.lines.last_mut() {
            line["key"] = json!(key);
            let again = line.clone();
            self.lines.push((again, Fate::Repeated));
        }
    }

    /// A person nobody was before.
    pub(crate) fn person(&mut self) -> String {
        self.people += 1;
        person(self.people)
    }

    fn register(&mut self, occurred: &str, code: &str, name: &str, kind: &str, rest: &Value) {
        let mut body = json!({"name": name, "kind": kind, "identifier": org(code)});
        for (field, value) in rest.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.tell(occurred, "org_registered", body);
    }

    /// Everyone who takes part. Of the named ones no more is said than the article says; it gives no dates.
    fn parties(&mut self) {
        for (code, name) in [("tzb", "中共青岛市委统战部"), ("dangwei", "青岛市非公有制经济组织综合党委")]
        {
            self.register("2019", code, name, "government", &json!({}));
        }
        for (code, name) in [
            ("paper", "青岛日报/观海新闻"),
            ("sy", "青岛市社会主义学院"),
            ("p1", "文商学院"),
            ("p2", "正和岛"),
            ("p3", "大唐财富"),
            ("p4", "青岛法合税"),
        ] {
            self.register("2019", code, name, "institution", &json!({}));
        }
        for (code, name, bond) in NAMED_CHAMBERS {
            let bond = bond.map_or_else(|| json!({}), |bond| json!({"chamber_type": bond}));
            self.register("2019", code, name, "chamber", &bond);
        }
        for (code, name, bond) in NEW_CHAMBERS {
            self.register("2020", code, name, "chamber", &json!({"chamber_type": bond}));
        }
        self.register("2019", "yc", "深圳粤创控股集团", "enterprise", &json!({}));
        self.register("2019", "jm", "大连金马集团", "enterprise", &json!({}));
        self.invented();
    }

    fn invented(&mut self) {
        let on = "2019-01-01";
        self.register(on, "rb", "虚构市税务局", "government", &json!({}));
        for number in 1..=CHAMBERS {
            let bond = if number % 2 == 0 { "trade" } else { "home_place" };
            let name = format!("虚构商会第{number:02}号");
            self.register(on, &format!("c{number:02}"), &name, "chamber", &json!({"chamber_type": bond}));
        }
        // One chamber stands twice in the register until an officer merges the entries.
        let bond = json!({"chamber_type": "home_place"});
        self.register(on, "c01again", "虚构商会第壹号", "chamber", &bond);
        for (index, district) in DISTRICTS.iter().enumerate() {
            for half in ["东", "西"] {
                let rest = json!({"chamber_type": "township", "region": district});
                let name = format!("虚构{half}街道商会第{index}号");
                self.register(on, &township(index, half), &name, "chamber", &rest);
            }
        }
        for number in 1..=FIRMS {
            let name = format!("虚构企业第{number:03}号");
            self.register(on, &format!("e{number:03}"), &name, "enterprise", &json!({}));
        }
        for number in 1..=50 {
            let (kind, name) =
                if number <= 44 { ("village", "虚构村") } else { ("school", "虚构学校") };
            self.register(on, &format!("v{number:02}"), &format!("{name}第{number:02}号"), kind, &json!({}));
        }
    }
}

/// A township chamber: one of two in each district.
pub(crate) fn township(district: usize, half: &str) -> String {
    format!("t{district}{}", if half == "东" { "e" } else { "w" })
}

/// The n-th person.
pub(crate) fn person(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012x}")
}

/// A day of 2020, the n-th from 1 January on, within the first 360.
pub(crate) fn day(n: usize) -> String {
    let n = n % 360;
    format!("2020-{:02}-{:02}", n / 30 + 1, (n % 30).min(27) + 1)
}
