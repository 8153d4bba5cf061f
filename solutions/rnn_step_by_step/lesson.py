# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Recurrent networks, step by step
#
# A recurrent network reads a sequence one piece at a time and carries a memory from each piece to the next.
# In this notebook you build two of them with nothing but NumPy: a plain recurrent network (RNN) and a long short-term memory network (LSTM).
# Then you work out how they learn, by sending gradients backwards through time.
#
# When you have finished, you can
#
# - write one time step of an RNN and of an LSTM from its equations, for a whole batch at once,
# - turn a time step into a network that reads a sequence of any length,
# - derive the backward pass of a time step with the chain rule, and check it with numbers,
# - carry gradients through many time steps without losing any on the way,
# - explain, with a plot of your own, why an LSTM remembers longer than an RNN,
# - train what you have built, and tell a wrong gradient from a right one.
#
# You need matrix products, the chain rule, and NumPy's `@`, slices and `np.sum`. Nothing here uses a deep learning library.

# %% [markdown]
# ## Before you start
#
# ### How an exercise works
#
# Each of the eight exercises is one function. You read why it exists, look at a figure and its equations, and fill in the empty cell.
# Two hints are folded away below the empty cell; the second says more than the first.
# Then you run two cells. The **example** prints a few numbers, which you can compare with the numbers below it.
# The **check** tells you your points and, if something is wrong, the first thing that is wrong and where to look.
# You can run a check as often as you like.
#
# Work from top to bottom. Each sequence function calls the time step that you wrote just before it.
#
# ### What each exercise is worth, and how long it takes
#
# A check looks at every output. The main outputs are the heart of an exercise: if one of them is wrong, the exercise earns at most half of its points.
# One point of each exercise is for leaving the arguments as they were; it counts when the main outputs are right.
#
# All of it takes about four hours, and two sittings are better than one; exercise 4 is a good place to stop. The minutes in the table are estimates. If you need more, you are in good company.
#
# <details>
# <summary>Points and minutes of each exercise; main outputs are in bold</summary>
#
# | exercise | points | minutes, about | outputs and their points |
# | --- | --- | --- | --- |
# | 1 `rnn_cell_forward` | 10 | 20 | **`a_next` 5**, `yt_pred` 2, `cache` 2, arguments unchanged 1 |
# | 2 `rnn_forward` | 10 | 20 | **`a` 5**, `y_pred` 2, `caches` 2, arguments unchanged 1 |
# | 3 `lstm_cell_forward` | 15 | 30 | **`a_next` 4**, **`c_next` 4**, `yt_pred` 3, `cache` 3, arguments unchanged 1 |
# | 4 `lstm_forward` | 10 | 15 | **`a` 3**, **`c` 2**, `y` 2, `caches` 2, arguments unchanged 1 |
# | 5 `rnn_cell_backward` | 10 | 30 | **`dxt` 2**, **`da_prev` 3**, `dWax` 2, `dWaa` 1, `dba` 1, arguments unchanged 1 |
# | 6 `rnn_backward` | 12 | 25 | **`dx` 3**, **`da0` 3**, `dWax` 2, `dWaa` 2, `dba` 1, arguments unchanged 1 |
# | 7 `lstm_cell_backward` | 18 | 50 | **`dxt` 2**, **`da_prev` 4**, **`dc_prev` 3**, four weights 1 each, four biases 1 each, arguments unchanged 1 |
# | 8 `lstm_backward` | 10 | 20 | **`dx` 2**, **`da0` 2**, four weights 1 each, four biases 0.25 each, arguments unchanged 1 |
# | closing section and written question | 5 | 40 | read and marked by a person |
# | all together | 100 | 250 | |
#
# </details>

# %% [markdown]
# ### Notation
#
# Arrays hold a whole batch. Each column is one example, so a batch of inputs at one time step is an array with a row per feature and a column per example.
#
# | letter | code name | meaning |
# | --- | --- | --- |
# | $n_x$ | `n_x` | numbers in the input at one time step |
# | $n_a$ | `n_a` | numbers in the hidden state (the memory) |
# | $n_y$ | `n_y` | classes that are predicted |
# | $m$ | `m` | examples in the batch |
# | $T_x$ | `T_x` | time steps in the sequence |
#
# | symbol | code name | shape | meaning |
# | --- | --- | --- | --- |
# | $x^{\langle t \rangle}$ | `xt`, or `x[:, :, t]` | $(n_x, m)$ | input at time step $t$ |
# | $a^{\langle t \rangle}$ | `a_next`, or `a[:, :, t]` | $(n_a, m)$ | hidden state after time step $t$ |
# | $a^{\langle t-1 \rangle}$ | `a_prev` | $(n_a, m)$ | hidden state before time step $t$ |
# | $a^{\langle 0 \rangle}$ | `a0` | $(n_a, m)$ | hidden state before the sequence starts |
# | $c^{\langle t \rangle}$ | `c_next`, or `c[:, :, t]` | $(n_a, m)$ | cell state of an LSTM after time step $t$ |
# | $\hat{y}^{\langle t \rangle}$ | `yt_pred` | $(n_y, m)$ | prediction at time step $t$, one probability per class |
# | $J$ | | one number | the loss, which learning makes small |
#
# Formulas count time steps from 1 to $T_x$. Python counts from 0, so $x^{\langle 1 \rangle}$ is `x[:, :, 0]`.
# The sign $\odot$ multiplies two arrays entry by entry (`*` in NumPy). Two symbols side by side, as in $W x$, are a matrix product (`@`).
# $\sigma$ is the sigmoid, $\sigma(z) = 1 / (1 + e^{-z})$.

# %% [markdown]
# ### Set-up
#
# The notebook works together with three files in the same folder. The next cell looks for them and says what to do if they are not there.
# The cells after it load what you need and print the versions you work with.

# %% locked setup_files
for module in ("numpy", "rnn_utils", "selfcheck"):
    try:
        __import__(module)
    except ModuleNotFoundError:
        print(f"{module} is missing.")
        if module == "numpy":
            print("Run this in a new cell, then restart the kernel: %pip install numpy")
        else:
            print("Beside this notebook you need rnn_utils.py, selfcheck.py and references.npz.")
            print("They are in the folder that the notebook came from.")
            print("In Colab: open the folder icon on the left and drop the three files there.")

# %% locked setup
import numpy as np

from rnn_utils import numeric_gradient, relative_error, sigmoid, softmax
from selfcheck import check, summary


def draw(**shapes):
    """Draw named arrays of random numbers, in the order in which they are written."""
    return {name: np.random.randn(*shape) for name, shape in shapes.items()}


def drawn_after(count, *shape):
    """Draw again what seed 1 gave after ``count`` numbers, so that examples repeat known ones."""
    # A well-known version of these exercises on the web kept some arrays from an earlier cell.
    # Taking the same ones makes the numbers below the examples comparable with it.
    size = int(np.prod(shape))
    return np.random.RandomState(1).randn(count + size)[count:].reshape(shape)


# %% locked versions
import sys

print("Python", sys.version.split()[0], "with NumPy", np.__version__)


# %% [markdown]
# ## 1 · rnn_cell_forward: one time step of an RNN
#
# Reading a sentence, you understand each word in the light of the words before it. You do not keep all of them in mind; you keep a summary.
# A recurrent network does the same. Its summary is the *hidden state*, a list of $n_a$ numbers.
#
# At each time step the network takes two things, the new input and its old hidden state, and makes a new hidden state from them.
# From the new state it also makes a prediction.
# That is all that a recurrent network ever does. Everything else in this notebook repeats this step or runs it in reverse.
#
# The step also returns a *cache*: what it saw and what it made. The forward pass does not need it, but in exercise 5 you will be glad of it.
#
# ![One RNN step: Wax·xt + Waa·a_prev + ba goes through tanh and leaves on the right as a_next. A branch of a_next goes up through Wya·a_next + by and softmax to the prediction yt_pred.](figures/rnn_cell_forward.svg)
#
# *Figure 1. One time step of an RNN. The old hidden state comes in from the left and the input from below; the new hidden state leaves on the right and feeds the prediction above. The cache keeps what the backward pass needs.*

# %% [markdown]
# ### Equations of the RNN cell
#
# The new hidden state mixes the input and the old state, and tanh keeps it between −1 and 1:
#
# $$a^{\langle t \rangle} = \tanh\left(W_{ax}\, x^{\langle t \rangle} + W_{aa}\, a^{\langle t-1 \rangle} + b_a\right) \tag{1}$$
#
# The prediction is read off the new state:
#
# $$\hat{y}^{\langle t \rangle} = \mathrm{softmax}\left(W_{ya}\, a^{\langle t \rangle} + b_y\right) \tag{2}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $W_{ax}$ | `parameters["Wax"]` | $(n_a, n_x)$ |
# | $W_{aa}$ | `parameters["Waa"]` | $(n_a, n_a)$ |
# | $W_{ya}$ | `parameters["Wya"]` | $(n_y, n_a)$ |
# | $b_a$ | `parameters["ba"]` | $(n_a, 1)$ |
# | $b_y$ | `parameters["by"]` | $(n_y, 1)$ |
#
# The biases have one column. NumPy adds that column to every example.
#
# ### One step by hand
#
# Two units, one input and one example are enough to follow on paper. Let $x^{\langle t \rangle}$ be 2 and $a^{\langle t-1 \rangle}$ be 0.6 in the first unit and 0.2 in the second. The weights stand in the products: the first row of $W_{aa}$ is (0, 1), so the first unit reads the second one.
#
# | unit | $W_{ax}\, x^{\langle t \rangle}$ | $W_{aa}\, a^{\langle t-1 \rangle}$ | $b_a$ | sum | $a^{\langle t \rangle}$, its tanh |
# | --- | --- | --- | --- | --- | --- |
# | first | 0.5 · 2 = 1 | 0 · 0.6 + 1 · 0.2 = 0.2 | −0.2 | 1.0 | 0.762 |
# | second | −0.5 · 2 = −1 | 0.5 · 0.6 + 0 · 0.2 = 0.3 | 0.2 | −0.5 | −0.462 |
#
# If two classes take these two numbers as their scores, softmax gives $e^{0.762} = 2.142$ and $e^{-0.462} = 0.630$, each divided by their sum: probabilities 0.773 and 0.227.


# %% answer
def rnn_cell_forward(xt, a_prev, parameters):
    """Take one time step of an RNN, equations (1) and (2); about 6 lines.

    Arguments:
        xt: input at this time step, (n_x, m)
        a_prev: hidden state before it, (n_a, m)
        parameters: a dictionary with
            Wax: weights of the input, (n_a, n_x)
            Waa: weights of the hidden state, (n_a, n_a)
            Wya: weights of the prediction, (n_y, n_a)
            ba: bias of the hidden state, (n_a, 1)
            by: bias of the prediction, (n_y, 1)

    Returns:
        a_next: hidden state after this time step, (n_a, m)
        yt_pred: prediction, each column sums to one, (n_y, m)
        cache: the tuple (a_next, a_prev, xt, parameters)
    """
    ### BEGIN SOLUTION
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    ba, by = parameters["ba"], parameters["by"]
    a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)
    yt_pred = softmax(Wya @ a_next + by)
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache
    ### END SOLUTION


# %% [markdown]
# ### Hints for rnn_cell_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Take the five arrays out of the dictionary first. Then say equation (1) aloud from the inside out: two matrix products, one bias, one tanh. Which product has a column per example?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Every matrix stands on the left of what it multiplies, so $(n_a, n_x)$ meets $(n_x, m)$ and gives $(n_a, m)$. The tanh goes around the whole sum. `softmax` is already loaded and works on each column; give it the sum in equation (2), made from the *new* state. The cache is a tuple of four things in the order of the docstring, with the dictionary itself as the last.
#
# </details>

# %% example
np.random.seed(1)
xt, a_prev = draw(xt=(3, 10), a_prev=(5, 10)).values()
parameters = draw(Waa=(5, 5), Wax=(5, 3), Wya=(2, 5), ba=(5, 1), by=(2, 1))

state, prediction, _ = rnn_cell_forward(xt, a_prev, parameters)
for name, array, row in (("a_next", state, 4), ("yt_pred", prediction, 1)):
    print(f"{name}[{row}] of {array.shape}:", array[row])

# %% check
check("rnn_cell_forward", rnn_cell_forward)

# %% [markdown]
# ### What you should see from rnn_cell_forward
#
# <!-- expected: example_rnn_cell_forward -->
#
# ### What it means
#
# Look at `a_next[4]`: several entries are close to 1 or −1. Such a unit is *saturated*. Its input could change a good deal and tanh would hardly move. Keep that in mind; in exercise 5 it decides how much the unit can learn.

# %% [markdown]
# ## 2 · rnn_forward: reading a whole sequence
#
# One time step is not yet a network that reads. To read, you take the same step again and again: the hidden state that comes out of one step goes into the next.
#
# *The same step* is meant literally. There is one set of weights, and every time step uses it.
# So the network can read a sequence of any length, and whatever it learns about one position it knows for all of them.
# Drawn out in a row, the steps look like a deep network with one layer per time step. This picture is called the *unrolled* network.
#
# Your function keeps three records on the way: all hidden states, all predictions and all caches.
#
# ![T_x RNN cells in a row, starting from a0; each takes its slice of x from below, gives its slice of y_pred above and passes its hidden state, stored in a, to the next. Below, the caches of all cells and x form the tuple caches.](figures/rnn_forward.svg)
#
# *Figure 2. An RNN unrolled over time. Every box is the same cell with the same weights; only the input and the hidden state change. Step t of the formulas is index t − 1 in the code.*

# %% [markdown]
# ### Equations of the sequence
#
# With $\mathrm{cell}$ for your function from exercise 1, and $a^{\langle 0 \rangle}$ = `a0`:
#
# $$\left(a^{\langle t \rangle},\ \hat{y}^{\langle t \rangle},\ \mathrm{cache}^{\langle t \rangle}\right) = \mathrm{cell}\left(x^{\langle t \rangle},\ a^{\langle t-1 \rangle}\right) \quad \text{for } t = 1, 2, \dots, T_x \tag{3}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x^{\langle 1 \rangle}, \dots, x^{\langle T_x \rangle}$ | `x` | $(n_x, m, T_x)$ |
# | $a^{\langle 0 \rangle}$ | `a0` | $(n_a, m)$ |
# | $a^{\langle 1 \rangle}, \dots, a^{\langle T_x \rangle}$ | `a` | $(n_a, m, T_x)$ |
# | $\hat{y}^{\langle 1 \rangle}, \dots, \hat{y}^{\langle T_x \rangle}$ | `y_pred` | $(n_y, m, T_x)$ |
# | $\mathrm{cache}^{\langle t \rangle}$ | `caches[0][t - 1]` | a tuple |


# %% answer
def rnn_forward(x, a0, parameters):
    """Run an RNN over a whole sequence, equation (3); about 12 lines.

    Arguments:
        x: input at every time step, (n_x, m, T_x)
        a0: hidden state before the first time step, (n_a, m)
        parameters: as for rnn_cell_forward; Wya is (n_y, n_a)

    Returns:
        a: hidden state after every time step, (n_a, m, T_x)
        y_pred: prediction at every time step, (n_y, m, T_x)
        caches: the tuple (list of the T_x caches in order of time, x)
    """
    ### BEGIN SOLUTION
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wya"].shape
    a = np.zeros((n_a, m, T_x), dtype=x.dtype)
    y_pred = np.zeros((n_y, m, T_x), dtype=x.dtype)
    caches = []
    a_next = a0
    for t in range(T_x):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t] = a_next
        y_pred[:, :, t] = yt_pred
        caches.append(cache)
    return a, y_pred, (caches, x)
    ### END SOLUTION


# %% [markdown]
# ### Hints for rnn_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# All sizes can be read from the shapes of `x` and of `parameters["Wya"]`. Make room for the results before the loop starts. What changes from one turn of the loop to the next, and what stays the same?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Start two arrays of zeros with time on the last axis, an empty list, and a variable for the current hidden state that begins as `a0`. Each turn calls `rnn_cell_forward` with the slice of `x` at `t` and the *current* hidden state, overwrites that variable with the new state, stores state and prediction at `t`, and appends the cache to the list. At the end, pair the list with `x` in a tuple.
#
# </details>

# %% example
np.random.seed(1)
x, a0 = draw(x=(3, 10, 4), a0=(5, 10)).values()
parameters = draw(Waa=(5, 5), Wax=(5, 3), Wya=(2, 5), ba=(5, 1), by=(2, 1))

states, predictions, (steps, inputs) = rnn_forward(x, a0, parameters)
print(f"a[4][1] of {states.shape}:", states[4, 1])
print(f"y_pred[1][3] of {predictions.shape}:", predictions[1, 3])
print(f"caches holds {len(steps)} steps and x; x[1][3]:", inputs[1, 3])

# %% check
check("rnn_forward", rnn_forward)

# %% [markdown]
# ### What you should see from rnn_forward
#
# <!-- expected: example_rnn_forward -->
#
# ### What it means
#
# `a[4][1]` is one memory unit of one example at four time steps: it jumps from −1 to 0.78 and back. The hidden state of an RNN is *rewritten* at every step. Nothing in equation (1) protects an old value that is still needed.

# %% [markdown]
# ## 3 · lstm_cell_forward: one time step of an LSTM
#
# "The **keys** that the man with the old brown dog had lost **were** found." To choose *were* and not *was*, a reader has to hold on to one fact, a plural subject, for ten words. An RNN rewrites its whole memory at every word, so such facts wash out.
#
# An LSTM adds a second memory, the *cell state* $c$, which is edited and not rewritten. Three *gates* do the editing. A gate is an array of numbers between 0 (closed) and 1 (open) that multiplies something else:
#
# - the **forget gate** says how much of each old entry to keep,
# - the **update gate** says how much of each proposed entry to add,
# - the **output gate** says how much of the memory to show as hidden state.
#
# All three are computed from the same two things that an RNN cell sees.
#
# ![One LSTM step: a_prev and xt, stacked, feed the gates ft, it, ot (sigmoid) and the candidate cct (tanh); along the top, c_next = ft ⊙ c_prev + it ⊙ cct. Below, a_next = ot ⊙ tanh(c_next) leaves on the right, and a branch of it goes through Wy·a_next + by and softmax to yt_pred.](figures/lstm_cell_forward.svg)
#
# *Figure 3. One time step of an LSTM. The thick line is the cell state: one product and one sum are all that happens to it. The gates, computed below from the old hidden state and the input, decide what is erased, what is added and what is shown.*

# %% [markdown]
# ### Equations of the LSTM cell
#
# Stack the old hidden state on top of the input, and write $v$ for the result: $v = \left[a^{\langle t-1 \rangle};\ x^{\langle t \rangle}\right]$. Every gate reads $v$ through weights of its own. What to keep and what to add:
#
# $$\Gamma_f^{\langle t \rangle} = \sigma\left(W_f\, v + b_f\right) \tag{4}$$
#
# $$\Gamma_u^{\langle t \rangle} = \sigma\left(W_u\, v + b_u\right) \tag{5}$$
#
# The candidate, which is what could be added:
#
# $$\tilde{c}^{\langle t \rangle} = \tanh\left(W_c\, v + b_c\right) \tag{6}$$
#
# The new cell state, part old and part new:
#
# $$c^{\langle t \rangle} = \Gamma_f^{\langle t \rangle} \odot c^{\langle t-1 \rangle} + \Gamma_u^{\langle t \rangle} \odot \tilde{c}^{\langle t \rangle} \tag{7}$$
#
# What to show, the new hidden state, and the prediction:
#
# $$\Gamma_o^{\langle t \rangle} = \sigma\left(W_o\, v + b_o\right) \tag{8}$$
#
# $$a^{\langle t \rangle} = \Gamma_o^{\langle t \rangle} \odot \tanh\left(c^{\langle t \rangle}\right) \tag{9}$$
#
# $$\hat{y}^{\langle t \rangle} = \mathrm{softmax}\left(W_y\, a^{\langle t \rangle} + b_y\right) \tag{10}$$
#
# One gate goes by several names. This text says *update gate* and writes $\Gamma_u$; the code says `it` and `Wi`, after its other name, *input gate*. They are the same thing.
#
# | symbol | code name | shape | note |
# | --- | --- | --- | --- |
# | $v$ | `concat` | $(n_a + n_x, m)$ | hidden state above, input below |
# | $\Gamma_f,\ W_f,\ b_f$ | `ft`, `Wf`, `bf` | $(n_a, m)$, $(n_a, n_a + n_x)$, $(n_a, 1)$ | forget gate |
# | $\Gamma_u,\ W_u,\ b_u$ | `it`, `Wi`, `bi` | $(n_a, m)$, $(n_a, n_a + n_x)$, $(n_a, 1)$ | update gate, or input gate |
# | $\tilde{c},\ W_c,\ b_c$ | `cct`, `Wc`, `bc` | $(n_a, m)$, $(n_a, n_a + n_x)$, $(n_a, 1)$ | candidate |
# | $\Gamma_o,\ W_o,\ b_o$ | `ot`, `Wo`, `bo` | $(n_a, m)$, $(n_a, n_a + n_x)$, $(n_a, 1)$ | output gate |
# | $W_y,\ b_y$ | `Wy`, `by` | $(n_y, n_a)$, $(n_y, 1)$ | prediction |


# %% answer
def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    """Take one time step of an LSTM, equations (4) to (10); about 15 lines.

    Arguments:
        xt: input at this time step, (n_x, m)
        a_prev: hidden state before it, (n_a, m)
        c_prev: cell state before it, (n_a, m)
        parameters: a dictionary with
            Wf, Wi, Wc, Wo: weights of forget gate, update gate, candidate and
                output gate, each (n_a, n_a + n_x)
            bf, bi, bc, bo: their biases, each (n_a, 1)
            Wy: weights of the prediction, (n_y, n_a)
            by: bias of the prediction, (n_y, 1)

    Returns:
        a_next: hidden state after this time step, (n_a, m)
        c_next: cell state after this time step, (n_a, m)
        yt_pred: prediction, each column sums to one, (n_y, m)
        cache: (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    """
    ### BEGIN SOLUTION
    Wf, bf = parameters["Wf"], parameters["bf"]
    Wi, bi = parameters["Wi"], parameters["bi"]
    Wc, bc = parameters["Wc"], parameters["bc"]
    Wo, bo = parameters["Wo"], parameters["bo"]
    Wy, by = parameters["Wy"], parameters["by"]
    concat = np.concatenate([a_prev, xt], axis=0)
    ft = sigmoid(Wf @ concat + bf)
    it = sigmoid(Wi @ concat + bi)
    cct = np.tanh(Wc @ concat + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(Wo @ concat + bo)
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(Wy @ a_next + by)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache
    ### END SOLUTION


# %% [markdown]
# ### Hints for lstm_cell_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Build $v$ once; four equations use it. Then go through the equations in order, one line each. Three of the four use the sigmoid. Which one does not, and why should a candidate be able to be negative?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# `np.concatenate` along axis 0 puts the hidden state above the input; the order matters, since the first $n_a$ columns of each weight matrix belong to the hidden state. In equations (7) and (9) the products are entry by entry. The hidden state needs the output gate *and* a tanh of the new cell state. The cache is a tuple of ten things; take their order from the docstring.
#
# </details>

# %% example
np.random.seed(1)
xt, a_prev, c_prev = draw(xt=(3, 10), a_prev=(5, 10), c_prev=(5, 10)).values()
gates = draw(Wf=(5, 8), bf=(5, 1), Wi=(5, 8), bi=(5, 1), Wo=(5, 8), bo=(5, 1), Wc=(5, 8), bc=(5, 1))
parameters = {**gates, **draw(Wy=(2, 5), by=(2, 1))}

a_next, c_next, yt_pred, cache = lstm_cell_forward(xt, a_prev, c_prev, parameters)
print("a_next[4] =", a_next[4])
print("a_next.shape =", a_next.shape)
print("c_next[2] =", c_next[2])
print("c_next.shape =", c_next.shape)
print("yt_pred[1] =", yt_pred[1])
print("yt_pred.shape =", yt_pred.shape)
print("cache[1][3] =", cache[1][3])
print("len(cache) =", len(cache))

# %% check
check("lstm_cell_forward", lstm_cell_forward)

# %% [markdown]
# ### What you should see from lstm_cell_forward
#
# <!-- expected: example_lstm_cell_forward -->
#
# ### What it means
#
# `c_next[2]` holds −1.65: the cell state is not confined to the range from −1 to 1. This example starts outside it already, since row 2 of its `c_prev` goes from −1.09 to 1.22, and equation (7) squashes nothing. So a cell state can count upwards and keep what it has counted. The hidden state, which is what the rest of the network sees, stays between −1 and 1.

# %% [markdown]
# ## 4 · lstm_forward: an LSTM over a whole sequence
#
# This is exercise 2 again with one more thing to carry. From step to step now travel two arrays: the hidden state, which the gates read, and the cell state, which the gates edit.
#
# The hidden state starts from `a0`, as before. The cell state starts from zeros: before the first word there is nothing to remember.
# Nobody outside the loop chooses it, so it is not an argument.
#
# Mind the order of what you return: hidden states, predictions, cell states, caches. The cell states come *third*.
#
# ![T_x LSTM cells in a row, starting from a0 and c0 = 0; each passes two lines to the next, the cell state c above and the hidden state a below. Each takes its slice of x from below, gives its slice of y above and adds its cache to caches.](figures/lstm_forward.svg)
#
# *Figure 4. An LSTM unrolled over time. Two states travel from cell to cell: the cell state, which starts from zero, and the hidden state, which starts from a0.*

# %% [markdown]
# ### Equations of the LSTM sequence
#
# With $\mathrm{cell}$ for your function from exercise 3, $a^{\langle 0 \rangle}$ = `a0` and $c^{\langle 0 \rangle} = 0$:
#
# $$\left(a^{\langle t \rangle},\ c^{\langle t \rangle},\ \hat{y}^{\langle t \rangle},\ \mathrm{cache}^{\langle t \rangle}\right) = \mathrm{cell}\left(x^{\langle t \rangle},\ a^{\langle t-1 \rangle},\ c^{\langle t-1 \rangle}\right) \quad \text{for } t = 1, 2, \dots, T_x \tag{11}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x^{\langle 1 \rangle}, \dots, x^{\langle T_x \rangle}$ | `x` | $(n_x, m, T_x)$ |
# | $a^{\langle 1 \rangle}, \dots, a^{\langle T_x \rangle}$ | `a` | $(n_a, m, T_x)$ |
# | $\hat{y}^{\langle 1 \rangle}, \dots, \hat{y}^{\langle T_x \rangle}$ | `y` | $(n_y, m, T_x)$ |
# | $c^{\langle 1 \rangle}, \dots, c^{\langle T_x \rangle}$ | `c` | $(n_a, m, T_x)$ |
# | $\mathrm{cache}^{\langle t \rangle}$ | `caches[0][t - 1]` | a tuple |


# %% answer
def lstm_forward(x, a0, parameters):
    """Run an LSTM over a whole sequence, equation (11); about 16 lines.

    Arguments:
        x: input at every time step, (n_x, m, T_x)
        a0: hidden state before the first time step, (n_a, m)
        parameters: as for lstm_cell_forward; Wy is (n_y, n_a)

    Returns:
        a: hidden state after every time step, (n_a, m, T_x)
        y: prediction at every time step, (n_y, m, T_x)
        c: cell state after every time step, (n_a, m, T_x)
        caches: the tuple (list of the T_x caches in order of time, x)
    """
    ### BEGIN SOLUTION
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wy"].shape
    a = np.zeros((n_a, m, T_x), dtype=x.dtype)
    c = np.zeros((n_a, m, T_x), dtype=x.dtype)
    y = np.zeros((n_y, m, T_x), dtype=x.dtype)
    caches = []
    a_next = a0
    c_next = np.zeros_like(a0)
    for t in range(T_x):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t] = a_next
        c[:, :, t] = c_next
        y[:, :, t] = yt_pred
        caches.append(cache)
    return a, y, c, (caches, x)
    ### END SOLUTION


# %% [markdown]
# ### Hints for lstm_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Copy the plan of exercise 2, not its letters: which name in the dictionary tells you $n_y$ and $n_a$ now? Then ask of every line whether the cell state needs one like it.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Three arrays of zeros hold the results. Two variables carry the states: one starts as `a0`, the other as zeros of the same shape. Each turn of the loop hands *both* to `lstm_cell_forward` and overwrites both with what comes back; otherwise the network forgets everything at every step. Then store the three slices at `t` and append the cache.
#
# </details>

# %% example
np.random.seed(1)
x, a0 = draw(x=(3, 10, 7), a0=(5, 10)).values()
gates = draw(Wf=(5, 8), bf=(5, 1), Wi=(5, 8), bi=(5, 1), Wo=(5, 8), bo=(5, 1), Wc=(5, 8), bc=(5, 1))
parameters = {**gates, **draw(Wy=(2, 5), by=(2, 1))}

a, y, c, caches = lstm_forward(x, a0, parameters)
print(f"a[4][3][6] = {a[4][3][6]:.8f}")
print(f"y[1][4][3] = {y[1][4][3]:.8f}")
print("a.shape =", a.shape, " y.shape =", y.shape)
print("caches[1][1][1] =", caches[1][1][1])
print(f"c[1][2][1] = {c[1][2][1]:.8f}")
print("len(caches) =", len(caches))

# %% check
check("lstm_forward", lstm_forward)

# %% [markdown]
# ### What you should see from lstm_forward
#
# <!-- expected: example_lstm_forward -->
#
# ### What it means
#
# At the first time step the forget gate multiplies zeros, so it has no effect at all. Whatever the forget gate learns, it learns from the second step on. A sequence of length one could never teach it anything.

# %% [markdown]
# ## Going backwards
#
# So far the network only guesses. To learn, it must know how the loss $J$ would change if each of its weights changed a little. That is a gradient, and computing gradients from the end of the network to its beginning is *backpropagation*.
#
# The chain rule is all you need, in two lines. If $x$ acts on $J$ through $z$, the slopes are multiplied: $\frac{\partial J}{\partial x} = \frac{\partial J}{\partial z} \cdot \frac{\partial z}{\partial x}$.
# If $x$ acts on $J$ along several roads, the products of all roads are added.
#
# Three agreements make the formulas short.
#
# 1. **A `d` in front of a name means the gradient of $J$ with respect to it.** `dWax` is $\partial J / \partial W_{ax}$. A gradient has the shape of the thing that it belongs to: if `dWax` is not $(n_a, n_x)$, it is wrong. One name holds only a part of its gradient: `da`, in exercises 6 and 8, is what reaches the hidden states directly, before anything comes back from later steps.
# 2. **A backward step starts from the *upstream gradient***: how $J$ changes with what the forward step *returned*. It is handed in. The step turns it into gradients for what the forward step *received*.
# 3. **Where a value is used twice, its gradients add up.** The hidden state is used by the prediction and by the next time step. The weights are used at every time step.
#
# We leave the predictions out: what they pass back to the hidden states arrives ready-made as `da`. So the functions below need neither $W_{ya}$ nor $b_y$. Where `da` comes from, you see in the closing section; it takes six lines.
#
# You never have to take a gradient on trust. Move one entry by a tiny $h$ in both directions and see how $J$ answers: $\left(J(w + h) - J(w - h)\right) / 2h$. This is what `numeric_gradient` does for every entry in turn. It is slow, but it knows nothing about your derivation, and so it does not repeat its mistakes. Here it confirms that the slope of tanh is $1 - \tanh^2$:

# %% example numeric_gradient
z = np.array([-2.0, -0.5, 0.0, 1.0])
by_formula = 1 - np.tanh(z) ** 2
by_differences = numeric_gradient(lambda w: np.sum(np.tanh(w)), z)
print("formula:    ", by_formula.round(8))
print("differences:", by_differences.round(8))
print("relative error below 1e-8:", relative_error(by_formula, by_differences) < 1e-8)

# %% [markdown]
# ## 5 · rnn_cell_backward: one RNN time step in reverse
#
# Suppose that someone tells you how $J$ changes with the hidden state after a time step. How does it change with the input, the old state and the weights before it? The chain rule answers in two moves.
#
# First go back through tanh. Its slope at $z$ is $1 - \tanh^2(z)$, and $\tanh(z)$ is a number you already have: it is $a^{\langle t \rangle}$, stored in the cache. So no tanh is computed twice.
#
# Then go back through the sum. In $Wx$, going back to $x$ multiplies by $W^T$, and going back to $W$ multiplies by $x^T$. The shapes leave you no other choice.
#
# ![da_next enters from the right and is multiplied by 1 − a_next² to give dz. From dz come da_prev = Waa.T·dz on the left, dxt = Wax.T·dz below, and dWax = dz·xt.T, dWaa = dz·a_prev.T and dba (dz summed over the columns) above.](figures/rnn_cell_backward.svg)
#
# *Figure 5. One RNN time step in reverse. The upstream gradient comes in from the right and shrinks on its way through tanh; the one array dz then feeds all five gradients. Dashed lines are gradients.*

# %% [markdown]
# ### Equations of the RNN cell in reverse
#
# Call the argument of tanh in equation (1) $z^{\langle t \rangle}$. Its gradient is needed five times, so compute it once. Here `da_next` is the upstream gradient, $\partial J / \partial a^{\langle t \rangle}$:
#
# $$dz^{\langle t \rangle} = da_{\mathrm{next}} \odot \left(1 - a^{\langle t \rangle} \odot a^{\langle t \rangle}\right) \tag{12}$$
#
# Back to what came in:
#
# $$dx^{\langle t \rangle} = W_{ax}^T\, dz^{\langle t \rangle} \tag{13}$$
#
# $$da_{\mathrm{prev}} = W_{aa}^T\, dz^{\langle t \rangle} \tag{14}$$
#
# Back to the parameters, where the matrix product adds up over the $m$ examples, and the bias needs a sum of its own ($dz_i$ is column $i$):
#
# $$dW_{ax} = dz^{\langle t \rangle} \left(x^{\langle t \rangle}\right)^T \tag{15}$$
#
# $$dW_{aa} = dz^{\langle t \rangle} \left(a^{\langle t-1 \rangle}\right)^T \tag{16}$$
#
# $$db_a = \sum_{i=1}^{m} dz_i^{\langle t \rangle} \tag{17}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da_{\mathrm{next}}$ | `da_next` | $(n_a, m)$ |
# | $dz^{\langle t \rangle}$ | `dz` | $(n_a, m)$ |
# | $dx^{\langle t \rangle}$ | `dxt` | $(n_x, m)$ |
# | $da_{\mathrm{prev}}$ | `da_prev` | $(n_a, m)$ |
# | $dW_{ax},\ dW_{aa}$ | `dWax`, `dWaa` | $(n_a, n_x)$, $(n_a, n_a)$ |
# | $db_a$ | `dba` | $(n_a, 1)$ |
#
# ### The same step by hand, in reverse
#
# Take the two units of exercise 1, and let $J$ be the first unit plus twice the second. Then $da_{\mathrm{next}}$ is 1 and 2.
#
# | unit | $da_{\mathrm{next}}$ | $1 - a \odot a$ | $dz$ | $dW_{ax}$, that is $dz \cdot 2$ | $dW_{aa}$, that is $dz \cdot 0.6$ and $dz \cdot 0.2$ |
# | --- | --- | --- | --- | --- | --- |
# | first | 1 | 1 − 0.762² = 0.420 | 0.420 | 0.840 | 0.252 and 0.084 |
# | second | 2 | 1 − 0.462² = 0.786 | 1.573 | 3.146 | 0.944 and 0.315 |
#
# Back to the input: $dx = 0.5 \cdot 0.420 - 0.5 \cdot 1.573 = -0.576$. Back to the old state, down the columns of $W_{aa}$: $0 \cdot 0.420 + 0.5 \cdot 1.573 = 0.786$ for the first unit and $1 \cdot 0.420 + 0 \cdot 1.573 = 0.420$ for the second.
#
# A check: with an input of 2.01 in place of 2, $J$ falls from −0.1626 to −0.1684. That is −0.0058 for a move of 0.01, as $dx$ promised.


# %% answer
def rnn_cell_backward(da_next, cache):
    """Go back through one RNN time step, equations (12) to (17); about 9 lines.

    Arguments:
        da_next: upstream gradient, of J with respect to a_next, (n_a, m)
        cache: the tuple (a_next, a_prev, xt, parameters) of rnn_cell_forward

    Returns:
        a dictionary of gradients of J with the keys
            dxt: with respect to the input, (n_x, m)
            da_prev: with respect to the previous hidden state, (n_a, m)
            dWax: with respect to the input weights, (n_a, n_x)
            dWaa: with respect to the hidden state's weights, (n_a, n_a)
            dba: with respect to the bias, (n_a, 1)
    """
    ### BEGIN SOLUTION
    a_next, a_prev, xt, parameters = cache
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    dz = (1 - a_next**2) * da_next
    dxt = Wax.T @ dz
    da_prev = Waa.T @ dz
    dWax = dz @ xt.T
    dWaa = dz @ a_prev.T
    dba = np.sum(dz, axis=1, keepdims=True)
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    ### END SOLUTION


# %% [markdown]
# ### Hints for rnn_cell_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Unpack the cache into its four parts. Equation (12) comes first, since everything else uses it. Ask of each line that follows: which shape must come out, and which way round do the two factors give it?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# The slope of tanh uses `a_next` itself: one minus its square, times the upstream gradient, entry by entry. For `dxt` and `da_prev` the transposed weights stand on the left; for `dWax` and `dWaa` the transposed data stand on the right. The bias was added to every column, so its gradient is the sum over axis 1, and `keepdims=True` keeps it a column.
#
# </details>

# %% example
np.random.seed(1)
xt, a_prev = draw(xt=(3, 10), a_prev=(5, 10)).values()
parameters = draw(Wax=(5, 3), Waa=(5, 5), Wya=(2, 5), ba=(5, 1), by=(2, 1))
parameters["ba"] = drawn_after(220, 5, 1)
a_next, yt_pred, cache = rnn_cell_forward(xt, a_prev, parameters)

da_next = np.random.randn(5, 10)
gradients = rnn_cell_backward(da_next, cache)
spots = {"dxt": (1, 2), "da_prev": (2, 3), "dWax": (3, 1), "dWaa": (1, 2), "dba": (4,)}
for name, spot in spots.items():
    gradient = gradients[name]
    print(f"{name}{list(spot)} =", gradient[spot].round(8), " shape", gradient.shape)

# %% check
check("rnn_cell_backward", rnn_cell_backward)

# %% [markdown]
# ### What you should see from rnn_cell_backward
#
# <!-- expected: example_rnn_cell_backward -->
#
# ### What it means
#
# A saturated unit has $a$ close to 1 or −1, so $1 - a^2$ is close to 0. Almost nothing of the upstream gradient comes through it. What a unit cannot feel, it cannot learn from; and in the next exercise the gradient has to pass such a place once per time step.

# %% [markdown]
# ## 6 · rnn_backward: backpropagation through time
#
# The hidden state at time step $t$ influences the loss along two roads. One is short: the prediction at $t$. The other is long: the state at $t+1$, and through it everything later. Its gradient is the sum of both.
#
# The short road's share is given: `da[:, :, t]`. The long road's share is what exercise 5 calls `da_prev`, computed at step $t+1$. That is why you must go *backwards*: the step after this one has to be done first.
#
# The loss need not read every hidden state: `da` may have fewer time steps than the sequence had. Go through as many steps as `da` has; $T_x$ below is their number.
#
# The weights are the same at every step, so each step adds its share to their gradients. The input at $t$ is used once, so its gradient is stored and not added up.
#
# ![RNN cells in a row, visited from right to left; before each cell a plus node adds the slice of da at t, from the loss at that step, to da_prevt, sent back by the cell after it (zero at the last step). Each cell gives its slice of dx; dWax, dWaa and dba are summed over all steps, and the last da_prevt is da0.](figures/rnn_backward.svg)
#
# *Figure 6. Backpropagation through time. At every plus two gradients meet: the step's own and the one from the future. All cells add to the same weight gradients.*

# %% [markdown]
# ### Equations of backpropagation through time
#
# Write $da^{\langle t \rangle}$ for the slice of `da` at $t$ (the short road only), and $\delta^{\langle t \rangle}$ for the full gradient of the hidden state. Run $t$ from $T_x$ down to 1, starting with $da_{\mathrm{prev}}^{\langle T_x + 1 \rangle} = 0$:
#
# $$\delta^{\langle t \rangle} = da^{\langle t \rangle} + da_{\mathrm{prev}}^{\langle t+1 \rangle} \tag{18}$$
#
# Use $\delta^{\langle t \rangle}$ as the upstream gradient of your function from exercise 5. It returns $dx^{\langle t \rangle}$, $da_{\mathrm{prev}}^{\langle t \rangle}$ and the shares of step $t$ in the weight gradients:
#
# $$\frac{\partial J}{\partial W_{ax}} = \sum_{t=1}^{T_x} dW_{ax}^{\langle t \rangle}, \qquad \frac{\partial J}{\partial W_{aa}} = \sum_{t=1}^{T_x} dW_{aa}^{\langle t \rangle}, \qquad \frac{\partial J}{\partial b_a} = \sum_{t=1}^{T_x} db_a^{\langle t \rangle} \tag{19}$$
#
# What is left over at the beginning belongs to the initial state:
#
# $$\frac{\partial J}{\partial a^{\langle 0 \rangle}} = da_{\mathrm{prev}}^{\langle 1 \rangle} \tag{20}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da^{\langle t \rangle}$ | `da[:, :, t - 1]` | $(n_a, m)$ |
# | $da_{\mathrm{prev}}^{\langle t+1 \rangle}$ | `da_prevt` | $(n_a, m)$ |
# | $dx^{\langle 1 \rangle}, \dots, dx^{\langle T_x \rangle}$ | `dx` | $(n_x, m, T_x)$ |
# | $\partial J / \partial a^{\langle 0 \rangle}$ | `da0` | $(n_a, m)$ |
# | $\partial J / \partial W_{ax}$, $\partial J / \partial W_{aa}$, $\partial J / \partial b_a$ | `dWax`, `dWaa`, `dba` | as the weights |


# %% answer
def rnn_backward(da, caches):
    """Go back through a whole RNN sequence, equations (18) to (20); about 15 lines.

    Arguments:
        da: gradients that reach each hidden state directly, (n_a, m, T_x);
            T_x may be smaller than the number of caches
        caches: the tuple (list of caches, x) of rnn_forward

    Returns:
        a dictionary of gradients of J with the keys
            dx: with respect to the inputs, (n_x, m, T_x)
            da0: with respect to the initial hidden state, (n_a, m)
            dWax: with respect to the input weights, (n_a, n_x)
            dWaa: with respect to the hidden state's weights, (n_a, n_a)
            dba: with respect to the bias, (n_a, 1)
    """
    ### BEGIN SOLUTION
    steps, x = caches
    a_next, a_prev, xt, parameters = steps[0]
    n_a, m, T_x = da.shape
    dx = np.zeros((x.shape[0], m, T_x), dtype=da.dtype)
    dWax = np.zeros_like(parameters["Wax"])
    dWaa = np.zeros_like(parameters["Waa"])
    dba = np.zeros_like(parameters["ba"])
    da_prevt = np.zeros_like(a_prev)
    for t in reversed(range(T_x)):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, steps[t])
        dx[:, :, t] = gradients["dxt"]
        da_prevt = gradients["da_prev"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]
    return {"dx": dx, "da0": da_prevt, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    ### END SOLUTION


# %% [markdown]
# ### Hints for rnn_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Take `caches` apart into the list and `x`. Start every total at zero, and the gradient that comes from the future at zero too: after the last step there is no future. Which gradients are totals, and which one gets a slice per time step?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Loop over `reversed(range(T_x))`. The upstream gradient of each turn is the slice of `da` plus what the previous turn returned under `"da_prev"`. Pass the cache of *this* time step, not the whole list. Store the slice of `dx`, add to the three weight totals, and keep the new `"da_prev"` for the next turn. After the loop, the one that is still waiting is `da0`.
#
# </details>

# %% example
np.random.seed(1)
x, a0 = draw(x=(3, 10, 4), a0=(5, 10)).values()
parameters = draw(Wax=(5, 3), Waa=(5, 5), Wya=(2, 5), ba=(5, 1), by=(2, 1))
a, y_pred, caches = rnn_forward(x, a0, parameters)

da = np.random.randn(5, 10, 4)
gradients = rnn_backward(da, caches)
spots = {"dx": (1, 2), "da0": (2, 3), "dWax": (3, 1), "dWaa": (1, 2), "dba": (4,)}
for name, spot in spots.items():
    gradient = gradients[name]
    print(f"{name}{list(spot)} =", gradient[spot].round(8), " shape", gradient.shape)

# %% check
check("rnn_backward", rnn_backward)

# %% [markdown]
# ### What you should see from rnn_backward
#
# <!-- expected: example_rnn_backward -->
#
# ### What it means
#
# Each step back multiplies the gradient by $1 - a^2$ and then by $W_{aa}^T$. Over many steps that is a product of many matrices. If they shrink vectors, the gradient from the distant future *vanishes*; if they stretch them, it *explodes*.
#
# Four steps are too few to tell which. Here the loss feels the inputs of the four steps with lengths of 7.6, 19.8, 8.2 and 5.1, from the first to the last (`np.linalg.norm(gradients["dx"], axis=(0, 1))`), and an earlier step also collects more slices of `da`. In the closing section you look at sixty steps with one loss at the end; there it is plain.

# %% [markdown]
# ## 7 · lstm_cell_backward: one LSTM time step in reverse
#
# More arrows than in an RNN, but no new idea. Walk the forward equations from the bottom to the top and apply the chain rule to each.
#
# Two upstream gradients come in: one at the hidden state, one at the cell state. The cell state is used twice, by the hidden state of this step (equation 9) and by the next step (equation 7 there). So its gradients add up, and that sum is the first thing to compute.
#
# From there, each product in equations (7) and (9) hands the gradient to one factor, multiplied by the other. Then each gate passes it through its own activation. The slope of a sigmoid with output $\Gamma$ is $\Gamma\,(1 - \Gamma)$; the slope of tanh with output $\tilde{c}$ is $1 - \tilde{c}^2$. Again, everything needed is in the cache.
#
# ![dc = dc_next + da_next ⊙ ot ⊙ (1 − tanh²(c_next)) runs left, gives dzf, dzi and dzc, and leaves as dc_prev = dc ⊙ ft; dzo comes from da_next. Each gate gradient gives its dW and db, and all four together give dconcat, which is split into da_prev and dxt.](figures/lstm_cell_backward.svg)
#
# *Figure 7. One LSTM time step in reverse. Both upstream gradients meet at the cell state, and everything but dzo starts from their sum dc. One road leads straight back through the forget gate; the others lead through the gates.*
#
# ### The cell state comes first
#
# All symbols stand for this time step unless they say *prev*. $J$ feels the cell state along two roads. One goes through the next step, and its share is handed in: $dc_{\mathrm{next}}$. The other goes through $a = \Gamma_o \odot \tanh(c)$: the slope of the product is $\Gamma_o$, and that of tanh is $1 - \tanh^2(c)$. The chain rule multiplies along a road and adds up the roads:
#
# $$dc = dc_{\mathrm{next}} + da_{\mathrm{next}} \odot \Gamma_o \odot \left(1 - \tanh^2(c)\right) \tag{21}$$
#
# One unit, with numbers: let $c = 1$, $\Gamma_o = 0.5$, $da_{\mathrm{next}} = 2$ and $dc_{\mathrm{next}} = 0.5$. Then $\tanh(1) = 0.762$, its slope is 0.420, and $dc = 0.5 + 2 \cdot 0.5 \cdot 0.420 = 0.920$.

# %% [markdown]
# ### Equations of the LSTM cell in reverse
#
# With $dc$ in hand the rest comes in three groups. **At the gates:** the gradient at the *argument* of each activation, which is called $z$ with the gate's letter (`dzf`, `dzi`, `dzc`, `dzo` in the code):
#
# $$dz_o = da_{\mathrm{next}} \odot \tanh(c) \odot \Gamma_o \odot (1 - \Gamma_o) \tag{22}$$
#
# $$dz_c = dc \odot \Gamma_u \odot \left(1 - \tilde{c} \odot \tilde{c}\right) \tag{23}$$
#
# $$dz_u = dc \odot \tilde{c} \odot \Gamma_u \odot (1 - \Gamma_u) \tag{24}$$
#
# $$dz_f = dc \odot c_{\mathrm{prev}} \odot \Gamma_f \odot (1 - \Gamma_f) \tag{25}$$
#
# **The parameters:** for each gate $g$ out of $f, u, c, o$, with the same stacked $v = [a_{\mathrm{prev}};\ x]$ as in exercise 3 ($dz_{g,i}$ is column $i$):
#
# $$dW_g = dz_g\, v^T \tag{26}$$
#
# $$db_g = \sum_{i=1}^{m} dz_{g,i} \tag{27}$$
#
# **Back to what came in:** all four gates read $v$, so its gradient is a sum. Its first $n_a$ rows belong to the hidden state and the other $n_x$ to the input:
#
# $$dv = W_f^T\, dz_f + W_u^T\, dz_u + W_c^T\, dz_c + W_o^T\, dz_o = \left[da_{\mathrm{prev}};\ dx\right] \tag{28}$$
#
# Last, straight back along the cell state:
#
# $$dc_{\mathrm{prev}} = dc \odot \Gamma_f \tag{29}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da_{\mathrm{next}},\ dc_{\mathrm{next}}$ | `da_next`, `dc_next` | $(n_a, m)$ |
# | $dc$ | `dc` | $(n_a, m)$ |
# | $dz_f,\ dz_u,\ dz_c,\ dz_o$ | `dzf`, `dzi`, `dzc`, `dzo` | $(n_a, m)$ |
# | $dW_f,\ dW_u,\ dW_c,\ dW_o$ | `dWf`, `dWi`, `dWc`, `dWo` | $(n_a, n_a + n_x)$ |
# | $db_f,\ db_u,\ db_c,\ db_o$ | `dbf`, `dbi`, `dbc`, `dbo` | $(n_a, 1)$ |
# | $dv$ | `dconcat` | $(n_a + n_x, m)$ |
# | $da_{\mathrm{prev}},\ dc_{\mathrm{prev}}$ | `da_prev`, `dc_prev` | $(n_a, m)$ |
# | $dx$ | `dxt` | $(n_x, m)$ |


# %% answer
def lstm_cell_backward(da_next, dc_next, cache):
    """Go back through one LSTM time step, equations (21) to (29); about 28 lines.

    Arguments:
        da_next: upstream gradient, of J with respect to a_next, (n_a, m)
        dc_next: gradient of J that the next step sends back to c_next, (n_a, m)
        cache: (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)

    Returns:
        a dictionary of gradients of J with the keys
            dxt: with respect to the input, (n_x, m)
            da_prev: with respect to the previous hidden state, (n_a, m)
            dc_prev: with respect to the previous cell state, (n_a, m)
            dWf, dWi, dWc, dWo: with respect to the weights, (n_a, n_a + n_x)
            dbf, dbi, dbc, dbo: with respect to the biases, (n_a, 1)
    """
    ### BEGIN SOLUTION
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_next.shape[0]
    tanh_c = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - tanh_c**2)
    dzo = da_next * tanh_c * ot * (1 - ot)
    dzc = dc * it * (1 - cct**2)
    dzi = dc * cct * it * (1 - it)
    dzf = dc * c_prev * ft * (1 - ft)
    concat = np.concatenate([a_prev, xt], axis=0)
    dWf, dbf = dzf @ concat.T, np.sum(dzf, axis=1, keepdims=True)
    dWi, dbi = dzi @ concat.T, np.sum(dzi, axis=1, keepdims=True)
    dWc, dbc = dzc @ concat.T, np.sum(dzc, axis=1, keepdims=True)
    dWo, dbo = dzo @ concat.T, np.sum(dzo, axis=1, keepdims=True)
    dconcat = (
        parameters["Wf"].T @ dzf
        + parameters["Wi"].T @ dzi
        + parameters["Wc"].T @ dzc
        + parameters["Wo"].T @ dzo
    )
    da_prev = dconcat[:n_a]
    dxt = dconcat[n_a:]
    dc_prev = dc * ft
    return {
        "dxt": dxt, "da_prev": da_prev, "dc_prev": dc_prev,
        "dWf": dWf, "dbf": dbf, "dWi": dWi, "dbi": dbi,
        "dWc": dWc, "dbc": dbc, "dWo": dWo, "dbo": dbo,
    }  # fmt: skip
    ### END SOLUTION


# %% [markdown]
# ### Hints for lstm_cell_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Start with equation (21); three of the four gates and `dc_prev` need its result. The output gate is the exception: it never touched the cell state, so it gets its gradient from the hidden state alone. Take the weights from `parameters` in the cache and from nowhere else.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Each of (22) to (25) has three parts: the gradient of the product, the *other* factor of that product, and the slope of the activation written with its output. Add up the two parts of `dc` *before* you multiply by anything; that is where most mistakes are made. The stacked array must be in the order of the forward pass. From the sum in (28), the rows before `n_a` are `da_prev` and the rows from `n_a` on are `dxt`. Biases: a sum over axis 1, with `keepdims=True`.
#
# </details>

# %% example
np.random.seed(1)
xt, a_prev, c_prev = draw(xt=(3, 10), a_prev=(5, 10), c_prev=(5, 10)).values()
gates = draw(Wf=(5, 8), bf=(5, 1), Wi=(5, 8), bi=(5, 1), Wo=(5, 8), bo=(5, 1), Wc=(5, 8), bc=(5, 1))
parameters = {**gates, **draw(Wy=(2, 5), by=(2, 1))}
a_next, c_next, yt_pred, cache = lstm_cell_forward(xt, a_prev, c_prev, parameters)

da_next, dc_next = draw(da_next=(5, 10), dc_next=(5, 10)).values()
gradients = lstm_cell_backward(da_next, dc_next, cache)
spots = {"dxt": (1, 2), "da_prev": (2, 3), "dc_prev": (2, 3)}
spots |= {"dWf": (3, 1), "dWi": (1, 2), "dWc": (3, 1), "dWo": (1, 2)}
spots |= {"dbf": (4,), "dbi": (4,), "dbc": (4,), "dbo": (4,)}
for name, spot in spots.items():
    gradient = gradients[name]
    print(f"{name}{list(spot)} =", gradient[spot].round(8), " shape", gradient.shape)

# %% check
check("lstm_cell_backward", lstm_cell_backward)

# %% [markdown]
# ### What you should see from lstm_cell_backward
#
# <!-- expected: example_lstm_cell_backward -->
#
# ### What it means
#
# Compare equation (29) with equations (12) and (14). On its way back along the cell state the gradient meets no weight matrix and no tanh, only the forget gate. Where the gate is open, the gradient passes almost unchanged.

# %% [markdown]
# ## 8 · lstm_backward: an LSTM in reverse
#
# The last step puts everything together: exercise 6 with two gradients travelling backwards, `da_prev` and `dc_prev`. Both start from zero after the last time step, and both must be handed from each step to the one before it.
#
# Note what is *not* given. There is a `da` for every hidden state, since predictions read hidden states. There is no such array for the cell state: no prediction reads it, so its only gradient from outside the step is the one that comes back from the next step.
#
# In the example below, `da` has four time steps although the sequence has seven. That is allowed: it says that the loss reads the first four hidden states and no others. So go through as many steps as `da` has.
#
# ![LSTM cells in a row, visited from right to left: a plus node before each cell adds the slice of da at t to da_prevt from the cell after it, and dc_prevt from that cell enters on a second line (both zero at the last step). Each cell gives its slice of dx; the eight parameter gradients are summed over all steps, and the last da_prevt is da0.](figures/lstm_backward.svg)
#
# *Figure 8. An LSTM in reverse. Two gradients return from each cell to the one before it; the one at the hidden state is joined by the gradient from the prediction.*

# %% [markdown]
# ### Equations of the LSTM sequence in reverse
#
# Run $t$ from $T_x$ down to 1, where $T_x$ is the number of time steps in `da`. Start with $da_{\mathrm{prev}}^{\langle T_x + 1 \rangle} = 0$ and $dc_{\mathrm{prev}}^{\langle T_x + 1 \rangle} = 0$. The upstream gradients of step $t$ are
#
# $$da_{\mathrm{next}}^{\langle t \rangle} = da^{\langle t \rangle} + da_{\mathrm{prev}}^{\langle t+1 \rangle} \tag{30}$$
#
# $$dc_{\mathrm{next}}^{\langle t \rangle} = dc_{\mathrm{prev}}^{\langle t+1 \rangle} \tag{31}$$
#
# Every step adds its share to each of the eight parameter gradients, for $g$ out of $f, u, c, o$:
#
# $$\frac{\partial J}{\partial W_g} = \sum_{t=1}^{T_x} dW_g^{\langle t \rangle}, \qquad \frac{\partial J}{\partial b_g} = \sum_{t=1}^{T_x} db_g^{\langle t \rangle} \tag{32}$$
#
# And what is left at the beginning is the gradient of the initial hidden state:
#
# $$\frac{\partial J}{\partial a^{\langle 0 \rangle}} = da_{\mathrm{prev}}^{\langle 1 \rangle} \tag{33}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da^{\langle t \rangle}$ | `da[:, :, t - 1]` | $(n_a, m)$ |
# | $da_{\mathrm{prev}}^{\langle t+1 \rangle},\ dc_{\mathrm{prev}}^{\langle t+1 \rangle}$ | `da_prevt`, `dc_prevt` | $(n_a, m)$ |
# | $dx^{\langle 1 \rangle}, \dots, dx^{\langle T_x \rangle}$ | `dx` | $(n_x, m, T_x)$ |
# | $\partial J / \partial a^{\langle 0 \rangle}$ | `da0` | $(n_a, m)$ |
# | $\partial J / \partial W_g,\ \partial J / \partial b_g$ | `dWf`, `dbf`, `dWi`, `dbi`, `dWc`, `dbc`, `dWo`, `dbo` | as the weights |


# %% answer
def lstm_backward(da, caches):
    """Go back through a whole LSTM sequence, equations (30) to (33); about 15 lines.

    Arguments:
        da: gradients that reach each hidden state directly, (n_a, m, T_x)
        caches: the tuple (list of caches, x) of lstm_forward; the list may be
            longer than T_x, then its first T_x caches count

    Returns:
        a dictionary of gradients of J with the keys
            dx: with respect to the inputs, (n_x, m, T_x)
            da0: with respect to the initial hidden state, (n_a, m)
            dWf, dWi, dWc, dWo: with respect to the weights, (n_a, n_a + n_x)
            dbf, dbi, dbc, dbo: with respect to the biases, (n_a, 1)
    """
    ### BEGIN SOLUTION
    steps, x = caches
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]
    n_a, m, T_x = da.shape
    dx = np.zeros((x.shape[0], m, T_x), dtype=da.dtype)
    names = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")
    totals = {"d" + name: np.zeros_like(parameters[name]) for name in names}
    da_prevt = np.zeros_like(a_prev)
    dc_prevt = np.zeros_like(c_prev)
    for t in reversed(range(T_x)):
        gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, steps[t])
        dx[:, :, t] = gradients["dxt"]
        da_prevt = gradients["da_prev"]
        dc_prevt = gradients["dc_prev"]
        for name in totals:
            totals[name] += gradients[name]
    return {"dx": dx, "da0": da_prevt, **totals}
    ### END SOLUTION


# %% [markdown]
# ### Hints for lstm_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Your `rnn_backward` is the plan. Take $T_x$ from the shape of `da`, and $n_x$ from `x`. Two gradients now wait for the next turn of the loop. Where does each of them enter `lstm_cell_backward`?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# The first upstream gradient is the slice of `da` *plus* the waiting `da_prev`; the second is the waiting `dc_prev` alone. At the end of each turn replace both by what `lstm_cell_backward` returned under `"da_prev"` and `"dc_prev"`. The eight totals start as zeros shaped like the parameters and grow at each turn; a loop over their names saves writing. `da0` is the `da_prev` that remains.
#
# </details>

# %% example
np.random.seed(1)
x, a0 = draw(x=(3, 10, 7), a0=(5, 10)).values()
parameters = draw(
    Wf=(5, 8), bf=(5, 1), Wi=(5, 8), bi=(5, 1), Wo=(5, 8), bo=(5, 1), Wc=(5, 8), bc=(5, 1)
)
da = np.random.randn(5, 10, 4)
parameters |= {"Wy": drawn_after(310, 2, 5), "by": drawn_after(320, 2, 1)}

a, y, c, caches = lstm_forward(x, a0, parameters)
gradients = lstm_backward(da, caches)
spots = {"dx": (1, 2), "da0": (2, 3), "dWf": (3, 1), "dWi": (1, 2), "dWc": (3, 1)}
spots |= {"dWo": (1, 2), "dbf": (4,), "dbi": (4,), "dbc": (4,), "dbo": (4,)}
for name, spot in spots.items():
    gradient = gradients[name]
    print(f"{name}{list(spot)} =", gradient[spot].round(8), " shape", gradient.shape)

# %% check
check("lstm_backward", lstm_backward)

# %% [markdown]
# ### What you should see from lstm_backward
#
# <!-- expected: example_lstm_backward -->
#
# ### What it means
#
# If you compare with numbers from the web, most of them may differ: a version that is widely copied hands neither `da_prev` nor `dc_prev` from one time step to the one before it, so only the last time step of its `dx` is right. Yours are the true gradient. The closing section trains a network with either, and you see what the difference costs.

# %% [markdown]
# ## What you have built
#
# Eight functions, and two networks that can read and learn. Use them now. The cells of this section are complete: you only run them. They need your eight functions and earn no points. Their code is folded away, so that you can read on; a click on the three dots opens it.
#
# ### How far back does a gradient reach?
#
# Take a sequence of 60 time steps and a loss that depends on the *last* hidden state only. How strongly does that loss feel the input at each earlier step? The answer is the length of $\partial J / \partial x^{\langle t \rangle}$, and your backward functions compute it: it is the size of each slice of `dx`.
#
# We ask three networks: an RNN, an LSTM whose forget gate is half open (`bf` = 0, so the gate is about 0.5), and an LSTM whose forget gate is nearly open (`bf` = 3, so it is about 0.95). All three have random weights of ordinary size.


# %% lesson networks
def weights(rows, columns, rng, size):
    """Draw a weight matrix (rows, columns); ``size`` 1 is the ordinary size."""
    return size * rng.standard_normal((rows, columns)) / np.sqrt(columns)


def new_rnn(n_x, n_a, n_y, rng, size=1.0):
    """Draw the parameters of an RNN; its biases start at zero."""
    shapes = {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a)}
    drawn = {name: weights(*shape, rng, size) for name, shape in shapes.items()}
    return drawn | {"ba": np.zeros((n_a, 1)), "by": np.zeros((n_y, 1))}


def new_lstm(n_x, n_a, n_y, rng, size=1.0):
    """Draw the parameters of an LSTM; its biases start at zero, so every gate is half open."""
    drawn = {"Wy": weights(n_y, n_a, rng, size), "by": np.zeros((n_y, 1))}
    for gate in "fico":
        drawn |= {"W" + gate: weights(n_a, n_a + n_x, rng, size), "b" + gate: np.zeros((n_a, 1))}
    return drawn


def opened(lstm, bf):
    """Return the same LSTM with another bias of the forget gate; the larger, the more open."""
    return {**lstm, "bf": np.full_like(lstm["bf"], bf)}


# %% lesson long_sequence
n_x, n_a, n_y, m, T_x = 4, 16, 3, 8, 60
rng = np.random.default_rng(7)
x, a0 = rng.standard_normal((n_x, m, T_x)), np.zeros((n_a, m))
da = np.zeros((n_a, m, T_x))
da[:, :, -1] = rng.standard_normal((n_a, m))  # the loss reads the last hidden state only
rnn, half_open = new_rnn(n_x, n_a, n_y, rng), new_lstm(n_x, n_a, n_y, rng)
nearly_open = opened(half_open, bf=3.0)


# %% lesson reach
def reach(forward, backward, parameters):
    """Return the length of dJ/dx at every time step, as a share of the last one, (T_x,)."""
    *_, caches = forward(x, a0, parameters)
    lengths = np.linalg.norm(backward(da, caches)["dx"], axis=(0, 1))
    return lengths / lengths[-1]


try:
    curves = {
        "RNN": reach(rnn_forward, rnn_backward, rnn),
        "LSTM, bf = 0": reach(lstm_forward, lstm_backward, half_open),
        "LSTM, bf = 3": reach(lstm_forward, lstm_backward, nearly_open),
    }
except NotImplementedError:
    curves = {}
    print("Fill the eight exercises first, then run this cell again.")
else:
    print("steps back", *(f"{name:>14}" for name in curves))
    for back in range(0, T_x, 10):
        print(f"{back:>10}", *(f"{curve[-1 - back]:14.1e}" for curve in curves.values()))

# %% lesson reach_plot
try:
    import matplotlib.pyplot as plt
except ModuleNotFoundError:
    plt = None
    print("No matplotlib here, so no plot: the table above has the same numbers.")
else:
    if curves:
        figure, axes = plt.subplots(figsize=(8, 4.5))
        for (name, curve), style in zip(curves.items(), ["-", "--", ":"], strict=True):
            axes.semilogy(range(T_x - 1, -1, -1), curve, style, linewidth=2.5, label=name)
        axes.invert_xaxis()
        axes.set(xlabel="steps back from the loss", ylabel="gradient, as a share of the last step")
        axes.set_title("How much of the gradient is left")
        axes.legend()
        axes.grid(alpha=0.3)
        plt.show()

# %% [markdown]
# A straight line on this logarithmic scale means that each step back multiplies the gradient by about the same factor. A small difference in that factor is an enormous difference after fifty steps.
#
# In this draw of weights the first two curves fall at about the same pace. That is chance. In forty draws, one step back left between 0.52 and 0.73 of the gradient in the RNN, between 0.62 and 0.79 in the half-open LSTM, and between 0.98 and 1.05 in the nearly open one. Sometimes the RNN forgets faster and sometimes the half-open LSTM; the nearly open LSTM kept most in every draw. So it is not the LSTM as such that remembers; it is the *open gate*. This is why many people start training with a positive `bf`.
#
# ### Which symbol came first?
#
# What can no longer be felt cannot be learned. Now you see it happen: you train your own networks.
#
# The task is easy to say. A sequence of 40 symbols is drawn from an alphabet of four. At its end the network has to name the *first* of them. A guess is right a quarter of the time. To do better, the network has to carry one fact past 39 symbols that mean nothing.
#
# Two pieces are still missing, and both are given. One is the way from a loss to `da`; the other turns gradients into better weights.
#
# **From the loss to `da`.** The loss is the cross-entropy of the prediction at the last step, $J = -\frac{1}{m} \sum \log p$, where $p$ is the probability that the network gave to an example's right symbol and the sum runs over the $m$ examples. Going back through logarithm and softmax at once leaves very little: the prediction minus the right answer, which is 1 for the right symbol and 0 for the others. This is the gradient at the *scores*, the argument of softmax:
#
# $$d\mathrm{scores} = \frac{1}{m} \left(\hat{y}^{\langle T_x \rangle} - y\right) \tag{34}$$
#
# The scores are a matrix product, so the rest is as in exercise 5. For the RNN (the LSTM calls its weights $W_y$):
#
# $$da^{\langle T_x \rangle} = W_{ya}^T\, d\mathrm{scores}, \qquad dW_{ya} = d\mathrm{scores} \left(a^{\langle T_x \rangle}\right)^T, \qquad db_y = \sum_{i=1}^{m} d\mathrm{scores}_i \tag{35}$$
#
# Only the last step is asked, so `da` is zero everywhere else. The next two cells are the task and these lines.


# %% lesson task
from rnn_utils import cross_entropy, one_hot


def first_symbol(m, T_x, rng):
    """Draw sequences of four symbols, x (4, m, T_x), and the first of each, y (4, m)."""
    x = one_hot(rng.integers(4, size=(m, T_x)), 4)
    return x, x[:, :, 0]


# %% lesson loss_to_da
def loss_and_gradients(forward, backward, x, y, parameters):
    """Return the loss at the last step and a dictionary with its gradients."""
    Wy = "Wya" if "Wya" in parameters else "Wy"
    start = np.zeros((parameters[Wy].shape[1], x.shape[1]))
    a, y_pred, *_, caches = forward(x, start, parameters)
    prediction, last = y_pred[:, :, -1], a[:, :, -1]

    dscores = (prediction - y) / x.shape[1]
    da = np.zeros_like(a)
    da[:, :, -1] = parameters[Wy].T @ dscores
    gradients = backward(da, caches)
    gradients["d" + Wy] = dscores @ last.T
    gradients["dby"] = np.sum(dscores, axis=1, keepdims=True)
    return cross_entropy(prediction, y), {"d" + name: gradients["d" + name] for name in parameters}


# %% [markdown]
# **From gradients to better weights.** *Adam* moves every weight a little against its gradient. It divides the running mean of the gradient by the gradient's running size, so each weight moves by about `rate`, whether its gradients are large or tiny.
#
# Two precautions are usual. The first weights are small, here half of ordinary size, and random, since units that start alike would stay alike. And a gradient may explode now and then: if all gradients together are longer than 1, one line shortens them by a common factor, which keeps their direction. That is called *clipping by the global norm*. Without that line, ten of twenty runs of the open LSTM below fail.


# %% lesson clipping
def clipped(gradients, longest=1.0):
    """Shorten all gradients by one factor if together they are longer than ``longest``."""
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients.values()))
    return {name: g * (longest / max(longest, length)) for name, g in gradients.items()}


# %% lesson adam
def adam_step(parameters, gradients, state, rate=0.005):
    """Move every parameter a little against its gradient; ``state`` remembers running means."""
    state["steps"] = t = state.get("steps", 0) + 1
    for name in parameters:
        gradient = gradients["d" + name]
        mean, square = state.get(name, (0, 0))
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        state[name] = mean, square
        # The means start at zero, so early ones are too small; these divisions make up for it.
        move = (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        parameters[name] = parameters[name] - rate * move


# %% lesson train
def train(forward, backward, parameters, seed=1, steps=400):
    """Train on new sequences at every step; return the losses, and the share right afterwards."""
    rng, parameters, state, losses = np.random.default_rng(seed), dict(parameters), {}, []
    for _ in range(steps):
        x, y = first_symbol(32, 40, rng)
        loss, gradients = loss_and_gradients(forward, backward, x, y, parameters)
        adam_step(parameters, clipped(gradients), state)
        losses.append(loss)
    x, y = first_symbol(400, 40, rng)  # none of these was trained on
    prediction = forward(x, np.zeros((32, 400)), parameters)[1][:, :, -1]
    return losses, np.mean(prediction.argmax(axis=0) == y.argmax(axis=0))


# %% lesson three_networks
def first_networks(seed=1):
    """Draw an RNN and an LSTM of 32 hidden numbers, with weights of half the ordinary size."""
    sizes = {"n_x": 4, "n_a": 32, "n_y": 4, "size": 0.5}
    rnn = new_rnn(**sizes, rng=np.random.default_rng(seed))
    return rnn, new_lstm(**sizes, rng=np.random.default_rng(seed))


def trained_networks(seed=1):
    """Train three networks with your functions: name, then losses and the share right."""
    rnn, lstm = first_networks(seed)
    return {
        "RNN": train(rnn_forward, rnn_backward, rnn, seed),
        "LSTM, bf = 0": train(lstm_forward, lstm_backward, lstm, seed),
        "LSTM, bf = 4": train(lstm_forward, lstm_backward, opened(lstm, bf=4.0), seed),
    }


# %% lesson words
def in_words(share):
    """Say a share in words: the digits of what was trained differ from machine to machine."""
    steps = {0.985: "all", 0.85: "nearly all", 0.65: "about three quarters", 0.42: "about half"}
    steps |= {0.32: "about a third", 0.15: "about a quarter", 0.02: "a little"}
    return next((words for least, words in steps.items() if share >= least), "almost nothing")


def tell(trained):
    """Print what was learned, in words."""
    print(f"{'network':<19} {'first symbol right':<21} loss that is left")
    for name, (losses, right) in trained.items():
        left = np.mean(losses[-20:]) / np.log(4)  # the loss of a guess is the logarithm of 4
        print(f"{name:<19} {in_words(right):<21} {in_words(left)}")


# %% lesson training
try:
    trained = trained_networks()
    tell(trained)
except NotImplementedError:
    trained = {}
    print("Fill the eight exercises first, then run this cell again.")


# %% lesson training_plot
def show_losses(trained):
    """Draw how the loss changes in training; a mean of ten steps shows the way it goes."""
    figure, axes = plt.subplots(figsize=(8, 4))
    for (name, (losses, _)), style in zip(trained.items(), ["-", "--", ":"], strict=False):
        smooth = np.convolve(losses, np.full(10, 0.1), mode="valid")
        axes.plot(range(10, len(losses) + 1), smooth, style, linewidth=2.5, label=name)
    axes.axhline(np.log(4), color="black", linewidth=1, label="a guess")
    axes.set(xlabel="training step", ylabel="loss, mean of ten steps", ylim=(0, 2.4))
    axes.set_title("Learning which symbol came first")
    axes.legend()
    axes.grid(alpha=0.3)
    plt.show()


if trained and plt:
    show_losses(trained)

# %% [markdown]
# Your functions learn. The LSTM with the open gate names the first symbol every time. The other two still guess after 400 steps: so little of the loss reaches the first input that nothing can be learned from it. This is what the plot of the gradients foretold.
#
# It is no luck of the draw. Over twenty seeds, each with weights and sequences of its own, the open LSTM named the first symbol of all 400 new sequences, every time. The RNN named between 21 and 31 of 100, and so did the half-open LSTM.
#
# Why a bias of 4, when 3 was nearly open? Forty steps are many: a gate of 0.95 leaves about a seventh after them, a gate of 0.98 about a half.
#
# ### A version that looks right and trains badly
#
# Here is another way back through an LSTM: treat every time step as a sequence of length one, then add up the shares, as equation (32) says. All shapes are right and nothing raises an error. Written out in full it is widely copied on the web; in the next cell it is made of your own function.
#
# Train the open LSTM with it, from the same first weights and on the same sequences. Something is left out. Try to find it before you read on.


# %% lesson hunt
def other_backward(da, caches):
    """Go back through an LSTM sequence one time step at a time, then add up all shares."""
    steps, x = caches
    alone = [
        lstm_backward(da[:, :, t : t + 1], ([step], x[:, :, t : t + 1]))
        for t, step in enumerate(steps)
    ]
    total = {name: sum(one[name] for one in alone) for name in alone[0]}
    total["dx"] = np.concatenate([one["dx"] for one in alone], axis=2)
    return total | {"da0": alone[0]["da0"]}


if trained:
    _, lstm = first_networks()
    other = train(lstm_forward, other_backward, opened(lstm, bf=4.0))
    compared = {"yours": trained["LSTM, bf = 4"], "the other version": other}
    tell(compared)
    if plt:
        show_losses(compared)
else:
    print("Fill the eight exercises first, then run the cells from the training on again.")

# %% [markdown]
# The other version learns a little, and then no more: over the same twenty seeds it named between 21 and 50 of 100. From outside it looks like a network that is too small, or like a badly chosen `rate`: a loss that falls proves very little.
#
# So ask someone who knows neither derivation. Let a loss read the hidden state at *every* one of twelve steps, and measure by central differences how strongly it feels the input at each step.

# %% lesson differences
short_x, short_da = x[:, :, :12], rng.standard_normal((n_a, m, 12))


def loss(x):
    """Return a loss that reads every hidden state."""
    return np.sum(short_da * lstm_forward(x, a0, nearly_open)[0])


try:
    caches = lstm_forward(short_x, a0, nearly_open)[-1]
    yours, other = (way(short_da, caches)["dx"] for way in (lstm_backward, other_backward))
    ways = {"measured": numeric_gradient(loss, short_x), "yours": yours, "other": other}
except NotImplementedError:
    print("Fill the eight exercises first, then run this cell again.")
else:
    print("time step", *(f"{name:>10}" for name in ways))
    for t in range(12):
        lengths = [np.linalg.norm(dx[:, :, t]) for dx in ways.values()]
        print(f"{t + 1:>9}", *(f"{length:>10.4f}" for length in lengths))

# %% [markdown]
# Your column is the measured one. The other version is right at the last step only.
#
# <details>
# <summary>What it leaves out</summary>
#
# A sequence of length one has nothing behind it, so `da_prev` and `dc_prev` start from zero at *every* step. Each step computes them, and nobody hands them to the step before. At the last step there is nothing to hand over, which is why all three agree there. Before it, the other version is blind to everything that an input does later on: it is backpropagation *through time* with the time taken out. The first symbol matters forty steps later, and it never hears of that. What it still learns is to read the traces that an untrained memory happens to keep, because the weights of the prediction do get their true gradient.
#
# </details>
#
# ## A question to answer in words
#
# Look at your plot of how far a gradient reaches (or at the table above it) and answer in about ten lines:
#
# 1. By which factor does the gradient *of the cell state* change at one step back, if you look at the direct road only? Name the equation. What takes the place of this factor in the plain RNN? (2 points)
# 2. For each of the two LSTMs, find out by about which factor the gradient changes per step, on average over 50 steps. (If a share $s$ is left after 50 steps, the factor is $s^{1/50}$.) The forget gates are about 0.5 and 0.95. The factors are somewhat larger: where does the rest come from? (2 points)
# 3. An open forget gate keeps gradients alive. Why not hold it open for ever? Give one example of an input where a closed gate is right. (1 point)

# %% written gradients 5
# **1.** On the direct road, one step back multiplies the gradient of the cell state by the forget gate, entry by entry: $dc_{\mathrm{prev}} = dc \odot \Gamma_f$, equation (29). There is no weight matrix and no slope of tanh on this road. In the RNN the gradient of the hidden state is multiplied by $1 - a^2$ and then by $W_{aa}^T$, equations (12) and (14). (1 point for the forget gate with its equation, 1 point for both factors of the RNN.)
#
# **2.** Between 0 and 50 steps back the half-open LSTM falls to about $10^{-10}$, so it loses a factor of $(10^{-10})^{1/50} \approx 0.63$ at each step. The nearly open LSTM dips to 0.27 a few steps back and stands at about 1.2 after 50; its factor is about 1.0. Both are somewhat larger than the gates (0.5 and 0.95). The direct road is not the only one: the cell state also acts through the hidden state on the gates and the candidate of the next step, and the gradients of all roads add up. (1 point for the two factors, 1 point for a comparison that says why they are larger.)
#
# **3.** What is kept for ever gets in the way. At the end of a sentence the number of its subject no longer matters, and at the start of a new document the old topic does not; if nothing is erased, new facts pile up on old ones and the cell state grows until tanh is saturated. There a closed forget gate is right. (1 point for any sensible example.)

# %% [markdown]
# ## From here to a library
#
# What you have written is in every deep learning library, in another order. The names here are those of this notebook, of PyTorch's `nn.RNN` and `nn.LSTM`, and of Keras' `SimpleRNN` and `LSTM`.
#
# | here | PyTorch | Keras |
# | --- | --- | --- |
# | `x` is $(n_x, m, T_x)$, time last | $(T_x, m, n_x)$; with `batch_first=True` $(m, T_x, n_x)$ | $(m, T_x, n_x)$ |
# | columns are examples: `W @ x` | rows are examples: `x @ W.T` | rows are examples: `x @ W` |
# | `Wax` $(n_a, n_x)$ | `weight_ih_l0` $(n_a, n_x)$ | `kernel` $(n_x, n_a)$ |
# | `Waa` $(n_a, n_a)$ | `weight_hh_l0` $(n_a, n_a)$ | `recurrent_kernel`, transposed |
# | `ba` $(n_a, 1)$ | the sum of two, `bias_ih_l0` and `bias_hh_l0` | `bias` $(n_a)$ |
# | `Wf`, `Wi`, `Wc`, `Wo`, one a gate | stacked in the order i f g o, where g is our c | side by side in the order i f c o |
# | their first $n_a$ columns, for the hidden state | `weight_hh_l0` $(4 n_a, n_a)$ | `recurrent_kernel` $(n_a, 4 n_a)$ |
# | their other $n_x$ columns, for the input | `weight_ih_l0` $(4 n_a, n_x)$ | `kernel` $(n_x, 4 n_a)$ |
# | `bf` starts where you put it | around 0 | at 1, unless `unit_forget_bias=False` |
# | `Wya`, `by` and softmax | a layer of its own, `nn.Linear` | a layer of its own, `Dense` |
#
# Time stands last here so that `x[:, :, t]` is the batch of one step, as the formulas have it. Libraries put the features last, so that the numbers of one input lie side by side in memory.
#
# ## If you want to go on
#
# Three things to try, without points. Open new cells at the end for them.
#
# 1. **Larger first weights.** Train the RNN with `size=1.0` and several seeds. Some draws learn the task. What does the plot of the gradients look like for such weights?
# 2. **How far?** Make the sequences longer. At which length does `bf = 4` no longer learn in 400 steps, and does `bf = 6` help there?
# 3. **A loss on the cell state.** Give `lstm_backward` one more argument, `dc` $(n_a, m, T_x)$, for a loss that reads the cell states as well. Besides the argument one line changes. Prove it with `numeric_gradient`.

# %% [markdown]
# ## Three things to remember
#
# 1. **A recurrent network is one step, repeated.** The weights are shared by all time steps, so their gradients are sums over all time steps.
# 2. **A value that is used twice gets two gradients, and they add up.** Backpropagation through time is this rule, applied to the hidden state at every step. Leave one of the two out and the network becomes blind to the past.
# 3. **What a gradient is multiplied by, step after step, decides how far it reaches.** In an RNN it is a weight matrix and the slope of tanh. In an LSTM it is, on the direct road, only the forget gate.
#
# ### Further reading
#
# - Jeffrey L. Elman, "Finding Structure in Time", *Cognitive Science* 14 (1990), section "Networks with Memory": the RNN of exercise 1, with letters and words as its first examples.
# - Paul J. Werbos, "Backpropagation Through Time: What It Does and How to Do It", *Proceedings of the IEEE* 78 (1990), section III: where exercise 6 comes from.
# - Yoshua Bengio, Patrice Simard and Paolo Frasconi, "Learning Long-Term Dependencies with Gradient Descent Is Difficult", *IEEE Transactions on Neural Networks* 5 (1994), section IV: why a network that stores safely has vanishing gradients.
# - Sepp Hochreiter and Jürgen Schmidhuber, "Long Short-Term Memory", *Neural Computation* 9 (1997), sections 3 and 4: the cell state and its gates. There is no forget gate yet.
# - Felix A. Gers, Jürgen Schmidhuber and Fred Cummins, "Learning to Forget: Continual Prediction with LSTM", *Neural Computation* 12 (2000), section 3: the forget gate.
# - Razvan Pascanu, Tomas Mikolov and Yoshua Bengio, "On the Difficulty of Training Recurrent Neural Networks", *ICML* (2013), section 2: vanishing and exploding gradients in one picture.
#
# ### What comes next
#
# The plan of the course goes on from here: a language model that learns to make up names, gated networks and networks that read from both ends, and at last music. Loss, clipping and Adam, which were given here, are then yours to write.
#
# ### Your points
#
# The last cell adds up what your checks have earned in this session. Before you hand in, restart the kernel, run all cells and look at it once more.

# %% locked summary
summary()
