"""Words that Kubernetes knows a fixed choice of, and that Sedna's CRDs take as any text.

Source: Kubernetes' validation of pods (1.30 to 1.32). Where nothing was said, or
an empty text that its typed clients leave out, the server fills in its default.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.validation.plain.pods import HOST_PATHS, KnownWords, of_a_node, plain_mounts
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.rules.pod_parts import INIT, deployed
from sednactl.validation.shape import EACH, values_at, values_below
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

Choice = tuple[tuple[str, ...], tuple[str, ...], bool]
"""Where a word stands, the words there are, and whether an empty one counts as none."""
_PROFILES = ("RuntimeDefault", "Unconfined", "Localhost")
_SELECTING = ("In", "NotIn", "Exists", "DoesNotExist")
_NODES = (*_SELECTING, "Gt", "Lt")
_TERMS = "requiredDuringSchedulingIgnoredDuringExecution"
_WISHES = "preferredDuringSchedulingIgnoredDuringExecution"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_OF_PODS: tuple[Choice, ...] = (
    (("restartPolicy",), ("Always", "OnFailure", "Never"), True),
    (("dnsPolicy",), ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"), True),
    (("preemptionPolicy",), ("PreemptLowerPriority", "Never"), False),
    (("os", "name"), ("linux", "windows"), False),
    (("tolerations", EACH, "operator"), ("Equal", "Exists"), True),
    (("tolerations", EACH, "effect"), ("NoSchedule", "PreferNoSchedule", "NoExecute"), True),
    (("securityContext", "fsGroupChangePolicy"), ("OnRootMismatch", "Always"), False),
    (("securityContext", "seccompProfile", "type"), _PROFILES, False),
    (("securityContext", "appArmorProfile", "type"), _PROFILES, False),
    (("topologySpreadConstraints", EACH, "whenUnsatisfiable"), ("DoNotSchedule", "ScheduleAnyway"), False),
    (("topologySpreadConstraints", EACH, "nodeAffinityPolicy"), ("Honor", "Ignore"), False),
    (("topologySpreadConstraints", EACH, "nodeTaintsPolicy"), ("Honor", "Ignore"), False),
    (("volumes", EACH, "hostPath", "type"), HOST_PATHS, True),
    *(
        (("affinity", "nodeAffinity", *steps, EACH, "operator"), _NODES, False)
        for steps in (
            (_TERMS, "nodeSelectorTerms", EACH, "matchExpressions"),
            (_WISHES, EACH, "preference", "matchExpressions"),
        )
    ),
    *(
        (("affinity", kind, *steps, "labelSelector", "matchExpressions", EACH, "operator"), _SELECTING, False)
        for kind in ("podAffinity", "podAntiAffinity")
        for steps in ((_TERMS, EACH), (_WISHES, EACH, "podAffinityTerm"))
    ),
)
_OF_CONTAINERS: tuple[Choice, ...] = (
    (("imagePullPolicy",), ("Always", "IfNotPresent", "Never"), True),
    (("terminationMessagePolicy",), ("File", "FallbackToLogsOnError"), True),
    (("ports", EACH, "protocol"), ("TCP", "UDP", "SCTP"), True),
    (("volumeMounts", EACH, "mountPropagation"), ("None", "HostToContainer", "Bidirectional"), False),
    (("securityContext", "seccompProfile", "type"), _PROFILES, False),
    (("securityContext", "appArmorProfile", "type"), _PROFILES, False),
    *(((probe, "httpGet", "scheme"), ("HTTP", "HTTPS"), True) for probe in _PROBES),
    *(
        (("lifecycle", hook, "httpGet", "scheme"), ("HTTP", "HTTPS"), True)
        for hook in ("postStart", "preStop")
    ),
)
_OF_INIT_CONTAINERS: tuple[Choice, ...] = ((("restartPolicy",), ("Always",), False),)


def words_at(path: tuple[Any, ...]) -> tuple[str, ...]:
    """Give the words there are for the field at a path in a pod or container; none where any text may be."""
    steps = tuple(EACH if isinstance(step, int) else step for step in path)
    first = _OF_INIT_CONTAINERS if steps[-3:-1] == (INIT, EACH) else ()
    for place, words, _ in (*first, *_OF_PODS, *_OF_CONTAINERS):
        if steps[-len(place) :] == place:
            return words
    return ()


def _by_first_step(choices: tuple[Choice, ...]) -> dict[str, list[Choice]]:
    found: dict[str, list[Choice]] = {}
    for choice in choices:
        found.setdefault(choice[0][0], []).append(choice)
    return found


_ABOUT_PODS = _by_first_step(_OF_PODS)
_ABOUT_CONTAINERS = _by_first_step(_OF_CONTAINERS)
_ABOUT_INIT_CONTAINERS = _by_first_step(_OF_CONTAINERS + _OF_INIT_CONTAINERS)


def _known(choices: list[Choice]) -> Plain:
    """Make a test that tells whether a field says nothing but known words."""
    return KnownWords([(steps[1:], words) for steps, words, _ in choices])


@rule(
    "SDN137",
    "error",
    about={
        field: _known(choices)
        for field, choices in _by_first_step(_OF_PODS + _OF_CONTAINERS + _OF_INIT_CONTAINERS).items()
    }
    | {"volumes": of_a_node, "volumeMounts": plain_mounts},  # they tell of their words as well
)
def known_words(workload: Workload) -> Iterator[Problem]:
    """Word that Kubernetes does not know in a pod

    imagePullPolicy, dnsPolicy, a port's protocol and some more take one of a few words, spelled
    with their capitals. Sedna's CRD lets any text pass; the pod is refused when Sedna makes it.

    Wrong:
      imagePullPolicy: ifNotPresent
    Right:
      imagePullPolicy: IfNotPresent
    """
    for path, pod in workload.pods():
        for key in pod:
            choices = _ABOUT_PODS.get(key)
            if choices and (key != "restartPolicy" or not deployed(workload, path)):  # SDN133 says it better
                yield from _unknown(pod, choices, path)
    for path, group, container in workload.containers():
        about = _ABOUT_INIT_CONTAINERS if group == INIT else _ABOUT_CONTAINERS
        for key in container:
            choices = about.get(key)
            if choices:
                yield from _unknown(container, choices, path)


def _unknown(owner: dict[str, Any], choices: list[Choice], path: tuple[Any, ...]) -> Iterator[Problem]:
    for steps, words, may_be_empty in choices:
        if _all_known(owner, steps, words):
            continue  # without asking for their places
        for place, word in values_at(owner, steps, path):
            if not isinstance(word, str) or word in words or (may_be_empty and not word):
                continue
            close = next((known for known in words if known.lower() == word.lower()), "")
            hint = (
                f'write "{close}"'
                if close
                else f"one of {', '.join(words)}"
                if words[1:]
                else f"only {words[0]}"
            )
            yield Problem("SDN137", place, f'{steps[-1]} "{word}" is not known to Kubernetes', hint)


def _all_known(owner: dict[str, Any], steps: tuple[str, ...], words: tuple[str, ...]) -> bool:
    for word in values_below(owner, steps) if steps[1:] else (owner.get(steps[0]),):
        if word is not None and word not in words:
            return False
    return True
