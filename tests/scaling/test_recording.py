"""Recordings: whole lines, never overwritten unasked, readable while written."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput, PartlyDone, UsageError
from sednactl.scaling.recording import Recording, event_line, header, line_of, read_recording
from sednactl.scaling.snapshot import snapshots_of
from sednactl.scaling.watching import News, Scope
from tests.golden import check_golden
from tests.scaling import objects as o


def head() -> dict[str, Any]:
    return header(
        Scope("park", "helmet"),
        server="https://127.0.0.1:6443",
        context="cp",
        program="sednactl 0",
        now=o.NOW,
    )


def lines() -> list[dict[str, Any]]:
    [snapshot] = snapshots_of([o.workload()], [o.deployment()], [o.hpa()], [], o.NOW)
    return [
        head(),
        line_of(News("changed", snapshot), o.NOW),
        line_of(News("lost", detail="reset by peer"), o.NOW),
        line_of(News("regained"), o.NOW),
        event_line("ended", o.NOW),
    ]


def write(path: Path, *, force: bool = False) -> None:
    recording = Recording(str(path), force=force)
    for line in lines():
        recording.write(line)
    recording.close()


def test_what_a_recording_holds(tmp_path: Path) -> None:
    write(tmp_path / "r.jsonl")
    text = (tmp_path / "r.jsonl").read_text()
    check_golden("scaling/recording.jsonl", text)
    assert list(read_recording(text.splitlines(keepends=True), "r.jsonl")) == lines()


def test_every_line_is_there_as_soon_as_it_is_written(tmp_path: Path) -> None:
    recording = Recording(str(tmp_path / "r.jsonl"))
    for count, line in enumerate(lines(), 1):
        recording.write(line)
        assert len((tmp_path / "r.jsonl").read_text().splitlines()) == count
    recording.close()
    recording.close()


def test_a_file_that_holds_something_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text("precious")
    with pytest.raises(UsageError, match="already holds something"):
        Recording(str(file))
    assert file.read_text() == "precious"
    write(file, force=True)
    assert "precious" not in file.read_text()


def test_an_empty_file_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").touch()
    write(tmp_path / "r.jsonl")


@pytest.mark.parametrize("path", ["", "nowhere/r.jsonl", "."])
def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="cannot record"):
        Recording(path)


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "r.jsonl"
    recording = Recording(str(file))
    recording.write(lines()[0])
    real = os.write

    calls = iter([100])

    def partly(descriptor: int, data: bytes) -> int:
        for room in calls:
            return real(descriptor, data[:room])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", partly)
    with pytest.raises(PartlyDone) as caught:
        recording.write(lines()[1])
    monkeypatch.undo()
    assert caught.value.exit_code == 7
    assert "No space left on device" in caught.value.message
    assert caught.value.hint is not None
    assert "1 whole lines" in caught.value.hint
    assert [json.loads(line) for line in file.read_text().splitlines()] == lines()[:1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_that_is_full() -> None:
    with pytest.raises(PartlyDone, match="No space left"):
        Recording("/dev/full").write(head())


def test_an_unfinished_last_line_is_left_out() -> None:
    text = [json.dumps(line) + "\n" for line in lines()]
    assert list(read_recording([*text, '{"half'], "r")) == lines()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (['{"kind":"ScaleSnapshot"}\n'], "line 1: no scale recording"),
        (["nonsense\n"], "line 1: no JSON"),
        (["[]\n"], "line 1: no scale recording"),
        (['{"kind":"ScaleRecording","version":9}\n'], "version 9"),
        (['{"kind":"ScaleRecording","version":1}\n', "oops\n"], "line 2: no JSON"),
    ],
)
def test_what_is_no_recording(text: list[str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        list(read_recording(text, "r"))
