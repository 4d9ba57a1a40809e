"""Mends of what Sedna, the pods or the autoscaler would make something else of."""

from __future__ import annotations

import re

from sednactl.manifests.changes import Change, Insert, Quote, Remove, Replace
from sednactl.validation.mends.fault import Fault, put, spelled
from sednactl.validation.plain.mining import ALGORITHMS
from sednactl.validation.rules.pod_words import words_at
from sednactl.validation.rules.triggers import OPERATORS, OTHER_SPELLINGS, TRAIN_METRIC
from sednactl.validation.shape import has, mapping, text
from sednactl.validation.sides import BLOCKS

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_OPEN_INDEX = re.compile(r"[\w.-]+\[[0-9]+")
_NO_INDEX = re.compile(r"[\w.-]+")


def replicas(fault: Fault) -> Change | None:
    """One is what Kubernetes runs where nothing is said."""
    if fault.kind != "FeatureExtractionService" or fault.path != ("spec",):
        return None
    return put(fault, fault.path, "replicas", 1)


def remove(fault: Fault) -> Change | None:
    """The field is refused here whatever it says, and nothing else takes its place."""
    return Remove(fault.path) if isinstance(fault.owner, dict) and len(fault.owner) > 1 else None


def never_ending(fault: Fault) -> Change | None:
    """Stages of learning jobs have to end, and OnFailure is what Sedna sets where nothing is said."""
    return Replace(fault.path, "OnFailure") if fault.message.endswith("this stage never ends") else None


def one(fault: Fault) -> Change | None:
    """1 is the only number that works."""
    number = fault.value
    return Replace(fault.path, 1) if isinstance(number, int) and not isinstance(number, bool) else None


def word_of_pods(fault: Fault) -> Change | None:
    """A word that differs in capitals only."""
    return spelled(fault, words_at(fault.path))


def probe(fault: Fault) -> Change | None:
    """Of a liveness or startup probe one success is all there is; a readiness probe stops nothing."""
    if fault.path[-1] == "successThreshold":
        return one(fault) if isinstance(fault.value, int) and fault.value > 1 else None
    misplaced = fault.path[-2:] == ("readinessProbe", "terminationGracePeriodSeconds")
    return remove(fault) if misplaced else None


def numbers(fault: Fault) -> Change | None:
    """Pods of a Deployment have no deadline, and a grace period below 0 counts as 1."""
    if fault.path[-1] == "activeDeadlineSeconds":
        return remove(fault) if "the pods of a Deployment" in fault.message else None
    return one(fault) if fault.path[-1] == "terminationGracePeriodSeconds" else None


def device_limit(fault: Fault) -> Change | None:
    """A device's limit is its request."""
    if fault.path[-2:-1] != ("requests",) or "without a limit" not in fault.message:
        return None
    resources, name = fault.path[:-2], str(fault.path[-1])
    limits, amount = fault.at((*resources, "limits")), fault.value
    if isinstance(amount, bool) or not isinstance(amount, (int, str)):
        return None
    if limits is None and "limits" not in (fault.at(resources) or {}):
        return Insert(resources, "limits", ((name, amount),))
    return put(fault, (*resources, "limits"), name, amount)


def metric_type(fault: Fault) -> Change | None:
    """A type that differs in capitals only."""
    return spelled(fault, BLOCKS)


def type_of_block(fault: Fault) -> Change | None:
    """The one block that is given says what the metric is: no other type can read it."""
    metric = fault.value
    given = [kind for kind, block in BLOCKS.items() if has(metric, block)]
    return (
        Replace((*fault.path, "type"), given[0]) if fault.path[-2] == "metrics" and len(given) == 1 else None
    )


def target_type(fault: Fault) -> Change | None:
    """A type of target that differs in capitals only."""
    return spelled(fault, ("Utilization", "AverageValue", "Value")) if fault.path[-1] == "type" else None


def type_of_figure(fault: Fault) -> Change | None:
    """Kubernetes goes by the figure that a metric can use: the type follows, and another figure is ignored."""
    if fault.path[-1] != "type":
        return remove(fault)
    figures = {"averageUtilization": "Utilization", "averageValue": "AverageValue", "value": "Value"}
    given = [kind for figure, kind in figures.items() if has(fault.owner, figure)]
    return Replace(fault.path, given[0]) if len(given) == 1 else None


def doubled_metric(fault: Fault) -> Change | None:
    """A metric that is equal to another in everything, target included, is the same one."""
    metrics, index = fault.owner, fault.path[-1]
    if not isinstance(metrics, list) or not isinstance(index, int):
        return None
    same = any(repr(one) == repr(metrics[index]) for one in metrics[:index])
    return Remove(fault.path) if same else None


def behavior_word(fault: Fault) -> Change | None:
    """A word that differs in capitals only."""
    if fault.path[-1] == "selectPolicy":
        return spelled(fault, ("Max", "Min", "Disabled"))
    return spelled(fault, ("Pods", "Percent")) if fault.path[-1] == "type" else None


def resource_name(fault: Fault) -> Change | None:
    """CPU and Memory, which differ in capitals only."""
    resource = fault.path[-1] == "name" and fault.path[-2] in ("resource", "containerResource")
    return spelled(fault, ("cpu", "memory")) if resource else None


def empty_hpa(fault: Fault) -> Change | None:
    """Null is dropped before anybody looks."""
    return remove(fault) if fault.value is None else None


def algorithm(fault: Fault) -> Change | None:
    """A name that differs in capitals only."""
    return spelled(fault, ALGORITHMS)


def setting(fault: Fault) -> Change | None:
    """A setting that differs in capitals or dashes only, and is not given already."""
    mining = fault.at(fault.path[:-3])
    known = ALGORITHMS.get(text(mining, "name"), {})
    given = fault.value
    if not isinstance(given, str):
        return None
    meant = [name for name in known if name == given.strip().lower().replace("-", "_")]
    others = {text(parameter, "key") for parameter in fault.at(fault.path[:-2]) or ()}
    return Replace(fault.path, meant[0]) if meant and meant[0] not in others else None


def random_ratio(fault: Fault) -> Change | None:
    """Random takes no ratio at all: without it the worker runs with the default."""
    parameters = fault.at(fault.path[:-2])
    if text(fault.at(fault.path[:-3]), "name") != "Random" or not isinstance(parameters, list):
        return None
    return Remove(fault.path[:-1] if len(parameters) > 1 else fault.path[:-2])


def operator(fault: Fault) -> Change | None:
    """A spelling with one meaning: other capitals, blanks around, or the signs the other way round."""
    given = fault.value
    if not isinstance(given, str):
        return None
    word = given.strip().lower()
    word = OTHER_SPELLINGS.get(word, word)
    return Replace(fault.path, word) if word in OPERATORS and word != given else None


def train_metric(fault: Fault) -> Change | None:
    """num_of_samples with other capitals or dashes, or with an index that it does not have."""
    given = fault.value
    if not isinstance(given, str):
        return None
    bare = re.sub(r"\[[0-9]*\]$", "", given.strip().lower())
    return Replace(fault.path, TRAIN_METRIC) if re.sub("[-_ ]", "", bare) == "numofsamples" else None


def deploy_metric(fault: Fault) -> Change | None:
    """A metric is a list; its first figure is the one there always is."""
    given = fault.value
    if not isinstance(given, str) or not _NO_INDEX.fullmatch(given.strip()) or given.strip() == TRAIN_METRIC:
        return None
    return Replace(fault.path, f"{given.strip()}[0]")


def open_index(fault: Fault) -> Change | None:
    """An index that only its closing bracket is missing from."""
    given = fault.value
    return (
        Replace(fault.path, f"{given}]") if isinstance(given, str) and _OPEN_INDEX.fullmatch(given) else None
    )


def time_of_day(fault: Fault) -> Change | None:
    """A time without its leading zero, with blanks around or with seconds that are 00."""
    given = fault.value
    if not isinstance(given, str):
        return None
    bare = given.strip()
    if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}:00", bare):
        bare = bare[:-3]
    padded = f"0{bare}" if bare[1:2] == ":" else bare
    right = _TIME.fullmatch(padded) or (padded == "24:00" and fault.path[-1] == "end")
    return Replace(fault.path, padded) if right and padded != given else None


def quoted(fault: Fault) -> Change | None:
    """The same characters in quotes, which every reader takes for text."""
    return Quote(fault.path) if isinstance(fault.value, str) and mapping(fault.content, "spec") else None
