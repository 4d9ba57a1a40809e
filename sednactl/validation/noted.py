"""What is noted of documents for rules that look at all of them together: plain values, so that processes can send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.finding import Path

Key = tuple[str, str, str]
"""Kind, namespace ("" where none is written) and name."""

Note = tuple[str, str, str, int, tuple[str, ...], Any]
"""What one document gives: kind, namespace and name, marks, the kind of each object that it refers to, and the rest
of what is noted as `packed` gives it."""
DEFINES: Final = 1
"""The mark of what defines an object: its name and namespace are ones."""
WORKLOAD: Final = 2
"""The mark of a workload of Sedna."""
OWNING: Final = 4
"""The mark of a workload with names or places in its pods that Sedna may take too."""
SCALING: Final = 8
"""The mark of an autoscaler of a Deployment."""


class Reference(Record):
    """A name in a workload: what it means, where it stands, and in which workload: kind and name."""

    target: Key
    referrer: str
    document: Document
    path: Path
    referrer_name: str = ""


class Defined(Record):
    """An object: the facts about it that rules ask for, and its document; None for one of the cluster's."""

    facts: dict[str, Any]
    document: Document | None

    @property
    def place(self) -> str:
        """Give where it is, for messages."""
        return f"{self.document.file}:{self.document.line}" if self.document else "the cluster"


class Claim(Record):
    """A child that the Global Manager will make under a fixed name, and the workload it is for."""

    target: Key
    owner: str
    document: Document


class Placed(Record):
    """The pod of a worker that trains or evaluates: the node it is pinned to, "" for any, and the Dataset it reads."""

    dataset: Key
    node: str
    document: Document
    path: Path


class Demand(Record):
    """Pods that a workload asks for: how many at most, of which kind, and where both stand."""

    pod: dict[str, Any]
    replicas: int
    document: Document
    path: Path
    count_path: Path
    downloads: str = ""
    """What an init container that Sedna adds to the pod fetches; it is in the pod then."""


class Own(Record):
    """A name or a place in a pod that what Sedna adds may have too: a volume, a container or a mount.

    `path` is its own place, `pod` that of the pod's spec, `given` the addresses that the workload itself gives this worker.
    """

    what: str
    name: str
    path: Path
    pod: Path
    given: tuple[str, ...]


class Scaler(Record):
    """An autoscaler: where it stands, and the Deployment it scales."""

    place: str
    deployment: Key
    owner: str = ""
    """The workload that it belongs to, for those in a cluster."""
    in_cluster: bool = False


class Pins(Record):
    """What a workload says about nodes: the pods and data it pins, the training workers by dataset, its demands.

    `spec` is the workload's own, for kinds whose edits Sedna takes notice of and where a cluster will be asked.
    """

    nodes: tuple[tuple[str, Path], ...]
    placed: tuple[Placed, ...] = ()
    demands: tuple[Demand, ...] = ()
    spec: dict[str, Any] | None = None
    own: tuple[Own, ...] = ()


class Noted(Record):
    """What one document defines and refers to. `pins` is None for what is no workload of Sedna.

    `names` holds kind, name and path of each reference, `scaled` the sides of a service that have
    an hpa, `target` the name of the Deployment that an autoscaler scales. `document` has no content.
    """

    kind: str
    namespace: str
    name: str
    facts: dict[str, Any]
    document: Document
    names: tuple[tuple[str, str, Path], ...] = ()
    scaled: tuple[str, ...] = ()
    pins: Pins | None = None
    target: str | None = None
