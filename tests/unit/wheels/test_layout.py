"""What goes into the wheel: the loader's table, and targets that can be read back."""

import types
from dataclasses import replace

import pytest
from builds import build_of

from rtvariants.config import load
from rtvariants.config.model import AllowConfig, ModuleConfig
from rtvariants.errors import Problem, VerifyError
from rtvariants.loader.types import Runtime, Table
from rtvariants.targets import levels
from rtvariants.verify.cached import Checked
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
        "warning: tool.rtvariants.build.runtimes: built without `safe`: some CPUs can't import it\n"
    )
    layout.warn_of_absent(replace(table, build=replace(table.build, runtimes=("safe",))))
    assert capsys.readouterr().err.endswith("built without `fast`\n"), "every CPU runs this one"
    monkeypatch.setenv("RTVARIANTS_RUNTIMES", "fast")
    layout.warn_of_absent(part)
    assert capsys.readouterr().err.startswith("warning: RTVARIANTS_RUNTIMES: built without `safe`")
    # The user of the command has just said so.
    with load.overriding(options={"runtimes": ["fast"]}):
        layout.warn_of_absent(part)
    assert capsys.readouterr().err == ""


def checked(folder, module, **facts):
    native = folder / f"{module}.so"
    native.write_bytes(bytes(1000))
    made = {"native": native, "stamp": native, "sbom": native, "floor": (2, 17), "problems": []}
    return Checked(build_of(**facts.pop("build", {})), **{**made, **facts})


@pytest.fixture
def two(table):
    """Return the configuration of two extension modules, each with two runtimes."""
    return replace(table, modules=(ModuleConfig(module="g._more", crate=table.crate, features=()),))


def test_a_limit_of_size_holds_for_all_extension_modules_together(two, tmp_path):
    done = [checked(tmp_path, name) for name in "abcd"]
    layout.judge(replace(two, sizes=replace(two.sizes, installed=4000)), done)
    with pytest.raises(
        VerifyError, match=r"modules of 4\.0 kB together, 1 B more than the 4\.0 kB"
    ):
        layout.judge(replace(two, sizes=replace(two.sizes, installed=3999)), done)


def test_the_violations_of_all_extension_modules_are_reported_at_once(two, tmp_path):
    done = [checked(tmp_path, name, problems=[Problem(f"fault of {name}")]) for name in "abcd"]
    with pytest.raises(VerifyError) as caught:
        layout.judge(two, done)
    assert [p.what for p in caught.value.problems] == [f"fault of {name}" for name in "abcd"]


def test_an_entry_that_one_extension_module_needs_is_not_reported_as_unused(two, tmp_path, capsys):
    entry = AllowConfig(reason="asks first", crate="x", symbol="*", features=())
    config = replace(two, allow_instructions=(entry,))
    done = [checked(tmp_path, name) for name in "abcd"]
    layout.judge(config, [*done[:3], replace(done[3], allowed=(str(entry),))])
    assert capsys.readouterr().err == ""
    layout.judge(config, done)
    assert "allow-instructions[0]: not needed in this build: `x`" in capsys.readouterr().err


def test_no_file_of_a_wheel_is_at_two_places_in_it(tmp_path):
    # A build tool that knows files by their place in the tree takes each one only once.
    source = tmp_path / "choice.py"
    source.write_text("one = 1\n")
    parts = [
        layout.Package({f"_{name}_loader/choice.py": source}, "cp311-cp311-linux_x86_64")
        for name in "abc"
    ]
    whole = layout.together(parts, tmp_path / "made")
    assert len(set(whole.files.values())) == len(whole.files) == 3
    assert {path.read_text() for path in whole.files.values()} == {"one = 1\n"}
    assert layout.together(parts[:1], tmp_path).files == {"_a_loader/choice.py": source}
