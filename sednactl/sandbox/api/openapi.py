"""OpenAPI: the types and paths of what is served, made from the same table and CRDs that writes are judged by.

Small but true: structure, defaults and what merges how, no prose. Version 3 comes a
group and version at a time, as kubectl asks for it, version 2 in one piece.
"""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from sednactl.packaged import schemas_dir
from sednactl.sandbox.api.discovery import RELEASE
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.requests import Answer, Request, answer_json
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.text import Json, encode

_TABLE = "kubernetes/sandbox-1.30.json"
_GVK = "x-kubernetes-group-version-kind"
_META = "meta/v1.ObjectMeta"
_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_PATCHES = ("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json")
_STRATEGIC = "application/strategic-merge-patch+json"


def document(state: State, path: str, request: Request) -> Answer | None:
    """Give a document of OpenAPI; None where there is none at the path."""
    if path == "/openapi/v2":
        accepted = request.headers.get("accept", "*/*")
        if any(form in accepted for form in ("json", "*/*")):
            return answer_json(_swagger(state))
        return Answer(200, _bare_protobuf(), _PROTOBUF)
    if path == "/openapi/v3":
        return answer_json(
            {"paths": {_place(*version): _link(state, version) for version in _versions(state)}}
        )
    for version in _versions(state):
        if path == f"/openapi/v3/{_place(*version)}":
            return answer_json(_third(state, *version))
    return None


def _bare_protobuf() -> bytes:
    """Give a document of version 2 in protobuf that names no type.

    kubectl wants one before it takes a `kind: List`; of types it does not find
    there it leaves the judgement to the server.
    """

    def text(number: int, content: bytes) -> bytes:
        return bytes((number << 3 | 2, len(content))) + content

    info = text(1, _info()["title"].encode()) + text(2, _info()["version"].encode())
    return text(1, b"2.0") + text(2, info) + text(8, b"") + text(9, b"")


def _versions(state: State) -> list[tuple[str, str]]:
    return list(dict.fromkeys((kind.group, kind.version) for kind in state.catalog.all()))


def _place(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


def _link(state: State, version: tuple[str, str]) -> Json:
    digest = hashlib.sha256(encode([state.catalog.edition, *version])).hexdigest()[:32]
    return {"serverRelativeURL": f"/openapi/v3/{_place(*version)}?hash={digest.upper()}"}


def _info() -> Json:
    return {"title": "Kubernetes", "version": RELEASE[2]}


def _third(state: State, group: str, version: str) -> Json:
    kinds = [kind for kind in state.catalog.all() if (kind.group, kind.version) == (group, version)]
    schemas: Json = {}
    paths: Json = {}
    for kind in kinds:
        name = _schema_of(kind, schemas, "#/components/schemas/")
        for path, operations in _paths(kind).items():
            paths[path] = {
                verb: _operation(kind, verb, parameters, f"#/components/schemas/{name}")
                for verb, parameters in operations.items()
            }
    return {"openapi": "3.0.0", "info": _info(), "paths": paths, "components": {"schemas": schemas}}


def _swagger(state: State) -> Json:
    definitions: Json = {}
    paths: Json = {}
    for kind in state.catalog.all():
        name = _schema_of(kind, definitions, "#/definitions/")
        for path, operations in _paths(kind).items():
            paths[path] = {
                verb: {
                    "parameters": [{"name": one, "in": "query", "type": "string"} for one in parameters],
                    "responses": {"200": {"description": "OK", "schema": {"$ref": f"#/definitions/{name}"}}},
                    _GVK: _gvk(kind),
                }
                for verb, parameters in operations.items()
            }
    return {"swagger": "2.0", "info": _info(), "paths": paths, "definitions": definitions}


_READ = ("labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "watch", "timeoutSeconds")
_WRITE = ("dryRun", "fieldManager", "fieldValidation")


def _paths(kind: Kind) -> dict[str, dict[str, tuple[str, ...]]]:
    """Give each path with its methods and their query parameters."""
    root = f"/{_place(kind.group, kind.version)}"
    many = f"{root}/namespaces/{{namespace}}/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"
    found: dict[str, dict[str, tuple[str, ...]]] = {
        many: {"get": _READ, "post": _WRITE, "delete": _READ},
        f"{many}/{{name}}": {"get": (), "put": _WRITE, "patch": (*_WRITE, "force"), "delete": ("dryRun",)},
    }
    if kind.namespaced:
        found[f"{root}/{kind.plural}"] = {"get": _READ}
    if "status" in kind.subresources:
        found[f"{many}/{{name}}/status"] = {"get": (), "put": _WRITE, "patch": (*_WRITE, "force")}
    return found


def _operation(kind: Kind, verb: str, parameters: tuple[str, ...], reference: str) -> Json:
    action = {"post": "post", "put": "put", "patch": "patch", "delete": "delete"}.get(verb, "get")
    result: Json = {
        "parameters": [{"name": one, "in": "query", "schema": {"type": "string"}} for one in parameters],
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": reference}}}}
        },
        "x-kubernetes-action": action,
        _GVK: _gvk(kind),
    }
    if verb in ("post", "put"):
        result["requestBody"] = {"content": {"*/*": {"schema": {"$ref": reference}}}, "required": True}
    elif verb == "patch":
        forms = _PATCHES if kind.custom is not None else (*_PATCHES, _STRATEGIC)
        result["requestBody"] = {
            "content": {form: {"schema": {"type": "object"}} for form in forms},
            "required": True,
        }
    return result


def _gvk(kind: Kind) -> Json:
    return {"group": kind.group, "kind": kind.kind, "version": kind.version}


def _schema_of(kind: Kind, schemas: Json, prefix: str) -> str:
    """Put a kind's schema and all that it refers to into `schemas`; gives its name there."""
    if kind.custom is not None:
        name = f"{'.'.join(reversed(kind.group.split('.')))}.{kind.version}.{kind.kind}"
        given = dict((kind.custom.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"})
        properties = {**(given.get("properties") or {})}
        for field in ("apiVersion", "kind"):
            properties.setdefault(field, {"type": "string"})
        properties["metadata"] = {"allOf": [{"$ref": prefix + _named(_META)}], "default": {}}
        _type(_META, schemas, prefix)
        schemas[name] = {**given, "properties": properties, _GVK: [_gvk(kind)]}
        return name
    table = _table()
    spelled = table["kinds"].get(f"{kind.api_version} {kind.kind}")
    if spelled is None:
        return ""
    _type(spelled, schemas, prefix)
    name = _named(spelled)
    schemas[name] = {**schemas[name], _GVK: [_gvk(kind)]}
    return name


def _named(name: str) -> str:
    if name.startswith("meta/"):
        return f"io.k8s.apimachinery.pkg.apis.{name.replace('/', '.')}"
    return f"io.k8s.api.{name.replace('/', '.')}"


def _type(name: str, schemas: Json, prefix: str) -> None:
    if _named(name) in schemas:
        return
    schema: Json = {"type": "object"}
    schemas[_named(name)] = schema
    fields = _table()["types"][name]["fields"]
    if fields:
        schema["properties"] = {
            field: _place_of(spelled, schemas, prefix) for field, spelled in fields.items()
        }


def _place_of(spelled: Json, schemas: Json, prefix: str) -> Json:
    if "ref" in spelled:
        _type(spelled["ref"], schemas, prefix)
        reference: Json = {"$ref": prefix + _named(spelled["ref"])}
        # Beside a reference nothing may stand; the OpenAPI of Kubernetes wraps it.
        return (
            {"allOf": [reference], "default": {}} if "default" in spelled or "zero" in spelled else reference
        )
    kind = spelled["type"]
    schema: Json = _SCALARS.get(kind) or {"type": kind}
    schema = dict(schema)
    if "format" in spelled:
        schema["format"] = spelled["format"]
    if "items" in spelled:
        schema["items"] = _place_of(spelled["items"], schemas, prefix)
    if "values" in spelled:
        schema["additionalProperties"] = _place_of(spelled["values"], schemas, prefix)
    if "default" in spelled:
        schema["default"] = spelled["default"]
    for key, extension in _EXTENSIONS.items():
        if spelled.get(key):
            schema[extension] = spelled[key]
    return schema


_SCALARS: dict[str, Any] = {
    "any": {},
    "int-or-string": {"oneOf": [{"type": "string"}, {"type": "integer"}], "format": "int-or-string"},
    "quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "time": {"type": "string", "format": "date-time"},
    "micro-time": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte"},
}
_EXTENSIONS = {
    "strategy": "x-kubernetes-patch-strategy",
    "merge": "x-kubernetes-patch-merge-key",
    "list": "x-kubernetes-list-type",
    "keys": "x-kubernetes-list-map-keys",
}


@functools.cache
def _table() -> Json:
    table: Json = json.loads((schemas_dir() / _TABLE).read_bytes())
    return table
