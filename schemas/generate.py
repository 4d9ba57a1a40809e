"""Write the Kubernetes part of the schemas: the types that Sedna's kinds embed, as a CRD spells them.

The source is the PyPI package `kubernetes-validate` of the same Kubernetes release: its JSON
Schemas still carry the OpenAPI extensions (list-map keys, formats). Where it is not installed, a
throw-away copy is fetched. Run it with `make schemas`; `--check` says whether the file in the
repository is what this program would write.

Structure only is taken: no descriptions. What a CustomResourceDefinition says differently from
the OpenAPI document, and the API server therefore enforces differently, is set right here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sandbox_types

RELEASE = "1.30"
SOURCE = f"kubernetes-validate=={RELEASE}.0"
TARGET = Path(__file__).parent / "kubernetes" / f"{RELEASE}.json"

ROOTS = (
    "io.k8s.api.core.v1.PodTemplateSpec",
    "io.k8s.api.apps.v1.DeploymentSpec",
    "io.k8s.api.batch.v1.JobSpec",
    "io.k8s.api.autoscaling.v2.MetricSpec",
    "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior",
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
)

QUANTITY = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]"
    r"|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
    "x-kubernetes-int-or-string": True,
}
AS_A_CRD_SAYS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": QUANTITY,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "anyOf": [{"type": "integer"}, {"type": "string"}],
        "x-kubernetes-int-or-string": True,
    },
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"type": "string", "format": "date-time"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": {"type": "object"},
}
EMBEDDED_METADATA = {"type": "object", "properties": {}, "additionalProperties": False}
"""Metadata of a pod template: controller-gen leaves it empty, so that every field in it is unknown."""

NAMED_REFERENCES = (
    "ConfigMapEnvSource",
    "ConfigMapKeySelector",
    "ConfigMapProjection",
    "ConfigMapVolumeSource",
    "LocalObjectReference",
    "SecretEnvSource",
    "SecretKeySelector",
    "SecretProjection",
)
CORRECTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    # A default fills the key of a list-map: without it, two ports that differ in nothing
    # (one says TCP, the other nothing) would pass as different.
    ("ContainerPort", {"properties": {"protocol": {"default": "TCP"}}}),
    # Patch releases of 1.30 gave these an empty name, so that a null there is filled, not dropped.
    *((name, {"properties": {"name": {"default": ""}}}) for name in NAMED_REFERENCES),
    *((name, {"x-kubernetes-map-type": "atomic"}) for name in NAMED_REFERENCES),
    ("HostAlias", {"required": ["ip"]}),
)
KEPT = ("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "format")


def short(name: str) -> str:
    """Give a type's own name without its package."""
    return name.rpartition(".")[2]


def convert(schema: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Rewrite one OpenAPI node as a CRD would spell it; types it refers to are added to `wanted`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        wanted.append(name)
        return {"$ref": f"#/$defs/{short(name)}"}
    result: dict[str, Any] = {}
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(word for word in kind if word != "null")
    if kind:
        result["type"] = kind
    result |= {key: schema[key] for key in KEPT if key in schema}
    if "items" in schema:
        result["items"] = convert(schema["items"], wanted)
    if "properties" in schema:
        result["properties"] = {
            name: convert(field, wanted) for name, field in sorted(schema["properties"].items())
        }
        result["additionalProperties"] = False
    elif isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = convert(schema["additionalProperties"], wanted)
    if schema.get("required"):
        result["required"] = sorted(schema["required"])
    return result


def merge(schema: dict[str, Any], correction: dict[str, Any]) -> None:
    """Lay a correction over a type, level by level."""
    for key, value in correction.items():
        if isinstance(value, dict):
            merge(schema.setdefault(key, {}), value)
        else:
            schema[key] = value


def definitions(source: dict[str, Any]) -> dict[str, Any]:
    """Give every type that the roots reach, by short name."""
    wanted, done = list(ROOTS), {}
    while wanted:
        name = wanted.pop()
        if short(name) in done:
            continue
        if name in AS_A_CRD_SAYS:
            done[short(name)] = AS_A_CRD_SAYS[name]
            continue
        done[short(name)] = convert(source[name], wanted)
    for name, correction in CORRECTIONS:
        merge(done[name], correction)
    done["EmbeddedMetadata"] = EMBEDDED_METADATA
    for name, schema in done.items():
        fields = schema.get("properties", {})
        if name != "ObjectMeta" and fields.get("metadata") == {"$ref": "#/$defs/ObjectMeta"}:
            fields["metadata"] = {"$ref": "#/$defs/EmbeddedMetadata"}
    return dict(sorted(done.items()))


def source_definitions() -> dict[str, Any]:
    """Read the packaged OpenAPI types of this release, from a throw-away copy where it is not installed."""
    found = find_spec("kubernetes_validate")
    if found is not None and found.submodule_search_locations:
        return _read(Path(found.submodule_search_locations[0]))
    with tempfile.TemporaryDirectory() as folder:
        installers = (["uv", "pip"], [sys.executable, "-m", "pip"])
        for installer in installers:
            command = [*installer, "install", "--quiet", "--no-deps", "--target", folder, SOURCE]
            if shutil.which(installer[0]) and subprocess.run(command, check=False).returncode == 0:
                return _read(Path(folder, "kubernetes_validate"))
    raise SystemExit(f"{SOURCE} is neither installed nor can uv or pip fetch it")


def _read(package: Path) -> dict[str, Any]:
    file = package / "kubernetes-json-schema" / f"v{RELEASE}.0-local" / "_definitions.json"
    loaded: dict[str, Any] = json.loads(file.read_text("utf-8"))
    types: dict[str, Any] = loaded["$defs"]
    return types


def text(source: dict[str, Any]) -> str:
    """Give the whole file: one type a line, so that a change can be read in a diff."""
    types = definitions(source)
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(types[name], separators=(',', ':'))}" for name in types
    )
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Types of Kubernetes {RELEASE} that Sedna's kinds embed, as their CRDs spell them",
        "$comment": "Generated by schemas/generate.py; do not edit.",
    }
    return json.dumps(head)[:-1] + ',\n"$defs":{\n' + lines + "\n}}\n"


def main() -> int:
    """Write the files, or compare with --check."""
    source = source_definitions()
    stale = False
    for target, content in ((TARGET, text(source)), (sandbox_types.TARGET, sandbox_types.text(source))):
        if "--check" in sys.argv[1:]:
            same = target.is_file() and target.read_text("utf-8") == content
            stale = stale or not same
            print(f"{target.name} is {'up to date' if same else 'stale: run make schemas'}")
            continue
        target.parent.mkdir(exist_ok=True)
        target.write_text(content, "utf-8")
        print(f"wrote {target}: {target.stat().st_size} bytes")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
