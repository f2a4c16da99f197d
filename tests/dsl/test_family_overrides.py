"""What a scenario changes in a family: columns of numbers, conditions and dates; and what a slice of losses lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from .deals import HEADER, codes, compiled, figures

LOANS = """
component bullet {
  "A loan repaid at once."
  par     : money
  coupon  : rate
  matures : date
  good    : condition
  label   : text
  pays    : schedule
  claim interest  from Customer on pays = if good then accrue(balance * coupon, 30/360) else $0 lapses
  claim principal from Customer on pays = if matures falls then balance else $0
  state balance = par, then opening balance - principal.paid
}
bullet loans each row in "tape.csv" { pays = payment }
account cash
receive loans.interest into cash
receive loans.principal into cash
waterfall main from cash on payment { pay rest to Sponsor }
report { "interest" = total(sum(loans.interest.paid)), "after six months" = sum(loans.balance) on 2026-07-15 }
"""


@pytest.fixture
def tape(tmp_path: Path) -> str:
    (tmp_path / "tape.csv").write_text(
        "par,coupon,matures,good,label\n1000,8%,2026-07-15,true,a\n400,4%,2027-01-15,false,b\n", encoding="utf-8"
    )
    return str(tmp_path)


@pytest.mark.parametrize(
    ("change", "interest", "left"),
    [
        ("loans.coupon = loans.coupon + 4%", 1000 * 0.12 / 2, 400),
        ("loans.good = true", 1000 * 0.08 / 2 + 400 * 0.04, 400),
        ("loans.good = not loans.good", 400 * 0.04, 400),
        ("loans.matures = 2026-10-15", 1000 * 0.08 * 3 / 4, 1400),
        ("loans.par = 2 * loans.par", 2000 * 0.08 / 2, 800),
    ],
)
def test_a_scenario_changes_a_column(tape: str, change: str, interest: float, left: float) -> None:
    text = LOANS + f'scenario "Changed" {{ {change} }}\n'
    result = compiled(text, folder=tape).run()
    assert result["interest"].values == pytest.approx([1000 * 0.08 / 2, interest])
    assert result["after six months"].values == pytest.approx([400, left])


def test_a_column_of_texts_is_not_changed_in_silence(tape: str) -> None:
    import indenture

    text = (
        LOANS + 'report { "a" = sum(loans.par where loans.label is "a") }\nscenario "Changed" { loans.label = "a" }\n'
    )
    with pytest.raises(indenture.DealError) as caught:
        indenture.compile(HEADER + text, folder=tape)
    assert "E0240" in [one.code for one in caught.value.diagnostics]


SLICES = """
component slice {
  "A slice of losses."
  size : money
  reduction loss     of balance
  reduction redeemed of balance
  state balance = size, then opening balance
}
slice first { size = $20 }
slice second { size = $80 }
group both = first, second
allocate losses $9 on payment to first, then second
reduce $10 on payment { pay second.redeemed }
"""


def test_the_loss_of_a_slice_is_what_was_allocated_to_it_and_what_is_left() -> None:
    found = figures(SLICES + 'report { "first" = loss(first), "second" = loss(second), "both" = loss(both) }')
    # Second: 16 of losses, 40 redeemed, 24 of its 80 still outstanding.
    assert found == {"first": 20, "second": 16 + 24, "both": 60}


def test_what_is_reduced_without_a_loss_is_none() -> None:
    text = SLICES.replace(
        "allocate losses $9 on payment to first, then second\n", "reduce $5 on payment { pay first.redeemed }\n"
    )
    assert figures(text + 'report { "first" = loss(first) }') == {"first": 0}
    assert codes(text + 'report { "first" = loss(first) }') == []
