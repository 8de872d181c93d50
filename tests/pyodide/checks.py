"""What works in Pyodide, and what is said of the rest. Run by run.sh; nothing here is a test of pytest."""

import micrograd

print(micrograd.__version__)
