//! Labels of the words in fields that hold one of a fixed set.

use super::Row;

/// Field that holds one of a fixed set of words, the word, Chinese, English. The same word may mean different
/// things in different fields.
pub(super) const VALUES: &[(&str, &[Row])] = &[
    (
        "agreement",
        &[
            ("intent", "意向、备忘录", "intent"),
            ("framework", "框架协议", "framework"),
            ("contract", "正式合同", "contract"),
        ],
    ),
    (
        "approx",
        &[
            ("some_more", "多", "somewhat more"),
            ("over", "以上", "or more"),
            ("nearly", "近", "nearly"),
            ("about", "约", "about"),
        ],
    ),
    (
        "approximator",
        &[
            ("some_more", "多、余", "some more"),
            ("over", "逾", "over"),
            ("nearly", "近", "nearly"),
            ("about", "约", "about"),
        ],
    ),
    (
        "basis",
        &[
            ("consent", "单独同意", "consent"),
            ("legal_duty", "法定职责", "legal duty"),
            ("no_personal_data", "不含个人信息", "no personal data"),
        ],
    ),
    (
        "beneficiary_type",
        &[
            ("poor_village", "贫困村", "poor village"),
            ("weak_village", "经济薄弱村", "weak village"),
            ("school", "学校", "school"),
            ("other", "其他", "other"),
        ],
    ),
    (
        "capacity",
        &[
            ("enterprise", "企业", "enterprise"),
            ("chamber", "商协会", "chamber"),
            ("institution", "机构", "institution"),
            ("individual", "自然人", "individual"),
            ("official", "公职人员或机关", "official"),
        ],
    ),
    (
        "chamber_type",
        &[
            ("home_place", "异地商会", "home-place chamber"),
            ("trade", "行业商会", "trade chamber"),
            ("township", "镇街商会", "township chamber"),
            ("general", "综合性商会", "general chamber"),
        ],
    ),
    (
        "channel",
        &[
            ("website", "官方网站", "website"),
            ("wechat", "微信公众号", "WeChat account"),
            ("chamber_site", "商会网站", "chamber's site"),
            ("online", "线上", "on line"),
            ("offline", "线下", "off line"),
            ("match_list", "引擎推荐", "match list"),
            ("industry_chain", "产业链招商", "industry chain"),
            ("firm_brings_firm", "以企招企", "firm brings firm"),
            ("chamber_brings_firm", "以商招商", "chamber brings firm"),
            ("other", "其他", "other"),
        ],
    ),
    (
        "confirmed_by",
        &[
            ("investor", "投资方", "investor"),
            ("referrer", "引荐人", "referrer"),
            ("landing_place", "落地单位", "landing place"),
            ("attraction_office", "招商部门", "attraction office"),
        ],
    ),
    (
        "demonstration",
        &[
            ("party_building", "党建示范点", "party building"),
            ("standardisation", "规范化示范点", "standardisation"),
            ("other", "其他示范点", "other"),
        ],
    ),
    ("direction", &[("inbound", "来访", "inbound"), ("outbound", "外出", "outbound")]),
    ("finding", &[("duplicate", "重复", "duplicate"), ("distinct", "不重复", "distinct")]),
    (
        "follow_up",
        &[
            ("pending", "待跟进", "pending"),
            ("revisited", "已回访", "revisited"),
            ("talking", "洽谈中", "talking"),
            ("dropped", "不再跟进", "dropped"),
        ],
    ),
    (
        "form",
        &[
            ("enterprises", "企业名录", "enterprises"),
            ("chambers", "商会名录", "chambers"),
            ("sign-in", "签到表", "sign-in sheet"),
            ("purchases", "链团采购台账", "purchases"),
            ("projects", "签约项目台账", "projects"),
            ("delegations", "考察接待台账", "delegations"),
            ("visits", "走访诉求台账", "visits"),
            ("welfare", "捐赠与结对台账", "welfare"),
            ("participations", "参与登记", "participations"),
        ],
    ),
    (
        "forms",
        &[
            ("by_area", "划片", "by area"),
            ("spare_time", "业余", "in spare time"),
            ("small", "小型", "small"),
            ("practical", "务实", "practical"),
        ],
    ),
    (
        "grounds",
        &[
            ("no_activity_since_registration", "登记满一年未活动", "no activity since registration"),
            ("annual_checks_missed", "连续两年未年检", "two annual checks missed"),
            ("no_business", "连续两年未开展业务", "no business for two years"),
            ("unreachable", "失联", "unreachable"),
        ],
    ),
    (
        "kind",
        &[
            ("enterprise", "企业", "enterprise"),
            ("chamber", "商协会", "chamber"),
            ("government", "党政机关", "government"),
            ("institution", "机构", "institution"),
            ("village", "村", "village"),
            ("school", "学校", "school"),
            ("other", "其他", "other"),
        ],
    ),
    (
        "level",
        &[
            ("committee", "党委", "committee"),
            ("general_branch", "党总支", "general branch"),
            ("branch", "党支部", "branch"),
            ("joint_branch", "联合党支部", "joint branch"),
            ("member", "会员单位", "member"),
            ("council", "理事单位", "council member"),
            ("vice_president", "副会长单位", "vice president"),
            ("president", "会长单位", "president"),
        ],
    ),
    (
        "mode",
        &[("online", "线上", "on line"), ("offline", "线下", "off line"), ("both", "线上线下结合", "both")],
    ),
    (
        "outcome",
        &[
            ("talking", "继续洽谈", "still talking"),
            ("intent", "达成意向", "intent"),
            ("deal", "成交、签约", "deal"),
            ("nothing", "未成", "nothing"),
        ],
    ),
    (
        "purpose",
        &[
            ("matchmaking", "撮合引荐", "matchmaking"),
            ("invitation", "活动通知", "invitation"),
            ("sharing", "向其他单位提供", "sharing"),
            ("statistics", "统计", "statistics"),
        ],
    ),
    (
        "qualification",
        &[
            ("party_secretary", "党组织书记", "party secretary"),
            ("secretary_general", "秘书长中的中共党员", "secretary general and party member"),
        ],
    ),
    (
        "result",
        &[
            ("qualified", "合格", "qualified"),
            ("basically_qualified", "基本合格", "basically qualified"),
            ("unqualified", "不合格", "unqualified"),
        ],
    ),
    (
        "role",
        &[
            ("president", "会长", "president"),
            ("executive_president", "执行会长", "executive president"),
            ("vice_president", "副会长", "vice president"),
            ("council_member", "理事", "council member"),
            ("secretary_general", "秘书长", "secretary general"),
            ("party_secretary", "党组织书记", "party secretary"),
            ("liaison_officer", "联络员", "liaison officer"),
            ("other", "其他", "other"),
            ("information", "项目信息引荐人", "information referrer"),
            ("promotion", "项目推动引荐人", "promotion referrer"),
        ],
    ),
    (
        "signing",
        &[
            ("first", "首次签约", "first signing"),
            ("re_signing", "重复签约", "re-signing"),
            ("upgrade", "升格", "upgrade"),
            ("increment", "增资", "increment"),
            ("new_investor", "更换投资方", "new investor"),
        ],
    ),
    (
        "stage",
        &[
            ("lead", "线索", "lead"),
            ("qualified", "研判", "qualified"),
            ("negotiating", "在谈", "negotiating"),
            ("appraisal", "拟签约", "appraisal"),
            ("signed", "已签约", "signed"),
            ("registered", "注册落地", "registered"),
            ("land_approved", "立项拿地", "land approved"),
            ("started", "已开工", "started"),
            ("building", "在建", "building"),
            ("completed", "竣工", "completed"),
            ("producing", "投产", "producing"),
            ("full_capacity", "达产", "full capacity"),
            ("expanding", "增资扩产", "expanding"),
            ("in_statistics", "入统", "in statistics"),
            ("above_scale", "入规", "above scale"),
            ("paused", "暂停", "paused"),
            ("ended", "终止", "ended"),
            ("cancelled", "解约", "cancelled"),
            ("cleared", "清退", "cleared"),
            ("revived", "盘活", "revived"),
        ],
    ),
    (
        "state",
        &[
            ("proposed", "已提出", "proposed"),
            ("half_consented", "一方同意", "one side consented"),
            ("consented", "双方同意", "both consented"),
            ("met", "已见面", "met"),
            ("concluded", "已有结果", "concluded"),
            ("declined", "已谢绝", "declined"),
            ("expired", "已过期", "expired"),
        ],
    ),
    (
        "status",
        &[
            ("accepted", "已受理", "accepted"),
            ("rejected", "不予受理", "rejected"),
            ("assigned", "已交办", "assigned"),
            ("in_progress", "办理中", "in progress"),
            ("resolved", "已办结", "resolved"),
            ("answered", "已反馈", "answered"),
            ("rated", "已评价", "rated"),
        ],
    ),
    (
        "type",
        &[
            ("study", "学习班", "study class"),
            ("branch_meeting", "组织生活", "branch meeting"),
            ("service", "志愿服务", "voluntary service"),
            ("asset", "资产", "assets"),
            ("party_building", "党建", "party building"),
            ("salon", "沙龙", "salon"),
            ("lecture", "讲座", "lecture"),
            ("entrepreneur_lecture", "企业家讲堂", "entrepreneur lecture"),
            ("seminar", "研讨会", "seminar"),
            ("symposium", "座谈会", "symposium"),
            ("forum", "论坛", "forum"),
            ("annual_meeting", "年会", "annual meeting"),
            ("roadshow", "推介会", "roadshow"),
            ("exchange", "交流会、对接会", "exchange"),
            ("signing_ceremony", "签约仪式", "signing ceremony"),
            ("youth_gathering", "青年汇", "youth gathering"),
            ("talent", "人才", "talent"),
            ("capital", "资金、资本", "capital"),
            ("technology", "技术", "technology"),
            ("market", "市场", "market"),
            ("policy", "政策", "policy"),
            ("land", "用地", "land"),
            ("supply", "供应商、采购", "supply"),
            ("workstation", "双招双引工作站", "workstation"),
            ("liaison_station", "联络站", "liaison station"),
            ("other", "其他", "other"),
        ],
    ),
    (
        "forms",
        &[
            ("by_area", "划片", "by area"),
            ("spare_time", "业余", "in spare time"),
            ("small", "小型", "small"),
            ("practical", "务实", "practical"),
        ],
    ),
    (
        "copy",
        &[
            ("journal", "日志文件", "journal"),
            ("engine", "存储引擎", "engine"),
            ("head", "日志头", "head file"),
        ],
    ),
    (
        "damage",
        &[
            ("unopenable", "打不开", "could not be opened"),
            ("missing", "缺失", "missing"),
            ("behind", "落后", "behind"),
            ("damaged", "部分损坏", "damaged in part"),
            ("differs", "内容不同", "different content"),
        ],
    ),
    (
        "qualification",
        &[
            ("party_secretary", "党组织书记", "party secretary"),
            ("secretary_general", "秘书长中的中共党员", "secretary general and party member"),
        ],
    ),
    (
        "status",
        &[
            ("accepted", "已受理", "accepted"),
            ("rejected", "不予受理", "rejected"),
            ("assigned", "已交办", "assigned"),
            ("in_progress", "办理中", "in progress"),
            ("resolved", "已办结", "resolved"),
            ("answered", "已反馈", "answered"),
            ("rated", "已评价", "rated"),
        ],
    ),
    (
        "beneficiary_type",
        &[
            ("poor_village", "贫困村", "poor village"),
            ("weak_village", "经济薄弱村", "weak village"),
            ("school", "学校", "school"),
            ("other", "其他", "other"),
        ],
    ),
    (
        "mode",
        &[("online", "线上", "on line"), ("offline", "线下", "off line"), ("both", "线上线下结合", "both")],
    ),
    (
        "purpose",
        &[
            ("matchmaking", "撮合引荐", "matchmaking"),
            ("invitation", "活动通知", "invitation"),
            ("sharing", "向其他单位提供", "sharing"),
            ("statistics", "统计", "statistics"),
        ],
    ),
    (
        "basis",
        &[
            ("consent", "单独同意", "consent"),
            ("legal_duty", "法定职责", "legal duty"),
            ("no_personal_data", "不含个人信息", "no personal data"),
        ],
    ),
    (
        "follow_up",
        &[
            ("pending", "待跟进", "pending"),
            ("revisited", "已回访", "revisited"),
            ("talking", "洽谈中", "talking"),
            ("dropped", "不再跟进", "dropped"),
        ],
    ),
    (
        "approximator",
        &[
            ("some_more", "多、余", "some more"),
            ("over", "逾", "over"),
            ("nearly", "近", "nearly"),
            ("about", "约", "about"),
        ],
    ),
    (
        "unit",
        &[
            ("organisations", "家", "organisations"),
            ("persons", "人", "persons"),
            ("attendances", "人次", "attendances"),
            ("occasions", "场", "occasions"),
            ("sessions", "期", "sessions"),
            ("times", "次", "times"),
            ("items", "个", "items"),
            ("appointees", "名", "appointees"),
            ("yuan", "元", "yuan"),
            ("mu", "亩", "mu"),
            ("pairs", "对", "pairs"),
            ("records", "条", "records"),
            ("days", "天", "days"),
        ],
    ),
];
