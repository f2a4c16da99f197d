"""Indenture: a language and engine for credit deals.

``indenture.load(path)`` and ``indenture.compile(text)`` compile a deal; ``deal.run()`` runs it.
Names are bound on first use, so that ``import indenture.engine`` never loads the parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Deal", "DealError", "__version__", "compile", "load"]

if TYPE_CHECKING:
    from .dsl.api import Deal, DealError, compile, load

_PUBLIC = {"Deal", "DealError", "compile", "load"}


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        from .dsl import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
