"""Our schemas say what Sedna's CRDs say, and the generated part is what its generator writes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.packaged import schemas_dir
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import LATEST, RELEASES, SINCE, Release
from sednactl.validation.crd import crd_of
from sednactl.validation.fields import explain_field
from sednactl.validation.metadata import MAPS_OF_TEXTS, TEXTS
from sednactl.validation.schemas import Node, kinds_with_schema, schema_of
from tests.upstream import FOLDER, upstream_crd, without_words

ROOT = Path(__file__).parents[2]
KINDS = kinds_with_schema()
HAVING = [
    (kind, release) for release in RELEASES for kind in KINDS if release >= SINCE.get(kind, RELEASES[0])
]
"""Every kind in every release that has it."""


def test_every_kind_has_a_schema() -> None:
    assert set(KINDS) == set(BY_KIND)


@pytest.mark.parametrize(("kind", "release"), HAVING, ids=str)
def test_crd_is_upstreams(kind: str, release: Release) -> None:
    """Every field, type, bound and list key of the CRD, both ways; only descriptions are our own."""
    theirs = upstream_crd(kind, release)
    if theirs is None:
        pytest.skip("Sedna's own CRDs are not at hand")
    spec = {"apiVersion": theirs["apiVersion"], "kind": theirs["kind"], "spec": without_words(theirs["spec"])}
    ours = crd_of(kind, release)
    assert ours["metadata"]["name"] == theirs["metadata"]["name"]
    del ours["metadata"]
    if release < LATEST:  # how lists and maps merge is no matter of verdicts
        ours, spec = _without_merging(ours), _without_merging(spec)
    assert _sorted(ours) == _sorted(spec)


def _without_merging(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_merging(item)
            for key, item in value.items()
            if key != "x-kubernetes-map-type" and (key, item) != ("x-kubernetes-list-type", "atomic")
        }
    return [_without_merging(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_a_release_has_upstreams_kinds(release: Release) -> None:
    folder = FOLDER / f"v{release}"
    if not folder.exists():
        pytest.skip("Sedna's own CRDs are not at hand")
    plurals = {f"sedna.io_{BY_KIND[kind].plural}.yaml" for kind, other in HAVING if other == release}
    assert {file.name for file in folder.glob("*.yaml")} == plurals


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_everyday_metadata_is_in_every_schema(release: Release) -> None:
    for kind in kinds_with_schema():
        root = schema_of(kind, release)
        metadata = root.field("metadata") if root else None
        if root is None:
            continue
        assert metadata is not None
        for name in TEXTS:
            text = metadata.field(name)
            assert text is not None
            assert (text.type, text.limit("format")) == ("string", None)
        for name in MAPS_OF_TEXTS:
            texts = metadata.field(name)
            assert texts is not None
            assert texts.type == "object"
            assert texts.additional is not None
            assert texts.additional.type == "string"


def test_kinds_within_a_series() -> None:
    assert schema_of("ObjectSearchService", Release(0, 4, 2)) is None
    assert schema_of("ObjectSearchService", Release(0, 4, 3)) is not None
    assert schema_of("ReidJob", Release(0, 4, 3)) is None


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: sorted(item) if key == "required" and isinstance(item, list) else _sorted(item)
            for key, item in value.items()
        }
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def test_crd_of_a_kind_without_schema() -> None:
    with pytest.raises(InvalidInput, match="no schema for Nothing"):
        crd_of("Nothing")


def test_generated_types_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "schemas" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


OF_NO_WEIGHT = {"a", "an", "its", "of", "one", "the", "this", "which"}


def hollow(name: str, description: str) -> bool:
    """Tell whether a description is none, or only the name in other words."""
    words = [word.strip(".,;:").lower() for word in description.split()]
    own = {part.lower() for part in re.findall("[A-Z]*[a-z]+|[A-Z]+", name)} | {name.lower()} | OF_NO_WEIGHT
    says = [word for word in words if not {word, word.rstrip("s")} & own]
    short = len(words) < 3 and words[:1] != ["always"]
    return short or not says or not description.endswith((".", "…"))


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("url", ""),
        ("key", "Which key."),
        ("nodeName", "The name of the node."),
        ("url", "Where the model is"),
    ],
)
def test_a_hollow_description_is_seen(name: str, description: str) -> None:
    assert hollow(name, description)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described(kind: str) -> None:
    """In our own words: what Sedna adds, and what it takes of Kubernetes, down to the last field of a pod.

    A description says something that the name, spelled out, does not.
    """
    root = schema_of(kind)
    assert root is not None
    silent = []
    seen: set[str] = set()

    def look(path: tuple[str, ...], node: Node) -> None:
        while node.items or node.additional:
            node = node.items or node.additional  # type: ignore[assignment]
        if node.name in seen:
            return
        if node.name:
            seen.add(node.name)
        for field in explain_field(kind, path).fields if node.field_names else ():
            if hollow(field.name, field.description):
                silent.append(".".join((*path, field.name)))
            child = node.field(field.name)
            assert child is not None
            look((*path, field.name), child)

    look((), root)
    assert silent == []
    assert "PodSpec" in seen or kind in ("Model", "Dataset")


def test_words_are_for_fields_that_there_are() -> None:
    """A word for a field that was renamed or never was would go unread."""
    types = json.loads(Path(schemas_dir(), "kubernetes", "1.30.json").read_text())["$defs"]
    words = json.loads(Path(schemas_dir(), "kubernetes", "words.json").read_text())
    for name, fields in words.items():
        assert set(fields) - {""} <= set(types[name]["properties"]), name


def test_schema_files_are_closed() -> None:
    """An object that lists its fields takes no others, so that editors and validators see what the server sees."""

    def look(schema: Any, place: str) -> None:
        if isinstance(schema, dict):
            if schema.get("type") == "object" and "properties" in schema:
                assert schema.get("additionalProperties") is False, place
            for key, item in schema.items():
                look(item, f"{place}/{key}")
        elif isinstance(schema, list):
            for item in schema:
                look(item, place)

    for folder in ("sedna.io/v1alpha1", "kubernetes"):
        for file in Path(schemas_dir(), folder).glob("[!w]*.json"):
            look(json.loads(file.read_text()), file.name)
