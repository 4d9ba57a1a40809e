"""The templates that come along, translated to Python ahead of time.

Translating costs more than rendering, at every run; a cache in the user's home
would have to be trusted. So the translation is part of the program: Python keeps
its bytecode beside it like that of any module. `python -m sednactl.manifests.ready`
renews it, and a test says when it is stale. A template that was changed, or a
Jinja of another release, makes no difference but in time: then it is translated anew.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template
    from jinja2.environment import Environment


def ready_template(
    environment: Environment, name: str, source: str, names: Mapping[str, Any]
) -> Template | None:
    """Give the translated template, or None when it does not fit this source or this Jinja."""
    import jinja2

    try:
        module = import_module(f"{__name__}.{module_name(name)}")
    except ModuleNotFoundError:
        return None
    if jinja2.__version__ != module.JINJA or digest(source) != module.SOURCE:
        return None
    # The translation looks up its environment in its module, so one rendering runs at a time.
    return environment.template_class.from_module_dict(environment, vars(module), dict(names))


def module_name(template: str) -> str:
    """Give the module that holds a template's translation: `parts_worker` for `parts/worker.yaml.j2`."""
    return template.removesuffix(".yaml.j2").replace("/", "_").replace("-", "_")


def digest(source: str) -> str:
    """Give the fingerprint by which a changed template is known."""
    import hashlib

    return hashlib.sha256(source.encode()).hexdigest()
