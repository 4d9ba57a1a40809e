"""Whether what runs carries what its workload asks for, where Sedna never carries an edit over by itself.

Sedna's Global Manager adds to a pod template (variables, volumes, labels), Kubernetes
fills in defaults, and neither takes anything away: so all that the workload asks for has
to be found again in its children. What a child has beyond that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.lifecycle.ownership import Family
from sednactl.lifecycle.references import WorkerSpec, workers_of
from sednactl.sedna.kinds import FEATURE_EXTRACTION, FEDERATED_LEARNING, OBJECT_SEARCH, REID, VIDEO_ANALYTICS
from sednactl.sedna.quantity import is_quantity, nano_units
from sednactl.sedna.resources import DEPLOYMENT, POD

Json = Mapping[str, Any]

COMPARABLE = (FEATURE_EXTRACTION, OBJECT_SEARCH, REID, VIDEO_ANALYTICS, FEDERATED_LEARNING)
"""Kinds whose edits Sedna ignores, or answers with harm, and whose children show what they were made from."""

_SET_BY_SEDNA = frozenset({"hostNetwork", "dnsPolicy", "restartPolicy"})
"""Fields of a pod that the Global Manager sets for some workers, whatever the workload says."""


def edited(workload: Json) -> bool:
    """Tell whether a workload's spec was ever changed since it was created: Kubernetes counts that."""
    generation = workload["metadata"].get("generation")
    return isinstance(generation, int) and generation > 1


def not_carried(family: Family) -> tuple[str, ...]:
    """Say, a sentence a worker, what children have otherwise than an edited workload asks for.

    Nothing for a workload that was never edited (what its children have otherwise, somebody's
    admission plugin did), for kinds that cannot be compared so, and for children that are not there.
    """
    if family.kind not in COMPARABLE or not edited(family.workload):
        return ()
    return tuple(dict.fromkeys(_differences(family)))


def _differences(family: Family) -> Iterator[str]:
    specs: dict[str, list[WorkerSpec]] = {}
    for spec in workers_of(family.kind, family.workload):
        specs.setdefault(spec.worker, []).append(spec)
    for worker, wanted in specs.items():
        if worker in family.kind.deployments:
            yield from _of_deployment(family, wanted[0])
        else:
            yield from _of_pods(family, worker, wanted)


def _of_deployment(family: Family, wanted: WorkerSpec) -> Iterator[str]:
    for deployment in family.own(DEPLOYMENT.kind, wanted.worker):
        name = f"{DEPLOYMENT.kind} {deployment['metadata']['name']}"
        spec = deployment.get("spec") or {}
        template = (spec.get("template") or {}).get("spec") or {}
        if (found := _lacking(wanted.pod, template)) is not None:
            yield f"{name} {found}"
        elif (replicas := _replicas(family, wanted.worker)) not in (None, spec.get("replicas")):
            yield f"{name} has {spec.get('replicas')} replicas, and {replicas} are asked for"


def _of_pods(family: Family, worker: str, wanted: list[WorkerSpec]) -> Iterator[str]:
    pods = [one for one in family.own(POD.kind, worker) if not one["metadata"].get("deletionTimestamp")]
    if not pods:
        return
    for pod in pods:
        found = [_lacking(spec.pod, pod.get("spec") or {}) for spec in wanted]
        if None not in found:
            yield f"{POD.kind} {pod['metadata']['name']} {found[0]}"
            return
    for spec in wanted:
        if all(_lacking(spec.pod, pod.get("spec") or {}) is not None for pod in pods):
            yield f"no {worker} pod is as {spec.title.lower()} asks for"
            return
    if len(pods) < len(wanted):
        yield f"{len(pods)} {worker} pods are there, and {len(wanted)} are asked for"


def _replicas(family: Family, worker: str) -> Any:
    spec = family.workload.get("spec") or {}
    part = spec if family.kind is FEATURE_EXTRACTION else spec.get("reidWorkers") or {}
    return None if worker == "userworker" else part.get("replicas")


def _lacking(pod: Json, there: Json) -> str | None:
    """Give the first thing of a pod spec that is not in another one, in words; None where all of it is."""
    asked = {key: value for key, value in pod.items() if key not in _SET_BY_SEDNA}
    return _missing(asked, there, "")


def _missing(wanted: Any, there: Any, path: str) -> str | None:
    if wanted is None or wanted in ("", {}, []):
        return None
    if isinstance(wanted, Mapping):
        if not isinstance(there, Mapping):
            return f"lacks {path}"
        for key, value in wanted.items():
            found = _missing(value, there.get(key), f"{path}.{key}" if path else str(key))
            if found is not None:
                return found
        return None
    if isinstance(wanted, list) and all(isinstance(one, Mapping) for one in wanted):
        members = there if isinstance(there, list) else []
        for index, one in enumerate(wanted):
            if any(_missing(one, member, path) is None for member in members):
                continue
            label = f"{path}[{one.get('name', index)}]"
            namesake = next(
                (member for member in members if one.get("name") and member.get("name") == one["name"]), None
            )
            return f"lacks {label}" if namesake is None else _missing(one, namesake, label)
        return None
    if _same(wanted, there, path):
        return None
    if there is None:
        return f"lacks {path}"
    if isinstance(wanted, (list, dict)) or _is_secret(path):
        return f"has another {path}"
    return f"has {path} {there}, and {wanted} is asked for"


def _same(wanted: Any, there: Any, path: str) -> bool:
    if wanted == there:
        return True
    # The API server writes quantities its own way in pods, and as they came in a workload.
    counted = "resources." in path or path.endswith("sizeLimit")
    return counted and is_quantity(wanted) and is_quantity(there) and nano_units(wanted) == nano_units(there)


def _is_secret(path: str) -> bool:
    """Tell whether a value may be a credential, which no message shows."""
    return ".env[" in path
