"""Faults argued away in `engine/credit`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/credit/bootstrap.py": (
        Row(
            "_solve",
            "guess = np.nan_to_num(first / (1.0 - np.minimum(0.5 * first * np.sum(tail.lengths), 0.9)), nan=1.0)",
            "constant: 0.9 -> 1.9",
            "only where the search for the hazard begins, between the bounds that the next line sets",
        ),
    ),
    "engine/credit/closed.py": (
        Row("<module>", "LANES = 1024", "constant: 1024 -> 1025", "lanes that are done together: only speed"),
        Row(
            "ClosedForm._newton",
            "return np.where(root <= LOSS_OF_DIGITS * weakest * weakest, root, np.nan), annuity",
            "strictness",
            "on the bound itself the general pricer, which is asked then, has the same hazard",
        ),
        Row(
            "closed_form",
            "rate * (1.0 + 0.5 * period * logs[-1] / times[-1]),",
            "operator: 1.0 + 0.5 * period * logs[-1] / times[-1] -> 1.0 - ",
            "only where the search for the hazard begins: it ends by the size of its step",
        ),
    ),
    "engine/credit/copula.py": (
        Row(
            "step",
            "return np.nan_to_num(centre, nan=0.0, posinf=1e3, neginf=-1e3), np.nan_to_num(width, nan=1e3, posinf=1e3)",
            "constant: 0.0 -> 1.0",
            "no number only at a correlation of nil, where nothing is integrated over the factor",
        ),
        Row(
            "step",
            "return np.nan_to_num(centre, nan=0.0, posinf=1e3, neginf=-1e3), np.nan_to_num(width, nan=1e3, posinf=1e3)",
            "sign: -1e3 -> 1000.0",
            "a cut beyond ten deviations is none, on either side",
        ),
        Row(
            "expected_defaults_above",
            "points, weights = factor_points(around(*step(p, c)), _kink(p, c, n, m))",
            "order",
            "cuts are sorted",
        ),
    ),
    "engine/credit/errors.py": (
        Row("CreditError.__init__", "self.field = field", "order", "two fields that do not depend on each other"),
        Row("CreditError.__init__", "self.wanted = wanted", "order", "two fields that do not depend on each other"),
        Row("CrossingError.__init__", "self.pillar = pillar", "order", "two fields that do not depend on each other"),
    ),
    "engine/credit/kernels.py": (
        Row("<module>", "_TERMS = 19", "constant: 19 -> 20", "a term more, of less than 1e-17"),
    ),
    "engine/credit/legs.py": (
        Row("<module>", "BLOCK = 512", "constant: 512 -> 513", "lanes that are done together: only speed"),
        Row(
            "legs",
            "return Legs(loss, premium, schedule.accrued, np.exp(discount.log_discount([schedule.settle_days]))[0])",
            "first/last",
            "of one day there is one row",
        ),
    ),
    "engine/credit/many.py": (
        Row(
            "price_spreads",
            "count = lanes_of(discount.logs, quoted, paid, rate)",
            "order",
            "lanes are counted, whatever the order",
        ),
        Row(
            "price_spreads",
            "annuity = annuity / np.exp(discount.log_discount([schedule.settle_days]))[0]",
            "first/last",
            "of one day there is one row",
        ),
    ),
    "engine/credit/normal.py": (
        Row(
            "bivariate_normal_cdf",
            "value = np.where(np.isneginf(h) | np.isneginf(k), 0.0, value)",
            "constant: 0.0 -> 1.0",
            "it is cut to the lesser of the two chances, which is nil there; the line is there for what is no number",
        ),
    ),
    "engine/credit/numbers.py": (
        Row(
            "total",
            "return np.asarray(np.add.reduce(np.repeat(rows, 2, axis=-1), axis=0)[:1])",
            "sign: -1 -> 1",
            "rows have two axes, the last of which is axis 1",
        ),
    ),
    "engine/credit/operations.py": (
        Row("_in_parts", "shape = arrays[0].shape", "first/last", "they were broadcast to one shape"),
        Row(
            "_in_parts",
            "lanes = np.stack([one.reshape(-1) for one in arrays], axis=-1)",
            "sign: -1 -> 1",
            "flat arrays are stacked to two axes, the last of which is axis 1",
        ),
    ),
    "engine/credit/pool.py": (
        Row(
            "loss_unit",
            "if (np.abs(multiples - np.rint(multiples)) <= SHARED * np.rint(multiples)).all():",
            "strictness",
            "whole multiples miss by nil, which is less than the share of one unit or more",
        ),
        Row(
            "loss_distribution",
            "whole = abs(size - near) <= SHARED * max(near, 1.0)",
            "operator: size - near -> size + near",
            "a loss that is not taken for whole is put on two points, on the wrong one by less than 1e-9",
        ),
        Row(
            "_factor",
            "if 0 < place < grid.size - 1 and slope[place] > 0.0:",
            "and/or: 0 < place < grid.size - 1 and slope[place] > 0.0 -> (slope[place] > 0.0)",
            "cuts that are not needed leave a rule that is as good",
        ),
        Row(
            "expected_loss_up_to",
            "if not whole and p.size <= MOST_ENUMERATED:",
            "and/or: not whole and p.size <= MOST_ENUMERATED -> (p.size <= MOST_ENUMERATED)",
            "with a common unit both ways are exact",
        ),
    ),
    "engine/credit/quadrature.py": (
        Row(
            "<module>",
            "FARTHEST = 10.0",
            "constant: 10.0 -> 11.0",
            "the chance beyond is nil to a double either way, and ten points serve a panel of 1.1 deviations as well",
        ),
        Row(
            "<module>",
            "_BASE = np.linspace(-FARTHEST, FARTHEST, 21)",
            "constant: 21 -> 22",
            "panels a little narrower are as good",
        ),
        Row(
            "factor_points",
            "points = middle[..., None] + half[..., None] * _NODES",
            "operator: middle[..., None] + half[..., None] * _NODES -> middle[..., None] - ",
            "the nodes and the weights of a panel are their own mirror image",
        ),
    ),
    "engine/credit/rates.py": (
        Row(
            "next_log_discount", "if settled.all():", "guard: settled.all() -> False", "steps of nil go on: only speed"
        ),
    ),
    "engine/credit/roots.py": (
        Row(
            "positive_roots",
            "for _ in range(0 if done.all() else ROUNDS):",
            "guard: done.all() -> False",
            "lanes that are done stay where they are: only speed",
        ),
        Row(
            "positive_roots",
            "good = np.isfinite(step) & (slope > 0.0)",
            "strictness",
            "at a slope of nil the step is not finite",
        ),
        Row(
            "positive_roots",
            "halved = np.where(np.isinf(high), 4.0 * x, np.where(low > 0.0, np.sqrt(low) * np.sqrt(high), 0.5 * high))",
            "constant: 4.0 -> 5.0",
            "only where the search looks next",
        ),
    ),
    "engine/credit/tranche.py": (
        Row(
            "tranche_loss_unchecked",
            "width = np.where(d > a, d - a, 1.0)",
            "constant: 1.0 -> 2.0",
            "what has no width loses nil, over whatever it is divided by",
        ),
        Row(
            "base_correlation",
            "for _ in range(40):",
            "constant: 40 -> 41",
            "one halving more; 1e-12 is promised after forty",
        ),
    ),
}
