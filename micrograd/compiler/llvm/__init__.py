"""Machine code, by LLVM."""
