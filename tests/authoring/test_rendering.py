"""Rendering: any values give a valid manifest or a clean refusal; nobody's template gets out of its room."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sednactl.errors import InvalidInput, SednactlError
from sednactl.manifests.completed_worker import dns_label
from sednactl.manifests.completing import template_values
from sednactl.manifests.document import document_of
from sednactl.manifests.rendering import render_manifest, render_text
from sednactl.manifests.values import check_values, gather_values
from sednactl.manifests.writing import to_yaml
from sednactl.packaged import templates_dir
from sednactl.sedna.kinds import DATASET, JOINT_INFERENCE, MODEL, SEDNA_KINDS, SednaKind
from sednactl.validation.check import check_documents, require_valid
from tests.authoring.test_values import KEYS, TREES
from tests.authoring.test_writing import TEXTS

SMALL: dict[str, Any] = {
    "cloud": {"model": "big", "image": "c:v1"},
    "edge": {"model": "little", "image": "e:v1"},
}


def ji(values: dict[str, Any], name: str = "helmet") -> dict[str, Any]:
    (made,) = render_manifest(JOINT_INFERENCE, name, None, values)
    return made


def own(tmp_path: Path, text: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    file = tmp_path / "own.yaml.j2"
    file.write_text(text)
    return render_manifest(JOINT_INFERENCE, "helmet", None, values or SMALL, file)


HEAD = "apiVersion: sedna.io/v1alpha1\nkind: JointInferenceService\nmetadata: {name: {{ name | yaml }}}\n"

# --- any values --------------------------------------------------------------------------------------------

NAMES = st.one_of(st.sampled_from(["a", "big-model", "Big.Model", "x" * 70]), TEXTS.filter(bool))
AMOUNTS = st.dictionaries(
    st.sampled_from(["cpu", "memory"]), st.sampled_from(["1", "50m", "2Gi", 1, 0.5, "x", ""]), max_size=2
)
VOLUMES = st.one_of(
    st.fixed_dictionaries(
        {"mountPath": NAMES, "hostPath": NAMES}, optional={"name": NAMES, "readOnly": st.booleans()}
    ),
    st.fixed_dictionaries({"mountPath": NAMES, "emptyDir": st.just({})}, optional={"name": NAMES}),
    st.fixed_dictionaries({"mountPath": NAMES}, optional={"name": NAMES}),
)
BLOCKS = st.one_of(
    st.fixed_dictionaries(
        {"max": st.integers(-1, 9)},
        optional={"min": st.integers(-1, 9), "cpu": st.sampled_from(["20%", "500m", 3, "x"]), "up-window": st.integers(0, 9),
                  "pods/rps": st.sampled_from([1, "5", "y"])},
    ),
    st.fixed_dictionaries({"maxReplicas": st.integers(1, 5), "metrics": st.lists(st.just({"type": "Foo"}), max_size=1)}),
)  # fmt: skip
COMMON: dict[str, Any] = {
    "node": st.sampled_from(["edge-1", "a.b"]),
    "hostNetwork": st.booleans(),
    "env": st.dictionaries(NAMES, TEXTS, max_size=4),
    "requests": AMOUNTS,
    "limits": AMOUNTS,
    "volumes": st.lists(VOLUMES, max_size=3),
    "container": st.fixed_dictionaries({}, optional={"name": NAMES, "args": st.lists(TEXTS, max_size=2)}),
    "pod": st.fixed_dictionaries({}, optional={"nodeSelector": st.dictionaries(TEXTS, TEXTS, max_size=2)}),
    "sidecars": st.lists(st.fixed_dictionaries({"name": NAMES}, optional={"image": NAMES}), max_size=2),
    "hpa": BLOCKS,
}
HEM = st.fixed_dictionaries(
    {}, optional={"name": NAMES, "parameters": st.dictionaries(TEXTS, TEXTS, max_size=3)}
)
REQUIRED = {"model": NAMES, "image": NAMES}
JI_VALUES = st.fixed_dictionaries(
    {"cloud": st.fixed_dictionaries(REQUIRED, optional=COMMON), "edge": st.fixed_dictionaries(REQUIRED, optional={**COMMON, "hem": HEM})},
    optional={
        "hpa": st.sampled_from(["cloud", "edge", "both", "none"]),
        "labels": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "annotations": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "namespace": NAMES,
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JI_VALUES)
def test_any_values_give_a_manifest_that_says_just_that_or_a_clean_refusal(values: dict[str, Any]) -> None:
    try:
        check_values(gather_values(flags=values), JOINT_INFERENCE)
        made = render_manifest(JOINT_INFERENCE, "helmet", None, values)
    except SednactlError as error:
        assert error.message
        return
    assert render_manifest(JOINT_INFERENCE, "helmet", None, values) == made
    assert to_yaml(made) == to_yaml(render_manifest(JOINT_INFERENCE, "helmet", None, values))
    spec = made[0]["spec"]
    for side in ("cloud", "edge"):
        given_side = values[side]
        worker = spec[f"{side}Worker"]
        assert worker["model"]["name"] == given_side["model"]
        container, *further = worker["template"]["spec"]["containers"]
        assert container["image"] == given_side["image"]
        assert {one["name"]: one["value"] for one in container.get("env", ())} == given_side.get("env", {})
        assert further == given_side.get("sidecars", [])
        assert container.get("args", []) == given_side.get("container", {}).get("args", [])
    if "hpa" not in values and "hpa" not in values["cloud"] and "hpa" not in values["edge"]:
        assert "hpa" not in spec["cloudWorker"].keys() | spec["edgeWorker"].keys()
    parameters = spec["edgeWorker"]["hardExampleMining"].get("parameters", ())
    assert {one["key"]: one["value"] for one in parameters} == values["edge"].get("hem", {}).get(
        "parameters", {}
    )
    assert made[0]["metadata"].get("labels", {}) == values.get("labels", {})
    try:
        require_valid(made)
    except InvalidInput as error:
        assert error.detail


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries(
        {"url": TEXTS, "format": TEXTS}, optional={"credential": TEXTS, "deviceSoc": st.lists(TEXTS)}
    )
)
def test_any_model(values: dict[str, Any]) -> None:
    try:
        check_values(gather_values(flags=values), MODEL)
    except InvalidInput:
        return
    (made,) = render_manifest(MODEL, "m", "ns", values)
    assert made["metadata"] == {"name": "m", "namespace": "ns"}
    expected = {"url": values["url"], "format": values["format"]}
    if values.get("credential"):
        expected["credentialName"] = values["credential"]
    if values.get("deviceSoc"):
        expected["device_soc_versions"] = values["deviceSoc"]
    assert made["spec"] == expected


def test_dataset() -> None:
    (made,) = render_manifest(DATASET, "d", None, {"url": "/a", "format": "txt", "node": "n"})
    assert made["spec"] == {"url": "/a", "format": "txt", "nodeName": "n"}
    assert check_documents([]) == []


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(SEDNA_KINDS),
    st.dictionaries(KEYS, TREES, max_size=4),
    st.dictionaries(KEYS, TREES, max_size=4),
)
def test_any_tree_of_words_is_values_or_a_clean_refusal(
    kind: SednaKind, tree: dict[str, Any], sides: dict[str, Any]
) -> None:
    both = [
        {"cloud": sides, "edge": tree},
        {"train": tree, "deploy": sides},
        {"tracking": {"workers": [tree, sides]}},
    ]
    for content in (tree, *both, {"edge": sides, **tree}):
        try:
            values = gather_values([document_of(content)])
            check_values(values, kind, complete=False)
            template_values(kind, "x", None, values.content)
        except InvalidInput as error:
            assert error.message


# --- what is made up ---------------------------------------------------------------------------------------


def test_names_are_made_of_what_there_is() -> None:
    made = ji({**SMALL, "cloud": {"model": "Big.Model_v2", "image": "reg:5000/a/Img:v1@sha256:00"}})
    assert made["spec"]["cloudWorker"]["template"]["spec"]["containers"][0]["name"] == "big-model-v2"
    assert dns_label("--A b--") == "a-b"
    assert dns_label("日本") == ""
    assert len(dns_label("x" * 80)) == 63


def test_two_volumes_of_one_name_get_two_names() -> None:
    volumes = [
        {"hostPath": path, "mountPath": mount}
        for path, mount in (("/a/out", "/x"), ("/b/out", "/y"), ("/a/out/", "/z"))
    ]
    made = ji({**SMALL, "edge": {**SMALL["edge"], "volumes": volumes}})
    spec = made["spec"]["edgeWorker"]["template"]["spec"]
    assert [volume["name"] for volume in spec["volumes"]] == ["out", "out-2", "out-3"]
    assert [mount["name"] for mount in spec["containers"][0]["volumeMounts"]] == ["out", "out-2", "out-3"]


def test_one_volume_can_be_mounted_twice() -> None:
    volumes = [
        {"name": "v", "emptyDir": {}, "mountPath": "/a"},
        {"name": "v", "mountPath": "/b", "subPath": "s"},
    ]
    spec = ji({**SMALL, "edge": {**SMALL["edge"], "volumes": volumes}})["spec"]["edgeWorker"]["template"][
        "spec"
    ]
    assert spec["volumes"] == [{"name": "v", "emptyDir": {}}]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "v", "mountPath": "/a"},
        {"name": "v", "mountPath": "/b", "subPath": "s"},
    ]


@pytest.mark.parametrize(
    "volumes",
    [[{"mountPath": "/a"}], [{"name": "v", "emptyDir": {}, "mountPath": "/a"}, {"name": "v", "hostPath": "/x", "mountPath": "/b"}]],
)  # fmt: skip
def test_volumes_without_a_source_or_with_two(volumes: list[Any]) -> None:
    with pytest.raises(InvalidInput, match=r"edge.volumes\[\d\]"):
        ji({**SMALL, "edge": {**SMALL["edge"], "volumes": volumes}})


def test_host_network_brings_the_dns_policy_it_needs_unless_said_otherwise() -> None:
    spec = ji({**SMALL, "edge": {**SMALL["edge"], "hostNetwork": True}})["spec"]["edgeWorker"]["template"][
        "spec"
    ]
    assert (spec["hostNetwork"], spec["dnsPolicy"]) == (True, "ClusterFirstWithHostNet")
    edge = {**SMALL["edge"], "hostNetwork": True, "pod": {"dnsPolicy": "Default"}}
    assert ji({**SMALL, "edge": edge})["spec"]["edgeWorker"]["template"]["spec"]["dnsPolicy"] == "Default"


@pytest.mark.parametrize(
    ("side", "hint"),
    [
        ({}, "add --cloud-request cpu=500m"),
        ({"requests": {"memory": "1Gi"}}, "add --cloud-request cpu=500m"),
        ({"requests": {"cpu": 1}, "sidecars": [{"name": "s", "image": "i"}]}, "give container 's' resources.requests.cpu"),
        ({"limits": {"cpu": 1}, "pod": {"initContainers": [{"name": "i", "restartPolicy": "Always"}]}}, "container 'i'"),
    ],
)  # fmt: skip
def test_a_target_in_percent_names_the_flag_that_is_missing(side: dict[str, Any], hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ji({**SMALL, "cloud": {**SMALL["cloud"], **side, "hpa": {"max": 3, "cpu": "20%"}}})
    assert hint in (caught.value.hint or "")


# --- templates ---------------------------------------------------------------------------------------------


def test_every_value_in_our_templates_goes_through_the_yaml_filter() -> None:
    for file in templates_dir().rglob("*.j2"):
        for inside in re.findall(r"\{\{(.*?)\}\}", file.read_text(), re.DOTALL):
            expression = inside.strip()
            assert expression.endswith("| yaml") or re.match(
                r"(pod|hpa|metadata_of|mining|deployment)\(", expression
            ), (
                file,
                expression,
            )


@pytest.mark.parametrize(
    "text", ["x: y", "a\nkind: Secret\n---\n", '"', "}}", "{{ 7*7 }}", "{% raw %}", "x #", "*a", "- a"]
)
def test_a_value_cannot_break_out_of_its_place(text: str) -> None:
    values = {
        "cloud": {**SMALL["cloud"], "env": {text: text}, "container": {"name": text}},
        "edge": {**SMALL["edge"], "model": text, "hem": {"name": text, "parameters": {text: text}}},
        "labels": {text: text},
    }
    made = ji(values)
    assert made["kind"] == "JointInferenceService"
    assert made["metadata"]["labels"] == {text: text}
    assert made["spec"]["edgeWorker"]["hardExampleMining"] == {
        "name": text,
        "parameters": [{"key": text, "value": text}],
    }
    assert made["spec"]["cloudWorker"]["template"]["spec"]["containers"][0]["env"] == [
        {"name": text, "value": text}
    ]
    assert yaml.safe_load(to_yaml([made])) == made


def test_an_ejected_template_gives_the_same(tmp_path: Path) -> None:
    text = (templates_dir() / "jointinference.yaml.j2").read_text()
    assert own(tmp_path, text) == render_manifest(JOINT_INFERENCE, "helmet", None, SMALL)


def test_a_template_of_ones_own_has_own_values_parts_and_documents(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "hpa.yaml.j2").write_text(
        "{% macro hpa(side) %}x: {{ side.model | yaml }}{% endmacro %}"
    )
    made = own(
        tmp_path,
        '{% from "parts/hpa.yaml.j2" import hpa %}' + HEAD + "spec: { {{ hpa(edge) }} , site: {{ vars.site | yaml }}}\n"
        "---\napiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: m}\n",
        {**SMALL, "vars": {"site": "a: b"}},
    )  # fmt: skip
    assert made[0]["spec"] == {"x": "little", "site": "a: b"}
    assert made[1]["kind"] == "Model"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% if %}", "own.yaml.j2:1: Expected an expression"),
        ("a\n{% for x in y %}", "own.yaml.j2:2: Unexpected end of template"),
        ("a: 1\nb: {{ vars.site }}\n", "own.yaml.j2:2: 'dict object' has no attribute 'site'"),
        ("a: {{ nothing | yaml }}", "own.yaml.j2:1: 'nothing' is undefined"),
        ("a: {{ [nothing] | yaml }}", "own.yaml.j2:1: a manifest holds no StrictUndefined"),
        ("\n\n{{ 1 / 0 }}", "own.yaml.j2:3: division by zero"),
        ("{{ edge.model + 1 }}", "own.yaml.j2:1: can only concatenate"),
        ("{{ name.__class__.__mro__ }}", "own.yaml.j2:1: access to attribute '__class__'"),
        ("{% set _ = vars.update({'a': 1}) %}", "own.yaml.j2:1: "),
        ("{{ name | nofilter }}", "own.yaml.j2:1: No filter named 'nofilter'"),
        ("{{ lipsum(1000000) }}", "own.yaml.j2:1: 'lipsum' is undefined"),
        ("{{ [[1], [2]] | sum(start=[]) }}", "own.yaml.j2:1: sum adds numbers only"),
        ("{{ 'x' | truncate(-1) }}", "own.yaml.j2:1: expected length >= 3, got -1"),
        ("a: {{ (1e308 * 10) | yaml }}", "own.yaml.j2:1: inf is no number that JSON"),
        ('{% include "missing.yaml.j2" %}', "own.yaml.j2:1: there is no template 'missing.yaml.j2'"),
        ('{% include "../secret.j2" %}', "there is no template '../secret.j2'"),
        ('{% include "/etc/passwd" %}', "there is no template '/etc/passwd'"),
        ('{% include "plain.txt" %}', "there is no template 'plain.txt'"),
        ('{% include "link.j2" %}', "there is no template 'link.j2'"),
        ("{% for i in range(1000000000) %}{% endfor %}", "Range too big"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "more than 100000 steps"),
        ("{% for i in range(99999) %}{{ 'x' * 99 }}{% endfor %}", "writes more than 1024 KiB"),
        ("{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}", "calls itself without end"),
        ("{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}", "more than 100000 steps"),
        ("{{ 'x' * 10**10 }}", "a product of things that large"),
        ("{{ 9 ** 999999 }}", "a power of numbers that large"),
        ("{{ '%999999999d' % 1 }}", "not formatted with %"),
        ("{{ 'x'.ljust(9999999999) }}", "more memory than any manifest needs"),
        ("{% set ns = namespace(x='xxxxxxxxxxxxxxxx') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
         "more memory than any manifest needs"),
        ("{% set ns = namespace(x=9) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}", "too large"),
        ("a: [", "own.yaml.j2 (rendered)"),
        ("a: 1", "wrote something that is no manifest"),
        ("just text", "wrote something that is no manifest"),
        ("", "the template wrote no JointInferenceService 'helmet'"),
        ("apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: helmet}", "wrote no JointInferenceService 'helmet', but Model 'helmet'"),
    ],
)  # fmt: skip
def test_a_template_that_fails_says_where(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path.parent / "secret.j2").write_text("secret")
    (tmp_path / "plain.txt").write_text("secret")
    (tmp_path / "link.j2").symlink_to(tmp_path.parent / "secret.j2")
    with pytest.raises(InvalidInput) as caught:
        own(tmp_path, text)
    assert message in caught.value.message
    assert "secret" not in caught.value.message.replace("secret.j2", "")


def test_a_template_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sednactl.manifests.bounds.LONGEST", 0.05)
    with pytest.raises(InvalidInput, match=r"own\.yaml\.j2:1: the template takes longer than 0\.05 s"):
        own(
            tmp_path,
            "{% set r = range(99999) | list %}{% for i in range(99999) %}{% set s = r | sum %}{% endfor %}",
        )


def test_a_template_that_cannot_be_read(tmp_path: Path) -> None:
    for name, content in (("none.j2", None), ("binary.j2", b"\xff\xfe\x00"), ("large.j2", b"x" * 2**21)):
        file = tmp_path / name
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(InvalidInput, match=name):
            render_text(JOINT_INFERENCE, {"name": "x"}, file)
    with pytest.raises(InvalidInput):
        render_text(JOINT_INFERENCE, {"name": "x"}, tmp_path)


def test_a_template_may_be_a_link_and_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.yaml.j2").write_text(HEAD + "{{ nothing }}")
    (tmp_path / "mine.txt").symlink_to(tmp_path / "real" / "x.yaml.j2")
    with pytest.raises(InvalidInput, match=r"mine\.txt:4: 'nothing' is undefined"):
        render_manifest(JOINT_INFERENCE, "helmet", None, SMALL, tmp_path / "mine.txt")


def test_no_name_is_lost_on_the_way_to_the_template() -> None:
    context = template_values(JOINT_INFERENCE, "helmet", "ns", {**SMALL, "hpa": "none"})
    assert context.keys() == {"name", "metadata", "hpa", "vars", "cloud", "edge"}
    assert context["metadata"] == {"name": "helmet", "namespace": "ns", "labels": {}, "annotations": {}}


@pytest.mark.parametrize("kind", SEDNA_KINDS, ids=lambda kind: kind.word)
def test_a_template_of_ones_own_needs_no_values(tmp_path: Path, kind: SednaKind) -> None:
    file = tmp_path / "own.yaml.j2"
    file.write_text(
        f"apiVersion: sedna.io/v1alpha1\nkind: {kind.kind}\nmetadata: {{name: {{{{ name | yaml }}}}}}\n"
    )
    (made,) = render_manifest(kind, "x", None, {}, file)
    assert made["kind"] == kind.kind
