"""The check of an artifact is skipped exactly where an equal one has left its outcome."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from builds import build_of

import rtvariants
from rtvariants.compile.artifact import Artifact
from rtvariants.config.model import AllowConfig
from rtvariants.errors import Problem
from rtvariants.toolchain.metadata import Graph, Package
from rtvariants.verify import cached, examine
from rtvariants.verify.audit import Audit

NONE = Graph({})
ENTRY = AllowConfig("it asks the CPU", "g")


@pytest.fixture
def artifact(tmp_path):
    path = tmp_path / "libg.so"
    path.write_bytes(b"built")
    (tmp_path / "out").mkdir()
    return Artifact(build_of(output_dir=tmp_path / "out"), path, ("simd",), (), 1)


@pytest.fixture
def check(monkeypatch):
    """Return a function that checks an artifact, and a list of the artifacts that were examined."""
    examined, problems = [], []

    def fake(artifact, _graph, files):
        examined.append(artifact)
        for path in (files.native, files.stamp, files.sbom):
            path.write_bytes(b"made")
        return examine.Outcome(list(problems), (2, 17), Audit(allowed={ENTRY: 2}))

    monkeypatch.setattr(examine, "examine", fake)

    def check(artifact, graph=NONE):
        before = len(examined)
        found = cached.check(artifact, graph)
        return found, len(examined) > before

    return check, problems


def test_an_equal_artifact_has_the_kept_outcome(artifact, check):
    check, _ = check
    first, examined = check(artifact)
    assert examined
    second, examined = check(artifact)
    assert not examined
    assert second == first
    assert (second.floor, second.allowed) == ((2, 17), (str(ENTRY),))
    assert second.sbom.name == "g-fast.cdx.json"


@pytest.mark.parametrize("change", ["artifact", "features", "build", "strip", "native", "stamp"])
def test_any_difference_is_checked_again(artifact, check, change, monkeypatch):
    check, _ = check
    found, _ = check(artifact)
    if change == "artifact":
        os.utime(artifact.path, ns=(1, 1))
    elif change == "features":
        artifact = replace(artifact, features=())
    elif change == "build":
        build = build_of(output_dir=artifact.build.output_dir, level="x86_64")
        artifact = replace(artifact, build=build)
    elif change == "strip":
        monkeypatch.setenv("STRIP", "my-strip")
    elif change == "native":
        found.native.write_bytes(b"edited")
    else:
        found.stamp.unlink()
    assert check(artifact)[1]
    assert not check(artifact)[1]


def test_the_sbom_is_written_again_if_a_crate_has_another_license(artifact, check):
    check, _ = check
    for license_ in ("MIT", "Apache-2.0"):
        graph = Graph({"g": Package("g", "1.0", license=license_)})
        assert check(artifact, graph)[1]
        assert not check(artifact, graph)[1]


def test_the_code_of_the_whole_package_is_a_part_of_the_key():
    root = Path(rtvariants.__file__).parent
    assert root / "loader/stamp.py" in set(cached.sources())
    assert set(cached.sources()) == set(root.rglob("*.py"))


def test_an_artifact_with_a_violation_is_checked_each_time(artifact, check):
    check, problems = check
    problems.append(Problem("file for `aarch64`", rule="target"))
    for _ in range(2):
        found, examined = check(artifact)
        assert examined
        assert found.problems == problems
