"""What a step is stands beside its class, once: nothing in it is passed over, and what is left unsaid is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, get_args

import attrs
import pytest
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.syntax.facts import PlainStep, StepNode, complete
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source
from indenture.dsl.text.step_words import FIRST_WORDS
from indenture.engine.ir import Span

WRITTEN = {
    syntax.Pay: "pay a, then from b, c up to d",
    syntax.PayProRata: "pay pro rata by shares { 60% a, 40% { pay b } }, then from c",
    syntax.PayRest: "pay rest to a",
    syntax.PayParty: "pay a to b",
    syntax.UpTo: "up to a { pay b }",
    syntax.UntilCured: "until a >= b { pay c }",
    syntax.When: "when a { pay b } otherwise { pay c }",
    syntax.Fill: "fill a up to b",
    syntax.FillProRata: "fill pro rata { a, b }",
    syntax.Release: "release a to b",
    syntax.Move: "move a of b, c to d",
    syntax.Keep: "keep the rest in a",
    syntax.Record: "record a, b",
    syntax.TestTrigger: "test a",
}
ACTS = {
    syntax.Receive: "receive a from b into c on d",
    syntax.Waterfall: "waterfall w from a on b from c until d when e { pay f }",
    syntax.Settle: "settle a, b on c while d",
    syntax.AllocateLosses: "allocate losses a on b to c, then d",
    syntax.Reduce: "reduce a on b { pro rata { c, d } }",
}


def act(text: str) -> syntax.AnyAct:
    module = parse(Source("deal", text + "\n"), Collector())
    (item,) = (item for item in module.items if isinstance(item, get_args(syntax.AnyAct)))
    return item


def step(text: str) -> syntax.Step:
    return act(f"waterfall main from x on y {{ {text} }}").contains[0].steps[0]


def parts(value: Any, own: Any) -> Iterator[Any]:
    """The names and expressions that stand in a node, but for those of the steps inside it."""
    if isinstance(value, tuple):
        for one in value:
            yield from parts(one, own)
    elif isinstance(value, syntax.Node) and not isinstance(value, StepNode):
        yield value
    elif (value is own or isinstance(value, syntax.Member)) and attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from parts(getattr(value, field.name), own)


def said(facts: Any) -> set[int]:
    """The names and expressions that a node's facts speak of."""
    found: set[int] = set()
    stack = [facts]
    while stack:
        one = stack.pop()
        found.add(id(one))
        if isinstance(one, tuple):
            stack.extend(one)
        elif attrs.has(type(one)) and not isinstance(one, syntax.Node):
            stack.extend(getattr(one, field.name) for field in attrs.fields(type(one)))
    return found


def own_parts(node: Any) -> list[Any]:
    if isinstance(node, StepNode):
        return [part for field in attrs.fields(type(node)) for part in parts(getattr(node, field.name), node)]
    return list(parts(node, node))


def test_every_step_and_act_is_tried_here() -> None:
    assert set(WRITTEN) == set(get_args(syntax.Step))
    assert set(ACTS) == set(get_args(syntax.AnyAct))


@pytest.mark.parametrize("kind", list(WRITTEN), ids=lambda kind: kind.__name__)
def test_a_step_speaks_of_every_name_and_expression_in_it(kind: type) -> None:
    found = step(WRITTEN[kind])
    assert type(found) is kind
    spoken = said(found.facts)
    assert [part for part in own_parts(found) if id(part) not in spoken] == []


@pytest.mark.parametrize("kind", list(WRITTEN), ids=lambda kind: kind.__name__)
def test_cash_that_a_step_pays_or_puts_somewhere_comes_from_somewhere(kind: type) -> None:
    facts = step(WRITTEN[kind]).facts
    assert bool(facts.takes_from) >= bool(facts.puts_into or facts.asks or facts.pays_to)


@pytest.mark.parametrize("kind", list(WRITTEN), ids=lambda kind: kind.__name__)
def test_a_step_contains_every_step_in_it(kind: type) -> None:
    found = step(WRITTEN[kind])
    below: list[Any] = []
    stack: list[Any] = [getattr(found, field.name) for field in attrs.fields(kind)]
    while stack:
        one = stack.pop()
        if isinstance(one, tuple):
            stack.extend(one)
        elif isinstance(one, syntax.Member):
            stack.extend(one.steps)
        elif isinstance(one, StepNode):
            below.append(one)
    assert {id(one) for block in found.contains for one in block.steps} == {id(one) for one in below}


@pytest.mark.parametrize("kind", list(WRITTEN), ids=lambda kind: kind.__name__)
def test_a_step_begins_with_the_words_that_it_states(kind: Any) -> None:
    assert WRITTEN[kind].startswith(kind.begins[0])
    assert WRITTEN[kind].split()[0] in FIRST_WORDS


@pytest.mark.parametrize("kind", list(ACTS), ids=lambda kind: kind.__name__)
def test_an_act_speaks_of_every_name_and_expression_in_it(kind: Any) -> None:
    found = act(ACTS[kind])
    assert type(found) is kind
    assert ACTS[kind].startswith(kind.begins)
    spoken = said(found.facts)
    assert [part for part in own_parts(found) if id(part) not in spoken] == []
    assert kind.__name__ not in ("Waterfall", "Reduce") or list(found.steps_within)


def test_facts_have_no_defaults() -> None:
    for facts in (syntax.StepFacts, syntax.ActFacts):
        assert [field.name for field in attrs.fields(facts) if field.default is not attrs.NOTHING] == []


def test_a_step_that_says_nothing_or_stands_in_no_union_is_refused() -> None:
    class Base(PlainStep):
        __slots__ = ()

    @attrs.frozen(slots=True, eq=False)
    class Silent(Base):
        begins: ClassVar = ("drain",)

    with pytest.raises(TypeError, match="`Silent` does not state its facts"):
        complete(StepNode, (Silent,))
    with pytest.raises(TypeError, match="`Silent` is not in the union of its kind"):
        complete(Base, ())
    with pytest.raises(TypeError, match="takes_from"):
        syntax.StepFacts(puts_into=(), asks=(), tests=(), records=(), reads=())  # type: ignore[call-arg]  # that is it
    assert Silent(Span("deal", 1, 1, 1, 1)).contains == ()
