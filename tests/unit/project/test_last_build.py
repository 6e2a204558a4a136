"""What the last build has read, by cargo's own lists, and what an sdist does with it."""

import subprocess

import pytest
from tables import LEAST

from rtvariants.archives.sdist import Sdist, read
from rtvariants.project import last_build, sdist, tree

FILES = {
    "pyproject.toml": LEAST,
    "Cargo.toml": '[package]\nname = "pkg"\n',
    "Cargo.lock": "",
    "src/lib.rs": "",
    "python/pkg/table of data.bin": "",
    "python/pkg/schema/one.json": "",
    "made/code.txt": "",
    ".gitignore": "/made/\n/target/\n",
}
LIST = "target/rtvariants/x86_64-linux/x86_64/base/x86_64-linux/release/libpkg.d"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    root = tmp_path / "tree"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "beside.txt").touch()
    made = root / "target/rtvariants/out.rs"
    named = ["src/lib.rs", "python/pkg/table of data.bin", "python/pkg/schema", "made/code.txt",
             "../beside.txt", "gone.rs"]  # fmt: skip
    paths = [str(root / name).replace(" ", "\\ ") for name in named]
    listed = root / LIST
    listed.parent.mkdir(parents=True)
    paths[4] = str(tmp_path / "beside.txt")
    made.touch()
    listed.write_text(f"{listed.with_suffix('.so')}: {' '.join([*paths, str(made)])}\n")
    return root


def test_files_and_folders_that_are_still_there_are_listed(root, tmp_path, monkeypatch):
    found = [path.relative_to(tmp_path).as_posix() for path in last_build.files(root, root)]
    assert found == [
        "beside.txt", "tree/made/code.txt", "tree/python/pkg/schema/one.json",
        "tree/python/pkg/table of data.bin", "tree/src/lib.rs",
    ]  # fmt: skip
    assert last_build.files(root, tmp_path / "another tree") == []
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "elsewhere"))
    assert last_build.files(root, root) == []


def test_what_the_last_build_read_is_in_the_sdist_or_is_named(root, tmp_path, capsys):
    subprocess.run(["git", "-C", root, "init", "-q"], check=True)
    written = Sdist("pkg", "1.0", {"PKG-INFO": b"x"}).write(tmp_path)
    sdist.complete(written, tree.read(root))
    assert {
        "python/pkg/schema/one.json", "python/pkg/table of data.bin", "src/lib.rs"
    } <= set(read(written).files)  # fmt: skip
    said = capsys.readouterr().err
    assert "warning: not in the sdist, because git ignores them: `made/code.txt`\n" in said
    assert f"although the code includes it: {tmp_path / 'beside.txt'}\n" in said


def test_a_crate_of_a_registry_that_reads_what_its_build_script_wrote_is_not_of_the_project(
    root, tmp_path
):
    # Projects keep their target directory below their own folder.
    registry = tmp_path / "registry/lexicon/src/lib.rs"
    registry.parent.mkdir(parents=True)
    registry.touch()
    written = root / "target/rtvariants/x86_64-linux/x86_64/base/release/build/out/host.rs"
    listed = root / "target/rtvariants/x86_64-linux/x86_64/base/release/deps/lexicon.d"
    for path in (written, listed):
        path.parent.mkdir(parents=True, exist_ok=True)
    written.touch()
    listed.write_text(f"{listed}: {registry} {written}\n")
    assert registry not in last_build.files(root, root)
