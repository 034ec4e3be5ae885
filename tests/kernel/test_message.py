import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.message import GSM_7, plain_text, sms_size


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<div>\n  <p>A\n  b&nbsp;c</p>\n</div>", "A b c"),
        ("Due<br/>today", "Due\ntoday"),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
        ("<p><strong>1.000 €</strong> &amp; <em>costs</em></p>", "1.000 € & costs"),
        ("<table><tr><td>INV/1</td><td>10</td></tr></table>", "INV/1 10"),
        ('Pay <a href="https://x.cl/p?a=1&amp;b=2">here</a>.', None),
        ('<a href="https://x.cl/p">https://x.cl/p</a>', "https://x.cl/p"),
        ('<a href="javascript:x">here</a>', "here"),
        ("<style>p {color: red}</style><p>Only</p>", "Only"),
        ("<p>zero\u200bwidth</p>", "zerowidth"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_the_words_of_a_text_without_its_markup(html, text):
    expected = "Pay here https://x.cl/p?a=1&b=2." if text is None else text
    assert plain_text(html) == expected


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        # 153 is odd: the sign that would be cut begins the next part
        ("€" * 153, "gsm7", 306, 3),
        ("ñ" * 160, "gsm7", 160, 1),
        ("á" + "a" * 69, "ucs2", 70, 1),
        ("á" + "a" * 70, "ucs2", 71, 2),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 36, "ucs2", 72, 2),
    ],
)
def test_how_many_messages_are_paid(text, alphabet, units, parts):
    size = sms_size(text)
    assert (size.alphabet, size.units, size.parts) == (alphabet, units, parts)


@given(st.text(alphabet=sorted(GSM_7), max_size=1000))
def test_more_words_never_take_fewer_messages(text):
    assert sms_size(text + "á").parts >= sms_size(text).parts
    assert sms_size(text + "a").parts >= sms_size(text).parts


@given(st.text(alphabet="ab <>&;/=\"'\n", max_size=80))
def test_what_was_plain_stays_plain(text):
    once = plain_text(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>")
    again = once.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>")
    assert plain_text(again) == once
