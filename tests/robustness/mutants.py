"""Mutants of the package, each with one small mistake, run against the tests that concern its file: which survive?

Each runs in a process forked from one that has imported pytest and the libraries of the tests, on a copy of the package.
"""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.robustness.mutations import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
LIBRARIES = ("graphviz", "llvmlite.binding", "mpmath", "numpy", "rich.console", "rich.table")
CHECKS = ["tests/checks"]
TARGETS = "tests/compiler/test_targets.py"
PROGRAM = ["tests/compiler/test_program.py", TARGETS]
TRAINED = ["tests/compiler/test_training.py", "tests/compiler/test_fit.py"]

# The slowest tests are asked last, and only of the mutants that all others have let pass.
SLOW = [
    "tests/compiler/test_targets.py::test_2000_random_graphs_and_their_gradients_agree_bit_for_bit_on_every_target",
    "tests/compiler/test_targets.py::test_a_large_graph_compiles_in_time_linear_in_its_operations",
    "tests/compiler/test_sparsity.py::test_passing_over_zeros_changes_no_bit",
    "tests/test_copies.py::test_a_chain_of_100_000_is_copied_and_pickled_without_recursion",
]
OPS = ["tests/test_ops.py", "tests/test_rows.py", "tests/test_digits.py"]

# Which tests are to catch the mutants of a file; its own doctests always run first.
TESTS: dict[str, list[str]] = {
    "ops.py": [*OPS, "tests/test_graph.py", "tests/test_value.py", "tests/test_inputs.py", "tests/test_copies.py"],
    "numerics.py": OPS,
    "mistakes.py": ["tests/test_mistakes.py", "tests/test_inputs.py"],
    "engine.py": [
        "tests/test_graph.py",
        "tests/test_mistakes.py",
        "tests/test_value.py",
        "tests/test_inputs.py",
        "tests/test_copies.py",
        *OPS,
    ],
    "gradients.py": ["tests/test_gradients.py"],
    "replay.py": ["tests/test_replay.py", "tests/views/test_stepping.py", "tests/checks", "tests/compiler/test_program.py"],
    "optim.py": ["tests/optim", "tests/compiler/test_rule.py", "tests/compiler/test_training.py"],
    "losses.py": ["tests/losses"],
    **dict.fromkeys(
        [f"checks/{name.name}" for name in sorted((ROOT / "micrograd/checks").glob("*.py")) if name.name != "__init__.py"], CHECKS
    ),
    "views/stepping.py": ["tests/views/test_stepping.py", "tests/views/test_diagnosis.py", "tests/views/test_player.py"],
    "compiler/listing.py": ["tests/compiler/test_listing.py", "tests/compiler/test_rule.py", *PROGRAM],
    "compiler/schedule.py": ["tests/compiler/test_schedule.py", *TRAINED],
    "compiler/sparsity.py": ["tests/compiler/test_sparsity.py", TARGETS],
    "compiler/rule.py": ["tests/compiler/test_rule.py", *TRAINED],
    "compiler/rows.py": ["tests/compiler/test_rows.py", *PROGRAM, *TRAINED],
    "compiler/python/spelling.py": ["tests/compiler/test_sources.py", "tests/compiler/test_sparsity.py", *PROGRAM, *TRAINED],
    "compiler/python/target.py": ["tests/compiler/test_rows.py", *PROGRAM, *TRAINED],
}
NO_TESTS = int(pytest.ExitCode.NO_TESTS_COLLECTED)
TEMPLATES = ("compiler/python/spelling.py",)  # their strings are code to be


def run(files: Sequence[str] = (), each: int = 30, seed: int = 0, quick: bool = False) -> bool:
    """True if every mutant was caught: so many of each file, drawn at random. `quick` asks no slow test."""
    for library in LIBRARIES:
        if importlib.util.find_spec(library.partition(".")[0]):
            importlib.import_module(library)
    started, tried, survivors = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        for name in files or TESTS:
            begun, (tests, slow) = time.monotonic(), tests_of(name)
            if fails(copy, tests, name, patience=900.0):  # without a mutant: the tests pass, and leave their compiled files
                raise SystemExit(f"the tests of {name} fail without a mutant")
            patience = 20.0 + 4.0 * (time.monotonic() - begun)  # a mutant that hangs is caught
            for mutant in sample(name, each, seed):
                tried += 1
                if fails(copy, tests, name, mutant, patience) or (not quick and fails(copy, slow, name, mutant, 900.0)):
                    continue
                survivors += 1
                print(f"{name}:{mutant}", flush=True)
            print(f"{name}: {tried} mutants so far, {survivors} survivors, {time.monotonic() - started:.0f} s", flush=True)
    return tried > 0 and survivors == 0


def sample(name: str, each: int, seed: int) -> list[Mutant]:
    mutants = list(mutants_of((ROOT / "micrograd" / name).read_text(encoding="utf-8"), name in TEMPLATES))
    return sorted(random.Random(f"{name} {seed}").sample(mutants, min(each, len(mutants))), key=lambda mutant: mutant.line)


def copied(folder: Path) -> Path:
    """What the tests need, in the folder."""
    for name in ("micrograd", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    return folder


def fails(copy: Path, tests: list[str], name: str, mutant: Mutant | None = None, patience: float = 60.0) -> bool:
    """Whether one of the tests fails, or hangs, with that mutant in the place of the file."""
    source = copy / "micrograd" / name
    original = source.read_text(encoding="utf-8")
    if mutant:
        source.write_text(mutant.source, encoding="utf-8")
    try:
        child = os.fork()
        if not child:
            tested(copy, tests, leave_compiled=not mutant)
        return ended(child, patience) not in (0, NO_TESTS)
    finally:
        source.write_text(original, encoding="utf-8")


def tests_of(name: str) -> tuple[list[str], list[str]]:
    """The arguments of pytest: for most mutants, and for those that then are left."""
    paths = dict.fromkeys([f"micrograd/{name}", *TESTS[name]])
    slow = [test for test in SLOW if any(test.startswith(path) for path in paths)]
    return [*paths, *(f"--deselect={test}" for test in slow)], slow


def tested(copy: Path, tests: list[str], leave_compiled: bool) -> None:
    """In the child: run pytest on the copy, and end with its status."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy)
    for module in [module for module in sys.modules if module.partition(".")[0] in ("tests", "micrograd")]:
        del sys.modules[module]
    sys.path[:] = [str(copy), *[entry for entry in sys.path if entry not in ("", str(ROOT))]]
    sys.dont_write_bytecode = not leave_compiled
    status = 1
    try:
        status = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])) if tests else NO_TESTS
    finally:
        os._exit(status)


def ended(child: int, patience: float) -> int:
    """The status of the child, -1 if it had to be stopped; with it goes what it started."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1
