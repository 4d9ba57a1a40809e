"""Kubeconfigs as kubectl reads them: several files as one, one context, paths beside their own file.

The rules are kubectl's (client-go, tools/clientcmd): of several files the first
that sets a value or names an entry wins, missing files are skipped unless the
user named the file, and relative paths belong to the file they are written in.
Reading is done here for every context, also for those whose credentials are
then left to the official client, so that both agree on what was read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sednactl.cluster.plain_yaml import read_plain
from sednactl.errors import InvalidInput

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.surroundings import Surroundings

Entry = dict[str, Any]

_LARGEST_FILE = 16 * 1024 * 1024
_DEEPEST = 100
_PATHS = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
    "contexts": (),
}
_BODIES = {"clusters": "cluster", "users": "user", "contexts": "context"}


@dataclass(frozen=True)
class ChosenContext:
    """One context with its cluster's and its user's entry, every path in them absolute.

    `extensions` and other fields stay as they were written. `user` is empty where
    the context names none; `user_file` is where it is written. Holds credentials, so it never shows them.
    """

    name: str
    namespace: str
    cluster_name: str
    user_name: str
    user_file: Path | None
    cluster: Entry = field(repr=False)
    user: Entry = field(repr=False)


def kubeconfig_files(access: ClusterAccess, surroundings: Surroundings) -> tuple[list[Path], bool]:
    """Give the files to read, and whether the user named them so that one must exist."""
    if access.kubeconfig:
        return [Path(access.kubeconfig).expanduser()], True
    named = [part for part in surroundings.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if named:
        return [Path(part) for part in dict.fromkeys(named)], False
    home = surroundings.environ.get("HOME") or str(Path.home())
    return [Path(home) / ".kube" / "config"], False


def read_kubeconfig(files: list[Path], must_exist: bool) -> dict[str, Any] | None:
    """Read the files as one configuration; None when none of them exists.

    The result has `current-context` and, by name, `clusters`, `users`, `contexts`
    and the file of each user (`user-files`). Raises InvalidInput for a file that cannot be read or understood.
    """
    merged: dict[str, Any] = {section: {} for section in (*_BODIES, "user-files")}
    merged["current-context"] = ""
    found = False
    for file in files:
        content = _read_file(file, must_exist)
        if content is None:
            continue
        found = True
        current = content.get("current-context")
        if isinstance(current, str):
            merged["current-context"] = merged["current-context"] or current
        for section, body in _BODIES.items():
            for name, entry in _entries(content, section, body, file).items():
                if section == "users" and name not in merged[section]:
                    merged["user-files"][name] = file
                merged[section].setdefault(name, entry)
    return merged if found else None


def choose_context(config: dict[str, Any], wanted: str | None, files: list[Path]) -> ChosenContext:
    """Give the context the user asked for, or the current one, with its cluster and user."""
    where = os.pathsep.join(str(file) for file in files)
    contexts = config["contexts"]
    listed = ", ".join(sorted(contexts)) or "none"
    name = wanted or config["current-context"]
    if not name:
        raise InvalidInput(
            f"no current context is set in {where}",
            hint=f"name one with --context (there are: {listed}), or run: kubectl config use-context NAME"
            if contexts
            else "the kubeconfig holds no context; name another file with --kubeconfig",
        )
    context = contexts.get(name)
    if context is None:
        kind = "context" if wanted else "current context"
        raise InvalidInput(
            f'{kind} "{name}" does not exist in {where}', hint=f"contexts that exist: {listed}"
        )
    cluster_name, user_name = _text(context, "cluster", name), _text(context, "user", name)
    cluster = config["clusters"].get(cluster_name)
    if not cluster_name or cluster is None:
        raise InvalidInput(
            f'context "{name}" names the cluster "{cluster_name}", which is not in {where}',
            hint="clusters that exist: " + (", ".join(sorted(config["clusters"])) or "none"),
        )
    user = config["users"].get(user_name) if user_name else {}
    if user is None:
        raise InvalidInput(
            f'context "{name}" names the user "{user_name}", which is not in {where}',
            hint="users that exist: " + (", ".join(sorted(config["users"])) or "none"),
        )
    namespace = _text(context, "namespace", name)
    return ChosenContext(
        name, namespace, cluster_name, user_name, config["user-files"].get(user_name), cluster, user
    )


def _text(entry: Entry, key: str, name: str) -> str:
    value = entry.get(key) or ""
    if not isinstance(value, str):
        raise InvalidInput(f'"{key}" of context "{name}" in the kubeconfig is no text')
    return value


def _read_file(file: Path, must_exist: bool) -> dict[str, Any] | None:
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        if must_exist:
            raise InvalidInput(
                f"kubeconfig {file}: no such file",
                hint="check --kubeconfig; without it ~/.kube/config is read",
            ) from None
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be opened"
        raise InvalidInput(f"kubeconfig {file} cannot be read: {reason}") from None
    if len(data) > _LARGEST_FILE:
        raise InvalidInput(f"kubeconfig {file} is larger than {_LARGEST_FILE} bytes; is it the right file?")
    content = _parse(data, file)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InvalidInput(
            f"kubeconfig {file} holds no mapping but a {_kind_of(content)}",
            hint="a kubeconfig begins with apiVersion: v1 and kind: Config",
        )
    kind = content.get("kind")
    if kind not in (None, "", "Config"):
        raise InvalidInput(
            f'kubeconfig {file} is no kubeconfig: its kind is "{kind}"', hint="expected kind: Config"
        )
    return content


def _parse(data: bytes, file: Path) -> Any:
    # What a parser says about a broken line may quote the line, and that line may
    # hold a token: only the place is passed on.
    if data.lstrip()[:1] == b"{":
        import json

        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            pass  # a YAML flow mapping may begin with a brace, too
    elif (plain := read_plain(data)) is not None:
        return plain
    import yaml

    try:
        _refuse_depth(data, file)
        return yaml.load(data, Loader=plain_loader())  # noqa: S506 - built on the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        problem = "" if mark is None else f" ({_harmless(getattr(error, 'problem', None))})"
        raise InvalidInput(f"kubeconfig {file}{place}: not valid YAML{problem}") from None
    except (RecursionError, ValueError):
        raise InvalidInput(f"kubeconfig {file}: not valid YAML") from None


def _refuse_depth(data: bytes, file: Path) -> None:
    # The C parser builds nested values by recursion, and thousands of levels end
    # the process. Its event stream does not recurse; most files need no look.
    if sum(data.count(mark) for mark in (b"[", b"{", b"- ", b"? ")) < 500 and len(data) < 100_000:
        return
    import yaml

    depth = 0
    for event in yaml.parse(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise InvalidInput(f"kubeconfig {file}: not valid YAML for a kubeconfig (nested too deeply)")


def _harmless(problem: object) -> str:
    # libyaml's own sentences are fixed; PyYAML's constructor quotes what it read.
    text = str(problem or "syntax error")
    return text if "'" not in text and '"' not in text else "syntax error"


_loader: Any = None


def plain_loader() -> Any:
    """Give a loader that takes scalars as text but for true, false and null.

    No field of a kubeconfig is a number or a date, and names such as 2024-01-01
    or 0123 must stay what they are.
    """
    global _loader
    if _loader is None:
        import yaml

        base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        keep = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
        resolvers = {
            first: [rule for rule in rules if rule[0] in keep]
            for first, rules in base.yaml_implicit_resolvers.items()
        }
        _loader = type("KubeconfigLoader", (base,), {"yaml_implicit_resolvers": resolvers})
    return _loader


def _entries(content: dict[str, Any], section: str, body: str, file: Path) -> dict[str, Entry]:
    items = content.get(section)
    if items is None:
        return {}
    if not isinstance(items, list):
        raise InvalidInput(f"kubeconfig {file}: {section} is no list but a {_kind_of(items)}")
    entries: dict[str, Entry] = {}
    for index, item in enumerate(items):
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str):
            raise InvalidInput(f"kubeconfig {file}: {section}[{index}] has no name")
        if name in entries:
            raise InvalidInput(f'kubeconfig {file}: {section} names "{name}" twice')
        entry = item.get(body)
        if entry is None:
            entry = {}
        if not isinstance(entry, dict):
            raise InvalidInput(f'kubeconfig {file}: {body} of "{name}" is no mapping')
        entries[name] = _beside(entry, section, file)
    return entries


def _beside(entry: Entry, section: str, file: Path) -> Entry:
    """Make the paths of an entry absolute, as seen from the kubeconfig it stands in."""
    folder = file.absolute().parent
    resolved = dict(entry)
    for key in _PATHS[section]:
        value = resolved.get(key)
        if isinstance(value, str) and value:
            resolved[key] = str(folder / value)
    plugin = resolved.get("exec")
    if isinstance(plugin, dict):
        command = plugin.get("command")
        if isinstance(command, str) and os.sep in command:
            # A bare command is looked for in PATH, one with a folder beside the file.
            resolved["exec"] = {**plugin, "command": str(folder / command)}
    return resolved


def _kind_of(value: object) -> str:
    return {list: "list", str: "text", bool: "boolean", dict: "mapping"}.get(type(value), "number")
