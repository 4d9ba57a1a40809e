"""Failures on the way to the API server, said in a person's words with the way to mend them."""

from __future__ import annotations

import http.client
import socket
import ssl

from sednactl.cluster.credentials import Credentials
from sednactl.errors import Unreachable

_CERTIFICATE_HINTS = {
    9: "the server's certificate is not valid yet: compare the clocks of both machines",
    10: "the server's certificate has run out: renew it, or compare the clocks of both machines",
    62: "set tls-server-name in the kubeconfig to a name that the certificate holds",
    64: "set tls-server-name in the kubeconfig to a name that the certificate holds",
}
_OTHER_AUTHORITY = (
    "certificate-authority in the kubeconfig is not the one that signed the server's certificate; "
    "is this the right kubeconfig for this server?"
)


def turned_away(error: Exception) -> bool:
    """Tell whether TLS ended before the server saw a request, so that nothing can have been done."""
    return isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or "").upper()


def unreachable(error: Exception, credentials: Credentials) -> Unreachable:
    """Turn what a socket, TLS or HTTP raised into one line and a hint."""
    server = credentials.server
    where = f"cannot reach the cluster at {server}"
    context = f"context {credentials.context}"
    proxy = credentials.proxy
    if proxy and isinstance(error, (socket.gaierror, ConnectionRefusedError)):
        why = "was refused" if isinstance(error, ConnectionRefusedError) else "failed: no such host"
        return Unreachable(
            f"{where}: the connection to the proxy {proxy.shown} {why}",
            hint="check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY",
        )
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return Unreachable(
            f"{where}: no such host", hint=f"check the server of {context}, the network and name resolution"
        )
    if isinstance(error, TimeoutError):
        return Unreachable(
            f"{where}: no answer in time",
            hint="check the network, or allow more with --request-timeout",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(
            f"{where}: its certificate is not trusted: {error.verify_message or 'verification failed'}",
            hint=_CERTIFICATE_HINTS.get(error.verify_code, _OTHER_AUTHORITY),
        )
    if isinstance(error, ssl.SSLError):
        return _tls(error, where)
    if isinstance(error, ConnectionRefusedError):
        return Unreachable(
            f"{where}: the connection was refused",
            hint=f"is the API server running, and is the server of {context} right?",
        )
    if isinstance(error, http.client.IncompleteRead):
        return Unreachable(f"{where}: the connection broke in the middle of an answer", hint="try again")
    if isinstance(error, http.client.RemoteDisconnected):
        return Unreachable(
            f"{where}: the connection was closed without an answer",
            hint="try again; is the server restarting?",
        )
    if isinstance(error, (http.client.HTTPException, ValueError)):
        return Unreachable(
            f"{where}: what answers there does not speak HTTP",
            hint=f"is the server of {context} an API server, and is its URL https?",
        )
    reason = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return Unreachable(f"{where}: {reason[:1].lower()}{reason[1:]}", hint=f"check the server of {context}")


def _tls(error: ssl.SSLError, where: str) -> Unreachable:
    reason = (error.reason or "").upper()
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return Unreachable(
            f"{where}: what answers there does not speak TLS",
            hint="is the server in the kubeconfig really https, or does plain http listen on that port?",
        )
    if "CERTIFICATE_REQUIRED" in reason or ("ALERT" in reason and "CERT" in reason) or "UNKNOWN_CA" in reason:
        return Unreachable(
            f"{where}: it refuses our client certificate ({_readable(reason)})",
            hint="has the client certificate in the kubeconfig run out, or is it another cluster's?",
        )
    if isinstance(error, ssl.SSLEOFError):
        return Unreachable(
            f"{where}: the connection was closed in the middle of TLS",
            hint="is a proxy or a firewall in the way?",
        )
    return Unreachable(f"{where}: TLS failed: {_readable(reason) or 'no reason given'}")


def _readable(reason: str) -> str:
    return reason.lower().replace("_", " ")
