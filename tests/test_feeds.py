"""Articles in XML, and the encodings of pages."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from dedup import Fields, scan
from dedup.dump import Record, read
from dedup.dump.charsets import page_encoding
from dedup.dump.feeds import A_SUMMARY
from dedup.model import Rejected

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>The Post</title>
<item><title>Rain &amp;amp; snow</title><link>http://x.example/1</link><guid>g1</guid>
<pubDate>Tue, 31 Oct 2023 09:30:00 GMT</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>Rain fell on <b>Oslo</b>.</p><p>Then snow.</p>]]></content:encoded>
</item>
<item><title>Fog</title><link>http://x.example/2</link><description>Fog &lt;b&gt;lay&lt;/b&gt;
on Bergen.</description></item>
<item><title>Empty</title><guid>g3</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><id>urn:a</id>
<title>Rain</title><link href="http://x.example/a"/><updated>2023-10-31T09:30:00Z</updated>
<content type="html">&lt;p&gt;Rain fell on Oslo.&lt;/p&gt;</content></entry></feed>"""
NITF = """<!DOCTYPE nitf SYSTEM "nitf-3-3.dtd"><nitf><head><title>Old</title><docdata>
<doc-id id-string="n1"/><date.issue norm="20210305T120000Z"/></docdata></head><body><body.head>
<hedline><hl1>Rain in Oslo</hl1></hedline></body.head><body.content><p>Rain fell on
<em>Oslo</em>.</p><p>Then snow.</p></body.content></body></nitf>"""
NEWSML = """<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="tag:a"><itemMeta><provider literal="AP"/><versionCreated>2021-03-05T12:00:00Z
</versionCreated></itemMeta><contentMeta><headline>Rain in Oslo</headline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>x</title></head><body><p>Rain fell.</p><p>Then snow.</p></body></html></inlineXML>
</contentSet></newsItem><newsItem guid="tag:b"><contentSet><inlineData>Fog lay.</inlineData>
</contentSet></newsItem></itemSet></newsMessage>"""
RCV1 = """<newsitem itemid="2286" date="1996-08-20"><title>MEXICO: Rain.</title><headline>Rain.
</headline><text><p>Rain fell.</p><p>Then snow.</p></text></newsitem>"""


def load(path: Path, content: str | bytes) -> list[Record | Rejected]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, Fields(text="story")))  # which does not matter: XML has its own names


def test_feeds_are_read(tmp_path: Path) -> None:
    pytest.importorskip("feedparser")
    first, second, empty = load(tmp_path / "a.rss", RSS)
    assert isinstance(first, Record)
    article = first.article
    assert (article.id, article.title, article.source) == ("g1", "Rain & snow", "The Post")
    assert article.text == "Rain fell on Oslo.\n\nThen snow."
    assert article.date == datetime.datetime(2023, 10, 31, 9, 30, tzinfo=datetime.UTC)
    assert isinstance(second, Record)
    assert (second.article.text, second.notes) == ("Fog lay on Bergen.", (A_SUMMARY,))
    assert empty == Rejected(str(tmp_path / "a.rss"), 3, "empty text: the field is text")
    (entry,) = load(tmp_path / "a.xml", ATOM.encode("utf-16"))
    assert isinstance(entry, Record)
    assert (entry.article.id, entry.article.text) == ("urn:a", "Rain fell on Oslo.")


@pytest.mark.parametrize(
    "named",
    ['<date.issue norm="20210305T120000+0100"/>', '<pubdata date.publication="20210305T110000Z"/>'],
)
def test_an_agency_tells_the_hour(tmp_path: Path, named: str) -> None:
    content = NITF.replace('<date.issue norm="20210305T120000Z"/>', named)
    (found,) = load(tmp_path / "a.xml", content)
    assert isinstance(found, Record)
    assert found.article.date == datetime.datetime(2021, 3, 5, 11, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("content", "ids", "source"),
    [(NITF, ["n1"], ""), (NEWSML, ["tag:a", "tag:b"], "AP"), (RCV1, ["2286"], "")],
)
def test_the_agencies_formats_are_read(
    tmp_path: Path, content: str, ids: list[str], source: str
) -> None:
    found = load(tmp_path / "a.xml", content)
    records = [item for item in found if isinstance(item, Record)]
    assert [record.article.id for record in records] == ids
    first = records[0].article
    assert first.text in {"Rain fell on Oslo.\n\nThen snow.", "Rain fell.\n\nThen snow."}
    assert first.title.startswith("Rain")
    assert first.source == source
    assert str(first.date)[:10] in {"2021-03-05", "1996-08-20"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><nitf><p>&a;</p></nitf>', "declares entities"),
        ("<urlset><url/></urlset>", "its root is urlset"),
        ("<nitf><body>", "damaged XML"),
        ("", "its root is missing"),
        ("<rss><channel></channel></rss>", "no article in the feed"),
    ],
)
def test_xml_that_is_no_news_is_told(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "good.txt").write_text("Rain fell.")
    (tmp_path / "bad.xml").write_text(content)
    report = scan(tmp_path)
    assert report.articles == 1
    (rejected,) = report.rejected
    assert reason in rejected.reason


def test_deep_xml_ends(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Rain fell.")
    (tmp_path / "bad.xml").write_text(
        "<nitf>" + "<p>" * 200_000 + "x" + "</p>" * 200_000 + "</nitf>"
    )
    began = time.monotonic()
    scan(tmp_path)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("page", "header", "wanted"),
    [
        (b"\xef\xbb\xbf<meta charset=latin1>", "text/html; charset=koi8-r", "utf-8"),
        (b"<meta charset=utf-8>", 'text/html; charset="KOI8-R"', "koi8-r"),
        (b"<meta charset=koi8-r>", "text/html", "koi8-r"),
        (b"<meta charset=koi8-r>", "text/html; charset=nonsense", "koi8-r"),
        (
            b'<META HTTP-EQUIV="content-type" CONTENT="text/html; charset=Shift_JIS">',
            "",
            "cp932",
        ),
        (b"<!-- <meta charset=koi8-r> --><meta charset=utf-16>", "", "utf-8"),
        ("é".encode(), "", "utf-8"),
        ("é".encode("latin-1"), "", "windows-1252"),
        (b"", "charset=utf-16-le; charset=", "utf-16-le"),
        (b"", "charset=rot13", "utf-8"),
    ],
)
def test_the_encoding_of_a_page(page: bytes, header: str, wanted: str) -> None:
    assert page_encoding(page, header).replace("_", "-") == wanted


def test_a_torn_feed_is_set_aside(tmp_path: Path) -> None:
    pytest.importorskip("feedparser")
    torn = "<rss></title<item<description</description<description<item</description>"
    found = load(tmp_path / "a.rss", torn)
    assert found
    assert all(isinstance(item, Rejected) for item in found)
