"""Arrays laid end to end come back as they were, each by its name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from grader.comparison.joined_arrays import joined, parted

DTYPES = st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.uint8])
ARRAYS = arrays_of.arrays(
    DTYPES, arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
)


@given(st.dictionaries(st.from_regex(r"a[0-9]{1,3}", fullmatch=True), ARRAYS, max_size=8))
def test_what_is_joined_comes_back(arrays: dict[str, Any]) -> None:
    """Values, shapes and types of arrays of any number of axes, empty ones too; one a type."""
    store = joined(arrays)
    assert len(store) == 1 + len({array.dtype for array in arrays.values()})
    back = parted(store)
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype and back[name].shape == array.shape
        assert np.array_equal(back[name], array, equal_nan=array.dtype.kind == "f")


def test_what_stays_apart_and_what_was_never_joined_is_left_alone() -> None:
    """A store of before, and the description that is to be read without an index."""
    plain = {"a0": np.arange(3.0), "about": np.arange(2, dtype=np.uint8)}
    assert parted(plain) == plain
    store = joined(plain, apart=("about",))
    assert store["about"] is plain["about"] and "a0" not in store
    assert {*parted(store)} == {"a0", "about"}


def test_column_major_and_sliced_arrays_keep_their_places() -> None:
    """How an array lies in memory decides nothing."""
    whole = np.arange(24.0).reshape(2, 3, 4)
    arrays = {"f": np.asfortranarray(whole), "s": whole[:, ::2, 1]}
    back = parted(joined(arrays))
    assert all(np.array_equal(back[name], array) for name, array in arrays.items())


def test_an_index_that_does_not_fit_is_refused() -> None:
    """A file that was cut and put together again is no store."""
    store = joined({"a0": np.arange(3.0)})
    with pytest.raises(ValueError, match="cannot reshape"):
        parted(store | {"joined_float64": np.arange(2.0)})
    with pytest.raises(KeyError):
        parted({"index": store["index"]})
