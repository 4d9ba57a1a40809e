"""One command in several contexts at once: each as if it were asked alone, none hidden by another's trouble."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.errors import ExitCode, InvalidInput, SednactlError, UsageError

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.surroundings import Surroundings

MOST_AT_ONCE = 8
"""Clusters that are asked at the same time."""

_DOCUMENTS = ("json", "yaml")


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended in one context."""

    context: str
    code: int
    out: str
    err: str


def in_contexts(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    access: ClusterAccess,
    wanted: str | None,
    alone: Sequence[str] = (),
) -> int:
    """Run a command in the contexts that `wanted` names (None: in all), print what each said and give one exit code."""
    surroundings: Surroundings = arguments["ctx"].obj
    for name in alone:
        if arguments.get(name):
            raise UsageError(f"--{name.replace('_', '-')} goes with one context only")
    contexts = contexts_named(access, wanted, surroundings)
    output = _output_of(arguments)
    told = _ask_all(function, arguments, access, contexts, surroundings)
    surroundings.stdout.write(combined(told, output))
    surroundings.stderr.write(
        "".join(f"[{_safe(one.context)}] {line}\n" for one in told for line in one.err.splitlines())
    )
    return code_of([one.code for one in told])


def contexts_named(access: ClusterAccess, wanted: str | None, surroundings: Surroundings) -> list[str]:
    """Give the contexts asked for, in that order. Raises UsageError for one that does not exist."""
    from sednactl.cluster.kubeconfig import kubeconfig_files, read_kubeconfig

    files, must_exist = kubeconfig_files(access, surroundings)
    config = read_kubeconfig(files, must_exist)
    where = ", ".join(map(str, files))
    if config is None or not config["contexts"]:
        raise InvalidInput(f"there is no context in {where}")
    known = list(config["contexts"])
    if wanted is None:
        return known
    names = list(dict.fromkeys(word.strip() for word in wanted.split(",") if word.strip()))
    if not names:
        raise UsageError("--contexts names none", hint=f"contexts that exist: {', '.join(sorted(known))}")
    for name in names:
        if name not in known:
            raise UsageError(
                f'context "{name}" does not exist in {where}',
                hint=f"contexts that exist: {', '.join(sorted(known))}",
            )
    return names


def code_of(codes: Sequence[int]) -> int:
    """Give one exit code for several: what all say; else 7 if some could not be asked or done, else the gravest."""
    if len(set(codes)) == 1:
        return codes[0]
    if all(code in (ExitCode.DONE, ExitCode.FOUND) for code in codes):
        return ExitCode.FOUND
    if wrong := [code for code in codes if code in (ExitCode.USAGE, ExitCode.INVALID)]:
        return max(wrong)
    if all(code in (ExitCode.REFUSED, ExitCode.UNREACHABLE) for code in codes):
        return ExitCode.UNREACHABLE
    return ExitCode.PARTIAL


def combined(told: Sequence[Told], output: str) -> str:
    """Write what all contexts said as one: a document for programs, lines with their context, or a part for each."""
    if output in _DOCUMENTS:
        return _document(told, output)
    if output == "jsonl":
        return "".join(
            json.dumps({"context": one.context, **json.loads(line)}, separators=(",", ":")) + "\n"
            for one in told
            for line in one.out.splitlines()
        )
    if output == "name" or output.startswith("jsonpath"):
        return "".join(f"{_safe(one.context)}\t{line}\n" for one in told for line in one.out.splitlines())
    parts = []
    for one in told:
        text = one.out
        if not text.strip():
            text = "(nothing)\n" if one.code == ExitCode.DONE else "(not known)\n"
        parts.append(f"CONTEXT {_safe(one.context)}\n{text}")
    return "\n".join(parts)


def _document(told: Sequence[Told], output: str) -> str:
    items = [
        {
            "context": one.context,
            "exitCode": int(one.code),
            "result": json.loads(one.out) if one.out.strip() else None,
            "messages": one.err.splitlines(),
        }
        for one in told
    ]
    whole = {"apiVersion": "sednactl.io/v1", "kind": "ContextList", "items": items}
    if output == "json":
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    from sednactl.manifests.writing import to_yaml

    return to_yaml([whole])


def _ask_all(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    access: ClusterAccess,
    contexts: Sequence[str],
    surroundings: Surroundings,
) -> list[Told]:
    """Ask side by side. Whatever one cluster takes, or does to the command, the others are heard."""
    import queue
    import threading

    from sednactl.cli.progress_line import progress_line

    typed = _input_for_all(arguments, surroundings)
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    heard: queue.SimpleQueue[Told | BaseException] = queue.SimpleQueue()
    for context in contexts:
        waiting.put(context)

    def ask() -> None:
        try:
            while True:
                context = waiting.get_nowait()
                heard.put(_ask(function, arguments, access._replace(context=context), surroundings, typed))
        except queue.Empty:
            return
        except BaseException as error:  # noqa: BLE001 - whatever ends the thread is the main one's to know
            heard.put(error)

    for _ in range(min(MOST_AT_ONCE, len(contexts))):
        # Daemons: Ctrl-C must not wait for a cluster that does not answer.
        threading.Thread(target=ask, name="sednactl-context", daemon=True).start()
    told: dict[str, Told] = {}
    with progress_line(surroundings) as tell:
        while len(told) < len(contexts):
            if surroundings.moving(surroundings.stderr):
                tell(f"{len(told)} of {len(contexts)} contexts have answered")
            one = heard.get()
            if isinstance(one, BaseException):
                raise one
            told[one.context] = one
    return [told[context] for context in contexts]


def _input_for_all(arguments: Mapping[str, Any], surroundings: Surroundings) -> str:
    """Read standard input once, where a command is to read it in every context."""
    reads = any("-" in given for given in arguments.values() if isinstance(given, (list, tuple)))
    return surroundings.stdin.read() if reads else ""


def _ask(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    access: ClusterAccess,
    surroundings: Surroundings,
    typed: str,
) -> Told:
    from sednactl.cli.main import report

    out, err = io.StringIO(), io.StringIO()
    # Nobody can be asked in several clusters at once, and two bars cannot share a line.
    own = surroundings._replace(stdin=io.StringIO(typed), stdout=out, stderr=err)
    if "output" in arguments and _output_of(arguments) == "yaml":
        arguments = {**arguments, "output": _as_json(arguments["output"])}
    ctx = copy.copy(arguments["ctx"])
    ctx.obj = own
    try:
        code = function(**{**arguments, "ctx": ctx}, access=access)
    except SednactlError as error:
        report(error, own)
        code = error.exit_code
    return Told(str(access.context), int(code or 0), out.getvalue(), err.getvalue())


def _output_of(arguments: Mapping[str, Any]) -> str:
    """Give the format of standard output; a command that takes several reports gives that without a file."""
    given = arguments.get("output")
    if isinstance(given, (list, tuple)):
        for one in given:
            if "=" in str(one):
                raise UsageError(
                    "a report cannot go into one file from several contexts", hint="leave out =FILE"
                )
        given = given[0] if given else ""
    return str(getattr(given, "value", given) or "")


def _as_json(given: Any) -> Any:
    """Give the same choice of a format for JSON, which can be put together."""
    kind = type(given)
    return "json" if kind is str else kind("json")


def _safe(text: str) -> str:
    from sednactl.render.columns import printable

    return printable(text)
