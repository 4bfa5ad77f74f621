"""Precision and recall by threshold as an SVG image, in the colours of the page around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dedup.corpus.grouping import LEAST
from dedup.evaluation.quality import Quality, Share

__all__ = ["chart"]

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
    known: list[tuple[float, Share]] = [
        (quality.threshold, share) for quality in curve if (share := getattr(quality, name)).of
    ]
    if not known:
        return
    ends = [_x(threshold) for threshold, _ in known]
    starts = [_x(LEAST), *ends[:-1]]
    shares = [share for _, share in known]
    steps = [*zip(starts, ends, shares, strict=True)]
    line = "L".join(f"{a:.1f} {_y(s.value):.1f}L{b:.1f} {_y(s.value):.1f}" for a, b, s in steps)
    upper = "L".join(f"{a:.1f} {_y(s.high):.1f}L{b:.1f} {_y(s.high):.1f}" for a, b, s in steps)
    back = reversed(steps)
    lower = "L".join(f"{b:.1f} {_y(s.low):.1f}L{a:.1f} {_y(s.low):.1f}" for a, b, s in back)
    yield f'<path d="M{upper}L{lower}Z" fill="{colour}" opacity=".15"/>'
    yield f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
    row = _TOP + 14 + 18 * [*_COLOURS].index(name)
    yield f'<text x="{_WIDTH - _RIGHT + 8}" y="{row}" fill="{colour}">{name}</text>'
