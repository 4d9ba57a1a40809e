"""What is kept of every document that was looked at, for rules that look at all of them together, in little room.

Each document gives one packed record: its place, its names and those it refers to. None of it can
be left out: any later document may be the same object, or have the name that this one asks for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final

from sednactl.manifests.again import ReadAgain
from sednactl.validation.noted import Defined, Demand, Noted, Own, Pins, Placed
from sednactl.validation.packed import Index, Packed
from sednactl.validation.vocabulary import long

if TYPE_CHECKING:
    from sednactl.manifests.document import Document, Origin
    from sednactl.validation.finding import Path
    from sednactl.validation.noted import Key

_NO_FACTS: Final[dict[str, Any]] = {}


class Records:
    """What was noted of documents, by number, in their order; each is made anew when it is asked for."""

    def __init__(self) -> None:
        self._packed = Packed()
        self._places = _Places()

    def add(self, record: Any, document: Document) -> int:
        """Keep what was noted of the next document, packed; give its number."""
        number = self._packed.add_packed(record)
        self._places.add(number, document)
        return number

    def key(self, number: int) -> Key:
        """Give what the document defines."""
        kind, namespace, name, *_ = self._packed[number]
        return long(kind), namespace, name

    def named(self, number: int) -> tuple[str, str, str, tuple[str, ...]]:
        """Give a document's kind, namespace and name, and which sides of it have an hpa, without all the rest."""
        kind, namespace, name, _, _, scaled, *_ = self._packed[number]
        return long(kind), namespace, name, scaled

    def referring(self, number: int) -> tuple[str, str, str, Document, tuple[tuple[str, str, Path], ...]]:
        """Give a document's kind, namespace and name, it, and kind, name and path of what it refers to."""
        kind, namespace, name, _, names, *_ = self._packed[number]
        referred = tuple([(long(of), named, long(path)) for of, named, path in names])
        return long(kind), namespace, name, self._places[number], referred

    def defined(self, number: int) -> Defined:
        """Give the facts about what the document defines."""
        _, _, _, facts, *_ = self._packed[number]
        return Defined(facts or _NO_FACTS, self._places[number])

    def __getitem__(self, number: int) -> Noted:
        kind, namespace, name, facts, names, scaled, pins, target = self._packed[number]
        document = self._places[number]
        return Noted(
            long(kind),
            namespace,
            name,
            facts or _NO_FACTS,
            document,
            tuple([(long(of), named, long(path)) for of, named, path in names]),
            scaled,
            None if pins is None else _unpacked(pins, document),
            target,
        )


def _unpacked(pins: tuple[Any, ...], document: Document) -> Pins:
    nodes = tuple([(node, long(path)) for node, path in pins[0]]) if pins else ()
    if len(pins) < 2:
        return Pins(nodes)
    _, placed, demands, spec, own = pins
    return Pins(
        nodes,
        tuple([Placed(dataset, node, document, long(path)) for dataset, node, path in placed]),
        tuple([Demand(pod, count, document, long(at), long(by)) for pod, count, at, by in demands]),
        spec,
        tuple([Own(what, name, long(path), long(pod), given) for what, name, path, pod, given in own]),
    )


class _Places:
    """Where documents came from, by the numbers of their records; those of one file follow each other."""

    def __init__(self) -> None:
        self._files = Packed()
        self._firsts = array("I")
        self._last: tuple[Origin, str] | None = None
        self._indexes = array("I")
        self._lines = array("I")
        self._below: dict[int, Path] = {}
        self._documents: dict[int, Document] = {}

    def add(self, number: int, document: Document) -> None:
        """Note the place of the document of the next record; one that cannot be read again is kept itself."""
        self._indexes.append(document.index)
        self._lines.append(document.line)
        if not isinstance(document, ReadAgain):
            self._documents[number] = document
            return
        origin, file = document.origin, document.file
        if (origin, file) != self._last:
            self._last = origin, file
            self._files.add(file if origin == file else self._last)
            self._firsts.append(number)
        if document.below:
            self._below[number] = document.below

    def __getitem__(self, number: int) -> Document:
        document = self._documents.get(number)
        if document is not None:
            return document
        found: str | tuple[Origin, str] = self._files[bisect_right(self._firsts, number) - 1]
        origin, file = (found, found) if isinstance(found, str) else found
        return ReadAgain(
            origin, file, self._indexes[number], self._lines[number], self._below.get(number, ())
        )


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
