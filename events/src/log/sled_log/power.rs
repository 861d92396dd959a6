//! The power goes at any moment, and any call may fail: what was acknowledged is there afterwards.

use super::memory_tables::EngineCrash;
use super::rig::{Dice, Rig, Told, commit, everything, rounds};
use crate::log::files::twin::{Fault, Survival};
use crate::log::{Log, LogError};

/// Events of each append of each commit, one commit after the other; empty: the log is closed and opened.
type Workload = Vec<Vec<u64>>;

/// Every workload of up to three commits of these, and such as are closed in between.
fn workloads() -> Vec<Workload> {
    let commits: [Vec<u64>; 3] = [vec![1], vec![2, 1], vec![18]];
    let mut workloads: Vec<Workload> = Vec::new();
    for first in &commits {
        workloads.push(vec![first.clone()]);
        for second in &commits {
            workloads.push(vec![first.clone(), second.clone()]);
            workloads.push(vec![first.clone(), vec![], second.clone()]);
            for third in &commits {
                workloads.push(vec![first.clone(), second.clone(), third.clone()]);
            }
        }
    }
    workloads
}

/// Runs a workload until an error; what was acknowledged, and the error. The log is left as a killed process
/// leaves it.
fn run(rig: &Rig, workload: &Workload) -> (Told, Option<LogError>) {
    let mut told = Told::default();
    let mut log = match rig.open() {
        Ok(log) => log,
        Err(error) => return (told, Some(error)),
    };
    let mut fault = None;
    for sizes in workload {
        let step = if sizes.is_empty() {
            log.close().and_then(|()| rig.open()).map(|opened| log = opened)
        } else {
            let group: Vec<_> = sizes.iter().map(|events| told.next_append(*events)).collect();
            commit(&log, group.clone()).map(|placed| told.hear(&group, &placed))
        };
        if let Err(error) = step {
            fault = Some(error);
            break;
        }
    }
    std::mem::forget(log);
    (told, fault)
}

/// The store opens, holds what was acknowledged, and goes on, also after another cut.
fn assert_survives(rig: &Rig, told: &Told, engine: EngineCrash) {
    let log = match rig.open() {
        Ok(log) => log,
        // Nothing says that this store was ever open before: its engine is not put aside.
        Err(LogError::Store(_)) if engine == EngineCrash::Breaks && told.count() == 0 => return,
        Err(error) => panic!("{engine:?}: {error}"),
    };
    told.assert_held_by(&log);
    let mut told = told.clone();
    let seen = everything(&log).len();
    let group = vec![told.next_append(2)];
    let placed = commit(&log, group.clone()).unwrap();
    told.hear(&group, &placed);
    std::mem::forget(log);

    let rig = rig.after_cut(EngineCrash::LosesUnsynced, &mut || Survival::Lost);
    let log = rig.open().unwrap();
    assert!(everything(&log).len() >= seen + 2, "what had been seen is gone");
    told.assert_held_by(&log);
    log.close().unwrap();
}

#[test]
fn no_power_cut_loses_what_was_acknowledged() {
    let (mut cuts, mut dice) = (0_u64, Dice(1));
    for workload in workloads() {
        let rig = Rig::new();
        run(&rig, &workload);
        for cut in 0..=rig.twin.operations() {
            let rig = Rig::new();
            rig.twin.fail_at(cut, Fault::PowerCut);
            let (told, _) = run(&rig, &workload);
            let unsynced = rig.twin.unsynced();
            // Every subset, whole; where there are very many, and for torn writes, chance picks.
            let subsets = if unsynced <= 5 { 1_u64 << unsynced } else { 32 };
            for subset in 0..subsets + 4 {
                let engine = dice.engine_crash();
                let mut place = 0;
                let after = rig.after_cut(engine, &mut || {
                    place += 1;
                    match () {
                        () if subset >= subsets => dice.survival(),
                        () if subset >> (place - 1) & 1 == 1 => Survival::Whole,
                        () => Survival::Lost,
                    }
                });
                assert_survives(&after, &told, engine);
                cuts += 1;
            }
        }
    }
    println!("{cuts} cuts: nothing acknowledged was lost");
}

#[test]
fn no_power_cut_in_a_long_run_loses_what_was_acknowledged() {
    let first = rounds("JINQIAO_POWER_SEED", 0);
    for seed in first..first + rounds("JINQIAO_POWER_ROUNDS", 150) {
        println!("seed {seed}");
        let mut dice = Dice(seed);
        let commits = 4 + dice.below(25);
        let workload: Workload = (0..commits)
            .map(|_| {
                if dice.below(6) == 0 {
                    Vec::new()
                } else {
                    (0..1 + dice.below(4)).map(|_| 1 + dice.below(20)).collect()
                }
            })
            .collect();
        let rig = Rig::new();
        rig.twin.fail_at(dice.below(12 * commits), Fault::PowerCut);
        let (told, _) = run(&rig, &workload);
        let engine = dice.engine_crash();
        let after = rig.after_cut(engine, &mut || dice.survival());
        assert_survives(&after, &told, engine);
    }
}

#[test]
fn no_call_that_fails_loses_what_was_acknowledged() {
    let workloads = [
        vec![vec![1], vec![2, 1], vec![18], vec![1]],
        vec![vec![18], vec![], vec![2], vec![], vec![18], vec![1, 1, 1]],
    ];
    for workload in &workloads {
        let rig = Rig::new();
        run(&rig, workload);
        for call in 0..rig.twin.operations() {
            for fault in [Fault::Io, Fault::NoSpace, Fault::ShortWrite] {
                let rig = Rig::new();
                rig.twin.fail_at(call, fault);
                let (told, _) = run(&rig, workload);
                assert_survives(&rig.after_kill(), &told, EngineCrash::KeepsAll);
                for engine in EngineCrash::ALL {
                    let after = rig.after_cut(engine, &mut || Survival::Lost);
                    assert_survives(&after, &told, engine);
                }
            }
        }
    }
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged_and_reads_go_on() {
    let rig = Rig::new();
    let mut told = Told::default();
    let log = rig.open().unwrap();
    let group = vec![told.next_append(3)];
    told.hear(&group, &commit(&log, group.clone()).unwrap());
    let before = rig.twin.operations();
    commit(&log, vec![Told::default().next_append(0)]).unwrap();
    std::mem::forget(log);

    // An append is a write and a sync; each of them fails in turn, in each way.
    for call in 0..2 {
        for fault in [Fault::Io, Fault::NoSpace, Fault::ShortWrite] {
            let rig = rig.after_kill();
            let log = rig.open().unwrap();
            rig.twin.fail_at(rig.twin.operations() + call, fault);
            let mut told = told.clone();
            let failed = commit(&log, vec![told.next_append(2)]);
            assert!(matches!(failed, Err(LogError::Store(_))), "{failed:?}");
            let later = commit(&log, vec![told.next_append(1)]);
            assert!(matches!(later, Err(LogError::ReadOnly(_))), "{later:?}");
            assert!(log.fault().is_some());
            assert_eq!(log.head(), 3);
            told.assert_held_by(&log);
            assert_eq!(log.find_key("key 3").unwrap(), None, "what failed is not to be seen");
            std::mem::forget(log);
        }
    }
    assert!(before > 0);
}
