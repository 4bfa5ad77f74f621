from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dedup.index.locks import exclusive

fcntl = pytest.importorskip("fcntl", reason="the system has no file locks")

HOLD = """
import sys
from pathlib import Path
from dedup.index.locks import exclusive
with exclusive(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_who_comes_second_waits_and_hears_of_it(tmp_path: Path) -> None:
    path = tmp_path / "news.index"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        heard = []

        def wait() -> None:
            heard.append(first.poll())
            first.stdin.close()  # type: ignore[union-attr]

        with exclusive(path, wait):
            assert heard == [None]
            assert first.wait(timeout=10) == 0
            assert (tmp_path / ".news.index.lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_leaves_bars_nobody(tmp_path: Path) -> None:
    (tmp_path / ".i.lock").touch()
    with exclusive(tmp_path / "i", pytest.fail):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_error_inside_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), exclusive(tmp_path / "i", pytest.fail):
        raise ValueError("inside")
    with exclusive(tmp_path / "i", pytest.fail):
        pass


def test_where_nothing_can_be_written_there_is_no_lock(tmp_path: Path) -> None:
    with exclusive(tmp_path / "no such folder" / "i", pytest.fail):
        pass
