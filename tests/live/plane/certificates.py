"""Keys, certificates, tokens and kubeconfigs of one throw-away control plane."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import trustme

_USERS = {
    # name: groups, as kube-apiserver's token file wants them
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "nobody": "",
}


@dataclass(frozen=True)
class Identities:
    """Files that the programs are started with, and a kubeconfig for each user."""

    authority: Path
    serving_certificate: Path
    serving_key: Path
    service_account_key: Path
    token_file: Path
    kubeconfigs: dict[str, Path]


def make_identities(folder: Path, server: str) -> Identities:
    """Make everything that proves who is who; `server` is the API server's URL.

    The user `admin` may do all by token (`admin`) and by client certificate
    (`admin-certificate`); `nobody` is known and may do nothing.
    """
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    ca = trustme.CA()
    authority = folder / "ca.crt"
    ca.cert_pem.write_to_path(str(authority))
    serving = ca.issue_cert("127.0.0.1", "localhost", "10.96.0.1", "kubernetes.default.svc")
    serving.private_key_pem.write_to_path(str(folder / "serving.key"))
    (folder / "serving.crt").write_bytes(b"".join(pem.bytes() for pem in serving.cert_chain_pems))
    # Any key will do to sign service account tokens with; a certificate's is at hand.
    ca.issue_cert("service-account").private_key_pem.write_to_path(str(folder / "service-account.key"))

    tokens = {user: secrets.token_hex(16) for user in _USERS}
    token_file = folder / "tokens.csv"
    token_file.write_text(
        "".join(f'{tokens[user]},{user},{user},"{groups}"\n' for user, groups in _USERS.items())
    )
    kubeconfigs = {}
    for user, token in tokens.items():
        path = folder / f"{user.replace(':', '-')}.kubeconfig"
        _write_kubeconfig(path, server, ca, {"token": token})
        kubeconfigs[user] = path
    client = ca.issue_cert("admin", common_name="admin", organization_name="system:masters")
    kubeconfigs["admin-certificate"] = folder / "admin-certificate.kubeconfig"
    _write_kubeconfig(
        kubeconfigs["admin-certificate"],
        server,
        ca,
        {
            "client-certificate-data": _base64(client.cert_chain_pems[0].bytes()),
            "client-key-data": _base64(client.private_key_pem.bytes()),
        },
    )
    return Identities(
        authority,
        folder / "serving.crt",
        folder / "serving.key",
        folder / "service-account.key",
        token_file,
        kubeconfigs,
    )


def _write_kubeconfig(path: Path, server: str, ca: trustme.CA, user: dict[str, str]) -> None:
    cluster = {"server": server, "certificate-authority-data": _base64(ca.cert_pem.bytes())}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": user}],
        "contexts": [
            {"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "default"}}
        ],
    }
    path.write_text(json.dumps(config, indent=2))  # JSON is YAML
    path.chmod(0o600)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
