"""Hostile input, full disks and kills: refused or told, and the last good state stays."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom

import dedup
from dedup import Article, DumpError, scan
from dedup.dump import Record, read
from dedup.dump.pagedates import published
from dedup.model import Rejected
from dedup.report.folder import check_folder
from dedup.writing import write_whole

STORIES = Newsroom(11)
RAIN, SNOW = STORIES.story(), STORIES.story()
PAGE = """<html><head>%s<title>Rain in Oslo</title></head><body><article><h1>Rain in Oslo</h1>
<p>Rain fell on the city of Oslo for two days, and trams stood still in the café quarter.</p>
<p>Nobody was ready for it, the mayor said, and promised that next year would be another.</p>
</article></body></html>"""


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def dump_of(path: Path, *texts: str) -> Path:
    path.write_text("".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts)))
    return path


# --- web archives


def record(kind: str, content: bytes, content_type: str = "application/http", n: int = 1) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{n}>\r\n"
        f"WARC-Target-URI: http://x.example/{n}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def answer(body: bytes, kind: str = "text/html", packing: str = "") -> bytes:
    packed = f"Content-Encoding: {packing}\r\n" if packing else ""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{packed}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def damaged(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + bytes(9) + packed[middle + 9 :]


def load(path: Path, content: bytes) -> list[Record | Rejected]:
    pytest.importorskip("warcio")
    pytest.importorskip("trafilatura")
    path.write_bytes(content)
    return list(read(path))


@pytest.mark.parametrize(
    ("kind", "meta", "encoding"),
    [
        ("text/html; charset=koi8-r", "", "koi8-r"),
        ("text/html; charset=windows-1252", "<meta charset=utf-8>", "windows-1252"),
        ("text/html", "<meta charset=windows-1252>", "windows-1252"),
        ("text/html", "", "utf-8"),
        ("text/html", "", "windows-1252"),
        ("text/html; charset=latin1", "", "utf-8-sig"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(
    tmp_path: Path, kind: str, meta: str, encoding: str
) -> None:
    word = "кафе" if encoding == "koi8-r" else "café"
    page = (PAGE % meta).replace("café", word).encode(encoding)
    (found,) = load(tmp_path / "a.warc", record("response", answer(page, kind)))
    assert isinstance(found, Record)
    assert f"the {word} quarter" in found.article.text


def test_brotli_is_read_and_another_packing_is_named(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    page = (PAGE % "").encode()
    records = [
        record("response", answer(brotli.compress(page), packing="br")),
        record("response", answer(page, packing="zstd"), n=2),
        record("response", answer(b"\x1f\x8bnonsense", packing="gzip"), n=3),
        record("response", answer(damaged(gzip.compress(page)), packing="gzip"), n=4),
    ]
    first, *others = load(tmp_path / "a.warc", b"".join(records))
    assert isinstance(first, Record)
    assert "trams stood still" in first.article.text
    assert all(isinstance(item, Rejected) for item in others)
    assert "packed as zstd, which is not read" in others[0].reason  # type: ignore[union-attr]
    assert len(others) == 3


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw deflate", "not at all"])
def test_a_page_is_unpacked_as_it_is_packed(tmp_path: Path, packing: str) -> None:
    page = (PAGE % "").encode()
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(page),
        "deflate": zlib.compress(page),
        "raw deflate": raw.compress(page) + raw.flush(),
        "not at all": page,
    }[packing]
    named = answer(packed, packing="deflate" if "deflate" in packing else "gzip")
    (found,) = load(tmp_path / "a.warc", record("response", named))
    assert isinstance(found, Record)
    assert "trams stood still" in found.article.text


def test_without_brotli_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    monkeypatch.setattr("dedup.dump.webpages.find_spec", lambda _: None)
    (found,) = load(tmp_path / "a.warc", record("response", answer(b"x", packing="br")))
    assert isinstance(found, Rejected)
    assert 'pip install "dedup-news[warc]"' in found.reason


def test_a_record_that_says_less_than_it_holds_is_noted_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    records = [record("conversion", f"{text}.".encode(), n=n) for n, text in enumerate("abc")]
    head, size, rest = records[1].partition(b"Content-Length: 2")
    records[1] = head + b"Content-Length: 1" + rest
    assert size
    found = load(tmp_path / "a.wet", b"".join(records))
    assert [item.notes for item in found if isinstance(item, Record)] == [
        (),
        ("WARC: a record is longer than it says",),
        (),
    ]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["a.warc", "a.warc.wet"])
def test_pages_kept_as_text_are_read(tmp_path: Path, name: str) -> None:
    text = f"Rain in Oslo\n{RAIN}".encode()
    content = record("warcinfo", b"x") + record("conversion", text, "text/plain")
    (found,) = load(tmp_path / name, content)
    assert isinstance(found, Record)
    assert (found.article.title, found.article.url) == ("Rain in Oslo", "http://x.example/1")
    assert found.article.text == text.decode()


@pytest.mark.parametrize(
    "body",
    ["<p>x y z</p>" * 300_000, "<b>" * 10**6, "<!--" * 10**5, "&amp;" * 10**6, "<a " * 10**5],
)
def test_a_page_made_to_break_parsers_ends(tmp_path: Path, body: str) -> None:
    pytest.importorskip("trafilatura")
    (tmp_path / "good.txt").write_text(RAIN)
    (tmp_path / "bad.html").write_text(f"<html><body>{body}")
    dump_of(tmp_path / "bad.jsonl", body)
    began = time.process_time()
    assert len(list(read(tmp_path, extract_html=True))) == 3
    assert time.process_time() - began < 30


# --- names and values that give orders


def test_names_and_reasons_give_a_terminal_no_orders(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a\x1b[31m\nb.jsonl").write_text(
        '{"text": "Rain."}\n{"\x1b]0;x\x07": 1}\n{"text": 5}'
    )
    done = subprocess.run(
        [sys.executable, "-m", "dedup", "scan", folder, "--out", tmp_path / "out", "--quiet"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    shown = (done.stdout + done.stderr).decode()
    assert "a␛[31m b.jsonl" in shown
    assert not set(shown) & {"\x1b", "\x07"}


SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def test_script_in_any_field_is_shown_and_not_run(tmp_path: Path) -> None:
    rows = [
        Article(f"{SCRIPT}{n}", f"{RAIN} {SCRIPT}", SCRIPT, None, SCRIPT, f"javascript:{SCRIPT}")
        for n in range(2)
    ]
    scan([*rows, Article("bad", "")]).write(tmp_path / "out")
    pages = [
        (tmp_path / "out" / "report.html").read_text("utf-8"),
        dedup.compare(*rows).to_html(),
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert "Content-Security-Policy" in page


# --- disks


LIMITED = """
import resource, sys, json
import dedup
from dedup import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv = ["dedup", *sys.argv[2:]]
cli.main()
"""


def limited(most: int, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command where no file may grow beyond some bytes, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(most), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        check=False,
    )


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_a_full_disk_is_told_with_its_place_and_costs_nothing(tmp_path: Path) -> None:
    path = dump_of(tmp_path / "a.jsonl", *(STORIES.story() for _ in range(40)))
    one, page = tmp_path / "1.txt", tmp_path / "page.html"
    one.write_text(RAIN * 20)
    out = tmp_path / "out"
    assert limited(1 << 30, "scan", path, "--out", out, "--quiet").returncode == 0
    assert limited(1 << 30, "compare", one, one, "--html", page).returncode == 0
    before = files_of(out), page.read_bytes()
    for place, command in (
        (out, ("scan", path, "--out", out, "--quiet", "--keep", "longest")),
        (page, ("compare", one, one, "--html", page)),
    ):
        done = limited(2_000, *command)
        assert done.returncode == 1, done.stderr
        assert f"dedup: {place}" in done.stderr
        assert "None" not in done.stderr
        assert "Traceback" not in done.stderr
    assert before == (files_of(out), page.read_bytes())
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        "1.txt",
        "a.jsonl",
        "out",
        "page.html",
    ]


def test_a_disk_without_room_for_a_generator_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(DumpError, match=r": articles that come only once .*No space left"):
        scan(text for text in [RAIN, SNOW])


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def broken() -> Any:
        yield b"half"
        raise KeyboardInterrupt

    for before in (None, b"old"):
        if before is not None:
            path.write_bytes(before)
        with pytest.raises(KeyboardInterrupt):
            write_whole(path, broken())
        assert (path.read_bytes() if path.exists() else None) == before
        assert len(list(tmp_path.iterdir())) == (before is not None)
    link = tmp_path / "link"
    link.symlink_to(path)
    write_whole(link, [b"new"])
    assert (link.is_symlink(), path.read_bytes()) == (True, b"new")


# --- kills


@pytest.mark.parametrize("after", range(9))
def test_a_report_killed_while_it_is_put_in_place_is_finished(tmp_path: Path, after: int) -> None:
    one = dump_of(tmp_path / "a.jsonl", RAIN, RAIN, SNOW)
    other = dump_of(tmp_path / "b.jsonl", RAIN, SNOW, "Fog.")
    out = tmp_path / "out"
    scan(other).write(tmp_path / "wanted")
    scan(one).write(out, format="parquet")
    before = bytes_of(out)
    moves = 0
    replace = Path.replace

    class KilledError(BaseException):
        pass

    def killing(self: Path, target: Any) -> Path:
        nonlocal moves
        if moves == after:
            raise KilledError
        moves += 1
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Path, "replace", killing)
        try:
            scan(other).write(out)
        except KilledError:
            if after == 0:
                assert files_of(out) == before
                return
            assert not (out / "summary.json").exists()
    check_folder(out)
    assert bytes_of(out) == bytes_of(tmp_path / "wanted")


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.2])
def test_killed_at_any_moment_the_last_report_or_the_next_one_is_there(
    tmp_path: Path, seconds: float
) -> None:
    path = dump_of(tmp_path / "a.jsonl", *(STORIES.story() for _ in range(30)))
    out = tmp_path / "out"
    scan(path).write(out)
    before = bytes_of(out)
    dump_of(path, *(STORIES.story() for _ in range(60)))
    scan(path).write(tmp_path / "wanted")
    command = [sys.executable, "-m", "dedup", "scan", path, "--out", out, "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as job:
        time.sleep(seconds)
        job.send_signal(signal.SIGKILL)
    found = {name: data for name, data in files_of(out).items() if not name.startswith(".")}
    assert found in (before, bytes_of(tmp_path / "wanted"))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert bytes_of(out) == bytes_of(tmp_path / "wanted")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "piece",
    ["a", "a ", "<a ", "<meta a=", "<time 'x' a='", '"datePublished":', "a=\"x' ", "\u00a0"],
)
def test_a_page_is_looked_through_for_its_hour_in_no_time(piece: str) -> None:
    page = f"<time {piece * (200_000 // len(piece))}"
    began = time.process_time()
    for text in (page, f"{page}>"):
        assert published(text, "2024-01-01") == "2024-01-01"
    assert time.process_time() - began < 5
