"""Who hangs on whom among the objects of one scan: what goes with a ghost, and whose it is.

Deleting an object takes along all that only it owns, whoever made that; so what
hangs on a suspect is looked at whatever its labels say.
"""

from __future__ import annotations

from typing import Any

from sednactl.lifecycle.ghosts import Inventory, blind_spots, traces

Json = dict[str, Any]


def suspects(inventory: Inventory) -> dict[str, Json]:
    """Give by UID the objects that name no living workload and could be judged."""
    found = {}
    for child in inventory.children:
        made_by = traces(child)
        if not made_by.labelled and not made_by.sedna:
            continue
        if made_by.uids() & inventory.workloads.keys() or blind_spots(made_by, inventory):
            continue
        found[child["metadata"]["uid"]] = child
    return found


class Kinship:
    """The suspects of an inventory and what hangs on them.

    `carried` gives, by the UID of a suspect that nobody owns, the suspects that go
    with it; `strangers` the objects that go with it and are no suspects: somebody's
    own, or children of the living.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.suspects = suspects(inventory)
        self._all = {child["metadata"]["uid"]: child for child in inventory.children}
        self.carried: dict[str, list[Json]] = {}
        self.strangers: dict[str, list[Json]] = {}
        for uid, child in self._all.items():
            top = self.top(uid) if uid in self.suspects else self._taken_along_by(child)
            if top is not None and top != uid:
                members = self.carried if uid in self.suspects else self.strangers
                members.setdefault(top, []).append(child)

    def top(self, uid: str) -> str | None:
        """Follow a suspect's owners upwards through the suspects; None where an owner is somebody else."""
        seen: set[str] = set()
        while uid not in seen:
            seen.add(uid)
            owners = _owners(self.suspects[uid])
            if not owners:
                return uid
            if any(owner not in self.suspects for owner in owners):
                return None
            uid = owners[0]
        return None

    def _taken_along_by(self, child: Json, below: frozenset[str] = frozenset()) -> str | None:
        """Give a suspect with which the garbage collector would take an object that is none; None for no such.

        It takes what has lost all its owners, so every one has to lead to a suspect.
        """
        uid = child["metadata"]["uid"]
        owners = _owners(child)
        alive = {str(one.get("uid", "")) for one in traces(child).sedna} & self.inventory.workloads.keys()
        if not owners or alive or uid in below or any(owner not in self._all for owner in owners):
            return None
        tops = [
            self.top(owner)
            if owner in self.suspects
            else self._taken_along_by(self._all[owner], below | {uid})
            for owner in owners
        ]
        return None if None in tops else tops[0]


def _owners(child: Json) -> list[str]:
    return [str(one.get("uid", "")) for one in traces(child).others]
