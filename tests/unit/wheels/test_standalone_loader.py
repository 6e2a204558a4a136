"""What the stamps of extension modules of another tool must say, as in docs/loader-alone.md."""

import pytest

from rtvariants.config import load
from rtvariants.errors import ConfigError
from rtvariants.wheels import standalone_loader

FACTS = {
    "package": "tempo", "version": "0.3.0", "level": "x86_64_v3", "index-bits": "64",
    "target": "x86_64-unknown-linux-gnu", "allocator": "system", "abi": "cp310-abi3",
}  # fmt: skip


@pytest.fixture
def table(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    levels = {"v3": "x86_64_v3", "base": "x86_64"}
    runtimes = [
        {"name": name, "level": {"x86_64": level}, "index-bits": 64}
        for name, level in levels.items()
    ]
    data = {"crate": ".", "module": "tempo._beat", "env": "TEMPO_RUNTIME", "runtimes": runtimes}
    return load.parse(data, tmp_path)


def facts(**others):
    return {
        "v3": FACTS | {"runtime": "v3"} | others,
        "base": FACTS | {"runtime": "base", "level": "x86_64"} | others,
    }


def problems(table, found):
    return [
        f.render()
        for f in standalone_loader._problems(standalone_loader._table(table, found["v3"]), found)
    ]


def test_stamps_that_fit_have_no_problem_and_make_the_table(table):
    assert problems(table, facts()) == []
    made = standalone_loader._table(table, facts()["v3"])
    assert (made.version, made.machine, made.system) == ("0.3.0", "x86_64", "linux")
    assert [(r.name, r.abi) for r in made.runtimes] == [
        ("v3", "cp310-abi3"),
        ("base", "cp310-abi3"),
    ]


def test_a_stamp_of_another_version_is_reported(table):
    found = facts() | {"base": facts(version="0.2.0")["base"]}
    (said,) = problems(table, found)
    assert said.startswith("runtime `base`: its version is `0.2.0`, this package has `0.3.0`")


@pytest.mark.parametrize(("key", "variable"), [("version", "VERSION"), ("abi", "ABI")])
def test_a_variable_that_the_compiler_did_not_get_is_named(table, key, variable):
    assert problems(table, facts(**{key: ""})) == [
        f"the stamps have no {key}\nhint: set `RTVARIANTS_{variable}` while cargo runs"
    ]


@pytest.mark.parametrize("target", ["", "aarch64-apple-darwin", "wasm32-unknown-unknown"])
def test_a_target_without_a_configured_level_is_refused(table, target):
    with pytest.raises(ConfigError, match=f"the stamp's target is `{target}`") as refused:
        standalone_loader._table(table, facts(target=target)["v3"])
    assert "`RTVARIANTS_TARGET`" in str(refused.value)


def test_missing_modules_are_reported_together_and_nothing_is_written(table, tmp_path):
    (tmp_path / "natives").mkdir()
    with pytest.raises(ConfigError) as refused:
        standalone_loader.write(table, tmp_path / "natives")
    assert [p.where for p in refused.value.problems] == ["runtime `v3`", "runtime `base`"]
    (tmp_path / "natives" / "_tempo_v3").mkdir()
    (tmp_path / "natives" / "_tempo_v3" / "_beat.abi3.so").write_bytes(b"not a module")
    with pytest.raises(ConfigError) as refused:
        standalone_loader.write(table, tmp_path / "natives")
    assert "no extension module" not in refused.value.problems[0].what
    assert not (tmp_path / "natives" / "_tempo_loader").exists()
