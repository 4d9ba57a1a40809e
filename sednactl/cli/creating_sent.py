"""Sending what `create` made: tried as a whole, then one after the other, each with what the cluster remarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cli.creating_options import DryRun, Output, Request
from sednactl.errors import ExitCode, SednactlError

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.apply import Applied
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]


def warn(text: str, surroundings: Surroundings) -> None:
    """Write a warning to standard error."""
    from sednactl.render.columns import printable

    surroundings.stderr.write(f"warning: {printable(text)}\n")


def show(objects: Sequence[Json], request: Request, surroundings: Surroundings, remark: str) -> None:
    """Print objects in the form that was asked for; `remark` follows the line that says one was created."""
    from sednactl.render.objects import object_name, without_managed_fields

    if request.output is Output.YAML or request.output is Output.JSON:
        from sednactl.manifests.writing import to_json, to_yaml

        write = to_yaml if request.output is Output.YAML else to_json
        text = write([without_managed_fields(item) for item in objects])
    else:
        ending = "" if request.output is Output.NAME else f" created{remark}"
        text = "".join(f"{object_name(item)}{ending}\n" for item in objects)
    surroundings.stdout.write(text)


def send(
    kind: SednaKind,
    manifests: Sequence[Json],
    request: Request,
    access: ClusterAccess,
    surroundings: Surroundings,
) -> int:
    """Create the objects, what is referred to first, and wait for the workload where that was asked for."""
    from sednactl.cli.main import report
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.ordering import apply_order

    ordered = apply_order(manifests)
    cluster = open_cluster(access, surroundings)
    created: list[Applied] = []
    try:
        _warn_of_references(cluster, ordered, surroundings)
        try:
            _create_all(cluster, ordered, request, surroundings, created)
        except SednactlError as error:
            if not created or request.dry_run is DryRun.SERVER:
                raise
            _show_rest(created, request, surroundings)
            report(error, surroundings)
            return ExitCode.PARTIAL
        _show_rest(created, request, surroundings)
        if request.wait:
            surroundings.stdout.flush()
            _wait(cluster, kind, created, request, surroundings)
    finally:
        cluster.close()
    return ExitCode.PARTIAL if any(applied.dropped for applied in created) else ExitCode.DONE


def _create_all(
    cluster: Cluster,
    manifests: Sequence[Json],
    request: Request,
    surroundings: Surroundings,
    created: list[Applied],
) -> None:
    """Create one after the other, noting in `created` what is there when one fails."""
    from sednactl.lifecycle.apply import create_workload
    from sednactl.lifecycle.together import try_together

    dry = request.dry_run is DryRun.SERVER
    taken = request.allow_taken_names
    if len(manifests) > 1 and not dry:
        try_together(cluster, manifests, allow_taken_names=taken, surroundings=surroundings)
    for manifest in manifests:
        applied = create_workload(
            cluster,
            manifest,
            dry_run=dry,
            allow_taken_names=taken,
            surroundings=None if dry else surroundings,
        )
        created.append(applied)
        if request.output is None:
            show([applied.object], request, surroundings, " (server dry run)" if dry else "")
        _tell(applied, surroundings)


def _show_rest(created: Sequence[Applied], request: Request, surroundings: Surroundings) -> None:
    """Print what was created, where it was not printed line by line."""
    if request.output is not None:
        show([applied.object for applied in created], request, surroundings, "")


def _warn_of_references(cluster: Cluster, manifests: Sequence[Json], surroundings: Surroundings) -> None:
    """Say before anything is made what is referred to in vain, and what comes of it."""
    from sednactl.lifecycle.apply import missing_references
    from sednactl.lifecycle.index_files import unreadable_dataset
    from sednactl.sedna.kinds import BY_KIND

    made = {(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests}
    for manifest in manifests:
        kind = BY_KIND.get(manifest["kind"])
        if kind is None:
            continue
        namespace = manifest["metadata"].get("namespace") or cluster.namespace
        said = missing_references(cluster, kind, manifest, namespace, made)
        for text in [*said, *unreadable_dataset(cluster, kind, manifest, namespace, made)]:
            warn(text, surroundings)


def _tell(applied: Applied, surroundings: Surroundings) -> None:
    """Pass on what the cluster and the operation remarked, as apply does."""
    from sednactl.lifecycle.apply import mend_of_dropped
    from sednactl.render.columns import printable

    for warning in applied.warnings:
        warn(warning, surroundings)
    for note in applied.notes:
        surroundings.stderr.write(f"note: {printable(note)}\n")
    if applied.dropped:
        name = f"{applied.object.get('kind')} {applied.object['metadata']['name']}"
        warn(f"the cluster dropped from {name}: {', '.join(applied.dropped)}", surroundings)
        surroundings.stderr.write(f"hint: {mend_of_dropped(applied.dropped)}\n")


def _wait(
    cluster: Cluster,
    kind: SednaKind,
    created: Sequence[Applied],
    request: Request,
    surroundings: Surroundings,
) -> None:
    from sednactl.cli.progress_line import progress_line
    from sednactl.lifecycle.waiting import wait_until_running
    from sednactl.render.objects import object_name

    for applied in created:
        if applied.object["kind"] != kind.kind:
            continue
        metadata = applied.object["metadata"]
        with progress_line(surroundings) as tell:
            state = wait_until_running(
                cluster,
                kind,
                metadata["name"],
                metadata["namespace"],
                request.timeout,
                surroundings,
                tell=tell,
            )
        if request.output is None:
            surroundings.stdout.write(f"{object_name(applied.object)} {state.word.lower()}\n")
