"""Precision and recall by threshold as an SVG image, in the colours of the page around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dedup.corpus.grouping import LEAST
from dedup.evaluation.quality import Quality

_WIDTH, _HEIGHT, _LEFT, _TOP, _BELOW, _RIGHT = 640, 360, 48, 16, 44, 84
_COLOURS = {"precision": "#2563eb", "recall": "#d97706"}
_TICKS = 5


def chart(curve: Sequence[Quality]) -> str:
    """Draw precision and recall by threshold, each with its interval.

    >>> chart([Quality(0.5, 10, 9, 12)]).startswith("<svg")
    True
    """
    lines = [part for name, colour in _COLOURS.items() for part in _line(curve, name, colour)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="12" '
        'fill="currentColor" aria-label="Precision and recall by min_probability">',
        *_axes(),
        *lines,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(threshold: float) -> float:
    return _LEFT + (threshold - LEAST) / (1 - LEAST) * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_HEIGHT - _TOP - _BELOW)


def _axes() -> Iterator[str]:
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        threshold = LEAST + share * (1 - LEAST)
        x, y = _x(threshold), _y(share)
        yield (
            f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="currentColor" opacity=".2"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.1f}</text>'
            f'<text x="{x:.1f}" y="{_y(0) + 18:.1f}" text-anchor="middle">{threshold:.1f}</text>'
        )
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">min_probability</text>'


def _line(curve: Sequence[Quality], name: str, colour: str) -> Iterator[str]:
    """Draw a share as steps: a threshold counts from where the one before it ends."""
    known = [(_x(quality.threshold), getattr(quality, name)) for quality in curve]
    known = [(x, share) for x, share in known if share.value is not None]
    if not known:
        return
    ends = [x for x, _ in known]
    places = [x for step in zip([_x(LEAST), *ends], ends, strict=False) for x in step]

    def drawn(of: str) -> list[str]:
        heights = [_y(getattr(share, of)) for _, share in known for _ in range(2)]
        return [f"{x:.1f} {y:.1f}" for x, y in zip(places, heights, strict=True)]

    line, upper, lower = map("L".join, (drawn("value"), drawn("high"), drawn("low")[::-1]))
    yield f'<path d="M{upper}L{lower}Z" fill="{colour}" opacity=".15"/>'
    yield f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
    row = _TOP + 14 + 18 * [*_COLOURS].index(name)
    yield f'<text x="{_WIDTH - _RIGHT + 8}" y="{row}" fill="{colour}">{name}</text>'
