//! What the desk itself refuses: sizes, and keys that stand for something else.

use jinqiao_events::decide::Refusal;
use jinqiao_events::log::{APPEND_MAX_EVENTS, AppendError, Position};

pub(super) fn key_twice(key: &str) -> Refusal {
    Refusal::conflict(
        "key_reused",
        "/key",
        format!("键「{key}」在同一批中用了两次；每个事件须有自己的键"),
        format!("key {key:?} stands twice in one batch: give every event its own"),
    )
}

/// `at` is 0 for an event that is only rehearsed, and so has no position.
pub(super) fn key_reused(key: &str, at: Position) -> Refusal {
    let (zh, en) = match at {
        0 => ("前面的事件".to_owned(), "an earlier event".to_owned()),
        at => (format!("第 {at} 号事件"), format!("event {at}")),
    };
    Refusal::conflict(
        "key_reused",
        "/key",
        format!("键「{key}」已用于{zh}，内容不同；请换一个键，或改用更正"),
        format!("key {key:?} was used for {en} with other content; use another key, or a correction"),
    )
}

pub(super) fn too_many(count: usize) -> Refusal {
    Refusal::invalid(
        "too_many_events",
        "",
        format!("一次提交 {count} 个事件，最多 {APPEND_MAX_EVENTS} 个；请分批提交"),
        format!("{count} events in one append, at most {APPEND_MAX_EVENTS}: send them in batches"),
    )
}

pub(super) fn too_large(code: &'static str, actual: usize, limit: usize) -> Refusal {
    Refusal::invalid(
        code,
        "/body",
        format!("内容 {actual} 字节，最多 {limit} 字节；请缩短或分批提交"),
        format!("{actual} bytes, at most {limit}: shorten it or send it in batches"),
    )
}

pub(super) fn too_many_rewrites(limit: usize) -> Refusal {
    Refusal::invalid(
        "too_many_rewrites",
        "",
        format!(
            "一次提交中更正、作废与新登记交替过多（最多重算 {limit} 次历史）；请把作废排在前面，或分批提交"
        ),
        format!("history would be told anew more than {limit} times: put voids first, or send it in batches"),
    )
}

/// What the log refuses although the desk had let it pass.
pub(super) fn by_the_log(error: &AppendError) -> Refusal {
    match error {
        AppendError::KeyReused { key, at } => key_reused(key, *at),
        AppendError::TooLarge { actual, limit, .. } => too_large("batch_too_large", *actual, *limit),
        AppendError::Guarded { at } => Refusal::conflict(
            "overtaken",
            "",
            format!("第 {at} 号事件已先行登记，与本次冲突；请核对后重试"),
            format!("event {at} was recorded first and stands against this: check and try again"),
        ),
    }
}
