"""Subresources that are no part of the object: scale, binding, eviction, log."""

from __future__ import annotations

from sednactl.sandbox.api import writing
from sednactl.sandbox.api.bodies import part_of, read_body, read_patch
from sednactl.sandbox.api.deleting import delete_object
from sednactl.sandbox.api.kinds import Kind, ScalePaths
from sednactl.sandbox.api.metadata import conflict
from sednactl.sandbox.api.options import delete_options_of, write_options
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Answer, Request, answer_json
from sednactl.sandbox.api.selectors import at_path
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.tables.columns import selector
from sednactl.sandbox.api.text import Json
from sednactl.sandbox.api.updating import change_object
from sednactl.sandbox.api.writing import Admitted


def get_scale(state: State, target: Target, _: Request) -> Answer:
    """Give how many replicas an object has and shall have."""
    version = state.read(target.kind, target.namespace, target.name)
    return answer_json(_scale_of(target.kind, version.object()))


def write_scale(state: State, target: Target, request: Request) -> Answer:
    """Set how many replicas an object shall have, by update or patch of its scale."""
    kind = target.kind
    options = write_options(request, "UpdateOptions" if request.method == "PUT" else "PatchOptions")
    patched = request.method == "PATCH"
    content_type = request.content_type()
    body = read_patch(request.body) if patched else read_body(request.body, content_type, "Scale")
    paths = _paths(kind)

    def change(live: Json) -> Admitted:
        scale = _scale_of(kind, live)
        wanted = body
        if patched:
            wanted = writing.apply_patch(
                scale, body, content_type, writing.structure_of_builtin("autoscaling/v1", "Scale")
            )
        return Admitted(_with_scale(kind, live, part_of(wanted), paths))

    whole = Target(kind, target.namespace, target.name)
    stored, _ = change_object(state, whole, change, options, tracked_as="scale")
    return answer_json(_scale_of(kind, stored))


def _with_scale(kind: Kind, live: Json, wanted: Json, paths: ScalePaths) -> Json:
    meta = part_of(wanted, "metadata")
    before = live["metadata"]
    replicas = part_of(wanted, "spec").get("replicas", 0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise Refusal(
            "BadRequest", 'Scale in version "v1" cannot be handled as a Scale: spec.replicas is no integer'
        )
    if replicas < 0:
        problem = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise Refusal(
            "Invalid",
            f'Scale.autoscaling "{before["name"]}" is invalid: spec.replicas: {problem}',
            name=before["name"],
            group="autoscaling",
            kind="Scale",
            causes=[Cause("FieldValueInvalid", problem, "spec.replicas")],
        )
    if meta.get("uid") and meta["uid"] != before["uid"]:
        raise conflict(
            kind,
            before["name"],
            f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {before['uid']}",
        )
    result: Json = {**live, "metadata": {**before}}
    if meta.get("resourceVersion"):
        result["metadata"]["resourceVersion"] = meta["resourceVersion"]
    here = result
    *steps, last = paths.spec.split(".")
    for step in steps:
        here[step] = {**(here.get(step) or {})}
        here = here[step]
    here[last] = replicas
    return result


def _scale_of(kind: Kind, content: Json) -> Json:
    paths = _paths(kind)
    meta = content["metadata"]
    shown = {
        key: meta[key]
        for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
        if key in meta
    }
    status: Json = {"replicas": at_path(content, paths.status) or 0}
    selected = at_path(content, paths.selector) if paths.selector else None
    if isinstance(selected, dict):
        status["selector"] = selector(selected)
    elif selected:
        status["selector"] = selected
    spec: Json = {}
    if replicas := at_path(content, paths.spec):
        spec["replicas"] = replicas
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": shown,
        "spec": spec,
        "status": status,
    }


def _paths(kind: Kind) -> ScalePaths:
    if kind.scale is None:
        raise Refusal("NotFound", "the server could not find the requested resource")
    return kind.scale


def bind(state: State, target: Target, request: Request) -> Answer:
    """Put a pod on a node, as a scheduler does."""
    options = write_options(request, "CreateOptions")
    body = read_body(request.body, request.content_type())
    node = part_of(body, "target").get("name")
    if not node or not isinstance(node, str):
        cause = Cause("FieldValueRequired", "Required value", "target.name")
        raise Refusal(
            "Invalid", 'Binding "" is invalid: target.name: Required value', kind="Binding", causes=[cause]
        )
    found = state.read(target.kind, target.namespace, target.name)
    pod = found.object()
    taken = (pod.get("spec") or {}).get("nodeName")
    if taken:
        raise Refusal(
            "Conflict",
            f'Operation cannot be fulfilled on pods/binding "{target.name}": '
            f'pod {target.name} is already assigned to node "{taken}"',
            name=target.name,
            kind="pods/binding",
        )
    if not options.dry_run:
        with state.store.lock:
            pod["spec"]["nodeName"] = node
            scheduled = {
                "type": "PodScheduled",
                "status": "True",
                "lastProbeTime": None,
                "lastTransitionTime": state.now(),
            }
            status = pod.setdefault("status", {})
            others = [one for one in status.get("conditions") or () if one.get("type") != "PodScheduled"]
            status["conditions"] = [*others, scheduled]
            state.put(target.kind, pod)
    return answer_json(
        {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
    )


def evict(state: State, target: Target, request: Request) -> Answer:
    """Delete a pod as a drain does; no disruption budgets are served, so none forbids it."""
    body = read_body(request.body, request.content_type())
    given = part_of(body, "deleteOptions")
    write_options(request, "CreateOptions")
    wanted = delete_options_of(given, list(request.query.get("dryRun") or ()))
    delete_object(state, target.kind, target.namespace, target.name, wanted)
    return answer_json(
        {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
    )


def log(state: State, target: Target, request: Request) -> Answer:
    """Give a few lines such as a pod's container would have written; no container ever ran."""
    pod = state.read(target.kind, target.namespace, target.name).object()
    containers = [one.get("name", "") for one in (pod.get("spec") or {}).get("containers") or ()]
    wanted = request.one("container")
    if not wanted and len(containers) > 1:
        raise Refusal(
            "BadRequest",
            f"a container name must be specified for pod {target.name}, choose one of: [{' '.join(containers)}]",
        )
    if wanted and wanted not in containers:
        raise Refusal("BadRequest", f"container {wanted} is not valid for pod {target.name}")
    container = wanted or (containers[0] if containers else "")
    status = pod.get("status") or {}
    if status.get("phase") == "Pending":
        raise Refusal(
            "BadRequest",
            f'container "{container}" in pod "{target.name}" is waiting to start: ContainerCreating',
        )
    started = status.get("startTime") or pod["metadata"]["creationTimestamp"]
    image = next(
        (one.get("image", "") for one in pod["spec"]["containers"] if one.get("name") == container), ""
    )
    lines = [
        f"sandbox: container {container} of {image} is played, not run",
        "INFO model loaded, waiting for requests",
    ]
    if request.flag("timestamps"):
        lines = [f"{started} {line}" for line in lines]
    tail = request.one("tailLines")
    if tail.isdigit():
        lines = lines[len(lines) - min(int(tail), len(lines)) :]
    return Answer(200, "".join(f"{line}\n" for line in lines).encode(), "text/plain; charset=utf-8")
