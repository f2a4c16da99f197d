"""Mistakes that a compiler of waterfalls could hold, each planted in one function for the time of a test."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FunctionType, ModuleType

import attrs


@attrs.frozen
class Change:
    """A function of the product and what is put in the place of a part of it, both as `ast.unparse` spells them."""

    place: str
    old: str
    new: str


@attrs.frozen
class Bug:
    """``caught_by``: the check that must fail while the bug is there, and that holds without it."""

    name: str
    changes: tuple[Change, ...]
    caught_by: Callable[[], None]


@functools.cache
def modules(package: str) -> tuple[ModuleType, ...]:
    found = importlib.import_module(f"indenture.{package}")
    return tuple(
        importlib.import_module(one.name)
        for one in pkgutil.walk_packages(found.__path__, f"{found.__name__}.")
        if not one.ispkg
    )


def text_of(function: FunctionType) -> str:
    """The function without its decorators: to run it again is not to register it again."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(found, ast.FunctionDef)
    found.decorator_list = []
    return ast.unparse(found)


def function_at(place: str, changes: Sequence[Change]) -> FunctionType:
    """``dsl.settle``: the function of that name in the package, in whichever of its files it stands, that says what is
    to be changed. There must be just one, or the bug would not be there."""
    package, _, name = place.partition(".")
    found = [
        one
        for module in modules(package)
        if isinstance(one := getattr(module, name, None), FunctionType)
        and one.__module__ == module.__name__
        and all(change.old in text_of(one) for change in changes)
    ]
    assert len(found) == 1, f"{len(found)} functions {place} say {[change.old for change in changes]}"
    return found[0]


def mutated(function: FunctionType, changes: Sequence[Change]) -> FunctionType:
    """The function with the changes made."""
    text = text_of(function)
    for change in changes:
        text = text.replace(change.old, change.new)
    namespace = dict(function.__globals__)
    exec(compile(text, f"<planted in {function.__name__}>", "exec"), namespace)
    found = namespace[function.__name__]
    assert isinstance(found, FunctionType)
    return found


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The bug in the product: the function keeps its identity, so that whoever imported it runs the bug as well."""
    places: dict[str, list[Change]] = {}
    for change in bug.changes:
        places.setdefault(change.place, []).append(change)
    functions = {place: function_at(place, changes) for place, changes in places.items()}
    codes = {place: mutated(functions[place], changes).__code__ for place, changes in places.items()}
    kept = {place: function.__code__ for place, function in functions.items()}
    try:
        for place, function in functions.items():
            function.__code__ = codes[place]
        yield
    finally:
        for place, function in functions.items():
            function.__code__ = kept[place]
