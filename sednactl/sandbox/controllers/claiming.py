"""Whose child is whose: adoption by selector, release of what no longer matches.

Rules as in Kubernetes' controller_ref_manager: an object has at most one
controller; one that has another is left alone, one that has none is taken when
the selector selects it, unless either side is being deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sednactl.cluster.door import Change
from sednactl.cluster.label_selectors import Selector, selector_of, selects
from sednactl.errors import NotFound
from sednactl.sandbox.controllers.world import Json, Place, World, place_of
from sednactl.sandbox.controllers.writing import Writer, controller_of, controller_reference
from sednactl.sedna.resources import Resource


def claim(
    writer: Writer, world: World, owner: Json, kind: Resource, children: Resource, selector: Selector
) -> list[Json]:
    """Give the children of an owner, after adopting and releasing what must be; raises what a write raises."""
    uid = owner["metadata"]["uid"]
    leaving = "deletionTimestamp" in owner["metadata"]
    claimed = []
    for _, item in list(world.owned_by(uid, children)):
        reference = controller_of(item)
        if reference is None or reference["uid"] != uid:
            continue
        if selects(selector, item["metadata"].get("labels")):
            claimed.append(item)
        elif not leaving:
            _release(writer, world, children, item, uid)
    if not leaving:
        namespace = owner["metadata"]["namespace"]
        for item in world.selected(children, namespace, selector):
            if controller_of(item) is None and "deletionTimestamp" not in item["metadata"]:
                adopted = _adopt(writer, world, children, item, controller_reference(owner, kind))
                if adopted is not None:
                    claimed.append(adopted)
    return claimed


def owners_to_look_at(world: World, change: Change, before: Json | None, kind: Resource) -> Iterator[Place]:
    """Give the places of owners of a kind that a child's change concerns: its controllers before and now, else who may adopt it."""
    seen = set()
    for item in (before, change.object):
        reference = controller_of(item) if item is not None else None
        if reference is not None and reference["uid"] not in seen:
            seen.add(reference["uid"])
            found = world.by_uid(reference["uid"])
            if found is not None and found[0] == kind:
                yield place_of(found[1])
    item = change.object
    if item is not None and change.type != "deleted" and controller_of(item) is None:
        yield from selecting_owners(world.all(kind, item["metadata"]["namespace"]), item)


def selecting_owners(owners: Iterable[Json], item: Json) -> Iterator[Place]:
    """Give the places of those owners whose selector selects an object."""
    for owner in owners:
        if selects(selector_of(owner["spec"].get("selector")), item["metadata"].get("labels")):
            yield place_of(owner)


def _adopt(writer: Writer, world: World, kind: Resource, item: Json, reference: Json) -> Json | None:
    references = [*(item["metadata"].get("ownerReferences") or ()), reference]
    return _refer(writer, world, kind, item, references)


def _release(writer: Writer, world: World, kind: Resource, item: Json, uid: str) -> None:
    references = [each for each in item["metadata"]["ownerReferences"] if each["uid"] != uid]
    _refer(writer, world, kind, item, references)


def _refer(writer: Writer, world: World, kind: Resource, item: Json, references: list[Json]) -> Json | None:
    # With the resourceVersion: a merge patch replaces the whole list, which somebody may have changed.
    meta = {"ownerReferences": references, "resourceVersion": item["metadata"]["resourceVersion"]}
    try:
        return writer.patch(world, kind, item, {"metadata": meta})
    except NotFound:
        return None
