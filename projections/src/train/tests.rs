use super::*;
use crate::backtest::sample::SplitMix;
use crate::sample_town::Town;

const TODAY: &str = "2019-12-31";
const FIRMS: usize = 40;

/// Firms in five circles; each buys within its circle, month after month.
fn town() -> Town {
    let mut town = Town::default();
    let firms: Vec<PartyId> = (0..FIRMS).map(|at| town.enterprise(&format!("企{at}"))).collect();
    let mut random = SplitMix::new(3);
    for month in 0..36 {
        for _ in 0..14 {
            let buyer = random.below(FIRMS);
            let seller =
                if random.below(5) == 0 { random.below(FIRMS) } else { buyer / 8 * 8 + random.below(8) };
            if buyer != seller {
                let day = format!("{}-{:02}-{:02}", 2017 + month / 12, month % 12 + 1, random.below(28) + 1);
                town.purchase(&day, firms[buyer], firms[seller]);
            }
        }
    }
    town
}

#[test]
fn a_log_with_enough_history_trains_the_same_model_every_time_and_one_without_keeps_the_default() {
    let views = town().views();
    let day = Town::day(TODAY);
    let trained = train(&views, Among::Enterprises, day, "m");
    assert!(trained.queries >= crate::learn::choose::QUERIES_MIN, "{}", trained.queries);
    assert_eq!(trained.choice.tried.len(), Form::ALL.len());
    let again = train(&views, Among::Enterprises, day, "m");
    assert_eq!((&again.choice.model, &again.odds), (&trained.choice.model, &trained.odds));
    let chambers = train(&views, Among::Chambers, day, "m");
    assert_eq!((chambers.choice.form, chambers.queries), (Form::Default, 0));
    assert!(chambers.adopted("2019-12-31".parse().unwrap(), 1, "p").is_none());
}

#[test]
fn nothing_that_happened_after_the_day_is_learned_from() {
    let town = town();
    let day = Town::day("2019-06-30");
    let known: Vec<_> =
        town.events.iter().filter(|event| event.occurred.day_number() <= day).cloned().collect();
    let (all, then) = (town.views(), crate::views::Views::fold(&known));
    let (all, then) = (train(&all, Among::Enterprises, day, "m"), train(&then, Among::Enterprises, day, "m"));
    assert_eq!((all.choice, all.odds), (then.choice, then.odds));
}

#[test]
fn past_periods_are_asked_with_what_was_known_on_their_first_day() {
    let town = town();
    let day = Town::day(TODAY);
    let asked = past::ask_again(&town.views(), Among::Enterprises, day, &mut |_| {});
    assert!(asked.periods.len() >= 2, "{:?}", asked.periods);
    assert!(asked.periods.windows(2).all(|two| two[1].until_day <= two[0].from_day));
    assert!(asked.periods.iter().all(|past| past.until_day <= day + 1 && past.cold_pairs <= past.new_pairs));
    let random = asked.baselines.iter().find(|one| one.name == "random").unwrap();
    assert!(random.ahead.low > 0.0, "{random:?}");
    // Without what came after it, the earlier period says the same.
    let second = &asked.periods[1];
    let known: Vec<_> =
        town.events.iter().filter(|event| event.occurred.day_number() < second.until_day).cloned().collect();
    let then = crate::views::Views::fold(&known);
    let cuts = rolling::earlier(first_deal(&then), window_of(second), |window| {
        deals(&then, Among::Enterprises, window)
    });
    let sample = deals(&then, Among::Enterprises, window_of(second));
    let choice = choose(&columns(), &default_of(Among::Enterprises), &cuts.all(), &cuts.deciding(), "m");
    let ndcg = sample.ndcg(&crate::learn::choose::scores(&columns(), &sample, &choice.model));
    assert_eq!((choice.form, sample.queries.len()), (second.form, second.queries));
    assert!((ndcg - second.ndcg).abs() < 1e-12, "{ndcg} {second:?}");
}

fn window_of(past: &past::Past) -> Window {
    Window { start: past.from_day, end: past.until_day }
}

fn first_deal(views: &Views) -> i32 {
    views.facts.all().iter().filter(|fact| fact.tie.deal).map(|fact| fact.day).min().unwrap()
}
