"""A repository of `greeter` at its tag, for releases that are built, tested and installed."""

import os
import platform
import shutil

import release_kit as kit
from folders import scratch

from rtvariants.release import places

SECTION = """
[tool.rtvariants.release]
platforms = [{{ name = "{name}", tag = "{tag}" }}]
repository = "owner/greeter"
notify = [{{ repository = "owner/docs", event = "greeter-out" }}]
"""


def host_tag():
    """Return the platform tag of what this machine can build and install."""
    minor = platform.libc_ver()[1].split(".")[1]
    return f"manylinux_2_{minor}_{platform.machine()}"


def tree(root, folder, version="1.4.0"):
    """Write the package, split, into `folder`, with a changelog, committed and tagged."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "tests/packages/greeter", folder)
    pyproject = folder / "pyproject.toml"
    text = pyproject.read_text()
    text = text.replace("[tool.rtvariants]", '[tool.rtvariants]\npackaging = "split"', 1)
    name = "linux-x64" if platform.machine() == "x86_64" else "linux-arm64"
    pyproject.write_text(text + SECTION.format(name=name, tag=host_tag()))
    to_version(folder, version)
    (folder / "CHANGELOG.md").write_text(f"## [{version}] - 2026-01-01\n### Added\n- A lamp.\n")
    (folder / ".gitignore").write_text("/dist\n/target\n__pycache__\n")
    kit.commit_all(folder, f"v{version}")
    return folder


def to_version(folder, version):
    """Write a version into every place, as `rtvariants version set` does."""
    places.write(folder, places.find(folder, version))


def environ(root, **more):
    """Return the environment of a command that builds `greeter` warm."""
    return os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter"))} | more
