"""The jobs that the builds share are understood by the make of this system, whatever its age."""

import os
import select
import shutil
import subprocess

import pytest

from rtvariants.compile import jobserver


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
def test_make_takes_part_in_the_jobserver(tmp_path):
    (tmp_path / "Makefile").write_text("all: a b c\na b c:\n\t@echo $@\n")
    with jobserver.jobserver(cpus=3, width=1) as pool:
        env = os.environ | {"MAKEFLAGS": pool.env["CARGO_MAKEFLAGS"]}
        made = subprocess.run(
            ["make"], cwd=tmp_path, env=env, pass_fds=pool.pipe, capture_output=True, text=True
        )
        assert (made.returncode, made.stderr) == (0, "")
        assert sorted(made.stdout.split()) == ["a", "b", "c"]
        # Each token that make took is back: two of three, the third is the build's own.
        assert os.read(pool.pipe[0], 10) == b"++"


def test_a_lane_gives_its_job_away_once():
    with jobserver.jobserver(cpus=2, width=2) as pool:
        job = jobserver.Job(pool)
        job.give_back()  # It waits,
        job.give_back()  # and later it is at its end.
        assert os.read(pool.pipe[0], 10) == b"+"
        assert not select.select(pool.pipe[:1], [], [], 0)[0]
