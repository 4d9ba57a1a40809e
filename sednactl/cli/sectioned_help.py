"""Help for a command with many options: one section a theme instead of one long list."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class SectionedCommand(TyperCommand):
    """A command whose help lists its options under their `rich_help_panel`, in the order they first appear.

    Arguments come with them; options without a theme last, under `Options`.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options by sections."""
        sections: dict[str, list[tuple[str, str]]] = {}
        rest: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            panel: str | None = getattr(parameter, "rich_help_panel", None)
            if parameter.param_type_name == "argument":
                panel = "Arguments"
            (sections.setdefault(panel, []) if panel else rest).append(record)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)
        if rest:
            with formatter.section("Options"):
                formatter.write_dl(rest)
