"""What a page looks like in Chromium: the document that it makes, and the sheets it prints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

EVIL = (
    "</script><script>document.title = `owned`</script><img src=x onerror='document.title=`owned`'>"
    "<svg onload='document.title=`owned`'>{{ 7 * 7 }}<!--\"'>"
)
"""What would give the page another title if any of it ran."""
_OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
_OPTIONS += ["--disable-background-networking", "--disable-component-update"]
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def _chromium(page: Path, *options: str, milliseconds: int = 2000) -> str:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium on this machine")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *_OPTIONS, f"--user-data-dir={profile}"]
        command += [f"--virtual-time-budget={milliseconds}", *options, page.as_uri()]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout


def browse(page: Path, script: str = "", *options: str, with_policy: bool = False) -> str:
    """Open a page, let ``script`` act on it, and give the document it made.

    The page's own policy allows no script but its own; it goes with ``script``, but where asked.
    """
    if script:
        text = page.read_text(encoding="utf-8")
        text = text if with_policy else _POLICY.sub("", text)
        page = page.with_name("acted.html")
        added = text.replace("</body>", f"<script>{script}</script></body>")
        page.write_text(added, encoding="utf-8")
    seen = _chromium(page, "--dump-dom", *options)
    assert "<html" in seen
    return seen


def shown(document: str) -> str:
    """Give a document without its scripts and what is kept for them."""
    return re.sub(r"<(script|template).*?</\1>", "", document, flags=re.DOTALL)


def printed(page: Path) -> list[str]:
    """Print a page and give the text of each sheet, in one line; skips where a tool is missing."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext on this machine")
    with TemporaryDirectory() as folder:
        paper = Path(folder) / "page.pdf"
        _chromium(page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
        text = subprocess.run([reader, "-layout", paper, "-"], capture_output=True, check=True)
    sheets = text.stdout.decode().split("\f")
    return [" ".join(sheet.split()) for sheet in sheets if sheet.strip()]


def violations(page: Path, script: str, width: int, *, dark: bool) -> list[Any]:
    """Give the rules of axe-core that a page breaks, with the elements; skips where it is missing.

    ``script`` runs first, to open what is closed. What axe-core leaves to a person counts as
    broken, too, but for two rules that were looked at: the contrast of signs and of sentences over
    several lines is 6.6 at least, and a sentence that leads to its partner has a sign before it.
    """
    npm = shutil.which("npm")
    asked = [npm, "root", "--global"] if npm else ["true"]
    everywhere = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    places = [Path(__file__).parents[1] / "node_modules", Path(everywhere)]
    files = [place / "axe-core" / "axe.min.js" for place in places]
    axe = next((file for file in files if file.is_file()), None)
    if axe is None:
        pytest.skip("no axe-core on this machine (npm install --global axe-core)")
    text = page.read_text(encoding="utf-8")
    scheme = "all" if dark else "not all"
    seen_as = page.with_name("seen.html")
    seen_as.write_text(text.replace("screen and (prefers-color-scheme: dark)", scheme))
    run = f"""{axe.read_text(encoding="utf-8")}
      {script}
      const seen = ["color-contrast", "link-in-text-block"];
      setTimeout(() => axe.run().then(({{ violations, incomplete }}) => {{
        const open = incomplete.filter(({{ id }}) => !seen.includes(id));
        const broken = [...violations, ...open];
        const told = broken.map(({{ id, nodes }}) => [id, nodes.map((node) => node.html)]);
        document.title = "axe" + JSON.stringify(told);
      }}), 200);"""
    seen = browse(seen_as, run, f"--window-size={width},900")
    told = re.search(r"<title>axe(.*?)</title>", seen, re.DOTALL)
    assert told, "axe-core did not come to an end"
    return list(json.loads(unescape(told[1])))
