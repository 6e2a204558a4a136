"""What pip and uv get from an index: a resolution, or a fresh install of exactly one version.

Both ignore their configuration: on a developer's machine, extra indexes and folders of wheels in it
would answer instead of the index.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from rtvariants.errors import Problem, RtvariantsError
from rtvariants.files import temporary_folder

from .extra import needs
from .secrets import redact

TOOLS = ("pip", "uv")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


class InstallError(RtvariantsError):
    """A fresh install did not give the release."""


@dataclass(frozen=True)
class Resolution:
    """What a tool would install: versions by normalised name, or its message if it can't."""

    versions: Mapping[str, str]
    said: str = ""


def environ() -> dict[str, str]:
    """Return the process's environment without the settings of pip, uv and Python."""
    dropped = ("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV", "CONDA_")
    env = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INPUT": "1", "UV_NO_CONFIG": "1"}
    return env | own | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONNOUSERSITE": "1"}


def resolve(tool: str, requirement: str, simple: str) -> Resolution:
    """Return what `pip` or `uv` would install here for a requirement from one index.

    A tool's failure is an answer too: `said` is then its message.
    """
    if tool == "uv":
        words = ["pip", "compile", "-", "--quiet", "--no-header", "--no-annotate", "--no-cache"]
        command = [_uv(), *words, "--python", sys.executable, "--default-index", simple]
    else:
        words = ["install", "--quiet", "--dry-run", "--ignore-installed", "--no-cache-dir"]
        command = _pip(*words, "--report", "-", "--index-url", simple, requirement)
    done = _run(command, text=requirement)
    if done.returncode:
        return Resolution({}, redact(_last(done.stderr)))
    if tool == "uv":
        return Resolution({canonicalize_name(n): v for n, v in _PINNED.findall(done.stdout)})
    facts = [each["metadata"] for each in json.loads(done.stdout)["install"]]
    return Resolution({canonicalize_name(f["name"]): f["version"] for f in facts})


def fresh(tool: str, requirement: str, simple: str, module: str) -> dict[str, str]:
    """Install into an empty environment and import; returns versions by normalised name.

    Raises `InstallError` with the end of the tool's output.
    """
    with temporary_folder() as folder:
        venv = folder / "venv"
        # Without pip, only the release is installed there.
        made = _run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
        if made.returncode:
            raise InstallError(f"can't create an environment: {_last(made.stderr)}")
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        done = _run(_installer(tool, requirement, simple, str(python)))
        if done.returncode:
            raise InstallError(
                Problem(
                    f"{tool} can't install `{requirement}`: {redact(_last(done.stderr))}",
                    "serve what the release requires on this index too, or leave out the "
                    "installation with `--no-install`",
                )
            )
        done = _run([str(python), "-c", _LIST, module], cwd=str(folder))
        if done.returncode:
            raise InstallError(
                Problem(f"`import {module}` after {tool} installed it: {_last(done.stderr)}")
            )
        found: dict[str, str] = json.loads(done.stdout)
        return {canonicalize_name(name): version for name, version in found.items()}


_LIST = """
import importlib, importlib.metadata, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps({d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}))
"""


def check(
    requirement: str, simple: str, module: str, wanted: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Install a requirement with each tool and compare versions; returns what each installed.

    `wanted` are the versions that must be there, by name. Raises `InstallError`.
    """
    problems = []
    with ThreadPoolExecutor() as pool:
        runs = {t: pool.submit(fresh, t, requirement, simple, module) for t in TOOLS}
        found = {tool: run.result() for tool, run in runs.items()}
    for tool in TOOLS:
        for name, version in wanted.items():
            got = found[tool].get(canonicalize_name(name), "nothing")
            if got != version:
                what = f"{tool} installed {got} of `{name}` for `{requirement}`, expected {version}"
                problems.append(
                    Problem(what, "`rtvariants release status` shows what is published")
                )
    if problems:
        raise InstallError(problems)
    return found


def _uv() -> str:
    return str(needs("uv").find_uv_bin())


def _pip(*words: str) -> list[str]:
    return [sys.executable, "-m", "pip", *words]


def _installer(tool: str, requirement: str, simple: str, python: str) -> list[str]:
    if tool == "uv":
        words = ["pip", "install", "--quiet", "--no-cache", "--python", python]
        return [_uv(), *words, "--default-index", simple, requirement]
    words = ["--python", python, "install", "--quiet", "--no-cache-dir", "--index-url", simple]
    return _pip(*words, requirement)


def _run(
    command: list[str], text: str = "", cwd: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", errors="replace", check=False,
        env=environ(), cwd=cwd,
    )  # fmt: skip


def _last(text: str) -> str:
    """Return a tool's output from its error on, shortened to one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    starts = ("error", "×", "modulenot", "importerror")
    first = next((i for i, line in enumerate(lines) if line.lower().startswith(starts)), -1)
    return " ".join(lines[first:])[:500] or "no output"
