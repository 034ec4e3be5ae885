import csv

from odoo.tools import file_open


def read_table(path):
    """The rows of a CSV file of an addon, such as "my_addon/demo/people.csv"."""
    with file_open(path, "r") as stream:
        return list(csv.DictReader(stream))


def read_file(path):
    """The bytes of a file of an addon."""
    with file_open(path, "rb") as stream:
        return stream.read()
