"""The house: imports only go down its floors, and `import micrograd` loads nothing but Python's own library."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import micrograd

PACKAGE = Path(micrograd.__file__).parent

# From the ground up. A room is a folder, or a file that stands beside the folders; it may import from the floors below its own.
FLOORS = [
    {"numerics", "arguments", "collector", "words", "display"},
    {"advice"},
    {"datasets", "ops"},
    {"mistakes"},
    {"engine"},
    {"text"},
    {"replay", "gradients", "nn", "losses", "optim", "plots"},
    {"tensors"},
    {"checks", "compiler"},
    {"views"},
    {"training", "folding", "exercises", "examination"},
    {"xor"},
    {"__init__", "command"},
    {"__main__"},
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def name_of(source: Path) -> str:
    """`engine`, or `compiler.listing` for a module in a folder; a folder's first file is called like the folder."""
    parts = source.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


SOURCES = {name_of(source): source for source in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    return module.partition(".")[0]


def imported_modules(source: Path) -> set[str]:
    """Our own modules that the source imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name} imports relatively; import in full"
            for name in [f"{node.module}.{alias.name}".removeprefix("micrograd.") for alias in node.names]:
                if f"{node.module}.".startswith("micrograd."):
                    found.add(name if name in SOURCES else (node.module or "").removeprefix("micrograd."))
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("micrograd.") for alias in node.names if alias.name.startswith("micrograd.")}
    return found


IMPORTS = {name: imported_modules(source) for name, source in SOURCES.items()}


def test_every_room_has_a_floor() -> None:
    assert set(map(room_of, SOURCES)) == FLOOR.keys()


@pytest.mark.parametrize("module", SOURCES)
def test_imports_go_down(module: str) -> None:
    room = room_of(module)
    others = {imported for imported in IMPORTS[module] if room_of(imported) != room}
    assert {imported for imported in others if FLOOR[room_of(imported)] >= FLOOR[room]} == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    inner = {name: imported - {name} for name, imported in IMPORTS.items()}
    assert set(TopologicalSorter(inner).static_order()) >= SOURCES.keys()  # a CycleError names the circle


def test_the_test_sees_imports_of_every_kind(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        "from micrograd import numerics\nfrom micrograd.engine import Value\nimport micrograd.nn\nimport math\n"
        "def f():\n    from micrograd.views import player\n    from micrograd.checks import check\n"
    )
    assert imported_modules(source) == {"numerics", "engine", "nn", "views.player", "checks"}


def test_import_micrograd_loads_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import micrograd; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert output.split() == ["micrograd"]


def test_only_the_command_prints() -> None:
    for name, source in SOURCES.items():
        calls = [node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not printing or room_of(name) in ("__main__", "command")
