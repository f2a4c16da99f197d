"""Whether cash can reach a step: the account of a waterfall, step by step."""

from __future__ import annotations

from typing import assert_never

import attrs

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AccountEntry, Scope
from .facts import Facts


@attrs.frozen(slots=True, eq=False)
class Taken:
    """The step that took all there was."""

    span: Span
    words: str


class Walk:
    """One waterfall, step by step: whether its account may still hold cash."""

    def __init__(self, facts: Facts, scope: Scope, waterfall: syntax.Waterfall, collector: Collector | None) -> None:
        self.facts, self.scope, self.waterfall, self.collector = facts, scope, waterfall, collector
        self.account = facts.account(waterfall.account, scope)
        self.said = False

    def run(self) -> Taken | None:
        """Walk the waterfall; what took the rest on every way through it, or None where cash may be left."""
        taken: Taken | None = None
        for line in self.waterfall.lines:
            taken = self.steps(line.steps, line, taken, False)
        return taken

    def steps(
        self, steps: tuple[syntax.Step, ...], line: syntax.Line, taken: Taken | None, capped: bool
    ) -> Taken | None:
        for step in steps:
            if taken is not None and self._draws(step):
                self._unreached(step, line, taken)
                continue
            taken = self._after(step, line, taken, capped)
        return taken

    def _after(self, step: syntax.Step, line: syntax.Line, taken: Taken | None, capped: bool) -> Taken | None:
        if step.contains:
            ends = [self._block(block, line, taken, capped) for block in step.contains]
            return ends[0] if all(end is not None for end in ends) else None
        facts = step.facts
        if any(self._own(into.account) for into in facts.puts_into):
            return None
        for source in facts.takes_from:
            if not self._own(source.account):
                continue
            match source.how:
                case "rest":
                    if not capped:
                        words = "keep the rest" if facts.pays_to is None else "pay rest"
                        return Taken(step.span, f"`{words}` takes all that is left")
                case "all":
                    return Taken(step.span, "this moves all that is left")
                case "asked" | "excess":
                    pass
                case _:
                    assert_never(source.how)
        return taken

    def _block(self, block: syntax.Block, line: syntax.Line, taken: Taken | None, capped: bool) -> Taken | None:
        match block:
            case syntax.Branch():
                return self.steps(block.steps, line, taken, capped)
            case syntax.Capped() | syntax.Cured():
                return self.steps(block.steps, line, taken, True)
            case syntax.Shared():
                self.steps(block.steps, line, taken, True)
                return taken
            case _:
                assert_never(block)

    def _own(self, name: syntax.Name | None) -> bool:
        """Whether an account is the waterfall's own."""
        return name is None or self._account(name) is self.account

    def _account(self, name: syntax.Name) -> AccountEntry | None:
        return self.facts.account(name, self.scope)

    def _draws(self, step: syntax.Step) -> bool:
        """Whether a step can only take from the waterfall's own account."""
        sources = step.facts.takes_from
        own = all(self._own(one.account) and not one.after and one.how != "excess" for one in sources)
        inside = (one for block in step.contains for one in block.steps)
        return bool(sources) and own and all(self._draws(one) for one in inside)

    def _unreached(self, step: syntax.Step, line: syntax.Line, taken: Taken) -> None:
        """Say the first step that no cash reaches: those below it follow from the same cause."""
        if self.said or self.collector is None:
            return
        self.said = True
        label = f'the step "{line.label}"' if line.label else "this step"
        facts = step.facts
        if facts.pays_to is not None and any(source.how == "rest" for source in facts.takes_from):
            self.collector.error(
                "E0712",
                f"the rest of `{self.waterfall.account.text}` is paid twice",
                step.span,
                label="nothing is left by now",
                others=(Label(taken.span, taken.words),),
                help="share the rest by `up to` the first part, or put the two under conditions",
            )
            return
        self.collector.error(
            "E0702",
            f"{label} can never be reached by cash",
            step.span,
            label="nothing is left by now",
            others=(Label(taken.span, taken.words),),
            help="put it above the step that takes the rest",
        )
