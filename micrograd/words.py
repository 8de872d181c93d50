"""The words of other libraries, and what to write here instead; `advice` makes errors of them."""

from __future__ import annotations

OWN_OPERATION = "an operation of your own is one row, Op(symbol, forward, derivatives), and records its operands itself"
KEEPS_NO_GRAPH = "it is not needed, since a graph that nobody keeps is gone at once: read .data of the result"
EVERY_LEAF = "it is not needed, since every leaf has a gradient; which ones move is what an optimizer is given"

# What PyTorch and micrograd 0.1.0 have for a number

VALUES = {
    "_backward": f"it has local_derivatives, a number for each of its parents; {OWN_OPERATION}",
    "backwards": "write backward()",
    "cbrt": "write micrograd.sign(x) * abs(x) ** (1 / 3)",
    "clone": "write +x for the same Value, or x.detach() for a new leaf",
    "cpu": "it is a plain number already",
    "gradient": "write .grad after backward(), or gradient(output, [x])",
    "log10": "write micrograd.log(x) / math.log(10)",
    "log2": "write micrograd.log(x) / math.log(2)",
    "mean": "write micrograd.total(values) / len(values)",
    "name": "write .label",
    "numpy": "write .data for its number",
    "pow": "write x ** 2",
    "requires_grad": EVERY_LEAF,
    "requires_grad_": EVERY_LEAF,
    "retain_grad": "it is not needed, since inner nodes keep their gradient",
    "shape": "it is a single number",
    "square": "write x ** 2",
    "sum": "write micrograd.total(values)",
    "to": "it is a plain number already",
    "tolist": "write .data for its number",
    "value": "write .data",
    "zero_": "write x.data = 0.0",
    "zero_grad": "write x.grad = 0.0, or zero_grad() of a model or an optimizer",
}

GRADIENTS = {
    "data": "it is a plain number already",
    "detach": "it is a plain number already",
    "item": "it is a plain number already",
    "numpy": "it is a plain number already",
    "zero_": "write x.grad = 0.0",
}

# Functions of the package

MODULES = {
    "Tensor": "write Value(3.0), one for each number",
    "arccos": "write micrograd.acos",
    "arcsin": "write micrograd.asin",
    "arctan": "write micrograd.atan",
    "arctan2": "write micrograd.atan2",
    "autograd": "write gradient(output, [x]), or output.backward() and then x.grad",
    "cross_entropy": "write losses.cross_entropy(logits, targets)",
    "enable_grad": KEEPS_NO_GRAPH,
    "grad": "write gradient(output, [x]), or output.backward() and then x.grad",
    "inference_mode": KEEPS_NO_GRAPH,
    "jit": "write micrograd.compile(output, inputs=[x], parameters=[w])",
    "logaddexp": "write micrograd.logsumexp([a, b])",
    "manual_seed": "pass seed= to MLP and to fit",
    "max": "write micrograd.maximum(a, b)",
    "mean": "write micrograd.total(values) / len(values)",
    "min": "write micrograd.minimum(a, b)",
    "no_grad": KEEPS_NO_GRAPH,
    "softmax": "write nn.softmax(logits); losses.cross_entropy takes the logits themselves",
    "sum": "write micrograd.total(values)",
    "tensor": "write Value(3.0), one for each number",
}

# Kinds of optimizers, and what an optimizer has

OPTIMIZERS = {
    "Adagrad": "write optim.AdaGrad",
    "RMSprop": "write optim.RMSProp",
    "Momentum": "write optim.SGD(parameters, learning_rate, momentum=0.9)",
    "Nesterov": "write optim.SGD(parameters, learning_rate, momentum=0.9, nesterov=True)",
    "NAdam": "write optim.Adam, which is Adam without Nesterov's look ahead",
    "lr_scheduler": "set optimizer.learning_rate between steps, or in the callback of fit",
}

OPTIMIZER = {
    "lr": "write optimizer.learning_rate",
    "param_groups": "all parameters have the same settings, such as optimizer.learning_rate",
    "minimize": "write optimizer.zero_grad(), loss.backward() and optimizer.step(), or fit",
    "zero_gradients": "write optimizer.zero_grad()",
}

# Parts of networks, and what a model has

NN = {
    "Linear": 'write nn.Layer(2, 3, activation="linear")',
    "Dense": 'write nn.Layer(2, 3, activation="relu")',
    "Parameter": 'a Value in an attribute of a Module is a parameter: write Value(0.5, label="w")',
    "Dropout": "no module is another in training than afterwards; multiply by inputs that are 0 or 1",
    "AdaptiveAvgPool2d": "write nn.AvgPool2d(4), with the size of a square",
    "MultiheadAttention": "write nn.Attention(16) for each head, and add up what they give",
    "Softmax": "write nn.softmax(logits); losses.cross_entropy takes the logits themselves",
    "LogSoftmax": "write whole = micrograd.logsumexp(logits) and [logit - whole for logit in logits]",
    "init": "first weights are drawn to fit the activation; set parameter.data to begin elsewhere",
    "functional": "activations are functions of micrograd, such as micrograd.relu, and losses those of micrograd.losses",
    "utils": "clip a gradient by hand: parameter.grad = max(-1.0, min(parameter.grad, 1.0))",
} | dict.fromkeys(
    ["ReLU", "LeakyReLU", "GELU", "SiLU", "Softplus", "Sigmoid", "Tanh", "Identity"],
    'an activation is chosen by name: write nn.Layer(2, 16, activation="tanh")',
) | dict.fromkeys(
    ["ModuleList", "ModuleDict", "ParameterList", "ParameterDict"],
    "a list or a dictionary of modules or Values in an attribute of a Module is enough",
) | dict.fromkeys(
    ["BatchNorm1d", "BatchNorm2d"], "write nn.LayerNorm(16), which reads one row, in training and afterwards"
) | dict.fromkeys(
    ["MaxPool1d", "AvgPool1d"], "take the largest or the mean of each feature over the frames, by maximum or total"
) | dict.fromkeys(
    ["Transformer", "TransformerEncoder", "TransformerEncoderLayer"],
    "write a Module of your own with an nn.Attention, two nn.LayerNorm and two nn.Layer in each block",
) | {
    name: f"write cell = nn.{name}Cell(2, 16), state = cell.start(), and for each x state = cell(x, state)"
    for name in ("RNN", "GRU", "LSTM")
}  # fmt: skip

MODULE = {
    "train": "there is nothing to switch, since no module behaves otherwise in training: leave the line out; fit trains a model",
    "eval": "there is nothing to switch, since no module behaves otherwise in training: leave the line out",
    "to": "every number is a Python float in main memory: leave the line out",
    "cuda": "every number is a Python float in main memory: leave the line out",
    "cpu": "every number is a Python float in main memory: leave the line out",
    "double": "every number is a Python float of 64 bits: leave the line out",
    "float": "every number is a Python float of 64 bits: leave the line out",
    "requires_grad_": "give the optimizer only the parameters that are to be moved",
    "forward": "write model(x), and __call__(self, x) in a class of your own",
    "predict": "write [model(row).data for row in rows]",
    "fit": "write fit(model, losses.mean_squared_error, (inputs, targets), optimizer)",
    "compile": "write fit(model, losses.mean_squared_error, (inputs, targets), optimizer)",
    "modules": "the parts of a model are its attributes, such as model.layers",
    "children": "the parts of a model are its attributes, such as model.layers",
    "named_modules": "the parts of a model are its attributes, such as model.layers",
    "append": "write nn.Sequential(*model.layers, layer), a new model that holds the same layers",
    "add_module": "write model.name = module",
    "register_parameter": "write model.name = Value(0.5)",
    "register_buffer": "write model.name = number; what is no Value is no parameter",
    "apply": "write for parameter in model.parameters(): parameter.data = 0.1",
    "summary": "print(model) shows the shape, and len(model.parameters()) counts the parameters",
    "weight": "write .weights of a neuron: model.layers[0].neurons[0].weights",
    "weights": "write .weights of a neuron: model.layers[0].neurons[0].weights",
    "bias": "write .bias of a neuron: model.layers[0].neurons[0].bias",
    "coef_": "write .weights of a neuron: model.layers[0].neurons[0].weights",
    "intercept_": "write .bias of a neuron: model.layers[0].neurons[0].bias",
    "nonlin": "write .activation",
}

# Losses

LOSSES = {
    **dict.fromkeys(
        ("MSELoss", "mse_loss", "mse", "MeanSquaredError", "squared_error_loss"),
        "write losses.mean_squared_error(outputs, targets), which adds the squares of a row up",
    ),
    **dict.fromkeys(
        ("CrossEntropyLoss", "cross_entropy_loss", "softmax_cross_entropy"), "write losses.cross_entropy(logits, targets)"
    ),
    **dict.fromkeys(
        ("NLLLoss", "nll_loss", "categorical_crossentropy", "sparse_categorical_crossentropy", "CategoricalCrossentropy"),
        "write losses.cross_entropy(logits, targets), with no softmax before it",
    ),
    **dict.fromkeys(
        ("BCEWithLogitsLoss", "sigmoid_cross_entropy"), "write losses.binary_cross_entropy_with_logits(logits, targets)"
    ),
    **dict.fromkeys(
        ("BCELoss", "bce_loss", "bce", "binary_crossentropy", "BinaryCrossentropy", "log_loss"),
        "write losses.binary_cross_entropy_with_logits(logits, targets), with no sigmoid before it",
    ),
    **dict.fromkeys(
        ("L1Loss", "l1_loss", "mae", "mean_absolute_error"),
        "write sum(abs(output - target) for output, target in zip(outputs, targets)) / len(outputs)",
    ),
    **dict.fromkeys(
        ("hinge_loss", "svm_loss", "Hinge"),
        "write losses.hinge(scores, labels), with labels of -1 and 1",
    ),
    **dict.fromkeys(("l2", "l2_loss", "weight_decay", "regularization"), "write losses.l2_penalty(model.parameters(), 0.005)"),
}

NN |= {name: LOSSES[name] for name in ("MSELoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "L1Loss", "NLLLoss")}

# Arguments by name; of fit, for which some mean something else; and more of them than there are places

ARGUMENTS = {  # what one of ours is called elsewhere, where it is taken
    "lr": ("learning_rate", "0.1"),
    "eps": ("epsilon", "1e-8"),
    "alpha": ("decay", "0.99"),
    "rho": ("decay", "0.9"),
    "nin": ("inputs", "2"),
    "nout": ("outputs", "3"),
    "nouts": ("widths", "[16, 16, 1]"),
    "params": ("parameters", "model.parameters()"),
    "in_features": ("inputs", "2"),
    "out_features": ("outputs", "3"),
    "in_channels": ("channels", "1"),
    "out_channels": ("features", "8"),
    "kernel_size": ("size", "3"),
    "input_size": ("inputs", "2"),
    "hidden_size": ("size", "16"),
    "num_embeddings": ("count", "27"),
    "embedding_dim": ("size", "16"),
    "normalized_shape": ("size", "16"),
    "embed_dim": ("size", "16"),
    "nonlinearity": ("activation", '"tanh"'),
    "name": ("label", '"x"'),
    "nonlin": ("activation", '"linear" for none, or "relu"'),
} | dict.fromkeys(["beta1", "beta2", "beta_1", "beta_2"], ("betas", "(0.9, 0.999)"))  # fmt: skip

KEYWORDS = {
    "_children": OWN_OPERATION,
    "_op": OWN_OPERATION,
    "amsgrad": "there is none; leave it out",
    "create_graph": "write gradient(output, [x]), which gives Values that can be differentiated again",
    "dampening": "there is none; leave it out",
    "gradient": "write (output * 3.0).backward() to begin with 3 instead of 1",
    "maximize": "give backward() the negative of what is to grow",
    "requires_grad": EVERY_LEAF,
    "retain_graph": "it is not needed, since a graph stays until nobody holds its output",
    "set_to_none": "it is what zero_grad() does; leave it out",
}

NETWORK_KEYWORDS = {
    "bias": "every neuron has one; give the optimizer the other parameters to hold it at 0",
    "padding": "put rows and columns of 0 around the picture, or frames before the sequence",
    "stride": "a window of a convolution moves by 1, and the squares of a pool lie side by side; leave it out",
    "groups": "every neuron reads all channels; leave it out",
    "dilation": "there is none; Conv1d alone has it",
    "num_layers": "write one cell for each layer, which reads the state of the one below",
    "bidirectional": "write a second cell, and let it read the sequence from its end",
    "batch_first": "a model takes one row; leave it out",
    "nonlinearity": "it is always tanh; leave it out",
    "num_heads": "an Attention is one head; make several, and add up what they give",
    "dropout": "there is none; leave it out",
    "inplace": "a Value never changes in place; leave it out",
    "padding_idx": "there is none; leave it out",
    "elementwise_affine": "a LayerNorm always has scale and shift; leave it out",
} | dict.fromkeys(
    ["lr", "learning_rate"], "write it into the optimizer: SGD(model.parameters(), learning_rate=0.1)"
) | dict.fromkeys(["device", "dtype"], "every number is a Python float of 64 bits in main memory; leave it out")  # fmt: skip

FIT = {
    "lr": "write it into the optimizer: SGD(model.parameters(), learning_rate=0.1)",
    "learning_rate": "write it into the optimizer: SGD(model.parameters(), learning_rate=0.1)",
    "verbose": "write progress=False to hide the bar",
    "batch": "write batch_size=8",
    "n_epochs": "write epochs=100",
    "num_epochs": "write epochs=100",
    "nb_epoch": "write epochs=100",
    "max_iter": "write epochs=100",
    "n_iter": "write epochs=100",
    "steps": "write epochs=100",
    "tol": "write target_loss=1e-6",
    "random_state": "write seed=0",
    "criterion": "write loss=losses.mean_squared_error",
    "loss_fn": "write loss=losses.mean_squared_error",
    "shuffle": "with batch_size rows are shuffled, without it they keep their order",
    "validation_data": "write validation=(inputs, targets)",
    "validation_split": "write validation=(inputs, targets), of rows that are not in data",
    "callbacks": "write callback=function, which is called with each epoch and its loss",
    "early_stopping": "write patience=10, and validation=(inputs, targets)",
    "scheduler": "write callback=lambda epoch, loss: setattr(optimizer, 'learning_rate', 0.1 * 0.99**epoch)",
} | dict.fromkeys(["x", "y", "X", "inputs", "targets"], "write data=(inputs, targets)")  # fmt: skip

LAB = FIT | dict.fromkeys(
    ["epochs", "n_epochs", "num_epochs", "nb_epoch", "max_iter", "n_iter", "steps", "target_loss", "tol"],
    "the page trains until you stop it; leave it out",
) | dict.fromkeys(["validation_data", "validation_split"], "write test=(inputs, targets)") | {
    "verbose": "there is no bar; leave it out",
    "callbacks": "the page shows every epoch; leave it out",
    "callback": "the page shows every epoch; leave it out",
    "validation": "write test=(inputs, targets)",
    "patience": "the page trains until you stop it; leave it out",
    "early_stopping": "the page trains until you stop it; leave it out",
    "scheduler": "turn the learning rate in the page; leave it out",
    "eager": "the page runs compiled code; leave it out",
    "progress": "there is no bar; leave it out",
}  # fmt: skip

POSITIONS = {"Value": OWN_OPERATION} | dict.fromkeys(
    ["MaxPool2d", "AvgPool2d"], "its squares lie side by side; leave the stride out"
)  # fmt: skip
