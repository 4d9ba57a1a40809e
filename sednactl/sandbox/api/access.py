"""How clients get in: a token for each identity, and the kubeconfig that carries one."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping

from sednactl.sandbox.api.requests import User
from sednactl.sandbox.api.rights import IDENTITIES

CONTEXT = "sednactl-sandbox"


def new_tokens() -> dict[str, str]:
    """Give a fresh token for each identity, by its name: admin, sedna-gm, nobody."""
    return {name: secrets.token_urlsafe(32) for name in IDENTITIES}


def users_by_token(tokens: Mapping[str, str]) -> dict[str, User]:
    """Give who each token is."""
    return {token: IDENTITIES[name] for name, token in tokens.items()}


def kubeconfig(server: str, authority: bytes, token: str, namespace: str = "default") -> str:
    """Give a kubeconfig as JSON, which is YAML: one cluster, one user, one context, all of the same name."""
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority).decode()}
    context = {"cluster": CONTEXT, "user": CONTEXT, "namespace": namespace}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": CONTEXT,
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": CONTEXT, "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": context}],
    }
    return json.dumps(config, indent=2) + "\n"
