"""Stated relations of a generated deal, and what its report asks the graph of parties."""

from __future__ import annotations

from .writing import Draft


def relations(draft: Draft) -> None:
    choose = draft.choose
    draft.say(f"party Lender {{ equity = {draft.money(5, 60)}; recovery = {draft.percent(10, 90)} }}")
    draft.say(f"party Lab {{ equity = {draft.money(5, 60)} * (1 + haircut); recovery = haircut }}")
    draft.say("party Holder")
    draft.say(f"relation owed Lab owes {choose.pick([draft.money(20, 90), 'gross / 2'])} to Lender", "relation")
    draft.say(f"relation lent Lender owes {draft.money(20, 90)} to Fund")
    draft.say(f"relation held Holder owns {draft.percent(5, 95)} of Lender")
    if choose.yes():
        draft.say(f"relation backing Sponsor guarantees Lab up to {draft.money(5, 50)}")
    if choose.yes():
        draft.say(f"relation insured Dealer protects Fund against Lender up to {draft.money(5, 90)}")
    draft.say(f"relation rent Lab pays {draft.money(5, 90)} to Sponsor kind sales")
    draft.say('scenario "Lab fails" { Lab.default = 2026-08-08 }')
    lines = [
        '"Losses" = who_bears(Lab)',
        "loss_borne(Fund, Lab)",
        "fails(Lender, Lab on first payment)",
        '"Exposures" = exposures(Fund)',
        "highest(net_exposure(Fund, Lender))",
        "highest(look_through_debt(Holder))",
        '"Circles" = circles(up to 3 edges)',
        "sum(circles(up to 3 edges))",
        "count(circles(up to 2 edges))",
        "inflow(Sponsor, outside = circles(up to 3 edges))",
        '"Edges" = edges()',
    ]
    draft.lines.append("report {\n  " + "\n  ".join(lines) + "\n}")
