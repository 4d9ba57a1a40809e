"""What the LimitRanges and ResourceQuotas of a namespace do to the pods that Sedna will ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.sedna.editing import EDITS
from sednactl.validation.limit_ranges import defaulted, refusals
from sednactl.validation.quotas import counts, lacking, limits_of, taken_by, used_of
from sednactl.validation.rulebook import DEFERRED, FOR_KINDS, page, rules_for
from sednactl.validation.rules.pod_parts import INIT
from sednactl.validation.rules.resources import shown
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.bounds import Bounds
    from sednactl.validation.finding import Level
    from sednactl.validation.noted import Demand, Key
    from sednactl.validation.target import Target

page(
    "SDN129",
    "error",
    """
    Pod that a LimitRange of its namespace refuses

    Found with --cluster, and for LimitRanges among the files. A LimitRange bounds what a container or a
    whole pod requests and may use (min, max, maxLimitRequestRatio), and gives limits and requests to
    containers that say none: such a limit can be below what the container requests. The init container by
    which Sedna fetches a model or dataset (s3, http, https) counts too: it has limits of 1 cpu and 1Gi. The
    workload and its Deployments are taken, but no pod of them is ever made; only an event of the ReplicaSet
    (FailedCreate) tells why.
    """,
)
page(
    "SDN130",
    "error",
    """
    Container without the requests or limits that a quota demands

    Found with --cluster, and for ResourceQuotas among the files. Where one counts requests or limits of cpu or memory, every
    container, init containers too, has to say them, or to be given them by a LimitRange. Pods that do
    not are refused, and only an event of the ReplicaSet (FailedCreate) tells why.
    """,
)
page(
    "SDN226",
    "warning",
    """
    More replicas than the namespace's quota lets in

    Found with --cluster, and for ResourceQuotas among the files, of which nothing is taken as far as is
    known. What a pod takes, times the most replicas, is more than a ResourceQuota has
    left, or has in all for a workload that runs already: the autoscaler asks for replicas that never come.
    An error where not even one pod fits into the whole quota. An edit needs room for one pod more while
    it is rolled out, as the new pod comes before the old one goes.
    """,
)

_NO_DOWNLOAD = (
    "Sedna adds it to fetch the model or dataset: raise the LimitRange, or let the file lie on the node"
)
_BY_TURNS = ("IncrementalLearningJob", "LifelongLearningJob")
"""Kinds whose pods do not run all at once."""


def deferred(
    together: Together, bounds: Bounds, target: Target, *, everywhere: bool
) -> Iterator[tuple[Document, Problem]]:
    """Give what the deferred rules find, with what the namespaces give; `everywhere`, or where these give anything."""
    checks: dict[str, list[Any]] = {}
    wanted = (lambda _: True) if everywhere else bounds.ranges_of
    for kind, namespace, spec, document in together.specs(
        FOR_KINDS["metrics"], lambda one: bool(wanted(one))
    ):
        if kind not in checks:
            rules = rules_for(kind, target.release)
            checks[kind] = [rule.check for rule in rules if rule.id in DEFERRED]
        ranges = bounds.ranges_of(namespace)
        workload = Workload(kind, {"kind": kind, "spec": _with_defaults(spec, ranges)}, target)
        for check in checks[kind]:
            for problem in dict.fromkeys(check(workload)):
                yield document, problem


def _with_defaults(spec: dict[str, Any], ranges: Any) -> dict[str, Any]:
    filled = dict(spec)
    for name in ("edgeWorker", "cloudWorker") if ranges else ():
        worker = mapping(spec, name)
        template = mapping(worker, "template")
        if pod := mapping(template, "spec"):
            filled[name] = {**worker, "template": {**template, "spec": defaulted(pod, ranges)}}
    return filled


def refused(together: Together, bounds: Bounds) -> Iterator[tuple[Document, Problem]]:
    """Give the pods that LimitRanges refuse and quotas do not let in."""
    taken: dict[tuple[str, str, str], int] = {}
    for key, demand in together.demanded(bounds.holds):
        if key[0] not in EDITS:
            continue  # a kind that Sedna makes no pods for
        ranges, quotas = bounds.ranges_of(key[1]), bounds.quotas_of(key[1])
        for refusal in refusals(demand.pod, ranges):
            place, hint = refusal.place, refusal.hint
            if demand.downloads and place[:2] == _downloader_of(demand):
                place, hint = (), _NO_DOWNLOAD
            yield demand.document, Problem("SDN129", (*demand.path, *place), refusal.message, hint, True)
        pod = defaulted(demand.pod, ranges)
        for quota in quotas:
            if counts(quota, pod):
                yield from _unsaid(demand, pod, quota)
                yield from _beyond(key, demand, pod, quota, bounds, taken)


def _downloader_of(demand: Demand) -> tuple[str, int]:
    """Give where the init container that Sedna adds stands: behind the others."""
    return INIT, len(maps(demand.pod, INIT)) - 1


def _unsaid(demand: Demand, pod: dict[str, Any], quota: Any) -> Iterator[tuple[Document, Problem]]:
    for group, index, of, name in lacking(pod, quota):
        if demand.downloads and (group, index) == _downloader_of(demand):
            continue  # it says all that a quota can demand
        container = text(dict(maps(pod, group))[index], "name")
        message = f'the quota "{_name(quota)}" demands {of} for {name} of every container, and "{container}" has none'
        hint = f"add resources.{of}.{name} to it"
        yield demand.document, Problem("SDN130", (*demand.path, group, index), message, hint)


def _beyond(
    key: Key,
    demand: Demand,
    pod: dict[str, Any],
    quota: Any,
    bounds: Bounds,
    taken: dict[tuple[str, str, str], int],
) -> Iterator[tuple[Document, Problem]]:
    """Give the resource that a quota has too little of; note what the pods take for those that follow."""
    hard, used, each = limits_of(quota), used_of(quota), taken_by(pod)
    runs = key in bounds.live
    wanted = "one pod takes" if demand.replicas == 1 else f"{demand.replicas} replicas take"
    fits: dict[str, int] = {}
    before: dict[str, int] = {}
    for name, limit in hard.items():
        if not each.get(name):
            continue
        place = bounds.place_of(key[1]), _name(quota), name
        before[name] = 0 if runs else taken.get(place, 0)
        left = limit if runs else limit - used.get(name, 0)
        fits[name] = max(0, left - before[name]) // each[name]
        if fits[name] >= demand.replicas and not runs and key[0] not in _BY_TURNS:
            taken[place] = before[name] + demand.replicas * each[name]
    if not fits or min(fits.values()) >= demand.replicas:
        return
    name = min(fits, key=lambda each_name: fits[each_name])
    resource = name.rpartition(".")[2] if name.startswith(("requests.", "limits.")) else name
    left = hard[name] if runs else max(0, hard[name] - used.get(name, 0) - before[name])
    has = f"allows {shown(left, resource)}" if runs else f"has {shown(left, resource)} left"
    if left != hard[name]:
        has = f"has {shown(left, resource)} of {shown(hard[name], resource)} left"
    beside = ", beside what these files ask for before it" if before[name] else ""
    message = (
        f"{wanted} {shown(demand.replicas * each[name], resource)} {name}, but the quota "
        f'"{_name(quota)}" {has}{beside}: room for {fits[name]}'
    )
    never = each[name] > hard[name]
    level: Level | None = "error" if never else None
    hint = "lower the requests or the replicas, or ask for a larger quota"
    yield demand.document, Problem("SDN226", demand.count_path, message, hint, True, level)


def _name(quota: Any) -> str:
    return text(mapping(quota, "metadata"), "name")
