"""Those who ask with -v see every request and its outcome, and never a credential."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.stub import Answers, StubServer
from tests.conftest import RunSednactl


def test_requests_are_shown_without_credentials(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    with StubServer(token="very-secret-token") as server:
        kubeconfig = tmp_path / "config"
        server.kubeconfig(kubeconfig)
        server.fail(Answers(500), method="GET")
        quiet = run_sednactl("get", "model", "--kubeconfig", str(kubeconfig))
        told = run_sednactl("get", "model", "-v", "--kubeconfig", str(kubeconfig))
        sent = [request.headers.get("Authorization", "") for request in server.requests]
    assert quiet.err.count("GET ") == 0
    assert told.code == 0, told.err
    assert "GET /apis/sedna.io/v1alpha1/namespaces/" in told.err
    assert " 200 " in told.err
    assert sent
    assert set(sent) == {"Bearer very-secret-token"}
    assert "very-secret" not in told.err
