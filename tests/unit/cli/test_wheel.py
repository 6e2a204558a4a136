import contextlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from rtvariants.cli import main
from rtvariants.fit import make
from rtvariants.fit.make import Fitting, Sources
from rtvariants.toolchain import interpreters

TABLE = {"crate": ".", "module": "a.b", "runtimes": [{"name": "v3", "level": "x86_64_v3"}]}


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Return what the command asks for; no backend and no cargo runs."""
    seen = []

    @contextlib.contextmanager
    def opened(*words):
        seen.append(words)
        yield Sources(tmp_path, tmp_path, "cargo", TABLE)

    def fitted(_sources, python=""):
        seen.append(python)
        return Fitting(tmp_path, None, frozenset({"a/b.so"}), None, TABLE)

    def wheel(_fitting, output):
        tag = abi[0] if abi else f"cp{len(seen)}-cp{len(seen)}"
        path = output / f"a-1-{tag}-any.whl"
        path.write_bytes(b"x" * 2000)
        return path

    abi = []
    monkeypatch.setattr(make, "opened", opened)
    monkeypatch.setattr(make, "fitted", fitted)
    monkeypatch.setattr(make, "wheel", wheel)
    monkeypatch.setattr(interpreters, "find", lambda name: SimpleNamespace(executable=f"/{name}"))
    seen.append(abi)
    return seen


def test_the_table_goes_to_stderr_and_the_path_of_the_wheel_to_stdout(asked, tmp_path, capsys):
    words = ["--runtime", "v3=x86_64_v3", "--runtime", "base=x86_64", "--output", f"{tmp_path}/o"]
    assert main(["wheel", "x==1", *words]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path}/o/a-1-cp3-cp3-any.whl  2.0 kB\n"
    assert err.startswith("[tool.rtvariants]\n")
    assert asked[1:] == [("x==1", {"v3": "x86_64_v3", "base": "x86_64"}, None), ""]


def test_the_table_alone_goes_to_stdout_and_nothing_is_built(asked, tmp_path, capsys):
    assert main(["wheel", "x", "--config", "c.toml", "--print-config", "-o", f"{tmp_path}/o"]) == 0
    assert capsys.readouterr().out.startswith("[tool.rtvariants]\n")
    assert asked[1:] == [("x", {}, Path("c.toml")), ""]
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("words", [["v3"], ["v3="], ["a=b", "a=c"], ["a=b=c"]])
def test_what_is_not_a_runtime_is_an_error(asked, words, capsys):
    assert main(["wheel", "x", *(part for word in words for part in ("--runtime", word))]) == 1
    assert "hint: write `--runtime NAME=LEVEL`" in capsys.readouterr().err
    assert asked == [[]]


def test_each_python_gets_a_wheel(asked, tmp_path, capsys):
    words = ["--runtime", "a=x86_64", "--python", "3.12,3.13", "-o", str(tmp_path)]
    assert main(["wheel", "x", *words]) == 0
    assert asked[2:] == ["/3.12", "/3.13"]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_wheel_for_the_stable_abi_serves_all_later_pythons(asked, tmp_path, capsys):
    asked[0].append("cp312-abi3")
    words = ["--runtime", "a=x86_64", "--python", "3.12,3.13", "-o", str(tmp_path)]
    assert main(["wheel", "x", *words]) == 0
    assert asked[2:] == ["/3.12"]
    assert "a-1-cp312-abi3-any.whl is for Python 3.13 too" in capsys.readouterr().err
