"""Whether a sandbox runs is told by a lock, which nothing can leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sednactl.errors import InvalidInput, Unreachable
from sednactl.sandbox.place import (
    Place,
    Running,
    Wishes,
    held,
    kubeconfig_of_running,
    make_folder,
    note,
    place_of,
    running,
    write_kubeconfig,
)

RUNNING = Running(
    1, "https://127.0.0.1:1", "/k", "2026-11-27T22:00:00Z", Wishes("0.6", 4.0, "/d", ("crashes",))
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "sandbox")
    make_folder(place)
    return place


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/a"}, "/home/a/.local/state/sednactl/sandbox"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "/s"}, "/s/sednactl/sandbox"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "relative"}, "/home/a/.local/state/sednactl/sandbox"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": ""}, "/home/a/.local/state/sednactl/sandbox"),
    ],
)
def test_it_lies_where_the_xdg_rules_want_it(environ: dict[str, str], folder: str) -> None:
    assert place_of(environ).folder == Path(folder)


def test_what_runs_is_what_was_noted_while_the_lock_is_held(place: Place) -> None:
    assert running(place) is None
    with held(place) as mine:
        assert mine
        assert running(place) is None  # it has not said yet what it is
        note(place, RUNNING)
        assert running(place) == RUNNING
        with held(place) as again:
            assert not again
    assert running(place) is None  # though its record is still there


def test_a_torn_record_is_no_sandbox(place: Place) -> None:
    with held(place):
        place.record.write_text(json.dumps({"pid": 1})[:-1])
        assert running(place) is None


def test_a_killed_process_leaves_no_lock(place: Place) -> None:
    code = (
        "import sys,time; from pathlib import Path; from sednactl.sandbox.place import Place, held\n"
        "with held(Place(Path(sys.argv[1]))): print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(place.folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    note(place, RUNNING)
    assert running(place) == RUNNING
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert running(place) is None


def test_the_kubeconfig_is_for_its_owner_only(place: Place) -> None:
    write_kubeconfig(place, "first")
    write_kubeconfig(place, "second")
    assert place.kubeconfig.read_text() == "second"
    assert place.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert place.folder.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in place.folder.iterdir()] == ["kubeconfig"]


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="cannot be made"):
        make_folder(Place(tmp_path / "file" / "sandbox"))


def test_no_kubeconfig_without_a_sandbox(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="not up"):
        kubeconfig_of_running({"HOME": str(tmp_path)})
