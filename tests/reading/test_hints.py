"""Whatever a file's fault is: the error says what mends it, in every command that reads files."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from sednactl.cli.main import run
from sednactl.errors import InvalidInput
from sednactl.manifests.mending_hints import of_file
from sednactl.manifests.reading import read_documents
from sednactl.surroundings import Surroundings

FAULTS: dict[str, tuple[bytes, str]] = {
    "tab": (b"a: 1\n\tb: 2\n", "never with tabs"),
    "tab-first": (b"a:\n  b:\n\t- c\n", "never with tabs"),
    "tab-in-text": (b"a: |\n  x\n\ty\n", "never with tabs"),
    "quote": (b'kind: a\nb: "x\nc: 1\n', "the quote that opens on line 2, column 4 is never closed"),
    "later-quote": (b'a: 1\n---\nb: "x\n', "the quote that opens on line 3, column 4 is never closed"),
    "bracket": (b"a: [1, 2\nb: 3\n", "opens on line 1, column 4: close it with ]"),
    "brace": (b"a: {b: 1\nc: 3\n", "opens on line 1, column 4: close it with }"),
    "cut-off": (b"a: [", "a bracket or brace is still open"),
    "indentation": (b"a:\n  b: 1\n c: 2\n", "start in the same column, here that of the map that begins on line 1"),
    "list": (b"a:\n  - b\n - c\n", "start in the same column"),
    "mixed": (b"- b\nc: 1\n", "start with '- ' in the same column"),
    "colon": (b"a: b: c\n", "quote a value that holds ': '"),
    "no-colon": (b"a 1\nb: 2\n", "check the indentation"),
    "list-on-line": (b"a: - b\n", "begin the list on the line below its key"),
    "doubled": (b"a: 1\na: 2\n", "keep one"),
    "alias": (b"a: *nobody\n", "needs its anchor (&name) before it"),
    "star": (b"a: *\n", "quote the value if it is text"),
    "reused-anchor": (b"a: &x 1\nb: &x 2\nc: *y\n", "needs its anchor (&name) before it"),
    "own-anchor": (b"a: &x [*x]\n", "write out what the alias stands for"),
    "two-in-one-flow": (b"- {a: 1}{b: 2}\n", "in the same column"),
    "two-in-one-line": (b"--- {a: 1}\n--- {b: 2} c\n", "begin the document on the next line"),
    "behind-its-end": (b"{}: 1\n", "read as JSON only"),
    "at": (b"a: @x\n", "quote a value that begins with @"),
    "percent": (b"a: %x\n", "quote a value that begins with %"),
    "escape": (b'a: "\\q"\n', "double it, or use single quotes"),
    "version": (b"%YAML 9.9\n---\na: 1\n", "remove the line that begins with %"),
    "block": (b"a: |x\n  b\n", "the text begins on the next line"),
    "template": (b"a: {{ .Values.x }}\n", "render it first"),
    "template-and-text": (b"a: {{ .Values.x }}-y\n", "render it first"),
    "template-line": (b"{{- if x }}\na: 1\n{{- end }}\n", "render it first"),
    "conflict": (b"<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n", "the file holds a merge conflict"),
    "key": (b"? [1]\n: 2\n", "quote it if it is meant as text"),
    "merge": (b"<<: 3\n", "kubectl takes one map"),
    "bell": (b"a: b\x07c\n", "write \\x07 in double quotes"),
    "utf-16": ("a: 1\nb: 2\n".encode("utf-16-le"), "iconv -f UTF-16LE -t UTF-8"),
    "utf-16-be": ("a: 1\nb: 2\n".encode("utf-16-be"), "iconv -f UTF-16BE -t UTF-8"),
    "odd-utf-16": (b"\xff\xfea\x00:\x00 \x00\x00\xd8", "save it as UTF-8"),
    "nul": (b"kind: Con\0figMap\n", "take the NUL bytes out"),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00", "unpack it first"),
    "program": (b"\x7fELF\x00\x01", "name another file"),
    "latin-1": ("kind: café\n".encode("latin-1"), "save it as UTF-8"),
    "json-comma": (b'{"a": 1,}', "remove the comma before it"),
    "json-names": (b"{a: 1}", "put names in double quotes"),
    "json-missing": (b'{"a": 1 "b": 2}', "put the comma that is missing"),
    "json-open": (b'{"a": "b', "close the string"),
    "json-colon": (b'{"a" 1}', "put a colon"),
    "json-break": (b'{"a": "b\nc"}', "is written \\n"),
    "json-escape": (b'{"a": "\\q"}', "double it where it is meant"),
    "json-separator": (b'{"a": 1}\n---\n{"a": 2}', "without '---'"),
    "json-number": (b'{"a": NaN}', "double quotes if it is meant as text"),
    "json-doubled": (b'{"a": 1, "a": 2}', "keep one"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_mends_the_fault(name: str) -> None:
    data, hint = FAULTS[name]
    with pytest.raises(InvalidInput) as caught:
        read_documents(data, "f")
    assert hint in (caught.value.hint or ""), (caught.value.message, caught.value.hint)
    assert "\n" not in (caught.value.hint or "")


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa: 1\n", "a: 1\n".encode("utf-16")])
def test_a_mark_of_byte_order_is_no_fault(data: bytes) -> None:
    (document,) = read_documents(data, "f")
    assert document.content == {"a": 1}


COMMANDS = {
    "validate": ("validate",),
    "apply": ("apply", "--dry-run=client", "-f"),
    "create": ("create", "ji", "helmet", "--dry-run=client", "-o", "yaml", "-f"),
}


def told(command: str, file: str) -> tuple[int, str]:
    """Give the exit code of a command about a file, and what it writes to standard error and output."""
    out, err = io.StringIO(), io.StringIO()
    around = Surroundings(io.StringIO(), out, err, {"HOME": "/nowhere", "COLUMNS": "400"})
    code = run([*COMMANDS[command], file], around)
    return code, err.getvalue() + out.getvalue()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_it(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, (data, hint) in FAULTS.items():
        Path(name).write_bytes(data)
        code, said = told(command, name)
        assert code == 3 and hint in said, (name, said)


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_cannot_be_opened(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("helmet.yaml").write_text("a: 1\n")
    Path("folder").mkdir()
    Path("lost.yaml").symlink_to("moved.yaml")
    Path("round.yaml").symlink_to("round.yaml")
    for name, hint in {
        "helmets.yaml": "did you mean helmet.yaml?",
        "nothing-like-it": "the current folder holds nothing of that name",
        "folders/helmet.yaml": "there is no folder folders",
        "~nobody/helmet.yaml": "write $HOME",
        "helmet.yaml/x": "is a file, not a folder",
        "lost.yaml": "it is a link to moved.yaml",
        "round.yaml": "leads back to itself",
        "x" * 300: "no file has so long a name",
        "*.zzz": "'ls .' shows what is there",
        "folder": "name its files one by one" if command == "create" else "-R looks into folders below",
    }.items():
        code, said = told(command, name)
        assert code == 3 and hint in said, (name, said)


def test_files_that_may_not_be_read() -> None:
    assert "chmod u+r lets" in of_file("f", PermissionError(13, "Permission denied"))
    assert "chmod u+rx lets" in of_file(os.curdir, PermissionError(13, "Permission denied"))
    assert of_file("f", IsADirectoryError(21, "Is a directory")) == "name a file in the folder"
    assert "can be read" in of_file("f", OSError(5, "Input/output error"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").touch(0o000)
    code, said = told("validate", str(tmp_path / "f.yaml"))
    assert code == 3 and "you may not read it" in said
