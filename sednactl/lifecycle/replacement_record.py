"""The record of a replacement: the old workload and the new manifest, on disk before anything is deleted.

Each replacement has a folder, found again by what it replaces, so that a run after a
kill takes up where the earlier one ended:

    $XDG_STATE_HOME/sednactl/replacements/NAME-DIGEST/
        record.json     {"apiVersion": "sednactl.io/v1", "kind": "Replacement", "phase": PHASE, "updated": RFC3339,
                         "server": URL, "cluster": UID of the namespace kube-system or null,
                         "old": {the whole object}, "new": {the manifest},
                         "also": [whole objects that are deleted with the old one]}
        old.json        the old workload as a manifest that `apply -f` takes, to go back

PHASE is `planned` (nothing was deleted), `deleting` (the request is about to be sent),
`gone` (nothing of the old one is left), `creating` (that request is about to be sent) or
`done`. A file is written whole beside its name and then takes its place, so that it is
never torn. Folders have mode 0700 and files 0600: workloads carry credentials in
their environment variables. A finished replacement's folder stays under a name that
says when it ended, and goes with a later replacement, `KEPT_DAYS` after that. One that was
refused, overtaken or given up stays until somebody removes it: it may be the only trace left.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.lifecycle.durable_folders import make_folder, sync_folder

Json = dict[str, Any]

API_VERSION = "sednactl.io/v1"
KIND = "Replacement"
PLANNED, DELETING, GONE, CREATING, DONE = "planned", "deleting", "gone", "creating", "done"
_DIGEST = 16
KEPT_DAYS = 90
"""How long a finished replacement can be taken back by the old manifest."""
_STAMP = "%Y%m%dT%H%M%S.%fZ"
PHASES = (PLANNED, DELETING, GONE, CREATING, DONE)


@dataclass(frozen=True)
class Place:
    """Which workload of which cluster: what a replacement's folder is found by.

    `cluster` is the UID of its namespace kube-system, None where that may not be read.
    """

    cluster: str | None
    server: str
    kind: str
    namespace: str
    name: str

    def folder(self, environ: Mapping[str, str]) -> Path:
        """Give the folder of the replacement that is under way, whether it exists or not."""
        import hashlib

        key = "\0".join((self.cluster or self.server, self.kind, self.namespace, self.name))
        digest = hashlib.sha256(key.encode()).hexdigest()[:_DIGEST]
        folder = _root(environ) / f"{self.name[:60]}-{digest}"
        if has_record(folder):
            return folder
        # The UID may have been readable when it was begun and not be so now, or the other way round.
        others = (one for one in _under_way(environ, self.name) if self._is_of(one))
        return next(others, folder)

    def _is_of(self, folder: Path) -> bool:
        """Tell whether a folder's record is of this very workload, by its server where a UID is not known."""
        try:
            content = json.loads((folder / "record.json").read_bytes())
            meta = content["old"]["metadata"]
            theirs = content["server"], content["old"]["kind"], meta.get("namespace", ""), meta["name"]
            known = self.cluster is not None and content["cluster"] is not None
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return not known and theirs == (self.server, self.kind, self.namespace, self.name)


@dataclass(frozen=True)
class Record:
    """How far a replacement has come."""

    phase: str
    old: Json
    new: Json
    server: str = ""
    cluster: str | None = None
    also: tuple[Json, ...] = ()

    @property
    def old_uid(self) -> str:
        """Give the UID of the workload that is replaced."""
        return str(self.old["metadata"]["uid"])


class RecordFile:
    """A replacement's folder, held by one process at a time; closing it lets others have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            make_folder(folder)
            self._held = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        except OSError as error:
            raise _unwritable(folder, error) from error
        try:
            _lock(folder, self._held)
            if not folder.exists() or not os.path.samestat(os.fstat(self._held), folder.stat()):
                raise InvalidInput(
                    "another run has replaced this workload in this moment", hint="run this again"
                )
        except BaseException:
            os.close(self._held)
            raise

    @property
    def old_manifest(self) -> Path:
        """Give the file that holds the old workload as a manifest."""
        return self.folder / "old.json"

    def read(self) -> Record | None:
        """Give the record, None where nothing was written yet. Raises InvalidInput for anything else."""
        file = self.folder / "record.json"
        try:
            content = json.loads(file.read_bytes())
            if (content["apiVersion"], content["kind"]) != (API_VERSION, KIND) or content[
                "phase"
            ] not in PHASES:
                raise ValueError("not a record of this program")
            record = Record(
                content["phase"],
                content["old"],
                content["new"],
                content["server"],
                content["cluster"],
                tuple(content.get("also") or ()),
            )
            if not record.old_uid or not record.new["metadata"]["name"]:
                raise ValueError("a workload without name or UID")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InvalidInput(f"cannot read {file}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f"{file} is no record of a replacement",
                hint="look at it and at old.json beside it, then move the folder away",
            ) from error
        return record

    def write(self, record: Record, time: str) -> Record:
        """Put a record on the disk; it is there, whole, when this returns."""
        content = {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "phase": record.phase,
            "updated": time,
            "server": record.server,
            "cluster": record.cluster,
            "old": record.old,
            "new": record.new,
            "also": list(record.also),
        }
        _put(self.folder / "record.json", content)
        return record

    def step(self, record: Record, phase: str, time: str) -> Record:
        """Write how far the replacement has come."""
        return self.write(replace(record, phase=phase), time)

    def keep_old(self, manifest: Json) -> None:
        """Put the old workload on the disk as a manifest."""
        _put(self.old_manifest, manifest)

    def set_aside(self, stamp: str, word: str = DONE) -> Path:
        """Give the folder a name that says when it ended, and how; the next replacement begins anew."""
        aside = self.folder.with_name(f"{self.folder.name}.{word}-{stamp}")
        try:
            self.folder.rename(aside)
            sync_folder(aside.parent)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self.folder = aside
        return aside

    def discard(self) -> None:
        """Remove a folder that nothing was written to."""
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()

    def close(self) -> None:
        """Let others have the folder."""
        os.close(self._held)


def may_be_under_way(environ: Mapping[str, str], name: str) -> bool:
    """Tell, without asking any cluster, whether a workload of that name may be being replaced."""
    return any(True for _ in _under_way(environ, name))


def _under_way(environ: Mapping[str, str], name: str) -> Iterator[Path]:
    """Give the folders with a record of a workload of that name, of whatever kind and cluster, that are not set aside."""
    root, begin = _root(environ), f"{name[:60]}-"
    for one in sorted(root.iterdir()) if root.is_dir() else ():
        if one.name.startswith(begin) and len(one.name) == len(begin) + _DIGEST and has_record(one):
            yield one


def file_stamp(now: datetime) -> str:
    """Write a time (UTC) as the name of a folder that was set aside ends with it."""
    return now.strftime(_STAMP)


def remove_outdated(environ: Mapping[str, str], now: datetime) -> tuple[Path, ...]:
    """Remove the folders of replacements that were finished more than `KEPT_DAYS` ago, and give them.

    What cannot be removed, or does not look like such a folder, stays.
    """
    root = _root(environ)
    removed = []
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        ended = _ended(folder.name)
        if ended is None or now - ended < timedelta(days=KEPT_DAYS) or folder.is_symlink():
            continue
        try:
            for name in ("record.json", "old.json"):
                (folder / name).unlink(missing_ok=True)
            folder.rmdir()
        except OSError:
            continue  # somebody keeps something of their own in it, or it is not ours to remove
        removed.append(folder)
    return tuple(removed)


def _ended(name: str) -> datetime | None:
    _, finished, stamp = name.rpartition(f".{DONE}-")
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=timezone.utc) if finished else None
    except ValueError:
        return None


def has_record(folder: Path) -> bool:
    """Tell whether a replacement is under way, without holding its folder."""
    return (folder / "record.json").exists()


def _root(environ: Mapping[str, str]) -> Path:
    state = environ.get("XDG_STATE_HOME") or ""
    home = Path(environ.get("HOME") or "~").expanduser()
    root = Path(state) if state.startswith("/") else home / ".local/state"
    return root / "sednactl" / "replacements"


def _put(file: Path, content: Json) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise _unwritable(file, error) from error


def _lock(folder: Path, descriptor: int) -> None:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InvalidInput(
            "another run is replacing this workload at this moment",
            hint=f"wait for it to end; its record is in {folder}",
        ) from None
    except OSError:
        return  # a file system without locks: go on without


def _unwritable(file: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"cannot write {file}: {error.strerror}",
        hint="nothing is replaced without a record on disk; $XDG_STATE_HOME names another place for it",
    )
