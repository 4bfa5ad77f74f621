"""What the pages share: one self-contained file each, its template, style and script beside it."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


@lru_cache
def assets(package: str, page: str = "page") -> dict[str, Markup]:
    """Read style and script, the shared first, and the hash by which the policy allows them.

    The script is that of ``page``, one of the package's; its pages have one style.
    """
    from markupsafe import Markup

    def read(suffix: str, name: str) -> str:
        shared, own = files("dedup.views") / f"base.{suffix}", files(package) / f"{name}.{suffix}"
        return shared.read_text("utf-8") + own.read_text("utf-8")

    style, script = read("css", "page"), read("js", page)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"style": Markup(style), "script": Markup(script), "digest": Markup(digest)}


@lru_cache
def template(package: str, name: str = "page.html.jinja") -> Template:
    """Compile a template; every value that goes into it is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def read(shared: str) -> str:
        return (files("dedup.views") / shared).read_text("utf-8")

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(read),
    )
    return environment.from_string((files(package) / name).read_text("utf-8"))
