"""What is served: versions, groups, resources; also all at once, as newer clients ask for it."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.requests import Answer, Request, answer_json
from sednactl.sandbox.api.reviews import REVIEWS
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.text import Json

RELEASE = ("1", "32", "v1.32.13")
_SCALE = ("autoscaling", "v1", "Scale")
_SUBRESOURCES: dict[str, tuple[tuple[str, ...], tuple[str, str, str] | None]] = {
    # name: verbs, and the kind where it is not that of the object
    "binding": (("create",), ("", "v1", "Binding")),
    "eviction": (("create",), ("policy", "v1", "Eviction")),
    "finalize": (("update",), None),
    "log": (("get",), None),
    "scale": (("get", "patch", "update"), _SCALE),
    "status": (("get", "patch", "update"), None),
}
_AGGREGATED = "apidiscovery.k8s.io"


def version(_: State) -> Answer:
    """Give the release that the server plays."""
    major, minor, release = RELEASE
    return answer_json(
        {
            "major": major,
            "minor": minor,
            "gitVersion": f"{release}+sednactl-sandbox",
            "gitCommit": "",
            "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": "go1.23",
            "compiler": "gc",
            "platform": "linux/amd64",
        }
    )


def core_versions(state: State, request: Request) -> Answer:
    """Give the versions of the core group."""
    if aggregated := _wanted_aggregated(request):
        return _all_at_once(state, aggregated, core=True)
    return answer_json(
        {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": _addresses(request)}
    )


def _addresses(request: Request) -> list[Json]:
    host = request.headers.get("host")
    return [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}] if host else []


def groups(state: State, request: Request) -> Answer:
    """Give every group but the core."""
    if aggregated := _wanted_aggregated(request):
        return _all_at_once(state, aggregated, core=False)
    found = [_group(name, versions) for name, versions in _versions(state).items() if name]
    return answer_json({"kind": "APIGroupList", "apiVersion": "v1", "groups": found})


def group(state: State, name: str) -> Answer | None:
    """Give one group; None where it is not served."""
    versions = _versions(state).get(name)
    if not name or versions is None:
        return None
    return answer_json({"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)})


def resources(state: State, name: str, version: str) -> Answer | None:
    """Give the resources of a group in one version; None where it is not served."""
    if version not in _versions(state).get(name, ()):
        return None
    found: list[Json] = []
    for kind in _kinds(state, name, version):
        found.append(_resource(kind))
        found += [_subresource(kind, subresource) for subresource in sorted(kind.subresources)]
    for plural, review in REVIEWS.get((name, version), {}).items():
        found.append(
            {
                "name": plural,
                "singularName": review.lower(),
                "namespaced": False,
                "kind": review,
                "verbs": ["create"],
            }
        )
    api_version = f"{name}/{version}" if name else version
    answer: Json = {"kind": "APIResourceList", "groupVersion": api_version, "resources": found}
    if name:
        answer = {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": api_version,
            "resources": found,
        }
    return answer_json(answer)


def _versions(state: State) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in state.catalog.all():
        versions = found.setdefault(kind.group, [])
        if kind.version not in versions:
            versions.append(kind.version)
    for name, version in REVIEWS:
        found.setdefault(name, [version])
    return found


def _kinds(state: State, name: str, version: str) -> list[Kind]:
    return [kind for kind in state.catalog.all() if (kind.group, kind.version) == (name, version)]


def _group(name: str, versions: list[str]) -> Json:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resource(kind: Kind) -> Json:
    entry: Json = {
        "name": kind.plural,
        "singularName": kind.singular or kind.kind.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(kind.verbs),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    return entry


def _subresource(kind: Kind, name: str) -> Json:
    verbs, own = _SUBRESOURCES[name]
    entry: Json = {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced}
    if own is not None:
        entry |= {"group": own[0], "version": own[1], "kind": own[2]}
        if not own[0]:
            entry.pop("group")
            entry.pop("version")
    else:
        entry["kind"] = kind.kind
    return {**entry, "verbs": list(verbs)}


def _wanted_aggregated(request: Request) -> str:
    """Give the version of aggregated discovery that a client prefers; empty where it does not know that."""
    for entry in request.headers.get("accept", "").split(","):
        parameters = dict(part.strip().split("=", 1) for part in entry.split(";")[1:] if "=" in part)
        if parameters.get("as") == "APIGroupDiscoveryList" and parameters.get("g") == _AGGREGATED:
            version = parameters.get("v", "")
            if version in ("v2", "v2beta1"):
                return version
        elif entry.split(";")[0].strip() in ("application/json", "*/*"):
            return ""
    return ""


def _all_at_once(state: State, of: str, *, core: bool) -> Answer:
    items: list[Any] = []
    for name, versions in _versions(state).items():
        if (name == "") is not core:
            continue
        listed = [
            {
                "version": version,
                "resources": [_discovered(kind) for kind in _kinds(state, name, version)]
                + [
                    _discovered_review(name, version, *entry)
                    for entry in REVIEWS.get((name, version), {}).items()
                ],
                "freshness": "Current",
            }
            for version in versions
        ]
        items.append({"metadata": {"name": name or None, "creationTimestamp": None}, "versions": listed})
    content = {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"{_AGGREGATED}/{of}",
        "metadata": {},
        "items": items,
    }
    answer = answer_json(content)
    form = f"application/json;g={_AGGREGATED};v={of};as=APIGroupDiscoveryList"
    return Answer(200, answer.body, form)


def _discovered(kind: Kind) -> Json:
    entry: Json = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular or kind.kind.lower(),
        "verbs": list(kind.verbs),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    if kind.subresources:
        entry["subresources"] = [_discovered_part(kind, name) for name in sorted(kind.subresources)]
    return entry


def _discovered_part(kind: Kind, name: str) -> Json:
    verbs, own = _SUBRESOURCES[name]
    group, version, shown = own or (kind.group, kind.version, kind.kind)
    return {
        "subresource": name,
        "responseKind": {"group": group, "version": version, "kind": shown},
        "verbs": list(verbs),
    }


def _discovered_review(group: str, version: str, plural: str, kind: str) -> Json:
    return {
        "resource": plural,
        "responseKind": {"group": group, "version": version, "kind": kind},
        "scope": "Cluster",
        "singularResource": kind.lower(),
        "verbs": ["create"],
    }
