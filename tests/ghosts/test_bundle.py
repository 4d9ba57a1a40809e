"""The bundle's promises: complete before the first deletion, private, never over another file, readable when torn."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.lifecycle.bundle import (
    DELETED,
    DELETING,
    FAILED,
    GONE,
    KEPT,
    RESTORED,
    Journal,
    default_path,
    read_bundle,
    write_bundle,
)  # fmt: skip

HEADER = {
    "created": "2026-11-24T10:00:00Z",
    "server": "https://x",
    "context": "c",
    "cluster": "u",
    "olderThan": 600.0,
}


def entries(count: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        ({"name": f"o{n}"}, {"kind": "Pod", "metadata": {"name": f"o{n}", "uid": f"u{n}"}})
        for n in range(count)
    ]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "b.jsonl"
    with write_bundle(file, HEADER, entries(3)) as journal:
        journal.step("u0", DELETING, "t")
        journal.step("u0", DELETED, "t")
        journal.step("u1", DELETING, "t")
    bundle = read_bundle(file)
    assert bundle.sealed and not bundle.torn
    assert bundle.header["server"] == "https://x"
    assert list(bundle.objects) == ["u0", "u1", "u2"]
    assert bundle.may_be_deleted() == ["u0", "u1"]
    assert bundle.unfinished() == ["u1", "u2"]


@pytest.mark.parametrize(
    ("step", "may_be_deleted", "unfinished"),
    [(DELETING, True, True), (DELETED, True, False), (GONE, False, False), (KEPT, False, False),
     (FAILED, False, True), (RESTORED, True, False)],
)  # fmt: skip
def test_the_last_step_decides(tmp_path: Path, step: str, may_be_deleted: bool, unfinished: bool) -> None:
    file = tmp_path / "b"
    with write_bundle(file, HEADER, entries(1)) as journal:
        journal.step("u0", DELETING, "t")
        journal.step("u0", step, "t")
    bundle = read_bundle(file)
    assert (bool(bundle.may_be_deleted()), bool(bundle.unfinished())) == (may_be_deleted, unfinished)


def test_it_is_private_even_under_a_generous_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_bundle(tmp_path / "folder" / "b", HEADER, entries(1)).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "folder" / "b").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700


def test_it_never_replaces_a_file_nor_follows_a_link(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for file in (there, link):
        with pytest.raises(InvalidInput, match="exists already"):
            write_bundle(file, HEADER, entries(1))
    assert there.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_everything_is_on_the_disk_before_the_seal_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    journal = write_bundle(tmp_path / "b", HEADER, entries(2))
    assert order == ["file", "folder"]
    journal.step("u0", DELETING, "t")
    assert order == ["file", "folder", "file"]
    journal.close()


def test_a_failure_while_backing_up_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Any:
        yield entries(1)[0]
        raise InvalidInput("the cluster is gone")

    with pytest.raises(InvalidInput, match="gone"):
        write_bundle(tmp_path / "b", HEADER, broken())
    assert not (tmp_path / "b").exists()


@given(st.data())
def test_torn_anywhere_it_gives_what_was_complete(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("torn") / "b"
    with write_bundle(file, HEADER, entries(2)) as journal:
        journal.step("u0", DELETING, "t")
        journal.step("u0", DELETED, "t", "é")
    whole = file.read_bytes()
    length = data.draw(st.integers(0, len(whole)))
    file.write_bytes(whole[:length])
    lines = whole[:length].count(b"\n")
    if lines == 0:
        with pytest.raises(InvalidInput):
            read_bundle(file)
        return
    bundle = read_bundle(file)
    assert bundle.torn == (not whole[:length].endswith(b"\n"))
    assert len(bundle.objects) == min(2, lines - 1)
    assert bundle.sealed == (lines >= 4)
    assert bundle.may_be_deleted() == (["u0"] if lines >= 5 else [])
    # Going on writes behind the last complete line.
    with Journal.of(bundle) as journal:
        journal.step("u1", KEPT, "t")
    again = read_bundle(file)
    assert not again.torn and again.steps["u1"] == KEPT


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}\n", b"[]\n", b"\x7fELF\x00\n", b'{"kind": "GhostBundle", "apiVersion": "other/v1"}\n', b"null\n{}\n",
     b"apiVersion: v1\nkind: List\n", b'{"kind":"GhostBundle","apiVersion":"sednactl.io/v1"}\n"x"\n'],
)  # fmt: skip
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "b"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=str(file)):
        read_bundle(file)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none"):
        with pytest.raises(InvalidInput, match="cannot read bundle"):
            read_bundle(file)


def test_two_runs_do_not_share_a_bundle(tmp_path: Path) -> None:
    file = tmp_path / "b"
    with (
        write_bundle(file, HEADER, entries(1)) as journal,
        pytest.raises(InvalidInput, match="in use by another run"),
    ):
        Journal.of(read_bundle(file))
    read_before = read_bundle(file)
    with Journal.of(read_before) as journal:
        journal.step("u0", DELETING, "t")
    with pytest.raises(InvalidInput, match="written to in this moment"):
        Journal.of(read_before)
    Journal.of(read_bundle(file)).close()


def test_lines_are_json_with_unknown_ones_ignored(tmp_path: Path) -> None:
    file = tmp_path / "b"
    write_bundle(file, HEADER, entries(1)).close()
    with file.open("a") as stream:
        stream.write(json.dumps({"type": "of a later release"}) + "\n")
    assert read_bundle(file).sealed


def test_where_bundles_go() -> None:
    assert default_path({"XDG_STATE_HOME": "/s"}, "T") == Path("/s/sednactl/bundles/ghosts-T.jsonl")
    assert default_path({"HOME": "/h"}, "T") == Path("/h/.local/state/sednactl/bundles/ghosts-T.jsonl")
    # Relative values are to be ignored, says the XDG specification.
    assert default_path({"HOME": "/h", "XDG_STATE_HOME": "s"}, "T") == Path(
        "/h/.local/state/sednactl/bundles/ghosts-T.jsonl"
    )
