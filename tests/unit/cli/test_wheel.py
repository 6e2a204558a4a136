import contextlib
from pathlib import Path

import pytest

from rtvariants.cli import main
from rtvariants.fit import make
from rtvariants.fit.make import Fitting

TABLE = {"crate": ".", "module": "a.b", "runtimes": [{"name": "v3", "level": "x86_64_v3"}]}


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Return what the command asks for; no backend and no cargo runs."""
    seen = []

    @contextlib.contextmanager
    def fitted(*words):
        seen.append(words)
        yield Fitting(tmp_path, None, "a/b.so", None, TABLE)

    def wheel(_fitting, output):
        path = output / "a-1-py3-none-any.whl"
        path.write_bytes(b"x" * 2000)
        return path

    monkeypatch.setattr(make, "fitted", fitted)
    monkeypatch.setattr(make, "wheel", wheel)
    return seen


def test_the_table_goes_to_stderr_and_the_path_of_the_wheel_to_stdout(asked, tmp_path, capsys):
    words = ["--runtime", "v3=x86_64_v3", "--runtime", "base=x86_64", "--output", f"{tmp_path}/o"]
    assert main(["wheel", "x==1", *words]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path}/o/a-1-py3-none-any.whl  2.0 kB\n"
    assert err.startswith("[tool.rtvariants]\n")
    assert asked == [("x==1", {"v3": "x86_64_v3", "base": "x86_64"}, None)]


def test_the_table_alone_goes_to_stdout_and_nothing_is_built(asked, tmp_path, capsys):
    assert main(["wheel", "x", "--config", "c.toml", "--print-config", "-o", f"{tmp_path}/o"]) == 0
    assert capsys.readouterr().out.startswith("[tool.rtvariants]\n")
    assert asked == [("x", {}, Path("c.toml"))]
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("words", [["v3"], ["v3="], ["a=b", "a=c"], ["a=b=c"]])
def test_what_is_not_a_runtime_is_an_error(asked, words, capsys):
    assert main(["wheel", "x", *(part for word in words for part in ("--runtime", word))]) == 1
    assert "hint: write `--runtime NAME=LEVEL`" in capsys.readouterr().err
    assert asked == []
