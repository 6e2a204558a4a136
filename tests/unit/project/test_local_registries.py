"""Folders of vendored crates in a project: whole in the sdist, and as their checksums say."""

import hashlib
import json
import subprocess

import pytest
from folders import lay_out
from tables import LEAST

from rtvariants.archives.sdist import Sdist, read
from rtvariants.errors import RtvariantsError
from rtvariants.project import local_registries, sdist, tree

CONFIG = '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "{}"\n'
CRATE = {
    "Cargo.toml": "[package]\n",
    "build/x.c": "",
    "lib/libx.a": "a",
    "target/mod.rs": "",
    ".env": "",
}


@pytest.fixture
def root(tmp_path):
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in CRATE.items()}
    files = {f"vendor/x/{name}": text for name, text in CRATE.items()}
    files["vendor/x/.cargo-checksum.json"] = json.dumps({"files": sums, "package": "0"})
    files |= {
        ".gitignore": "*.a\nbuild/\n.env\n",
        ".cargo/config.toml": CONFIG.format("vendor"),
        "pyproject.toml": LEAST,
        "Cargo.toml": '[package]\nname = "pkg"\n',
        "Cargo.lock": "",
        "src/lib.rs": "",
    }
    lay_out(tmp_path, files)
    subprocess.run(["git", "-C", tmp_path, "init", "-q"], check=True)
    return tmp_path


def completed(root, files=()):
    written = Sdist("pkg", "1.0", {"PKG-INFO": b"x", **dict(files)}).write(root / "out")
    sdist.complete(written, tree.read(root))
    return read(written).files


def test_vendored_crates_are_whole_whatever_version_control_ignores(root):
    made = completed(root)
    assert {f"vendor/x/{name}" for name in CRATE} < set(made)
    assert made["vendor/x/lib/libx.a"] == b"a"


def test_a_configuration_that_stays_out_brings_no_crates(root):
    (root / ".gitignore").write_text(".cargo/\n")
    assert not [name for name in completed(root) if name.startswith("vendor/")]


def test_a_file_that_differs_from_its_checksum_or_is_missing_is_named(root):
    (root / "vendor/x/lib/libx.a").unlink()
    with pytest.raises(RtvariantsError) as caught:
        completed(root, {"vendor/x/build/x.c": b"\r\n"}.items())
    missing, changed = caught.value.problems
    assert missing.what == "changed file of a vendored crate: `vendor/x/build/x.c`"
    assert changed.what == "missing file of a vendored crate: `vendor/x/lib/libx.a`"
    assert "git add -f" in changed.hint
    assert not list((root / "out").glob("*.tar.gz"))


@pytest.mark.parametrize("folder", ["../vendor", "nowhere"])
def test_a_folder_that_the_sdist_can_not_hold_is_refused(root, folder):
    (root / ".cargo/config.toml").write_text(CONFIG.format(folder))
    with pytest.raises(RtvariantsError, match=f"crates that the sdist can't hold: `{folder}`"):
        completed(root)


def test_only_relative_folders_are_part_of_the_project():
    sources = {"a": {"directory": "/opt/x"}, "b": {"local-registry": "here"}, "c": {"git": "x"}}
    assert local_registries.folders({"source": sources}) == ["here"]
