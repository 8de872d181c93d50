"""Why no graph can stand for a training."""

from __future__ import annotations


class Refusal(ValueError):  # noqa: N818 - it names what happened
    """No graph can stand for this training: the reason, for who has other advice to give than `fit`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"fit cannot compile this training: {reason}; without eager=False it runs in eager steps")
        self.reason = reason
