"""Advice can be followed: it names what is there, for the one who is asked."""

import inspect
import warnings
from typing import Any

import pytest

import micrograd
from micrograd import Value, advice, words
from micrograd.nn import MLP, Layer, Neuron
from micrograd.optim import SGD, AdaGrad, Adam, RMSProp

OWNERS: dict[Any, list[Any]] = {
    **{kind: [[Value(1.0)]] for kind in (SGD, AdaGrad, RMSProp, Adam)},
    MLP: [2, [1]],
    Layer: [2, 1],
    Neuron: [2],
    Value: [1.0],
}


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.__name__)
@pytest.mark.parametrize("word", words.ARGUMENTS)
def test_an_argument_is_advised_only_where_it_is_taken(owner: Any, word: str) -> None:
    ours, number = words.ARGUMENTS[word]
    with pytest.raises(TypeError, match=rf"^{owner.__name__} has no {word}: ") as caught:
        owner(*OWNERS[owner], **{word: 1.0})
    taken = inspect.signature(owner.__init__).parameters
    assert str(caught.value).endswith(f": write {ours}={number}") == (ours in taken)


def test_the_learning_rate_of_a_network_belongs_to_its_optimizer() -> None:
    model: Any = MLP
    for word in ("lr", "learning_rate"):
        with pytest.raises(TypeError, match=rf"^MLP has no {word}: write it into the optimizer: SGD\(model\.parameters\(\), "):
            model(2, [1], **{word: 0.1})


def test_zero_grad_takes_nothing_and_says_why() -> None:
    optimizer: Any = SGD([Value(1.0)])
    with pytest.raises(TypeError, match=r"zero_grad has no set_to_none: it is what zero_grad\(\) does; leave it out$"):
        optimizer.zero_grad(set_to_none=True)


def test_a_warning_names_the_line_outside_and_its_kind() -> None:
    with pytest.warns(FutureWarning, match=r"^soon$") as caught:
        advice.warn("soon", FutureWarning)
    assert [warning.filename for warning in caught] == [__file__]


def test_warnings_are_turned_off_as_always_in_python() -> None:
    w = Value(1.0)
    loss = w * w
    loss.backward()
    w.data = 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        loss.backward()


def test_what_is_advised_for_the_package_is_there() -> None:
    named = ["acos", "asin", "atan", "atan2", "compile", "logsumexp", "maximum", "minimum", "total"]
    assert all(hasattr(micrograd, name) for name in named)
    text = " ".join(words.MODULES.values())
    assert all(name in text for name in named)
