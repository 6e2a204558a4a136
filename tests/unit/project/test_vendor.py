"""Which crates an sdist carries whole, and what is left of the others."""

import json
from pathlib import Path

from rtvariants.project.vendor import _built, _hollow


def metadata(*edges):
    names = {name for edge in edges for name in edge[:2]}
    return {
        "packages": [
            {"id": n, "name": n, "version": "1.0.0", "manifest_path": f"/p/{n}/Cargo.toml"}
            for n in names
        ],
        "resolve": {
            "nodes": [
                {
                    "id": n,
                    "deps": [
                        {"pkg": to, "dep_kinds": [{"kind": kind}]}
                        for source, to, kind in edges
                        if source == n
                    ],
                }
                for n in names
            ]
        },
    }


def test_what_is_built_is_reached_by_normal_and_build_dependencies():
    found = _built(
        metadata(
            ("mine", "pyo3", None),
            ("mine", "proptest", "dev"),
            ("pyo3", "config", "build"),
            ("config", "pyo3", None),
            ("proptest", "rand", None),
        ),
        Path("/p/mine/Cargo.toml"),
    )
    assert found == {"mine-1.0.0", "pyo3-1.0.0", "config-1.0.0"}


def test_a_hollow_crate_keeps_its_manifest_its_digest_and_an_empty_file_for_each_target(tmp_path):
    text = (
        '[package]\nname = "x"\nbuild = "make.rs"\n[lib]\npath = "lib/x.rs"\n'
        '[[example]]\nname = "e"\npath = "examples/e.rs"\n'
    )
    (tmp_path / "Cargo.toml").write_text(text)
    (tmp_path / "big").mkdir()
    (tmp_path / "big/data.bin").write_bytes(b"x" * 1000)
    (tmp_path / "make.rs").write_text("fn main() {}")
    checksum = {"files": {"make.rs": "00"}, "package": "abc"}
    (tmp_path / ".cargo-checksum.json").write_text(json.dumps(checksum))
    _hollow(tmp_path)
    files = {
        p.relative_to(tmp_path).as_posix(): p.read_text()
        for p in tmp_path.rglob("*")
        if p.is_file()
    }
    assert json.loads(files.pop(".cargo-checksum.json")) == {"files": {}, "package": "abc"}
    assert files == {
        "Cargo.toml": text, "make.rs": "", "lib/x.rs": "", "src/lib.rs": "", "examples/e.rs": ""
    }  # fmt: skip
