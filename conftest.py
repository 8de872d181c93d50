"""The doctests of real data run where the packages are installed that carry it."""

from importlib.util import find_spec

collect_ignore = [] if all(map(find_spec, ["sklearn", "sktime", "names", "networkx"])) else ["micrograd/datasets/real.py"]
