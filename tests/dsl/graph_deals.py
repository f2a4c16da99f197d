"""Parties that owe each other, for the tests of their graph."""

from __future__ import annotations

import indenture
from hypothesis import strategies as st
from indenture.dsl.parties.graph import Graph, graph_of

HEADER = """
deal "Graph" { language = 1; currency = USD; closing = 2026-01-15 }
"""


RING = (
    HEADER
    + """
party Vendor { equity = $100bn; recovery = 40% }
party Lab { equity = $3bn; recovery = 20% }
party Cloud { equity = $1bn; recovery = 50% }
party Banks, Users
schedule quarter = quarterly on day 15 from 2026-04-15 to 2030-01-15, unadjusted
claim investment from Vendor to Lab on quarter = $2.5bn lapses kind equity
claim compute from Lab to Cloud on quarter = $1.9bn carries kind sales
claim chips from Cloud to Vendor on quarter = $1.4bn lapses kind supply
claim subscriptions from Users to Lab on quarter = $0.7bn lapses kind sales
relation backing Vendor guarantees Cloud up to $0.9bn
relation notes Lab owes $6bn to Banks
relation bonds Cloud owes $2bn to Banks
relation holding Vendor owns 10% of Lab
settle investment, compute, chips, subscriptions on quarter
scenario "Lab fails" { Lab.default = 2028-03-01 }
scenario "No chips" { Cloud.default = 2026-02-01 }
"""
)


def graph(text: str) -> Graph:
    return graph_of(indenture.compile(text).compiled.model)


def named(found: Graph, *args: object) -> set[tuple[tuple[str, str, str], ...]]:
    return {tuple((e.payer.name, e.payee.name, e.kind) for e in c) for c in found.circles(*args)}  # type: ignore[arg-type]  # most, kinds


NAMES = ("A", "B", "C", "D", "E")


PAIRS = st.sampled_from([(a, b) for a in NAMES for b in NAMES if a != b])
