"""`--controller`: how the cluster's operator set its autoscaler controller."""

from __future__ import annotations

from dataclasses import replace

from sednactl.cli.options import seconds
from sednactl.errors import UsageError
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings

_TIMES = {
    "down-window": "scale_down_window",
    "cpu-initialization": "cpu_initialization_period",
    "readiness-delay": "initial_readiness_delay",
    "sync": "sync_period",
}
HELP = (
    "How kube-controller-manager is set, where it is not by default: tolerance=0.1,down-window=5m,"
    "cpu-initialization=5m,readiness-delay=30s,sync=15s."
)


def controller_settings(text: str | None) -> ControllerSettings:
    """Read the flag's value. Raises UsageError."""
    settings = DEFAULT_SETTINGS
    for part in filter(None, (text or "").split(",")):
        key, equals, value = part.partition("=")
        if not equals or key not in (*_TIMES, "tolerance"):
            raise UsageError(
                f"--controller: '{part}' is unknown", hint=f"give some of tolerance, {', '.join(_TIMES)}"
            )
        if key == "tolerance":
            settings = replace(settings, tolerance=_share(value))
        else:
            settings = replace(settings, **{_TIMES[key]: seconds(value)})
    if settings.sync_period <= 0:
        raise UsageError("--controller: sync is more than zero", hint="e.g. sync=15s")
    return settings


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise UsageError(
            f"--controller: tolerance '{text}' is no share", hint="give a number below 1, e.g. 0.1"
        )
    return share
