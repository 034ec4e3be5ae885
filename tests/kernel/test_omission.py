import pytest
from kernel.omission import GAP, close_gaps


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("nothing, to (do) · here", "nothing, to (do) · here"),
        ("Ana, NIF 1, _, en su condición de", "Ana, NIF 1, en su condición de"),
        ("Ana, NIF _, _, en su condición de", "Ana, en su condición de"),
        ("Ana, NIF _, Sol 1, deudora", "Ana, Sol 1, deudora"),
        ("Ana, RUT\n            _, adeuda", "Ana, adeuda"),
        ("RUT _.</p>", ".</p>"),
        ("Ana, RUT _.</p>", "Ana.</p>"),
        ("Ana (_, Sol 1), la deudora", "Ana (Sol 1), la deudora"),
        ("Ana (1, _), la deudora", "Ana (1), la deudora"),
        ("Ana (_, _), la deudora", "Ana, la deudora"),
        ("Ana (_) debe", "Ana debe"),
        ("Ana<br />_<br />NIF _</p>", "Ana</p>"),
        ("Ana<br/>_<br/>NIF 1</p>", "Ana<br/>NIF 1</p>"),
        ("<strong>IBAN</strong><br />_</p>", "<strong>IBAN</strong><br /></p>"),
        ("<br />a@x.es · _</p>", "<br />a@x.es</p>"),
        ("<br />_ · 91</p>", "<br />91</p>"),
        ("<br />_ · _</p>", "</p>"),
        ("díganoslo: a@x.es _.", "díganoslo: a@x.es."),
        ("díganoslo: _ 91.", "díganoslo: 91."),
        ("a la cuenta _, con el concepto", "a la cuenta, con el concepto"),
        ("Lugar y fecha: _ 3 de mayo", "Lugar y fecha: 3 de mayo"),
        ("Lugar y fecha: _, 3 de mayo", "Lugar y fecha: 3 de mayo"),
        (
            "Total: 1<br />Referencia: 2<br />Su número: _</p>",
            "Total: 1<br />Referencia: 2</p>",
        ),
        ("<p>_</p>", "<p></p>"),
        ("[_]", "[]"),
        ('<a href="_">_</a>', '<a href=""></a>'),
    ],
)
def test_what_goes_with_a_value_that_is_not_there(text, closed):
    assert close_gaps(text.replace("_", GAP)) == closed


def test_a_name_in_capitals_stays():
    assert close_gaps(f"a SOL {GAP}, NIF 1") == "a SOL, NIF 1"
    assert close_gaps(f"CONSTRUCCIONES {GAP}, NIF 1") == "CONSTRUCCIONES, NIF 1"
