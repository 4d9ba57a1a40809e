"""Questions at a terminal: one home for how they are asked, and for what counts as yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sednactl.cli.terminal_line import room_of
from sednactl.render.fitting import broken

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings


def says_yes(question: str, surroundings: Surroundings) -> bool:
    """Ask, and tell whether the answer is `y` or `yes`; nothing, and the end of input (Ctrl-D), are a no.

    Only for a terminal: see `Surroundings.interactive`.
    """
    stream = surroundings.stderr
    stream.write("\n".join(broken(f"{question} [y/N]", room_of(stream), "")) + " ")
    stream.flush()
    answer = surroundings.stdin.readline()
    if not answer.endswith("\n"):
        stream.write("\n")  # nobody pressed Enter: what is said next begins a line all the same
    return answer.strip().lower() in ("y", "yes")
