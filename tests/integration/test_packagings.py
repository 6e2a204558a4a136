"""Three packagings of one build: the same natives, installed, removed and chosen by real tools."""

import hashlib
import importlib.metadata
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from folders import scratch, unpack

from rtvariants.archives import wheel as archives
from rtvariants.config import load
from rtvariants.project import frontend
from rtvariants.wheels import pack
from rtvariants.wheels.rules import variants

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]
RUNTIMES = ("fast", "wide", "safe")
CLEAN = {
    k: v for k, v in os.environ.items()
    if not k.startswith(("PIP_", "UV_", "GREETER_", "CARGO_TARGET_DIR"))
}  # fmt: skip
CLEAN |= {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*argv, program=sys.executable, **env):
    return subprocess.run(
        [program, *map(str, argv)], env=CLEAN | env, cwd="/",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


def ok(*argv, **options):
    done = run(*argv, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def tree(root):
    """Return a copy of the package whose compiled dependencies outlive the test."""
    folder = scratch("greeter-frontends")
    for name in ("python", "src"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(
        root / "tests/packages/greeter", folder, dirs_exist_ok=True, copy_function=shutil.copyfile
    )
    return folder


@pytest.fixture(scope="module")
def built(tree, tmp_path_factory):
    """Return the wheel and the sdist that the package's own backend makes."""
    folder = tmp_path_factory.mktemp("built")
    return frontend.wheel(tree, folder), frontend.sdist(tree, folder)


@pytest.fixture(scope="module")
def packed(tree, built, tmp_path_factory):
    """Return the folder of each packaging."""
    folder = tmp_path_factory.mktemp("packed")
    for kind in pack.KINDS:
        pack.pack(kind, [built[0]], built[1], load.read(tree), folder / kind)
    return {kind: folder / kind for kind in pack.KINDS}


@pytest.fixture(scope="module")
def links(packed, tmp_path_factory):
    """Return a folder with the split packages and what else the base requires."""
    folder = tmp_path_factory.mktemp("links")
    for path in packed["split"].glob("*.whl"):
        shutil.copy(path, folder)
    found = importlib.metadata.distribution("archspec")
    files = {
        str(name): Path(name.locate()).read_bytes()
        for name in found.files
        if ".." not in name.parts and name.suffix != ".pyc" and name.name != "RECORD"
    }
    archives.Wheel("archspec", found.version, "py3-none-any", files).sealed().write(folder)
    return folder


@pytest.fixture
def site(tmp_path):
    """Return an environment's interpreter and its folder of packages."""
    ok("-m", "uv", "venv", "-q", "--seed", tmp_path / "env", "--python", sys.executable)
    python = tmp_path / "env" / "bin" / "python"
    (packages,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    return python, packages


def pip(site, *argv):
    return run("-m", "pip", *argv, program=site[0])


def greets(site, runtime="auto"):
    code = "import greeter; print(greeter.greet('x'), greeter.most())"
    done = run("-c", code, program=site[0], GREETER_RUNTIME=runtime)
    return done.stdout.strip().splitlines()[-1]


def natives(folder):
    """Return the sha256 of each native in a folder's wheels, read without this package."""
    found = {}
    for path in folder.glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                if name.endswith(".so"):
                    found.setdefault(name, set()).add(hashlib.sha256(wheel.read(name)).hexdigest())
    return found


def test_all_packagings_hold_the_same_modules(packed):
    found = [natives(folder) for folder in packed.values()]
    assert set(found[0]) == {f"_greeter_{r}/_hello.abi3.so" for r in ("fast", "wide", "safe")}
    assert all(len(each) == 1 for each in found[0].values())
    assert found[0] == found[1] == found[2]


def test_the_command_packs_without_compiling(tree, packed, tmp_path):
    said = ok("-m", "rtvariants", "package", tree, "--as", "variant", "--out", tmp_path / "out")
    assert said.count("nothing to compile, ") == 3
    assert not re.search(r"crates? compiled", said)
    ours = {p.name: p.read_bytes() for p in packed["variant"].iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == ours


def test_the_base_installs_what_it_needs_and_names_the_rest(site, links):
    offline = ("--no-index", "--find-links", links)
    done = pip(site, "install", *offline, "greeter")
    assert done.returncode == 0, done.stdout
    names = {p.name for p in site[1].iterdir()}
    assert {"_greeter_fast", "_greeter_safe"} <= names
    assert "_greeter_wide" not in names
    assert greets(site) == f"Hello, x! {2**32 - 1}"
    said = run("-c", "import greeter", program=site[0], GREETER_RUNTIME="wide").stdout
    assert "AbsentRuntimeError" in said
    command = re.search(r"hint: `pip (install .*)`, or", said)[1].split()
    assert command[-1] == "greeter-runtime-wide==1.4.0"
    done = pip(site, *command, *offline)
    assert done.returncode == 0, done.stdout
    assert greets(site, "wide") == f"Hello, x! {2**64 - 1}"
    # Of another version it is refused before it is loaded, with the same command.
    stamp = site[1] / "_greeter_wide" / "rtvariants.stamp"
    stamp.write_text(stamp.read_text().replace("version=1.4.0", "version=1.3.9"))
    said = run("-c", "import greeter", program=site[0], GREETER_RUNTIME="wide").stdout
    assert "SkewedRuntimeError" in said
    assert "its version is `1.3.9`, this package has `1.4.0`" in said
    assert " ".join(command) in said
    assert pip(site, *command, *offline).returncode == 0
    assert greets(site, "wide") == f"Hello, x! {2**64 - 1}"


def test_an_extra_brings_its_runtime(site, links):
    uv_pip(site, "install", "--offline", "--no-index", "--find-links", links, "greeter[wide]")
    assert greets(site, "wide") == f"Hello, x! {2**64 - 1}"


def pip_ok(site, *argv):
    done = pip(site, *argv)
    assert done.returncode == 0, done.stdout


def uv_pip(site, command, *argv):
    ok("-m", "uv", "pip", command, "-q", "--no-cache", "--python", site[0], *argv)


def with_pip(site, path):
    pip_ok(site, "install", "--no-index", "--no-deps", "--no-compile", path)
    return lambda name: pip_ok(site, "uninstall", "-y", name)


def with_uv(site, path):
    uv_pip(site, "install", "--no-deps", path)
    return lambda name: uv_pip(site, "uninstall", name)


@pytest.mark.parametrize(
    ("installer", "into", "out"),
    # Two orders by pip, whose start costs a second, and others by uv.
    [(with_pip, 0, 10), *((with_uv, i, (5 * i + 3) % 24) for i in (5, 14, 23))],
)
def test_parts_install_and_uninstall_in_any_order(site, links, installer, into, out):
    _, packages = site
    wheels = sorted(links.glob("greeter*.whl"))
    orders = list(itertools.permutations(wheels))
    before = {p for p in packages.rglob("*") if "__pycache__" not in p.parts}
    removals = [installer(site, path) for path in orders[into]]
    assert greets(site, "safe") == f"Hello, x! {2**32 - 1}"
    for i, path in enumerate(orders[out]):
        removals[0](path.name.split("-")[0].replace("_", "-"))
        for other in orders[out][i + 1 :]:
            with zipfile.ZipFile(other) as wheel:
                assert [n for n in wheel.namelist() if not (packages / n).is_file()] == []
    left = {p for p in packages.rglob("*") if "__pycache__" not in p.parts} - before
    assert {p.name for p in left if p.is_file()} == set()


def test_each_sdist_builds_its_part(tree, packed, tmp_path):
    env = {"CARGO_TARGET_DIR": str(tree / "target")}
    for name in ("greeter", "greeter_runtime_wide"):
        (sdist,) = packed["split"].glob(f"{name}-1.4.0.tar.gz")
        unpack(sdist, tmp_path)
        source = tmp_path / f"{name}-1.4.0"
        ok("-m", "build", "-w", "-n", "-x", "-o", tmp_path / "out", source, **env)
        (ours,) = packed["split"].glob(f"{name}-1.4.0-*.whl")
        theirs = tmp_path / "out" / ours.name
        first, again = (
            {i.filename: i.CRC for i in zipfile.ZipFile(path).infolist()} for path in (ours, theirs)
        )
        assert first == again


def test_the_sdist_of_the_base_installs_its_runtimes(packed, links, tmp_path):
    # uv believes what pyproject.toml states, and asks a backend for what that calls dynamic.
    folder = tmp_path / "links"
    shutil.copytree(links, folder, ignore=lambda *_: ["greeter-1.4.0-py3-none-any.whl"])
    shutil.copy(packed["split"] / "greeter-1.4.0.tar.gz", folder)
    (tmp_path / "in.txt").write_text("greeter[wide]\n")
    said = ok(
        "-m", "uv", "pip", "compile", "-q", "--offline", "--no-cache", "--no-index", "--no-header",
        "--no-annotate", "--find-links", folder, tmp_path / "in.txt",
    )  # fmt: skip
    names = {line.partition("==")[0] for line in said.splitlines() if "==" in line}
    assert names == {"archspec", "greeter", *(f"greeter-runtime-{n}" for n in RUNTIMES)}


# ------------------------------------------------------------------------------ variant wheels


def chosen(folder, into, providers=None, flag=True):
    """Return the runtimes that uv installs on a CPU that `providers` describes."""
    shutil.rmtree(into, ignore_errors=True)
    copy = into / "links"
    shutil.copytree(folder, copy)
    if providers:
        index = copy / "greeter-1.4.0-variants.json"
        document = json.loads(index.read_text())
        document["providers"] = {"x86_64": providers}
        index.write_text(json.dumps(document))
    argv = ["-m", "uv", "pip", "install", "-q", "--no-cache", "--offline", "--no-index"]
    argv += ["--no-deps", "--find-links", copy, "--target", into / "site", "greeter"]
    done = run(*argv, *(["--preview-features", "wheel-variants"] if flag else []))
    assert done.returncode == 0, done.stdout
    found = {p.name.removeprefix("_greeter_") for p in (into / "site").glob("_greeter_*")}
    return found - {"loader"}


@pytest.mark.parametrize(
    ("providers", "runtimes"),
    [
        ({"static-properties": {"level": ["v4", "v3", "v2", "v1"]}}, {"fast", "wide"}),
        ({"static-properties": {"level": ["v3", "v2", "v1"]}}, {"fast", "wide"}),
        ({"static-properties": {"level": ["v2", "v1"]}}, {"safe"}),
        ({"static-properties": {"level": ["v1"]}}, {"safe"}),
        # Nobody tells what the CPU has: the null variant, which runs everywhere.
        ({"requires": ["nobody-knows-this-provider"]}, {"safe"}),
    ],
    ids=["v4", "v3", "v2", "v1", "null"],
)
def test_uv_chooses_the_variant_that_the_cpu_can_run(packed, tmp_path, providers, runtimes):
    assert chosen(packed["variant"], tmp_path / "x", providers) == runtimes


def test_uvs_own_provider_agrees_with_the_kernel(packed, tmp_path):
    cpuinfo = Path("/proc/cpuinfo").read_text()
    runs_v3 = {"avx2", "bmi2", "fma", "abm"} <= set(cpuinfo.split())
    assert chosen(packed["variant"], tmp_path / "x") == ({"fast", "wide"} if runs_v3 else {"safe"})


def test_without_its_preview_uv_takes_the_plain_wheel(packed, tmp_path):
    assert chosen(packed["variant"], tmp_path / "x", flag=False) == {"fast", "wide", "safe"}


def test_pip_takes_the_plain_wheel(packed, site):
    links = packed["variant"]
    done = pip(site, "install", "--no-deps", "--no-index", "--find-links", links, "greeter")
    assert done.returncode == 0, done.stdout
    assert {p.name for p in site[1].glob("_greeter_*")} == {
        "_greeter_fast", "_greeter_wide", "_greeter_safe", "_greeter_loader",
    }  # fmt: skip
    assert greets(site) == f"Hello, x! {2**32 - 1}"


def test_a_variant_names_the_wheel_that_has_the_rest(packed, tmp_path):
    (path,) = packed["variant"].glob("*-null.whl")
    zipfile.ZipFile(path).extractall(tmp_path)
    said = run("-c", "import greeter", PYTHONPATH=str(tmp_path), GREETER_RUNTIME="wide").stdout
    assert "AbsentRuntimeError" in said
    assert "`pip install --force-reinstall --no-deps greeter==1.4.0`" in said
    assert run("-c", "import greeter", PYTHONPATH=str(tmp_path)).returncode == 0


def test_variantlib_reads_the_metadata(packed):
    from variantlib.api import get_variant_label
    from variantlib.variants_json import VariantsJson

    index = packed["variant"] / "greeter-1.4.0-variants.json"
    found = VariantsJson(json.loads(index.read_text()))
    assert set(found.variants) == {"x86_64_v3", "null"}
    labels = {get_variant_label(each) for each in found.variants.values()}
    assert labels == {"x86_64_v3", "null"}
    bad = json.loads(index.read_text()) | {"variants": {"v3": {}}}
    with pytest.raises(Exception, match="must always use 'null' label"):
        VariantsJson(bad)
    assert variants.contradictions(json.dumps(bad).encode())


# ------------------------------------------------------------------------------ outside judges


def test_other_tools_accept_the_wheels(packed):
    files = [p for kind in ("split", "fat") for p in packed[kind].iterdir()]
    ok("-m", "twine", "check", "--strict", *files)
    wheels = [p for p in files if p.suffix == ".whl"]
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            names = {n.split("/")[0] for n in wheel.namelist() if ".dist-info/" not in n}
        judge = ("-m", "check_wheel_contents", "--toplevel", ",".join(sorted(names)), path)
        ok(*judge, "--ignore", "W004")
        # W004 is a file that can't be imported: so PyInstaller wants the name of a hook.
        found = run(*judge, "--select", "W004").stdout.split("\n  ")[1:]
        hook = "_greeter_loader/pyinstaller/hook-_greeter_loader.py"
        assert [line.strip() for line in found] == [hook] * ("_greeter_loader" in names)
    natives = [p for p in wheels if "none-any" not in p.name]
    for path in natives:
        assert "manylinux_" in ok("-m", "auditwheel", "show", path)
    report = json.loads(ok("-m", "abi3audit", "--strict", "--report", *natives))
    audited = [each["result"] for spec in report["specs"].values() for each in spec["wheel"]]
    assert len(audited) == 6
    assert all(each["is_abi3_baseline_compatible"] for each in audited)


# ---------------------------------------------------------------------------- rtvariants test


def trying(tree, *argv):
    # What these wheels require, archspec, is not needed to run them.
    return run("-m", "rtvariants", "test", "--project", tree, "--no-deps", *argv)


@pytest.mark.skipif(
    bool(os.environ.get("RTVARIANTS_ALLOW_NO_QEMU")) and not shutil.which("qemu-x86_64"),
    reason="qemu-x86_64 not found, and RTVARIANTS_ALLOW_NO_QEMU is set",
)
def test_split_wheels_work_in_a_clean_environment_and_on_old_cpus(tree, packed):
    wheels = packed["split"].glob("*.whl")
    done = trying(tree, "--strict", *wheels)
    assert done.returncode == 0, done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("ok ")]
    runs = {" ".join(line.split()[1:5]).removesuffix(":") for line in lines}
    assert {f"{r} runs on this" for r in ("fast", "wide", "safe")} <= runs
    assert {"fast runs on Haswell", "fast refuses on IvyBridge", "wide refuses on IvyBridge",
            "safe runs on Opteron_G1,-sse3"} <= runs  # fmt: skip
    assert "8 runs, 0 failed" in done.stdout
    assert "note: installed without `archspec<0.3,>=0.2.7`" in done.stdout


def test_a_query_that_one_runtime_cannot_answer_fails_with_its_name(tree, packed):
    (wheel,) = packed["fat"].glob("*.whl")
    done = trying(
        tree, "--no-emulation", "--run", "import greeter; assert greeter.most() < 2**40", wheel
    )
    assert done.returncode == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failed) == 1
    assert "wide runs on this CPU" in failed[0]
    assert "exit status 1: AssertionError" in failed[0]


def test_a_bad_wheel_is_not_installed(tree, packed, tmp_path):
    (path,) = packed["fat"].glob("*.whl")
    wheel = archives.read(path)
    swapped = dict(wheel.files)
    one, other = "_greeter_fast/_hello.abi3.so", "_greeter_safe/_hello.abi3.so"
    swapped[one], swapped[other] = swapped[other], swapped[one]
    bad = archives.Wheel(wheel.name, wheel.version, wheel.tag, swapped).sealed().write(tmp_path)
    done = trying(tree, bad)
    assert done.returncode == 1
    assert "extension module of another runtime or build" in done.stdout
    assert "runs on" not in done.stdout


def test_a_foreign_wheel_is_not_skipped_silently(tree, packed, tmp_path):
    (path,) = packed["fat"].glob("*.whl")
    wheel = archives.read(path)
    # A glibc that no machine has yet: nothing else of the wheel would be true of another platform.
    tag = re.sub("manylinux_.*", "manylinux_2_99_x86_64", wheel.tag)
    info = f"{wheel.dist_info}/WHEEL"
    files = {**wheel.files, info: wheel.files[info].replace(wheel.tag.encode(), tag.encode())}
    foreign = archives.Wheel(wheel.name, wheel.version, tag, files).sealed().write(tmp_path)
    done = trying(tree, "--strict", foreign)
    assert done.returncode == 1
    assert "NOT RUN" in done.stdout
    assert "no interpreter for `manylinux_2_99_x86_64`" in done.stdout
    # This machine's Python stands in for a foreign one: the way to it is what is shown here.
    done = trying(tree, "--strict", "--python", f"manylinux_2_99={sys.executable}", foreign)
    assert done.returncode == 0, done.stdout
    assert "3 runs, 0 failed" in done.stdout
