"""Short forms of flags, paths of --set, and `hpa` blocks: what they mean and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.manifests.autoscaling import ALIASES, autoscaler, missing_request
from sednactl.manifests.setting import apply_setting, setting, typed
from sednactl.manifests.shorthand import (
    autoscaler_shorthand,
    described,
    listed_pairs,
    pairs,
    training_worker,
    volume,
    words,
)
from sednactl.manifests.values_schema import spell


def cpu(percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def average(kind: str, body: dict[str, Any], amount: str) -> dict[str, Any]:
    key = kind[0].lower() + kind[1:]
    return {"type": kind, key: {**body, "target": {"type": "AverageValue", "averageValue": amount}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max=5", {"minReplicas": 1, "maxReplicas": 5, "metrics": [cpu(80)]}),
        ("min=2,max=5,cpu=20%", {"minReplicas": 2, "maxReplicas": 5, "metrics": [cpu(20)]}),
        ("max=3,cpu=500m", {"metrics": [average("Resource", {"name": "cpu"}, "500m")]}),
        ("max=3,memory=512Mi,cpu=9%", {"metrics": [average("Resource", {"name": "memory"}, "512Mi"), cpu(9)]}),
        (
            "max=3,cpu@big-model=60%",
            {"metrics": [{"type": "ContainerResource", "containerResource": {
                "container": "big-model", "name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 60}}}]},
        ),
        ("max=3,pods/http_rps=100", {"metrics": [average("Pods", {"metric": {"name": "http_rps"}}, "100")]}),
        ("max=3,external/queue=1.5k", {"metrics": [average("External", {"metric": {"name": "queue"}}, "1.5k")]}),
        (
            "max=3,up-window=0,down-window=300s,up-pods=4/60,up-percent=100/15,down-percent=10,up-select=Min",
            {"behavior": {
                "scaleUp": {"stabilizationWindowSeconds": 0, "selectPolicy": "Min", "policies": [
                    {"type": "Pods", "value": 4, "periodSeconds": 60},
                    {"type": "Percent", "value": 100, "periodSeconds": 15}]},
                "scaleDown": {"stabilizationWindowSeconds": 300, "policies": [
                    {"type": "Percent", "value": 10, "periodSeconds": 60}]}}},
        ),
    ],
)  # fmt: skip
def test_autoscaler_shorthand(text: str, expected: dict[str, Any]) -> None:
    made = autoscaler(autoscaler_shorthand(text, "--cloud-hpa"), "cloud")
    assert {key: made[key] for key in expected} == expected


def test_short_and_long_forms_go_together_and_the_short_one_wins() -> None:
    other = average("Pods", {"metric": {"name": "rps"}}, "5")
    block = {
        "minReplicas": 1,
        "max": 4,
        "metrics": [cpu(50), other],
        "cpu": "20%",
        "behavior": {"scaleUp": {"selectPolicy": "Min", "stabilizationWindowSeconds": 9}},
        "up-window": 0,
    }
    made = autoscaler(block, "edge")
    assert made == {
        "minReplicas": 1,
        "maxReplicas": 4,
        "metrics": [cpu(20), other],
        "behavior": {"scaleUp": {"selectPolicy": "Min", "stabilizationWindowSeconds": 0}},
    }
    assert block["metrics"] == [cpu(50), other], "the values themselves stay as they are"


def test_all_five_types_pass_through_untouched() -> None:
    metrics = [
        cpu(20),
        average("ContainerResource", {"container": "c", "name": "memory"}, "1Gi"),
        average("Pods", {"metric": {"name": "rps", "selector": {"matchLabels": {"a": "b"}}}}, "10"),
        {"type": "Object", "object": {"metric": {"name": "hits"}, "describedObject": {
            "apiVersion": "v1", "kind": "Service", "name": "x"}, "target": {"type": "Value", "value": "2k"}}},
        {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "30"}}},
    ]  # fmt: skip
    assert autoscaler({"maxReplicas": 2, "metrics": metrics}, "cloud")["metrics"] == metrics
    assert autoscaler({"maxReplicas": 2, "metrics": []}, "cloud")["metrics"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "key=value"), ("max", "key=value"), ("max=", "no value"), ("max=1,max=2", "twice"), ("cpu=20%", "max is missing"),
        ("max=0", "max 0"), ("max=-1", "max -1"), ("min=0,max=1", "min 0"), ("min=3,max=2", "min 3 is more than max 2"),
        ("max=five", "max 'five'"), ("max=1.5", "max '1.5'"), ("max=2147483648", "max"), ("max=5,cpu=20", "share or an amount"),
        ("max=5,cpu=0%", "no share"), ("max=5,cpu=-3%", "no share"), ("max=5,cpu=1.5%", "no share"), ("max=5,cpu=x", "no quantity"),
        ("max=5,memory=-5Mi", "no quantity"), ("max=5,pods/x=a", "no quantity"), ("max=5,up-window=-1", "no window"),
        ("max=5,down-window=3601", "no window"), ("max=5,up-pods=0/60", "no policy"), ("max=5,up-pods=4/1801", "no policy"),
        ("max=5,up-percent=x", "no policy"), ("max=5,up-select=max", "Max, Min or Disabled"), ("max=²", "max '²'"),
    ],
)  # fmt: skip
def test_what_no_autoscaler_can_be_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        autoscaler(autoscaler_shorthand(text, "--cloud-hpa"), "cloud")
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert "cloud" in caught.value.message


@given(st.text(max_size=30))
def test_any_shorthand_is_an_autoscaler_or_a_clean_refusal(text: str) -> None:
    try:
        autoscaler(autoscaler_shorthand(text, "--edge-hpa"), "edge")
    except InvalidInput as error:
        assert error.message


@pytest.mark.parametrize(
    ("hpa", "containers", "expected"),
    [
        ({"metrics": [cpu(20)]}, [{"name": "a"}], ("cpu", "a", 20)),
        ({"metrics": [cpu(20)]}, [{"name": "a", "resources": {"requests": {"cpu": "1"}}}], None),
        ({"metrics": [cpu(20)]}, [{"name": "a", "resources": {"limits": {"cpu": "1"}}}], None),
        ({"metrics": [cpu(20)]}, [{"name": "a", "resources": {"requests": {"cpu": "1"}}}, {"name": "b"}], ("cpu", "b", 20)),
        ({"metrics": [average("Resource", {"name": "cpu"}, "1")]}, [{"name": "a"}], None),
        ({"metrics": [{"type": "ContainerResource", "containerResource": {"container": "b", "name": "memory",
           "target": {"type": "Utilization", "averageUtilization": 5}}}]}, [{"name": "a"}, {"name": "b"}], ("memory", "b", 5)),
        ({"metrics": ["odd", {"resource": 3}]}, [{"name": "a"}], None),
    ],
)  # fmt: skip
def test_a_share_needs_a_request_on_every_container(hpa: Any, containers: Any, expected: Any) -> None:
    assert missing_request(hpa, containers) == expected


def test_pairs_keep_what_stands_behind_the_first_equals_sign() -> None:
    assert pairs(["a=1,2=3", "b=", "a= x "], "--cloud-env") == {"a": " x ", "b": ""}
    assert listed_pairs(["cpu=1, memory=2Gi", "cpu=2"], "--cloud-request") == {"cpu": "2", "memory": "2Gi"}
    for wrong in ("foo", "=1", " =1"):
        with pytest.raises(InvalidInput, match="--cloud-env"):
            pairs([wrong], "--cloud-env")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a/b:/data/", {"hostPath": {"path": "/a/b", "type": "Directory"}, "mountPath": "/data/"}),
        ("out=/a:/d:ro", {"name": "out", "hostPath": {"path": "/a", "type": "Directory"}, "mountPath": "/d", "readOnly": True}),
        ("/a=b:/d:create", {"hostPath": {"path": "/a=b", "type": "DirectoryOrCreate"}, "mountPath": "/d"}),
    ],
)  # fmt: skip
def test_volumes(text: str, expected: dict[str, Any]) -> None:
    assert volume(text, "--edge-volume") == expected


@pytest.mark.parametrize("text", ["", "/a", "a:/b", "/a:b", "/a:/b:rw", "x=a:/b", "/a:", ":/b"])
def test_what_is_no_volume_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="--edge-volume"):
        volume(text, "--edge-volume")


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a=1", ("a",), 1),
        ("a.b[0].c=x", ("a", "b", 0, "c"), "x"),
        ("a[1][2]=true", ("a", 1, 2), True),
        ("labels.app\\.sedna\\.io/x=y", ("labels", "app.sedna.io/x"), "y"),
        ("a\\=b=c=d", ("a=b",), "c=d"),
        ("env.input_shape=544,544", ("env", "input_shape"), "544,544"),
        ("a=", ("a",), ""),
    ],
)
def test_set_paths(text: str, path: tuple[Any, ...], value: Any) -> None:
    read = setting(text)
    assert (read.path, read.value) == (path, value)
    assert isinstance(setting(text, as_text=True).value, str)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-5", -5), ("0", 0), ("0644", "0644"), ("1.5", "1.5"), ("true", True), ("True", "True"), ("yes", "yes"),
     ("null", None), ("", ""), ("1" * 30, "1" * 30), ("{a,1,true}", ["a", 1, True]), ("{}", []), ("²", "²"), ("-0", "-0")],
)  # fmt: skip
def test_values_are_typed_as_helm_does(text: str, value: Any) -> None:
    assert typed(text) == value
    assert type(typed(text)) is type(value)


@pytest.mark.parametrize(
    "text", ["a", "", "=1", ".a=1", "a.=1", "a..b=1", "a[=1", "a[x]=1", "a[-1]=1", "a[0]b=1", "a[5000]=1", "a[" + "9" * 5000 + "]=1"]
)  # fmt: skip
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="--set"):
        setting(text)


@given(st.text(max_size=30))
def test_any_set_is_read_or_refused(text: str) -> None:
    try:
        read = setting(text)
    except InvalidInput:
        return
    assert read.path
    # A path spelled out again leads to the same place.
    words = [step for step in read.path if isinstance(step, str)]
    if not any("[" in word or "=" in word for word in words) and isinstance(read.path[0], str):
        assert setting(f"{spell(read.path)}=x").path == read.path


def test_settings_change_values_in_place() -> None:
    values: dict[str, Any] = {"a": {"b": [1]}, "hpa": {"min": 1}, "n": None}
    for text in ("a.b[1]=2", "a.c.d[0].e=x", "n.m=1"):
        apply_setting(values, setting(text), {})
    assert values == {"a": {"b": [1, 2], "c": {"d": [{"e": "x"}]}}, "hpa": {"min": 1}, "n": {"m": 1}}
    apply_setting(values, setting("hpa.minReplicas=3"), ALIASES)
    apply_setting(values, setting("a.c=null"), {})
    assert values == {"a": {"b": [1, 2]}, "hpa": {"minReplicas": 3}, "n": {"m": 1}}
    for wrong in ("a.b.c=1", "a[0]=1", "a.b[9]=1", "n.m.x=1", "n.m[0]=1"):
        with pytest.raises(InvalidInput, match="--set"):
            apply_setting(values, setting(wrong), {})


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("big=/models/big.pb", {"url": "/models/big.pb"}),
        ("big=s3://b/x,y.pb", {"url": "s3://b/x,y.pb"}),
        ("big=/m,format=pb,credential=k", {"url": "/m", "format": "pb", "credential": "k"}),
        ("big=http://h/?a=1,b=2,format=pb", {"url": "http://h/?a=1,b=2", "format": "pb"}),
        ("big=/d,node=edge-1", {"url": "/d", "node": "edge-1"}),
    ],
)
def test_what_lies_where(text: str, made: dict[str, str]) -> None:
    found = described([text], "--model-url")
    assert found == {"big": made}
    assert list(found["big"]) == list(made), "in the order it was typed"


def test_a_training_worker_in_short() -> None:
    assert training_worker("data@edge-1", "x") == {"dataset": "data", "node": "edge-1"}
    assert training_worker("data", "x") == {"dataset": "data"}
    for text in ("", "@edge-1", "data@"):
        with pytest.raises(InvalidInput, match="DATASET@NODE"):
            training_worker(text, "x")


def test_arguments_are_cut_as_a_shell_does() -> None:
    assert words("train.py --name 'a b' \"c\"", "--args") == ["train.py", "--name", "a b", "c"]
    assert words("", "--args") == []
    with pytest.raises(InvalidInput, match=r"--args .*no closing quotation"):
        words("'x", "--args")
