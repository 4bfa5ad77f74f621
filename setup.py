"""Compile the loops: every module that has a stub (``.pyi``) beside it.

They are Cython in its pure Python mode. ``DEDUP_BUILD=checked`` builds them with bounds and
overflow checks, ``DEDUP_BUILD=sanitized`` with the compiler's address and undefined-behaviour
sanitizers, for tests; ``DEDUP_CFLAGS`` adds compiler flags.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SHARED = "dedup._shared"
"""What all compiled modules need of Cython's own code, compiled once."""
CHECKS = {"boundscheck": True, "overflowcheck": True, "initializedcheck": True}
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "embedsignature": False,
    "auto_pickle": False,
    "binding": False,  # functions need not look like Python's own: a seventh less to compile
    "emit_code_comments": False,  # a third of what the compiler has to read
}
SELDOM_LONG = {
    SHARED,
    "dedup.alignment._borders",
    "dedup.alignment._chain",
    "dedup.alignment._seeds",
    "dedup.alignment._stars",
    "dedup.dump._escapes",
    "dedup.facts._differing",
    "dedup.facts._standing",
    "dedup.facts._table",
    "dedup.facts._traits",
    "dedup.furniture._rules",
    "dedup.verdict._evidence",
}
"""Modules whose loops are short or seldom run: half of the compiler's time is saved on them."""
VECTORS = {"dedup.candidates._sketches", "dedup.text._languages", "dedup.verdict._senses"}
"""Modules with loops that -O3 makes vectors of; it makes the others no faster than -O2."""
# No contraction of products and sums: results are the same on every processor.
FLAGS = ["-g0", "-ffp-contract=off", "-fno-math-errno", "-fwrapv", "-fno-strict-aliasing"]
SANITIZERS = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


def build_kind() -> str:
    """Say how to build: ``""``, ``"checked"`` or ``"sanitized"``."""
    kind = os.environ.get("DEDUP_BUILD", "")
    if kind not in ("", "checked", "sanitized"):
        sys.exit(f"DEDUP_BUILD: {kind!r}, where '', 'checked' or 'sanitized' is wanted")
    return kind


def flags(kind: str, name: str) -> tuple[list[str], list[str]]:
    """Give the flags of the compiler and of the linker for a module."""
    more = os.environ.get("DEDUP_CFLAGS", "").split()
    seldom = name in SELDOM_LONG
    if sys.platform == "win32":
        return ["/O1" if seldom else "/O2", "/fp:precise", *more], []
    if kind == "sanitized":
        return [*FLAGS[1:], *SANITIZERS, *more], ["-fsanitize=address,undefined"]
    if kind == "checked":
        return ["-O1", "-include", "dedup/_checked.h", *FLAGS, *more], []
    level = "-O1" if seldom else "-O3" if name in VECTORS else "-O2"
    return [level, *FLAGS, *more], ["-Wl,-s"] if sys.platform == "linux" else []


def compiled_modules() -> list[Path]:
    """Find the modules to compile, the largest first, so that no core waits for one at the end."""
    modules = [stub.with_suffix(".py") for stub in sorted(Path("dedup").rglob("_*.pyi"))]
    return sorted(modules, key=lambda path: path.stat().st_size, reverse=True)


def extensions(kind: str) -> list[Extension]:
    """Say how each module is built."""
    sources = {SHARED: f"{SHARED.replace('.', '/')}.c"}
    sources |= {".".join(path.with_suffix("").parts): str(path) for path in compiled_modules()}
    made = []
    for name, path in sources.items():
        compiler, linker = flags(kind, name)
        made.append(
            Extension(
                name,
                [path],
                include_dirs=[str(Path(path).parent)],
                extra_compile_args=compiler,
                extra_link_args=linker,
            )
        )
    return made


def main() -> None:
    """Build."""
    kind = build_kind()
    directives = DIRECTIVES | (CHECKS if kind == "checked" else {})
    setup(
        ext_modules=cythonize(
            extensions(kind),
            compiler_directives=directives,
            shared_utility_qualified_name=SHARED,
            build_dir=f"build/cython{'-' + kind if kind else ''}",
            nthreads=os.cpu_count() or 1,
        ),
        options={"build_ext": {"parallel": os.cpu_count() or 1}},
    )


main()
