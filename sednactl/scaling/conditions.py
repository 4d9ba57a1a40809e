"""An autoscaler's conditions, kept as the controller keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sednactl.moments import time_of

Json = dict[str, Any]
Said = tuple[str, str]


class Conditions:
    """A list of conditions that one decision changes; the lists and objects it was made from stay as they are."""

    def __init__(self, before: Iterable[Json], now: float) -> None:
        self._items = [dict(condition) for condition in before]
        self._now = now

    def set(self, kind: str, holds: bool, said: Said) -> None:
        """Set one, in its old place or at the end; its time only changes when its status does."""
        status = "True" if holds else "False"
        for item in self._items:
            if item.get("type") == kind:
                break
        else:
            item = {"type": kind}
            self._items.append(item)
        if item.get("status") != status:
            item["lastTransitionTime"] = time_of(self._now)
        item["status"], (item["reason"], item["message"]) = status, said

    def items(self) -> list[Json]:
        """Give the conditions as they are now."""
        return [dict(item) for item in self._items]
