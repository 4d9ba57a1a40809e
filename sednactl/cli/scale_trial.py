"""The options that `scale simulate` and `scale recommend` share: a service, a load, and what is assumed of both."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from sednactl.cli.options import duration
from sednactl.cli.scale_controller import HELP as _CONTROLLER_HELP

_MODEL_HELP = (
    "What to assume of the service; repeats. For a side: edge.capacity=10 (requests a second of one replica), "
    "edge.startup=30s, edge.request=500m, edge.full=1 (CPU used at capacity; default: the limit, else the request), "
    "edge.replicas=2 (at the start), and cloud.*. For both: hard=0.3 (share that goes on to the cloud), patience=10s, "
    "reading-window=30s."
)
_LOAD_HELP = (
    "shift-change, day, spike, ramp, steady; or a file: CSV or JSON lines with a time and rps, millicores or "
    "utilization (edge_ or cloud_ before it), a recording of scale watch, an answer of a Prometheus range query; '-' "
    "reads standard input."
)
ORDINARY = 5.0
"""Requests a second that level 1 of a named load means."""


class LoadUnit(str, Enum):
    """What the values of a load are where its column does not say."""

    RPS = "rps"
    MILLICORES = "millicores"
    UTILIZATION = "utilization"


NAME = Annotated[str | None, typer.Argument(metavar="[NAME]", help="A running service, instead of -f.")]
FILE = Annotated[
    str | None,
    typer.Option(
        "--filename", "-f", metavar="FILE", help="The JointInferenceService; '-' reads standard input."
    ),
]
LOAD = Annotated[str, typer.Option("--load", metavar="LOAD", help=_LOAD_HELP)]
RPS = Annotated[
    str,
    typer.Option("--rps", metavar="NUMBER", help="Requests a second that level 1 of a named load means."),
]
LOAD_UNIT = Annotated[
    LoadUnit | None,
    typer.Option("--load-unit", help="What a file's values are, where their column does not say."),
]
SERVICE = Annotated[
    str | None,
    typer.Option("--service", metavar="NAME", help="The service to take from a recording of several."),
]
LENGTH = Annotated[
    float | None,
    typer.Option(
        "--for", metavar="DURATION", parser=duration, help="How long to run (default: the load's length)."
    ),
]
MODEL = Annotated[list[str] | None, typer.Option("--model", metavar="KEY=VALUE,…", help=_MODEL_HELP)]
PRICE = Annotated[
    str | None,
    typer.Option("--price", metavar="PRICE", help="Cost of a replica-hour: 0.1, or edge=0.05,cloud=0.2."),
]
CONTROLLER = Annotated[str | None, typer.Option("--controller", metavar="SETTINGS", help=_CONTROLLER_HELP)]
