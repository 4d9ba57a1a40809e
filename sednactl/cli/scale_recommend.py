"""`sednactl scale recommend`: the cheapest autoscaler for each side that meets a goal under a load."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli import scale_trial as trial
from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sednactl.scaling.service_plan import Variant

_USUAL_CAP = 10


class RecommendFormat(str, Enum):
    """What `scale recommend -o` takes."""

    TEXT = "text"
    VALUES = "values"
    JSON = "json"


@cluster_command
def recommend(
    ctx: typer.Context,
    access: ClusterAccess,
    name: trial.NAME = None,
    file: trial.FILE = None,
    load: trial.LOAD = "shift-change",
    rps: trial.RPS = f"{trial.ORDINARY:g}",
    load_unit: trial.LOAD_UNIT = None,
    service: trial.SERVICE = None,
    length: trial.LENGTH = None,
    overload: Annotated[
        str,
        typer.Option(
            "--max-overload", metavar="SHARE", help="Goal: overloaded for at most this share of time."
        ),
    ] = "1%",
    unmet: Annotated[
        str,
        typer.Option(
            "--max-unmet", metavar="SHARE", help="Goal: at most this share of requests turned away."
        ),
    ] = "0.1%",
    wait: Annotated[
        float | None,
        typer.Option("--max-wait", metavar="DURATION", parser=duration, help="Goal: nobody waits longer."),
    ] = None,
    flaps: Annotated[
        int | None,
        typer.Option("--max-flaps", metavar="COUNT", help="Goal: at most so many turns within ten minutes."),
    ] = None,
    cap: Annotated[
        str | None,
        typer.Option(
            "--max",
            metavar="SIDE=N,…",
            help="Most replicas a side may have (default: its present max, else 10): 12, or edge=4,cloud=8.",
        ),
    ] = None,
    model: trial.MODEL = None,
    price: trial.PRICE = None,
    controller: trial.CONTROLLER = None,
    output: Annotated[
        RecommendFormat, typer.Option("--output", "-o", help="Output format.")
    ] = RecommendFormat.TEXT,
) -> int:
    """Find the cheapest autoscaler for each side that meets a goal under a load, by simulating many.

    Tried are CPU targets from 20 to 90 %, 1 to 4 least replicas and scale-down
    windows of 1, 5 and 10 minutes. See 'scale simulate' for what is assumed of the
    service. '-o values' prints hpa blocks that 'create ji -f' takes beside other
    values. When nothing meets the goal the closest is shown, with code 6.

    \b
    Examples:
      sednactl scale recommend -f helmet.yaml --load shift-change --rps 8
      sednactl scale recommend helmet --load last-week.jsonl --max-wait 2s
      sednactl scale recommend -f helmet.yaml -o values > hpa.yaml
    """
    surroundings: Surroundings = ctx.obj
    from os import cpu_count

    from sednactl.cli import scale_inputs as inputs
    from sednactl.cli.scale_assumptions import assumptions, prices, share
    from sednactl.cli.scale_controller import controller_settings
    from sednactl.scaling.recommendation import Wish, count
    from sednactl.scaling.recommendation import recommend as recommended
    from sednactl.scaling.service_plan import plan_of

    settings, assumed, costs = controller_settings(controller), assumptions(model or (), ()), prices(price)
    wish = Wish(share(overload, "--max-overload"), share(unmet, "--max-unmet"), wait, flaps)
    wanted = inputs.read_load_option(load, rps, load_unit, service, surroundings)
    (variant,) = inputs.read_variants(access, name, file, (), (), (), surroundings)
    caps = _caps(cap, variant)
    seconds = max(wanted.duration if length is None else length, settings.sync_period)
    plans = inputs.SampledPlans(wanted, assumed, settings, seconds)
    _, remarks = plan_of(variant, wanted, assumed, settings, settings.sync_period, {})
    for remark in (*wanted.remarks, *remarks):
        surroundings.stderr.write(f"note: {remark}\n")
    with inputs.progress(surroundings, count(caps)) as done:
        sides = recommended(variant, plans.build, wish, caps, done, processes=cpu_count() or 1)
    from sednactl.render import scale_recommended as shown

    if output is RecommendFormat.VALUES:
        from sednactl.manifests.writing import to_yaml

        surroundings.stdout.write(to_yaml([shown.values(sides)]))
    elif output is RecommendFormat.JSON:
        import json

        about = {
            "load": {"name": wanted.name, "seconds": seconds},
            "goal": vars(wish) | {},
            "model": assumed.as_json(),
        }
        surroundings.stdout.write(json.dumps(shown.document(sides, costs, about), indent=2) + "\n")
    else:
        from sednactl.cli.terminal_line import room_of

        surroundings.stdout.write(shown.text(sides, costs, room_of(surroundings.stdout)))
    return ExitCode.DONE if all(one.best for one in sides) else ExitCode.UNMET


def _caps(text: str | None, variant: Variant) -> Mapping[str, int]:
    from sednactl.errors import UsageError

    found = {
        side: int((variant.hpas[side] or {}).get("maxReplicas") or _USUAL_CAP) for side in ("edge", "cloud")
    }
    for part in (text or "").split(",") if text else ():
        side, equals, count = part.partition("=")
        if not equals:
            side, count = "", part
        if side not in ("", *found) or not count.isdigit() or int(count) == 0:
            raise UsageError(f"--max: '{part}' is not understood", hint="write 12, or edge=4,cloud=8")
        found |= {one: int(count) for one in ([side] if side else found)}
    return found
