"""`sednactl apply`: send manifests by server-side apply, and say what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.options import cluster_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, SednactlError, Unreachable, UsageError

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.apply import Applied
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

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
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="table|name|yaml|json", help="Output format.")
    ] = "table",
) -> int:
    """Send manifests to the cluster (server-side apply, field manager sednactl).

    Everything is checked before anything is sent. Namespaces, secrets, models
    and datasets go before workloads. What the cluster did not store is named
    (exit code 7), and what an edit does to running pods is said.

    \b
    Examples:
      sednactl apply -f helmet.yaml
      sednactl apply -f models/ -f helmet.yaml --dry-run=server
      sednactl create ji helmet ... --dry-run=client -o yaml | sednactl apply -f -
    """
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
        _write([(one, "valid (dry run)") for one in manifests], output, surroundings)
        return ExitCode.DONE
    cluster = open_cluster(access, surroundings)
    one_by_one = _Applying(cluster, surroundings, output, server_dry_run=dry_run == "server")
    for manifest in manifests:
        one_by_one.apply(
            manifest,
            force=force_conflicts,
            allow_taken_names=allow_taken_names,
            strict=check_fields == "strict",
        )
    return one_by_one.finish()


class _Applying:
    """Many manifests, one after the other; a refusal for one does not keep the others."""

    def __init__(
        self, cluster: Cluster, surroundings: Surroundings, output: str, *, server_dry_run: bool
    ) -> None:
        self.cluster = cluster
        self.surroundings = surroundings
        self.output = output
        self.dry_run = server_dry_run
        self.sent: list[tuple[Json, str]] = []
        self.failures: list[SednactlError] = []
        self.new_namespaces: set[str] = set()
        self.dropped = False

    def apply(self, manifest: Json, *, force: bool, allow_taken_names: bool, strict: bool) -> None:
        from sednactl.lifecycle.apply import apply_workload

        try:
            applied = apply_workload(
                self.cluster,
                manifest,
                dry_run=self.dry_run,
                force=force,
                allow_taken_names=allow_taken_names,
                strict=strict,
                surroundings=None if self.dry_run else self.surroundings,
            )
        except Unreachable:
            # Nothing that follows would arrive either; say what did.
            self.finish()
            raise
        except SednactlError as error:
            place = (manifest.get("metadata") or {}).get("namespace") or self.cluster.namespace
            if self.dry_run and place in self.new_namespaces:
                self._note(f"{manifest['kind']} {manifest['metadata']['name']} could not be tried: "
                           f"namespace {place} does not exist before this is applied")  # fmt: skip
                return
            self.failures.append(error)
            return
        if self.dry_run and applied.action == "created" and manifest.get("kind") == "Namespace":
            self.new_namespaces.add(manifest["metadata"]["name"])
        suffix = " (server dry run)" if self.dry_run else ""
        self.sent.append((applied.object, f"{applied.action}{suffix}"))
        if self.output == "table":
            _write(self.sent[-1:], self.output, self.surroundings)
            self.surroundings.stdout.flush()
        self._remarks(applied)

    def finish(self) -> int:
        from sednactl.cli.main import report

        if self.output != "table":
            _write(self.sent, self.output, self.surroundings)
        for error in self.failures:
            report(error, self.surroundings)
        if self.failures:
            return ExitCode.PARTIAL if self.sent and not self.dry_run else self.failures[0].exit_code
        return ExitCode.PARTIAL if self.dropped else ExitCode.DONE

    def _remarks(self, applied: Applied) -> None:
        from sednactl.lifecycle.apply import mend_of_dropped
        from sednactl.render.columns import printable

        for warning in applied.warnings:
            self.surroundings.stderr.write(f"warning: {printable(warning)}\n")
        for note in applied.notes:
            self._note(note)
        if applied.dropped:
            self.dropped = True
            name = f"{applied.object.get('kind')} {applied.object['metadata']['name']}"
            self.surroundings.stderr.write(
                f"warning: the cluster dropped from {printable(name)}: {printable(', '.join(applied.dropped))}\n"
                f"hint: {mend_of_dropped(applied.dropped)}\n"
            )

    def _note(self, text: str) -> None:
        from sednactl.render.columns import printable

        self.surroundings.stderr.write(f"note: {printable(text)}\n")


def _write(results: list[tuple[Json, str]], output: str, surroundings: Surroundings) -> None:
    from sednactl.render.columns import printable
    from sednactl.render.objects import object_name, write_objects

    if output == "table":
        for item, done in results:
            surroundings.stdout.write(f"{printable(object_name(item))} {done}\n")
    elif results:
        surroundings.stdout.write(
            write_objects([item for item, _ in results], output, single=len(results) == 1)
        )
