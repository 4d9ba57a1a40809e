"""`sednactl sandbox`: a small cluster in one process, to try everything without one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.sandbox.place import Place, Running
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""A small cluster in one process on this machine: try everything without a cluster.

    It has an API server (kubectl works against it), Sedna's CRDs, its Global Manager's
    behaviour, Deployments, pods, garbage collection, autoscaling and load. Its kubeconfig is
    a file of its own; yours is never touched. Any command takes --sandbox to use it.

    \b
    Examples:
      sednactl sandbox up --speed 20
      sednactl create ji helmet -f values.yaml --sandbox
      sednactl sandbox load helmet --profile shift-change
      sednactl scale watch helmet --sandbox
      sednactl sandbox down
    """,
)


class Release(str, Enum):
    """Releases of Sedna whose Global Manager the sandbox has."""

    V0_7 = "0.7"
    V0_6 = "0.6"


class Sides(str, Enum):
    """What `sandbox load --side` takes."""

    BOTH = "both"
    CLOUD = "cloud"
    EDGE = "edge"


class StatusFormat(str, Enum):
    """What `sandbox status -o` takes."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


@app.command()
def up(
    ctx: typer.Context,
    speed: Annotated[
        float, typer.Option("--speed", metavar="N", help="Let time run N times as fast, 0.1 to 100.")
    ] = 1.0,
    sedna: Annotated[
        Release,
        typer.Option(
            "--sedna", help="Release of Sedna; 0.6 leaves ghosts behind when workloads are deleted."
        ),
    ] = Release.V0_7,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="NAME",
            help="Only this fault of the Global Manager (default: those it has); repeats, `none` for none, "
            "`list` shows them.",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", metavar="DIR", help="Keep the state in this folder across restarts."),
    ] = None,
) -> int:
    """Start the sandbox and come back once it answers; says so where one is up already.

    \b
    Examples:
      sednactl sandbox up
      sednactl sandbox up --speed 20 --data ~/course
      sednactl sandbox up --sedna 0.6
      sednactl sandbox up --fault missing-rbac
    """
    from sednactl.sandbox.faults import fault_names, known_faults
    from sednactl.sandbox.place import Wishes, place_of, running
    from sednactl.sandbox.starting import start

    surroundings: Surroundings = ctx.obj
    if not 0.1 <= speed <= 100:
        raise UsageError(f"--speed takes 0.1 to 100, not {speed:g}")
    if fault == ["list"]:
        from sednactl.cli.terminal_line import room_of
        from sednactl.render.fitting import fitted

        rows = [(name, "on" if usual else "off", what) for name, (usual, what) in known_faults().items()]
        heads = ("FAULT", "USUALLY", "WHAT IT DOES")
        surroundings.stdout.write(fitted(heads, rows, room_of(surroundings.stdout), under=True))
        return ExitCode.DONE
    faults = fault_names(fault) if fault else None
    place = place_of(surroundings.environ)
    found = running(place)
    if found is not None:
        surroundings.stderr.write(
            f"The sandbox is up already: Sedna {found.wishes.sedna}, {_speed(found)}; "
            "'sednactl sandbox down' ends it.\n"
        )
        _tell_how(found, surroundings)
        return ExitCode.DONE
    wishes = Wishes(sedna.value, speed, _absolute(data), faults)
    _tell_how(start(place, wishes), surroundings)
    return ExitCode.DONE


@app.command()
def down(ctx: typer.Context) -> int:
    """Stop the sandbox. What it held is gone, unless it was started with --data.

    \b
    Example:
      sednactl sandbox down
    """
    from sednactl.sandbox.place import place_of
    from sednactl.sandbox.starting import stop

    surroundings: Surroundings = ctx.obj
    found = stop(place_of(surroundings.environ))
    if found is None:
        surroundings.stderr.write("The sandbox is not up.\n")
        return ExitCode.DONE
    kept = f"; its state is in {found.wishes.data}" if found.wishes.data else ""
    surroundings.stdout.write(f"The sandbox is down{kept}.\n")
    return ExitCode.DONE


@app.command()
def status(
    ctx: typer.Context,
    output: Annotated[
        StatusFormat, typer.Option("--output", "-o", help="Output format.")
    ] = StatusFormat.TABLE,
) -> int:
    """Tell whether the sandbox is up, where, and how it was started.

    \b
    Examples:
      sednactl sandbox status
      sednactl sandbox status -o json
    """
    from sednactl.sandbox.place import place_of, running

    surroundings: Surroundings = ctx.obj
    place = place_of(surroundings.environ)
    found = running(place)
    if output is StatusFormat.TABLE:
        if found is None:
            surroundings.stdout.write("The sandbox is not up.\n")
        else:
            _tell_how(found, surroundings)
        return ExitCode.DONE
    content = _document(found, place)
    if output is StatusFormat.YAML:
        from sednactl.manifests.writing import to_yaml

        surroundings.stdout.write(to_yaml([content]))
    else:
        import json

        surroundings.stdout.write(json.dumps(content, indent=2) + "\n")
    return ExitCode.DONE


@app.command()
def reset(ctx: typer.Context) -> int:
    """Empty the sandbox: start it anew as it was started, without what it held.

    \b
    Example:
      sednactl sandbox reset
    """
    from dataclasses import replace

    from sednactl.sandbox.place import place_of
    from sednactl.sandbox.starting import forget_state, start, stop

    surroundings: Surroundings = ctx.obj
    place = place_of(surroundings.environ)
    found = stop(place)
    if found is None:
        raise UsageError("the sandbox is not up", hint="start it with 'sednactl sandbox up'")
    forget_state(found)
    port = int(found.server.rpartition(":")[2])
    start(place, replace(found.wishes, port=port))
    surroundings.stdout.write("The sandbox is empty again.\n")
    return ExitCode.DONE


@app.command()
def load(
    ctx: typer.Context,
    service: Annotated[
        str, typer.Argument(metavar="SERVICE", help="A JointInferenceService of the sandbox.")
    ],
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="PROFILE|FILE",
            help="shift-change, day, spike, ramp, steady, or a CSV file with columns such as "
            "time,edge_millicores,cloud_utilization.",
        ),
    ] = None,
    side: Annotated[
        Sides, typer.Option("--side", help="The side or sides that the load is put on.")
    ] = Sides.BOTH,
    times: Annotated[
        float, typer.Option("--times", metavar="N", help="Multiply the load, e.g. 4 for four times as much.")
    ] = 1.0,
    off: Annotated[bool, typer.Option("--off", help="Take the load off again.")] = False,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", metavar="NAME", help="The service's namespace.")
    ] = "default",
) -> int:
    """Put a load on a service, which drives its utilization from now on.

    The ordinary load of a side lets one replica work a little below its autoscaler's
    target; a profile says how much more or less comes when. Files give millicores of
    all replicas together, or percent of one replica's CPU request.

    \b
    Examples:
      sednactl sandbox load helmet --profile shift-change
      sednactl sandbox load helmet --profile steady --times 4
      sednactl sandbox load helmet --profile gate-3.csv --side edge
      sednactl sandbox load helmet --off
    """
    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.door import open_cluster
    from sednactl.sandbox.loading import put_load, take_load
    from sednactl.sandbox.place import kubeconfig_of_running
    from sednactl.sedna.kinds import JOINT_INFERENCE

    surroundings: Surroundings = ctx.obj
    if off == (profile is not None):
        raise UsageError("name a load with --profile, or take it away with --off")
    if not 0 <= times <= 1000:
        raise UsageError(f"--times takes 0 to 1000, not {times:g}")
    access = ClusterAccess(kubeconfig_of_running(surroundings.environ), namespace=namespace)
    cluster = open_cluster(access, surroundings)
    sides = ("cloud", "edge") if side is Sides.BOTH else (side.value,)
    found = cluster.get(JOINT_INFERENCE.resource, service, namespace)
    if profile is None:
        take_load(cluster, namespace, service, sides)
        surroundings.stdout.write(f"{service}: no load on {' and '.join(sides)}\n")
        return ExitCode.DONE
    for done in put_load(cluster, found, sides, profile, times, cluster.now()):
        level = (
            "" if done.ordinary is None else f", level 1 is {done.ordinary:g}% of one replica's CPU request"
        )
        surroundings.stdout.write(f"{service}: {done.source} on {done.side}{level}\n")
    return ExitCode.DONE


def _absolute(data: str | None) -> str | None:
    from pathlib import Path

    return None if data is None else str(Path(data).expanduser().absolute())


def _speed(found: Running) -> str:
    speed = found.wishes.speed
    return "real time" if speed == 1 else f"time x {speed:g}"


def _tell_how(found: Running, surroundings: Surroundings) -> None:
    kept = f", state kept in {found.wishes.data}" if found.wishes.data else ""
    surroundings.stdout.write(
        f"The sandbox is up at {found.server}: Sedna {found.wishes.sedna}, {_speed(found)}{kept}.\n"
        "\n"
        "  sednactl get -A --sandbox\n"
        f"  kubectl --kubeconfig {found.kubeconfig} get nodes\n"
    )


def _document(found: Running | None, place: Place) -> dict[str, object]:
    wishes = found.wishes if found else None
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "Sandbox",
        "running": found is not None,
        "server": found.server if found else None,
        "kubeconfig": found.kubeconfig if found else str(place.kubeconfig),
        "sedna": wishes.sedna if wishes else None,
        "speed": wishes.speed if wishes else None,
        "started": found.started if found else None,
        "data": wishes.data if wishes else None,
        "faults": list(wishes.faults) if wishes and wishes.faults is not None else None,
        "pid": found.pid if found else None,
    }
