//! The article's year, told as events: what the report on Qingdao's chambers says, and nothing of a named institution
//! but what it says. Where the article names nobody, the names are invented (虚构). Decoys stand among the events:
//! voided, out of period, invited but absent, planned but not held, signed again.

use serde_json::{Value, json};

use super::{economy, governance};

/// The year being told.
#[derive(Debug, Default)]
pub(crate) struct Year {
    /// JSON lines as `record` takes them, in order.
    pub(crate) lines: Vec<Value>,
    /// Lines that are voided afterwards.
    pub(crate) voided: Vec<usize>,
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

impl Year {
    /// The whole story.
    pub(crate) fn told(scale: Scale) -> Self {
        let mut year = Self::default();
        year.parties();
        governance::tell(&mut year);
        economy::tell(&mut year, scale);
        year
    }

    /// One event; its index among the lines.
    pub(crate) fn tell(&mut self, occurred: &str, kind: &str, body: Value) -> usize {
        self.tell_of(&[], occurred, kind, body)
    }

    /// One event of some programmes.
    pub(crate) fn tell_of(&mut self, programmes: &[&str], occurred: &str, kind: &str, body: Value) -> usize {
        let mut line = json!({"kind": kind, "occurred": occurred, "body": body});
        if !programmes.is_empty() {
            line["programmes"] = json!(programmes);
        }
        self.lines.push(line);
        self.lines.len() - 1
    }

    /// One event that is voided afterwards.
    pub(crate) fn tell_void(&mut self, occurred: &str, kind: &str, body: Value) {
        let index = self.tell(occurred, kind, body);
        self.voided.push(index);
    }

    /// A person nobody was before.
    pub(crate) fn person(&mut self) -> String {
        self.people += 1;
        person(self.people)
    }

    fn register(&mut self, code: &str, name: &str, kind: &str, rest: &Value) {
        let mut body = json!({"name": name, "kind": kind, "identifier": org(code)});
        for (field, value) in rest.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.tell("2019-01-01", "org_registered", body);
    }

    /// Everyone who takes part.
    fn parties(&mut self) {
        let none = json!({});
        for (code, name) in [
            ("tzb", "中共青岛市委统战部"),
            ("dangwei", "青岛市非公有制经济组织综合党委"),
            ("rb", "虚构市税务局"),
        ] {
            self.register(code, name, "government", &none);
        }
        self.register("gsl", "青岛市工商业联合会", "chamber", &json!({"chamber_type": "general"}));
        for (code, name) in [
            ("paper", "青岛日报/观海新闻"),
            ("sy", "青岛市社会主义学院"),
            ("p1", "文商学院"),
            ("p2", "正和岛"),
            ("p3", "大唐财富"),
            ("p4", "青岛法合税"),
        ] {
            self.register(code, name, "institution", &none);
        }
        for (code, name) in [
            ("zj", "青岛市浙江商会"),
            ("wz", "青岛市温州商会"),
            ("ly", "青岛市临沂商会"),
            ("feixian", "临沂商会费县分会"),
            ("ah", "青岛市安徽商会"),
            ("gjhz", "青岛市民营经济国际合作商会"),
            ("js", "青岛市江苏商会"),
            ("hn", "青岛市湖南商会"),
            ("qn", "青岛市青年企业家商会"),
            ("qkl", "青岛区块链商会"),
            ("hykj", "青岛海洋科技产业商会"),
            ("nqyj", "青岛市工商联女企业家商会"),
            ("pt", "青岛市莆田商会"),
            ("sy2", "青岛市锁业商会"),
            ("szqd", "深圳青岛商会"),
            ("kjzb", "全国工商联科技装备业商会"),
        ] {
            self.register(code, name, "chamber", &none);
        }
        self.register("yc", "深圳粤创控股集团", "enterprise", &none);
        self.register("jm", "大连金马集团", "enterprise", &none);
        self.invented();
    }

    fn invented(&mut self) {
        for number in 1..=CHAMBERS {
            let bond = if number % 2 == 0 { "trade" } else { "home_place" };
            let name = format!("虚构商会第{number:02}号");
            self.register(&format!("c{number:02}"), &name, "chamber", &json!({"chamber_type": bond}));
        }
        for (index, district) in DISTRICTS.iter().enumerate() {
            let rest = json!({"chamber_type": "township", "region": district});
            self.register(&format!("t{index}"), &format!("虚构街道商会第{index}号"), "chamber", &rest);
        }
        for number in 1..=FIRMS {
            self.register(&format!("e{number:03}"), &format!("虚构企业第{number:03}号"), "enterprise", &json!({}));
        }
        for number in 1..=50 {
            let (kind, name) =
                if number <= 44 { ("village", "虚构村") } else { ("school", "虚构学校") };
            self.register(&format!("v{number:02}"), &format!("{name}第{number:02}号"), kind, &json!({}));
        }
    }
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
