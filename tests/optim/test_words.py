"""What other libraries call optimizers and their settings: the error has the right word."""

from collections.abc import Callable
from typing import Any

import pytest

from micrograd import optim
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam, Optimizer, RMSProp
from micrograd.words import KEYWORDS, OPTIMIZER, OPTIMIZERS

make_sgd: Any = SGD
make_adam: Any = Adam
make_rmsprop: Any = RMSProp


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda w: make_sgd([w], lr=0.1), r"^SGD has no lr: write learning_rate=0\.1$"),
        (lambda w: make_adam([w], eps=1e-8), r"^Adam has no eps: write epsilon=1e-8$"),
        (lambda w: make_rmsprop([w], alpha=0.9), r"^RMSProp has no alpha: write decay=0\.99$"),
        (lambda w: make_adam([w], beta_1=0.9), r"^Adam has no beta_1: write betas=\(0\.9, 0\.999\)$"),
        (lambda w: make_adam([w], amsgrad=True), r"^Adam has no amsgrad: there is none; leave it out$"),
        (
            lambda w: make_adam([w], momentum=0.9),
            r"^Adam has no momentum: it takes parameters, learning_rate, betas, epsilon, weight_decay$",
        ),
        (
            lambda w: optim.OPTIMIZERS["momentum"]([w], rate=0.1),
            r"^SGD has no rate: it takes parameters, learning_rate, momentum, nesterov, weight_decay$",
        ),
    ],
    ids=["lr", "eps", "alpha", "beta_1", "amsgrad", "momentum", "unheard of"],
)
def test_a_setting_that_is_none_of_the_rule_is_refused(make: Callable[[Value], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(Value(1.0))


@pytest.mark.parametrize("name", ["lr", "eps", "alpha", "betas", "learning_rat"])
def test_nothing_is_set_that_the_rule_does_not_read(name: str) -> None:
    optimizer = SGD([Value(1.0)], 0.1)
    with pytest.raises(AttributeError, match=f"^SGD has no {name}: (write|it takes learning_rate, momentum, nesterov, weight)"):
        setattr(optimizer, name, 0.01)
    assert name not in vars(optimizer)


def test_an_optimizer_of_ones_own_may_keep_what_it_likes() -> None:
    class Slow(SGD):
        def __init__(self, parameters: list[Value], lr: float) -> None:
            super().__init__(parameters, lr)
            self.lr = lr

    assert Slow([Value(1.0)], lr=0.5).lr == 0.5


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_module_knows_the_words_of_others(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^micrograd.optim has no {name}: \\w+"):
        getattr(optim, name)


@pytest.mark.parametrize("name", OPTIMIZER)
def test_an_optimizer_knows_the_words_of_others(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^Adam has no {name}: \\w+"):
        getattr(Adam([Value(1.0)]), name)


def test_no_word_is_advised_against_that_works() -> None:
    settings = {name for make in optim.OPTIMIZERS.values() for name in make([Value(1.0)]).settings()}
    assert settings.isdisjoint(KEYWORDS)
    assert not [name for name in OPTIMIZERS if name in vars(optim)]
    assert not [name for name in OPTIMIZER if hasattr(Optimizer, name)]


def test_a_model_in_place_of_its_parameters_is_told_so() -> None:
    with pytest.raises(TypeError, match=r"got MLP\(1, \[2, 1\].*; pass model\.parameters\(\)$"):
        make_adam(MLP(1, [2, 1]))
