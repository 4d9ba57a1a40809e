"""Keeps the objects across restarts: one file, replaced as a whole, with its checksum inside.

The file before it is kept as well. Whatever interrupts a writing, the file in
place is a whole one; and should a disk tear it all the same, its checksum says so
and the one before it is used.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sednactl.sandbox.api.definitions import serve_definition
from sednactl.sandbox.api.kinds import Shelf
from sednactl.sandbox.api.selectors import values_of
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.store import Version, version_of
from sednactl.sandbox.api.text import Json, decode, encode

NEWEST, BEFORE = "objects.snapshot", "objects.snapshot.before"
_FORMAT = 1
_DIGEST = hashlib.sha256().digest_size * 2


@dataclass(frozen=True)
class Kept:
    """What a snapshot holds: `time` by the sandbox's clock, objects' JSON by shelf.

    `torn` names files that were passed over because they were not whole.
    """

    revision: int
    time: datetime
    objects: tuple[tuple[Shelf, bytes], ...]
    torn: tuple[Path, ...] = ()


def save(state: State, folder: Path) -> None:
    """Write a snapshot into a folder. Raises OSError; what was there before is then still there."""
    with state.store.lock:
        revision, shelves = state.store.contents()
        time = state.clock.now()
    lines = [encode({"format": _FORMAT, "revision": revision, "time": time.isoformat()})]
    for (group, plural), versions in shelves.items():
        place = encode([group, plural])
        lines += [place + b" " + version.text for version in versions]
    body = b"\n".join(lines) + b"\n"
    digest = hashlib.sha256(body).hexdigest().encode()
    _replace(folder, body + digest + b"\n")


def _replace(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".snapshot-", dir=folder)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        newest = folder / NEWEST
        if newest.exists():
            # A second name for the same file: at no moment is there no snapshot.
            link = folder / f"{BEFORE}.new"
            link.unlink(missing_ok=True)
            link.hardlink_to(newest)
            link.replace(folder / BEFORE)
        fresh.replace(newest)
        _sync(folder)
    finally:
        fresh.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load(folder: Path) -> Kept | None:
    """Read the newest whole snapshot of a folder; None where there is none. Raises ValueError where none is whole."""
    torn: list[Path] = []
    for name in (NEWEST, BEFORE):
        path = folder / name
        try:
            return _read(path.read_bytes(), tuple(torn))
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            torn.append(path)
    if torn:
        raise ValueError(f"no whole snapshot: {', '.join(str(path) for path in torn)}")
    return None


def _read(content: bytes, torn: tuple[Path, ...]) -> Kept:
    body, digest = content[: -_DIGEST - 1], content[-_DIGEST - 1 :].strip()
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("the checksum is another")
    head, *lines = body.splitlines()
    meta: Json = decode(head)
    if meta["format"] != _FORMAT:
        raise ValueError("another format")
    objects = []
    for line in lines:
        place, _, text = line.partition(b" ")
        group, plural = decode(place)
        objects.append(((group, plural), text))
    return Kept(meta["revision"], datetime.fromisoformat(meta["time"]), tuple(objects), torn)


def restore(state: State, kept: Kept) -> None:
    """Put the objects of a snapshot into an API server that has none yet."""
    definitions = [decode(text) for shelf, text in kept.objects if shelf[1] == "customresourcedefinitions"]
    for definition in definitions:
        serve_definition(state, definition)
    shelves: dict[Shelf, list[Version]] = {}
    for shelf, text in kept.objects:
        kind = state.catalog.storage_kind(shelf)
        content: Json = decode(text)
        values = values_of(kind, content) if kind is not None else ()
        revision = int(content["metadata"]["resourceVersion"])
        shelves.setdefault(shelf, []).append(version_of(content, values, revision))
        if shelf == ("", "services"):
            state.addresses.remember(content)
    state.store.restore(kept.revision, shelves)
