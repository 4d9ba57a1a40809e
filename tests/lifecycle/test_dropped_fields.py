"""What a cluster did not store of what it was sent."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sednactl.lifecycle.apply import OLD_CRD_MEND, mend_of_dropped
from sednactl.lifecycle.dropped_fields import dropped_fields
from sednactl.lifecycle.unknown_fields import unknown_in, without_field
from sednactl.validation.finding import spell_path

JI: dict[str, Any] = {
    "kind": "JointInferenceService",
    "metadata": {"name": "x"},
    "spec": {
        "cloudWorker": {
            "hpa": {"maxReplicas": 3},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "m", "image": "i"}, {"name": "n", "image": "j"}]},
            },
        }
    },
}


def spelled(sent: dict[str, Any], stored: dict[str, Any]) -> list[str]:
    return [spell_path(path) for path in dropped_fields(sent, stored)]


def test_what_is_stored_whole_lost_nothing_whatever_the_server_adds() -> None:
    stored = copy.deepcopy(JI)
    stored["metadata"]["uid"] = "u"
    stored["spec"]["cloudWorker"]["template"]["spec"]["containers"][0]["terminationMessagePath"] = "/dev"
    assert spelled(JI, stored) == []


def test_a_pruned_hpa_is_named_once_at_its_top() -> None:
    stored = copy.deepcopy(JI)
    del stored["spec"]["cloudWorker"]["hpa"]
    del stored["spec"]["cloudWorker"]["template"]["metadata"]["labels"]
    assert spelled(JI, stored) == ["spec.cloudWorker.hpa", "spec.cloudWorker.template.metadata.labels"]
    assert mend_of_dropped(["spec.cloudWorker.hpa"]) == OLD_CRD_MEND


def test_members_are_found_again_by_what_tells_them_apart() -> None:
    stored = copy.deepcopy(JI)
    containers = stored["spec"]["cloudWorker"]["template"]["spec"]["containers"]
    containers.reverse()
    del containers[0]["image"]  # n's
    assert spelled(JI, stored) == ["spec.cloudWorker.template.spec.containers[1].image"]


def test_a_lost_member_is_named() -> None:
    stored = copy.deepcopy(JI)
    stored["spec"]["cloudWorker"]["template"]["spec"]["containers"].pop(0)
    assert spelled(JI, stored) == ["spec.cloudWorker.template.spec.containers[0]"]


def test_nothing_status_and_written_elsewhere_do_not_count() -> None:
    sent = {
        "kind": "Secret",
        "metadata": {"name": "s", "creationTimestamp": "2026", "labels": {}},
        "stringData": {"a": "b"},
        "status": {"x": 1},
        "spec": {"hpa": None, "list": [], "map": {}},
    }
    assert spelled(sent, {"kind": "Secret", "metadata": {"name": "s"}, "data": {}, "spec": {}}) == []


REFUSAL = """failed to create typed patch object (x/u; sedna.io/v1alpha1, Kind=ReidJob): errors:
  .spec.template.spec.containers[name="n"].env[name="X"].zed: field not declared in schema
  .spec.template.spec.tolerations[0].bad: field not declared in schema
  .spec.template.spec.containers[name="n"].ports[containerPort=80,protocol="TCP"].x: field not declared in schema"""


def test_fields_are_taken_out_where_the_server_says_they_are() -> None:
    container = {
        "name": "n",
        "env": [{"name": "W"}, {"name": "X", "zed": 1}],
        "ports": [{"containerPort": 80, "protocol": "TCP", "x": 1}],
    }
    spec = {"containers": [{"name": "m"}, container], "tolerations": [{"key": "a", "bad": 1}]}
    manifest: dict[str, Any] = {"spec": {"template": {"spec": spec}}}
    before = copy.deepcopy(manifest)
    left: dict[str, Any] | None = manifest
    for path in unknown_in(REFUSAL):
        assert left is not None
        left = without_field(left, path)
    assert left is not None and manifest == before
    assert spelled(manifest, left) == [
        "spec.template.spec.containers[1].env[1].zed",
        "spec.template.spec.containers[1].ports[0].x",
        "spec.template.spec.tolerations[0].bad",
    ]
    assert without_field(manifest, ".spec.none.x") is None
    assert unknown_in("Unsupported value: .spec") == ()


_json = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdname"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from("abcd"), _json))
def test_an_object_never_lost_anything_against_itself(item: dict[str, Any]) -> None:
    assert dropped_fields(item, copy.deepcopy(item)) == ()


@given(st.dictionaries(st.sampled_from("abcd"), _json, min_size=1), st.data())
def test_a_removed_key_is_always_named(item: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(item)))
    stored = copy.deepcopy(item)
    value = stored.pop(key)
    expected = () if value in ({}, []) else ((key,),)
    assert dropped_fields(item, stored) == expected
