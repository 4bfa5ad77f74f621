"""An index on disk: what is saved, who may change it, and what happens where a file is damaged."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import Newsroom, news

import dedup
from dedup import Article, BusyError, DedupError, FormatError, Index

PACKAGE = Path(dedup.__file__).parent.parent
OLD = Path(__file__).parent / "data" / "format_2.index"
"""An index of twelve invented articles, saved by a release that wrote format 2."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with Index.open(tmp_path / "i") as index:
        index.add(news())
    return tmp_path / "i"


def script(code: str, *arguments: str | Path, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        **options,  # type: ignore[call-overload]
    )


def state_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if "-" not in path.name}


# --- saved and opened


def test_what_is_added_is_there_when_the_folder_is_opened_again(place: Path) -> None:
    held = Index()
    held.add(news())
    with Index.open(place) as index:
        assert list(index) == list(held)
        for article in news():
            assert index.query(article) == held.query(article)
        assert index.stories() == held.stories()
        assert index.stats().articles == 12
        assert index.stats().bytes == sum(path.stat().st_size for path in place.iterdir())


def test_saved_loaded_and_opened_are_the_same(place: Path, tmp_path: Path) -> None:
    with Index.open(place) as index:
        index.remove("n000")
        index.save(tmp_path / "copy")
        wanted = index.query_many(news(), threads=2)
    with Index.open(tmp_path / "copy") as copy:
        loaded = Index.load(tmp_path / "copy")
        for other in (copy, loaded):
            assert other.query_many(news()) == wanted
            other.add([Article("later", "Another text came later.")])
            assert "later" in other


def test_saving_again_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    index = Index()
    index.add(["Rain fell on the town."])
    index.save(tmp_path / "i")
    index.add(["Snow fell on the hill."])
    index.save(tmp_path / "i")
    assert len(Index.load(tmp_path / "i")) == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "i"]


def test_a_save_that_was_killed_between_two_names_is_mended(place: Path) -> None:
    place.rename(place.with_name(f".{place.name}.old"))
    with Index.open(place) as index:
        assert len(index) == 12


def test_settings_are_kept(tmp_path: Path) -> None:
    with Index.open(tmp_path / "i", threshold=0.7, recall=0.9, num_perm=64, stories=False) as made:
        made.add(["Rain fell on the town."])
    with Index.open(tmp_path / "i") as index:
        assert index.bands == made.bands
        assert len(index.signature("Rain").hashvalues) == 64
        with pytest.raises(DedupError, match="stories"):
            index.stories()


def test_no_text_is_kept(place: Path) -> None:
    words = {word.encode() for article in news() for word in article.text.split() if len(word) > 9}
    held = b"".join(state_of(place).values())
    assert words
    assert not any(word in held for word in words)


def test_the_old_format_is_read_once_and_written_anew(tmp_path: Path) -> None:
    old = tmp_path / "old.index"
    shutil.copy(OLD, old)
    room = Newsroom(2)
    wanted = Index()
    wanted.add(Article(article.id, article.text) for article in room.articles(12))
    loaded = Index.load(old)
    assert old.is_file()
    with Index.open(old) as index:
        for other in (loaded, index):
            assert list(other) == list(wanted)
            for article in Newsroom(2).articles(12):
                asked = room.syndicated(article.text)
                assert other.query(asked) == wanted.query(asked)
    assert old.is_dir()
    assert list(tmp_path.iterdir()) == [old]


# --- refused


def refused(path: Path, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as error:
        Index.load(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "missing", "no such file")
    foreign = {
        "empty": b"",
        "text": b"Rain fell on the town.\n",
        "json": b'{"format": "dedup index"}',
        "pickle": b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94.",
        "zip": b"PK\x05\x06" + bytes(18),
    }
    for name, content in foreign.items():
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, "not a dedup index")
        with pytest.raises(FormatError):
            Index.open(tmp_path / name)
        assert (tmp_path / name).read_bytes() == content
    np.savez(tmp_path / "other.npz", values=np.arange(3))
    refused(tmp_path / "other.npz", "not a dedup index")
    refused(tmp_path, "a folder that is not a dedup index")
    with pytest.raises(FormatError, match="a folder that is not a dedup index"):
        Index.open(tmp_path)
    with pytest.raises(DedupError, match="a folder that is not a dedup index"):
        Index().save(tmp_path)
    assert not (tmp_path / "catalog.sqlite").exists()


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("version", 4, "version is 4, this release reads 3"),
        ("format", "another tool", "format is 'another tool'"),
        ("seed", 7, "seed is 7"),
        ("shingle_words", 5, "shingle_words is 5"),
    ],
)
def test_a_later_format_is_refused(place: Path, key: str, value: object, reason: str) -> None:
    connection = sqlite3.connect(place / "catalog.sqlite")
    connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
    connection.commit()
    connection.close()
    before = state_of(place)
    for use in (Index.open, Index.load):
        with pytest.raises(FormatError, match=reason):
            use(place)
    assert state_of(place) == before


def use_all(place: Path) -> None:
    """Ask and change an index in all ways."""
    with Index.open(place) as index:
        index.query_many(news(), limit=50)
        index.stories()
        list(index.articles())
        index.add([Article("later", news()[0].text)])
        index.remove("later")
        index.compact()


def add_and_merge(place: Path) -> None:
    with Index.open(place) as index:
        index.add([Article("later", "Sun at last.")])
        index.compact()


def test_a_catalog_or_segment_that_is_missing_or_cut_short_is_refused(place: Path) -> None:
    for path in [path for path in place.iterdir() if path.name != "writer.sqlite"]:
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(FormatError, match="missing"):
            use_all(place)
        for share in (0.001, 0.1, 0.5, 0.9, 0.999):
            path.write_bytes(whole[: int(share * len(whole))])
            with pytest.raises(FormatError, match=r"cut short|damaged|not a part|missing"):
                use_all(place)
        path.write_bytes(whole)
        use_all(place)
        for _ in range(2):  # what was merged: nothing else is left
            with Index.open(place) as index:
                assert sorted(index) == sorted(article.id for article in news())
        shutil.rmtree(place)
        with Index.open(place) as index:
            index.add(news())


@pytest.fixture(scope="module")
def whole_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an index once that nothing changes."""
    place = tmp_path_factory.mktemp("whole") / "i"
    with Index.open(place) as index:
        index.add(news())
    return place


@settings(max_examples=150)
@given(seed=st.integers(0, 1 << 30))
def test_a_damaged_segment_is_refused_or_answers(
    seed: int, whole_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is read out of bounds, and a merge carries no damage on."""
    chance = random.Random(seed)
    place = tmp_path_factory.mktemp("damaged") / "i"
    shutil.copytree(whole_index, place)
    (segment,) = place.glob("*.segment")
    whole = bytearray(segment.read_bytes())
    first = chance.choice([0, 0, 2048])
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(first, len(whole))
        whole[at] = chance.choice([whole[at] ^ (1 << chance.randrange(8)), 0, 255])
    changed = bytes(whole) != segment.read_bytes()
    segment.write_bytes(whole)
    with suppress(FormatError), Index.open(place) as index:
        index.query_many(news(), limit=50)
        index.query(news()[0], within=3)
    if changed and not _is_padding(segment, whole):
        with pytest.raises(FormatError):
            add_and_merge(place)
    shutil.rmtree(place.parent)


def _is_padding(segment: Path, damaged: bytes) -> bool:
    """Tell whether a file's arrays are as they were written: only the space between them is not."""
    from dedup.index.container import check_arrays

    try:
        check_arrays(segment)
    except FormatError:
        return False
    return True


def test_the_space_of_what_is_forgotten_comes_back(tmp_path: Path) -> None:
    given = [
        Article(str(year), f"Rain fell in {year}.", f"Title {year} " * 200, f"{year}-01-01")
        for year in range(1000, 1400)
    ]
    with Index.open(tmp_path / "i") as index:
        index.add(given)
        before = index.stats().bytes
        assert index.expire("1360-01-01") == 360
        assert index.stats().bytes < 0.2 * before


@pytest.mark.skipif(os.name != "posix", reason="not everybody may make links on Windows")
def test_a_file_that_a_writer_has_just_deleted_is_not_counted(place: Path) -> None:
    (place / ".half.segment").symlink_to(place / "gone")
    with Index.open(place) as index:
        assert index.stats().bytes == sum(len(held.read_bytes()) for held in place.glob("[!.]*"))


# --- who may change it


def test_a_second_writer_waits_and_is_told(place: Path) -> None:
    hold = script(
        "import sys, dedup\n"
        "index = dedup.Index.open(sys.argv[1])\n"
        "def articles():\n"
        "    with index._store.changing():\n"
        "        print('held', flush=True); sys.stdin.read()\n"
        "articles()\n",
        place,
        stdin=subprocess.PIPE,
    )
    assert hold.stdout is not None
    assert hold.stdout.readline() == "held\n"
    before = state_of(place)
    with Index.open(place, wait=0.2) as index:
        for change in (
            lambda: index.add(["Sun at last."]),
            lambda: index.remove("n000"),
            lambda: index.expire("2030-01-01"),
            index.compact,
        ):
            with pytest.raises(BusyError, match="another process is changing it"):
                change()
        assert len(index) == 12
        assert index.query(news()[0])
    assert state_of(place) == before
    hold.communicate("")
    with Index.open(place, wait=0.2) as index:
        index.add(["Sun at last."])


@pytest.mark.skipif(os.name != "posix", reason="users and rights are POSIX's")
def test_a_folder_that_cannot_be_written_is_asked_and_not_changed(place: Path) -> None:
    before = state_of(place)
    code = (
        "import os, sys, urllib.parse, dedup\n"
        "held = dedup.Index()\n"
        "held.add([sys.argv[2]])\n"
        "held.query(sys.argv[2])  # what it imports may lie where only root may read\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "with dedup.Index.open(sys.argv[1]) as index:\n"
        "    assert len(index) == 12 and len(dedup.Index.load(sys.argv[1])) == 12\n"
        "    assert index.query(sys.argv[2])\n"
        "    for change in (lambda: index.add(['Sun.']), lambda: index.remove('n000'),\n"
        "                   lambda: index.expire('2030-01-01'), index.compact):\n"
        "        try: change()\n"
        "        except dedup.DedupError as error:\n"
        "            assert 'cannot be written' in str(error), error\n"
        "        else: sys.exit('changed')\n"
    )
    for folder in place.parents:
        if folder.is_relative_to(gettempdir()) and folder != Path(gettempdir()):
            folder.chmod(0o755)
    for path in place.iterdir():
        path.chmod(0o444)
    place.chmod(0o555)
    try:
        done = script(code, place, news()[0].text)
        _, told = done.communicate()
        assert done.returncode == 0, told
    finally:
        place.chmod(0o755)
        for path in place.iterdir():
            path.chmod(0o644)
    assert state_of(place) == before


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX's")
@pytest.mark.parametrize("room", [4_000, 30_000, 60_000])
def test_a_full_disk_is_told_and_changes_nothing(place: Path, room: int) -> None:
    """A file may not grow beyond a limit, as it could not on a full disk."""
    code = (
        "import resource, signal, sys, dedup\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from newsroom import news\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "index = dedup.Index.open(sys.argv[1])\n"
        "given = [dedup.Article('x' + one.id, one.text) for one in news(400, 5)]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "try: index.add(given)\n"
        "except dedup.DedupError as error: print(error)\n"
    )
    done = script(code, place, Path(__file__).parent, str(room))
    out, told = done.communicate()
    assert done.returncode == 0, told
    assert str(place) in out
    assert "\n" not in out.strip()
    with Index.open(place) as index:
        assert list(index) == [article.id for article in news()]
        index.add(["Sun at last."])
        assert len(list(place.glob("*.segment"))) == index.stats().segments


def test_what_a_killed_writer_left_is_cleared_away(place: Path) -> None:
    (segment,) = place.glob("*.segment")
    shutil.copy(segment, place / "0123456789abcdef.segment")
    (place / ".fedcba9876543210.segment.1f2e").write_bytes(b"half")
    with Index.open(place) as index:
        assert len(index) == 12
        index.add(["Sun at last."])
        assert len(list(place.glob("*.segment"))) == index.stats().segments
        assert not list(place.glob(".*"))


_KILLED = """
import sys, dedup
sys.path.insert(0, sys.argv[2])
from newsroom import Newsroom, news
index = dedup.Index.open(sys.argv[1])
given, done = news(40, 5), 0
print("begun", flush=True)
while True:
    batch = [dedup.Article(f"b{done}-{one.id}", one.text, date=f"2024-{1 + done % 12:02}-01")
             for one in given]
    index.add(batch)
    print(f"added {done}", flush=True)
    if done % 3 == 2:
        index.remove([one.id for one in batch])
        print(f"removed {done}", flush=True)
    done += 1
"""


@pytest.mark.skipif(os.name != "posix", reason="the signal is POSIX's")
def test_killed_at_any_moment_every_finished_call_is_there_and_no_other(place: Path) -> None:
    chance = random.Random(3)
    for _ in range(5):
        writer = script(_KILLED, place, Path(__file__).parent)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"
        threading.Event().wait(chance.uniform(0.05, 0.6))
        writer.kill()
        out, _ = writer.communicate()
        lines = [line.split() for line in out.splitlines()]
        added = {line[1] for line in lines if line[0] == "added"}
        removed = {line[1] for line in lines if line[0] == "removed"}
        with Index.open(place) as index:
            held = [key.split("-")[0][1:] for key in index if key.startswith("b")]
            whole = set(held)
            assert all(held.count(batch) == 40 for batch in whole)
            wanted = added - removed
            # The call that was under way is there as a whole or not at all.
            assert len(whole ^ wanted) <= 1
            assert bool(index.query(news(40, 5)[0].text, limit=5)) == bool(whole)
            index.remove([key for key in index if key.startswith("b")])


_READS = """
import sys, time, dedup
sys.path.insert(0, sys.argv[2])
from newsroom import Newsroom, news
index, text = dedup.Index.open(sys.argv[1]), news()[0].text
last = 0
while last < int(sys.argv[3]):
    found = {match.id.split("-")[0] for match in index.query(text, limit=2000)}
    count = len(index)
    assert count >= last and count % 12 == 0, (count, last)
    ids = list(index)
    assert len(ids) % 12 == 0, len(ids)
    last = count
print(last)
"""


def test_readers_in_processes_and_threads_see_whole_batches_while_one_adds(place: Path) -> None:
    batches = 16  # enough for two merges
    wanted = 12 * (1 + batches)
    readers = [script(_READS, place, Path(__file__).parent, str(wanted)) for _ in range(2)]
    with Index.open(place) as index:
        text, stop = news()[0].text, threading.Event()

        def read() -> int:
            seen = 0
            while not stop.is_set():
                matches = index.query(text, limit=1000)
                assert len({match.id for match in matches}) == len(matches)
                count = len(index)
                assert count % 12 == 0
                assert count >= seen
                seen = count
            return seen

        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(read) for _ in range(2)]
            try:
                for batch in range(batches):
                    index.add([Article(f"{batch}-{one.id}", one.text) for one in news()])
            finally:
                stop.set()
            assert all(future.result() <= wanted for future in running)
        for reader in readers:
            out, told = reader.communicate(timeout=120)
            assert (reader.returncode, out) == (0, f"{wanted}\n"), told
        assert len(index) == wanted


@pytest.mark.parametrize("on_disk", [True, False])
def test_threads_that_add_take_turns(on_disk: bool, tmp_path: Path) -> None:
    index = Index.open(tmp_path / "i") if on_disk else Index()

    def add(thread: int) -> None:
        for batch in range(4):
            index.add([Article(f"{thread}-{batch}-{one.id}", one.text) for one in news()])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    assert len(index) == 8 * 4 * 12
    assert len(set(index)) == len(index)
    assert len(index.query(news()[1].text, limit=500)) >= 8 * 4
    index.close()


def test_a_forked_process_reads_with_connections_of_its_own(place: Path) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork")
    done = script(
        "import os, sys, dedup\n"
        "index = dedup.Index.open(sys.argv[1]); len(index)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if len(index) == 12 and index.query(sys.argv[2]) else 1)\n"
        "index.add(['Sun at last.'])\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n",
        place,
        news()[0].text,
    )
    _, told = done.communicate()
    assert done.returncode == 0, told
