"""A fault put into the package for the time of one process.

Into a package that is loaded, by giving each function of the module the code that it has with the fault: rules and
tables that hold the function go on holding it. What has run when the package was loaded is not run again; for that the
module is read with the fault in the first place.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple

from .faults import Fault

ROOT = Path(__file__).resolve().parents[2]


def dotted(module: str) -> str:
    """``engine/metrics/__init__.py`` is ``indenture.engine.metrics``."""
    return ".".join(("indenture", *Path(module).with_suffix("").parts)).removesuffix(".__init__")


class NotPlanted(Exception):
    """The fault needs the module to be read anew."""


class Loaded(NamedTuple):
    """What the loaded package is made of that a fault may be in, or that may remember what came of it."""

    functions: dict[str, list[FunctionType]]
    caches: list[functools._lru_cache_wrapper[object]]

    @classmethod
    def now(cls) -> Loaded:
        functions: dict[str, list[FunctionType]] = {}
        caches = []
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and str(one.__module__).startswith("indenture."):
                functions.setdefault(one.__module__, []).append(one)
            elif isinstance(one, functools._lru_cache_wrapper) and str(one.__module__).startswith(
                ("indenture.engine.", "indenture.dsl.lowering.")
            ):
                caches.append(one)
        return cls(functions, caches)

    def plant(self, fault: Fault) -> None:
        source = (ROOT / fault.module).read_bytes()
        codes = changed_codes(source, fault.planted_in(source), fault.module)
        if not codes:
            raise NotPlanted
        for function in self.functions.get(dotted(fault.module), []):
            new = codes.get(function.__code__)
            if new is not None:
                if new.co_freevars != function.__code__.co_freevars:
                    raise NotPlanted
                function.__code__ = new
        for cache in self.caches:
            cache.cache_clear()


def changed_codes(before: bytes, after: bytes, name: str) -> dict[CodeType, CodeType]:
    """The code of each function of a module, and what it is after the change; empty if the functions are not the same
    ones."""
    old, new = list(codes(compile(before, name, "exec"))), list(codes(compile(after, name, "exec")))
    if [one.co_qualname for one in old] != [one.co_qualname for one in new]:
        return {}
    return dict(zip(old, new, strict=True))


def codes(code: CodeType) -> Iterator[CodeType]:
    """The codes in a code, in the order of the text."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    for one in sorted(inner, key=lambda one: (one.co_firstlineno, next(one.co_positions())[2] or 0)):
        yield one
        yield from codes(one)


def read_with(fault: Fault) -> None:
    """From now on the fault's module is read with the fault; to be called before anything of the package is loaded."""
    source = (ROOT / fault.module).read_bytes()
    name, read = dotted(fault.module), SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return compile(fault.planted_in(source), self.path, "exec") if fullname == name else read(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
