"""The object with guard and stamp: what it is made of, and how it is linked."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from builds import TOOLCHAIN, build_of
from guarded_files import LINUX, object_of

from rtvariants.compile import guard_object
from rtvariants.compile.build import Command, GuardObject
from rtvariants.errors import BuildError, MachineError
from rtvariants.native.guard.image import ENTRIES

ENV = {"RTVARIANTS_RUNTIME": "fast", "CARGO_TARGET_DIR": "/w/t"}


def of(env=ENV, tools=TOOLCHAIN, **facts):
    contract = build_of(stated_by="configuration", **facts).contract
    return guard_object.of(contract, env, tools, Path("/w/base"), "fast")


def test_the_name_changes_with_all_that_it_is_made_of(monkeypatch):
    same = of().path
    assert same.parent == Path("/w/base/guards")
    assert of({**ENV, "CARGO_TARGET_DIR": "/other"}).path == same
    others = [
        of({**ENV, "RTVARIANTS_RUNTIME": "wide"}), of(level="x86_64"), of(index_bits=32),
        of(allocator="jemalloc"), of(tools=replace(TOOLCHAIN, version="rustc 1.96.0")),
    ]  # fmt: skip
    monkeypatch.setattr(guard_object, "sources", lambda: "edited")
    names = {same, *(each.path for each in [*others, of()])}
    assert len(names) == 7


def test_an_old_compiler_is_named():
    with pytest.raises(MachineError, match=r"rustc too old for the guard: 1.87.0, it needs 1.88"):
        of(tools=replace(TOOLCHAIN, release="1.87.0"))
    of(tools=replace(TOOLCHAIN, release="1.88.0-nightly"))


def test_the_oldest_compiler_is_that_of_the_guards_crate():
    manifest = (Path(__file__).parents[3] / "Cargo.toml").read_text(encoding="utf-8")
    assert f'rust-version = "{".".join(map(str, guard_object.OLDEST))}"' in manifest


GUARD = GuardObject(Path("/w/g.o"), (), {})


ONE, TWO = ENTRIES
APPLE = "aarch64-apple-darwin"
EXPORTS = ["-u", f"_{ONE}", "-exported_symbol", f"_{ONE}",
           "-u", f"_{TWO}", "-exported_symbol", f"_{TWO}"]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "linker", "flags", "options"),
    [
        (LINUX, "", (), [f"-Wl,-u,{ONE},-u,{TWO}"]),
        (LINUX, "/opt/x86_64-linux-gnu-gcc", (), [f"-Wl,-u,{ONE},-u,{TWO}"]),
        (LINUX, "/usr/bin/ld.lld", (), ["-u", ONE, "-u", TWO]),
        (LINUX, "rust-lld", (), ["-u", ONE, "-u", TWO]),
        (LINUX, "rust-lld", ("-Clinker-flavor=gnu-lld-cc",), [f"-Wl,-u,{ONE},-u,{TWO}"]),
        (APPLE, "", ("-Clinker-flavor=ld64.lld",), EXPORTS),
        (APPLE, "", (), [",".join(["-Wl", *EXPORTS])]),
        ("x86_64-pc-windows-msvc", "lld-link", (), [f"/INCLUDE:{ONE}", f"/INCLUDE:{TWO}"]),
    ],
)
def test_the_linker_keeps_the_guard(target, linker, flags, options):
    contract = build_of(target=target, rustflags=flags).contract
    found = guard_object.link_arguments(GUARD, contract, linker)
    assert found[::2] == ("-C",) * len(found[::2])
    words = [each.removeprefix("link-arg=") for each in found[1::2]]
    assert words == ["/w/g.o", *options]


def test_the_object_has_the_stamp_and_needs_only_python(tmp_path):
    data = object_of(tmp_path, index_bits=32).read_bytes()
    for line in ("package=g", "runtime=fast", "index-bits=32", "stated-by=configuration"):
        assert f"\n{line}\n".encode() in data
    assert b",avx2," in data
    assert b"panic" not in data
    base = object_of(tmp_path, level="x86_64").read_bytes()
    assert b"avx" not in base.partition(b"features=")[2].partition(b"\n")[0]


def test_an_object_is_made_once_and_replaces_older_ones(tmp_path):
    path = object_of(tmp_path)
    stamp = path.stat().st_mtime_ns
    assert object_of(tmp_path).stat().st_mtime_ns == stamp
    other = object_of(tmp_path, level="x86_64_v2")
    assert [*path.parent.iterdir()] == [other]


def test_what_the_compiler_says_is_shown(tmp_path):
    guard = GuardObject(tmp_path / "guards/fast-1.o", ("rustc", "--no-such-option"), {})
    build = replace(build_of(), guard=guard, command=Command((), cwd=tmp_path))
    with pytest.raises(BuildError, match="the guard of runtime `fast` can't be compiled") as info:
        guard_object.make(build, os.environ)
    assert "no-such-option" in info.value.log
    assert not guard.path.exists()


def test_missing_sources_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(guard_object, "_SOURCES", tmp_path)
    with pytest.raises(MachineError, match="no sources of the guard"):
        guard_object.sources.__wrapped__()
