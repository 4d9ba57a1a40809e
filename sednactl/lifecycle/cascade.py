"""What a deletion takes with it, foretold before anything is deleted.

Pure: the objects of a namespace in, the cascade out. Kubernetes' garbage
collector follows owner references and UIDs; so does this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.lifecycle.leftovers import Leftover, leftover_of
from sednactl.lifecycle.ownership import owned_by
from sednactl.sedna.belonging import label_uids, owner_uids, sedna_owners
from sednactl.sedna.kinds import BY_KIND

Json = dict[str, Any]


@dataclass(frozen=True)
class Foretold:
    """An object that a deletion removes, and why: `named` by the user, or owned by something that goes."""

    kind: str
    api_version: str
    namespace: str
    name: str
    uid: str
    because: str
    owner_uid: str = ""

    def as_json(self) -> Json:
        """Give the machine-readable shape."""
        return {
            "kind": self.kind,
            "apiVersion": self.api_version,
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
            "because": self.because,
        }


@dataclass(frozen=True)
class Cascade:
    """What the deletion of one object means: what `goes` (itself first), what `stays`, and notes worth reading."""

    target: Foretold
    goes: tuple[Foretold, ...]
    stays: tuple[Leftover, ...] = ()
    notes: tuple[str, ...] = ()


def cascade_of(
    target: Json, objects: Sequence[Json], nodes: Mapping[str, bool | None] | None = None
) -> Cascade:
    """Foretell what goes with `target`, from the objects around it.

    `nodes` maps node names to whether they are Ready: a pod on one that is offline
    is foretold to stay until the node is back.
    """
    uid = str(target["metadata"].get("uid", ""))
    itself = foretold(target, "named")
    owned = owned_by(uid, objects)
    names = {uid: f"{target.get('kind')} {target['metadata']['name']}"}
    names |= {item["metadata"]["uid"]: f"{item.get('kind')} {item['metadata']['name']}" for item in owned}
    going = _going(uid, owned)
    goes = [itself]
    stays: list[Leftover] = []
    for item in owned:
        if item["metadata"]["uid"] not in going:
            if going.intersection(owner_uids(item)):
                stays.append(leftover_of(item, owner_gone=False, nodes=nodes, foretold=True))
            continue
        owner = next(one for one in owner_uids(item) if one in going)
        goes.append(foretold(item, f"owned by {names[owner]}", owner))
        if _on_offline_node(item, nodes):
            stays.append(leftover_of(item, owner_gone=True, nodes=nodes, foretold=True))
    known = {uid, *(item["metadata"]["uid"] for item in owned)}
    for item in objects:
        if uid in label_uids(item) and item["metadata"].get("uid") not in known and not owner_uids(item):
            stays.append(leftover_of(item, owner_gone=True, nodes=nodes, foretold=True))
    return Cascade(itself, tuple(goes), tuple(stays))


def _going(uid: str, owned: Sequence[Json]) -> set[str]:
    """Give the UIDs that the garbage collector removes: all of an object's owners have to go before it does.

    What names an owner of a kind that does not exist, as Sedna did before 0.7, it never removes.
    """
    going = {uid}
    owned = [item for item in owned if not _unresolvable(item)]
    changed = True
    while changed:
        changed = False
        for item in owned:
            own = item["metadata"]["uid"]
            if own not in going and going.issuperset(owner_uids(item)):
                going.add(own)
                changed = True
    return going


def _unresolvable(item: Json) -> bool:
    return any(one.get("kind") not in BY_KIND for one in sedna_owners(item))


def foretold(item: Json, because: str, owner_uid: str = "") -> Foretold:
    """Make the record of one object that goes."""
    meta = item["metadata"]
    return Foretold(
        str(item.get("kind", "")),
        str(item.get("apiVersion", "")),
        meta.get("namespace", ""),
        meta["name"],
        str(meta.get("uid", "")),
        because,
        owner_uid,
    )


def _on_offline_node(item: Json, nodes: Mapping[str, bool | None] | None) -> bool:
    node = str((item.get("spec") or {}).get("nodeName") or "")
    return item.get("kind") == "Pod" and (nodes or {}).get(node) is False
