from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import given, settings
from newsroom import Newsroom
from oracles import shingle_hashes, signature
from strategies import texts

import dedup
from dedup import Article, Index, InputError, Match, Verdict
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
    scores = Verdict.IDENTICAL, 1.0, 1.0, 1.0
    known = story.title, story.source, story.date, story.url
    assert by_text[0] == Match("n000", *scores, *known)
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
    keys = [(-match.probability, -match.jaccard) for match in every]
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


def by_id(found: list[list[Match]]) -> list[list[Match]]:
    return [sorted(matches, key=lambda match: match.id) for matches in found]


def test_answers_do_not_depend_on_order_or_batches(filled: Index, articles: list[Article]) -> None:
    wanted = by_id(answers(filled, articles))
    shuffled = articles.copy()
    random.Random(5).shuffle(shuffled)
    one_by_one, in_threes = Index(), Index()
    for article in shuffled:
        one_by_one.add(article)
    for at in range(0, len(articles), 3):
        in_threes.add(articles[at : at + 3])
    assert by_id(answers(one_by_one, articles)) == wanted
    assert answers(in_threes, articles) == answers(filled, articles)


def test_many_texts_are_asked_as_each_alone_on_any_number_of_threads(
    filled: Index, articles: list[Article]
) -> None:
    wanted = [filled.query(article, limit=50) for article in articles]
    assert filled.query_many(articles, limit=50, threads=1) == wanted
    assert filled.query_many(iter(articles), limit=50, threads=3) == wanted


def test_only_articles_dated_near_the_text_are_looked_at() -> None:
    text = Newsroom(4).story()
    index = Index()
    days = ["2024-01-01", "2024-01-06T12:00:00", "2024-01-08", "2024-01-08T00:00:01+00:00", None]
    index.add(Article(f"a{n}", text, date=day) for n, day in enumerate(days))

    def found(within: Any, date: str | None = "2024-01-01") -> set[str]:
        return {match.id for match in index.query(Article("q", text, date=date), within=within)}

    assert found(None) == {"a0", "a1", "a2", "a3", "a4"}
    assert found(0) == {"a0", "a4"}
    assert found(7) == {"a0", "a1", "a2", "a4"}
    assert found(datetime.timedelta(days=7, seconds=1)) == {"a0", "a1", "a2", "a3", "a4"}
    assert found(1, date=None) == {"a0", "a1", "a2", "a3", "a4"}
    assert found(1, date="2024-01-07") == {"a1", "a2", "a4"}


# --- changes


def test_a_new_text_takes_the_place_of_the_old_where_asked(newsroom: Newsroom) -> None:
    old, new = newsroom.story(), newsroom.story()
    index = Index()
    index.add([Article("a", old, title="Old"), Article("b", newsroom.story())])
    index.add([Article("a", new, title="New"), Article("c", newsroom.story())], replace=True)
    assert sorted(index) == ["a", "b", "c"]
    assert index.query(old) == []
    assert [(match.id, match.title) for match in index.query(new)] == [("a", "New")]
    with pytest.raises(InputError, match=r"it is that of articles\[0\]"):
        index.add([Article("d", old), Article("d", new)], replace=True)
    assert len(index) == 3


def test_what_cannot_be_used_is_set_aside_where_asked(tmp_path: Path) -> None:
    dump = tmp_path / "day.jsonl"
    dump.write_text('{"id": "x", "text": "Snow fell on the hill."}\n{"id": "y"}\n', "utf-8")
    index = Index()
    index.add([Article("a", "Rain fell on the town.")])
    given = [Article("a", "Other."), Article("b", "Sun."), Article("b", "Wind."), dump]
    rejected = index.add(given, on_error="skip")
    assert sorted(index) == ["a", "b", "x"]
    told = [(one.source, one.line) for one in rejected]
    assert told == [("articles[2]", 0), (str(dump), 2), ("articles[0]", 0)]
    with pytest.raises(InputError, match=r"day\.jsonl:2"):
        Index().add([dump])
    assert index.add(["Hail."], on_error="skip") == ()
    given = [{"text": "Fog lay on the hill."}, {"id": 5, "text": " "}]
    (blank,) = index.add(given, on_error="skip")
    assert (blank.source, blank.line, blank.reason[:10]) == ("articles", 2, "empty text")


def test_expiring_forgets_what_is_dated_before() -> None:
    index = Index()
    days = ["2023-12-31", "2024-01-01", "2023-12-31T23:30:00-01:00", "2024-06-01", None]
    index.add(Article(f"a{n}", f"Text number {n}.", date=day) for n, day in enumerate(days))
    assert index.expire(before="2024-01-01") == 1
    assert sorted(index) == ["a1", "a2", "a3", "a4"]
    assert index.expire(before=datetime.date(2024, 2, 1)) == 2
    assert index.expire(before="2024-02-01") == 0
    assert sorted(index) == ["a3", "a4"]


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
    assert index.query_many([]) == []
    assert index.stories() == []
    index.add([Article("p", "..."), Article("w", "Rain")])
    index.add([])
    assert [match.id for match in index.query("rain!")] == ["w"]
    assert {match.id for match in index.query("")} <= {"p"}
    assert len(index) == 2


@pytest.mark.parametrize("empty", [Article("e", ""), Article("e", " \n"), "", {"text": " "}])
def test_a_text_that_is_empty_is_set_aside_in_whatever_form_it_comes(empty: Any) -> None:
    index = Index()
    with pytest.raises(InputError, match=r"articles\[1\]: empty text"):
        index.add([Article("w", "Rain"), empty])
    assert len(index) == 0
    skipped = index.add([Article("w", "Rain"), empty], on_error="skip")
    assert [found.reason[:10] for found in skipped] == ["empty text"]
    assert list(index) == ["w"]


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
        (["New.", {"id": "m"}], r"articles\[1\]: .*text"),
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


@pytest.mark.parametrize("key", ["unknown", None, 5, ["a", "unknown"], [None], b"a"])
def test_removing_what_is_not_there_is_refused(key: Any) -> None:
    index = Index()
    index.add([Article("a", "Rain fell.")])
    with pytest.raises(InputError, match="ids: got"):
        index.remove(key)
    assert len(index) == 1


@pytest.mark.parametrize("limit", [0, -1, True, 2.5, "10", None])
def test_a_bad_limit_is_refused(limit: Any) -> None:
    with pytest.raises(InputError, match="limit: got"):
        Index().query("Rain.", limit=limit)


@pytest.mark.parametrize("within", [-1, True, "7", float("inf"), float("nan")])
def test_a_bad_window_is_refused(within: Any) -> None:
    with pytest.raises(InputError, match="within: got"):
        Index().query("Rain.", within=within)


@pytest.mark.parametrize("threads", [0, True, "2", 1.5])
def test_a_bad_number_of_threads_is_refused(threads: Any) -> None:
    with pytest.raises(InputError, match="threads: got"):
        Index().query_many(["Rain."], threads=threads)


@pytest.mark.parametrize("before", [None, "yesterday", 5])
def test_a_bad_day_to_expire_before_is_refused(before: Any) -> None:
    with pytest.raises(InputError, match="got"):
        Index().expire(before=before)


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
        ({"stories": 1}, "stories"),
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


@pytest.mark.parametrize("stories", [True, False])
def test_adding_tells_how_far_it_is_on_any_number_of_threads(stories: bool) -> None:
    articles = [Article(f"a{k}", f"Rain fell on town {k} all day.") for k in range(300)]
    told: list[tuple[str, int, int | None]] = []
    index = Index(stories=stories)
    index.add(articles, threads=2, progress=lambda *found: told.append(found))
    assert told[0] == ("read", 256, None)
    counts = [done for stage, done, _ in told if stage == "add"]
    assert counts == sorted(counts)
    assert told[-1] == ("add", 300, 300)
    alone = Index(stories=stories)
    alone.add(articles, threads=1)
    assert list(alone) == list(index)
    if stories:
        assert alone.stories() == index.stories()
    with pytest.raises(InputError, match="threads"):
        index.add("Snow.", threads=0)
    with pytest.raises(InputError, match="progress"):
        index.add("Snow.", progress=7)  # type: ignore[call-overload]
    assert len(index) == 300
