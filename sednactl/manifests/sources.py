"""What `-f` may name: files, folders, globs, file:// URLs and `-` for standard input."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sednactl.errors import InvalidInput
from sednactl.manifests.document import KeptText
from sednactl.manifests.limits import LARGEST_FILE
from sednactl.manifests.reading import decode, documents_in, too_large
from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.surroundings import Surroundings

ENDINGS = (".yaml", ".yml", ".json")
"""File names that a folder is searched for, as kubectl does."""
_USUALLY_ALL = 64 * 1024
_AT_A_TIME = 1024 * 1024
_TO_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
PROJECT_FILE = ".sednactl.yaml"
"""A project's own wishes to sednactl: no manifest, though it ends like one."""


class Source(Record):
    """One file to read, by the name that messages use; `-` is standard input."""

    name: str
    surroundings: Surroundings

    def read(self) -> bytes:
        """Give its bytes, at most `LARGEST_FILE`. Raises InvalidInput with the cause."""
        return self._read()[0]

    @property
    def lasts(self) -> bool:
        """Tell whether it can be read again, and by others: not standard input, a pipe or a device."""
        return self.lasting_size is not None

    @property
    def lasting_size(self) -> int | None:
        """Give how many bytes the file has, if it lasts."""
        if self.name == "-":
            return None
        try:
            about = os.stat(self.name)  # noqa: PTH116
        except (OSError, ValueError):  # whoever reads it is told
            return None
        return about.st_size if stat.S_ISREG(about.st_mode) else None

    def documents(self) -> Iterator[Document]:
        """Give its documents one by one. Raises InvalidInput."""
        data, lasts = self._read()
        text = decode(data, self.name)
        return documents_in(text, self.name, self.name if lasts else KeptText(text))

    def text(self) -> str:
        """Give its text, at most `LARGEST_FILE` bytes of it. Raises InvalidInput with the cause."""
        return decode(self.read(), self.name)

    def _read(self) -> tuple[bytes, bool]:
        """Give its bytes, and whether it lasts. Raises InvalidInput with the cause."""
        try:
            data, lasts = (self._stdin(), False) if self.name == "-" else _bytes_of(self.name)
        except OSError as error:
            raise _unopened(self.name, error) from None
        if len(data) > LARGEST_FILE:
            raise too_large(self.name)
        return data, lasts

    def _stdin(self) -> bytes:
        stdin = self.surroundings.stdin
        buffer = getattr(stdin, "buffer", None)
        if buffer is None:
            return stdin.read(LARGEST_FILE + 1).encode()
        data: bytes = buffer.read(LARGEST_FILE + 1)
        return data


def _bytes_of(path: str) -> tuple[bytes, bool]:
    """Give what a file holds, at most one byte more than `LARGEST_FILE`, and whether it can be read again.

    The system's calls themselves: what `open` makes around them costs twice as much as they do.
    """
    handle = os.open(path, _TO_READ)
    try:
        about = os.fstat(handle)
        lasts = stat.S_ISREG(about.st_mode)
        data = os.read(handle, _USUALLY_ALL)  # one read of 64 MiB would have to find room for them
        if lasts and len(data) == about.st_size:
            return data, True
        pieces = [data]
        left = LARGEST_FILE + 1 - len(data)
        while left > 0 and (piece := os.read(handle, min(left, _AT_A_TIME))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces), lasts
    finally:
        os.close(handle)


def sources_of(
    names: Sequence[str], *, recursive: bool | None, surroundings: Surroundings
) -> Iterator[Source]:
    """Give the files that `names` mean, in the order given; folders and globs in the order of their names.

    `recursive` None: folders below are not looked into, and the command has no flag for that.

    Raises InvalidInput for a name that means nothing, when its turn comes.
    """
    for name in names:
        for file in _files(name, recursive):
            yield Source(file, surroundings)


def not_seen(sources: Iterable[Source], seen: set[str]) -> Iterator[Source]:
    """Leave out a file whose path was given before, and note in `seen` those that were not."""
    for source in sources:
        path = os.path.normpath(source.name)
        if path not in seen:
            seen.add(path)
            yield source


def documents_from(
    names: Sequence[str], *, recursive: bool | None, surroundings: Surroundings
) -> Iterator[Document]:
    """Give every document of every file that `names` mean. Raises InvalidInput."""
    for source in sources_of(names, recursive=recursive, surroundings=surroundings):
        yield from source.documents()


def _files(name: str, recursive: bool | None) -> Iterator[str]:
    if name == "-":
        yield name
        return
    path = _path(name)
    if os.path.isdir(path):  # noqa: PTH112
        found = list(_inside(path, bool(recursive)))
        if not found:
            endings = ", ".join(ENDINGS)
            hint = "name its files one by one"
            if recursive is False:
                hint = f"-R looks into folders below; a file of another ending is named itself, e.g. {path}/*.txt"
            raise InvalidInput(f"{name}: no file ending in {endings} in this folder", hint=hint)
        yield from found
    elif os.path.exists(path) or not _is_glob(path):  # noqa: PTH110
        yield path  # a missing file is an error of reading it, so that the others are still read
    else:
        import glob

        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207
        if not matches:
            hint = f"in quotes; 'ls {os.path.dirname(path) or '.'}' shows what is there"  # noqa: PTH120
            raise InvalidInput(f"{name}: no file matches", hint=f"the pattern is read as it stands, {hint}")
        for match in matches:
            if not os.path.isdir(match):  # noqa: PTH112
                yield match


def _inside(folder: str, recursive: bool) -> Iterator[str]:
    folders: set[str] = set()
    try:
        with os.scandir(folder) as listing:
            names = [entry.name for entry in listing if _counts(entry, recursive, folders)]
    except OSError:
        yield folder  # reading it says why, so that all else is still read
        return
    names.sort(reverse=True)
    while names:  # names alone, and each let go in its turn: a folder may hold very many
        name = names.pop()
        path = os.path.join(folder, name)  # noqa: PTH118
        if name in folders:
            yield from _inside(path, recursive)
        else:
            yield path


def _counts(entry: os.DirEntry[str], recursive: bool, folders: set[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        if recursive:
            folders.add(entry.name)
        return recursive
    if entry.name == PROJECT_FILE or not entry.name.endswith(ENDINGS):
        return False
    # A link that leads nowhere too, so that reading it says so; never a pipe or a device.
    return entry.is_file() or not os.path.exists(entry.path)  # noqa: PTH110


def _path(name: str) -> str:
    if name.startswith("file://"):
        from urllib.parse import unquote, urlsplit

        url = urlsplit(name)
        if url.netloc not in ("", "localhost"):
            raise InvalidInput(f"{name}: a file on another host", hint="write file:///path/to/file")
        return unquote(url.path)
    if name.startswith(("http://", "https://")):
        raise InvalidInput(
            f"{name}: only files on this machine are read", hint="download it, or pipe it in with '-'"
        )
    return name


def _is_glob(path: str) -> bool:
    return any(char in path for char in "*?[")


def _unopened(name: str, error: OSError) -> InvalidInput:
    from sednactl.manifests.mending_hints import of_file

    return InvalidInput(f"{name}: {(error.strerror or str(error)).lower()}", hint=of_file(name, error))
