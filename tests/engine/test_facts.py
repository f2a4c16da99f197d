"""Every fact that a primitive says of itself, held against its kernels on sampled values."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, get_args

import numpy as np
import pytest
from indenture.engine.ir import NEVER, Operation
from indenture.engine.primitives.kernels import FAR
from indenture.engine.primitives.primitive import Primitive, elementwise, exactly, unknown
from indenture.engine.primitives.table import PRIMITIVES, table

SAMPLES = 300

FLOATS = [Fraction(one) for one in (0, 1, -1, 2, -2, 3, 4, 7, 10, -10, "1/2", "-1/2", "1/3", "-7/3", "9/4", "99/100")]
SHARES = [Fraction(one) for one in ("1/100", "1/10", "1/3", "1/2", "2/3", "9/10", "99/100")]
DATES = [Fraction(day) for day in (693_596, 739_000, 739_025, 739_100, 739_282, 739_464, NEVER)]
BOOLS = [False, True]

LIMITED: dict[Operation, tuple[list[Fraction], ...]] = {
    "power": (FLOATS, [Fraction(one) for one in (0, 1, 2, 3, -1, -2, "1/2", "3/2")]),
    "exp": ([one for one in FLOATS if one < 9],),
    "add_months": (DATES, [Fraction(months) for months in (-14, -1, 0, 1, 11, 12, 1_200)]),
    "normal_quantile": (SHARES,),
    "student_cdf": (FLOATS, [Fraction(1), Fraction(4), Fraction(30)]),
    "chi_square_quantile": (SHARES, [Fraction(1), Fraction(4), Fraction(30)]),
    "bivariate_normal_cdf": (FLOATS, FLOATS, SHARES),
    "tranche_loss": (SHARES, SHARES, SHARES, [Fraction(0), Fraction(3, 100)], [Fraction(3, 10), Fraction(1)], SHARES),
    "default_count": (SHARES, SHARES, [Fraction(5)], [Fraction(0), Fraction(2), Fraction(5)]),
    "pool_tranche_loss": (SHARES, [Fraction(0), Fraction(1, 10)], [Fraction(1), Fraction(3)], SHARES, FLOATS),
    "pool_default_count": (SHARES, [Fraction(0), Fraction(1), Fraction(2)], SHARES),
    "sum_groups": ([Fraction(0), Fraction(1), Fraction(2)], FLOATS),
}
"""The operands that a primitive can take, where it cannot take any."""

ATTRIBUTES: dict[Operation, list[dict[str, Any]]] = {
    "round": [{"digits": digits, "mode": "half_up"} for digits in (-1, 0, 2)],
    "take": [{"order": "lowest"}, {"order": "highest"}],
    "level": [{"members": 2}],
    "gather": [{"positions": (0, 0, 1, 3)}, {"positions": (-1, 0, 2, 2)}],
    "window": [{"first": (0, 0, 2, 4), "last": (0, 1, 3, 3)}],
    "discounted": [{"first": (0, 1, 2, 3), "last": (3, 3, 3, 3)}],
}
COUNT = 4
"""Dates of a series, rows of a family."""

ELEMENTWISE = [one for one in PRIMITIVES.values() if one.form == "elementwise" and one.name != "curve"]
JOINED = [one for one in ELEMENTWISE if len(one.operands) == 2 and one.repeated is None]


def named(primitive: Primitive) -> str:
    return primitive.name


def domains(primitive: Primitive) -> tuple[Sequence[Fraction | bool], ...]:
    if primitive.name in LIMITED:
        return LIMITED[primitive.name]
    if primitive.name == "level":
        sizes = [one for one in FLOATS if one >= 0]
        return (FLOATS, sizes, sizes, sizes, sizes)
    rules = list(primitive.operands) + ([primitive.repeated] * 2 if primitive.repeated is not None else [])
    by_rule = {"float": FLOATS, "number": FLOATS, "any": FLOATS, "bool": BOOLS, "date": DATES}
    return tuple(by_rule[str(rule)] for rule in rules)


def samples(primitive: Primitive) -> Iterator[tuple[list[Fraction | bool], dict[str, Any]]]:
    """Operands and attributes: all there are where they are few."""
    sets = domains(primitive)
    stream = random.Random(primitive.name)
    if math.prod(len(values) for values in sets) <= SAMPLES:
        chosen: Iterator[Sequence[Fraction | bool]] = itertools.product(*sets)
    else:
        chosen = iter([[stream.choice(values) for values in sets] for _ in range(SAMPLES)])
    for operands in chosen:
        for attributes in ATTRIBUTES.get(primitive.name, [{}]):
            yield list(operands), attributes


def exact(primitive: Primitive, operands: Sequence[Any], attributes: dict[str, Any]) -> Any:
    """The exact value, or None where there is none."""
    try:
        with np.errstate(all="ignore"):
            found = primitive.exact(*operands, **attributes)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return None if isinstance(found, float) and not math.isfinite(found) else found


def vector(primitive: Primitive, operands: Sequence[Any], attributes: dict[str, Any]) -> Any:
    """What numpy gives on doubles, or None where that is no number."""
    arrays = [np.array([one if isinstance(one, bool) else float(one)]) for one in operands]
    with np.errstate(all="ignore"):
        found = np.asarray(primitive.vector(*arrays, **attributes)).reshape(-1)[0]
    return found.item() if np.isfinite(found) else None


def bits(value: Any) -> Any:
    """A double's own, but for the sign of zero."""
    return value if isinstance(value, (bool, np.bool_)) else np.float64(float(value) + 0.0).tobytes()


# ------------------------------------------------------------------------------------------------- the table


def test_the_table_is_the_operations_of_the_ir() -> None:
    assert set(PRIMITIVES) == set(get_args(Operation))
    assert all(primitive.name == name for name, primitive in PRIMITIVES.items())
    everything = tuple(PRIMITIVES.values())
    with pytest.raises(LookupError, match="'add'"):
        table(everything[1:] if everything[0].name == "add" else ())
    with pytest.raises(LookupError, match="twice"):
        table((*everything, everything[0]))


@pytest.mark.parametrize("fact", ["sign", "folds", "on_floats", "out"])
def test_a_primitive_that_keeps_a_fact_to_itself_is_refused(fact: str) -> None:
    facts = {"sign": unknown, "folds": exactly, "on_floats": True, "out": np.add}
    del facts[fact]
    with pytest.raises(TypeError, match=fact):
        elementwise("add", ("float", "float"), "float", np.add, lambda x, y: x + y, **facts)  # type: ignore[arg-type]


def test_each_says_what_it_takes_and_gives() -> None:
    for primitive in PRIMITIVES.values():
        assert primitive.operands or primitive.repeated
        assert primitive.optional <= primitive.attributes.keys()
        assert primitive.barrier == (primitive.form in ("window", "figure"))
        assert (primitive.accumulator is not None) == (primitive.form == "figure" and not primitive.measure)


# ------------------------------------------------------------------------------------------------- one operation


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_numpy_gives_what_the_exact_kernel_does(primitive: Primitive) -> None:
    compared = 0
    for operands, attributes in samples(primitive):
        meant, found = exact(primitive, operands, attributes), vector(primitive, operands, attributes)
        if meant is not None and found is not None:
            assert float(found) == pytest.approx(float(meant), rel=1e-12, abs=1e-12), operands
            compared += 1
    assert compared


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_floats_have_numpys_bits_where_they_are_said_to(primitive: Primitive) -> None:
    if not primitive.on_floats:
        return
    stream = np.random.default_rng(7)
    for operands, attributes in samples(primitive):
        for scale in (1.0, *stream.normal(size=2)):
            doubles = [one if isinstance(one, bool) else float(one) * float(scale) for one in operands]
            meant, found = exact(primitive, doubles, attributes), vector(primitive, doubles, attributes)
            if meant is not None and found is not None:
                assert bits(meant) == bits(found), doubles


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_one_call_with_a_place_for_its_result_has_the_kernels_bits(primitive: Primitive) -> None:
    if primitive.out is None:
        return
    for operands, attributes in samples(primitive):
        meant = vector(primitive, operands, attributes)
        if meant is None:
            continue
        arrays = [np.array([one if isinstance(one, bool) else float(one)]) for one in operands]
        result = np.empty(1, dtype=bool if primitive.result == "bool" else float)
        primitive.out(arrays[0], arrays[1] if len(arrays) > 1 else None, out=result)
        assert bits(result[0].item()) == bits(meant), operands


class Exact(Fraction):
    """A number that is no double and refuses to become one."""

    def __float__(self) -> float:
        raise AssertionError("went through a double")


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_what_folds_is_exact(primitive: Primitive) -> None:
    for operands, attributes in samples(primitive):
        if primitive.folds(operands):
            strict = [one if isinstance(one, bool) else Exact(one) for one in operands]
            found = primitive.exact(*strict, **attributes)
            assert isinstance(found, (bool, int, Fraction)), operands


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_the_sign_is_that_of_every_value(primitive: Primitive) -> None:
    if primitive.result == "bool":
        return
    signs: dict[tuple[bool, ...], bool] = {}
    for operands, attributes in samples(primitive):
        found = exact(primitive, operands, attributes)
        if found is None:
            continue
        known = tuple(one >= 0 for one in operands)
        signs[known] = signs.get(known, True) and found >= 0
        if primitive.sign(known):
            assert found >= 0, operands
            rounded = vector(primitive, operands, attributes)
            assert rounded is None or rounded >= 0.0, operands
    # What is known of no operand holds whatever they are; and nothing that always holds is left unsaid.
    anything = tuple(False for _ in domains(primitive))
    assert not primitive.sign(anything) or all(signs.values())
    nothing_below = tuple(True for _ in domains(primitive))
    assert primitive.result == "date" or primitive.sign(nothing_below) == signs[nothing_below]


@pytest.mark.parametrize("primitive", JOINED, ids=named)
def test_what_commutes_says_so(primitive: Primitive) -> None:
    one_kind = len(set(primitive.operands)) == 1 and primitive.name not in LIMITED
    found = one_kind and all(
        exact(primitive, operands, attributes) == exact(primitive, operands[::-1], attributes)
        for operands, attributes in samples(primitive)
    )
    assert primitive.commutes == found


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_what_leaves_absorbs_and_undoes_an_operand_does(primitive: Primitive) -> None:
    for operands, attributes in samples(primitive):
        for position, number in primitive.neutral.items():
            whole = list(operands)
            whole[position] = number
            for give in (exact, vector):
                assert bits(give(primitive, whole, attributes)) == bits(operands[1 - position]), whole
        if primitive.absorbing is not None:
            for whole in ([operands[0], primitive.absorbing], [primitive.absorbing, operands[1]]):
                for give in (exact, vector):
                    assert give(primitive, whole, attributes) == primitive.absorbing, whole
        if primitive.alike is not None:
            meant = operands[0] if primitive.alike == "itself" else primitive.alike
            for give in (exact, vector):
                assert bits(give(primitive, [operands[0], operands[0]], attributes)) == bits(meant)
        if primitive.undoes_itself:
            assert exact(primitive, [exact(primitive, operands, attributes)], attributes) == operands[0]
            assert vector(primitive, [vector(primitive, operands, attributes)], attributes) == float(operands[0])
        if primitive.relabels:
            assert vector(primitive, operands, attributes) == float(operands[0])
    assert not primitive.neutral or len(primitive.operands) == 2


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=named)
def test_a_result_lies_to_its_operands_as_it_says(primitive: Primitive) -> None:
    for operands, attributes in samples(primitive):
        found = vector(primitive, operands, attributes)
        match primitive.order:
            case "least":
                assert all(found <= float(one) for one in operands)
            case "greatest":
                assert all(found >= float(one) for one in operands)
            case "choice":
                assert found in [float(one) for one in operands[1:]]
            case "sum":
                assert operands[1] < 0 or found >= float(operands[0])
            case "difference":
                assert operands[1] < 0 or found <= float(operands[0])
            case "product":
                assert operands[1] not in (0, 1) or found == float(operands[0]) * float(operands[1])
            case "mask":
                assert found in (0.0, 1.0)
            case None:
                pass


# ------------------------------------------------------------------------------------------------- rows and dates


def across(primitive: Primitive) -> Iterator[tuple[list[Any], list[bool], dict[str, Any]]]:
    """Operands of a primitive over rows or dates, lists where it reads several, and which are not below zero."""
    stream = random.Random(primitive.name)
    for _ in range(SAMPLES):
        operands: list[Any] = []
        signs: list[bool] = []
        for position, values in enumerate(domains(primitive)):
            single = primitive.form in ("rows", "along_rows") and position < primitive.plain
            line = [stream.choice(values) for _ in range(1 if single else COUNT)]
            if primitive.name == "level_rows" and position:
                line = [abs(one) for one in line]
            if primitive.name == "gather_at" and position == 1:
                line = [Fraction(stream.randint(-1, COUNT - 1)) for _ in line]
            if primitive.name == "discounted" and position == 1:
                line = [one / 100 for one in line]
            signs.append(all(one >= 0 for one in line))
            operands.append(line[0] if single else line)
        if primitive.name == "discounted":
            operands.append([Fraction(1)] * COUNT)
        if primitive.ordinals:
            operands.append([739_000 + 30 * date for date in range(COUNT)])
        for attributes in ATTRIBUTES.get(primitive.name, [{}]):
            yield operands, signs, attributes


ACROSS = [
    one for one in PRIMITIVES.values() if one.form in ("rows", "along_rows", "window", "figure") and not one.measure
]


def arrays_of(operands: Sequence[Any]) -> list[Any]:
    """Lanes last: [row or date, 1], and [1] for what is one value."""
    return [
        np.array([[one if isinstance(one, bool) else float(one)] for one in operand])
        if isinstance(operand, list)
        else np.array([float(operand)])
        for operand in operands
    ]


@pytest.mark.parametrize("primitive", ACROSS, ids=named)
def test_what_goes_across_rows_or_dates_agrees_and_has_its_sign(primitive: Primitive) -> None:
    for operands, signs, attributes in across(primitive):
        meant = primitive.exact(*operands, **attributes)
        arrays = arrays_of(operands)
        if primitive.ordinals:
            arrays[-1] = operands[-1]
        found = primitive.vector(*arrays, **attributes)
        whole = [float(one) for one in (meant if isinstance(meant, list) else [meant])]
        assert np.asarray(found, dtype=float).reshape(-1) == pytest.approx(whole, rel=1e-9, abs=1e-9), operands
        if primitive.sign(signs):
            assert min(whole) >= 0, operands
            assert float(np.min(found)) >= 0.0, operands
        # Rows and dates are reduced or kept as the form says.
        assert np.shape(found) == ((COUNT, 1) if primitive.form in ("along_rows", "window") else (1,))


@pytest.mark.parametrize("primitive", [one for one in PRIMITIVES.values() if one.moves], ids=named)
def test_what_is_the_same_on_every_date_moves_as_it_is(primitive: Primitive) -> None:
    for attributes in ATTRIBUTES.get(primitive.name, [{}]):
        if -1 in attributes.get("positions", ()):
            continue
        for value in BOOLS if primitive.operands[0] == "bool" else FLOATS:
            found = primitive.exact([value] * COUNT, **attributes)
            assert set(found if isinstance(found, list) else [found]) == {value}


@pytest.mark.parametrize("primitive", [one for one in PRIMITIVES.values() if one.accumulator], ids=named)
def test_a_figure_gathered_date_by_date_is_that_of_the_whole_series(primitive: Primitive) -> None:
    how = primitive.gathered()
    for operands, _, attributes in across(primitive):
        arrays = arrays_of(operands)
        if primitive.ordinals:
            arrays[-1] = operands[-1]
        gathered = np.full(1, how.start)
        for date in range(COUNT):
            value = arrays[0][date]
            if how.of != "value" and not (arrays[1] if how.of == "masked" else arrays[0])[date]:
                continue
            value = np.array([float(operands[-1][date])]) if how.of == "date" else value
            gathered = value if how.operation == "copy" else PRIMITIVES[how.operation].vector(gathered, value)
        gathered = np.where(np.abs(gathered) >= FAR / 2, 0.0, gathered) if how.of == "masked" else gathered
        assert bits(gathered[0].item()) == bits(primitive.vector(*arrays, **attributes)[0].item()), operands
