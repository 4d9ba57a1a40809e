"""`sednactl repair`: mend what Sedna itself never mends, after showing how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.naming_targets import one_target
from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode

if TYPE_CHECKING:
    from sednactl.cli.naming_targets import Target
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.repair import Repair
    from sednactl.lifecycle.repair_plan import RepairPlan
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@cluster_command
def repair(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="The workload, or KIND/NAME.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Carry the plan out; do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done; change nothing.")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            metavar="DURATION",
            parser=duration,
            show_default=False,
            help="Longest wait for the workload to run again (default: 5m).",
        ),
    ] = 300.0,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="table|json", help="Output format; json is a RepairReport."),
    ] = "table",
) -> int:
    """Mend a workload where Sedna does not, after showing each step, its reason and what it interrupts.

    Mended are: a deleted autoscaler or Service, children that lost their owner, a
    deletion in the foreground that never ends, a service that Sedna gave up half made
    (its model came later, a name was taken), one that a Sedna before 0.7 made, a
    deleted Deployment of feature extraction or object search, a federated job without
    trainers or with surplus pods, an inference pod that is gone.

    Every step is done only if its object is still the very same. Exit code: 0 nothing
    to repair, or repaired; 1 something was found and only shown, or is to be done first;
    7 not all could be mended.

    \b
    Examples:
      sednactl repair ji helmet             show, ask, repair, look again
      sednactl repair ji helmet --dry-run   only show
      sednactl repair fl surface --yes -o json
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.repair import Repair, plan_repair
    from sednactl.render.fitting import breaking
    from sednactl.render.objects import unknown_format
    from sednactl.render.repair import plan_text

    surroundings: Surroundings = ctx.obj
    if output not in ("table", "json"):
        raise unknown_format(output, ("table", "json"))
    target = one_target(words, "repair")
    cluster = open_cluster(access, surroundings)
    if not dry_run and not _finish_replacement(cluster, target, surroundings, timeout, yes=yes):
        return ExitCode.FOUND
    plan, _, notes = plan_repair(cluster, target.kind, target.name, cluster.namespace)
    for note in notes:
        surroundings.stderr.write(f"note: {note}\n")
    stream = surroundings.stdout if output == "table" else surroundings.stderr
    stream.write(breaking(plan_text(plan), room_of(stream), "      "))
    done = Repair(plan, dry_run=dry_run)
    if plan.steps and not dry_run and _agreed(surroundings, yes=yes):
        done = _carry_out(cluster, target, plan, surroundings, timeout)
    return _finish(done, output, surroundings)


def _finish_replacement(
    cluster: Cluster, target: Target, surroundings: Surroundings, timeout: float, *, yes: bool
) -> bool:
    """Finish a replacement that was cut off, after a yes; False where that was not given."""
    from sednactl.cli.progress_line import progress_line
    from sednactl.lifecycle.replacement import Orders, take_up_replacement, unfinished_replacement

    words = f"{target.kind.kind} {target.name}"
    manifest = unfinished_replacement(cluster, target.kind, target.name, cluster.namespace, surroundings)
    if manifest is None:
        return True
    surroundings.stderr.write(
        f"{words} was deleted to be created anew, and that was cut off: it would be finished first.\n"
    )
    if not _agreed(surroundings, yes=yes):
        return False
    with progress_line(surroundings) as progress:
        orders = Orders(timeout, progress=lambda left: progress(f"waiting for {left} to go" if left else ""))
        replaced = take_up_replacement(cluster, manifest, surroundings, orders)
    if replaced is not None:
        surroundings.stderr.write(f"{words} is created; the old one is kept in {replaced.kept}\n")
    return True


def _agreed(surroundings: Surroundings, *, yes: bool) -> bool:
    """Ask at a terminal; without one nothing is done unasked."""
    if yes:
        return True
    if not surroundings.interactive():
        surroundings.stderr.write("To carry this out, the same again with --yes.\n")
        return False
    surroundings.stdout.flush()
    from sednactl.cli.asking import says_yes

    if says_yes("Carry this out?", surroundings):
        return True
    surroundings.stderr.write("Nothing was changed.\n")
    return False


def _carry_out(
    cluster: Cluster, target: Target, plan: RepairPlan, surroundings: Surroundings, timeout: float
) -> Repair:
    from sednactl.cli.progress_line import progress_line
    from sednactl.lifecycle.repair import carry_out

    with progress_line(surroundings) as progress:
        return carry_out(cluster, target.kind, plan, surroundings, timeout=timeout, progress=progress)


def _finish(done: Repair, output: str, surroundings: Surroundings) -> int:
    from sednactl.render.repair import outcome_text

    if output == "json":
        import json

        surroundings.stdout.write(json.dumps(done.as_json(), indent=2, ensure_ascii=False) + "\n")
    else:
        surroundings.stdout.write(outcome_text(done))
    if done.error is not None:
        from sednactl.cli.main import report

        report(done.error, surroundings)
    if done.plan.nothing:
        return ExitCode.DONE
    if not done.carried:
        return ExitCode.FOUND
    return ExitCode.DONE if done.mended and not done.plan.blocked else ExitCode.PARTIAL
