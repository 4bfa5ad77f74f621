"""Run the compiled loops under the address and undefined-behaviour sanitizers: suite and fuzz.

    python benchmarks/sanitize.py [--texts 1000000] [--lines 100000] [--minutes M] [--seed 1]
        [--tests "-m loops"] [--built FOLDER] [--add]

Builds the last commit in a folder of its own with ``DEDUP_BUILD=sanitized``, unless ``--built``
names one that is, and fuzzes it: mutated texts, two by two, go through the comparison (reading,
furniture, evidence, alignment, facts), the regions, the sketches and an index; mutated lines go
through a scan. Then the test suite, or what ``--tests`` names of it, runs on that build in one
process. ``--minutes`` ends each fuzz early. What was done is recorded, or with ``--add`` added to
what another seed did. Ends with 1 where a sanitizer or a test found something. Linux with gcc.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "sanitize.json"
AT_ONCE = 64
"""Texts of one call."""
FEW, MANY, LONG = 4, 24, 1 / 16
"""A text has up to FEW pieces, a share of LONG up to MANY: damage and not length is what is new."""
LINES_AT_ONCE = 2_000
TOLD_EVERY = 32_000
"""Texts after which it is told how many have been sent."""
SHOWN = 4
"""Pairs of which the passages and facts of one are asked for, which take longer than all else."""
EVERY = 16
"""Calls of which one asks for regions, sketches and an index too."""
NASTY = [
    *"\0\n\r\t\x0b\x1c\x1f\x85\u00a0\u2028\u3000",
    *"\u00ad\u200b\u200d\ufeff\ufe0f\u034f",
    *"\u0301\u0345\u0328\u20dd\u1100\u1161\u11a8\u3099\u30fc",
    *"\ud800\udfff\U0010ffff\U000e0041\u0378",
    *".!?…。！۔।;:,-–—'\"“”‘’«»()[]{}<>&|/\\@#%$",
    *"0123456789½²ⅫＡﬁﷺßİıſΣς",
    *"中国新闻かカ한국กขကខລابتאבабв",
    "\r\n",
    "\n\n",
    "\n\n\n",
    "e\u0301",
    "Mr. ",
    "U.S. ",
    "p.m. ",
    "Latest stories",
    "\n\nRead more: ",
    "\n\nShare this article\n\n",
    "1,000.50",
    "2023-10-31",
    "https://example.org/a?b=c ",
    "ORLANDO, Fla. (AP) — ",
]
JSON_NASTY = [
    *'"\\{}[]:,\0\x1f \t\n',
    "\\u0000",
    "\\ud800",
    "\\udfff",
    "\\ud83d\\ude00",
    "\\u12",
    "\\x",
    "1e999",
    "-0",
    "9" * 40,
    "null",
    "true",
    "[[[[[[[[",
    '{"a":' * 20,
    '"id":',
    '"text":',
    "\xff",
]


def made(draw: random.Random, pieces: list[str]) -> str:
    """Make a text of a few pieces, of many where it is one of the long ones."""
    most = MANY if draw.random() < LONG else FEW
    return "".join(draw.choices(pieces, k=draw.randint(1, most)))


def damaged(draw: random.Random, text: str, nasty: list[str]) -> str:
    """Damage a text in up to seven places, however short it is."""
    for _ in range(draw.randrange(8)):
        at = draw.randrange(len(text) + 1)
        kind = draw.randrange(6)
        if kind == 0:
            text = text[:at] + text[at + draw.randrange(1, 30) :]
        elif kind == 1:
            text = text[:at] + text[at : at + draw.randrange(40)] * 2 + text[at:]
        elif kind == 2:
            text = text[:at] + draw.choice(nasty) * draw.choice((1, 1, 2, 40)) + text[at:]
        elif kind == 3:
            text = text[:at] + text[at : at + 60].upper() + text[at + 60 :]
        elif kind == 4:
            text = text[:at] + chr(draw.randrange(0x110000)) + text[at:]
        else:
            text = text[:at] + "".join(draw.choices(nasty, k=5)) + text[at:]
    return text


def mutated(draw: random.Random, pieces: list[str], count: int) -> list[str]:
    """Make damaged texts; every other one is, half of the time, one more version of that before."""
    texts: list[str] = []
    for number in range(count):
        again = number % 2 and draw.random() < 0.5
        texts.append(damaged(draw, texts[-1] if again else made(draw, pieces), NASTY))
    return texts


def pieces_of(texts: list[str]) -> list[str]:
    """Cut texts into sentences and words to build others of."""
    sentences = [f"{part}. " for text in texts for part in text.split(". ")]
    words = [f"{word} " for text in texts for word in text.split()[:80]]
    return [*sentences * 4, *words, *NASTY, ""]


def fuzz_texts(count: int, seed: int, until: float) -> int:
    """Send mutated texts through what is done to one text and to two; tell how many."""
    import dedup

    draw = random.Random(seed)
    pieces = pieces_of([path.read_text("utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))])
    done, call = 0, 0
    while done < count and time.monotonic() < until:
        texts = mutated(draw, pieces, AT_ONCE)
        pairs = list(zip(texts[::2], texts[1::2], strict=True))
        for number, found in enumerate(dedup.compare_many(pairs, threads=1)):
            if not 0.0 <= found.probability <= 1.0:
                raise ValueError(f"probability: got {found.probability}")
            passages = () if number % SHOWN else found.passages
            if not all(0.0 <= passage.similarity <= 1.0 for passage in passages):
                raise ValueError(f"similarity: got {passages}")
        if call % EVERY == 0:
            for a, b in pairs[:8]:
                dedup.align(a, b)
            dedup.sketch(texts)
            index = dedup.Index()
            articles = [dedup.Article(str(k), text) for k, text in enumerate(texts)]
            index.add(articles, on_error="skip")
            for text in texts[:8]:
                index.query(text)
        done += len(texts)
        call += 1
        if done % TOLD_EVERY == 0:
            print(done, "texts", flush=True)
    return done


def fuzz_lines(count: int, seed: int, until: float) -> int:
    """Send mutated lines of JSON through a scan of files, the good ones among them judged."""
    import dedup

    draw = random.Random(seed)
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    pieces = pieces_of([text[:600] for text in texts])
    done = 0
    with tempfile.TemporaryDirectory() as folder:
        while done < count and time.monotonic() < until:
            size = min(LINES_AT_ONCE, count - done)
            path = Path(folder) / "dump.jsonl"
            path.write_bytes(b"\n".join(_line(draw, pieces) for _ in range(size)))
            dedup.scan(path, threads=1)
            done += size
            print(done, "lines", flush=True)
    return done


def _line(draw: random.Random, pieces: list[str]) -> bytes:
    """Make one line: a good record, a damaged one, or noise."""
    row = {"id": str(draw.randrange(10_000)), "text": damaged(draw, made(draw, pieces), NASTY)}
    if draw.random() < 0.5:
        row |= {"title": draw.choice(pieces), "date": draw.choice(("2023-10-31", "x", "0"))}
    line = json.dumps(row, ensure_ascii=draw.random() < 0.5)
    if draw.random() < 0.6:
        line = damaged(draw, line * draw.choice((1, 1, 2, 5)), JSON_NASTY)
    raw = bytearray(line.encode("utf-8", "surrogatepass"))
    for _ in range(draw.randrange(3) if draw.random() < 0.3 else 0):
        raw[draw.randrange(len(raw) or 1) : 1] = bytes([draw.randrange(256)])
    return bytes(raw).replace(b"\n", b" ")


def _built(folder: Path) -> None:
    """Build the last commit with sanitizers in an empty folder."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    subprocess.run(command, cwd=folder, check=True, env=os.environ | {"DEDUP_BUILD": "sanitized"})


def _environment() -> dict[str, str]:
    """Load the sanitizers before Python, which is built without them."""
    named = ["gcc", "-print-file-name=libasan.so"], ["gcc", "-print-file-name=libubsan.so"]
    found = [subprocess.run(n, check=True, capture_output=True, text=True).stdout for n in named]
    return os.environ | {
        "LD_PRELOAD": " ".join(path.strip() for path in found),
        # Python keeps some memory for good, and NumPy asks for more than there is in its tests.
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:malloc_context_size=4",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        # Python's own pools would hide where a small object ends.
        "PYTHONMALLOC": "malloc",
    }


def _run(command: list[str], folder: Path) -> dict[str, Any]:
    """Run a step and tell the last line that it said, its CPU seconds and how it ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = "0"
    with subprocess.Popen(
        command, cwd=folder, env=_environment(), stdout=subprocess.PIPE, text=True
    ) as step:
        for said in step.stdout or ():
            print(said, end="", flush=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = round(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return {"said": said.strip(), "cpu": cpu, "exit": step.returncode}


def _fuzzed(what: str, asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Fuzz as far as asked and tell what was done."""
    command = [sys.executable, __file__, "--fuzz", what, f"--{what}", str(getattr(asked, what))]
    command += ["--seed", str(asked.seed), "--minutes", str(asked.minutes)]
    told = _run(command, folder)
    return {"done": int(told.pop("said").split()[0]), "seeds": [asked.seed], **told}


def _record(name: str, told: dict[str, Any], *, add: bool) -> None:
    """Write what a step did into the results, where asked as one more part of what they hold."""
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    if add and name in results:
        held = results[name]
        told = {key: told[key] + held[key] for key in ("done", "seeds", "cpu", "exit")}
    results[name] = told
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def main() -> int:
    """Build, run the fuzz and the suite, and write what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--tests", default="tests", help="what pytest is to run; '' for nothing")
    parser.add_argument("--built", type=Path, help="a checkout with a build with sanitizers")
    parser.add_argument("--add", action="store_true", help="add to the texts and lines recorded")
    parser.add_argument("--fuzz", choices=("texts", "lines"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    fuzzers = {"texts": fuzz_texts, "lines": fuzz_lines}
    if asked.fuzz:
        sys.path.insert(0, str(Path.cwd()))
        until = time.monotonic() + 60 * asked.minutes
        print(fuzzers[asked.fuzz](getattr(asked, asked.fuzz), asked.seed, until), asked.fuzz)
        return 0
    exits = []
    with tempfile.TemporaryDirectory() as name:
        folder = asked.built or Path(name)
        if not asked.built:
            _built(folder)
        for what in fuzzers:
            if getattr(asked, what):
                told = _fuzzed(what, asked, folder)
                _record(what, told, add=asked.add)
                exits.append(told["exit"])
        if asked.tests:
            suite = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
            told = _run([*suite, *shlex.split(asked.tests)], folder)
            _record("suite", told, add=False)
            exits.append(told["exit"])
    return int(any(exits))


if __name__ == "__main__":
    sys.exit(main())
