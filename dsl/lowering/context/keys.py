"""What identifies a figure that the day changes: what it is, and of what."""

from __future__ import annotations

from enum import Enum

import attrs


class Figure(Enum):
    """The kinds of figures. One of them called with a name is the key of that thing's figure: ``Figure.PAID(claim)``.

    The values stand in the names of equations.
    """

    STATE = "state"
    ACCOUNT = "account"
    TRIGGER = "trigger"
    TERM = "term"
    FLOW = "flow"
    # of a claim
    PAID = "paid"
    UNPAID = "unpaid"
    DUE = "due"
    CURRENT = "current"
    ARREARS = "arrears"
    CARRIED = "carried"
    ARREARS_INTEREST = "arrears interest"
    ACCRUED = "accrued"
    DELAYED = "delayed"
    MISSING = "missing"
    # of a definition that a step records: its value, and whether a step did
    RECORDED = "recorded"
    WHETHER_RECORDED = "recorded?"
    # of a waterfall, a reduction, an act, a step
    REST = "rest"
    REDUCED = "reduced"
    TO_REDUCE = "to reduce"
    CAP = "cap"
    USED_THIS_YEAR = "used this year"
    # of a party, and of two of them: "payer -> payee"
    PAID_BY = "paid by"
    RECEIVED_BY = "received by"
    RECEIPT = "receipt"
    DISTRIBUTION = "distribution"
    # of a trigger: how many tests in a row
    COUNT_WHEN = "count when"
    COUNT_UNTIL = "count until"
    # of a balance that a claim is `up to`: the largest that it has been
    HIGHEST = "highest"

    def __call__(self, name: str) -> Key:
        return Key(self, name)


@attrs.frozen(slots=True, order=True, cache_hash=True)
class Key:
    """A figure that the day changes. Keys sort by the words of their kind, so that readers are told in one order."""

    kind: Figure = attrs.field(order=lambda kind: kind.value)
    name: str
