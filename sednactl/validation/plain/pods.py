"""Fields of pods and containers that are plain: volumes and mounts of the usual sort, known words, numbers."""

from __future__ import annotations

from typing import Any, Final

from sednactl.validation.shape import mapping, text, values_below
from sednactl.validation.words import is_dns_label

HOST_PATHS: Final = (
    *("DirectoryOrCreate", "Directory", "FileOrCreate", "File"),
    *("Socket", "CharDevice", "BlockDevice"),
)
"""Types of a hostPath; the server also takes an empty one, which checks nothing."""
_HOST_PATHS: Final = frozenset(HOST_PATHS)


def of_a_node(volumes: Any) -> bool:
    """Tell whether all volumes are folders or files of a node, or empty folders."""
    if type(volumes) is not list:
        return False
    for volume in volumes:
        if type(volume) is not dict or len(volume) != 2 or not is_dns_label(text(volume, "name")):
            return False
        place = mapping(volume, "hostPath")
        path = text(place, "path")
        if not path or ".." in path:
            if volume.get("emptyDir") != {}:
                return False
        elif len(place) > 1 and text(place, "type") not in _HOST_PATHS:
            return False
    return True


def plain_mounts(mounts: Any) -> bool:
    """Tell whether all mounts have a path and a volume, and nothing beside these."""
    if type(mounts) is not list:
        return False
    for mount in mounts:
        if type(mount) is not dict or len(mount) != 2:
            return False
        if not mount.get("name") or not mount.get("mountPath"):
            return False
    return True


class KnownWords:
    """Tells whether a field says nothing but known words, which may stand in it or at steps below it."""

    def __init__(self, choices: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
        self._choices = choices
        alone = [frozenset(words) for steps, words in choices if not steps]
        self._alone: frozenset[str] = frozenset.intersection(*alone) if alone else frozenset()
        """Words that will do in the field itself: below a text there is nothing."""

    def __call__(self, value: Any) -> bool:
        """Tell it of a field's value."""
        if type(value) is str and value in self._alone:
            return True
        for steps, words in self._choices:
            for word in values_below(value, steps):
                if word is not None and word not in words:
                    return False
        return True


def not_below_zero(number: Any) -> bool:
    """Tell whether a value is a whole number that is not below 0."""
    return type(number) is int and number >= 0


def is_always(policy: Any) -> bool:
    """Tell whether a restart policy is the one that any pod may have."""
    return type(policy) is str and policy == "Always"


def is_not_none(policy: Any) -> bool:
    """Tell whether a DNS policy is another than the one that asks for name servers, which is called None."""
    return type(policy) is str and policy != "None"
