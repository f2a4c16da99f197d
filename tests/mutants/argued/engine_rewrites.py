"""Faults argued away in `engine/rewrites`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/rewrites/identities.py": (
        Row(
            "_chosen",
            "return x if terms.same(x, y) else None",
            "order: x, y -> y, x",
            "two terms are the same in either order",
        ),
        Row(
            "_beside_a_number",
            "if primitive.absorbing is not None and primitive.absorbing == number:",
            "and/or: primitive.absorbing is not None and primitive.absorbing == number -> (primitive.absorbing == number)",
            "the number is there by then, and equal to nothing that is not",
        ),
    ),
    "engine/rewrites/literals.py": (
        Row(
            "fold",
            'if primitive.form != "elementwise" or not values or not primitive.folds(values):',
            "and/or: primitive.form != \"elementwise\" or not values or not primitive.folds(values) -> primitive.form != 'elementwise' or not primitive.folds(values)",
            "no elementwise primitive is without operands",
        ),
        Row(
            "_everywhere",
            'if rule == "positions" and isinstance(positions, tuple) and -1 in positions:',
            "and/or: rule == \"positions\" and isinstance(positions, tuple) and -1 in positions -> rule == 'positions' and -1 in positions",
            "what a type checker wants: positions are given where a primitive has them",
        ),
    ),
}
