//! What the pages promise, asked over the router.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jinqiao_events::clock::Manual;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::party_ref::PartyRef;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::router;
use crate::config::LogUrl;
use crate::desk::{Desk, Submission};
use crate::door;
use crate::http::state::Places;
use crate::limits::HEAVY_WAIT;
use crate::store::Store;

const HOSTILE: &str = "<script>alert('x')</script>\"&'><svg onload=x>";

struct Town {
    desk: Desk,
    router: Router,
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Town {
    /// Six enterprises, two chambers, one salon, two purchases, a need, an introduction, a 回避 and a closed firm.
    fn new() -> Self {
        let clock = Arc::new(Manual::at("2020-06-01T00:00:00Z".parse().unwrap()));
        let store = Store::open(&LogUrl::Memory).unwrap();
        let desk = Desk::open_with(store, clock.clone(), clock).unwrap();
        let town = Self { router: router(desk.clone(), Arc::default(), Places::heavy(HEAVY_WAIT)), desk };
        town.tell(&events());
        town
    }

    fn tell(&self, events: &[Value]) {
        let units = events
            .iter()
            .map(|event| vec![door::read_draft(event.to_string().as_bytes()).unwrap()])
            .collect();
        for answer in self.desk.record_blocking(Submission { units, rehearsal: false }).unwrap() {
            answer.unwrap();
        }
    }

    fn id(&self, code: &str) -> PartyId {
        let reference: PartyRef = format!("local:test/{code}").parse().unwrap();
        self.desk.shelf().views().register.resolve(&reference).unwrap()
    }

    fn get(&self, address: &str) -> Got {
        self.get_in(address, "zh-CN")
    }

    fn get_in(&self, address: &str, language: &str) -> Got {
        let request = Request::get(address)
            .header(header::ACCEPT_LANGUAGE, language)
            .header(header::ACCEPT, "text/html")
            .body(Body::empty())
            .unwrap();
        self.ask(request)
    }

    fn ask(&self, request: Request<Body>) -> Got {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Got { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
        })
    }

    /// One address of every page, with something on it.
    fn addresses(&self) -> Vec<String> {
        let (e1, e4, c1) = (self.id("e1"), self.id("e4"), self.id("c1"));
        vec![
            "/".into(),
            "/?q=e1".into(),
            "/?q=nobody&kind=chamber".into(),
            format!("/parties/{e1}"),
            format!("/parties/{c1}"),
            format!("/parties/{e1}/matches"),
            format!("/parties/{e1}/matches?with=enterprises&top=10&as_of=2020-05"),
            format!("/parties/{c1}/matches?with=chambers"),
            format!("/parties/{e1}/matches/{e4}"),
            "/events/1".into(),
            "/events/20".into(),
            "/events/9999".into(),
            "/parties/nobody".into(),
            format!("/parties/{e1}/matches?top=0"),
            "/record".into(),
            "/record/member_joined".into(),
            "/work".into(),
            "/imports".into(),
            "/projects".into(),
            "/needs".into(),
        ]
    }
}

/// Pages that tell of districts, chains and rule sets, whose names are Chinese in English too.
const PAGES_WITH_CHINESE_NAMES: [&str; 6] = [
    "/chambers/dormant",
    "/chambers/dormant?as_of=2021-06-01",
    "/chains",
    "/chains/home-appliances",
    "/chains/integrated-circuits?chamber=Harbour%20Chamber",
    "/projects/P%2F1?rules=sanming-2006",
];

fn event(kind: &str, occurred: &str, body: Value) -> Value {
    let mut event = json!({ "kind": kind, "occurred": occurred });
    event["body"] = body;
    event
}

fn registered(code: &str, name: &str, kind: &str) -> Value {
    event(
        "org_registered",
        "2019-01-01",
        json!({ "name": name, "kind": kind, "identifier": format!("local:test/{code}") }),
    )
}

fn events() -> Vec<Value> {
    let of = |code: &str| format!("local:test/{code}");
    let mut told =
        vec![registered("c1", "Harbour Chamber", "chamber"), registered("c2", "Hill Chamber", "chamber")];
    for at in 1..=6 {
        told.push(registered(&format!("e{at}"), &format!("Firm {at} Works"), "enterprise"));
    }
    for (chamber, member) in [("c1", "e1"), ("c1", "e2"), ("c2", "e3"), ("c2", "e4"), ("c1", "e5")] {
        told.push(event(
            "member_joined",
            "2019-02-03",
            json!({ "chamber": of(chamber), "member": of(member), "level": "council" }),
        ));
    }
    told.push(event(
        "activity_held",
        "2020-03-04",
        json!({
        "activity": "salon 1", "title": "Policy salon", "type": "salon", "organisers": [of("c1")] }),
    ));
    for code in ["e1", "e3", "e4"] {
        told.push(event(
            "attendance_recorded",
            "2020-03-04",
            json!({ "activity": "salon 1", "organisation": of(code) }),
        ));
    }
    for (buyer, seller) in [("e1", "e2"), ("e2", "e3")] {
        told.push(event("member_purchase_made", "2020-04-05", json!({
            "buyer": of(buyer), "seller": of(seller), "goods": "bearings", "amount": { "fen": 1_500_000, "currency": "CNY" } })));
    }
    told.push(event(
        "need_declared",
        "2020-04-06",
        json!({
        "need": "need 1", "party": of("e1"), "type": "supply", "text": "two thousand bearings a month" }),
    ));
    told.push(event(
        "introduction_proposed",
        "2020-04-07",
        json!({ "a": of("e1"), "b": of("e4"), "reason": "same salon", "evidence": [15, 17] }),
    ));
    told.push(event("project_signed", "2020-04-20", json!({
        "project": "P/1", "title": "Bearing works", "investors": [of("e1")], "agreement": "contract", "amount": { "fen": 100_000_000, "currency": "CNY" } })));
    told.push(event("chamber_legally_registered", "2018-01-02", json!({ "chamber": of("c2") })));
    told.push(event(
        "do_not_introduce_set",
        "2020-04-08",
        json!({ "a": of("e1"), "b": of("e3"), "reason": "in court" }),
    ));
    told
}

/// The addresses of all links of a page.
fn links(page: &str) -> BTreeSet<String> {
    let rest = page.split("href=\"").skip(1);
    let addresses =
        rest.filter_map(|rest| rest.split('"').next()).map(|address| address.replace("&amp;", "&"));
    addresses.filter(|address| address.starts_with('/')).collect()
}

fn has_han(text: &str) -> bool {
    text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

#[test]
fn every_page_is_whole_and_without_script_in_both_languages() {
    let town = Town::new();
    for address in town.addresses().into_iter().chain(PAGES_WITH_CHINESE_NAMES.map(str::to_owned)) {
        for (accepted, lang) in [("zh-CN", "<html lang=\"zh-CN\">"), ("en", "<html lang=\"en\">")] {
            let got = town.get_in(&address, accepted);
            assert!(got.text.contains(lang) && got.text.ends_with("</html>"), "{address}");
            assert!(got.text.contains("<meta name=\"renderer\" content=\"webkit\">"), "{address}");
            for banned in ["<script", "style=\"", "javascript:", " onload", " onclick"] {
                assert!(!got.text.contains(banned), "{address} has {banned}");
            }
            let policy = got.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("default-src 'self'") && policy.contains("script-src 'none'"));
        }
    }
}

#[test]
fn english_pages_hold_no_chinese_of_ours() {
    let town = Town::new();
    for address in town.addresses() {
        let page = town.get_in(&address, "en").text.replace("中文", "");
        assert!(
            !has_han(&page),
            "{address}: {}",
            page.split('<').find(|part| has_han(part)).unwrap_or_default()
        );
    }
}

#[test]
fn the_address_decides_the_language_and_links_keep_it() {
    let town = Town::new();
    let page = town.get_in("/?lang=en", "zh-CN").text;
    assert!(page.contains("Find a party"));
    for address in links(&page).into_iter().filter(|address| !address.starts_with("/assets/")) {
        assert!(address.contains("lang="), "{address}");
    }
    assert!(page.contains("hreflang=\"zh-CN\""));
    assert!(town.get("/").text.contains("查找单位"));
}

#[test]
fn every_link_leads_somewhere() {
    let town = Town::new();
    let mut seen = BTreeSet::new();
    for page in town.addresses().into_iter().chain(PAGES_WITH_CHINESE_NAMES.map(str::to_owned)) {
        for address in links(&town.get(&page).text) {
            let bare = address.split('#').next().unwrap_or_default().to_owned();
            if seen.insert(bare.clone())
                && !bare.contains("nobody")
                && !bare.contains("9999")
                && !bare.contains("top=0")
            {
                assert_eq!(town.get(&bare).status, StatusCode::OK, "{bare} on {page}");
            }
        }
    }
    assert!(seen.len() > 30, "{seen:?}");
}

#[test]
fn a_party_is_found_by_its_name() {
    let town = Town::new();
    let page = town.get("/?q=firm+1&kind=enterprise").text;
    assert!(page.contains("找到 1 个") && page.contains("Firm 1 Works") && page.contains("Harbour Chamber"));
    assert!(town.get("/?q=firm+1&kind=chamber").text.contains("没有找到「firm 1」"));
    let home = town.get("/").text;
    for part in ["Harbour Chamber", "会员 3 家", "Firm 1 Works", "2020-06-01 08:00"] {
        assert!(home.contains(part), "{part}");
    }
}

#[test]
fn a_party_is_told_with_its_chambers_needs_and_history() {
    let town = Town::new();
    let page = town.get(&format!("/parties/{}", town.id("e1"))).text;
    for part in [
        "Firm 1 Works",
        "Harbour Chamber",
        "理事单位",
        "two thousand bearings a month",
        "待办",
        "引荐",
        "已提出",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for part in ["签到", "salon 1", "bearings", "<svg class=\"ego\"", "Firm 2 Works · "] {
        assert!(page.contains(part), "{part}");
    }
    let chamber = town.get(&format!("/parties/{}", town.id("c1"))).text;
    assert!(chamber.contains("Firm 1 Works") && chamber.contains("Policy salon"));
}

#[test]
fn a_long_history_is_read_page_by_page() {
    let town = Town::new();
    let visits: Vec<Value> = (0..70)
        .map(|at| {
            event(
                "member_visited",
                "2020-05-01",
                json!({
        "visit": format!("visit {at}"), "chamber": "local:test/c1", "member": "local:test/e6" }),
            )
        })
        .collect();
    town.tell(&visits);
    let address = format!("/parties/{}", town.id("e6"));
    let first = town.get(&address).text;
    let older = links(&first).into_iter().find(|address| address.contains("before=")).unwrap();
    let second = town.get(older.split('#').next().unwrap()).text;
    let rows = |page: &str| page.split("id=\"history\"").nth(1).unwrap().matches("<tr>").count() - 1;
    assert_eq!(rows(&first) + rows(&second), 71);
    assert_eq!(town.get(&format!("{address}?before=x")).status, StatusCode::BAD_REQUEST);
}

#[test]
fn the_list_names_candidates_with_bars_reasons_and_events() {
    let town = Town::new();
    let address = format!("/parties/{}/matches?with=enterprises", town.id("e1"));
    let page = town.get(&address).text;
    assert!(page.contains(&format!("/parties/{}/matches/{}", town.id("e1"), town.id("e4"))));
    for part in ["<svg class=\"bar\"", "class=\"plus\"", "href=\"/events/", "引荐进行中", "得分"] {
        assert!(page.contains(part), "{part}");
    }
    let candidates = page.split("<tbody>").nth(1).unwrap();
    for not_to_propose in ["e2", "e3"] {
        let own_row = format!("<b><a href=\"/parties/{}\"", town.id(not_to_propose));
        assert!(!candidates.contains(&own_row), "{not_to_propose} deals already, or is to be avoided");
    }
    assert!(town.get(&format!("{address}&as_of=2019-01-01")).text.contains("没有任何往来记录"));
}

#[test]
fn a_form_field_that_cannot_be_read_is_answered_with_a_sentence() {
    let town = Town::new();
    let address = format!("/parties/{}/matches", town.id("e1"));
    for (field, sentence) in
        [("as_of=soon", "看不懂日期「soon」"), ("with=mayors", "「mayors」"), ("top=1000", "「1000」")]
    {
        let got = town.get(&format!("{address}?{field}"));
        assert_eq!(got.status, StatusCode::BAD_REQUEST);
        assert!(got.text.contains(sentence), "{sentence}");
    }
}

#[test]
fn a_pair_is_explained_for_and_against() {
    let town = Town::new();
    let (e1, e3, e4) = (town.id("e1"), town.id("e3"), town.id("e4"));
    let listed = town.get(&format!("/parties/{e1}/matches/{e4}")).text;
    assert!(listed.contains("在清单上排第") && listed.contains("合计") && listed.contains("依据的事件"));
    let avoided = town.get(&format!("/parties/{e1}/matches/{e3}")).text;
    assert!(avoided.contains("不在推荐清单上") && avoided.contains("回避"));
    assert_eq!(town.get(&format!("/parties/{e1}/matches/nobody")).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_pair_offers_the_next_steps_as_forms_with_both_sides_filled_in() {
    let town = Town::new();
    let (e1, e3, e4, e6) = (town.id("e1"), town.id("e3"), town.id("e4"), town.id("e6"));
    let steps = |other| {
        let all = links(&town.get(&format!("/parties/{e1}/matches/{other}")).text);
        all.into_iter().filter(|address| address.starts_with("/record/")).collect::<Vec<_>>()
    };
    let of = |steps: &[String], kind: &str| steps.iter().filter(|address| address.contains(kind)).count();
    let under_way = steps(e4);
    assert_eq!(of(&under_way, "introduction_consented"), 2, "{under_way:?}");
    assert_eq!(of(&under_way, "introduction_proposed"), 0);
    let avoided = steps(e3);
    assert_eq!((of(&avoided, "introduction_proposed"), of(&avoided, "do_not_introduce_lifted")), (0, 1));
    let fresh = steps(e6);
    let proposal = fresh.iter().find(|address| address.contains("introduction_proposed")).unwrap();
    let form = town.get(proposal).text;
    assert!(form.contains("value=\"Firm 1 Works\"") && form.contains("value=\"Firm 6 Works\""), "{form}");
}

#[test]
fn an_event_is_shown_readable_and_raw() {
    let town = Town::new();
    let head = town.desk.store().log.head();
    let page = town.get(&format!("/events/{head}")).text;
    for part in ["设定回避", "Firm 1 Works", "原因", "in court", "do_not_introduce_set"] {
        assert!(page.contains(part), "{part}");
    }
    let purchase =
        (1..=head).map(|at| town.get(&format!("/events/{at}")).text).find(|page| page.contains("bearings"));
    assert!(purchase.unwrap().contains("1.5万元"));
    for nowhere in ["0", "01", "-1", "x", "99999999999999999999"] {
        assert_eq!(town.get(&format!("/events/{nowhere}")).status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[test]
fn a_voided_event_says_so() {
    let town = Town::new();
    let purchase = (1..=town.desk.store().log.head())
        .find(|at| town.get(&format!("/events/{at}")).text.contains("bearings"));
    let page = town.get(&format!("/events/{}", purchase.unwrap())).text;
    let id = page
        .split("\"id\":\"")
        .nth(1)
        .or_else(|| page.split("&quot;id&quot;:&quot;").nth(1))
        .unwrap()
        .get(..36)
        .unwrap()
        .to_owned();
    town.tell(&[event("event_voided", "2020-05-01", json!({ "event": id, "reason": "entered twice" }))]);
    assert!(town.get(&format!("/events/{}", purchase.unwrap())).text.contains("此事件已作废：entered twice"));
}

#[test]
fn hostile_names_are_only_text() {
    let town = Town::new();
    town.tell(&[
        registered("h1", HOSTILE, "enterprise"),
        registered("h2", &"长".repeat(200), "enterprise"),
        event(
            "member_joined",
            "2020-01-01",
            json!({ "chamber": "local:test/c1", "member": "local:test/h1" }),
        ),
        event(
            "meeting_held",
            "2020-05-01",
            json!({ "a": "local:test/h1", "b": "local:test/e1", "place": HOSTILE }),
        ),
        event(
            "meeting_held",
            "2020-05-01",
            json!({ "a": "local:test/h2", "b": "local:test/e5", "place": "here" }),
        ),
    ]);
    let (h1, e1, head) = (town.id("h1"), town.id("e1"), town.desk.store().log.head());
    let query = "/?q=%3Cscript%3E%22%3E&lang=%3Cscript%3E&kind=%22%3E";
    let pages = [
        query.into(),
        format!("/parties/{h1}"),
        format!("/parties/{e1}"),
        format!("/parties/{h1}/matches"),
        format!("/parties/{h1}/matches?why=%22%3E%3Cscript%3E"),
        format!("/parties/{e1}/matches/{h1}"),
        format!("/events/{}", head - 1),
        format!("/parties/{}", town.id("h2")),
        "/parties/%3Cscript%3E".into(),
        "/parties/%FF".into(),
        "/events/%3Cscript%3E".into(),
    ];
    for address in pages {
        let page = town.get(&address).text;
        assert!(
            page.ends_with("</html>") && !page.contains("<script") && !page.contains("<svg onload"),
            "{address}"
        );
    }
    assert!(town.get(&format!("/parties/{h1}")).text.contains("&lt;script&gt;alert"));
}

#[test]
fn what_is_not_there_is_a_page_in_the_readers_language() {
    let town = Town::new();
    let nobody = "/parties/00000000-0000-5000-8000-000000000000";
    let got = town.get(nobody);
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert!(got.text.contains("登记册里没有编号为") && got.text.contains("action=\"/\""));
    assert!(town.get_in(nobody, "en").text.contains("The register knows no party"));
}

#[test]
fn a_merged_entry_leads_to_the_one_that_stands_for_it() {
    let town = Town::new();
    town.tell(&[event(
        "org_merged",
        "2020-05-01",
        json!({ "from": "local:test/e6", "into": "local:test/e5", "reason": "one firm" }),
    )]);
    let e6 = "local:test/e6".parse::<Identifier>().unwrap().party_id();
    let got = town.get(&format!("/parties/{e6}?lang=en"));
    assert_eq!(got.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(got.headers[header::LOCATION], format!("/parties/{}?lang=en", town.id("e5")));
}

#[test]
fn the_style_sheet_is_kept_under_the_name_of_its_content() {
    let town = Town::new();
    let page = town.get("/").text;
    let style = links(&page).into_iter().find(|address| address.contains(".css")).unwrap();
    let got = town.get(&style);
    assert_eq!(got.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(got.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(town.get("/assets/style.css").status, StatusCode::NOT_FOUND);
    for modern in [":has(", "@container", "@layer", "&:", " gap:", "inset:", "min(", "clamp("] {
        assert!(!got.text.contains(modern), "Chrome 70 does not know {modern}");
    }
}

#[test]
fn an_empty_log_says_how_to_begin() {
    let desk = Desk::open(Store::open(&LogUrl::Memory).unwrap()).unwrap();
    let town = Town { router: router(desk.clone(), Arc::default(), Places::heavy(HEAVY_WAIT)), desk };
    assert!(town.get("/").text.contains("还没有登记任何单位"));
}

#[test]
fn every_number_of_the_report_opens_to_the_events_behind_it() {
    let town = Town::new();
    let report = town.get("/report?from=2020-01-01&to=2020-12-31");
    assert_eq!(report.status, StatusCode::OK);
    assert!(
        report.text.contains("/report/member_purchases?from=2020-01-01&amp;to=2020-12-31"),
        "{}",
        report.text
    );
    let figure = town.get("/report/member_purchases?from=2020-01-01&to=2020-12-31");
    assert_eq!(figure.status, StatusCode::OK);
    assert!(figure.text.contains("href=\"/events/"), "{}", figure.text);
    assert_eq!(town.get("/report/nothing").status, StatusCode::NOT_FOUND);
    assert_eq!(town.get("/report?from=2020-02-02&to=2020-01-01").status, StatusCode::BAD_REQUEST);
    assert_eq!(town.get("/report?from=soon").status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_project_s_file_tells_its_signings_its_clocks_and_whose_it_is_under_the_rules_chosen() {
    let town = Town::new();
    let page = town.get("/projects/P%2F1").text;
    for told in ["Bearing works", "首次签约", "卷宗", "签约与首次签约认定", "100万"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let other = town.get("/projects/P%2F1/credit?rules=sanming-2006");
    assert!(other.status == StatusCode::OK && other.text.contains("value=\"sanming-2006\" selected"));
    assert_eq!(town.get("/projects/nothing").status, StatusCode::NOT_FOUND);
    assert_eq!(town.get("/projects/P%2F1?rules=nobody").status, StatusCode::NOT_FOUND);
}

#[test]
fn chambers_without_business_show_a_red_light_and_its_event() {
    let town = Town::new();
    let page = town.get("/chambers/dormant?as_of=2020-06-01").text;
    let hill = page.split("Hill Chamber").nth(1).unwrap();
    assert!(page.contains("class=\"light red\"") && hill.contains("/events/"), "{page}");
    assert!(page.contains("0 / 10") && page.contains("0 / 141"), "districts and townships have denominators");
    assert_eq!(town.get("/chambers/dormant?as_of=soon").status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_chain_names_its_gaps_and_needs_their_days() {
    let town = Town::new();
    assert!(town.get("/chains/integrated-circuits").text.contains("缺环"));
    assert_eq!(town.get("/chains/none").status, StatusCode::NOT_FOUND);
    let needs = town.get("/needs?as_of=2020-05-06").text;
    assert!(needs.contains("two thousand bearings a month") && needs.contains("30 天"), "{needs}");
    let bought = town.get("/chains").text;
    assert!(bought.contains("Harbour Chamber") && bought.contains("50.0%"), "{bought}");
}

#[test]
fn claims_stand_beside_the_log_with_contradictions_first() {
    let page = Town::new().get("/report/claims");
    assert_eq!(page.status, StatusCode::OK);
    let at = |text: &str| page.text.find(text).unwrap_or_else(|| panic!("{text}: {}", page.text));
    assert!(at("46家商协会") < at("70多场") && at("45个商会") < at("70多场"));
}

#[test]
fn pages_that_compute_wait_for_a_place_and_say_when_there_is_none() {
    let desk = Town::new().desk;
    let none = Places::new(0, std::time::Duration::ZERO);
    let town = Town { router: router(desk.clone(), Arc::default(), none), desk };
    for heavy in ["/", "/report", "/report/article", "/chambers/dormant", "/work", "/projects", "/chains"] {
        let got = town.get(heavy);
        assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE, "{heavy}");
        assert_eq!(got.headers[header::RETRY_AFTER], "1", "{heavy}");
        assert!(got.text.contains("系统繁忙"), "{}", got.text);
    }
    for light in ["/record", "/record/meeting_held", "/events/1"] {
        assert_eq!(town.get(light).status, StatusCode::OK, "{light} waits for no place");
    }
}

#[test]
fn the_articles_rows_are_a_page_in_both_languages() {
    let town = Town::new();
    for (address, word) in
        [("/report/article", "记录少于报道"), ("/report/article?lang=en", "the log has fewer")]
    {
        let got = town.get(address);
        assert!(got.status == StatusCode::OK && got.text.contains(word), "{address}");
        for row in got.text.split("<td class=\"number\"><a href=\"").skip(1) {
            let (link, rest) = row.split_once("\">").unwrap();
            let figure = town.get(&link.replace("&amp;", "&"));
            assert!(figure.status == StatusCode::OK && link.contains("to=20"), "{link}");
            assert!(rest.contains("</a>") && figure.text.contains(rest.split('<').next().unwrap()), "{link}");
        }
    }
}
