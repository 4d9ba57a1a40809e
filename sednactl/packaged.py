"""Where the files that travel with the program lie: templates, schemas, completions.

In a wheel they sit inside the package, in a checkout beside it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _root() -> Path:
    package = Path(__file__).parent
    inside = package / "_packaged"
    return inside if inside.is_dir() else package.parent


def templates_dir() -> Path:
    """Give the folder of the Jinja templates."""
    return _root() / "templates"


def schemas_dir() -> Path:
    """Give the folder of the JSON Schemas."""
    return _root() / "schemas"


def completions_dir() -> Path:
    """Give the folder of the shell completion scripts."""
    return _root() / "completions"
