"""Every 64-bit CPU model of the emulator, from the oldest to the newest, with every request.

The features that each model lacks are listed by hand, from its maker's history, and so are the
expected answers. The emulator shows the kernel's list of such a machine instead of this machine's;
a second round ignores the list, so that only the guard in the binary decides.
"""

import concurrent.futures
import re
import subprocess
import zipfile
from pathlib import Path

import archspec
import pytest

from .conftest import ILLEGAL

pytestmark = pytest.mark.slow

# What x86-64-v3 has in addition to the first x86-64 CPU, in the kernel's spelling.
V3 = {
    "abm", "avx", "avx2", "bmi1", "bmi2", "cx16", "f16c", "fma", "lahf_lm", "movbe", "pni",
    "popcnt", "sse4_1", "sse4_2", "ssse3", "xsave",
}  # fmt: skip
# The compiler's spelling, which the guard uses; it has no name for `lahf_lm`.
RUSTC = {
    "abm": "lzcnt", "cx16": "cmpxchg16b", "pni": "sse3", "sse4_1": "sse4.1", "sse4_2": "sse4.2",
    "lahf_lm": "",
}  # fmt: skip
FIRST = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush mmx fxsr sse sse2"
)

# What came with AVX2, and what makers had before it.
HASWELL = "avx2 bmi1 bmi2 fma movbe abm"
SANDY = f"{HASWELL} f16c"
NEHALEM = f"{SANDY} avx xsave"
# The year of the first sale, the model, and which features of V3 are missing.
MODELS = [
    (2003, "Opteron_G1,-sse3", " ".join(V3)),  # the first of all: SSE2 and nothing after it
    (2004, "kvm64", f"{NEHALEM} lahf_lm popcnt sse4_1 sse4_2 ssse3"),  # the late Pentium 4
    (2004, "qemu64", f"{NEHALEM} popcnt sse4_1 sse4_2 ssse3"),
    (2005, "Opteron_G1", f"{NEHALEM} cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3"),
    (2006, "Opteron_G2", f"{NEHALEM} popcnt sse4_1 sse4_2 ssse3"),
    # Merom has CMPXCHG16B, but the emulator's model lacks it.
    (2006, "Conroe", f"{NEHALEM} cx16 popcnt sse4_1 sse4_2"),
    (2007, "core2duo", f"{NEHALEM} popcnt sse4_1 sse4_2"),
    # LZCNT and POPCNT came to AMD with the Phenom, SSSE3 only with the Bulldozer.
    (2007, "phenom", "avx2 bmi1 bmi2 fma movbe f16c avx xsave sse4_1 sse4_2 ssse3"),
    (2007, "Opteron_G3", "avx2 bmi1 bmi2 fma movbe f16c avx xsave sse4_1 sse4_2 ssse3"),
    (2008, "Penryn", f"{NEHALEM} popcnt sse4_2"),
    (2008, "Nehalem", NEHALEM),
    (2010, "Westmere", NEHALEM),
    (2011, "SandyBridge", SANDY),
    (2011, "Opteron_G4", "avx2 bmi1 bmi2 fma movbe f16c"),  # FMA4, which is another instruction
    (2012, "IvyBridge", HASWELL),
    (2012, "Opteron_G5", "avx2 bmi1 bmi2 movbe"),  # Piledriver has BMI1, but the model lacks it
    (2013, "Haswell", ""),
    (2014, "Broadwell", ""),
    (2015, "Skylake-Client", ""),
    (2017, "KnightsMill", ""),
    (2017, "Skylake-Server", ""),
    # Atoms: MOVBE since the first, AVX not before 2021.
    (2017, "Denverton", "avx avx2 bmi1 bmi2 fma f16c abm"),
    (2017, "EPYC", ""),
    (2018, "Dhyana", ""),
    (2019, "Cascadelake-Server", ""),
    (2019, "EPYC-Rome", ""),
    (2020, "Cooperlake", ""),
    (2020, "Snowridge", "avx avx2 bmi1 bmi2 fma f16c abm"),
    (2021, "EPYC-Milan", ""),
    (2021, "Icelake-Server", ""),
    # Only later versions of the emulator know these.
    (2022, "YongFeng", ""),
    (2022, "EPYC-Genoa", ""),
    (2023, "SapphireRapids", ""),
    (2024, "EPYC-Turin", ""),
    (2024, "GraniteRapids", ""),
    (2024, "SierraForest", ""),
    (2026, "ClearwaterForest", ""),
    (2026, "max", ""),
    # A hypervisor or the kernel's command line can mask a flag.
    (2013, "Haswell,-bmi2", "bmi2"),
    (2013, "Haswell,-lahf-lm", "lahf_lm"),
    (2013, "Haswell,-xsave", "xsave avx avx2 f16c fma"),  # nothing is saved, so nothing is listed
    (2017, "EPYC,-abm,-movbe", "abm movbe"),
]
# 32-bit CPUs can't run this Python at all.
OLDER = {
    "486", "athlon", "base", "coreduo", "kvm32", "n270", "pentium", "pentium2", "pentium3",
    "qemu32",
}  # fmt: skip
RUNTIMES = ("fast", "wide", "safe")
REQUESTS = ("auto", *RUNTIMES)

SAY = """
import greeter
from _greeter_loader import decision
print(decision().chosen.name, greeter.Greeter("you", 0).greet(), greeter.most().bit_length())
"""
UNGUARDED = """
import importlib.util
spec = importlib.util.spec_from_file_location("_hello_unguarded", {!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.Greeter("you", 0).greet())
"""
SAID = {
    "fast": "fast Hello number 1 from you! 32\n",
    "wide": "wide Hello number 1 from you! 64\n",
    "safe": "safe Hello number 1 from you! 32\n",
}


def lacks(model):
    """Return what this model lacks, according to `MODELS`."""
    (found,) = (frozenset(names.split()) for _, name, names in MODELS if name == model)
    assert found <= V3
    return found


def cpuinfo(model):
    """Return the kernel's list of this model."""
    flags = " ".join([FIRST, *sorted(V3 - lacks(model)), "lm"])
    return (
        f"processor\t: 0\nvendor_id\t: {'AuthenticAMD' if 'EPYC' in model else 'GenuineIntel'}\n"
        f"cpu family\t: 6\nmodel\t\t: 0\nmodel name\t: {model}\nflags\t\t: {flags}\nbugs\t\t:\n\n"
    )


def cases(site):
    for request in REQUESTS:
        yield request, {"GREETER_RUNTIME": request}, SAY
        # The loader ignores the list, so that only the guard prevents a crash.
        unsafe = {"GREETER_RUNTIME": request, "GREETER_RUNTIME_UNSAFE": "1"}
        yield f"{request}, unsafe", unsafe, "import warnings; warnings.simplefilter('ignore')" + SAY
    yield "unguarded", {}, UNGUARDED.format(str(site / "_greeter_fast" / "_hello.abi3.so"))


@pytest.fixture(scope="module")
def known(emulator):
    """Return the names of the emulator's models, without versions of the same model."""
    said = subprocess.run([emulator, "-cpu", "help"], capture_output=True, text=True, check=False)
    names = re.findall(r"^(?:x86 +|  )(\S+)", said.stdout.partition("Recognized")[0], re.MULTILINE)
    return {name for name in names if not re.search(r"-(v\d+|IBRS|IBPB|noTSX)$", name)}


@pytest.fixture(scope="module")
def answers(walk, known, greeter_wheel, tmp_path_factory):
    """Return the exit status and output of each request on each model."""
    site = tmp_path_factory.mktemp("models")
    with zipfile.ZipFile(greeter_wheel) as archive:
        archive.extractall(site)
    given = list(cases(site))

    def answer(model):
        return walk(model, cpuinfo(model), given, site, Path(archspec.__file__).parents[1])

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        models = [model for _, model, _ in MODELS if model.partition(",")[0] in known]
        return dict(zip(models, pool.map(answer, models), strict=True))


@pytest.fixture(params=[model for _, model, _ in MODELS])
def model(request, answers):
    if request.param not in answers:
        pytest.skip("only a later version of the emulator has this model")
    return request.param


def names(text):
    return set(re.findall(r"`([^`]+)`", text))


def test_there_are_many_models_and_none_is_missing(answers, known):
    assert len([model for model in answers if "," not in model]) >= 25
    assert known - OLDER <= {model for _, model, _ in MODELS}
    assert {bool(lacks(model)) for model in answers} == {True, False}


def test_no_request_ends_in_a_signal(answers, model):
    found = {name: status for name, (status, _) in answers[model].items() if name != "unguarded"}
    assert len(found) == 2 * len(REQUESTS)
    assert set(found.values()) <= {0, 3}, found


def test_the_automatic_choice_is_the_best_runtime_that_the_model_can_run(answers, model):
    assert answers[model]["auto"] == (0, SAID["safe" if lacks(model) else "fast"])


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_forced_runtime_runs_or_the_error_names_the_missing_features(answers, model, runtime):
    status, said = answers[model][runtime]
    if runtime == "safe" or not lacks(model):
        assert (status, said) == (0, SAID[runtime])
        return
    assert status == 3, said
    fact, hint = said.splitlines()
    what, reason = fact.split(": can't run here: this CPU lacks ")
    assert what == f"UnrunnableRuntimeError: `GREETER_RUNTIME={runtime}`"
    assert names(reason) == lacks(model)
    assert hint == "hint: unset `GREETER_RUNTIME`: the automatic choice here is `safe`"


def test_without_the_list_the_guard_gives_the_same_answers(answers, model):
    lacking = {RUSTC.get(name, name) for name in lacks(model)} - {""}
    assert answers[model]["auto, unsafe"] == (0, SAID["safe" if lacking else "fast"])
    assert answers[model]["safe, unsafe"] == (0, SAID["safe"])
    for runtime in ("fast", "wide"):
        status, said = answers[model][f"{runtime}, unsafe"]
        if not lacking:
            assert (status, said) == (0, SAID[runtime])
            continue
        assert status == 3, said
        assert f"can't run here: `{runtime}` needs CPU features that this processor" in said
        named = said.partition("lacks: ")[2].partition("\n")[0].partition(" (")[0]
        assert set(named.split(", ")) == lacking


def test_without_guard_and_loader_the_models_without_avx_trap(answers):
    # The control: if these ran, the answers above would prove nothing.
    old = [model for model in answers if "avx" in lacks(model)]
    assert len(old) >= 12
    assert {answers[model]["unguarded"][0] for model in old} <= ILLEGAL
    new = [model for model in answers if not lacks(model)]
    assert {answers[model]["unguarded"] for model in new} == {(0, "Hello number 1 from you!\n")}
