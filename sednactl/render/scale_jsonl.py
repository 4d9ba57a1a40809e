"""Scaling for programs: one ScaleSnapshot a line, json and yaml documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sednactl.scaling.snapshot import ScaleSnapshot
from sednactl.scaling.watching import News


def line(snapshot: ScaleSnapshot) -> str:
    """Write a snapshot as one line."""
    return json.dumps(snapshot.as_json(), separators=(",", ":")) + "\n"


def document(snapshots: Sequence[ScaleSnapshot], *, single: bool) -> dict[str, Any]:
    """Give the one snapshot asked for by name, else a ScaleSnapshotList."""
    if single:
        return snapshots[0].as_json()
    items = [snapshot.as_json() for snapshot in snapshots]
    return {"apiVersion": "sednactl.io/v1", "kind": "ScaleSnapshotList", "items": items}


class JsonLines:
    """A watch for programs: the services as they are, then one line for every change.

    A service that is deleted gives a last line with `deleted` true and no sides.
    """

    def __init__(self, write: Callable[[str], object], note: Callable[[str], object]) -> None:
        self._write, self._note = write, note

    def tell(self, news: News, now: datetime) -> None:  # noqa: ARG002 - snapshots carry their time
        """Print snapshots; notes about the connection go to standard error."""
        if news.snapshot is not None:
            self._write(line(news.snapshot))
        elif news.type == "lost":
            self._note(f"connection lost, trying again: {news.detail}\n")
        elif news.type == "regained":
            self._note("connected again\n")

    def tick(self, now: datetime) -> None:
        """Nothing depends on the clock alone."""
