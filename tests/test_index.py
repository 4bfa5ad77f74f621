from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import given, settings
from newsroom import Newsroom
from oracles import shingle_hashes, signature
from strategies import texts

import dedup
from dedup import Article, DedupError, FormatError, Index, InputError, Match, Verdict
from dedup.reading.texts import read
from dedup.text.vocabulary import word_ids


def copies(room: Newsroom, count: int = 6) -> list[Article]:
    """Make stories, of each a syndicated copy and an excerpt, and some notices of one template."""
    found = []
    for article in room.articles(count):
        found += [
            article,
            Article(f"{article.id}-copy", room.syndicated(article.text)),
            Article(f"{article.id}-cut", room.excerpt(article.text)),
        ]
    return found + [Article(f"e{number}", room.earnings()) for number in range(3)]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return copies(Newsroom(11))


@pytest.fixture(scope="module")
def filled(articles: list[Article]) -> Index:
    index = Index()
    index.add(articles)
    return index


def answers(index: Index, articles: list[Article]) -> list[list[Match]]:
    return [index.query(article, limit=50) for article in articles[::2]]


# --- queries


def test_versions_come_first_and_the_article_itself_not_at_all(filled: Index) -> None:
    room = Newsroom(11)
    (story,) = room.articles(1)
    assert {match.id for match in filled.query(story)[:2]} == {"n000-copy", "n000-cut"}
    by_text = filled.query(story.text)
    assert by_text[0] == Match("n000", Verdict.IDENTICAL, 1.0, 1.0, 1.0)
    assert "n001" not in {match.id for match in by_text}


def test_matches_equal_what_compare_says(filled: Index, articles: list[Article]) -> None:
    texts_of = {article.id: article for article in articles}
    seen = 0
    for article in articles:
        for match in filled.query(article, limit=50):
            found = dedup.compare(article, texts_of[match.id])
            assert match.verdict is found.verdict
            assert match.probability == found.probability
            assert match.jaccard == found.jaccard
            assert match.containment == found.containment_a
            seen += 1
    assert seen >= 6 * 6


def test_best_match_comes_first_and_limit_cuts(filled: Index, articles: list[Article]) -> None:
    text = articles[0].text
    every = filled.query(text, limit=100)
    keys = [(-match.probability, -match.jaccard, match.id) for match in every]
    assert keys == sorted(keys)
    assert len(every) >= 3
    assert filled.query(text, limit=2) == every[:2]
    assert all(match.verdict is not Verdict.UNRELATED for match in every)


def test_a_rewritten_seed_is_found_among_others(
    filled: Index, articles: list[Article], seed_texts: tuple[str, str]
) -> None:
    index = Index()
    index.add([*articles, Article("older", seed_texts[0])])
    (match,) = index.query(seed_texts[1])
    assert (match.id, match.verdict) == ("older", Verdict.REWRITTEN)
    assert match.jaccard < 0.1


def test_exact_copies_are_all_found_however_many() -> None:
    text = Newsroom(3).story()
    index = Index()
    index.add(Article(f"{number:03}", text) for number in range(300))
    assert len(index.query(text, limit=1000)) == 300


def test_answers_do_not_depend_on_order_or_batches(filled: Index, articles: list[Article]) -> None:
    wanted = answers(filled, articles)
    shuffled = articles.copy()
    random.Random(5).shuffle(shuffled)
    one_by_one, in_threes = Index(), Index()
    for article in shuffled:
        one_by_one.add(article)
    for at in range(0, len(articles), 3):
        in_threes.add(articles[at : at + 3])
    assert answers(one_by_one, articles) == wanted
    assert answers(in_threes, articles) == wanted


def test_ties_among_many_candidates_do_not_depend_on_order() -> None:
    room = Newsroom(8)
    shared = room.story(4)
    articles = [Article(f"{n:03}", f"{shared}\n\n{room.story(10)}") for n in range(90)]
    query = f"{room.story(10)}\n\n{shared}"
    forward, backward = Index(), Index()
    forward.add(articles)
    backward.add(reversed(articles))
    assert forward.query(query, limit=100) == backward.query(query, limit=100)


def test_removed_articles_leave_the_answers_as_if_never_there(articles: list[Article]) -> None:
    extra = [Article(f"x{a.id}", a.text + " More.") for a in articles]
    changed, plain = Index(), Index()
    changed.add(extra)
    changed.add(articles)
    for article in extra:
        changed.remove(article.id)
    plain.add(articles)
    assert answers(changed, articles) == answers(plain, articles)
    assert len(changed) == len(articles)
    assert "xn000" not in changed


def test_an_id_may_come_back_with_another_text(newsroom: Newsroom) -> None:
    old, new = newsroom.story(), newsroom.story()
    index = Index()
    index.add([Article("a", old), Article("b", newsroom.story())])
    index.remove("a")
    index.add([Article("a", new)])
    assert index.query(old) == []
    assert [match.id for match in index.query(new)] == ["a"]


def test_an_empty_index_and_empty_texts() -> None:
    index = Index()
    assert len(index) == 0
    assert index.query("Rain fell on the town.") == []
    index.add([Article("e", ""), Article("p", "..."), Article("w", "Rain")])
    index.add([])
    assert [match.id for match in index.query("rain!")] == ["w"]
    assert {match.id for match in index.query("")} <= {"e", "p"}
    assert len(index) == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rain \ud800 fell on the town at noon.", id="surrogate"),
        pytest.param("Rain\0fell on the town at noon.", id="NUL"),
        pytest.param("سقط المطر على المدينة عند الظهر.", id="RTL"),
        pytest.param("昨天下午城里下了雨。中午又下了雪。", id="CJK"),
    ],
)
def test_odd_texts_and_ids_are_kept_and_found(text: str, tmp_path: Path) -> None:
    index = Index()
    index.add([Article(text[:7], text), Article("other", "The mayor resigned on Monday.")])
    index.save(tmp_path / "i")
    again = Index.load(tmp_path / "i")
    assert text[:7] in again
    assert [match.id for match in again.query(text)] == [text[:7]]


def test_texts_and_articles_may_come_one_by_one(newsroom: Newsroom) -> None:
    text = newsroom.story()
    index = Index()
    index.add(text)
    index.add(Article("a", text))
    assert len(index) == 2
    with pytest.raises(InputError, match="not yet used"):
        index.add(text)


# --- arguments


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ([Article("n", "New."), Article("n", "Newer.")], r"articles\[1\]\.id: got 'n'"),
        ([Article("n", "New."), Article("old", "Other.")], r"articles\[1\]\.id: got 'old'"),
        (["New.", "New."], r"articles\[1\]\.id"),
        (["New.", None], r"articles\[1\]: got None"),
        (["New.", b"bytes"], r"articles\[1\]: got bytes"),
        (["New.", {"id": "m", "text": "Mapping."}], r"articles\[1\]: got dict"),
        (None, "articles: got None"),
        (5, "articles: got 5"),
        (b"bytes", "articles: got bytes"),
        ({"id": "m", "text": "Mapping."}, "articles: got dict"),
    ],
    ids=str,
)
def test_a_failing_add_leaves_no_trace(batch: Any, message: str) -> None:
    index = Index()
    index.add([Article("old", "Rain fell on the town.")])
    with pytest.raises(InputError, match=message):
        index.add(batch)
    assert list(index) == ["old"]
    assert index.query("New.") == []


def test_a_generator_that_breaks_leaves_no_trace() -> None:
    def broken() -> Any:
        yield Article("n", "New words come here.")
        raise RuntimeError("the source broke")

    index = Index()
    with pytest.raises(RuntimeError, match="the source broke"):
        index.add(broken())
    assert len(index) == 0


@pytest.mark.parametrize("key", ["unknown", None, 5, ["a"]])
def test_removing_what_is_not_there_is_refused(key: Any) -> None:
    index = Index()
    index.add([Article("a", "Rain fell.")])
    with pytest.raises(InputError, match="id: got"):
        index.remove(key)
    assert len(index) == 1


@pytest.mark.parametrize("limit", [0, -1, True, 2.5, "10", None])
def test_a_bad_limit_is_refused(limit: Any) -> None:
    with pytest.raises(InputError, match="limit: got"):
        Index().query("Rain.", limit=limit)


@pytest.mark.parametrize("wrong", [None, 5, b"Rain."])
def test_a_query_that_is_no_text_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="article: got"):
        Index().query(wrong)
    with pytest.raises(InputError, match="text: got"):
        Index().signature(wrong)


@pytest.mark.parametrize(
    ("settings_", "name"),
    [
        ({"threshold": 0}, "threshold"),
        ({"threshold": "0.5"}, "threshold"),
        ({"recall": 1.0}, "recall"),
        ({"num_perm": 1}, "num_perm"),
        ({"num_perm": 3.5}, "num_perm"),
    ],
)
def test_bad_settings_are_refused(settings_: dict[str, Any], name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got"):
        Index(**settings_)


# --- signatures


@settings(deadline=None, max_examples=25)
@given(texts)
def test_signatures_equal_datasketchs(text: str) -> None:
    ids = word_ids(read(text).words).tolist()
    found = Index(num_perm=64).signature(text)
    assert isinstance(found, LeanMinHash)
    assert found.hashvalues.tolist() == signature(ids, 64, seed=1)


def test_signatures_go_into_datasketchs_own_index(articles: list[Article]) -> None:
    index = Index()
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    for article in articles:
        lsh.insert(article.id, index.signature(article))
    found = lsh.query(index.signature(articles[0]))
    assert "n000" in found
    assert "n001" not in found
    one, other = index.signature(articles[0]), index.signature(articles[1])
    exact = dedup.compare(articles[0], articles[1]).jaccard
    assert abs(one.jaccard(other) - exact) < 0.2
    own = MinHash(num_perm=128, scheme="affine32", hashfunc=lambda h: h)
    for h in shingle_hashes(word_ids(read(articles[1].text).words).tolist()):
        own.update(h)
    assert one.jaccard(own) == one.jaccard(other)


# --- saved files


@pytest.fixture(scope="module")
def saved(filled: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "news.index"
    filled.save(path)
    return path


def test_a_loaded_index_answers_the_same(
    saved: Path, filled: Index, articles: list[Article]
) -> None:
    loaded = Index.load(str(saved))
    assert answers(loaded, articles) == answers(filled, articles)
    assert sorted(loaded) == sorted(filled)
    assert len(loaded) == len(filled)
    loaded.add([Article("later", "Another text came later than the others.")])
    assert "later" in loaded


def test_settings_are_saved(tmp_path: Path) -> None:
    index = Index(threshold=0.7, recall=0.9, num_perm=64)
    index.add(["Rain fell on the town."])
    index.save(tmp_path / "i")
    loaded = Index.load(tmp_path / "i")
    assert loaded.bands == index.bands
    assert len(loaded.signature("Rain").hashvalues) == 64


def test_another_process_with_another_hash_seed_saves_the_same(tmp_path: Path) -> None:
    texts_ = ["Rain fell on the town.", "Snow fell on the hill at noon."]
    script = "import sys, dedup; i = dedup.Index(); i.add(sys.argv[2:]); i.save(sys.argv[1])"
    environment = {**os.environ, "PYTHONHASHSEED": "31337"}
    command = [sys.executable, "-c", script, str(tmp_path / "there"), *texts_]
    subprocess.run(command, env=environment, check=True)
    index = Index()
    index.add(texts_)
    index.save(tmp_path / "here")
    with np.load(tmp_path / "here") as here, np.load(tmp_path / "there") as there:
        assert here.files == there.files
        assert all(here[name].tobytes() == there[name].tobytes() for name in here.files)


def test_saving_again_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "i"
    index = Index()
    index.add(["Rain fell on the town."])
    index.save(path)
    index.add(["Snow fell on the hill."])
    index.save(path)
    assert len(Index.load(path)) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_a_saved_file_has_the_usual_mode_and_keeps_its_own(tmp_path: Path) -> None:
    path, usual = tmp_path / "i", tmp_path / "usual"
    usual.touch()
    index = Index()
    index.add(["Rain fell on the town."])
    index.save(path)
    assert path.stat().st_mode == usual.stat().st_mode
    path.chmod(0o640)
    index.save(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_saving_to_a_link_replaces_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("there")
    Index().save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert len(Index.load(tmp_path / "there")) == 0


def test_many_texts_are_added_as_each_alone(newsroom: Newsroom) -> None:
    texts_ = [newsroom.story(), "", "Rain \ud800 fell.", "...", "昨天下午城里下了雨。"]
    texts_ += [f"{newsroom.story()}\n\nSign up for our newsletter" for _ in range(20)]
    batch = [Article(str(number), text) for number, text in enumerate(texts_)]
    together, alone = Index(), Index()
    for article in batch:
        alone.add(article)
    together.add(batch)
    for article in batch:
        (one, row), (other, place) = (index._places[article.id] for index in (together, alone))
        assert one.words[row].tolist() == other.words[place].tolist()
        assert one.marks[row].tolist() == other.marks[place].tolist()


def test_a_save_that_breaks_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "i"
    index = Index()
    index.add(["Rain fell on the town."])
    index.save(path)
    before = path.read_bytes()
    index.add(["Snow fell on the hill."])

    def full(stream: Any, **arrays: Any) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(DedupError, match="No space left"):
        index.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    index = Index()
    with pytest.raises(DedupError, match="cannot be written"):
        index.save(tmp_path / "no such folder" / "i")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DedupError, match="cannot be written"):
        index.save(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def refused(path: Path, reason: str) -> None:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(FormatError, match=reason) as error:
        Index.load(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert before is None or path.read_bytes() == before


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "missing", "no such file")
    refused(tmp_path, "not a dedup index")
    foreign = {
        "empty": b"",
        "text": b"Rain fell on the town.\n",
        "json": b'{"format": "dedup index"}',
        "pickle": b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94.",
        "zip": b"PK\x05\x06" + bytes(18),
    }
    for name, content in foreign.items():
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, "not a dedup index")
    np.save(tmp_path / "one.npy", np.arange(3))
    refused(tmp_path / "one.npy", "not a dedup index")
    np.savez(tmp_path / "other.npz", values=np.arange(3))
    refused(tmp_path / "other.npz", "not a dedup index")
    objects = np.array([{"any": "object"}], dtype=object)
    np.savez(tmp_path / "objects.npz", meta=objects, allow_pickle=True)
    refused(tmp_path / "objects.npz", "not a dedup index")


def test_files_cut_short_are_refused(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    path = tmp_path / "cut"
    for share in (0.001, 0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(share * len(whole))])
        refused(path, "not a dedup index, or cut short")


def test_damaged_files_are_refused_or_answer_the_same(
    saved: Path, articles: list[Article], filled: Index, tmp_path: Path
) -> None:
    whole, chance, path = saved.read_bytes(), random.Random(1), tmp_path / "damaged"
    refusals = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            anywhere, head = chance.randrange(len(damaged)), chance.randrange(400)
            damaged[chance.choice([anywhere, head, -1 - head])] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            loaded = Index.load(path)
        except FormatError:
            refusals += 1
        else:
            assert loaded.query(articles[0]) == filled.query(articles[0])
    assert refusals > 100


def with_meta(saved: Path, path: Path, **changes: object) -> Path:
    with np.load(saved) as arrays:
        state = {name: arrays[name] for name in arrays.files}
    meta = {**json.loads(state["meta"].tobytes()), **changes}
    state["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
    with path.open("wb") as stream:
        np.savez(stream, **state)
    return path


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": "another tool"}, "not a dedup index"),
        ({"version": 1}, "version is 1, this release reads 2; make the index anew"),
        ({"version": None}, "version is None"),
        ({"seed": 7}, "seed is 7"),
        ({"shingle_words": 5}, "shingle_words is 5, this release reads 3"),
        ({"threshold": 7}, "threshold"),
        ({"num_perm": "many"}, "num_perm"),
        ({"ids": ["only one"]}, "not those of the articles"),
        ({"ids": None}, "not a dedup index"),
    ],
    ids=str,
)
def test_other_versions_and_settings_are_refused(
    changes: dict[str, object], reason: str, saved: Path, tmp_path: Path
) -> None:
    refused(with_meta(saved, tmp_path / "other", **changes), reason)


def test_saved_files_hold_no_text(saved: Path, articles: list[Article]) -> None:
    assert articles[0].text.split()[3].encode() not in saved.read_bytes()
