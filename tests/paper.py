"""What a page looks like on paper: printed by Chromium, its text read from the PDF."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def printed(page: Path) -> list[str]:
    """Print a page and give the text of each sheet, in one line; skips where a tool is missing."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    reader = shutil.which("pdftotext")
    if browser is None or reader is None:
        pytest.skip("no Chromium or no pdftotext on this machine")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        paper = Path(folder) / "page.pdf"
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-background-networking", "--disable-component-update"]
        command += [f"--user-data-dir={folder}/profile", "--virtual-time-budget=2000"]
        command += ["--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri()]
        subprocess.run(command, capture_output=True, timeout=60, check=True)
        text = subprocess.run([reader, "-layout", paper, "-"], capture_output=True, check=True)
    sheets = text.stdout.decode().split("\f")
    return [" ".join(sheet.split()) for sheet in sheets if sheet.strip()]
