"""The flags that object search and object tracking share: workers that follow, workers that recognise again."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.worker_flags import POD, worker_flags

_TRACKING, _REID = "Tracking workers", "Re-identification workers"
TRACKING = (
    Flag(
        "--track-on",
        "nodes",
        "NODE",
        (("tracking", "workers"),),
        "A tracking worker on this node. Repeats.",
        _TRACKING,
    ),
    *worker_flags(
        "tracking",
        ("tracking",),
        _TRACKING,
        tuple(word for word in POD if word != "node"),
        {"image": "Image of all of them.", "node-selector": "Label that each one's node must have. Repeats."},
    ),
)
REID = (
    *worker_flags("reid", ("reid",), _REID, POD),
    Flag("--reid-replicas", "whole", "COUNT", (("reid", "replicas"),), "How many (default: 1).", _REID),
)
