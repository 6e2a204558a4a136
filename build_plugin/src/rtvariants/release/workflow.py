"""The workflows of a project, made from its declaration: pure functions that return YAML.

A workflow runs the commands that a person runs. A release uses no caches. Each job has only the
permissions that it names, each action is pinned to a commit, and there is no credential before the
whole set of files has been checked. One version has one run at a time, and nothing cancels it.
"""

from __future__ import annotations

import re

from rtvariants.targets.platforms import PLATFORMS, Platform

from .cells import build_command, cells
from .declaration import Declaration

#: The folder of the workflows.
FOLDER = ".github/workflows"
#: The actions, pinned to the commits of their releases.
ACTIONS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
}
#: Signs files with the identity of the job (PEP 740); only the well-known indexes accept what it
#: makes.
SIGNER = "pypi-attestations==0.0.30"
_HEAD = """\
# Written by `rtvariants release workflow` from [tool.rtvariants.release] of pyproject.toml.
# Change it there and run that command again; `--check` fails if the two differ.
"""
_LINUX = PLATFORMS["linux-x64"].runner
_PYTHON = "3.13"


def workflows(declaration: Declaration) -> dict[str, str]:
    """Return the files by their path from the project's folder."""
    return {
        f"{FOLDER}/ci.yml": ci(declaration),
        f"{FOLDER}/release.yml": release(declaration),
    }


def ci(declaration: Declaration) -> str:
    """Return the workflow that builds and tests every platform at each change."""
    jobs = [
        _job("check", "Check", _LINUX, [
            *_setup(declaration),
            *_run("Check the version and the workflows",
                  "rtvariants version check", "rtvariants release workflow --check"),
            *([*_emulator(), *_run("The project's own checks", declaration.settings.check)]
              if declaration.settings.check else []),
        ], minutes=90),
        _job("wheels", "Wheels of ${{ matrix.platform }}", "${{ matrix.runner }}", [
            *_line_ends(declaration),
            *_setup(declaration, rust=True),
            *_emulator(),
            *_interpreter(declaration),
            *_run("Build", 'rtvariants release build --platform "$PLATFORM"', env=_PLATFORM),
            *_run("Test", 'rtvariants release test --platform "$PLATFORM"', env=_PLATFORM),
        ], matrix=_platforms(declaration), minutes=120),
    ]  # fmt: skip
    return _HEAD + _text([
        "name: CI",
        "on:",
        "  push:",
        "    branches: [main]",
        "  pull_request:",
        *_common("ci-${{ github.ref }}", cancel="true"),
        "jobs:",
        *(line for job in jobs for line in job),
    ])  # fmt: skip


def release(declaration: Declaration) -> str:
    """Return the workflow of a release: build, test, freeze, publish, notify."""
    out = "dist/release/*"
    jobs = [
        _job("plan", "Plan", _LINUX, [
            *_setup(declaration, tags=True),
            *_run("Check the version and the workflows",
                  "rtvariants version check", "rtvariants release workflow --check"),
            *_run("Plan", "rtvariants release plan"),
        ]),
        _job("build", "Build ${{ matrix.platform }}, ${{ matrix.runtime }}",
             "${{ matrix.runner }}", [
            *_line_ends(declaration),
            *_setup(declaration, rust=True),
            *_run("Build", build_command('"$PLATFORM"', '"$RUNTIME"'),
                  env={**_PLATFORM, "RUNTIME": "${{ matrix.runtime }}"}),
            *_upload("cell-${{ matrix.platform }}-${{ matrix.runtime }}", f"{out}/cells/"),
        ], needs="plan", matrix=_cells(declaration), minutes=120),
        _job("test", "Test ${{ matrix.platform }}", "${{ matrix.runner }}", [
            *_line_ends(declaration),
            *_setup(declaration),
            *_emulator(),
            *_interpreter(declaration),
            *_download("cell-${{ matrix.platform }}-*"),
            *_run("Join and test", "rtvariants release build --collect",
                  'rtvariants release test --platform "$PLATFORM"', env=_PLATFORM),
            *_upload("tested-${{ matrix.platform }}", f"{out}/fat/", f"{out}/tested/"),
        ], needs="build", matrix=_platforms(declaration), minutes=60),
        _job("freeze", "Freeze", _LINUX, [
            *_setup(declaration, tags=True),
            *_download("tested-*"),
            *_run("Check the whole set before any credential is available",
                  "rtvariants release build --collect", "rtvariants release freeze"),
            *_run("Dry run of the next steps",
                  *(f"rtvariants release {step} --dry-run"
                    for step in ("preflight", "publish", "forge", "notify"))),
            *_upload("release", f"{out}/files/", f"{out}/manifest.json"),
        ], needs="test"),
        _publish(declaration, out),
        _forge(declaration, out),
    ]  # fmt: skip
    return _HEAD + _text([
        "name: Release",
        "run-name: Release ${{ github.ref_name }}${{ inputs.dry-run && ' (dry run)' || '' }}",
        "on:",
        "  push:",
        f"    tags: ['{declaration.settings.tag.replace('{version}', '[0-9]*')}']",
        "  workflow_dispatch:",
        "    inputs:",
        "      dry-run:",
        "        description: Make and check everything, send nothing",
        "        type: boolean",
        "        default: true",
        # The ref of a release is its tag: each version has one run, which no other cancels.
        *_common("release-${{ github.ref }}", cancel="false"),
        "jobs:",
        *(line for job in jobs for line in job),
    ])  # fmt: skip


def _publish(declaration: Declaration, out: str) -> list[str]:
    signs = isinstance(declaration.settings.index, str)
    sign = [
        *_run("Sign", f"python -m pip install {SIGNER}",
              f"python -m pypi_attestations sign {out}/files/*")
    ] if signs else []  # fmt: skip
    return _job("publish", "Publish", _LINUX, [
        *_setup(declaration, tags=True),
        *_download("release"),
        *_journal(),
        *_run("Preflight", "rtvariants release preflight"),
        *sign,
        *_run("Publish", "rtvariants release publish"),
        *_keep(out),
        *_run("Verify", "rtvariants release verify"),
    ], needs="freeze", sends=True, permissions={
        "contents: read": "to check out",
        "id-token: write": "to exchange this job's identity for a token of the index",
    })  # fmt: skip


def _forge(declaration: Declaration, out: str) -> list[str]:
    notify = [
        *_run("Notify", "rtvariants release notify",
              env={"GITHUB_TOKEN": "${{ secrets.RELEASE_NOTIFY_TOKEN }}"}),
        *_keep(out),
    ] if declaration.settings.notify else []  # fmt: skip
    return _job("forge", "Forge", _LINUX, [
        *_setup(declaration, tags=True),
        *_download("release"),
        *_journal(),
        *_run("Release", "rtvariants release forge", env={"GITHUB_TOKEN": "${{ github.token }}"}),
        *notify,
    ], needs="publish", sends=True, permissions={
        "contents: write": "to make the release and its assets",
    })  # fmt: skip


# ---------------------------------------------------------------------------------------- parts

_PLATFORM = {"PLATFORM": "${{ matrix.platform }}"}


def _common(group: str, *, cancel: str) -> list[str]:
    return [
        "permissions: {}",
        "concurrency:",
        f"  group: {group}",
        f"  cancel-in-progress: {cancel}",
        "defaults:",
        "  run:",
        "    shell: bash",
    ]


def _job(
    key: str, name: str, runner: str, steps: list[str], *, needs: str = "",
    matrix: list[str] | None = None, minutes: int = 30, sends: bool = False,
    permissions: dict[str, str] | None = None,
) -> list[str]:  # fmt: skip
    lines = [f"  {key}:", f"    name: {name}"]
    lines += [f"    needs: {needs}"] if needs else []
    if sends:
        lines += [
            "    if: github.event_name == 'push' || !inputs.dry-run",
            "    environment: release",
        ]
    lines += [f"    runs-on: {runner}", f"    timeout-minutes: {minutes}", "    permissions:"]
    for permission, why in (permissions or {"contents: read": "to check out"}).items():
        lines.append(f"      {permission} # {why}")
    if matrix:
        lines += ["    strategy:", "      fail-fast: false", "      matrix:", "        include:"]
        lines += [f"          - {row}" for row in matrix]
    return [*lines, "    steps:", *(f"      {line}" for line in steps)]


def _platforms(declaration: Declaration) -> list[str]:
    return [
        f"{{ platform: {p.name}, {_where(p)}{', python: true' if _needs_interpreter(p) else ''} }}"
        for p in declaration.platforms
    ]


def _needs_interpreter(platform: Platform) -> bool:
    """Return whether the runner, which has glibc, can't run what it builds."""
    return platform.libc == "musl"


def _where(platform: Platform) -> str:
    # The C library of a Linux runner may be newer than the tag allows; that of the recipe is not.
    prepare = str(bool(platform.linker) and platform.system == "linux").lower()
    return f"target: {platform.target}, prepare: {prepare}, runner: {platform.runner}"


def _cells(declaration: Declaration) -> list[str]:
    return [
        f"{{ platform: {c.platform.name}, runtime: {c.runtime}, {_where(c.platform)} }}"
        for c in cells(declaration)
    ]


def _line_ends(declaration: Declaration) -> list[str]:
    """Keep line ends on Windows as committed: wheels of all platforms hold the same files."""
    if not any(platform.system == "windows" for platform in declaration.platforms):
        return []
    name, *run = _run("Keep line ends as committed", "git config --global core.autocrlf false")
    return [name, "  if: runner.os == 'Windows'", *run]


def _setup(declaration: Declaration, *, rust: bool = False, tags: bool = False) -> list[str]:
    # By default a checkout has only the commit, and no tag to compare it with.
    depth = {"fetch-depth": "0"} if tags else {}
    steps = [
        *_use("actions/checkout", {**depth, "persist-credentials": "false"}),
        *_use("actions/setup-python", {"python-version": f"'{_PYTHON}'"}),
    ]
    if rust:
        env = {"TARGET": "${{ matrix.target }}"}
        steps += _run("Rust", 'rustup target add "$TARGET"', env=env)
    steps += _run("Tools", f"python -m pip install '{declaration.settings.plugin}'")
    if rust:
        floor = 'rtvariants toolchain prepare --no-python "$PLATFORM"'
        name, *run = _run("Toolchain", floor, env=_PLATFORM)
        steps += [name, "  if: matrix.prepare", *run]
    return steps


def _interpreter(declaration: Declaration) -> list[str]:
    """Build a Python for platforms that no runner has one for."""
    if not any(_needs_interpreter(platform) for platform in declaration.platforms):
        return []
    name, *run = _run("Interpreter", 'rtvariants toolchain prepare "$PLATFORM"', env=_PLATFORM)
    return [name, "  if: matrix.python", *run]


def _emulator() -> list[str]:
    """Install what the tests on old CPUs need, on Linux."""
    name, *run = _run("Emulator", "sudo apt-get update -q", "sudo apt-get install -y -q qemu-user")
    return [name, "  if: runner.os == 'Linux'", *run]


def _run(name: str, *commands: str, env: dict[str, str] | None = None) -> list[str]:
    lines = [f"- name: {name}"]
    lines += ["  env:", *(f"    {k}: {v}" for k, v in env.items())] if env else []
    if len(commands) == 1:
        return [*lines, f"  run: {commands[0]}"]
    return [*lines, "  run: |", *(f"    {command}" for command in commands)]


def _use(action: str, inputs: dict[str, str], **more: str) -> list[str]:
    commit, version = ACTIONS[action]
    lines = [f"- uses: {action}@{commit} # {version}"]
    lines += [f"  {key.replace('_', '-')}: {value}" for key, value in more.items()]
    return [*lines, "  with:", *(f"    {key}: {value}" for key, value in inputs.items())]


def _upload(name: str, *paths: str) -> list[str]:
    inputs = {"name": name, "if-no-files-found": "error"}
    return [*_use("actions/upload-artifact", {**inputs, **_paths(paths)})]


def _paths(paths: tuple[str, ...]) -> dict[str, str]:
    below = "".join(f"\n{' ' * 12}{path}" for path in paths)
    return {"path": paths[0] if len(paths) == 1 else f"|{below}"}


def _download(name: str) -> list[str]:
    """Fetch artifacts into the folder of the release; no two of them have a file in common."""
    if "*" not in name:
        return _use("actions/download-artifact", {"name": name, "path": "dist/release/"})
    inputs = {"pattern": name, "path": "dist/release/", "merge-multiple": "true"}
    return _use("actions/download-artifact", inputs)


def _journal() -> list[str]:
    """Fetch the journal of an earlier attempt; a first attempt has none."""
    inputs = {"name": "journal", "path": "dist/release/"}
    return _use("actions/download-artifact", inputs, continue_on_error="true")


def _keep(out: str) -> list[str]:
    """Keep the journal, even if the step before failed."""
    inputs = {"name": "journal", "overwrite": "true", "path": f"{out}/journal/"}
    return _use("actions/upload-artifact", inputs, **{"if": "always()"})


def _text(lines: list[str]) -> str:
    # A blank line before each job, as a person would write.
    text = "\n".join(lines) + "\n"
    return re.sub(r"\n(  [a-z]+:\n    name:)", r"\n\n\1", text)
