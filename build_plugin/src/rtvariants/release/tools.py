"""The tools that the workflows install: each pinned with its hashes in a lock file.

A job with credentials runs what it installs, so it installs nothing that the lock file does not
name. A plugin in the project's own tree comes from the checked-out commit; what it needs is locked.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from rtvariants.config import pyproject
from rtvariants.errors import MachineError, Problem

from .declaration import Declaration
from .extra import needs
from .install import environ

#: The lock file, from the project's folder.
LOCK = ".github/release-tools.txt"
#: Signs files with the identity of the job (PEP 740); only the well-known indexes accept what it
#: makes.
SIGNER = "pypi-attestations==0.0.30"
#: The Python of the workflows.
PYTHON = "3.13"
_HEAD = """\
# Written by `rtvariants release workflow`: what the workflows install, each file with its hashes.
# For: {}
"""
_PIN = re.compile(
    r"^([A-Za-z0-9._-]+)==([^\s;\\]+)[^\n]*(?:\n[ \t]+--hash=\S+[^\n]*)+", re.MULTILINE
)
_LINE = re.compile(r"^[A-Za-z0-9]", re.MULTILINE)


def commands(declaration: Declaration) -> tuple[str, ...]:
    """Return the commands that install the tools in a workflow.

    Python runs isolated: it would import a `pip.py` of the checkout instead of pip.
    """
    pip = "python -I -m pip install"
    locked = f"{pip} --require-hashes --only-binary :all: -r {LOCK}"
    plugin = declaration.settings.plugin
    if not _local(plugin):
        return (locked,)
    return locked, f"{pip} --no-deps --no-build-isolation {shlex.quote(_folder(plugin))}"


def wanted(declaration: Declaration) -> tuple[str, ...]:
    """Return the requirements that the lock file must meet."""
    plugin = declaration.settings.plugin
    if not _local(plugin):
        return (plugin, SIGNER)
    data = pyproject.read(declaration.root / _folder(plugin))
    extras = data["project"].get("optional-dependencies", {})
    chosen = re.findall(r"[\w.-]+", plugin.partition("[")[2])
    lists = [pyproject.requires(data), data["project"].get("dependencies", [])]
    lists += [extras.get(name, []) for name in chosen]
    return tuple(dict.fromkeys([text for texts in lists for text in texts] + [SIGNER]))


def problems(text: str, requirements: tuple[str, ...]) -> list[Problem]:
    """Return what a lock file lacks; pure.

    Every line must have hashes, and every requirement a version that meets it.
    """
    hint = "`rtvariants release workflow` writes it again"
    pins = {canonicalize_name(name): version for name, version in _PIN.findall(text)}
    if not text.startswith(_head(requirements)) or len(pins) != len(_LINE.findall(text)):
        return [Problem("differs from the declaration, or has a line without hashes", hint, LOCK)]
    found = []
    environment = {key: str(value) for key, value in default_environment().items()}
    environment |= {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"}
    for each in requirements:
        try:
            requirement = Requirement(each)
        except InvalidRequirement:
            return [Problem(f"not a requirement: `{each}`", "correct `plugin`", LOCK)]
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        version = pins.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found.append(Problem(f"`{each}` is not met: {version or 'not there'}", hint, LOCK))
    return found


def lock(requirements: tuple[str, ...], root: Path) -> str:
    """Return the text of a new lock file, which uv resolves for every platform."""
    command = [
        str(needs("uv").find_uv_bin()), "pip", "compile", "-", "--quiet", "--universal",
        "--generate-hashes", "--no-header", "--no-annotate", "--python-version", PYTHON,
    ]  # fmt: skip
    done = subprocess.run(
        command, input="\n".join(requirements), cwd=root, env=environ(), capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise MachineError(
            f"uv can't lock the tools of the workflows: {' '.join(done.stderr.split())[:500]}",
            "set `plugin` to a version that is on the index, or to a folder of this project",
        )
    return _head(requirements) + done.stdout


def _head(requirements: tuple[str, ...]) -> str:
    return _HEAD.format(" ".join(shlex.quote(each) for each in requirements))


def _local(plugin: str) -> bool:
    return plugin.startswith((".", "/"))


def _folder(plugin: str) -> str:
    return plugin.partition("[")[0]
