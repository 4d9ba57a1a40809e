"""Write the command reference, `docs/commands.md` and the manual page `docs/sednactl.1`, from the command tree itself.

`make reference` writes them; `--check` says whether they are what this program would
write. Neither holds a date or a version, so that only a change of a command changes them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from sednactl.cli.commands import COMMANDS, app, equip
from sednactl.errors import ExitCode

FOLDER = Path(__file__).parent
PROGRAM = "sednactl"

EXIT_CODES = {
    ExitCode.DONE: "done; nothing was found; no difference",
    ExitCode.FOUND: "findings or differences",
    ExitCode.USAGE: "wrong flags or arguments",
    ExitCode.INVALID: "invalid input: a file, values or a manifest that cannot be used",
    ExitCode.REFUSED: "the cluster refused",
    ExitCode.UNREACHABLE: "the cluster cannot be reached",
    ExitCode.UNMET: "a wait ran out, or a condition was not met",
    ExitCode.PARTIAL: "partly done; the output says what was left",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
}
ENVIRONMENT = {
    "KUBECONFIG": "kubeconfig files, separated by colons, where no --kubeconfig is given",
    "NO_COLOR, FORCE_COLOR": "no colour, or colour also where output is no terminal",
    "XDG_STATE_HOME": "where bundles of what cleanup deleted, and sandboxes, are kept (default ~/.local/state)",
}


@dataclass(frozen=True)
class Option:
    """One option: its spellings with the value it takes, and its line of help."""

    spelled: str
    help: str


@dataclass(frozen=True)
class Command:
    """One command at its place in the tree, e.g. ("scale", "watch"). `text` are its paragraphs, `blocks` lines as they stand."""

    path: tuple[str, ...]
    summary: str
    usage: str
    parts: tuple[tuple[str, ...], ...]
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]
    shared: bool
    below: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Write it as it is typed."""
        return " ".join((PROGRAM, *self.path))


CLUSTER_FLAGS = (
    "--kubeconfig",
    "--context",
    "--namespace",
    "--request-timeout",
    "--as",
    "--as-group",
    "--sandbox",
)
EVERYWHERE_FLAGS = ("--verbose", "--no-color")


def commands() -> list[Command]:
    """Give every command of the tree, parents first."""
    root: Any = typer.main.get_command(app)
    equip(root, PROGRAM)
    return list(_walk((), root, None, root.help or ""))


def shared_options() -> list[Option]:
    """Give the options that stand at every command that asks a cluster, and at every command."""
    root: Any = typer.main.get_command(app)
    command = root.get_command(typer.Context(root, info_name=PROGRAM), "get")  # type: ignore[arg-type]
    wanted = (*CLUSTER_FLAGS, *EVERYWHERE_FLAGS)
    found = {option.opts[0]: _option(option) for option in command.params if option.opts[0] in wanted}
    return [found[name] for name in wanted if name in found]


def _walk(path: tuple[str, ...], command: Any, above: Any, text: str) -> Iterator[Command]:
    context: Any = typer.Context(command, info_name=path[-1] if path else PROGRAM, parent=above)
    words = command.list_commands(context) if hasattr(command, "list_commands") else []
    below = {word: command.get_command(context, word) for word in words}
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    spelled = {spelling for option in options for spelling in option.opts}
    own = [one for one in options if one.opts[0] not in (*CLUSTER_FLAGS, *EVERYWHERE_FLAGS)]
    parts = tuple(_parts(command.help or text))
    yield Command(
        path,
        " ".join(parts[0]) if parts else "",
        " ".join(command.get_usage(context).removeprefix("Usage:").split()),
        parts,
        tuple(
            Option(one.make_metavar(context), " ".join((one.help or "").split()))
            for one in command.params
            if one.param_type_name == "argument"
        ),
        tuple(_option(one) for one in own),
        "--kubeconfig" in spelled,
        tuple(
            (
                word,
                COMMANDS[word].summary
                if not path
                else " ".join((each.help or "").partition("\n\n")[0].split()).removesuffix("."),
            )
            for word, each in below.items()
        ),
    )
    for word, each in below.items():
        yield from _walk((*path, word), each, context, "")


def _option(option: Any) -> Option:
    spellings = ", ".join((*option.opts, *option.secondary_opts))
    value = (
        ""
        if option.is_flag or getattr(option, "count", False)
        else f" {option.metavar or option.name.upper()}"
    )
    return Option(f"{spellings}{value}", " ".join((option.help or "").split()))


def _parts(text: str) -> Iterator[tuple[str, ...]]:
    """Give paragraphs; one that begins with a line of only \\b keeps its lines, indented as they stand."""
    import inspect

    for part in inspect.cleandoc(text).split("\n\n"):
        lines = [line.rstrip() for line in part.split("\n")]
        if lines[0] == "\b":
            yield ("\b", *lines[1:])
        elif any(lines):
            yield tuple(line.strip() for line in lines)


# -- Markdown ------------------------------------------------------------


def markdown(tree: list[Command]) -> str:
    """Give the reference as Markdown: a table of contents, then a section a command."""
    text = (
        "# Commands\n\n"
        "Made by `make reference` from the program's own help; do not edit.\n\n"
        "Installed as `kubectl-sedna`, too: `kubectl sedna get` is `sednactl get`.\n\n"
    )
    for command in tree[1:]:
        text += f"{'  ' * (len(command.path) - 1)}- [{command.name}](#{_anchor(command.name)})\n"
    text += "\n## Everywhere\n\n"
    text += "Commands that ask a cluster take these; `-v` and `--no-color` stand at every command.\n\n"
    text += _option_list(shared_options())
    text += "\n## Exit codes\n\n| code | meaning |\n|---|---|\n"
    text += "".join(f"| {int(code)} | {meaning} |\n" for code, meaning in EXIT_CODES.items())
    text += "\n## Environment\n\n"
    text += "".join(f"- `{name}`: {meaning}\n" for name, meaning in ENVIRONMENT.items())
    for command in tree[1:]:
        text += "\n" + _section(command)
    return text


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", name.lower()).replace(" ", "-")


def _section(command: Command) -> str:
    text = f"{'#' * min(2 + len(command.path) - 1, 4)} {command.name}\n\n"
    for part in command.parts:
        if part[0] == "\b":
            head, *lines = part[1:]
            shell = "sh" if any(line.strip().startswith(PROGRAM) for line in lines) else ""
            text += (
                f"{head}\n\n```{shell}\n"
                + "".join(f"{line.removeprefix('  ')}\n" for line in lines)
                + "```\n\n"
            )
        else:
            text += _escaped(" ".join(part)) + "\n\n"
    text += f"```\n{command.usage}\n```\n\n"
    if command.below:
        text += "".join(f"- `{word}`: {_escaped(summary)}\n" for word, summary in command.below) + "\n"
    if command.arguments:
        text += _option_list(command.arguments) + "\n"
    if command.options:
        text += _option_list(command.options) + "\n"
    if command.shared:
        text += "And the options of [every command that asks a cluster](#everywhere).\n"
    return text.rstrip("\n") + "\n"


def _option_list(options: Any) -> str:
    return "".join(f"- `{option.spelled}`: {_escaped(option.help)}\n" for option in options)


def _escaped(text: str) -> str:
    return re.sub(r"([<>*_|])", r"\\\1", text)


# -- manual page -----------------------------------------------------------


def manual(tree: list[Command]) -> str:
    """Give the manual page for man(1), in the macros of man(7)."""
    root = tree[0]
    lines = [
        ".\\\" Made by `make reference` from the program's own help; do not edit.",
        '.TH SEDNACTL 1 "" "sednactl" "User Commands"',
        ".SH NAME",
        f"sednactl, kubectl\\-sedna \\- {_roff(root.summary[:1].lower() + root.summary[1:].removesuffix('.'))}",
        ".SH SYNOPSIS",
        ".B sednactl",
        "COMMAND [ARGUMENTS]",
        ".br",
        ".B kubectl sedna",
        "COMMAND [ARGUMENTS]",
        ".SH DESCRIPTION",
        *_roff_parts(root.parts[1:]),
        ".SH COMMANDS",
    ]
    for command in tree[1:]:
        lines += [f".SS {_roff(command.name.removeprefix(PROGRAM + ' '))}", *_roff_parts(command.parts)]
        for option in (*command.arguments, *command.options):
            lines += [".TP", f".B {_roff(option.spelled)}", _roff_line(option.help)]
    lines.append(".SH OPTIONS OF EVERY COMMAND THAT ASKS A CLUSTER")
    for option in shared_options():
        lines += [".TP", f".B {_roff(option.spelled)}", _roff_line(option.help)]
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXIT_CODES.items():
        lines += [".TP", f".B {int(code)}", _roff_line(meaning)]
    lines.append(".SH ENVIRONMENT")
    for name, meaning in ENVIRONMENT.items():
        lines += [".TP", f".B {_roff(name)}", _roff_line(meaning)]
    lines += [".SH SEE ALSO", ".BR kubectl (1)"]
    return "\n".join(lines) + "\n"


def _roff_parts(parts: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for part in parts:
        if part[0] == "\b":
            yield ".PP"
            yield _roff_line(part[1])
            yield ".RS"
            yield ".nf"
            for line in part[2:]:
                yield _roff_line(line.removeprefix("  "))
            yield ".fi"
            yield ".RE"
        else:
            yield ".PP"
            yield _roff_line(" ".join(part))


def _roff(text: str) -> str:
    """Write text so that troff takes no letter of it for a command."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    for letter, name in (("…", "..."), ("→", "\\->"), ("–", "\\(en"), ("≥", ">=")):
        plain = plain.replace(letter, name)
    return plain


def _roff_line(text: str) -> str:
    line = _roff(text)
    return f"\\&{line}" if line[:1] in (".", "'") else line


def pages() -> dict[str, str]:
    """Give every file by its name."""
    tree = commands()
    return {"commands.md": markdown(tree), "sednactl.1": manual(tree)}


def main() -> int:
    """Write the files, or with --check tell whether they are up to date."""
    stale = False
    for name, text in pages().items():
        path = FOLDER / name
        if "--check" in sys.argv[1:]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                print(f"docs/{name} is stale: make reference", file=sys.stderr)
                stale = True
        else:
            path.write_text(text, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
