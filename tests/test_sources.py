from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dedup import Article, DumpError, Fields, InputError, Rejected
from dedup.dump import Record
from dedup.sources import open_source

RAIN = Article(
    "r", "Rain fell.", title="Rain", date=datetime.date(2024, 1, 2), url="http://x.example/r"
)


def read(articles: Any, fields: Fields | None = None) -> tuple[list[Record], list[Rejected]]:
    found = list(open_source(articles, fields).records())
    return (
        [item for item in found if isinstance(item, Record)],
        [item for item in found if isinstance(item, Rejected)],
    )


def texts(articles: Any) -> list[str]:
    return [record.article.text for record in read(articles)[0]]


def save(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_articles_texts_and_mappings_are_taken_together() -> None:
    mapping = {"ID": 7, "Headline": "Snow", "body": "Snow fell.", "published": "2024-01-03"}
    records, rejected = read([RAIN, "Hail fell.", mapping])
    assert rejected == []
    assert [(r.article.id, r.article.title, r.article.text) for r in records] == [
        ("r", "Rain", "Rain fell."),
        (records[1].article.id, "", "Hail fell."),
        ("7", "Snow", "Snow fell."),
    ]
    assert records[0].article is RAIN
    assert str(records[2].article.date) == "2024-01-03"


def test_texts_get_an_id_each() -> None:
    records, _ = read(["One.", "Two.", "Two."])
    assert len({record.article.id for record in records}) == 3


def test_mappings_obey_named_fields() -> None:
    (record,), _ = read([{"story": "Yes.", "text": "No."}], Fields(text="story"))
    assert record.article.text == "Yes."


def test_a_record_in_memory_is_written_with_the_fields_it_has() -> None:
    (article, mapping), _ = read([RAIN, {"n": 1, "body": "Snow.", "id": "s"}])
    row = json.loads(article.to_json_line())
    assert {name: value for name, value in row.items() if value} == {
        "id": "r",
        "text": "Rain fell.",
        "title": "Rain",
        "date": "2024-01-02",
        "url": "http://x.example/r",
    }
    assert mapping.to_json_line() == b'{"n":1,"body":"Snow.","id":"s"}'


def test_an_article_without_text_is_set_aside_and_the_rest_goes_on() -> None:
    records, rejected = read(["", " \n", Article("e", ""), {"title": "no text"}, "Good."])
    assert [record.article.text for record in records] == ["Good."]
    assert [item.line for item in rejected] == [1, 2, 3, 4]
    assert all("empty" in item.reason for item in rejected[:3])
    assert "title" in rejected[3].reason


@pytest.mark.parametrize("wrong", [None, 3, b"Rain.", ["Rain."]])
def test_what_is_no_article_is_refused_with_its_place(wrong: object) -> None:
    with pytest.raises(InputError, match=r"articles\[1\]: got"):
        read(["Rain.", wrong])


def test_the_second_of_two_articles_with_one_id_is_set_aside() -> None:
    records, rejected = read([RAIN, {"id": "s", "text": "Snow."}, {"id": "r", "text": "Fog."}])
    assert [record.article.id for record in records] == ["r", "s"]
    (twin,) = rejected
    assert "'r'" in twin.reason
    assert "taken" in twin.reason


def test_a_generator_can_be_read_again() -> None:
    source = open_source((f"Text {number}." for number in range(3)), None)
    first = [record.article for record in source.records() if isinstance(record, Record)]
    again = [record.article for record in source.records() if isinstance(record, Record)]
    assert len(first) == 3
    assert first == again


@pytest.mark.parametrize("form", [str, Path], ids=["str", "Path"])
def test_files_globs_and_folders_are_read(form: type, tmp_path: Path) -> None:
    save(tmp_path / "b.jsonl", [{"text": "Second."}])
    save(tmp_path / "a.jsonl", [{"text": "First."}])
    (tmp_path / "c.txt").write_text("Third.", encoding="utf-8")
    both = [tmp_path / "b.jsonl", tmp_path / "a.jsonl"]
    assert texts(form(both[0])) == ["Second."]
    assert texts([form(path) for path in both]) == ["First.", "Second."]
    assert texts(form(tmp_path / "*.jsonl")) == ["First.", "Second."]
    assert texts([form(tmp_path)]) == ["First.", "Second.", "Third."]


def test_a_name_that_ends_like_a_dump_is_a_path_and_not_a_text() -> None:
    with pytest.raises(DumpError, match=r"missing\.jsonl\.gz: no such file"):
        read(["missing.jsonl.gz"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rain fell on the town. " * 20, id="longer than a file name"),
        pytest.param("Did rain fall? [Yes] * * *", id="like a glob"),
        pytest.param("\ud800/did rain fall?", id="surrogate like a glob"),
        pytest.param("\ud800", id="surrogate"),
        pytest.param("Rain\0fell", id="NUL"),
        pytest.param("a/" * 200 + "x", id="like a deep folder"),
        pytest.param("Rain\nfell", id="lines"),
    ],
)
def test_texts_are_not_taken_for_paths(text: str) -> None:
    assert texts([text, "Snow."]) == [text, "Snow."]


def test_many_texts_that_look_like_globs_do_not_search_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = []
    scandir = os.scandir

    def counted(*arguments: Any) -> Any:
        listed.append(arguments)
        return scandir(*arguments)

    monkeypatch.setattr(os, "scandir", counted)
    assert len(texts([f"Did rain fall on day {number}?" for number in range(50)])) == 50
    assert len(listed) <= 1


def test_paths_and_articles_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="paths and articles together"):
        read([tmp_path, RAIN])


@pytest.mark.parametrize(
    "wrong", [None, 5, RAIN, b"Rain.", {"id": "r", "text": "Rain."}], ids=lambda v: type(v).__name__
)
def test_what_is_no_batch_of_articles_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="articles: got"):
        read(wrong)


def test_fields_of_another_type_are_refused() -> None:
    with pytest.raises(InputError, match="fields: got"):
        read(["Rain."], "story")  # type: ignore[arg-type]
