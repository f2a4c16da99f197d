"""What primitives say of themselves where a wrong word would show in no figure of a sample, worked out by hand."""

from __future__ import annotations

import datetime
import inspect
import math
from collections.abc import Sequence
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from indenture.engine.credit.curves import CreditCurve, DiscountCurve
from indenture.engine.credit.errors import CreditError
from indenture.engine.ir import NEVER, Literal
from indenture.engine.primitives import curves, exact, kernels
from indenture.engine.primitives.curve_points import (
    aged,
    day_of,
    discounting,
    instrument_of,
    knots_of,
    moved,
    pillar_dates,
    risk,
)
from indenture.engine.primitives.primitive import CHOICES, EVERY, Primitive
from indenture.engine.primitives.table import PRIMITIVES

DAY = datetime.date(2026, 1, 15).toordinal()

WITHOUT_A_KERNEL = {"previous", "metric", "metric_determined"}
WITH_A_KERNEL = [one for name, one in PRIMITIVES.items() if name not in WITHOUT_A_KERNEL]


def named(primitive: Primitive) -> str:
    return primitive.name


# ------------------------------------------------------------------------------------------------- operands


@pytest.mark.parametrize("primitive", WITH_A_KERNEL, ids=named)
def test_each_takes_what_its_kernel_takes(primitive: Primitive) -> None:
    if isinstance(primitive.vector, np.ufunc):
        assert (len(primitive.operands), primitive.repeated) == (primitive.vector.nin, None)
        assert not primitive.attributes
        return
    parameters = inspect.signature(primitive.vector).parameters.values()
    series = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    options = {one.name for one in parameters if one.kind == one.KEYWORD_ONLY}
    further = any(one.kind == one.VAR_POSITIONAL for one in parameters)
    assert further == (primitive.repeated is not None)
    if not further:
        # Constants by date and the dates of the timeline come after the operands.
        assert len(series) == len(primitive.operands) + len(primitive.constants) + primitive.ordinals
    assert options == primitive.attributes.keys() - primitive.apart
    assert primitive.open == any(one.kind == one.VAR_KEYWORD for one in parameters)


def test_what_stands_for_a_choice_is_known_and_makes_a_difference() -> None:
    # 7 to be had, 5 offered by each of two: the first key in the order has its 5, the other the 2 that are left.
    assert CHOICES["order"] == ("lowest", "highest")
    for order, given in (("lowest", [5, 2]), ("highest", [2, 5])):
        chosen = PRIMITIVES["take"].given((("order", order),))
        assert exact.take(F(7), [F(5), F(5)], [F(1), F(2)], **chosen) == given
        found = kernels.take(np.array([7.0]), np.array([[5.0], [5.0]]), np.array([[1.0], [2.0]]), **chosen)
        assert found[:, 0].tolist() == given
    # 2.5 and 1.2 to whole numbers.
    rounded = {"half_up": (3, 1), "half_even": (2, 1), "down": (2, 1), "up": (3, 2)}
    assert set(CHOICES["mode"]) == rounded.keys()
    for mode, both in rounded.items():
        assert tuple(exact.round_to(one, digits=0, mode=mode) for one in (F("2.5"), F("1.2"))) == both
        assert tuple(kernels.round_to(np.array([2.5, 1.2]), digits=0, mode=mode)) == both
        assert math.copysign(1.0, kernels.round_to(np.array([0.0]), digits=0, mode=mode).item()) == 1.0


# ------------------------------------------------------------------------------------------------- facts


TRUTHS = {"less", "less_equal", "equal", "not_equal", "and", "or", "not", "exclusive_or"}
ROUNDED_BY_THE_STANDARD = {"add", "subtract", "multiply", "divide", "square_root"}
"""IEEE 754 gives them to the last bit."""
WITHOUT_ROUNDING = {"negate", "absolute", "minimum", "maximum", "select", "to_number"}

HOLDS: dict[str, set[str]] = {
    # All others are left to numpy.
    "on_floats": ROUNDED_BY_THE_STANDARD | WITHOUT_ROUNDING | TRUTHS,
    "commutes": {"add", "multiply", "minimum", "maximum", "equal", "not_equal", "and", "or", "exclusive_or"},
    "undoes_itself": {"negate", "not"},
    "relabels": {"to_number"},
    "jumps": {"floor", "round", "to_date"},
    "moves": {"gather", "final", "any_date"},
    "ordinals": {"first_date"},
    "open": {"curve", "metric", "metric_determined"},
    "measure": {"metric", "metric_determined"},
    "compares": {"less", "less_equal", "equal", "not_equal"},
    "joins_conditions": {"and", "or", "not", "exclusive_or"},
    # A limit that is filled, what is shared out and the figures of a whole pool; the rest may differ by row.
    "plain": {"take", "level", "level_rows", "pool_tranche_loss", "pool_default_count"},
}


def test_what_holds_of_these_holds_of_no_others() -> None:
    for fact, names in HOLDS.items():
        assert {name for name, one in PRIMITIVES.items() if getattr(one, fact)} == names, fact


def test_how_many_are_one_value_and_not_one_a_row() -> None:
    plain = {"take": 1, "level": EVERY, "level_rows": 1, "pool_tranche_loss": 3, "pool_default_count": 2}
    assert {name: one.plain for name, one in PRIMITIVES.items() if one.plain} == plain


def test_what_names_a_constant_is_not_handed_on_as_it_stands() -> None:
    discounted = PRIMITIVES["discounted"]
    assert discounted.given((("first", (0,)), ("last", (0,)), ("fractions", "years"))) == {"first": (0,), "last": (0,)}
    assert discounted.constants == ("fractions",)
    measure = PRIMITIVES["metric"]
    assert measure.given((("function", "irr"), ("count", 2))) == {"count": 2}
    assert measure.constants == ()


def test_a_result_is_of_the_kind_of_what_it_is_chosen_from() -> None:
    number, day, truth = Literal(F(1), "float"), Literal(F(DAY), "date"), Literal(True, "bool")
    assert PRIMITIVES["minimum"].kind([day, day]) == "date"
    assert PRIMITIVES["select"].kind([truth, day, day]) == "date"
    assert PRIMITIVES["select"].kind([truth, number, number]) == "float"
    assert PRIMITIVES["first_date"].kind([truth]) == "date"
    assert PRIMITIVES["lowest"].kind([day, truth]) == "date"


def test_the_greater_is_not_below_zero_where_one_is_not_and_a_choice_where_both_are_not() -> None:
    greatest, choice, groups = (PRIMITIVES[name].sign for name in ("maximum", "select", "sum_groups"))
    assert greatest([True, False])
    assert greatest([False, True])
    assert not greatest([False, False])
    assert choice([False, True, True])
    assert not choice([True, True, False])
    assert groups([False, True])
    assert not groups([True, False])


@pytest.mark.parametrize(
    ("name", "operands", "attributes", "on_floats", "on_lines"),
    [
        # The double nearest 1.005 is below it: as it stands it is rounded down, what was meant by it is rounded up.
        ("round", [1.005], {"digits": 2, "mode": "half_up"}, 1.0, 1.01),
        # Two members share 3, with room for 2: full at 1, and on lines a hair above it.
        ("level", [3.0, 1.0, 1.0, 1.0, 1.0], {"members": 2}, 1.0, 1.0 + 2.0**-50),
    ],
)
def test_what_differs_on_floats_is_not_worked_out_on_them(
    name: str, operands: Sequence[float], attributes: dict[str, Any], on_floats: float, on_lines: float
) -> None:
    primitive = PRIMITIVES[name]  # type: ignore[index]
    assert primitive.exact(*operands, **attributes) == on_floats
    assert primitive.vector(*(np.array([one]) for one in operands), **attributes).item() == on_lines
    assert not primitive.on_floats


@pytest.mark.parametrize("primitive", [one for one in PRIMITIVES.values() if one.commutes], ids=named)
def test_what_leaves_one_operand_leaves_the_other_where_both_are_alike(primitive: Primitive) -> None:
    assert primitive.neutral.keys() in (set(), {0, 1})
    assert primitive.neutral.get(0) == primitive.neutral.get(1)


def test_what_is_not_gathered_date_by_date_says_so() -> None:
    with pytest.raises(LookupError, match="metric is not gathered date by date"):
        PRIMITIVES["metric"].gathered()


HAIR = 1e-9
OF_ONE = [one for one in WITH_A_KERNEL if one.form == "elementwise" and one.operands == ("float",) and not one.repeated]


@pytest.mark.parametrize("primitive", OF_ONE, ids=named)
def test_what_jumps_says_so(primitive: Primitive) -> None:
    attributes = {"digits": 0, "mode": "up"} if primitive.name == "round" else {}
    # A quantile needs a chance between 0 and 1.
    at = 0.5 if primitive.name == "normal_quantile" else 2.0
    below, above = (float(primitive.exact(one, **attributes)) for one in (at - HAIR, at + HAIR))
    assert primitive.jumps == (abs(above - below) > 0.5)


def test_nothing_of_several_operands_jumps() -> None:
    """What is asked is how far the one operand is from the next step."""
    assert all(len(one.operands) == 1 for one in PRIMITIVES.values() if one.jumps)


@pytest.mark.parametrize(
    "primitive",
    [one for one in WITH_A_KERNEL if one.barrier and len(one.operands) == 1 and not one.ordinals],
    ids=named,
)
def test_what_is_the_same_on_every_date_and_stays_so_moves(primitive: Primitive) -> None:
    attributes: dict[str, Any] = {
        "gather": {"positions": (0, 0, 1)},
        "window": {"first": (0, 0, 0), "last": (0, 1, 2)},
    }.get(primitive.name, {})
    # 7 is 7 on another date and on the last, and 21 in total; what holds, holds on some date.
    value = True if primitive.operands[0] == "bool" else F(7)
    found = primitive.exact([value] * 3, **attributes)
    assert primitive.moves == (found in (value, [value] * 3))


@pytest.mark.parametrize(
    ("day", "months", "folds"),
    [
        (datetime.date(2026, 1, 31), F(1), True),
        (datetime.date(2026, 1, 31), F(1, 2), False),
        (datetime.date(2026, 1, 31), F(12 * 7_972 + 11), True),  # December 9998
        (datetime.date(2026, 1, 31), F(12 * 7_973), False),  # January 9999
        (datetime.date(2026, 12, 31), F(12 * 7_972), True),  # December 9998
        (datetime.date(2026, 12, 31), F(12 * 7_972 + 1), False),  # January 9999
        (datetime.date(2026, 1, 1), F(-12 * 2_025), True),  # January of the year 1
        (datetime.date(2026, 1, 1), F(-12 * 2_025 - 1), False),  # December of the year before it
        (datetime.date(2026, 12, 1), F(-12 * 2_025 - 11), True),
        (datetime.date(2026, 12, 1), F(-12 * 2_025 - 12), False),
        (datetime.date.max, F(1), True),
        (datetime.date.max, F(1, 2), True),
    ],
)
def test_months_are_added_before_the_run_where_they_end_on_a_date(day: datetime.date, months: F, folds: bool) -> None:
    assert datetime.date.max.toordinal() == NEVER
    assert PRIMITIVES["add_months"].folds([F(day.toordinal()), months]) == folds


@pytest.mark.parametrize(
    ("name", "operands", "folds"),
    [
        ("power", [F(0), F(2)], True),
        ("power", [F(0), F(0)], True),
        ("power", [F(0), F(-1)], False),
        ("power", [F(-3), F(-1)], True),
        ("power", [F(4), F(1, 2)], False),
        ("square_root", [F(9)], True),
        ("square_root", [F(9, 16)], True),
        ("square_root", [F(6)], False),
        ("square_root", [F(-9)], False),
        ("divide", [F(1), F(0)], False),
    ],
)
def test_what_is_exact_is_worked_out_before_the_run(name: str, operands: list[F], folds: bool) -> None:
    assert PRIMITIVES[name].folds(operands) == folds  # type: ignore[index]


# ------------------------------------------------------------------------------------------------- exact kernels


def test_the_root_of_a_square_is_exact() -> None:
    assert exact.square_root(F(4, 9)) == F(2, 3)
    assert exact.square_root(F(2)) ** 2 != 2


def test_months_are_added_up_to_the_last_there_is() -> None:
    last = datetime.date(9999, 12, 30).toordinal()
    assert exact.add_months(F(datetime.date(9999, 11, 30).toordinal()), F(1)) == last
    assert exact.add_months(F(datetime.date(9999, 10, 31).toordinal()), F(1)) == last - 30
    assert exact.add_months(F(last), F(1)) == NEVER


def test_a_float_stays_a_float_and_a_fraction_a_fraction() -> None:
    assert isinstance(exact.exp(0.5), float)
    assert isinstance(exact.log(0.5), float)
    assert isinstance(exact.power(1.5, 0.5), float)
    assert isinstance(exact.exp(F(1, 2)), F)
    normal = PRIMITIVES["normal_cdf"]
    assert isinstance(normal.exact(0.5), float)
    student = PRIMITIVES["student_cdf"]
    assert isinstance(student.exact(0.0, 4.0), float)
    assert isinstance(student.exact(F(0), F(4)), F)
    # One standard deviation; the digits of a double are not enough to tell 60 digits from.
    assert abs(normal.exact(F(1)) - F("0.8413447460685429485852325456320379224779")) < F(1, 10**39)


THIRD = F(1, 3)
WHOLE = {"first": (0, 1), "last": (1, 1)}


@pytest.mark.parametrize(
    ("name", "operands", "attributes", "meant"),
    [
        ("sum_rows", [[THIRD, THIRD]], {}, F(2, 3)),
        ("take", [F(1, 2), [THIRD, THIRD], [F(2), F(1)]], {}, [F(1, 6), THIRD]),
        ("sum_groups", [[F(1), F(1)], [THIRD, THIRD]], {}, [F(2, 3), F(2, 3)]),
        ("level_rows", [THIRD, [F(1), F(1)], [F(1), F(1)]], {}, F(1, 6)),
        ("gather", [[THIRD, F(1)]], {"positions": (1, 0)}, [F(1), THIRD]),
        ("gather_at", [[THIRD, F(1)], [F(1), F(0)]], {}, [F(1), THIRD]),
        ("window", [[THIRD, THIRD]], WHOLE, [F(2, 3), THIRD]),
        # At a third a year, a year on: 1/3 and 1/3 by 4/3.
        ("discounted", [[THIRD, THIRD], [THIRD, THIRD], [F(0), F(1)]], WHOLE, [F(7, 12), THIRD]),
        ("total", [[THIRD, THIRD]], {}, F(2, 3)),
        ("lowest", [[THIRD, F(1)], [True, True]], {}, THIRD),
        ("highest", [[THIRD, F(0)], [True, True]], {}, THIRD),
        ("lowest", [[THIRD, THIRD], [False, False]], {}, F(0)),
        ("final", [[F(1), THIRD]], {}, THIRD),
    ],
)
def test_thirds_across_rows_and_dates_are_exact(
    name: str, operands: list[Any], attributes: dict[str, Any], meant: F | list[F]
) -> None:
    """No double is a third."""
    primitive = PRIMITIVES[name]  # type: ignore[index]
    found = primitive.exact(*operands, **attributes)
    assert isinstance(found, F | list)
    assert found == meant
    on_lines = primitive.vector(
        *(np.array([[float(x)] for x in one]) if isinstance(one, list) else np.array([float(one)]) for one in operands),
        **attributes,
    )
    assert isinstance(on_lines, np.ndarray)
    assert on_lines.reshape(-1) == pytest.approx(np.array(meant, dtype=float).reshape(-1), rel=1e-14)


def test_what_is_taken_whole_is_taken_to_the_last_bit() -> None:
    """0.7 and 0.1 come to a double from which 0.7 leaves less than 0.1."""
    both = 0.7 + 0.1
    assert both - 0.7 < 0.1
    found = kernels.take(np.array([both]), np.array([[0.7], [0.1]]), np.array([[1.0], [2.0]]))
    assert found[:, 0].tolist() == [0.7, 0.1]


def test_a_level_at_which_rounding_leaves_a_hair_is_the_last() -> None:
    """Caps of 0.1, 0.2 and 0.3 out of 0.6 by weights of 0.1, 0.1 and 0.7: all are full, the last of them at 2."""
    assert exact.level_rows(0.6, [0.1, 0.1, 0.7], [0.1, 0.2, 0.3]) == pytest.approx(2.0, rel=1e-12)


# ------------------------------------------------------------------------------------------------- curves


def test_the_date_of_a_point_is_so_many_months_or_days_on_or_the_date_itself() -> None:
    points = ("zero 3M", "zero 90D", "hazard 10D", "hazard 2030-06-20", "2030-06-20")
    assert pillar_dates(DAY, points) == [
        datetime.date(2026, 4, 15),
        datetime.date(2026, 4, 15),  # 16 days of January are left, 28 of February, 31 of March, and 15
        datetime.date(2026, 1, 25),
        datetime.date(2030, 6, 20),
        datetime.date(2030, 6, 20),
    ]


def test_a_deposit_without_a_tenor_is_refused() -> None:
    with pytest.raises(CreditError, match="months or years were expected"):
        instrument_of(DAY, "deposit 2030-06-20", "", ())


MONDAY, IN_APRIL = (datetime.date(2026, *one).toordinal() for one in ((1, 19), (4, 20)))


@pytest.mark.parametrize(
    ("holidays", "ahead", "matures"),
    [
        # Two business days after Thursday 15 January is Monday the 19th; 19 April is a Sunday.
        ((), 4, datetime.date(2026, 4, 20)),
        # Without that Monday it is the 20th; without 20 April as well it ends on the 21st.
        ((MONDAY,), 5, datetime.date(2026, 4, 20)),
        ((MONDAY, IN_APRIL), 5, datetime.date(2026, 4, 21)),
    ],
)
def test_a_deposit_starts_at_spot_and_ends_on_a_business_day(
    holidays: tuple[int, ...], ahead: int, matures: datetime.date
) -> None:
    assert pillar_dates(DAY, ("deposit 3M",), "EUR", holidays) == [matures]
    knots, found = knots_of(DAY, ("deposit 3M", "zero 12M"), "EUR", holidays)
    assert found == ahead
    assert knots.tolist() == [matures.toordinal() - DAY - ahead, 365 - ahead]
    assert knots_of(DAY, (), "EUR", holidays)[1] == 0


def test_a_deposit_pays_once_and_a_swap_each_year() -> None:
    deposit, swap = (instrument_of(DAY, f"{kind} 24M", "EUR", ())[0] for kind in ("deposit", "swap"))
    assert (len(deposit.pays), len(swap.pays)) == (1, 2)


def test_before_spot_the_first_zero_rate_holds() -> None:
    """A ten thousandth a day for the 91 days from 19 January to 20 April, and for the four days before them."""
    curve = discounting(DAY, ("deposit 3M",), "EUR", (), [np.array([-0.0091])])
    assert curve.log_discount([4, 95])[:, 0] == pytest.approx([-0.0004, -0.0095], rel=1e-12)


def test_a_curve_past_its_end_goes_on_as_over_its_last_piece() -> None:
    """Two ten thousandths a day from the 100th day on."""
    curve = DiscountCurve(day_of(DAY), np.array([100, 200]), np.array([[-0.01], [-0.03]]))
    later = moved(curve, DAY + 300)
    assert later.log_discount([100, 730])[:, 0] == pytest.approx([-0.02, -0.146], rel=1e-12)
    within = moved(curve, DAY + 50)
    assert within.log_discount([50, 150])[:, 0] == pytest.approx([-0.005, -0.025], rel=1e-12)


def test_default_rates_hold_up_to_their_points() -> None:
    found = risk(DAY, ("hazard 12M", "hazard 24M"), [np.array([0.01]), np.array([0.02])])
    assert (found.knots.tolist(), found.hazards.tolist()) == ([365, 730], [[0.01], [0.02]])


def credit() -> CreditCurve:
    return CreditCurve(day_of(DAY), np.array([100, 200, 400]), np.array([[0.01], [0.02], [0.03]]))


def test_a_credit_curve_ages_by_the_pieces_that_are_left() -> None:
    assert aged(credit(), DAY).knots.tolist() == [100, 200, 400]
    later = aged(credit(), DAY + 150)
    assert (later.trade, later.knots.tolist()) == (day_of(DAY + 150), [50, 250])
    assert later.hazards.tolist() == [[0.02], [0.03]]
    # Survival of 250 days: 50 at 2% a year, 200 at 3%.
    assert later.cumulative([250]).item() == pytest.approx((50 * 0.02 + 200 * 0.03) / 365, rel=1e-14)
    # A knot on the day itself has gone by.
    assert aged(credit(), DAY + 200).knots.tolist() == [200]
    # Past its end the last default rate goes on.
    beyond = aged(credit(), DAY + 500)
    assert (beyond.knots.tolist(), beyond.hazards.tolist()) == ([1], [[0.03]])


FIVE_YEARS = {"pillars": ("zero 60M",), "convention": "", "holidays": ()}


def test_an_upfront_that_no_default_rate_gives_is_refused_where_all_is_known() -> None:
    """A sure default at once pays 1 less the recovery of 40%: no upfront is above 60%."""
    days = (DAY, DAY, datetime.date(2031, 3, 20).toordinal(), DAY + 5)
    with pytest.raises(CreditError, match="no hazard is high enough"):
        curves.worked_out(*days, 0.61, 0.01, 0.4, -0.15, formula="quoted_spread", **FIVE_YEARS)
    # In a run it is no number; among others that have one it stands for that there is none.
    assert math.isnan(curves.curve(*days, 0.61, 0.01, 0.4, -0.15, formula="quoted_spread", **FIVE_YEARS).item())
    upfronts = np.array([0.61, 0.05])
    both = curves.curve(*days, upfronts, 0.01, 0.4, -0.15, formula="quoted_spread", **FIVE_YEARS)
    assert both[0] == curves.NO_QUOTE
    # Five years at 5% of upfront beside a coupon of 1%: a spread of more than that, and less than 3%.
    assert 0.01 < both[1] < 0.03


def test_a_point_of_a_curve_is_exact_where_its_operands_are() -> None:
    """A zero rate of 3% for 365 days: the logarithm of the discount factor is -0.03."""
    given = {"formula": "rate_point", "pillars": ("zero 12M",), "convention": "", "holidays": ()}
    primitive = PRIMITIVES["curve"]
    found = primitive.exact(F(DAY), F("0.03"), **given)
    assert isinstance(found, F)
    assert abs(found + F("0.03")) < F(1, 10**16)
    on_lines = primitive.vector(np.array([float(DAY)]), np.array([0.03, 0.05]), **given)
    assert on_lines.tolist() == pytest.approx([-0.03, -0.05], rel=1e-15)
