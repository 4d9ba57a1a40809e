"""What Sedna calls what it adds to a worker's pod so that it finds its models and datasets, and where it mounts that.

Source: the Global Manager's storage initializer (0.3 to 0.7).
"""

from __future__ import annotations

HOST_PREFIX = "/home/data"
"""Folders of the node are mounted below it, each at its own path."""
DOWNLOADS = "/downloads"
DOWNLOADED = ("s3", "http", "https")
"""Schemes that are fetched before the worker starts."""
DOWNLOADER = "storage-initializer"
"""The init container that fetches."""
DOWNLOADER_LIMITS = {"cpu": "1", "memory": "1Gi"}
"""Its limits, which are its requests too."""
DOWNLOAD_VOLUME = "sedna-storage-initializer"
NAMELESS_VOLUME = "sedna-default-volume-name"
"""The volume of a folder whose path has no letter or digit: `/`."""
HOT_UPDATE, HOT_UPDATE_VOLUME = "/model-hot-update", "sedna-model-hot-update-volume"
"""The folder in which an incremental learning job's inference worker finds the newest model, where it asked for that."""
LONGEST_NAME = 63


def volume_name(folder: str) -> str:
    """Give the name of the volume for a folder of the node, e.g. `models-bigz` for /models/big/."""
    name = ""
    for character in folder.lower():
        if character == "-" or (character.isascii() and character.isalnum()):
            name += character
        elif name and not name.endswith("-"):
            name += "-"
    name = name[:LONGEST_NAME]
    if name.endswith("-"):
        name = name[:-1] + "z"
    return name or NAMELESS_VOLUME


def folder_of(path: str) -> str:
    """Give a path up to and with its last slash: what is mounted is never the file itself."""
    return path[: path.rfind("/") + 1]


def inside_of(url: str) -> str:
    """Give where a file of the node lies in the container."""
    from posixpath import normpath
    from urllib.parse import unquote

    path = url.partition("#")[0].partition("?")[0]
    return normpath(f"{HOST_PREFIX}/{unquote(path)}")
