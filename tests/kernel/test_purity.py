"""The kernel imports nothing but the standard library and itself, and has no clock."""

import ast
import sys
from pathlib import Path

import kernel
import pytest

FILES = sorted(Path(kernel.__file__).parent.glob("*.py"))
CLOCKS = {"today", "now", "utcnow", "time_ns", "monotonic"}


def trees():
    return [pytest.param(ast.parse(path.read_text()), id=path.name) for path in FILES]


def test_the_kernel_tested_is_the_addons():
    assert Path(kernel.__file__).parent.parent.name == "cobranza_legal"
    assert {"fees.py", "interest.py", "dunning.py"} <= {path.name for path in FILES}


@pytest.mark.parametrize("tree", trees())
def test_only_the_standard_library_and_relative_imports(tree):
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        for name in names:
            assert name.split(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize("tree", trees())
def test_no_clock_and_no_float(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            assert node.attr not in CLOCKS
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float)
        if isinstance(node, ast.Name):
            assert node.id != "float"
