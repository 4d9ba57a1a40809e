"""Every command explains itself, the same in the list of commands and in its own help, and shows examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from sednactl.cli.commands import COMMANDS, LazyGroup, app
from sednactl.cli.everywhere import equip
from sednactl.cli.scale import ScaleGroup


def _tree() -> Iterator[tuple[str, Any]]:
    root: Any = typer.main.get_command(app)
    assert isinstance(root, LazyGroup)
    context: Any = typer.Context(root, info_name="sednactl")
    for name in COMMANDS:
        command = root.get_command(context, name)
        yield name, command
        yield from _below(name, command)


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        return
    context: Any = typer.Context(command, info_name="sednactl")
    for name in command.list_commands(context):
        each = command.get_command(context, name)
        yield f"{path} {name}", each
        yield from _below(f"{path} {name}", each)


TREE = dict(_tree())


def _first_paragraph(command: Any) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split()).removesuffix(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    assert _first_paragraph(TREE[name]) == COMMANDS[name].summary


@pytest.mark.parametrize("name", ScaleGroup.words)
def test_a_group_that_loads_later_says_what_its_command_says(name: str) -> None:
    assert _first_paragraph(TREE[f"scale {name}"]) == ScaleGroup.words[name].summary


@pytest.mark.parametrize("path", [path for path, command in TREE.items() if not hasattr(command, "commands")])
def test_every_command_shows_an_example(path: str) -> None:
    command = TREE[path]
    examples = [
        line.strip()
        for line in (command.help or "").splitlines()
        if line.strip().startswith(f"sednactl {path}")
    ]
    # `sednactl create ji` is an example of `create jointinference`
    if not examples and path.startswith("create "):
        examples = [line for line in command.help.splitlines() if "sednactl create " in line]
    assert examples, command.help
    assert "\b" in command.help, "examples would be wrapped into one paragraph"


@pytest.mark.parametrize("path", TREE)
def test_every_option_is_explained(path: str) -> None:
    for parameter in TREE[path].params:
        assert getattr(parameter, "help", None), f"{path}: {parameter.opts}"


@pytest.mark.parametrize("path", TREE)
def test_no_option_is_spelled_twice(path: str) -> None:
    spelled = [
        each for parameter in TREE[path].params for each in (*parameter.opts, *parameter.secondary_opts)
    ]
    assert len(spelled) == len(set(spelled))


@pytest.mark.parametrize("path", TREE)
def test_usage_is_written_as_kubectl_writes_it(path: str) -> None:
    command = TREE[path]
    equip(command, "sednactl")
    context: Any = typer.Context(command, info_name=f"sednactl {path}")
    text = command.get_help(context)
    assert "{" not in text.partition("\n")[0], "typer's braces around what is required"
    assert "<" not in text.partition("Options:")[2], "typer's brackets around a choice"


@pytest.mark.parametrize("path", [path for path, command in TREE.items() if hasattr(command, "commands")])
def test_every_group_shows_an_example(path: str) -> None:
    assert f"sednactl {path} " in TREE[path].help


def test_groups_are_known_without_importing_them() -> None:
    assert {name for name in COMMANDS if hasattr(TREE[name], "commands")} == {
        name for name, entry in COMMANDS.items() if entry.group
    }
