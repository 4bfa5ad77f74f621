"""The finished parts of a long job: kept whole, found again, thrown away with another job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dedup.corpus.checkpoint import Checkpoint
from dedup.errors import DumpError

JOB = {"inputs": ["a.jsonl"], "keep": "earliest"}


def opened(folder: Path | None, **changes: object) -> Checkpoint:
    return Checkpoint(folder, lambda: {**JOB, **changes})


def never() -> dict[str, np.ndarray]:
    raise AssertionError("made although it was kept")


def part(value: int) -> dict[str, np.ndarray]:
    return {"numbers": np.arange(value), "names": np.array(["é", "b"])}


def test_a_kept_part_is_found_by_a_second_run_of_the_same_job(tmp_path: Path) -> None:
    opened(tmp_path / "job").part("one", lambda: part(3))
    again = opened(tmp_path / "job").part("one", never)
    assert again["numbers"].tolist() == [0, 1, 2]
    assert again["names"].tolist() == ["é", "b"]


def test_the_parts_of_another_job_are_thrown_away(tmp_path: Path) -> None:
    opened(tmp_path).keep("one", part(3))
    assert opened(tmp_path, keep="first").find("one") is None
    assert opened(tmp_path).find("one") is None


@pytest.mark.parametrize("size", [0, 1, 40, 200, -1])
def test_a_part_that_was_not_written_to_its_end_counts_as_missing(
    tmp_path: Path, size: int
) -> None:
    opened(tmp_path).keep("one", part(50))
    path = tmp_path / "one.dedup-part"
    path.write_bytes(path.read_bytes()[:size])
    assert opened(tmp_path).find("one") is None
    assert len(opened(tmp_path).part("one", lambda: part(50))["numbers"]) == 50
    assert len(opened(tmp_path).part("one", never)["numbers"]) == 50


def test_a_part_with_a_changed_byte_counts_as_missing(tmp_path: Path) -> None:
    opened(tmp_path).keep("one", part(50))
    path = tmp_path / "one.dedup-part"
    data = bytearray(path.read_bytes())
    at = data.index(np.arange(50).tobytes()[8:24])
    data[at] ^= 1
    path.write_bytes(data)
    assert opened(tmp_path).find("one") is None


def test_a_part_with_any_changed_byte_counts_as_missing(tmp_path: Path) -> None:
    opened(tmp_path).keep("one", part(5))
    path = tmp_path / "one.dedup-part"
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 8]) + data[at + 1 :])
        assert opened(tmp_path).find("one") is None, at


def test_the_bytes_of_another_part_count_as_missing(tmp_path: Path) -> None:
    opened(tmp_path).keep("one", part(5))
    opened(tmp_path).keep("two", part(9))
    (tmp_path / "one.dedup-part").write_bytes((tmp_path / "two.dedup-part").read_bytes())
    assert opened(tmp_path).find("one") is None


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / "deep").mkdir()
    with pytest.raises(DumpError, match="no checkpoint; name a new or empty folder"):
        opened(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "thesis.txt"]


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DumpError, match=r"file.*checkpoint cannot be written"):
        opened(tmp_path / "file")


def test_what_was_put_beside_the_parts_stays(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "job")
    checkpoint.keep("one", part(3))
    (tmp_path / "job" / "note.txt").write_text("keep me")
    checkpoint.clear()
    assert [path.name for path in (tmp_path / "job").iterdir()] == ["note.txt"]


def test_a_damaged_description_throws_the_parts_away(tmp_path: Path) -> None:
    opened(tmp_path).keep("one", part(3))
    (tmp_path / "dedup-job.json").write_bytes(b"\xff{")
    assert opened(tmp_path).find("one") is None


def test_nothing_is_made_before_the_first_part(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "job")
    assert checkpoint.find("one") is None
    assert list(tmp_path.iterdir()) == []


def test_parts_kept_from_several_threads_are_all_found(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "job")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: checkpoint.keep(f"part-{k}", part(k)), range(40)))
    again = opened(tmp_path / "job")
    sizes = [len(again.part(f"part-{k}", never)["numbers"]) for k in range(40)]
    assert sizes == list(range(40))


def test_clear_leaves_nothing(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "job")
    checkpoint.keep("one", part(3))
    checkpoint.clear()
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_nothing_is_kept_and_nothing_asked(tmp_path: Path) -> None:
    checkpoint = Checkpoint(None, never)
    assert checkpoint.part("one", lambda: part(3))["numbers"].tolist() == [0, 1, 2]
    assert checkpoint.find("one") is None
    checkpoint.clear()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DumpError, match=r"file.*checkpoint cannot be written"):
        opened(tmp_path / "file" / "job").keep("one", part(3))


def test_a_full_disk_is_told_and_leaves_the_parts_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = opened(tmp_path)
    checkpoint.keep("one", part(3))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(DumpError, match="No space left on device"):
            checkpoint.keep("two", part(3))
    again = opened(tmp_path)
    assert again.find("two") is None
    assert again.find("one") is not None
