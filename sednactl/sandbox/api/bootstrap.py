"""What a cluster has before anybody comes: its namespaces, the API's own service, and the roles to be read."""

from __future__ import annotations

from sednactl.sandbox.api.api_services import match_api_services
from sednactl.sandbox.api.namespaces import DEFAULT_NAMESPACES
from sednactl.sandbox.api.requests import Answer, Request
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.text import Json, encode

_RBAC = "rbac.authorization.k8s.io/v1"


def furnish(server: ApiServer) -> None:
    """Create what is not there yet."""
    for name in DEFAULT_NAMESPACES:
        _create(
            server,
            "/api/v1/namespaces",
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        )
    _create(server, "/api/v1/namespaces/default/services", _SERVICE)
    for content in _ROLES:
        plural = f"{content['kind'].lower()}s"
        _create(server, f"/apis/{_RBAC}/{plural}", content)
    match_api_services(server.state)


def _create(server: ApiServer, path: str, content: Json) -> None:
    headers = {"content-type": "application/json", "user-agent": "kube-apiserver"}
    answer = server.handle(Request("POST", path, {}, headers, encode(content), ADMIN))
    if not isinstance(answer, Answer) or answer.status not in (201, 409):
        raise AssertionError(f"{path}: {answer}")


_SERVICE: Json = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
    "spec": {
        "clusterIP": "10.96.0.1",
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
    },
}
_ALL = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, {"nonResourceURLs": ["*"], "verbs": ["*"]}]
_ROLES: tuple[Json, ...] = (
    {"apiVersion": _RBAC, "kind": "ClusterRole", "metadata": {"name": "cluster-admin"}, "rules": _ALL},
    {
        "apiVersion": _RBAC,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "cluster-admin"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:masters"}],
    },
)
