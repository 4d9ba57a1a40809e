"""A group of commands that imports the module of one only when its word is typed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

from sednactl.cli.everywhere import PROGRAM, equip, unknown_word
from sednactl.records import Record


class Word(Record):
    """A command of a group: the module and the name of its function, and its line in the group's help."""

    module: str
    function: str
    summary: str


class LaterGroup(TyperGroup):
    """Knows the words and summaries of its commands; a subclass says them as `words`, in the help's order."""

    words: ClassVar[Mapping[str, Word]] = {}

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the words in the order of the help."""
        return list(self.words)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of one command and give its click command, made once though the parser asks twice."""
        word = self.words.get(cmd_name)
        if word is None:
            return None
        if cmd_name not in self.commands:
            alone = typer.Typer(
                rich_markup_mode=None,
                add_completion=False,
                context_settings={"help_option_names": ["-h", "--help"]},
            )
            alone.command(cmd_name)(getattr(import_module(f"sednactl.cli.{word.module}"), word.function))
            command: Any = typer.main.get_command(alone)
            equip(command, ctx.find_root().info_name or PROGRAM)
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first argument names; a near miss is answered with what was meant."""
        if args and args[0] not in self.words and not args[0].startswith("-"):
            raise unknown_word("command", args[0], self.words, ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - click's signature
        """Write the words with their summaries, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, word.summary) for name, word in self.words.items()])
