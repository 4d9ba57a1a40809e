"""`sednactl create` and `templates` as installed: what they print, how they end, what they leave alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sednactl.cli.create_jointinference import HpaMode, _mode
from tests.command import clean_environment
from tests.conftest import RunSednactl
from tests.golden import check_golden

NEEDED = ("--cloud-model=big", "--cloud-image=c:v1", "--edge-model=little", "--edge-image=e:v1")
JI = ("create", "ji", "helmet", *NEEDED, "--dry-run=client")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("create-help", ("create", "--help")),
        ("create-ji-help", ("create", "ji", "--help")),
        ("create-model-help", ("create", "model", "--help")),
        ("create-dataset-help", ("create", "dataset", "--help")),
        ("templates-help", ("templates", "--help")),
        ("templates-list", ("templates", "list")),
        ("templates-show-ji", ("templates", "show", "ji")),
        ("model.yaml", ("create", "model", "m", "--url=s3://b/m.pb", "--format=pb", "--credential=s", "--device-soc=Ascend310",
                        "--label=a=1", "--annotation=b=yes", "-n", "lab", "--dry-run=client", "-o", "yaml")),
        ("dataset.yaml", ("create", "dataset", "d", "--url=/data/x.txt", "--format=txt", "--node=edge-1", "--dry-run=client", "-oyaml")),
        ("small-ji.yaml", (*JI, "-o", "yaml")),
        ("small-ji.json", (*JI, "-o", "json")),
        ("every-flag.yaml", (
            *JI, "-oyaml", "--hem=Threshold", "--hem-param=threshold=0.9", "--image-pull-policy=Always", "--label=app.io/x=on",
            "--cloud-node-selector=role=gpu", "--cloud-env=A=1", "--cloud-env=B=a, b=c", "--cloud-request=cpu=1,memory=2Gi",
            "--cloud-limit=memory=4Gi", "--cloud-volume=/m:/models:ro", "--cloud-volume=tmp=/t:/t:create", "--cloud-container=big",
            "--cloud-hpa=min=2,max=9,cpu=20%,memory=1Gi,cpu@big=60%,pods/rps=100,external/queue=30,up-window=0,down-window=300,"
            "up-pods=4/60,up-percent=100/15,down-percent=10/60,up-select=Max",
            "--edge-host-network", "--edge-node=edge-1", "--edge-dns-policy=Default", "--set=cloud.pod.tolerations[0].key=edge",
            "--set=cloud.pod.tolerations[0].operator=Exists", "--set-string=edge.env.NUMBER=5")),
    ],
)  # fmt: skip
def test_screens(run_sednactl: RunSednactl, name: str, arguments: tuple[str, ...]) -> None:
    run = run_sednactl(*arguments, environ={"COLUMNS": "80", "TERM": "dumb"})
    assert run.code == 0, run.err
    check_golden(f"authoring/{name if '.' in name else name + '.txt'}", run.out)


@pytest.mark.parametrize(
    ("arguments", "code", "error", "hint"),
    [
        # Usage: wrong flags
        (("create", "ji", "helmet"), 2, "still needs --cloud-model, --cloud-image, --edge-model and --edge-image", "templates show"),
        (("create", "ji", "helmet", *NEEDED[1:]), 2, "create jointinference still needs --cloud-model", "-f"),
        (("create", "model", "m", "--url=/a"), 2, "create model still needs --format", "-f"),
        (("create", "dataset", "d"), 2, "still needs --url, --format and --node", ""),
        ((*JI, "--cloud-env=foo"), 2, "--cloud-env 'foo' is not of the form key=value", ""),
        ((*JI, "--hem-param=foo"), 2, "--hem-param 'foo' is not of the form", ""),
        ((*JI, "--cloud-request=cpu"), 2, "--cloud-request 'cpu' is not of the form", ""),
        ((*JI, "--edge-volume=data:/data"), 2, "--edge-volume 'data:/data' is not of the form", "begin with '/'"),
        ((*JI, "--set=edge"), 2, "--set 'edge' is not of the form path=value", ""),
        ((*JI, "--set=edge.env[0]=x", "--set=edge.env.A=x"), 2, "--set edge.env.A: 'A' is asked of something that is no map", ""),
        ((*JI, "--label=x"), 2, "--label 'x' is not", ""),
        ((*JI, "--hpa=none", "--cloud-hpa=max=2"), 2, "--hpa none and --cloud-hpa contradict", ""),
        ((*JI, "--hpa=all"), 2, "hpa", ""),
        ((*JI, "--dry-run=yes"), 2, "dry-run", ""),
        ((*JI, "-o", "wide"), 2, "output", ""),
        ((*JI, "--wait"), 2, "--wait has nothing to wait for", ""),
        (("create", "model", "m", "--url=/a", "--format=pb", "--wait"), 2, "--wait", ""),
        (("create", "kubernetes", "x"), 2, "kubernetes", ""),
        (("templates", "show", "pods"), 2, "there is no template 'pods'", "jointinference"),
        # Input that cannot be
        ((*JI, "-f", "missing.yaml"), 3, "missing.yaml", ""),
        ((*JI, "-f", "."), 3, "", ""),
        ((*JI, "--template", "missing.j2"), 3, "missing.j2: cannot be read", ""),
        ((*JI, "--set=edge.nod=x"), 3, "--set edge.nod is unknown", "did you mean 'edge.node'?"),
        ((*JI, "--set=cloud.env.A=1"), 3, "--set cloud.env.A is 1, but must be a text", "--set-string"),
        ((*JI, "--edge-node=$EDGE_NODE"), 3, "--edge-node: edge.node '$EDGE_NODE' is no name of a node", "placeholder"),
        ((*JI, "--cloud-hpa=min=5,max=2,cpu=20%"), 3, "cloud.hpa: min 5 is more than max 2", ""),
        ((*JI, "--cloud-hpa=max=0"), 3, "cloud.hpa: max 0 is no number of replicas", ""),
        ((*JI, "--cloud-hpa=max=-3"), 3, "cloud.hpa: max -3 is no number of replicas", "from 1 to 2147483647"),
        ((*JI, "--cloud-hpa=max=99999999999"), 3, "max 99999999999 is no number", "from 1 to 2147483647"),
        (("create", "ji", "", *NEEDED, "--dry-run=client"), 2, "error: the name is empty", "create jointinference helmet"),
        (("create", "ji", "Abc", *NEEDED, "--dry-run=client"), 3, '"Abc" is no valid name', "digits and '-', beginning with a letter"),
        (("create", "model", "A_b", "--url=/a", "--format=pb", "--dry-run=client"), 3, '"A_b"', "'-' and '.'"),
        (("create", "ji", "x", *NEEDED, "--dry-run", "-o", "yaml"), 2, "error: --dry-run needs a value: none, client, server", "--dry-run=client"),
        ((*JI, "--template", "/"), 3, "error: /: cannot be read", ""),
        ((*JI, "--bogus"), 2, "error: no such option: --bogus", "hint: try 'sednactl create ji --help'"),
        ((*JI, "--cloud-imag=x"), 2, "error: no such option: --cloud-imag", "did you mean '--cloud-image'?"),
        ((*JI, "--hpa=edge"), 3, "edge.hpa: max is missing", "--edge-hpa max=5"),
        ((*JI, "--cloud-hpa=max=3,gpu=20%"), 3, "cloud.hpa.gpu is unknown", ""),
        ((*JI, "--cloud-hpa=max=3,cpu=20%"), 3, "container 'big' has none", "add --cloud-request cpu=500m"),
        ((*JI, "--edge-request=cpu=1", "--edge-hpa=max=3,memory=20%"), 3, "'little' has none", "add --edge-request memory=512Mi"),
        ((*JI, "--cloud-hpa=max=3,cpu=20"), 3, "20 could mean a share or an amount", "20%"),
        ((*JI, "--cloud-request=cpu=abc"), 3, '"abc" is no quantity', "500m"),
        ((*JI, "--cloud-limit=cpu=1024m", "--cloud-request=cpu=5"), 3, "5 cpu is above its limit of 1024m [SDN138]", ""),
        ((*JI, "--cloud-env==1"), 2, "--cloud-env", ""),
        ((*JI, "--set=cloud.hpa.max=2", "--set=cloud.hpa.metrics={}", "--set=cloud.hpa.metrics[0].type=Foo"), 3, "Foo", ""),
        (("create", "ji", "Helmet", *NEEDED, "--dry-run=client"), 3, "Helmet", ""),
        (("create", "ji", "1helmet", *NEEDED, "--dry-run=client"), 3, "1helmet", ""),
        (("create", "ji", "hel.met", *NEEDED, "--dry-run=client"), 3, "hel.met", ""),
        (("create", "ji", "x" * 54, *NEEDED, "--dry-run=client"), 3, "54 characters", "shorten"),
        ((*JI, "--set=hpa={cloud}", "--cloud-hpa=max=2", "--cloud-request=cpu=1"), 3, "hpa is a list", ""),
        ((*JI, "--set=cloud.volumes[0].name=x"), 3, "cloud.volumes[0].mountPath is missing", ""),
        ((*JI, "--set=cloud.volumes[0].name=x", "--template", "x.j2"), 3, "cloud.volumes[0].mountPath is missing", ""),
        # No cluster to be found
        (("create", "ji", "helmet", *NEEDED), 3, "no kubeconfig found", "--kubeconfig"),
        (("create", "ji", "helmet", *NEEDED, "--dry-run=server"), 3, "no kubeconfig found", "--kubeconfig"),
    ],
)  # fmt: skip
def test_refusals(
    run_sednactl: RunSednactl, arguments: tuple[str, ...], code: int, error: str, hint: str
) -> None:
    run = run_sednactl(*arguments)
    assert (run.code, run.out) == (code, ""), run.err
    first, *rest = run.err.splitlines()
    assert first.startswith("error: ")
    assert error in first
    assert hint in "\n".join(rest)
    assert "Traceback" not in run.err


def test_values_files_are_read_as_kubectl_reads_them(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    text = (
        "cloud: {model: big, image: c, hostNetwork: yes, env: {T: 24:00, D: 2024-01-01, Q: '0644'}}\n"
        "edge: {model: little, image: e, requests: {cpu: 0644}}\n"
    )
    run = run_sednactl("create", "ji", "x", "-f", "-", "--dry-run=client", "-o", "yaml", input=text)
    assert run.code == 0, run.err
    made = yaml.safe_load(run.out)["spec"]
    cloud = made["cloudWorker"]["template"]["spec"]
    assert cloud["hostNetwork"] is True
    assert {one["name"]: one["value"] for one in cloud["containers"][0]["env"]} == {
        "T": "24:00", "D": "2024-01-01", "Q": "0644",
    }  # fmt: skip
    resources = made["edgeWorker"]["template"]["spec"]["containers"][0]["resources"]
    assert resources == {"requests": {"cpu": 420}}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cloud: {model: a, model: b}", "model"),
        ("cloud: [", "not valid YAML"),
        ("just text", "values are a map"),
        ("a: 1\n---\nb: 2\n", "2 documents"),
        ("edge: {env: {Y: '1'}}", "-: edge.env: a name is read as true"),
        ("edge: {hem: {parameters: {off: '1'}}}", "edge.hem.parameters: a name is read as false"),
        ("cloud: {modle: a}", "-:1:9: cloud.modle is unknown"),
        ("cloud: {model: a}", "still needs --cloud-image, --edge-model and --edge-image"),
        ("\x00", ""),
    ],
)
def test_values_that_cannot_be_read(run_sednactl: RunSednactl, text: str, error: str) -> None:
    run = run_sednactl("create", "ji", "x", "-f", "-", "--dry-run=client", input=text)
    assert (run.code, run.out) == (3, "")
    assert error in run.err
    assert run.err.startswith("error: ")


def test_later_layers_win(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "cloud: {model: a, image: a, node: a}\nedge: {model: a, image: a}\nnamespace: a\n"
    )
    (tmp_path / "b.yaml").write_text("cloud: {image: b, node: b}\nhpa: cloud\n")
    run = run_sednactl(
        "create", "ji", "x", "-f", "a.yaml", "-f", "b.yaml", "--set", "cloud.node=c", "--set=cloud.model=c",
        "--cloud-model=d", "--edge-request=cpu=1", "--edge-hpa=max=2", "--cloud-request=cpu=1", "--set", "cloud.hpa.max=3",
        "--dry-run=client", "-o", "yaml",
    )  # fmt: skip
    made = yaml.safe_load(run.out)
    spec = made["spec"]
    worker = spec["cloudWorker"]
    assert worker["model"]["name"] == "d"
    assert worker["template"]["spec"]["nodeName"] == "c"
    assert worker["template"]["spec"]["containers"][0]["image"] == "b"
    assert made["metadata"]["namespace"] == "a"
    # A side that is described by a flag is on, whatever the file's hpa says.
    assert worker["hpa"]["maxReplicas"] == 3
    assert spec["edgeWorker"]["hpa"]["maxReplicas"] == 2
    run = run_sednactl("create", "ji", "x", "-f", "a.yaml", "-n", "flag", "--dry-run=client", "-o", "yaml")
    assert yaml.safe_load(run.out)["metadata"]["namespace"] == "flag"


def test_client_dry_run_looks_for_no_cluster(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    run = run_sednactl(*JI, environ={"KUBECONFIG": "/nonexistent/config"})
    assert (run.code, run.out) == (0, "jointinferenceservice.sedna.io/helmet created (dry run)\n")


def test_client_dry_run_imports_neither_a_cluster_nor_anything_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from sednactl.cli.main import run\n"
        "from sednactl.surroundings import Surroundings\n"
        f"code = run({[*JI, '-o', 'yaml']!r}, Surroundings.of_process())\n"
        "print(int(code), *sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, *modules = done.stderr.split()
    assert code == "0"
    loaded = {module.partition(".")[0] for module in modules}
    assert not loaded & {
        "kubernetes",
        "rich",
        "jsonschema",
        "http",
        "ssl",
        "asyncio",
        "requests",
        "urllib3",
        "hypothesis",
    }
    assert "sednactl.cluster.client" not in modules
    assert not [module for module in modules if module.startswith("sednactl.lifecycle")]


def test_output_ends_quietly_when_nobody_reads_it(tmp_path: Path) -> None:
    environ = clean_environment(tmp_path / "home")
    command = f"sednactl {' '.join(JI)} -o yaml | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=environ, check=False
    )
    assert (done.stdout, done.stderr) == ("apiVersion: sedna.io/v1alpha1\n", "")


def test_a_name_that_could_drive_the_terminal_is_shown_harmless(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("create", "ji", "a\x1b[31mb", *NEEDED, "--dry-run=client")
    assert run.code == 3
    assert "\x1b" not in run.err + run.out


def test_eject_and_use(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    run = run_sednactl("templates", "eject", "ji", "--to", "mine")
    assert (run.code, run.out) == (0, "mine/jointinference.yaml.j2\n")
    file = tmp_path / "mine" / "jointinference.yaml.j2"
    again = run_sednactl("templates", "eject", "ji", "--to", "mine")
    assert again.code == 2
    assert "is there already" in again.err
    original = file.read_text()
    file.write_text("changed")
    assert run_sednactl("templates", "eject", "ji", "--to", "mine", "--force").code == 0
    assert file.read_text() == original
    file.write_text(original.replace("spec:\n  edgeWorker", "spec:\n  # {{ vars.site }}\n  edgeWorker"))
    own = ("--template", "mine/jointinference.yaml.j2")
    refused = run_sednactl(*JI, *own)
    assert refused.code == 3
    assert refused.err.startswith(
        "error: mine/jointinference.yaml.j2:10: 'dict object' has no attribute 'site'"
    )
    used = run_sednactl(*JI, *own, "--set=vars.site=x", "-o", "yaml")
    assert used.out == run_sednactl(*JI, "-o", "yaml").out
    part = run_sednactl("templates", "eject", "parts/hpa.yaml.j2", "--to", "mine")
    assert (tmp_path / "mine" / "parts" / "hpa.yaml.j2").exists(), part.err
    (tmp_path / "file").write_text("")
    assert run_sednactl("templates", "eject", "ji", "--to", "file/x").code == 3


@pytest.mark.parametrize("word", ["jointinference", "ji", "JointInferenceService", "model", "dataset"])
def test_the_example_of_values_makes_an_object(run_sednactl: RunSednactl, tmp_path: Path, word: str) -> None:
    shown = run_sednactl("templates", "show", word, "--values")
    run = run_sednactl("create", word, "x", "-f", "-", "--dry-run=client", input=shown.out)
    assert run.code == 0, run.err
    assert run.out.endswith(".sedna.io/x created (dry run)\n")


@pytest.mark.parametrize(
    ("wanted", "described", "lower", "mode"),
    [
        (None, [], None, None), (None, [], "both", None), (None, ["cloud"], None, None), (None, ["cloud"], "none", "cloud"),
        (None, ["edge"], "cloud", "both"), (None, ["edge"], "both", "both"), ("none", [], "both", "none"),
        ("edge", ["edge"], None, "edge"), ("edge", ["cloud"], "none", "both"), ("both", ["cloud"], None, "both"),
    ],
)  # fmt: skip
def test_a_side_that_is_described_is_on(
    wanted: str | None, described: list[str], lower: str | None, mode: str | None
) -> None:
    assert _mode(HpaMode(wanted) if wanted else None, described, lower) == mode
