"""JAX on eight devices, which this processor plays: the numbers of one device, and one sum over the devices in a step."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.compiler import eight_devices
from tests.compiler.targets import needs_jax

pytestmark = needs_jax


@pytest.fixture(scope="module")
def on_eight() -> dict[str, Any]:
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-W", "error", "-m", "tests.compiler.eight_devices"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_rows_that_eight_devices_do_not_divide_give_the_numbers_of_one_device(on_eight: dict[str, Any]) -> None:
    assert on_eight["devices"] == 8
    for name, numbers in eight_devices.results().items():
        assert on_eight["results"][name] == pytest.approx(numbers, rel=1e-12, abs=1e-12), name


def test_filled_up_rows_make_no_nan_of_an_infinity(on_eight: dict[str, Any]) -> None:
    assert eight_devices.infinite_results() == {"root": [0.0, math.inf], "log": [-math.inf, 1.0]}
    assert on_eight["infinite"] == {"root": [0.0, math.inf], "log": [-math.inf, 1.0]}


def test_a_step_is_one_sum_over_the_devices(on_eight: dict[str, Any]) -> None:
    for name, counts in on_eight["collectives"].items():
        assert counts.pop("all-reduce") == 1, name
        assert not any(counts.values()), (name, counts)
