"""The objects of a Sedna installation."""

from __future__ import annotations

import pytest

from sednactl.sandbox.controllers.global_manager.installation import (
    AUTOSCALING_RULE,
    installation,
    role_rules,
)
from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.resources import DAEMON_SET, DEPLOYMENT


@pytest.mark.parametrize(("release", "image"), [("0.7", "v0.7.0"), ("0.6", "v0.6.0")])
def test_images_tell_the_release(release: str, image: str) -> None:
    objects = installation("0.6" if release == "0.6" else "0.7")
    for resource, name in ((DEPLOYMENT, "gm"), (DEPLOYMENT, "kb"), (DAEMON_SET, "lc")):
        item = next(item for kind, item in objects if kind == resource and item["metadata"]["name"] == name)
        assert item["metadata"]["namespace"] == "sedna"
        (container,) = item["spec"]["template"]["spec"]["containers"]
        assert container["image"] == f"kubeedge/sedna-{name}:{image}"
        selector = item["spec"]["selector"]["matchLabels"]
        assert selector == item["spec"]["template"]["metadata"]["labels"]


def test_the_shipped_role_has_no_rule_for_autoscalers() -> None:
    shipped = role_rules(autoscaling=False)
    assert not any("autoscaling" in rule["apiGroups"] for rule in shipped)
    assert role_rules(autoscaling=True) == [*shipped, AUTOSCALING_RULE]
    assert set(shipped[0]["resources"]) == {kind.plural for kind in SEDNA_KINDS}
    assert "update" not in shipped[0]["verbs"]


def test_names_and_namespaces_are_whole_and_the_namespace_comes_first() -> None:
    objects = installation()
    assert objects[0][1] == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sedna"}}
    for resource, item in objects:
        assert item["kind"] == resource.kind
        assert item["apiVersion"] == resource.api_version
        assert item["metadata"].get("namespace") == ("sedna" if resource.namespaced else None)
    assert not any(kind == DAEMON_SET for kind, _ in installation(local_controllers=False))
