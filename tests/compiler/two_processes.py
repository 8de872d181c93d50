"""JAX in two processes, as on two machines: both have the numbers of one. `python -m tests.compiler.two_processes` says so.

It takes as long as JAX takes to begin, three times; so it is no test of pytest, and .ci/run runs it.
"""

import json
import os
import socket
import subprocess
import sys

import pytest

from tests.compiler import eight_devices

COMMAND = [sys.executable, "-m", "tests.compiler.two_processes"]


def take_part(address: str, number: int) -> None:
    """One of the processes: prints what it found."""
    import jax

    jax.distributed.initialize(address, num_processes=2, process_id=number)
    assert (len(jax.devices()), len(jax.local_devices())) == (2, 1)
    print(json.dumps(eight_devices.results()))


def compare() -> None:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    both = [
        subprocess.Popen([*COMMAND, address, str(number)], stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603
        for number in range(2)
    ]
    for process in both:
        text, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        found = json.loads(text.splitlines()[-1])
        for name, numbers in eight_devices.results().items():
            assert found[name] == pytest.approx(numbers, rel=1e-12, abs=1e-12), name
    print("Both processes have the numbers of one.")


if __name__ == "__main__":
    take_part(sys.argv[1], int(sys.argv[2])) if sys.argv[1:] else compare()
