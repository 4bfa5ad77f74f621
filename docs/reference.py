"""Render the reference of the public names to a folder: ``python docs/reference.py FOLDER``.

A warning of the generator, such as a name that leads nowhere, is an error.
"""

from __future__ import annotations

import dataclasses
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pdoc
from numpy.typing import NDArray

import dedup
import dedup.evaluation
import dedup.model

MODULES = ("dedup", "dedup.evaluation", "!dedup\\.(?!evaluation$)", "!dedup\\.evaluation\\.")


def resolve(value: Any) -> None:
    """Let the annotations of a constructor stand for types; inherited ones name those of others."""
    if not isinstance(value, type):
        return
    if dataclasses.is_dataclass(value):
        dataclasses.fields(value)
    known = {**vars(dedup.model), **vars(sys.modules[value.__module__])}
    for maker in (value.__init__, value.__new__):
        for name, kind in getattr(maker, "__annotations__", {}).items():
            told = getattr(kind, "__forward_arg__", kind)
            if isinstance(told, str):
                maker.__annotations__[name] = eval(told, known)


def main(folder: Path) -> None:
    """Render every public name."""
    warnings.simplefilter("error")
    for name in dedup.__all__:  # pdoc looks for what is loaded
        vars(dedup)[name] = getattr(dedup, name)
        resolve(getattr(dedup, name))
    for name, module in sys.modules.items():
        if name.startswith("dedup."):  # what the aliases of arrays are written with
            vars(module).setdefault("NDArray", NDArray)
            vars(module).setdefault("np", np)
    pdoc.render.configure(docformat="restructuredtext", show_source=False)
    pdoc.pdoc(*MODULES, output_directory=folder)
    shown = (folder / "dedup.html").read_text(encoding="utf-8")
    missing = [name for name in dedup.__all__ if f'id="{name}"' not in shown]
    if missing:
        sys.exit(f"not rendered: {', '.join(missing)}")
    print(folder / "dedup.html")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
