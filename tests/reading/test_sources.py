"""What -f may name, and in which order files are read."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from sednactl.errors import InvalidInput
from sednactl.manifests.limits import LARGEST_FILE
from sednactl.manifests.sources import documents_from, sources_of
from sednactl.surroundings import Surroundings


def surroundings(stdin: str = "") -> Surroundings:
    return Surroundings(io.StringIO(stdin), io.StringIO(), io.StringIO(), {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.yaml", "a.yml", "c.json", "notes.txt", "sub/d.yaml", "sub/.hidden/e.yaml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{{"name": "{file.stem}"}}')
    return tmp_path


def names(given: list[str], *, recursive: bool = False) -> list[str]:
    found = documents_from(given, recursive=recursive, surroundings=surroundings('{"name": "stdin"}'))
    return [document.content["name"] for document in found]


def test_folders_globs_urls_and_stdin(folder: Path) -> None:
    assert names([str(folder)]) == ["a", "b", "c"]
    assert names([str(folder)], recursive=True) == ["a", "b", "c", "e", "d"]
    assert names([f"{folder}/*.y*ml"]) == ["a", "b"]
    assert names([f"file://{folder}/b.yaml", "-", str(folder / "notes.txt")]) == ["b", "stdin", "notes"]
    (folder / "odd[1].yaml").write_text('{"name": "odd"}')
    assert names([f"{folder}/odd[1].yaml"]) == ["odd"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.yaml", "nowhere.yaml: no such file or directory"),
        ("*.nothing", "*.nothing: no file matches"),
        ("sub/.hidden/..", "no file ending in .yaml, .yml, .json in this folder"),
        ("https://example.org/x.yaml", "only files on this machine are read"),
        ("file://elsewhere/x.yaml", "a file on another host"),
    ],
)
def test_names_that_mean_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(folder)
    (folder / "sub" / "d.yaml").unlink()
    with pytest.raises(InvalidInput) as caught:
        names([name])
    assert message in caught.value.message


def test_endless_input_is_given_up() -> None:
    class Endless(io.RawIOBase):
        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            buffer[:] = b"#" * len(buffer)
            return len(buffer)

        def readable(self) -> bool:
            return True

    endless = io.TextIOWrapper(io.BufferedReader(Endless()))
    around = Surroundings(endless, io.StringIO(), io.StringIO(), {})
    with pytest.raises(InvalidInput, match=f"-: larger than {LARGEST_FILE // 2**20} MiB"):
        list(documents_from(["-"], recursive=False, surroundings=around))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file(folder: Path) -> None:
    (folder / "b.yaml").chmod(0)
    with pytest.raises(InvalidInput, match=r"b\.yaml: permission denied"):
        names([str(folder / "b.yaml")])


def test_sources_are_named_before_they_are_read(folder: Path) -> None:
    sources = sources_of([str(folder), "gone.yaml"], recursive=False, surroundings=surroundings())
    assert [Path(source.name).name for source in sources] == ["a.yml", "b.yaml", "c.json", "gone.yaml"]


def test_pipes_in_a_folder_are_passed_by(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "gone.yaml").symlink_to("nowhere")
    sources = sources_of([str(folder)], recursive=False, surroundings=surroundings())
    assert [Path(source.name).name for source in sources] == ["a.yml", "b.yaml", "c.json", "gone.yaml"]


def test_a_closed_folder_stops_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refusing(path: str) -> object:  # root may enter every folder
        if path.endswith("sub"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    sources = sources_of([str(folder)], recursive=True, surroundings=surroundings())
    assert [Path(source.name).name for source in sources] == ["a.yml", "b.yaml", "c.json", "sub"]


def test_reading_a_folder_says_why_it_cannot(folder: Path) -> None:
    (source,) = sources_of([str(folder / "nowhere")], recursive=True, surroundings=surroundings())
    with pytest.raises(InvalidInput, match="nowhere: no such file or directory"):
        source.read()
