//! The power goes at any moment, and any call may fail: what was acknowledged is there afterwards.

use super::SledLog;
use super::memory_tables::{EngineCrash, MemoryKeeper};
use super::rig::{Dice, Rig, Told, commit, everything, kill, rounds};
use crate::log::files::twin::{Fault, Survival};
use crate::log::{Log, LogError};

/// Events of each append of each commit, one commit after the other; empty: the log is closed and opened.
type Workload = Vec<Vec<u64>>;

/// Every workload of up to three commits of these, and such as are closed in between: all of them when asked
/// for, otherwise those of up to two commits.
fn workloads(all: bool) -> Vec<Workload> {
    let commits: [Vec<u64>; 3] = [vec![1], vec![2, 1], vec![18]];
    let mut workloads: Vec<Workload> = Vec::new();
    for first in &commits {
        workloads.push(vec![first.clone()]);
        for second in &commits {
            workloads.push(vec![first.clone(), second.clone()]);
            workloads.push(vec![first.clone(), vec![], second.clone()]);
            for third in commits.iter().filter(|_| all) {
                for closed in 0..4_u8 {
                    let pause = |place: u8| (closed >> place & 1 == 1).then(Vec::new);
                    let [first, second, third] = [first, second, third].map(|commit| Some(commit.clone()));
                    workloads
                        .push([first, pause(0), second, pause(1), third].into_iter().flatten().collect());
                }
            }
        }
    }
    workloads
}

/// Whether everything is to be tried, not a sample.
fn is_full() -> bool {
    std::env::var_os("JINQIAO_POWER_FULL").is_some()
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
            if !sizes.is_empty() {
                assert_read_only(&log, &told);
            }
            fault = Some(error);
            break;
        }
    }
    kill(log);
    (told, fault)
}

/// After a write that failed: nothing more is taken, nothing is withdrawn, and the log says why.
fn assert_read_only(log: &SledLog, told: &Told) {
    let head = log.head();
    let later = commit(log, vec![told.clone().next_append(1)]);
    assert!(matches!(later, Err(LogError::ReadOnly(_))), "{later:?}");
    assert!(log.fault().is_some());
    assert!(log.head() == head && head >= told.count());
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
    kill(log);

    let rig = rig.after_cut(EngineCrash::LosesUnsynced, &mut || Survival::Lost);
    let log = rig.open().unwrap();
    assert!(everything(&log).len() >= seen + 2, "what had been seen is gone");
    told.assert_held_by(&log);
    log.close().unwrap();
}

/// Every operation of every workload as the last one. Of the un-synced changes none survive, or some as
/// chance picks, also torn; with `JINQIAO_POWER_FULL` every subset, with everything that may become of the engine.
#[test]
fn no_power_cut_loses_what_was_acknowledged() {
    let all = is_full();
    let (mut cuts, mut most, mut dice) = (0_u64, 0, Dice(1));
    for workload in workloads(all) {
        let rig = Rig::new();
        run(&rig, &workload);
        for cut in 0..=rig.twin.operations() {
            let rig = Rig::new();
            rig.twin.fail_at(cut, Fault::PowerCut);
            let (told, _) = run(&rig, &workload);
            let unsynced = rig.twin.unsynced();
            most = most.max(unsynced);
            let every = 1_u64 << unsynced;
            let subsets = if all { (0..every).collect() } else { vec![0, dice.below(every)] };
            for subset in subsets {
                for engine in EngineCrash::ALL.into_iter().filter(|_| all).chain([dice.engine_crash()]) {
                    let mut bits = (0..64).map(|place| subset >> place & 1 == 1);
                    let survives = &mut || match bits.next() {
                        Some(true) => Survival::Whole,
                        Some(false) | None => Survival::Lost,
                    };
                    assert_survives(&rig.after_cut(engine, survives), &told, engine);
                    cuts += 1;
                }
            }
            let engine = dice.engine_crash();
            assert_survives(&rig.after_cut(engine, &mut || dice.survival()), &told, engine);
            cuts += 1;
        }
    }
    println!("{cuts} cuts, up to {most} un-synced changes: nothing acknowledged was lost");
}

#[test]
fn no_power_cut_in_a_long_run_loses_what_was_acknowledged() {
    let first = rounds("JINQIAO_POWER_SEED", 0);
    for seed in first..first + rounds("JINQIAO_POWER_ROUNDS", 50) {
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
    let (all, mut dice) = (is_full(), Dice(2));
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
                for engine in EngineCrash::ALL.into_iter().filter(|_| all).chain([dice.engine_crash()]) {
                    let after = rig.after_cut(engine, &mut || Survival::Lost);
                    assert_survives(&after, &told, engine);
                }
            }
        }
    }
}

/// The journal has the commit, the engine fails to take it: it is put there at the next open.
#[test]
fn an_engine_that_fails_to_write_stops_the_writer_and_loses_nothing() {
    let workload = vec![vec![1], vec![2, 1], vec![18], vec![1]];
    for call in 0..8 {
        for part in [MemoryKeeper::blocks, MemoryKeeper::index] {
            let rig = Rig::new();
            part(&rig.keeper).fail_apply_after(call);
            let (told, _) = run(&rig, &workload);
            part(&rig.keeper).fail_no_more();
            for engine in EngineCrash::ALL {
                let after = rig.after_cut(engine, &mut || Survival::Lost);
                assert_survives(&after, &told, engine);
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
    kill(log);

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
            kill(log);
        }
    }
}
