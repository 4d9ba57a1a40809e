"""What objects would lose is what a server prunes; what would be invalid is what it refuses."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sednactl.lifecycle.crd_losses import MOST_NAMED, harm_of, survey_harm
from sednactl.lifecycle.dropped_fields import dropped_fields
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import LATEST, release_named
from sednactl.validation.crd import crd_of
from sednactl.validation.finding import spell_path
from tests.crds.bare_cluster import BareCluster
from tests.validation.mutants import sample

OLD = release_named("0.6")
ALIASES: dict[str, Any] = {"hostAliases": [{"hostnames": ["camera"]}]}


def reid(name: str, namespace: str = "default", **pod: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "a", "image": "a:1"}], **pod}}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {"template": template}}


def pruned(schema: dict[str, Any], value: Any) -> Any:
    """Prune as a server does, in a few lines of its own."""
    if isinstance(value, dict) and "properties" in schema:
        fields = schema["properties"]
        return {key: pruned(fields[key], item) for key, item in value.items() if key in fields}
    if isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        return {key: pruned(schema["additionalProperties"], item) for key, item in value.items()}
    if isinstance(value, list) and "items" in schema:
        return [pruned(schema["items"], item) for item in value]
    return value


@pytest.mark.parametrize("kind", ["JointInferenceService", "ReidJob", "LifelongLearningJob"])
def test_losses_are_what_is_pruned(kind: str) -> None:
    rng = random.Random(f"losses of {kind}")
    schema = crd_of(kind, OLD)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    some = 0
    for _ in range(60):
        content = sample(kind, rng, LATEST)
        content.pop("status", None)
        lost = {spell_path(path) for path in harm_of(content, kind, OLD)[0]}
        left = {**pruned(schema, content), "metadata": content["metadata"]}
        gone = {spell_path(path) for path in dropped_fields(content, left)}
        assert gone <= lost
        # What is lost beyond that held nothing: null, an empty map or list.
        assert all(
            not _at(content, path) for path in harm_of(content, kind, OLD)[0] if spell_path(path) not in gone
        )
        some += bool(lost)
    assert some > 5


def _at(content: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        content = content[step]
    return content


def test_objects_are_counted_by_field_and_named(bare: BareCluster) -> None:
    bare.install("0.7", "ReidJob")
    resource = BY_KIND["ReidJob"].resource
    bare.create(resource, reid("plain"))
    for number in range(3):
        bare.create(resource, reid(f"new-{number}", hostUsers=True))
    definition = bare.definition("ReidJob")
    assert definition is not None
    harm = survey_harm(bare.cluster, "ReidJob", definition, OLD)
    assert (harm.objects, harm.harmed, harm.unread) == (4, 3, "")
    assert harm.lost == {"spec.template.spec.hostUsers": 3}
    assert [(one.namespace, one.name) for one in harm.named] == [("default", f"new-{n}") for n in range(3)]


def test_memory_does_not_grow_with_the_fleet(bare: BareCluster) -> None:
    bare.install("0.6", "ReidJob")
    definition = bare.definition("ReidJob")
    assert definition is not None

    class Fleet:
        def list(self, selection: Any) -> Any:
            for number in range(MOST_NAMED * 3):
                yield {"kind": "ReidJob", "apiVersion": "sedna.io/v1alpha1", **reid(f"r-{number}", **ALIASES)}

    said: list[str] = []
    harm = survey_harm(Fleet(), "ReidJob", definition, LATEST, said.append)  # type: ignore[arg-type]
    assert (harm.objects, harm.harmed, len(harm.named)) == (600, 600, MOST_NAMED)
    assert harm.refused == {"spec.template.spec.hostAliases[]": 600}
    assert said == ["looking at what objects would lose: ReidJob 500"]


def test_a_kind_that_nothing_serves_cannot_be_looked_at(bare: BareCluster) -> None:
    definition = crd_of("ReidJob")
    definition["spec"]["versions"][0]["served"] = False
    assert survey_harm(bare.cluster, "ReidJob", definition, OLD).unread == "no version of the kind is served"
