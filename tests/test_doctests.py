"""Every example in a docstring runs and gives what it shows."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import dedup

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(dedup.__path__, "dedup.")
    if not module.name.endswith("__main__")  # it runs the command
)


@pytest.mark.parametrize("name", ["dedup", *MODULES])
def test_examples_of_a_module(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_there_are_modules_and_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [importlib.import_module(name) for name in MODULES]
    examples = sum(len(test.examples) for module in modules for test in finder.find(module))
    assert len(MODULES) > 30
    assert examples > 60
