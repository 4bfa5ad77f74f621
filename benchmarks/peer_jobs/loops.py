"""Load and compile all of this library's loops, which small jobs do without."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

STORIES, WORDS = 1_500, 700


def load_loops() -> None:
    """Scan an invented dump, large enough that nothing is done the plain way."""
    import dedup

    draw = random.Random(3)
    vocabulary = [f"w{k}" for k in range(5_000)]
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "invented.jsonl"
        with dump.open("w", encoding="utf-8") as lines:
            for number in range(STORIES):
                if number % 2 == 0:
                    text = " ".join(draw.choices(vocabulary, k=WORDS))
                row = {"id": str(number), "text": f"Café {number}. {text}."}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        dedup.scan(dump)
        dedup.near_duplicates(dump)
