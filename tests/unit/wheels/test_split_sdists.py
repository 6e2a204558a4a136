"""The sdists of split packages build the wheels of split packages."""

from dataclasses import replace

import pytest

from rtvariants.archives import sdist
from rtvariants.backends import part as backend
from rtvariants.config import toml
from rtvariants.wheels import distributions, split, split_sdists


@pytest.fixture
def cut(fat, table_of):
    return split.cut([fat], table_of())


def test_each_sdist_has_its_own_name_and_backend(cut, table_of):
    pyproject = (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        'backend-path = ["plugin"]\n[project]\nname = "Sample.Pack"\ndynamic = ["version"]\n'
        '[tool.rtvariants]\nmodule = "sample._core"\n'
    )
    files = {"pyproject.toml": pyproject.encode(), "PKG-INFO": b"", "src/lib.rs": b"fn a() {}",
             "plugin/p.py": b""}  # fmt: skip
    whole = sdist.Sdist("sample_pack", "1.2", files)
    made = distributions.of(table_of(), "sample-pack")
    base, fast, *_ = split_sdists.sdists(whole, cut[0], made)
    assert base.filename == "sample_pack-1.2.tar.gz"
    assert {"wheel/sample/__init__.py", "plugin/p.py"} <= set(base.files)
    assert "src/lib.rs" not in base.files
    assert fast.filename == "sample_pack_runtime_fast-1.2.tar.gz"
    data = toml.parse(fast.files["pyproject.toml"])
    dynamic = data["project"].pop("dynamic")
    assert data["project"] == {"name": "sample-pack-runtime-fast", "version": "1.2"}
    # A field that is neither stated nor dynamic is one that the package does not have.
    assert {"dependencies", "optional-dependencies", "requires-python", "scripts"} <= set(dynamic)
    assert data["build-system"] == {
        "requires": ["hatchling"], "build-backend": "rtvariants.backends.part",
        "backend-path": ["plugin"],
    }  # fmt: skip
    assert data["tool"]["rtvariants"] == {"module": "sample._core"}
    assert data["tool"]["rtvariants-part"] == {"package": "sample-pack", "runtime": "fast"}
    assert fast.files["src/lib.rs"] == b"fn a() {}"
    assert b"Name: sample-pack-runtime-fast" in fast.files["PKG-INFO"]


def test_the_sdist_of_the_base_builds_its_wheel_whatever_the_project_is_called(
    cut, table_of, tmp_path, monkeypatch
):
    files = {"pyproject.toml": b"[project]\nname = 'Sample.Pack'\n", "PKG-INFO": b""}
    whole = sdist.Sdist("sample_pack", "1.2", files)
    base = replace(cut[0], programs=frozenset({"sample/__init__.py"}))
    archive, *_ = split_sdists.sdists(whole, base, distributions.of(table_of(), "sample-pack"))
    for name, data in archive.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o755 if name in archive.programs else 0o644)
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "out" / backend.build_wheel(str(tmp_path / "out"))
    assert made.read_bytes() == base.write(tmp_path / "first").read_bytes()
    assert made.name == cut[0].filename
    assert backend.build_sdist(str(tmp_path / "again")) == archive.filename
