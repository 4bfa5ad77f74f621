"""Mutated dumps against every reader: no traceback, no hang, each record read or set aside.

    python benchmarks/fuzz_readers.py --seconds 600 --seed 1
    python benchmarks/fuzz_readers.py --format .csv --records 1000000
    python benchmarks/fuzz_readers.py --format .html --atheris /tmp/corpus

Each round takes a good file of each format, changes it in about as many places as it has records,
and reads it three ways: record by record, in blocks, and again as a batch of the scan. A file has
``--rows`` records where reading goes on behind a broken one, and up to seven elsewhere. What is
counted where a format has a record a line is exact: articles + rejected = lines that are not blank.
``--atheris`` hands the mutating to that fuzzer (``pip install atheris``), which is guided by
coverage. A file that breaks a promise is kept in ``--keep`` and named; the exit code tells whether
there was one.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

if "--atheris" in sys.argv:  # whose guide has to see the modules as they are imported
    import atheris

    with atheris.instrument_imports(include=["dedup"]):
        import_module("dedup.dump.sources")

from dedup.dump import Record, read
from dedup.dump.batches import End
from dedup.dump.blocks import Dump, Register
from dedup.dump.inputs import find_inputs
from dedup.dump.packing import BrokenFileError
from dedup.dump.reading import FORMATS, make_options
from dedup.errors import DedupError

SLOWEST = 10.0
"""Seconds that no file of a few kilobytes may take."""
ROWS = [
    {"id": 1, "title": "Rain", "text": "Rain fell on Oslo.\nThen “snow”.", "date": "2024-01-02"},
    {"id": "b", "headline": "A, b", "body": 'She said "no", twice.', "url": "http://x.example/b"},
    {"text": "No id here &amp; <p>some</p> <b>tags</b>", "publish_date": "March 5, 2021 Friday"},
    {"id": None, "text": ["One.", {"text": "Two."}], "source": {"name": "Post"}},
]
FLAT = [
    {"id": "1", "title": "Rain", "text": "Rain fell, they said.", "date": "2024-01-02"},
    {"id": "2", "title": "", "text": 'She said "no"\ntwice.', "date": "soon"},
    {"id": "", "title": "Fog", "text": "Fog lay\\non Bergen.", "date": ""},
]
PAGE = (
    "<html><head><meta charset=utf-8><title>Rain</title></head><body><article><p>"
    + "Rain fell on the city of Oslo for two days, and trams stood still in the centre. " * 3
    + "</p></article></body></html>"
)
FEED = (
    "<rss version='2.0'><channel><title>P</title><item><title>R</title><guid>g</guid>"
    "<description>&lt;p&gt;Rain fell.&lt;/p&gt;</description><pubDate>Tue, 31 Oct 2023 09:30:00 GMT"
    "</pubDate></item></channel></rss>"
)
NITF = (
    "<nitf><head><docdata><doc-id id-string='n'/><date.issue norm='20210305T120000Z'/></docdata>"
    "</head><body><body.content><p>Rain fell.</p></body.content></body></nitf>"
)


def repeated(rows: list[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """Give ``count`` rows, an id standing twice now and then."""
    for k, row in enumerate(islice(cycle(rows), count)):
        number = k - k % _AGAIN
        yield {**row, "id": f"{row['id']}-{number}"} if k >= len(rows) and row.get("id") else row


_AGAIN = 9


def json_lines(count: int = len(ROWS)) -> bytes:
    """Write JSON Lines."""
    rows = repeated(ROWS, count)
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def separated(mark: str, count: int = len(FLAT)) -> bytes:
    """Write CSV or, with a tab, what a database copies."""
    import csv

    out = io.StringIO()
    rows = repeated(FLAT, count)
    if mark == "\t":
        for row in [list(FLAT[0]), *(list(row.values()) for row in rows)]:
            out.write("\t".join(cell.replace("\n", "\\n") for cell in row) + "\n")
    else:
        writer = csv.DictWriter(out, list(FLAT[0]), delimiter=mark)
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue().encode()


def web_archive() -> bytes:
    """Write a web archive of one page and one text."""
    body = PAGE.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    parts = (
        ("response", "application/http", head.encode() + body),
        ("conversion", "text/plain", b"Rain."),
    )
    found = b""
    for kind, media, content in parts:
        names = f"WARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}>\r\nContent-Type: {media}"
        place = f"WARC-Target-URI: http://x.example/\r\nContent-Length: {len(content)}"
        found += f"WARC/1.0\r\n{names}\r\n{place}\r\n\r\n".encode() + content + b"\r\n\r\n"
    return found


def table(kind: str) -> bytes:
    """Write a Parquet or an Arrow file."""
    import pyarrow
    import pyarrow.parquet

    content = pyarrow.Table.from_pylist(FLAT)
    out = io.BytesIO()
    if kind == ".parquet":
        pyarrow.parquet.write_table(content, out)
    else:
        with pyarrow.ipc.new_file(out, content.schema) as writer:
            writer.write_table(content)
    return out.getvalue()


def archive() -> bytes:
    """Write a zip archive of two files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.jsonl", json_lines())
        packed.writestr("../b.csv", separated(","))
    return out.getvalue()


GOOD: dict[str, tuple[int, Callable[[], bytes]]] = {
    ".json": (len(ROWS), lambda: json.dumps({"ok": True, "articles": ROWS}, indent=1).encode()),
    ".jsonl.gz": (len(ROWS), lambda: gzip.compress(json_lines())),
    ".zip": (len(ROWS) + len(FLAT), archive),
    ".html": (1, PAGE.encode),
    ".rss": (1, FEED.encode),
    ".xml": (1, NITF.encode),
    ".warc": (2, web_archive),
    ".parquet": (len(FLAT), lambda: table(".parquet")),
    ".arrow": (len(FLAT), lambda: table(".arrow")),
}
"""For each format in which damage spreads, the records of a good file, and the file."""
LONG: dict[str, Callable[[int], bytes]] = {
    ".jsonl": json_lines,
    ".csv": lambda count: separated(",", count),
    ".tsv": lambda count: separated("\t", count),
}
"""The formats in which reading goes on behind what is broken: a file of so many records."""
A_RECORD_A_LINE = frozenset({".jsonl", ".tsv"})
PIECES = [
    *(b'"', b"\\", b"\n", b"\r", b"\0", b",", b"\t", b"{", b"}", b"[", b"]", b":", b"&#", b"<p>"),
    *(
        b"</",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"null",
        b"NaN",
        b"1e999",
        b"\\u",
        b"\\ud800",
    ),
    *(b'"text":', b'"id":', b"\\N", b'""', b"<!--", b"<![CDATA[", b"PK\x03\x04", b"\x1f\x8b", b" "),
]


def mutated(data: bytes, records: int, chance: random.Random) -> bytes:
    """Change a file in one to six places for each three records; seldom cut its end off."""
    found = bytearray(data)
    threes = max(1, records // 3)
    for _ in range(chance.randint(threes, 6 * threes)):
        at = chance.randrange(len(found) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            found[at : at + chance.randrange(1, 9)] = b""
        elif kind == 1:
            found[at:at] = chance.choice(PIECES)
        elif kind == 2 and at < len(found):
            found[at] ^= 1 << chance.randrange(8)
        elif kind == 3:
            begin = chance.randrange(len(found) + 1)
            found[at:at] = found[begin : begin + chance.randrange(1, 200)]
        elif kind == 4:
            found[at : at + 1] = chance.choice(PIECES)
        elif chance.random() < 0.2 / threes:
            del found[at:]
    return bytes(found)


def check(path: Path, good: Path) -> str:
    """Read a file every way; give what is wrong, ``""`` if nothing is."""
    began = time.monotonic()
    paths = [good, path]
    single = Counter[str]()
    try:
        for item in opened(paths).records(fields_only=True):
            single["article" if isinstance(item, Record) else f"{item.line > 0}"] += 1
        together = in_blocks(paths)
        for item in read(paths, extract_html=True):
            item.to_json_line() if isinstance(item, Record) else item.reason.encode(
                "utf-8", "replace"
            )
    except DedupError as error:
        return f"error although one file is good: {error}"
    except Exception:
        return traceback.format_exc()
    took = time.monotonic() - began
    if took > SLOWEST:
        return f"took {took:.0f} seconds"
    if single != together:
        return f"record by record {single}, in blocks {together}"
    return counted(path, single)


def opened(paths: list[Path]) -> Dump:
    """Find the files as a scan does, which reads no column that it does not need."""
    return Dump(*find_inputs(paths, FORMATS), make_options())


def in_blocks(paths: list[Path]) -> Counter[str]:
    """Count what a scan sees of files: articles, and what is set aside by line or by file."""
    dump = opened(paths)
    register = Register(dump.failed)
    rejected, articles = list(dump.failed), 0
    for block in dump.blocks():
        if isinstance(block, End):
            rejected += register.end(block)
        elif not register.is_broken:
            try:
                batch = block.read()
            except BrokenFileError as error:
                assert block.source is not None
                rejected += register.fail(block.source, error.reason)
                continue
            batch, kept = register.enter(block, batch)
            articles += len(batch.ids) if kept is None else int(np.count_nonzero(kept))
            rejected += batch.rejected
    rejected += register.repeats.aside().values()
    counts = Counter(f"{item.line > 0}" for item in rejected)
    return counts + Counter({"article": articles})


def counted(path: Path, found: Counter[str]) -> str:
    """Check the count of records where a file has one a line and nothing is the matter with it."""
    data = path.read_bytes()
    suffix = "".join(path.suffixes)
    is_plain = suffix in A_RECORD_A_LINE and not found["False"]
    odd = (
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\x1f\x8b",
        b"PK",
        b"BZh",
        b"\\.",
        b"\xfd7z",
        b"(\xb5",
    )
    if not is_plain or any(mark in data for mark in odd) or data.lstrip()[:1] == b"[":
        return ""
    lines = sum(
        bool(line.strip().removeprefix(b"\xef\xbb\xbf").strip()) for line in data.split(b"\n")
    )
    lines -= suffix == ".tsv"
    records = found["article"] + found["True"] - 1  # of the good file
    if suffix == ".jsonl" and records != lines and _is_document(data):
        return ""
    return "" if records == lines else f"{lines} lines, {records} records"


def _is_document(data: bytes) -> bool:
    from dedup.dump.documents import begins_document

    return begins_document(data[:4096])


def good_file(kind: str, rows: int) -> tuple[int, bytes]:
    """Give how many records a good file has, and the file."""
    if kind in LONG:
        return rows, LONG[kind](rows)
    count, make = GOOD[kind]
    return count, make()


def rounds(
    formats: list[str], rows: int, chance: random.Random
) -> Iterator[tuple[str, int, bytes]]:
    """Give mutated files for ever, and how many records they had."""
    good = {kind: good_file(kind, rows) for kind in formats}
    while True:
        for kind, (records, data) in good.items():
            yield kind, records, mutated(data, records, chance)


def guided(kind: str, corpus: str, seconds: float, good: Path, folder: Path) -> None:
    """Let atheris choose the changes."""
    Path(corpus).mkdir(parents=True, exist_ok=True)
    (Path(corpus) / "good").write_bytes(good_file(kind, 3)[1])
    path = folder / f"fuzzed{kind}"

    def one(data: bytes) -> None:
        path.write_bytes(data)
        wrong = check(path, good)
        if wrong:
            raise AssertionError(wrong)

    atheris.Setup([sys.argv[0], corpus, f"-max_total_time={seconds:.0f}"], one)
    atheris.Fuzz()


def main() -> int:
    """Run for some seconds or records, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--records", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int, default=12, help="of a file that is read on")
    parser.add_argument("--format", choices=[*LONG, *GOOD], action="append")
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"))
    parser.add_argument("--atheris", metavar="CORPUS")
    options = parser.parse_args()
    formats = options.format or [*LONG, *GOOD]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = folder / "good.txt"
        good.write_text("Rain fell on Oslo.")
        if options.atheris:
            guided(formats[0], options.atheris, options.seconds, good, folder)
        return mutate_all(options, formats, folder, good)


def mutate_all(options: argparse.Namespace, formats: list[str], folder: Path, good: Path) -> int:
    """Read mutated files until the time is up; give the exit code."""
    began, found = time.monotonic(), 0
    files_of, records_of = Counter[str](), Counter[str]()
    for kind, records, data in rounds(formats, options.rows, random.Random(options.seed)):
        if time.monotonic() - began > options.seconds or records_of.total() >= options.records:
            break
        path = folder / f"fuzzed{kind}"
        path.write_bytes(data)
        wrong = check(path, good)
        files_of[kind] += 1
        records_of[kind] += records
        if wrong:
            found += 1
            options.keep.mkdir(exist_ok=True)
            (options.keep / f"{found}{kind}").write_bytes(data)
            told = wrong.strip().splitlines()[-1]
            print(f"{options.keep}/{found}{kind}: {told}", flush=True)
    took = round(time.monotonic() - began)
    total = records_of.total()
    counts = {"records": total, "by format": dict(records_of), "files": files_of.total()}
    print(json.dumps({**counts, "wrong": found, "seconds": took}), flush=True)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
