"""The command tree. Each command's module is imported only when that command is typed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from sednactl.cli.everywhere import PROGRAM, equip, unknown_word
from sednactl.errors import ExitCode
from sednactl.records import Record
from sednactl.render.columns import printable
from sednactl.surroundings import Surroundings


class Entry(Record):
    """Where a top-level command lives and its line in `--help`.

    `module` has a `typer.Typer` called `app`; one with a single command becomes
    that command, one with several becomes a group.
    """

    module: str
    summary: str
    section: str
    group: bool = False


COMMANDS: dict[str, Entry] = {
    "create": Entry(
        "create",
        "Render a workload from a template, check it and send it to the cluster",
        "Author",
        group=True,
    ),
    "templates": Entry(
        "templates", "List, show or copy the templates that create uses", "Author", group=True
    ),
    "validate": Entry(
        "validate",
        "Check manifests offline: what the cluster would refuse, and what Sedna would make of the rest",
        "Author",
    ),
    "explain": Entry(
        "explain",
        "Describe a kind's fields, a rule of validate or a check of doctor, without a cluster",
        "Author",
    ),
    "diff": Entry("diff", "Show what apply would change in the cluster, as a unified diff", "Author"),
    "apply": Entry(
        "apply", "Send manifests to the cluster (server-side apply, field manager sednactl)", "Author"
    ),
    "get": Entry("get", "List workloads with what their children really do", "Manage"),
    "describe": Entry("describe", "Show one workload, its children, references and events", "Manage"),
    "tree": Entry(
        "tree",
        "Show what a workload owns, by owner reference and UID, with broken links and ghosts marked",
        "Manage",
    ),
    "events": Entry(
        "events",
        "Show what happened to a workload and to all that was made for it, the newest last",
        "Manage",
    ),
    "logs": Entry(
        "logs",
        "Show what the containers of a workload wrote, of all its pods and both sides together",
        "Manage",
    ),
    "wait": Entry(
        "wait", "Wait until a workload runs, judged by its children, or is gone with all it owned", "Manage"
    ),
    "delete": Entry("delete", "Delete workloads, after telling what goes with them", "Manage"),
    "repair": Entry(
        "repair",
        "Mend a workload where Sedna does not, after showing each step, its reason and what it interrupts",
        "Manage",
    ),
    "scale": Entry(
        "scale",
        "See how both sides of services are scaled and why; try settings offline, and change them",
        "Scale",
        group=True,
    ),
    "cleanup": Entry(
        "cleanup",
        "Find and remove ghost instances: objects whose workload is gone. Undo that",
        "Operate",
        group=True,
    ),
    "doctor": Entry(
        "doctor", "Say what is wrong with a cluster that runs Sedna, and how to mend it", "Operate"
    ),
    "crd": Entry(
        "crd",
        "Compare, install and upgrade Sedna's CRDs, for any release from 0.3 to 0.7",
        "Operate",
        group=True,
    ),
    "sandbox": Entry(
        "sandbox",
        "A small cluster in one process on this machine: try everything without a cluster",
        "Try",
        group=True,
    ),
    "demo": Entry(
        "demo", "Play the whole story in a sandbox of its own: scale, repair, find ghosts, clean up", "Try"
    ),
    "completion": Entry("completion", "Print the completion script of a shell", "Other"),
}

# click's exceptions, which typer carries inside itself since 0.28
_USAGE_ERRORS: type[Exception] = typer.BadParameter.__mro__[1]


class LazyGroup(TyperGroup):
    """The top level: knows every command's name and summary, imports a command when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of one command and give its click command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"sednactl.cli.{entry.module}")
        command: Any = typer.main.get_command(module.app)
        command.name = cmd_name
        equip(command, ctx.find_root().info_name or PROGRAM)
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first argument names; a near miss is answered with what was meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise unknown_word("command", args[0], COMMANDS, ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - click's signature
        """Write the command list by sections, without importing any command."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, entry in COMMANDS.items():
            sections.setdefault(entry.section, []).append((name, entry.summary))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


app = typer.Typer(
    cls=LazyGroup,
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def sednactl(
    ctx: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Author, validate, apply, watch and clean up KubeEdge-Sedna workloads.

    \b
    Start here:
      sednactl create ji helmet --help
      sednactl validate helmet.yaml
      sednactl scale watch helmet
    """
    surroundings: Surroundings = ctx.obj
    if version:
        from sednactl import __version__

        surroundings.stdout.write(f"sednactl {__version__}\n")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        surroundings.stdout.write(ctx.get_help() + "\n")


_WITH_VALUE = (
    "-n",
    "--namespace",
    "--context",
    "--contexts",
    "--kubeconfig",
    "--request-timeout",
    "--as",
    "--as-group",
)
_ALONE = ("--sandbox", "--all-contexts")
_EVERYWHERE = ("-v", "--verbose", "--no-color")
"""What every level takes; behind some commands -v means something else."""


def as_kubectl_reads(arguments: Sequence[str]) -> list[str]:
    """Give the arguments with what kubectl's users put first where our parser wants it.

    `-n park get ji` becomes `get -n park ji` (a flag given again behind the command
    still wins), `create --sandbox ji` becomes `create ji --sandbox`, `help get` becomes `get --help`.
    """
    words = list(arguments)
    if words[:1] == ["help"]:
        return [*words[1:], "--help"]
    flags, before, rest = _common_flags(words)
    entry = COMMANDS.get(rest[0]) if rest else None
    if entry is None:
        return words
    command, behind = [*before, rest[0]], rest[1:]
    if entry.group:
        more, before, behind = _common_flags(behind)
        command += before
        if not behind or behind[0].startswith("-"):
            return [*command, *behind]  # its help, or an error, which needs no cluster
        flags, command, behind = flags + more, [*command, behind[0]], behind[1:]
    return [*command, *flags, *behind]


def _common_flags(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Give the flags of a cluster that these words begin with, those that may stay there, and the rest."""
    flags: list[str] = []
    staying: list[str] = []
    end = 0
    while end < len(words) and words[end].startswith("-"):
        flag, joined, _ = words[end].partition("=")
        taken = 1
        if flag in _EVERYWHERE:
            staying.append(words[end])
        elif flag in _WITH_VALUE or flag in _ALONE or (flag.startswith("-n") and len(flag) > 2):  # -npark
            taken = 2 if flag in _WITH_VALUE and not joined else 1
            flags += words[end : end + taken]
        else:
            break
        end += taken
    return flags, staying, words[end:]


def invoke(arguments: Sequence[str], surroundings: Surroundings, program: str) -> int:
    """Run the command that `arguments` name. Usage errors become exit code 2 here."""
    command: Any = typer.main.get_command(app)
    equip(command, program)
    try:
        # Not `command.main`: it answers a closed pipe and Ctrl-C in its own way.
        with command.make_context(program, as_kubectl_reads(arguments), obj=surroundings) as context:
            result = command.invoke(context)
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except typer.Exit as exit_:
        return exit_.exit_code
    except _USAGE_ERRORS as error:
        _usage_error(error, surroundings, program)
        return ExitCode.USAGE
    return result if isinstance(result, int) else ExitCode.DONE


def _usage_error(error: Any, surroundings: Surroundings, program: str) -> None:
    if type(error).__name__ == "NoArgsIsHelpError":
        surroundings.stderr.write(error.format_message() + "\n")  # its message is the whole help
        return
    path = error.ctx.command_path if error.ctx is not None else program
    message = error.format_message().strip().removesuffix(".")
    message = " ".join(message.replace(". Choose from:", "; choose from").split())
    message = message[:1].lower() + message[1:]
    hint = f"try '{path} --help'"
    if type(error).__name__ == "NoSuchOption":
        message = f"no such option: {error.option_name}"
        hint = _nearest(error.option_name, error.possibilities or ()) + hint
        if hasattr(getattr(error.ctx, "command", None), "list_commands"):
            what = "KIND NAME" if error.ctx.info_name == "create" else "COMMAND"
            hint = f"options stand behind the command: '{path} {what} {error.option_name} …'; {hint}"
    taken = getattr(error, "param", None)
    choices = getattr(getattr(taken, "type", None), "choices", None)
    if (
        choices and taken is not None and "': '-" in message
    ):  # the value was left out, the next option taken for it
        words = [str(getattr(choice, "value", choice)) for choice in choices]
        message = f"{taken.opts[0]} needs a value: {', '.join(words)}"
        hint = f"for example {taken.opts[0]}={words[min(1, len(words) - 1)]}; {hint}"
    surroundings.stderr.write(f"error: {printable(message)}\nhint: {printable(hint)}\n")


def _nearest(typed: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(typed, known, n=1, cutoff=0.75)
    return f"did you mean '{near[0]}'? " if near else ""
