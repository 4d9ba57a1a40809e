"""Asks the rules about one workload after another: each only where it may have something to say.

One walk over the fields of a workload finds which rules are concerned, and most values are plain, so
that nearly every rule is spared. A fleet's services repeat each other besides: the same hpa, the same requests
and limits in hundreds of documents. Rules that look at one such block and at nothing else (`within`)
need not look again at a block, plain or not, in which all of them found nothing.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from sednactl.validation.shape import mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sednactl.validation.rulebook import Check, Plain, Rule
    from sednactl.validation.structure import Problem
    from sednactl.validation.workload import Workload

_MOST_BLOCKS: Final = 2000
"""How many blocks of one name are remembered."""
_LARGEST_BLOCK: Final = 1000
"""Bytes of the largest block that is remembered."""
_PLAIN_FORM: Final = 2
"""The form of marshal in which equal values give equal bytes."""
_MINING_IN: Final = {"JointInferenceService": "edgeWorker", "IncrementalLearningJob": "deploySpec"}


class Inquiry:
    """The rules for one kind and target, and the blocks that these found nothing in."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        asked = [rule for rule in rules if rule.check]
        self._checks: list[Check] = [rule.check for rule in asked if rule.check]
        self._within = [rule.within for rule in asked]
        self._unless = [rule.unless for rule in asked]
        self._sound: dict[str, set[bytes]] = {rule.within: set() for rule in asked if rule.within}
        self._always = [number for number, rule in enumerate(asked) if not rule.about]
        self._about = _by_field(asked)

    def problems(self, workload: Workload) -> list[Problem]:
        """Give what the rules find in a workload, in the order of their numbers."""
        found: list[Problem] = []
        fresh: dict[str, set[bytes]] = {}
        for number in sorted(self._concerned(workload)):
            unless = self._unless[number]
            if unless is not None and unless(workload):
                continue
            within = self._within[number]
            if within:
                if within not in fresh:
                    fresh[within] = self._fresh(workload, within)
                if not fresh[within]:
                    continue
            before = len(found)
            found += self._checks[number](workload)
            if within and len(found) > before:
                fresh[within].add(b"")
        for name, forms in fresh.items():
            known = self._sound[name]
            if b"" not in forms and len(known) + len(forms) <= _MOST_BLOCKS:
                known |= forms
        return found

    def _concerned(self, workload: Workload) -> set[int]:
        """Give the numbers of the rules that may find something."""
        concerned = set(self._always)
        about = self._about
        for part in workload.parts():
            for field, value in part.items():
                tests = about.get(field)
                if tests is not None:
                    for plain, numbers in tests:
                        if plain is None or not plain(value):
                            concerned.update(numbers)
        return concerned

    def _fresh(self, workload: Workload, name: str) -> set[bytes]:
        """Give the blocks of a name that are not known yet, as bytes; an empty one for what is not to be remembered."""
        known = self._sound[name]
        forms = set()
        for block in _blocks(workload, name):
            try:
                form = marshal.dumps(block, _PLAIN_FORM)
            except ValueError:  # nested too deeply
                form = b""
            if form not in known:
                forms.add(form if len(form) <= _LARGEST_BLOCK else b"")
        return forms


def _by_field(rules: Iterable[Rule]) -> dict[str, tuple[tuple[Plain | None, tuple[int, ...]], ...]]:
    """Give for each field the tests that tell plain values, each with the numbers of the rules it spares."""
    found: dict[str, dict[Plain | None, list[int]]] = {}
    for number, rule in enumerate(rules):
        for field, plain in rule.about.items():
            found.setdefault(field, {}).setdefault(plain, []).append(number)
    return {
        field: tuple((plain, tuple(numbers)) for plain, numbers in tests.items())
        for field, tests in found.items()
    }


def _blocks(workload: Workload, name: str) -> list[Any]:
    if name == "hpa":
        return [hpa for _, hpa in workload.scaled_sides()]
    if name == "resources":
        return [container[name] for _, _, container in workload.containers() if name in container]
    part = mapping(workload.spec, _MINING_IN.get(workload.kind, ""))
    return [part[name]] if name in part else []
