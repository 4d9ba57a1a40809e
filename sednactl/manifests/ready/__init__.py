"""The templates that come along, translated to Python ahead of time.

Translating costs more than rendering, at every run; a cache in the user's home
would have to be trusted. So the translation is part of the program: Python keeps
its bytecode beside it like that of any module. `python -m sednactl.manifests.ready`
renews it, and a test says when it is stale. A template that was changed makes no
difference but in time: then Jinja renders it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def ready_text(template: str, given: Mapping[str, Any], source_of: Callable[[str], str | None]) -> str | None:
    """Give what a template that comes along writes, or None where Jinja itself must render it.

    That is where its text, or that of a part it imports (`source_of` gives them by
    name), is not what was translated, and where something is asked for that only
    Jinja can answer.
    """
    from sednactl.manifests.ready.running import Running, Unanswered

    def module(name: str) -> Any:
        try:
            found = import_module(f"{__name__}.{module_name(name)}")
        except ModuleNotFoundError:
            raise Unanswered from None
        if source_of(name) != found.SOURCE:
            raise Unanswered
        found.environment = running  # type: ignore[attr-defined]  # where the translation looks for it
        return found

    running = Running(module)
    try:
        return running.render(template, given)
    except Unanswered:
        return None


def module_name(template: str) -> str:
    """Give the module that holds a template's translation: `parts_worker` for `parts/worker.yaml.j2`."""
    return template.removesuffix(".yaml.j2").replace("/", "_").replace("-", "_")
