"""Print what the package and its extra ``dev`` need, for an environment without the package."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]


def needed(extra: str) -> Iterator[str]:
    """Give what an extra needs, that of the extras which it names among it."""
    for requirement in PROJECT["optional-dependencies"][extra]:
        own = re.fullmatch(rf"{PROJECT['name']}\[(.*)\]", requirement)
        if own is None:
            yield requirement
        else:
            for name in own[1].split(","):
                yield from needed(name)


print(*PROJECT["dependencies"], *needed("dev"), sep="\n")
