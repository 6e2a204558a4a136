"""What goes into the wheel: the loader's table, and targets that can be read back."""

import types
from dataclasses import replace

import pytest
from builds import build_of

from rtvariants.config import load
from rtvariants.loader.types import Runtime, Table
from rtvariants.targets import levels
from rtvariants.wheels import layout


@pytest.fixture
def table(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    fast = {"name": "fast", "level": {"x86_64": "x86_64_v3"}, "select": "explicit"}
    safe = {"name": "safe", "level": {"x86_64": "x86_64"}}
    fast["index-bits"] = safe["index-bits"] = 32
    data = {"crate": ".", "module": "g._core", "env": "G_RT", "runtimes": [fast, safe]}
    return load.parse(data, tmp_path)


def test_the_written_table_is_what_the_loader_reads(table):
    facts = {"index_bits": 32, "allocator": "system", "abi": "cp310-abi3"}
    builds = [
        build_of(runtime="fast", level="x86_64_v3", **facts),
        build_of(runtime="safe", level="x86_64", **facts),
    ]
    tools = types.SimpleNamespace(machine="x86_64", system="linux")
    stamps = {"safe": b"what it says\n"}
    source = layout.loader_files(table, tools, builds, "1.0", stamps)["table.py"]
    assert "from .types import Runtime, Table" in source
    space = {"Runtime": Runtime, "Table": Table}
    exec(source.replace("from .types import Runtime, Table", ""), space)
    assert space["TABLE"] == Table(
        package="g", version="1.0", alias="g._core", env="G_RT", machine="x86_64", system="linux",
        runtimes=(
            Runtime(
                name="fast", module="_g_fast._core", level="x86_64_v3", select="explicit", **facts,
                needs=levels.needs("x86_64_v3", "linux"),
            ),
            Runtime(
                name="safe", module="_g_safe._core", level="x86_64", select="auto", **facts,
                needs=(), stamp="what it says\n",
            ),
        ),
    )  # fmt: skip


def test_a_wheel_without_some_runtimes_gives_a_warning(table, capsys, monkeypatch):
    layout.warn_of_absent(table)
    assert capsys.readouterr().err == ""
    part = replace(table, build=replace(table.build, runtimes=("fast",)))
    layout.warn_of_absent(part)
    said = capsys.readouterr().err
    assert said == (
        "warning: tool.rtvariants.build.runtimes: built without `safe`: for development only\n"
    )
    monkeypatch.setenv("RTVARIANTS_RUNTIMES", "fast")
    layout.warn_of_absent(part)
    assert capsys.readouterr().err.startswith("warning: RTVARIANTS_RUNTIMES: built without `safe`")
    # The user of the command has just said so.
    with load.overriding(options={"runtimes": ["fast"]}):
        layout.warn_of_absent(part)
    assert capsys.readouterr().err == ""
