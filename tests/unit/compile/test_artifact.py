"""What cargo made, according to its messages."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from builds import build_of
from guarded_files import EXPORT

from rtvariants.compile import artifact
from rtvariants.compile.build import GuardObject
from rtvariants.errors import BuildError
from rtvariants.native.guard import marker


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


def test_the_linked_pyo3_ffi_says_for_which_python_all_is_compiled(tmp_path):
    target = f"{tmp_path}/x86_64-unknown-linux-gnu/release"

    def made(name, features, file, kind="lib"):
        return {
            "reason": "compiler-artifact", "package_id": f"registry+x#{name}@0.30.1",
            "features": features, "manifest_path": f"/r/{name}/Cargo.toml", "filenames": [file],
            "target": {"name": name, "kind": [kind], "src_path": f"/r/{name}/src/lib.rs"},
        }  # fmt: skip

    def script(folder, *cfgs):
        package_id = "registry+x#pyo3-ffi@0.30.1"
        return {
            "reason": "build-script-executed", "package_id": package_id, "out_dir": folder,
            "cfgs": list(cfgs),
        }  # fmt: skip

    (tmp_path / "libg.so").write_bytes(b"")
    said = [
        made("pyo3-ffi", [], f"{tmp_path}/release/build/pyo3-ffi-1/build-script", "custom-build"),
        script(f"{target}/build/pyo3-ffi-2/out", "Py_3_10", "Py_LIMITED_API"),
        script(f"{tmp_path}/release/build/pyo3-ffi-3/out", "Py_3_13"),
        made("pyo3-ffi", ["abi3-py310"], f"{target}/deps/libpyo3_ffi-1.rlib"),
        made("pyo3-ffi", ["abi3-py39"], f"{tmp_path}/release/deps/libpyo3_ffi-2.rlib"),
        made("pyo3", ["macros"], f"{target}/deps/libpyo3-1.rlib"),
        made("g", [], f"{tmp_path}/libg.so", "cdylib"),
    ]
    found = artifact.collect(
        build_of(target_dir=tmp_path, output_dir=tmp_path / "out", lib="g"), said, ""
    )
    assert found.pyo3_features == ("abi3-py310",)
    assert found.pyo3_cfgs == ("Py_3_10", "Py_LIMITED_API")


def collected(tmp_path, library):
    """Return what is collected of a cargo that has linked this library with a guard."""
    path = tmp_path / "libg.so"
    if not path.is_file() or path.read_bytes() != library:
        path.write_bytes(library)
    guard = GuardObject(tmp_path / "fast.o", (), {})
    (tmp_path / "out").mkdir(exist_ok=True)
    build = replace(build_of(lib="g", output_dir=tmp_path / "out"), guard=guard)
    module = {
        "reason": "compiler-artifact", "package_id": "path+file:///w#g@1.0", "features": [],
        "manifest_path": "/w/Cargo.toml", "filenames": [str(path)],
        "target": {"name": "g", "kind": ["cdylib"], "src_path": "/w/src/lib.rs"},
    }  # fmt: skip
    return artifact.collect(build, [module], "log")


def test_the_kept_copy_has_the_guard_before_its_init_function(tmp_path, linked):
    before = linked()
    found = collected(tmp_path, before)
    assert (tmp_path / "libg.so").read_bytes() == before
    assert (found.path.read_bytes(), found.inits) == marker.linked(before, EXPORT)
    kept = found.path.stat()
    assert collected(tmp_path, before) == found
    assert found.path.stat() == kept


def test_a_copy_that_was_left_without_its_guard_is_replaced(tmp_path, linked):
    found = collected(tmp_path, linked())
    times = found.path.stat()
    found.path.write_bytes(linked())
    os.utime(found.path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert [*marker.problems(collected(tmp_path, linked()).path.read_bytes(), EXPORT)] == []


def test_a_guard_that_the_linker_has_dropped_is_one_error(tmp_path, linked):
    with pytest.raises(BuildError) as info:
        collected(tmp_path, linked(guard=False))
    (problem,) = info.value.problems
    assert problem.what == "runtime `fast` gets no guard: no guard in the file"
    assert "the linker has dropped the guard" in problem.hint
    assert not (tmp_path / "out" / "libg.so").exists()
