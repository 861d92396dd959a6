//! Labels of the fields and values of event bodies. A new field or value needs one line here; a test walks the
//! vocabulary's examples and schemas and names what is missing.

use crate::config::Lang;

type Row = (&'static str, &'static str, &'static str);

/// Field, Chinese, English; sorted by field.
const FIELDS: &[Row] = &[
    ("a", "甲方", "One side"),
    ("accepted", "接受行数", "Rows accepted"),
    ("activity", "活动", "Activity"),
    ("addressee", "呈送单位", "Addressed to"),
    ("agreement", "协议性质", "Agreement"),
    ("agreement_signed", "是否签订协议", "Agreement signed"),
    ("amount", "金额", "Amount"),
    ("approximator", "约数", "Approximation"),
    ("assessor", "评估单位", "Assessed by"),
    ("at_position", "计算时的位置", "Computed at event"),
    ("authority", "登记机关", "Authority"),
    ("b", "乙方", "Other side"),
    ("basis", "依据", "Basis"),
    ("batch", "批次", "Batch"),
    ("beneficiaries", "受助对象", "Beneficiaries"),
    ("beneficiary", "受助对象", "Beneficiary"),
    ("beneficiary_type", "对象类型", "Sort of beneficiary"),
    ("body", "更正后的内容", "Corrected body"),
    ("buyer", "采购方", "Buyer"),
    ("candidates", "候选", "Candidates"),
    ("category", "类别", "Category"),
    ("ceremony", "签约场合", "Ceremony"),
    ("chamber", "商会", "Chamber"),
    ("chamber_type", "商会类型", "Chamber type"),
    ("channel", "途径", "Channel"),
    ("claim", "表述编号", "Claim"),
    ("contract", "合同号", "Contract"),
    ("count", "人数", "Number"),
    ("delegates", "来访单位", "Delegates"),
    ("delegation", "考察编号", "Delegation"),
    ("demand", "需求编号", "Demand"),
    ("direction", "方向", "Direction"),
    ("document", "文号、协议", "Document"),
    ("donor", "捐赠单位", "Donor"),
    ("due", "办理期限", "Due"),
    ("duplicates", "重复行数", "Duplicate rows"),
    ("event", "所指事件", "Event meant"),
    ("evidence", "依据", "Evidence"),
    ("figure", "指标", "Figure"),
    ("figures", "指标", "Figures"),
    ("fixed_assets", "固定资产", "Fixed assets"),
    ("follow_up", "后续跟进", "Follow-up"),
    ("form", "表格", "Form"),
    ("forms", "形式", "Forms"),
    ("from", "被归并、起始日期", "Merged entry, or from"),
    ("given", "是否同意", "Given"),
    ("goods", "货品", "Goods"),
    ("group", "组别", "Group"),
    ("hash", "文件摘要", "File digest"),
    ("holder", "担任单位", "Held by"),
    ("home_place", "原籍地", "Home place"),
    ("host", "驻在单位", "Host"),
    ("hosts", "接待单位", "Hosts"),
    ("identifier", "标识", "Identifier"),
    ("import", "所属导入", "Import"),
    ("industry", "行业", "Industry"),
    ("instalment", "到位批次", "Instalment"),
    ("into", "归并到", "Merged into"),
    ("introducer", "引荐人", "Introducer"),
    ("introduction", "引荐", "Introduction"),
    ("investor", "投资方", "Investor"),
    ("investors", "投资方", "Investors"),
    ("issuer", "印发单位", "Issuer"),
    ("items", "条数", "Items"),
    ("kind", "类别", "Kind"),
    ("led_by", "直属领导单位", "Led by"),
    ("level", "级别", "Level"),
    ("member", "会员", "Member"),
    ("met", "会见或满足", "Met"),
    ("mode", "方式", "Mode"),
    ("model", "模型", "Model"),
    ("name", "名称", "Name"),
    ("need", "诉求编号", "Need"),
    ("note", "说明", "Note"),
    ("notice", "告知书", "Notice"),
    ("occurred", "更正后的日期", "Corrected date"),
    ("organisation", "单位", "Organisation"),
    ("organiser", "主办单位", "Organiser"),
    ("organisers", "主办单位", "Organisers"),
    ("origin", "资金来源", "Origin"),
    ("outcome", "结果", "Outcome"),
    ("owner", "承办单位", "Owner"),
    ("parent", "上级党组织", "Parent organisation"),
    ("participants", "参加人数", "Participants"),
    ("partners", "培训机构", "Training partners"),
    ("party", "单位", "Party"),
    ("party_activity", "党建活动编号", "Party activity"),
    ("party_org", "党组织", "Party organisation"),
    ("party_training", "培训编号", "Training"),
    ("person", "人员", "Person"),
    ("persons", "人员", "Persons"),
    ("place", "地点", "Place"),
    ("planned_for", "计划日期", "Planned for"),
    ("platform", "平台", "Platform"),
    ("post", "职务", "Post"),
    ("products", "产品", "Products"),
    ("programme", "工程、计划", "Programme"),
    ("project", "项目编号", "Project"),
    ("publication", "出处", "Published in"),
    ("publisher", "发布单位", "Publisher"),
    ("purpose", "用途", "Purpose"),
    ("qualification", "任职条件", "Qualification"),
    ("question", "提问编号", "Question"),
    ("reason", "原因", "Reason"),
    ("head", "日志末位", "Last position then"),
    ("copy", "哪一份", "Copy"),
    ("damage", "损坏情形", "Damage"),
    ("ranges", "位置范围", "Positions"),
    ("kept", "移存的文件", "Files set aside"),
    ("recipient", "接收单位", "Recipient"),
    ("referrer", "引荐单位", "Referrer"),
    ("refused", "拒绝行数", "Rows refused"),
    ("region", "地区", "District"),
    ("regulation", "制度编号", "Regulation"),
    ("report", "报告编号", "Report"),
    ("reporter", "上报单位", "Reported by"),
    ("role", "职务或角色", "Role"),
    ("rows", "行数", "Rows"),
    ("satisfied", "是否满意", "Satisfied"),
    ("seller", "供应方", "Seller"),
    ("sender", "选派单位", "Sent by"),
    ("series", "系列", "Series"),
    ("short_names", "简称", "Short names"),
    ("side", "一方", "Side"),
    ("signing", "签约性质", "Signing"),
    ("sites", "考察点", "Sites"),
    ("sponsor", "主管单位", "Sponsor"),
    ("stage", "阶段", "Stage"),
    ("station", "站点", "Station"),
    ("status", "办理状态", "Status"),
    ("subject", "主题", "Subject"),
    ("suggestion", "建议编号", "Suggestion"),
    ("supply", "供给编号", "Supply"),
    ("text", "内容", "Text"),
    ("title", "标题", "Title"),
    ("to", "截止日期", "To"),
    ("topic", "议题", "Topic"),
    ("type", "类型", "Type"),
    ("unit", "单位", "Unit"),
    ("value", "数值", "Value"),
    ("venue", "场地", "Venue"),
    ("visit", "走访编号", "Visit"),
    ("visitor", "走访人", "Visitor"),
    ("visitors", "人数", "Heads"),
    ("voucher", "凭证", "Voucher"),
    ("welfare_activity", "公益活动", "Welfare activity"),
    ("working_capital", "流动资金", "Working capital"),
];

/// Field that holds one of a fixed set of words, the word, Chinese, English. The same word may mean different
/// things in different fields.
const VALUES: &[(&str, &[Row])] = &[
    (
        "agreement",
        &[
            ("intent", "意向、备忘录", "intent"),
            ("framework", "框架协议", "framework"),
            ("contract", "正式合同", "contract"),
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
    ("direction", &[("inbound", "来访", "inbound"), ("outbound", "外出", "outbound")]),
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
        "outcome",
        &[
            ("talking", "继续洽谈", "still talking"),
            ("intent", "达成意向", "intent"),
            ("deal", "成交、签约", "deal"),
            ("nothing", "未成", "nothing"),
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
        ],
    ),
    (
        "signing",
        &[
            ("first", "首次签约", "first signing"),
            ("re_signing", "重复签约", "re-signing"),
            ("upgrade", "升格", "upgrade"),
            ("increment", "增资", "increment"),
        ],
    ),
    (
        "stage",
        &[
            ("negotiating", "在谈", "negotiating"),
            ("signed", "已签约", "signed"),
            ("registered", "注册落地", "registered"),
            ("started", "已开工", "started"),
            ("building", "在建", "building"),
            ("completed", "竣工", "completed"),
            ("producing", "投产", "producing"),
            ("full_capacity", "达产", "full capacity"),
            ("paused", "暂停", "paused"),
            ("ended", "终止", "ended"),
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

fn pick(row: &Row, lang: Lang) -> &'static str {
    lang.pick(row.1, row.2)
}

/// The label of a field; its own name where the table does not know it.
#[must_use]
pub fn field(name: &str, lang: Lang) -> &str {
    FIELDS.iter().find(|row| row.0 == name).map_or(name, |row| pick(row, lang))
}

/// The label of a word in a field that holds one of a fixed set of words.
#[must_use]
pub fn value(field: &str, word: &str, lang: Lang) -> Option<&'static str> {
    let words = VALUES.iter().find(|(name, _)| *name == field)?.1;
    words.iter().find(|row| row.0 == word).map(|row| pick(row, lang))
}

/// The label of a value of the vocabulary that serialises to one word.
#[must_use]
pub fn label(field: &str, value_of: &impl serde::Serialize, lang: Lang) -> String {
    match serde_json::to_value(value_of) {
        Ok(serde_json::Value::String(word)) => value(field, &word, lang).map_or(word.clone(), str::to_owned),
        Ok(_) | Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jinqiao_events::kinds::Kind;
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_field_has_a_label() {
        for kind in Kind::ALL {
            let schema = kind.schema();
            for name in schema["properties"].as_object().unwrap().keys() {
                assert!(FIELDS.iter().any(|row| row.0 == name), "field {name} of {kind} has no label");
            }
        }
    }

    fn words(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                found.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
                let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
                found.extend(listed.filter_map(Value::as_str).map(str::to_owned));
                map.values().for_each(|inner| words(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| words(inner, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_word_of_a_fixed_set_has_a_label() {
        let mut asked = 0;
        for kind in Kind::ALL {
            let schema = kind.schema();
            for (name, property) in schema["properties"].as_object().unwrap() {
                let reference = property["$ref"].as_str().or_else(|| property["anyOf"][0]["$ref"].as_str());
                let Some(definition) = reference.and_then(|path| path.strip_prefix("#/$defs/")) else {
                    continue;
                };
                if ["Money", "Currency", "AmountKind"].contains(&definition) {
                    continue;
                }
                let mut found = BTreeSet::new();
                words(&schema["$defs"][definition], &mut found);
                asked += found.len();
                for word in found {
                    assert!(
                        value(name, &word, Lang::En).is_some(),
                        "{word} in {name} of {kind} has no label"
                    );
                }
            }
        }
        assert!(asked > 60, "the schemas were looked into: {asked}");
    }

    #[test]
    fn every_label_is_there_in_both_languages() {
        let rows = FIELDS.iter().chain(VALUES.iter().flat_map(|(_, rows)| rows.iter()));
        for row in rows {
            assert!(!row.1.is_ascii(), "{} has no Chinese", row.0);
            assert!(row.2.is_ascii() && !row.2.is_empty(), "{} has no English", row.0);
        }
    }
}
