"""What the wheel knows of levels against the installed archspec, over all of its recorded CPUs."""

import pytest
from archspec.cpu import TARGETS, detect

from rtvariants.loader import host as hosts
from rtvariants.targets import levels

from .machines import LEVELS, RECORDED, Machine, recorded, table

# The best level of each recorded x86-64 CPU, written by hand from what its maker says of it.
BEST = {
    "darwin-mojave-haswell": "v3",
    "darwin-mojave-ivybridge": "v2",
    "darwin-mojave-skylake": "v3",
    "linux-centos7-cascadelake": "v4",
    "linux-rhel6-piledriver": "v2",
    "linux-rhel7-broadwell": "v3",
    "linux-rhel7-haswell": "v3",
    "linux-rhel7-ivybridge": "v2",
    "linux-rhel7-skylake_avx512": "v4",
    # A Haswell whose AES was switched off, which no level needs.
    "linux-rhel7-x86_64_v3": "v3",
    "linux-rhel7-zen": "v3",
    "linux-rocky8.5-zen4": "v4",
    "linux-rocky9-zen5": "v4",
    "linux-rocky9-zen6": "v4",
    # SSE3 and POPCNT, but no SSSE3.
    "linux-scientific7-k10": "v1",
    # FMA and F16C, but no AVX2.
    "linux-scientific7-piledriver": "v2",
    "linux-scientificfermi6-bulldozer": "v2",
    "linux-scientificfermi6-piledriver": "v2",
    "linux-ubuntu18.04-broadwell": "v3",
    "linux-ubuntu20.04-zen3": "v3",
    "linux-ubuntu24.04-alderlake": "v3",
    "linux-ubuntu26.04-arrowlake_s": "v3",
    "linux-unknown-sapphirerapids": "v4",
    "windows-cpuid-broadwell": "v3",
    "windows-cpuid-icelake": "v4",
}
ARM = sorted(
    path.name
    for path in RECORDED.iterdir()
    if path.name.rpartition("-")[2] in TARGETS
    and TARGETS[path.name.rpartition("-")[2]].family.name == "aarch64"
)
OTHER = {
    "bgq-rhel6-power7", "linux-centos7-power8le", "linux-debian13-x60", "linux-rhel8-power9",
    "linux-sifive-u74mc", "linux-spacemit-x60", "linux-unknown-power10",
}  # fmt: skip


@pytest.fixture
def pretend(monkeypatch, tmp_path):
    """Return a function that makes this process one on a recorded CPU."""
    made = Machine(monkeypatch, tmp_path)

    def pretend(name, machine="x86_64", **more):
        system = {"linux": "linux", "darwin": "macos", "windows": "windows"}[name.split("-")[0]]
        text = recorded(name)
        key = {"linux": "text", "macos": "sysctl", "windows": "cpuid"}[system]
        made.set(machine=machine, system=system, **{key: text}, **more)
        return made, system

    return pretend


def test_every_recording_has_an_answer_here():
    # A new archspec with a new CPU needs a line above.
    assert {path.name for path in RECORDED.iterdir()} == {*BEST, *ARM, *OTHER}
    assert len(ARM) >= 20


@pytest.mark.parametrize("name", BEST)
def test_the_best_level_of_a_recorded_cpu_is_chosen(pretend, name):
    machine, system = pretend(name)
    offered = {n: LEVELS[n] for n in LEVELS}
    assert machine.chosen(table(system, names=offered)) == BEST[name]
    if system == "linux":
        assert machine.best() == BEST[name]


@pytest.mark.parametrize("name", BEST)
def test_each_level_is_possible_where_archspec_says_so(pretend, name):
    machine, system = pretend(name)
    info = detect.detected_info()
    possible = {target.name for target in detect.compatible_microarchitectures(info)}
    x86 = [n for n in levels.known_levels() if TARGETS[n].family.name == "x86_64"]
    for level in x86:
        if TARGETS[level].vendor not in ("generic", info.vendor):
            continue  # archspec excludes those of other makers by name.
        offered = {"it": level, "v1": "x86_64"}
        chosen = machine.chosen(table(system, names=offered)) == "it"
        # What a level has of its ancestors it may not list itself.
        needs = set(levels.level(level).features)
        assert chosen == ((level in possible and needs <= info.features) or level == "x86_64"), (
            level
        )


@pytest.mark.parametrize(
    ("spelling", "best"),
    [({"sse3": "pni"}, "v3"), ({}, "v1"), ({"sse3": "pni", "abm": "lzcnt"}, "v2")],
)
def test_a_feature_in_archspecs_spelling_instead_of_the_kernels_is_detected(
    pretend, monkeypatch, spelling, best
):
    machine, _ = pretend("linux-rhel7-haswell")
    monkeypatch.setattr(levels, "_LINUX", spelling)
    assert machine.best() == best


@pytest.mark.parametrize("name", [n for n in ARM if n.startswith("linux")])
def test_each_arm_level_is_possible_where_archspec_says_so(pretend, name):
    machine, _ = pretend(name, "aarch64")
    info = detect.detected_info()
    possible = {target.name for target in detect.compatible_microarchitectures(info)}
    asked = 0
    for level in levels.known_levels():
        own = TARGETS[level]
        if own.family.name != "aarch64" or level.startswith("armv") or own.vendor != info.vendor:
            continue
        offered = {"it": level, "base": "aarch64"}
        chosen = machine.chosen(table(machine="aarch64", names=offered)) == "it"
        needs = set(levels.level(level).features)
        assert chosen == (level in possible and needs <= info.features), level
        asked += 1
    assert machine.chosen(table(machine="aarch64", names={"base": "aarch64"})) == "base"
    assert asked or info.vendor in ("generic", "0x53")


@pytest.mark.parametrize("name", [n for n in ARM if n.startswith("darwin")])
def test_a_native_python_on_an_arm_mac_gets_its_runtime(pretend, name):
    machine, system = pretend(name, "arm64")
    made = table(system, "aarch64", {"base": "aarch64"})
    assert machine.chosen(made) == "base"
    assert hosts.kernel_host().machine == "aarch64"


@pytest.mark.parametrize("name", [n for n in ARM if n.startswith("darwin")])
@pytest.mark.parametrize("able", ["v3", "v1"])
def test_a_translated_python_on_an_arm_mac_gets_what_the_translator_can_do(pretend, name, able):
    # Newer systems translate AVX2 too; the guards ask the translator's CPUID.
    machine, system = pretend(name, "x86_64", able=able)
    decision = machine.decision(table(system))
    assert decision.chosen.name == able
    assert decision.host.machine == "x86_64"
    assert decision.host.notes == (
        "archspec: this CPU is `aarch64` and translates for a `x86_64` Python",
    )


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_list_of_an_unsupported_machine_leaves_it_to_the_guards(monkeypatch, tmp_path, name):
    machine = Machine(monkeypatch, tmp_path)
    machine.set(recorded(name), able="v2")
    assert machine.best() == "v2"
