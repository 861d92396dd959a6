use super::background::Background;
use super::*;
use crate::backtest::sample::SplitMix;
use crate::rank::Room;
use crate::rank::survey::Field;
use crate::sample_town::Town;
use crate::signals::surroundings::Circles;
use jinqiao_events::value::ids::PartyId;
use proptest::prelude::*;

/// A graph with places and trades that alternate, so that signals over them have something to read.
struct Ground {
    graph: TieGraph,
    background: Background,
    circles: Circles,
}

impl Ground {
    fn of(graph: &TieGraph) -> Self {
        let values = |modulus: u128| {
            let of = |node| graph.party(node).map(|id| u32::try_from(id.uuid().as_u128() % modulus).unwrap());
            (0..graph.party_count()).map(of).collect()
        };
        let mut node = graph.party_count();
        let mut sorts = Vec::new();
        while let Some(occasion) = graph.occasion(node) {
            sorts.push(Some(u32::from(occasion.key.len() % 2 == 0)));
            node += 1;
        }
        let background = Background::new(graph, Town::day("2020-01-01"), vec![values(3), values(2)], sorts);
        Self { graph: graph.clone(), background, circles: Circles::keeping(usize::MAX) }
    }

    fn field(&self) -> Field<'_> {
        Field { graph: &self.graph, background: &self.background, circles: &self.circles }
    }

    /// Looks at every candidate of every party.
    fn every<T>(&self, mut see: impl FnMut(&Look<'_>, &mut Scratch) -> T) -> Vec<T> {
        let mut room = Room::default();
        let mut all = Vec::new();
        for from in 0..self.graph.party_count() {
            let survey = room.survey(self.field(), from, &|_| true);
            all.extend(room.look(self.field(), &survey, &survey.pool, &mut see));
        }
        all
    }

    fn values(&self, signal: &dyn Signal) -> Vec<(PartyId, PartyId, f64)> {
        let party = |node| self.graph.party(node).unwrap();
        let mut values = self.every(|look, _| (party(look.from), party(look.to), signal.value(look)));
        values.sort_by_key(|row| (row.0, row.1));
        values
    }
}

fn grounds(town: &Town) -> [Ground; 2] {
    let views = town.views();
    let graphs = crate::rank::Graphs::build(&views, Town::day("2020-01-01"));
    [Ground::of(&graphs.parties), Ground::of(graphs.chambers(&views))]
}

fn towns() -> impl Strategy<Value = Town> {
    proptest::collection::vec(any::<(u8, u8, u8, u8)>(), 0..60).prop_map(|things| Town::of(&things))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn values_are_finite_and_not_below_zero_and_never_the_partys_own(town in towns()) {
        for ground in grounds(&town) {
            for signal in ALL {
                for (from, to, value) in ground.values(signal) {
                    prop_assert!(value.is_finite() && value >= 0.0 && from != to, "{} {value}", signal.name());
                }
            }
        }
    }

    #[test]
    fn values_do_not_depend_on_the_order_of_events(town in towns(), seed: u64) {
        let mut random = SplitMix::new(seed);
        let (one, other) = (grounds(&town), grounds(&town.shuffled(|| random.next())));
        for (one, other) in one.iter().zip(&other) {
            for signal in ALL {
                prop_assert_eq!(one.values(signal), other.values(signal), "{}", signal.name());
            }
        }
    }

    #[test]
    fn a_value_over_third_parties_is_the_sum_of_its_shares_and_without_one_of_them_is_less_by_its_share(
        town in towns(),
    ) {
        for ground in grounds(&town) {
            let broken = ground.every(|look, _| {
                let wrong = |signal: &&dyn Signal| {
                    let whole = signal.value(look);
                    look.common.iter().enumerate().any(|(at, common)| {
                        let mut rest = look.common.to_vec();
                        rest.remove(at);
                        let without = signal.value(&Look { common: &rest, ..*look });
                        let share = signal.share(common);
                        (whole - without - share).abs() > whole.abs() * 1e-12
                    })
                };
                ALL.into_iter().filter(wrong).find(|signal| signal.basis() == Basis::Paths).map(Signal::name)
            });
            prop_assert_eq!(broken.into_iter().flatten().next(), None);
        }
    }

    #[test]
    fn every_value_over_paths_has_events_behind_it_that_exist(town in towns()) {
        let head = u64::try_from(town.events.len()).unwrap();
        for ground in grounds(&town) {
            let told = ground.every(|look, scratch| {
                let over = |signal: &&dyn Signal| signal.basis() == Basis::Paths && signal.value(look) > 0.0;
                let paths = |signal: &dyn Signal| (signal.name(), look.from, look.to, signal.paths(look, scratch));
                ALL.into_iter().filter(over).map(paths).collect::<Vec<_>>()
            });
            for (name, from, to, paths) in told.into_iter().flatten() {
                prop_assert!(!paths.is_empty() && paths.len() <= PATHS_MAX, "{}", name);
                let share: f64 = paths.iter().map(|path| path.share).sum();
                prop_assert!(share > 0.0 && share <= 1.0 + 1e-9, "{name} {share}");
                for path in paths {
                    prop_assert_eq!(path.hops.first().map(|hop| hop.from), Some(from));
                    prop_assert_eq!(path.hops.last().map(|hop| hop.to), Some(to));
                    for hop in path.hops {
                        prop_assert!(!hop.evidence.is_empty());
                        prop_assert!(hop.evidence.iter().all(|at| (1..=head).contains(at)));
                    }
                }
            }
        }
    }
}

#[test]
fn resource_allocation_shares_out_as_worked_by_hand() {
    let mut town = Town::default();
    let (a, b, c) = (town.enterprise("甲"), town.enterprise("乙"), town.enterprise("丙"));
    town.purchase("2020-01-01", a, c);
    town.purchase("2020-01-01", c, b);
    let [ground, _] = grounds(&town);
    let values = ground.values(&resource_allocation::ResourceAllocation);
    // x(c) = 1; c has two direct ties of weight 1 and size 2, so s(c) = 4; b receives 1 * 1/4.
    let of_b = values.iter().find(|(from, to, _)| (*from, *to) == (a, b)).unwrap().2;
    assert!((of_b - 0.25).abs() < 1e-12, "{of_b}");
}

/// Signals read a [`Look`], and a look holds ties, surroundings and the register's place and trade: this match
/// names every field, so a new one that could carry persons or party-building data does not compile here.
#[test]
fn a_look_holds_nothing_of_persons_or_party_building() {
    fn fields(look: &Look<'_>) -> usize {
        let Look {
            graph: _,
            background: _,
            from: _,
            to: _,
            from_circle,
            to_circle: _,
            common: _,
            two_steps: _,
        } = look;
        let surroundings::Circle { near, activity: _, first_day: _, sorts: _ } = *from_circle;
        near.len()
    }
    let mut town = Town::default();
    let (a, b) = (town.enterprise("甲"), town.enterprise("乙"));
    town.purchase("2020-01-01", a, b);
    let [ground, _] = grounds(&town);
    assert_eq!(ground.every(|look, _| fields(look)), [1, 1]);
}

#[test]
fn every_signal_has_a_name_of_its_own_and_is_found_by_it() {
    for (at, signal) in ALL.into_iter().enumerate() {
        assert_eq!(named(signal.name()).map(|(found, _)| found), Some(at));
        assert!(!signal.label_zh().is_empty() && !signal.label_en().is_empty());
    }
}
