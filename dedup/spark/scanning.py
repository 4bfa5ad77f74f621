"""A scan on Spark: the stages in their order, and the little that the driver does between them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame, SparkSession, functions
from pyspark.sql.types import LongType, StructField, StructType

from dedup.arrays import I64, U64, distinct
from dedup.candidates.lsh import choose_bands, most_similar
from dedup.candidates.terms import Ranking, most_pairs, rank_words
from dedup.corpus.clusters import Keep, Preference, stars
from dedup.corpus.grouping import check_probability
from dedup.corpus.windows import Window
from dedup.dump.reading import nothing_usable
from dedup.dump.records import Fields, used_columns
from dedup.errors import DumpError, InputError
from dedup.index.rows import seconds_of
from dedup.model import Rejected, Verdict
from dedup.spark import cards as told
from dedup.spark import couples, judging, matching, tables
from dedup.spark.cards import Left
from dedup.spark.couples import Chosen
from dedup.spark.flow import Flow, Sending
from dedup.spark.judging import Verdicts
from dedup.spark.matching import SETTINGS, Kept, Pairs
from dedup.spark.reading import Cards, Read, read_rows
from dedup.spark.tables import Members
from dedup.spark.writing import Checkpoint, write
from dedup.text.vocabulary import english
from dedup.verdict.judging import CODES
from dedup.version import __version__

__all__ = ["Found", "scan"]

_THRESHOLD = 0.5
_ROWS_A_PART = 50_000
_ROWS_A_BLOCK = 250_000
_MOST = 8_000


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan found: DataFrames, made when they are asked for.

    ``pairs``: ``a``, ``b`` (the lesser id first), ``verdict``, ``probability``, ``jaccard``.
    ``members``, a row an article: ``id``, and for one in a cluster ``cluster`` and
    ``representative``, and for a version how it compares with that one: ``verdict``,
    ``probability``, ``jaccard``. ``clusters``: ``cluster``, ``representative``, ``members``.
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
        read_rows, fields=fields, bands=choose_bands(_THRESHOLD), preference=preference
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
        self.parts = max(1, min(at_once, ceil(self.rows / 64)), ceil(self.rows / _ROWS_A_PART))
        self.blocks = max(1, ceil(self.rows / _ROWS_A_BLOCK))

    def run(self) -> Found:
        """Work through all stages up to the clusters; tables are made of them later."""
        self._tell_articles()
        self._gather(self._standing(*self._candidates()))
        return self._found(*self._group())

    def _share(self, value: Any) -> Broadcast[Any]:
        return self.spark.sparkContext.broadcast(value)

    def _keys(self, parts: Iterable[U64]) -> Broadcast[Any]:
        return self._share(distinct(np.concatenate([np.empty(0, np.uint64), *parts])))

    def _tell_articles(self) -> None:
        """Settle which rows are articles, and which of those have the same words."""
        parts = self.parts
        by_id = self.read.sent(partial(told.send_by_id, parts=parts), parts)
        self.settled = self.finished.keep("ids", by_id.mapped(told.settle_ids))
        by_words = self.settled.sent(partial(told.send_by_words, parts=parts), parts)
        self.cards = self.finished.keep(
            "cards", by_words.mapped(partial(told.group_cards, within=self.within))
        )
        self.losses: list[Left] = self.settled.mapped(_only_left).collect()
        self.left: list[Left] = self.cards.mapped(_only_left).collect()
        dropped = self._keys(left.dropped for left in self.losses)
        self.kept = Kept(dropped, self._keys(left.again for left in self.left))
        self.articles = self.rows - len(dropped.value)

    def _candidates(self) -> tuple[Flow, float]:
        """Find candidates by both lanes, and the share below which those of terms are left out."""
        parts, kept = self.parts, self.kept
        ranking = self._share(self._rank())
        sending = partial(matching.send_terms, kept=kept, ranking=ranking, blocks=self.blocks)
        met = self.read.sent(sending, len(matching.block_pairs(self.blocks)))
        related = (
            met.mapped(partial(matching.join_block, ranking=ranking))
            .sent(partial(matching.send_nearest, parts=parts), parts)
            .mapped(matching.choose_nearest)
            .sent(partial(matching.send_pairs, parts=parts), parts)
            .mapped(matching.merge_pairs)
        )
        related = self.finished.keep("related", related)
        least = self._least_share(related)
        similar, crowded = self._similar()
        if crowded is not None:
            related = related.mapped(partial(couples.leave_out_between, crowded=crowded))
        return similar.joined(related), least

    def _similar(self) -> tuple[Flow, Broadcast[Any] | None]:
        """Find candidates that share a band; as in a scan, of very many each keeps two.

        Where they are very many, gives also the keys of the articles in many of them.
        """
        parts, kept = self.parts, self.kept
        sending = partial(matching.send_bands, kept=kept, parts=parts)
        similar = self.finished.keep(
            "similar", self.read.sent(sending, parts).mapped(matching.join_buckets)
        )
        most = most_similar(sum(left.firsts for left in self.left))
        if _count(similar) <= most:
            return similar, None
        once = similar.sent(partial(matching.send_pairs, parts=parts), parts)
        once = self.finished.keep("similar-once", once.mapped(matching.merge_pairs))
        if _count(once) <= most:
            return once, None
        sketches = self.read, partial(couples.send_sketches, kept=kept, parts=parts)
        shared = self._couples(sketches, once, 0.0).mapped(couples.count_shared)
        both = shared.sent(partial(couples.send_to_both, parts=parts), parts)
        both = self.finished.keep("similar-both", both)
        crowded = self._keys(both.mapped(couples.find_crowded).collect())
        return both.mapped(couples.choose_two), crowded

    def _standing(self, candidates: Flow, least: float) -> Flow:
        """Put the articles that stand for those of the same words in their place in candidates."""
        standing = self.cards, partial(couples.send_standing, parts=self.parts)
        found = self._couples(standing, candidates, least)
        putting = partial(couples.put_standing, within=self.within)
        return self.finished.keep("candidates", found.mapped(putting))

    def _couples(self, known: tuple[Flow, Sending], pairs: Flow, least: float) -> Flow:
        """Bring pairs and what is known of both of their articles together."""
        parts = self.parts
        ones = Flow.meeting(
            [known, (pairs, partial(couples.send_to_one, least=least, parts=parts))], parts
        ).mapped(couples.join_one)
        both = Flow.meeting([known, (ones, partial(couples.send_to_other, parts=parts))], parts)
        return both.mapped(couples.join_other)

    def _rank(self) -> Ranking:
        """Rank the words of the dump by rarity: only those in some articles reach the driver."""
        counting = partial(matching.count_words, kept=self.kept, parts=self.parts)
        adding = partial(matching.add_counts, most=_MOST)
        found = self.read.sent(counting, self.parts).mapped(adding).collect()
        ids = np.concatenate([np.empty(0, np.uint32), *(ids for ids, _ in found)])
        counts = np.concatenate([np.empty(0, np.int32), *(counts for _, counts in found)])
        return rank_words(ids, counts, self.articles, english(), SETTINGS)

    def _least_share(self, related: Flow) -> float:
        """Find the share of the last pair that a scan keeps; few dumps have more than it keeps."""
        most = most_pairs(self.articles, SETTINGS)
        if _count(related) <= most:
            return 0.0
        low = 0
        for shift in (16, 0):  # the bits of a share order as it does; the upper half, then all
            counting = partial(_count_bits, above=low >> 16 if shift == 0 else None, shift=shift)
            numbers: dict[int, int] = {}
            for values, counts in related.mapped(counting).collect():
                for value, count in zip(values.tolist(), counts.tolist(), strict=True):
                    numbers[value] = numbers.get(value, 0) + count
            for value in sorted(numbers, reverse=True):
                if numbers[value] >= most:
                    low = value << shift
                    break
                most -= numbers[value]
        return float(np.array([low], np.uint32).view(np.float32)[0])

    def _gather(self, candidates: Flow) -> None:
        """Bring candidates together with their words and marks, and judge them."""
        parts = self.parts
        self.candidates = Flow.meeting(
            [
                (self.read, partial(judging.send_articles, kept=self.kept, parts=parts)),
                (candidates, partial(judging.send_needs, parts=parts)),
                (self.cards, partial(judging.send_copies, parts=parts)),
            ],
            parts,
        )
        self.candidates = self.finished.keep("rows", self.candidates.mapped(judging.settle_rows))
        self.furniture = self._furniture()
        sending = partial(judging.send_rows, furniture=self.furniture)
        choosing = partial(judging.send_chosen, parts=parts)
        senders = [(self.candidates, sending), (candidates, choosing)]
        judged = Flow.meeting(senders, parts).mapped(judging.judge)
        self.judged = self.finished.keep("judged", judged)

    def _furniture(self) -> Broadcast[Any]:
        """Find the sentences that many original articles of one source have."""
        parts = self.parts
        more = partial(judging.add_sentences, least=judging.MORE_THAN_RARE)
        many = partial(judging.add_sentences, least=judging.MANY)
        counting = partial(judging.send_sentences, parts=parts)
        repeated = self._keys(self.candidates.sent(counting, parts).mapped(more).collect())
        if not len(repeated.value):
            return repeated
        counting = partial(judging.send_original_sentences, repeated=repeated, parts=parts)
        return self._keys(self.candidates.sent(counting, parts).mapped(many).collect())

    def _group(self) -> tuple[Members, Verdicts]:
        """Cut versions into clusters; pairs that have to be asked about are judged in rounds."""
        choosing = partial(_versions, least=self.least)
        pairs = np.concatenate(
            [
                np.empty((0, 2), np.uint64),
                *self.judged.mapped(choosing).collect(),
                *(left.ties for left in self.left),
            ]
        )
        keys, leaders, moments = self._ranked(distinct(pairs.ravel()))
        window = Window(moments, self.within)
        order = np.argsort(keys)
        places = order[np.searchsorted(keys[order], pairs)].astype(np.int64)
        asked: list[Verdicts] = []

        def verify(questions: I64) -> list[bool]:
            near = window.near(questions)
            same = leaders[questions[:, 0]] == leaders[questions[:, 1]]
            open_ones = np.sort(keys[questions[near & ~same]], axis=1)
            found = self._ask(open_ones)
            asked.append(found)
            versions = found.are_versions(self.least).tolist()
            told = dict(zip(map(tuple, found.keys.tolist()), versions, strict=True))
            answers = near.copy()
            answers[near & ~same] = [told[tuple(pair)] for pair in open_ones.tolist()]
            return [bool(answer) for answer in answers.tolist()]

        groups = stars(np.sort(places, axis=1), np.arange(len(keys)), verify)
        known = _joined(asked)
        return self._members(groups, keys, leaders, known), known

    def _ranked(self, wanted: U64) -> tuple[U64, U64, I64]:
        """Give keys of articles, best first, of those that stand for them, and dates."""
        frame = self.cards.frame(
            partial(tables.rank_columns, wanted=self._share(wanted)), tables.RANKS
        )
        found = frame.orderBy("first", "second", "id").select("key", "leader", "moment").toArrow()
        keys, leaders, moments = (column.to_numpy() for column in found.columns)
        return keys.view(np.uint64), leaders.view(np.uint64), moments

    def _ask(self, pairs: U64) -> Verdicts:
        """Judge pairs that the driver asks about."""
        if not len(pairs):
            return _joined([])
        needs = self._share(judging.needs_of(pairs, self.parts))
        sending = partial(judging.send_asked_rows, furniture=self.furniture, needs=needs)
        chosen = Chosen(pairs, np.ones(len(pairs), np.bool_))
        asking = partial(judging.send_chosen, parts=self.parts)
        senders = [(self.candidates, sending), (Flow.of(self.spark, [chosen]), asking)]
        return _joined(Flow.meeting(senders, self.parts).mapped(judging.judge).collect())

    def _members(self, groups: Sequence[Any], keys: U64, leaders: U64, known: Verdicts) -> Members:
        """Tell how each member of a cluster compares with its representative."""
        sizes = np.array([len(others) for _, others in groups], np.int64)
        ones = np.repeat(np.array([one for one, _ in groups], np.int64), sizes)
        others = np.array([other for _, members in groups for other in members], np.int64)
        clusters = np.repeat(np.arange(len(groups)), sizes)
        same = leaders[ones] == leaders[others]
        pairs = np.sort(np.stack((keys[ones], keys[others]), axis=1), axis=1)
        wanted = self._share(distinct(judging.pair_keys(pairs[~same])))
        parts = self.judged.mapped(partial(_of_pairs, wanted=wanted)).collect()
        found = _joined([known, *parts])
        verdicts = np.full(len(pairs), CODES[Verdict.IDENTICAL], np.uint8)
        probability, jaccard = np.ones(len(pairs)), np.ones(len(pairs))
        names = judging.pair_keys(found.keys)
        order = np.argsort(names)
        at = order[np.searchsorted(names[order], judging.pair_keys(pairs[~same]))]
        verdicts[~same] = found.verdicts[at]
        probability[~same], jaccard[~same] = found.probability[at], found.jaccard[at]
        return Members.of(keys[others], keys[ones], clusters, (verdicts, probability, jaccard))

    def _found(self, members: Members, asked: Verdicts) -> Found:
        """Make the tables."""
        shared = self._share(members)
        member = self.cards.frame(partial(tables.member_columns, members=shared), tables.MEMBERS)
        is_one = functions.col("role") == "one"
        ones = member.where(is_one).select("cluster", functions.col("id").alias("representative"))
        sizes = self.spark.createDataFrame(
            pa.table({"cluster": members.numbers, "members": members.sizes})
        )
        judged = ("verdict", "probability", "jaccard")
        return Found(
            self.articles,
            pairs=self._pairs(asked),
            members=member.join(ones, "cluster", "left").select(
                "id", "cluster", "representative", *judged
            ),
            clusters=ones.join(sizes, "cluster"),
            unique=self._unique(shared),
            rejected=self.read.frame(tables.rejected_columns, tables.REJECTED).union(
                self.settled.frame(tables.rejected_columns, tables.REJECTED)
            ),
        )

    def _pairs(self, asked: Verdicts) -> DataFrame:
        without = self._share(distinct(judging.pair_keys(asked.keys)))
        listing = partial(tables.pair_columns, least=self.least)
        found = self.judged.frame(partial(listing, without=without), tables.PAIRS)
        found = found.union(Flow.of(self.spark, [asked]).frame(listing, tables.PAIRS))
        found = found.union(self.cards.frame(tables.copy_columns, tables.PAIRS))
        ids = self.cards.frame(tables.id_columns, tables.IDS)
        for name in ("one", "other"):
            named = ids.select(
                functions.col("key").alias(name), functions.col("id").alias(f"{name} id")
            )
            found = found.join(named, name)
        ends = functions.col("one id"), functions.col("other id")
        return found.select(
            functions.least(*ends).alias("a"),
            functions.greatest(*ends).alias("b"),
            *("verdict", "probability", "jaccard"),
        )

    def _unique(self, members: Broadcast[Members]) -> DataFrame:
        """Choose the rows of the input that stay, each as it came."""
        told_of = self.cards.mapped(partial(tables.contents_of, members=members)).collect()
        lost = [left.lost for left in self.losses]
        gone = self._keys([*lost, *(contents for contents, _ in told_of)])
        repeated = self._keys(contents for _, contents in told_of)
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


def _count_rows(items: Iterator[Read]) -> Iterator[tuple[int, list[str]]]:
    """Count articles, and give the reasons of the first records set aside where there are none."""
    for read in items:
        few = [] if read.cards.ids else read.rejected[:_NAMED]
        yield len(read.cards.ids), [reason for _, reason in few]


_NAMED = 10


def _count(pairs: Flow) -> int:
    return sum(pairs.mapped(_count_pairs).collect())


def _count_pairs(items: Iterator[Pairs]) -> Iterator[int]:
    return (len(pairs.keys) for pairs in items)


def _count_bits(items: Iterator[Pairs], above: int | None, shift: int) -> Iterator[Any]:
    for pairs in items:
        bits = pairs.shares.view(np.uint32)
        if above is not None:
            bits = bits[bits >> 16 == above]
        yield np.unique(bits >> np.uint32(shift), return_counts=True)


def _only_left(items: Iterator[Cards | Left]) -> Iterator[Left]:
    return (item for item in items if isinstance(item, Left))


def _versions(items: Iterator[Verdicts], least: float) -> Iterator[U64]:
    return (found.keys[found.are_versions(least)] for found in items)


def _of_pairs(items: Iterator[Verdicts], wanted: Broadcast[Any]) -> Iterator[Verdicts]:
    for found in items:
        yield found.take(told.among(judging.pair_keys(found.keys), wanted))


def _joined(parts: Sequence[Verdicts]) -> Verdicts:
    flags, codes = np.empty(0, np.bool_), np.empty(0, np.uint8)
    none = Verdicts(np.empty((0, 2), np.uint64), flags, codes, np.empty(0), np.empty(0))
    return Verdicts(*(np.concatenate(columns) for columns in zip(none, *parts, strict=True)))
