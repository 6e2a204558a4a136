"""`rtvariants plan`: its text and its JSON, compared with files that a person has read.

`BLESS=1 pytest tests/unit/cli/test_plan.py` writes them again.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from builds import CRATE, TOOLCHAIN

from rtvariants.cli import main
from rtvariants.cli import plan as command
from rtvariants.compile.build import GuardObject
from rtvariants.compile.plan import plan
from rtvariants.config import load
from rtvariants.config.pgo import PgoConfig
from rtvariants.targets import levels
from rtvariants.toolchain.probe import flag_sets

GOLDEN = Path(__file__).parent / "golden"
LINUX = "x86_64-unknown-linux-gnu"


@pytest.fixture
def made(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    level = {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
    data = {
        "crate": ".",
        "module": "greeter._hello",
        "env": "GREETER_RUNTIME",
        "runtimes": [
            {"name": "fast", "level": level, "features": ["simd"], "allocator": "jemalloc"},
            {"name": "safe", "level": {"x86_64": "x86_64", "aarch64": "aarch64"}},
        ],
    }
    table = replace(load.parse(data, tmp_path), root=Path("/w"))
    crate = replace(CRATE, name="greeter", lib="greeter", manifest=Path("/w/Cargo.toml"))
    features = {"x86_64": ("fxsr", "sse", "sse2"), "x86_64_v3": ("avx", "avx2", "fma")}
    found = {levels.rustc_flags(name): values for name, values in features.items()}
    tools = replace(TOOLCHAIN, cfg_features=found, commit="")
    assert set(flag_sets(table)) == {"x86_64", "aarch64"}
    return command.Plan("greeter", "1.4.0", 2, 2, plan(table, tools, crate, "1.4.0"))


def compared(name, text):
    file = GOLDEN / name
    if os.environ.get("BLESS"):
        file.write_text(text)
    assert file.read_text() == text


def test_the_plan_as_text(made, monkeypatch):
    for name in made.builds[0].command.unset:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VIRTUAL_ENV", "/tmp/env")
    compared("plan.txt", command.text(made) + "\n")


def test_the_plan_as_json(made):
    compared("plan.json", json.dumps(command.facts(made), indent=2) + "\n")


def test_the_plan_shows_how_the_guard_is_made_that_a_command_links(made):
    guard = GuardObject(Path("/w/guards/fast-1.o"), ("rustc", "--emit=obj"), {"A": "b c"})
    shown = command.Plan("g", "1", 1, 1, (replace(made.builds[0], guard=guard),))
    (line,) = [x for x in command.text(shown).splitlines() if x.startswith("  guard: ")]
    assert line.startswith("  guard: A='b c' rustc --emit=obj -o /w/guards/fast-1.o ")
    assert command.facts(shown)["builds"][0]["guard"][:3] == [*guard.argv, "-o"]


def test_a_wrong_configuration_is_reported_and_no_plan_is_printed(tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text('[tool.rtvariants]\ncrate = "."\n')
    assert main(["plan", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("error: ") == 4
    assert "error: tool.rtvariants: missing key: `module`" in said.err


def test_an_unknown_runtime_is_an_error_with_the_nearest_name(root, capsys):
    assert main(["plan", str(root / "tests/packages/greeter"), "--runtime", "fst"]) == 1
    assert "unknown runtime to build: `fst`\nhint: did you mean `fast`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"command": "c"}, "profiles: of `c`"),
        ({"profiles": "pgo"}, "profiles: those in `pgo` that fit"),
        ({"command": "c", "profiles": "pgo"}, "profiles: those in `pgo` that fit, else of `c`"),
        ({"command": "c", "profiles": "pgo", "mode": "run"}, "profiles: of `c`"),
        ({"command": "c", "profiles": "pgo", "mode": "stored"}, "those in `pgo` that fit"),
    ],
)
def test_a_build_with_profiles_says_where_they_come_from(made, settings, said):
    profiled = replace(made, profiles=PgoConfig(**settings))
    (line,) = (line for line in command.text(profiled).splitlines() if "profiles: " in line)
    assert line.endswith(said)
    assert command.facts(profiled)["profiles"]["mode"] == settings.get("mode", "auto")
    assert "profiles: " not in command.text(made)
