"""Any values that a kind's schema takes give a manifest that its CRD takes, the same for every reader, or a clean refusal."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.lifecycle.references import workers_of
from sednactl.manifests.document import document_of
from sednactl.manifests.rendering import render_manifest
from sednactl.manifests.values import check_values, gather_values, missing_values
from sednactl.manifests.values_schema import resolved_schema, values_schema
from sednactl.manifests.writing import to_yaml
from sednactl.sedna.kinds import SEDNA_KINDS, SednaKind
from tests.authoring.test_every_kind import crd_validator
from tests.authoring.test_writing import TEXTS

CONDITIONS = [
    "num_of_samples>=500",
    "precision_delta[0] > 0.1",
    "f1 lt -3",
    "x[-1]>1",
    "often",
    "",
    ">5",
    "a>b",
    "num_of_samples=>3",
]
HOURS = ["02:00-24:00", "2:00-3:30", "22:00-06:00", "24:01-25:00", "2", "", "02:00"]
WORDS = {
    "when": st.one_of(
        st.sampled_from(CONDITIONS),
        st.fixed_dictionaries({"metric": st.sampled_from(["num_of_samples", "p_delta", "p[1]"]), "operator": st.just(">"),
                               "threshold": st.one_of(st.integers(-9, 9), st.floats(-1, 1))}),
    ),
    "hours": st.one_of(
        st.sampled_from(HOURS), st.fixed_dictionaries({"start": st.sampled_from(["2:00", "02:00", "x"]), "end": st.just("24:00")})
    ),
    "trainProb": st.sampled_from([0, 0.5, 0.8, 1, 2, -1]),
    "transmitter": st.sampled_from(["ws", "s3://b/x", "mqtt"]),
    "volumes": st.lists(
        st.one_of(
            st.sampled_from(["/a:/b", "x=/a:/c:ro", "bad"]),
            st.fixed_dictionaries({"mountPath": TEXTS.filter(bool), "emptyDir": st.just({})}),
        ),
        max_size=2,
    ),
    "env": st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=2),
    "requests": st.dictionaries(st.sampled_from(["cpu", "memory"]), st.sampled_from([1, "500m", "2Gi"]), max_size=2),
    "limits": st.just({"memory": "2Gi"}),
    "pod": st.sampled_from([{}, {"nodeSelector": {"a": "yes"}}, {"restartPolicy": "Never"}]),
    "container": st.sampled_from([{}, {"name": "w"}, {"args": ["24:00", "no", "-x"]}]),
    "hpa": st.sampled_from([{"max": 3, "cpu": "500m"}, {"max": 0}]),
    "sidecars": st.just([]),
    "vars": st.just({}),
    "node": st.sampled_from(["edge-1", "a.b"]),
}  # fmt: skip
"""What is worth trying where a text alone would never be right."""


def values_of(kind: SednaKind) -> st.SearchStrategy[dict[str, Any]]:
    types = {**values_schema("shared")["$defs"], **values_schema(kind.word).get("$defs", {})}

    def made(schema: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
        if name in WORDS and not (name == "hpa" and depth == 1):
            return WORDS[name]
        schema = resolved_schema(schema, types)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        types_of = schema.get("type", "object")
        first = types_of if isinstance(types_of, str) else types_of[0]
        if first == "object":
            inner = {
                key: made(each, key, depth + 1)
                for key, each in schema.get("properties", {}).items()
                if each is not False
            }
            wanted = [*schema.get("required", ()), *(["image"] if depth < 2 else [])]
            needed = {key: inner.pop(key) for key in wanted if key in inner}
            if inner or needed:
                return st.fixed_dictionaries(needed, optional=inner)
            return st.dictionaries(TEXTS, TEXTS, max_size=2)
        if first == "array":
            return st.lists(made(schema["items"], "", depth + 1), min_size=name == "workers", max_size=2)
        plain: dict[str, st.SearchStrategy[Any]] = {
            "boolean": st.booleans(),
            "integer": st.integers(-1, 4),
            "number": st.floats(0, 1),
        }
        return plain.get(first, TEXTS.filter(bool))

    return made(values_schema(kind.word), "", 0)


@pytest.mark.parametrize("kind", SEDNA_KINDS, ids=lambda kind: kind.word)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_values(kind: SednaKind, data: st.DataObject) -> None:
    raw = data.draw(values_of(kind))
    try:
        values = gather_values([document_of(raw)])
        check_values(values, kind, complete=False)
        if missing_values(values, kind):
            return
        made = render_manifest(kind, "x", None, values.content)
    except InvalidInput as error:
        assert error.message
        return
    assert render_manifest(kind, "x", None, values.content) == made
    assert list(yaml.safe_load_all(to_yaml(made))) == made
    crd_validator(kind.kind).validate(made[0])
    for worker in workers_of(kind, made[0]):
        assert worker.pod["containers"][0]["image"]
        assert worker.pod["containers"][0]["name"]
