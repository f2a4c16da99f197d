"""What a generated deal reports: measures, windows, projections, checks and scenarios."""

from __future__ import annotations

from .writing import Draft


def definitions(draft: Draft) -> None:
    choose = draft.choose
    draft.say(f"define average_gross = trailing_average({choose.pick(['3 months', '6 months'])}, gross)", "trailing")
    draft.report += ["lowest(trailing(6 months, gross) on payment)", "highest(average_gross on payment)"]
    draft.report.append("lowest(sqrt(gross / $1) on payment)")
    due = [one for one in draft.claims if one.due and one.balance != "family"]
    if due:
        one = choose.pick(due).name
        draft.report += [f"total({one}.paid)", f"first_date({one}.unpaid > $0 on payment)", f"shortfall({one})"]
        draft.report.append(f"any({one}.unpaid > $0)")
        draft.report.append(f"final(cumulative({one}.paid))")


def report(draft: Draft) -> None:
    choose = draft.choose
    for name in draft.balances:
        if name != "debt":
            draft.report += [
                f"irr({name}, actual/365)",
                f"wal({name}, actual/365)",
                f"multiple({name})",
                f"loss({name})",
            ]
            draft.report += [f"lowest({name}.balance)", f"{name}.balance on last payment"]
    for party in ("Issuer", "Bank", "Fund", "Sponsor", "Customer", "Dealer"):
        draft.report += [f'"{party} received" = {party}.received', f'"{party} paid" = {party}.paid']
    for name, _ in draft.owners:
        draft.report.append(f"lowest({name}.balance)")
        if choose.yes(40):
            draft.say(f"always {name}.balance >= $0", "always")
    draft.report += ["haircut", "weight"]  # scenarios change both, and what they change is read
    draft.say('require "A month is a month" 12 months >= 1 year', "require")
    draft.say(f'scenario "Less" {{ haircut = haircut * {draft.percent(20, 90)} }}', "scenario")
    if choose.yes(40):
        draft.say('scenario "Lesser" after "Less" { weight = weight / 2; haircut = haircut + 5% }', "after")
    if choose.yes(30):
        draft.say("scenarios over weight = [10%, 20%]", "scenarios over")
    lines = "\n  ".join(draft.report)
    draft.lines.append(f"report {{\n  {lines}\n}}")


def curves(draft: Draft) -> None:
    """A curve of rates and one of credit, of closing or made anew on every date, and what is read off them."""
    choose = draft.choose
    traded = choose.pick(["", "traded = date; "])
    draft.say(
        f"rate_curve usd {{ {traded}zeros = [6 months: {draft.percent(1, 4)}, 5 years: {draft.percent(2, 5)}] }}",
        "curve",
    )
    quotes = (
        f"spreads = [1 year: {draft.percent(1, 2)} + haircut / 200, 5 years: {draft.percent(3, 4)} + haircut / 100]"
        if choose.yes(50)
        else f"hazards = [1 year: {draft.percent(1, 3)}, 3 years: haircut / 20]"
    )
    draft.say(f"credit_curve lab {{ rates = usd; {traded}{quotes}; recovery = 40% }}", "curve")
    read = choose.pick(
        [
            "mark_to_market(lab, $100, 1%, 2028-06-20, as_of = date)",
            "par_spread(lab, 2029-12-20, as_of = date)",
            "discount_factor(usd, 2029-01-01, from = date) * survival_probability(lab, 2029-01-01, from = date)",
        ]
    )
    draft.lines.append(f'report {{ "Off the curve" = {read} }}')
