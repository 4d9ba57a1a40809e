"""The bundle: what a clean-up is about to delete, whole, on disk before the first deletion.

A bundle is a file of JSON lines, mode 0600 because objects carry credentials in
their environment variables. It never replaces a file that is there.

    {"apiVersion": "sednactl.io/v1", "kind": "GhostBundle", "created": RFC3339, "begun": the same by
     the cluster's clock, "server": URL,
     "context": NAME, "cluster": UID of the namespace kube-system or null, "version": ours}
    {"type": "object", "ghost": {kind, namespace, name, uid, cause, evidence, …}, "object": {the whole object}}
    …
    {"type": "sealed", "objects": COUNT}
    {"type": "step", "uid": UID, "step": STEP, "time": RFC3339, "detail": TEXT}
    …

Everything up to `sealed` is on the disk (fsync of file and folder) before
anything is deleted; a bundle without it was cut off before that. After it comes
the journal, each line on the disk before what it announces is done. STEP is
`deleting` (the request is about to be sent), then one of `deleted`, `gone` (was
no longer there, not our doing), `kept` or `failed`; undo adds `restored`. An
object whose last step is `deleting` may or may not be gone. A last line that is
not complete was being written when the program was killed, and counts as never
written.

What Kubernetes takes along with a Deployment (ReplicaSets, Pods) is not in the
bundle: a Deployment that is put back makes them anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from sednactl import __version__
from sednactl.errors import InvalidInput
from sednactl.lifecycle.durable_folders import make_folder, sync_folder
from sednactl.moments import seconds_of

Json = dict[str, Any]

KIND = "GhostBundle"
API_VERSION = "sednactl.io/v1"

DELETING, DELETED, GONE, KEPT, FAILED, RESTORED = (
    "deleting", "deleted", "gone", "kept", "failed", "restored",
)  # fmt: skip


@dataclass
class Bundle:
    """A bundle as read: its header, its objects by UID in the order of deletion, the last step of each.

    `torn` tells that the last line was cut off; `sealed` that everything was
    written before the first deletion could begin.
    """

    path: Path
    header: Json
    objects: dict[str, Json] = field(default_factory=dict)
    ghosts: dict[str, Json] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    sealed: bool = False
    torn: bool = False
    good_bytes: int = 0
    bytes_read: int = 0

    def older_than(self) -> float:
        """Give the age limit (seconds) of the clean-up. Raises InvalidInput."""
        limit = self.header.get("olderThan")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 0:
            raise InvalidInput(f"{self.path} does not say how old objects had to be")
        return float(limit)

    def begun(self) -> float:
        """Give when the clean-up began, in seconds since 1970: by the cluster's clock, or by ours in older bundles."""
        for key in ("begun", "created"):
            with contextlib.suppress(InvalidInput):
                if self.header.get(key) is not None:
                    return seconds_of(self.header[key])
        raise InvalidInput(f"{self.path} does not say when it was begun")

    def may_be_deleted(self) -> list[str]:
        """Give the UIDs of objects that a clean-up deleted or may have deleted, in its order."""
        return [uid for uid in self.objects if self.steps.get(uid) in (DELETING, DELETED, RESTORED)]

    def unfinished(self) -> list[str]:
        """Give the UIDs of objects whose deletion was never begun, was cut off or failed."""
        return [uid for uid in self.objects if self.steps.get(uid) in (None, DELETING, FAILED)]


def default_path(environ: Mapping[str, str], stamp: str) -> Path:
    """Give where bundles go unless told otherwise: the XDG state folder, named by time."""
    state = environ.get("XDG_STATE_HOME") or ""
    root = (
        Path(state)
        if state.startswith("/")
        else Path(environ.get("HOME") or "~").expanduser() / ".local/state"
    )
    return root / "sednactl" / "bundles" / f"ghosts-{stamp}.jsonl"


def write_bundle(path: Path, header: Json, entries: Iterable[tuple[Json, Json]]) -> Journal:
    """Write (ghost, object) pairs and seal them; give the journal, open behind them.

    Raises InvalidInput when the file exists or cannot be written; then nothing
    has been deleted.
    """
    try:
        make_folder(path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        stream = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)
    except FileExistsError:
        raise InvalidInput(
            f"{path} exists already; a bundle never replaces a file", hint="name another file with --backup"
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    journal = Journal(path, stream)
    try:
        journal.append(
            {"apiVersion": API_VERSION, "kind": KIND, **header, "version": __version__}, sync=False
        )
        count = 0
        for ghost, whole in entries:
            journal.append({"type": "object", "ghost": ghost, "object": whole}, sync=False)
            count += 1
        journal.append({"type": "sealed", "objects": count})
        sync_folder(path.parent)
    except BaseException:
        # Nothing was deleted, and half a bundle would only keep secrets.
        journal.close()
        path.unlink(missing_ok=True)
        raise
    return journal


def read_bundle(path: Path) -> Bundle:
    """Read a bundle, whole or torn. Raises InvalidInput for anything else, and for what anybody may have written."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read()
    except OSError as error:
        raise InvalidInput(f"cannot read bundle {path}: {error.strerror}") from error
    if mode & stat.S_IWOTH:
        # What undo makes of it is made with the rights of whoever runs it.
        raise InvalidInput(
            f"everybody on this machine may write to bundle {path}",
            hint=f"once it is known to be as it was: chmod o-w {path}",
        )
    lines = data.split(b"\n")
    last = lines.pop()
    bundle = Bundle(path, {}, torn=bool(last), good_bytes=len(data) - len(last), bytes_read=len(data))
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            _take(bundle, entry, number)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if not bundle.header:
                raise InvalidInput(
                    f"{path} is no bundle of a clean-up",
                    hint="'sednactl cleanup ghost-instances --yes' says where it writes its bundle",
                ) from error
            raise InvalidInput(
                f"{path} line {number} is no line of a bundle", hint="only the last line may be damaged"
            ) from error
    if not bundle.header:
        raise InvalidInput(
            f"{path} is not a bundle: not even its first line is complete"
            if bundle.torn
            else f"{path} is empty",
            hint="nothing can have been deleted on its account",
        )
    return bundle


def _take(bundle: Bundle, entry: Json, number: int) -> None:
    if number == 1:
        if entry["kind"] != KIND or entry["apiVersion"] != API_VERSION:
            raise InvalidInput(f"{bundle.path} is not a bundle of this program (kind {KIND}, {API_VERSION})")
        bundle.header = entry
    elif entry["type"] == "object":
        whole, ghost = entry["object"], entry["ghost"]
        meta = whole["metadata"]
        texts = (whole["kind"], meta["name"], meta["uid"], meta.get("namespace", ""))
        if not all(isinstance(text, str) for text in texts) or not isinstance(whole.get("spec", {}), dict):
            raise TypeError("not an object of Kubernetes")
        if not isinstance(ghost, dict):
            raise TypeError("not a ghost")
        bundle.objects[meta["uid"]] = whole
        bundle.ghosts[meta["uid"]] = ghost
    elif entry["type"] == "sealed":
        bundle.sealed = True
    elif entry["type"] == "step":
        bundle.steps[str(entry["uid"])] = str(entry["step"])


class Journal:
    """A bundle open for its journal; one process at a time, which may write from several threads."""

    def __init__(self, path: Path, stream: FileIO) -> None:
        self.path = path
        self._lines = threading.Lock()
        self._stream = stream
        _lock(path, stream)

    @classmethod
    def of(cls, bundle: Bundle) -> Journal:
        """Open the journal of a bundle that was read; a torn last line is cut off first."""
        try:
            stream = bundle.path.open("r+b", buffering=0)
        except OSError as error:
            raise _unwritable(bundle.path, error) from error
        journal = cls(bundle.path, stream)
        stream.seek(0, os.SEEK_END)
        if stream.tell() != bundle.bytes_read:
            journal.close()
            raise InvalidInput(f"{bundle.path} was written to in this moment", hint="run this again")
        if bundle.torn:
            stream.truncate(bundle.good_bytes)
        stream.seek(0, os.SEEK_END)
        return journal

    def step(self, uid: str, step: str, time: str, detail: str = "") -> None:
        """Write one step of one object; it is on the disk when this returns."""
        self.append({"type": "step", "uid": uid, "step": step, "time": time, "detail": detail})

    def append(self, entry: Json, *, sync: bool = True) -> None:
        """Write one line; with `sync` everything so far is on the disk when this returns."""
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        with self._lines:
            self._append(line, sync)

    def _append(self, line: bytes, sync: bool) -> None:
        try:
            before = self._stream.tell()
            try:
                while line:
                    line = line[self._stream.write(line) :]
            except OSError:
                # Half a line is damage only as long as nothing follows it.
                with contextlib.suppress(OSError):
                    self._stream.truncate(before)
                    self._stream.seek(before)
                raise
            if sync:
                os.fsync(self._stream.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Give the file back to others."""
        self._stream.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lock(path: Path, stream: FileIO) -> None:
    """Keep a second clean-up or undo off the same bundle."""
    import fcntl

    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise InvalidInput(
            f"{path} is in use by another run", hint="wait until that clean-up or undo has ended"
        ) from None
    except OSError:
        return  # a file system without locks: go on without


def _unwritable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"cannot write bundle {path}: {error.strerror}", hint="name a file that can be written with --backup"
    )
