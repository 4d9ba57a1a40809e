"""Which workloads a user means: `KIND NAME…` and `KIND/NAME …`, as kubectl's users type them."""

from __future__ import annotations

from collections.abc import Sequence

from sednactl.errors import UsageError
from sednactl.records import Record
from sednactl.sedna.kinds import SEDNA_KINDS, SednaKind, kind_named


class Target(Record):
    """One workload the user named."""

    kind: SednaKind
    name: str


def kind_meant(word: str) -> SednaKind:
    """Give the kind of a word. Raises UsageError with the words there are."""
    kind = kind_named(word)
    if kind is None:
        known = ", ".join("/".join((one.word, *one.aliases[:1])) for one in SEDNA_KINDS)
        raise UsageError(f"'{word}' is no kind of Sedna", hint=f"kinds: {known}")
    return kind


def targets(words: Sequence[str]) -> tuple[tuple[SednaKind, ...], tuple[Target, ...]]:
    """Read the words of a command line; give the kinds (none for `KIND/NAME` words) and the named workloads.

    Several kinds are joined by commas, as kubectl takes them (`ji,model`); names
    after them are meant of each.
    """
    if not words:
        return (), ()
    if any("/" in word for word in words):
        named = []
        for word in words:
            kind_word, slash, name = word.partition("/")
            if not slash or not name or "/" in name:
                raise UsageError(
                    f"'{word}' does not fit beside KIND/NAME arguments",
                    hint="write either KIND NAME… or KIND/NAME for every workload",
                )
            named.append(Target(kind_meant(kind_word), name))
        return (), tuple(dict.fromkeys(named))
    kinds = tuple(dict.fromkeys(map(kind_meant, words[0].split(","))))
    return kinds, tuple(Target(kind, name) for kind in kinds for name in dict.fromkeys(words[1:]))


def what_to_get(
    words: Sequence[str], selector: str | None, everywhere: bool
) -> tuple[tuple[SednaKind, ...], tuple[Target, ...]]:
    """Read `targets` beside flags that choose by other means. Raises UsageError where they contradict each other."""
    kinds, named = targets(words)
    if named and selector:
        raise UsageError("names and a selector do not go together")
    if named and everywhere:
        raise UsageError(
            "a workload cannot be named across all namespaces", hint="name its namespace with -n"
        )
    return kinds, named


def one_target(words: Sequence[str], command: str) -> Target:
    """Read exactly one workload. Raises UsageError."""
    _, named = targets(words)
    if len(named) != 1:
        raise UsageError(
            f"{command} needs one kind and one name", hint=f"for example: sednactl {command} ji helmet"
        )
    return named[0]
