"""The build backend: setuptools, with a C compiler from PyPI where the machine has none.

``ziglang`` carries one. It is asked for when neither ``CC`` nor a usual name leads to a compiler,
and set as ``CC`` for the build.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    get_requires_for_build_sdist as get_requires_for_build_sdist,
)
from setuptools.build_meta import (
    prepare_metadata_for_build_editable as prepare_metadata_for_build_editable,
)
from setuptools.build_meta import (
    prepare_metadata_for_build_wheel as prepare_metadata_for_build_wheel,
)

Settings = dict[str, Any] | None

ZIG = "ziglang>=0.13"


def _has_compiler() -> bool:
    """Tell whether there is a C compiler; on Windows setuptools looks for one itself."""
    if sys.platform == "win32":
        return True
    named = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    names = {shlex.split(named)[0], "cc", "gcc", "clang"}
    return any(shutil.which(name) for name in names)


def _check_headers() -> None:
    """End with one line where Python's own headers are missing."""
    folder = Path(sysconfig.get_path("include"))
    if not (folder / "Python.h").is_file():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"dedup: Python's headers are not in {folder}; install them "
            f"(Debian, Ubuntu: python{version}-dev; Fedora: python{version}-devel)"
        )


def _requires(settings: Settings, of_setuptools: Any) -> list[str]:
    found: list[str] = of_setuptools(settings)
    return found if _has_compiler() else [*found, ZIG]


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Name what the build needs besides what ``pyproject.toml`` has."""
    return _requires(config_settings, build_meta.get_requires_for_build_wheel)


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """Name what an editable build needs besides what ``pyproject.toml`` has."""
    return _requires(config_settings, build_meta.get_requires_for_build_editable)


def _prepare() -> None:
    """See to it that setuptools finds a compiler and the headers, and uses all cores."""
    _check_headers()
    if not _has_compiler() and find_spec("ziglang"):
        compiler = f"{shlex.quote(sys.executable)} -m ziglang cc"
        os.environ["CC"] = compiler
        os.environ["LDSHARED"] = f"{compiler} -shared"


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel."""
    _prepare()
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Compile in place, for an editable installation."""
    _prepare()
    return build_meta.build_editable(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Build a source distribution."""
    return build_meta.build_sdist(sdist_directory, config_settings)
