"""Where workers find their models and data: host paths, downloads, secrets."""

from __future__ import annotations

import base64

import pytest

from sednactl.sandbox.controllers.global_manager.halting import Panic
from sednactl.sandbox.controllers.global_manager.storage import (
    Mount,
    Source,
    secret_env,
    storage_of,
)
from sednactl.validation.mounting import volume_name


def secret(**annotations: str) -> dict[str, object]:
    data = {"ACCESS_KEY_ID": "aWQ=", "SECRET_ACCESS_KEY": base64.b64encode(b"key").decode()}
    return {"metadata": {"annotations": annotations}, "data": data}


S3 = secret(**{"s3-endpoint": "minio:9000", "s3-usehttps": "0"})
S3_ENV = [
    {"name": "S3_ENDPOINT_URL", "value": "http://minio:9000"},
    {"name": "ACCESS_KEY_ID", "value": "id"},
    {"name": "SECRET_ACCESS_KEY", "value": "key"},
]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/data/big_model/", "data-big-modelz"),
        ("/a//b/", "a-bz"),
        ("/a-/b/", "a-bz"),
        ("/", "sedna-default-volume-name"),
        ("/Data/ß/x/", "data-xz"),
        ("/" + "x" * 80 + "/", "x" * 63),
    ],
)
def test_names_of_volumes(path: str, name: str) -> None:
    assert volume_name(path) == name


@pytest.mark.parametrize(
    ("url", "inside", "host", "mounted"),
    [
        ("/models/big/m.pb", "/home/data/models/big/m.pb", "/models/big/", "/home/data/models/big/"),
        ("/data/dir", "/home/data/data/dir", "/data/", "/home/data/data/"),
        ("/a%20b/m.pb", "/home/data/a b/m.pb", "/a%20b/", "/home/data/a b/"),
    ],
)
def test_a_url_without_scheme_mounts_its_folder(url: str, inside: str, host: str, mounted: str) -> None:
    storage = storage_of([Mount("MODEL_URL", (Source(url),))])
    assert storage.variables == {"MODEL_URL": inside}
    assert [volume["hostPath"] for volume in storage.volumes] == [{"path": host, "type": "Directory"}]
    assert [mount["mountPath"] for mount in storage.volume_mounts] == [mounted]
    assert storage.container_env == ({"name": "DATA_PATH_PREFIX", "value": "/home/data"},)
    assert storage.init_container is None


def test_a_relative_path_is_told_but_not_mounted() -> None:
    storage = storage_of([Mount("MODEL_URL", (Source("m.pb"),))])
    assert storage.variables == {"MODEL_URL": "/home/data/m.pb"}
    assert storage.volumes == storage.volume_mounts == storage.container_env == ()


def test_what_can_be_downloaded_is_fetched_by_an_init_container_with_the_secret() -> None:
    mounts = [
        Mount("MODEL_URL", (Source("s3://bucket/a/m.pb", S3),)),
        Mount("TRAIN_DATASET_URL", (Source("https://host:8443/d/i.txt"),)),
    ]
    storage = storage_of(mounts)
    assert storage.variables == {
        "MODEL_URL": "/downloads/bucket/a/m.pb",
        "TRAIN_DATASET_URL": "/downloads/host:8443/d/i.txt",
    }
    init = storage.init_container
    assert init is not None
    assert init["args"] == [
        "s3://bucket/a/m.pb",
        "/downloads/bucket/a/",
        "https://host:8443/d/i.txt",
        "/downloads/host:8443/d/",
    ]
    assert init["env"] == [*S3_ENV, {"name": "INDIRECT_URL_MARK", "value": "@"}]
    assert init["image"] == "kubeedge/sedna-storage-initializer:v0.3.0"
    assert storage.volumes == ({"name": "sedna-storage-initializer", "emptyDir": {}},)
    assert storage.volume_mounts == (
        {"name": "sedna-storage-initializer", "mountPath": "/downloads", "readOnly": True},
    )
    assert storage.container_env == ()


def test_what_a_worker_writes_is_not_downloaded_and_the_worker_gets_the_secret() -> None:
    storage = storage_of([Mount("OUTPUT_URL", (Source("s3://bucket/out", S3, download=False),))])
    assert storage.variables == {"OUTPUT_URL": "s3://bucket/out"}
    assert list(storage.container_env) == S3_ENV
    assert storage.init_container is None


def test_other_schemes_are_handed_on() -> None:
    storage = storage_of([Mount("MODEL_URL", (Source("minio:9000/b"),))])
    assert storage.variables == {"MODEL_URL": "minio:9000/b"}
    assert storage.volumes == ()


def test_an_index_on_the_host_is_mounted_for_the_init_container_only() -> None:
    storage = storage_of([Mount("ORIGINAL_DATASET_URL", (Source("/data/i.txt", S3, indirect=True),))])
    init = storage.init_container
    assert init is not None
    assert storage.variables == {"ORIGINAL_DATASET_URL": "/downloads/data/i.txt"}
    assert init["args"] == ["/home/data/data/i.txt", "@/downloads/data/"]
    assert [mount["mountPath"] for mount in init["volumeMounts"]] == ["/downloads", "/home/data/data/"]
    assert [mount["mountPath"] for mount in storage.volume_mounts] == ["/downloads"]


def test_several_urls_are_joined_and_share_a_volume() -> None:
    storage = storage_of([Mount("MODEL_URLS", (Source("/m/a.pb"), Source("/m/b.pb")))])
    assert storage.variables == {"MODEL_URLS": "/home/data/m/a.pb;/home/data/m/b.pb"}
    assert len(storage.volumes) == 1


def test_a_secret_without_an_endpoint_gives_nothing() -> None:
    assert secret_env(secret()) == ()
    assert secret_env(None) == ()
    assert secret_env(secret(**{"s3-endpoint": "s3.example.org"}))[0]["value"] == "https://s3.example.org"


@pytest.mark.parametrize("url", ["/data/100%/m.pb", "10.0.0.1:9000/x", "s3://bucket name/x", "/a\x01b"])
def test_urls_that_go_refuses_are_a_panic(url: str) -> None:
    with pytest.raises(Panic):
        storage_of([Mount("MODEL_URL", (Source(url),))])
