"""A recording of how services scaled: JSON lines that can be read while they are written.

The first line is a header (`ScaleRecording`: version, time, what was watched),
then one line a change: a ScaleSnapshot with `state` beside it, the raw spec and
status of each side's autoscaler and Deployment, so that a decision can be
explained and replayed from the recording alone; `ScaleEvent` lines tell when
the connection was lost and regained, and when the watch ended.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sednactl.errors import InvalidInput, PartlyDone, UsageError
from sednactl.scaling.snapshot import ScaleSnapshot, rfc3339
from sednactl.scaling.watching import News, Scope

Json = dict[str, Any]
VERSION = 1


def header(scope: Scope, *, server: str, context: str, program: str, now: datetime) -> Json:
    """Give the first line of a recording."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "ScaleRecording",
        "version": VERSION,
        "time": rfc3339(now),
        "program": program,
        "cluster": {"context": context, "server": server},
        "watched": {"namespace": scope.namespace, "name": scope.name, "selector": scope.labels},
    }


def snapshot_line(snapshot: ScaleSnapshot) -> Json:
    """Give a snapshot as a recording holds it."""
    return {**snapshot.as_json(), "state": {name: side.state for name, side in snapshot.sides.items()}}


def event_line(event: str, now: datetime, detail: str = "") -> Json:
    """Give an event of the watch itself: `synced`, `lost`, `regained` or `ended`."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "ScaleEvent",
        "time": rfc3339(now),
        "event": event,
        "detail": detail,
    }


def line_of(news: News, now: datetime) -> Json:
    """Give the line that a piece of news becomes."""
    return snapshot_line(news.snapshot) if news.snapshot else event_line(news.type, now, news.detail)


class Recording:
    """A recording being written. Every line is appended whole, at once.

    Raises UsageError when the file already holds something (unless `force`),
    InvalidInput when it cannot be opened, PartlyDone when it cannot be continued:
    what was written until then stands, cut back to its last whole line.
    """

    def __init__(self, path: str, *, force: bool = False) -> None:
        self.path = path
        self.lines = 0
        self._file = _open(path, force)
        self._size = os.fstat(self._file).st_size

    def write(self, line: Json) -> None:
        """Append one line."""
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError as error:
            self._cut()
            raise PartlyDone(
                f"cannot record to {self.path}: {error.strerror}",
                hint=f"it holds {self.lines} whole lines up to here; make room, then record to another file",
            ) from error
        self._size += len(data)
        self.lines += 1

    def close(self) -> None:
        """Close the file. Raises PartlyDone when the system could not keep what it took."""
        file, self._file = self._file, -1
        if file < 0:
            return
        try:
            os.close(file)
        except OSError as error:
            raise PartlyDone(f"cannot finish recording to {self.path}: {error.strerror}") from error

    def _cut(self) -> None:
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            return  # a device or a pipe; its reader sees the broken line


def _open(path: str, force: bool) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        if force:
            return os.open(path, flags | os.O_TRUNC, 0o644)
        file = os.open(path, flags, 0o644)
    except OSError as error:
        raise InvalidInput(
            f"cannot record to {path}: {error.strerror}", hint="name a file in a folder you may write to"
        ) from error
    found = os.fstat(file)
    if stat.S_ISREG(found.st_mode) and found.st_size:
        os.close(file)
        raise UsageError(
            f"{path} already holds something", hint="record to another file, or overwrite it with --force"
        )
    return file


def read_recording(lines: Iterator[str] | list[str], name: str) -> Iterator[Json]:
    """Give the header, then every line, of a recording. Raises InvalidInput naming the line that is wrong.

    A last line without its end, as a killed watch or a full disk leaves it, is left out.
    """
    for number, line in enumerate(lines, 1):
        if not line.endswith("\n"):
            return
        try:
            content = json.loads(line)
        except ValueError as error:
            raise InvalidInput(f"{name}, line {number}: no JSON ({error})") from None
        if not isinstance(content, dict) or (number == 1 and content.get("kind") != "ScaleRecording"):
            raise InvalidInput(
                f"{name}, line {number}: no scale recording",
                hint="record one with 'sednactl scale watch --record FILE'",
            )
        if number == 1 and content.get("version") != VERSION:
            raise InvalidInput(f"{name}: recording version {content.get('version')} is not known here")
        yield content
