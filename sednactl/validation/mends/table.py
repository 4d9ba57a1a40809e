"""What is decided for every rule: how it is mended, or why nobody but the author can say.

A rule is mended where the answer follows from the manifest and from Sedna alone. What would
change a choice of the author's (a bound, a name, a node, an address) is left, however likely.
"""

from __future__ import annotations

from dataclasses import dataclass

from sednactl.validation.mends import structure, workloads
from sednactl.validation.mends.fault import Decide


@dataclass(frozen=True)
class Decision:
    """The decision for one rule: why, and the mend where there is one."""

    because: str
    mend: Decide | None = None


def _left(because: str) -> Decision:
    return Decision(because)


def _mended(mend: Decide, because: str) -> Decision:
    return Decision(because, mend)


_HARMLESS = "it does no harm, and says what was meant"
_ELSEWHERE = "what is missing is made or named by the author, and not in this document"
_CHOICE = "both ways are possible, and only the author knows which was meant"
_NAME = "a name is the author's, and others may refer to it"
_FIGURE = "the figure is the author's; that this one is refused does not say which was meant"

DECISIONS: dict[str, Decision] = {
    "SDN001": _mended(structure.version_is_missing, "a kind that only Sedna has comes in one version"),
    "SDN002": _mended(
        structure.kind_or_version, "there is one version, and a kind spelled so but for capitals"
    ),
    "SDN003": _mended(
        structure.unknown_field,
        "a pod template's metadata is dropped whatever it says; a field may differ in capitals only. "
        "What resembles another field, or stands in the wrong place, is the author's to say",
    ),
    "SDN004": _mended(
        structure.wrong_type, "quotes that are missing, or too many, around the same characters"
    ),
    "SDN005": _mended(
        structure.field_is_missing,
        "an hpa that says nothing is none, a metric's block shows its type, a selector that nobody "
        "reads may be empty; other values only the author knows",
    ),
    "SDN006": _mended(structure.not_allowed, "MiB is Mi; other values are wrong in more ways than one"),
    "SDN007": _mended(
        structure.doubled, "of two equal entries one is enough; of two that differ it is a choice"
    ),
    "SDN008": _left(_NAME),
    "SDN009": _left("the release is older than the field: to upgrade it or to do without is a choice"),
    "SDN101": _left(_NAME),
    "SDN102": _left(_NAME),
    "SDN103": _left("the two may differ, or stand in files that are used apart"),
    "SDN104": _left(_NAME),
    "SDN105": _left(_NAME),
    "SDN111": _left("what a placeholder stands for is not in the manifest"),
    "SDN112": _left("which node was meant is not in the manifest"),
    "SDN113": _left(_NAME),
    "SDN114": _mended(
        workloads.replicas, "where replicas are left out Kubernetes runs one; a name cannot be known"
    ),
    "SDN121": _left(_ELSEWHERE),
    "SDN122": _left(_ELSEWHERE),
    "SDN123": _left("which node was meant is not in the manifest"),
    "SDN124": _left(_ELSEWHERE),
    "SDN125": _left("which node was meant is not in the manifest"),
    "SDN126": _left("the cluster is to be mended, not the manifest"),
    "SDN127": _left("the cluster is to be mended, not the manifest"),
    "SDN128": _left("the rights of the user are to be mended, not the manifest"),
    "SDN129": _left(_CHOICE),
    "SDN130": _left("how much a container needs is not in the manifest"),
    "SDN131": _left("which image was meant is not in the manifest"),
    "SDN132": _left("which container was meant is not in the manifest"),
    "SDN133": _mended(workloads.remove, "without the line the pods restart always, which is all that works"),
    "SDN134": _left("whether the mount is one too many or the volume missing is a choice"),
    "SDN135": _left(_NAME),
    "SDN136": _left("the cluster is older than the sidecar: an ordinary container is something else"),
    "SDN137": _mended(workloads.word_of_pods, "a word that differs in capitals only; else it is a choice"),
    "SDN138": _mended(workloads.device_limit, "a device's limit is its request; other amounts are a choice"),
    "SDN139": _left(_FIGURE),
    "SDN141": _left(_CHOICE),
    "SDN142": _left(_CHOICE),
    "SDN143": _left(_CHOICE),
    "SDN144": _left(_NAME),
    "SDN145": _mended(
        workloads.probe,
        "one success is all that works, and a readiness probe stops nothing; how to look is a choice",
    ),
    "SDN146": _mended(
        workloads.numbers,
        "pods of a Deployment have no deadline, a grace period below 0 counts as 1; else it is a choice",
    ),
    "SDN147": _left(_CHOICE),
    "SDN148": _left(_CHOICE),
    "SDN149": _left(_CHOICE),
    "SDN150": _left("which unit was meant is not in the manifest"),
    "SDN151": _left(_NAME),
    "SDN152": _left(
        "which objects are no longer used, and how large the quota should be, is not in the manifest"
    ),
    "SDN201": _left("which of the two bounds is the wrong one is a choice"),
    "SDN202": _left(_FIGURE),
    "SDN203": _left("who wrote 0 wants what the cluster cannot do, and should know"),
    "SDN204": _left(_FIGURE),
    "SDN205": _mended(workloads.metric_type, "a type that differs in capitals only; else it is a choice"),
    "SDN206": _mended(
        workloads.type_of_block, "the one block given says the type; of two blocks it is a choice"
    ),
    "SDN207": _left("how much a container needs is not in the manifest"),
    "SDN208": _mended(
        workloads.target_type, "a type that differs in capitals only; a figure is the author's"
    ),
    "SDN209": _mended(workloads.type_of_figure, "Kubernetes goes by the figure, so nothing changes"),
    "SDN210": _mended(
        workloads.doubled_metric, "of two equal metrics one is enough; of two targets it is a choice"
    ),
    "SDN211": _mended(
        workloads.behavior_word, "a word that differs in capitals only; a figure is the author's"
    ),
    "SDN212": _left(_CHOICE),
    "SDN213": _left(_CHOICE),
    "SDN214": _left(_HARMLESS),
    "SDN215": _mended(workloads.resource_name, "cpu or memory in capitals; another name is the author's"),
    "SDN216": _left(_HARMLESS),
    "SDN217": _left("which of the policies was meant is a choice"),
    "SDN218": _left("which metric shows the load is not in the manifest"),
    "SDN219": _left(_HARMLESS),
    "SDN220": _left("which of the autoscalers is to stay is a choice"),
    "SDN221": _left("the cluster is older than the autoscaler: to upgrade it or to do without is a choice"),
    "SDN222": _left(_CHOICE),
    "SDN223": _mended(workloads.empty_hpa, "null is dropped before anybody looks"),
    "SDN224": _left("the edit is to be made otherwise, not the manifest"),
    "SDN225": _left(_FIGURE),
    "SDN226": _left(_CHOICE),
    "SDN301": _mended(workloads.algorithm, "a name that differs in capitals only; others an image may bring"),
    "SDN302": _mended(
        workloads.setting, "a setting that differs in capitals or dashes only; else it is a choice"
    ),
    "SDN303": _mended(
        workloads.random_ratio, "Random works without a ratio only; a threshold is the author's"
    ),
    "SDN401": _left("whether a sign is to be escaped or does not belong there is a choice"),
    "SDN402": _left("where the data lies is not in the manifest"),
    "SDN403": _left(_HARMLESS),
    "SDN404": _left("which node holds the data is not in the manifest"),
    "SDN405": _left(_ELSEWHERE),
    "SDN406": _left("the address of the store is not in the manifest"),
    "SDN407": _left("the address and the keys of the store are not in the manifest"),
    "SDN408": _left("which of the files goes where is the author's to say"),
    "SDN409": _left("whether the value was meant as it stands, or encoded wrongly, is not in the manifest"),
    "SDN501": _mended(workloads.operator, "a spelling that can mean one operator only"),
    "SDN502": _mended(
        workloads.train_metric, "the one metric in other letters; another one may mean anything"
    ),
    "SDN503": _mended(workloads.deploy_metric, "the first figure is there whatever the evaluation reports"),
    "SDN504": _mended(
        workloads.open_index, "only the bracket is missing; an index below 0 may mean the last"
    ),
    "SDN505": _mended(workloads.time_of_day, "the same time in the form that can be compared"),
    "SDN506": _left(_FIGURE),
    "SDN507": _left(_HARMLESS),
    "SDN508": _mended(workloads.quoted, "the same characters, as kubectl reads them"),
    "SDN509": _left(_FIGURE),
    "SDN511": _left("the dataset's index is to be written anew, not only its format"),
    "SDN512": _left("which format the training writes is not in the manifest"),
    "SDN601": _left(_CHOICE),
    "SDN602": _left("who takes part is not in the manifest"),
    "SDN603": _left(_FIGURE),
    "SDN604": _left("which dataset was meant is not in the manifest"),
    "SDN605": _left("which bucket was meant is not in the manifest"),
    "SDN606": _left("the worker may go to its data, or the data to the worker"),
    "SDN607": _left("the edit is to be made otherwise, not the manifest"),
    "SDN701": _left("another kind is another workload"),
    "SDN702": _left(_HARMLESS),
    "SDN703": _left(_HARMLESS),
    "SDN704": _left("hostNetwork costs more than it gives where nobody reads the metrics"),
    "SDN705": _left("the edit is to be made otherwise, not the manifest"),
    "SDN706": _left("whether the worker reads that name for something else is not in the manifest"),
    "SDN707": _left("which cameras there are is not in the manifest"),
    "SDN708": _mended(
        workloads.never_ending,
        "a stage of a learning job ends with OnFailure, which is what Sedna sets; other workers may watch for ever",
    ),
    "SDN709": _left("the edit is to be made otherwise, not the manifest"),
    "SDN901": _left("the reason is the author's"),
    "SDN902": _left("a comment is never removed"),
}
