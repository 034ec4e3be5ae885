from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from kernel.chart import bars, line

D = Decimal
values = st.lists(st.integers(-1000, 1000).map(D), max_size=14)


def test_the_widest_bar_fills_the_field():
    found = bars([D(50), D(100), D(-20)], 200, 12)
    assert [(one.top, one.width) for one in found] == [(0, 100), (12, 200), (24, 0)]


def test_a_line_begins_at_nothing_and_jumps_gaps():
    assert line([D(0), None, D(30)], 100, 60, D(60)) == [(0, 60), (100, 30)]
    assert line([], 100, 60) == []
    assert line([D(5)], 100, 60) == [(0, 0)]


@given(values)
def test_nothing_leaves_the_field(rows):
    assert all(0 <= one.width <= 300 for one in bars(rows, 300, 10))
    assert all(0 <= x <= 300 and 0 <= y <= 80 for x, y in line(rows, 300, 80))
