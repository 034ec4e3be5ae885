import pytest
import strategies as our
from hypothesis import given
from hypothesis import strategies as st
from kernel.contact import obstacles
from kernel.relax import LIFTABLE, relax

CODES = {
    "hours": {"hours", "holiday"},
    "limit": {"limit", "total_limit"},
    "gap": {"gap"},
}


@given(
    our.contact_rules(),
    st.sampled_from(our.CHANNELS),
    our.moments,
    our.histories,
    st.sets(st.sampled_from(sorted(LIFTABLE))),
)
def test_what_is_lifted_is_gone_and_the_rest_stays(rules, channel, at, past, lifted):
    gone = {code for name in lifted for code in CODES[name]}
    before = obstacles(rules, channel, at, past)
    after = obstacles(relax(rules, lifted), channel, at, past)
    assert after == tuple(one for one in before if one.code not in gone)


def test_situations_cannot_be_lifted():
    with pytest.raises(ValueError, match="sued"):
        relax(None, {"sued"})
