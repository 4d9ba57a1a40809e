"""`sednactl create dataset`: data on a node, or in a store that the node reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import typer

from sednactl.cli.creating import Flags, create
from sednactl.cli.creating_options import Request, creating_command, option
from sednactl.cli.sectioned_help import SectionedCommand
from sednactl.cluster.access import ClusterAccess

_PANEL = "Dataset"
REQUIRED: dict[tuple[str | int, ...], str] = {
    ("url",): "--url",
    ("format",): "--format",
    ("node",): "--node",
}

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.command(cls=SectionedCommand)
@partial(creating_command, children=False)
def dataset(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")],
    url: Annotated[
        str | None,
        option("--url", panel=_PANEL, metavar="URL", help="The index file: a path on the node, or s3://."),
    ] = None,
    format_: Annotated[
        str | None,
        option(
            "--format",
            panel=_PANEL,
            metavar="FORMAT",
            help="txt or csv for training that Sedna triggers itself.",
        ),
    ] = None,
    node: Annotated[
        str | None,
        option("--node", panel=_PANEL, metavar="NODE", help="Node whose local controller watches the data."),
    ] = None,
    credential: Annotated[
        str | None,
        option(
            "--credential", panel=_PANEL, metavar="SECRET", help="Secret with the access keys for the url."
        ),
    ] = None,
    *,
    request: Request,
    access: ClusterAccess,
) -> int:
    """Create a dataset: where its index file is and which node watches it.

    \b
    Examples:
      sednactl create dataset helmets --url /data/helmets.txt --format txt --node edge-1
      sednactl create dataset helmets --url s3://data/helmets.csv --format csv --node edge-1 --credential s3-keys
    """
    from sednactl.sedna.kinds import DATASET

    def flags(lower: Mapping[str, Any]) -> Flags:  # noqa: ARG001 - other kinds look at it
        given = {"url": url, "format": format_, "node": node, "credential": credential}
        said = {key: value for key, value in given.items() if value is not None}
        return Flags(said, {(key,): f"--{key}" for key in said})

    return create(DATASET, name, request, access, ctx.obj, flags=flags, required=REQUIRED)
