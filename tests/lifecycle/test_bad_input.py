"""Every kind of bad input on the list: a clear error with its place, exit code 3, and not one request sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.stub import StubServer
from tests.conftest import RunSednactl

SEED = (Path(__file__).parents[1] / "fixtures" / "seed-service.yaml").read_text()
MODEL = """
apiVersion: sedna.io/v1alpha1
kind: Model
metadata: {name: big}
spec: {url: /models/big.pb, format: pb}
---
"""

Edit = Callable[[str], str]


def put(old: str, new: str) -> Edit:
    """Replace text of the seed's service once; text that is not there fails."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


NAME = "name: helmet-detection-inference-example"
BAD: dict[str, tuple[Edit, str]] = {
    "name too long": (put(NAME, f"name: {'x' * 54}"), "54 characters"),
    "name of DNS-1123 only": (put(NAME, "name: 1helmet"), "1helmet"),
    "name with a dot": (put(NAME, "name: hel.met"), "hel.met"),
    "name in upper case": (put(NAME, "name: Helmet"), "Helmet"),
    "min over max": (put("minReplicas: 1", "minReplicas: 9"), "minReplicas"),
    "max 0": (put("maxReplicas: 5", "maxReplicas: 0"), "maxReplicas"),
    "unknown metric type": (put("type: Resource", "type: Rsource"), "Rsource"),
    "utilization without a request": (
        lambda text: text.replace("cpu: 1024m", "example.com/gpu: 1"),
        "request",
    ),
    "placeholder left in": (put("nodeName: edge-node", "nodeName: $EDGE_NODE"), "$EDGE_NODE"),
    "number where a string belongs": (put('value: "0.9"', "value: 0.9"), "must be a string"),
    "key given twice": (put("maxReplicas: 5", "maxReplicas: 5\n      maxReplicas: 5"), "maxReplicas"),
}


@pytest.mark.parametrize("command", ["apply", "diff"])
@pytest.mark.parametrize("case", BAD)
def test_nothing_is_sent(run_sednactl: RunSednactl, tmp_path: Path, case: str, command: str) -> None:
    edit, words = BAD[case]
    (tmp_path / "bad.yaml").write_text(MODEL + edit(SEED))
    with StubServer() as stub:
        environ = {"KUBECONFIG": str(stub.kubeconfig(tmp_path / "config"))}
        done = run_sednactl(command, "-f", "bad.yaml", environ=environ)
        assert (done.code, done.out) == (3, ""), done.err
        assert stub.requests == []  # not even the model, which is good
    assert done.err.startswith("error: ")
    assert "bad.yaml:" in done.err
    assert words in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("case", BAD)
def test_validate_finds_it_with_its_place(run_sednactl: RunSednactl, tmp_path: Path, case: str) -> None:
    edit, words = BAD[case]
    (tmp_path / "bad.yaml").write_text(edit(SEED))
    done = run_sednactl("validate", "bad.yaml")
    assert done.code in (1, 3)
    assert words in done.out + done.err
    assert "bad.yaml:" in done.out + done.err


def test_the_service_itself_is_good(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SEED)
    assert run_sednactl("apply", "-f", "good.yaml", "--dry-run=client").code == 0
