"""`sednactl scale simulate`: a service against a load, with the autoscaler's own arithmetic, before it is rolled out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.cli.scale_controller import HELP as CONTROLLER_HELP
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, InvalidInput, NotFound, UsageError
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sednactl.scaling.comparison import Gate
    from sednactl.scaling.controller_settings import ControllerSettings
    from sednactl.scaling.loads import Load
    from sednactl.scaling.service_plan import Assumptions, Variant
    from sednactl.scaling.simulation import Plan

MODEL_HELP = (
    "What to assume of the service; repeats. For a side: edge.capacity=10 (requests a second of one replica), "
    "edge.startup=30s, edge.request=500m, edge.full=1 (CPU used at capacity; default: the limit, else the request), "
    "edge.replicas=2 (at the start), and cloud.*. For both: hard=0.3 (share that goes on to the cloud), patience=10s, "
    "reading-window=30s."
)
LOAD_HELP = (
    "shift-change, day, spike, ramp, steady; or a file: CSV or JSON lines with a time and rps, millicores or "
    "utilization (edge_ or cloud_ before it), a recording of scale watch, an answer of a Prometheus range query; '-' "
    "reads standard input."
)
_ORDINARY = 5.0


class SimulateFormat(str, Enum):
    """What `scale simulate -o` takes."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class LoadUnit(str, Enum):
    """What the values of a load are where its column does not say."""

    RPS = "rps"
    MILLICORES = "millicores"
    UTILIZATION = "utilization"


def _gate(name: str, words: str, metavar: str) -> Any:
    return typer.Option(name, metavar=metavar, help=f"Gate: end with code 6 when a variant {words}.")


@cluster_command
def simulate(
    ctx: typer.Context,
    access: ClusterAccess,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A running service, instead of -f.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--filename", "-f", metavar="FILE", help="The JointInferenceService; '-' reads standard input."
        ),
    ] = None,
    load: Annotated[str, typer.Option("--load", metavar="LOAD", help=LOAD_HELP)] = "shift-change",
    rps: Annotated[
        str,
        typer.Option("--rps", metavar="NUMBER", help="Requests a second that level 1 of a named load means."),
    ] = f"{_ORDINARY:g}",
    load_unit: Annotated[
        LoadUnit | None,
        typer.Option("--load-unit", help="What a file's values are, where their column does not say."),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="NAME", help="The service to take from a recording of several."),
    ] = None,
    length: Annotated[
        float | None,
        typer.Option(
            "--for", metavar="DURATION", parser=duration, help="How long to run (default: the load's length)."
        ),
    ] = None,
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
    model: Annotated[
        list[str] | None, typer.Option("--model", metavar="KEY=VALUE,…", help=MODEL_HELP)
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="NAME=WHAT",
            help="What a metric other than CPU measures: requests or waiting.",
        ),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option("--price", metavar="PRICE", help="Cost of a replica-hour: 0.1, or edge=0.05,cloud=0.2."),
    ] = None,
    controller: Annotated[
        str | None, typer.Option("--controller", metavar="SETTINGS", help=CONTROLLER_HELP)
    ] = None,
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
    """
    surroundings: Surroundings = ctx.obj
    from sednactl.cli.scale_assumptions import assumptions, prices
    from sednactl.cli.scale_controller import controller_settings
    from sednactl.scaling.comparison import broken_gates, report

    settings, assumed = controller_settings(controller), assumptions(model or (), metric or ())
    costs = prices(price)
    gates = _gates(max_unmet, max_over_target, max_flaps, max_replica_hours, max_cost)
    wanted = _load(load, rps, load_unit, service, surroundings)
    variants = _variants(access, name, file, compare or (), fixed or (), sweep or (), surroundings)
    seconds = wanted.duration if length is None else length
    plans, remarks = _plans(variants, wanted, assumed, settings, max(seconds, settings.sync_period))
    for remark in (*wanted.remarks, *remarks):
        surroundings.stderr.write(f"note: {remark}\n")
    with _progress(surroundings, len(plans)) as done:
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
    elif output is SimulateFormat.CSV:
        for part in shown.rows(runs):
            write(part)
    else:
        from sednactl.render.drawing import draws_unicode

        write(shown.table(runs, costs))
        picture = shown.pictures(runs, unicode=draws_unicode(surroundings.stdout))
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


def _load(
    load: str, rps: str, unit: LoadUnit | None, service: str | None, surroundings: Surroundings
) -> Load:
    from sednactl.cli.scale_assumptions import number
    from sednactl.scaling.load_profiles import PROFILES
    from sednactl.scaling.loads import load_of

    ordinary = number(rps, "--rps", least=0)
    if load in PROFILES:
        return load_of(PROFILES[load], ordinary)
    from sednactl.manifests.sources import Source
    from sednactl.scaling.load_reading import read_load

    try:
        data = Source(load, surroundings).read()
    except InvalidInput as error:
        names = ", ".join(PROFILES)
        raise InvalidInput(error.message, hint=f"name a file, or one of {names}") from error
    return read_load(data, load, None if unit is None else unit.value, service)


def _variants(
    access: ClusterAccess,
    name: str | None,
    file: str | None,
    compare: Sequence[str],
    fixed: Sequence[str],
    sweep: Sequence[str],
    surroundings: Surroundings,
) -> list[Variant]:
    from sednactl.scaling.variants import fixed as at_fixed
    from sednactl.scaling.variants import swept

    if (name is None) == (file is None):
        raise UsageError("which service?", hint="give a manifest with -f, or the name of a running service")
    if file is not None:
        first = _from_file(file, surroundings)
    else:
        first = _from_cluster(access, str(name), surroundings)
    found = [first, *(_from_file(other, surroundings) for other in compare)]
    found += [at_fixed(first, text) for text in fixed]
    return found + (swept(first, sweep) if sweep else [])


def _from_file(file: str, surroundings: Surroundings) -> Variant:
    from sednactl.manifests.sources import documents_from
    from sednactl.scaling.service_plan import variant_of

    documents = documents_from([file], recursive=False, surroundings=surroundings)
    services = [
        one.content
        for one in documents
        if isinstance(one.content, dict) and one.content.get("kind") == "JointInferenceService"
    ]
    if len(services) != 1:
        raise InvalidInput(
            f"{file}: {len(services) or 'no'} JointInferenceServices", hint="give a file that holds one"
        )
    return variant_of(services[0], file.rpartition("/")[2] if file != "-" else "standard input")


def _from_cluster(access: ClusterAccess, name: str, surroundings: Surroundings) -> Variant:
    from sednactl.cluster.door import open_cluster
    from sednactl.scaling.service_plan import variant_of
    from sednactl.sedna.kinds import JOINT_INFERENCE

    cluster = open_cluster(access, surroundings)
    try:
        found = cluster.find(JOINT_INFERENCE.resource, name, cluster.namespace)
        namespace = cluster.namespace
    finally:
        cluster.close()
    if found is None:
        raise NotFound(
            f"there is no JointInferenceService {name} in namespace {namespace}",
            status=404,
            reason="NotFound",
            hint="'sednactl get ji -A' lists all",
        )
    return variant_of(found, name)


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


@contextmanager
def _progress(surroundings: Surroundings, total: int) -> Iterator[Callable[[], object]]:
    """Show a bar on a terminal's standard error where there is something to wait for."""
    if total < 10 or not surroundings.moving(surroundings.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=surroundings.stderr), transient=True) as progress:
        task = progress.add_task("variants", total=total)
        yield lambda: progress.advance(task)
