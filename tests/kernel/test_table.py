import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kernel.errors import UnreadableTable
from kernel.table import decode, read_cells, read_table, used

TEXT = 'id;día\nC1;"uno; ""dos"""\n'
ROWS = [(1, ["id", "día"]), (2, ["C1", 'uno; "dos"'])]

cells = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    max_size=8,
).map(str.strip)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"],
)
def test_a_table_is_read_in_the_encodings_of_people(encoding):
    assert read_cells(TEXT.encode(encoding)) == ROWS


def test_utf_16_with_the_mark_of_big_endian_is_read():
    content = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert read_cells(content) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end):
    assert read_cells(TEXT.replace("\n", end).encode()) == ROWS


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found_or_told(separator):
    plain = f"id{separator}b\n1{separator}2\n".encode()
    rows = [(1, ["id", "b"]), (2, ["1", "2"])]
    assert read_cells(plain) == rows
    told = f"sep={separator}\r\n".encode() + plain
    assert read_cells(told) == [(line + 1, row) for line, row in rows]
    quoted = f'"sep={separator}"\n'.encode() + plain
    assert read_cells(quoted) == [(line + 1, row) for line, row in rows]


def test_a_sign_in_quotes_or_in_a_number_separates_nothing():
    assert read_cells(b'"a;b",c\n1,2\n')[0] == (1, ["a;b", "c"])
    assert read_cells(b"a;1,5\n") == [(1, ["a", "1,5"])]


def test_rows_carry_the_line_on_which_they_start():
    rows = read_cells(b'a;b\n\n"x\ny";2\n;\n3;4\n')
    assert [line for line, _cells in rows] == [1, 3, 6]
    assert rows[1][1] == ["x\ny", "2"]


@pytest.mark.parametrize(
    ("content", "kind", "line"),
    [
        (b"a;b\n1;\x00\n", "nul", 2),
        (b"a;b\n\x81\xff\n", "encoding", 1),
        (b"\xff\xfea", "encoding", 1),
        (b'a;b\n1;2\n"x;3\n', "quote", 3),
        (b'a;b\n"x"y;3\n', "quote", 2),
        (b"a;b\n" + b"x" * 200_000 + b";2\n", "quote", 2),
    ],
)
def test_what_is_no_table_says_where(content, kind, line):
    with pytest.raises(UnreadableTable) as caught:
        read_cells(content)
    assert (caught.value.kind, caught.value.line) == (kind, line)


def test_columns_come_in_any_order_and_the_optional_ones_may_be_missing():
    content = b" B ;x;A;;\n1;2;3;;\n4\n"
    assert read_table(content, ("a", "b"), ("c",)) == [
        (2, {"a": "3", "b": "1", "c": ""}),
        (3, {"a": "", "b": "4", "c": ""}),
    ]


@pytest.mark.parametrize(
    ("content", "kind", "detail", "line"),
    [
        (b"a;x\n1;2\n", "missing", "b; c", 1),
        (b"", "missing", "a; b; c", 1),
        (b"\n\na;b;x\n", "missing", "c", 3),
        (b"a;b;c;A\n", "double", "a", 1),
        (b"a;b;c\n1;2;3\n1;2;3;4\n", "cells", "", 3),
    ],
)
def test_a_header_that_does_not_fit_is_told(content, kind, detail, line):
    with pytest.raises(UnreadableTable) as caught:
        read_table(content, ("a", "b", "c"))
    error = caught.value
    assert (error.kind, error.detail, error.line) == (kind, detail, line)


def test_empty_cells_at_the_end_are_not_used():
    assert used(["", "a", "", ""]) == ["", "a"]
    assert used(["", ""]) == []


@given(
    st.lists(st.lists(cells, min_size=2, max_size=4), max_size=5),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_a_spreadsheet_writes_is_read_back(rows, separator, encoding, end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerows([["head", "of"], *rows])
    found = read_cells(out.getvalue().encode(encoding))
    wanted = [list(used(row)) for row in rows if any(row)]
    assert [list(used(row)) for _line, row in found[1:]] == wanted


@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
@example(b"\xff\xfe")
@example(b"sep=;")
@example(b"\xef\xbb\xbf")
@example(b"\0")
def test_any_bytes_are_a_table_or_our_own_error(content):
    try:
        text = decode(content)
        rows = read_cells(content)
        read_table(content, ("a",), ("b",))
    except UnreadableTable as error:
        assert error.line >= 1
        return
    assert "\0" not in text
    assert "\r" not in text
    lines = [line for line, _cells in rows]
    assert lines == sorted(set(lines))


@given(st.text(alphabet=';,\t|"\n\r ab\ufeff=sep', max_size=60))
def test_any_text_of_signs_is_a_table_or_our_own_error(text):
    try:
        for _line, row in read_cells(text.encode()):
            assert any(row)
    except UnreadableTable:
        pass
