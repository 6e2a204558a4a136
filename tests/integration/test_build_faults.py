"""What must not become a wheel: real faults, built for real, each caught by the rule it breaks."""

import platform
import re
import shutil
import signal
import stat
import subprocess
import sys

import pytest
from build_kit import fake, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]


# One runtime is enough; new flags compile the dependencies again.
ONLY = "RTVARIANTS_RUNTIMES"


def rules(said):
    lines = re.findall(r"error: \[([\w-]+)\] runtimes? (`\w+`(?:, `\w+`)*)", said)
    found = [(rule, name) for rule, names in lines for name in re.findall(r"\w+", names)]
    # Whichever was built first: violations are listed in the order of the configuration. Those of
    # instructions come last, one for each crate.
    order = ["fast", "wide", "safe"]
    merged = ("instructions", "constructors")
    assert found == sorted(
        found,
        key=lambda each: (
            merged.index(each[0]) + 1 if each[0] in merged else 0,
            order.index(each[1]),
        ),
    )
    for _, runtime in found:
        assert re.search(rf"rtvariants: {runtime}  \d+ violations?, reported when", said)
    return set(found)


def everywhere(*names):
    return {(name, runtime) for name in names for runtime in ("fast", "wide", "safe")}


MIMALLOC = ("index-bits = 32", 'index-bits = 32\nallocator = "mimalloc"')


@pytest.mark.parametrize(
    ("over", "changes", "expected", "text"),
    [
        ("other-init-name", (), everywhere("init-symbol"), "found: `PyInit__hallo`"),
        ("second-init", (), everywhere("init-symbol"), "more init symbols than `PyInit__hello`"),
        (
            "wrong-width",
            (),
            {("index-bits", "fast"), ("index-bits", "safe")},
            "index width 64, the configuration says 32",
        ),
        ("lying-allocator", (), everywhere("allocator-stated"), "states allocator `jemalloc`"),
        ("no-guard", (), everywhere("stamp"), "no stamp in the file"),
        ("path-leak", (), everywhere("build-paths"), "target/greeter-faults"),
        ("unstable-abi", (), everywhere("stable-abi"), "`_Py_IsFinalizing` is not part of"),
        (
            "dead-allocator-flag",
            (MIMALLOC,),
            {("allocator-linked", "fast"), ("allocator-linked", "safe")},
            "allocator `mimalloc` is not linked",
        ),
        (
            "initial-exec-allocator",
            (MIMALLOC,),
            {("static-tls", "fast"), ("static-tls", "safe")},
            "DT_FLAGS holds STATIC_TLS",
        ),
        (
            "unstated-allocator",
            (),
            # Its constructor is compiled for the level, since nothing asks for the allocator.
            everywhere("allocator-linked") | {("constructors", "fast"), ("constructors", "wide")},
            "allocator `mimalloc` is linked, the configuration says `system`",
        ),
        (
            "avx2-in-compat",
            (),
            {("instructions", "safe")},
            "function `greeter::sum_of_bytes` of crate `greeter` needs `avx`, `avx2`, which level",
        ),
        (
            "avx2-in-c",
            (),
            {("instructions", "safe")},
            "function `sum_of_bytes` of crate `checksum` needs `avx`, `avx2`, which level `x86_64`",
        ),
        (
            "unified-features",
            (),
            {("unified-features", "fast"), ("unified-features", "safe")},
            "only other runtimes ask for cargo feature `wide` of `counter`, yet it is on",
        ),
    ],
)
def test_a_planted_fault_is_caught_by_its_rule(  # noqa: PLR0917
    package, refused, over, changes, expected, text
):
    said = refused(package(over, *changes))
    assert rules(said) == expected
    assert text in said


# Loads an extension module without the loader.
IMPORT = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("greeter._hello", sys.argv[1])
print(importlib.util.module_from_spec(spec))
"""


def on_nehalem(native):
    argv = ["qemu-x86_64", "-cpu", "Nehalem", sys.executable, "-I", "-c", IMPORT, native]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="a constructor for AVX2")
def test_a_constructor_above_the_baseline_is_refused_and_one_at_the_baseline_passes(
    package, refused, target
):
    said = refused(package("early-c"), **{ONLY: "fast,safe"})
    assert rules(said) == {("constructors", "fast")}
    assert "function `fill_weights` of crate `checksum` runs while the file is loaded" in said
    assert 'hint: `c-code = "baseline"` in `[tool.rtvariants]` compiles all C and C++ code' in said
    (native,) = target.glob("rtvariants/x86_64-*/natives/fast/native.so")
    if shutil.which("qemu-x86_64"):
        # What the rule is about: the process dies before the guard can say anything.
        assert on_nehalem(native).returncode in {-signal.SIGILL, 128 + signal.SIGILL}

    fixed = package(
        "early-c", ('env = "GREETER_RUNTIME"', 'env = "GREETER_RUNTIME"\nc-code = "baseline"')
    )
    process = start(fixed, target, **{ONLY: "fast,safe"})
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    if shutil.which("qemu-x86_64"):
        refusal = on_nehalem(native)
        assert refusal.returncode == 1
        assert "ImportError" in refusal.stderr


def test_a_fault_is_caught_wherever_cargo_is_set_to_compile(package, refused, tmp_path):
    folder = package("unified-features")
    elsewhere = {"CARGO_BUILD_BUILD_DIR": str(tmp_path / "elsewhere"), ONLY: "safe"}
    assert rules(refused(folder, **elsewhere)) == {("unified-features", "safe")}
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["rtvariants"]


def test_flags_added_by_a_compiler_wrapper_show_in_the_file(package, refused, tmp_path):
    wrapper = tmp_path / "wrapper"
    # Only our own crate: the dependencies stay as the other tests share them.
    wrapper.write_text(
        '#!/bin/sh\ncase "$*" in\n*"--crate-name greeter "*) set -- "$@" -Ctarget-feature=+avx ;;\n'
        'esac\nexec "$@"\n'
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    said = refused(package(), RUSTC_WORKSPACE_WRAPPER=str(wrapper))
    # Two rules see it: what the compiler says of itself, and the instructions it wrote.
    assert rules(said) == {("cpu-features", "safe"), ("instructions", "safe")}
    assert "too many `avx`" in said


@pytest.mark.parametrize("name", ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"])
def test_ambient_flags_never_win_silently(package, refused, name):
    said = refused(package(), **{name: "-Ctarget-cpu=native"})
    assert f"[ambient-flags] CPU chosen outside the configuration: {name} holds" in said


def test_an_allowed_function_is_no_violation_and_an_unused_entry_is_reported(package, target):
    entries = (
        '[[tool.rtvariants.allow-instructions]]\ncrate = "greeter"\nsymbol = "*::sum_of_bytes"\n'
        'reason = "its caller asks"\n[[tool.rtvariants.allow-instructions]]\n'
        'crate = "absent"\nreason = "gone"\n\n[tool.uv]'
    )
    process = start(package("avx2-in-compat", ("[tool.uv]", entries)), target)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert said.count("warning: ") == 1
    assert "allow-instructions[1]: not needed in this build: `absent`, `*`" in said


def test_the_flag_that_polars_uses_for_its_allocators_is_dead(package, refused):
    # Its Cargo.toml declares the name, so that rustc's own lint is silent; no source asks for it.
    folder = package()
    manifest = folder / "Cargo.toml"
    declared = (
        '[lints.rust]\nunexpected_cfgs = { level = "warn", '
        "check-cfg = ['cfg(allocator, values(\"default\"))'] }\n\n[workspace]"
    )
    manifest.write_text(manifest.read_text().replace("[workspace]", declared, 1))
    said = refused(folder, RUSTFLAGS='--cfg allocator="default"', **{ONLY: "safe"})
    assert rules(said) == {("dead-cfg", "safe")}
    assert '`--cfg allocator="default"` is unused' in said


def test_a_module_of_another_version_is_stale(package, refused, tmp_path):
    # A cargo that hands out what it built for the release before.
    fake(tmp_path, "cargo", f'RTVARIANTS_VERSION=1.3.9 exec "{shutil.which("cargo")}" "$@"')
    said = refused(package(), CARGO=str(tmp_path / "cargo"), **{ONLY: "safe"})
    assert rules(said) == {("stamp", "safe")}
    assert "stamp says version `1.3.9`, the configuration says `1.4.0`" in said


def test_a_glibc_newer_than_configured_is_refused(package, refused):
    changes = ('env = "GREETER_RUNTIME"', 'env = "GREETER_RUNTIME"\nglibc = "2.4"')
    said = refused(package("", changes), **{ONLY: "safe"})
    assert rules(said) == {("glibc", "safe")}
    assert re.search(
        r"needs glibc 2\.\d+ \(GLIBC_2\.\d+ of \S+\), the configuration allows 2\.4", said
    )


def test_flags_in_cargos_own_file_are_refused_too(package, refused):
    folder = package()
    (folder / ".cargo").mkdir()
    (folder / ".cargo/config.toml").write_text('[build]\nrustflags = ["-Ctarget-cpu=native"]\n')
    assert "[ambient-flags]" in refused(folder)


def test_a_missing_cargo_feature_is_named(package, refused):
    said = refused(package("", ('features = ["wide"]', 'features = ["wider"]')))
    assert "no cargo feature `wider` in crate `greeter`" in said


def test_a_module_with_the_name_of_a_python_file_is_refused(package, refused):
    folder = package()
    (folder / "python/greeter/_hello.py").write_text("greet = print\n")
    fact = "`greeter/_hello.py` has the name of the extension module and does not call the loader"
    assert fact in refused(folder)


def test_an_outdated_lock_file_is_named(package, refused):
    folder = package()
    text = (folder / "Cargo.toml").read_text()
    (folder / "Cargo.toml").write_text(text.replace("[workspace]", 'memchr = "2"\n\n[workspace]'))
    said = refused(folder)
    assert "Cargo.lock does not fit Cargo.toml" in said
    assert "hint: run `cargo update --workspace`" in said
