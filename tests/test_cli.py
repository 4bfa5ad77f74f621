from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import click
import pyarrow.parquet as pq
import pytest
from newsroom import Newsroom

import dedup
from dedup import Article, Index, cli
from dedup.dump import Record, read
from dedup.report import CHECKPOINT


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command in this process and in an empty folder; relative paths are meant there."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Result:
        monkeypatch.setattr(sys, "argv", ["dedup", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        out, err = capfd.readouterr()
        return Result(int(stopped.value.code or 0), out, err)

    return call


def in_process_of_its_own(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> Result:
    done = subprocess.run(
        [sys.executable, "-m", "dedup", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(dedup.__file__).parent.parent), **variables},
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def failed(result: Result, code: int, *told: str) -> None:
    """Check for one line on standard error that says what is wrong, and nothing else."""
    assert result.code == code
    assert result.out == ""
    assert result.err.startswith("dedup: ")
    assert result.err.count("\n") == 1
    assert result.err.endswith("\n")
    assert "Traceback" not in result.err
    for part in told:
        assert part in result.err


def jsonl(path: Path, articles: list[Article]) -> Path:
    rows = (json.dumps({"id": a.id, "title": a.title, "text": a.text}) for a in articles)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def articles(newsroom: Newsroom) -> list[Article]:
    stories = newsroom.articles(6)
    return [*stories, *(Article(f"{a.id}-copy", newsroom.syndicated(a.text)) for a in stories[:2])]


@pytest.fixture
def news(articles: list[Article], tmp_path: Path) -> Path:
    return jsonl(tmp_path / "news.jsonl", articles)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- the real entry point


def test_module_compares_the_seeds_in_any_encoding(seed_paths: tuple[Path, Path]) -> None:
    shown = in_process_of_its_own("compare", *seed_paths, PYTHONIOENCODING="ascii")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("REWRITTEN")


def test_standard_input_is_scanned(news: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = in_process_of_its_own("scan", "-", "--out", out, "--quiet", stdin=news.read_bytes())
    assert (result.code, result.err) == (0, "")
    assert "8 articles: 2 are versions of 2 others" in result.out
    assert (out / "unique.jsonl").read_bytes().splitlines() == news.read_bytes().splitlines()[:6]


@pytest.mark.parametrize("named", [True, False])
def test_a_scan_says_that_ids_are_made(run: Run, tmp_path: Path, named: bool) -> None:
    (tmp_path / "export.csv").write_text("nr,body\n7,Rain fell on Oslo.\n8,Rain fell on Oslo!\n")
    chosen = ["--id-field", "nr"] if named else []
    result = run("scan", "export.csv", "--out", "out", "--quiet", *chosen)
    assert ("--id-field names the field" in result.err) is not named


@pytest.mark.parametrize(("most", "told"), [(0, "0 pairs"), (1, "1 pair"), (9, "2 pairs")])
def test_a_scan_lays_as_many_pairs_side_by_side_as_asked(
    run: Run, news: Path, tmp_path: Path, most: int, told: str
) -> None:
    out = tmp_path / "out"
    assert run("scan", news, "--out", out, "--quiet", "--side-by-side", str(most)).code == 0
    assert f"{told} can be seen side by side" in (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "a.txt", "b.txt"]], ids=" ".join)
def test_no_compiler_is_loaded_where_nothing_is_scanned(
    arguments: list[str], tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Rain fell on Oslo.")
    code = (
        "import atexit, sys; from dedup import cli; atexit.register(lambda: print(*sys.modules)); "
    )
    done = subprocess.run(
        [sys.executable, "-c", code + "cli.main()", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "dedup.cli" in loaded
    assert not loaded & {"numba", "orjson", "datasketch", "pyarrow"}


def test_the_script_that_is_installed_calls_main() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dedup = "dedup.cli:main"' in text


# --- compare


def test_compare_shows_the_verdict_and_the_passages(
    run: Run, seed_paths: tuple[Path, Path]
) -> None:
    result = run("compare", *seed_paths)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("REWRITTEN")
    assert "coup plotters" in " ".join(result.out.split())


def test_compare_gives_the_librarys_json(
    run: Run, seed_paths: tuple[Path, Path], seed_texts: tuple[str, str]
) -> None:
    a, b = (Article(p.name, t) for p, t in zip(seed_paths, seed_texts, strict=True))
    result = run("compare", *seed_paths, "--json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == json.loads(dedup.compare(a, b).to_json())


def test_compare_writes_a_page_and_says_where(run: Run, seed_paths: tuple[Path, Path]) -> None:
    result = run("compare", *seed_paths, "--html", "page.html")
    page = Path("page.html")
    assert result.code == 0
    assert str(page.resolve()) in result.out.replace("\n", "")
    html = page.read_text(encoding="utf-8")
    assert html.lower().startswith("<!doctype html>")
    assert "http-equiv" in html
    both = run("compare", *seed_paths, "--html", "page.html", "--json")
    assert json.loads(both.out)["verdict"] == "rewritten"
    assert str(page.resolve()) in both.err.replace("\n", "")


def test_compare_takes_odd_texts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbfRain fell.")
    (tmp_path / "nul.txt").write_bytes(b"Rain\0fell\x1b[31m.")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "plain.txt").write_bytes(b"Rain fell.")
    found = json.loads(run("compare", "bom.txt", "plain.txt", "--json").out)
    assert found["passages"][0]["a"] == found["passages"][0]["b"]
    assert "\x1b[31m" not in run("compare", "nul.txt", "nul.txt").out
    assert run("compare", "empty.txt", "bom.txt").code == 0
    assert run("compare", "empty.txt", "empty.txt", "--html", "p.html").code == 0


def test_compare_reads_what_a_scan_reads_of_one_article(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Newsroom(1).story()
    page = "".join(f"<p>{part}</p>" for part in text.split("\n"))
    html = f"<html><head><title>Rain</title></head><body><article>{page}</article></body></html>"
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    (tmp_path / "wide.txt").write_text(text, encoding="utf-16")
    (tmp_path / "packed.md.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("page.html", "wide.txt", "packed.md.gz"):
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        shown = json.loads(run("compare", name, "-", "--json").out)
        assert (shown["verdict"], shown["a"]["id"], shown["b"]["id"]) == (
            "identical",
            name,
            "stdin",
        )
    (tmp_path / "empty.html").write_text("<html></html>")
    failed(run("compare", "empty.html", "wide.txt"), 1, "empty.html: no article in the page")


# --- scan


def test_scan_writes_what_the_library_writes(run: Run, news: Path, tmp_path: Path) -> None:
    result = run("scan", news, "--out", "out", "--keep", "longest", "--min-probability", "0.6")
    assert result.code == 0
    assert "8 articles: 2 are versions of 2 others" in result.out
    assert str((tmp_path / "out" / "report.html").resolve()) in result.out
    assert result.err.startswith("read: 0, ")
    dedup.scan(news, keep="longest", min_probability=0.6).write(tmp_path / "library")
    assert content(tmp_path / "out") == content(tmp_path / "library")


def test_scan_is_quiet_when_told(run: Run, news: Path) -> None:
    assert run("scan", news, "--out", "out", "--quiet", "--threads", "1").err == ""


def test_scan_sets_bad_records_aside_and_says_so(run: Run, news: Path, tmp_path: Path) -> None:
    with news.open("a", encoding="utf-8") as stream:
        stream.write('{broken\n{"id": "x"}\n')
    result = run("scan", news, "--out", "out", "--quiet")
    assert result.code == 0
    assert "2 records set aside" in result.err
    assert f"{news}:9: " in result.err
    assert f"{news}:10: " in result.err
    assert len((tmp_path / "out" / "rejected.jsonl").read_text().splitlines()) == 2


def test_scan_takes_named_fields_globs_and_folders(run: Run, tmp_path: Path) -> None:
    text = Newsroom(1).story()
    rows = [{"key": "a", "story": text}, {"key": "b", "story": text + " More."}]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "n.jsonl").write_text("\n".join(map(json.dumps, rows)))
    named = ("--text-field", "story", "--id-field", "key", "--quiet")
    for name, source in (("one", "in/*.jsonl"), ("two", "in")):
        assert run("scan", source, "--out", name, *named).code == 0
        (cluster,) = (tmp_path / name / "clusters.jsonl").read_text().splitlines()
        assert json.loads(cluster)["members"][0]["id"] == "b"


def test_scan_writes_parquet(run: Run, news: Path, tmp_path: Path) -> None:
    assert run("scan", news, "--out", "out", "--format", "parquet", "--quiet").code == 0
    dedup.scan(news).write(tmp_path / "library", format="parquet")
    assert content(tmp_path / "out") == content(tmp_path / "library")
    table = pq.read_table(tmp_path / "out" / "unique.parquet")
    assert table.to_pylist() == [json.loads(line) for line in news.read_bytes().splitlines()[:6]]


def test_without_pyarrow_parquet_is_refused_before_the_scan(
    run: Run, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setattr(dedup, "scan", None)
    failed(run("scan", news, "--out", "out", "--format", "parquet"), 1, "dedup-news[parquet]")
    assert not Path("out").exists()


def test_scan_keeps_the_source_that_is_preferred(run: Run, tmp_path: Path) -> None:
    text = Newsroom(1).story()
    rows = [
        {"id": source, "source": source, "date": f"2024-01-0{day}", "text": text}
        for source, day in (("Blog", 1), ("Post", 3), ("Wire", 2))
    ]
    (tmp_path / "n.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for keep, kept in (("earliest", "Blog"), ("source=wire,Post", "Wire"), ("source=Pots", "Blog")):
        assert run("scan", "n.jsonl", "--out", "out", "--keep", keep, "--quiet").code == 0
        assert json.loads((tmp_path / "out" / "unique.jsonl").read_text())["id"] == kept
        summary = json.loads((tmp_path / "out" / "summary.json").read_text())
        assert summary["settings"]["keep"] == keep
    assert summary["notes"] == {"keep: no article has the source 'Pots'": 1}


def test_counts_are_worded_for_one_and_for_many(run: Run, tmp_path: Path) -> None:
    text = Newsroom(1).story()
    (tmp_path / "n.jsonl").write_text(
        "\n".join(json.dumps({"text": text}) for _ in range(2)) + "\n{"
    )
    result = run("scan", "n.jsonl", "--out", "out", "--quiet")
    assert result.out.splitlines()[0] == (
        "2 articles: 1 is a version of 1 other, 1 pair shares a story or a part of it"
    )
    assert result.err.startswith("WARNING: 1 record set aside, ")


@pytest.mark.parametrize("command", ["scan bad.jsonl --out out --quiet", "index add i bad.jsonl"])
def test_a_dump_without_a_usable_article_is_an_error_that_counts(
    command: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"\x93\xff\x00\n{}\n[1]\n")
    result = run(*command.split())
    failed(result, 1, "no article could be used, every record was set aside", "bad.jsonl:3: not a")
    assert not (tmp_path / "i").exists()
    assert not (tmp_path / "out").exists()


def test_a_full_out_folder_is_told_before_the_scan(
    run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")

    def too_early(*_: Any, **__: Any) -> None:
        raise AssertionError("scanned before the folder was looked at")

    monkeypatch.setattr(dedup, "scan", too_early)
    failed(run("scan", news, "--out", "out"), 1, "out", "not empty")
    failed(run("scan", news, "--out", news), 1, "news.jsonl", "a file")
    assert content(tmp_path / "out") == {"mine.txt": b"keep"}


def test_a_named_input_that_gave_nothing_is_an_error_after_the_rest_is_done(
    run: Run, news: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.jsonl.gz").write_bytes(b"\x1f\x8bnonsense")
    result = run("scan", news, "./gone.jsonl", "bad.jsonl.gz", "*.none", "--out", "out", "--quiet")
    assert result.code == 1
    assert result.err.endswith(
        "dedup: nothing could be read of *.none, gone.jsonl, bad.jsonl.gz; the rest is done\n"
    )
    assert len((tmp_path / "out" / "unique.jsonl").read_text().splitlines()) == 6
    result = run("index", "add", "i", news, "gone.jsonl")
    assert (result.code, result.out) == (1, "8 articles added, 8 in i\n")
    assert "nothing could be read of gone.jsonl" in result.err


def test_a_bad_file_in_a_folder_is_set_aside(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text("Rain fell.")
    (tmp_path / "in" / "bad.txt").write_bytes(b"caf\xe9")
    result = run("scan", "in", "--out", "out", "--quiet")
    assert result.code == 0
    assert "1 article: none is a version of another, 0 pairs share" in result.out
    assert "bad.txt: not utf-8" in result.err


def test_every_command_reads_another_encoding_where_it_is_named(run: Run, tmp_path: Path) -> None:
    text = "Der Bürgermeister von Köln trat am Montag überraschend zurück."
    (tmp_path / "ours.txt").write_bytes(text.encode("cp1252"))
    (tmp_path / "theirs.txt").write_bytes(text.upper().encode("cp1252"))
    failed(run("compare", "ours.txt", "theirs.txt"), 1, "set encoding (--encoding)", "windows-1252")
    named = "--encoding", "windows-1252"
    compared = run("compare", "ours.txt", "theirs.txt", "--json", *named)
    assert json.loads(compared.out)["verdict"] == "identical"
    scanned = run("scan", "ours.txt", "theirs.txt", "--out", "out", "--quiet", *named)
    assert "2 articles: 1 is a version of 1 other" in scanned.out
    assert run("index", "add", "i", "ours.txt", *named).out == "1 article added, 1 in i\n"
    assert "\nidentical" in run("index", "query", "i", "theirs.txt", *named).out
    failed(
        run("index", "query", "i", "ours.txt", "--encoding", "utf-9"), 2, "encoding: got 'utf-9'"
    )


# --- index


def test_two_processes_that_add_to_one_index_both_do(news: Path, tmp_path: Path) -> None:
    lines = news.read_text(encoding="utf-8").splitlines(keepends=True)
    adding = []
    for number, half in enumerate((lines[:4], lines[4:])):
        dump = tmp_path / f"{number}.jsonl"
        dump.write_text("".join(half), encoding="utf-8")
        command = [sys.executable, "-m", "dedup", "index", "add", str(tmp_path / "i"), str(dump)]
        adding.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in adding] == [0, 0]
    assert len(Index.load(tmp_path / "i")) == len(lines)


def test_adding_to_an_index_tells_how_far_it_is_unless_quiet(run: Run, news: Path) -> None:
    assert "add: 8 of 8" in run("index", "add", "told", news).err
    quiet = run("index", "add", "quiet", news, "--threads", "1", "--quiet")
    assert (quiet.out, quiet.err) == ("8 articles added, 8 in quiet\n", "")
    assert run("index", "list", "quiet").out == run("index", "list", "told").out
    failed(run("index", "add", "i", news, "--threads", "0"), 2, "--threads")


def test_index_is_made_asked_and_cleared(run: Run, news: Path, articles: list[Article]) -> None:
    assert run("index", "add", "i", news).out == "8 articles added, 8 in i\n"
    Path("asked.txt").write_text(articles[0].text, encoding="utf-8")
    asked = run("index", "query", "i", "asked.txt", "--json")
    library = Index()
    library.add(found.article for found in read(news) if isinstance(found, Record))
    matches = library.query(articles[0].text)
    wanted = [json.loads(json.dumps(asdict(match), default=str)) for match in matches]
    assert [json.loads(line) for line in asked.out.splitlines()] == wanted
    assert [match["id"] for match in wanted[:2]] == ["n000", "n000-copy"]
    heading, shown = run("index", "query", "i", "asked.txt", "--limit", "1").out.splitlines()
    assert heading.split() == ["verdict", "p", "source", "date", "id", "title"]
    assert shown.split()[:3] == ["identical", "100%", "n000"]
    assert shown.endswith(articles[0].title)
    assert run("index", "remove", "i", "n000", "n000-copy").out == "2 removed, 6 in i\n"
    assert "n000" not in run("index", "query", "i", "asked.txt").out
    stats = run("index", "stats", "i").out
    assert "articles   6" in stats
    assert "0.95" in stats
    assert json.loads(run("index", "stats", "i", "--json").out)["articles"] == 6
    assert "segments: 1 after" in run("index", "compact", "i").out.replace("1 before, ", "")


@pytest.fixture
def dated(tmp_path: Path, newsroom: Newsroom) -> list[dict[str, str]]:
    """Give the rows of a dump, day.jsonl, of two stories that ran twice."""
    rows = []
    for article in newsroom.articles(2):
        rows.append({"id": article.id, "text": article.text, "date": "2024-01-01"})
        copy = {"id": f"{article.id}-copy", "text": newsroom.syndicated(article.text)}
        rows.append({**copy, "date": "2024-03-01", "source": "Post", "title": "Copied"})
    dump = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "day.jsonl").write_text(dump, encoding="utf-8")
    (tmp_path / "asked.txt").write_text(rows[0]["text"], encoding="utf-8")
    return rows


def test_a_query_looks_within_days_of_the_date_given(run: Run, dated: list[dict[str, str]]) -> None:
    run("index", "add", "i", "day.jsonl")

    def found(*options: str) -> list[str]:
        out = run("index", "query", "i", "asked.txt", "--json", *options).out
        return sorted(json.loads(line)["id"] for line in out.splitlines())

    assert found() == ["n000", "n000-copy"]
    assert found("--within", "7d", "--date", "2024-03-03") == ["n000-copy"]
    assert found("--within", "7", "--date", "2024-01-03") == ["n000"]
    assert found("--within", "7d") == [], "from today on"
    told = "note: the text has no date; today, "
    assert run("index", "query", "i", "asked.txt", "--within", "7d").err.startswith(told)
    assert run("index", "query", "i", "asked.txt").err == ""
    failed(run("index", "query", "i", "asked.txt", "--within", "week"), 2, "week")
    failed(run("index", "query", "i", "asked.txt", "--date", "today"), 2, "today")


def test_what_is_old_is_expired_and_the_rest_listed(run: Run, dated: list[dict[str, str]]) -> None:
    run("index", "add", "i", "day.jsonl")
    assert run("index", "expire", "i", "--before", "2024-02-01").out == "2 removed, 2 in i\n"
    listed = run("index", "list", "i").out.splitlines()
    assert listed[0] == "2024-03-01  Post  n000-copy  Copied"
    rows = [json.loads(line) for line in run("index", "list", "i", "--json").out.splitlines()]
    assert [row["id"] for row in rows] == ["n000-copy", "n001-copy"]
    assert rows[0] == {
        **{"id": "n000-copy", "title": "Copied", "source": "Post", "url": ""},
        "date": "2024-03-01",
    }
    failed(run("index", "expire", "i", "--before", "spring"), 2, "spring")
    failed(run("index", "expire", "i"), 2, "--before")


def test_what_an_index_holds_cannot_steer_the_terminal_it_is_shown_in(
    run: Run, tmp_path: Path
) -> None:
    attack = "\x1b[2J\u202eevil\u2066\nnext"
    story = Newsroom(4).story()
    rows = [
        {"id": f"a{k}{attack}", "title": attack, "source": attack, "text": f"{story} {k}"}
        for k in range(2)
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "n\u202e.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "story.txt").write_text(story)
    told = run("index", "follow", "i", "in", "--once").out
    listed = run("index", "list", "i").out
    asked = run("index", "query", "i", "story.txt").out
    assert [len(shown.splitlines()) for shown in (told, listed, asked)] == [2, 2, 3]
    for shown in (told, listed, asked):
        assert "evil next" in shown
        assert not re.search("[\x1b\u202e\u2066]", shown)


def test_a_dump_is_scanned_against_an_index_and_added(
    run: Run, dated: list[dict[str, str]], tmp_path: Path
) -> None:
    for number, rows in enumerate((dated[::2], dated[1::2])):
        dump = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{number}.jsonl").write_text(dump, encoding="utf-8")

    def found(*options: str) -> str:
        return run("scan", "--out", "out", "--quiet", "--against", "i", *options).out

    assert "none is a version" in found("0.jsonl", "--add")
    assert len(Index.load(tmp_path / "i")) == 2
    assert "2 are versions of 2 others" in found("1.jsonl")
    assert "none is a version" in found("1.jsonl", "--within", "7d")
    assert len(Index.load(tmp_path / "i")) == 2
    rows = (tmp_path / "out" / "unique.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == ["n000-copy", "n001-copy"]
    failed(run("scan", "1.jsonl", "--out", "out", "--against", "nowhere"), 1, "nowhere: no such")
    failed(run("scan", "1.jsonl", "--out", "out", "--add"), 2, "--against INDEX")


def test_a_folder_is_followed_and_each_file_taken_once(
    run: Run, dated: list[dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "day.jsonl").rename(tmp_path / "in" / "day.jsonl")
    (tmp_path / "in" / ".hidden.jsonl").write_text("{}\n")
    (tmp_path / "in" / "notes.md").write_text("no dump")
    shown = run("index", "follow", "i", "in", "--once")
    text = {row["id"]: row["text"] for row in dated}
    likely = [dedup.compare(text[k], text[f"{k}-copy"]).probability for k in ("n000", "n001")]
    assert shown.out.splitlines() == [
        "day.jsonl: 4 articles, 2 new versions",
        f"  n000-copy Post 2024-03-01: syndicated ({likely[0]:.0%}) of n000 2024-01-01",
        f"  n001-copy Post 2024-03-01: syndicated ({likely[1]:.0%}) of n001 2024-01-01",
    ]
    assert run("index", "follow", "i", "in", "--once").out == ""
    rows = [{**row, "id": f"{row['id']}-again"} for row in dated[:1]] + [{"id": "bad"}]
    (tmp_path / "in" / "next.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    again = run("index", "follow", "i", "in", "--once", "--json")
    (told,) = map(json.loads, again.out.splitlines())
    assert (told["id"], told["verdict"], told["of"]["id"]) == ("n000-again", "identical", "n000")
    assert told["file"].endswith("next.jsonl")
    assert "1 record set aside" in again.err
    assert run("index", "follow", "i", "in", "--once").out == ""
    failed(run("index", "follow", "i", "nowhere"), 1, "nowhere: no such folder")


def test_a_folder_is_followed_as_files_come(dated: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    command = [sys.executable, "-m", "dedup", "index", "follow", "i", "in"]
    environment = {**os.environ, "PYTHONPATH": str(Path(dedup.__file__).parent.parent)}

    def told(last: str) -> list[str]:
        """Follow until a line is told, then kill."""
        lines: list[str] = []
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment
        ) as following:
            assert following.stdout is not None
            for line in following.stdout:
                lines.append(line.strip())
                if line.startswith(last):
                    break
            following.kill()
        return lines

    shutil.copy(tmp_path / "day.jsonl", tmp_path / "in" / "a.jsonl")
    assert told("a.jsonl") == ["a.jsonl: 4 articles, 2 new versions"]
    rows = [json.dumps({**row, "id": f"b{row['id']}"}) + "\n" for row in dated]
    (tmp_path / "in" / "b.jsonl").write_text("".join(rows))
    assert told("b.jsonl")[-1] == "b.jsonl: 4 articles, 4 new versions"
    with Index.open(tmp_path / "i") as index:
        assert len(index) == 8


def test_new_texts_replace_those_of_their_ids_where_asked(
    run: Run, dated: list[dict[str, str]], tmp_path: Path
) -> None:
    run("index", "add", "i", "day.jsonl")
    again = run("index", "add", "i", "day.jsonl", "--replace", "--quiet")
    assert (again.code, again.out, again.err) == (0, "4 articles added, 4 in i\n", "")
    assert len(Index.load(tmp_path / "i")) == len(dated)


def test_adding_again_sets_known_ids_aside(run: Run, news: Path) -> None:
    run("index", "add", "i", news)
    again = run("index", "add", "i", news)
    assert (again.code, again.out) == (0, "0 articles added, 8 in i\n")
    assert "8 records set aside" in again.err
    told = "news.jsonl:1: id taken: 'n000' is that of an article in the index; with replace"
    assert f"  8 id taken, such as\n    {news.parent}/{told}" in again.err


def test_a_dump_is_no_text_to_ask_about(run: Run, news: Path) -> None:
    run("index", "add", "i", news)
    failed(run("index", "query", "i", news), 2, "a dump of many articles, wanted a text")
    failed(run("compare", news, news), 2, "a dump of many articles, wanted a text")


def test_what_is_left_out_and_passed_over_is_told(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF")
    rows = [{"id": n, "text": f"<p>Rain {n}.</p><br>", "date": "soon"} for n in range(3)]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = run("scan", folder, "--out", "out", "--quiet").err
    assert "note: date: not a date (3 ×)" in told
    assert "note: articles without a date come after those with one, the least id first" in told
    assert "note: text: HTML markup in it (3 ×)" in told
    assert "note: files passed over in folders: .pdf (1 ×)" in told
    assert "HTML" not in run("scan", folder, "--out", "out", "--quiet", "--extract-html").err
    (tmp_path / "a.txt").write_text("<p>Rain.</p><p>Snow.</p>")
    assert "note: a.txt holds HTML" in run("compare", "a.txt", "a.txt").err


def test_a_text_that_may_not_be_meant_is_noted(run: Run, tmp_path: Path, news: Path) -> None:
    (tmp_path / "page.txt").write_text("<p>Rain fell.</p><p>Snow fell.</p>")
    (tmp_path / "none.txt").write_text(" …\n")
    (tmp_path / "rain.txt").write_text("Rain fell on Oslo all day.")
    run("index", "add", "i", news)
    for command in (["compare", "rain.txt"], ["trace", "rain.txt"], ["index", "query", "i"]):
        told = run(*command, "none.txt")
        assert (told.code, told.err) == (0, "note: none.txt holds no words\n")
        assert run(*command, "page.txt").err.startswith("note: page.txt holds HTML, ")
        assert run(*command, "rain.txt").err == ""


def test_many_records_set_aside_are_told_by_reason(run: Run, tmp_path: Path) -> None:
    rows = [{"id": 1, "text": f"Rain {n}."} for n in range(50)] + [{"id": 2, "text": ""}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = run("scan", "a.jsonl", "--out", "out", "--quiet").err.splitlines()
    assert told[0].startswith("WARNING: 50 records set aside, 98% of all: all in ")
    assert told[1] == "  49 id taken, such as"
    assert told[2] == "    a.jsonl:2: id taken: '1' is that of line 1 of a.jsonl"
    assert told[3] == "  1 empty text, such as"
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "98% of all" in page


def test_a_query_without_answer_says_so(run: Run, news: Path, tmp_path: Path) -> None:
    run("index", "add", "i", news)
    (tmp_path / "other.txt").write_text("Snow.")
    assert run("index", "query", "i", "other.txt").out == "no article shares a story with it\n"


def test_removing_an_unknown_id_removes_none(run: Run, news: Path) -> None:
    run("index", "add", "i", news)
    failed(run("index", "remove", "i", "n000", "unknown"), 2, "'unknown'")
    assert len(Index.load("i")) == 8


def test_ids_that_no_terminal_can_show_are_shown_somehow(run: Run, tmp_path: Path) -> None:
    text = Newsroom(1).story()
    index = Index()
    index.add([Article("a\ud800", text)])
    index.save(tmp_path / "i")
    (tmp_path / "t.txt").write_text(text, encoding="utf-8")
    shown = in_process_of_its_own("index", "query", tmp_path / "i", tmp_path / "t.txt")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[1].startswith("identical")
    as_json = run("index", "query", "i", "t.txt", "--json")
    assert json.loads(as_json.out)["id"] == "a\ud800"


# --- one line and an exit code


@pytest.fixture
def files(tmp_path: Path, news: Path) -> Path:
    (tmp_path / "good.txt").write_text("Rain fell.")
    (tmp_path / "latin.txt").write_bytes("Köln".encode("latin-1"))
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    index = Index()
    index.add(["Rain fell on the town."])
    index.save(tmp_path / "index")
    shutil.copytree(tmp_path / "index", tmp_path / "cut")
    whole = (tmp_path / "cut" / "catalog.sqlite").read_bytes()
    (tmp_path / "cut" / "catalog.sqlite").write_bytes(whole[: len(whole) // 2])
    return tmp_path


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("compare missing.txt good.txt", "missing.txt: cannot be read: No such file"),
        ("compare good.txt folder", "folder: cannot be read: Is a directory"),
        ("compare good.txt latin.txt", "latin.txt: not utf-8: byte 0xf6 at offset 1"),
        ("scan missing.jsonl --out out --quiet", "missing.jsonl: no such file"),
        ("scan empty.jsonl --out out --quiet", "empty.jsonl: no article in it"),
        ("scan folder --out out --quiet", "folder holds no file of a known format"),
        ("scan no*.jsonl --out out --quiet", "no file has a name like this"),
        ("index add index missing.jsonl", "missing.jsonl: no such file"),
        ("index add cut news.jsonl", "catalog.sqlite: damaged"),
        ("index query cut good.txt", "catalog.sqlite: damaged"),
        ("index query good.txt good.txt", "good.txt: not a dedup index"),
        ("index query missing good.txt", "missing: no such file"),
        ("index query index missing.txt", "missing.txt: cannot be read"),
        ("index stats folder", "folder"),
        ("index stats missing", "missing: no such file"),
        ("index remove cut a", "catalog.sqlite: damaged"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    command: str, told: str, run: Run, files: Path
) -> None:
    before = {path.name for path in files.iterdir()}
    failed(run(*command.split()), 1, told)
    assert {path.name for path in files.iterdir()} == before, "nothing is written"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("compare good.txt", "Missing argument 'B'"),
        ("compare - -", "standard input is named twice"),
        ("trace - -", "standard input is named twice"),
        ("trace news.jsonl - -", "standard input is named twice"),
        ("compare good.txt good.txt --colour", "No such option '--colour'"),
        ("merge good.txt good.txt", "No such command 'merge'"),
        ("scan news.jsonl", "Missing option '--out'"),
        ("scan --out out", "Missing argument 'INPUT...'"),
        ("scan news.jsonl --out out --keep latest --quiet", "keep: got latest, wanted earliest"),
        ("scan news.jsonl --out out --keep source= --quiet", "keep: got source=, wanted earliest"),
        ("scan news.jsonl --out out --format csv", "format: got csv, wanted one of jsonl, parquet"),
        ("scan news.jsonl --out out --min-probability high", "'high' is not a valid float"),
        ("scan news.jsonl --out out --min-probability 1.5 --quiet", "min_probability: got 1.5"),
        ("scan news.jsonl --out out --threads 0", "--threads"),
        ("index query index good.txt --limit 0", "--limit"),
        ("index remove index unknown", "'unknown'"),
    ],
)
def test_bad_usage_is_told_in_one_line(command: str, told: str, run: Run, files: Path) -> None:
    result = run(*command.split())
    failed(result, 2)
    assert told.replace("'", "").replace(":", "") in result.err.replace("'", "").replace(":", "")
    assert not (files / "out").exists()


def test_help_tells_each_command_in_a_whole_line(run: Run) -> None:
    for words in ([], ["index"]):
        result = run(*words, "--help")
        assert (result.code, result.err) == (0, "")
        assert "..." not in result.out.partition("Commands:")[2]


def test_bad_usage_of_a_scan_is_one_line_without_progress(run: Run, files: Path) -> None:
    failed(run("scan", "news.jsonl", "--out", "out", "--keep", "latest"), 2, "keep")
    failed(run("scan", "news.jsonl", "--out", "out", "--min-probability", "2"), 2)
    failed(run("scan", "missing.jsonl", "--out", "out"), 1, "missing.jsonl: no such file")
    assert not (files / "out").exists()


def test_an_index_or_page_that_cannot_be_written_is_told(run: Run, files: Path) -> None:
    failed(run("index", "add", "no/such/index", "news.jsonl"), 1, "index: cannot be written")
    result = run("compare", "good.txt", "good.txt", "--html", "no/such/page.html")
    assert result.code == 1
    assert "page.html" in result.err
    assert result.err.count("\n") == 1


def test_an_interrupt_is_told_in_one_line(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dedup, "compare", interrupted)
    result = run("compare", "good.txt", "good.txt")
    assert (result.code, result.out) == (130, "")
    assert result.err == "dedup: interrupted\n"


_INTERRUPTED = """
import os, signal, sys
from dedup import cli, progress
from dedup.report import folder

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it

def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)
    os.listdir()  # the handler runs at the latest here

if sys.argv.pop(1) == "reading":
    progress._Lines.__call__ = interrupt
else:
    folder.page = interrupt
cli.main()
"""


@pytest.mark.parametrize("when", ["reading", "writing"])
def test_an_interrupt_in_a_scan_leaves_one_line_and_no_output(
    when: str, news: Path, tmp_path: Path
) -> None:
    arguments = ["scan", str(news), "--out", str(tmp_path / "new" / "out")]
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED, when, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.splitlines()[-1] == "dedup: interrupted"
    assert all(line.partition(":")[0].isalpha() for line in done.stderr.splitlines())
    assert "Traceback" not in done.stderr
    left = {path.name for path in (tmp_path / "new").rglob("*")}
    assert left <= {
        "out",
        CHECKPOINT,
        "dedup-job.json",
        "judged-0.dedup-part",
    }  # to go on from, hidden


# --- help


def test_help_and_version(run: Run) -> None:
    assert run("--version").out == f"dedup, version {dedup.__version__}\n"
    helped = run("--help")
    assert (helped.code, helped.err) == (0, "")
    for name in ("compare", "scan", "index"):
        assert f"  {name} " in helped.out
        assert run(name, "-h").code == 0


def test_the_help_says_that_spark_knows_no_first(run: Run) -> None:
    told = " ".join(run("spark", "--help").out.split())
    assert "No row of them is first, so --keep first is refused." in told


def test_no_argument_at_all_shows_the_help_as_it_is_written(run: Run) -> None:
    for words in ((), ("index",)):
        result = run(*words)
        assert result.code == 2
        assert "\nCommands:\n" in result.out + result.err


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    found: dict[tuple[str, ...], click.Command] = {}
    for name, command in group.commands.items():
        inside = (*path, name)
        found.update(
            leaves(command, inside) if isinstance(command, click.Group) else {inside: command}
        )
    return found


@pytest.mark.parametrize("path", list(leaves(cli.command)), ids=" ".join)
def test_every_help_has_an_example_that_parses(path: tuple[str, ...]) -> None:
    command = leaves(cli.command)[path]
    before, _, line = (command.epilog or "").partition("Example: ")
    example = line.split()
    assert before == ""
    assert example[: len(path) + 1] == ["dedup", *path]
    command.make_context(path[-1], example[len(path) + 1 :])


def test_the_page_is_there_even_if_nobody_reads_the_view(
    tmp_path: Path, seed_paths: tuple[Path, Path]
) -> None:
    page = tmp_path / "page.html"
    command = [sys.executable, "-m", "dedup", "compare", *map(str, seed_paths), "--html", str(page)]
    assert unread(command) == (0, b"")
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")


def unread(command: list[str]) -> tuple[int, bytes]:
    """Run a command whose reader has left; give its code and what it says on standard error."""
    place = {**os.environ, "PYTHONPATH": str(Path(dedup.__file__).parent.parent)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=place) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        return process.wait(), process.stderr.read()


def test_a_reader_that_stops_reading_is_no_error(run: Run, news: Path, tmp_path: Path) -> None:
    run("index", "add", "i", news)
    for told in (["list", "--json"], ["list"], ["stats"]):
        command = [sys.executable, "-m", "dedup", "index", told[0], str(tmp_path / "i"), *told[1:]]
        assert unread(command) == (0, b"")


# --- evaluate


def test_evaluate_says_what_the_library_says(run: Run, news: Path, tmp_path: Path) -> None:
    wrong, right = dedup.scan(news).candidates()[:2]
    pairs = [(wrong.a, wrong.b, "not"), (right.a, right.b, "version")]
    assert wrong.probability > right.probability > 0.5
    labels = tmp_path / "labels.csv"
    labels.write_text("a,b,label\n" + "".join(f"{a},{b},{label}\n" for a, b, label in pairs))
    found = dedup.evaluate(pairs, dedup.scan(news))
    shown = run("evaluate", labels, "--data", news, "--quiet")
    assert (shown.code, shown.out, shown.err) == (0, f"{found}\n", "")
    files = ("--chart", "chart.svg", "--candidates", "below.jsonl")
    told = run("evaluate", labels, "--data", news, "--precision", ".5", *files)
    assert f"--min-probability {found.cut(0.5).threshold:g}: " in told.out  # type: ignore[union-attr]
    assert told.err.startswith("read: 0, ")
    assert (tmp_path / "chart.svg").read_text() == found.to_svg()
    below = [json.loads(line) for line in (tmp_path / "below.jsonl").read_text().splitlines()]
    candidates = dedup.scan(news).candidates()
    assert [row["probability"] for row in below] == [
        pair.probability for pair in candidates if pair.probability < 0.5
    ]
    machine = run("evaluate", labels, "--data", news, "--precision", "1", "--json", "--quiet")
    assert json.loads(machine.out)["pairs"] == 2
    none = run("evaluate", labels, "--data", news, "--precision", "1", "--quiet")
    assert json.loads(machine.out)["cut"] is None
    assert "no threshold has a precision of 1 on these pairs" in none.out
    labels.write_text(f"a,b,label\n{wrong.a},{wrong.b},not\n")
    alone = run("evaluate", labels, "--data", news, "--precision", ".5", "--quiet")
    assert "no pair is labelled as a version" in alone.out


def test_pairs_are_drawn_to_be_labelled_and_evaluated(run: Run, news: Path, tmp_path: Path) -> None:
    out = tmp_path / "to_label.csv"
    assert run("draw", news, "--out", out, "--pairs", "9", "--quiet").out == (
        f"9 pairs to label: {out}\n"
    )
    with out.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    report = dedup.scan(news)
    drawn = report.draw(9)
    judged = [
        pair.probability if pair else 0 for pair in report.judged((r["a"], r["b"]) for r in rows)
    ]
    assert [(row["a"], row["opening_b"]) for row in rows] == [
        (row["a"], row["opening_b"]) for row in drawn
    ]
    failed(run("evaluate", out, "--data", news, "--quiet"), 2, "label: got ''")
    labels = tmp_path / "labels.csv"
    with labels.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [*rows[0]])
        writer.writeheader()
        writer.writerows({**row, "label": "version"} for row in rows)
    told = run("evaluate", labels, "--data", news, "--quiet", "--json")
    flagged = json.loads(told.out)["thresholds"][0]["flagged"]
    assert flagged == pytest.approx(
        sum(float(row["weight"]) for row, pair in zip(rows, judged, strict=True) if pair >= 0.5)
    )
    (tmp_path / "two.jsonl").write_text('{"text": "Rain."}\n{"text": "Sun."}\n')
    failed(run("draw", tmp_path / "two.jsonl", "--out", out, "--quiet"), 1, "no pair to label")


def test_evaluate_says_at_once_which_labels_are_wrong(run: Run, news: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"a": "n000", "b": "n0", "label": "version"}\n')
    failed(
        run("evaluate", labels, "--data", news, "--quiet"),
        2,
        "labels: got 'n0', wanted ids that are in the data",
    )
    labels.write_text('{"a": "n000", "b": "n001", "label": "perhaps"}\n')
    failed(run("evaluate", labels, "--data", "nowhere.jsonl"), 2, "labels.jsonl:1: label: got")
    table = tmp_path / "labels.csv"
    table.write_text('a,b,label,title\nn000,n001,not,"Rain\nfell"\nn000,n002,,"Sun\nshone"\n')
    failed(run("evaluate", table, "--data", "nowhere.jsonl"), 2, "labels.csv:4: label: got ''")


def test_what_could_not_be_written_or_is_no_precision_is_said_before_a_scan(
    run: Run, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("a,b,label\nn000,n001,not\n")
    asked = ("evaluate", labels, "--data", "nowhere.jsonl")
    failed(run(*asked, "--precision", "95"), 2, "precision: got 95.0, wanted a number above 0")
    for option in ("--chart", "--candidates"):
        failed(run(*asked, option, "none/out"), 1, "none/out: No such file or directory")
    drawn = ("draw", "nowhere.jsonl", "--out")
    failed(run(*drawn, "none/out.csv"), 1, "none/out.csv: No such file or directory")
    failed(run(*drawn, tmp_path), 1, f"{tmp_path}: Is a directory")


def test_scan_refuses_a_probability_that_would_change_nothing(run: Run, news: Path) -> None:
    told = run("scan", news, "--out", "out", "--min-probability", ".3", "--quiet")
    failed(told, 2, "min_probability: got 0.3, wanted .5 to 1: below one half no verdict")


# --- terminals, pipes, shells


@pytest.mark.parametrize(
    "arguments",
    [
        "compare https://a.example/1 https://b.example/2",
        "trace ours.txt HTTPS://b.example/2",
        "scan s3://news/2024 --out out",
        "index add news.index https://a.example/feed.xml",
        "evaluate labels.csv --data https://a.example/news.jsonl",
    ],
)
def test_a_url_is_refused_with_what_to_do_instead(run: Run, arguments: str) -> None:
    failed(run(*arguments.split()), 2, "is a URL, and nothing is fetched: save it to a file first")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "dedup"
    script.write_text(f"#!{sys.executable}\nfrom dedup.cli import main\nmain()\n")
    script.chmod(0o755)
    variables = {**os.environ, "PYTHONPATH": str(Path(dedup.__file__).parent.parent)}

    def told(**more: str) -> str:
        environment = variables | more
        return subprocess.check_output([str(script)], env=environment, text=True)

    assert "dedup" in told(_DEDUP_COMPLETE=f"{shell}_source")
    words = {"COMP_WORDS": "dedup scan --thr", "COMP_CWORD": "--thr" if shell == "fish" else "2"}
    assert "--threads" in told(_DEDUP_COMPLETE=f"{shell}_complete", **words)


def test_options_of_one_name_are_the_same_in_all_commands() -> None:
    def commands(group: click.Group, path: str) -> list[tuple[str, click.Command]]:
        found: list[tuple[str, click.Command]] = []
        for name, one in group.commands.items():
            inner = commands(one, f"{path}{name} ") if isinstance(one, click.Group) else []
            found += inner or [(f"{path}{name}", one)]
        return found

    shapes: dict[str, set[tuple[object, ...]]] = {}
    for name, command in commands(cli.command, ""):
        for option in command.params:
            if option.name in {"threads", "quiet", "within", "encoding", "as_json", "keep"}:
                told = option.opts, option.type.name, option.metavar, option.default  # type: ignore[attr-defined]
                shapes.setdefault(option.name, set()).add(repr(told))  # type: ignore[arg-type]
        assert command.epilog is None or f"dedup {name} " in command.epilog
    assert len(shapes) == 6
    assert {name: len(found) for name, found in shapes.items() if len(found) > 1} == {}


def test_json_of_a_scan_is_its_summary_and_nothing_else(
    run: Run, news: Path, tmp_path: Path
) -> None:
    with news.open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    result = run("scan", news, "--out", "out", "--json")
    assert result.out == (tmp_path / "out" / "summary.json").read_text()
    assert "1 record set aside" in result.err
    assert "The report: " in result.err


def test_a_pipe_gets_neither_colours_nor_bars(news: Path, seed_paths: tuple[Path, Path]) -> None:
    pty = pytest.importorskip("pty")
    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        main, side = pty.openpty()
        environment = {"PATH": "", "TERM": "xterm-256color", **variables}
        environment["PYTHONPATH"] = str(Path(dedup.__file__).parent.parent)
        command = [sys.executable, "-m", "dedup", "compare", *map(str, seed_paths)]
        process = subprocess.Popen(command, stdout=side, stderr=side, env=environment)
        os.close(side)
        shown = b""
        try:
            while part := os.read(main, 1 << 16):
                shown += part
        except OSError:  # Linux ends a terminal that nobody writes to in an error
            pass
        os.close(main)
        assert process.wait() == 0
        assert b"REWRITTEN" in shown
        colours = {
            code for code in re.findall(rb"\x1b\[([\d;]*)m", shown) if re.search(rb"3\d", code)
        }
        assert bool(colours) == coloured
    piped = in_process_of_its_own("compare", *seed_paths)
    scanned = in_process_of_its_own("scan", news, "--out", news.parent / "out")
    assert "\x1b" not in piped.out + scanned.out + scanned.err
