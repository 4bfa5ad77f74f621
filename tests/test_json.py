"""What the compiled reading of JSON is given; what it finds is tested with the batches."""

from __future__ import annotations

import numpy as np
import pytest

from dedup.dump._escapes import unescape
from dedup.dump._json import PADDING, find_fields

pytestmark = pytest.mark.loops


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"{}\n" + b"\n" * 16, 3),
        (b"{}\n" + b"\n" * 13, 3),
        (b'{"a":1}x' + b"\n" * 24, 8),
        (b"{}\n" + b"\n" * 20 + b"x", 3),
        (b"\n" * 24, 30),
        (b"\n" * 24, -1),
    ],
    ids=["not by eights", "short", "no line feed", "not line feeds", "too long", "negative"],
)
def test_a_buffer_that_is_not_padded_is_refused(data: bytes, size: int) -> None:
    source, names = np.frombuffer(data, np.uint8), np.frombuffer(b"text", np.uint8)
    assert PADDING == 16
    with pytest.raises(ValueError, match="not padded"):
        find_fields(source, size, names, np.array([0, 4]), np.zeros((1, 1), np.int64))


@pytest.mark.parametrize("span", [(-1, 2), (2, 1), (0, 9)])
def test_spans_that_lead_out_of_the_source_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="row 1 leads out of 8 bytes"):
        unescape(np.frombuffer(b"Rain.\n\n\n", np.uint8), np.array([(0, 5), span]))
