//! 链团采购台账: what members bought from each other. 经办人 is not kept: no figure or match needs it.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::supply::MemberPurchaseMade;
use jinqiao_events::value::money::AmountKind;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};

use super::form::{Context, Entry, Form, Item, Reading, Table, face};
use super::heading::Column;
use super::line::{Line, RowFault};

const CONTRACT: Column = Column::required("合同编号", &["合同号", "合同编码"]);
const DATE: Column = Column::required("日期", &["采购日期", "签订日期", "合同日期", "签约日期", "成交日期"]);
const BUYER: Column =
    Column::required("采购方", &["采购单位", "采购企业", "买方", "需方", "购买方", "采购商", "甲方"]);
const SELLER: Column =
    Column::required("供应方", &["供应单位", "供应企业", "供应商", "卖方", "供方", "销售方", "乙方"]);
const AMOUNT: Column = Column::required(
    "金额",
    &[
        "采购金额",
        "合同金额",
        "成交金额",
        "合同总额",
        "采购总额",
        "采购额",
        "成交额",
        "总金额",
        "合同额",
        "合同价款",
    ],
);
const GOODS: Column = Column::optional(
    "采购内容",
    &["采购品目", "产品", "内容", "货物", "采购产品", "采购商品", "商品", "品名", "采购项目"],
);
const CHAMBER: Column = Column::optional("所属商会", &["商会", "牵头商会"]);
const TABLE: Table = &[&CONTRACT, &DATE, &BUYER, &SELLER, &AMOUNT, &GOODS, &CHAMBER];

const FIELDS: &[(&str, &Column)] =
    &[("buyer", &BUYER), ("seller", &SELLER), ("amount", &AMOUNT), ("goods", &GOODS), ("chamber", &CHAMBER)];

/// The ledger of purchases, with its figures.
#[derive(Debug, Default)]
pub(super) struct Purchases {
    fen: i128,
    pairs: BTreeSet<(PartyRef, PartyRef)>,
}

impl Form for Purchases {
    fn tables(&self) -> &'static [Table] {
        &[TABLE]
    }

    fn read(&mut self, _table: usize, line: Line<'_>, _context: &Context<'_>) -> Result<Reading, RowFault> {
        let (buyer, seller) = (line.name(&BUYER)?, line.name(&SELLER)?);
        let Some(amount) = line.money(&AMOUNT, AmountKind::Purchase)? else {
            return Err(line.fault(&AMOUNT, "amount_missing", "采购金额没有确定；请在成交后补上金额"));
        };
        let contract = line.key(&CONTRACT)?;
        let event = MemberPurchaseMade {
            buyer: PartyRef::Name(buyer),
            seller: PartyRef::Name(seller),
            chamber: line.parse::<OrgName>(&CHAMBER)?.map(PartyRef::Name),
            goods: line.text(&GOODS),
            amount,
            contract: Some(contract.clone()),
        };
        let items = vec![Item::new(contract.to_string(), event, line.date(&DATE)?)];
        Ok(Reading::of(Entry { key: contract.to_string(), items, fields: FIELDS, unknown: Vec::new() }))
    }

    fn tally(&mut self, events: &[Event]) {
        for event in events {
            let Event::MemberPurchaseMade(event) = event else {
                continue;
            };
            self.fen += i128::from(event.amount.fen().get());
            self.pairs.insert((event.buyer.clone(), event.seller.clone()));
        }
    }

    fn totals(&self, register: &Register) -> Vec<(&'static str, Value)> {
        let pairs: BTreeSet<_> = self
            .pairs
            .iter()
            .map(|(buyer, seller)| (face(buyer, register), face(seller, register)))
            .collect();
        let money = json!({ AmountKind::Purchase.label_zh(): json!(self.fen) });
        vec![("money_fen", money), ("buyer_seller_pairs", json!(pairs.len()))]
    }
}
