"""Make the README's picture of a page: the two articles of ``seeds/`` side by side, in Chromium."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import dedup

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "benchmarks" / "results" / "page.png"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WIDTH, _HEIGHT = 1200, 760


def main() -> None:
    """Compare, write the page, and take its picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", default=next(filter(None, map(shutil.which, _NAMES)), None))
    options = parser.parse_args()
    if options.browser is None:
        sys.exit("no Chromium found: name one by --browser")
    found = dedup.compare(*sorted((ROOT / "seeds").glob("*.txt")))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(found.to_html(), encoding="utf-8")
        command = [options.browser, "--headless", "--no-sandbox", "--hide-scrollbars"]
        command += [f"--window-size={_WIDTH},{_HEIGHT}", f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
