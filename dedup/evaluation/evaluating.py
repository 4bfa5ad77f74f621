"""Scan a dump and look up what was said of labelled pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from dedup.corpus.result import Report
from dedup.corpus.scanning import scan
from dedup.dump.frames import Table
from dedup.errors import InputError
from dedup.evaluation.labelled import Evaluation, LabelledPair
from dedup.evaluation.labels import Labels, read_labels
from dedup.model import Article


def evaluate(
    labels: Labels,
    data: Report | Iterable[Article | str | Mapping[str, object] | Path] | str | Path | Table,
) -> Evaluation:
    """Say how well a scan tells the versions among your own labelled pairs, and where to cut.

    ``labels`` are pairs of ids with a label: a verdict, ``version`` or ``not``, true or false; as
    triples, as mappings or a table with ``a``, ``b`` and ``label``, or as the path of a file of
    JSON Lines, CSV or TSV. ``data`` is the dump they are from, as :func:`dedup.scan` takes it, or
    its :class:`~dedup.Report`, which knows all that was judged, whatever its ``min_probability``.
    A pair that the scan never compared counts as not flagged. Pairs that :meth:`dedup.Report.draw`
    drew count by their ``weight``.

    Raises :class:`~dedup.errors.InputError` for labels that cannot be used or name an id that is
    not in the data, and :class:`~dedup.errors.DumpError` for what cannot be read.

    >>> news = ["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun shone on Bergen."]
    >>> found = evaluate([("0", "1", "version"), ("0", "2", "not")], news)
    >>> found.at(0.5).recall.value, found.cut(precision=0.95).threshold
    (1.0, 0.5)
    """
    named = read_labels(labels)
    report = data if isinstance(data, Report) else scan(data)
    try:
        found = report.judged((label.a, label.b) for label in named)
    except InputError as error:
        raise InputError(f"labels: {str(error).removeprefix('pairs: ')}") from None
    said = ((None, 0.0) if pair is None else (pair.verdict, pair.probability) for pair in found)
    both = zip(named, said, strict=True)
    return Evaluation(
        tuple(
            LabelledPair(label.a, label.b, label.is_version, verdict, probability, label.weight)
            for label, (verdict, probability) in both
        )
    )
