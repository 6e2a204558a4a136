"""The compiler that is asked is the one that cargo runs."""

import os
import shutil
import subprocess

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain import cargo_config, compiler
from rtvariants.toolchain.cargo_config import CargoConfig

needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")
# A program that reports itself and runs what it is given, or the compiler.
PROGRAM = """#!/bin/sh
echo {name} >> {log}
if [ {wraps} ]; then exec "$@"; else exec rustc "$@"; fi
"""


@pytest.fixture
def ran(tmp_path):
    """Return a function: which of the programs run when cargo asks the compiler, and when we do."""
    log = tmp_path / "log"
    for name in ("one", "two", "wrap", "other", "members"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        wraps = "yes" if name not in ("one", "two") else '""'
        path.write_text(PROGRAM.format(name=name, log=log, wraps=wraps))
        path.chmod(0o755)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/lib.rs").touch()
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\nversion = "1.0.0"\n')
    (tmp_path / ".cargo").mkdir()

    def once(act):
        log.write_text("")
        act()
        found = log.read_text().split()
        return set(found)

    def ran(text, **environ):
        environ = {name: value.format(bin=tmp_path / "bin") for name, value in environ.items()}
        (tmp_path / ".cargo/config.toml").write_text(text)
        env = {
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            **environ,
        }
        argv = ["cargo", "check", "--quiet"]
        shutil.rmtree(tmp_path / "target", ignore_errors=True)
        theirs = once(lambda: subprocess.run(argv, cwd=tmp_path, env=env, check=True))
        read = cargo_config.read("cargo", tmp_path, env)
        return theirs, once(lambda: compiler.of(read, tmp_path).fields)

    return ran


@needs_cargo
@pytest.mark.parametrize(
    ("text", "environ", "programs"),
    [
        ("", {}, set()),
        ('[build]\nrustc = "bin/one"\n', {}, {"one"}),
        ('[build]\nrustc = "one"\n', {}, {"one"}),
        ('[build]\nrustc = "bin/one"\n', {"RUSTC": "{bin}/two"}, {"two"}),
        ('[build]\nrustc = "bin/one"\n', {"CARGO_BUILD_RUSTC": "{bin}/two"}, {"two"}),
        ("", {"CARGO_BUILD_RUSTC": "bin/two", "RUSTC_WRAPPER": "wrap"}, {"two", "wrap"}),
        ('[build]\nrustc-wrapper = "bin/wrap"\n', {}, {"wrap"}),
        ('[build]\nrustc-wrapper = "bin/wrap"\n', {"RUSTC_WRAPPER": ""}, set()),
        ('[build]\nrustc-wrapper = "wrap"\n', {"RUSTC_WRAPPER": "other"}, {"other"}),
        ('[build]\nrustc-wrapper = "wrap"\n', {"CARGO_BUILD_RUSTC_WRAPPER": "other"}, {"other"}),
        ('[build]\nrustc-workspace-wrapper = "members"\n', {}, {"members"}),
        ("", {"RUSTC_WORKSPACE_WRAPPER": "members", "RUSTC_WRAPPER": "wrap"}, {"members", "wrap"}),
        ('[build]\nrustc-workspace-wrapper = "members"\n', {"RUSTC_WORKSPACE_WRAPPER": ""}, set()),
    ],
)
def test_the_compiler_is_the_one_that_cargo_runs(ran, text, environ, programs):
    theirs, ours = ran(text, **environ)
    assert theirs == programs
    assert ours == programs


@needs_cargo
def test_variables_of_cargos_configuration_reach_the_compiler(tmp_path):
    (tmp_path / ".cargo").mkdir()
    (tmp_path / ".cargo/config.toml").write_text('[env]\nRUSTC_BOOTSTRAP = "1"\n')
    rustc = compiler.of(cargo_config.read("cargo", tmp_path, os.environ), tmp_path)
    assert 'target_feature="x87"' in rustc.printed("x86_64-unknown-linux-gnu")


def test_a_prepared_compiler_comes_first_and_is_wrapped():
    config = CargoConfig({"build": {"rustc-wrapper": "w"}}, {}, {"RUSTC": "mine"})
    assert compiler.of(config, None, "/cache/rustc").argv == ("w", "/cache/rustc")


def test_a_wrapper_that_does_not_exist_is_named(tmp_path):
    rustc = compiler.of(CargoConfig({}, {}, {"RUSTC_WRAPPER": "no-such-wrapper"}), tmp_path)
    with pytest.raises(
        MachineError, match="no `no-such-wrapper`, which cargo runs in the place"
    ) as caught:
        rustc.ask("-vV")
    assert "RUSTC_WRAPPER=" in caught.value.problems[0].hint


def test_a_program_that_is_no_compiler_is_named(tmp_path):
    with pytest.raises(MachineError, match="`true -vV` says no version: nothing"):
        compiler.of(CargoConfig({}, {}, {**os.environ, "RUSTC": "true"}), tmp_path).fields  # noqa: B018


def test_a_compiler_that_does_not_exist_is_named(tmp_path):
    (tmp_path / "mine").touch(mode=0o755)
    for name in ("no-such-rustc", "./gone/rustc"):
        with pytest.raises(MachineError, match=f"no `{name}`, which cargo runs as rustc"):
            compiler.of(CargoConfig({}, {}, {"RUSTC": name}), tmp_path).ask("-vV")
    with pytest.raises(MachineError, match=r"says no version|can't run"):
        compiler.of(CargoConfig({}, {}, {"RUSTC": "./mine"}), tmp_path).fields  # noqa: B018
