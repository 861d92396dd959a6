//! The year's activities, visits, supply, stations and investment.

use serde_json::json;

use super::{Fate, Scale, Year, chamber, firm, org, person};

pub(super) fn tell(year: &mut Year, scale: Scale) {
    salons(year);
    lectures(year);
    gatherings(year, scale);
    visits(year);
    supply(year);
    introductions(year);
    stations(year);
    investments(year);
}

fn present(year: &mut Year, occurred: &str, activity: &str, who: &str) {
    year.tell(occurred, "attendance_recorded", json!({"activity": activity, "organisation": who}));
}

fn absent(year: &mut Year, occurred: &str, activity: &str, who: &str) {
    year.tell(occurred, "no_show_recorded", json!({"activity": activity, "organisation": who}));
}

/// 73 salons; 3 of them with sign-in lists of both sides. The article says who stood behind them, and no dates.
fn salons(year: &mut Year) {
    let salon = |key: &str, organisers: &[String]| {
        json!({"activity": key, "title": format!("金桥助力政策解读沙龙（{key}）"), "type": "salon",
            "series": "金桥助力政策解读沙龙", "organisers": organisers})
    };
    for number in 1..=73 {
        let organisers = [org("tzb"), org("gsl")];
        year.tell("2020", "activity_held", salon(&format!("沙龙{number:02}"), &organisers));
    }
    for number in 1..=3 {
        let key = format!("沙龙{number:02}");
        present(year, "2020", &key, &org("rb"));
        (1..=5).for_each(|firm_number| present(year, "2020", &key, &firm(firm_number)));
        absent(year, "2020", &key, &firm(6));
        let question =
            json!({"question": format!("问{number}"), "activity": key, "party": firm(1), "text": "如何申报"});
        year.tell("2020", "policy_question_raised", question);
    }
    let again = json!({"activity": "沙龙01", "organisation": firm(1)});
    year.tell_but(Fate::Refused("attendance_repeated"), "2020", "attendance_recorded", again);
    year.tell("2020", "policy_answered", json!({"question": "问1", "party": org("rb")}));
    // Firms only: no meeting of both sides.
    present(year, "2020", "沙龙04", &firm(7));
    year.tell("2019-11-11", "activity_held", salon("沙龙上年", &[chamber(1)]));
    year.tell("2021-01-01", "activity_held", salon("沙龙次年", &[chamber(1)]));
    year.tell_void("2020-11-11", "activity_held", salon("沙龙误", &[chamber(1)]));
    let planned = json!({"activity": "沙龙待办", "title": "金桥助力政策解读沙龙", "type": "salon", "planned_for": "2021-01-08"});
    year.tell("2020-12-08", "activity_planned", planned);
}

/// Five lectures on line with 173 attendances of 120 persons, one offline; three entrepreneur lectures.
fn lectures(year: &mut Year) {
    for number in 1..=5_u32 {
        let (key, on) = (format!("线上{number}"), "2020");
        let body = json!({"activity": key, "title": "联络员线上讲座", "mode": "online", "organisers": [org("sy"), org("gsl")]});
        year.tell(on, "training_delivered", body);
        let learners = if number == 5 { 33 } else { 35 };
        for learner in 0..learners {
            let who = person(20_000 + (number * 24 + learner) % 120);
            year.tell(on, "attendance_recorded", json!({"activity": key, "person": who}));
        }
        year.tell(on, "no_show_recorded", json!({"activity": key, "person": person(30_000 + number)}));
    }
    let partners = [org("p1"), org("p2"), org("p3"), org("p4")];
    let body = json!({"activity": "线下1", "title": "联络员培训", "mode": "offline", "partners": partners});
    year.tell("2020", "training_delivered", body);
    year.tell("2020", "attendance_recorded", json!({"activity": "线下1", "person": person(20_001)}));
    // With all four the article says that it joined hands; an invented pair is told from both sides.
    partners.iter().for_each(|partner| {
        year.tell("2020", "alliance_signed", json!({"a": org("gsl"), "b": partner, "subject": "商协会培训"}));
    });
    year.tell("2020-05-05", "alliance_signed", json!({"a": chamber(11), "b": chamber(12)}));
    year.tell("2020-05-06", "alliance_signed", json!({"a": chamber(12), "b": chamber(11)}));
    for topic in [
        "用工业互联网平台赋能民营企业转型升级",
        "互联网变革时代的企业数字化转型",
        "从战略到绩效——企业持续成长",
    ] {
        let body = json!({"activity": topic, "title": topic, "type": "entrepreneur_lecture"});
        year.tell("2020", "activity_held", body);
    }
    for (key, sort) in [("研讨会", "seminar"), ("座谈会", "symposium")] {
        let body = json!({"activity": key, "title": key, "type": sort, "organisers": [org("gsl")]});
        year.tell("2020", "activity_held", body);
        present(year, "2020", key, &org("gjhz"));
    }
}

fn gatherings(year: &mut Year, scale: Scale) {
    let held = |key: &str, title: &str, sort: &str| json!({"activity": key, "title": title, "type": sort});
    let meeting = "正和岛创变者年会暨千企助力青岛（半岛）发展行";
    year.tell("2020", "activity_held", held("创变者年会", meeting, "annual_meeting"));
    for number in 0..scale.attendees {
        year.tell(
            "2020",
            "attendance_recorded",
            json!({"activity": "创变者年会", "person": person(40_000 + number)}),
        );
    }
    for number in 0..20 {
        year.tell(
            "2020",
            "no_show_recorded",
            json!({"activity": "创变者年会", "person": person(60_000 + number)}),
        );
    }
    let equipment = "科技装备·青岛力量——全国工商联科技装备业商会助力青岛行";
    year.tell("2020", "activity_held", held("科技装备", equipment, "roadshow"));
    year.tell("2020", "activity_held", held("青年汇", "青年企业家创新创意汇", "youth_gathering"));
    year.tell_of(
        &["一带一路"],
        "2020",
        "activity_held",
        held("对话日本", "对话山东—日本山东产业合作交流会", "exchange"),
    );
    (1..=30).for_each(|number| present(year, "2020", "对话日本", &chamber(number)));
    present(year, "2020", "对话日本", &org("c01again"));
    let merged = json!({"from": org("c01again"), "into": chamber(1), "reason": "同一家商会登记了两次"});
    year.tell("2020-12-01", "org_merged", merged);
    let again = json!({"activity": "对话日本", "organisation": org("c01again")});
    year.tell_but(Fate::Refused("attendance_repeated"), "2020", "attendance_recorded", again);
    present(year, "2020", "对话日本", &firm(1));
    absent(year, "2020", "对话日本", &chamber(31));
}

fn visits(year: &mut Year) {
    (1..=20).for_each(|number| {
        year.tell("2019-02-01", "member_joined", json!({"chamber": chamber(1), "member": firm(number)}));
    });
    for (number, visited) in [(1, 1), (2, 2), (3, 1)] {
        let visit = format!("走访 {number}");
        let body = json!({"visit": visit, "chamber": chamber(1), "member": firm(visited)});
        year.tell(&format!("2020-0{number}-10"), "member_visited", body);
        let sort = ["talent", "capital", "technology"][number - 1];
        let body = json!({"need": format!("诉求 {number}"), "party": firm(visited), "type": sort, "text": "诉求", "visit": visit});
        year.tell(&format!("2020-0{number}-10"), "need_declared", body);
    }
    year.tell(
        "2020-01-11",
        "need_status_changed",
        json!({"need": "诉求 1", "status": "assigned", "owner": org("rb"), "due": "2020-01-31"}),
    );
    year.tell("2020-01-20", "need_resolved", json!({"need": "诉求 1", "met": true}));
    year.tell("2020-03-01", "need_resolved", json!({"need": "诉求 2", "met": false}));
    for (key, place) in [("沪", "上海"), ("京", "北京"), ("浙", "浙江"), ("深", "深圳")] {
        let body = json!({"delegation": format!("考察 {key}"), "title": "域外商会考察团", "direction": "inbound", "place": place});
        year.tell("2020", "delegation_visited", body);
    }
    let body = json!({"delegation": "考察 粤创", "title": "深圳青岛商会考察团", "direction": "inbound", "place": "深圳",
        "delegates": [org("szqd"), org("yc")], "follow_up": "talking"});
    year.tell("2020", "delegation_visited", body);
    let body = json!({"delegation": "考察 金马", "title": "大连金马集团考察", "direction": "inbound", "delegates": [org("jm")],
        "follow_up": "talking"});
    year.tell("2020", "delegation_visited", body);
    let body = json!({"delegation": "外出 1", "title": "考察团", "direction": "outbound", "place": "虚构市", "visitors": 8});
    year.tell("2020-09-09", "delegation_visited", body);
    year.tell(
        "2020",
        "role_assigned",
        json!({"organisation": org("szqd"), "role": "president", "holder": org("yc")}),
    );
}

fn supply(year: &mut Year) {
    (1..=4).for_each(|number| {
        year.tell("2020-02-02", "capability_assessed", json!({"party": firm(number), "products": ["铸件"]}));
    });
    let bought = |buyer: usize, seller: usize, amount: &str| json!({"buyer": firm(buyer), "seller": firm(seller), "amount": amount, "chamber": chamber(1)});
    for (buyer, seller, amount) in [(1, 2, "10万元"), (1, 2, "5万元"), (2, 1, "3万元")] {
        let programmes = ["1+3+5全心为会员增益"];
        year.tell_of(&programmes, "2020-05-05", "member_purchase_made", bought(buyer, seller, amount));
    }
    // A slip of the pen, corrected: 7, not 70.
    let right = Fate::Corrected(bought(3, 4, "7万元"));
    year.tell_but(right, "2020-05-06", "member_purchase_made", bought(3, 4, "70万元"));
    let body = json!({"supply": "供 1", "party": firm(5), "type": "technology", "text": "打样", "industry": "C3525"});
    year.tell("2020-05-06", "supply_offered", body);
    for (key, party, industry) in [("需 1", 6, "C3525"), ("需 2", 7, "C3311"), ("需 3", 5, "C3525")] {
        let body = json!({"demand": key, "party": firm(party), "type": "technology", "text": "求打样", "industry": industry});
        year.tell("2020-05-07", "demand_posted", body);
    }
    let body = json!({"park": "平度园区", "title": "建筑产学研和数字化科技产业园", "planner": org("hn"), "region": "370283",
        "area_mu": 100, "approx": "some_more", "products": ["铝合金模板", "铝合金爬架", "外墙施工平台"]});
    year.tell("2020", "park_planned", body);
}

fn introductions(year: &mut Year) {
    let sides = [(firm(1), firm(3)), (firm(2), firm(4)), (chamber(2), chamber(3)), (chamber(1), firm(30))];
    let channels = ["industry_chain", "firm_brings_firm", "chamber_brings_firm", "chamber_brings_firm"];
    let mut proposals = Vec::new();
    for ((a, b), channel) in sides.iter().zip(channels) {
        year.tell("2020-03-03", "introduction_proposed", json!({"a": a, "b": b, "channel": channel}));
        proposals.push(year.last());
    }
    year.tell(
        "2019-03-03",
        "introduction_proposed",
        json!({"a": firm(60), "b": firm(61), "channel": "other"}),
    );
    // Three came to something or nothing; the fourth was declined.
    for ((introduction, (a, b)), outcome) in proposals.iter().zip(&sides).zip(["deal", "intent", "nothing"]) {
        for side in [a, b] {
            let body = json!({"introduction": introduction, "side": side});
            year.tell("2020-03-05", "introduction_consented", body);
        }
        year.tell("2020-03-10", "meeting_held", json!({"a": a, "b": b, "introduction": introduction}));
        let body = json!({"introduction": introduction, "outcome": outcome});
        year.tell("2020-03-20", "outcome_reported", body);
    }
    let declined = json!({"introduction": proposals[3], "side": firm(30)});
    year.tell("2020-03-05", "introduction_declined", declined);
    // Met, then nothing for 30 days; met, and a purchase followed.
    year.tell("2020-06-01", "meeting_held", json!({"a": firm(20), "b": firm(21)}));
    year.tell("2020-04-20", "meeting_held", json!({"a": firm(1), "b": firm(2)}));
}

fn stations(year: &mut Year) {
    let station = |key: &str, sort: &str| json!({"station": key, "title": format!("虚构站{key}"), "type": sort, "chamber": chamber(9)});
    for number in 1..=16 {
        let sort = if number <= 10 { "workstation" } else { "liaison_station" };
        year.tell("2020-01-20", "station_established", station(&format!("站{number:02}"), sort));
    }
    year.tell("2020-01-20", "station_established", station("站撤", "workstation"));
    year.tell("2020-08-20", "station_closed", json!({"station": "站撤"}));
    year.tell_void("2020-01-20", "station_established", station("站误", "workstation"));
    for number in 1..=10 {
        let (key, at) = (format!("站项目{number:02}"), format!("站{:02}", number.min(6)));
        let amount = if number == 10 { "22亿元" } else { "5亿元" };
        let lead = json!({"project": key, "title": key, "reporter": chamber(9), "station": at});
        year.tell("2020-02-20", "lead_reported", lead);
        let signed = json!({"project": key, "title": key, "investors": [firm(30 + number)], "agreement": "contract", "amount": amount});
        year.tell("2020-03-20", "project_signed", signed);
    }
    // The same project under a second key, found and marked.
    let copy = json!({"project": "站项目03副本", "title": "站项目03", "investors": [firm(33)], "agreement": "contract", "amount": "5亿元", "station": "站03"});
    year.tell("2020-05-20", "project_signed", copy);
    let marked = json!({"project": "站项目03副本", "of": "站项目03", "reason": "同一合同，两处登记"});
    year.tell("2020-06-20", "project_duplicate_marked", marked);
    let twice = station("站01", "workstation");
    year.tell_but(Fate::Refused("station_exists"), "2020-01-21", "station_established", twice);
    // Signed again at a second event with a larger amount, and increased: neither is new investment of the first signing.
    let again = json!({"project": "站项目01", "title": "站项目01", "investors": [firm(31)], "agreement": "contract", "amount": "9亿元"});
    year.tell("2020-09-20", "project_signed", again);
    let more = json!({"project": "站项目02", "title": "站项目02", "investors": [firm(32)], "agreement": "contract",
        "signing": "increment", "amount": "1亿元"});
    year.tell("2020-10-20", "project_signed", more);
    let before = json!({"project": "上年项目", "title": "上年项目", "investors": [firm(41)], "agreement": "contract", "amount": "8亿元", "station": "站01"});
    year.tell("2019-12-20", "project_signed", before);
    // Foreign capital of the year before, in its currency: no yuan of any kind.
    let foreign = json!({"project": "上年外资", "title": "上年外资", "investors": [firm(42)], "agreement": "contract",
        "amount": {"fen": 5_000_000_000_i64, "currency": "USD", "kind": "contract_foreign"}});
    year.tell("2019-12-21", "project_signed", foreign);
    let paid = json!({"project": "上年外资", "instalment": 1,
        "amount": {"fen": 1_000_000_000, "currency": "USD", "kind": "arrived_foreign"}});
    year.tell("2019-12-28", "funds_arrived", paid);
    year.tell(
        "2020-11-20",
        "funds_arrived",
        json!({"project": "站项目01", "instalment": 1, "amount": "2亿元"}),
    );
}

/// 30 firms in 24 projects came of the annual meeting; 3 projects were signed on site.
fn investments(year: &mut Year) {
    let mut next = 50;
    for number in 1..=24 {
        let key = format!("年会项目{number:02}");
        let investors = if number <= 6 { vec![firm(next), firm(next + 1)] } else { vec![firm(next)] };
        next += investors.len();
        let lead = json!({"project": key, "title": key, "reporter": chamber(9), "activity": "创变者年会"});
        year.tell("2020-11-20", "lead_reported", lead);
        year.tell("2020-12-01", "project_signed", json!({"project": key, "title": key, "investors": investors, "agreement": "intent", "amount": "1亿元"}));
    }
    let open = json!({"project": "年会线索", "title": "年会线索", "reporter": chamber(9), "investor": firm(49), "activity": "创变者年会"});
    year.tell("2020", "lead_reported", open);
    for number in 1..=3 {
        let key = format!("现场项目{number}");
        let body = json!({"project": key, "title": key, "investors": [firm(44 + number)], "agreement": "framework", "ceremony": "科技装备", "amount": "2亿元"});
        year.tell("2020-12-02", "project_signed", body);
    }
    let elsewhere = json!({"project": "场外项目", "title": "场外项目", "investors": [firm(48)], "agreement": "framework", "ceremony": "未登记的仪式"});
    year.tell("2020-12-03", "project_signed", elsewhere);
}
