"""Every kind comes out of flags alone and out of a values file, as a person would write it, ready to run."""

from __future__ import annotations

import json
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sednactl.lifecycle.references import references_of, workers_of
from sednactl.packaged import templates_dir
from sednactl.sedna.kinds import BY_KIND, SEDNA_KINDS, kind_named
from sednactl.sedna.naming import longest_name
from sednactl.validation.crd import crd_of
from tests.authoring.every_kind import FLAGS
from tests.conftest import RunSednactl
from tests.golden import check_golden

UPSTREAM = Path(__file__).parents[3] / "shared" / "upstream" / "crds" / "v0.7.0"
WORDS = tuple(kind.word for kind in SEDNA_KINDS)
WORKLOADS = tuple(word for word in WORDS if word not in ("model", "dataset"))
PRINT = ("--dry-run=client", "-o", "yaml")
WITH = {
    "jointinference": ("--with-models",),
    "federatedlearning": ("--with-models", "--with-datasets"),
    "incrementallearning": ("--with-models", "--with-datasets"),
    "lifelonglearning": ("--with-datasets",),
    "featureextraction": ("--with-models",),
    "videoanalytics": ("--with-models",),
}


def example(word: str) -> str:
    return str(templates_dir() / "examples" / f"{word}.yaml")


@cache
def crd_validator(kind: str) -> jsonschema.Draft202012Validator:
    """Give a validator of the CRD: upstream's where it is at hand, else ours, which another test holds against it."""
    file = UPSTREAM / f"sedna.io_{BY_KIND[kind].plural}.yaml"
    crd = yaml.load(file.read_bytes(), yaml.CSafeLoader) if file.exists() else crd_of(kind)
    return jsonschema.Draft202012Validator(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"])


def check_ready(text: str) -> list[Any]:
    """Hold a stream against the CRDs, and see that all it refers to comes first; give its documents."""
    documents = list(yaml.safe_load_all(text))
    made = set()
    for document in documents:
        crd_validator(document["kind"]).validate(document)
        kind = BY_KIND[document["kind"]]
        for reference in references_of(kind, document):
            if reference.resource.kind != "Secret":
                assert (reference.resource.kind, reference.name) in made, reference
        for worker in workers_of(kind, document):
            assert worker.pod["containers"][0]["image"]
        made.add((document["kind"], document["metadata"]["name"]))
    return documents


@pytest.mark.parametrize("word", [word for word in WORDS if word != "objecttracking"])
def test_no_example_of_values_warns_about_itself(run_sednactl: RunSednactl, word: str) -> None:
    """Object tracking aside, which no controller acts on whatever it says."""
    run = run_sednactl("create", word, "x", "-f", example(word), *WITH.get(word, ()), *PRINT)
    assert (run.code, run.err) == (0, "")
    assert run_sednactl("validate", "--strict", "-", input=run.out).code == 0


@pytest.mark.parametrize("word", WORDS)
def test_flags_alone(run_sednactl: RunSednactl, word: str) -> None:
    run = run_sednactl("create", word, "x", *FLAGS[word], *PRINT)
    assert run.code == 0, run.err
    check_ready(run.out)
    check_golden(f"authoring/kinds/{word}-flags.yaml", run.out)
    if word != "objecttracking":  # which is stored, and may be warned of as never run
        assert run.err == ""
        assert run_sednactl("validate", "--strict", "-", input=run.out).code == 0


@pytest.mark.parametrize("word", WORKLOADS)
def test_one_values_file(run_sednactl: RunSednactl, word: str) -> None:
    run = run_sednactl("create", word, "x", "-f", example(word), *WITH.get(word, ()), *PRINT)
    assert run.code == 0, run.err
    check_ready(run.out)
    check_golden(f"authoring/kinds/{word}-values.yaml", run.out)


@pytest.mark.parametrize("word", WORDS)
def test_help(run_sednactl: RunSednactl, word: str) -> None:
    kind = kind_named(word)
    assert kind is not None
    short = kind.aliases[0] if kind.aliases else word
    run = run_sednactl("create", short, "--help", environ={"COLUMNS": "80", "TERM": "dumb"})
    assert run.code == 0
    check_golden(f"authoring/create-{short}-help.txt", run.out)
    if kind.makes_children:
        assert f"at most {longest_name(kind)} characters" in run.out


@pytest.mark.parametrize("word", WORDS)
def test_templates_are_listed_shown_and_ejected(run_sednactl: RunSednactl, tmp_path: Path, word: str) -> None:
    assert word in [line.split()[0] for line in run_sednactl("templates", "list").out.splitlines()]
    values = run_sednactl("templates", "show", word, "--values")
    assert f"sednactl create {word} NAME -f THIS-FILE" in values.out
    ejected = run_sednactl("templates", "eject", word, "--to", "mine")
    assert ejected.out == f"mine/{word}.yaml.j2\n"
    common = ("create", word, "x", *FLAGS[word], *PRINT)
    mine = run_sednactl(*common, "--template", f"mine/{word}.yaml.j2")
    assert mine.code == 0, mine.err
    assert mine.out == run_sednactl(*common).out


@pytest.mark.parametrize("word", WORKLOADS)
def test_what_is_missing_is_named_by_its_flag_and_by_its_value(run_sednactl: RunSednactl, word: str) -> None:
    bare = run_sednactl("create", word, "x", "--dry-run=client")
    assert (bare.code, bare.out) == (2, "")
    needed = bare.err.partition("still needs ")[2].partition("\n")[0].replace(" and ", ", ").split(", ")
    assert all(flag.startswith("--") for flag in needed), bare.err
    help_ = run_sednactl("create", word, "--help").out
    assert all(f"{flag} " in help_ for flag in needed)
    by_file = run_sednactl("create", word, "x", "-f", "-", "--dry-run=client", input="labels: {a: b}")
    assert by_file.code == 3
    assert "in a values file: " in by_file.err


@pytest.mark.parametrize(
    ("word", "arguments", "code", "error", "hint"),
    [
        ("fl", ("--train-on=@edge-1",), 2, "--train-on '@edge-1' is not of the form DATASET@NODE", "edge-1"),
        ("fl", ("--train-on=data@Edge_1",), 3, "--train-on: train.workers[2].node 'Edge_1' is no name of a node", ""),
        ("fl", ("--set=train.workers={}",), 3, "train.workers is empty: at least one training worker", ""),
        ("fl", ("--transmitter=mqtt",), 3, "transmitter 'mqtt' is none that Sedna has", "s3://"),
        ("fl", ("--transmitter-credential=k",), 3, "transmitterCredential is for an s3:// address", "s3://BUCKET"),
        ("fl", ("--aggregation-model=",), 3, "--aggregation-model: aggregation.model is empty", ""),
        ("fl", ("--model-url=defects=/m",), 3, "models.defects: the url does not end in a format", ",format=FORMAT"),
        ("fl", ("--dataset-url=data3=/x.txt",), 3, "datasets.data3: the workload does not refer to this dataset", "data1, data2"),
        ("fl", ("--train-env=x",), 2, "--train-env 'x' is not of the form", ""),
        ("il", ("--train-when=samples>5",), 3, "nothing but num_of_samples starts a training, 'samples' never would", "num_of_samples>=500"),
        ("il", ("--train-when=num_of_samples=>5",), 3, "train.when: 'num_of_samples=>5' is no condition", "METRIC>NUMBER"),
        ("il", ("--deploy-when=often",), 3, "deploy.when: 'often' is no condition", "precision_delta[0]>0.1"),
        ("il", ("--deploy-when=precision_delta[-1]>0.1",), 3, "no index that counts from 0 on", "precision_delta[0]"),
        ("il", ("--deploy-when=precision_delta[0>0.1",), 3, "no index that counts from 0 on", "precision_delta[0]"),
        ("il", ("--train-hours=2-24",), 3, "train.hours: '2' is no time of day", "HH:MM"),
        ("il", ("--train-hours=02:00",), 3, "train.hours: '02:00' is no time of day", "02:00-24:00"),
        ("il", ("--deploy-hours=02:00-24:01",), 3, "'24:01' is no time of day", "HH:MM"),
        ("il", ("--train-prob=1.5",), 3, "trainProb 1.5 is no share", "0 to 1"),
        ("il", ("--no-hot-update",), 3, "deploy.pollSeconds is for hotUpdate", "hotUpdate: true"),
        ("il", ("--poll-seconds=0",), 3, "deploy.pollSeconds is for hotUpdate, and at least 1", ""),
        ("il", ("--train-args='x",), 2, "--train-args", ""),
        ("il", ("--dataset-url=helmets=/data/h.csv",), 3, "format 'csv' is none that IncrementalLearningJob can learn from", "txt"),
        ("il", ("--dataset-url=helmets=/data/h/,format=txt",), 3, "the url is a folder, not the index file", "index.txt"),
        ("il", ("--node=",), 3, "--node: node '' is no name of a node", ""),
        ("ll", ("--dataset-url=scenes=/data/s.zip",), 3, "format 'zip' is none", "txt or csv"),
        ("fe", ("--replicas=-1",), 3, "replicas -1 is no number of replicas", ""),
        ("fe", ("--replicas=many",), 2, "", ""),
        ("os", ("--set=tracking.workers={}",), 3, "tracking.workers is empty: at least one tracking worker", ""),
        ("va", ("--model-url=yolo=/m.pb",), 3, "models.yolo: the workload does not refer to this model", "yolox"),
        ("va", ("--model=",), 3, "--model: model is empty", ""),
        ("reid", ("--model=x",), 2, "--model", ""),
    ],
)  # fmt: skip
def test_refusals(
    run_sednactl: RunSednactl, word: str, arguments: tuple[str, ...], code: int, error: str, hint: str
) -> None:
    kind = kind_named(word)
    assert kind is not None
    given = FLAGS[kind.word]
    if arguments[0].endswith(".workers={}"):
        given = tuple(flag for flag in given if "-on=" not in flag)
    run = run_sednactl("create", word, "x", *given, *arguments, "--dry-run=client")
    assert (run.code, run.out) == (code, ""), run.err
    first, *rest = run.err.splitlines()
    assert error in first
    assert hint in "\n".join(rest)
    assert "Traceback" not in run.err


@pytest.mark.parametrize("word", [word for word in WORKLOADS if kind_named(word).makes_children])  # type: ignore[union-attr]
def test_a_name_whose_children_cannot_be_made_is_refused(run_sednactl: RunSednactl, word: str) -> None:
    kind = kind_named(word)
    assert kind is not None
    longest = longest_name(kind)
    fits = run_sednactl("create", word, "x" * longest, *FLAGS[word], "--dry-run=client")
    assert fits.code == 0, fits.err
    refused = run_sednactl("create", word, "x" * (longest + 1), *FLAGS[word], "--dry-run=client")
    assert refused.code == 3


def test_only_what_is_asked_for_is_made(run_sednactl: RunSednactl) -> None:
    common = ("create", "fl", "x", "-f", example("federatedlearning"), "--dry-run=client", "-o", "name")
    alone = "federatedlearningjob.sedna.io/x\n"
    assert run_sednactl(*common).out == alone
    assert run_sednactl(*common, "--with-models").out.count("\n") == 2
    assert run_sednactl(*common, "--set=withDatasets=true").out.count("dataset.sedna.io/") == 2
    assert run_sednactl(*common, "--set=withDatasets=true", "--without-datasets").out == alone
    no_model = run_sednactl(*common, "--set=models=null", "--with-models")
    assert no_model.code == 3
    assert "nothing says where it is" in no_model.err
    assert "--model-url surface-defect-detection-model=URL" in no_model.err


def test_a_dataset_without_a_node_is_asked_for_one(run_sednactl: RunSednactl) -> None:
    given = [flag for flag in FLAGS["lifelonglearning"] if not flag.startswith("--train-node")]
    run = run_sednactl("create", "ll", "x", *given, "--dry-run=client")
    assert run.code == 3
    assert "datasets.scenes: no node watches it" in run.err
    assert ",node=NODE to --dataset-url" in run.err


def test_a_described_object_goes_to_the_workload_s_namespace(run_sednactl: RunSednactl) -> None:
    for more in (("-n", "lab"), ("--set=namespace=lab",)):
        run = run_sednactl("create", "va", "x", *FLAGS["videoanalytics"], *more, *PRINT)
        assert [one["metadata"]["namespace"] for one in yaml.safe_load_all(run.out)] == ["lab", "lab"]


def test_several_objects_as_json_are_one_list(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("create", "va", "x", *FLAGS["videoanalytics"], "--dry-run=client", "-o", "json")
    made = json.loads(run.out)
    assert [one["kind"] for one in made["items"]] == ["Model", "VideoAnalyticsJob"]


def test_what_one_worker_has_of_its_own_goes_before_what_all_have(run_sednactl: RunSednactl) -> None:
    values = {
        "aggregation": {"model": "m", "image": "a"},
        "train": {
            "image": "t",
            "env": {"A": "1", "B": "1"},
            "volumes": ["/all:/data", "/all:/x"],
            "requests": {"cpu": 1},
            "workers": [
                "d1@n1",
                {
                    "dataset": "d2",
                    "image": "own",
                    "env": [{"name": "B", "value": "2"}],
                    "volumes": ["/own:/data"],
                },
            ],
        },
    }
    run = run_sednactl("create", "fl", "x", "-f", "-", *PRINT, input=json.dumps(values))
    assert run.code == 0, run.err
    first, second = yaml.safe_load(run.out)["spec"]["trainingWorkers"]
    assert first["template"]["spec"]["nodeName"] == "n1"
    assert "nodeName" not in second["template"]["spec"]
    container = second["template"]["spec"]["containers"][0]
    assert container["image"] == "own"
    assert container["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert container["resources"] == {"requests": {"cpu": 1}}
    paths = {one["name"]: one["hostPath"]["path"] for one in second["template"]["spec"]["volumes"]}
    mounts = {one["mountPath"]: paths[one["name"]] for one in container["volumeMounts"]}
    assert mounts == {"/data": "/own", "/x": "/all"}


def test_stages_take_what_the_top_says_unless_they_say_otherwise(run_sednactl: RunSednactl) -> None:
    run = run_sednactl(
        "create", "il", "x", "-f", example("incrementallearning"), "--eval-node=other", "--env=Z=1", *PRINT
    )
    spec = yaml.safe_load(run.out)["spec"]
    pods = [spec[f"{stage}Spec"]["template"]["spec"] for stage in ("train", "eval", "deploy")]
    assert [pod["nodeName"] for pod in pods] == ["edge-node", "other", "edge-node"]
    for pod in pods:
        env = {one["name"]: one["value"] for one in pod["containers"][0]["env"]}
        assert env["input_shape"] == "352,640"
        assert env["Z"] == "1"
    assert spec["trainSpec"]["trigger"]["timer"] == {"start": "02:00", "end": "24:00"}
    assert 'start: "02:00"' in run.out and 'end: "24:00"' in run.out
    assert spec["deploySpec"]["trigger"]["condition"]["metric"] == "precision_delta[0]"


def test_an_image_for_some_stages_only_names_the_others(run_sednactl: RunSednactl) -> None:
    without = tuple(flag for flag in FLAGS["incrementallearning"] if not flag.startswith("--image="))
    run = run_sednactl("create", "il", "x", *without, "--train-image=t", "--dry-run=client")
    assert (run.code, run.err.splitlines()[0]) == (
        2,
        "error: create incrementallearning still needs --eval-image and --deploy-image",
    )
    none = run_sednactl("create", "il", "x", *without, "--dry-run=client")
    assert none.err.startswith("error: create incrementallearning still needs --image\n")


def _examples(text: str) -> list[list[str]]:
    lines = text.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.strip().startswith("sednactl create ")]


@pytest.mark.parametrize("word", WORDS)
def test_the_examples_of_the_help_work(run_sednactl: RunSednactl, tmp_path: Path, word: str) -> None:
    (tmp_path / "values.yaml").write_text(Path(example(word)).read_text())
    tried = 0
    for arguments in _examples(run_sednactl("create", word, "--help").out):
        if "values.yaml" in arguments and any(one.endswith("-url") for one in arguments):
            continue  # names models of its own, which the packaged values know nothing of
        offline = [one for one in arguments if not one.startswith(("--wait", "--dry-run"))]
        run = run_sednactl(*offline, "--dry-run=client")
        assert run.code == 0, (arguments, run.err)
        tried += 1
    assert tried >= 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("cloud: 5\n", "-:1:1: cloud is 5, but must be a map"),
        ("edge: {}\ncloud: [big]\n", "-:2:1: cloud is a list, but must be a map"),
        ("- cloud\n", "values are a map of names to values, this is a list"),
        ("cloud\n", "values are a map of names to values, this is one value alone"),
    ],
)
def test_values_of_another_shape_are_refused_whatever_the_flags(
    run_sednactl: RunSednactl, values: str, message: str
) -> None:
    run = run_sednactl("create", "ji", "x", *FLAGS["jointinference"], "-f", "-", *PRINT, input=values)
    assert (run.code, run.out) == (3, "")
    error, hint = run.err.splitlines()
    assert message in error
    assert hint.startswith("hint: ")
