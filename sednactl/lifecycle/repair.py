"""Repairing a workload: read it, plan, carry the plan out step by step, and look whether it helped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sednactl.errors import (
    ConditionUnmet,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PartlyDone,
    Refused,
    SednactlError,
)
from sednactl.lifecycle.reading import ALL_CHILDREN, read_family
from sednactl.lifecycle.references import Reference, references_of
from sednactl.lifecycle.repair_plan import RepairPlan, RepairStep
from sednactl.lifecycle.repairs import repairs_for
from sednactl.lifecycle.replacement import Orders, as_manifest, replace_workload
from sednactl.lifecycle.waiting import wait_until_gone, wait_until_running
from sednactl.sedna.resources import CHILD_RESOURCES

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.ownership import Family
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

Result = Literal["done", "failed", "not needed", "not tried"]
RESOURCES = {resource.kind: resource for resource in CHILD_RESOURCES}
_STARTS_PODS = ("recreate", "restart")
SECOND_LOOK_SECONDS = 2.0
"""How long what is missing has to stay missing: Sedna may be making it anew in this moment."""


@dataclass(frozen=True)
class Carried:
    """What became of one step; `detail` says why it failed, or what it left."""

    step: RepairStep
    result: Result
    detail: str = ""


@dataclass(frozen=True)
class Repair:
    """A plan and what became of it.

    `mended` tells whether the workload needs no repair any more and does what it should; None
    where nothing was tried, or nobody could look afterwards. `left` says what is still wrong.
    """

    plan: RepairPlan
    carried: tuple[Carried, ...] = ()
    mended: bool | None = None
    left: str = ""
    dry_run: bool = False
    error: SednactlError | None = field(default=None, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Give the machine-readable shape that the command line promises."""
        plan = self.plan
        results = {id(one.step): one for one in self.carried}
        steps = []
        for step in plan.steps:
            one = results.get(id(step))
            steps.append(
                {
                    **step.as_json(),
                    "result": one.result if one else None,
                    "detail": (one.detail or None) if one else None,
                }
            )
        return {
            "apiVersion": "sednactl.io/v1",
            "kind": "RepairReport",
            "workload": {"kind": plan.kind, "namespace": plan.namespace, "name": plan.name, "uid": plan.uid},
            "dryRun": self.dry_run,
            "steps": steps,
            "blocked": list(plan.blocked),
            "notes": list(plan.notes),
            "mended": self.mended,
            "left": self.left or None,
        }


def plan_repair(
    cluster: Cluster, kind: SednaKind, name: str, namespace: str
) -> tuple[RepairPlan, Family, tuple[str, ...]]:
    """Read a workload and plan its repair; gives what was read, and notes on what could not be. Raises NotFound."""
    family, notes = read_family(cluster, kind, name, namespace, resources=ALL_CHILDREN)
    plan = repairs_for(family, _missing(cluster, kind, family), cluster.now())
    return plan, family, notes


def carry_out(
    cluster: Cluster,
    kind: SednaKind,
    plan: RepairPlan,
    surroundings: Surroundings,
    *,
    timeout: float,
    progress: Callable[[str], None] = lambda _: None,
) -> Repair:
    """Carry a plan out, each step only on the very objects it was made for, and wait until it shows.

    `timeout` is in seconds. The workload is read and judged once more before the first step:
    what is no longer needed is left out. A step that fails ends the repair.
    """
    surroundings.sleep(SECOND_LOOK_SECONDS)
    try:
        fresh, family, _ = plan_repair(cluster, kind, plan.name, plan.namespace)
    except NotFound:
        return Repair(
            plan, tuple(Carried(one, "not needed", "the workload is gone") for one in plan.steps), True
        )
    if fresh.uid != plan.uid:
        return Repair(
            plan,
            tuple(Carried(one, "not tried") for one in plan.steps),
            left="somebody replaced the workload in the meantime: look again",
        )
    needed = {_key(one): one for one in fresh.steps}
    carried: list[Carried] = []
    error: SednactlError | None = None
    for step in plan.steps:
        current = needed.get(_key(step))
        if error is not None:
            carried.append(Carried(step, "not tried"))
        elif current is None:
            carried.append(Carried(step, "not needed", "it was mended meanwhile"))
        else:
            progress(f"{step.kind} {step.name}: {step.says}")
            try:
                detail = _carry_step(cluster, kind, family, current, surroundings, timeout, progress)
            except SednactlError as failure:
                error = failure
                carried.append(Carried(step, "failed", _why(failure)))
            else:
                carried.append(Carried(step, "done", detail))
    if error is not None:
        return Repair(plan, tuple(carried), False, error.message, error=error)
    return _looked_at(cluster, kind, plan, carried, surroundings, timeout, progress)


def _key(step: RepairStep) -> tuple[str, ...]:
    return step.action, step.kind, step.name, step.says


def _carry_step(
    cluster: Cluster,
    kind: SednaKind,
    family: Family,
    step: RepairStep,
    surroundings: Surroundings,
    timeout: float,
    progress: Callable[[str], None],
) -> str:
    namespace = family.workload["metadata"]["namespace"]
    if step.action == "create":
        cluster.create(RESOURCES[step.kind], step.body, namespace=namespace)
    elif step.action == "patch":
        _patch(cluster, step, namespace)
    elif step.action == "release":
        cluster.patch(kind.resource, step.name, step.body, namespace=namespace)
    elif step.action == "restart":
        cluster.patch(kind.resource, step.name, step.body, namespace=namespace, subresource="status")
    else:
        orders = Orders(timeout, progress=lambda left: progress(f"waiting for {left} to go" if left else ""))
        manifest = as_manifest(family.workload)
        replaced = replace_workload(cluster, manifest, family.workload, surroundings, orders, step.also)
        return f"the old one is kept in {replaced.kept}"
    return ""


def _patch(cluster: Cluster, step: RepairStep, namespace: str) -> None:
    try:
        cluster.patch(RESOURCES[step.kind], step.name, step.body, namespace=namespace)
    except Invalid as error:
        # So a JSON patch whose test fails is answered; a server in trouble says nothing about the object.
        raise Conflict(
            f"{step.kind} {step.name} is not as it was when the repair was planned",
            status=error.status,
            reason=error.reason,
            hint="run the repair again",
            detail=(error.message, *error.detail),
        ) from error


def _why(failure: SednactlError) -> str:
    """Say why a step failed; an error that tells of no answer says itself what is not known."""
    doubt = isinstance(failure, Refused) and failure.in_doubt
    return f"{failure.message}; it may or may not be done" if doubt else failure.message


def _looked_at(
    cluster: Cluster,
    kind: SednaKind,
    plan: RepairPlan,
    carried: list[Carried],
    surroundings: Surroundings,
    timeout: float,
    progress: Callable[[str], None],
) -> Repair:
    """Wait until the workload does what it should, or is gone where that was meant, and plan once more."""
    try:
        if any(one.step.action == "release" for one in carried):
            wait_until_gone(cluster, kind, plan.name, plan.namespace, timeout, surroundings, tell=progress)
            return Repair(plan, tuple(carried), True)
        # What was only put beside the workload is there at once; what else ails its pods is not ours to wait for.
        if any(one.step.action in _STARTS_PODS for one in carried):
            wait_until_running(cluster, kind, plan.name, plan.namespace, timeout, surroundings, tell=progress)
        again, _, _ = plan_repair(cluster, kind, plan.name, plan.namespace)
    except (ConditionUnmet, PartlyDone) as error:
        return Repair(plan, tuple(carried), False, error.message)
    except SednactlError as error:
        # The steps stand; only what came of them could not be seen.
        return Repair(plan, tuple(carried), None, error.message, error=error)
    if again.steps:
        left = "; ".join(f"{one.kind} {one.name}: {one.reason}" for one in again.steps)
        return Repair(plan, tuple(carried), False, left)
    return Repair(plan, tuple(carried), not again.blocked, "; ".join(again.blocked))


def _missing(cluster: Cluster, kind: SednaKind, family: Family) -> list[Reference]:
    namespace = family.workload["metadata"].get("namespace", "")
    missing = []
    for one in references_of(kind, family.workload):
        try:
            if cluster.find(one.resource, one.name, namespace) is None:
                missing.append(one)
        except Forbidden:
            continue  # what may not be seen is taken to be there; the wait afterwards tells
    return missing
