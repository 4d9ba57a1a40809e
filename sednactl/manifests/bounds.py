"""How much a template may use up before it is stopped: steps, time, size, memory.

A template can be anybody's file. Jinja's sandbox keeps it away from Python's
inside, but not from looping for ever or from filling memory; these bounds do.
They are far beyond what a manifest needs.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jinja2 import Environment, StrictUndefined, Undefined, nodes, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sednactl.manifests.writing import flow

MOST_STEPS = 100_000
"""Rounds of loops and calls of macros, filters aside, in one rendering."""
LONGEST = 10.0
"""Seconds of one rendering, looked at with every step; a step itself is bounded by the sizes."""
LARGEST_OUTPUT = 1024 * 1024
"""Characters of one rendered template, and of any text or list made on the way by + or *."""
MORE_MEMORY = 512 * 1024 * 1024
"""Bytes of address space a user's template may add to the process."""


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with a budget of steps and sizes; made anew for every rendering."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **options)
        self.steps = 0
        self.deadline = time.monotonic() + LONGEST
        self.filters["yaml"] = _yaml
        self.filters["counted"] = self._counted
        self.filters["sum"] = _sum
        self.globals.pop("lipsum", None)  # takes a minute for a million paragraphs, and no manifest wants one

    def compile(self, source: Any, *arguments: Any, **keywords: Any) -> Any:
        """Compile a template with every loop counted."""
        if isinstance(source, str):
            name = keywords.get("name", arguments[0] if arguments else None)
            filename = keywords.get("filename", arguments[1] if len(arguments) > 1 else None)
            try:
                source = self.parse(source, name, filename)
            except RecursionError:
                raise SecurityError("the template is nested too deeply") from None
            for loop in source.find_all(nodes.For):
                loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        return super().compile(source, *arguments, **keywords)

    def call(self, *arguments: Any, **keywords: Any) -> Any:
        """Call what a template calls, one step each."""
        self._step()
        return super().call(*arguments, **keywords)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute an operation whose result may be far larger than its parts."""
        if operator == "**" and (_magnitude(left) > 64 or _magnitude(right) > 16):
            raise SecurityError("a power of numbers that large")
        if operator == "*" and _repeated(left, right) > LARGEST_OUTPUT:
            raise SecurityError("a product of things that large")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("text is not formatted with %; put the parts beside each other with ~")
        result = super().call_binop(context, operator, left, right)
        if _length(result) > LARGEST_OUTPUT or _magnitude(result) > 4096:
            raise SecurityError("a value made by the template is too large")
        return result

    def _counted(self, items: Iterable[Any]) -> Any:
        if isinstance(items, Undefined):
            iter(items)  # raises, naming what is not there
        if isinstance(items, Mapping):
            items = list(items)
        return _Counted(items, self)

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise SecurityError(f"the template takes more than {MOST_STEPS} steps")
        if time.monotonic() > self.deadline:
            raise SecurityError(f"the template takes longer than {LONGEST:g} s")


class _Counted:
    """An iterable that counts the rounds of a loop over it."""

    def __init__(self, items: Iterable[Any], environment: BoundedEnvironment) -> None:
        self._items = items
        self._environment = environment

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self._environment._step()
            yield item

    def __len__(self) -> int:
        # As the thing looped over can or cannot; Jinja asks for loop.length and loop.last.
        return len(self._items)  # type: ignore[arg-type]


def rendered(pieces: Iterable[str]) -> str:
    """Put the pieces of a rendering together. Raises SecurityError when they grow too large."""
    whole: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LARGEST_OUTPUT:
            raise SecurityError(f"the template writes more than {LARGEST_OUTPUT // 1024} KiB")
        whole.append(piece)
    return "".join(whole)


@contextmanager
def limited_memory() -> Iterator[None]:
    """Let the process grow by no more than MORE_MEMORY meanwhile, so that a runaway ends in MemoryError."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = _address_space()
    wanted = used + MORE_MEMORY
    if used and (soft == resource.RLIM_INFINITY or soft > wanted):
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """Give the process's address space in bytes; 0 where the system does not tell."""
    import resource
    from pathlib import Path

    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple)) else 0


def _repeated(left: Any, right: Any) -> int:
    """Give how long a text or list becomes when repeated; 0 for a product of numbers."""
    if isinstance(left, int):
        left, right = right, left
    return _length(left) * right if isinstance(right, int) else 0


def _magnitude(value: Any) -> int:
    """Give a number's size in bits; 0 for what is no whole number."""
    return value.bit_length() if isinstance(value, int) else 0


@pass_environment
def _sum(environment: Environment, items: Any, attribute: Any = None, start: Any = 0) -> Any:
    """Add numbers as Jinja does; joining lists so takes time by the square of their number."""
    if not isinstance(start, (int, float)):
        raise SecurityError("sum adds numbers only")
    return DEFAULT_FILTERS["sum"](environment, items, attribute, start)


def _yaml(value: Any) -> str:
    """Write a value as YAML on one line, quoted so that nothing in it can change the document around it."""
    if isinstance(value, Undefined):
        str(value)  # raises, naming what is not there
    return flow(list(value) if isinstance(value, Iterator) else value)
