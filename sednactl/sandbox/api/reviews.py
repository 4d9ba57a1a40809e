"""Reviews: whether somebody may do something. Nothing is stored."""

from __future__ import annotations

from sednactl.sandbox.api.bodies import part_of, read_body
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Answer, Request, User, answer_json
from sednactl.sandbox.api.rights import Action
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.text import Json

REVIEWS = {
    ("authorization.k8s.io", "v1"): {
        "selfsubjectaccessreviews": "SelfSubjectAccessReview",
        "selfsubjectrulesreviews": "SelfSubjectRulesReview",
        "subjectaccessreviews": "SubjectAccessReview",
    },
    ("authentication.k8s.io", "v1"): {"selfsubjectreviews": "SelfSubjectReview"},
}
"""Kinds that can only be created, by group and version and by plural."""


def review(state: State, group: str, plural: str, kind: str, request: Request) -> Answer:
    """Answer one review."""
    body = read_body(request.body, request.content_type())
    spec = part_of(body, "spec")
    if body.get("kind") not in (None, "", kind):
        raise Refusal("BadRequest", f'{body["kind"]} in version "v1" cannot be handled as a {kind}')
    user = request.user
    state.rights.check(user, Action("create", group, plural, namespaced=False))
    if kind == "SelfSubjectReview":
        status: Json = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
    elif kind == "SelfSubjectRulesReview":
        status = _rules(state, user, str(spec.get("namespace") or ""))
    else:
        if kind == "SubjectAccessReview":
            user = User(str(spec.get("user", "")), tuple(map(str, spec.get("groups") or ())))
        status = _verdict(state, user, spec)
    meta = {"creationTimestamp": None}
    answer = {"kind": kind, "apiVersion": f"{group}/v1", "metadata": meta, "spec": spec, "status": status}
    if kind == "SelfSubjectReview":
        answer.pop("spec")
    return answer_json(answer, 201)


def _verdict(state: State, user: User, spec: Json) -> Json:
    asked = part_of(spec, "resourceAttributes")
    if not asked:
        if not part_of(spec, "nonResourceAttributes"):
            problem = 'Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified'
            raise Refusal(
                "Invalid",
                f'.authorization.k8s.io "" is invalid: spec.resourceAttributes: {problem}',
                group="authorization.k8s.io",
                causes=[Cause("FieldValueInvalid", problem, "spec.resourceAttributes")],
            )
        return {"allowed": "system:authenticated" in user.groups}
    action = Action(
        str(asked.get("verb", "")),
        str(asked.get("group", "")),
        str(asked.get("resource", "")),
        str(asked.get("subresource", "")),
        str(asked.get("namespace", "")),
        str(asked.get("name", "")),
    )
    if state.rights.allows(user, action):
        return {"allowed": True, "reason": "the sandbox allows it"}
    return {"allowed": False}


def _rules(state: State, user: User, namespace: str) -> Json:
    rules: list[Json] = [
        {
            "verbs": ["create"],
            "apiGroups": ["authorization.k8s.io"],
            "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        }
    ]
    others: list[Json] = []
    for rule in state.rights.rules(user, namespace):
        (others if rule.get("nonResourceURLs") else rules).append(dict(rule))
    paths = [
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
    ]
    return {
        "resourceRules": rules,
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": paths}, *others],
        "incomplete": bool(state.rights.denials),
    }
