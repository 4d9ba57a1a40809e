"""`sednactl scale simulate`: a service against a load, with the autoscaler's own arithmetic, before it is rolled out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli import scale_trial as trial
from sednactl.cli.options import cluster_command
from sednactl.cli.scale_inputs import progress, read_load_option, read_variants
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from sednactl.scaling.comparison import Gate
    from sednactl.scaling.controller_settings import ControllerSettings
    from sednactl.scaling.loads import Load
    from sednactl.scaling.service_plan import Assumptions, Variant
    from sednactl.scaling.simulation import Plan


class SimulateFormat(str, Enum):
    """What `scale simulate -o` takes."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    SVG = "svg"
    PNG = "png"


def _gate(name: str, words: str, metavar: str) -> Any:
    return typer.Option(name, metavar=metavar, help=f"Gate: end with code 6 when a variant {words}.")


@cluster_command
def simulate(
    ctx: typer.Context,
    access: ClusterAccess,
    name: trial.NAME = None,
    file: trial.FILE = None,
    load: trial.LOAD = "shift-change",
    rps: trial.RPS = f"{trial.ORDINARY:g}",
    load_unit: trial.LOAD_UNIT = None,
    service: trial.SERVICE = None,
    length: trial.LENGTH = None,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", metavar="FILE", help="Another version of the service; repeats."),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option(
            "--fixed", metavar="SIDE=N,…", help="Also without autoscaler, at so many replicas; repeats."
        ),
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(
            "--sweep",
            metavar="SIDE.SETTING=VALUES",
            help="Also with these settings, e.g. cloud.cpu=20..80:10 or edge.max=3,5; repeats, all combinations.",
        ),
    ] = None,
    model: trial.MODEL = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="NAME=WHAT",
            help="What a metric other than CPU measures: requests or waiting.",
        ),
    ] = None,
    price: trial.PRICE = None,
    controller: trial.CONTROLLER = None,
    max_unmet: Annotated[
        str | None, _gate("--max-unmet", "turns away a larger share of requests", "SHARE")
    ] = None,
    max_over_target: Annotated[
        str | None, _gate("--max-over-target", "is over its target for a larger share of time", "SHARE")
    ] = None,
    max_flaps: Annotated[int | None, _gate("--max-flaps", "turns around more often", "COUNT")] = None,
    max_replica_hours: Annotated[
        float | None, _gate("--max-replica-hours", "needs more replica-hours", "HOURS")
    ] = None,
    max_cost: Annotated[float | None, _gate("--max-cost", "costs more", "COST")] = None,
    output: Annotated[
        SimulateFormat, typer.Option("--output", "-o", help="Output format.")
    ] = SimulateFormat.TABLE,
) -> int:
    """Try a service's autoscaling against a load, offline, with the controller's own arithmetic (Kubernetes 1.30 to 1.32).

    The service is modelled simply: a ready replica serves up to its capacity and
    uses CPU in proportion; what it cannot serve waits, and is turned away after
    the patience; a share of what the edge served is hard and goes on to the cloud;
    a new replica is ready after its start-up time. The same input always gives the
    same output.

    OVER TARGET is the share of time in which the side's utilization was above its
    target by more than the tolerance, OVERLOADED the time in which not all could be
    served at once, UNMET the share turned away, FLAPS the changes against the
    direction of the one before within ten minutes.

    \b
    Examples:
      sednactl scale simulate -f helmet.yaml --load shift-change --rps 8
      sednactl scale simulate -f helmet.yaml --fixed edge=4,cloud=3
      sednactl scale simulate -f helmet.yaml --compare tuned.yaml --price edge=0.05,cloud=0.2
      sednactl scale simulate -f helmet.yaml --sweep cloud.cpu=20..80:10 --sweep cloud.max=3,5
      sednactl scale simulate -f helmet.yaml --load week.csv --max-unmet 1% --max-flaps 3 -o json
      sednactl scale simulate helmet --load shift-change.jsonl
      sednactl scale simulate -f helmet.yaml --fixed edge=4,cloud=3 -o html > report.html
      sednactl scale simulate -f helmet.yaml --fixed edge=4,cloud=3 -o png > report.png
    """
    surroundings: Surroundings = ctx.obj
    if output is SimulateFormat.PNG and surroundings.stdout.isatty():
        raise UsageError("a terminal cannot show a PNG", hint="send it to a file: -o png > picture.png")
    from sednactl.cli.scale_assumptions import assumptions, prices
    from sednactl.cli.scale_controller import controller_settings
    from sednactl.scaling.comparison import broken_gates, report

    settings, assumed = controller_settings(controller), assumptions(model or (), metric or ())
    costs = prices(price)
    gates = _gates(max_unmet, max_over_target, max_flaps, max_replica_hours, max_cost)
    wanted = read_load_option(load, rps, load_unit, service, surroundings)
    variants = read_variants(access, name, file, compare or (), fixed or (), sweep or (), surroundings)
    seconds = wanted.duration if length is None else length
    plans, remarks = _plans(variants, wanted, assumed, settings, max(seconds, settings.sync_period))
    for remark in (*wanted.remarks, *remarks):
        surroundings.stderr.write(f"note: {remark}\n")
    with progress(surroundings, len(plans)) as done:
        from os import cpu_count

        from sednactl.scaling.comparison import runs_of

        series = output is not SimulateFormat.TABLE or len(plans) <= 4
        runs = runs_of(plans, series=series, processes=cpu_count() or 1, done=done)
    broken = [one for run in runs for one in broken_gates(run, gates, costs)]
    from sednactl.render import scale_simulated as shown

    write = surroundings.stdout.write
    if output is SimulateFormat.JSON:
        import json

        about = {
            "load": {"name": wanted.name, "seconds": seconds, "sides": sorted(wanted.sides)},
            "step": settings.sync_period,
            "model": assumed.as_json(),
            "controller": vars(settings) | {},
        }
        write(json.dumps(report(runs, costs, about, broken), indent=1) + "\n")
    elif output is SimulateFormat.HTML:
        from sednactl.render.scale_report import report as page

        length_ = f"{seconds / 3600:g} hours at a sync of {settings.sync_period:g} s"
        told = [
            f"Load: {wanted.name}, {length_}.",
            *(f"Note: {remark}." for remark in (*wanted.remarks, *remarks)),
        ]
        write(page(f"{variants[0].name} under {wanted.name}", told, runs, costs, broken))
    elif output in (SimulateFormat.SVG, SimulateFormat.PNG):
        from sednactl.render.scale_report import picture_of

        drawn = picture_of(f"{variants[0].name} under {wanted.name}", runs, output.value)
        surroundings.stdout.flush()
        surroundings.stdout.buffer.write(drawn)
    elif output is SimulateFormat.CSV:
        for part in shown.rows(runs):
            write(part)
    else:
        from sednactl.cli.terminal_line import room_of
        from sednactl.render.drawing import draws_unicode

        room = room_of(surroundings.stdout)
        write(shown.table(runs, costs, room))
        saved = shown.savings(runs, costs)
        write("".join(f"\n{line}." for line in saved) + ("\n" if saved else ""))
        picture = shown.pictures(runs, unicode=draws_unicode(surroundings.stdout), room=room)
        write(f"\n{picture}" if picture else "")
    if broken:
        surroundings.stderr.write(shown.gates(broken))
        return ExitCode.UNMET
    return ExitCode.DONE


def _gates(
    unmet: str | None, over_target: str | None, flaps: int | None, hours: float | None, cost: float | None
) -> list[Gate]:
    from sednactl.cli.scale_assumptions import share
    from sednactl.scaling.comparison import Gate

    said = {
        "max-unmet": None if unmet is None else share(unmet, "--max-unmet"),
        "max-over-target": None if over_target is None else share(over_target, "--max-over-target"),
        "max-flaps": flaps,
        "max-replica-hours": hours,
        "max-cost": cost,
    }
    return [Gate(figure, most) for figure, most in said.items() if most is not None]


def _plans(
    variants: Sequence[Variant],
    load: Load,
    assumed: Assumptions,
    settings: ControllerSettings,
    seconds: float,
) -> tuple[list[Plan], list[str]]:
    from sednactl.scaling.service_plan import cpu_goal, plan_of

    goals = {side: goal for side in ("edge", "cloud") if (goal := cpu_goal(variants[0], side)) is not None}
    plans: list[Plan] = []
    remarks: dict[str, None] = {}
    for variant in variants:
        plan, said = plan_of(variant, load, assumed, settings, seconds, goals)
        plans.append(plan)
        remarks |= dict.fromkeys(said)
    return plans, list(remarks)
