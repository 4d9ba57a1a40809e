"""The flags of a worker, the same for every kind: `--image`, and `--cloud-image`, `--train-image` where there are several."""

from __future__ import annotations

from collections.abc import Sequence

from sednactl.cli.creating_flags import Flag, Path

_FLAGS: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "model": ("text", "NAME", ("model",), "Model object that the worker loads."),
    "image": ("text", "IMAGE", ("image",), "Image of the worker."),
    "node": ("text", "NODE", ("node",), "Pin every replica to this node."),
    "node-selector": (
        "pairs",
        "KEY=VALUE",
        ("pod", "nodeSelector"),
        "Or any node with this label. Repeats.",
    ),
    "env": ("pairs", "NAME=VALUE", ("env",), "Environment variable. Repeats."),
    "args": ("words", "'ARG …'", ("container", "args"), "Arguments, cut at blanks as a shell does."),
    "request": ("list", "cpu=1,memory=2Gi", ("requests",), "What the container is promised."),
    "limit": ("list", "cpu=1,memory=2Gi", ("limits",), "What it may use at most."),
    "volume": (
        "volumes",
        "HOSTPATH:MOUNTPATH",
        ("volumes",),
        "Folder of the node; :ro and :create may follow, NAME= may stand before. Repeats.",
    ),
    "host-network": ("switch", "", ("hostNetwork",), "Use the node's network."),
    "dns-policy": ("text", "POLICY", ("pod", "dnsPolicy"), "DNS policy of the pod."),
    "container": (
        "text",
        "NAME",
        ("container", "name"),
        "Name of the container (default: the model's).",
    ),
    "hpa": ("hpa", "min=1,max=5,cpu=20%", ("hpa",), "Scale this side so; switches its autoscaler on."),
}
POD = ("image", "node", "node-selector", "env", "args", "request", "limit", "volume")
"""Flags of a worker whose network Sedna decides on."""
STAGE = ("image", "node", "env", "args", "request", "limit", "volume")
"""Flags of one stage of a learning job; the rest is said for all stages at once."""


def worker_flags(
    prefix: str, path: Path, panel: str, words: Sequence[str], helps: dict[str, str] | None = None
) -> tuple[Flag, ...]:
    """Give the named flags of the worker whose values stand at `path`; `helps` says what is different here."""
    found = []
    for word in words:
        form, metavar, below, told = _FLAGS[word]
        told = (helps or {}).get(word, told)
        name = f"--{prefix}-{word}" if prefix else f"--{word}"
        found.append(Flag(name, form, metavar, ((*path, *below),), told, panel))
    return tuple(found)


def pull_policy(panel: str, *paths: Path, of: str = "Of the worker") -> Flag:
    """Give `--image-pull-policy` for the workers at these paths."""
    return Flag(
        "--image-pull-policy",
        "text",
        "POLICY",
        tuple((*path, "container", "imagePullPolicy") for path in paths),
        f"{of} (default: IfNotPresent).",
        panel,
    )


_PANEL = "Models and datasets"
WITH_MODELS = (
    Flag("--with-models", "switch", "", (("withModels",),), "Make the Model objects too, first.", _PANEL),
    Flag(
        "--model-url",
        "described",
        "NAME=URL",
        (("models",),),
        "Where a model is; makes it too. ,format=F and ,credential=SECRET may follow. Repeats.",
        _PANEL,
    ),
)
WITH_DATASETS = (
    Flag(
        "--with-datasets", "switch", "", (("withDatasets",),), "Make the Dataset objects too, first.", _PANEL
    ),
    Flag(
        "--dataset-url",
        "described",
        "NAME=URL",
        (("datasets",),),
        "Where a dataset is; makes it too. ,format=F, ,node=NODE and ,credential=SECRET may follow. Repeats.",
        _PANEL,
    ),
)
KAFKA = Flag(
    "--kafka", "switch", "", (("kafka",),), "Tell the workers to talk through Kafka (KAFKA_ENABLED).", "Job"
)
RESTART = Flag(
    "--restart-policy",
    "text",
    "POLICY",
    (("pod", "restartPolicy"),),
    "When its container is started again: OnFailure (default), Never.",
    "Job",
)
