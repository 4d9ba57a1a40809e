"""`sednactl templates`: what create renders from, to read or to copy and change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.errors import ExitCode, InvalidInput, UsageError

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

_SETTINGS = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, context_settings=_SETTINGS
)


@app.callback()
def templates() -> None:
    """List, show or copy the templates that create uses.

    \b
    Examples:
      sednactl templates list
      sednactl templates show ji --values > values.yaml
      sednactl templates eject ji --to my-templates
      sednactl create ji helmet -f values.yaml --template my-templates/jointinference.yaml.j2
    """


@app.command("list")
def list_(ctx: typer.Context) -> int:
    """List the templates that come along, one a kind.

    \b
    Example:
      sednactl templates list
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.manifests.templates import packaged_templates
    from sednactl.render.fitting import fitted

    surroundings: Surroundings = ctx.obj
    rows = [(one.word, one.kind, one.name, one.purpose) for one in packaged_templates()]
    surroundings.stdout.write(
        fitted(
            ("NAME", "KIND", "FILE", "PURPOSE"), rows, room_of(surroundings.stdout), spare=("KIND", "FILE")
        )
    )
    return ExitCode.DONE


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A kind (jointinference, ji …) or a part (parts/worker.yaml.j2)."
        ),
    ],
    values: Annotated[
        bool, typer.Option("--values", help="Show an example of a values file instead.")
    ] = False,
) -> int:
    """Print a template, or an example of the values it takes.

    \b
    Examples:
      sednactl templates show ji
      sednactl templates show parts/worker.yaml.j2
      sednactl templates show ji --values > values.yaml
    """
    from sednactl.manifests.templates import example_values, packaged_file, template_named

    surroundings: Surroundings = ctx.obj
    file = packaged_file(template_named(name))
    assert file is not None  # noqa: S101 - template_named says so
    surroundings.stdout.write(example_values(name) if values else file.read_text("utf-8"))
    return ExitCode.DONE


@app.command()
def eject(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A kind, or a part (parts/worker.yaml.j2).")],
    to: Annotated[
        str, typer.Option("--to", metavar="DIR", help="Folder to copy into; made if missing.")
    ] = ".",
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> int:
    """Copy a template into a folder, to be changed and used with create --template.

    The copy finds the parts it imports by itself: a part in its own folder first,
    else the one that comes along. Nothing else can be read from it.

    A template sees name, metadata, vars (your own values) and what the kind's values
    say; for a joint inference service that is cloud and edge, each with model, image,
    node, hostNetwork, env, requests, limits, volumes, mounts, container, sidecars,
    pod and hpa, edge also hem. Workers of other kinds look the same: aggregation and
    train.workers; train, eval and deploy, with trigger; user, tracking.workers and
    reid; worker where a kind has one. The filter yaml quotes: {{ cloud.image | yaml }}

    \b
    Examples:
      sednactl templates eject ji --to my-templates
      sednactl templates eject parts/worker.yaml.j2 --to my-templates
    """
    from sednactl.manifests.templates import packaged_file, template_named

    surroundings: Surroundings = ctx.obj
    found = template_named(name)
    source = packaged_file(found)
    assert source is not None  # noqa: S101 - template_named says so
    target = Path(to) / found
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w" if force else "x", encoding="utf-8") as file:
            file.write(source.read_text("utf-8"))
    except FileExistsError:
        raise UsageError(f"{target} is there already", hint="--force overwrites it") from None
    except OSError as error:
        raise InvalidInput(f"{target}: cannot be written: {error.strerror}") from None
    surroundings.stdout.write(f"{target}\n")
    return ExitCode.DONE
