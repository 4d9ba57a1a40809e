"""`sednactl apply`: send manifests by server-side apply, and say what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@cluster_command
def apply(
    ctx: typer.Context,
    access: ClusterAccess,
    files: Annotated[
        list[str] | None,
        typer.Option(
            "--filename", "-f", metavar="FILE", help="File, folder, glob, or - for standard input; repeats."
        ),
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-R", help="Go into folders of folders.")] = False,
    dry_run: Annotated[
        str,
        typer.Option(
            "--dry-run",
            metavar="none|client|server",
            help="client: only check the files; server: ask, store nothing.",
        ),
    ] = "none",
    force_conflicts: Annotated[
        bool, typer.Option("--force-conflicts", help="Take over fields that other managers own.")
    ] = False,
    allow_taken_names: Annotated[
        bool,
        typer.Option("--allow-taken-names", help="Create although names that children need are taken."),
    ] = False,
    check_fields: Annotated[
        str,
        typer.Option(
            "--validate",
            metavar="strict|warn",
            help="warn: let the cluster drop fields it does not know, and tell which.",
        ),
    ] = "strict",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Where Sedna would ignore an edit or do harm at it: delete, wait until all is gone, create anew.",
        ),
    ] = False,
    allow_harmful_edits: Annotated[
        bool,
        typer.Option("--allow-harmful-edits", help="Send even edits at which Sedna does harm."),
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            metavar="DURATION",
            parser=duration,
            show_default=False,
            help="Longest wait for a replaced workload to be gone (default: 5m).",
        ),
    ] = 300.0,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="table|name|yaml|json", help="Output format.")
    ] = "table",
) -> int:
    """Send manifests to the cluster (server-side apply, field manager sednactl).

    Everything is checked before anything is sent. Namespaces, secrets, models
    and datasets go before workloads. What the cluster did not store is named
    (exit code 7).

    What an edit does to a workload that runs is said before it is sent. Sedna
    rolls out edits of joint inference, ignores those of most other kinds, and may
    delete another job's pods at one of federated learning, which is refused.
    With --replace (or after a yes at a terminal) such a workload is deleted in the
    background and created anew once nothing of it is left. The old one and the new
    one are on disk first: after a kill the same apply goes on where it was.

    \b
    Examples:
      sednactl apply -f helmet.yaml
      sednactl apply -f models/ -f helmet.yaml --dry-run=server
      sednactl apply -f surface-defects.yaml --replace
      sednactl create ji helmet ... --dry-run=client -o yaml | sednactl apply -f -
    """
    from sednactl.cli.applying import Applying, Wishes, write_results
    from sednactl.cli.reading_manifests import manifests_from
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.ordering import apply_order
    from sednactl.render.objects import unknown_format

    surroundings: Surroundings = ctx.obj
    if not files:
        raise UsageError("nothing to apply was named", hint="for example: sednactl apply -f helmet.yaml")
    if output not in ("table", "name", "yaml", "json"):
        raise unknown_format(output, ("table", "name", "yaml", "json"))
    if dry_run not in ("none", "client", "server"):
        raise UsageError(f"--dry-run takes none, client or server, not '{dry_run}'")
    if check_fields not in ("strict", "warn"):
        raise UsageError(f"--validate takes strict or warn, not '{check_fields}'")
    manifests = apply_order(
        manifests_from(files, recursive=recursive, surroundings=surroundings, namespace=access.namespace)
    )
    if dry_run == "client":
        write_results([(one, "valid (dry run)") for one in manifests], output, surroundings)
        return ExitCode.DONE
    cluster = open_cluster(access, surroundings)
    wishes = Wishes(
        dry_run=dry_run == "server",
        force=force_conflicts,
        allow_taken_names=allow_taken_names,
        strict=check_fields == "strict",
        replace=replace,
        allow_harmful=allow_harmful_edits,
        timeout=timeout,
    )
    one_by_one = Applying(cluster, surroundings, output, wishes)
    for manifest in manifests:
        one_by_one.apply(manifest)
    return one_by_one.finish()
