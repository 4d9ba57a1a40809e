"""`sednactl create jointinference`: both sides of a joint inference service from flags or values."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sednactl.cli.creating_flags import Flag, Said, put
from sednactl.cli.creating_kind import creating_app
from sednactl.cli.worker_flags import WITH_MODELS, pull_policy, worker_flags
from sednactl.errors import UsageError
from sednactl.sedna.kinds import JOINT_INFERENCE

_SERVICE = "Service"
_SIDES = ("cloud", "edge")
_SIDE = (
    "model", "image", "node", "node-selector", "env", "request", "limit", "volume", "host-network", "dns-policy",
    "container", "hpa",
)  # fmt: skip
_EDGE_HOST_NETWORK = "Use the node's network. Only so the worker reaches the local controller, which counts inferences in .status."


class HpaMode(str, Enum):
    """Which sides scale."""

    CLOUD = "cloud"
    EDGE = "edge"
    BOTH = "both"
    NONE = "none"


FLAGS = (
    *worker_flags("cloud", ("cloud",), "Cloud side", _SIDE),
    *worker_flags("edge", ("edge",), "Edge side", _SIDE, {"host-network": _EDGE_HOST_NETWORK}),
    Flag(
        "--hem",
        "text",
        "NAME",
        (("edge", "hem", "name"),),
        "Hard example mining: which samples the edge sends on (default: IBT).",
        _SERVICE,
    ),
    Flag(
        "--hem-param",
        "pairs",
        "KEY=VALUE",
        (("edge", "hem", "parameters"),),
        "Parameter of it. Repeats.",
        _SERVICE,
    ),
    Flag(
        "--hpa",
        "text",
        "cloud|edge|both|none",
        (("hpa",),),
        "Which sides scale (default: those with --cloud-hpa, --edge-hpa or hpa values).",
        _SERVICE,
        HpaMode | None,
    ),
    pull_policy(_SERVICE, ("cloud",), ("edge",), of="Of both workers"),
    *WITH_MODELS,
)
_HELP = """Create a joint inference service: a little model at the edge, a big one in the cloud.

    Values come from the template, then files (-f), then --set, then flags; the later
    win. 'sednactl templates show ji --values' prints a values file to start from.

    \b
    Examples:
      sednactl create ji helmet --dry-run=client -o yaml \\
        --edge-model little --edge-image example/little:v1 --edge-node edge-1 \\
        --cloud-model big --cloud-image example/big:v1 --cloud-request cpu=1 \\
        --cloud-hpa min=1,max=5,cpu=20%
      sednactl create ji helmet -f values.yaml --wait
      sednactl create ji helmet -f values.yaml --hpa none
      sednactl create ji helmet -f values.yaml --set edge.hpa.max=3

    \b
    --cloud-hpa and --edge-hpa take, joined by commas:
      min=1 max=5              replicas
      cpu=20%  memory=70%      share of the request, over all containers
      cpu=500m memory=512Mi    amount a replica
      cpu@NAME=60%             share of one container's request
      pods/NAME=100            a metric of the pods, an amount a replica
      external/NAME=30         a metric from outside the cluster, likewise
      up-window=0              seconds of steady demand before growing
      down-window=300          seconds of steady calm before shrinking
      up-pods=4/60             at most 4 more in 60 seconds; also up-percent,
                               down-pods, down-percent, and up-select,
                               down-select=Max|Min|Disabled
    Without a metric it is cpu=80%. All else of autoscaling/v2 goes into values.
"""


def _finish(said: Said, given: Mapping[str, Any], lower: Mapping[str, Any]) -> Said:
    """Let the sides that are described scale."""
    described = [side for side in _SIDES if given[f"flag_{side}_hpa"] is not None]
    mode = _mode(given["flag_hpa"], described, lower.get("hpa"))
    if mode is not None:
        put(said.values, ("hpa",), mode)
    return said


def _mode(wanted: HpaMode | None, described: list[str], lower: Any) -> str | None:
    """Give the `hpa` value that the flags mean: a side that is described is on, unless --hpa says none."""
    if wanted is HpaMode.NONE and described:
        raise UsageError(
            f"--hpa none and --{described[0]}-hpa contradict each other", hint="leave one of them out"
        )
    base = wanted.value if wanted is not None else lower
    if not isinstance(base, str) or not described:
        return wanted.value if wanted is not None else None
    on = {"both": {"cloud", "edge"}, "none": set[str]()}.get(base, {base}) | set(described)
    return "both" if len(on) > 1 else on.pop()


app = creating_app(
    JOINT_INFERENCE,
    FLAGS,
    name="Name of the service: a DNS label of at most 53 characters.",
    words=_HELP,
    finish=_finish,
)
