"""`sednactl delete`: foretell the cascade, ask, delete in the background, wait, report what stayed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.naming_targets import targets
from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, NotFound, SednactlError, UsageError

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.deletion import Deletion, Doomed, Plan
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@cluster_command
def delete(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[KIND] [NAME]...", help="Kind and names, or KIND/NAME.")
    ] = None,
    files: Annotated[
        list[str] | None, typer.Option("--filename", "-f", metavar="FILE", help="What these manifests name.")
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-R", help="Go into folders of folders.")] = False,
    selector: Annotated[
        str | None, typer.Option("--selector", "-l", metavar="LABELS", help="All of KIND with these labels.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wait: Annotated[
        str,
        typer.Option("--wait", metavar="true|false", help="Wait until all is gone, and look what stayed."),
    ] = "true",
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
    dry_run: Annotated[
        str,
        typer.Option(
            "--dry-run", metavar="none|client|server", help="Only tell what would go; delete nothing."
        ),
    ] = "none",
    ignore_not_found: Annotated[
        bool, typer.Option("--ignore-not-found", help="What is not there counts as deleted.")
    ] = False,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="table|name|json", help="Output format; json is a DeletionReport."
        ),
    ] = "table",
) -> int:
    """Delete workloads, after telling what goes with them.

    Children go in the background; what is left in the end is named with its
    cause, and the exit code is 7.

    \b
    Examples:
      sednactl delete ji helmet                   tell, ask, delete, wait
      sednactl delete ji helmet --dry-run=client  only tell
      sednactl delete -f helmet.yaml --yes        all that a file names, workloads first
      sednactl delete fl -l team=vision --yes -o json
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.deletion import Deletion, execute, plan_deletion
    from sednactl.render import deletion as screen
    from sednactl.render.fitting import breaking
    from sednactl.render.objects import unknown_format

    surroundings: Surroundings = ctx.obj
    if output not in ("table", "name", "json"):
        raise unknown_format(output, ("table", "name", "json"))
    waits = _choice("--wait", wait, ("true", "false")) == "true"
    mode = _choice("--dry-run", dry_run, ("none", "client", "server"))
    _one_way_of_naming(words, files, selector)
    if mode == "none" and not yes and not surroundings.interactive():
        raise UsageError(
            "there is no terminal to ask on whether to delete this",
            hint="add --yes; --dry-run=client only tells what would go",
        )
    documents = _documents(files or (), recursive, access.namespace, surroundings)
    cluster = open_cluster(access, surroundings)
    doomed, missing = _find(cluster, words or (), selector, documents)
    failures: list[SednactlError] = [] if ignore_not_found else list(missing)
    plan = plan_deletion(cluster, doomed)
    deletion = Deletion(plan, waited=False, dry_run=True)
    if doomed and mode == "none":
        _agree(plan, surroundings, yes=yes, quiet=output != "table" and yes)
        deletion = _carry_out(cluster, plan, surroundings, waits=waits, timeout=timeout)
    elif doomed:
        if output == "table":
            surroundings.stdout.write(breaking(screen.plan_text(plan), room_of(surroundings.stdout)))
        if mode == "server":
            deletion = execute(cluster, plan, surroundings, dry_run=True)
    failures += deletion.failures
    _write(deletion, output, surroundings)
    if not doomed and selector is not None and not failures:
        surroundings.stderr.write("No resources found\n")
    if failures:
        from sednactl.cli.main import report

        for error in failures:
            report(error, surroundings)
        return ExitCode.PARTIAL if deletion.deleted and not deletion.dry_run else failures[0].exit_code
    return ExitCode.PARTIAL if deletion.remaining else ExitCode.DONE


def _choice(option: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"{option} takes {', '.join(known[:-1])} or {known[-1]}, not '{value}'")
    return value


def _one_way_of_naming(words: Any, files: Any, selector: str | None) -> None:
    if files and (words or selector):
        raise UsageError("name workloads either with -f or as KIND NAME, not both")
    if not files and not words:
        raise UsageError("nothing to delete was named", hint="for example: sednactl delete ji helmet")
    kinds, named = targets(words or ())
    if words and selector and named:
        raise UsageError("names and a selector do not go together")
    if words and not selector and not named:
        raise UsageError(
            f"which {' or '.join(kind.kind for kind in kinds)}?", hint="give names, or a selector with -l"
        )


def _documents(
    files: Any, recursive: bool, namespace: str | None, surroundings: Surroundings
) -> list[dict[str, Any]]:
    if not files:
        return []
    from sednactl.cli.reading_manifests import manifests_from
    from sednactl.lifecycle.ordering import deletion_order

    # What stands in the cluster may be gone, however badly Sedna takes it.
    read = manifests_from(
        files, recursive=recursive, surroundings=surroundings, namespace=namespace, schema_only=True
    )
    return deletion_order(read)


def _find(
    cluster: Cluster, words: Any, selector: str | None, documents: list[dict[str, Any]]
) -> tuple[list[Doomed], list[NotFound]]:
    from sednactl.cluster.door import Selection
    from sednactl.lifecycle.apply import namespace_of
    from sednactl.lifecycle.deletion import Doomed
    from sednactl.lifecycle.serving import resource_of

    wanted = []
    kinds, named = targets(words)
    if selector is not None and kinds:
        return [
            Doomed(kind.resource, item)
            for kind in kinds
            for item in cluster.list(Selection(kind.resource, cluster.namespace, selector))
        ], []
    for one, name in named:
        wanted.append((one.resource, name, cluster.namespace))
    for document in documents:
        resource = resource_of(cluster, document)
        place = namespace_of(cluster, resource, document)
        wanted.append((resource, str(document["metadata"]["name"]), place or ""))
    doomed, missing = [], []
    for resource, name, namespace in dict.fromkeys(wanted):
        try:
            doomed.append(Doomed(resource, cluster.get(resource, name, namespace or None)))
        except NotFound as error:
            missing.append(error)
    return doomed, missing


def _agree(plan: Plan, surroundings: Surroundings, *, yes: bool, quiet: bool) -> None:
    from sednactl.cli.terminal_line import room_of
    from sednactl.render.deletion import plan_text
    from sednactl.render.fitting import breaking

    if not quiet:
        surroundings.stderr.write(breaking(plan_text(plan), room_of(surroundings.stderr)))
    if yes:
        return
    if not surroundings.interactive():
        raise UsageError(
            "there is no terminal to ask on whether to delete this",
            hint="add --yes; --dry-run=client only tells what would go",
        )
    from sednactl.cli.asking import says_yes

    if not says_yes("Delete?", surroundings):
        surroundings.stderr.write("Nothing was deleted.\n")
        raise typer.Exit(ExitCode.FOUND)  # as `cleanup` without --yes: what would go was only shown


def _carry_out(
    cluster: Cluster, plan: Plan, surroundings: Surroundings, *, waits: bool, timeout: float
) -> Deletion:
    from sednactl.cli.progress_line import progress_line
    from sednactl.lifecycle.deletion import execute

    with progress_line(surroundings) as progress:
        try:
            return execute(
                cluster,
                plan,
                surroundings,
                wait=waits,
                timeout=timeout,
                progress=lambda left: progress(f"waiting for {left} to go"),
            )
        except KeyboardInterrupt:
            progress("")
            surroundings.stderr.write("interrupted: what was asked to go goes on going\n")
            raise


def _write(deletion: Deletion, output: str, surroundings: Surroundings) -> None:
    from sednactl.render import deletion as screen

    if output == "json":
        surroundings.stdout.write(screen.report_json(deletion.as_json()))
        return
    if output == "name":
        from sednactl.render.objects import object_name

        for one in deletion.deleted:
            item = {"apiVersion": one.api_version, "kind": one.kind, "metadata": {"name": one.name}}
            surroundings.stdout.write(f"{object_name(item)}\n")
    else:
        surroundings.stdout.write(screen.deleted_lines(deletion))
    surroundings.stderr.write(screen.outcome_text(deletion))
