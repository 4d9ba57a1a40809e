"""What is said to an API server, step by step; what a real one answers is recorded beside it.

Every conversation has a namespace of its own, N in the paths. A step is a name, a
method, a path, a body and options of the raw client (`user` asks as another identity).
"""

from __future__ import annotations

from typing import Any

from tests.api_contract.raw import APPLY, JSON_PATCH, MERGE, PARTIAL, PARTIAL_LIST, STRATEGIC, TABLE

Step = tuple[str, str, str, Any, dict[str, Any]]
Json = dict[str, Any]
NAMESPACE = "contract-conversation"
N = f"/api/v1/namespaces/{NAMESPACE}"
A = f"/apis/apps/v1/namespaces/{NAMESPACE}"
H = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers"
H1 = f"/apis/autoscaling/v1/namespaces/{NAMESPACE}/horizontalpodautoscalers"
G = f"/apis/sedna.io/v1alpha1/namespaces/{NAMESPACE}"
SLICES = f"/apis/discovery.k8s.io/v1/namespaces/{NAMESPACE}/endpointslices"
LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
OTHER_UID = "7a7a7a7a-0000-0000-0000-000000000000"


def query(**parameters: str) -> Json:
    return {"query": parameters}


def named(kind: str, name: str, api_version: str = "v1", **content: Any) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **content}


def pod(name: str) -> Json:
    spec = {"automountServiceAccountToken": False, "containers": [{"name": "c", "image": "nginx:1"}]}
    return {**named("Pod", name, spec=spec), "metadata": {"name": name, "labels": {"app": "web"}}}


def deployment(name: str, kind: str = "Deployment") -> Json:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return named(kind, name, "apps/v1", spec=spec)


def autoscaler(name: str, least: int = 1) -> Json:
    target = {"type": "Utilization", "averageUtilization": 50}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": least,
        "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    return named("HorizontalPodAutoscaler", name, "autoscaling/v2", spec=spec)


def model(name: str, **spec: Any) -> Json:
    return named("Model", name, "sedna.io/v1alpha1", spec={"url": "/model/x.pb", "format": "pb", **spec})


def binding(name: str) -> Json:
    return named("Binding", name, target={"apiVersion": "v1", "kind": "Node", "name": "n1"})


def delete_options(**options: Any) -> Json:
    return {"kind": "DeleteOptions", "apiVersion": "v1", **options}


def apply(manager: str, **parameters: str) -> Json:
    return {"content_type": APPLY, "query": {"fieldManager": manager, **parameters}}


merge: Json = {"content_type": MERGE}
strategic: Json = {"content_type": STRATEGIC}
table: Json = {"accept": TABLE}

NAMESPACES: list[Step] = [
    ("ns.create", "POST", "/api/v1/namespaces", named("Namespace", NAMESPACE), {}),
    ("ns.again", "POST", "/api/v1/namespaces", named("Namespace", NAMESPACE), {}),
    ("ns.get", "GET", f"/api/v1/namespaces/{NAMESPACE}", None, {}),
    ("ns.missing", "POST", "/api/v1/namespaces/nope/configmaps", named("ConfigMap", "x"), {}),
    ("ns.defaultdel", "DELETE", "/api/v1/namespaces/default", None, {}),
    ("ns.del", "DELETE", f"/api/v1/namespaces/{NAMESPACE}", None, {}),
    ("ns.term", "POST", f"{N}/configmaps", named("ConfigMap", "cmt", data={"a": "b"}), {}),
    ("ns.table", "GET", f"/api/v1/namespaces/{NAMESPACE}", None, table),
    (
        "ns.fin",
        "PUT",
        f"/api/v1/namespaces/{NAMESPACE}/finalize",
        named("Namespace", NAMESPACE, spec={"finalizers": []}),
        {},
    ),
    ("ns.gone", "GET", f"/api/v1/namespaces/{NAMESPACE}", None, {}),
]

OBJECTS: list[Step] = [
    ("cm.create", "POST", f"{N}/configmaps", named("ConfigMap", "cm", data={"a": "b"}), {}),
    ("cm.dup", "POST", f"{N}/configmaps", named("ConfigMap", "cm", data={"a": "b"}), {}),
    ("cm.nokind", "POST", f"{N}/configmaps", {"metadata": {"name": "cm2"}, "data": {"a": "b"}}, {}),
    ("cm.wrongkind", "POST", f"{N}/configmaps", named("Secret", "cm3"), {}),
    ("cm.wrongversion", "POST", f"{N}/configmaps", named("ConfigMap", "cm3", "v2"), {}),
    ("cm.noname", "POST", f"{N}/configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}, {}),
    ("cm.badname", "POST", f"{N}/configmaps", named("ConfigMap", "A_b"), {}),
    (
        "cm.nsmismatch",
        "POST",
        f"{N}/configmaps",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "q", "namespace": "other"}},
        {},
    ),
    (
        "cm.rv",
        "POST",
        f"{N}/configmaps",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "q", "resourceVersion": "5"}},
        {},
    ),
    ("cm.array", "POST", f"{N}/configmaps", b"[]", {}),
    ("cm.garbage", "POST", f"{N}/configmaps", b'{"a', {}),
    ("cm.empty", "POST", f"{N}/configmaps", b"", {}),
    ("cm.media", "POST", f"{N}/configmaps", b"x", {"content_type": "text/plain"}),
    ("cm.get404", "GET", f"{N}/configmaps/none", None, {}),
    ("cm.list", "GET", f"{N}/configmaps", None, {}),
    ("cm.table", "GET", f"{N}/configmaps", None, table),
    ("cm.partial", "GET", f"{N}/configmaps/cm", None, {"accept": PARTIAL}),
    ("cm.partiallist", "GET", f"{N}/configmaps", None, {"accept": PARTIAL_LIST}),
    ("cm.badaccept", "GET", f"{N}/configmaps", None, {"accept": "text/html"}),
    ("cm.put.mismatch", "PUT", f"{N}/configmaps/cm", named("ConfigMap", "other"), {}),
    (
        "cm.put.conflict",
        "PUT",
        f"{N}/configmaps/cm",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm", "resourceVersion": "1"}},
        {},
    ),
    (
        "cm.put.uid",
        "PUT",
        f"{N}/configmaps/cm",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm", "uid": OTHER_UID}},
        {},
    ),
    ("cm.put.404", "PUT", f"{N}/configmaps/none", named("ConfigMap", "none"), {}),
    ("cm.put", "PUT", f"{N}/configmaps/cm", named("ConfigMap", "cm", data={"a": "c"}), {}),
    ("cm.patch.merge", "PATCH", f"{N}/configmaps/cm", {"data": {"z": "1"}}, merge),
    (
        "cm.patch.json",
        "PATCH",
        f"{N}/configmaps/cm",
        [{"op": "add", "path": "/data/y", "value": "2"}],
        {"content_type": JSON_PATCH},
    ),
    (
        "cm.patch.jsonbad",
        "PATCH",
        f"{N}/configmaps/cm",
        [{"op": "test", "path": "/data/y", "value": "3"}],
        {"content_type": JSON_PATCH},
    ),
    ("cm.patch.type", "PATCH", f"{N}/configmaps/cm", {}, {"content_type": "application/json"}),
    ("cm.patch.404", "PATCH", f"{N}/configmaps/none", {}, merge),
    ("cm.patch.rename", "PATCH", f"{N}/configmaps/cm", {"metadata": {"name": "zz"}}, merge),
    ("cm.patch.malformed", "PATCH", f"{N}/configmaps/cm", b'{"a', merge),
    ("cm.patch.array", "PATCH", f"{N}/configmaps/cm", [], merge),
    ("cm.apply", "PATCH", f"{N}/configmaps/ap", named("ConfigMap", "ap", data={"a": "1"}), apply("one")),
    (
        "cm.apply.conflict",
        "PATCH",
        f"{N}/configmaps/ap",
        named("ConfigMap", "ap", data={"a": "2"}),
        apply("two"),
    ),
    (
        "cm.apply.force",
        "PATCH",
        f"{N}/configmaps/ap",
        named("ConfigMap", "ap", data={"a": "2"}),
        apply("two", force="true"),
    ),
    ("cm.apply.nomanager", "PATCH", f"{N}/configmaps/ap", named("ConfigMap", "ap"), {"content_type": APPLY}),
    (
        "cm.apply.rv",
        "PATCH",
        f"{N}/configmaps/ap",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ap", "resourceVersion": "1"}},
        apply("one"),
    ),
    (
        "cm.apply.rvnew",
        "PATCH",
        f"{N}/configmaps/apnew",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "apnew", "resourceVersion": "1"}},
        apply("one"),
    ),
    ("cm.forceplain", "PATCH", f"{N}/configmaps/cm", {}, {"content_type": MERGE, "query": {"force": "true"}}),
    ("cm.dry", "POST", f"{N}/configmaps", named("ConfigMap", "dry"), query(dryRun="All")),
    ("cm.drybad", "POST", f"{N}/configmaps", named("ConfigMap", "dry"), query(dryRun="Some")),
    ("cm.dry404", "GET", f"{N}/configmaps/dry", None, {}),
    (
        "cm.strict",
        "POST",
        f"{N}/configmaps",
        named("ConfigMap", "st", dat={}),
        query(fieldValidation="Strict"),
    ),
    ("cm.warn", "POST", f"{N}/configmaps", named("ConfigMap", "st", dat={}), query(fieldValidation="Warn")),
    ("cm.fvbad", "POST", f"{N}/configmaps", named("ConfigMap", "st2"), query(fieldValidation="Foo")),
    (
        "cm.del.uid",
        "DELETE",
        f"{N}/configmaps/cm",
        {**delete_options(), "preconditions": {"uid": OTHER_UID}},
        {},
    ),
    (
        "cm.del.rv",
        "DELETE",
        f"{N}/configmaps/cm",
        {**delete_options(), "preconditions": {"resourceVersion": "1"}},
        {},
    ),
    ("cm.del.bad", "DELETE", f"{N}/configmaps/cm", {**delete_options(), "propagationPolicy": "Foo"}, {}),
    (
        "cm.del.both",
        "DELETE",
        f"{N}/configmaps/cm",
        {**delete_options(), "propagationPolicy": "Orphan", "orphanDependents": True},
        {},
    ),
    ("cm.del.dry", "DELETE", f"{N}/configmaps/cm", None, query(dryRun="All")),
    (
        "cm.del.fg",
        "DELETE",
        f"{N}/configmaps/cm",
        {**delete_options(), "propagationPolicy": "Foreground"},
        {},
    ),
    (
        "cm.finadd",
        "PATCH",
        f"{N}/configmaps/cm",
        {"metadata": {"finalizers": ["foregroundDeletion", "x.io/y"]}},
        merge,
    ),
    (
        "cm.del.orphan",
        "DELETE",
        f"{N}/configmaps/cm",
        {**delete_options(), "propagationPolicy": "Orphan"},
        {},
    ),
    ("cm.finrm", "PATCH", f"{N}/configmaps/cm", {"metadata": {"finalizers": None}}, merge),
    ("cm.gone", "GET", f"{N}/configmaps/cm", None, {}),
    ("cm.del404", "DELETE", f"{N}/configmaps/cm", None, {}),
    ("cm.del", "DELETE", f"{N}/configmaps/ap", None, {}),
    ("cm.delall", "DELETE", f"{N}/configmaps", None, {}),
    ("cm.delallns", "DELETE", "/api/v1/configmaps", None, {}),
]

PODS: list[Step] = [
    ("pod.create", "POST", f"{N}/pods", pod("p1"), {}),
    ("pod.bind", "POST", f"{N}/pods/p1/binding", binding("p1"), {}),
    ("pod.bind2", "POST", f"{N}/pods/p1/binding", binding("p1"), {}),
    ("pod.get", "GET", f"{N}/pods/p1", None, {}),
    (
        "pod.status",
        "PATCH",
        f"{N}/pods/p1/status",
        {
            "status": {
                "phase": "Running",
                "podIP": "10.1.1.1",
                "podIPs": [{"ip": "10.1.1.1"}],
                "containerStatuses": [
                    {
                        "name": "c",
                        "image": "nginx:1",
                        "imageID": "x",
                        "ready": True,
                        "restartCount": 2,
                        "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
                        "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T00:00:00Z"}},
                    }
                ],
            }
        },
        strategic,
    ),
    ("pod.table", "GET", f"{N}/pods/p1", None, table),
    ("pod.field", "GET", f"{N}/pods", None, query(fieldSelector="spec.nodeName=n1,status.phase!=Failed")),
    ("pod.field2", "GET", f"{N}/pods", None, query(fieldSelector="spec.nodeName=n2")),
    ("pod.fieldbad", "GET", f"{N}/pods", None, query(fieldSelector="spec.foo=n2")),
    ("pod.labelbad", "GET", f"{N}/pods", None, query(labelSelector="a in (b")),
    ("pod.labelbad2", "GET", f"{N}/pods", None, query(labelSelector="=a")),
    ("pod.labelbad3", "GET", f"{N}/pods", None, query(labelSelector="a=b c")),
    (
        "pod.label",
        "GET",
        f"{N}/pods",
        None,
        {"query": {"labelSelector": "app in (web,x),!foo"}, "accept": TABLE},
    ),
    ("pod.del", "DELETE", f"{N}/pods/p1", None, {}),
    ("pod.del2", "DELETE", f"{N}/pods/p1", {**delete_options(), "gracePeriodSeconds": 5}, {}),
    ("pod.table2", "GET", f"{N}/pods", None, table),
    ("pod.del0", "DELETE", f"{N}/pods/p1", {**delete_options(), "gracePeriodSeconds": 0}, {}),
    ("pod.create2", "POST", f"{N}/pods", pod("p2"), {}),
    ("pod.evict", "POST", f"{N}/pods/p2/eviction", named("Eviction", "p2", "policy/v1"), {}),
    ("pod.evict404", "POST", f"{N}/pods/p2/eviction", named("Eviction", "p2", "policy/v1"), {}),
    ("pod.invalid", "POST", f"{N}/pods", named("Pod", "bad", spec={"containers": []}), {}),
]

WORKLOADS: list[Step] = [
    ("dep.create", "POST", f"{A}/deployments", deployment("web"), {}),
    ("dep.scale.get", "GET", f"{A}/deployments/web/scale", None, {}),
    (
        "dep.scale.put",
        "PUT",
        f"{A}/deployments/web/scale",
        {
            "apiVersion": "autoscaling/v1",
            "kind": "Scale",
            "metadata": {"name": "web", "namespace": NAMESPACE},
            "spec": {"replicas": 4},
        },
        {},
    ),
    ("dep.scale.patch", "PATCH", f"{A}/deployments/web/scale", {"spec": {"replicas": 0}}, merge),
    ("dep.scale.neg", "PATCH", f"{A}/deployments/web/scale", {"spec": {"replicas": -1}}, merge),
    ("dep.get", "GET", f"{A}/deployments/web", None, {}),
    (
        "dep.status",
        "PUT",
        f"{A}/deployments/web/status",
        {
            **deployment("web"),
            "status": {"replicas": 3, "readyReplicas": 2, "updatedReplicas": 3, "availableReplicas": 2},
        },
        {},
    ),
    ("dep.table", "GET", f"{A}/deployments", None, table),
    (
        "dep.strategic",
        "PATCH",
        f"{A}/deployments/web",
        {"spec": {"template": {"spec": {"containers": [{"name": "d", "image": "x"}]}}}},
        strategic,
    ),
    ("dep.nogen", "PATCH", f"{A}/deployments/web", {"metadata": {"annotations": {"a": "b"}}}, merge),
    (
        "dep.selector",
        "PATCH",
        f"{A}/deployments/web",
        {"spec": {"selector": {"matchLabels": {"app": "q"}}}},
        merge,
    ),
    (
        "dep.del",
        "DELETE",
        f"{A}/deployments/web",
        {**delete_options(), "propagationPolicy": "Foreground"},
        {},
    ),
    (
        "dep.finnew",
        "PATCH",
        f"{A}/deployments/web",
        {"metadata": {"finalizers": ["foregroundDeletion", "a.b/c"]}},
        merge,
    ),
    ("dep.finrm", "PATCH", f"{A}/deployments/web", {"metadata": {"finalizers": []}}, merge),
    ("dep.create2", "POST", f"{A}/deployments", deployment("web2"), {}),
    ("dep.del2", "DELETE", f"{A}/deployments/web2", None, {}),
    ("rs", "POST", f"{A}/replicasets", deployment("r1", "ReplicaSet"), {}),
    ("rs.table", "GET", f"{A}/replicasets", None, table),
]

AUTOSCALERS: list[Step] = [
    ("hpa.create", "POST", H, autoscaler("h1"), {}),
    ("hpa.v1", "GET", f"{H1}/h1", None, {}),
    (
        "hpa.status",
        "PATCH",
        f"{H}/h1/status",
        {
            "status": {
                "currentReplicas": 2,
                "desiredReplicas": 3,
                "currentMetrics": [
                    {
                        "type": "Resource",
                        "resource": {
                            "name": "cpu",
                            "current": {"averageUtilization": 37, "averageValue": "40m"},
                        },
                    }
                ],
                "conditions": [
                    {
                        "type": "AbleToScale",
                        "status": "True",
                        "lastTransitionTime": "2026-01-01T00:00:00Z",
                        "reason": "x",
                        "message": "y",
                    }
                ],
            }
        },
        merge,
    ),
    ("hpa.v1b", "GET", f"{H1}/h1", None, {}),
    ("hpa.table", "GET", H, None, table),
    (
        "hpa.v1create",
        "POST",
        H1,
        {
            "apiVersion": "autoscaling/v1",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "h2"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "maxReplicas": 5,
                "targetCPUUtilizationPercentage": 70,
            },
        },
        {},
    ),
    ("hpa.v2get", "GET", f"{H}/h2", None, {}),
    ("hpa.v1list", "GET", H1, None, {}),
    ("hpa.v1patch", "PATCH", f"{H1}/h2", {"spec": {"maxReplicas": 8}}, merge),
    ("hpa.v2get2", "GET", f"{H}/h2", None, {}),
    ("hpa.badminmax", "POST", H, autoscaler("h3", least=9), {}),
]

SERVICES: list[Step] = [
    (
        "svc.create",
        "POST",
        f"{N}/services",
        named("Service", "s", spec={"selector": {"a": "b"}, "ports": [{"port": 80}]}),
        {},
    ),
    ("svc.table", "GET", f"{N}/services", None, table),
    ("svc.put", "PATCH", f"{N}/services/s", {"spec": {"ports": [{"port": 81}]}}, merge),
    (
        "svc.headless",
        "POST",
        f"{N}/services",
        named("Service", "hl", spec={"clusterIP": "None", "ports": [{"port": 80}]}),
        {},
    ),
    (
        "svc.extname",
        "POST",
        f"{N}/services",
        named("Service", "en", spec={"type": "ExternalName", "externalName": "a.b"}),
        {},
    ),
    (
        "svc.nodeport",
        "POST",
        f"{N}/services",
        named("Service", "np", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30123}]}),
        {},
    ),
    ("svc.ipchange", "PATCH", f"{N}/services/s", {"spec": {"clusterIP": "10.96.9.9"}}, merge),
    ("svc.del", "DELETE", f"{N}/services/s", None, {}),
]

OTHER_KINDS: list[Step] = [
    ("sec", "POST", f"{N}/secrets", named("Secret", "s", stringData={"a": "b"}), {}),
    ("sec.table", "GET", f"{N}/secrets", None, table),
    (
        "ep",
        "POST",
        f"{N}/endpoints",
        named("Endpoints", "e", subsets=[{"addresses": [{"ip": "10.1.1.1"}], "ports": [{"port": 80}]}]),
        {},
    ),
    ("ep.table", "GET", f"{N}/endpoints", None, table),
    (
        "es",
        "POST",
        SLICES,
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": "e"},
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.1.1.1"]}],
            "ports": [{"port": 80}],
        },
        {},
    ),
    ("es.table", "GET", SLICES, None, table),
    (
        "lease",
        "POST",
        LEASES,
        {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": "l"},
            "spec": {"holderIdentity": "me"},
        },
        {},
    ),
    ("lease.table", "GET", LEASES, None, table),
    (
        "lease.put",
        "PUT",
        f"{LEASES}/l",
        {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": "l"},
            "spec": {"holderIdentity": "me"},
        },
        {},
    ),
    (
        "lease.putnew",
        "PUT",
        f"{LEASES}/l2",
        {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": "l2"},
            "spec": {"holderIdentity": "me"},
        },
        {},
    ),
    (
        "ev",
        "POST",
        f"{N}/events",
        named(
            "Event",
            "e1",
            involvedObject={"kind": "Pod", "name": "p1", "namespace": NAMESPACE},
            reason="Started",
            message="hello",
            type="Normal",
            source={"component": "kubelet", "host": "n"},
            firstTimestamp="2026-01-01T00:00:00Z",
            lastTimestamp="2026-01-01T00:00:00Z",
            count=3,
        ),
        {},
    ),
    ("ev.table", "GET", f"{N}/events", None, table),
    (
        "ev.field",
        "GET",
        f"{N}/events",
        None,
        query(fieldSelector="involvedObject.name=p1,involvedObject.kind=Pod,type=Normal"),
    ),
    (
        "node",
        "POST",
        "/api/v1/nodes",
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "n-" + NAMESPACE, "labels": {"node-role.kubernetes.io/edge": ""}},
        },
        {},
    ),
    (
        "node.status",
        "PATCH",
        f"/api/v1/nodes/n-{NAMESPACE}/status",
        {
            "status": {
                "conditions": [{"type": "Ready", "status": "True"}],
                "addresses": [{"type": "InternalIP", "address": "1.2.3.4"}],
                "nodeInfo": {"kubeletVersion": "v1"},
            }
        },
        strategic,
    ),
    ("node.table", "GET", f"/api/v1/nodes/n-{NAMESPACE}", None, table),
    ("node.del", "DELETE", f"/api/v1/nodes/n-{NAMESPACE}", None, {}),
]

CUSTOM_KINDS: list[Step] = [
    ("cr.create", "POST", f"{G}/models", model("m1"), {}),
    ("cr.get", "GET", f"{G}/models/m1", None, {}),
    ("cr.list", "GET", f"{G}/models", None, {}),
    ("cr.table", "GET", f"{G}/models", None, table),
    ("cr.put.norv", "PUT", f"{G}/models/m1", model("m1"), {}),
    ("cr.nokind", "POST", f"{G}/models", {"metadata": {"name": "x"}}, {}),
    ("cr.garbage", "POST", f"{G}/models", b'{"a', {}),
    ("cr.wrongkind", "POST", f"{G}/models", {**model("x"), "kind": "Dataset"}, {}),
    ("cr.invalid", "POST", f"{G}/models", {**model("x"), "spec": {"url": 5}}, {}),
    ("cr.strict", "POST", f"{G}/models", {**model("x"), "foo": 1}, query(fieldValidation="Strict")),
    (
        "cr.status",
        "PATCH",
        f"{G}/models/m1/status",
        {"status": {"conditions": []}, "spec": {"format": "zz"}},
        merge,
    ),
    ("cr.patch", "PATCH", f"{G}/models/m1", {"spec": {"format": "h5"}, "status": {"x": 1}}, merge),
    ("cr.strategic", "PATCH", f"{G}/models/m1", {"spec": {"format": "h5"}}, strategic),
    ("cr.apply", "PATCH", f"{G}/models/m2", model("m2"), apply("one")),
    (
        "cr.apply2",
        "PATCH",
        f"{G}/models/m2",
        {**model("m2"), "spec": {"url": "/q", "format": "pb"}},
        apply("two"),
    ),
    (
        "cr.applyun",
        "PATCH",
        f"{G}/models/m3",
        {**model("m3"), "spec": {"url": "/q", "format": "pb", "foo": 1}},
        apply("two"),
    ),
    ("cr.del", "DELETE", f"{G}/models/m1", None, {}),
    ("cr.delall", "DELETE", f"{G}/models", None, {}),
]

PATHS: list[Step] = [
    ("path.unknown", "GET", "/foo", None, {}),
    ("path.unknown2", "GET", "/apis/foo.bar/v1", None, {}),
    ("path.unknown3", "GET", "/apis/apps/v1/foos", None, {}),
    ("path.unknown4", "GET", f"{N}/foos/x", None, {}),
    ("path.unknown5", "GET", "/apis/sedna.io/v1alpha1/foos", None, {}),
    ("path.unknown6", "GET", "/apis/sedna.io/v9/models", None, {}),
    ("path.cluster", "GET", "/api/v1/pods/foo", None, {}),
    ("path.method", "PUT", f"{N}/configmaps", {}, {}),
    ("path.method2", "POST", f"{N}/configmaps/x", {}, {}),
    ("path.method3", "DELETE", f"{A}/deployments/x/status", None, {}),
    ("apis.group", "GET", "/apis/apps", None, {}),
    ("api", "GET", "/api", None, {}),
    ("healthz", "GET", "/healthz", None, {}),
]

LISTS: list[Step] = [
    ("list.rvbig", "GET", f"{N}/pods", None, query(resourceVersion="99999999")),
    ("list.rvbad", "GET", f"{N}/pods", None, query(resourceVersion="abc")),
    ("list.match", "GET", f"{N}/pods", None, query(resourceVersionMatch="Exact")),
    ("list.match2", "GET", f"{N}/pods", None, query(resourceVersionMatch="Foo", resourceVersion="1")),
    ("list.match0", "GET", f"{N}/pods", None, query(resourceVersionMatch="Exact", resourceVersion="0")),
    ("list.contbad", "GET", f"{N}/pods", None, query(**{"continue": "abc"})),
    ("list.send", "GET", f"{N}/pods", None, query(sendInitialEvents="true")),
    ("watch.match", "GET", f"{N}/pods", None, query(watch="1", resourceVersionMatch="NotOlderThan")),
    ("watch.send", "GET", f"{N}/pods", None, query(watch="1", sendInitialEvents="true")),
]

RIGHTS: list[Step] = [
    (
        "review.nobody",
        "POST",
        REVIEWS,
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": NAMESPACE}},
        },
        {"user": "nobody"},
    ),
    (
        "review.empty",
        "POST",
        REVIEWS,
        {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {}},
        {},
    ),
    ("forbid.list", "GET", f"{N}/pods", None, {"user": "nobody"}),
    ("forbid.cluster", "GET", "/api/v1/pods", None, {"user": "nobody"}),
    ("forbid.get", "GET", f"{A}/deployments/x", None, {"user": "nobody"}),
    ("forbid.create", "POST", f"{A}/deployments", deployment("x"), {"user": "nobody"}),
    ("forbid.sub", "PATCH", f"{A}/deployments/x/scale", {}, {"user": "nobody", "content_type": MERGE}),
    ("forbid.watch", "GET", f"{A}/deployments", None, {"user": "nobody", "query": {"watch": "1"}}),
    (
        "forbid.impersonate",
        "GET",
        f"{A}/deployments",
        None,
        {"user": "nobody", "headers": {"Impersonate-User": "admin"}},
    ),
    ("imp", "GET", f"{A}/deployments", None, {"headers": {"Impersonate-User": "jane"}}),
    ("unauth", "GET", f"{A}/deployments", None, {"headers": {"Authorization": "Bearer wrong"}}),
]

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = f"/apis/example.com/v1/namespaces/{NAMESPACE}/{NAMESPACE}s"


def definition(plural: str, **version: Any) -> Json:
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "integer", "minimum": 1, "maximum": 10},
                    "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                    "names": {"type": "array", "items": {"type": "string", "maxLength": 5}},
                },
            },
            "status": {"type": "object", "properties": {"size": {"type": "integer"}}},
        },
    }
    served = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"},
        },
        **version,
    }
    names = {"kind": plural.title().replace("-", "") + "Kind", "plural": plural}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [served]}
    return named("CustomResourceDefinition", f"{plural}.example.com", "apiextensions.k8s.io/v1", spec=spec)


WRITES: list[Step] = [
    ("w.generate", "POST", f"{N}/configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}, {}),
    ("w.update", "PUT", f"{N}/configmaps/none", named("ConfigMap", "none"), query(dryRun="All")),
    (
        "w.create",
        "POST",
        f"{N}/configmaps",
        named("ConfigMap", "c", data={"a": "1"}),
        query(fieldManager="me"),
    ),
    (
        "w.manager",
        "PATCH",
        f"{N}/configmaps/c",
        {"data": {"b": "2"}},
        {**merge, "query": {"fieldManager": "you"}},
    ),
    ("w.drypatch", "PATCH", f"{N}/configmaps/c", {"data": {"b": "3"}}, {**merge, "query": {"dryRun": "All"}}),
    ("w.same", "PATCH", f"{N}/configmaps/c", {"data": {"b": "2"}}, merge),
    (
        "w.duplicate",
        "POST",
        f"{N}/configmaps",
        b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"d","name":"e"}}',
        query(fieldValidation="Strict"),
    ),
    ("w.longmanager", "POST", f"{N}/configmaps", named("ConfigMap", "x"), query(fieldManager="m" * 129)),
    (
        "w.applyyaml",
        "PATCH",
        f"{N}/configmaps/z",
        b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: z}\ndata: {a: b}\n",
        apply("one"),
    ),
    (
        "w.applyagain",
        "PATCH",
        f"{N}/configmaps/z",
        b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: z}\n",
        apply("one"),
    ),
    ("w.applyname", "PATCH", f"{N}/configmaps/z", named("ConfigMap", "other"), apply("one")),
    ("w.applykind", "PATCH", f"{N}/configmaps/z", {"metadata": {"name": "z"}}, apply("one")),
    (
        "w.applymanaged",
        "PATCH",
        f"{N}/configmaps/z",
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "z", "managedFields": [{"manager": "x"}]},
        },
        apply("one"),
    ),
    ("w.immutable", "PATCH", f"{N}/configmaps/z", {"immutable": True}, merge),
    ("w.immutable2", "PATCH", f"{N}/configmaps/z", {"data": {"q": "r"}}, merge),
    ("w.deletequery", "DELETE", f"{N}/configmaps/z", None, query(propagationPolicy="Orphan")),
    ("w.deletejunk", "DELETE", f"{N}/configmaps/c", b"{", {}),
    ("w.deletekind", "DELETE", f"{N}/configmaps/c", named("ConfigMap", "c"), {}),
    ("w.grace", "DELETE", f"{N}/configmaps/c", delete_options(gracePeriodSeconds=30), {}),
    ("w.statusless", "PATCH", f"{N}/configmaps/c/status", {}, merge),
    ("w.scaleless", "GET", f"{N}/pods/c/scale", None, {}),
    ("w.scale404", "PATCH", f"{A}/deployments/none/scale", {"spec": {"replicas": 1}}, merge),
    ("w.bind404", "POST", f"{N}/pods/none/binding", binding("none"), {}),
    (
        "w.owner",
        "POST",
        f"{N}/configmaps",
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "o",
                "ownerReferences": [
                    {
                        "apiVersion": "v1",
                        "kind": "Pod",
                        "name": "p",
                        "uid": OTHER_UID,
                        "blockOwnerDeletion": True,
                    }
                ],
            },
        },
        {},
    ),
    (
        "w.badowner",
        "POST",
        f"{N}/configmaps",
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "o2", "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p"}]},
        },
        {},
    ),
    (
        "w.badlabel",
        "POST",
        f"{N}/configmaps",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "o3", "labels": {"a b": "c d"}}},
        {},
    ),
    (
        "w.badfinalizer",
        "POST",
        f"{N}/configmaps",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "o4", "finalizers": ["x y"]}},
        {},
    ),
    (
        "w.nsput",
        "PATCH",
        f"/api/v1/namespaces/{NAMESPACE}",
        {"metadata": {"labels": {"a": "b", "kubernetes.io/metadata.name": "x"}}, "spec": {"finalizers": []}},
        merge,
    ),
    ("w.saccount", "GET", f"{N}/serviceaccounts/default", None, table),
    ("w.deletesa", "DELETE", f"{N}/serviceaccounts/default", None, {}),
    ("w.nosa", "DELETE", f"{N}/serviceaccounts/default", None, {}),
    (
        "w.role",
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        named(
            "ClusterRole",
            NAMESPACE,
            "rbac.authorization.k8s.io/v1",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
        {},
    ),
    ("w.roletable", "GET", f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{NAMESPACE}", None, table),
    (
        "w.binding",
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        named(
            "ClusterRoleBinding",
            NAMESPACE,
            "rbac.authorization.k8s.io/v1",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAMESPACE},
            subjects=[
                {"kind": "ServiceAccount", "name": "sa", "namespace": "x"},
                {"kind": "User", "name": "jane"},
            ],
        ),
        {},
    ),
    (
        "w.bindingtable",
        "GET",
        f"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{NAMESPACE}",
        None,
        table,
    ),
    ("w.roledelete", "DELETE", f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{NAMESPACE}", None, {}),
    (
        "w.bindingdelete",
        "DELETE",
        f"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{NAMESPACE}",
        None,
        {},
    ),
]

DEFINITIONS: list[Step] = [
    ("d.create", "POST", CRDS, definition(f"{NAMESPACE}s"), {}),
    ("d.again", "POST", CRDS, definition(f"{NAMESPACE}s"), {}),
    ("d.wait", "GET", f"{CRDS}/{NAMESPACE}s.example.com", None, {"until": "Established"}),
    ("d.table", "GET", f"{CRDS}/{NAMESPACE}s.example.com", None, table),
    ("d.badname", "POST", CRDS, {**definition("x"), "metadata": {"name": "wrong"}}, {}),
    ("d.norv", "PUT", f"{CRDS}/{NAMESPACE}s.example.com", definition(f"{NAMESPACE}s"), {}),
    ("d.group", "GET", "/apis/example.com", None, {}),
]
# One problem each: kube-apiserver tells several in the order of a Go map, which is another each time.
for _name, _body in {
    "good": {"size": 3, "unknown": 1},
    "small": {"size": 0},
    "big": {"size": 99},
    "colour": {"size": 1, "colour": "green"},
    "missing": {},
    "long": {"size": 1, "names": ["abcdef"]},
}.items():
    _kind = f"{NAMESPACE}s".title().replace("-", "") + "Kind"
    DEFINITIONS.append((f"d.{_name}", "POST", WIDGETS, named(_kind, _name, "example.com/v1", spec=_body), {}))
DEFINITIONS += [
    ("d.scale", "GET", f"{WIDGETS}/good/scale", None, {}),
    ("d.scaled", "PATCH", f"{WIDGETS}/good/scale", {"spec": {"replicas": 5}}, merge),
    ("d.toobig", "PATCH", f"{WIDGETS}/good/scale", {"spec": {"replicas": 50}}, merge),
    ("d.status", "PATCH", f"{WIDGETS}/good/status", {"status": {"size": 4, "other": 1}}, merge),
    ("d.get", "GET", f"{WIDGETS}/good", None, {}),
    (
        "d.remove",
        "PATCH",
        f"{WIDGETS}/good",
        [{"op": "remove", "path": "/spec/colour"}],
        {"content_type": JSON_PATCH},
    ),
    ("d.partial", "GET", WIDGETS, None, {"accept": PARTIAL_LIST}),
    ("d.fields", "GET", WIDGETS, None, query(fieldSelector="spec.size=3")),
    ("d.delete", "DELETE", f"{CRDS}/{NAMESPACE}s.example.com", None, {}),
]

CONVERSATIONS: dict[str, list[Step]] = {
    "namespaces": NAMESPACES,
    "objects": OBJECTS,
    "pods": PODS,
    "workloads": WORKLOADS,
    "autoscalers": AUTOSCALERS,
    "services": SERVICES,
    "other_kinds": OTHER_KINDS,
    "custom_kinds": CUSTOM_KINDS,
    "paths": PATHS,
    "lists": LISTS,
    "rights": RIGHTS,
    "writes": WRITES,
    "definitions": DEFINITIONS,
}
