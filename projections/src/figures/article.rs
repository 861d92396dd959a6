//! The article's 60 rows: everything that the report on Qingdao's chambers names, and the figures that give it back.

/// One row of the checklist.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its number.
    pub number: u8,
    /// What the article names.
    pub named: &'static str,
    /// The figures that answer, by name; the first is the one that the article prints, if it prints one.
    pub figures: &'static [&'static str],
    /// The part of the first figure that is meant, where it is one of its parts.
    pub part: Option<&'static str>,
}

const fn row(number: u8, named: &'static str, figures: &'static [&'static str]) -> Row {
    Row { number, named, figures, part: None }
}

const fn part(number: u8, named: &'static str, figures: &'static [&'static str], part: &'static str) -> Row {
    Row { number, named, figures, part: Some(part) }
}

/// Every row, by number.
pub const ROWS: [Row; 60] = [
    row(1, "产业链招商、以企招企、以商招商", &["introductions_by_channel", "introductions_converted"]),
    row(2, "人才、资本、技术、市场等资源", &["needs_met", "needs_declared", "supplies_offered"]),
    row(3, "市委统战部、市工商联", &["activities_by_organiser", "institutions"]),
    row(4, "金桥助力政策解读沙龙", &["policy_salons", "policy_questions", "policy_answers"]),
    row(5, "面对面、点对点、人对人", &["face_to_face_salons", "salon_attendances"]),
    row(6, "商协会与贫困村、经济薄弱村结对帮扶", &["chambers_paired"]),
    row(7, "双招双引工作站、联络站", &["stations"]),
    row(8, "工作站引进签约项目、总投资", &["station_projects", "station_contracts"]),
    part(9, "工商联商会改革发展新路子", &["events_by_programme"], "商会改革发展"),
    row(10, "非公有制经济组织党建工作示范点", &["party_demonstrations"]),
    row(11, "党组织书记工作室", &["secretary_studios"]),
    row(12, "智慧党建平台", &["party_content_items", "party_content_channels"]),
    row(13, "流动党员三个难到位", &["party_needs"]),
    row(14, "市非公综合党委", &["institutions"]),
    row(15, "温州商会党委—高科园装饰城党总支", &["party_orgs"]),
    row(16, "划片、业余、小型、务实", &["party_activities"]),
    row(17, "临沂商会费县分会、费县驻青流动党员党委", &["branches", "mobile_party_orgs"]),
    part(18, "行业自律、社会治理、社会责任", &["events_by_programme"], "社会责任"),
    row(19, "统一战线联络员", &["liaison_chambers", "liaison_officers"]),
    row(20, "联络员任职条件", &["liaison_violations"]),
    row(21, "意见建议直通车", &["suggestions", "suggestions_closed", "suggestion_days"]),
    part(22, "星火党建平台、星火培养工程", &["activists_trained"], "星火培养工程"),
    row(23, "直属商协会党组织", &["direct_party_orgs"]),
    row(24, "入党积极分子培训", &["activists_trained"]),
    row(25, "党建指导员", &["instructors_dispatched"]),
    part(26, "民营经济国际合作商会党支部（2017年8月）", &["party_orgs", "offices"], "党支部"),
    row(27, "学习班、研讨会、座谈会、企业家讲堂", &["attendances_by_chamber"]),
    part(28, "市工商联副主席", &["offices"], "其他职务"),
    row(29, "行业相通、地缘相亲", &["chambers_by_bond"]),
    row(30, "商协会内部、商协会之间资源共享", &["introductions_by_sides"]),
    row(31, "江苏商会链团", &["member_purchases", "member_purchase_pairs", "capabilities_assessed"]),
    part(32, "1+3+5 全心为会员增益", &["events_by_programme"], "1+3+5全心为会员增益"),
    row(33, "湖南商会走访会员", &["member_visits", "members_visited", "needs_declared", "needs_overdue"]),
    row(34, "平度建筑产学研和数字化科技产业园", &["park_area_planned", "parks_planned"]),
    row(35, "上下游抱团发展", &["demands_covered", "demands_posted"]),
    row(36, "正和岛创变者年会", &["annual_meeting_attendees"]),
    row(37, "促成企业投资青岛", &["event_investors"]),
    row(38, "科技装备·青岛力量", &["signed_on_site"]),
    row(39, "域外商会来青考察", &["inbound_tours", "inbound_origins"]),
    row(40, "粤创控股、金马集团考察洽谈", &["president_units", "delegation_follow_ups", "follow_up_gaps"]),
    row(41, "青年企业家创新创意汇", &["youth_gatherings"]),
    part(42, "一带一路", &["events_by_programme"], "一带一路"),
    row(43, "对话山东—日本产业合作交流会", &["exchange_chambers"]),
    row(44, "线上+线下联络员培训", &["trainings"]),
    row(45, "线上讲座", &["online_lectures", "online_attendances", "online_learners"]),
    row(46, "青岛企业家讲堂", &["entrepreneur_lectures"]),
    row(
        47,
        "镇（街道）商会依法登记",
        &["districts_with_registered_chambers", "township_chambers_registered"],
    ),
    row(48, "文商学院、正和岛、大唐财富、青岛法合税", &["training_partners"]),
    row(49, "新建商会", &["chambers_founded"]),
    row(50, "规范提升、清理僵尸商会", &["dormant_chambers_cleared", "chambers_rectified"]),
    row(51, "商会协会管理办法", &["regulations"]),
    row(52, "规范化示范点", &["standard_demonstrations"]),
    row(53, "光彩事业、公益慈善、百企帮百村", &["welfare_by_programme"]),
    row(54, "公益活动", &["welfare_activities"]),
    row(55, "捐款", &["cash_donated"]),
    row(56, "捐物折合", &["goods_donated"]),
    row(57, "百村百品进百强消费扶贫", &["consumption"]),
    row(58, "贫困村、薄弱村、学校", &["beneficiaries"]),
    row(59, "商会签订结对帮扶协议", &["chambers_paired_by_agreement"]),
    row(60, "青岛日报/观海新闻", &["claims_published", "reports_published"]),
];
