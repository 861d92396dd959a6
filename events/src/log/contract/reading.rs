//! Promises about reading and following.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{EVERYTHING, Open, append, commit, commit_one, event, everything, fill, keyed};
use crate::kinds::Tag;
use crate::log::{Direction, Position, Query, QueryItem};

/// Whoever looks while appends of three are written never sees a part of one, nor anything unreadable.
pub fn an_event_is_visible_with_its_whole_append_once_that_is_acknowledged(open: Open<'_>) {
    let log = open();
    let log = &*log;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let looker = scope.spawn(|| {
            let mut looks = 0;
            while !done.load(Ordering::Acquire) || looks == 0 {
                let head = log.head();
                assert_eq!(head % 3, 0);
                let seen =
                    log.read(&Query::all(), head.saturating_sub(4), Direction::Forward, EVERYTHING).unwrap();
                assert!(seen.last().map_or(0, |event| event.position) >= head);
                assert_eq!(seen.last().map_or(0, |event| event.position) % 3, 0);
                looks += 1;
            }
        });
        for n in 0..60 {
            let placed = commit_one(log, append([event(n), event(n), event(n)])).unwrap();
            assert_eq!(log.head(), placed.last().unwrap().position);
        }
        done.store(true, Ordering::Release);
        looker.join().unwrap();
    });
}

/// Forward and backward, from anywhere, with any limit.
pub fn reading_by_query_finds_what_a_full_scan_finds(open: Open<'_>) {
    let log = open();
    fill(&*log, 700);
    let all = everything(&*log);
    let tag = |class: &str, n: u64| Tag::new(class, &n);
    let item = |kinds: &[&str], tags: &[Tag]| QueryItem {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        tags: tags.to_vec(),
    };
    let queries = [
        vec![],
        vec![item(&[], &[tag("party", 3)])],
        vec![item(&[], &[tag("party", 3), tag("party", 101)])],
        vec![item(&["kind_1"], &[])],
        vec![item(&["kind_1", "kind_3"], &[])],
        vec![item(&["kind_2"], &[tag("party", 5)])],
        vec![
            item(&["kind_2"], &[tag("party", 5)]),
            item(&[], &[tag("activity", 333)]),
            item(&["kind_0"], &[]),
        ],
        vec![item(&["kind_9"], &[]), item(&[], &[tag("activity", 9999)])],
    ];
    for items in queries {
        let query = Query { items };
        for from in [0, 1, 299, 300, 699, 700, 701, Position::MAX] {
            for limit in [0, 1, 5, 300, EVERYTHING] {
                let forward = all.iter().filter(|event| event.position > from && query.matches(event));
                let backward = all.iter().rev().filter(|event| event.position < from && query.matches(event));
                let read = |direction| log.read(&query, from, direction, limit).unwrap();
                assert!(read(Direction::Forward).iter().eq(forward.take(limit)), "{query:?} {from} {limit}");
                assert!(
                    read(Direction::Backward).iter().eq(backward.take(limit)),
                    "{query:?} {from} {limit}"
                );
            }
        }
    }
}

/// From any position, the same events as a read.
pub fn a_scan_hands_over_every_event_in_order_until_it_is_stopped(open: Open<'_>) {
    let log = open();
    fill(&*log, 300);
    for after in [0, 1, 15, 16, 17, 299, 300, 1000] {
        let mut scanned = Vec::new();
        log.scan(after, &mut |event| {
            scanned.push(event);
            if scanned.len() == 200 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        let mut told = scanned.iter();
        log.tell(after, &mut |event| match told.next() {
            Some(stored) => {
                assert_eq!(*event, stored.told());
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        })
        .unwrap();
        assert!(told.next().is_none());
        assert_eq!(scanned, log.read(&Query::all(), after, Direction::Forward, 200).unwrap());
    }
}

/// Catching up and following are one: read beyond the last position, wait for the watermark, read again.
pub fn a_follower_sees_each_event_once_while_others_are_written(open: Open<'_>) {
    const EVENTS: u64 = 300;
    let log = open();
    let log = &*log;
    fill(log, 100);
    thread::scope(|scope| {
        let follower = scope.spawn(|| {
            let mut seen = Vec::new();
            while seen.len() < 300 {
                let after = seen.last().copied().unwrap_or(0);
                let head = log.watermark().wait_beyond(after, Duration::from_secs(20));
                assert!(head > after, "nothing came after {after}");
                log.scan(after, &mut |event| {
                    seen.push(event.position);
                    ControlFlow::Continue(())
                })
                .unwrap();
            }
            seen
        });
        for n in 101..=EVENTS {
            commit_one(log, append([event(n)])).unwrap();
        }
        assert!(follower.join().unwrap().into_iter().eq(1..=EVENTS));
    });
    assert_eq!(log.watermark().wait_beyond(EVENTS, Duration::from_millis(5)), EVENTS);
}

/// Keys of refused appends are not.
pub fn a_key_is_found_with_its_digest(open: Open<'_>) {
    let log = open();
    fill(&*log, 20);
    commit(&*log, [append([keyed(30, "a"), keyed(31, "b")]), append([keyed(32, "c"), keyed(33, "a")])]);
    assert_eq!(log.find_key("b").unwrap(), Some((22, 31_u128.to_be_bytes())));
    assert_eq!(log.find_key("c").unwrap(), None);
    assert_eq!(log.find_key("").unwrap(), None);
}

/// And their bytes.
pub fn verify_counts_every_event(open: Open<'_>) {
    let log = open();
    assert_eq!(log.verify().unwrap().events, 0);
    fill(&*log, 250);
    let verified = log.verify().unwrap();
    assert_eq!(verified.events, 250);
    assert!(verified.bytes > 250 * 60);
}
