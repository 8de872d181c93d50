"""What the tests of compiled training have in common."""

import pytest

from micrograd.compiler import tracing
from micrograd.compiler.descent import Descent


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs that each use of compiled code has trained; every training is worth it."""
    epochs: list[int] = []
    seen: list[Descent] = []
    plain = Descent.write_back

    def noted(descent: Descent) -> None:
        if descent not in seen:
            seen.append(descent)
            epochs.append(0)
        epochs[-1] = len(descent.losses)
        plain(descent)

    monkeypatch.setattr(Descent, "write_back", noted)
    monkeypatch.setattr(tracing, "WORTHWHILE", 0)
    return epochs
