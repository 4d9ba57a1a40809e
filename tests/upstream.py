"""Sedna's own CustomResourceDefinitions, where they are at hand: the oracle for our schemas."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import Release

FOLDER = Path(
    os.environ.get("SEDNACTL_TEST_UPSTREAM") or Path(__file__).parents[2] / "shared" / "upstream" / "crds"
)


def upstream_crd(kind: str, release: Release) -> dict[str, Any] | None:
    """Give the CRD of a kind at the tag of a release; None where it is not at hand."""
    file = FOLDER / f"v{release}" / f"sedna.io_{BY_KIND[kind].plural}.yaml"
    if not file.exists():
        return None
    crd: dict[str, Any] = json.loads(_as_json(file.read_bytes()))
    return crd


@cache
def _as_json(written: bytes) -> str:
    """Give a CRD as JSON, which is read in a tenth of the time; most releases changed few of them."""
    return json.dumps(yaml.load(written, yaml.CSafeLoader))


def without_words(value: Any, *, names: bool = False) -> Any:
    """Give a schema without its descriptions."""
    if isinstance(value, dict):
        return {
            key: without_words(item, names=key == "properties" and not names)
            for key, item in value.items()
            if names or key != "description"
        }
    return [without_words(item) for item in value] if isinstance(value, list) else value
