"""Plain data crosses bit by bit; bytes from an untrusted process can only fail one way."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.inside.wire import (
    DTYPES,
    ROOMY,
    Bounds,
    Encoded,
    Refused,
    Stored,
    WireError,
    decode,
    encode,
)

SMALL = Bounds(message_bytes=10_000, depth=8, items=300, ndim=4)
TAGS = b"NTFIDSAZ([{KRE"
HUGE, ALL_ONES = 1 << 40, (1 << 64) - 1


def told(structure: bytes, *sides: int, numbers: bytes = b"") -> bytes:
    """A message of these parts."""
    parts = struct.pack(f"<II{len(structure)}s{len(sides)}Q", len(structure), len(sides),
                        structure, *sides)  # fmt: skip
    return parts + numbers


def within(message: bytes, levels: int) -> bytes:
    """A message in a message in a message."""
    for _ in range(levels):
        message = told(b"E", len(message), numbers=message)
    return message


def keyed(count: int, keys: bytes) -> bytes:
    """The beginning of a dict with these keys."""
    return struct.pack("<cII", b"{", count, len(keys)) + keys


def arrays() -> st.SearchStrategy[np.ndarray[Any, Any]]:
    """Arrays of every dtype and of all small shapes, empty ones included, from raw bytes."""

    def build(dtype: np.dtype[Any], shape: list[int], raw: bytes) -> np.ndarray[Any, Any]:
        size = math.prod(shape) * dtype.itemsize
        data = (raw * (size // max(1, len(raw)) + 1))[:size]
        flat = np.frombuffer(data, np.uint8)
        plain = flat.astype(bool) if dtype.kind == "b" else flat.view(dtype)
        return plain[: math.prod(shape)].reshape(shape)

    shapes = st.lists(st.integers(0, 3), max_size=4)
    return st.builds(build, st.sampled_from(DTYPES), shapes, st.binary(min_size=1, max_size=40))


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=20)
    | arrays(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-(2**63), 2**63 - 1), inner, max_size=4)
    ),
    max_leaves=15,
)


def same(a: Any, b: Any) -> bool:
    """Compare to the bit, NaN included."""
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or (a != a and b != b))


@settings(deadline=None)
@given(PLAIN)
def test_plain_data_survives(value: Any) -> None:
    """What is encoded is decoded to the bit, with the same types and the same order."""
    assert same(value, decode(encode(value)))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_fail_only_with_one_error(data: bytes) -> None:
    """Decoding noise gives plain data or WireError, and no warning."""
    decode_or_wire_error(data)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(TAGS) | st.integers(0, 255), max_size=60).map(bytes),
    st.lists(st.integers(0, 3) | st.integers(0, ALL_ONES), max_size=4),
    st.binary(max_size=60),
)
def test_bytes_that_look_like_messages_fail_only_with_one_error(
    structure: bytes, sides: list[int], numbers: bytes
) -> None:
    """So does noise made of valid tags."""
    decode_or_wire_error(told(structure, *sides, numbers=numbers))


@settings(deadline=None)
@given(PLAIN, st.data())
def test_damaged_messages_fail_only_with_one_error(value: Any, data: st.DataObject) -> None:
    """Messages with bytes changed, cut off or put in fail with WireError or are plain data."""
    whole = encode(value)
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 4))
    decode_or_wire_error(whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + cut :])


@settings(deadline=None)
@given(PLAIN)
def test_a_truncated_message_is_never_accepted(value: Any) -> None:
    """Every proper beginning of a message is refused."""
    whole = encode(value)
    for end in {0, 1, len(whole) // 2, len(whole) - 1} - {len(whole)}:
        with pytest.raises(WireError):
            decode(whole[:end])


def decode_or_wire_error(data: bytes) -> None:
    try:
        value = decode(data, SMALL)
    except WireError:
        return
    assert plain(value)


def plain(value: Any) -> bool:
    """Only the listed types, exactly."""
    if type(value) in (list, tuple):
        return all(map(plain, value))
    if type(value) is dict:
        return all(type(key) in (str, int) and plain(item) for key, item in value.items())
    if type(value) is np.ndarray:
        return value.dtype in DTYPES and value.flags.writeable and value.flags.c_contiguous
    if isinstance(value, np.generic):
        return value.dtype in DTYPES
    return value is None or type(value) in (bool, int, float, str)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "too early"),
        (b"\xff" * 8, "too early"),
        (told(b""), "too early"),
        (told(b"X"), "unknown tag"),
        (told(b"NN"), "left over"),
        (told(b"N", 1), "left over"),
        (told(b"N", numbers=b"0"), "left over"),
        (told(b"D", numbers=b"0"), "too early"),
        (told(b"[\xff\xff\xff\xff"), "cannot be"),
        (told(b"S\xff\xff\xff\xffabc"), "too early"),
        (told(b"S\x01\x00\x00\x00\xff"), "utf-8"),
        (told(b"A\x63\x00\x00"), "unknown dtype"),
        (told(b"Z\x63"), "unknown dtype"),
        (told(b"A\x0b\x00\x09", *range(9)), "too many dimensions"),
        (told(b"A\x0b\x03\x00"), "layout"),
        (told(b"A\x0b\x00\x02", 1), "too early"),
        (told(b"A\x0b\x00\x01", HUGE), "impossible shape"),
        (told(b"A\x0b\x00\x01", ALL_ONES), "impossible shape"),
        (told(b"A\x0b\x00\x02", 1 << 31, 1 << 31), "too early"),
        (told(keyed(1, b"D" + bytes(8)) + b"N"), "neither text nor a whole number"),
        (told(keyed(1, b"S\x09\x00\x00\x00") + b"N"), "neither text nor a whole number"),
        (told(keyed(2, (b"I" + bytes(8)) * 2) + b"NN"), "twice"),
        (told(keyed(2, b"S\x01\x00\x00\x00a" * 2) + b"NN"), "twice"),
        (told(keyed(2, b"S\x01\x00\x00\x00a") + b"NN"), "as many keys"),
        (told(keyed(1, b"S\x01\x00\x00\x00aS\x01\x00\x00\x00b") + b"N"), "as many keys"),
        (told(b"[\x01\x00\x00\x00" * 60 + b"N"), "nested deeper"),
        (told(b"E", HUGE), "too early"),
        (told(b"E", 1, numbers=b"N"), "too early"),
        (within(told(b"N"), 60), "nested deeper"),
        (encode(Stored("a"), markers=True), "unknown tag"),
    ],
)
def test_impossible_messages_are_named(data: bytes, why: str) -> None:
    """Each kind of nonsense is refused before anything is allocated for it."""
    with pytest.raises(WireError, match=why):
        decode(data)


@pytest.mark.parametrize("bounds", [Bounds(), ROOMY], ids=["the judge's", "the fork's"])
@pytest.mark.parametrize(
    "step",
    [
        *(b"[\1\0\0\0", b"(\1\0\0\0", keyed(1, b"S\0\0\0\0"), b"K\0\0\0\0"),
        b"K\0\0\0\0(\1\0\0\0",
    ],
)
def test_depth_ends_long_before_pythons_own(step: bytes, bounds: Bounds) -> None:
    """Whatever lies in whatever, and whoever reads it: the bounds are met first, both ways."""
    for end in (b"", b"N"):
        with pytest.raises(WireError):
            decode(told(step * 3000 + end), bounds, markers=True)
        with pytest.raises(WireError):
            decode(within(told(end), 3000), bounds)
    value: Any = None
    for _ in range(3000):
        value = [value]
    with pytest.raises(Refused, match="deeper"):
        encode(value, bounds)


def test_a_kept_values_path_is_one() -> None:
    """It is a tuple of numbers and names, at whatever depth the value is kept."""
    deep: Any = Stored("a", (0, "b"))
    for _ in range(ROOMY.depth - 1):
        deep = [deep]
    assert repr(decode(encode(deep, ROOMY, markers=True), ROOMY, markers=True)) == repr(deep)
    for path in (b"N", b"[\0\0\0\0", b"(\1\0\0\0T", b"K\0\0\0\0(\0\0\0\0"):
        with pytest.raises(WireError, match="path of numbers and names"):
            decode(told(b"K\0\0\0\0" + path), ROOMY, markers=True)


def test_zero_sides_beside_huge_ones_allocate_nothing() -> None:
    """An empty array may have long sides as long as they are possible."""
    array = np.zeros((0, 1 << 20))
    assert decode(encode(array)).shape == array.shape


def test_bounds_hold_both_ways() -> None:
    """Bytes, depth, items and dimensions are bounded at both ends."""
    large = [np.zeros(2000), [[[[[[[[[0]]]]]]]]], [0] * 400, np.zeros((1,) * 5)]
    for value in large:
        with pytest.raises(Refused):
            encode(value, SMALL)
        with pytest.raises(WireError):
            decode(encode(value), SMALL)


def test_numpy_scalars_stay_scalars_of_their_dtype() -> None:
    """A NumPy scalar is not an array and not a Python number."""
    for value in (np.float32(1.5), np.int8(-3), np.bool_(True), np.complex64(1j)):
        back = decode(encode(value))
        assert type(back) is type(value)
        assert back == value
    assert type(decode(encode(1 + 2j))) is np.complex128


def test_bool_bytes_become_true_or_false() -> None:
    """A forged bool array holds nothing but bools."""
    array = decode(told(b"A\x00\x00\x01", 3, numbers=b"\x00\x02\xff"))
    assert array.tobytes() == b"\x00\x01\x01"


def test_layouts_are_restored_only_where_asked_for() -> None:
    """Fortran order and gaps come back for the fork; the judge always reads C order."""
    for array in (np.asfortranarray(np.ones((2, 3))), np.ones((4, 6))[:, ::2]):
        data = encode(array, markers=True)
        assert decode(data).flags.c_contiguous
        back = decode(data, layouts=True)
        assert back.flags.f_contiguous == array.flags.f_contiguous
        assert not back.flags.c_contiguous
        assert np.array_equal(back, array)


def test_other_byte_orders_are_turned() -> None:
    """An array of the other byte order arrives with the same values in the machine's own."""
    array = np.arange(3, dtype=">i4")
    back = decode(encode(array))
    assert back.dtype == np.dtype("int32")
    assert back.tolist() == [0, 1, 2]


def test_text_that_is_no_text_is_escaped() -> None:
    """Half a surrogate pair cannot be written as UTF-8; it arrives spelled out."""
    assert decode(encode("a\ud800")) == "a\\ud800"


def test_objects_that_pretend_are_refused_or_read_as_what_they_are() -> None:
    """Overridden methods of subclasses are not called."""

    class Liar(dict[str, int]):
        def items(self) -> Any:
            raise AssertionError("called")

    class Long(list[int]):
        def __len__(self) -> int:
            return 10**9

    assert decode(encode(Liar(a=1))) == {"a": 1}
    assert decode(encode(Long([1]))) == [1]


def test_encoded_values_are_spliced() -> None:
    """A value can be encoded early and sent later."""
    assert decode(encode({"value": Encoded(encode([1.0]))})) == {"value": [1.0]}


def test_an_array_that_comes_again_is_sent_once_and_stays_one() -> None:
    """Shared arrays cross once, come back shared, also when spliced behind other arrays."""
    weights, other = np.ones((40, 50)), np.zeros(3)
    steps = [{"Wf": weights, "t": np.float64(t)} for t in range(12)]
    data = encode(steps)
    assert len(data) < 2 * weights.nbytes
    back = decode(encode([other, Encoded(data), other]))
    assert all(step["Wf"] is back[1][0]["Wf"] for step in back[1])
    assert back[1][0]["Wf"].shape == (40, 50)
    assert np.array_equal(back[2], other)


def test_a_dict_that_comes_again_is_sent_once_and_stays_one() -> None:
    """Every step's cache holds the same parameters: they cross once, and stay one object."""
    parameters = {"Wf": np.ones((4, 5)), "inner": {"n": 3}}
    back = decode(encode([(np.zeros(2), parameters), parameters["inner"], (parameters, 1.5)]))
    assert back[0][1] is back[2][0]
    assert back[0][1]["inner"] is back[1]
    assert same(back[2][0], parameters)


@settings(deadline=None)
@given(PLAIN, st.integers(1, 4))
def test_shared_values_survive(value: Any, times: int) -> None:
    """A tree with the same objects in several places is decoded to the same tree."""
    tree = [{"a": value, "b": [value] * times}, value, {"c": {"a": value}}]
    assert same(tree, decode(encode([tree, tree]))[1])


def test_repeated_dicts_count_with_all_that_is_in_them() -> None:
    """A few bytes that double twenty times over are not a million values for the judge to read."""
    tree: dict[str, Any] = {"leaf": 1.0}
    for _ in range(5):
        tree = {"a": tree, "b": tree, "c": tree, "d": tree}
    with pytest.raises(Refused, match="items"):
        encode(tree, SMALL)
    message = encode(tree)
    assert len(message) < 1000
    with pytest.raises(WireError, match="items"):
        decode(message, SMALL)


def test_repeated_dicts_count_with_their_depth() -> None:
    """What is deep stays deep where it comes again."""
    deep: dict[str, Any] = {"leaf": 1.0}
    for _ in range(5):
        deep = {"a": deep}
    value = [deep, [[[deep]]]]
    with pytest.raises(Refused, match="deeper"):
        encode(value, SMALL)
    with pytest.raises(WireError, match="deeper"):
        decode(encode(value), SMALL)
    assert same(decode(encode([deep, [deep]], SMALL), SMALL), [deep, [deep]])
    nested = {"x": deep, "y": [deep]}  # the depth of a dict that holds a repeated one
    with pytest.raises(Refused, match="deeper"):
        encode([nested, [nested]], SMALL)


def test_a_dict_within_itself_is_refused() -> None:
    """A circle has no end, however it is written."""
    circle: dict[str, Any] = {}
    circle["self"] = circle
    with pytest.raises(Refused, match="deeper"):
        encode(circle)
    with pytest.raises(WireError, match="never came"):
        decode(told(keyed(1, b"S\x01\x00\x00\x00a") + b"R\x01\x00\x00\x00"))


def test_a_repeated_array_must_have_come() -> None:
    """A reference to an array before the first one is no message."""
    for back in (0, 1, 2**32 - 1):
        with pytest.raises(WireError, match="never came"):
            decode(told(b"R" + back.to_bytes(4, "little")))
