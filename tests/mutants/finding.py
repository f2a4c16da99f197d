"""Finds the faults that can be planted in a module: one rule for each kind of syntax.

Where a change means the same program, or one that only says something in other words, none is planted: documentation
and messages (texts, what is raised, what a diagnostic is told), annotations, assertions, imports, `isinstance`, what
only raises `NotLowered` (an error has been said by then, or it is there for the checker of types), how a thing is
shown (`__repr__`), that two lengths are equal (`strict=True`), tolerances of a double.
"""

from __future__ import annotations

import ast
import fnmatch
import itertools
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .faults import FOLDERS, Fault, by_place

STRICTNESS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In},
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult},
    **{ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr},
}


def both_ways(pairs: str) -> dict[str, str]:
    found = {}
    for pair in pairs.split():
        one, _, other = pair.partition("/")
        found[one], found[other] = other, one
    return found


CALLED = both_ways(
    "add/subtract minimum/maximum min/max both/either any/all floor/ceil bisect_left/bisect_right "
    "less/less_equal greater/greater_equal logical_and/logical_or lowest/highest"
) | {"multiply": "add"}
"""Functions that are one another's mistake."""

PRIMITIVES = both_ways(
    "add/subtract minimum/maximum multiply/divide less/less_equal equal/not_equal and/or min_rows/max_rows lowest/highest"
) | {"sum_rows": "max_rows", "total": "final", "any_rows": "sum_rows"}
"""Primitives likewise, by the name that `emit` is given."""

PARTS = both_ways(
    "opening/closing first/last start/end starts/ends lower/upper payer/payee paid/due current/arrears whole/piece "
    "left/right numerator/denominator earlier/later begins/ends"
)
"""Attributes likewise, where the module uses both."""

WORDS = both_ways("opening/closing when/until left/right lowest/highest first/last")
CONSTANTS = both_ways("ZERO/ONE TRUE/FALSE")
UNWRAPPED = {"positive", "negated", "negate", "abs", "absolute", "reversed", "sorted"}
"""Functions of one operand that may be forgotten."""

COMMUTES = {"add", "multiply", "minimum", "maximum", "both", "either", "min", "max", "zip", "equal", "not_equal"} | {
    *("and", "or", "exclusive_or", "logical_and", "logical_or", "isinstance", "getattr", "cast", "gcd", "hypot")
}
OF_OPERANDS = {"emit", "subtract", "divide", "select", "where", "power", "less", "less_equal", "floor_divide", "masked"}
"""Functions whose last two operands can be taken for one another."""

CARRIED = {"low", "builder", "day", "scope", "moment", "here", "entry", "step", "collector", "bound", "expression"} | {
    *("span", "program", "memory", "product", "clock", "graph", "source", "name", "schedules", "self")
}
TOLD = {"error", "warning", "remark", "isinstance", "issubclass", "cast", "TypeVar", "getLogger", "hasattr"}
"""Calls whose arguments are words for people, or types."""

MEANINGLESS = {"strict", "label", "help", "labels", "kw_only", "slots", "frozen", "repr", "eq", "copy"}
"""Arguments that decide how a thing is told or kept, not what comes out."""

SHOWN = {"__repr__", "__str__", "__hash__"}
BY_PRECEDENCE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.Lambda, ast.NamedExpr)


class Finder(ast.NodeVisitor):
    """Gathers the faults of one module."""

    def __init__(self, module: str, source: str) -> None:
        self.module = module
        self.whole = source.encode()
        self.lines = self.whole.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.within: list[str] = []
        self.found: list[Fault] = []
        self.seen: Counter[tuple[str, str, str, str]] = Counter()
        tree = ast.parse(source)
        self.attributes = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
        self.names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        self.visit(tree)

    # What is written down

    def put(self, node: ast.expr | ast.stmt, new: ast.expr | ast.stmt | str, kind: str) -> None:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[node.end_lineno - 1] + node.end_col_offset
        old = self.whole[start:end].decode()
        text = new if isinstance(new, str) else ast.unparse(new)
        if isinstance(new, BY_PRECEDENCE) and type(new) is not type(node):
            text = f"({text})"
        fault = Fault(
            self.module,
            ".".join(self.within) or "<module>",
            node.lineno,
            node.end_lineno,
            self.lines[node.lineno - 1].decode().strip(),
            kind,
            " ".join(old.split()),
            text,
            start,
            end,
        )
        self.found.append(fault._replace(number=self.seen[fault.key]))
        self.seen[fault.key] += 1

    # What is passed over

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in SHOWN:
            return
        self.within.append(node.name)
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        self.block(node.body)
        self.within.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.within.append(node.name)
        self.block(node.body)
        self.within.pop()

    def visit_Module(self, node: ast.Module) -> None:
        self.block(node.body)

    def nothing(self, node: ast.AST) -> None:
        """Nothing is planted in it."""

    visit_Import = visit_ImportFrom = visit_Raise = visit_Assert = visit_JoinedStr = visit_Delete = nothing

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        targets = [one.id for one in node.targets if isinstance(one, ast.Name)]
        if "__all__" in targets or is_a_type(node):
            return
        if any(isinstance(one, ast.Attribute | ast.Subscript) for one in node.targets):
            self.put(node, "pass", "dropped")
        self.generic_visit(node)

    # Statements

    def block(self, body: list[ast.stmt]) -> None:
        for one in body:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                continue
            self.visit(one)
        for one, other in itertools.pairwise(body):
            if acts(one) and acts(other) and ast.unparse(one) != ast.unparse(other) and not apart(one, other):
                self.swap(one, other)

    def swap(self, one: ast.stmt, other: ast.stmt) -> None:
        both = ast.Pass(
            lineno=one.lineno,
            col_offset=one.col_offset,
            end_lineno=other.end_lineno,
            end_col_offset=other.end_col_offset,
        )
        indent = " " * one.col_offset
        parts = [ast.unparse(other), ast.unparse(one)]
        self.put(both, f"\n{indent}".join(part.replace("\n", f"\n{indent}") for part in parts), "order")

    def generic_visit(self, node: ast.AST) -> None:
        for value in ast.iter_child_nodes(node):
            if not isinstance(value, ast.stmt):
                self.visit(value)
        for name in ("body", "orelse", "finalbody"):
            found = getattr(node, name, None)
            if isinstance(found, list):
                self.block(found)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.put(node, "pass", "dropped")
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.put(node, "pass", "dropped")
        if type(node.op) in OPERATORS and not textual(node.value):
            self.put(node, ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value), "operator")
        self.visit(node.value)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.put(node, "pass", "dropped")

    def visit_Break(self, node: ast.Break) -> None:
        self.put(node, "pass", "dropped")

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        if says_what_it_is(node):
            self.block(node.orelse)
            return
        self.guard(node.test, always=not any(isinstance(one, ast.Raise) for one in node.body))
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.guard(node.test, always=True)
        self.generic_visit(node)

    def visit_match_case(self, node: ast.match_case) -> None:
        if node.guard is not None:
            self.put(node.guard, "True", "guard")
            self.visit(node.guard)
        self.block(node.body)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.put(test, "True", "guard")
        self.generic_visit(node)

    def guard(self, test: ast.expr, always: bool) -> None:
        """A guard that never holds, that always does, or that holds where it should not."""
        if not isinstance(test, ast.Compare | ast.UnaryOp):
            self.put(test, ast.UnaryOp(ast.Not(), test), "guard")
        self.put(test, "False", "guard")
        if always:
            self.put(test, "True", "guard")

    # Expressions

    def visit_Compare(self, node: ast.Compare) -> None:
        for at, op in enumerate(node.ops):
            for other, kind in ((STRICTNESS, "strictness"), (OPPOSITE, "comparison")):
                if type(op) in other and (len(node.ops) == 1 or kind == "strictness"):
                    ops = [*node.ops[:at], other[type(op)](), *node.ops[at + 1 :]]
                    self.put(node, ast.Compare(node.left, ops, node.comparators), kind)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.put(node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values), "and/or")
        for at in range(len(node.values)):
            rest = node.values[:at] + node.values[at + 1 :]
            self.put(node, ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0], "and/or")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub):
            self.put(node, node.operand, "sign" if isinstance(node.op, ast.USub) else "guard")
        if not (isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)):
            self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in OPERATORS and not textual(node.left) and not textual(node.right):
            self.put(node, ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right), "operator")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self.put(node, str(not value), "constant")
        elif isinstance(value, int):
            self.put(node, str(value + 1), "constant")
            if value == 1:
                self.put(node, "0", "constant")
        elif isinstance(value, float) and (value == 0 or abs(value) >= 1e-3):
            self.put(node, str(value + 1), "constant")
        elif isinstance(value, str) and value in WORDS:
            self.put(node, repr(WORDS[value]), "swapped")

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and CONSTANTS.get(node.id) in self.names:
            self.put(node, CONSTANTS[node.id], "constant")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load) and PARTS.get(node.attr) in self.attributes:
            self.put(node, ast.Attribute(node.value, PARTS[node.attr], node.ctx), "swapped")
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        index = node.slice
        if isinstance(index, ast.Slice):
            for bound in (index.lower, index.upper, index.step):
                if bound is None:
                    continue
                if not isinstance(bound, ast.Constant | ast.UnaryOp):
                    self.put(bound, ast.BinOp(bound, ast.Add(), ast.Constant(1)), "bound")
                self.visit(bound)
        elif ast.unparse(index) in ("0", "-1"):
            self.put(index, "-1" if ast.unparse(index) == "0" else "0", "first/last")
        else:
            self.visit(index)

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        if name in TOLD or name.endswith(("Error", "Warning", "NotLowered")):
            return
        function = node.func
        if name in CALLED and not (name in ("min", "max") and isinstance(function, ast.Attribute)):
            self.put(function, renamed(function, CALLED[name]), "swapped")
        arguments = node.args
        plain = not node.keywords and not any(isinstance(one, ast.Starred) for one in arguments)
        if name in UNWRAPPED and len(arguments) == 1 and plain:
            self.put(node, arguments[0], "dropped")
        first = arguments[0].value if arguments and isinstance(arguments[0], ast.Constant) else None
        if name == "emit" and first in PRIMITIVES:
            self.put(arguments[0], repr(PRIMITIVES[str(first)]), "swapped")
        if name == "range" and plain:
            self.put(
                arguments[min(1, len(arguments) - 1)],
                f"({ast.unparse(arguments[min(1, len(arguments) - 1)])}) - 1",
                "bound",
            )
        elif name not in COMMUTES and first not in COMMUTES:
            self.turn(arguments, alike=name not in OF_OPERANDS)
        self.visit(function)
        for one in arguments:
            self.visit(one)
        for keyword in node.keywords:
            if keyword.arg not in MEANINGLESS:
                self.visit(keyword.value)

    def turn(self, arguments: list[ast.expr], alike: bool) -> None:
        """The last two arguments in the other order; only those written alike, of a function that takes all sorts."""
        if len(arguments) < 2 or any(isinstance(one, ast.Starred) for one in arguments):
            return
        one, other = arguments[-2:]
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            return
        if ast.unparse(one) == ast.unparse(other):
            return
        if alike and (type(one) is not type(other) or carried(one) or carried(other)):
            return
        both = ast.Pass(
            lineno=one.lineno,
            col_offset=one.col_offset,
            end_lineno=other.end_lineno,
            end_col_offset=other.end_col_offset,
        )
        self.put(both, f"{ast.unparse(other)}, {ast.unparse(one)}", "order")


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def renamed(function: ast.expr, name: str) -> ast.expr:
    return ast.Attribute(function.value, name, function.ctx) if isinstance(function, ast.Attribute) else ast.Name(name)


def carried(node: ast.expr) -> bool:
    """Whether it is one of what the lowering hands on from function to function, each of a type of its own."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in CARRIED


def acts(one: ast.stmt) -> bool:
    """Whether a statement does something to what is there already."""
    match one:
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case _:
            return False


def apart(one: ast.stmt, other: ast.stmt) -> bool:
    """Two items put under keys that neither of them reads: their order means nothing."""
    match one, other:
        case ast.Assign(targets=[ast.Subscript() as first]), ast.Assign(targets=[ast.Subscript() as second]):
            return ast.unparse(first) not in ast.unparse(other) and ast.unparse(second) not in ast.unparse(one)
        case _:
            return False


def says_what_it_is(node: ast.If) -> bool:
    """``if not isinstance(entry, AccountEntry): raise NotLowered``: for the checker of types, and never so."""
    match node.body:
        case [ast.Raise(exc=ast.Name(id="NotLowered"))]:
            return True
        case _:
            return False


def textual(node: ast.expr) -> bool:
    """Whether it is a text or a list as written: no operator but its own means anything for it."""
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def is_a_type(node: ast.Assign) -> bool:
    """``Key = tuple[object, ...]``, ``Rule = Callable[[Lowering], Value]``: names of types."""
    names = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
    types = {"tuple", "Callable", "OneOf", "Literal", "dict", "list", "TypeVar", "Mapping", "Sequence", "type", "Union"}
    return isinstance(node.value, ast.Subscript) and bool(names & types)


def faults_of(module: str, source: str) -> list[Fault]:
    """Every fault of a module, in the order of the text."""
    return sorted(Finder(module, source).found, key=lambda one: (*by_place(one), one.number))


def modules(root: Path) -> list[str]:
    """The modules that faults can be planted in, from the root of the package."""
    return [
        file.relative_to(root).as_posix()
        for folder in FOLDERS
        for file in sorted((root / folder).rglob("*.py"))
        if "__pycache__" not in file.parts
    ]


def all_faults(root: Path, patterns: Iterable[str] = ()) -> dict[str, list[Fault]]:
    """By module; of the modules that fit a pattern where there are any, without those that hold no fault."""
    wanted = tuple(patterns)
    return {
        module: found
        for module in modules(root)
        if not wanted or any(fnmatch.fnmatch(module, one) or module.startswith(one.rstrip("/") + "/") for one in wanted)
        if (found := faults_of(module, (root / module).read_text(encoding="utf-8")))
    }
