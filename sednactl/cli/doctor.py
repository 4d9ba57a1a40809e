"""`sednactl doctor`: what is wrong with a cluster that runs Sedna, and how to mend it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.options import duration, fleet_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sednactl.cluster.door import Cluster
    from sednactl.diagnosis.book import Check, Result
    from sednactl.diagnosis.observed import Observed, Scope
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)


class Output(str, Enum):
    """Output formats of a diagnosis."""

    table = "table"
    json = "json"
    yaml = "yaml"


@app.command()
@fleet_command("fix")
def doctor(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND] [NAME]", help="Only this workload, or this kind; all workloads without."
        ),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--all-namespaces", "-A", help="Look at workloads in every namespace.")
    ] = False,
    selector: Annotated[
        str | None,
        typer.Option("--selector", "-l", metavar="LABELS", help="Look only at workloads with these labels."),
    ] = None,
    check: Annotated[
        list[str] | None, typer.Option("--check", metavar="ID", help="Only this check; repeats.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", metavar="ID", help="Leave this check out; repeats.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List all checks and look at nothing.")] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="Give the Global Manager the rights it lacks: show the change, ask, apply, look again.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --fix: do not ask.")] = False,
    sedna_namespace: Annotated[
        str, typer.Option("--sedna-namespace", metavar="NAME", help="Where Sedna itself is installed.")
    ] = "sedna",
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="DURATION", parser=duration, help="Longest time for all of it."),
    ] = "2m",  # type: ignore[assignment]  # parsed like what a user types
    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.table,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="Details of every check; on stderr what is asked of the cluster, and tracebacks.",
        ),
    ] = False,
) -> int:
    """Say what is wrong with a cluster that runs Sedna, and how to mend it.

    Looks at Kubernetes, the metrics of both sides, Sedna's CRDs, its Global Manager and
    what that may do, your own rights, and every workload of the namespace. What could
    not be looked at is unknown, never in order. 'sednactl explain DOC501' tells more about a check.

    Exit code 0: all is in order; 1: something is not; 7: nothing is wrong, as far
    as one could look.

    \b
    Examples:
      sednactl doctor                      the cluster, and the workloads of the namespace
      sednactl doctor -A                   and of every namespace
      sednactl doctor ji helmet            and one workload
      sednactl doctor --fix                give the Global Manager the rights it lacks
      sednactl doctor --check DOC501       one check
      sednactl doctor -o json | jq '.checks[] | select(.status == "failed")'
    """
    from sednactl.diagnosis.book import all_checks

    surroundings: Surroundings = ctx.obj
    book = all_checks()
    if listing:
        from sednactl.cli.terminal_line import room_of
        from sednactl.render.diagnosis import check_list

        surroundings.stdout.write(check_list(book.values(), room_of(surroundings.stdout)))
        return ExitCode.DONE
    if yes and not fix:
        raise UsageError("--yes says yes to --fix", hint="add --fix, or leave --yes out")
    if fix and not yes and not surroundings.interactive():
        raise UsageError("there is no terminal to ask on whether to apply a mend", hint="add --yes")
    chosen = _chosen(book, check or (), skip or (), of_one=bool(words))
    if verbose:
        surroundings = surroundings._replace(trace=lambda line: _trace(surroundings, line))
    from sednactl.cluster.door import open_cluster

    cluster = open_cluster(access, surroundings)
    scope = _scope(words or (), cluster, selector, sedna_namespace, everywhere=everywhere)
    results, observed = _diagnosis(cluster, surroundings, scope, chosen, timeout)
    if fix and _mend(cluster, surroundings, observed, results, yes=yes):
        results, _ = _diagnosis(cluster, surroundings, scope, chosen, timeout)
    _show(results, book, surroundings, output, verbose=verbose)
    statuses = {result.status for result in results}
    if statuses & {"failed", "warning"}:
        return ExitCode.FOUND
    return ExitCode.PARTIAL if "unknown" in statuses else ExitCode.DONE


def _trace(surroundings: Surroundings, line: str) -> None:
    from sednactl.render.columns import printable

    surroundings.stderr.write(f"{printable(line)}\n")


def _chosen(
    book: dict[str, Check], wanted: Sequence[str], unwanted: Sequence[str], *, of_one: bool
) -> list[Check]:
    for word in (*wanted, *unwanted):
        if word.upper() not in book:
            from difflib import get_close_matches

            near = get_close_matches(word.upper(), book, n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise UsageError(
                f"there is no check '{word}'", hint=f"{guess}'sednactl doctor --list' names them"
            )
    asked = {word.upper() for word in wanted}
    skipped = {word.upper() for word in unwanted}
    chosen = [one for one in book.values() if (not asked or one.id in asked) and one.id not in skipped]
    if of_one and not asked:
        # Ghosts belong to no workload that could be named.
        chosen = [one for one in chosen if "ghosts" not in one.reads]
    if not chosen:
        raise UsageError("no check is left", hint="leave out some --skip")
    return chosen


def _scope(
    words: Sequence[str], cluster: Cluster, selector: str | None, sedna: str, *, everywhere: bool
) -> Scope:
    """Read which workloads are meant: `ji helmet`, `ji/helmet`, a kind alone, a name alone."""
    from sednactl.cli.naming_targets import targets
    from sednactl.diagnosis.observed import Scope
    from sednactl.sedna.kinds import kind_named

    bare_name = len(words) == 1 and "/" not in words[0] and not all(map(kind_named, words[0].split(",")))
    kinds, named = ((), ()) if bare_name else targets(words)
    names = {one.name for one in named} | ({words[0]} if bare_name else set())
    if len(names) > 1:
        raise UsageError("doctor takes one workload, or all", hint="for example: sednactl doctor ji helmet")
    if names and selector:
        raise UsageError("a name and a selector do not go together")
    if names and everywhere:
        raise UsageError(
            "a workload cannot be named across all namespaces", hint="name its namespace with -n"
        )
    kinds = tuple(dict.fromkeys(one.kind for one in named)) or kinds
    namespace = None if everywhere else cluster.namespace
    return Scope(namespace, selector, kinds, next(iter(names), None), sedna)


def _diagnosis(
    cluster: Cluster, surroundings: Surroundings, scope: Scope, chosen: Sequence[Check], timeout: float
) -> tuple[list[Result], Observed]:
    from sednactl.cli.ticker import Ticker
    from sednactl.diagnosis.book import diagnose
    from sednactl.diagnosis.looking import look
    from sednactl.errors import NotFound

    with Ticker(surroundings) as tell:
        tell("looking at the cluster")
        observed = look(cluster, surroundings, scope, chosen, timeout)
    if scope.name is not None and any("workloads" in one.reads for one in chosen):
        looks = [look for name, look in observed.looks.items() if name.startswith("workloads/")]
        if all(look.error is None and not look.value for look in looks):
            raise NotFound(
                f"there is no workload {scope.name} in namespace {scope.namespace}",
                hint=f"sednactl get -n {scope.namespace} lists what there is",
            )
    return diagnose(chosen, observed, cluster.now()), observed


def _mend(
    cluster: Cluster, surroundings: Surroundings, observed: Observed, results: Sequence[Result], *, yes: bool
) -> bool:
    """Show what is missing as a difference, ask, and apply it; tell whether anything was changed."""
    from sednactl.diagnosis.checks.role import ROLE, mend_of
    from sednactl.diagnosis.mending import apply_mend, foretell
    from sednactl.render.difference import unified

    stderr = surroundings.stderr
    if not any(result.fixable for result in results):
        unseen = any(result.status == "unknown" and result.id == ROLE for result in results)
        stderr.write(
            "Whether there is anything that --fix can mend is not known.\n"
            if unseen
            else "There is nothing that --fix can mend.\n"
        )
        return False
    manifests = mend_of(observed)
    for change in foretell(cluster, manifests):
        stderr.write(unified(change.name, change.before, change.after, colour=surroundings.colour(stderr)))
    if not yes:
        from sednactl.cli.asking import says_yes

        if not says_yes("Apply this?", surroundings):
            stderr.write("Nothing was changed.\n")
            return False
    for manifest in apply_mend(cluster, manifests):
        stderr.write(f"{manifest['kind']} {manifest['metadata']['name']} applied\n")
    return True


def _show(
    results: Sequence[Result],
    book: dict[str, Check],
    surroundings: Surroundings,
    output: Output,
    *,
    verbose: bool,
) -> None:
    from sednactl.render.diagnosis import diagnosis_data, diagnosis_text

    stdout = surroundings.stdout
    if output is Output.table:
        from sednactl.cli.terminal_line import columns_of
        from sednactl.render.drawing import draws_unicode

        text = diagnosis_text(
            results,
            book,
            width=columns_of(stdout),
            unicode=draws_unicode(stdout),
            colour=surroundings.colour(stdout),
            verbose=verbose,
            program=surroundings.program,
        )
    else:
        data: dict[str, Any] = diagnosis_data(results, book)
        if output is Output.json:
            import json

            text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        else:
            from sednactl.manifests.writing import to_yaml

            text = to_yaml([data])
    stdout.write(text)
