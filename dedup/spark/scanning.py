"""A scan on Spark: the stages in their order, and the little that the driver does between them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from pyspark import Broadcast
from pyspark.sql import DataFrame, SparkSession, functions
from pyspark.sql.types import LongType, StructField, StructType

from dedup.arrays import U64, distinct
from dedup.candidates.lsh import THRESHOLD, choose_bands, most_similar
from dedup.candidates.terms import MOST_TEXTS, Ranking, most_pairs, rank_words
from dedup.corpus.clusters import Keep, Preference
from dedup.corpus.grouping import check_probability
from dedup.dump.reading import nothing_usable
from dedup.dump.records import Fields, used_columns
from dedup.errors import DumpError, InputError
from dedup.index.rows import seconds_of
from dedup.model import Rejected
from dedup.spark import cards as told
from dedup.spark import couples, grouping, judging, matching, tables
from dedup.spark.cards import Heads, Left
from dedup.spark.flow import Flow, by, joined
from dedup.spark.grouping import Members, Questions
from dedup.spark.judging import Verdicts
from dedup.spark.matching import SETTINGS, Kept, Pairs, pair_keys
from dedup.spark.reading import Cards, Read, read_rows
from dedup.spark.writing import Checkpoint, write
from dedup.text.vocabulary import english
from dedup.version import __version__

_ROWS_A_PART = 50_000
_ROWS_A_BLOCK = 250_000
_COPIES_A_PART = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan found: DataFrames, made when they are asked for.

    ``pairs``: ``a``, ``b`` (the lesser id first), ``verdict``, ``probability``, ``jaccard``.
    ``members``, a row an article: ``id``, and for one in a cluster ``cluster`` and
    ``representative``, and for a version how it compares with that one: ``verdict``,
    ``probability``, ``jaccard``. ``clusters``: ``cluster``, ``representative``, ``members``. The
    number of a cluster is made from the id of its representative.
    ``unique``: the rows of the input that are no version of another. ``rejected``: ``id``, where
    there is one, and ``reason``. ``articles`` were read.
    """

    articles: int
    pairs: DataFrame = field(repr=False)
    members: DataFrame = field(repr=False)
    clusters: DataFrame = field(repr=False)
    unique: DataFrame = field(repr=False)
    rejected: DataFrame = field(repr=False)

    def write(self, path: str) -> None:
        """Write the five tables as Parquet to a folder that is not there yet, all or none.

        Raises :class:`~dedup.errors.DumpError` for a folder that is there already.
        """
        named = {name: getattr(self, name) for name in tables.NAMES}
        write(named, path)


def scan(
    df: DataFrame,
    *,
    fields: Fields | None = None,
    keep: str = "earliest",
    min_probability: float = 0.5,
    within: float | datetime.timedelta | None = None,
    checkpoint: str | None = None,
) -> Found:
    """Find the versions of one story among the rows of a DataFrame, as :func:`dedup.scan` does.

    ``fields``, ``keep``, ``min_probability`` and ``within`` are those of :func:`dedup.scan`;
    ``keep="first"`` is refused, as the rows of a DataFrame have no order.

    ``checkpoint`` names a folder that Spark writes, for stages that are finished: the same call on
    the same files goes on from there, and the tables are made of what is in it. Without one they
    are on the disks of the executors.

    Raises :class:`~dedup.errors.InputError` where no column can hold the text,
    :class:`~dedup.errors.DumpError` where every row is set aside or the checkpoint is another's.
    """
    preference = Preference.parse(keep)
    if preference.keep is Keep.FIRST:
        raise InputError.of("keep", keep, "earliest, longest or source=NAME,NAME…: no row is first")
    check_probability("min_probability", min_probability)
    if fields is not None and not isinstance(fields, Fields):
        raise InputError.of("fields", fields, "a dedup.Fields or None")
    fields = fields or Fields()
    seconds = seconds_of(within)
    used = [df.columns[k] for k in used_columns(df.columns, fields)]
    tables.check_text(df.columns, fields)
    reading = partial(
        read_rows, fields=fields, bands=choose_bands(THRESHOLD), preference=preference
    )
    job = {"release": __version__, "fields": repr(fields), "keep": str(preference)}
    job["within"] = str(seconds)
    job |= {"columns": df.schema.simpleString(), "files": str(sorted(df.inputFiles()))}
    kept = Checkpoint(df.sparkSession, checkpoint, json.dumps(job))
    read = kept.keep("read", Flow.read(df.select(*(f"`{name}`" for name in used)), reading))
    return _Scan(df, fields, used, read, kept, Bounds(min_probability, seconds)).run()


class Bounds(NamedTuple):
    """From which probability on a pair is a version, and in how many seconds of each other."""

    least: float
    within: int | None


class _Scan:
    """One scan: what was read, and what the stages have found so far."""

    def __init__(
        self,
        df: DataFrame,
        fields: Fields,
        used: list[str],
        read: Flow,
        finished: Checkpoint,
        bounds: Bounds,
    ) -> None:
        self.finished = finished
        self.df = df
        self.used = used
        self.fields = fields
        self.read = read
        self.least, self.within = bounds
        self.spark: SparkSession = df.sparkSession
        counted = read.mapped(_count_rows).collect()
        self.rows = sum(count for count, _ in counted)
        rejected = [Rejected("df", 0, reason) for _, reasons in counted for reason in reasons]
        if rejected and not self.rows:
            raise DumpError(nothing_usable(rejected))
        at_once = self.spark.sparkContext.defaultParallelism
        parts = max(1, min(at_once, ceil(self.rows / 64)), ceil(self.rows / _ROWS_A_PART))
        self.parts = finished.number("parts", parts)  # where items lie hangs on it
        self.blocks = max(1, ceil(self.rows / _ROWS_A_BLOCK))

    def run(self) -> Found:
        """Work through all stages up to the clusters; tables are made of them later."""
        self._tell_articles()
        self._gather(self._standing(*self._candidates()))
        self._group()
        return self._found()

    def _share(self, value: Any) -> Broadcast[Any]:
        return self.spark.sparkContext.broadcast(value)

    def _keys(self, parts: list[U64]) -> Broadcast[Any]:
        """Share keys in order, each once; ``parts`` are let go of, which are the most there is."""
        found = np.concatenate([np.empty(0, np.uint64), *parts])
        parts.clear()
        found.sort()
        found = found[np.append(True, found[1:] != found[:-1])[: len(found)]]
        return self._share(found)

    def _tell_articles(self) -> None:
        """Settle which rows are articles, and which of those have the same words."""
        parts = self.parts
        by_id = self.read.sent(told.send_by_id, parts)
        self.settled = self.finished.keep("ids", by_id.mapped(told.settle_ids))
        counting = partial(told.count_copies, many=_COPIES_A_PART)
        losses = self.settled.mapped(counting).collect()
        self.heads = self._heads([words for _, _, words in losses])
        sending = partial(told.send_by_words, heads=self.heads)
        grouping = partial(told.group_cards, within=self.within, heads=self.heads)
        by_words = self.settled.sent(sending, parts)
        self.cards = self.finished.keep("cards", by_words.mapped(grouping))
        left = self.cards.mapped(_keys_again).collect()
        dropped = self._keys([keys for keys, _, _ in losses])
        self.lost = [contents for _, contents, _ in losses]
        self.firsts = sum(firsts for _, firsts in left)
        again = [keys for keys, _ in left]
        del left
        self.kept = Kept(dropped, self._keys(again))
        self.articles = self.rows - len(dropped.value)

    def _heads(self, words: list[U64]) -> Broadcast[Any]:
        """Choose what stands for very many copies."""
        often = distinct(np.concatenate([np.empty(0, np.uint64), *words]))
        if not len(often):
            return self._share(Heads())
        finding = partial(told.find_heads, digests=often)
        found = self.settled.mapped(finding).collect()
        return self._share(told.choose_heads(found, self.within))

    def _candidates(self) -> tuple[Flow, float]:
        """Find candidates by both lanes, and the share below which those of terms are left out."""
        parts, kept = self.parts, self.kept
        ranking = self._share(self._rank())
        sending = partial(matching.send_terms, kept=kept, ranking=ranking, blocks=self.blocks)
        met = self.read.sent(sending, len(matching.block_pairs(self.blocks)))
        found = met.mapped(partial(matching.join_block, ranking=ranking))
        nearest = found.sent(by(attrgetter("keys")), parts).mapped(matching.choose_nearest)
        related = self._once(nearest, "related")
        most = most_pairs(self.articles, SETTINGS)
        least = 0.0 if _count(related) <= most else matching.least_share(related, most)
        similar, crowded = self._similar()
        if crowded is not None:
            related = related.mapped(partial(couples.leave_out_between, crowded=crowded))
        return similar.joined(related), least

    def _similar(self) -> tuple[Flow, Broadcast[Any] | None]:
        """Find candidates that share a band; as in a scan, of very many each keeps two.

        Where they are very many, gives also the keys of the articles in many of them.
        """
        parts, kept = self.parts, self.kept
        met = self.read.sent(partial(matching.send_bands, kept=kept), parts)
        similar = self.finished.keep("similar", met.mapped(matching.join_buckets))
        most = most_similar(self.firsts)
        if _count(similar) <= most:
            return similar, None
        similar = self._once(similar, "similar-once")
        if self.within is not None and _count(similar) > most:
            near = partial(couples.near_ones, within=self.within)
            near_ones = self._couples(self.cards, similar, 0.0).mapped(near)
            similar = self._once(near_ones, "similar-near")
        if _count(similar) <= most:
            return similar, None
        sketches = self.read.sent(partial(couples.send_sketches, kept=kept), parts)
        shared = self._couples(sketches, similar, 0.0).mapped(couples.count_shared)
        both = self.finished.keep("similar-both", shared.sent(couples.send_to_both, parts))
        crowded = self._keys(both.mapped(couples.find_crowded).collect())
        return both.mapped(couples.choose_two), crowded

    def _once(self, pairs: Flow, name: str) -> Flow:
        """Put pairs together, each once, and keep them by that name."""
        met = pairs.sent(by(lambda pairs: pair_keys(pairs.keys)), self.parts)
        return self.finished.keep(name, met.mapped(matching.merge_pairs))

    def _standing(self, candidates: Flow, least: float) -> Flow:
        """Put the articles that stand for those of the same words in their place in candidates."""
        found = self._couples(self.cards, candidates, least)
        putting = partial(couples.put_standing, within=self.within)
        return self.finished.keep("candidates", found.mapped(putting))

    def _couples(self, known: Flow, pairs: Flow, least: float) -> Flow:
        """Bring pairs and what is known of both of their articles together."""
        parts = self.parts
        to_one = partial(couples.send_to_one, least=least)
        ones = Flow.meeting([(known, None), (pairs, to_one)], parts).mapped(couples.join_one)
        both = Flow.meeting([(known, None), (ones, by(lambda pairs: pairs[1]))], parts)
        return both.mapped(couples.join_other)

    def _rank(self) -> Ranking:
        """Rank the words of the dump by rarity: only those in some articles reach the driver."""
        counting = partial(matching.count_words, kept=self.kept)
        adding = partial(matching.add_counts, most=MOST_TEXTS)
        found = self.read.sent(counting, self.parts).mapped(adding).collect()
        ids = np.concatenate([np.empty(0, np.uint32), *(ids for ids, _ in found)])
        counts = np.concatenate([np.empty(0, np.int32), *(counts for _, counts in found)])
        return rank_words(ids, counts, self.articles, english(), SETTINGS)

    def _gather(self, candidates: Flow) -> None:
        """Bring candidates together with their words and marks, and judge them."""
        parts = self.parts
        self.candidates = Flow.meeting(
            [
                (self.read, partial(judging.send_articles, kept=self.kept)),
                (candidates, partial(judging.send_needs, parts=parts)),
                (self.cards, judging.send_copies),
            ],
            parts,
        )
        self.candidates = self.finished.keep("rows", self.candidates.mapped(judging.settle_rows))
        self.furniture = self._furniture()
        sending = partial(judging.send_rows, furniture=self.furniture)
        home = by(lambda chosen: judging.homes_of(chosen.keys))
        met = Flow.meeting([(self.candidates, sending), (candidates, home)], parts)
        self.judged = self.finished.keep("judged", met.mapped(judging.judge))

    def _furniture(self) -> Broadcast[Any]:
        """Find the sentences that many original articles of one source have."""
        parts = self.parts
        more = partial(judging.add_sentences, least=judging.MORE_THAN_RARE)
        many = partial(judging.add_sentences, least=judging.MANY)
        sentences = self.candidates.sent(judging.send_sentences, parts)
        repeated = self._keys(sentences.mapped(more).collect())
        if not len(repeated.value):
            return repeated
        counting = partial(judging.send_original_sentences, repeated=repeated)
        return self._keys(self.candidates.sent(counting, parts).mapped(many).collect())

    def _hang_together(self) -> tuple[Flow, Flow]:
        """Find which articles hang together: their labels, and those beside cards and versions."""
        parts = self.parts
        self.by_key = self.cards.sent(by(attrgetter("keys"), Cards), parts)
        choosing = partial(grouping.versions_of, least=self.least)
        versions = self.judged.joined(self.cards).mapped(choosing)
        forest = versions.sent(grouping.send_forest, 1).mapped(grouping.merge_forests)
        senders = [
            (forest, by(attrgetter("keys"))),
            (self.by_key, None),
            (versions, by(_first_keys)),
        ]
        return forest, Flow.meeting(senders, parts)

    def _release(self, forest: Flow, labelled: Flow) -> bool:
        """Let articles stay aside no longer whose best is not the best of all in its group.

        Of the others is known how they are cut: each is a version of that best one. Tells whether
        there are some that do not stay.
        """
        heads: Heads = self.heads.value
        if not len(heads.digests):
            return False
        own = heads.best_keys()
        found = forest.mapped(partial(grouping.labels_of, keys=np.sort(own))).collect()
        labels = distinct(np.concatenate([part.labels for part in found]))
        tops = labelled.mapped(partial(grouping.tops_of, labels=labels)).collect()
        held = heads.digests[np.isin(own, grouping.tops(joined(tops)).cards.keys)]
        if len(held) == len(own):
            return False
        sending = partial(told.send_released, held=held)
        meeting = Flow.meeting([(self.cards, None), (self.cards, sending)], self.parts)
        self.cards = meeting.mapped(partial(told.release, held=held))
        return True

    def _group(self) -> None:
        """Cut versions into clusters; pairs that have to be asked about are judged in rounds."""
        parts = self.parts
        forest, labelled = self._hang_together()
        if self._release(forest, labelled):
            _, labelled = self._hang_together()
        groups = labelled.sent(grouping.send_groups, parts)
        cutting = partial(grouping.cut, least=self.least, within=self.within)
        self.cuts: list[Flow] = []
        self.asked: list[Flow] = []
        while True:
            name = f"clusters-{self.least}-{len(self.cuts)}"
            self.cuts.append(self.finished.keep(name, groups.mapped(cutting)))
            questions = self.cuts[-1].mapped(grouping.questions_of)
            if not _count(questions):
                return
            self.asked.append(self._asked(questions))
            to_groups = by(attrgetter("labels"))
            groups = Flow.meeting([(self.cuts[-1], None), (self.asked[-1], to_groups)], parts)

    def _asked(self, questions: Flow) -> Flow:
        """Judge pairs that groups ask about."""
        parts = self.parts
        needing = partial(judging.send_needs, parts=parts, homes=judging.homes_apart)
        needed = Flow.meeting([(self.candidates, None), (questions, needing)], parts)
        sending = partial(judging.send_asked_rows, furniture=self.furniture)
        home = by(lambda asked: judging.homes_apart(asked.keys))
        judged = Flow.meeting([(needed, sending), (questions, home)], parts)
        name = f"asked-{self.least}-{len(self.asked)}"
        return self.finished.keep(name, judged.mapped(grouping.judge_questions))

    def _found(self) -> Found:
        """Make the tables."""
        clusters = self.cuts[0].joined(*self.cuts[1:])
        to_cards = by(attrgetter("words"), Members)
        members = Flow.meeting([(self.cards, None), (clusters, to_cards)], self.parts)
        members = members.mapped(tables.settle_members).kept()
        rejected = self.read.joined(self.settled).frame(tables.rejected_columns, tables.REJECTED)
        return Found(
            self.articles,
            pairs=self._pairs(),
            members=members.frame(partial(tables.member_columns, heads=self.heads), tables.MEMBERS),
            clusters=clusters.frame(tables.cluster_columns, tables.CLUSTERS),
            unique=self._unique(members),
            rejected=rejected,
        )

    def _pairs(self) -> DataFrame:
        parts = self.parts
        found = self.judged.joined(*self.asked, self.cards)
        pairs = found.mapped(partial(tables.related, least=self.least))
        ones = Flow.meeting([(self.by_key, None), (pairs, by(_first_keys))], parts)
        to_second = by(lambda named: named.pairs.keys[:, 1])
        others = Flow.meeting(
            [(self.by_key, None), (ones.mapped(tables.name_first), to_second)], parts
        )
        if len(self.heads.value.digests):
            others = others.joined(self.cards.mapped(tables.staying_aside))
        return others.frame(partial(tables.pair_columns, heads=self.heads), tables.PAIRS)

    def _unique(self, members: Flow) -> DataFrame:
        """Choose the rows of the input that stay, each as it came."""
        telling = partial(tables.contents_of, heads=self.heads)
        told_of = members.mapped(telling).collect()
        some_gone = [*self.lost, *(contents for contents, _ in told_of)]
        some_repeated = [contents for _, contents in told_of]
        del told_of
        gone, repeated = self._keys(some_gone), self._keys(some_repeated)
        leaving = partial(
            tables.staying, fields=self.fields, used=self.used, gone=gone, repeated=repeated
        )
        schema = StructType([*self.df.schema.fields, StructField(tables.AGAIN, LongType())])
        stays = self.df.mapInArrow(leaving, schema)
        if not len(repeated.value):
            return stays.drop(tables.AGAIN)
        again = functions.col(f"`{tables.AGAIN}`")
        once = stays.where(again.isNotNull()).dropDuplicates([tables.AGAIN])
        return stays.where(again.isNull()).union(once).drop(tables.AGAIN)


def _first_keys(pairs: Verdicts) -> U64:
    return pairs.keys[:, 0]


def _count_rows(items: Iterator[Read]) -> Iterator[tuple[int, list[str]]]:
    """Count articles, and give the reasons of the first records set aside where there are none."""
    for read in items:
        few = [] if len(read.cards.ids) else read.rejected[:_NAMED]
        yield len(read.cards.ids), [reason for _, reason in few]


_NAMED = 10


def _count(pairs: Flow) -> int:
    return sum(pairs.mapped(_count_pairs).collect())


def _count_pairs(items: Iterator[Pairs | Questions]) -> Iterator[int]:
    return (len(pairs.keys) for pairs in items)


def _keys_again(items: Iterator[Cards | Left]) -> Iterator[tuple[U64, int]]:
    return ((item.again, item.firsts) for item in items if isinstance(item, Left))
