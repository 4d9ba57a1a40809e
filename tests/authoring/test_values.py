"""Values: which layer wins, what the schema takes, and how a slip of the pen is answered."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import referencing
import referencing.jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.manifests.reading import read_documents
from sednactl.manifests.setting import setting
from sednactl.manifests.values import check_values, gather_values, missing_values
from sednactl.manifests.values_schema import values_faults, values_schema
from sednactl.packaged import schemas_dir, templates_dir
from sednactl.sedna.kinds import DATASET, JOINT_INFERENCE, MODEL, SEDNA_KINDS

WORDS = tuple(kind.word for kind in SEDNA_KINDS)
SHARED = referencing.jsonschema.DRAFT202012.create_resource(values_schema("shared"))
REGISTRY: Any = referencing.Registry().with_resource("shared.json", SHARED)


def oracle(word: str) -> jsonschema.Draft202012Validator:
    """Give a real validator of a kind's values."""
    return jsonschema.Draft202012Validator(values_schema(word), registry=REGISTRY)


def from_yaml(*texts: str) -> list[Any]:
    return [read_documents(text.encode(), f"{index}.yaml")[0] for index, text in enumerate(texts)]


def test_layers_from_files_over_set_to_flags() -> None:
    files = from_yaml(
        "edge: {model: a, env: {X: '1', U: '1'}, requests: {cpu: 1}, sidecars: [{name: s}]}",
        "edge: {env: {U: '2', Z: '2'}, sidecars: [], hpa: 'max=3,cpu=20%'}",
    )
    changes = [setting("edge.env.Z=x", as_text=True), setting("edge.hpa.max=7")]
    values = gather_values(
        files, changes, {"edge": {"env": {"U": "flag"}, "node": "n", "hpa": {"cpu": "50%"}}}
    )
    assert values.content == {
        "edge": {
            "model": "a",
            "env": {"X": "1", "U": "flag", "Z": "x"},
            "requests": {"cpu": 1},
            "sidecars": [],
            "hpa": {"max": 7, "cpu": "50%"},
            "node": "n",
        }
    }


def test_two_words_for_one_thing_do_not_outlive_each_other() -> None:
    files = from_yaml("edge: {hpa: {min: 1, max: 5}}", "edge: {hpa: {maxReplicas: 2}}")
    assert gather_values(files).content["edge"]["hpa"] == {"min": 1, "maxReplicas": 2}
    assert gather_values(files, [setting("edge.hpa.minReplicas=2")], {"edge": {"hpa": {"max": 9}}}).content[
        "edge"
    ]["hpa"] == {"minReplicas": 2, "max": 9}


def test_environment_as_a_list_merges_by_name() -> None:
    files = from_yaml(
        "edge: {env: [{name: A, value: '1'}, {name: B, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]}",
        "edge: {env: {B: plain, C: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}",
    )
    assert gather_values(files).content["edge"]["env"] == {
        "A": "1",
        "B": "plain",
        "C": {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
    }


def test_volumes_are_matched_by_their_mount_path() -> None:
    files = from_yaml("edge: {volumes: ['/a:/data', '/b:/other']}", "edge: {volumes: ['/c:/data:ro']}")
    assert [
        (one["mountPath"], one["hostPath"]["path"]) for one in gather_values(files).content["edge"]["volumes"]
    ] == [("/other", "/b"), ("/data", "/c")]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("edge: {modle: x}", "0.yaml:1:8: edge.modle is unknown", "did you mean 'edge.model'?"),
        ("egde: {}", "egde is unknown", "did you mean 'edge'?"),
        ("edge:\n  node: $EDGE_NODE", "0.yaml:2:3: edge.node '$EDGE_NODE' is no name of a node", "placeholder"),
        ("edge: {env: {A: 0644}}", "edge.env.A is 420, but must be a text or a map", "quotes"),
        ("edge: {env: {A: yes}}", "edge.env.A is true, but must be a text or a map", "yes, no, on and off"),
        ("edge: {hem: {parameters: {t: 0.9}}}", "edge.hem.parameters.t is 0.9, but must be a text", "quotes"),
        ("edge: {hpa: {maxx: 3}}", "edge.hpa.maxx is unknown", "did you mean 'edge.hpa.max'?"),
        ("edge: {hpa: {gauge: 3}}", "edge.hpa.gauge is unknown", "pods/METRIC"),
        ("edge: {hpa: {max: many}}", "edge.hpa.max is a text, but must be a whole number", ""),
        ("edge: {container: {image: x}}", "edge.container.image has its own place", "beside 'container'"),
        ("edge: {pod: {nodeName: x}}", "edge.pod.nodeName has its own place", "beside 'pod'"),
        ("edge: {model: ''}", "edge.model is empty", ""),
        ("edge: {model: }", "edge.model is empty, but must be a text", "leave the key out"),
        ("hpa: yes", "hpa is true, but must be a text", ""),
        ("hpa: all", "hpa 'all' is not one of cloud, edge, both, none", ""),
        ("edge: [1]", "edge is a list, but must be a map", ""),
        ("edge: {env: [{name: A, vlaue: b}]}", "edge.env[0].vlaue is unknown", "did you mean 'edge.env[0].value'?"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_answered_with_its_place(text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_values(gather_values(from_yaml(text)), JOINT_INFERENCE, complete=False)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_the_place_may_be_a_flag_or_a_set() -> None:
    values = gather_values(
        from_yaml("cloud: {model: m}"),
        [setting("cloud.env.A=1"), setting("edge.modle=1")],
        {"edge": {"node": "A B"}},
        {("edge", "node"): "--edge-node"},
    )
    with pytest.raises(InvalidInput) as caught:
        check_values(values, JOINT_INFERENCE, complete=False)
    lines = "\n".join(caught.value.detail)
    assert "3 of the values" in caught.value.message
    assert "--set cloud.env.A is 1, but must be" in lines
    assert "--set edge.modle is unknown" in lines
    assert "--edge-node: edge.node 'A B' is no name" in lines


def test_what_is_missing() -> None:
    assert missing_values(gather_values(), JOINT_INFERENCE) == [
        ("cloud", "model"), ("cloud", "image"), ("edge", "model"), ("edge", "image"),
    ]  # fmt: skip
    assert missing_values(gather_values(flags={"url": "/a"}), MODEL) == [("format",)]
    assert missing_values(gather_values(), DATASET) == [("url",), ("format",), ("node",)]


def test_a_file_that_holds_no_map_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"0\.yaml: values are a map"):
        gather_values(from_yaml("[a, b]"))


KEYS = st.sampled_from(
    ["cloud", "edge", "hpa", "model", "image", "env", "node", "hem", "name", "parameters", "volumes", "mountPath", "hostPath",
     "min", "max", "cpu", "cpu@x", "pods/x", "metrics", "behavior", "scaleUp", "pod", "container", "containers", "labels", "vars",
     "requests", "url", "format", "credential", "deviceSoc", "valueFrom", "value", "sidecars", "hostNetwork", "x",
     "train", "eval", "deploy", "aggregation", "tracking", "user", "reid", "workers", "dataset", "when", "hours", "metric", "operator",
     "threshold", "start", "models", "datasets", "withModels", "replicas", "kafka", "trainProb", "transmitter"]
)  # fmt: skip
TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(-2, 2), st.sampled_from(["", "a", "both", "20%", "A$"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(WORDS), st.dictionaries(KEYS, TREES, max_size=5))
def test_our_walker_agrees_with_a_real_validator(word: str, values: dict[str, Any]) -> None:
    assert (not values_faults(values, word)) == oracle(word).is_valid(values), values


@pytest.mark.parametrize("word", (*WORDS, "shared"))
def test_the_schema_is_one_and_keeps_to_what_the_walker_knows(word: str) -> None:
    schema = json.loads((schemas_dir() / "values" / f"{word}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    known = {"$schema", "$ref", "$defs", "title", "description", "type", "enum", "pattern", "minLength", "properties",
             "patternProperties", "additionalProperties", "unevaluatedProperties", "required", "items", "allOf"}  # fmt: skip

    def walk(node: Any, names: bool = False) -> None:
        if isinstance(node, dict):
            assert names or set(node) <= known, node
            for key, item in node.items():
                walk(item, names=not names and key in ("properties", "patternProperties", "$defs"))

    walk(schema)


@pytest.mark.parametrize("word", WORDS)
def test_the_examples_of_values_fit_their_schema(word: str) -> None:
    document = read_documents((templates_dir() / "examples" / f"{word}.yaml").read_bytes(), "-")[0]
    assert document.content
    oracle(word).validate(gather_values([document]).content)


def test_a_manifest_in_place_of_values() -> None:
    manifest = (
        "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: a}\nspec: {url: /a.pb, format: pb}\n"
    )
    with pytest.raises(InvalidInput) as caught:
        check_values(gather_values(from_yaml(manifest)), MODEL)
    assert "sednactl apply" in (caught.value.hint or "")
    with pytest.raises(InvalidInput) as caught:
        check_values(gather_values(from_yaml("urll: /a.pb\nformt: pb\n")), MODEL)
    assert caught.value.hint is None
