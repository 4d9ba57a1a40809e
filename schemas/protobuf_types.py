"""Write the field numbers of Kubernetes' protobuf messages, by which kubectl's typed commands send objects.

usage: protobuf_types.py FOLDER    a checkout of Kubernetes' `staging/src/k8s.io`, or a folder that
                                   holds its modules `api` and `apimachinery` beside each other

Numbers, names and types are taken from the `generated.proto` files, for the kinds that the sandbox's
API server takes. A field of which the JSON form shows the parts in its parent's place has no name here.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

RELEASE = "1.32"
TARGET = Path(__file__).parent / "kubernetes" / f"protobuf-{RELEASE}.json"

KINDS = {
    "v1": ("core/v1", "Namespace Node Pod Service Endpoints Event Secret ConfigMap ServiceAccount Binding"),
    "apps/v1": ("apps/v1", "DaemonSet Deployment ReplicaSet"),
    "autoscaling/v1": ("autoscaling/v1", "HorizontalPodAutoscaler Scale"),
    "autoscaling/v2": ("autoscaling/v2", "HorizontalPodAutoscaler"),
    "authentication.k8s.io/v1": ("authentication/v1", "SelfSubjectReview"),
    "authorization.k8s.io/v1": (
        "authorization/v1",
        "SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    ),
    "coordination.k8s.io/v1": ("coordination/v1", "Lease"),
    "discovery.k8s.io/v1": ("discovery/v1", "EndpointSlice"),
    "policy/v1": ("policy/v1", "Eviction"),
    "rbac.authorization.k8s.io/v1": ("rbac/v1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
}
INLINE = frozenset(
    ("ephemeralContainerCommon", "handler", "localObjectReference", "persistentVolumeSource", "volumeSource")
)
_FIELD = re.compile(
    r"^\s*(?P<label>optional|repeated|required|map<\s*(?P<key>[\w.]+)\s*,\s*(?P<value>[\w.]+)\s*>)"
    r"\s+(?:(?P<type>[\w.]+)\s+)?(?P<name>\w+)\s*=\s*(?P<number>\d+)"
)
_SCALARS = frozenset(("string", "bytes", "bool", "int32", "int64", "double"))


def short(name: str, package: str) -> str:
    """Give a message's name as the table spells it: `core/v1.Pod`."""
    if name in _SCALARS:
        return name
    full = name.lstrip(".") if name.startswith(".") or name.count(".") > 1 else f"{package}.{name}"
    *path, message = full.split(".")
    return f"{'/'.join(path[-2:])}.{message}"


def messages(source: Path) -> dict[str, dict[str, str]]:
    """Read every message of the folder's .proto files: field numbers, each with `name:type`."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(source.rglob("generated.proto")):
        package, message = "", ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"package ([\w.]+);", line):
                package = match[1]
            elif match := re.match(r"message (\w+) \{", line):
                message = short(match[1], package)
                found.setdefault(message, {})
            elif message and (match := _FIELD.match(line)):
                found[message][match["number"]] = _spelled(match, package)
            elif line.startswith("}"):
                message = ""
    return found


def _spelled(match: re.Match[str], package: str) -> str:
    name = "" if match["name"] in INLINE else match["name"]
    if match["key"]:
        return f"{name}:%{short(match['value'], package)}"
    many = "*" if match["label"] == "repeated" else ""
    return f"{name}:{many}{short(match['type'], package)}"


def table(source: Path) -> dict[str, object]:
    """Give the kinds and every message that they reach."""
    known = messages(source)
    kinds = {
        f"{api_version} {kind}": f"{package}.{kind}"
        for api_version, (package, names) in KINDS.items()
        for kind in names.split()
    }
    wanted, types = [*kinds.values(), "meta/v1.DeleteOptions"], {}
    while wanted:
        name = wanted.pop()
        if name in types or name in _SCALARS:
            continue
        types[name] = known[name]
        wanted += [spelled.partition(":")[2].lstrip("*%") for spelled in known[name].values()]
    comment = (
        f"Field numbers of Kubernetes {RELEASE}'s protobuf messages; written by schemas/protobuf_types.py."
    )
    return {"$comment": comment, "kinds": kinds, "types": dict(sorted(types.items()))}


def main() -> None:
    """Write the table."""
    text = json.dumps(table(Path(sys.argv[1])), indent=None, separators=(",", ":"))
    TARGET.write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(text)} bytes")


if __name__ == "__main__":
    main()
