"""`rtvariants release`: what is built where, sizes beside the last release, and how it refuses."""

import argparse
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import release_kit as kit

from rtvariants import cli
from rtvariants.cli.release import ORDER, STEPS, cells
from rtvariants.cli.release import test as release_test
from rtvariants.errors import MachineError, RtvariantsError
from rtvariants.release import sizes
from rtvariants.release.index import Remote
from rtvariants.release.manifest import File, Manifest
from rtvariants.release.rehearsal import dependencies
from rtvariants.targets import platforms
from rtvariants.targets.platforms import PLATFORMS
from rtvariants.toolchain import cross
from rtvariants.wheels import layout


@pytest.fixture
def declared(tmp_path, monkeypatch):
    """A declaration of four platforms, seen from an x86-64 Linux without any other compiler."""
    names = ["linux-x64", "linux-arm64", "musl-x64", "windows-x64"]

    def supported(target):
        if "windows" in target:
            raise MachineError("target that can't be verified")

    monkeypatch.setattr(platforms, "host", lambda: "linux-x64")
    monkeypatch.setattr(layout, "supported", supported)
    monkeypatch.setattr(cross, "prepared", lambda _: None)
    monkeypatch.setattr(cross, "has_target", lambda _, target: target.endswith("musl"))
    return kit.declare(tmp_path, platforms=names)


def chosen(declared, *names, all_local=False):
    found = cells.chosen(declared, list(names), all_local=all_local)
    return [platform.name for platform in found]


def test_the_machines_own_platform_is_built_all_that_it_makes_or_what_is_named(declared):
    assert chosen(declared) == ["linux-x64"]
    assert chosen(declared, all_local=True) == ["linux-x64", "musl-x64"]
    assert chosen(declared, "windows-x64", "linux-x64") == ["windows-x64", "linux-x64"]


def test_what_a_machine_cannot_make_is_said_with_the_way_to_it(declared):
    assert cells.why_not(PLATFORMS["linux-x64"]) == ""
    assert cells.why_not(PLATFORMS["musl-x64"]) == ""
    arm = cells.why_not(PLATFORMS["linux-arm64"])
    assert arm == "`rtvariants toolchain prepare linux-arm64` has not been run"
    assert cells.why_not(PLATFORMS["windows-x64"]) == "target that can't be verified"


def test_a_prepared_toolchain_makes_its_platform_one_of_this_machine(declared, monkeypatch):
    tools = cross.Prepared(rustc="rustc")
    arm = PLATFORMS["linux-arm64"]
    monkeypatch.setattr(cross, "prepared", lambda platform: tools if platform == arm else None)
    assert "linux-arm64" in chosen(declared, all_local=True)


def test_what_another_version_prepared_is_nothing_that_is_prepared(tmp_path, monkeypatch):
    monkeypatch.setenv(cross.CACHE, str(tmp_path))
    arm = PLATFORMS["linux-arm64"]
    cross.keep(arm, cross.Prepared())
    assert cross.prepared(arm) == cross.Prepared()
    kept = json.loads(cross.note(arm).read_text())
    cross.note(arm).write_text(json.dumps({**kept, "of_later": ""}))
    assert cross.prepared(arm) is None


def test_a_platform_that_is_not_declared_is_refused(declared, monkeypatch):
    with pytest.raises(RtvariantsError, match="undeclared platform: `linux-x46`\nhint: did you"):
        chosen(declared, "linux-x46")
    monkeypatch.setattr(platforms, "host", lambda: "macos-arm64")
    with pytest.raises(RtvariantsError, match="platform is not declared: `macos-arm64`"):
        chosen(declared)


def test_a_whole_release_does_its_steps_in_order():
    assert [name for name in STEPS if name in ORDER] == list(ORDER)
    assert ORDER.index("freeze") < ORDER.index("preflight") < ORDER.index("publish")


def test_every_step_shows_its_own_help(capsys):
    for name in STEPS:
        with pytest.raises(SystemExit) as ended:
            cli.main(["release", name, "--help"])
        assert ended.value.code == 0
        assert "--dry-run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["plan", "--upload", "http://127.0.0.1:1/"], "`--upload` without `--index`"),
        (["preflight"], "no manifest: "),
        (["verify", "one"], "not a version: `one`"),
        (["build", "--platform", "x"], "no commit: "),
    ],
)
def test_a_refusal_is_a_fact_and_a_hint_as_text_and_as_json(tmp_path, capsys, words, fact):
    kit.declare(tmp_path)
    arguments = ["release", "--project", str(tmp_path), *words]
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert f"error: {fact}" in said.err
    assert "Traceback" not in said.err
    if "--upload" not in words:
        assert cli.main([*arguments, "--json"]) == 1
        problems = json.loads(capsys.readouterr().out)["problems"]
        assert fact in problems[0]["what"]


def test_a_project_without_the_section_is_told_what_to_write(tmp_path, capsys):
    kit.declare(tmp_path)
    path = tmp_path / "pyproject.toml"
    path.write_text(path.read_text().partition("[tool.rtvariants.release]")[0])
    assert cli.main(["release", "plan", "--project", str(tmp_path)]) == 1
    assert "missing table: `[tool.rtvariants.release]`" in capsys.readouterr().err


# --------------------------------------------------------------------------------------- sizes


def manifest(version, **files):
    rows = tuple(File(n, "base-wheel", "lamp", (), "", "", size) for n, size in files.items())
    return Manifest("lamp", version, "fat", f"v{version}", "", 0, (), {}, (), rows)


def shown(*names, size=100):
    return {"lamp": {n: Remote(n, "", size, "") for n in names}}


def test_sizes_are_beside_those_of_the_newest_older_version():
    made = manifest("1.10.0", **{"lamp-1.10.0-py3-none-any.whl": 110, "lamp-1.10.0.tar.gz": 50})
    out = shown("lamp-1.9.0-py3-none-any.whl", "lamp-1.2.0-py3-none-any.whl",
                "lamp-2.0.0-py3-none-any.whl", "lamp-1.9.0rc1.tar.gz", "notes.txt")  # fmt: skip
    report = sizes.report(made, out)
    assert report.previous == "1.9.0"
    assert [row.before for row in report.rows] == [100, None]
    assert report.rows[0].change == pytest.approx(10)
    text = "\n".join(sizes.lines(report))
    assert "sizes, against 1.9.0:" in text
    assert text.count("+10.0 %") == 2  # the file's, and the sum's over what can be compared


def test_a_first_release_and_an_index_without_sizes_have_nothing_to_compare():
    made = manifest("1.0.0", **{"lamp-1.0.0.tar.gz": 10})
    assert sizes.lines(sizes.report(made, {}))[0] == "sizes (no release before):"
    report = sizes.report(made, shown("lamp-0.9.0.tar.gz", size=None))
    assert (report.previous, report.rows[0].change) == ("0.9.0", None)


def test_what_a_base_requires_of_others_leaves_out_its_own_and_what_does_not_apply():
    requires = ["archspec<0.3,>=0.2.7", "Lamp_Fast==1; extra == 'fast'", "lamp-safe==1",
                "old; python_version < '3'", "more; extra == 'more'"]  # fmt: skip
    assert dependencies.foreign(requires, ["lamp-fast", "lamp-safe"]) == ("archspec<0.3,>=0.2.7",)
    assert dependencies.fetch([], Path("nowhere")) == []


def test_each_platform_is_tested_with_its_own_interpreters(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(release_test.wheel_test, "run", lambda own: asked.append(own) or 0)
    options = argparse.Namespace(
        find_links=[], no_emulation=True, strict=False,
        python=["aarch64=qemu python3", "win_amd64=wine python"],
    )  # fmt: skip
    session = SimpleNamespace(root=tmp_path, json=False)
    release_test._passed(session, PLATFORMS["linux-arm64"], [tmp_path / "a.whl"], options)
    (own,) = asked
    assert own.python == ["aarch64=qemu python3"]
    # They are the options of `rtvariants test`, as it reads them itself.
    parser = argparse.ArgumentParser()
    release_test.wheel_test.arguments(parser)
    read = vars(parser.parse_args([str(tmp_path / "a.whl"), "--project", str(tmp_path)]))
    assert {name: type(value) for name, value in vars(own).items()} == {
        name: type(value) for name, value in (read | {"no_emulation": True}).items()
    }
