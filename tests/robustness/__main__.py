"""`python -m tests.robustness graphs 200000`, `mutants [FILE ...] --each 30`, `threads`: status 0 if all is well, else 1."""

from __future__ import annotations

import argparse
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.robustness", description=__doc__, allow_abbrev=False)
    tools = parser.add_subparsers(dest="tool", required=True)
    graphs = tools.add_parser("graphs", help="random graphs against 50 digits")
    graphs.add_argument("count", type=int, nargs="?", default=2000)
    graphs.add_argument("--seed", type=int, default=0)
    mutants = tools.add_parser("mutants", help="small mistakes that the tests are to catch")
    mutants.add_argument("files", nargs="*", metavar="FILE", help="such as optim.py or compiler/rows.py; all without one")
    mutants.add_argument("--each", type=int, default=30, help="mutants of each file")
    mutants.add_argument("--seed", type=int, default=0)
    mutants.add_argument("--quick", action="store_true", help="do not ask the slowest tests of what the others let pass")
    tools.add_parser("threads", help="threads that sweep separate graphs, forked and spawned processes")
    arguments = vars(parser.parse_args())
    tool = arguments.pop("tool")
    if tool == "graphs":
        from tests.robustness.graphs import run as run_graphs

        return 0 if run_graphs(**arguments) else 1
    if tool == "mutants":
        from tests.robustness.mutants import run as run_mutants

        return 0 if run_mutants(**arguments) else 1
    from tests.robustness.threads import run as run_threads

    return 0 if run_threads() else 1


if __name__ == "__main__":
    sys.exit(main())
