"""Every example in a docstring runs and gives what it shows."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import dedup

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(dedup.__path__, "dedup.")
    if not module.name.endswith("__main__")  # it runs the command
)


def loaded(name: str) -> ModuleType | None:
    """Load a module, unless what it stands on is not installed."""
    try:
        return importlib.import_module(name)
    except dedup.MissingExtraError:
        return None


@pytest.mark.parametrize("name", ["dedup", *MODULES])
def test_examples_of_a_module(name: str) -> None:
    module = loaded(name)
    if module is None:
        pytest.skip(f"{name}: an extra is not installed")
    assert doctest.testmod(module).failed == 0


def test_there_are_modules_and_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [module for name in MODULES if (module := loaded(name)) is not None]
    examples = sum(len(test.examples) for module in modules for test in finder.find(module))
    assert len(MODULES) > 30
    assert examples > 60
