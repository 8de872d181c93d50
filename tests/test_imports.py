"""The floors of the package: imports only go down, and `import micrograd` loads nothing but Python's own library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd

PACKAGE = Path(micrograd.__file__).parent

# From the ground up; a module may import what stands in a row before its own.
FLOORS = [
    {
        "numerics",
        "display.charts",
        "compiler.llvm.machine",
        "datasets",
        "display.files",
        "views.layout.geometry",
        "display.progress",
        "display.tables",
    },
    {"engine"},
    {"text.expressions", "forms", "text.formulas", "gradients", "nn", "losses", "optim", "running_error"},
    {"by_hand", "compiler.listing", "compiler.rows", "measurement", "text.naming", "views.layout.graphviz", "plots"},
    {"claims", "compiler.c", "compiler.llvm.spelling", "compiler.sparsity", "reports", "views.stepping"},
    {"compiler.llvm.rows", "compiler.python", "views.diagnosis", "views.diagram", "hints"},
    {"compiler.descent", "compiler.llvm.training", "compiler.rule"},
    {"compiler.llvm.target"},
    {"compiler.program"},
    {"views.layout.blocks", "checks", "compiler.tracing"},
    {"views.layout.columns", "training"},
    {"views.picture", "views.player"},
    {"views.drawing"},
    {"xor"},
    {"__init__", "xor_report"},
    {"__main__"},
]
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}


def name_of(source: Path) -> str:
    """`engine`, or `compiler.listing` for a module of a package within ours."""
    return ".".join(source.relative_to(PACKAGE).with_suffix("").parts)


SOURCES = {name_of(source): source for source in sorted(PACKAGE.rglob("*.py"))}
PACKAGES = {name.removesuffix(".__init__") for name in SOURCES if name.endswith(".__init__")}


def imported_modules(source: Path) -> set[str]:
    """Our own modules that the source imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name} imports relatively; import in full"
            module = f"{node.module}.".removeprefix("micrograd.").removesuffix(".")
            if module in PACKAGES or node.module == "micrograd":
                found |= {".".join(filter(None, [module, alias.name])) for alias in node.names}
            elif node.module and node.module.startswith("micrograd."):
                found.add(module)
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("micrograd.") for alias in node.names if alias.name.startswith("micrograd.")}
    return found


def test_every_module_has_a_floor() -> None:
    assert {name for name in SOURCES if not name.endswith(".__init__")} == FLOOR.keys()


@pytest.mark.parametrize("name", FLOOR)
def test_imports_go_down(name: str) -> None:
    upwards = {imported for imported in imported_modules(SOURCES[name]) if FLOOR[imported] >= FLOOR[name]}
    assert not upwards


def test_the_first_file_of_a_package_within_ours_imports_nothing() -> None:
    assert not any(imported_modules(SOURCES[f"{package}.__init__"]) for package in PACKAGES)


def test_import_micrograd_loads_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import micrograd; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert output.split() == ["micrograd"]


def test_only_the_command_prints() -> None:
    for source in SOURCES.values():
        calls = [node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not printing or source.stem == "__main__"
