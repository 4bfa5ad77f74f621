"""An index of articles, in memory or on disk: add, ask, forget."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, overload

from dedup.candidates.lsh import Bands
from dedup.candidates.minhash import as_lean_minhash, signatures
from dedup.dump.records import Fields
from dedup.errors import DedupError, DumpError, FormatError, InputError
from dedup.given import as_article, as_path
from dedup.index.adding import AddOptions, add_usable, usable_by_id
from dedup.index.answering import IndexStats, Question, answers, index_stats, tell_stories
from dedup.index.catalog import new_settings
from dedup.index.folders import NO_INDEX, mend_folder, prepare_folder, replaced_folder
from dedup.index.following import Taken, follow, take
from dedup.index.format_two import read_format_two
from dedup.index.matches import Matches
from dedup.index.records import Given
from dedup.index.rows import Row, moment_of
from dedup.index.store import CATALOG, Store, Work
from dedup.model import Article, Rejected, Story
from dedup.progress import Progress, telling
from dedup.text.words import read_words
from dedup.threads import check_threads

if TYPE_CHECKING:
    from datasketch import LeanMinHash

Days = float | datetime.timedelta | None

_WAIT = 30.0
"""Seconds that a change waits for another one to end."""


class Index:
    """Articles to ask which of them are versions of a text.

    ``threshold`` and ``recall`` promise that an article of that Jaccard similarity or more is a
    candidate with at least that probability; beside it the rarest words bring candidates that
    were reworded. Every candidate is judged as :func:`dedup.compare` judges it. Texts are not kept.
    With ``stories`` each article added is compared with those before it, for :meth:`stories`;
    without it adding is several times as fast.

    Threads may share one: changes take turns, and what is asked meanwhile is answered from the last
    finished change. The same holds for processes that open one on disk.

    >>> index = Index()
    >>> index.add([Article("a1", "The mayor of Oslo resigned on Monday after a vote.")])
    >>> [match.id for match in index.query("The mayor of Oslo resigned Monday after a vote.")]
    ['a1']
    """

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        recall: float = 0.95,
        num_perm: int = 128,
        stories: bool = True,
    ) -> None:
        self._store = Store(None, new_settings(threshold, recall, num_perm, stories), _WAIT)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        threshold: float = 0.5,
        recall: float = 0.95,
        num_perm: int = 128,
        stories: bool = True,
        wait: float = _WAIT,
        create: bool = True,
    ) -> Self:
        """Open an index on disk, a folder; make it where there is none, if it may be made.

        Each change is on the disk when its call returns; one that is not finished leaves no trace.
        The settings are those of a new index, an old one keeps its own. A change waits ``wait``
        seconds for another to end, then raises :class:`~dedup.errors.BusyError`. An index of
        format 2, a file, is read and replaced. Raises :class:`~dedup.errors.FormatError` for what
        is no index, :class:`~dedup.errors.DedupError` where it cannot be made.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, Index.open(f"{folder}/news") as index:
        ...     index.add("Rain fell on Oslo all day.")
        ...     len(index)
        1
        """
        place = as_path(path, "path")
        settings = new_settings(threshold, recall, num_perm, stories)
        mend_folder(place)
        if place.is_file():
            cls.load(place).save(place)
        prepare_folder(place, create=create)
        made = cls.__new__(cls)
        made._store = Store(place, settings, wait)
        return made

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read an index into memory; :class:`~dedup.errors.FormatError` if it is none.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Index().save(f"{folder}/news")
        ...     len(Index.load(f"{folder}/news"))
        0
        """
        source = as_path(path, "path")
        mend_folder(source)
        if source.is_dir():
            if not (source / CATALOG).exists():
                raise FormatError.of(source, NO_INDEX)
            made = cls()
            with closing(Store(source, {}, _WAIT)) as held:
                held.copy_to(made._store)
            return made
        if not source.exists():
            raise FormatError.of(source, "no such file or folder")
        found = read_format_two(source)
        made = cls(**found.settings)
        articles = [Article(key, "") for key in found.ids]
        laid = articles, found.words, found.marks
        made._store.add([laid], work=Work(check_threads(None)))
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a copy of the index to a folder, whole or not at all; an index there is replaced.

        Raises :class:`~dedup.errors.DedupError` where the folder holds something else.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Index().save(f"{folder}/news")
        """
        target = as_path(path, "path").resolve()
        if target.is_dir() and any(target.iterdir()) and not (target / CATALOG).exists():
            raise DedupError(f"{path}: {NO_INDEX}")
        with replaced_folder(target) as unfinished:
            settings = new_settings(0.5, 0.95, 128, stories=True)
            with closing(Store(unfinished, settings, _WAIT)) as copy:
                self._store.copy_to(copy)

    def close(self) -> None:
        """Let go of the files; the index may not be used after. ``with`` does so at its end.

        >>> Index().close()
        """
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self._store.catalog.count()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self._store.catalog.numbers([key]))

    def __iter__(self) -> Iterator[str]:
        return (row.id for row in self._store.catalog.all_rows())

    def __repr__(self) -> str:
        where = "in memory" if self._store.place is None else f"in {self._store.place}"
        return f"<dedup.Index of {len(self):,} articles {where}>"

    @property
    def bands(self) -> Bands:
        """How signatures are cut, and with which recall.

        >>> Index(threshold=0.8).bands.bands
        13
        """
        return self._store.bands

    def signature(self, text: Article | str | Path) -> LeanMinHash:
        """Sketch a text, for use with datasketch's own indexes.

        >>> len(Index(num_perm=256).signature("Rain fell on Oslo."))
        256
        """
        words = read_words([as_article(text, "text").text])
        return as_lean_minhash(signatures(words, self._store.num_perm)[0])

    # --- changing --------------------------------------------------------------------------------

    @overload
    def add(
        self,
        articles: Given,
        replace: bool = False,
        *,
        on_error: Literal["raise"] = "raise",
        fields: Fields | None = None,
        encoding: str = "utf-8",
        extract_html: bool = False,
        threads: int | None = None,
        progress: Progress | bool | None = None,
    ) -> None: ...
    @overload
    def add(
        self,
        articles: Given,
        replace: bool = False,
        *,
        on_error: Literal["skip"],
        fields: Fields | None = None,
        encoding: str = "utf-8",
        extract_html: bool = False,
        threads: int | None = None,
        progress: Progress | bool | None = None,
    ) -> tuple[Rejected, ...]: ...
    def add(
        self,
        articles: Given,
        replace: bool = False,
        *,
        on_error: str = "raise",
        fields: Fields | None = None,
        encoding: str = "utf-8",
        extract_html: bool = False,
        threads: int | None = None,
        progress: Progress | bool | None = None,
    ) -> tuple[Rejected, ...] | None:
        """Add articles: all of them or, on an error, none.

        They are what :func:`dedup.scan` takes, read with the same ``fields``, ``encoding`` and
        ``extract_html``, but that a single ``str`` is a text; an article without an id gets one
        made from what it says. An id that the index has is an error, or with ``replace`` the new
        article takes its place; an id that comes twice in one call is an error too. With
        ``on_error="skip"`` what cannot be used is left out and returned. ``threads`` (``None``: one
        a core) look for stories, and ``progress`` is as in a scan. Raises
        :class:`~dedup.errors.InputError` for what cannot be used,
        :class:`~dedup.errors.DedupError` where the index cannot be written.

        >>> index = Index()
        >>> index.add([{"id": 7, "headline": "Rain", "body": "Rain fell on Oslo all day."}])
        >>> index.add([{"id": 8, "body": ""}], on_error="skip")[0].reason
        'empty text: the field is body'
        """
        if on_error not in ("raise", "skip"):
            raise InputError.of("on_error", on_error, "'raise' or 'skip'")
        skipped: list[Rejected] | None = [] if on_error == "skip" else None
        with telling(progress) as tell:
            used = check_threads(threads)
            options = AddOptions(replace, fields, encoding, used, tell, extract_html)
            found = usable_by_id(articles, skipped, options)
            add_usable(self._store, found, skipped, options)
        return None if skipped is None else tuple(skipped)

    def remove(self, ids: str | Iterable[str]) -> None:
        """Remove articles by id: all or, where one is not there, none (InputError).

        >>> index = Index()
        >>> index.add([Article("a1", "Rain fell."), Article("a2", "Sun shone.")])
        >>> index.remove("a1")
        >>> list(index)
        ['a2']
        """
        if not isinstance(ids, Iterable):
            raise InputError.of("ids", ids, "an id or several")
        keys = [ids] if isinstance(ids, str) else list(ids)
        with self._store.changing():
            named = [key for key in keys if isinstance(key, str)]
            found = self._store.catalog.numbers(named)
            for key in keys:
                if not isinstance(key, str) or key not in found:
                    raise InputError.of("ids", key, "the id of an article in the index")
            if found:
                self._store.remove(sorted(found.values()))

    def expire(self, before: datetime.date | str) -> int:
        """Forget the articles dated before a date; give their number. Undated ones stay.

        >>> index = Index()
        >>> index.add([Article("old", "Rain fell.", date="2023-10-01"), Article("new", "Sun.")])
        >>> index.expire("2023-11-01"), list(index)
        (1, ['new'])
        """
        moment = moment_of(Article("before", "", date=before).date)
        if moment is None:
            raise InputError.of("before", before, "a date")
        with self._store.changing():
            numbers = self._store.catalog.before(moment)
            if numbers:
                self._store.remove(numbers)
        return len(numbers)

    def compact(self) -> None:
        """Merge all segments that one can hold, and give space that is not used back.

        Adding and removing do so too, little by little.

        >>> Index().compact()
        """
        self._store.compact()

    def take(
        self,
        path: str | os.PathLike[str],
        *,
        replace: bool = False,
        fields: Fields | None = None,
        encoding: str = "utf-8",
        threads: int | None = None,
        progress: Progress | bool | None = None,
    ) -> Taken:
        """Add the articles of a dump, those that can be used, and tell what it brought.

        That is how many articles were added, what was set aside, and which of the new ones are
        versions of one that was there before or stands before them in the dump. ``threads`` and
        ``progress`` are as in :meth:`add`. Raises
        :class:`~dedup.errors.DumpError` for a file that cannot be read.

        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as dump:
        ...     print('{"id": "a1", "text": "Rain fell on Oslo."}', file=dump, flush=True)
        ...     Index().take(dump.name).articles
        1
        """
        with telling(progress) as tell:
            options = AddOptions(replace, fields, encoding, check_threads(threads), tell)
            return take(self._store, as_path(path, "path"), options)

    def follow(
        self,
        folder: str | os.PathLike[str],
        *,
        replace: bool = False,
        fields: Fields | None = None,
        encoding: str = "utf-8",
        threads: int | None = None,
        wait: bool = True,
    ) -> Iterator[Taken]:
        """Take in the dumps of a folder, those there and those that come, once each.

        Gives what each brought, once it is in the index for good. After a kill the same call goes
        on where it was; what the last file brought is given again if nothing was asked for after
        it. Files come in the order in which they were last changed; hidden ones and those without
        the suffix of a dump are passed over, and one that changed is taken again. What cannot be
        used is set aside. With ``wait`` it never ends, which needs the extra ``follow``
        (:class:`~dedup.errors.MissingExtraError`); without, when all that is there is taken.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [taken.articles for taken in Index().follow(folder, wait=False)]
        []
        """
        place = as_path(folder, "folder").resolve()
        if not place.is_dir():
            raise DumpError(f"{place}: no such folder")
        with telling(None) as tell:
            options = AddOptions(replace, fields, encoding, check_threads(threads), tell)
        return follow(self._store, place, options, wait=wait)

    # --- asking ----------------------------------------------------------------------------------

    def query(self, article: Article | str | Path, limit: int = 10, within: Days = None) -> Matches:
        """Find the articles that share a story or a part of it with this one, best first.

        At most ``limit``; articles judged ``unrelated`` are left out, and so is the article itself
        where the index holds its id. ``within`` is a number of days or a ``timedelta``: articles
        dated further from this one are not looked at; those without a date are, and all where this
        one has none. ``Match.containment`` is the share of the query's shingles that the match
        holds. Raises :class:`~dedup.errors.InputError` for what cannot be used.

        >>> index = Index()
        >>> index.add([{"id": "a1", "text": "Rain fell on Oslo all day."}])
        >>> index.query("Rain fell on Oslo, all day!", within=7)[0].verdict.value
        'identical'
        """
        question = Question.of([("article", article)], limit, within)
        return answers(self._store, question)[0]

    def query_many(
        self,
        articles: Iterable[Article | str | Path],
        limit: int = 10,
        within: Days = None,
        threads: int | None = None,
    ) -> list[Matches]:
        """Ask for many articles at once, each as by :meth:`query`, in order.

        On all cores, unless ``threads`` says how many.

        >>> index = Index()
        >>> index.add([{"id": "a1", "text": "Rain fell on Oslo all day."}])
        >>> [len(found) for found in index.query_many(["RAIN fell on Oslo all day.", "Sun."])]
        [1, 0]
        """
        if isinstance(articles, (Article, str, os.PathLike)) or not isinstance(articles, Iterable):
            raise InputError.of("articles", articles, "an iterable of articles or texts")
        named = [(f"articles[{at}]", one) for at, one in enumerate(articles)]
        return answers(self._store, Question.of(named, limit, within, check_threads(threads)))

    def stories(self, since: datetime.date | str | None = None) -> list[Story]:
        """List the stories that several articles tell, the one that grew last first.

        With ``since`` only those of which an article is dated then or later. A story is known by
        its first article: the earliest, and of equals the one added first. Each other article of it
        was compared with that one and found to be a version.

        >>> index = Index()
        >>> index.add([Article("a1", "Rain fell on Oslo."), Article("a2", "RAIN fell on Oslo!")])
        >>> [(story.id, story.members[0].id) for story in index.stories()]
        [('a1', 'a2')]
        """
        moment = None if since is None else moment_of(Article("since", "", date=since).date)
        return tell_stories(self._store, moment)

    def stats(self) -> IndexStats:
        """Count what the index holds.

        >>> Index().stats().articles
        0
        """
        return index_stats(self._store)

    def state_key(self) -> tuple[str, int]:
        """Give where the index lies and the number of its last change.

        >>> index = Index()
        >>> before = index.state_key()
        >>> index.add("Rain fell on Oslo.")
        >>> index.state_key() == before
        False
        """
        return str(self._store.place), self._store.catalog.meta()["change"]

    def articles(self) -> Iterator[Row]:
        """Give number, id, title, source, url and date of each article, in the order added.

        >>> index = Index()
        >>> index.add([Article("a1", "Rain fell.", title="Rain")])
        >>> [row.title for row in index.articles()]
        ['Rain']
        """
        return self._store.catalog.all_rows()
