"""`sednactl create jointinference`: both sides of a joint inference service from flags or values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any, NamedTuple

import typer

from sednactl.cli.creating import Flags, create
from sednactl.cli.creating_options import Request, creating_command, option
from sednactl.cli.sectioned_help import SectionedCommand
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import UsageError

Json = dict[str, Any]
Path = tuple[str | int, ...]
_SIDES = {"cloud": "Cloud side", "edge": "Edge side"}
_SERVICE = "Service"


class HpaMode(str, Enum):
    """Which sides scale."""

    CLOUD = "cloud"
    EDGE = "edge"
    BOTH = "both"
    NONE = "none"


class SideFlag(NamedTuple):
    """One flag that both sides have: `--cloud-WORD` and `--edge-WORD`.

    `path` is where its value goes below the side; `form` says how it is read.
    """

    word: str
    form: str
    metavar: str
    path: tuple[str, ...]
    help: str


_FLAGS = (
    SideFlag("model", "text", "NAME", ("model",), "Model object that the worker loads."),
    SideFlag("image", "text", "IMAGE", ("image",), "Image of the worker."),
    SideFlag("node", "text", "NODE", ("node",), "Pin every replica to this node."),
    SideFlag(
        "node-selector",
        "pairs",
        "KEY=VALUE",
        ("pod", "nodeSelector"),
        "Or any node with this label. Repeats.",
    ),
    SideFlag("env", "pairs", "NAME=VALUE", ("env",), "Environment variable. Repeats."),
    SideFlag("request", "list", "cpu=1,memory=2Gi", ("requests",), "What the container is promised."),
    SideFlag("limit", "list", "cpu=1,memory=2Gi", ("limits",), "What it may use at most."),
    SideFlag(
        "volume",
        "volumes",
        "HOSTPATH:MOUNTPATH",
        ("volumes",),
        "Folder of the node; :ro and :create may follow, NAME= may stand before. Repeats.",
    ),
    SideFlag("host-network", "flag", "", ("hostNetwork",), "Use the node's network."),
    SideFlag("dns-policy", "text", "POLICY", ("pod", "dnsPolicy"), "DNS policy of the pod."),
    SideFlag(
        "container", "text", "NAME", ("container", "name"), "Name of the container (default: the model's)."
    ),
    SideFlag(
        "hpa",
        "hpa",
        "min=1,max=5,cpu=20%",
        ("hpa",),
        "Scale this side so; switches its autoscaler on.",
    ),
)
_EDGE_HOST_NETWORK = "Use the node's network. Only so the worker reaches the local controller, which counts inferences in .status."
_TYPES: dict[str, Any] = {"text": str | None, "hpa": str | None, "flag": bool | None}
REQUIRED: dict[Path, str] = {
    (side, word): f"--{side}-{word}" for side in ("cloud", "edge") for word in ("model", "image")
}


def _side_parameters() -> list[inspect.Parameter]:
    found = []
    for side, panel in _SIDES.items():
        for flag in _FLAGS:
            name = f"--{side}-{flag.word}"
            declared = f"{name}/--no-{side}-{flag.word}" if flag.form == "flag" else name
            told = _EDGE_HOST_NETWORK if declared.startswith("--edge-host-network") else flag.help
            given = option(
                declared, panel=panel, help=told, **({"metavar": flag.metavar} if flag.metavar else {})
            )
            kind = _TYPES.get(flag.form, list[str] | None)
            found.append(
                inspect.Parameter(
                    f"{side}_{flag.word.replace('-', '_')}",
                    inspect.Parameter.KEYWORD_ONLY,
                    default=None,
                    annotation=Annotated[kind, given],
                )
            )
    return found


def _with_side_flags(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags of both sides, handed over as `sides`."""
    signature = inspect.signature(function, eval_str=True)
    extra = _side_parameters()
    names = [parameter.name for parameter in extra]

    def command(**arguments: Any) -> Any:
        sides = {name: arguments.pop(name) for name in names}
        return function(**arguments, sides=sides)

    command.__doc__ = function.__doc__
    own = [parameter for name, parameter in signature.parameters.items() if name != "sides"]
    head = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    command.__signature__ = signature.replace(parameters=[*head[:2], *extra, *head[2:]])  # type: ignore[attr-defined]
    return command


app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.command(cls=SectionedCommand)
@creating_command
@_with_side_flags
def jointinference(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the service: a DNS label of at most 53 characters.")
    ],
    sides: dict[str, Any],
    hem: Annotated[
        str | None,
        option(
            "--hem",
            panel=_SERVICE,
            metavar="NAME",
            help="Hard example mining: which samples the edge sends on (default: IBT).",
        ),
    ] = None,
    hem_param: Annotated[
        list[str] | None,
        option("--hem-param", panel=_SERVICE, metavar="KEY=VALUE", help="Parameter of it. Repeats."),
    ] = None,
    hpa: Annotated[
        HpaMode | None,
        option(
            "--hpa",
            panel=_SERVICE,
            metavar="cloud|edge|both|none",
            help="Which sides scale (default: those with --cloud-hpa, --edge-hpa or hpa values).",
        ),
    ] = None,
    image_pull_policy: Annotated[
        str | None,
        option(
            "--image-pull-policy",
            panel=_SERVICE,
            metavar="POLICY",
            help="Of both workers (default: IfNotPresent).",
        ),
    ] = None,
    *,
    request: Request,
    access: ClusterAccess,
) -> int:
    """Create a joint inference service: a little model at the edge, a big one in the cloud.

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
      sednactl create ji helmet -f values.yaml --set edge.hpa.max=3 --dry-run=server

    \b
    --cloud-hpa and --edge-hpa take, joined by commas:
      min=1 max=5              replicas
      cpu=20%  memory=70%      share of the request, over all containers
      cpu=500m memory=512Mi    amount a replica
      cpu@NAME=60%             share of one container's request
      pods/NAME=100            a metric of the pods, an amount a replica
      external/NAME=30         a metric from outside the cluster, an amount a replica
      up-window=0              seconds of steady demand before growing
      down-window=300          seconds of steady calm before shrinking
      up-pods=4/60             at most 4 more in 60 seconds; also up-percent, down-pods,
                               down-percent, and up-select, down-select=Max|Min|Disabled
    Without a metric it is cpu=80%. All else autoscaling/v2 knows goes into values.
    """
    from sednactl.sedna.kinds import JOINT_INFERENCE

    def flags(lower: Mapping[str, Any]) -> Flags:
        return _flags(sides, hem, hem_param, hpa, image_pull_policy, lower)

    return create(JOINT_INFERENCE, name, request, access, ctx.obj, flags=flags, required=REQUIRED)


def _flags(
    sides: Mapping[str, Any],
    hem: str | None,
    hem_params: list[str] | None,
    hpa: HpaMode | None,
    pull_policy: str | None,
    lower: Mapping[str, Any],
) -> Flags:
    from sednactl.manifests.shorthand import pairs

    values: Json = {}
    names: dict[Path, str] = {}

    def put(path: tuple[str, ...], value: Any, flag: str) -> None:
        here = values
        for step in path[:-1]:
            here = here.setdefault(step, {})
        here[path[-1]] = value
        names[path] = flag

    for side in _SIDES:
        for given in _FLAGS:
            raw = sides[f"{side}_{given.word.replace('-', '_')}"]
            if raw is not None and raw != []:
                flag = f"--{side}-{given.word}"
                put((side, *given.path), _read(given.form, raw, flag), flag)
        if pull_policy is not None:
            put((side, "container", "imagePullPolicy"), pull_policy, "--image-pull-policy")
    if hem is not None:
        put(("edge", "hem", "name"), hem, "--hem")
    if hem_params:
        put(("edge", "hem", "parameters"), pairs(hem_params, "--hem-param"), "--hem-param")
    mode = _mode(hpa, [side for side in _SIDES if sides[f"{side}_hpa"] is not None], lower.get("hpa"))
    if mode is not None:
        put(("hpa",), mode, "--hpa")
    return Flags(values, names)


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


def _read(form: str, raw: Any, flag: str) -> Any:
    from sednactl.manifests import shorthand

    if form == "pairs":
        return shorthand.pairs(raw, flag)
    if form == "list":
        return shorthand.listed_pairs(raw, flag)
    if form == "volumes":
        return [shorthand.volume(text, flag) for text in raw]
    if form == "hpa":
        return shorthand.autoscaler_shorthand(raw, flag)
    return raw
