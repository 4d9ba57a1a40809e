"""Sedna's own Global Manager, the real program, works on the sandbox's API server."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
import yaml

from tests.api_contract.servers import Sandbox
from tests.live.plane.api import Api, eventually
from tests.live.plane.plane import find_program_beside
from tests.live.plane.programs import RunningProgram, free_port
from tests.live.services import joint_inference, with_models


def test_the_real_global_manager_makes_children(sandbox: Sandbox, tmp_path: Path) -> None:
    program = find_program_beside("sedna-gm")
    if program is None:
        pytest.skip("no sedna-gm beside the control plane's programs")
    api = Api(sandbox.kubeconfigs["admin"])
    namespace = f"gm-{secrets.token_hex(3)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    api.expect("POST", "/api/v1/namespaces", body)
    config = tmp_path / "global-manager.yaml"
    socket = {"address": "127.0.0.1", "port": free_port()}
    settings = {
        "kubeConfig": str(sandbox.kubeconfigs["admin"]),
        "master": "",
        "namespace": "",
        "websocket": socket,
    }
    config.write_text(json.dumps({**settings, "localController": {"server": "http://localhost:9100"}}))
    running = RunningProgram("sedna-gm", [program, f"--config={config}", "-v=2"], tmp_path / "gm.log")
    try:
        for manifest in yaml.safe_load_all(with_models(joint_inference("helmet", namespace, hpa=("cloud",)))):
            plural = f"{manifest['kind'].lower()}s"
            api.expect("POST", f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/{plural}", manifest)

        def names(path: str) -> set[str]:
            running.check()
            return {item["metadata"]["name"] for item in api.expect("GET", path)["items"]}

        deployments = {"helmet-deployment-cloud", "helmet-deployment-edge"}
        eventually(lambda: names(f"/apis/apps/v1/namespaces/{namespace}/deployments") == deployments)
        scalers = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
        eventually(lambda: names(scalers) == {"hpa-helmet-deployment-cloud"})
        service = f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/jointinferenceservices/helmet"
        eventually(lambda: api.expect("GET", service).get("status", {}).get("conditions"))
    finally:
        running.stop()
