"""The workflows of a project, made from its declaration: pure functions that return YAML.

A workflow runs the commands that a person runs. A release uses no caches. Each job has only the
permissions that it names, each action is pinned to a commit and each tool to its hashes, and there
is no credential before the whole set of files has been checked. A job with a credential runs
nothing of the project. One version has one run at a time, and nothing cancels it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rtvariants.targets.platforms import PLATFORMS, Platform

from . import names, tools
from .cells import build_command, cells
from .declaration import Declaration
from .yaml_text import Noted, dump

#: The folder of the workflows.
FOLDER = ".github/workflows"
#: The actions, pinned to the commits of their releases.
ACTIONS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/attest-build-provenance": ("a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32", "v4.1.0"),
}
_HEAD = """\
# Written by `rtvariants release workflow` from [tool.rtvariants.release] of pyproject.toml.
# Change it there and run that command again; `--check` fails if the two differ.
"""
_LINUX = PLATFORMS["linux-x64"].runner
_OUT = "dist/release/*"
_SENDS = "github.event_name == 'push' || github.ref_type == 'tag' && !inputs.dry-run"
_ACCEPTS = '--manifest-sha256 "$MANIFEST"'
_MANIFEST = {"MANIFEST": "${{ needs.freeze.outputs.manifest }}"}
_IDENTITY = Noted("write", "to exchange this job's identity for a token of the index")
_READ = {"contents": Noted("read", "to check out")}

Step = dict[str, Any]


def workflows(declaration: Declaration) -> dict[str, str]:
    """Return the files by their path from the project's folder."""
    return {
        f"{FOLDER}/ci.yml": ci(declaration),
        f"{FOLDER}/release.yml": release(declaration),
    }


def ci(declaration: Declaration) -> str:
    """Return the workflow that builds and tests every platform at each change."""
    checks = declaration.settings.check
    own = [_emulator(), _run("The project's own checks", checks)] if checks else []
    jobs = {
        "check": _job("Check", _LINUX, [
            *_setup(declaration),
            _run("Check the version and the workflows",
                 "rtvariants version check", "rtvariants release workflow --check"),
            *own,
        ], minutes=90),
        "wheels": _job("Wheels of ${{ matrix.platform }}", "${{ matrix.runner }}", [
            *_line_ends(declaration),
            *_setup(declaration, rust=True, pythons=_pythons(declaration)),
            _emulator(),
            *_interpreter(declaration),
            _run("Build", 'rtvariants release build --platform "$PLATFORM"', env=_PLATFORM),
            _run("Test", 'rtvariants release test --platform "$PLATFORM"', env=_PLATFORM),
        ], matrix=_platforms(declaration), minutes=120),
    }  # fmt: skip
    on = {"push": {"branches": ["main"]}, "pull_request": None}
    common = _common("ci-${{ github.ref }}", cancel=True)
    return dump({"name": "CI", "on": on, **common, "jobs": jobs}, _HEAD, spaced=["jobs"])


def release(declaration: Declaration) -> str:
    """Return the workflow of a release: build, test, freeze, publish, verify, notify."""
    jobs = {
        "plan": _job("Plan", _LINUX, [
            *_setup(declaration, tags=True),
            _run("Check the version and the workflows",
                 "rtvariants version check", "rtvariants release workflow --check"),
            _run("Plan", "rtvariants release plan"),
            _run("Ask the index whose the names are", "rtvariants release names"),
        ]),
        "build": _job("Build " + ", ".join(_cell(declaration)), "${{ matrix.runner }}", [
            *_line_ends(declaration),
            *_setup(declaration, rust=True, pythons=_cell(declaration)[2:]),
            _build(declaration),
            _upload("-".join(["cell", *_cell(declaration)]), f"{_OUT}/cells/"),
        ], needs=["plan"], matrix=_cells(declaration), minutes=120),
        "test": _job("Test ${{ matrix.platform }}", "${{ matrix.runner }}", [
            *_line_ends(declaration),
            *_setup(declaration, pythons=_pythons(declaration)),
            _emulator(),
            *_interpreter(declaration),
            _together("cell-${{ matrix.platform }}-*"),
            _run("Join and test", "rtvariants release build --collect",
                 'rtvariants release test --platform "$PLATFORM"', env=_PLATFORM),
            _upload("tested-${{ matrix.platform }}", f"{_OUT}/fat/", f"{_OUT}/tested/"),
        ], needs=["build"], matrix=_platforms(declaration), minutes=60),
        "freeze": _freeze(declaration),
        "attest": _attest(),
        **_publish(declaration),
        "verify": _job("Verify", _LINUX, [
            *_setup(declaration, tags=True),
            _frozen(),
            _run("Verify", f"rtvariants release verify {_ACCEPTS}", env=_MANIFEST),
        ], needs=["freeze", "publish"], condition=_SENDS),
        "forge": _forge(declaration),
    }  # fmt: skip
    pattern = _literal(declaration.settings.tag).replace("{version}", "[0-9]*")
    dry = {
        "description": "Make and check everything, send nothing", "type": "boolean", "default": True
    }  # fmt: skip
    return dump({
        "name": "Release",
        "run-name": "Release ${{ github.ref_name }}${{ inputs.dry-run && ' (dry run)' || '' }}",
        "on": {"push": {"tags": [pattern]}, "workflow_dispatch": {"inputs": {"dry-run": dry}}},
        # What sends runs on a tag only: each version has one run, which no other cancels.
        **_common("release-${{ github.ref }}", cancel=False),
        "jobs": jobs,
    }, _HEAD, spaced=["jobs"])  # fmt: skip


def _freeze(declaration: Declaration) -> Step:
    """Freeze once: a later attempt of the same run takes the files that an earlier one froze."""
    steps = ("preflight", "publish", "forge", "notify")
    earlier = {"name": "release", "path": "dist/release/"}
    return _job("Freeze", _LINUX, [
        *_setup(declaration, tags=True),
        *_signers(declaration),
        {**_use("actions/download-artifact", earlier), "continue-on-error": True},
        _together("tested-*"),
        {**_run("Check the whole set before any credential is available",
                "rtvariants release build --collect", "rtvariants release freeze"),
         "id": "freeze"},
        _run("Dry run of the next steps",
             *(f"rtvariants release {step} --dry-run {_ACCEPTS}" for step in steps),
             env={"MANIFEST": "${{ steps.freeze.outputs.manifest-sha256 }}"}),
        {**_upload("release", f"{_OUT}/files/", f"{_OUT}/manifest.json", f"{_OUT}/assets/",
                   overwrite=True),
         "id": "release"},
    ], needs=["test"], outputs={
        "manifest": "${{ steps.freeze.outputs.manifest-sha256 }}",
        "artifact": "${{ steps.release.outputs.artifact-id }}",
    })  # fmt: skip


def _attest() -> Step:
    """Sign where the files were built (SLSA); the job runs nothing but the two actions."""
    subjects = f"{_OUT}/files/*\n{_OUT}/manifest.json\n{_OUT}/assets/*\n"
    return _job("Attest the build", _LINUX, [
        _frozen(),
        _use("actions/attest-build-provenance", {"subject-path": subjects}),
    ], needs=["freeze"], condition=_SENDS, permissions={
        "id-token": Noted("write", "to sign with this workflow's identity"),
        "attestations": Noted("write", "to store the attestations"),
    })  # fmt: skip


def _publish(declaration: Declaration) -> dict[str, Step]:
    """Publish each distribution in a job and an environment of its own, the base last."""
    *runtimes, base = declaration.projects()
    needs = ["freeze", "attest"]
    jobs = {}
    if runtimes:
        rows = [{"project": name, "environment": names.environment(name)} for name in runtimes]
        jobs["runtimes"] = _job(
            "Publish ${{ matrix.project }}", _LINUX,
            _sending(declaration, "${{ matrix.project }}"), needs=needs, matrix=rows,
            condition=_SENDS, environment="${{ matrix.environment }}",
            permissions={**_READ, "id-token": _IDENTITY},
        )  # fmt: skip
        needs = [*needs, "runtimes"]
    jobs["publish"] = _job(
        "Publish", _LINUX, _sending(declaration, base), needs=needs, condition=_SENDS,
        environment=names.environment(base), permissions={**_READ, "id-token": _IDENTITY},
    )  # fmt: skip
    return jobs


def _sending(declaration: Declaration, project: str) -> list[Step]:
    env = {**_MANIFEST, "PROJECT": project}
    signs = isinstance(declaration.settings.index, str)
    sign = _run("Sign", f"python -I -m pypi_attestations sign {_OUT}/files/*")
    return [
        *_setup(declaration, tags=True),
        *_signers(declaration),
        _frozen(),
        *([sign] if signs else []),
        _run("Publish", f'rtvariants release publish --only "$PROJECT" {_ACCEPTS}', env=env),
    ]


def _forge(declaration: Declaration) -> Step:
    token = {"GITHUB_TOKEN": "${{ github.token }}", **_MANIFEST}
    other = {"GITHUB_TOKEN": "${{ secrets.RELEASE_NOTIFY_TOKEN }}", **_MANIFEST}
    journal = {"name": "journal", "path": "journal/"}
    # The journal has the notices that an earlier attempt sent; only its lines are taken.
    restore = 'for folder in dist/release/*/; do cp -r journal "$folder"; done'
    notify = [
        {**_use("actions/download-artifact", journal), "continue-on-error": True, "id": "journal"},
        {**_run("Continue the journal", restore), "if": "steps.journal.outcome == 'success'"},
        _run("Notify", f"rtvariants release notify {_ACCEPTS}", env=other),
        {**_upload("journal", f"{_OUT}/journal/*.jsonl", overwrite=True), "if": "always()"},
    ] if declaration.settings.notify else []  # fmt: skip
    return _job("Forge", _LINUX, [
        *_setup(declaration, tags=True),
        _frozen(),
        _run("Release", f"rtvariants release forge {_ACCEPTS}", env=token),
        *notify,
    ], needs=["freeze", "verify"], condition=_SENDS, environment="release", permissions={
        "contents": Noted("write", "to make the release and its assets"),
    })  # fmt: skip


# ---------------------------------------------------------------------------------------- parts

_PLATFORM = {"PLATFORM": "${{ matrix.platform }}"}


def _literal(pattern: str) -> str:
    """Return a tag as a pattern of the forge that matches only this tag."""
    return re.sub(r"([\\*+?\[\]!])", r"\\\1", pattern)


def _common(group: str, *, cancel: bool) -> dict[str, Any]:
    return {
        "permissions": {},
        "concurrency": {"group": group, "cancel-in-progress": cancel},
        "defaults": {"run": {"shell": "bash"}},
    }


def _job(
    name: str, runner: str, steps: list[Step], *, needs: Sequence[str] = (),
    matrix: list[dict[str, Any]] | None = None, minutes: int = 30, condition: str = "",
    environment: str = "", permissions: dict[str, Any] | None = None,
    outputs: dict[str, str] | None = None,
) -> Step:  # fmt: skip
    strategy = {"fail-fast": False, "matrix": {"include": matrix}} if matrix else None
    needed = list(needs) if len(needs) > 1 else "".join(needs)
    parts = {
        "name": name, "needs": needed, "if": condition, "environment": environment,
        "runs-on": runner, "timeout-minutes": minutes, "permissions": permissions or _READ,
        "outputs": outputs, "strategy": strategy, "steps": steps,
    }  # fmt: skip
    return {key: value for key, value in parts.items() if value}


def _platforms(declaration: Declaration) -> list[dict[str, Any]]:
    return [
        {"platform": p.name, **_where(p), **({"python": True} if _needs_interpreter(p) else {})}
        for p in declaration.platforms
    ]


def _needs_interpreter(platform: Platform) -> bool:
    """Return whether the runner, which has glibc, can't run what it builds."""
    return platform.libc == "musl"


def _where(platform: Platform) -> dict[str, Any]:
    # The C library of a Linux runner may be newer than the tag allows; that of the recipe is not.
    prepare = bool(platform.linker) and platform.system == "linux"
    return {"target": platform.target, "prepare": prepare, "runner": platform.runner}


def _cells(declaration: Declaration) -> list[dict[str, Any]]:
    return [
        {
            "platform": c.platform.name,
            "runtime": c.runtime,
            **({"cpython": c.python} if _pythons(declaration) else {}),
            **_where(c.platform),
        }
        for c in cells(declaration)
    ]


def _line_ends(declaration: Declaration) -> list[Step]:
    """Keep line ends on Windows as committed: wheels of all platforms hold the same files."""
    if not any(platform.system == "windows" for platform in declaration.platforms):
        return []
    keep = _run("Keep line ends as committed", "git config --global core.autocrlf false")
    return [_only("runner.os == 'Windows'", keep)]


def _pythons(declaration: Declaration) -> tuple[str, ...]:
    """Return the Pythons that get wheels of their own."""
    return tuple(filter(None, declaration.pythons))


def _cell(declaration: Declaration) -> list[str]:
    """Return what names a cell in the matrix of the build."""
    keys = ("platform", "runtime", *(["cpython"] if _pythons(declaration) else []))
    return [f"${{{{ matrix.{key} }}}}" for key in keys]


def _build(declaration: Declaration) -> Step:
    """Build one cell; an empty Python stands for the stable ABI."""
    env = {**_PLATFORM, "RUNTIME": "${{ matrix.runtime }}"}
    if not _pythons(declaration):
        return _run("Build", build_command('"$PLATFORM"', '"$RUNTIME"'), env=env)
    command = build_command('"$PLATFORM"', '"$RUNTIME"', '"$CPYTHON"')
    return _run("Build", command, env={**env, "CPYTHON": "${{ matrix.cpython }}"})


def _setup(
    declaration: Declaration, *, rust: bool = False, tags: bool = False, pythons: Sequence[str] = ()
) -> list[Step]:
    # By default a checkout has only the commit, and no tag to compare it with.
    depth = {"fetch-depth": 0} if tags else {}
    steps = [
        _use("actions/checkout", {**depth, "persist-credentials": False}),
        # The last one is the default; all are on the PATH.
        _use("actions/setup-python", {"python-version": _lines(*pythons, tools.PYTHON)}),
    ]
    if rust:
        env = {"TARGET": "${{ matrix.target }}"}
        steps.append(_run("Rust", 'rustup target add "$TARGET"', env=env))
    steps.append(_run("Tools", *tools.commands(declaration)))
    if rust:
        prepare = 'rtvariants toolchain prepare --no-python "$PLATFORM"'
        steps.append(_only("matrix.prepare", _run("Toolchain", prepare, env=_PLATFORM)))
    return steps


def _signers(declaration: Declaration) -> list[Step]:
    """Name the signers of tags: in a variable, since those who push a tag write the tree."""
    if not declaration.settings.signed_tags:
        return []
    env = {"SIGNERS": "${{ vars.RELEASE_ALLOWED_SIGNERS }}"}
    file = '"$RUNNER_TEMP/allowed-signers"'
    commands = (f"printf '%s\\n' \"$SIGNERS\" > {file}",
                f"git config --global gpg.ssh.allowedSignersFile {file}")  # fmt: skip
    return [_run("Name the signers of tags", *commands, env=env)]


def _interpreter(declaration: Declaration) -> list[Step]:
    """Build a Python for platforms that no runner has one for."""
    if not any(_needs_interpreter(platform) for platform in declaration.platforms):
        return []
    prepare = 'rtvariants toolchain prepare "$PLATFORM"'
    return [_only("matrix.python", _run("Interpreter", prepare, env=_PLATFORM))]


def _emulator() -> Step:
    """Install what the tests on old CPUs need, on Linux."""
    commands = ("sudo apt-get update -q", "sudo apt-get install -y -q qemu-user")
    return _only("runner.os == 'Linux'", _run("Emulator", *commands))


def _run(name: str, *commands: str, env: dict[str, str] | None = None) -> Step:
    text = commands[0] if len(commands) == 1 else "\n".join(commands) + "\n"
    return {"name": name, **({"env": env} if env else {}), "run": text}


def _only(condition: str, step: Step) -> Step:
    return {"name": step["name"], "if": condition, **step}


def _use(action: str, inputs: dict[str, Any]) -> Step:
    commit, version = ACTIONS[action]
    return {"uses": Noted(f"{action}@{commit}", version), "with": inputs}


def _lines(*words: str) -> str:
    """Return one word as it is, and several as a block of lines."""
    return words[0] if len(words) == 1 else "".join(f"{word}\n" for word in words)


def _upload(name: str, *paths: str, overwrite: bool = False) -> Step:
    inputs: dict[str, Any] = {"name": name, "if-no-files-found": "error"}
    inputs |= {"overwrite": True} if overwrite else {}
    path = paths[0] if len(paths) == 1 else "\n".join(paths) + "\n"
    return _use("actions/upload-artifact", {**inputs, "path": path})


def _together(pattern: str) -> Step:
    """Fetch artifacts into the folder of the release; no two of them have a file in common."""
    inputs = {"pattern": pattern, "path": "dist/release/", "merge-multiple": True}
    return _use("actions/download-artifact", inputs)


def _frozen() -> Step:
    """Fetch the very artifact that the job `freeze` made; the action compares its hash."""
    inputs = {"artifact-ids": "${{ needs.freeze.outputs.artifact }}", "path": "dist/release/"}
    return _use("actions/download-artifact", inputs)
