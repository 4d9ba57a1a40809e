"""`sednactl create model`: a model file that workers load."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import typer

from sednactl.cli.creating import Flags, create
from sednactl.cli.creating_options import Request, creating_command, option
from sednactl.cli.sectioned_help import SectionedCommand
from sednactl.cluster.access import ClusterAccess

_PANEL = "Model"
REQUIRED: dict[tuple[str | int, ...], str] = {("url",): "--url", ("format",): "--format"}

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.command(cls=SectionedCommand)
@partial(creating_command, children=False)
def model(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the model.")],
    url: Annotated[
        str | None,
        option("--url", panel=_PANEL, metavar="URL", help="A path on the nodes, s3://, http:// or https://."),
    ] = None,
    format_: Annotated[
        str | None,
        option(
            "--format", panel=_PANEL, metavar="FORMAT", help="Format of the file, e.g. pb, ckpt, onnx, pth."
        ),
    ] = None,
    device_soc: Annotated[
        list[str] | None,
        option("--device-soc", panel=_PANEL, metavar="VERSION", help="Chip it is compiled for. Repeats."),
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
    """Create a model: where its file is and what format it has.

    \b
    Examples:
      sednactl create model little --url /models/little/ --format pb
      sednactl create model big --url s3://models/big.onnx --format onnx --credential s3-keys
      sednactl create model big -f values.yaml --dry-run=client -o yaml
    """
    from sednactl.sedna.kinds import MODEL

    def flags(lower: Mapping[str, Any]) -> Flags:  # noqa: ARG001 - other kinds look at it
        given = {"url": url, "format": format_, "deviceSoc": device_soc or None, "credential": credential}
        said = {key: value for key, value in given.items() if value is not None}
        return Flags(said, {(key,): _FLAG_OF[key] for key in said})

    return create(MODEL, name, request, access, ctx.obj, flags=flags, required=REQUIRED)


_FLAG_OF = {"url": "--url", "format": "--format", "deviceSoc": "--device-soc", "credential": "--credential"}
