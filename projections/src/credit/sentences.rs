//! The answers in words, Chinese and English, from the same findings as the numbers.

use jinqiao_events::kinds::claim::ConfirmedBy;
use jinqiao_events::kinds::project::Signing;
use jinqiao_events::log::Position;
use jinqiao_events::rule_set::{Base, RuleSet};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::fen::Fen;
use jinqiao_events::value::party_ref::PartyRef;

use super::counting::{CountedSigning, Found};
use super::filings::{Against, Judged, Reason};
use super::referrers::Referrer;
use super::reward::{Paid, Unpaid};
use super::verdict::{Answer, Verdict};
use super::{Chosen, Dossier};
use crate::views::Views;

pub(super) fn answers(
    views: &Views,
    dossier: &Dossier<'_>,
    rules: &RuleSet,
    verdict: &Verdict,
) -> Vec<Answer> {
    let mut answers = vec![rule_set(rules, verdict)];
    answers.extend(verdict.filings.iter().map(|judged| filing(views, judged)));
    answers.push(holders(views, verdict));
    if rules.referrers.is_some() {
        answers.extend(verdict.referrers.iter().map(|one| referrer(views, one)));
        answers.extend(unfiled(views, dossier, verdict));
        answers.push(credited(views, verdict));
    }
    answers.extend(transfers(dossier, verdict));
    answers.extend(verdict.counted.signings.iter().map(signing));
    answers.push(amount(verdict));
    answers.push(payment(verdict));
    answers
}

fn answer(question: &'static str, zh: String, en: String, evidence: Vec<Position>) -> Answer {
    Answer { question, zh, en, evidence }
}

fn rule_set(rules: &RuleSet, verdict: &Verdict) -> Answer {
    let (how_zh, how_en, evidence) = match verdict.chosen {
        Chosen::Asked => ("按要求套用", "asked for", vec![]),
        Chosen::Adopted(position) => ("当时已启用", "adopted at the time", vec![position]),
        Chosen::OfThePlace => ("落地所在地当时的规则", "the place's own at the time", vec![]),
        Chosen::House => ("没有启用其他规则", "no other was adopted", vec![]),
    };
    let zh = format!("适用规则：{}（{how_zh}；{}）", rules.title, rules.source);
    answer("rules", zh, format!("rules: {} ({how_en})", rules.title_en), evidence)
}

fn filing(views: &Views, judged: &Judged) -> Answer {
    let who = names(views, &judged.who);
    let late = if judged.lag_days > 0 {
        (format!("，补录迟 {} 天", judged.lag_days), format!(", recorded {} days later", judged.lag_days))
    } else {
        (String::new(), String::new())
    };
    let from = if judged.counts_from == judged.occurred {
        (String::new(), String::new())
    } else {
        (format!("，从登记之日 {} 起算", judged.counts_from), format!(", counts from {}", judged.counts_from))
    };
    let (found_zh, found_en) = found(&judged.against, "计入", "counts");
    answer(
        "filing",
        format!("{who} 于 {} 报备{}{}：{found_zh}", judged.occurred, late.0, from.0),
        format!("{who} filed on {}{}{}: {found_en}", judged.occurred, late.1, from.1),
        evidence(judged.position, &judged.against),
    )
}

fn found(against: &[Against], good_zh: &str, good_en: &str) -> (String, String) {
    if against.is_empty() {
        return (good_zh.to_owned(), good_en.to_owned());
    }
    let zh: Vec<String> = against.iter().map(|against| reason(&against.reason).0).collect();
    let en: Vec<String> = against.iter().map(|against| reason(&against.reason).1).collect();
    (format!("不计，{}", zh.join("；")), format!("does not count: {}", en.join("; ")))
}

fn evidence(position: Position, against: &[Against]) -> Vec<Position> {
    let mut positions = vec![position];
    positions.extend(against.iter().flat_map(|against| &against.evidence).copied());
    positions.sort_unstable();
    positions.dedup();
    positions
}

/// A reason in both languages.
fn reason(reason: &Reason) -> (String, String) {
    let (zh, en) = match reason {
        Reason::BelowThreshold => ("项目规模不到门槛", "the project is below the threshold"),
        Reason::SizeUnknown => ("项目规模不详或币种无法比较", "its size is unknown or cannot be compared"),
        Reason::AfterSigning => ("项目此前已签约", "something was signed by then"),
        Reason::AfterContract => ("正式合同此前已签", "the contract was signed by then"),
        Reason::BeforeTalks => ("正式洽谈尚未开始", "formal talks had not begun"),
        Reason::AlreadySigned => ("已签约项目不作为线索", "a signed project is no lead"),
        Reason::Expansion => ("已落地企业扩建不作为线索", "the expansion of a settled firm is no lead"),
        Reason::OtherDistrict => ("其他地区在谈或已签约", "another district has it in talks or signed"),
        Reason::Official => ("机关或公职人员不能认定", "officials and authorities are excluded"),
        Reason::OwnProject => ("投资方自己不能认定", "an investor cannot refer its own project"),
        Reason::NotEligible => ("此类主体不在认定范围", "this sort of referrer is not eligible"),
        Reason::CapacityUnknown => ("身份不明，请先登记该主体或写明身份", "it is not known as what it acts"),
        Reason::RoleUnknown => ("规则没有这类引荐人", "the rules know no such role"),
        Reason::NotFirst => ("不是第一家", "somebody else was first"),
        Reason::Unconfirmed(missing) => return unconfirmed(missing),
    };
    (zh.to_owned(), en.to_owned())
}

fn unconfirmed(missing: &[ConfirmedBy]) -> (String, String) {
    let words = missing.iter().map(|by| match by {
        ConfirmedBy::Investor => ("投资方", "investor"),
        ConfirmedBy::Referrer => ("引荐人", "referrer"),
        ConfirmedBy::LandingPlace => ("落地单位", "landing place"),
        ConfirmedBy::AttractionOffice => ("招商部门", "attraction office"),
    });
    let (zh, en): (Vec<&str>, Vec<&str>) = words.unzip();
    (format!("缺{}确认", zh.join("、")), format!("not confirmed by {}", en.join(", ")))
}

fn holders(views: &Views, verdict: &Verdict) -> Answer {
    let evidence = verdict.holders.iter().map(|holder| holder.evidence).collect();
    let shared = verdict.holders.iter().map(|holder| {
        let name = names(views, std::slice::from_ref(&holder.party));
        if holder.percent == 100 { name } else { format!("{name} {}%", holder.percent) }
    });
    let shared: Vec<String> = shared.collect();
    let by = verdict.arbitrated_by.map_or(("", ""), |_| ("（经裁定）", " (arbitrated)"));
    if shared.is_empty() {
        return answer(
            "holder",
            format!("没有可认定的归属方{}", by.0),
            format!("credited to nobody{}", by.1),
            evidence,
        );
    }
    answer(
        "holder",
        format!("项目归属：{}{}", shared.join("、"), by.0),
        format!("credited to {}{}", shared.join(", "), by.1),
        evidence,
    )
}

fn referrer(views: &Views, one: &Referrer) -> Answer {
    let who = match (one.who.is_empty(), one.person) {
        (true, Some(person)) => person.to_string(),
        _ => names(views, &one.who),
    };
    let (zh, en) = found(&one.against, "予以认定", "credited");
    answer(
        "referrer",
        format!("引荐人 {who}（备案 {}，{}）：{zh}", one.filing, one.counts_from),
        format!("referrer {who} (filing {}, {}): {en}", one.filing, one.counts_from),
        evidence(one.position, &one.against),
    )
}

fn credited(views: &Views, verdict: &Verdict) -> Answer {
    let credited: Vec<&Referrer> = verdict.referrers.iter().filter(|one| one.counts()).collect();
    let names: Vec<String> = credited.iter().map(|one| names(views, &one.who)).collect();
    let evidence = credited.iter().map(|one| one.position).collect();
    if credited.is_empty() {
        return answer("referrers", "没有可认定的引荐人".into(), "no referrer is credited".into(), evidence);
    }
    let joint = if credited.len() > 1 { ("，并列", ", jointly") } else { ("", "") };
    answer(
        "referrers",
        format!("认定引荐人：{}{}", names.join("、"), joint.0),
        format!("credited referrers: {}{}", names.join(", "), joint.1),
        evidence,
    )
}

/// Who is named as a referrer by a signing alone: a name on the ledger is no filing.
fn unfiled(views: &Views, dossier: &Dossier<'_>, verdict: &Verdict) -> Vec<Answer> {
    let id = |party: &PartyRef| views.register.resolve(party);
    let is_one =
        |one: &PartyRef, other: &PartyRef| one == other || id(one).is_some_and(|it| id(other) == Some(it));
    let is_filed =
        |party: &PartyRef| verdict.referrers.iter().flat_map(|one| &one.who).any(|who| is_one(who, party));
    let named = dossier.signings().filter_map(|(entry, event)| Some((entry, event.referrer.as_ref()?)));
    let unfiled = named.filter(|(_, party)| !is_filed(party)).map(|(entry, party)| {
        let name = names(views, std::slice::from_ref(party));
        answer(
            "referrer",
            format!("签约登记写有引荐单位 {name}，但没有引荐人备案，不予认定；已备案的请补录"),
            format!("the signing names {name} as the referrer, and no filing does: not credited"),
            vec![entry.position],
        )
    });
    unfiled.collect()
}

fn transfers(dossier: &Dossier<'_>, verdict: &Verdict) -> Option<Answer> {
    dossier.transfers().next()?;
    let zh: Vec<String> = verdict
        .districts
        .iter()
        .map(|share| format!("{} {}%", share.region.name_zh(), share.percent))
        .collect();
    let en: Vec<String> =
        verdict.districts.iter().map(|share| format!("{} {}%", share.region.code(), share.percent)).collect();
    let evidence = dossier.transfers().map(|(entry, _)| entry.position).collect();
    Some(answer(
        "districts",
        format!("流转后各地份额：{}", zh.join("、")),
        format!("districts: {}", en.join(", ")),
        evidence,
    ))
}

fn signing(signing: &CountedSigning) -> Answer {
    let (how_zh, how_en) = match signing.counts_as {
        Signing::First => ("首次签约", "first signing"),
        Signing::ReSigning => ("重复签约，不再计入", "signed again, adds nothing"),
        Signing::Upgrade => ("升格，只计状态不计金额", "upgrade: status only"),
        Signing::Increment => ("增资，只计增量", "increment only"),
        Signing::NewInvestor => ("更换投资方，计入本次", "new investor: counts here"),
    };
    let (note_zh, note_en) = match signing.found {
        None => ("", ""),
        Some(Found::ReSigned) => ("【重复签约】", " [re-signed]"),
        Some(Found::RePackaged) => ("【金额抬高，疑似重新包装】", " [for more: re-packaged?]"),
    };
    let at = signing.ceremony.as_ref().map(|ceremony| format!("「{ceremony}」")).unwrap_or_default();
    answer(
        "signing",
        format!("{} {at}签约：{how_zh}{note_zh}", signing.occurred),
        format!("signed on {}{at}: {how_en}{note_en}", signing.occurred),
        vec![signing.position],
    )
}

fn amount(verdict: &Verdict) -> Answer {
    let evidence: Vec<Position> =
        verdict.counted.sums.iter().flat_map(|sum| sum.evidence.iter().copied()).collect();
    if verdict.counted.sums.is_empty() {
        return answer("counted", "没有可计入的签约金额".into(), "no signed amount counts".into(), evidence);
    }
    let zh: Vec<String> = verdict
        .counted
        .sums
        .iter()
        .map(|sum| format!("{} {}", sum.kind.label_zh(), Fen::sum_zh_in(sum.fen, sum.currency)))
        .collect();
    let en: Vec<String> = verdict
        .counted
        .sums
        .iter()
        .map(|sum| format!("{} {}", sum.kind.label_en(), yuan(sum.fen, sum.currency)))
        .collect();
    answer("counted", format!("计入：{}", zh.join("；")), format!("counted: {}", en.join("; ")), evidence)
}

/// Main units with two decimals and the currency.
fn yuan(hundredths: i128, currency: Currency) -> String {
    format!("{} {currency}", Fen::sum_text(hundredths))
}

fn payment(verdict: &Verdict) -> Answer {
    let (zh, en) = match (&verdict.reward, verdict.unpaid) {
        (Some(paid), _) => return paid_answer(paid),
        (None, Some(Unpaid::NoReferrer)) => {
            ("没有可认定的引荐人，不计奖励", "no credited referrer: nothing is paid")
        }
        (None, Some(Unpaid::NoContract)) => {
            ("没有写明金额的正式合同，不计奖励", "no contract with an amount: nothing is paid")
        }
        (None, Some(Unpaid::NotYet)) => {
            ("规模或到位资金尚未达到奖励条件", "size or arrived funds are below what is asked for")
        }
        (None, Some(Unpaid::NoReward) | None) => {
            ("该规则不计奖励，或奖励标准未写入", "the rules pay nothing, or not by figures known here")
        }
    };
    answer("reward", zh.into(), en.into(), Vec::new())
}

fn paid_answer(paid: &Paid) -> Answer {
    let (base_zh, base_en) = match paid.base {
        Base::FixedAssets => ("固定资产", "fixed assets"),
        Base::Arrived => ("到位资金", "arrived funds"),
        Base::Signed => ("签约金额", "signed amount"),
    };
    let base = yuan(paid.base_hundredths, paid.currency);
    let rate = format!("{}.{:02}%", paid.rate_basis_points / 100, paid.rate_basis_points % 100);
    let cap = paid.cap_fen.filter(|cap| *cap < paid.uncapped_fen);
    let (cap_zh, cap_en) = cap.map_or((String::new(), String::new()), |cap| {
        let cap = yuan(cap, Currency::CNY);
        (format!("，封顶 {cap}"), format!(", capped at {cap}"))
    });
    let sum = yuan(paid.fen, Currency::CNY);
    answer(
        "reward",
        format!("奖励 {sum}：{base_zh} {base} × {rate}{cap_zh}，不足一分的舍去"),
        format!("reward {sum}: {base_en} {base} x {rate}{cap_en}, rounded down to the fen"),
        paid.evidence.clone(),
    )
}

fn names(views: &Views, parties: &[PartyRef]) -> String {
    let name = |party: &PartyRef| {
        let known = views.register.resolve(party).and_then(|id| views.register.party(id));
        known.map_or_else(|| party.to_string(), |party| party.name.clone())
    };
    parties.iter().map(name).collect::<Vec<_>>().join("、")
}
