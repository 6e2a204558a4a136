"""`-C` settings reach the plugin under backends that pass none on."""

import pytest

from rtvariants.backends.settings import applied, of_hook
from rtvariants.config.overrides import current
from rtvariants.errors import ConfigError

# As pip, build and uv give `-C runtimes=v3 -C runtimes=base`, `-C runtimes=v3,base`.
GIVEN = [{"runtimes": ["v3", "base"]}, {"runtimes": "v3,base"}, {}, None]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return inside()


def inside():
    return of_hook()


@pytest.mark.parametrize("settings", GIVEN)
def test_the_settings_of_the_hook_are_found(settings):
    assert build_wheel("dist", settings) == (settings or {})


def test_a_wrapper_that_changes_the_settings_is_followed():
    def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
        return build_wheel(wheel_directory, {**(config_settings or {}), "jobs": "2"})

    given = {"jobs": "1", "frugal": "true"}
    assert build_editable("dist", given) == {"jobs": "2", "frugal": "true"}


def test_outside_of_a_hook_there_are_none():
    assert of_hook() == {}


def test_settings_apply_and_unknown_ones_are_named():
    def build_sdist(sdist_directory, config_settings=None):
        with applied(known=("--build-option",)):
            return current({}).take("jobs").value

    assert build_sdist("dist", {"jobs": "3", "--build-option": "--quiet"}) == "3"
    with pytest.raises(ConfigError, match="unknown setting: `-C job`\nhint: did you mean `jobs`"):
        build_sdist("dist", {"job": "3"})
