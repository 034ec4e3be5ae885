import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.wording import Term, Wording, fold, forbidden, says

DAY = date(2026, 11, 22)
SENTENCE = (
    "Esta comunicación no constituye un procedimiento que persiga la ejecución de los "
    "bienes del deudor"
)
TERMS = (
    Term("demanda*", "suit", "art. 37", date(2018, 1, 8)),
    Term("notificac* judicial*", "look", "art. 37"),
    Term("ejecucion de los bienes", "suit", "art. 37"),
    Term("embarg*", "suit", "art. 37"),
    Term("deuda*", "open", "art. 37", outside=True),
)
ALLOWED = (SENTENCE, "sin embargo")
WITHOUT_WIDTH = ("\u200b", "\u00ad", "\u2060", "\u200d", "\ufeff", "\u034f")
MARKUP = ("<b>", "</b>", "<span>", "<i></i>", "<!-- x -->", "<wbr>")


def found(body, subject="", on=DAY, **more):
    hits = forbidden(Wording(body, subject, **more), TERMS, ALLOWED, on)
    return [term.words for term, _words in hits]


@pytest.mark.parametrize(
    "body",
    [
        "Presentaremos una demanda",
        "<p>DEMANDAREMOS</p>",
        "de<b>man</b>da",
        "<b>d</b>emanda",
        "de&#173;manda",
        "de&shy;man&#x200b;da",
        "d&eacute;m&agrave;nda",
        "de-manda",
        "ｄｅｍａｎｄａ",
        '<img src="/web/image/1" alt="Demanda"/>',
        '<img src="/x/demanda-civil.png?v=1"/>',
        '<a title="demanda">x</a>',
    ],
)
def test_the_word_is_found_however_it_is_written(body):
    assert found(body) == ["demanda*"]


@pytest.mark.parametrize(
    "body",
    [
        "Le agradecemos su pago",
        "<p>Letter of demand</p>",
        "de manda",
        "de{{ iban }}manda",
        "<p>de</p><p>manda</p>",
        "<td>de</td><td>manda</td>",
        "<script>demanda</script><style>demanda {}</style>",
        "Sin embargo, puede proponer un plan",
        f"<p>{SENTENCE} (artículo 37 de la Ley N° 19.496).</p>",
        f"<p>{SENTENCE.replace('ejecución', '<em>ejecución</em>')}</p>",
        SENTENCE.upper(),
        "gastos de cobranza extrajudicial",
        "la deuda vencida",
        "12.531.909-2",
    ],
)
def test_what_is_lawful_passes(body):
    assert found(body) == []


def test_only_the_exact_sentence_is_allowed():
    assert found(SENTENCE.replace("no constituye", "constituye")) == [
        "ejecucion de los bienes"
    ]
    assert found(f"{SENTENCE}. Demanda.") == ["demanda*"]
    assert found("sin embargo, habrá embargo") == ["embarg*"]


def test_an_allowed_sentence_does_not_join_what_is_on_its_sides():
    assert found("notificación sin embargo judicial") == []


def test_the_debtors_own_name_is_no_word_of_ours():
    assert found("Juan Embargo Pérez", names=("Juan Embargo Pérez",)) == []
    assert found("Juan Embargo", names=("Juan Embargo Pérez",)) == ["embarg*"]


def test_what_others_can_read_is_judged_more_strictly():
    assert found("su deuda", "Su deuda") == ["deuda*"]
    assert found("su deuda", "Su deuda", open_subject=False) == []
    assert found("su deuda", open_body=True) == ["deuda*"]


def test_a_law_forbids_from_its_day():
    assert found("demanda", on=date(2018, 1, 7)) == []
    assert found("demanda", on=date(2018, 1, 8)) == ["demanda*"]
    assert found("notificación judicial", on=date(2000, 1, 1)) != []


def test_a_phrase_is_found_over_lines_and_punctuation():
    assert found("<p>NOTIFICACIÓN,<br/>  judicial</p>") == ["notificac* judicial*"]


def test_a_long_text_with_much_space_is_read_at_once():
    body = f"<p>a{' ' * 400}b{' .-' * 200}c</p>" * 200 + "d e " * 2000
    start = time.perf_counter()
    assert found(body) == []
    assert time.perf_counter() - start < 5


def test_a_text_says_what_stands_in_it():
    assert says("<p>Diez <b>d</b>ías</p>", ["diez dias"])
    assert not says("<p>diez</p><p>horas</p>", ["diez dias"])


@given(st.data())
def test_no_accent_capital_or_markup_parts_a_word(data):
    written = []
    for letter in "embargo":
        choices = [letter, letter.upper(), f"&#{ord(letter)};", letter + "\u0301"]
        written.append(data.draw(st.sampled_from(choices)))
        if data.draw(st.booleans()):
            written.append(data.draw(st.sampled_from(WITHOUT_WIDTH + MARKUP)))
    assert found("Le avisamos: " + "".join(written) + " pronto") == ["embarg*"]


@given(st.text())
def test_any_text_can_be_read_and_folding_is_final(text):
    found(text, text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcdefghijklmnopqrsuvwxyz áéíñ.,<p>/", max_size=200))
def test_nothing_is_found_where_no_letter_of_it_is(text):
    assert not [
        one for one in found(text.replace("e", "o")) if one.startswith("demand")
    ]
