"""Write the completion scripts of bash, zsh and fish from the command tree itself (`make completions`).

They are static: a shell that asks Python at every Tab waits for an interpreter
each time. Only names that live in a cluster are asked for, and for a second at most. `--check` says whether the files are what this program would write.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from sednactl.cli.commands import COMMANDS, app, equip
from sednactl.sedna.kinds import SEDNA_KINDS

FOLDER = Path(__file__).parent
KINDS = tuple(kind.word for kind in SEDNA_KINDS)
ALIASES = {kind.word: kind.aliases for kind in SEDNA_KINDS}
_MADE = "made by `make completions` from the program's own options; do not edit"
_FORMATS = ("table", "wide", "text", "yaml", "json", "jsonl", "name", "diff", "junit", "sarif", "github")
_FILES, _FOLDERS = "@files", "@folders"
_NAMES, _SERVICES, _NAMESPACES, _CONTEXTS = "@names", "@services", "@namespaces", "@contexts"
_LIVE = (_NAMES, _SERVICES, _NAMESPACES, _CONTEXTS)


@dataclass(frozen=True)
class Option:
    """One option: its spellings, whether a value follows, what that may be, and its line of help."""

    spellings: tuple[str, ...]
    takes_value: bool
    values: tuple[str, ...]
    help: str
    metavar: str
    repeats: bool


@dataclass(frozen=True)
class Node:
    """One command at its place in the tree, e.g. ("scale", "watch")."""

    path: tuple[str, ...]
    aliases: tuple[str, ...]
    summary: str
    below: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    first_values: tuple[str, ...]
    more_values: tuple[str, ...]


def nodes() -> list[Node]:
    """Give every command of the tree, parents first."""
    root: Any = typer.main.get_command(app)
    equip(root, "sednactl")
    return list(_walk((), root, None, ""))


_HELP = Option(("-h", "--help"), False, (), "Show this message and exit", "", False)


def _walk(path: tuple[str, ...], command: Any, above: Any, summary: str) -> Iterator[Node]:
    context: Any = typer.Context(command, info_name=path[-1] if path else "sednactl", parent=above)
    words = command.list_commands(context) if hasattr(command, "list_commands") else []
    commands = {word: command.get_command(context, word) for word in words}
    summaries = {
        word: COMMANDS[word].summary if not path else each.get_short_help_str(200).removesuffix(".")
        for word, each in commands.items()
    }
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    positions = [_values_of(argument) for argument in arguments]
    first = positions[0] if positions else ()
    more = positions[-1] if positions and (len(positions) > 1 or arguments[0].nargs != 1) else ()
    if first == KINDS and "NAME" in (arguments[0].metavar or ""):
        more = (_NAMES,)  # a kind comes first, names after it
    elif more == KINDS:
        more = ()
    if path[:1] == ("scale",) and arguments and "NAME" in (arguments[0].metavar or ""):
        first = (_SERVICES,)
    aliases = ALIASES.get(path[-1], ()) if path[:1] == ("create",) and len(path) == 2 else ()
    yield Node(path, aliases, summary, tuple(summaries.items()), (*_options(command), _HELP), first, more)
    for word, each in commands.items():
        yield from _walk((*path, word), each, context, summaries[word])


def _options(command: Any) -> tuple[Option, ...]:
    return tuple(
        Option(
            (*option.opts, *option.secondary_opts),
            not option.is_flag and not getattr(option, "count", False),
            _values_of(option),
            " ".join((option.help or "").split()).removesuffix("."),
            option.metavar or option.name.upper(),
            option.multiple,
        )
        for option in command.params
        if option.param_type_name == "option" and not option.hidden
    )


def _values_of(parameter: Any) -> tuple[str, ...]:
    choices = getattr(parameter.type, "choices", None)
    if choices:
        return tuple(str(getattr(choice, "value", choice)) for choice in choices)
    metavar = (parameter.metavar or parameter.name or "").upper().strip("[].…")
    if "|" in metavar and metavar.replace("|", "").replace("-", "").isalnum():
        return tuple(metavar.lower().split("|"))
    if "--output" in parameter.opts:  # a free value, as `jsonpath=…` is none of a fixed set
        return tuple(each for each in _FORMATS if re.search(rf"\b{each}\b", parameter.help or ""))
    if "--namespace" in parameter.opts:
        return (_NAMESPACES,)
    if "--context" in parameter.opts or "--contexts" in parameter.opts:
        return (_CONTEXTS,)
    if re.match(r"KIND\b", metavar):
        return KINDS
    if "FILE" in metavar or "BUNDLE" in metavar or "PATH" in metavar:
        return (_FILES,)
    if metavar.startswith(("FOLDER", "DIR")):
        return (_FOLDERS,)
    return ()


# -- bash ------------------------------------------------------------------


def bash(tree: list[Node]) -> str:
    """Give the script for bash 3.2 and newer; it needs nothing of the bash-completion package."""
    about = []
    for node in tree:
        valued = [each for option in node.options if option.takes_value for each in option.spellings]
        spelled = [each for option in node.options for each in option.spellings]
        about.append(
            f"        {_place(node)})\n"
            f"            below='{' '.join(name for name, _ in node.below)}'\n"
            f"            aliases='{' '.join(_aliases_below(node))}'\n"
            f"            options='{' '.join(spelled)}'\n"
            f"            valued='{' '.join(valued)}'\n"
            f"            first='{' '.join(node.first_values)}' more='{' '.join(node.more_values)}' ;;"
        )
    values = []
    for node in tree:
        for option in node.options:
            if option.takes_value and option.values:
                places = " | ".join(f"'{_place(node)} {spelling}'" for spelling in option.spellings)
                values.append(f"        {places}) values='{' '.join(option.values)}' ;;")
    return _BASH.format(made=_MADE, about="\n".join(about), values="\n".join(values))


def _aliases_below(node: Node) -> list[str]:
    if node.path != ("create",):
        return []
    return [f"{alias}={word}" for word, _ in node.below for alias in ALIASES.get(word, ())]


def _place(node: Node) -> str:
    return "/" + "/".join(node.path)


_BASH = """# bash completion for sednactl; {made}

_sednactl_about() {{
    below= aliases= options= valued= first= more=
    case $1 in
{about}
    esac
}}

_sednactl_values() {{
    values=
    case $1 in
{values}
    esac
}}

_sednactl_live() {{
    command sednactl __names "$1" "${{COMP_WORDS[@]:1:COMP_CWORD-1}}" 2>/dev/null
}}

_sednactl_offer() {{
    case $1 in
        @files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
        @folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
        @*) COMPREPLY=($(compgen -W "$(_sednactl_live "${{1#@}}")" -- "$2")) ;;
        *) COMPREPLY=($(compgen -W "$1" -- "$2")) ;;
    esac
}}

_sednactl() {{
    local IFS=$' \\t\\n' cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
    local place=/ word i waiting= count=0 only_names= below aliases options valued first more values
    COMPREPLY=()
    # bash cuts --output=json into three words
    if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${{COMP_WORDS[COMP_CWORD-2]}}; fi
    _sednactl_about "$place"
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        if [[ -n $waiting ]]; then
            [[ $word == = ]] || waiting=
        elif [[ $word == = ]]; then
            waiting=1
        elif [[ $word == -- ]]; then
            only_names=1
        elif [[ $word == -* && -z $only_names ]]; then
            [[ " $valued " == *" $word "* ]] && waiting=1
        elif [[ " $below " == *" $word "* ]]; then
            place=${{place%/}}/$word
            _sednactl_about "$place"
        elif [[ " $aliases " == *" $word="* ]]; then
            word=${{aliases#*"$word="}}
            place=${{place%/}}/${{word%% *}}
            _sednactl_about "$place"
        else
            count=$((count + 1))
        fi
    done
    if [[ -n $waiting ]]; then
        _sednactl_values "$place $prev"
        _sednactl_offer "$values" "$cur"
    elif [[ $cur == -* && -z $only_names ]]; then
        _sednactl_offer "$options" "$cur"
    elif [[ -n $below ]]; then
        _sednactl_offer "$below" "$cur"
    elif ((count == 0)); then
        _sednactl_offer "$first" "$cur"
    else
        _sednactl_offer "$more" "$cur"
    fi
}}

complete -F _sednactl sednactl kubectl-sedna
"""


# -- zsh -------------------------------------------------------------------


def zsh(tree: list[Node]) -> str:
    """Give the script for zsh, to be named `_sednactl` in a folder of $fpath."""
    functions = _ZSH_LIVE + "\n" + "\n".join(_zsh_function(node) for node in tree)
    return (
        f"#compdef sednactl kubectl-sedna\n# zsh completion for sednactl; {_MADE}\n\n{functions}\n"
        'if [ "$funcstack[1]" = "_sednactl" ]; then\n    _sednactl "$@"\nelse\n'
        "    compdef _sednactl sednactl kubectl-sedna\nfi\n"
    )


_ZSH_LIVE = """_sednactl_live() {
    local -a found
    found=(${(f)"$(command sednactl __names $1 ${(Q)words[2,CURRENT-1]} 2>/dev/null)"})
    compadd -a found
}
"""


def _zsh_function(node: Node) -> str:
    lines = [_zsh_option(option) for option in node.options]
    name = "_".join(("_sednactl", *(part.replace("-", "_") for part in node.path)))
    if node.below:
        described = " ".join(_zsh_quote(f"{each}:{summary}") for each, summary in node.below)
        lines += ["'1: :->command'", "'*:: :->below'"]
        cases = "\n".join(
            f"                {'|'.join((each, *_aliases_of(node, each)))}) {name}_{each.replace('-', '_')} ;;"
            for each, _ in node.below
        )
        after = (
            "    case $state in\n"
            f"        command)\n            commands=({described})\n"
            "            _describe -t commands command commands ;;\n"
            f"        below)\n            case $words[1] in\n{cases}\n            esac ;;\n    esac\n"
        )
        head = (
            '    local curcontext="$curcontext" state line\n    local -a commands\n    typeset -A opt_args\n'
        )
        arguments = " \\\n        ".join(["_arguments -C -S -A '-*'", *lines])
        return f"{name}() {{\n{head}    {arguments}\n{after}}}\n"
    if node.first_values:
        lines.append(f"'1:{_zsh_label(node.first_values)}:{_zsh_action(node.first_values)}'")
    if node.more_values:
        lines.append(f"'*:{_zsh_label(node.more_values)}:{_zsh_action(node.more_values)}'")
    else:
        lines.append("'*:name: '")  # else zsh offers no option after a name
    arguments = " \\\n        ".join(["_arguments -S", *lines])
    return f"{name}() {{\n    {arguments}\n}}\n"


def _aliases_of(node: Node, word: str) -> tuple[str, ...]:
    return ALIASES.get(word, ()) if node.path == ("create",) else ()


def _zsh_option(option: Option) -> str:
    spelled = " ".join(option.spellings)
    explained = _zsh_escape(option.help)
    value = ""
    if option.takes_value:
        value = f":{_zsh_escape(option.metavar)}:{_zsh_action(option.values)}"
    endings = ["=" if option.takes_value and each.startswith("--") else "" for each in option.spellings]
    excluded = "'*'" if option.repeats else f"'({spelled})'"
    if len(option.spellings) == 1:
        return f"{excluded}{option.spellings[0]}{endings[0]}'[{explained}]{value}'"
    alternatives = ",".join(each + ending for each, ending in zip(option.spellings, endings, strict=True))
    return f"{excluded}{{{alternatives}}}'[{explained}]{value}'"


def _zsh_label(values: tuple[str, ...]) -> str:
    if values[0] in _LIVE:
        return "name"
    return {KINDS: "kind", (_FILES,): "file", (_FOLDERS,): "folder"}.get(values, "value")


def _zsh_action(values: tuple[str, ...]) -> str:
    if not values:
        return " "
    if values[0] in _LIVE:
        return f"{{_sednactl_live {values[0].removeprefix('@')}}}"
    return {(_FILES,): "_files", (_FOLDERS,): "_files -/"}.get(values, f"({' '.join(values)})")


def _zsh_escape(text: str) -> str:
    for special in "\\[]:":
        text = text.replace(special, f"\\{special}")
    return text.replace("'", "'\\''")


def _zsh_quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# -- fish ------------------------------------------------------------------


def fish(tree: list[Node]) -> str:
    """Give the script for fish 3 and newer."""
    places = " ".join(_place(node) for node in tree if node.path)
    aliases = "\n".join(
        f"            case {_place(node)[: -len(node.path[-1])]}{alias}\n                set next {_place(node)}"
        for node in tree
        for alias in node.aliases
    )
    lines = []
    for node in tree:
        at = f"complete -c sednactl -n '__sednactl_at {_place(node)}'"
        lines += [f"{at} -f -a {each} -d {_fish_quote(summary)}" for each, summary in node.below]
        for values, which in ((node.first_values, "first"), (node.more_values, "more")):
            condition = f"complete -c sednactl -n '__sednactl_at {_place(node)} {which}'"
            if values == (_FILES,):
                lines.append(f"{condition} -F")
            elif values and values != (_FOLDERS,):
                lines.append(f"{condition} -f -a '{_fish_values(values)}'")
        lines += [f"{at} {_fish_option(option)}" for option in node.options]
    valued = sorted(
        {each for node in tree for option in node.options if option.takes_value for each in option.spellings}
    )
    return _FISH.format(
        made=_MADE, places=places, valued=" ".join(valued), aliases=aliases, lines="\n".join(lines)
    )


def _fish_option(option: Option) -> str:
    parts = [
        f"-l {each.removeprefix('--')}" if each.startswith("--") else f"-s {each.removeprefix('-')}"
        for each in option.spellings
    ]
    if option.takes_value:
        if option.values == (_FILES,):
            parts.append("-r -F")
        elif option.values == (_FOLDERS,):
            parts.append("-x -a '(__fish_complete_directories)'")
        elif option.values:
            parts.append(f"-x -a '{_fish_values(option.values)}'")
        else:
            parts.append("-x")
    return " ".join([*parts, f"-d {_fish_quote(option.help)}"])


def _fish_values(values: tuple[str, ...]) -> str:
    if values[0] in _LIVE:
        return f"(__sednactl_live {values[0].removeprefix('@')})"
    return " ".join(values)


def _fish_quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_FISH = """# fish completion for sednactl; {made}

# True where the words so far lead to this place, e.g. `/scale/watch`; with `first` only
# before the first argument, with `more` only after it.
function __sednactl_at
    set -l place ''
    set -l count 0
    set -l waiting 0
    for word in (commandline -opc)[2..-1]
        set -l next $place/$word
        switch $next
{aliases}
        end
        if test $waiting = 1
            set waiting 0
        else if contains -- $word $__sednactl_valued
            set waiting 1
        else if string match -q -- '-*' $word
            continue
        else if contains -- $next $__sednactl_places
            set place $next
        else
            set count (math $count + 1)
        end
    end
    test -z "$place"; and set place /
    test "$place" = "$argv[1]"; or return 1
    switch "$argv[2]"
        case first
            test $count = 0
        case more
            test $count != 0
    end
end

# Names that live in the cluster, or in the kubeconfig; for a second at most.
function __sednactl_live
    command -q sednactl; and command sednactl __names $argv[1] (commandline -opc)[2..-1] 2>/dev/null
end

set -g __sednactl_places {places}
set -g __sednactl_valued {valued}

complete -c sednactl -f
complete -c kubectl-sedna -w sednactl
{lines}
"""


def scripts() -> dict[str, str]:
    """Give every script by its file name."""
    tree = nodes()
    return {"sednactl.bash": bash(tree), "_sednactl": zsh(tree), "sednactl.fish": fish(tree)}


def main() -> int:
    """Write the files, or with --check tell whether they are up to date."""
    stale = False
    for name, text in scripts().items():
        path = FOLDER / name
        if "--check" in sys.argv[1:]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                print(f"{name} is stale: make completions", file=sys.stderr)
                stale = True
        else:
            path.write_text(text, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
