"""Crates that compile in a moment: functions that make the build of a runtime."""

import pytest
from builds import build_of
from small_crates import TARGET, WAITING


@pytest.fixture
def crate(tmp_path):
    """Return a function that makes the build of a runtime, with variables of its own."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "small"\nversion = "1.0.0"\nedition = "2021"\n'
        '[lib]\ncrate-type = ["cdylib"]\n'
    )
    (tmp_path / "src/lib.rs").write_text("#[no_mangle] pub extern fn f() -> u32 { 1 }\n")
    (tmp_path / "build.rs").write_text(WAITING)

    def crate(runtime, level, dependencies="", alike=(), others=(), **env):
        argv = ("cargo", "build", "--release", "--lib", "--target", TARGET, "--offline")
        base = tmp_path / "target"
        env["CARGO_TARGET_DIR"] = str(base / level / runtime)
        return build_of(
            runtime=runtime, level=level, target=TARGET, env=env,
            argv=(*argv, "--message-format=json-render-diagnostics"), unset=("RUSTFLAGS",),
            cwd=tmp_path, target_dir=base / level / runtime, output_dir=base / "natives" / runtime,
            lib="small", export="f", dependencies=dependencies, own=("small", *alike, *others),
            alike={name: tmp_path / name for name in alike},
        )  # fmt: skip

    return crate


@pytest.fixture
def with_macro(crate, tmp_path):
    """Return the same function for a crate that needs a macro, and one for its build script."""
    for name, kind in (("macros", "proc-macro = true"), ("helper", "")):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n[lib]\n{kind}\n'
        )
    (tmp_path / "macros/src/lib.rs").write_text(
        "use proc_macro::TokenStream;\n"
        '#[proc_macro] pub fn one(_: TokenStream) -> TokenStream { "1".parse().unwrap() }\n'
    )
    (tmp_path / "helper/src/lib.rs").write_text("pub fn help() {}\n")
    with (tmp_path / "Cargo.toml").open("a") as file:
        file.write('[dependencies]\nmacros.path = "macros"\n')
        file.write('[build-dependencies]\nhelper.path = "helper"\n')
    (tmp_path / "src/lib.rs").write_text(
        "#[no_mangle] pub extern fn f() -> u32 { macros::one!() }\n"
    )
    (tmp_path / "build.rs").write_text("fn main() { helper::help() }\n")
    return crate


@pytest.fixture
def with_helper(with_macro, tmp_path):
    """Return the same function for a crate that has a library of the project in it."""
    with (tmp_path / "Cargo.toml").open("a") as file:
        file.write('[dependencies.helper]\npath = "helper"\n')
    (tmp_path / "src/lib.rs").write_text(
        "#[no_mangle] pub extern fn f() -> u32 { helper::help(); macros::one!() }\n"
    )
    return with_macro
