"""A body as code: operations in order, each with the places it reads and the place it writes.

Registers are reused after the last use; a state is written straight into its home where nothing reads
the old value afterwards. ``bind`` turns the places into arrays once a block size: running is then one
call after the other, ``f(a, b, out=o)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from typing import Literal as OneOf

import attrs
import numpy as np
import numpy.typing as npt

from ..ir import Equation, Operation
from ..primitives.kernels import copied
from ..primitives.table import PRIMITIVES
from .template import LEAVES, Body, Effect, Known, Node, Ref

Array = npt.NDArray[Any]
Place = tuple[str, Any]
Pool = tuple[bool, int | None]
"""Whether it holds booleans, and its rows."""

Entry = list[Any]
"""[function, first, second, out]: called as ``function(first, second, out=out)``."""


@attrs.frozen(eq=False)
class Instruction:
    """``op`` of the ``reads``, written to ``writes``; ``check`` and ``store`` are operations too."""

    op: Operation | OneOf["copy", "check"]
    reads: tuple[Place, ...]
    writes: Place | None
    attributes: tuple[tuple[str, Any], ...]
    equation: Equation | None


@attrs.frozen(eq=False)
class Code:
    """Instructions of one body, its registers and its constants.

    ``slots`` [date of the group, slot]: numbers that vary by date, written to one vector a date.
    """

    dates: Array
    instructions: tuple[Instruction, ...]
    registers: Mapping[Pool, int]
    slots: Array
    tables: tuple[Array, ...]
    """Row tables that vary by date: each [date of the group, row, 1]."""


def _operation(node: Node) -> Operation | OneOf["copy"]:
    """What is done for a node; one that only gives its operand rows copies it."""
    match node.op:
        case "state" | "stack" | "pinned":
            raise LookupError(f"{node.op!r} is a place, not an operation")
        case "spread":
            return "copy"
        case _:
            return node.op


def _reads_lines(op: Operation | OneOf["copy", "check"]) -> bool:
    match op:
        case "copy" | "check":
            return False
        case _:
            return PRIMITIVES[op].whole_lines


def _sums(node: Node) -> bool:
    op = node.op
    match op:
        case "state" | "stack" | "pinned" | "spread":
            return False
        case _:
            return PRIMITIVES[op].order in ("sum", "difference")


def compile_body(body: Body, homes: Mapping[str, Pool]) -> Code:
    """Orders the live nodes, places their effects, and gives each a register or a home."""
    return _Compiler(body, homes).code()


class _Compiler:
    def __init__(self, body: Body, homes: Mapping[str, Pool]) -> None:
        self.body = body
        self.homes = homes
        self.live = self._live()
        self.position: dict[int, int] = {}
        self.order: list[int | Effect] = []
        self._schedule()
        self.last_read: dict[int, int] = {}
        self._reads()
        self.home_of = self._coalesce()
        self.free: dict[Pool, list[int]] = {}
        self.count: dict[Pool, int] = {}
        self.place: dict[int, Place] = {}
        self.slots: dict[Any, tuple[int, Known]] = {}
        self.tables: dict[Any, tuple[int, Known]] = {}
        self.instructions: list[Instruction] = []
        self.parked: dict[str, Place] = {}

    def _live(self) -> set[int]:
        live: set[int] = set()
        waiting = [ref for effect in self.body.effects for ref in effect.operands if isinstance(ref, int)]
        waiting += [ref for ref in self.body.exits.values() if isinstance(ref, int)]
        while waiting:
            node = waiting.pop()
            if node not in live:
                live.add(node)
                waiting.extend(ref for ref in self.body.nodes[node].operands if isinstance(ref, int))
        return live

    def _schedule(self) -> None:
        """Nodes in the order they were made, sums as soon as they can be; effects right after.

        A running sum that is taken up at once, while its terms are at hand, holds one register instead
        of one for each term, and reads the old value of a state before the new one replaces it.
        """
        nodes = self.body.nodes
        users: dict[int, list[int]] = {}
        missing: dict[int, int] = {}
        for node in sorted(self.live):
            reads = {ref for ref in nodes[node].operands if isinstance(ref, int) and nodes[ref].op not in LEAVES}
            missing[node] = len(reads)
            for ref in reads:
                users.setdefault(ref, []).append(node)
        exits = {ref for ref in self.body.exits.values() if isinstance(ref, int)}
        done: set[int] = set()
        waiting: dict[int, int] = {}
        effects_of: dict[int, list[Effect]] = {}
        for effect in self.body.effects:
            reads = {r for r in effect.operands if isinstance(r, int) and nodes[r].op not in LEAVES}
            waiting[id(effect)] = len(reads)
            for ref in reads:
                effects_of.setdefault(ref, []).append(effect)
        self.order.extend(effect for effect in self.body.effects if waiting[id(effect)] == 0)

        def eager(node: int) -> bool:
            if not _sums(nodes[node]) or node in exits:
                return False
            followers = users.get(node, ())
            return len(followers) == 1 and _sums(nodes[followers[0]])

        def emit(root: int) -> None:
            stack = [root]
            while stack:
                node = stack.pop()
                if node in done:
                    continue
                done.add(node)
                self.position[node] = len(self.order)
                self.order.append(node)
                for effect in effects_of.get(node, ()):
                    waiting[id(effect)] -= 1
                    if not waiting[id(effect)]:
                        self.order.append(effect)
                for user in reversed(users.get(node, ())):
                    missing[user] -= 1
                    if not missing[user] and eager(user):
                        stack.append(user)

        for node in sorted(self.live):
            if nodes[node].op not in LEAVES:
                emit(node)

    def _reads(self) -> None:
        for position, item in enumerate(self.order):
            operands = item.operands if isinstance(item, Effect) else self.body.nodes[item].operands
            for ref in operands:
                if isinstance(ref, int):
                    self.last_read[ref] = position
        for name, ref in self.body.exits.items():
            if isinstance(ref, int) and not self._is_home(ref, name):
                self.last_read[ref] = len(self.order)

    def _is_home(self, ref: int, name: str) -> bool:
        node = self.body.nodes[ref]
        return node.op == "state" and node.attributes == (("place", name),)

    def _coalesce(self) -> dict[int, str]:
        """Which nodes may be written straight into the home of a state."""
        leaves = {
            str(dict(self.body.nodes[ref].attributes)["place"]): ref
            for ref in self.live
            if self.body.nodes[ref].op == "state"
        }
        chosen: dict[int, str] = {}
        for name, ref in self.body.exits.items():
            if not isinstance(ref, int) or ref not in self.position or ref in chosen:
                continue
            node = self.body.nodes[ref]
            if (node.kind == "bool", node.rows) != self.homes[name]:
                continue
            leaf = leaves.get(name)
            if leaf is None or self.last_read.get(leaf, -1) <= self.position[ref]:
                chosen[ref] = name
        return chosen

    def code(self) -> Code:
        for position, item in enumerate(self.order):
            if isinstance(item, Effect):
                self._effect(item)
                self._release(item.operands, position)
            else:
                self._node(item, position)
        self._moves()
        length = len(self.body.dates)
        slots = np.empty((length, len(self.slots)))
        for index, known in self.slots.values():
            slots[:, index] = known.values[:, 0, 0]
        tables = tuple(
            np.ascontiguousarray(np.broadcast_to(known.values, (length, *known.values.shape[1:])))
            for _, known in self.tables.values()
        )
        return Code(self.body.dates, tuple(self.instructions), self.count, slots, tables)

    def _node(self, number: int, position: int) -> None:
        node = self.body.nodes[number]
        op = _operation(node)
        reads = tuple(self._read(ref, op) for ref in node.operands)
        if op != "copy" and PRIMITIVES[op].form in ("rows", "along_rows"):
            # These kernels need the axis of the rows; what is one value for all of them has none.
            plain = PRIMITIVES[op].plain
            reads = reads[:plain] + tuple(
                self._table(ref) if isinstance(ref, Known) else read
                for ref, read in zip(node.operands[plain:], reads[plain:], strict=True)
            )
        self._release(node.operands, position)
        if number in self.home_of:
            place: Place = ("home", self.home_of[number])
        else:
            pool = (node.kind == "bool", node.rows)
            free = self.free.setdefault(pool, [])
            if not free:
                free.append(self.count.get(pool, 0))
                self.count[pool] = self.count.get(pool, 0) + 1
            place = ("register", (pool, free.pop()))
        self.place[number] = place
        self.instructions.append(Instruction(op, reads, place, node.attributes, node.equation))

    def _release(self, operands: Sequence[Ref], position: int) -> None:
        for ref in {ref for ref in operands if isinstance(ref, int)}:
            if self.last_read.get(ref) == position and ref in self.place and self.place[ref][0] == "register":
                pool, index = self.place[ref][1]
                self.free[pool].append(index)

    def _effect(self, effect: Effect) -> None:
        reads = tuple(self._read(ref, "check" if effect.what == "check" else "copy") for ref in effect.operands)
        match effect.what:
            case "accumulate":
                op, name = effect.target
                total: Place = ("pinned", name)
                if op == "copy":
                    self.instructions.append(Instruction("copy", reads, total, (), effect.equation))
                else:
                    operands = (total, self._read(effect.operands[0], op))
                    self.instructions.append(Instruction(op, operands, total, (), effect.equation))
            case "store":
                self.instructions.append(Instruction("copy", reads, ("stack", effect.target), (), effect.equation))
            case "pin":
                self.instructions.append(Instruction("copy", reads, ("pinned", effect.target), (), effect.equation))
            case "check":
                self.instructions.append(
                    Instruction("check", reads, None, (("number", effect.target),), effect.equation)
                )
            case _:
                raise ValueError(f"unknown effect {effect.what!r}")

    def _read(self, ref: Ref, op: Operation | OneOf["copy", "check"]) -> Place:
        if isinstance(ref, Known):
            return self._constant(ref, op)
        node = self.body.nodes[ref]
        if node.op in LEAVES:
            name = dict(node.attributes)["place"]
            return self.parked.get(name, ("home", name)) if node.op == "state" else (node.op, name)
        return self.place[ref]

    def _constant(self, known: Known, op: Operation | OneOf["copy", "check"]) -> Place:
        if known.scalar is not None:
            return ("line" if _reads_lines(op) else "constant", known.scalar)
        if known.rows is None and known.values.dtype != bool:
            index, _ = self.slots.setdefault(known.key, (len(self.slots), known))
            return ("slot", index)
        return self._table(known)

    def _table(self, known: Known) -> Place:
        index, _ = self.tables.setdefault((known.key, known.values.shape[1:]), (len(self.tables), known))
        return ("table", index)

    def _moves(self) -> None:
        """States that are not yet in their homes, in an order that overwrites nothing still to be read."""
        pending: list[tuple[str, Ref]] = [
            (name, ref)
            for name, ref in self.body.exits.items()
            if not (isinstance(ref, int) and (self.home_of.get(ref) == name or self._is_home(ref, name)))
        ]
        while pending:
            sources = [self._read(ref, "copy") for _, ref in pending]
            for index, (name, _) in enumerate(pending):
                if not any(place == ("home", name) for i, place in enumerate(sources) if i != index):
                    self.instructions.append(Instruction("copy", (sources[index],), ("home", name), (), None))
                    del pending[index]
                    break
            else:
                # A ring of states that change places: one of them waits in a register.
                name = pending[0][0]
                pool = self.homes[name]
                spare = self.count.get(pool, 0)
                self.count[pool] = spare + 1
                place: Place = ("register", (pool, spare))
                self.instructions.append(Instruction("copy", (("home", name),), place, (), None))
                self.parked[name] = place


def general(op: Operation, attributes: tuple[tuple[str, Any], ...]) -> Callable[..., Any]:
    """A primitive that is no single call: its kernel on a list of operands."""
    vector = PRIMITIVES[op].vector
    given = dict(attributes)

    def call(first: list[Any], second: Any, out: Any) -> None:
        out[...] = vector(*first, **given)

    return call


@attrs.frozen(eq=False)
class Bound:
    """Code with its arrays. ``patches``: what to set on each date: (list, index, space, name)."""

    entries: list[Entry]
    equations: tuple[Equation | None, ...]
    patches: tuple[tuple[list[Any], int, str, Any], ...]
    slots: Array
    slot_table: Array
    tables: tuple[Array, ...]


def bind(
    code: Code,
    arrays: Callable[[Place], Array],
    check: Callable[[int], Callable[..., Any]],
) -> Bound:
    """``arrays`` finds the array of a place; ``check`` the function that evaluates a check."""
    slots = np.empty(code.slots.shape[1])
    patches: list[tuple[list[Any], int, str, Any]] = []
    entries: list[Entry] = []

    def resolve(place: Place, holder: list[Any], index: int) -> Any:
        space, name = place
        if space == "slot":
            return slots[name : name + 1].reshape(())
        if space in ("stack", "table"):
            patches.append((holder, index, space, name))
            return None
        return arrays(place)

    for instruction in code.instructions:
        entry: Entry = [None, None, None, None]
        op = instruction.op
        several: list[Any] = [None] * len(instruction.reads)
        match op:
            case "copy":
                single: Callable[..., Any] | None = copied
            case "check":
                single, entry[0] = None, check(dict(instruction.attributes)["number"])
            case _:
                single = PRIMITIVES[op].out
                entry[0] = general(op, instruction.attributes)
        if single is None:
            entry[1] = several
        else:
            entry[0] = single
        for index, place in enumerate(instruction.reads):
            holder, at = (several, index) if single is None else (entry, index + 1)
            holder[at] = resolve(place, holder, at)
        if instruction.writes is not None:
            entry[3] = resolve(instruction.writes, entry, 3)
        entries.append(entry)
    return Bound(
        entries,
        tuple(instruction.equation for instruction in code.instructions),
        tuple(patches),
        slots,
        code.slots,
        code.tables,
    )
