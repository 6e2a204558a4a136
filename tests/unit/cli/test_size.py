"""`rtvariants size`."""

import json
import subprocess
import sys


def test_a_wheel_shows_what_it_is_made_of(greeter_wheel):
    def run(*words):
        command = [sys.executable, "-m", "rtvariants", "size", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    found = json.loads(run(str(greeter_wheel), "--json"))
    assert [size["runtime"] for size in found] == ["fast", "safe", "wide"]
    for size in found:
        assert 0 < size["packed"] < size["bytes"]
        # Code is a part of the sections, which are nearly all of the file.
        code = sum(size["crates"].values())
        assert {"core", "std", "pyo3", "greeter"} <= set(size["crates"])
        assert 0.98 * size["sections"][".text"] < code < 1.02 * size["sections"][".text"]
        assert 0.9 * size["bytes"] < sum(size["sections"].values()) < size["bytes"]
        assert list(size["sections"].values()) == sorted(size["sections"].values(), reverse=True)
    text = run(str(greeter_wheel), "--top", "3")
    assert "… " in text
    assert "crate, code" in text
    assert text.splitlines()[-1].startswith("wheel: ")
    same = run(str(greeter_wheel), "--against", str(greeter_wheel))
    assert "installed: " in same
    assert "(+0 B)" in same
    assert ".text" not in same
