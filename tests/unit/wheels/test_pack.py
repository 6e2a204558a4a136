"""One packaging, written whole or not at all; wheels that do not belong together are refused."""

import pytest

from rtvariants.archives import sdist
from rtvariants.cli import main
from rtvariants.errors import VerifyError, WheelError
from rtvariants.wheels.pack import pack

PYPROJECT = {"pyproject.toml": b"[project]\nname = 'x'\n", "PKG-INFO": b""}


def source(folder, name="sample_pack", version="1.2"):
    return sdist.Sdist(name, version, PYPROJECT).write(folder)


@pytest.fixture
def packed(fat, table_of, tmp_path):
    """Return a function that packs the wheel and says what is in the folder then."""
    wheel = fat.write(tmp_path / "in")
    out = tmp_path / "out"

    def run(kind, source=None, **more):
        module = more.pop("module", "sample._core")
        pack(kind, [wheel], source, table_of(**more, module=module), out)

    run.left = lambda: sorted(p.name for p in out.iterdir()) if out.is_dir() else []
    return run


def test_split_packages_are_built_from_the_sources_of_the_package(packed, tmp_path):
    packed("split", source(tmp_path, "Sample.Pack", "1.2.0"))
    assert "sample_pack_runtime_fast-1.2.tar.gz" in packed.left()


@pytest.mark.parametrize("kind", ["fat", "split", "variant"])
@pytest.mark.parametrize(("name", "version"), [("other", "1.2"), ("sample_pack", "1.3")])
def test_an_sdist_of_another_project_or_version_is_refused(packed, tmp_path, kind, name, version):
    with pytest.raises(WheelError, match=r"not the sdist of `sample-pack` 1\.2\nhint: give"):
        packed(kind, source(tmp_path, name, version))
    assert packed.left() == []


@pytest.mark.parametrize("kind", ["fat", "split", "variant"])
def test_a_wheel_of_another_project_is_refused(packed, kind):
    with pytest.raises(WheelError, match=r"package is `sample`, that of pyproject\.toml `other`"):
        packed(kind, module="other._core")
    assert packed.left() == []


@pytest.mark.parametrize("kind", ["fat", "split", "variant"])
def test_a_platform_has_one_wheel(fat, table_of, tmp_path, kind):
    path = fat.write(tmp_path / "in")
    with pytest.raises(WheelError, match="two wheels for `manylinux_2_17_"):
        pack(kind, [path, path], None, table_of(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_wheel_that_is_too_large_leaves_nothing(packed):
    with pytest.raises(VerifyError, match=r"more than the 1\.0 kB"):
        packed("split", sizes={"wheel": "1 kB"})
    assert packed.left() == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sample.tar.gz", "not the name of an sdist\nhint: an sdist is called"),
        ("sample-x.tar.gz", "not the name of an sdist\nhint: an sdist is called"),
        ("sample-1.zip", "not the name of an sdist\nhint: an sdist is called"),
        ("sample-1.tar.gz", "No such file or directory\nhint: name a file that exists"),
    ],
)
def test_a_file_that_is_not_an_sdist_is_refused(packed, tmp_path, name, said):
    with pytest.raises(WheelError, match=said):
        packed("split", tmp_path / name)


@pytest.mark.parametrize("text", [None, b"not toml [", b"\xff"])
def test_an_sdist_whose_pyproject_can_not_be_read_is_refused(packed, tmp_path, text):
    files = {"PKG-INFO": b""} if text is None else {"pyproject.toml": text}
    path = sdist.Sdist("sample_pack", "1.2", files).write(tmp_path)
    with pytest.raises(WheelError, match=r"sample_pack-1\.2\.tar\.gz: pyproject\.toml of it can't"):
        packed("split", path)
    assert packed.left() == []


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_listing_of_sizes_has_at_least_one_line(capsys, number):
    with pytest.raises(SystemExit):
        main(["size", "x", f"--top={number}"])
    assert f"not a number of lines: `{number}`" in capsys.readouterr().err
