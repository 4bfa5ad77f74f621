"""Results in a notebook: every text of others escaped, no scripts, what is left out said."""

from __future__ import annotations

from dataclasses import asdict
from html.parser import HTMLParser

import pytest

import dedup

pytestmark = pytest.mark.filterwarnings("ignore:.*HTML markup in the text")

WIRE = "The mayor of Oslo resigned on Monday. <script>alert(1)</script> She lost 4 members."
PAPER = "The mayor of Oslo resigned on Monday. She lost 5 members. Rain is expected."


class Tags(HTMLParser):
    """Takes down which tags and attributes stand in a fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def shown(result: object) -> str:
    html = str(result._repr_html_())  # type: ignore[attr-defined]
    seen = Tags()
    seen.feed(html)
    assert seen.tags <= {"div", "b", "table", "tr", "th", "td", "span", "br"}
    assert seen.attributes <= {"style", "scope", "dir"}
    return html


def test_a_comparison_shows_its_verdict_and_passages() -> None:
    found = dedup.compare(WIRE, PAPER)
    html = shown(found)
    assert f"<b>{found.verdict}</b>" in html
    assert "&lt;script&gt;" in html
    assert all(passage.kind.value in html for passage in found.passages)


def test_an_alignment_shows_its_passages() -> None:
    found = dedup.align(WIRE, PAPER)
    assert isinstance(found, dedup.Alignment)
    assert all(passage.kind.value in shown(found) for passage in found.passages)


def test_a_trace_names_the_source_of_each_sentence() -> None:
    html = shown(dedup.trace(PAPER, [WIRE]))
    assert "source 0" in html
    assert "Rain is expected." in html


def test_a_report_shows_its_largest_clusters() -> None:
    copies = [dedup.Article(f"<b>{k}", "Rain fell on Oslo all day.") for k in range(3)]
    report = dedup.scan([*copies, "Sun shone on Bergen."])
    html = shown(report)
    assert "&lt;b&gt;0" in html
    assert "4 articles" in html
    assert len(report) == 4


def test_matches_show_themselves_as_a_table_and_become_rows() -> None:
    index = dedup.Index()
    index.add([dedup.Article("<i>7", WIRE, "Mayor\x1b[2J\nquits", "2024-03-01", "Wire", "u")])
    found = index.query(PAPER)
    html = shown(found)
    assert "1 match" in html
    assert "&lt;i&gt;7" in html
    assert str(found).splitlines()[1].endswith("Mayor␛[2J quits")
    assert isinstance(found, list)
    assert found.to_dicts() == [{**asdict(found[0]), "verdict": str(found[0].verdict)}]
    assert found.to_pandas()["id"].tolist() == found.to_arrow()["id"].to_pylist() == ["<i>7"]
    assert found.to_arrow()["date"][0].as_py().isoformat() == "2024-03-01T00:00:00+00:00"


@pytest.mark.parametrize("lines", [39, 60])
def test_what_is_left_out_is_said(lines: int) -> None:
    text = "\n".join(f"Line number {k} of this list stands here." for k in range(lines))
    html = shown(dedup.compare(text, "Nothing of that kind."))
    assert ("more</div>" in html) == (lines > 40)
