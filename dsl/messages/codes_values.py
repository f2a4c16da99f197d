"""The codes of tables, draws, repayment schedules and statistics (E0601 to E0619) and what each says in a line."""

from __future__ import annotations

CODES: dict[str, str] = {
    "E0602": "Level payments on a schedule that is not regular",
    "E0603": "A schedule with no date up to the maturity",
    "E0604": "Level payments at a rate that varies by date",
    "E0605": "A table with several columns, and none is named",
    "E0606": "The deal begins before a curve does",
    "E0607": "The dates of a curve are not in order",
    "E0608": "The dates of a table are not those of its schedule",
    "E0609": "A draw rests on what is not known before it",
    "E0610": "A statistic over scenarios inside another expression",
    "E0611": "What is drawn from is not a distribution, or a distribution is not drawn from",
    "E0612": "A term drawn as a path",
    "E0613": "A distribution that does not exist",
    "E0614": "The points of a default rate are not in order",
    "E0615": "A statistic of a series",
    "E0616": "A percentile that is not between 0% and 100%",
}
