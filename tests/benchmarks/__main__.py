"""`python -m tests.benchmarks NAME`: measure, print a table, and give status 0 if every floor is met, else 1."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.benchmarks import checking, compiled, drawing, eager, folding, javascript, pages, readme, xor_seeds

BENCHMARKS: dict[str, Callable[[], bool]] = {
    "check": checking.run,
    "compile": compiled.run,
    "draw": drawing.run,
    "eager": eager.run,
    "fold": folding.run,
    "javascript": javascript.run,
    "pages": pages.run,
    "readme": readme.run,
    "xor-seeds": xor_seeds.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__, allow_abbrev=False)
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}")
    name = parser.parse_args().name
    if name not in BENCHMARKS:
        given = "no name" if name is None else repr(name)
        print(
            f"python -m tests.benchmarks needs the name of a benchmark, {' or '.join(BENCHMARKS)}, got {given}", file=sys.stderr
        )
        return 2
    return 0 if BENCHMARKS[name]() else 1


if __name__ == "__main__":
    sys.exit(main())
