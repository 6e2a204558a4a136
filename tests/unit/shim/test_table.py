"""The loader's table: written, read back without running it, and made for the interpreter."""

import pytest

from rtvariants.config import load
from rtvariants.shim import table


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    levels = {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
    safe = {"name": "safe", "level": {"x86_64": "x86_64", "aarch64": "aarch64"}}
    runtimes = [{"name": "fast", "level": levels}, safe]
    data = {"crate": ".", "module": "g._core", "env": "G_RT", "runtimes": runtimes}
    return table.all_of(load.parse(data, tmp_path), "1.0", {"fast": "g-runtime-fast==1.0"})


def run(source, **known):
    """Run a table's source as the loader does, with a host of our own."""
    source = source.replace("from .types", "from rtvariants.loader.types")
    source = source.replace("from .host", "from rtvariants.loader.host")
    space = dict(known)
    exec(source, space)
    return space["TABLE"]


def test_what_is_written_is_read_back(tables):
    assert table.read(table.source(tables)) == tables
    assert table.read(table.source(tables[:1])) == tables[:1]
    assert run(table.source(tables[:1])) == tables[:1][0]


@pytest.mark.parametrize(
    ("platform", "triplet", "host"),
    [
        ("linux", "aarch64-linux-gnu", ("linux", "aarch64")),
        ("linux", "x86_64-linux-musl", ("linux", "x86_64")),
        ("darwin", "darwin", ("macos", "aarch64")),
        # A platform without a table gets the first, whose rejections say what it is for.
        ("linux", "riscv64-linux-gnu", ("linux", "x86_64")),
    ],
)
def test_a_base_has_the_table_of_its_interpreter(tables, monkeypatch, platform, triplet, host):
    import sys

    import rtvariants.loader.host

    source = table.source(tables)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys.implementation, "_multiarch", triplet, raising=False)
    monkeypatch.setattr(rtvariants.loader.host, "interpreter", lambda: ("aarch64", "macos"))
    found = run(source)
    assert (found.system, found.machine) == host
    assert found == next(t for t in tables if (t.system, t.machine) == host)


@pytest.mark.parametrize(
    "text",
    ["", "import os", "TABLE = Table(", "TABLE = Table(package=open('x'), runtimes=())",
     "TABLE = Table(runtimes=(Runtime(name=1),))", "TABLE = Table()"],
)  # fmt: skip
def test_other_text_is_refused_and_never_run(text):
    with pytest.raises(ValueError, match="not a table of rtvariants"):
        table.read(text)
