"""Look through a cluster for what `find_ghosts` has to judge.

The living are listed before and after the children. Before, so that the great
mass of healthy children is dropped while it streams past; after, so that a
workload created in between does not make its children look like ghosts. Lists
are metadata only and paged, several are read at once: memory grows with ghosts
and workloads, not with what else the cluster runs.

Three proofs need more than metadata, and only of a few: what a federated-learning
job with pods asks for (spec), whether a service that owns objects from before 0.7
claims to have failed (status), and on which node a pod runs that will not go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sednactl.cluster.label_selectors import read_selector, selects
from sednactl.errors import UsageError
from sednactl.lifecycle import ghost_evidence as say
from sednactl.lifecycle.ghost_lists import Lists
from sednactl.lifecycle.ghost_sieve import Sieve
from sednactl.lifecycle.ghosts import OLDER_THAN, Ghost, find_ghosts, unjudged

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.cluster.label_selectors import Selector
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

SETTLE = 5.0
"""Seconds until what Kubernetes removes by itself is gone (GM re-creates an ObjectSearchService's
children up to 2 s after the deletion, and the garbage collector takes them again)."""

PATIENCE = 30.0
"""Seconds after which a garbage collector that has not taken the children of a dead owner counts as not at work.
Right after its start it was seen to take more than 5 s for the first ones."""


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    `scanned` counts every object looked at, by kind. `unjudged` counts, by workload
    kind ("" for an unknown one), objects that could not be judged, `unreadable`
    says why; `blind` names the kinds of children that could not be listed, and why.
    `seen` are the UIDs of all objects that were judged.
    """

    ghosts: list[Ghost]
    scanned: Mapping[str, int]
    unjudged: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    blind: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


def scan_for_ghosts(
    cluster: Cluster,
    surroundings: Surroundings,
    *,
    namespace: str | None,
    labels: str | None = None,
    older_than: float = OLDER_THAN,
    tell: Callable[[str], None] = lambda _: None,
) -> Scan:
    """List, judge, and look a second time at what may just be on its way out.

    `namespace` None means all of them; `labels` chooses among what was found, as what
    hangs on a ghost or is served by it may carry others; `older_than` is in seconds;
    `tell` hears what is going on. A kind that cannot be listed is reported, not guessed; raises
    when nothing at all could be listed, and UsageError for `labels` that are no selector.
    """
    wanted = None if labels is None else _selector(labels)
    scan = Lists(cluster, namespace, tell)
    sieve = Sieve(scan.living_uids())
    children, blind = scan.children(sieve)
    children += scan.surplus_pods(sieve)
    inventory = scan.inventory(children)
    ghosts = find_ghosts(inventory, cluster.now(), older_than)
    waited = 0.0
    while unsettled := {ghost.uid: ghost.kind for ghost in ghosts if _may_settle(ghost, waited)}:
        tell(f"waiting to see what Kubernetes removes by itself ({len(unsettled)} objects)")
        surroundings.sleep(SETTLE)
        waited += SETTLE
        inventory = scan.second_look(inventory, unsettled)
        if waited >= PATIENCE:
            inventory = replace(inventory, stayed=frozenset(unsettled))
        ghosts = find_ghosts(inventory, cluster.now(), older_than)
    seen = frozenset(child["metadata"]["uid"] for child in children)
    chosen = (
        inventory.children if wanted is None else [one for one in inventory.children if _chosen(one, wanted)]
    )
    uids = {child["metadata"]["uid"] for child in chosen}
    return Scan(
        [ghost for ghost in ghosts if ghost.uid in uids],
        scan.scanned,
        unjudged(replace(inventory, children=chosen)),
        inventory.unreadable,
        blind,
        seen,
    )


def _selector(text: str) -> Selector:
    try:
        return read_selector(text)
    except ValueError as error:
        raise UsageError(
            f"--selector '{text}' is none: {error}", hint="for example -l app=gate,site!=west"
        ) from None


def _chosen(child: Json, wanted: Selector) -> bool:
    return selects(wanted, child["metadata"].get("labels"))


def _may_settle(ghost: Ghost, waited: float) -> bool:
    """Tell whether more patience (`waited` seconds so far) may make an object go by itself."""
    if ghost.kept_because == say.JUST_DELETED:
        return waited < PATIENCE
    return ghost.kept_because in (say.FOREIGN_OWNER, say.TERMINATING) and waited < SETTLE
