"""What is kept of every document that was looked at, for rules that look at all of them together, in little room.

Each document gives one packed record: its place, its names and those it refers to. None of it can
be left out: any later document may be the same object, or have the name that this one asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sednactl.manifests.again import ReadAgain
from sednactl.validation.noted import Defined, Demand, Noted, Own, Pins, Placed
from sednactl.validation.packed import Index, Packed

if TYPE_CHECKING:
    from sednactl.manifests.document import Document, Origin
    from sednactl.validation.finding import Path
    from sednactl.validation.noted import Key

_NO_FACTS: Final[dict[str, Any]] = {}


class Records:
    """What was noted of documents, by number, in their order; each is made anew when it is asked for."""

    def __init__(self) -> None:
        self._packed = Packed()
        self._files = _Files()
        self._words = _Words()

    def add(self, noted: Noted) -> int:
        """Keep what was noted of the next document; give its number."""
        number = self._words.numbers
        names = tuple([(number[kind], name, number[path]) for kind, name, path in noted.names])
        document: Any = noted.document
        if isinstance(document, ReadAgain):
            below = number[document.below] if document.below else None
            document = (self._files.number(document), document.index, document.line, below)
        return self._packed.add(
            (
                *(number[noted.kind], noted.namespace, noted.name, noted.facts or None),
                *(document, names, noted.scaled, noted.pins and self._pins(noted.pins), noted.target),
            )
        )

    def _pins(self, pins: Pins) -> tuple[Any, ...]:
        number = self._words.numbers
        nodes, placed, demands, spec, own = pins
        return (
            tuple([(node, number[path]) for node, path in nodes]),
            tuple([(one.dataset, one.node, number[one.path]) for one in placed]),
            tuple([(one.pod, one.replicas, number[one.path], number[one.count_path]) for one in demands]),
            spec,
            tuple([(one.what, one.name, number[one.path], number[one.pod], one.given) for one in own]),
        )

    def key(self, number: int) -> Key:
        """Give what the document defines."""
        kind, namespace, name, *_ = self._packed[number]
        return self._words[kind], namespace, name

    def named(self, number: int) -> tuple[str, str, str, tuple[str, ...]]:
        """Give a document's kind, namespace and name, and which sides of it have an hpa, without all the rest."""
        kind, namespace, name, _, _, _, scaled, *_ = self._packed[number]
        return self._words[kind], namespace, name, scaled

    def referring(self, number: int) -> tuple[str, str, str, Document, tuple[tuple[str, str, Path], ...]]:
        """Give a document's kind, namespace and name, it, and kind, name and path of what it refers to."""
        kind, namespace, name, _, place, names, *_ = self._packed[number]
        word = self._words
        referred = tuple([(word[of], named, word[path]) for of, named, path in names])
        return word[kind], namespace, name, self._document(place), referred

    def defined(self, number: int) -> Defined:
        """Give the facts about what the document defines."""
        _, _, _, facts, place, *_ = self._packed[number]
        return Defined(facts or _NO_FACTS, self._document(place))

    def __getitem__(self, number: int) -> Noted:
        kind, namespace, name, facts, place, names, scaled, pins, target = self._packed[number]
        word = self._words
        document = self._document(place)
        return Noted(
            word[kind],
            namespace,
            name,
            facts or _NO_FACTS,
            document,
            tuple((word[of], named, word[path]) for of, named, path in names),
            scaled,
            pins and self._unpacked(pins, document),
            target,
        )

    def _unpacked(self, pins: tuple[Any, ...], document: Document) -> Pins:
        nodes, placed, demands, spec, own = pins
        word = self._words
        return Pins(
            tuple((node, word[path]) for node, path in nodes),
            tuple(Placed(dataset, node, document, word[path]) for dataset, node, path in placed),
            tuple(Demand(pod, count, document, word[at], word[by]) for pod, count, at, by in demands),
            spec,
            tuple(Own(what, name, word[path], word[pod], given) for what, name, path, pod, given in own),
        )

    def _document(self, place: Any) -> Document:
        if not isinstance(place, tuple):
            whole: Document = place
            return whole
        number, index, line, below = place
        origin, file = self._files[number]
        return ReadAgain(origin, file, index, line, () if below is None else self._words[below])


class _Files:
    """Where documents came from; those of one file follow each other."""

    def __init__(self) -> None:
        self._packed = Packed()
        self._last: tuple[Origin, str] | None = None

    def number(self, document: ReadAgain) -> int:
        """Give a number for where a document can be read again."""
        origin, file = document.origin, document.file
        if (origin, file) != self._last:
            self._last = origin, file
            self._packed.add(file if origin == file else self._last)
        return len(self._packed) - 1

    def __getitem__(self, number: int) -> tuple[Origin, str]:
        found: str | tuple[Origin, str] = self._packed[number]
        return (found, found) if isinstance(found, str) else found


class _Words:
    """Kinds and paths by number: there are few of them, in however many documents.

    `numbers` has the number of any kind or path that it is asked for.
    """

    def __init__(self) -> None:
        self._words: list[Any] = []
        self.numbers = _Numbers(self._words)

    def __getitem__(self, number: int) -> Any:
        return self._words[number]


class _Numbers(dict[Any, int]):
    """The numbers of words in a list, to whose end it puts those that are not there."""

    def __init__(self, words: list[Any]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: Any) -> int:
        number = self[word] = len(self._words)
        self._words.append(word)
        return number


class Definitions:
    """Objects by kind, namespace and name: those of the documents, and those that a cluster adds."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._index = Index()
        self._kinds: set[str] = set()
        self._elsewhere: dict[Key, Defined] = {}

    def add(self, key: Key, number: int) -> None:
        """Note that the document of a record defines an object that none did before."""
        self._kinds.add(key[0])
        self._index.add(hash(key), number)

    def add_other(self, key: Key, defined: Defined) -> None:
        """Add an object that is in no document, unless there is one of that name."""
        if key not in self:
            self._kinds.add(key[0])
            self._elsewhere[key] = defined

    def any_of(self, kind: str) -> bool:
        """Tell whether there is any object of a kind."""
        return kind in self._kinds

    def get(self, key: Key) -> Defined | None:
        """Give an object, None where nothing defines it."""
        number = self._number(key)
        return self._elsewhere.get(key) if number is None else self._records.defined(number)

    def __getitem__(self, key: Key) -> Defined:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: Key) -> bool:
        # Nearly all that is asked for is of a kind that nobody gave: models, children of workloads.
        return key[0] in self._kinds and (self._number(key) is not None or key in self._elsewhere)

    def _number(self, key: Key) -> int | None:
        for number in self._index.find(hash(key)):
            if self._records.key(number) == key:
                return number
        return None
