from decimal import Decimal

import pytest
from kernel.epc import NoTransferCode, in_fours, is_iban, transfer_code

IBAN = "ES9121000418450200051332"


def test_the_lines_of_the_code_are_those_of_the_standard():
    code = transfer_code(
        "Residencia Los Olmos",
        "ES91 2100 0418 4502 0005 1332",
        Decimal("1040.5"),
        "INV/2026/0001",
        "CAIXESBBXXX",
    )
    assert code.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "CAIXESBBXXX",
        "Residencia Los Olmos",
        IBAN,
        "EUR1040.50",
        "",
        "",
        "INV/2026/0001",
    ]


def test_what_is_too_long_is_cut_and_line_breaks_do_not_shift_the_lines():
    code = transfer_code("A" * 80, IBAN, Decimal(1), "x\ny " + "z" * 200)
    lines = code.split("\n")
    assert len(lines[5]) == 70
    assert len(lines[10]) == 140
    assert lines[10].startswith("x y z")


@pytest.mark.parametrize("amount", ["0", "-1", "1000000000", "1.001"])
def test_amounts_that_the_code_cannot_hold_are_refused(amount):
    with pytest.raises(NoTransferCode):
        transfer_code("Name", IBAN, Decimal(amount))


@pytest.mark.parametrize("number", ["", "ES9121000418450200051333", "012345678901"])
def test_what_is_no_iban_is_refused(number):
    assert not is_iban(number)
    with pytest.raises(NoTransferCode):
        transfer_code("Name", number, Decimal(1))


def test_a_beneficiary_is_needed():
    with pytest.raises(NoTransferCode):
        transfer_code("  ", IBAN, Decimal(1))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("ES9121000418450200051332", "ES91 2100 0418 4502 0005 1332"),
        ("NO9386011117947", "NO93 8601 1117 947"),
        ("00-0123456-01", "00-0123456-01"),
        ("", ""),
    ],
)
def test_an_iban_is_read_in_groups_of_four(number, shown):
    assert in_fours(number) == shown
