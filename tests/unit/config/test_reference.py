"""The reference: made from the settings."""

import pytest
from sample_settings import Outer

from rtvariants.config import reference


def test_a_field_becomes_a_row_and_a_text():
    text = reference.markdown(Outer, "outer")
    assert "### `[outer.one]`" in text
    assert "### `[[outer.many]]`" in text
    assert (
        '| `kind` | `fat` or `split` | `"fat"` | `RTVARIANTS_PACKAGING`, `-C packaging=…` |' in text
    )
    assert "**`size`**: Size, in MB." in text
    assert "| `tools` | list of names or tables | `[]` |  |" in text
    assert "| `maybe` | table | absent |  |" in text


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="no generated part"):
        reference.replaced("written by hand", Outer, "outer")
