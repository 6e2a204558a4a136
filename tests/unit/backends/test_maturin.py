"""The stand-in for cargo that maturin calls, and the line that an editable install adds."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from rtvariants.backends import maturin
from rtvariants.toolchain import commands

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script")
ODD = "a b'c\"d$e`f;g%h\\i"


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """Return the folder of the stand-in, whose real cargo is in a folder with an odd name."""
    folder = tmp_path / ODD
    folder.mkdir()
    cargo = folder / "cargo-itself"
    cargo.write_text('#!/bin/sh\necho "itself: $*"\n')
    cargo.chmod(0o755)
    manifest = folder / "Cargo.toml"
    target = {"name": "x", "kind": ["lib"], "crate_types": ["lib"]}
    package = {"id": "x", "manifest_path": str(manifest), "targets": [target]}
    monkeypatch.setattr(commands, "run", lambda *_: json.dumps({"packages": [package]}))
    native = tmp_path / "native"
    native.write_bytes(b"native")
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    monkeypatch.delenv("CARGO", raising=False)
    config = SimpleNamespace(crate=folder, root=folder)
    place = tmp_path / f"{ODD} too"
    place.mkdir()
    with maturin._compiled(place, str(cargo), config, native):
        yield place
    assert os.environ["TMPDIR"] == "/nonexistent"
    assert "CARGO" not in os.environ


def test_it_answers_with_what_is_built_and_passes_the_rest_on(compiled):
    assert os.environ["TMPDIR"] == str(compiled), "the system's own may be unusable"

    def said(*words):
        argv = [os.environ["CARGO"], *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    message, end = map(json.loads, said("rustc", "--release").splitlines())
    assert Path(message["filenames"][0]).read_bytes() == b"native"
    assert end["success"]
    assert said("metadata", "a b") == "itself: metadata a b\n"


@pytest.mark.parametrize("name", ["plain", "with space", "Jürgen", "new\nline", "日本"])
def test_a_path_line_adds_the_folder_in_every_encoding(name):
    line = maturin._path_line(Path("/x", name))
    path = []
    # `site` runs a line that begins with `import`, and takes any other one as a path.
    for encoding in ("utf-8", "cp1252", "ascii"):
        text = line.decode(encoding).removesuffix("\n")
        assert "\n" not in text
        if text.startswith("import "):
            exec(text.replace("sys.path", "path").removeprefix("import sys; "), {"path": path})
        else:
            path.append(text)
    assert path == [f"/x/{name}"] * 3
