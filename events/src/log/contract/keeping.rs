//! Promises of engines that outlive the process.

use super::{EVERYTHING, Open, append, commit, commit_one, event, everything, fill, guarded, keyed, new};
use crate::kinds::Tag;
use crate::log::{AppendError, Direction, Query, Stored};

/// Events, keys, guards, times: closed or merely let go.
pub fn a_reopened_log_holds_everything_and_goes_on(open: Open<'_>) {
    let log = open();
    fill(&*log, 2000);
    commit(&*log, [append([keyed(2001, "a")])]);
    let before = everything(&*log);
    log.close().unwrap();
    drop(log);
    for close in [true, false] {
        let log = open();
        assert_eq!(everything(&*log), before);
        assert_eq!(log.find_key("a").unwrap(), Some((2001, 2001_u128.to_be_bytes())));
        let tagged = log.read(&Query::tagged(Tag::new("activity", &1234)), 0, Direction::Forward, EVERYTHING);
        assert_eq!(tagged.unwrap(), [Stored { position: 1234, ..event(1234) }]);
        let late = guarded([event(1)], Query::tagged(Tag::new("activity", &2000)), 1999);
        assert_eq!(commit_one(&*log, late), Err(AppendError::Guarded { at: 2000 }));
        assert_eq!(
            commit_one(&*log, append([keyed(1, "a")])),
            Err(AppendError::KeyReused { key: "a".into(), at: 2001 })
        );
        if close {
            log.close().unwrap();
        }
    }
    let log = open();
    assert_eq!(commit_one(&*log, append([event(0)])), Ok(new([2002])));
    assert_eq!(everything(&*log).last().map(|event| event.recorded_at), Some(event(2001).recorded_at));
}

/// A few events each time, as a command line does.
pub fn a_log_opened_many_times_is_one_log(open: Open<'_>) {
    for round in 0..12 {
        let log = open();
        let events = (round * 5 + 1..=round * 5 + 5).map(|n| keyed(n, &format!("key {n}")));
        assert_eq!(commit_one(&*log, append(events)), Ok(new(round * 5 + 1..=round * 5 + 5)));
        for n in 1..=round * 5 + 5 {
            assert_eq!(log.find_key(&format!("key {n}")).unwrap().map(|(position, _)| position), Some(n));
        }
    }
}
