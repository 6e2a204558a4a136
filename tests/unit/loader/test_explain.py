"""The report: by the package itself and by `rtvariants explain`, also where nothing loads."""

import json
import os
import subprocess
import sys

import pytest

from .conftest import HAS, LACKS, MACHINE, SYSTEM

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's list of flags")


def explain(sample, *words, **env):
    done = sample.python("-m", "rtvariants", "explain", *map(str, words), **env)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def report(sample, *words, **env):
    """Return the report of the package's own loader."""
    done = sample.python("-m", "_sample_loader", "--json", *words, **env)
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def record(sample, folder, name, *packages):
    """Write what an installer leaves of a distribution that owns these packages."""
    info = folder / f"{name.replace('-', '_')}-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2.3\n")
    rows = [f"{p}/{file},," for p in packages for file in ("__init__.py", "table.py")]
    (info / "RECORD").write_text("\n".join(rows) + "\n")


# ------------------------------------------------------------------------------- the report


@LINUX
@pytest.mark.parametrize("needs", [(HAS,), (LACKS,)], ids=["quick path", "long path"])
def test_each_source_of_facts_is_named_in_order(sample, needs):
    sample.write(fast=needs)
    host = report(sample)["host"]
    assert [layer["source"] for layer in host["layers"]] == [
        "interpreter", "/proc/cpuinfo", "archspec", "guard",
    ]  # fmt: skip
    said = [layer["answer"] for layer in host["layers"]]
    assert said[0].startswith(f"{MACHINE} {SYSTEM}, as its triplet `{MACHINE}-linux")
    assert said[1] == f"{len(host['features'])} flags"
    assert said[2].endswith(" features")
    assert said[3] == f"allowed `{'fast' if needs == (HAS,) else 'plain'}`"
    assert host["cpu"]


def test_a_guard_that_refused_is_named(sample):
    sample.native("fast", "raise ImportError('rtvariants: `fast` needs X that it lacks: avx2')")
    said = [x["answer"] for x in report(sample)["host"]["layers"] if x["source"] == "guard"]
    assert said == [
        "refused `fast`: `fast` needs X that it lacks: avx2", "allowed `plain`",
    ]  # fmt: skip


def test_the_report_has_the_time_of_the_import_in_two_parts(sample):
    sample.native("fast", "import time; time.sleep(0.05)")
    spent = report(sample)["milliseconds"]
    assert set(spent) == {"choice", "native"}
    assert spent["native"] >= 50
    assert 0 < spent["choice"] < spent["native"]
    assert report(sample, "--no-load")["milliseconds"] is None


def test_the_report_has_all_parts_of_the_request(sample):
    asked = report(sample, SAMPLE_RUNTIME="wide")["request"]
    assert asked == {
        "runtime": "wide", "origin": "`SAMPLE_RUNTIME`", "index_bits": None, "unsafe": False,
    }  # fmt: skip
    code = """
import warnings; warnings.simplefilter("ignore")
from _sample_loader import require; require(index=64)
from _sample_loader.explain import of_process, text
print(of_process()["request"]["index_bits"]); print(text(of_process()))
"""
    lines = sample.lines(code, SAMPLE_RUNTIME_UNSAFE="1")
    assert lines[0] == "64"
    assert "64-bit index, without checking the CPU (`require(index=64)`" in "\n".join(lines)


def test_distributions_that_own_a_runtime_are_named(sample):
    record(sample, sample.folder, "sample", "sample", "_sample_loader", "_sample_fast")
    record(sample, sample.folder, "sample-runtime-wide", "_sample_wide")
    record(sample, sample.folder, "rival", "_sample_wide")
    facts = report(sample)
    owned = {each["name"]: sorted(each["distributions"]) for each in facts["runtimes"]}
    assert owned == {
        "fast": ["sample 1.2.3"],
        "wide": ["rival 1.2.3", "sample-runtime-wide 1.2.3"],
        "plain": [],
    }
    assert "installed by: sample 1.2.3\n" in sample.python("-m", "_sample_loader").stdout


def test_broken_metadata_of_other_packages_is_ignored(sample):
    (sample.folder / "other-1.dist-info").mkdir()
    (sample.folder / "bad-1.dist-info").mkdir()
    (sample.folder / "bad-1.dist-info" / "RECORD").write_bytes(b"\xff\xfe")
    assert report(sample)["chosen"] == "fast"


def test_a_package_that_fails_for_a_reason_of_its_own_is_explained(sample):
    (sample.folder / "sample" / "__init__.py").write_text("import missing_dependency\n")
    facts = report(sample)
    assert (facts["chosen"], facts["error"]) == ("fast", None)
    assert facts["milliseconds"]["native"] > 0
    (sample.folder / "sample" / "__init__.py").write_text("1 / 0\n")
    sample.native("fast", "raise ImportError('broken')")
    assert report(sample)["chosen"] == "plain"


def test_nothing_is_loaded_with_no_load(sample):
    sample.native("fast", "raise SystemExit('loaded all the same')")
    facts = report(sample, "--no-load")
    assert (facts["chosen"], facts["error"]) == ("fast", None)
    assert [x for x in facts["host"]["layers"] if x["source"] == "guard"] == []


@pytest.mark.parametrize("name", ["_core.abi3.so", "_core.pyd"])
def test_a_native_without_the_stamp_next_to_it_is_reported(sample, name):
    """Two natives are swapped, or a stamp is edited that the table does not have."""
    stamp = (sample.folder / "_sample_fast" / "rtvariants.stamp").read_bytes()
    for runtime, inside in (("fast", stamp), ("wide", stamp)):
        native = sample.folder / f"_sample_{runtime}" / name
        native.write_bytes(b"\x7fELF" + bytes(64) + inside + bytes(64))
    facts = report(sample, "--no-load")
    assert {each["name"]: each["stamp"] for each in facts["runtimes"]} == {
        "fast": "as in the extension module", "wide": f"differs from the one in `{name}`",
        "plain": None,
    }  # fmt: skip
    text = sample.python("-m", "_sample_loader", "--no-load").stdout
    assert text.count(f"  stamp: differs from the one in `{name}`\n") == 1


# ------------------------------------------------------------------------------- the command


def test_the_command_prints_what_the_package_says(sample):
    sample.write(fast=(HAS, LACKS))
    done = explain(sample, "sample", "--json")
    assert done.returncode == 0
    # Two processes spend different times.
    times = {"milliseconds": None}
    assert json.loads(done.stdout) | times == report(sample) | times
    lines = explain(sample, "sample").stdout.splitlines()
    own = sample.python("-m", "_sample_loader").stdout.splitlines()
    assert [x for x in lines if " ms" not in x] == [x for x in own if " ms" not in x]
    assert lines[0] == "sample 1.2.3: runtime plain"


def test_where_nothing_can_be_loaded_the_command_says_why(sample):
    sample.write(fast=(LACKS,), plain=(LACKS,))
    done = explain(sample, "sample", "--json")
    facts = json.loads(done.stdout)
    assert (done.returncode, facts["chosen"]) == (1, None)
    assert facts["error"].startswith("no runtime of `sample` 1.2.3 can run here")
    assert {r["name"] for r in facts["runtimes"] if r["obstacle"]} == {"fast", "plain"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_native_that_ends_the_process_is_reported_with_everything_else(sample):
    sample.native("fast", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    done = explain(sample, "sample")
    assert done.returncode == 1
    assert done.stderr.startswith("error: loading ends the process: SIGILL\nhint: report it")
    assert done.stdout.startswith("sample 1.2.3: runtime fast\n")
    assert explain(sample, "sample", "--no-load").returncode == 0


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Return the folder of an environment of its own, without the plugin, and its site-packages."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    (python,) = (p for p in folder.glob("*/python*") if p.stem == "python")
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return folder, python, found.stdout.strip()


@pytest.mark.parametrize("by", ["folder", "python"])
def test_a_package_of_another_environment(sample, elsewhere, tmp_path, by):
    folder, python, site = elsewhere
    other = tmp_path / "nothing"
    other.mkdir()
    path = os.path.join(site, "sample.pth")
    with open(path, "w") as file:
        file.write(f"{sample.folder}\n")
    try:
        words = ("--python", folder if by == "folder" else python)
        done = explain(sample, "sample", "--json", *words, PYTHONPATH=str(other))
        assert json.loads(done.stdout)["python"]["executable"] == str(python)
    finally:
        os.unlink(path)
    done = explain(sample, "sample", *words, PYTHONPATH=str(other))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: `sample` is not installed for `{python}`\nhint: ")


def test_a_distribution_of_another_name_is_found(sample):
    record(sample, sample.folder, "The.Sample", "sample", "_sample_loader")
    done = explain(sample, "the-sample")
    assert done.stdout.startswith("sample 1.2.3: runtime fast\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "error: `nowhere` is not installed for"),
        (("json",), "error: package without runtimes: `json`"),
        (
            ("sample", "--python", "/no/such"),
            "error: can't run this Python: `/no/such`: No",
        ),
        (
            ("sample", "--python", "/bin/true"),
            "error: can't run this Python: `/bin/true`: no",
        ),
        (("sample", "--python", "/"), "error: can't run this Python: `/`: Permission denied"),
    ],
)
def test_what_cannot_be_explained_is_one_fact_and_a_hint(sample, words, said):
    done = explain(sample, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\nhint: ") == 1


def test_a_damaged_loader_is_reported(sample):
    (sample.folder / "_sample_loader" / "explain.py").write_text("1 / 0")
    done = explain(sample, "sample")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: `_sample_loader` can't report: ZeroDivisionError: division by zero\nhint: "
    )
