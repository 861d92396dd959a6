//! The article's 60 rows: everything that the report on Qingdao's chambers names, the kinds of events that record it,
//! the figures that give it back, and the value that the article prints, where it prints one.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Kind;
use jinqiao_events::log::Position;
use jinqiao_events::value::Approximator;
use jinqiao_events::value::occurred::Occurred;

use super::spoken::{Range, Standing};
use super::{Books, Figure, Group, Measured, Period, named};

/// One row of the checklist.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its number.
    pub number: u8,
    /// What the article names.
    pub named: &'static str,
    /// The kinds of events that say it: without those of any one of them an answer would be another.
    pub kinds: &'static [Kind],
    /// The figures that answer; the first is the one that the article prints, if it prints one.
    pub answers: &'static [Answer],
}

/// A figure, or a part of one, that answers a row.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Name of the figure.
    pub figure: &'static str,
    /// The part that is meant, where it is one of its parts.
    pub part: Option<&'static str>,
    /// Of which time.
    pub span: Span,
    /// What the article prints; of money, in fen.
    pub said: Option<Said>,
}

/// A value as the article prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The number as written.
    pub value: i128,
    /// 多, 余 behind it.
    pub approximator: Option<Approximator>,
}

/// Which time an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// What happened in the year.
    Year,
    /// What had happened by its end.
    ByYearEnd,
    /// August 2017, the one month that the article names.
    Month,
}

/// The year that the article tells of. The paper gives no date; its campaigns are of 2020.
pub const YEAR: &str = "2020";
/// The month in which a party branch was set up.
const MONTH: &str = "2017-08";

/// An answer beside the article.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Of which row.
    pub answer: Answer,
    /// The figure with its evidence.
    pub measured: Measured,
    /// Its value, or that of the part that is meant.
    pub value: i128,
    /// The events behind that value.
    pub evidence: BTreeSet<Position>,
    /// How it stands to what the article prints.
    pub standing: Option<Standing>,
}

impl Answer {
    const fn part(self, part: &'static str) -> Self {
        Self { part: Some(part), ..self }
    }

    const fn by_year_end(self) -> Self {
        Self { span: Span::ByYearEnd, ..self }
    }

    const fn of_the_month(self) -> Self {
        Self { span: Span::Month, ..self }
    }

    const fn just(self, value: i128) -> Self {
        Self { said: Some(Said { value, approximator: None }), ..self }
    }

    const fn more(self, value: i128) -> Self {
        Self { said: Some(Said { value, approximator: Some(Approximator::SomeMore) }), ..self }
    }

    /// The figure as the books tell it, for the time that is meant; none where no figure goes by the name (a test
    /// sees to it that each does).
    #[must_use]
    pub fn answered(&self, books: &Books) -> Option<Answered> {
        let figure: &'static Figure = named(self.figure)?;
        let measured = figure.measured(books, self.span.period()?);
        let is_meant = |group: &&Group| self.part.is_none_or(|part| group.parts.contains(part));
        let meant = || measured.groups.iter().filter(is_meant);
        let value = meant().map(|group| group.value).sum();
        let evidence = meant().flat_map(|group| &group.evidence).copied().collect();
        let standing = self.said.map(|said| Range::of(said.value, said.approximator).standing(value));
        Some(Answered { answer: *self, value, evidence, standing, measured })
    }
}

impl Span {
    fn period(self) -> Option<Period> {
        let date = |text: &str| text.parse::<Occurred>().ok();
        let (from, to) = match self {
            Self::Year => (Some(date(YEAR)?), date(YEAR)?),
            Self::ByYearEnd => (None, date(YEAR)?),
            Self::Month => (Some(date(MONTH)?), date(MONTH)?),
        };
        Some(Period { from, to })
    }
}

const fn row(number: u8, named: &'static str, kinds: &'static [Kind], answers: &'static [Answer]) -> Row {
    Row { number, named, kinds, answers }
}

const fn answer(figure: &'static str) -> Answer {
    Answer { figure, part: None, span: Span::Year, said: None }
}

/// 万元 in fen.
const WAN: i128 = 1_000_000;
/// 亿元 in fen.
const YI: i128 = 10_000_000_000;

/// Every row, by number.
pub const ROWS: [Row; 60] = [
    row(
        1,
        "产业链招商、以企招企、以商招商",
        &[Kind::IntroductionProposed, Kind::OutcomeReported],
        &[answer("introductions_by_channel"), answer("introductions_converted")],
    ),
    row(
        2,
        "人才、资本、技术、市场等资源",
        &[Kind::NeedDeclared, Kind::NeedResolved, Kind::SupplyOffered],
        &[answer("needs_met"), answer("needs_declared"), answer("supplies_offered")],
    ),
    row(
        3,
        "市委统战部、市工商联",
        &[Kind::ActivityHeld, Kind::OrgRegistered],
        &[answer("activities_by_organiser"), answer("institutions").by_year_end()],
    ),
    row(
        4,
        "金桥助力政策解读沙龙",
        &[Kind::ActivityHeld, Kind::AttendanceRecorded, Kind::PolicyQuestionRaised, Kind::PolicyAnswered],
        &[
            answer("policy_salons").more(70),
            answer("policy_questions"),
            answer("policy_answers"),
            answer("salon_attendances"),
        ],
    ),
    row(
        5,
        "面对面、点对点、人对人",
        &[Kind::ActivityHeld, Kind::AttendanceRecorded],
        &[answer("face_to_face_salons"), answer("salon_attendances")],
    ),
    row(
        6,
        "商协会与贫困村、经济薄弱村结对帮扶",
        &[Kind::PairingSigned],
        &[answer("chambers_paired").just(46)],
    ),
    row(7, "双招双引工作站、联络站", &[Kind::StationEstablished], &[answer("stations").just(16)]),
    row(
        8,
        "工作站引进签约项目、总投资",
        &[Kind::ProjectSigned, Kind::LeadReported],
        &[answer("station_projects").just(10), answer("station_contracts").just(67 * YI)],
    ),
    row(
        9,
        "工商联商会改革发展新路子",
        &[Kind::ChamberLegallyRegistered],
        &[answer("events_by_programme").part("商会改革发展")],
    ),
    row(
        10,
        "非公有制经济组织党建工作示范点",
        &[Kind::DemonstrationDesignated],
        &[answer("party_demonstrations").just(5)],
    ),
    row(11, "党组织书记工作室", &[Kind::SecretaryStudioOpened], &[answer("secretary_studios")]),
    row(
        12,
        "智慧党建平台",
        &[Kind::PartyContentPublished],
        &[answer("party_content_items"), answer("party_content_channels").just(3)],
    ),
    row(
        13,
        "流动党员三个难到位",
        &[Kind::NeedDeclared, Kind::NeedResolved],
        &[answer("party_needs").part("在办").just(3)],
    ),
    row(14, "市非公综合党委", &[Kind::OrgRegistered], &[answer("institutions").by_year_end()]),
    row(
        15,
        "温州商会党委—高科园装饰城党总支",
        &[Kind::PartyOrgEstablished],
        &[answer("party_orgs").by_year_end()],
    ),
    row(16, "划片、业余、小型、务实", &[Kind::PartyActivityHeld], &[answer("party_activities")]),
    row(
        17,
        "临沂商会费县分会、费县驻青流动党员党委",
        &[Kind::BranchEstablished, Kind::PartyOrgEstablished],
        &[answer("branches"), answer("mobile_party_orgs")],
    ),
    row(
        18,
        "行业自律、社会治理、社会责任",
        &[Kind::ChamberRectified],
        &[answer("events_by_programme").part("社会责任")],
    ),
    row(
        19,
        "统一战线联络员",
        &[Kind::LiaisonOfficerAppointed],
        &[answer("liaison_chambers").just(37), answer("liaison_officers").just(37)],
    ),
    row(
        20,
        "联络员任职条件",
        &[Kind::RoleAssigned, Kind::LiaisonOfficerAppointed],
        &[answer("liaison_violations").just(0), answer("liaison_officers")],
    ),
    row(
        21,
        "意见建议直通车",
        &[Kind::SuggestionSubmitted, Kind::SuggestionStatusChanged],
        &[answer("suggestions"), answer("suggestions_closed"), answer("suggestion_days")],
    ),
    row(
        22,
        "星火党建平台、星火培养工程",
        &[Kind::ActivistsTrained],
        &[answer("activists_trained").part("星火培养工程").just(173)],
    ),
    row(23, "直属商协会党组织", &[Kind::PartyOrgEstablished], &[answer("direct_party_orgs").just(3)]),
    row(24, "入党积极分子培训", &[Kind::ActivistsTrained], &[answer("activists_trained").just(173)]),
    row(25, "党建指导员", &[Kind::InstructorDispatched], &[answer("instructors_dispatched").just(6)]),
    row(
        26,
        "民营经济国际合作商会党支部（2017年8月）",
        &[Kind::PartyOrgEstablished, Kind::RoleAssigned],
        &[answer("party_orgs").part("党支部").of_the_month().just(1), answer("offices").part("执行会长")],
    ),
    row(
        27,
        "学习班、研讨会、座谈会、企业家讲堂",
        &[Kind::ActivityHeld, Kind::AttendanceRecorded],
        &[answer("attendances_by_chamber"), answer("activities_by_type")],
    ),
    row(28, "市工商联副主席", &[Kind::RoleAssigned], &[answer("offices").part("其他职务")]),
    row(29, "行业相通、地缘相亲", &[Kind::OrgRegistered], &[answer("chambers_by_bond").by_year_end()]),
    row(
        30,
        "商协会内部、商协会之间资源共享",
        &[Kind::IntroductionProposed],
        &[answer("introductions_by_sides")],
    ),
    row(
        31,
        "江苏商会链团",
        &[Kind::CapabilityAssessed, Kind::MemberPurchaseMade],
        &[answer("member_purchases"), answer("member_purchase_pairs"), answer("capabilities_assessed")],
    ),
    row(
        32,
        "1+3+5 全心为会员增益",
        &[Kind::MemberPurchaseMade],
        &[answer("events_by_programme").part("1+3+5全心为会员增益")],
    ),
    row(
        33,
        "湖南商会走访会员",
        &[Kind::MemberVisited, Kind::NeedDeclared, Kind::NeedResolved],
        &[
            answer("member_visits"),
            answer("members_visited"),
            answer("needs_declared"),
            answer("needs_overdue"),
        ],
    ),
    row(
        34,
        "平度建筑产学研和数字化科技产业园",
        &[Kind::ParkPlanned],
        &[answer("park_area_planned").more(100), answer("parks_planned")],
    ),
    row(
        35,
        "上下游抱团发展",
        &[Kind::SupplyOffered, Kind::DemandPosted],
        &[answer("demands_covered"), answer("demands_posted")],
    ),
    row(
        36,
        "正和岛创变者年会",
        &[Kind::ActivityHeld, Kind::AttendanceRecorded],
        &[answer("annual_meeting_attendees").more(2_500)],
    ),
    row(
        37,
        "促成企业投资青岛",
        &[Kind::LeadReported, Kind::ProjectSigned],
        &[answer("event_investors").just(30)],
    ),
    row(
        38,
        "科技装备·青岛力量",
        &[Kind::ActivityHeld, Kind::ProjectSigned],
        &[answer("signed_on_site").just(3)],
    ),
    row(
        39,
        "域外商会来青考察",
        &[Kind::DelegationVisited],
        &[answer("inbound_tours"), answer("inbound_origins").just(4)],
    ),
    row(
        40,
        "粤创控股、金马集团考察洽谈",
        &[Kind::RoleAssigned, Kind::DelegationVisited, Kind::MeetingHeld],
        &[
            answer("president_units"),
            answer("delegation_follow_ups").part("洽谈中").just(2),
            answer("follow_up_gaps"),
        ],
    ),
    row(41, "青年企业家创新创意汇", &[Kind::ActivityHeld], &[answer("youth_gatherings")]),
    row(42, "一带一路", &[Kind::ActivityHeld], &[answer("events_by_programme").part("一带一路")]),
    row(
        43,
        "对话山东—日本产业合作交流会",
        &[Kind::ActivityHeld, Kind::AttendanceRecorded],
        &[answer("exchange_chambers").just(30)],
    ),
    row(44, "线上+线下联络员培训", &[Kind::TrainingDelivered], &[answer("trainings")]),
    row(
        45,
        "线上讲座",
        &[Kind::TrainingDelivered, Kind::AttendanceRecorded],
        &[
            answer("online_lectures").just(5),
            answer("online_attendances").more(170),
            answer("online_learners"),
        ],
    ),
    row(46, "青岛企业家讲堂", &[Kind::ActivityHeld], &[answer("entrepreneur_lectures").just(3)]),
    row(
        47,
        "镇（街道）商会依法登记",
        &[Kind::ChamberLegallyRegistered],
        &[answer("districts_with_registered_chambers").just(10), answer("township_chambers_registered")],
    ),
    row(
        48,
        "文商学院、正和岛、大唐财富、青岛法合税",
        &[Kind::TrainingDelivered, Kind::AllianceSigned],
        &[answer("training_partners").just(4), answer("alliances_signed")],
    ),
    row(49, "新建商会", &[Kind::ChamberFounded], &[answer("chambers_founded").just(6)]),
    row(
        50,
        "规范提升、清理僵尸商会",
        &[Kind::ChamberFlaggedDormant, Kind::ChamberDissolved, Kind::ChamberRectified],
        &[answer("dormant_chambers_cleared").just(2), answer("chambers_rectified")],
    ),
    row(51, "商会协会管理办法", &[Kind::RegulationIssued], &[answer("regulations")]),
    row(52, "规范化示范点", &[Kind::DemonstrationDesignated], &[answer("standard_demonstrations")]),
    row(
        53,
        "光彩事业、公益慈善、百企帮百村",
        &[Kind::PairingSigned, Kind::WelfareActivityHeld, Kind::CashDonated, Kind::ConsumptionPurchased],
        &[answer("welfare_by_programme")],
    ),
    row(54, "公益活动", &[Kind::WelfareActivityHeld], &[answer("welfare_activities").just(16)]),
    row(55, "捐款", &[Kind::CashDonated], &[answer("cash_donated").just(586 * WAN)]),
    row(56, "捐物折合", &[Kind::GoodsDonated], &[answer("goods_donated").just(360 * WAN)]),
    row(
        57,
        "百村百品进百强消费扶贫",
        &[Kind::ConsumptionPurchased],
        &[answer("consumption").just(131 * WAN)],
    ),
    row(58, "贫困村、薄弱村、学校", &[Kind::PairingSigned], &[answer("beneficiaries")]),
    row(
        59,
        "商会签订结对帮扶协议",
        &[Kind::PairingSigned],
        &[answer("chambers_paired_by_agreement").just(45)],
    ),
    row(
        60,
        "青岛日报/观海新闻",
        &[Kind::ClaimPublished, Kind::ReportPublished],
        &[answer("claims_published"), answer("reports_published")],
    ),
];
