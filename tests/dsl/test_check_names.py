"""Names: what each deal reads is looked up, and what means nothing is said once, in place, with what was meant."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from indenture.dsl.messages.codes_names import CODES
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.names.check_names import check_names
from indenture.dsl.names.deal import Model
from indenture.dsl.names.resolve import resolve
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source

HEADER = """deal "T" { language = 1; currency = USD; closing = 2026-01-15; issuer = Borrower }
party Borrower, Lenders, Sponsor
schedule payment = monthly on day 15 from 2026-02-15 to 2028-01-15
"""

LIBRARY = """
component note {
  "A note."
  holder : party   "Who holds it."
  size   : money
  coupon : rate = 0%
  pays   : schedule
  target : money = $0
  claim interest  to holder on pays = accrue(balance * coupon, 30/360)  carries
  claim principal to holder on pays = max(balance - target, $0)         carries
  claim sweep     to holder on pays up to balance
  state balance = size, then opening balance - principal.paid - sweep.paid
}
component asset {
  obligor : party
  par : money
  rating : text
  price : fraction = 100%
  define worth = par * price
}
function twice(x) = 2 * x
"""

NOTES = """note A { holder = Lenders; size = $70m; coupon = 5%; pays = payment }
note B { holder = Lenders; size = $30m; coupon = 9%; pays = payment }
account cash
group notes = A, B
trigger lockup when A.balance > $1m
define cover = $10m / A.interest.due
"""


def compiled(text: str, library: str = LIBRARY) -> tuple[Model | None, Collector, str]:
    collector = Collector()
    whole = HEADER + text
    used = parse(Source("library/test.deal", library), Collector())
    model = resolve(parse(Source("t.deal", whole), collector), (used,), None, collector)
    if model is not None:
        check_names(model, collector)
    return model, collector, whole


def found(text: str, library: str = LIBRARY) -> list[tuple[str, str, str | None]]:
    """The code, the text under the primary place, and the help of every diagnostic."""
    _, collector, whole = compiled(text, library)
    return [(one.code, under(one, whole, library), one.help) for one in collector.found]


def under(one: Diagnostic, whole: str, library: str) -> str:
    lines = (whole if one.span.file == "t.deal" else library).splitlines()
    assert one.span.line == one.span.end_line, "a name stands on one line"
    return lines[one.span.line - 1][one.span.column - 1 : one.span.end_column - 1]


def only(text: str) -> Diagnostic:
    _, collector, _ = compiled(text)
    assert len(collector.found) == 1, collector.found
    return collector.found[0]


def test_a_sound_deal_is_quiet() -> None:
    assert found(NOTES + "report { notes.balance, A.interest.paid, cover, date, closing, Lenders.received }") == []


@pytest.mark.parametrize(
    ("line", "code", "place", "help"),
    [
        ("define x = coverr", "E0201", "coverr", "did you mean `cover`?"),
        ("define x = a.balance", "E0201", "a", "did you mean `A.balance`?"),
        ("define x = cash.balance + casj.balance", "E0201", "casj", "did you mean `cash.balance`?"),
        ("define x = interest.paid", "E0201", "interest", "say whose: `A.interest.paid` or `B.interest.paid`"),
        ("define x = worth", "E0201", "worth", None),
        ("define x = irr", "E0201", "irr", "it is a function: `irr(of, [accrual])`"),
        ("define x = GPU", "E0201", "GPU", "`GPU` is a unit, and stands behind a number: `1 GPU`"),
        ("define x = A.intrest.paid", "E0206", "intrest", "did you mean `A.interest.paid`?"),
        (
            "define x = A.unpaid",
            "E0206",
            "unpaid",
            "say of which claim: `A.interest.unpaid`, `A.principal.unpaid` or `A.sweep.unpaid`",
        ),
        ("report { A.irr }", "E0206", "irr", "it is a function of the instrument: `irr(A)`"),
        ("define x = A.interest.payed", "E0215", "payed", "did you mean `A.interest.paid`?"),
        ("define x = cash.total", "E0215", "total", "it has `cash.balance` or `cash.target`"),
        ("define x = Lenders.recieved", "E0215", "recieved", "did you mean `Lenders.received`?"),
        ("define x = A.interest.paid.total", "E0218", "total", "read it as `A.interest.paid`"),
        ("define x = cover.paid", "E0218", "paid", "read it as `cover`"),
        ("define x = date.year", "E0218", "year", None),
        ("define x = twice", "E0216", "twice", "give it what it works on: `twice(...)`"),
        ("define x = note", "E0216", "note", "declare one, `note name { ... }`, and read its figures"),
        ("define x = notes.balence", "E0217", "balence", "did you mean `notes.balance`?"),
        (
            "group more = A, cover",
            "E0228",
            "cover",
            "a group is of instances, claims, accounts, parties or other groups",
        ),
        ("group more = A, B, A", "E0229", "A", None),
        ("group more = A, Bb", "E0201", "Bb", "did you mean `B`?"),
        ("account euro { currency = EURO }", "E0223", "EURO", "did you mean `EUR`?"),
        (
            "define x = days",
            "E0201",
            "days",
            "inside a `daycount` it is the days of a piece; elsewhere write `days within a to b`",
        ),
        ("daycount bank = days / yeer", "E0201", "yeer", None),
        ("function f(y) = y * z", "E0201", "z", None),
        ("receive $1m from Sponser into cash on closing", "E0201", "Sponser", "did you mean `Sponsor`?"),
        ("receive $1m from Sponsor into csh on closing", "E0201", "csh", "did you mean `cash`?"),
        ("waterfall w from cash on payment { pay A.intrest }", "E0206", "intrest", "did you mean `A.interest`?"),
        (
            "waterfall w from cash on payment when lockdup { pay A.interest }",
            "E0201",
            "lockdup",
            "did you mean `lockup`?",
        ),
        ("ranking A.interest, A.princpal", "E0206", "princpal", "did you mean `A.principal`?"),
        ("require A.balanc > $0", "E0206", "balanc", "did you mean `A.balance`?"),
        ("always cash.balnce >= $0", "E0215", "balnce", "did you mean `cash.balance`?"),
        ("report { lowest covr }", "E0201", "covr", "did you mean `cover`?"),
        ("expect previous A.balanse is $1m", "E0206", "balanse", "did you mean `A.balance`?"),
    ],
)
def test_what_is_said_of_a_wrong_name(line: str, code: str, place: str, help: str | None) -> None:
    got = found(NOTES + line)
    assert [(one, where) for one, where, _ in got] == [(code, place)]
    assert got[0][2] == help


def test_a_member_of_one_instance_is_suggested_whole() -> None:
    text = NOTES + 'asset X { obligor = Sponsor; par = $1m; rating = "A" }\ndefine x = worth'
    assert found(text) == [("E0201", "worth", "did you mean `X.worth`?")]


def test_a_field_reads_the_others_of_its_instance_and_never_itself() -> None:
    assert found("note A { holder = Lenders; size = $70m; target = size / 2; pays = payment }") == []
    assert found("note A { holder = Lenders; size = size; pays = payment }") == [
        ("E0201", "size", "did you mean `A.size`?")
    ]


def test_what_follows_from_a_missing_field_is_passed_over() -> None:
    text = "note A { size = $70m; pays = payment }\nreport { A.holder, A.holder.received, A.balance }"
    assert [code for code, _, _ in found(text)] == ["E0204"]


def test_what_follows_from_an_unknown_component_is_passed_over() -> None:
    assert [code for code, _, _ in found("loon A { size = $70m }\nreport { A.balance, A.interest.paid }")] == ["E0203"]


def test_a_fault_in_a_component_is_said_once_however_many_instances() -> None:
    library = LIBRARY.replace("balance * coupon", "balance * cupon")
    got = found(NOTES, library)
    assert got == [("E0201", "cupon", "did you mean `coupon`?")]


def test_a_group_whose_members_differ() -> None:
    text = NOTES + 'asset X { obligor = Sponsor; par = $1m; rating = "A" }\ngroup all = A, B, X\nreport { all.balance }'
    assert [(code, place) for code, place, _ in found(text)] == [("E0217", "balance")]
    one = only(text)
    assert one.message == "`X` of the group `all` has no `balance`"
    assert [label.span.line for label in one.others] == [11]


def test_groups_in_a_circle_are_reported_once() -> None:
    text = NOTES + "group p = A, q\ngroup q = B, r\ngroup r = p\nreport { p.balance }"
    one = only(text)
    assert (one.code, one.notes) == ("E0212", ("`p` contains `q` contains `r` contains `p`",))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("A.balance", "a state"),
        ("A.interest", "a claim"),
        ("A.interest.paid", "a figure that the run works out for a claim"),
        ("cash", "an account"),
        ("Lenders", "a party"),
        ("lockup", "a trigger"),
        ("A", "a `note`"),
        ("payment", "a schedule"),
        ("Lenders.performing", "a figure that the run works out for a party"),
    ],
)
def test_what_cannot_be_set(target: str, said: str) -> None:
    one = only(NOTES + f'scenario "S" {{ {target} = $1m }}')
    assert (one.code, one.label) == ("E0240", said)


@pytest.mark.parametrize("target", ["A.size", "A.coupon", "cover", "Lenders.default", "A.target"])
def test_what_can_be_set(target: str) -> None:
    scenario = f'scenario "S" {{ {target} = {target} }}\n'
    draw = f"simulate {{ paths = 2; {target} drawn from normal(mean = 0%, deviation = 1%) }}\n"
    assert found(NOTES + scenario + draw) == []


SCENARIOS: Mapping[str, tuple[str, str]] = {
    'scenario "Up" { A.coupon = 6% }\nscenario "Up" { A.coupon = 7% }': ("E0241", "rename one of the two"),
    'scenario "Up" after "Donw" { A.size = $6m }\nscenario "Down" { A.size = $3m }': ("E0242", 'did you mean "Down"?'),
    'scenario "base" { A.coupon = 6% }': ("E0246", "`base` is the deal as written"),
    'scenario "Up" { A.coupon = 6% }\nrequire A.balance > $0 in "up"': ("E0242", 'did you mean "Up"?'),
    "scenarios over A.coupon = [5%, 6%]\nexpect wal(notes, 30/360) by A.size within 1 year { A 1 2 }": (
        "E0248",
        "`scenarios over A.size = [...]`, one value a column",
    ),
}


@pytest.mark.parametrize("text", SCENARIOS)
def test_scenarios(text: str) -> None:
    one = only(NOTES + text)
    assert (one.code, one.help) == SCENARIOS[text]


def test_scenarios_in_a_circle() -> None:
    text = NOTES + "".join(
        f'scenario "{name}" after "{after}" {{ A.coupon = 6% }}\n'
        for name, after in (("a", "b"), ("b", "c"), ("c", "b"))
    )
    one = only(text)
    assert (one.code, one.notes) == ("E0244", ('"b" after "c" after "b"',))


def test_scenarios_that_compose_without_a_circle() -> None:
    text = NOTES + "".join(
        f'scenario "{name}" after {after} {{ A.coupon = 6% }}\n'
        for name, after in (("top", '"left", "right"'), ("left", '"low"'), ("right", '"low"'))
    )
    assert found(text + 'scenario "low" { A.size = $5m }') == []


def test_waivers() -> None:
    first = "waiver one of lockup from 2026-03-01 to 2026-06-30"
    assert found(NOTES + first + "\nwaiver two of lockup from 2026-07-01 to 2026-09-30") == []
    overlapping = only(NOTES + first + "\nwaiver two of lockup from 2026-06-30 to 2026-09-30")
    assert (overlapping.code, overlapping.label) == ("E0243", "both hold on 2026-06-30")
    ranked = first + " rank 1\nwaiver two of lockup from 2026-06-01 to 2026-09-30 rank 2"
    assert found(NOTES + ranked) == []
    assert only(NOTES + "waiver one of cover from 2026-03-01 to 2026-06-30").code == "E0245"
    assert only(NOTES + "waiver one of lockup from 2026-07-01 to 2026-06-30").code == "E0249"
    assert only(NOTES + "waiver one of lockpu from 2026-03-01 to 2026-06-30").help == "did you mean `lockup`?"


def test_rows_are_read_by_their_own_names(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "tape.csv").write_text("id,par,rating,obligor\n1,5,A,Lenders\n2,7,B,Sponsor\n", encoding="utf-8")
    text = (
        HEADER
        + """asset assets each row in "tape.csv" {}
define whole = assets.worth
report { sum(assets.worth where rating is "A"), sum(whole where ratings is "A"), any(assets.obligor.defaulted) }
report { sum(assets.worth where sum(assets.par) > $1 and grade is "A"), assets.obligor.defaultd }
"""
    )
    collector = Collector()
    used = parse(Source("library/test.deal", LIBRARY), Collector())
    model = resolve(parse(Source("t.deal", text), collector), (used,), folder, collector)
    assert model is not None
    check_names(model, collector)
    assert [(one.code, under(one, text, LIBRARY), one.help) for one in collector.found] == [
        ("E0201", "ratings", "did you mean `rating`?"),
        ("E0201", "grade", None),
        ("E0215", "defaultd", "did you mean `assets.obligor.defaulted`?"),
    ]


def test_every_code_said_here_has_a_title() -> None:
    texts = [NOTES + line for line in ("define x = y", "define x = A.y", "define x = cover.y", *SCENARIOS)]
    for text in texts:
        assert {one.code for one in compiled(text)[1].found} <= CODES.keys()


@pytest.mark.parametrize(
    ("step", "code", "place", "help"),
    [
        ("pay A", "E0220", "A", "say which of its claims: `A.interest`, `A.principal` or `A.sweep`"),
        ("pay A.interest.due", "E0533", "A.interest.due", "`pay A.interest`"),
        ("pay cover", "E0220", "cover", "`claim ... to P on ... = cover` declares what is owed, and a step pays that"),
        ("pay A.interest, then from lockup", "E0220", "lockup", "name an account"),
        ("fill cash.balance", "E0220", "cash.balance", "name the account itself: `cash`"),
        ("keep the rest in Lenders", "E0220", "Lenders", "name an account"),
        ("move all of A to cash", "E0220", "A", "name an account"),
        ("test cover", "E0220", "cover", "`trigger lockup when ...` declares one; `record` fixes a definition"),
    ],
)
def test_steps_name_things_of_the_right_kind(step: str, code: str, place: str, help: str) -> None:
    assert found(NOTES + f"waterfall w from cash on payment {{ {step} }}") == [(code, place, help)]


def test_a_receipt_into_what_is_no_account() -> None:
    assert found(NOTES + "receive $1m from Sponsor into Lenders on closing") == [
        ("E0220", "Lenders", "name an account")
    ]
    assert found(NOTES + "waterfall w from notes on payment { pay notes.interest }") == [
        ("E0220", "notes", "name an account")
    ]
    assert found(NOTES + "settle lockup on payment")[0][:2] == ("E0220", "lockup")


def test_a_name_missing_in_many_places_is_one_message() -> None:
    reads = "".join(f"define x{k} = coverr + {k}\n" for k in range(8)) + "report { x0, x1, x2, x3, x4, x5, x6, x7 }"
    one = only(NOTES + reads)
    assert (one.code, one.help) == ("E0201", "did you mean `cover`?")
    assert [label.text for label in one.others] == ["and here"] * 3
    assert one.notes == ("and in 4 more places",)


def test_a_misspelt_field_is_not_missing_too() -> None:
    got = found("note A { holder = Lenders; siez = $70m; coupon = 5%; pays = payment }\nreport { A.size, A.balance }")
    assert got == [("E0205", "siez", "did you mean `size`?")]
