//! `link`: confirms that a name on some events means a party.

use std::io::Write;

use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::identity::PartyLinked;
use jinqiao_events::value::party_ref::PartyRef;
use serde_json::json;

use super::{Globals, finish, out, writing};
use crate::client::Client;
use crate::desk::{Submission, draft};
use crate::error::AppError;

/// 确认一个名称（如签到表上的简称）指的是哪个主体；可撤销
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 事件上写的名称
    name: String,
    /// 主体：编号、代码（uscc:…）或全称
    party: String,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let receipt = match &globals.server {
        Some(url) => Client::new(url)?.speaking(globals.lang).link(&args.name, &args.party)?,
        None => record(args, globals)?,
    };
    let mut out = out();
    writeln!(out, "{receipt}").map_err(writing)?;
    globals.say("已挂接", "linked");
    finish(out)
}

fn record(args: &Args, globals: &Globals) -> Result<serde_json::Value, AppError> {
    let party: PartyRef =
        args.party.parse().map_err(|error: jinqiao_events::value::party_ref::PartyRefError| {
            Refusal::invalid(error.code(), "/party", error.to_string(), "not a party reference")
        })?;
    let desk = globals.open_desk()?;
    let linked = PartyLinked { name: args.name.clone(), party, import: None };
    let unit = vec![draft(linked.into(), clock::today(desk.clock()))];
    let answers = desk.record_blocking(Submission { units: vec![unit], rehearsal: false });
    desk.close()?;
    let answer = answers?.pop().ok_or(AppError::Busy)?.map_err(|fault| fault.refusal)?;
    Ok(answer
        .first()
        .map_or(serde_json::Value::Null, |receipt| json!({ "position": receipt.position, "id": receipt.id })))
}
