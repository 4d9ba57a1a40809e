"""Go on with a clean-up that was cut off, as careful as if it had only begun.

Days may have passed: what the bundle says is to go is judged once more by a
scan of its own before it is deleted.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from sednactl.errors import InvalidInput
from sednactl.lifecycle import bundle as record
from sednactl.lifecycle import ghost_evidence as say
from sednactl.lifecycle.cleanup import RESOURCES, Cleanup, Orders, Outcome, delete_all, shape, stamp
from sednactl.lifecycle.ghost_scan import scan_for_ghosts
from sednactl.lifecycle.ghosts import FormerWorkload, Ghost
from sednactl.sedna.kinds import BY_KIND

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

_GOING = (say.TERMINATING, say.HELD, say.EDGE_OFFLINE)


def take_up(cluster: Cluster, surroundings: Surroundings, bundle: record.Bundle, orders: Orders) -> Cleanup:
    """Go on with the clean-up that a bundle records: judge and delete what it had not come to.

    Raises InvalidInput where another run has the bundle.
    """
    done = Cleanup(bundle.path, begun=bundle.begun())
    ghosts = {ghost.uid: ghost for ghost in ghosts_of(bundle)}
    for uid, step in bundle.steps.items():
        if step in (record.DELETED, record.GONE):
            done.outcomes[uid] = Outcome("deleted", "by the earlier run")
        elif step == record.RESTORED:
            done.outcomes[uid] = Outcome("kept", "it was put back by an undo")
        elif step == record.KEPT:
            done.outcomes[uid] = Outcome("kept", "by the earlier run")
    todo = [ghosts[uid] for uid in bundle.unfinished()]
    shapes = {uid: shape(bundle.objects[uid]) for uid in bundle.unfinished()}
    spared = _spared(cluster, surroundings, todo, orders)
    with record.Journal.of(bundle) as journal:
        for ghost in todo:
            if ghost.uid in spared:
                done.outcomes[ghost.uid] = Outcome("kept", spared[ghost.uid].removesuffix("."))
                journal.step(ghost.uid, record.KEPT, stamp(surroundings), spared[ghost.uid])
        todo = [ghost for ghost in todo if ghost.uid not in spared]
        begun = {uid for uid, step in bundle.steps.items() if step == record.DELETING}
        delete_all(cluster, surroundings, todo, shapes, journal, done, orders, begun)
    return done


def _spared(
    cluster: Cluster, surroundings: Surroundings, todo: list[Ghost], orders: Orders
) -> dict[str, str]:
    """Scan again; give by UID why something that was to go is to stay by now."""
    spared: dict[str, str] = {}
    for namespace in sorted({ghost.namespace for ghost in todo}):
        scan = scan_for_ghosts(
            cluster, surroundings, namespace=namespace, older_than=orders.older_than, tell=orders.tell
        )
        spared |= {
            one.uid: one.evidence
            for one in scan.ghosts
            if one.action == "keep" and one.kept_because not in _GOING
        }
    return spared


def ghosts_of(bundle: record.Bundle) -> list[Ghost]:
    """Read the ghosts back from a bundle; fields that this release does not know are left out. Raises InvalidInput."""
    known = {one.name for one in fields(Ghost)}
    ghosts = []
    for uid, entry in bundle.ghosts.items():
        meta = bundle.objects[uid]["metadata"]
        same = (bundle.objects[uid]["kind"], meta.get("namespace", ""), meta["name"], uid)
        try:
            workload = FormerWorkload(**entry["workload"])
            given = {key: value for key, value in entry.items() if key in known}
            ghost = Ghost(**given | {"workload": workload})
        except (KeyError, TypeError) as error:
            raise InvalidInput(f"{bundle.path} says too little about {' '.join(same)}") from error
        named = (ghost.kind, ghost.namespace, ghost.name, ghost.uid)
        if named != same or same[0] not in RESOURCES or workload.kind not in list(BY_KIND):
            raise InvalidInput(f"{bundle.path} contradicts itself about {' '.join(same)}")
        ghosts.append(ghost)
    return ghosts
