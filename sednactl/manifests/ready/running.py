"""What a translated template needs to run: as much of Jinja's runtime as our own templates use.

Importing Jinja costs a sixth of a whole `create`, and the templates that come
along are known: they take complete values and use a few filters. What they ask
for beyond that, a value that is not there above all, raises `Unanswered`; Jinja
itself then renders, and says what is wrong in its own words. A test renders
everything both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any, NoReturn

from sednactl.manifests.writing import flow

missing: Any = object()
"""Stands for a name that has no value; compared by identity only."""


class Unanswered(Exception):
    """A translated template asks for something that only Jinja itself can answer."""


class TemplateRuntimeError(Unanswered):
    """What the translation raises by this name, for a filter that is not there."""


class Undefined:
    """A value that is not there: it may be passed on, and any use of it is for Jinja to answer."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def _used(self, *_: Any, **__: Any) -> NoReturn:
        raise Unanswered

    __bool__ = __str__ = __iter__ = __len__ = __eq__ = __ne__ = __contains__ = __getitem__ = __call__ = _used
    __hash__ = None  # type: ignore[assignment]


class Macro:
    """A macro of a template: a function of its arguments that gives text."""

    def __init__(
        self, _environment: Any, function: Callable[..., str], _name: str, arguments: tuple[str, ...], *_: Any
    ) -> None:
        self._function = function
        self._arguments = arguments

    def __call__(self, *given: Any, **named: Any) -> str:
        """Call it; arguments that are not given are missing."""
        if len(given) > len(self._arguments):
            raise Unanswered
        rest = [named.pop(argument, missing) for argument in self._arguments[len(given) :]]
        if named:
            raise Unanswered
        return self._function(*given, *rest)


def internalcode(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark nothing: Jinja hides such functions from its tracebacks, and ours are never shown."""
    return function


class _Context:
    """The names that a template sees, and those that it makes."""

    eval_ctx = SimpleNamespace(autoescape=False)

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.vars: dict[str, Any] = {}
        self.exported_vars: set[str] = set()

    def resolve_or_missing(self, name: str) -> Any:
        """Give what a name stands for."""
        return self._given.get(name, missing)


class Running:
    """What the translation knows as its environment. `modules` gives the translation of a template by its name."""

    undefined = Undefined
    concat = "".join

    def __init__(self, modules: Callable[[str], Any]) -> None:
        self._modules = modules
        self.filters: dict[str, Callable[..., Any]] = {
            "counted": lambda items: items,  # our own templates end by themselves
            "default": _default,
            "indent": _indent,
            "yaml": _yaml,
        }
        self.tests: dict[str, Callable[[Any], bool]] = {"none": lambda value: value is None}

    def render(self, name: str, given: Mapping[str, Any]) -> str:
        """Give what a template writes."""
        return "".join(self._modules(name).root(_Context(given)))

    def get_template(self, name: str, _parent: str) -> _Part:
        """Give a template that another imports from."""
        return _Part(self._modules(name))

    @staticmethod
    def getattr(value: Any, name: str) -> Any:
        """Give `value.name` as Jinja understands it: an attribute, else an entry, else nothing."""
        if isinstance(value, Undefined):
            raise Unanswered
        try:
            return getattr(value, name)
        except AttributeError:
            pass
        try:
            return value[name]
        except (TypeError, LookupError):
            return Undefined()

    @staticmethod
    def call(_context: Any, function: Any, *given: Any, _loop_vars: Any = None, **named: Any) -> Any:
        """Call what a template calls."""
        return function(*given, **named)


class _Part:
    def __init__(self, module: Any) -> None:
        self._module = module

    def _get_default_module(self, _context: Any) -> SimpleNamespace:
        context = _Context({})
        for _ in self._module.root(context):
            pass
        return SimpleNamespace(**{name: context.vars[name] for name in context.exported_vars})


def _default(value: Any, instead: Any = "", boolean: bool = False) -> Any:
    if isinstance(value, Undefined):
        return instead
    return instead if boolean and not value else value


def _indent(text: str, width: int = 4) -> str:
    """Move every line but the first, and but empty ones, to the right."""
    first, *others = f"{text}\n".splitlines()
    return "\n".join([first, *(" " * width + line if line else line for line in others)])


def _yaml(value: Any) -> str:
    if isinstance(value, Undefined):
        raise Unanswered
    return flow(
        list(value) if isinstance(value, Iterable) and not isinstance(value, (str, Mapping)) else value
    )
