#!/usr/bin/env python3
"""Sets Indenture up in `.venv` beside this file and runs it. Needs Python 3.11 or later, and nothing else.

./make demo            sets up, then runs the README's deal
./make test [args]     sets up, then runs the tests (args go to pytest); of long sweeps a tenth, another one each day
./make sweep [args]    the same with the whole of each long sweep; takes hours
./make setup [extra]   only sets up; extras are `test`, `dev`, `pandas`

A second call finds everything in place and needs no network.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
DEMO = Path("examples") / "gpu_ddtl.deal"


def stop(message: str) -> NoReturn:
    sys.exit("make: " + message)


def inside(program: str) -> Path:
    """The path of a program of the environment."""
    if os.name == "nt":
        return VENV / "Scripts" / (program + ".exe")
    return VENV / "bin" / program


def works(*command: str | Path) -> bool:
    return subprocess.call([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def fingerprint() -> str:
    """Changes when the environment must be made anew: another Python, another place, other dependencies."""
    facts = [sys.version, str(ROOT), (ROOT / "pyproject.toml").read_text(encoding="utf-8")]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def set_up(extras: list[str]) -> None:
    """Make `.venv` and install the package in place with these extras, unless that was done before."""
    stamp = VENV / "indenture-setup"
    wanted = [fingerprint(), *sorted(extras)]
    done = stamp.read_text(encoding="utf-8").split() if stamp.is_file() else []
    if done[:1] == wanted[:1] and set(wanted) <= set(done) and inside("python").exists():
        return
    if done[:1] == wanted[:1]:
        extras = sorted(set(extras) | set(done[1:]))
    if not (inside("python").exists() and works(inside("python"), "-m", "pip", "--version")):
        make_environment()
    target = str(ROOT) + ("[" + ",".join(sorted(extras)) + "]" if extras else "")
    print("Setting up in", VENV, file=sys.stderr)
    pip = [str(inside("python")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--editable", target], cwd=str(ROOT)) != 0:
        stop("pip could not install the dependencies (its message is above); is there a network?")
    # Where Python is told not to keep what it compiles, every start would compile the package anew.
    folders = ["__init__.py", "__main__.py", "dsl", "engine", "library"]
    subprocess.call([str(inside("python")), "-m", "compileall", "-q", *folders], cwd=str(ROOT))
    stamp.write_text("\n".join([wanted[0], *sorted(extras)]) + "\n", encoding="utf-8")


def make_environment() -> None:
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) == 0:
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    stop(
        "this Python cannot make a virtual environment; on Debian and Ubuntu install it with\n"
        "    apt-get install python{}.{}-venv".format(*sys.version_info[:2])
    )


def main(arguments: list[str]) -> int:
    if sys.hexversion < 0x030B0000:
        for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
            other = shutil.which(name)
            if other and works(other, "-c", ""):
                return subprocess.call([other, str(Path(__file__).resolve()), *arguments])
        stop("Indenture needs Python 3.11 or later; this is " + sys.version.split()[0])
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command == "demo":
        set_up([])
        return subprocess.call([str(inside("python")), "-m", "indenture", "run", str(DEMO), *rest], cwd=str(ROOT))
    if command in ("test", "sweep"):
        set_up(["test"])
        environment = {**os.environ, "INDENTURE_SWEEP": "all"} if command == "sweep" else None
        pytest = [str(inside("python")), "-m", "pytest", *(rest or ["-n", "auto", "-q"])]
        return subprocess.call(pytest, cwd=str(ROOT), env=environment)
    if command == "setup":
        set_up(rest)
        return 0
    print(__doc__)
    return 0 if command in ("help", "-h", "--help") else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
