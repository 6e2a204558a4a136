"""The command that makes profiles, run by the system's shell."""

import os
import sys
import time

import pytest
from build_kit import alive

from rtvariants.errors import BuildError
from rtvariants.pgo import command
from rtvariants.pgo.command import Run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the commands are for sh")

# Writes a profile as LLVM's runtime does, with its placeholder left as it is.
COUNT = 'echo counts > "$LLVM_PROFILE_FILE"'


@pytest.fixture
def run(tmp_path):
    def run(text, timeout=60, **forced):
        made = Run(
            "fast", text, tmp_path, tmp_path / "site", (tmp_path / "more",), (sys.executable,),
            {"G_RUNTIME": "fast", **forced}, timeout,
        )  # fmt: skip
        return made.start(tmp_path / "work")

    return run


def test_the_files_of_all_modules_are_returned(run):
    assert [path.read_text() for path in run(COUNT)] == ["counts\n"]


def test_the_command_runs_in_the_project_with_the_runtime_and_the_builds_python(
    run, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", "/ambient")
    run(f'python -c "import sys; print(sys.executable)" > python; pwd > cwd; env > env; {COUNT}')
    assert os.path.realpath((tmp_path / "python").read_text().strip()) == os.path.realpath(
        sys.executable
    )
    assert (tmp_path / "cwd").read_text().strip() == str(tmp_path)
    env = (tmp_path / "env").read_text().splitlines()
    assert f"PYTHONPATH={tmp_path}/site:{tmp_path}/more:/ambient" in env
    assert "G_RUNTIME=fast" in env


def test_a_command_that_fails_is_named_with_its_status_and_output(run):
    with pytest.raises(BuildError) as caught:
        run("echo before; echo broken >&2; exit 3")
    assert "runtime `fast`: the command failed with exit status 3: `echo before" in str(
        caught.value
    )
    assert caught.value.log == "before\nbroken\n"


def test_a_command_that_is_killed_is_named_with_its_signal(run):
    with pytest.raises(BuildError, match="failed with signal 9"):
        run("kill -9 $$")


@pytest.mark.parametrize("text", ["true", ': > "$LLVM_PROFILE_FILE"'])
def test_a_command_that_loads_no_module_is_refused(run, text):
    with pytest.raises(
        BuildError, match=r"no profile: .* has not loaded the runtime\nhint: let it"
    ):
        run(text)


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(run, tmp_path):
    begun = time.monotonic()
    with pytest.raises(BuildError, match="did not end within 1 s"):
        run("sleep 600 & echo $! > child; echo waits; wait", timeout=1)
    assert time.monotonic() - begun < 30
    child = int((tmp_path / "child").read_text())
    for _ in range(500):
        if not alive(child):
            return
        time.sleep(0.01)
    pytest.fail("the child is alive")


def test_ctrl_c_ends_all_that_the_command_started(run, tmp_path, monkeypatch):
    class Stopped(command.Processes):
        def start(self, *args, **more):
            process = super().start(*args, **more)
            while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
                time.sleep(0.01)

            def interrupted(timeout=None):
                del process.communicate  # The next call is the real one.
                raise KeyboardInterrupt

            process.communicate = interrupted
            return process

    monkeypatch.setattr(command, "Processes", Stopped)
    with pytest.raises(KeyboardInterrupt):
        run("sleep 600 & echo $! > child; wait")
    child = int((tmp_path / "child").read_text())
    for _ in range(500):
        if not alive(child):
            return
        time.sleep(0.01)
    pytest.fail("the child is alive")
