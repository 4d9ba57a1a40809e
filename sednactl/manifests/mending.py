"""Makes changes in a manifest's text: what is not meant stays as it is, character by character.

The text is cut where documents are, each part is changed and read again; a change after which the
part does not read as it should is not made. Nothing is written here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.changes import Change, Path, Splice, Unsafe, changed, place_of, splice_of
from sednactl.manifests.document import Document
from sednactl.manifests.pieces import Piece, pieces_of_json, pieces_of_yaml
from sednactl.manifests.reading import Part, documents_of, parts_of
from sednactl.records import Record

_MOST_ROUNDS = 20
"""How often a part is looked at again: one mend may show what the next one is for."""


class Wish(Record):
    """A change that somebody wants in a document, and the rule it is for."""

    rule: str
    change: Change


Wishes = Callable[[Document], Sequence[Wish]]
"""Gives the changes that are wanted in a document; asked again after every change."""


@dataclass(frozen=True)
class Refused:
    """A change that was not made: its rule, its line in the text as it was given then, and why."""

    rule: str
    line: int
    why: str


@dataclass(frozen=True)
class Mended:
    """A text after its mends: how many there were by rule, and what could not be mended safely."""

    text: str
    mends: tuple[tuple[str, Path], ...]
    refused: tuple[Refused, ...]


def mended(text: str, file: str, wishes: Wishes) -> Mended:
    """Give a text with all that is wanted changed in it. Raises InvalidInput for a text that cannot be read."""
    whole: list[str] = []
    mends: list[tuple[str, Path]] = []
    refused: list[Refused] = []
    at = 0
    for part in list(parts_of(text, file)):
        whole.append(text[at : part.begin])
        made = _mended_part(part, wishes)
        whole.append(made.text)
        mends += made.mends
        refused += made.refused
        at = part.begin + len(part.text)
    whole.append(text[at:])
    return Mended("".join(whole), tuple(mends), tuple(refused))


def encoded(text: str, before: bytes) -> bytes:
    """Give a text in the encoding that the bytes it was read from had, with their mark if there was one."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if before.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode()


def _mended_part(part: Part, wishes: Wishes) -> Mended:
    mends: list[tuple[str, Path]] = []
    refused: dict[tuple[Path, Wish], Refused] = {}
    for _ in range(_MOST_ROUNDS):
        documents = documents_of(part)
        wanted: dict[tuple[Path, Wish], Document] = {}
        for document in documents:
            for wish in wishes(document):
                if (document.below, wish) not in refused:
                    wanted.setdefault((document.below, wish), document)
        if not wanted:
            break
        round_ = _Round(part, documents)
        done = round_.make(list(wanted))
        for key, why in round_.refused.items():
            refused[key] = Refused(key[1].rule, wanted[key].locate(key[1].change.path).line, why)
        if not done:
            continue  # what was refused is not asked for again
        mends += [(wish.rule, (*below, *place_of(wish.change))) for below, wish in done]
        part = part._replace(text=round_.text)
    return Mended(part.text, tuple(mends), tuple(refused.values()))


_Key = tuple[Path, Wish]


class _Round:
    """Changes made in one part of a text, all together where that works and else fewer at a time."""

    def __init__(self, part: Part, documents: Sequence[Document]) -> None:
        self.part = part
        self.text = part.text
        self.refused: dict[_Key, str] = {}
        self._before = [document.content for document in documents]
        self._places = [document.below for document in documents]

    def make(self, keys: Sequence[_Key]) -> list[_Key]:
        """Make what can be made, and give it; `text` is the text afterwards."""
        root = _root(self.part)
        groups: dict[Splice, list[_Key]] = {}
        for key in keys:
            try:
                splice = splice_of(self.part.text, root, _below(key), as_json=self.part.as_json)
            except Unsafe as error:
                self.refused[key] = str(error)
                continue
            groups.setdefault(splice, []).append(key)
        chosen: list[tuple[Splice, list[_Key]]] = []
        for group in _apart(groups):
            chosen.append(group)
        return [key for _, held in self._kept(chosen, []) for key in held]

    def _kept(self, new: _Groups, old: _Groups) -> _Groups:
        """Give the groups, of the new ones, that can be made beside the old ones."""
        if not new:
            return []
        text = self._result([*old, *new])
        if text is not None:
            self.text = text
            return new
        if len(new) == 1:
            for key in new[0][1]:
                self.refused[key] = "it is shared through an alias, or is written in a way that is left alone"
            return []
        half = len(new) // 2
        first = self._kept(new[:half], old)
        return first + self._kept(new[half:], [*old, *first])

    def _result(self, groups: _Groups) -> str | None:
        """Give the text after changes; None where it does not read as it should."""
        text = self.part.text
        for splice, _ in sorted(groups, key=lambda group: group[0].begin, reverse=True):
            text = text[: splice.begin] + splice.text + text[splice.end :]
        try:
            after = [document.content for document in documents_of(self.part._replace(text=text))]
            wanted = list(self._wanted(groups))
        except (InvalidInput, KeyError, IndexError, TypeError):
            return None
        return text if _same(after, wanted) else None

    def _wanted(self, groups: _Groups) -> Iterator[Any]:
        by_document: dict[Path, list[tuple[Change, str]]] = {}
        for splice, keys in groups:
            for below, wish in keys:
                by_document.setdefault(below, []).append((wish.change, splice.text))
        for below, content in zip(self._places, self._before, strict=True):
            done = by_document.get(below)
            yield changed(content, done) if done else content


_Groups = list[tuple[Splice, list[_Key]]]


def _apart(groups: dict[Splice, list[_Key]]) -> Iterator[tuple[Splice, list[_Key]]]:
    """Give those that do not touch each other; the others' turn comes when the text is looked at again."""
    end = -1
    for splice in sorted(groups, key=lambda splice: (splice.begin, splice.end)):
        if splice.begin > end:
            yield splice, groups[splice]
            end = splice.end


def _below(key: _Key) -> Change:
    from dataclasses import replace

    below, wish = key
    return replace(wish.change, path=(*below, *wish.change.path)) if below else wish.change


def _root(part: Part) -> Piece:
    if part.as_json:
        return pieces_of_json(part.text)
    from sednactl.manifests.chunk import Chunk
    from sednactl.manifests.yaml_text import compose

    return pieces_of_yaml(part.text, compose(Chunk(part.file, part.text, part.lines_before)))


def _same(one: Any, other: Any) -> bool:
    # Not `==`: to Python True is 1 and 1 is 1.0.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
