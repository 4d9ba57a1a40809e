"""`sednactl scale COMMAND`: the commands it knows. Each one's module is imported only when it is typed."""

from __future__ import annotations

import typer

from sednactl.cli.later_group import LaterGroup, Word

_WORDS = {
    "status": Word(
        "scale_status",
        "status",
        "Show once how each side of a service is scaled, what it measures and what holds it back",
    ),
    "watch": Word(
        "scale_watch",
        "watch",
        "Watch both sides of services scale: a live table on a terminal, else a line for every change",
    ),
    "explain": Word(
        "scale_explain",
        "explain",
        "Tell what the autoscaler controller would do now, step by step: readings, ratio, tolerance, window, policy, limit",
    ),
    "simulate": Word(
        "scale_simulate",
        "simulate",
        "Try a service's autoscaling against a load, offline, with the controller's own arithmetic (Kubernetes 1.30 to 1.32)",
    ),
    "recommend": Word(
        "scale_recommend",
        "recommend",
        "Find the cheapest autoscaler for each side that meets a goal under a load, by simulating many",
    ),
    "set": Word(
        "scale_set",
        "set_",
        "Change a side's autoscaler through the service's own spec, or switch it off (or on again)",
    ),
}


class ScaleGroup(LaterGroup):
    """What there is to see, to try and to change."""

    words = _WORDS


app = typer.Typer(
    cls=ScaleGroup,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def scale() -> None:
    """See how both sides of services are scaled and why; try settings offline, and change them.

    \b
    Examples:
      sednactl scale status -A
      sednactl scale watch helmet
      sednactl scale explain helmet
      sednactl scale simulate -f helmet.yaml --load shift-change
    """
