"""What objects need of their namespace: that it is there and not going away."""

from __future__ import annotations

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.state import State

NAMESPACES = ("", "namespaces")
DEFAULT_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease", "sedna")
_IMMORTAL = ("default", "kube-system", "kube-public")


def check_place(state: State, kind: Kind, namespace: str, name: str) -> None:
    """Raise Refusal NotFound or Forbidden where nothing can be created in a namespace."""
    if not kind.namespaced:
        return
    found = state.store.get(NAMESPACES, namespace)
    if found is None:
        raise Refusal("NotFound", f'namespaces "{namespace}" not found', name=namespace, kind="namespaces")
    if (found.object().get("status") or {}).get("phase") == "Terminating":
        raise Refusal(
            "Forbidden",
            f'{kind.full_name} "{name}" is forbidden: unable to create new content in namespace {namespace} '
            "because it is being terminated",
            name=name,
            group=kind.group,
            kind=kind.plural,
            causes=[
                Cause(
                    "NamespaceTerminating", f"namespace {namespace} is being terminated", "metadata.namespace"
                )
            ],
        )


def check_deletable(kind: Kind, name: str) -> None:
    """Raise Refusal Forbidden for namespaces that a cluster cannot be without."""
    if kind.shelf == NAMESPACES and name in _IMMORTAL:
        raise Refusal(
            "Forbidden",
            f'namespaces "{name}" is forbidden: this namespace may not be deleted',
            name=name,
            kind="namespaces",
        )
