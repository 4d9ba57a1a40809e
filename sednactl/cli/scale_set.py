"""`sednactl scale set`: change how a side is scaled, or switch its autoscaler off and on."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, SednactlError, UsageError
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sednactl.cluster.door import Cluster
    from sednactl.scaling.setting import SideChange
    from sednactl.scaling.settling import Settled

Json = dict[str, Any]


class SetFormat(str, Enum):
    """What `scale set -o` takes."""

    TEXT = "text"
    JSON = "json"


_WISH = "min=2,max=8,cpu=60%,… (as for create's --cloud-hpa; what is not named stays), or off."


@cluster_command
def set_(
    ctx: typer.Context,
    access: ClusterAccess,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The JointInferenceService.")],
    cloud: Annotated[
        str | None, typer.Option("--cloud", metavar="SETTINGS|off", help=f"Cloud side: {_WISH}")
    ] = None,
    edge: Annotated[
        str | None, typer.Option("--edge", metavar="SETTINGS|off", help=f"Edge side: {_WISH}")
    ] = None,
    keep_replicas: Annotated[
        bool, typer.Option("--keep-replicas", help="Leave the replicas of a side switched off as they are.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until the change is carried out and all pods run.")
    ] = True,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            metavar="DURATION",
            parser=duration,
            show_default=False,
            help="Longest wait (default: 5m).",
        ),
    ] = 300.0,
    output: Annotated[SetFormat, typer.Option("--output", "-o", help="Output format.")] = SetFormat.TEXT,
) -> int:
    """Change a side's autoscaler through the service's own spec, or switch it off (or on again).

    The difference is shown first. Sedna restarts all pods of a side whose settings
    change, one after the other; that is said. Then it is waited until Sedna has
    carried the change to the autoscaler and all pods run. A side that is switched
    off goes back to one replica; Sedna alone would leave it where it was. Exit
    code 6 when the time runs out; 0, changing nothing, when all is so already.

    \b
    Examples:
      sednactl scale set helmet --cloud min=2,max=8
      sednactl scale set helmet --cloud cpu=60%,down-window=120 --edge off
      sednactl scale set helmet --edge min=1,max=4,cpu=70% --dry-run
    """
    surroundings: Surroundings = ctx.obj
    wishes = {side: text for side, text in (("cloud", cloud), ("edge", edge)) if text is not None}
    if not wishes:
        raise UsageError("nothing to change", hint="for example: sednactl scale set NAME --cloud min=2,max=8")
    from sednactl.cluster.door import open_cluster
    from sednactl.scaling.setting import change_of
    from sednactl.scaling.watching import Scope, no_such_service
    from sednactl.sedna.kinds import JOINT_INFERENCE

    cluster = open_cluster(access, surroundings)
    try:
        namespace = cluster.namespace
        service = cluster.find(JOINT_INFERENCE.resource, name, namespace)
        if service is None:
            raise no_such_service(Scope(namespace, name))
        changes = tuple(change_of(service, side, _wish(side, text)) for side, text in wishes.items())
        say = surroundings.stdout.write if output is SetFormat.TEXT else _silent
        settled: list[Settled] = []
        unmet: SednactlError | None = None
        if any(change.differs for change in changes):
            back = [one.side for one in changes if one.switched_off and wait and not keep_replicas]
            _send(cluster, service, changes, namespace, surroundings, say, dry_run=dry_run, brought_back=back)
            if not dry_run:
                say(f"jointinferenceservice.sedna.io/{name} configured\n")
            if wait and not dry_run:
                try:
                    carrying = _carry(
                        cluster, name, namespace, changes, timeout, surroundings, keep=keep_replicas
                    )
                    for one in carrying:
                        settled.append(one)
                except SednactlError as error:
                    unmet = error  # the change stands, and what came of it so far: that is told first
        else:
            say(f"jointinferenceservice.sedna.io/{name} unchanged\n")
    finally:
        cluster.close()
    for one in settled:
        _tell(one, say, surroundings)
    if output is SetFormat.JSON:
        import json

        from sednactl.scaling.settling import change_document

        content = change_document(f"{namespace}/{name}", changes, settled, dry_run=dry_run)
        surroundings.stdout.write(json.dumps(content, indent=2) + "\n")
    if unmet is not None:
        raise unmet
    return ExitCode.DONE


def _silent(text: str) -> int:
    return len(text)


def _wish(side: str, text: str) -> Json | None:
    from sednactl.manifests.shorthand import autoscaler_shorthand

    return None if text == "off" else autoscaler_shorthand(text, f"--{side}")


def _send(
    cluster: Cluster,
    service: Json,
    changes: tuple[SideChange, ...],
    namespace: str,
    surroundings: Surroundings,
    write: Callable[[str], int],
    *,
    dry_run: bool,
    brought_back: Sequence[str],
) -> None:
    """Ask for the change as a dry run, show the difference and what it does, then make it."""
    from sednactl.lifecycle.diffing import comparable
    from sednactl.render.columns import printable
    from sednactl.render.difference import unified
    from sednactl.scaling.setting import patch_of
    from sednactl.sedna.edit_effects import effects_of_edit
    from sednactl.sedna.kinds import JOINT_INFERENCE

    name, resource, patch = service["metadata"]["name"], JOINT_INFERENCE.resource, patch_of(changes)
    foreseen = cluster.patch(resource, name, patch, namespace=namespace, dry_run=True)
    label = f"{resource.full_name}/{namespace}/{name}"
    colour = surroundings.colour(surroundings.stdout)
    write(unified(label, comparable(service), comparable(foreseen), colour=colour))
    for effect in effects_of_edit(JOINT_INFERENCE, service, foreseen):
        surroundings.stderr.write(f"note: {printable(effect.sentence)}\n")
    for side in brought_back:
        surroundings.stderr.write(
            f"note: after that the {side} side goes back to one replica (not with --keep-replicas)\n"
        )
    if not dry_run:
        cluster.patch(resource, name, patch, namespace=namespace)


def _carry(
    cluster: Cluster,
    name: str,
    namespace: str,
    changes: tuple[SideChange, ...],
    timeout: float,
    surroundings: Surroundings,
    *,
    keep: bool,
) -> Iterator[Settled]:
    """Wait until the change is carried out, give what each side has come to, and wait until all runs."""
    from sednactl.cli.progress_line import progress_line
    from sednactl.lifecycle.waiting import wait_until_running
    from sednactl.scaling.settling import Settled, bring_back_to_one, wait_until_carried
    from sednactl.sedna.kinds import JOINT_INFERENCE
    from sednactl.sedna.naming import hpa_name

    deadline = surroundings.monotonic() + timeout
    with progress_line(surroundings) as tell:
        wait_until_carried(cluster, name, namespace, changes, deadline, surroundings, tell)
        for change in changes:
            if change.after is not None:
                yield Settled(change.side, hpa_name(name, change.side))
            elif change.switched_off and not keep:
                yield bring_back_to_one(cluster, name, namespace, change.side)
            else:
                yield Settled(change.side, None)
        left = max(1.0, deadline - surroundings.monotonic())
        wait_until_running(cluster, JOINT_INFERENCE, name, namespace, left, surroundings, tell=tell)


def _tell(one: Settled, write: Callable[[str], int], surroundings: Surroundings) -> None:
    words = f"scaled by {one.hpa}" if one.hpa else "has no autoscaler"
    if one.replicas_before is not None and one.replicas_before > 1:
        words += f"; its replicas went from {one.replicas_before} back to 1"
    write(f"{one.side} {words}\n")
    for note in one.notes:
        surroundings.stderr.write(f"note: {note}\n")
