"""Workloads as `read_workloads` gives them, again and again: from lists that a watch keeps instead of the API server's.

What judges them is the same, so that what is seen while watching and what is
seen when asking cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from sednactl.cluster.door import Change, Selection
from sednactl.errors import Forbidden, NotFound, Refused, ServerFault, TooBusy, Unreachable
from sednactl.lifecycle.reading import Reading, read_family, read_workloads, selections_for_state
from sednactl.lifecycle.users_of import USERS, read_usage, selections_for_usage
from sednactl.sedna.kinds import SednaKind
from sednactl.sedna.resources import Resource

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster, Reads
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

CALM_SECONDS = 0.25
"""Without a change, after which what has changed is judged: changes come in bursts."""
_MOST_SECONDS = 1.0
"""Before it is judged all the same, while changes go on."""
_AGAIN_SECONDS = 15.0
"""Before all is judged again without a change: what is patient with a young workload loses patience."""
_REST = 4
"""Times as long as judging took, in which nothing is judged: a fleet's thousands take a fifth of a core at most."""


class KeptLists:
    """The lists that a watch keeps, given where the API server would be asked for them; all else is asked of it.

    `refused` are lists that may not be had, with what the API server said.
    """

    def __init__(
        self, cluster: Reads, selections: Sequence[Selection], refused: Mapping[Selection, Refused]
    ) -> None:
        self._cluster = cluster
        self._refused = refused
        self._kept: dict[Selection, dict[str, Json]] = {selection: {} for selection in selections}

    def take(self, change: Change) -> bool:
        """Take in one step of the watch; tell whether it changes a list."""
        if change.object is None:
            return False
        kept, uid = self._kept[change.selection], str(change.object["metadata"].get("uid"))
        if change.type == "deleted":
            kept.pop(uid, None)
        else:
            kept[uid] = change.object
        return True

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Json:
        """Read one object of the cluster. Raises NotFound."""
        return self._cluster.get(resource, name, namespace)

    def find(self, resource: Resource, name: str, namespace: str | None = None) -> Json | None:
        """Read one object of the cluster, or None where there is none."""
        return self._cluster.find(resource, name, namespace)

    def list(
        self, selection: Selection, *, metadata_only: bool = False, page_size: int = 500
    ) -> Iterator[Json]:
        """Give what is kept of a list in the API server's order. Raises what the API server said of a refused one."""
        if selection in self._refused:
            raise self._refused[selection].with_traceback(None)  # or it would grow with every time
        if selection not in self._kept:
            return self._cluster.list(selection, metadata_only=metadata_only, page_size=page_size)
        return iter(sorted(self._kept[selection].values(), key=_place))


def _place(item: Json) -> tuple[str, str]:
    return str(item["metadata"].get("namespace", "")), str(item["metadata"]["name"])


def follow_workloads(
    cluster: Cluster,
    surroundings: Surroundings,
    kind: SednaKind,
    namespace: str | None,
    *,
    labels: str | None = None,
    name: str | None = None,
    lost: Callable[[str], None] = lambda _: None,
) -> Iterator[Reading]:
    """Give the workloads of a kind (or the one of that `name`) as they are and, for ever, after each burst of changes.

    With models and datasets comes who uses them, from the lists of those workloads, which are followed, too.

    `lost` hears why the connection is gone; what is given next was read anew. Children that may
    not be listed are left out, as `read_workloads` leaves them out. Raises NotFound for a `name`
    that is not there at the beginning, and what reading the workloads raises.
    """
    if name is not None:
        cluster.get(kind.resource, name, namespace)
    selections = (
        *selections_for_state(kind, namespace, labels=labels, name=name),
        *selections_for_usage(kind, namespace),
    )
    refused = _refused(cluster, selections[1:])
    followed = [one for one in selections if one not in refused]
    kept = KeptLists(cluster, followed, refused)
    waiting, dirty = set(followed), True
    clock = surroundings.monotonic
    judged, took = clock(), 0.0
    with closing(cast(Any, cluster.watch(followed, idle=CALM_SECONDS))) as changes:
        for change in changes:
            if change.type == "lost":
                waiting.add(change.selection)
                lost(change.detail)
            elif change.type == "synced":
                waiting.discard(change.selection)
            elif kept.take(change):
                dirty = True
            calm = change.type in ("idle", "synced")
            due = _AGAIN_SECONDS if not dirty else 0.0 if calm else _MOST_SECONDS
            if waiting or clock() - judged < max(due, _REST * took):
                continue
            begun = clock()
            try:
                yield _judged(kept, selections[0], kind, name)
                dirty = False
            except (Unreachable, ServerFault, TooBusy) as error:
                lost(error.message)
            judged = clock()
            took = judged - begun  # with what the reader of this made of it


def _refused(cluster: Cluster, selections: Sequence[Selection]) -> dict[Selection, Refused]:
    """Ask for one object of each list; give what refuses the lists that can't be had at all."""
    refused: dict[Selection, Refused] = {}
    for selection in selections:
        try:
            next(cluster.list(selection, page_size=1), None)
        except (Forbidden, NotFound) as error:
            refused[selection] = error
    return refused


def _judged(kept: KeptLists, own: Selection, kind: SednaKind, name: str | None) -> Reading:
    usage = read_usage(kept, kind, own.namespace) if kind.kind in USERS else None
    if name is None:
        return read_workloads(kept, kind, own.namespace, labels=own.labels)._replace(usage=usage)
    for workload in kept.list(own):
        family, notes = read_family(kept, kind, name, str(own.namespace), workload=workload)
        return Reading(kind, (family,), notes, usage)
    return Reading(kind, ())
