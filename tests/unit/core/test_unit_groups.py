"""Groups of short units: every unit once, in order, and single ones at the end."""

from coverloom.engine.core.unit_groups import GROUP_S, UnitGroups
from hypothesis import given
from hypothesis import strategies as st


def taken(units, total, places, seconds):
    groups = UnitGroups(((str(i), i) for i in range(units)), total)
    while group := groups.take(places):
        yield [number for _, number in group]
        groups.took(len(group), seconds * len(group))


@given(
    units=st.integers(0, 300),
    known=st.sampled_from([0.0, 0.5, 1.0, 2.0]),  # too few and too many, as well
    places=st.integers(1, 9),
    seconds=st.floats(0, 1),
)
def test_every_unit_is_taken_once_and_in_order(units, known, places, seconds):
    found = list(taken(units, int(known * units), places, seconds))
    assert [number for group in found for number in group] == list(range(units))
    assert all(len(group) * seconds <= max(GROUP_S, seconds) + 1e-9 for group in found)


def test_short_units_go_together_and_alone_towards_the_end():
    sizes = list(map(len, taken(100, 100, 4, GROUP_S / 10)))
    assert sizes[0] == 1 and sizes[1] == 10
    assert sizes[1:] == sorted(sizes[1:], reverse=True)
    assert sizes[-8:] == [1] * 8


def test_units_of_unknown_number_and_long_ones_go_alone():
    assert set(map(len, taken(50, 0, 2, 0.0))) == {1}
    assert set(map(len, taken(50, 50, 2, GROUP_S))) == {1}
