"""The guard alone, on a module whose init function uses AVX2 instructions."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from .conftest import ILLEGAL

LOAD = (
    "import importlib.util, sys; name = {name!r};"
    "spec = importlib.util.spec_from_file_location(name, {path!r});"
    "print(importlib.util.module_from_spec(spec).sum)"
)
SUM = sum(number * number for number in range(1024))


TARGET = "x86_64-unknown-linux-gnu"


@pytest.fixture(scope="module")
def build(root, tmp_path_factory):
    """Return a function that compiles the probe for a CPU and returns the module's path."""
    target = root / "target" / "probe"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("RTVARIANTS_", "RUSTFLAGS"))}

    def compile_for(*flags, **env):
        subprocess.run(
            ["cargo", "build", "-q", "--release", "--locked", "--target", TARGET,
             "--target-dir", target, "--manifest-path", root / "tests/packages/probe/Cargo.toml"],
            env=clean | env | {"CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}, check=True,
        )  # fmt: skip
        (built,) = (target / TARGET / "release").glob("lib*.so")
        copy = tmp_path_factory.mktemp("probe") / "probe.so"
        shutil.copy(built, copy)
        return str(copy)

    return compile_for


@pytest.fixture(scope="module")
def probe(build):
    """Return a module compiled for x86-64-v3; its unguarded init function can be called too."""
    return build("-Ctarget-cpu=x86-64-v3")


def compiler_features(*flags):
    done = subprocess.run(
        ["rustc", "--print", "cfg", "--target", TARGET, *flags],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(re.findall(r'^target_feature="(.*)"$', done.stdout, re.MULTILINE))


def stamp(path):
    """Return the stamp in the file's section, without loading it."""
    with Path(path).open("rb") as file:
        text = ELFFile(file).get_section_by_name(".rtvariants").data()
    return dict(line.split("=", 1) for line in text.decode().splitlines()[1:-1])


def load(probe, name):
    return LOAD.format(name=name, path=probe)


@pytest.mark.parametrize("cpu", ["Nehalem", "Conroe", "qemu64"])
def test_the_guard_raises_an_import_error_on_a_cpu_that_lacks_avx2(on_cpu, probe, cpu):
    done = on_cpu(cpu, load(probe, "_probe"))
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "ImportError: rtvariants: " in done.stderr
    assert "avx2" in done.stderr


def test_the_guard_accepts_a_cpu_that_has_everything(on_cpu, probe):
    done = on_cpu("Haswell", load(probe, "_probe"))
    assert (done.returncode, done.stdout.strip()) == (0, str(SUM)), done.stderr


def test_without_the_guard_the_emulator_traps(on_cpu, probe):
    # The control: if this passed, the tests above would prove nothing.
    assert on_cpu("Nehalem", load(probe, "_probe_unguarded")).returncode in ILLEGAL
    assert on_cpu("Haswell", load(probe, "_probe_unguarded")).returncode == 0


def test_one_missing_feature_is_named_alone(on_cpu, probe):
    done = on_cpu("Haswell,-bmi2", load(probe, "_probe"))
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "`probe` needs CPU features that this processor lacks: bmi2\nhint: " in done.stderr


def test_registers_that_the_system_does_not_save_count_as_missing(on_cpu, probe):
    # Without XSAVE the CPU still lists AVX2, and each AVX instruction traps.
    done = on_cpu("Haswell,-xsave", load(probe, "_probe"))
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "lacks: avx, avx2, f16c, fma, xsave (the processor has some of them" in done.stderr
    assert on_cpu("Haswell,-xsave", load(probe, "_probe_unguarded")).returncode in ILLEGAL


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "fits", "refused"),
    [
        ("-Ctarget-cpu=x86-64", "qemu64", None),
        ("-Ctarget-cpu=x86-64-v2", "Nehalem", ("Conroe", "popcnt, sse4.1, sse4.2\n")),
        ("-Ctarget-cpu=x86-64-v4", None, ("Haswell", "avx512vl\n")),
        ("-Ctarget-feature=+aes,+pclmulqdq", "Westmere", ("Nehalem,+aes", "lacks: pclmulqdq\n")),
        ("-Ctarget-cpu=znver4", None, ("EPYC", "avx512vnni")),
    ],
)
def test_any_level_is_guarded(on_cpu, build, flags, fits, refused):
    path = build(flags, RTVARIANTS_RUNTIME="one")
    found = stamp(path)
    assert found["features"].split(",") == compiler_features(flags)
    assert (found["runtime"], found["index-bits"], found["allocator"]) == ("one", "16", "none")
    if fits:
        done = on_cpu(fits, load(path, "_probe"))
        assert (done.returncode, done.stdout.strip()) == (0, str(SUM)), done.stderr
    if refused:
        cpu, missing = refused
        done = on_cpu(cpu, load(path, "_probe"))
        assert done.returncode == 1, (done.returncode, done.stderr)
        assert "ImportError: rtvariants: `one` needs" in done.stderr
        assert missing in done.stderr


def test_the_stamp_in_the_file_is_the_one_that_the_module_returns(on_cpu, probe):
    done = on_cpu("Haswell", load(probe, "_probe").replace(".sum", ".stamp"))
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-2]) == ("rtvariants-stamp 1", "end"), done.stderr
    assert dict(line.split("=", 1) for line in lines[1:-2]) == stamp(probe)
    assert stamp(probe)["package"] == "probe"


def test_the_guard_knows_every_feature_of_the_cpus_that_rustc_knows(root):
    done = subprocess.run(
        ["rustc", "--print", "target-cpus", "--target", TARGET],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    cpus = re.findall(r"^ +(\S+)", done.stdout, re.MULTILINE)
    # The main product lines only; all CPUs would take a minute.
    some = [c for c in cpus if re.match(r"znver|bdver|x86-64|.*(lake|rapids|mont|ridge|well)$", c)]
    assert len(some) > 20
    source = (root / "crates/rtvariants-guard/src/arch/x86_64/features.rs").read_text()
    known = set(re.findall(r'^ +"([a-z0-9.-]+)" [A-Z]', source, re.MULTILINE))
    for cpu in some:
        unknown = set(compiler_features(f"-Ctarget-cpu={cpu}")) - known
        assert not unknown, cpu


ARM = "aarch64-unknown-linux-musl"


@pytest.mark.slow
def test_the_guard_passes_its_own_tests_on_arm64(root):
    # Its tests compare the assembly with plain Rust; this target needs no C compiler.
    emulator = shutil.which("qemu-aarch64")
    libraries = subprocess.run(
        ["rustc", "--print", "target-libdir", "--target", ARM],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    if emulator is None or not Path(libraries.stdout.strip()).is_dir():
        pytest.skip(f"not installed: qemu-user, or the target of `rustup target add {ARM}`")
    variable = f"CARGO_TARGET_{ARM.upper().replace('-', '_')}"
    done = subprocess.run(
        ["cargo", "test", "--lib", "--locked", "-p", "rtvariants-guard", "--target", ARM,
         "--target-dir", root / "target" / "probe"],
        cwd=root, capture_output=True, text=True, check=False,
        env=os.environ | {f"{variable}_LINKER": "rust-lld", f"{variable}_RUNNER": emulator},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "arch::tests::agrees_with_the_oracle_on_each_feature ... ok" in done.stdout
    assert "arch::aarch64::tests::keeps_the_callers_registers ... ok" in done.stdout
