"""Compares two texts of which one was made from the other by small changes: in time that grows with their length.

difflib looks for the longest common stretch of two whole texts, which takes minutes for a stream of
ten thousand manifests that resemble each other. Here both are walked side by side; where they part,
the nearest place is sought from which on they agree again, and difflib sees what lies between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, unified_diff

_AGREEING = 3
"""So many equal lines in a row count as agreeing again, as a diff shows three around a change."""
_FARTHEST = 200
"""Lines to look ahead, of both texts together; beyond that nothing is near, and difflib compares the whole."""

_Step = tuple[str, int, int, int, int]
"""What difflib calls an opcode: equal, replace, delete or insert, and which lines of both texts."""


class _Near(SequenceMatcher[str]):
    """A comparison whose steps are known; difflib groups them."""

    def __init__(self, steps: list[_Step]) -> None:
        super().__init__()
        self._steps = steps

    def get_opcodes(self) -> list[_Step]:  # type: ignore[override]
        """Give the steps."""
        return self._steps


def difference(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Give the lines of a unified diff; none where nothing differs."""
    steps = _steps(before, after)
    if steps is None:
        yield from unified_diff(before, after, name, name, lineterm="")
        return
    for number, group in enumerate(_Near(steps).get_grouped_opcodes()):
        if not number:
            yield from (f"--- {name}", f"+++ {name}")
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for what, old, old_end, new, new_end in group:
            if what == "equal":
                yield from (f" {line}" for line in before[old:old_end])
            else:
                yield from (f"-{line}" for line in before[old:old_end])
                yield from (f"+{line}" for line in after[new:new_end])


def _steps(before: Sequence[str], after: Sequence[str]) -> list[_Step] | None:
    """Give the way from one text to the other; None where they part for too long."""
    steps: list[_Step] = []
    old = new = 0
    while old < len(before) or new < len(after):
        begun = old
        while old < len(before) and new < len(after) and before[old] == after[new]:
            old, new = old + 1, new + 1
        if old > begun:
            _add(steps, ("equal", begun, old, new - (old - begun), new))
        if old == len(before) and new == len(after):
            break
        again = _agreeing_again(before, after, old, new)
        if again is None:
            return None
        between = SequenceMatcher(None, before[old : again[0]], after[new : again[1]])
        for what, *places in between.get_opcodes():
            _add(steps, (what, places[0] + old, places[1] + old, places[2] + new, places[3] + new))
        old, new = again
    return steps


def _add(steps: list[_Step], step: _Step) -> None:
    if steps and step[0] == steps[-1][0] == "equal":
        step = ("equal", steps[-1][1], step[2], steps[-1][3], step[4])
        steps.pop()
    steps.append(step)


def _agreeing_again(
    before: Sequence[str], after: Sequence[str], old: int, new: int
) -> tuple[int, int] | None:
    for lines in range(1, _FARTHEST):
        for skipped in range(lines + 1):
            one, other = old + skipped, new + lines - skipped
            if one > len(before) or other > len(after):
                continue
            if before[one : one + _AGREEING] == after[other : other + _AGREEING]:
                return one, other
    return None


def _range(begin: int, end: int) -> str:
    """Write lines as a diff does: from 1, the number of them only where it is not 1; of none, the line before."""
    if end - begin == 1:
        return f"{begin + 1}"
    return f"{begin + (end > begin)},{end - begin}"
