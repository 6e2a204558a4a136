"""Two linters and the schema check the generated workflows, and each finds a planted fault.

They need no network and run with their strictest settings.
"""

import argparse
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import release_kit as kit
from ruamel.yaml import YAML

from rtvariants import cli
from rtvariants.cli import release as command
from rtvariants.cli import toolchain
from rtvariants.cli import version as version_command
from rtvariants.release import workflow

NOTIFY = 'notify = [{ repository = "owner/docs", event = "lamp-out" }]\ncheck = "make check"'
NAMES = [".github/workflows/ci.yml", ".github/workflows/release.yml"]
BIN = Path(sys.executable).parent


def zizmor(folder):
    return [BIN / "zizmor", "--offline", "--no-progress", "--persona", "auditor", folder]


def actionlint(folder):
    return [BIN / "actionlint", "-no-color", *sorted(folder.glob(".github/workflows/*"))]


def schema(folder):
    files = sorted(folder.glob(".github/workflows/*"))
    return [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files]


LINTERS = [zizmor, actionlint, schema]


@pytest.fixture
def written(tmp_path):
    """A folder with the workflows of a declaration that uses every part."""
    kit.declare(tmp_path, more=NOTIFY)
    assert cli.main(["release", "workflow", "--project", str(tmp_path)]) == 0
    return tmp_path


def linted(linter, folder):
    done = subprocess.run(
        [str(word) for word in linter(folder)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def spoil(folder, old, new, name="release.yml"):
    path = folder / ".github" / "workflows" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("linter", LINTERS)
def test_no_linter_finds_anything(written, linter):
    status, said = linted(linter, written)
    assert status == 0, said


@pytest.mark.parametrize("linter", LINTERS)
def test_no_linter_finds_anything_in_the_workflows_of_this_project(root, linter):
    assert sorted(str(p.relative_to(root)) for p in root.glob(".github/workflows/*")) == NAMES
    status, said = linted(linter, root)
    assert status == 0, said


SHA = workflow.ACTIONS["actions/checkout"][0]


@pytest.mark.parametrize(
    ("linter", "old", "new", "fault"),
    [
        (zizmor, f"@{SHA} # v7.0.1", "@v7", "unpinned-uses"),
        (zizmor, "permissions: {}", "permissions: write-all", "excessive-permissions"),
        (zizmor, "persist-credentials: false", "persist-credentials: true", "artipacked"),
        (zizmor, '"$RUNTIME"', "${{ github.ref_name }}", "template-injection"),
        (zizmor, "    environment: release\n", "", "secrets-outside-env"),
        (actionlint, "needs: plan", "needs: plam", 'needs job "plam" which does not exist'),
        (actionlint, "${{ matrix.runtime }}", "${{ matrix.runtme }}", "runtme"),
        (actionlint, "    runs-on: ubuntu-24.04", "    runs-on: ubuntu-1.0", "ubuntu-1.0"),
        (schema, "    steps:", "    step:", "step"),
        (schema, "cancel-in-progress: false", "cancel-in-progress: [1]", "cancel-in-progress"),
    ],
)
def test_each_linter_finds_a_planted_fault(written, linter, old, new, fault):
    if fault == "secrets-outside-env":
        # In the job that has a secret, which is the last.
        path = written / NAMES[1]
        head, mark, tail = path.read_text().rpartition(old)
        path.write_text(head + new + tail)
        assert mark
    else:
        spoil(written, old, new)
    status, said = linted(linter, written)
    assert status != 0
    assert fault in said


def test_check_fails_and_names_the_file_that_differs(written, capsys):
    check = ["release", "workflow", "--check", "--project", str(written)]
    assert cli.main(check) == 0
    spoil(written, "fail-fast: false", "fail-fast: true", "ci.yml")
    assert cli.main(check) == 1
    said = capsys.readouterr().err
    assert said == (
        "error: .github/workflows/ci.yml: differs from the declaration\n"
        "hint: `rtvariants release workflow` writes it again\n"
    )
    kit.declare(written, more=NOTIFY, platforms=["linux-x64"])
    assert cli.main(check) == 1
    assert capsys.readouterr().err.count("differs from the declaration") == 2
    assert cli.main(check[:2] + check[3:]) == 0
    assert cli.main(check) == 0


# ---------------------------------------------------------------------------- what they promise


@pytest.fixture
def release(written):
    return YAML(typ="safe").load(written / NAMES[1])


def steps(job):
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_the_build_is_a_matrix_of_platforms_and_runtimes_on_their_runners(release):
    rows = release["jobs"]["build"]["strategy"]["matrix"]["include"]
    assert [(r["platform"], r["runtime"], r["runner"]) for r in rows] == [
        ("linux-x64", "fast", "ubuntu-24.04"), ("linux-x64", "safe", "ubuntu-24.04"),
        ("windows-arm64", "fast", "windows-11-arm"), ("windows-arm64", "safe", "windows-11-arm"),
    ]  # fmt: skip
    # Other systems' runners have their own tools, and nothing of Debian's.
    assert [row["prepare"] for row in rows] == [True, True, False, False]


def test_windows_checks_out_line_ends_as_committed(written):
    def first_steps():
        jobs = {}
        for name in NAMES:
            jobs |= YAML(typ="safe").load(written / name)["jobs"]
        first = {name: job["steps"][0] for name, job in jobs.items()}
        return {name for name, step in first.items() if "core.autocrlf false" in str(step)}

    assert first_steps() == {"wheels", "build", "test"}
    kit.declare(written, platforms=["linux-x64"])
    assert cli.main(["release", "workflow", "--project", str(written)]) == 0
    assert first_steps() == set()


def test_a_python_is_prepared_only_for_tests_of_musl(tmp_path, release):
    def interpreters(job):
        return [each["if"] for each in job["steps"] if each.get("name") == "Interpreter"]

    assert not any(interpreters(job) for job in release["jobs"].values())
    kit.declare(tmp_path, platforms='["linux-arm64", "musl-arm64"]')
    assert cli.main(["release", "workflow", "--project", str(tmp_path)]) == 0
    jobs = {}
    for name in NAMES:
        jobs |= YAML(typ="safe").load(tmp_path / name)["jobs"]
    assert {name for name, job in jobs.items() if interpreters(job)} == {"wheels", "test"}
    for name in ("wheels", "test"):
        assert interpreters(jobs[name]) == ["matrix.python"]
        rows = jobs[name]["strategy"]["matrix"]["include"]
        assert [row.get("python", False) for row in rows] == [False, True]
    status, said = linted(actionlint, tmp_path)
    assert status == 0, said


def test_credentials_exist_only_after_the_fan_in(release):
    jobs = release["jobs"]
    order = ["plan", "build", "test", "freeze", "publish", "forge"]
    assert list(jobs) == order
    assert [jobs[name].get("needs") for name in order] == [None, *order[:-1]]
    assert "rtvariants release freeze" in steps(jobs["freeze"])
    for name in order[:4]:
        assert jobs[name]["permissions"] == {"contents": "read"}
        assert "environment" not in jobs[name]
        assert "secrets." not in str(jobs[name])
    with_identity = [name for name, job in jobs.items() if "id-token" in job["permissions"]]
    assert with_identity == ["publish"]
    assert release["permissions"] == {}
    assert {jobs[name]["environment"] for name in order[4:]} == {"release"}


def test_a_dry_run_reaches_no_job_that_sends(release):
    jobs = release["jobs"]
    sending = "github.event_name == 'push' || !inputs.dry-run"
    assert [name for name, job in jobs.items() if job.get("if") == sending] == ["publish", "forge"]
    assert release["on"]["workflow_dispatch"]["inputs"]["dry-run"]["default"] is True
    assert steps(jobs["freeze"]).count("--dry-run") == 4
    assert release["concurrency"]["cancel-in-progress"] is False


def test_artifacts_have_different_names_and_nothing_is_cached(release, written):
    names = [
        step["with"]["name"]
        for job in release["jobs"].values() for step in job["steps"]
        if "upload-artifact" in step.get("uses", "") and "overwrite" not in step["with"]
    ]  # fmt: skip
    assert names == [
        "cell-${{ matrix.platform }}-${{ matrix.runtime }}", "tested-${{ matrix.platform }}",
        "release",
    ]  # fmt: skip
    assert "cache" not in (written / NAMES[1]).read_text()


def test_a_person_can_run_each_command(written):
    found = []
    for name in NAMES:
        text = (written / name).read_text()
        found += re.findall(r"^\s*(?:run: )?(rtvariants .*)$", text, re.MULTILINE)
    assert len(found) > 15
    for line in found:
        _, which, *words = shlex.split(line)
        parser = argparse.ArgumentParser(exit_on_error=False)
        {"release": command, "version": version_command, "toolchain": toolchain}[which].arguments(
            parser
        )
        parser.parse_args(words)


def test_actions_are_pinned_to_commits(written):
    for name in NAMES:
        used = re.findall(r"uses: (\S+) # (\S+)", (written / name).read_text())
        assert used
        for action, version in used:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
            assert re.fullmatch(r"v\d+\.\d+\.\d+", version)
