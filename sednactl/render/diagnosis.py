"""What `doctor` found: a screen grouped by the parts of a cluster, and the same for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.render.columns import printable
from sednactl.render.fitting import fitted

if TYPE_CHECKING:
    from sednactl.diagnosis.book import Check, Result

Json = dict[str, Any]

_SIGNS = {"ok": "✓", "warning": "!", "failed": "✗", "unknown": "?"}
_PLAIN_SIGNS = {"ok": "+", "warning": "!", "failed": "x", "unknown": "?"}
_COLOURS = {"ok": "\x1b[32m", "warning": "\x1b[33m", "failed": "\x1b[31m", "unknown": "\x1b[36m"}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_MARGIN = " " * 12
"""What stands below a result begins where its sentence does."""


def diagnosis_text(
    results: Sequence[Result],
    checks: Mapping[str, Check],
    *,
    width: int = 80,
    unicode: bool = True,
    colour: bool = False,
    verbose: bool = False,
    program: str = "sednactl",
) -> str:
    """Write all results by area, each with its mend; with `verbose` the details of each. Ends with the sums."""
    out: list[str] = []
    area = ""
    for index, result in enumerate(results):
        if checks[result.id].area != area:
            area = checks[result.id].area
            out += [*([""] if out else []), f"{_BOLD}{area}{_RESET}" if colour else area]
        sign = (_SIGNS if unicode else _PLAIN_SIGNS)[result.status]
        if colour:
            sign = f"{_COLOURS[result.status]}{sign}{_RESET}"
        first, *rest = _wrapped(_sentence(result), width)
        out += [f"  {sign} {result.id}  {first.strip()}", *rest]
        following = results[index + 1] if index + 1 < len(results) else None
        if verbose:
            for detail in result.details:
                out += _wrapped(f"- {detail}", width)
        # Several results of one check may share their mend: it stands below the last of them.
        if result.mend and (following is None or following.mend != result.mend):
            out += _wrapped(f"mend: {_called(result.mend, program)}", width, then=_MARGIN + "  ")
    out += ["", sums(results)]
    return "\n".join(out) + "\n"


def _sentence(result: Result) -> str:
    return f"{result.subject}: {result.message}" if result.subject else result.message


def _called(mend: str, program: str) -> str:
    return mend.replace("sednactl ", f"{program} ")


def _wrapped(sentence: str, width: int, *, then: str = _MARGIN) -> list[str]:
    import textwrap

    return textwrap.wrap(
        printable(sentence),
        max(50, width),
        initial_indent=_MARGIN,
        subsequent_indent=then,
        break_on_hyphens=False,
        break_long_words=False,
    ) or [""]


def sums(results: Iterable[Result]) -> str:
    """Say how many results there are of each kind, in one line."""
    counts = Counter[str](result.status for result in results)
    words = (
        ("failed", "failed"),
        ("warning", "warning" if counts["warning"] == 1 else "warnings"),
        ("unknown", "unknown"),
        ("ok", "in order"),
    )
    return (
        ", ".join(f"{counts[status]} {word}" for status, word in words if counts[status])
        or "nothing to check"
    )


def diagnosis_data(results: Sequence[Result], checks: Mapping[str, Check]) -> Json:
    """Give the diagnosis as the command-line contract spells it."""
    counts = Counter(result.status for result in results)
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "Diagnosis",
        "summary": {status: counts[status] for status in ("ok", "warning", "failed", "unknown")},
        "checks": [
            {
                "id": result.id,
                "area": checks[result.id].area,
                "title": checks[result.id].title,
                "status": result.status,
                "message": result.message,
                "mend": result.mend or None,
                "object": _object(result),
                "fixable": result.fixable,
                "details": list(result.details),
            }
            for result in results
        ],
    }


def _object(result: Result) -> Json | None:
    subject = result.subject
    if subject is None:
        return None
    return {"kind": subject.kind, "namespace": subject.namespace or None, "name": subject.name}


def check_list(checks: Iterable[Check], room: int | None = None) -> str:
    """Give all checks, one a line; `room` tells how wide one may be, in cells."""
    rows = [(one.id, one.area, one.title) for one in checks]
    return fitted(("CHECK", "AREA", "TITLE"), rows, room, under=True)


def check_page(check: Check) -> str:
    """Give the page of a check."""
    return "\n".join(_page(check)).rstrip() + "\n"


def _page(check: Check) -> Iterator[str]:
    import textwrap

    title, _, rest = check.page.strip().partition("\n")
    yield f"CHECK:      {check.id}"
    yield f"AREA:       {check.area}"
    yield ""
    yield title
    yield ""
    yield textwrap.dedent(rest).strip()
