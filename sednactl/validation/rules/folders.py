"""Files of one worker that lie in one folder: the Global Manager mounts the folder of each, and a pod may mount it once.

Source: Sedna 0.7's storage initializer, which names a volume after the folder and mounts it below /home/data once
for every file; Kubernetes' validation of mounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sednactl.validation.mounting import volume_name
from sednactl.validation.rulebook import page
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.finding import Path
    from sednactl.validation.noted import Reference

page(
    "SDN408",
    "error",
    """
    Files of one worker in one folder

    Of a path on a node Sedna mounts the folder, once for every model and dataset that a worker gets, and
    Kubernetes refuses a pod that mounts two things at one place. A federated job then has an aggregation
    worker and no training workers, an incremental learning job never trains or evaluates. Folders whose
    names differ only in capitals or in what is no letter or digit get one volume: the worker finds the
    files of the first in place of the second. Files in s3 and on the web are downloaded, and may lie together.

    Wrong: /data/defects.pb and /data/samples.txt
    Right: /models/defects.pb and /data/samples.txt
    """,
)
_JOBS = ("FederatedLearningJob", "IncrementalLearningJob")


class _File(NamedTuple):
    """A file that a worker gets: what it is, where it lies, and where its name stands."""

    what: str
    url: str
    path: Path

    @property
    def folder(self) -> str:
        """Give the folder that is mounted, without doubled slashes and dots."""
        import posixpath

        clean = posixpath.normpath(self.url.partition("?")[0].partition("#")[0])
        return clean.rpartition("/")[0].lstrip("/")

    @property
    def volume(self) -> str:
        """Give the name of its volume."""
        return volume_name(f"{self.folder}/")


def shared_folders(together: Together) -> Iterator[tuple[Document, Problem]]:
    """Give the files that a worker cannot get because another of its files lies in the same folder."""
    if together.kinds.keys().isdisjoint(_JOBS):
        return
    for document, references in groupby(together.references, lambda one: one.document):
        files: list[_File] = []
        for reference in references:
            url = _local(together, reference) if reference.referrer in _JOBS else ""
            if url:
                kind, _, name = reference.target
                files.append(_File(f'{kind} "{name}"', url, reference.path))
        told: set[Path] = set()
        for worker in _workers(files):
            for problem in _clashes(worker):
                if problem.path not in told:
                    told.add(problem.path)
                    yield document, problem


def _local(together: Together, reference: Reference) -> str:
    found = together.defined.get(reference.target)
    url = found.facts.get("url") if found and reference.target[0] in ("Model", "Dataset") else None
    return url if isinstance(url, str) and url.startswith("/") else ""


def _workers(files: list[_File]) -> Iterator[list[_File]]:
    """Give what each worker of a job gets, in the order in which Sedna mounts it."""
    by_field: dict[tuple[object, ...], _File] = {one.path[1:-1]: one for one in files}
    models = [by_field.get(("aggregationWorker", "model")), by_field.get(("pretrainedModel",))]
    trained = [one for field, one in by_field.items() if field[0] == "trainingWorkers"]
    for samples in [*trained, by_field.get(("dataset",))]:
        yield [one for one in (*models, samples) if one]
    yield [one for one in models if one]
    judged = by_field.get(("evalSpec", "initialEvalModel")) or by_field.get(("deploySpec", "model"))
    for model in (by_field.get(("initialModel",)), judged):
        yield [one for one in (by_field.get(("dataset",)), model) if one]


def _clashes(files: list[_File]) -> Iterator[Problem]:
    for index, file in enumerate(files):
        for other in files[:index]:
            if other.volume != file.volume:
                continue
            if other.folder == file.folder:
                message = f'"{file.url}" lies in the folder of the {other.what}: no pod mounts it twice'
                hint = "put one of them into a folder of its own"
            else:
                message = f'"{file.url}" gets the volume of the {other.what}, which lies in /{other.folder}'
                hint = "give one of the folders another name"
            yield Problem("SDN408", file.path, message, hint)
            break
