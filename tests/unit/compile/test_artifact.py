"""What cargo made, according to its messages."""

from pathlib import Path

from builds import build_of

from rtvariants.compile import artifact


def messages():
    """Return what cargo says of a library, its script run for two machines, and a macro."""
    target = "/t/x86_64-unknown-linux-gnu/release"

    def made(name, kind, file):
        return {
            "reason": "compiler-artifact", "package_id": f"registry+x#{name}@1.0.0",
            "features": ["std"], "manifest_path": f"/r/{name}/Cargo.toml", "filenames": [file],
            "target": {"name": name, "kind": [kind], "src_path": f"/r/{name}/src/lib.rs"},
        }  # fmt: skip

    def script(folder):
        package_id = "registry+x#zstd-sys@1.0.0"
        return {"reason": "build-script-executed", "package_id": package_id, "out_dir": folder}

    return [
        made("zstd-sys", "lib", f"{target}/deps/libzstd_sys-1.rlib"),
        made("zstd-sys", "custom-build", "/t/release/build/zstd-sys-1/build-script-build"),
        script(f"{target}/build/zstd-sys-2/out"),
        script("/t/release/build/zstd-sys-3/out"),
        made("derive", "proc-macro", "/t/release/deps/libderive-1.so"),
        {"reason": "build-finished", "success": True},
    ]


def test_units_distinguish_what_is_linked_from_what_runs_while_building():
    build = build_of(target_dir=Path("/t"))
    units = artifact.units(build, messages())
    assert [(u.crate, u.kinds, u.for_host) for u in units] == [
        ("derive", ("proc-macro",), True),
        ("zstd-sys", ("custom-build",), True),
        ("zstd-sys", ("lib",), False),
    ]
    # Its script ran for this machine too; only what it made for the target is linked.
    folder = Path("/t/x86_64-unknown-linux-gnu/release/build/zstd-sys-2/out")
    assert [u.folder for u in units] == [None, folder, None]
    # A warm build tells the same in another order, and is the same.
    assert artifact.units(build, messages()[::-1]) == units
