"""`sednactl completion`: print the script that lets a shell complete commands, flags and kinds."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from sednactl.errors import ExitCode
from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Shell(str, Enum):
    """The shells that there are scripts for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


SCRIPTS = {Shell.BASH: "sednactl.bash", Shell.ZSH: "_sednactl", Shell.FISH: "sednactl.fish"}
"""File names as each shell's completion folder wants them."""


@app.command()
def completion(
    ctx: typer.Context,
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> int:
    """Print the completion script of a shell.

    \b
    Examples:
      source <(sednactl completion bash)
      sednactl completion bash > ~/.local/share/bash-completion/completions/sednactl
      sednactl completion zsh > "${fpath[1]}/_sednactl"
      sednactl completion fish > ~/.config/fish/completions/sednactl.fish
    """
    from sednactl.packaged import completions_dir

    surroundings: Surroundings = ctx.obj
    script = completions_dir() / SCRIPTS[shell]
    surroundings.stdout.write(script.read_text(encoding="utf-8"))
    return ExitCode.DONE
