"""`sednactl crd`: Sedna's CustomResourceDefinitions, written out, compared, installed and upgraded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def crd() -> None:
    """Compare, install and upgrade Sedna's CRDs, for any release from 0.3 to 0.7.

    Helm puts a chart's CRDs in once and never upgrades them, and kubectl apply
    refuses Sedna's for their size; these commands need neither.

    \b
    Examples:
      sednactl crd diff
      sednactl crd install
      sednactl crd upgrade
      sednactl crd export --sedna-version 0.6.0 --dir crds/
    """


_Kinds = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KIND]...", help="Only these kinds (ji, model, …); default: all."),
]
_SednaVersion = Annotated[
    str,
    typer.Option("--sedna-version", metavar="VERSION", help="Release of Sedna: 0.3, 0.4, 0.5, 0.6 or 0.7."),
]
_DryRun = Annotated[
    str,
    typer.Option(
        "--dry-run",
        metavar="none|client|server",
        help="client: only tell what would be done; server: let the cluster try it, store nothing.",
    ),
]
_Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", metavar="DURATION", parser=duration, help="Longest wait until the cluster serves them."
    ),
]
_ChangeOutput = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="table|name|yaml|json", help="Output format; json is a CrdChanges."
    ),
]


@app.command()
def export(
    ctx: typer.Context,
    kinds: _Kinds = None,
    sedna_version: _SednaVersion = "0.7.0",
    folder: Annotated[
        str | None,
        typer.Option("--dir", metavar="DIR", help="Write a file for each kind into this folder instead."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --dir: overwrite files that are there.")
    ] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="yaml|json|name", help="Output format.")
    ] = "yaml",
) -> int:
    """Write Sedna's CRDs as YAML, without a cluster.

    They judge as the release's own do; the descriptions are those of sednactl
    explain. They are too large for kubectl apply without --server-side.

    \b
    Examples:
      sednactl crd export > crds.yaml
      sednactl crd export ji model --sedna-version 0.6.0
      sednactl crd export --dir crds/
      sednactl crd export | kubectl apply --server-side -f -
    """
    from sednactl.cli.crd_export import write_definitions

    surroundings: Surroundings = ctx.obj
    return write_definitions(kinds or (), sedna_version, folder, output, surroundings, force=force)


@app.command()
@cluster_command
def diff(
    ctx: typer.Context,
    access: ClusterAccess,
    kinds: _Kinds = None,
    sedna_version: _SednaVersion = "0.7.0",
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="table|wide|name|yaml|json",
            help="Output format; wide shows every field, json is a CrdReport.",
        ),
    ] = "table",
) -> int:
    """Show how the cluster's CRDs differ from a release's, by field.

    Each is missing, the same, older or newer (that of another release, which is
    named) or drifted (that of no release). The Global Manager's image is looked
    at, too: one that is of another release than the CRDs drops or ignores fields.
    Exit code 0: nothing differs; 1: something does.

    \b
    Examples:
      sednactl crd diff
      sednactl crd diff ji -o wide
      sednactl crd diff --sedna-version 0.6.0 -o json
    """
    from sednactl.cli.crd_diff import show_difference

    surroundings: Surroundings = ctx.obj
    return show_difference(access, surroundings, kinds or (), sedna_version, output)


@app.command()
@cluster_command
def install(
    ctx: typer.Context,
    access: ClusterAccess,
    kinds: _Kinds = None,
    sedna_version: _SednaVersion = "0.7.0",
    dry_run: _DryRun = "none",
    timeout: _Timeout = "5m",  # type: ignore[assignment]  # parsed like what a user types
    output: _ChangeOutput = "table",
) -> int:
    """Create the CRDs that the cluster does not have, and wait until it serves them.

    What is there is left as it is, also when it is another release's: upgrade
    changes it. A run that was interrupted is finished by the next one.

    \b
    Examples:
      sednactl crd install
      sednactl crd install --sedna-version 0.6.0 --dry-run=server
      sednactl crd install ji model
    """
    from sednactl.cli.crd_change import Wishes, install_missing

    surroundings: Surroundings = ctx.obj
    wishes = Wishes(tuple(kinds or ()), sedna_version, dry_run, timeout, output)
    return install_missing(access, surroundings, wishes)


@app.command()
@cluster_command
def upgrade(
    ctx: typer.Context,
    access: ClusterAccess,
    kinds: _Kinds = None,
    sedna_version: _SednaVersion = "0.7.0",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    allow_losses: Annotated[
        bool,
        typer.Option("--allow-losses", help="With --yes: go on although existing objects lose fields."),
    ] = False,
    force_conflicts: Annotated[
        bool,
        typer.Option("--force-conflicts", help="Take over what another field manager, e.g. helm, owns."),
    ] = False,
    dry_run: _DryRun = "none",
    timeout: _Timeout = "5m",  # type: ignore[assignment]
    output: _ChangeOutput = "table",
) -> int:
    """Make existing CRDs those of a release, after showing what objects would lose.

    Every object of the kinds concerned is read first: fields that the new schema
    would drop, and objects that it would refuse, are named by object and path. A
    version in which objects are stored never leaves a CRD. An older release than
    the cluster has is a downgrade, and is called so. A run that was interrupted
    is finished by the next one.

    CRDs that Helm put in belong to the field manager helm: --force-conflicts
    takes them over. Helm itself never changes them again.

    Exit code 1: nothing was changed, as the answer was no, or objects would lose
    fields and --yes came without --allow-losses.

    \b
    Examples:
      sednactl crd upgrade --dry-run=server
      sednactl crd upgrade --force-conflicts
      sednactl crd upgrade ji --sedna-version 0.6.0 --yes --allow-losses
    """
    from sednactl.cli.crd_change import Wishes, upgrade_existing

    surroundings: Surroundings = ctx.obj
    wishes = Wishes(
        tuple(kinds or ()),
        sedna_version,
        dry_run,
        timeout,
        output,
        yes=yes,
        allow_losses=allow_losses,
        force=force_conflicts,
    )
    return upgrade_existing(access, surroundings, wishes)
