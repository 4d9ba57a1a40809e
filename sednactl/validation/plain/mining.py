"""Hard example mining that is plain, and the algorithms that Sedna's library knows."""

from __future__ import annotations

from typing import Any, Final

from sednactl.validation.shape import listed, text

ALGORITHMS: Final[dict[str, dict[str, str]]] = {
    "IBT": {"threshold_img": "0.5", "threshold_box": "0.5"},
    "Threshold": {"threshold": "0.5"},
    "CrossEntropy": {"threshold_cross_entropy": "0.5"},
    "Random": {"random_ratio": "0.3"},
}
"""Algorithms of Sedna's library up to 0.7, with their settings and what they are by default."""
OF_ANY_RELEASE: Final = frozenset(("IBT", "Threshold", "CrossEntropy"))
"""Those that every release's library has."""


def usual_mining(mining: Any) -> bool:
    """Tell whether an algorithm of every release has settings of its own, each once and a share."""
    name = text(mining, "name")
    if name not in OF_ANY_RELEASE:
        return False
    known = ALGORITHMS[name]
    used: list[str] = []
    for parameter in listed(mining, "parameters"):
        key = text(parameter, "key")
        if key not in known or key in used or not is_share(text(parameter, "value")):
            return False
        used.append(key)
    return True


def is_share(value: str) -> bool:
    """Tell whether a text is a number between 0 and 1, as Python reads it."""
    try:
        return 0 <= float(value) <= 1
    except ValueError:
        return False
