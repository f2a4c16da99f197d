"""What all tests share: how Hypothesis searches, and where the files of the repository are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from . import sweeps

# The same examples in every run, so that a red test is red again; HYPOTHESIS_PROFILE=search looks elsewhere.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure() -> None:
    sweeps.settle()  # before the workers start, which ask the same


def pytest_report_header() -> str:
    return f"long sweeps: {sweeps.VARIABLE}={sweeps.settle()}"


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds `tests`, `examples` and `docs`. The package may be installed somewhere else."""
    return ROOT


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"
