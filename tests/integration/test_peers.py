"""The bench of operators runs over little data, and fails where results differ."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
TASKS = ["gb_q3", "jn_q3", "sort_df", "argsort_f64", "gather"]


def test_engines_agree_and_the_figures_are_written(root, tmp_path):
    command = [
        sys.executable, root / "benches" / "peers.py", *TASKS, "--engines", "rtcompat", "polars",
        "--rows", "1e4", "--repetitions", "1", "--later", "1", "--json", tmp_path / "peers.json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rtcompat / best peer" in done.stdout
    written = json.loads((tmp_path / "peers.json").read_text())["results"]
    assert list(written) == TASKS
    assert all(found["rtcompat"]["warm"] > 0 for found in written.values())


def test_other_results_end_it(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benches"))
    from _peers import digest

    one = {"rows": 2, "columns": [1.0, 7]}
    assert digest.same(one, {"rows": 2, "columns": [1.0 + 1e-12, 7]})
    assert not digest.same(one, {"rows": 2, "columns": [1.0, 8]})
    assert not digest.same(one, {"rows": 3, "columns": [1.0, 7]})
