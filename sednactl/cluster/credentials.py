"""From the cluster flags to everything a connection needs, found as kubectl finds it.

Contexts that hold certificates, tokens, passwords or an exec plugin are read
here, because importing the official client alone takes longer than a whole
kubectl run. Only auth providers go to the official client's loader. Both are
held to the same tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sednactl.cluster.identity import (
    ClientCertificate,
    FixedIdentity,
    Identity,
    Proof,
    TokenFileIdentity,
    bearer,
)
from sednactl.cluster.kubeconfig import ChosenContext, choose_context, kubeconfig_files, read_kubeconfig
from sednactl.cluster.proxies import Proxy, basic_credentials, proxy_from, proxy_of_environment
from sednactl.errors import InvalidInput, UsageError
from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.surroundings import Surroundings

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its service account."""

IN_CLUSTER = "in-cluster"


class Trust(Record):
    """How the API server proves itself: CA certificates (PEM; None means the system's), expected name."""

    authority: bytes | None = None
    server_name: str | None = None
    insecure: bool = False


@dataclass(frozen=True)
class Credentials:
    """Everything a connection to one cluster needs, as one identity.

    `server` is the API server's URL without a trailing slash; `impersonate` are
    the headers to send with every request.
    """

    server: str
    context: str
    namespace: str
    trust: Trust
    identity: Identity = field(repr=False)
    proxy: Proxy | None = None
    impersonate: tuple[tuple[str, str], ...] = ()


def find_credentials(access: ClusterAccess, surroundings: Surroundings) -> Credentials:
    """Find the cluster and the identity that the flags, $KUBECONFIG, ~/.kube/config or the pod give.

    Raises InvalidInput where no configuration exists or one cannot be used.
    Sends no request; an exec plugin runs when the first request is made.
    """
    files, named = kubeconfig_files(access, surroundings)
    config = read_kubeconfig(files, named)
    if config is None or not (config["contexts"] or config["current-context"] or config["clusters"]):
        inside = _in_cluster(access, surroundings)
        if inside is not None:
            return inside
        if config is None:
            looked = " and ".join(str(file) for file in files)
            raise InvalidInput(
                f"no kubeconfig found: {looked} does not exist",
                hint="name one with --kubeconfig or $KUBECONFIG, or copy the cluster's to ~/.kube/config",
            )
    chosen = choose_context(config, access.context, files)
    found = credentials_of(chosen, access, surroundings)
    surroundings.trace(
        f"context {found.context}: {found.server}{f' through {found.proxy}' if found.proxy else ''}"
    )
    return found


def credentials_of(
    chosen: ChosenContext, access: ClusterAccess, surroundings: Surroundings, *, official: bool | None = None
) -> Credentials:
    """Turn one context into credentials.

    `official` says which loader reads the user's entry; None picks the official
    one only for what nothing here knows (auth providers).
    """
    server = server_url(chosen)
    trust = _trust(chosen)
    _check_user(chosen)  # whoever reads it: what is wrong is said in the same words
    use_official = "auth-provider" in chosen.user if official is None else official
    if use_official:
        from sednactl.cluster.official_loader import official_identity

        identity: Identity = official_identity(chosen)
    else:
        identity = _identity(chosen, server, trust, surroundings)
    return Credentials(
        server,
        chosen.name,
        access.namespace or chosen.namespace or "default",
        trust,
        identity,
        _proxy(chosen, server, surroundings),
        impersonation(access, chosen.user),
    )


def server_url(chosen: ChosenContext) -> str:
    """Give the server's URL, checked and without a trailing slash."""
    server = _string(chosen.cluster, "server", chosen.cluster_name, "cluster")
    if not server:
        raise InvalidInput(
            f'cluster "{chosen.cluster_name}" in the kubeconfig has no server',
            hint="set clusters[].cluster.server to the API server's URL",
        )
    if "://" not in server:
        # client-go: a bare host is http, unless TLS options say otherwise.
        secure = any(key in chosen.cluster for key in ("certificate-authority", "certificate-authority-data"))
        secure = secure or _flag(chosen.cluster, "insecure-skip-tls-verify", chosen.cluster_name)
        server = f"{'https' if secure else 'http'}://{server}"
    try:
        parts = urlsplit(server)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = usable and parts.path.isascii() and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable or not server.isprintable() or " " in server:
        raise InvalidInput(
            f'the server of cluster "{chosen.cluster_name}" in the kubeconfig is no URL that can be used',
            hint="write https://host:port",
        )
    return server.rstrip("/")


def impersonation(access: ClusterAccess, user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the impersonation headers of the flags, else of the kubeconfig's user.

    Raises UsageError for groups without a user, as client-go does.
    """
    name = access.as_user or str(user.get("as") or "")
    groups = access.as_groups or (() if access.as_user else tuple(_strings(user.get("as-groups"))))
    uid = "" if access.as_user else str(user.get("as-uid") or "")
    extra = {} if access.as_user else user.get("as-user-extra") or {}
    if not name:
        if groups or uid or extra:
            raise UsageError(
                "groups cannot be impersonated without a user", hint="give --as USER beside --as-group"
            )
        return ()
    headers = [("Impersonate-User", name)]
    headers += [("Impersonate-Uid", uid)] if uid else []
    headers += [("Impersonate-Group", group) for group in groups]
    if isinstance(extra, Mapping):
        from urllib.parse import quote

        headers += [
            (f"Impersonate-Extra-{quote(str(key), safe='')}", value)
            for key, values in extra.items()
            for value in _strings(values)
        ]
    for header, value in headers:
        if not value.isprintable():
            raise UsageError(f"{header} holds characters that no HTTP header may carry")
    return tuple(headers)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _trust(chosen: ChosenContext) -> Trust:
    entry, name = chosen.cluster, chosen.cluster_name
    insecure = _flag(entry, "insecure-skip-tls-verify", name)
    authority = pem(entry, "certificate-authority", name, "cluster")
    if insecure and authority is not None:
        raise InvalidInput(
            f'cluster "{name}" has both a certificate-authority and insecure-skip-tls-verify',
            hint="keep the certificate-authority and remove insecure-skip-tls-verify",
        )
    if isinstance(authority, Path):
        authority = _read(authority, "certificate-authority", name)
    return Trust(authority, _string(entry, "tls-server-name", name, "cluster") or None, insecure)


def _identity(chosen: ChosenContext, server: str, trust: Trust, surroundings: Surroundings) -> Identity:
    user, name = chosen.user, chosen.user_name
    certificate = client_certificate(chosen)
    token = _string(user, "token", name, "user")
    token_file = _string(user, "tokenFile", name, "user")
    login, password = _string(user, "username", name, "user"), _string(user, "password", name, "user")
    if (token or token_file) and (login or password):
        raise InvalidInput(f'user "{name}" in the kubeconfig has a token and a password; only one is allowed')
    if token_file:
        return TokenFileIdentity(Path(token_file), surroundings.monotonic, certificate, token or None)
    if token:
        return FixedIdentity(Proof(bearer(token, f'user "{name}"'), certificate))
    if user.get("exec") is not None:
        from sednactl.cluster.exec_plugin import ExecIdentity

        return ExecIdentity(chosen, server, trust, certificate, surroundings)
    if login or password:
        return FixedIdentity(Proof(basic_credentials(login, password), certificate))
    return FixedIdentity(Proof(None, certificate))


def _check_user(chosen: ChosenContext) -> None:
    """Raise InvalidInput for a user's entry that client-go refuses, or that names a missing file."""
    user, name = chosen.user, chosen.user_name
    password = _string(user, "username", name, "user") or _string(user, "password", name, "user")
    token = _string(user, "token", name, "user")
    rivals = [
        what
        for what, given in (
            ("a token", token or _string(user, "tokenFile", name, "user")),
            ("an exec plugin", user.get("exec")),
            ("an auth provider", user.get("auth-provider")),
        )
        if given
    ]
    if password and rivals:
        raise InvalidInput(f'user "{name}" has {rivals[0]} and a password; only one is allowed')
    if user.get("exec") and user.get("auth-provider"):
        raise InvalidInput(f'user "{name}" has an exec plugin and an auth provider; only one is allowed')
    if token:
        bearer(token, f'user "{name}"')
    client_certificate(chosen)


def client_certificate(chosen: ChosenContext) -> ClientCertificate | None:
    """Give the user's client certificate and key; None without one. Raises InvalidInput."""
    name = chosen.user_name
    certificate = pem(chosen.user, "client-certificate", name, "user")
    key = pem(chosen.user, "client-key", name, "user")
    if certificate is None:
        return None
    if key is None:
        raise InvalidInput(
            f'user "{name}" has a client-certificate but no client-key',
            hint="add client-key or client-key-data to the user's entry in the kubeconfig",
        )
    for value, what in ((certificate, "client-certificate"), (key, "client-key")):
        if isinstance(value, Path):
            _read(value, what, name)
    return ClientCertificate(certificate, key)


def pem(entry: Mapping[str, Any], key: str, name: str, kind: str) -> bytes | Path | None:
    """Give what `<key>-data` (decoded) or `<key>` (a path) holds; the data goes first."""
    encoded = _string(entry, f"{key}-data", name, kind)
    if encoded:
        import base64
        import binascii

        try:
            return base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            raise InvalidInput(f'{key}-data of {kind} "{name}" in the kubeconfig is not base64') from None
    path = _string(entry, key, name, kind)
    return Path(path) if path else None


def _read(file: Path, what: str, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f'{what} of "{name}" cannot be read: {file}: {error.strerror}',
            hint="the kubeconfig names this file; relative paths count from the kubeconfig's folder",
        ) from None


def _string(entry: Mapping[str, Any], key: str, name: str, kind: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(f'{key} of {kind} "{name}" in the kubeconfig is no text')
    return value


def _flag(entry: Mapping[str, Any], key: str, name: str) -> bool:
    value = entry.get(key)
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f'{key} of cluster "{name}" in the kubeconfig is neither true nor false')
    return bool(value)


def _proxy(chosen: ChosenContext, server: str, surroundings: Surroundings) -> Proxy | None:
    url = _string(chosen.cluster, "proxy-url", chosen.cluster_name, "cluster")
    if url:
        return proxy_from(url, f'proxy-url of cluster "{chosen.cluster_name}"')
    return _proxy_for(server, surroundings)


def _proxy_for(server: str, surroundings: Surroundings) -> Proxy | None:
    parts = urlsplit(server)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return proxy_of_environment(parts.scheme, parts.hostname or "", port, surroundings.environ)


def _in_cluster(access: ClusterAccess, surroundings: Surroundings) -> Credentials | None:
    host = surroundings.environ.get("KUBERNETES_SERVICE_HOST")
    port = surroundings.environ.get("KUBERNETES_SERVICE_PORT")
    token = SERVICE_ACCOUNT / "token"
    if not host or not port or not token.is_file() or access.context:
        return None
    authority = SERVICE_ACCOUNT / "ca.crt"
    try:
        namespace = (SERVICE_ACCOUNT / "namespace").read_text("utf-8").strip()
    except OSError:
        namespace = ""
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return Credentials(
        server,
        IN_CLUSTER,
        access.namespace or surroundings.environ.get("POD_NAMESPACE") or namespace or "default",
        Trust(_read(authority, "certificate-authority", IN_CLUSTER) if authority.exists() else None),
        TokenFileIdentity(token, surroundings.monotonic),
        _proxy_for(server, surroundings),
        impersonation(access, {}),
    )
