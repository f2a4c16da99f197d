"""The standard library, written in the language itself; Python only to open it."""

from __future__ import annotations

from importlib import resources


def modules() -> tuple[str, ...]:
    """The names that `use` takes (``debt``, ``rules.project_finance``), in order."""
    found = []
    for entry in resources.files(__package__).iterdir():
        if entry.is_file() and entry.name.endswith(".deal"):
            found.append(entry.name.removesuffix(".deal"))
        elif entry.is_dir() and entry.name.isidentifier() and not entry.name.startswith("_"):
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
