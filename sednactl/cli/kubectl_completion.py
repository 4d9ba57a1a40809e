"""`kubectl_complete-sedna`: what kubectl (1.26 and later) asks at Tab after `kubectl sedna`.

It is given the words behind `kubectl sedna`, the last of which is to be completed,
and answers a candidate a line and a last line with a directive. The candidates are
those of the bash script, which knows the commands.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_FILES = ":4"
"""Directive: offer no file names beside the candidates."""
_DEFAULT = ":0"
"""Directive: file names, where there is no candidate."""
_ASK = (
    'source "$1"; shift; COMP_WORDS=(sednactl "$@"); COMP_CWORD=$#; COMPREPLY=(); files=; '
    "compopt() { files=1; }; _sednactl 2>/dev/null; "
    '[[ -n $files || ${#COMPREPLY[@]} == 0 ]] || printf "%s\\n" "${COMPREPLY[@]}"'
)
"""What bash runs: the script says `compopt` only where it offers files, and those the user's own shell finds better."""


def main() -> None:
    """Run the installed command."""
    sys.stdout.write(answer(sys.argv[1:]))


def answer(words: Sequence[str]) -> str:
    """Give kubectl's answer for the words behind `kubectl sedna`; files only, where there is no bash to ask."""
    import subprocess

    from sednactl.packaged import completions_dir

    script = str(completions_dir() / "sednactl.bash")
    try:
        asked = subprocess.run(
            ["bash", "--norc", "-c", _ASK, "bash", script, *(words or ("",))],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return f"{_DEFAULT}\n"
    found = asked.stdout.splitlines()
    return "".join(f"{line}\n" for line in (*found, _NO_FILES if found else _DEFAULT))
