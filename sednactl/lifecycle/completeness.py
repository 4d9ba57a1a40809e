"""Whether Sedna made all that a workload of Deployments asks for, whatever its condition still says."""

from __future__ import annotations

from sednactl.lifecycle.ownership import Family
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.naming import deployment_name, hpa_name, service_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, SERVICE


def made_in_full(family: Family) -> bool:
    """Tell whether each Deployment, Service and asked-for autoscaler is there and this workload's own.

    False where one of them may not be read: what was not seen proves nothing. Also False for
    kinds without Deployments, whose errors are not about single children.
    """
    kind = family.kind
    if not kind.deployments:
        return False
    wanted = [(DEPLOYMENT.kind, deployment_name(family.name, worker)) for worker in kind.deployments]
    wanted += [(SERVICE.kind, service_name(family.name, worker)) for worker in kind.services]
    if kind is JOINT_INFERENCE:
        spec = family.workload.get("spec") or {}
        wanted += [
            (HPA.kind, hpa_name(family.name, side))
            for side in kind.deployments
            if (spec.get(f"{side}Worker") or {}).get("hpa")
        ]
    own = {(child, str(item["metadata"]["name"])) for child, _ in wanted for item in family.own(child)}
    return own.issuperset(wanted)
