"""The standard library, written in the language itself; Python only to open it."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

WORKED = "worked"
"""The folder of the worked examples: whole deals, never modules that `use` takes."""


def modules() -> tuple[str, ...]:
    """The names that `use` takes (``debt``, ``rules.project_finance``), in order."""
    found = []
    for entry in resources.files(__package__).iterdir():
        if entry.is_file() and entry.name.endswith(".deal"):
            found.append(entry.name.removesuffix(".deal"))
        elif entry.is_dir() and entry.name.isidentifier() and not entry.name.startswith("_") and entry.name != WORKED:
            found.extend(
                f"{entry.name}.{inner.name.removesuffix('.deal')}"
                for inner in entry.iterdir()
                if inner.name.endswith(".deal")
            )
    return tuple(sorted(found))


def text(name: str) -> str | None:
    """The text of a module, or None where there is none of that name."""
    if name not in modules():
        return None
    place = resources.files(__package__)
    *folders, last = name.split(".")
    for folder in folders:
        place = place / folder
    return (place / f"{last}.deal").read_text(encoding="utf-8")


def worked_examples() -> tuple[str, ...]:
    """The names of the worked examples, in order: each is called after the component or function that it shows."""
    return tuple(sorted(one.name.removesuffix(".deal") for one in _worked() if one.name.endswith(".deal")))


def worked_example(name: str) -> str | None:
    """The text of a worked example, or None where there is none of that name."""
    return worked_file(f"{name}.deal")


def worked_file(name: str) -> str | None:
    """The text of a file of the worked examples (a deal, or a CSV that one reads), or None."""
    for one in _worked():
        if one.name == name:
            return one.read_text(encoding="utf-8")
    return None


def _worked() -> list[Traversable]:
    folder = resources.files(__package__) / WORKED
    return [one for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []
