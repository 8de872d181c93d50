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
    {"numerics", "charts", "datasets", "files", "geometry", "tables"},
    {"engine"},
    {"expressions", "forms", "gradients", "nn", "losses", "optim", "running_error"},
    {"by_hand", "measurement", "naming", "placing"},
    {"claims", "reports", "stepping"},
    {"diagnosis", "diagram", "hints"},
    {"blocks", "checks", "training"},
    {"layout"},
    {"picture", "player"},
    {"drawing"},
    {"xor"},
    {"__init__"},
    {"__main__"},
]
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}


def imported_modules(source: Path) -> set[str]:
    """Our own modules that the source imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name} imports relatively; import in full"
            if node.module == "micrograd":
                found |= {alias.name for alias in node.names}
            elif node.module and node.module.startswith("micrograd."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("micrograd.")}
    return found


def test_every_module_has_a_floor() -> None:
    assert {source.stem for source in PACKAGE.glob("*.py")} == FLOOR.keys()


@pytest.mark.parametrize("source", sorted(PACKAGE.glob("*.py")), ids=lambda source: source.stem)
def test_imports_go_down(source: Path) -> None:
    upwards = {name for name in imported_modules(source) if FLOOR[name] >= FLOOR[source.stem]}
    assert not upwards


def test_import_micrograd_loads_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import micrograd; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert output.split() == ["micrograd"]


def test_only_the_command_prints() -> None:
    for source in PACKAGE.glob("*.py"):
        calls = [node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not printing or source.stem == "__main__"
