"""`sednactl scale explain`: what the autoscaler controller would do now, step by step, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.options import cluster_command
from sednactl.cli.scale_controller import HELP as CONTROLLER_HELP
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, InvalidInput, NotFound, UsageError
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from sednactl.scaling.controller_settings import ControllerSettings
    from sednactl.scaling.explanation import Explanation
    from sednactl.scaling.situation import Evidence


class ExplainFormat(str, Enum):
    """What `scale explain -o` takes."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


class Side(str, Enum):
    """A side of a service."""

    CLOUD = "cloud"
    EDGE = "edge"


@cluster_command
def explain(
    ctx: typer.Context,
    access: ClusterAccess,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="The JointInferenceService; with -f also an autoscaler's name."
        ),
    ] = None,
    files: Annotated[
        list[str] | None,
        typer.Option(
            "--filename",
            "-f",
            metavar="FILE",
            help="Explain from files instead of a cluster; '-' reads standard input; repeats.",
        ),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(
            "--now", metavar="TIME", help="With -f: decide at this time (default: the newest reading)."
        ),
    ] = None,
    side: Annotated[Side | None, typer.Option("--side", help="Only this side of the service.")] = None,
    controller: Annotated[
        str | None, typer.Option("--controller", metavar="SETTINGS", help=CONTROLLER_HELP)
    ] = None,
    output: Annotated[
        ExplainFormat, typer.Option("--output", "-o", help="Output format.")
    ] = ExplainFormat.TEXT,
) -> int:
    """Tell what the autoscaler controller would do now, step by step: readings, ratio, tolerance, window, policy, limit.

    It is the controller's own arithmetic (Kubernetes 1.30 to 1.32), done here on
    what the cluster shows, or on files: the autoscaler (autoscaling/v2), its
    Deployment, its Pods, their PodMetrics, and Events, in one List or several
    documents. What is lacking is filled in, and the text says with what.

    The controller remembers earlier recommendations where nobody can read them.
    Its events tell some; a ScaleHistory document in a file tells all. A recording
    of 'scale watch --record' gives back any moment of it, with what led there.

    \b
    Examples:
      sednactl scale explain helmet
      sednactl scale explain helmet --side cloud -o json
      kubectl get hpa.v2.autoscaling,deploy,pods,podmetrics,events -o yaml | sednactl scale explain -f -
      sednactl scale explain -f bundle.yaml --now 2026-11-24T10:02:11Z
      sednactl scale explain helmet -f shift-change.jsonl --now 2026-11-24T06:03:00Z
    """
    surroundings: Surroundings = ctx.obj
    from sednactl.cli.scale_controller import controller_settings

    settings = controller_settings(controller)
    if files:
        found = _offline(files, name, now, settings, surroundings)
    else:
        if now is not None:
            raise UsageError("--now belongs to -f", hint="a cluster is explained as it is now")
        if name is None:
            raise UsageError("what is to be explained?", hint="name a service, or give files with -f")
        found = _live(access, name, settings, surroundings)
    found = [one for one in found if side is None or one.side == side.value]
    if not found:
        raise _nothing(name, side, files)
    _write(found, output, surroundings)
    return ExitCode.DONE


def _offline(
    files: Sequence[str],
    name: str | None,
    now: str | None,
    settings: ControllerSettings,
    surroundings: Surroundings,
) -> list[Explanation]:
    from sednactl.manifests.sources import documents_from

    documents = documents_from(files, recursive=None, surroundings=surroundings)
    contents = [one.content for one in documents if isinstance(one.content, dict)]
    with _readable(files):
        found = _of_objects(contents, files, now, settings, surroundings)
    return [one for one in found if name in (None, one.service, one.decision.hpa)]


@contextmanager
def _readable(files: Sequence[str]) -> Iterator[None]:
    """Turn what objects of a wrong shape lead to into an error for the user: nobody checked these against a schema."""
    try:
        yield
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"{', '.join(files)}: an object is not as Kubernetes writes it ({type(error).__name__}: {error})",
            hint="take the objects from the cluster whole, e.g. with kubectl get -o yaml",
        ) from error


def _of_objects(
    contents: list[dict[str, Any]],
    files: Sequence[str],
    now: str | None,
    settings: ControllerSettings,
    surroundings: Surroundings,
) -> list[Explanation]:
    from sednactl.moments import NEVER, seconds_of
    from sednactl.scaling.replay import is_recording, recorded_at
    from sednactl.scaling.situation import evidence_of, newest

    at = None if now is None else seconds_of(now)
    if is_recording(contents):
        recorded = recorded_at(contents, at, settings)
        contents, at = list(recorded.objects), recorded.time
    evidence = evidence_of(contents)
    if not evidence.hpas:
        raise InvalidInput(
            f"no HorizontalPodAutoscaler in {', '.join(files)}",
            hint="give the autoscaler with its Deployment, Pods and PodMetrics",
        )
    at = newest(evidence) if at is None else at
    time = surroundings.now() if at == NEVER else datetime.fromtimestamp(at, timezone.utc)
    return _explained(evidence, time, settings)


def _live(
    access: ClusterAccess, name: str, settings: ControllerSettings, surroundings: Surroundings
) -> list[Explanation]:
    from sednactl.cluster.door import open_cluster
    from sednactl.scaling.situation_reading import read_evidence
    from sednactl.scaling.watching import Scope
    from sednactl.sedna.naming import deployment_name

    cluster = open_cluster(access, surroundings)
    try:
        evidence = read_evidence(cluster, Scope(cluster.namespace, name))
        time = cluster.now()
    finally:
        cluster.close()
    targets = {f"Deployment/{deployment_name(name, side.value)}" for side in Side}
    return [one for one in _explained(evidence, time, settings) if one.target in targets]


def _explained(evidence: Evidence, now: datetime, settings: ControllerSettings) -> list[Explanation]:
    from sednactl.scaling.explanation import explain as explained
    from sednactl.scaling.situation import situations_of

    return [explained(one, now, settings) for one in situations_of(evidence, now.timestamp(), settings)]


def _nothing(name: str | None, side: Side | None, files: Sequence[str] | None) -> InvalidInput | NotFound:
    about = f" {name}" if name else ""
    where = f" on the {side.value} side" if side else ""
    if files:
        return InvalidInput(f"no autoscaler of{about or ' any service'}{where} in {', '.join(files)}")
    return NotFound(
        f"service{about} has no autoscaler{where}",
        status=404,
        reason="NotFound",
        hint=f"'sednactl scale status{about}' shows how its sides are scaled",
    )


def _write(found: Sequence[Explanation], output: ExplainFormat, surroundings: Surroundings) -> None:
    from sednactl.render.scale_explained import document, text

    if output is ExplainFormat.TEXT:
        from sednactl.cli.terminal_line import room_of

        surroundings.stdout.write(text(found, room_of(surroundings.stdout)))
    elif output is ExplainFormat.YAML:
        from sednactl.manifests.writing import to_yaml

        surroundings.stdout.write(to_yaml([document(found)]))
    else:
        import json

        surroundings.stdout.write(json.dumps(document(found), indent=2) + "\n")
