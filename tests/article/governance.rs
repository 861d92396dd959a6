//! The year's party building, united-front channel, chamber governance and welfare.

use serde_json::json;

use super::{DISTRICTS, Fate, Year, chamber, day, firm, org, person, township};

pub(super) fn tell(year: &mut Year) {
    party_building(year);
    liaison(year);
    chambers(year);
    pairings(year);
    welfare(year);
    texts(year);
}

fn party_building(year: &mut Year) {
    for number in 1..=5 {
        let body = json!({"party": chamber(number), "demonstration": "party_building", "level_text": "市级"});
        year.tell("2020", "demonstration_designated", body);
    }
    year.tell(
        "2020",
        "secretary_studio_opened",
        json!({"chamber": org("zj"), "title": "青岛市浙江商会党组织书记工作室"}),
    );
    year.tell("2020-06-28", "secretary_studio_opened", json!({"chamber": chamber(1), "title": "虚构工作室"}));
    let earlier = json!({"party": chamber(6), "demonstration": "party_building", "level_text": "市级"});
    year.tell("2019-06-01", "demonstration_designated", earlier);
    for (channel, items) in [("website", 12), ("wechat", 20), ("chamber_site", 6)] {
        let body = json!({"title": "虚构推送", "channel": channel, "items": items});
        year.tell("2020", "party_content_published", body);
    }
    let need = |key: &str, party: String, text: &str| json!({"need": key, "party": party, "type": "party_building", "text": text});
    for (key, text) in [("难1", "组织生活开展难"), ("难2", "党员作用发挥难"), ("难3", "管理落实到位难")]
    {
        year.tell("2020", "need_declared", need(key, org("dangwei"), text));
    }
    year.tell("2020-02-01", "need_declared", need("难4", chamber(1), "活动场地"));
    year.tell("2020-12-01", "need_resolved", json!({"need": "难4", "met": true}));
    party_orgs(year);
    for (number, forms) in [(1, json!(["by_area", "spare_time"])), (2, json!(["small", "practical"]))] {
        let body = json!({"party_activity": format!("装饰城党建 {number}"), "title": "党建活动", "type": "branch_meeting",
            "forms": forms, "party_org": "高科园装饰城党总支"});
        year.tell("2020", "party_activity_held", body);
    }
    let trained =
        |key: &str, count: u32| json!({"party_training": key, "count": count, "programme": "星火培养工程"});
    let mut spark = trained("星火", 173);
    spark["organiser"] = json!(org("gsl"));
    year.tell("2020", "activists_trained", spark);
    year.tell("2019-10-10", "activists_trained", trained("星火 上年", 90));
    year.tell_void("2020", "activists_trained", trained("星火 误", 50));
    let chambers = [org("zj"), org("ah"), chamber(1), chamber(2), chamber(3), chamber(4)];
    for to in chambers {
        let person = year.person();
        year.tell(
            "2020",
            "instructor_dispatched",
            json!({"person": person, "chamber": to, "sender": org("gsl")}),
        );
    }
    // The same instructor to a second chamber: two dispatches, one instructor.
    year.tell("2020-09-01", "instructor_dispatched", json!({"person": person(6), "chamber": chamber(5)}));
}

fn party_orgs(year: &mut Year) {
    let established = |key: &str, level: &str| json!({"party_org": key, "title": key, "level": level});
    let mut told = |occurred: &str, mut body: serde_json::Value, rest: serde_json::Value| {
        for (field, value) in rest.as_object().unwrap() {
            body[field] = value.clone();
        }
        year.tell(occurred, "party_org_established", body);
    };
    told("2019", established("温州商会党委", "committee"), json!({"organisation": org("wz")}));
    told("2019", established("高科园装饰城党总支", "general_branch"), json!({"parent": "温州商会党委"}));
    told("2019", established("临沂商会党委", "committee"), json!({"organisation": org("ly")}));
    let home = json!({"organisation": org("feixian"), "parent": "临沂商会党委", "home_place": "费县"});
    told("2020", established("费县驻青流动党员党委", "committee"), home);
    let branch = "青岛市民营经济国际合作商会党支部";
    told("2017-08", established(branch, "branch"), json!({"organisation": org("gjhz")}));
    for number in 1..=3 {
        let key = format!("虚构商会第{number:02}号党支部");
        let led = json!({"organisation": chamber(number), "led_by": org("gsl")});
        told("2020", established(&key, "branch"), led);
    }
}

/// 37 chambers, one officer each; the first holds office as secretary general, as the article says of 国际合作商会.
fn liaison(year: &mut Year) {
    for number in 0..37 {
        let at = if number == 0 { org("gjhz") } else { chamber(number) };
        let role = if number % 2 == 0 { "secretary_general" } else { "party_secretary" };
        let person = year.person();
        // Of the named chamber the article gives no date.
        let since = if number == 0 { "2020" } else { "2019-06-01" };
        year.tell(since, "role_assigned", json!({"organisation": at, "role": role, "person": person}));
        let body = json!({"chamber": at, "person": person, "qualification": role, "batch": 1});
        year.tell("2020", "liaison_officer_appointed", body);
    }
    // The second batch came a year later.
    let late = year.person();
    let at = chamber(40);
    year.tell(
        "2021-01-05",
        "role_assigned",
        json!({"organisation": at, "role": "party_secretary", "person": late}),
    );
    let body = json!({"chamber": at, "person": late, "qualification": "party_secretary", "batch": 2});
    year.tell("2021-02-01", "liaison_officer_appointed", body);
    // One chamber, one officer: a second one is refused.
    let another = year.person();
    let office = json!({"organisation": chamber(1), "role": "party_secretary", "person": another});
    year.tell("2019-06-01", "role_assigned", office);
    let second =
        json!({"chamber": chamber(1), "person": another, "qualification": "party_secretary", "batch": 1});
    year.tell_but(Fate::Refused("liaison_exists"), "2020", "liaison_officer_appointed", second);
    suggestions(year);
    for (at, role, number) in
        [(org("gjhz"), "executive_president", 1), (org("gsl"), "other", 2), (org("hn"), "president", 3)]
    {
        let body = json!({"organisation": at, "role": role, "person": person(9_000 + number)});
        year.tell("2020", "role_assigned", body);
    }
}

fn suggestions(year: &mut Year) {
    let letter =
        json!({"suggestion": "直通车 0", "chamber": chamber(7), "addressee": org("tzb"), "text": "建议"});
    year.tell("2020", "suggestion_submitted", letter);
    for number in 1..=4_usize {
        let key = format!("直通车 {number}");
        let body = json!({"suggestion": key, "chamber": chamber(number), "text": "建议"});
        year.tell(&format!("2020-0{number}-01"), "suggestion_submitted", body);
        let steps: &[(&str, &str)] = match number {
            1 => &[
                ("accepted", "02"),
                ("assigned", "03"),
                ("resolved", "11"),
                ("answered", "12"),
                ("rated", "13"),
            ],
            2 => &[("accepted", "02"), ("resolved", "06")],
            3 => &[("rejected", "02")],
            _ => &[],
        };
        for (status, day) in steps {
            let body = json!({"suggestion": key, "status": status});
            year.tell(&format!("2020-0{number}-{day}"), "suggestion_status_changed", body);
        }
    }
}

fn chambers(year: &mut Year) {
    let founded = [org("qkl"), org("hykj"), org("nqyj"), chamber(41), chamber(42), chamber(43)];
    for at in founded {
        year.tell("2020", "chamber_founded", json!({"chamber": at}));
    }
    year.tell("2019-05-01", "chamber_founded", json!({"chamber": chamber(44)}));
    year.tell_void("2020-05-01", "chamber_founded", json!({"chamber": chamber(45)}));
    for number in 46..=48 {
        year.tell(
            "2020-04-01",
            "chamber_rectified",
            json!({"chamber": chamber(number), "measures": ["规范章程"]}),
        );
    }
    for at in [org("pt"), org("suoye"), chamber(49)] {
        year.tell("2020", "chamber_flagged_dormant", json!({"chamber": at, "grounds": ["unstated"]}));
    }
    // A flag alone is no clean-up, and not every dissolved chamber was dormant.
    for at in [org("pt"), org("suoye"), chamber(50)] {
        year.tell("2020", "chamber_dissolved", json!({"chamber": at}));
    }
    year.tell(
        "2020",
        "branch_established",
        json!({"chamber": org("ly"), "branch": org("feixian"), "home_place": "费县"}),
    );
    for index in 0..DISTRICTS.len() {
        for half in ["东", "西"] {
            let body = json!({"chamber": org(&township(index, half))});
            year.tell_of(&["商会改革发展"], "2020", "chamber_legally_registered", body);
        }
    }
    year.tell("2020-05-05", "chamber_legally_registered", json!({"chamber": chamber(44)}));
    for at in [org("js"), chamber(6), chamber(7)] {
        year.tell(
            "2020",
            "demonstration_designated",
            json!({"party": at, "demonstration": "standardisation"}),
        );
    }
}

/// 46 chambers are paired; 45 of them signed agreements, some with schools. One pairing ended, one was a mistake.
fn pairings(year: &mut Year) {
    for number in 1..=45 {
        let (sort, signed) = match number {
            1..=20 => ("poor_village", true),
            21..=39 => ("weak_village", true),
            40 => ("weak_village", false),
            _ => ("school", true),
        };
        let other = if number > 40 { number + 4 } else { number };
        let body = json!({"chamber": chamber(number), "beneficiary": org(&format!("v{other:02}")),
            "beneficiary_type": sort, "agreement_signed": signed});
        year.tell_of(&["百企帮百村"], "2020-01-15", "pairing_signed", body);
    }
    // The article names the chamber and not whom it helps.
    let body = json!({"chamber": org("wz"), "beneficiary": "报道未具名的帮扶对象", "agreement_signed": true});
    year.tell_of(&["百企帮百村"], "2020", "pairing_signed", body);
    let twice = json!({"chamber": chamber(1), "beneficiary": org("v01"), "agreement_signed": true});
    year.tell_but(Fate::Refused("pairing_exists"), "2020-02-02", "pairing_signed", twice);
    // A second village of the same chamber adds no chamber.
    let again = json!({"chamber": chamber(1), "beneficiary": org("v41"), "beneficiary_type": "poor_village", "agreement_signed": true});
    year.tell("2020-06-01", "pairing_signed", again);
    let ended = json!({"chamber": chamber(47), "beneficiary": org("v42")});
    year.tell("2020-02-01", "pairing_signed", ended.clone());
    year.tell("2020-10-01", "pairing_ended", ended);
    year.tell_void(
        "2020-02-01",
        "pairing_signed",
        json!({"chamber": chamber(48), "beneficiary": org("v43"), "agreement_signed": true}),
    );
}

fn welfare(year: &mut Year) {
    for number in 1..=16 {
        let body = json!({"welfare_activity": format!("公益 {number}"), "title": "公益活动", "organisers": [chamber(number)],
            "beneficiaries": [org(&format!("v{number:02}"))]});
        year.tell_of(&["光彩事业"], &day(number * 20), "welfare_activity_held", body);
    }
    year.tell(
        "2019-12-01",
        "welfare_activity_held",
        json!({"welfare_activity": "公益 上年", "title": "公益活动"}),
    );
    year.tell_void(
        "2020-12-01",
        "welfare_activity_held",
        json!({"welfare_activity": "公益 误", "title": "公益活动"}),
    );
    let gift =
        |giver: &str, amount: &str| json!({"donor": giver, "amount": amount, "welfare_activity": "公益 1"});
    year.tell_twice("收据 0", "2020-03-04", "cash_donated", gift(&firm(14), "50万元"));
    for number in 1..=9 {
        let amount = if number == 9 { "136万元" } else { "50万元" };
        year.tell_of(&["公益慈善"], "2020-03-05", "cash_donated", gift(&firm(number), amount));
    }
    year.tell_void("2020-03-05", "cash_donated", gift(&firm(11), "900万元"));
    year.tell("2019-03-05", "cash_donated", json!({"donor": firm(12), "amount": "100万元"}));
    // Another currency is not added to yuan.
    year.tell(
        "2020-03-06",
        "cash_donated",
        json!({"donor": firm(13), "amount": {"fen": 100_000_000, "currency": "USD"}}),
    );
    for number in 1..=6 {
        year.tell("2020-04-05", "goods_donated", gift(&firm(number), "60万元"));
    }
    for number in 1..=13 {
        let amount = if number == 13 { "11万元" } else { "10万元" };
        let channel = if number % 2 == 0 { "online" } else { "offline" };
        let platform = "青岛市统一战线电商扶贫平台";
        let body = json!({"buyer": firm(number), "amount": amount, "channel": channel, "platform": platform});
        year.tell_of(&["百村百品进百强"], "2020-05-05", "consumption_purchased", body);
    }
}

fn texts(year: &mut Year) {
    year.tell(
        "2020",
        "regulation_issued",
        json!({"regulation": "商会协会管理办法", "title": "市工商联商会协会管理办法", "issuer": org("gsl")}),
    );
    let report = json!({"report": "报道", "title": "商协会报道", "publisher": org("paper")});
    year.tell_of(&["社会责任"], "2020", "report_published", report);
    let body = json!({"chamber": chamber(8), "measures": ["行业自律"]});
    year.tell_of(&["社会责任", "商会改革发展"], "2020-07-01", "chamber_rectified", body);
}
