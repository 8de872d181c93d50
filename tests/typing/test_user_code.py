"""`user_code.py` runs; that it has no wrong type is for mypy and pyright to say, in .ci/run."""

from tests.typing import user_code


def test_code_as_users_write_it_runs() -> None:
    user_code.functions_of_numbers_and_of_values()
    assert 0.0 <= user_code.a_loop_of_ones_own() <= 2.0  # the share of rows that are right, and shares that add up to 1
    user_code.trained_drawn_checked_and_compiled()
    user_code.exercises_and_an_engine_of_ones_own()
