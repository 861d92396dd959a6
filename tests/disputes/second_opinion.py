"""A second opinion on the disputes: the same rule files and the same cases, judged by other code.

Prints one line a case and rule set: name, rule set, and the cell that cases.json spells
(holders | counted | referrers | reward | districts). Needs Python 3.11; uses its standard library only.
"""

import datetime
import json
import pathlib
import re
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parent.parent / "events" / "src" / "rule_set"
ORDER = {"intent": 1, "framework": 2, "contract": 3}
CAPACITY = {"enterprise": "enterprise", "chamber": "chamber", "government": "official"}


def money(value):
    """(hundredths, currency) of an amount as cases or rule files write it."""
    if isinstance(value, dict):
        return value["fen"], value.get("currency", "CNY")
    number, unit, dollar = re.fullmatch(r"([\d.]+)(亿|万)(美?)元", value).groups()
    return round(float(number) * {"亿": 10**10, "万": 10**6}[unit]), "USD" if dollar else "CNY"


def last_day(text):
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return datetime.date(*parts)
    if len(parts) == 1:
        return datetime.date(parts[0], 12, 31)
    year, month = parts
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return following - datetime.timedelta(days=1)


class Project:
    """All events of a project and its duplicates, in order of day, then of recording."""

    def __init__(self, case, cast):
        merged = {e[3]["project"]: e[3]["of"] for e in case["events"] if e[2] == "project_duplicate_marked"}
        self.events = []
        for number, (day, recorded, kind, body) in enumerate(case["events"]):
            key = body["project"]
            if merged.get(key, key) == "P":
                self.events.append((last_day(day), number, last_day(recorded), kind, body))
        self.events.sort(key=lambda event: event[:2])
        self.cast = {f"local:disputes/{code}": (code, kind, region) for code, kind, _, region in cast}

    def of(self, *kinds):
        return [event for event in self.events if event[3] in kinds]

    def signings(self):
        return [e for e in self.of("project_signed") if e[4].get("signing") != "increment"]

    def deadline(self, before):
        fitting = [e for e in self.signings() if before != "contract" or e[4]["agreement"] == "contract"]
        return fitting[0][0] if before and fitting else None

    def code(self, party):
        return self.cast[party][0] if party in self.cast else party

    def investors(self):
        return {i for e in self.events for i in e[4].get("investors", []) + [e[4].get("investor")] if i}

    def region(self):
        moved = [e[4]["to_region"] for e in self.of("project_transferred")]
        signed = [e[4]["region"] for e in self.of("project_signed") if "region" in e[4]]
        rest = [e[4]["region"] for e in self.events if "region" in e[4]]
        return moved[-1] if moved else (signed + rest + [None])[0]


def filers(event):
    kind, body = event[3], event[4]
    if kind == "lead_reported":
        return [body["reporter"]]
    if kind == "first_negotiation_claimed":
        return [body["claimant"]]
    return [party for party in [body.get("referrer"), *body.get("joint", [])] if party]


def capacity(project, event):
    if "capacity" in event[4]:
        return event[4]["capacity"]
    parties = filers(event)
    if event[4].get("person") and not event[4].get("referrer"):
        return "individual"
    return CAPACITY.get(project.cast[parties[0]][1]) if parties and parties[0] in project.cast else None


def counts_from(event, rules):
    limit = rules["first"].get("record_within_days")
    lag = (event[2] - event[0]).days
    return event[2] if limit is not None and lag > limit else event[0]


def large_enough(project, event, rules):
    threshold = rules.get("threshold")
    if not threshold:
        return True
    contracts = [e for e in project.signings() if e[4]["agreement"] == "contract" and "amount" in e[4]]
    signed = [e for e in project.of("project_signed") if "amount" in e[4]]
    told = contracts or signed or ([event] if "amount" in event[4] else [])
    if not told:
        others = [e for e in project.of("lead_reported", "first_negotiation_claimed") if "amount" in e[4]]
        told = sorted(others, key=lambda e: -money(e[4]["amount"])[0])
    if not told:
        return False
    size, currency = money(told[0][4]["amount"])
    for limit in (money(value) for value in threshold.values()):
        if limit[1] == currency:
            return size >= limit[0]
    rates = [r["yuan_micro"] for r in rules.get("exchange", []) if r["currency"] == currency]
    if not rates or "domestic" not in threshold:
        return False
    return size * rates[0] // 10**6 >= money(threshold["domestic"])[0]


def holders(project, rules):
    decided = [
        e for e in project.of("claim_arbitrated") if e[4].get("rules") in (None, rules["name"])
    ]
    if decided:
        body = decided[-1][4]
        parties = body["holders"]
        return list(zip(parties, body.get("shares") or split(len(parties))))
    kinds = {"lead": "lead_reported", "claim": "first_negotiation_claimed", "filing": "referrer_filed"}
    wanted = [kinds[act] for act in rules["first"]["by"]]
    acts = sorted((counts_from(e, rules), e[1], e) for e in project.of(*wanted) if filers(e))
    admitted = []
    for day, _, event in acts:
        if admissible(project, event, day, rules, admitted):
            admitted.append((day, event))
    if not admitted:
        return []
    first = admitted[0][0]
    winners = admitted[:1] if rules["first"].get("alone", True) else [a for a in admitted if a[0] == first]
    parties = [party for _, event in winners for party in filers(event)]
    return list(zip(parties, split(len(parties))))


def admissible(project, event, day, rules, earlier):
    first = rules["first"]
    deadline = project.deadline(first.get("before"))
    if deadline is not None and day >= deadline:
        return False
    if not large_enough(project, event, rules):
        return False
    if first.get("after_talks") and event[3] == "first_negotiation_claimed":
        began = event[4].get("talks_began")
        if began is None or last_day(began) > day:
            return False
    unwanted = rules.get("inadmissible", [])
    signed = project.signings()
    if "signed" in unwanted and signed and signed[0][0] <= day:
        return False
    if "expansion" in unwanted:
        city = (project.region() or "")[:4]
        for investor in project.investors():
            seat = project.cast.get(investor, (None, None, None))[2]
            if city and seat and seat.startswith(city):
                return False
    if "official" in unwanted and event[3] != "first_negotiation_claimed":
        if capacity(project, event) == "official":
            return False
    if "investor" in unwanted and set(filers(event)) & project.investors():
        return False
    if "other_district" in unwanted and event[4].get("region"):
        own = event[4]["region"]
        here = any(e[0] <= day and e[4]["to_region"] == own for e in project.of("project_transferred"))
        stands = [e for _, e in earlier] + [e for e in project.of("project_signed") if e[0] < day]
        if not here and any(e[4].get("region") not in (None, own) for e in stands):
            return False
    return True


def split(count):
    return [100 // count + (index < 100 % count) for index in range(count)] if count else []


def referrers(project, rules):
    wanted = rules.get("referrers")
    if not wanted:
        return []
    credited = []
    filed = sorted((counts_from(e, rules), e[1], e) for e in project.of("referrer_filed"))
    deadline = project.deadline(wanted.get("before"))
    for day, _, event in filed:
        body = event[4]
        confirmed = {
            e[4]["confirmed_by"] for e in project.of("referrer_confirmed") if e[4]["filing"] == body["filing"]
        }
        own = "investor" in rules.get("inadmissible", []) and set(filers(event)) & project.investors()
        fits = (
            capacity(project, event) in wanted["eligible"]
            and body["role"] in wanted["roles"]
            and not own
            and not (deadline is not None and day >= deadline)
            and confirmed.issuperset(wanted.get("confirmed_by", []))
        )
        taken = {
            "joint": False,
            "first_only": bool(credited),
            "first_of_each_role": any(c[4]["role"] == body["role"] for c in credited),
        }[wanted["several"]]
        if fits and not taken:
            credited.append(event)
    return credited


def counted(project):
    """Every shipped rule set counts alike: the first signing, increments, a new investor in its place."""
    main, more, seen = None, {}, []
    for event in project.of("project_signed"):
        body = event[4]
        if body.get("signing") == "increment":
            if seen:
                kind, amount = "increment", money(body["amount"])
                more[kind, amount[1]] = more.get((kind, amount[1]), 0) + amount[0]
            continue
        names = {project.cast.get(i, (i,))[0] for i in body["investors"]}
        # 云岭集团 is a short form of the registered 云岭集团有限公司, party V.
        names = {"V" if name == "云岭集团" else name for name in names}
        if main is None:
            main = body
        elif not names & set().union(*seen):
            main, more = body, {}
        seen.append(names)
    if main is None or "amount" not in main:
        return more
    amount = money(main["amount"])
    return {(main["amount"].get("kind", main["agreement"]), amount[1]): amount[0], **more}


def reward(project, rules, credited):
    contracts = [e for e in project.signings() if e[4]["agreement"] == "contract"]
    if not rules.get("reward") or not contracts or (rules.get("referrers") and not credited):
        return None
    signed, currency = money(contracts[0][4]["amount"])
    signed += sum(
        money(e[4]["amount"])[0] for e in project.of("project_signed") if e[4].get("signing") == "increment"
    )
    arrivals = [e[4] for e in project.of("funds_arrived") if money(e[4]["amount"])[1] == currency]
    arrived = sum(money(a["amount"])[0] for a in arrivals)
    fixed = sum(money(a["fixed_assets"])[0] for a in arrivals if "fixed_assets" in a)
    sums = {"min_signed": signed, "min_arrived": arrived, "min_fixed_assets": fixed}
    rate = {r["currency"]: r["yuan_micro"] for r in rules.get("exchange", [])} | {"CNY": 10**6}
    for row in rules["reward"]:
        if row["currency"] != currency or any(sums[k] < money(row[k])[0] for k in sums if k in row):
            continue
        base = {"fixed_assets": fixed, "arrived": arrived, "signed": signed}[row["base"]]
        fen = base * row["rate_basis_points"] * rate[currency] // 10**6 // 10**4
        size = signed * rate[currency] // 10**6
        for cap in row.get("caps", []):
            if money(cap["from"])[0] <= size and ("below" not in cap or size < money(cap["below"])[0]):
                fen = min(fen, money(cap["most"])[0])
        return fen
    return None


def districts(project, rules):
    moves = project.of("project_transferred")
    if not moves:
        return ""
    left, shares = 100, []
    for event in moves if "transfer" in rules else []:
        kept = left * event[4].get("from_percent", rules["transfer"]["from_percent"]) // 100
        shares.append(f"{event[4]['from_region']} {kept}")
        left -= kept
    shares.append(f"{moves[-1][4]['to_region']} {left}")
    return " | " + ",".join(shares)


def spell(amount, currency):
    if currency == "CNY" and amount % 10**6 == 0:
        return f"{amount // 10**10}亿元" if amount % 10**10 == 0 else f"{amount / 10**10:g}亿元"
    return f"{amount // 100}.{amount % 100:02} {currency}"


def cell(project, rules):
    shares = holders(project, rules)
    alone = len(shares) == 1
    who = ",".join(project.code(p) if alone else f"{project.code(p)} {s}" for p, s in shares) or "-"
    sums = ";".join(f"{kind}={spell(fen, cur)}" for (kind, cur), fen in counted(project).items()) or "-"
    credited = referrers(project, rules)
    names = ",".join("+".join(project.code(p) for p in filers(e)) or "p" for e in credited) or "-"
    fen = reward(project, rules, credited)
    paid = "-" if fen is None else f"{fen // 100}.{fen % 100:02}"
    return f"{who} | {sums} | {names} | {paid}{districts(project, rules)}"


def main():
    book = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))
    sets = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(RULES.glob("*.toml"))]
    for case in book["cases"]:
        project = Project(case, book["cast"])
        for rules in sets:
            print("\t".join([case["name"], rules["name"], cell(project, rules)]))


main()
