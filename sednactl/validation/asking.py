"""Asks the rules about one workload after another, and no rule twice about the same piece.

A fleet's services repeat each other: the same hpa, the same requests and limits, the same hard
example mining in hundreds of documents. Rules that look at one such block and at nothing else (`within`)
need not look again at a block in which all of them found nothing.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from sednactl.validation.shape import mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sednactl.validation.rulebook import Rule, Workload
    from sednactl.validation.structure import Problem

_MOST_BLOCKS = 2000
"""How many blocks of one name are remembered."""
_LARGEST_BLOCK = 1000
"""Bytes of the largest block that is remembered."""
_PLAIN_FORM = 2
"""The form of marshal in which equal values give equal bytes."""


class Inquiry:
    """The rules for one kind and target, and the blocks that these found nothing in."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._sound: dict[str, set[bytes]] = {rule.within: set() for rule in rules if rule.within}

    def problems(self, workload: Workload) -> list[Problem]:
        """Give what the rules find in a workload, in the order of their numbers."""
        fields = workload.fields()
        fresh = {name: _forms(workload, name) - known for name, known in self._sound.items()}
        found: list[Problem] = []
        for rule in self._rules:
            if rule.check is None or (rule.about and rule.about.isdisjoint(fields)):
                continue
            if rule.within not in fresh:
                found += rule.check(workload)
            elif fresh[rule.within]:
                problems = list(rule.check(workload))
                if problems:
                    found += problems
                    fresh[rule.within].add(b"")
        for name, forms in fresh.items():
            known = self._sound[name]
            if forms and b"" not in forms and len(known) + len(forms) <= _MOST_BLOCKS:
                known |= forms
        return found


def _forms(workload: Workload, name: str) -> set[bytes]:
    """Give each block of a name in a workload as bytes; an empty one stands for what is not to be remembered."""
    forms = set()
    for block in _blocks(workload, name):
        try:
            form = marshal.dumps(block, _PLAIN_FORM)
        except ValueError:  # nested too deeply
            form = b""
        forms.add(form if len(form) <= _LARGEST_BLOCK else b"")
    return forms


def _blocks(workload: Workload, name: str) -> list[Any]:
    if name == "hpa":
        return [hpa for _, hpa in workload.scaled_sides()]
    if name == "resources":
        return [container[name] for _, _, container in workload.containers() if name in container]
    return [
        worker[name]
        for key in ("edgeWorker", "deploySpec")
        if name in (worker := mapping(workload.spec, key))
    ]
