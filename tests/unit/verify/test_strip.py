"""Stripping a built file by the tool of its system."""

import pytest
from builds import build_of
from small_libraries import of_microsoft

from rtvariants.errors import MachineError
from rtvariants.native import pe
from rtvariants.verify.strip import strip

WINDOWS = build_of(target="x86_64-pc-windows-msvc")


def test_a_file_for_windows_needs_no_tool(small_library, tmp_path, monkeypatch):
    monkeypatch.delenv("STRIP", raising=False)
    monkeypatch.setenv("PATH", "")
    source, target = of_microsoft(small_library), tmp_path / "native.so"
    strip(source, target, WINDOWS)
    assert target.read_bytes() == pe.stripped(source.read_bytes())


def test_where_no_tool_can_read_the_file_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("STRIP", raising=False)
    source, target = tmp_path / "libg.so", tmp_path / "native.so"
    source.write_bytes(b"not a library")
    with pytest.raises(MachineError, match=r"no `strip` that can read `libg\.so` for `x86_64-unk"):
        strip(source, target, build_of())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MachineError, match="none found"):
        strip(source, target, build_of())
    assert list(tmp_path.iterdir()) == [source]


def test_the_named_tool_is_asked_first(tmp_path, monkeypatch):
    tool = tmp_path / "my-strip"
    tool.write_text('#!/bin/sh\nprintf "%s" "$1" > "$3"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("STRIP", str(tool))
    source, target = tmp_path / "libg.so", tmp_path / "native.so"
    source.write_bytes(b"a library")
    strip(source, target, build_of())
    assert target.read_text() == "--strip-unneeded"
    strip(source, target, build_of(target="aarch64-apple-darwin"))
    assert target.read_text() == "-x"
