"""kubectl itself as the judge of how several kubeconfigs become one."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.credentials import find_credentials
from sednactl.errors import InvalidInput
from sednactl.surroundings import Surroundings

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on the PATH")

names = st.sampled_from(["a", "b"])
contexts = st.fixed_dictionaries(
    {"cluster": names, "user": names}, optional={"namespace": st.sampled_from(["", "n1", "n2"])}
)
clusters = st.fixed_dictionaries(
    {"server": st.sampled_from(["https://one:1", "https://two:2", "http://three"])}
)
users: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"token": st.sampled_from(["t1", "0123", "yes-no"])}),
    st.fixed_dictionaries({"username": st.just("jane"), "password": st.sampled_from(["p1", "p2"])}),
    st.just({}),
)


def entries(
    section: str, bodies: st.SearchStrategy[dict[str, Any]]
) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.dictionaries(names, bodies, max_size=2).map(
        lambda found: [{"name": name, section: body} for name, body in found.items()]
    )


files = st.fixed_dictionaries(
    {},
    optional={
        "current-context": st.sampled_from(["", "a", "b"]),
        "clusters": entries("cluster", clusters),
        "contexts": entries("context", contexts),
        "users": entries("user", users),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), files), min_size=1, max_size=3))
def test_several_files_are_merged_as_kubectl_merges_them(contents: list[dict[str, Any] | None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, content in enumerate(contents):
            path = Path(folder) / f"config-{number}"
            paths.append(str(path))
            if content is not None:
                head = {"apiVersion": "v1", "kind": "Config"}
                path.write_text(yaml.safe_dump(head | content))
        environ = {"KUBECONFIG": os.pathsep.join(paths), "HOME": folder, "PATH": os.environ["PATH"]}
        command = ["kubectl", "config", "view", "--raw", "--minify", "-o", "json"]
        judged = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        streams = (io.StringIO(), io.StringIO(), io.StringIO())
        surroundings = Surroundings(*streams, environ)
        try:
            found = find_credentials(ClusterAccess(), surroundings)
        except InvalidInput as error:
            assert judged.returncode != 0 or missing(json.loads(judged.stdout)), error.message
            return
        assert judged.returncode == 0, judged.stderr
        merged = json.loads(judged.stdout)
        (cluster,), (context,) = merged["clusters"], merged["contexts"]
        assert found.context == merged["current-context"]
        assert found.server == cluster["cluster"]["server"]
        assert found.namespace == (context["context"].get("namespace") or "default")
        user = merged["users"][0]["user"] if merged.get("users") else {}
        proof = found.identity.proof()
        if "token" in user:
            assert proof.authorization == f"Bearer {user['token']}"
        else:
            assert (proof.authorization is not None) == ("username" in user)


def missing(merged: dict[str, Any]) -> bool:
    """Tell whether what kubectl shows would not let it connect: it views what it would refuse to use."""
    if not merged.get("clusters") or not merged.get("contexts"):
        return True
    if merged["contexts"][0]["context"]["user"] and not merged.get("users"):
        return True
    return not merged["clusters"][0]["cluster"].get("server")
