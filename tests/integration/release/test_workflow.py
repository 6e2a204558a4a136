"""Two linters and the schema check the generated workflows, and each finds a planted fault.

They need no network and run with their strictest settings.
"""

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import release_kit as kit
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rtvariants import cli
from rtvariants.cli import release as command
from rtvariants.cli import toolchain
from rtvariants.cli import version as version_command
from rtvariants.release import tools, workflow

NOTIFY = """
notify = [{ repository = "owner/docs", event = "lamp-out" }]
check = "make check"
signed-tags = true
"""
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
    kit.lock_tools(kit.declare(tmp_path, more=NOTIFY))
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
        (zizmor, f"@{SHA}  # v7.0.1", "@v7", "unpinned-uses"),
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
    kit.lock_tools(kit.declare(tmp_path, platforms='["linux-arm64", "musl-arm64"]'))
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
    order = ["plan", "build", "test", "freeze", "attest", "runtimes", "publish", "verify", "forge"]
    assert list(jobs) == order
    assert [jobs[name].get("needs") for name in order[:5]] == [None, *order[:4]]
    assert jobs["runtimes"]["needs"] == ["freeze", "attest"]
    assert jobs["publish"]["needs"] == ["freeze", "attest", "runtimes"]
    assert [jobs[name]["needs"] for name in order[-2:]] == [
        ["freeze", "publish"], ["freeze", "verify"]
    ]  # fmt: skip
    assert "rtvariants release freeze" in steps(jobs["freeze"])
    for name in order[:4]:
        assert jobs[name]["permissions"] == {"contents": "read"}
        assert "environment" not in jobs[name]
        assert "secrets." not in str(jobs[name])
    with_identity = [name for name, job in jobs.items() if "id-token" in job["permissions"]]
    assert with_identity == ["attest", "runtimes", "publish"]
    assert release["permissions"] == {}
    assert [jobs[name].get("environment") for name in order[4:]] == [
        None, "${{ matrix.environment }}", "release-lamp", None, "release"
    ]  # fmt: skip
    rows = jobs["runtimes"]["strategy"]["matrix"]["include"]
    assert [row["environment"] for row in rows] == [
        "release-lamp-fast",
        "release-lamp-runtime-safe",
    ]


def test_a_job_with_a_credential_installs_locked_tools_and_runs_nothing_of_the_release(release):
    jobs = release["jobs"]
    for job in jobs.values():
        for line in steps(job).splitlines():
            # A `pip.py` of the checkout would run instead of pip.
            assert "python -m" not in line
            if "pip install" in line:
                assert "--require-hashes" in line
    sending = [name for name, job in jobs.items() if "write" in str(job["permissions"])]
    assert sending == ["attest", "runtimes", "publish", "forge"]
    for name in sending:
        assert "rtvariants release verify" not in steps(jobs[name])
        assert "rtvariants release test" not in steps(jobs[name])
    assert not any("run" in step for step in jobs["attest"]["steps"])


def test_later_jobs_take_the_very_files_that_were_frozen(release):
    jobs = release["jobs"]
    for name in ("attest", "runtimes", "publish", "verify", "forge"):
        fetched = [
            step["with"] for step in jobs[name]["steps"]
            if "download-artifact" in step.get("uses", "")
        ]  # fmt: skip
        assert fetched[0]["artifact-ids"] == "${{ needs.freeze.outputs.artifact }}"
        # What else is fetched, such as a journal, does not land on the frozen files.
        assert [each["path"] for each in fetched[1:]] in ([], ["journal/"])
        for line in steps(jobs[name]).splitlines():
            if line.startswith("rtvariants release"):
                assert '--manifest-sha256 "$MANIFEST"' in line


def test_what_the_forge_gets_in_addition_to_the_files_is_attested(release):
    (signing,) = [s["with"] for s in release["jobs"]["attest"]["steps"] if "attest" in s["uses"]]
    parts = ("files/*", "manifest.json", "assets/*")
    assert signing["subject-path"].split() == [f"dist/release/*/{part}" for part in parts]
    assert "rtvariants release forge --dry-run" in steps(release["jobs"]["freeze"])


def test_the_signers_of_tags_do_not_come_from_the_tree(release):
    for name in ("freeze", "runtimes", "publish"):
        (step,) = [s for s in release["jobs"][name]["steps"] if "signers" in s.get("name", "")]
        assert step["env"] == {"SIGNERS": "${{ vars.RELEASE_ALLOWED_SIGNERS }}"}


def test_a_dry_run_reaches_no_job_that_sends(release):
    jobs = release["jobs"]
    sending = "github.event_name == 'push' || github.ref_type == 'tag' && !inputs.dry-run"
    assert [name for name, job in jobs.items() if job.get("if") == sending] == [
        "attest", "runtimes", "publish", "verify", "forge"
    ]  # fmt: skip
    assert release["on"]["push"] == {"tags": ["v[0-9]*"]}
    assert release["on"]["workflow_dispatch"]["inputs"]["dry-run"]["default"] is True
    assert steps(jobs["freeze"]).count("--dry-run") == 4
    assert release["concurrency"]["cancel-in-progress"] is False


def test_artifacts_have_different_names_and_nothing_is_cached(release, written):
    names = [
        step["with"]["name"]
        for job in release["jobs"].values() for step in job["steps"]
        if "upload-artifact" in step.get("uses", "")
    ]  # fmt: skip
    assert names == [
        "cell-${{ matrix.platform }}-${{ matrix.runtime }}", "tested-${{ matrix.platform }}",
        "release", "journal",
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
        used = re.findall(r"uses: (\S+) +# (\S+)", (written / name).read_text())
        assert used
        for action, version in used:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
            assert re.fullmatch(r"v\d+\.\d+\.\d+", version)


# --------------------------------------------------------------------------- locked tools


def test_a_lock_file_that_does_not_meet_the_declaration_is_reported(written, capsys):
    check = ["release", "workflow", "--check", "--project", str(written)]
    lock = written / tools.LOCK
    whole = lock.read_text()
    other = re.sub(r"pypi-attestations==0\.\d", "pypi-attestations==9.9", whole)
    unhashed = whole.replace("    --hash=sha256:00", "", 1)
    for spoiled in ("", unhashed, whole + "evil==1.0\n", other):
        lock.write_text(spoiled)
        assert cli.main(check) == 1
        assert tools.LOCK in capsys.readouterr().err
    lock.write_text(whole)
    assert cli.main(check) == 0


@pytest.mark.slow
def test_uv_locks_every_file_with_its_hash(tmp_path):
    wanted = ("iniconfig>=2", "colorama>=0.4; sys_platform == 'win32'")
    text = tools.lock(wanted, tmp_path)
    assert tools.problems(text, wanted) == []
    assert tools.problems(text, (*wanted, "pluggy")) != []
    assert len(re.findall(r"^(iniconfig|colorama)==", text, re.MULTILINE)) == 2


# ---------------------------------------------------------------------------- hostile values

HOSTILE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n\t"),
    min_size=1, max_size=40,
).filter(str.strip)  # fmt: skip
NASTY = ["a: b", "# no", "x # y", "! grep", "- a", "{a}", "[a", "'", '"', "&a", "*a", "%", "@x",
         "null", "yes", "1.0", "a\nb: c\n", " a", "a ", "|", ">", "`x`", "a\n---\nb"]  # fmt: skip


@given(text=st.one_of(st.sampled_from(NASTY), HOSTILE))
@settings(max_examples=60)
def test_any_text_of_the_declaration_arrives_as_it_is(text):
    with tempfile.TemporaryDirectory() as folder:
        declared = kit.declare(Path(folder))
    platforms = tuple(replace(p, runner=text) for p in declared.platforms)
    changed = replace(declared.settings, check=text, plugin=text.replace("\n", " "))
    declared = replace(declared, platforms=platforms, settings=changed)
    ci, release = (YAML(typ="safe").load(t) for t in workflow.workflows(declared).values())
    assert list(ci["jobs"]) == ["check", "wheels"]
    assert len(release["jobs"]) == 9
    runs = [step.get("run", "") for step in ci["jobs"]["check"]["steps"]]
    assert text in runs
    assert {row["runner"] for row in ci["jobs"]["wheels"]["strategy"]["matrix"]["include"]} == {
        text
    }


@pytest.mark.parametrize("tag", ["v'{version}", "r*{version}", "v{version} # x", "a: {version}"])
def test_a_tag_is_matched_as_it_is(tmp_path, tag):
    declared = kit.declare(tmp_path)
    declared = replace(declared, settings=replace(declared.settings, tag=tag))
    (pattern,) = YAML(typ="safe").load(workflow.release(declared))["on"]["push"]["tags"]
    assert pattern.replace("\\", "") == tag.replace("{version}", "[0-9]*")
    assert ("\\*" in pattern) == ("*" in tag)


def test_cells_of_pythons_have_their_python_installed(tmp_path):
    kit.lock_tools(kit.declare(tmp_path, more='abi = "cp310-abi3"\npython = ["3.14t"]'))
    assert cli.main(["release", "workflow", "--project", str(tmp_path)]) == 0
    status, said = linted(actionlint, tmp_path)
    assert status == 0, said
    jobs = {}
    for name in NAMES:
        jobs |= YAML(typ="safe").load(tmp_path / name)["jobs"]
    rows = jobs["build"]["strategy"]["matrix"]["include"]
    assert [row["cpython"] for row in rows] == ["", "3.14t"] * 4
    installed = {
        name: step["with"]["python-version"]
        for name, job in jobs.items()
        for step in job["steps"]
        if "setup-python" in step.get("uses", "")
    }
    # The last one runs the tools.
    assert installed["build"] == f"${{{{ matrix.cpython }}}}\n{tools.PYTHON}\n"
    assert installed["test"] == installed["wheels"] == f"3.14t\n{tools.PYTHON}\n"
    assert installed["publish"] == tools.PYTHON
    (build,) = (step for step in jobs["build"]["steps"] if step.get("name") == "Build")
    assert build["run"].endswith('--runtime "$RUNTIME" --python "$CPYTHON"')
