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
            draft.report += [f"irr({name}, actual/365)", f"wal({name}, actual/365)", f"multiple({name})", f"loss({name})"]
            draft.report += [f"lowest({name}.balance)", f"{name}.balance on last payment"]
    for party in ("Issuer", "Bank", "Fund", "Sponsor", "Customer", "Dealer"):
        draft.report += [f'"{party} received" = {party}.received', f'"{party} paid" = {party}.paid']
    for name, _ in draft.owners:
        draft.report.append(f"lowest({name}.balance)")
        if choose.yes(40):
            draft.say(f"always {name}.balance >= $0", "always")
    draft.say('require "A month is a month" 12 months >= 1 year', "require")
    draft.say(f'scenario "Less" {{ haircut = haircut * {draft.percent(20, 90)} }}', "scenario")
    if choose.yes(40):
        draft.say('scenario "Lesser" after "Less" { weight = weight / 2; haircut = haircut + 5% }', "after")
    if choose.yes(30):
        draft.say("scenarios over weight = [10%, 20%]", "scenarios over")
    lines = "\n  ".join(draft.report)
    draft.lines.append(f"report {{\n  {lines}\n}}")
