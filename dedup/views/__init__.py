"""Show what a comparison found: to a person in a terminal or a browser, and to a machine."""

from __future__ import annotations

from dedup.views.machine import to_dict, to_json
from dedup.views.page import to_html
from dedup.views.terminal import show, to_text

__all__ = ["show", "to_dict", "to_html", "to_json", "to_text"]
