"""The short forms people type: `min=1,max=5,cpu=20%`, `cpu=1,memory=2Gi`, `k=v`, `/host:/mount`, `data@node`.

Each is turned into what a values file would say, so that flags and files are one
vocabulary. Errors name the flag or the place the text came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sednactl.errors import InvalidInput


def pair(text: str, origin: str) -> tuple[str, str]:
    """Split `key=value` at the first `=`. Raises InvalidInput naming `origin`."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InvalidInput(
            f"{origin} {text!r} is not of the form key=value", hint=f"for example: {origin} key=value"
        )
    return key.strip(), value


def pairs(texts: Iterable[str], origin: str) -> dict[str, str]:
    """Read repeated `key=value` texts; the last of equal keys wins. Values keep every comma, blank and `=`."""
    return dict(pair(text, origin) for text in texts)


def listed_pairs(texts: Iterable[str], origin: str) -> dict[str, str]:
    """Read `cpu=1,memory=2Gi` texts, each of which may hold several pairs. A key twice in one text is refused."""
    found: dict[str, str] = {}
    for text in texts:
        here: dict[str, str] = {}
        for part in text.split(","):
            key, value = pair(part, origin)
            if key in here:
                raise InvalidInput(f"{origin} {text!r} says {key} twice")
            if not value.strip():
                raise InvalidInput(f"{origin} {text!r} gives {key} no value")
            here[key] = value.strip()
        found |= here
    return found


def autoscaler_shorthand(text: str, origin: str) -> dict[str, Any]:
    """Read `min=1,max=5,cpu=20%,up-window=0` into the keys that an `hpa` block of a values file has.

    Whole numbers become integers; what each key may hold is judged where the
    block is turned into an autoscaler.
    """
    return {
        key: int(value) if _is_whole(value.removeprefix("-")) else value
        for key, value in listed_pairs([text], origin).items()
    }


def _is_whole(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) < 19


def training_worker(text: str, origin: str) -> dict[str, Any]:
    """Read `DATASET@NODE` or `DATASET` into a training worker of a values file."""
    dataset, at, node = text.partition("@")
    if not dataset or (at and not node):
        raise InvalidInput(
            f"{origin} {text!r} is not of the form DATASET@NODE", hint="e.g. edge1-images@edge-1"
        )
    return {"dataset": dataset, "node": node} if at else {"dataset": dataset}


def described(texts: Iterable[str], origin: str) -> dict[str, dict[str, str]]:
    """Read `NAME=URL[,format=F][,credential=S][,node=N]` texts into models or datasets of a values file.

    A url may hold commas: only what is of the form `,KEY=VALUE` with one of these keys is cut off its end.
    """
    found = {}
    for text in texts:
        name, url = pair(text, origin)
        more: dict[str, str] = {}
        while (cut := url.rfind(",")) > 0:
            key, equals, value = url[cut + 1 :].partition("=")
            if not equals or key not in _OF_DESCRIBED:
                break
            more[key], url = value, url[:cut]
        found[name] = {"url": url, **dict(reversed(more.items()))}
    return found


def words(text: str, origin: str) -> list[str]:
    """Cut a text into words as a shell does, quotes kept together."""
    import shlex

    try:
        return shlex.split(text)
    except ValueError as error:
        raise InvalidInput(f"{origin} {text!r}: {str(error).lower()}") from None


_OF_DESCRIBED = ("format", "credential", "node")


def volume(text: str, origin: str) -> dict[str, Any]:
    """Read `[NAME=]HOSTPATH:MOUNTPATH[:ro][:create]` into a volume of a values file.

    A folder that does not exist on the node stops the pod, as Sedna's examples
    have it; `create` makes it instead.
    """
    name, path = "", text
    head, equals, tail = text.partition("=")
    if equals and not head.startswith("/"):
        name, path = head, tail
    host, *rest = path.split(":")
    mount, options = (rest[0], rest[1:]) if rest else ("", [])
    if (
        not host.startswith("/")
        or not mount.startswith("/")
        or any(o not in ("ro", "create") for o in options)
    ):
        raise InvalidInput(
            f"{origin} {text!r} is not of the form HOSTPATH:MOUNTPATH",
            hint="both paths begin with '/'; ':ro' and ':create' may follow, NAME= may stand before",
        )
    found: dict[str, Any] = {"name": name} if name else {}
    found["hostPath"] = {"path": host, "type": "DirectoryOrCreate" if "create" in options else "Directory"}
    found["mountPath"] = mount
    if "ro" in options:
        found["readOnly"] = True
    return found
