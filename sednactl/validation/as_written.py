"""The hint to quote a value, in the characters that stand in its file: `validate --fix` keeps just these.

A reader makes 8 of `010` and 1000 of `1_000`; who wrote a version or a code meant the characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sednactl.manifests.scalars import NotJson, json_number, plain

if TYPE_CHECKING:
    from sednactl.manifests.document import Document, Position
    from sednactl.validation.finding import Path

QUOTE_IT = "quote it: "
"""How every such hint begins."""
_BOOLEANS = "unquoted yes, no, on, off, y, n, true and false are booleans"
_WORD = re.compile(r"""(?:&\S+[ ]+)?([^\s,\[\]{}#"']+)""")
"""A plain word, behind the anchor that it may have."""
_LONGEST = 60


def quoting(value: Any, word: str = "") -> str:
    """Give the hint to quote a number or a boolean; `word` is how it is written, where that is known."""
    if isinstance(value, bool):
        return f'{QUOTE_IT}"{word}", as {_BOOLEANS}' if word else f"{QUOTE_IT}{_BOOLEANS}"
    return f'{QUOTE_IT}"{word or value}"'


def quoting_as_written(document: Document, path: Path, position: Position) -> str:
    """Give the hint to quote what stands at a path, as it is written at its position; "" where that is not clear."""
    value: Any = document.content
    for step in path:
        value = value[step]
    found = _WORD.match(document.source_line(position.line), position.column - 1)
    word = found[1] if found else ""
    return quoting(value, word) if word and len(word) <= _LONGEST and _reads_as(word, value) else ""


def _reads_as(word: str, value: Any) -> bool:
    """Tell whether a plain word means a value: tags and aliases do not."""
    try:
        meant = plain(word)
    except NotJson:
        return False
    if isinstance(meant, str) or isinstance(meant, bool) != isinstance(value, bool):
        return False
    return bool(_exact(meant) == _exact(value))


def _exact(value: Any) -> Any:
    return json_number(value) if isinstance(value, float) else value
