"""`sednactl create KIND NAME`: the kinds it knows. Each kind's module is imported only when that kind is typed."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from sednactl.cli.everywhere import PROGRAM, equip, unknown_word

_KINDS = {
    "jointinference": ("create_jointinference", "Inference on the edge, hard examples in the cloud (ji)"),
    "federatedlearning": ("create_federatedlearning", "One model learned where the data lies (fl)"),
    "incrementallearning": ("create_incrementallearning", "A deployed model that goes on learning (il)"),
    "lifelonglearning": ("create_lifelonglearning", "Knowledge of many tasks, learned without end (ll)"),
    "featureextraction": ("create_featureextraction", "Pictures turned into features (fe)"),
    "objectsearch": ("create_objectsearch", "Objects searched across cameras (os)"),
    "objecttracking": ("create_objecttracking", "Objects followed across cameras; stored, never run (ot)"),
    "reid": ("create_reid", "Objects recognised again, once"),
    "videoanalytics": ("create_videoanalytics", "Objects found in a video (va)"),
    "model": ("create_model", "A model file that workers load"),
    "dataset": ("create_dataset", "Data on a node, or in a store that the node reads"),
}


class KindGroup(TyperGroup):
    """Knows every kind's word and summary; takes aliases such as `ji`."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the kinds in the order of the help."""
        return list(_KINDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of one kind and give its click command."""
        from sednactl.sedna.kinds import kind_named

        kind = kind_named(cmd_name)
        if kind is None or kind.word not in _KINDS:
            return None
        return _command(kind.word, ctx.find_root().info_name or PROGRAM)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the kind that the first argument names; a near miss is answered with what was meant."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise unknown_word("kind to create", args[0], _KINDS, ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - click's signature
        """Write the kinds without importing any of their modules."""
        with formatter.section("Kinds"):
            formatter.write_dl([(word, summary) for word, (_, summary) in _KINDS.items()])


@lru_cache(maxsize=len(_KINDS))
def _command(word: str, program: str) -> Any:
    """Make the command of one kind, once, though the parser asks for it twice."""
    command: Any = typer.main.get_command(import_module(f"sednactl.cli.{_KINDS[word][0]}").app)
    command.name = word
    equip(command, program)
    return command


app = typer.Typer(
    cls=KindGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def create() -> None:
    """Render a workload from a template, check it and send it to the cluster.

    \b
    Examples:
      sednactl create ji helmet -f values.yaml --dry-run=client -o yaml
      sednactl create ji helmet -f values.yaml --cloud-hpa max=5,cpu=20% --wait
      sednactl create fl defects -f values.yaml --with-models --with-datasets
      sednactl create model big --url /models/big.pb --format pb
      sednactl create dataset helmets --url /data/helmets.txt --format txt --node edge-1

    Every kind has its own options: sednactl create ji --help
    """
