"""The bytes of a file beside a deal.

Only a regular file inside the deal's own folder is opened: no link, pipe, device or folder, no absolute path and no
``..``.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from ..messages.nearest import nearest
from .cell_values import shown
from .table import TableProblems, one_problem

MOST_BYTES = 10_000_000


def content_of(deal_folder: Path, name: str) -> bytes | TableProblems:
    """The bytes of a regular file within the folder; every step of the path is looked at before it is opened."""
    label = shown(name)
    parts = PurePosixPath(name).parts
    if not parts or "\0" in name or name.strip() != name:
        return one_problem("unreadable", f'"{label}" is not the name of a file', name)
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
        help = 'name a file beside the deal, as "pools.csv"'
        return one_problem("unreadable", f'"{label}" is not inside the deal\'s folder', name, help=help)
    path = deal_folder
    try:
        for part in parts:
            path = path / part
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                return one_problem(
                    "unreadable", f'"{label}" is, or lies behind, a link', name, help="copy the file itself"
                )
        if not stat.S_ISREG(mode):
            return one_problem("unreadable", f'"{label}" is {_kind(mode)}, not a file', name)
        # The file may be exchanged between the look and the opening: neither follow a link nor wait.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return one_problem("unreadable", f'"{label}" is not a file', name)
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return one_problem("unreadable", f'there is no file "{label}" beside the deal', name, help=_similar(path))
    except OSError as error:
        return one_problem("unreadable", f'"{label}" cannot be read: {error.strerror}', name)
    if len(content) > MOST_BYTES:
        return one_problem("too large", f'"{label}" is larger than {MOST_BYTES // 1_000_000} MB', name)
    return content


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def _similar(path: Path) -> str | None:
    try:
        names = [entry.name for entry in os.scandir(path.parent) if entry.is_file(follow_symlinks=False)]
    except OSError:
        return None
    near = nearest(path.name, names)
    return f'did you mean "{near}"?' if near else None
