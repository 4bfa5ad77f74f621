"""What several test files share: the two seed articles, and a newsroom that invents others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from newsroom import Newsroom

ROOT = Path(__file__).resolve().parent.parent
# How long one example takes tells of the machine's other work; cost has tests of its own.
settings.register_profile("dedup", deadline=None)
settings.load_profile("dedup")

SEEDS = ("000_bdc26f52f08fb350.txt", "001_7a1b271b1152d7ae.txt")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep tests that name a group on one of several processes, those of Spark above all."""
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadgroup"


@pytest.fixture(scope="session")
def seed_paths() -> tuple[Path, Path]:
    return ROOT / "seeds" / SEEDS[0], ROOT / "seeds" / SEEDS[1]


@pytest.fixture(scope="session")
def seed_texts(seed_paths: tuple[Path, Path]) -> tuple[str, str]:
    older, newer = (path.read_text(encoding="utf-8") for path in seed_paths)
    return older, newer


@pytest.fixture
def newsroom() -> Newsroom:
    """Give every test a newsroom of its own, at the start of its series of stories."""
    return Newsroom(2024)
