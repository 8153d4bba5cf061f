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
# # Gated and two-way networks
#
# The networks of this course have read from left to right so far, and the one that remembers well, the LSTM, has two states and four gates. This notebook changes both.
# You build a lighter cell with one state and two gates, the *gated recurrent unit* or GRU, and carry gradients back through it. Then you let two of them read the same sequence from both ends.
#
# When you have finished, you can
#
# - write a GRU, forwards and backwards, and say in which of its several versions,
# - find every road by which a gradient returns to a value that was used four times,
# - reverse sequences of different lengths in one batch, so that the padding stays behind,
# - build a network that knows the past *and* the future of every step, and train it,
# - say for which tasks that helps, and for which it would be cheating,
# - tell what decides how far a network can remember: a surprise, at the end.
#
# You need NumPy, the chain rule, and the recurrent network and LSTM of the first assignment. Nothing that you wrote there is imported; the loss, clipping and Adam of the second assignment are given here in a file.

# %% [markdown]
# ## Before you start
#
# ### How an exercise works
#
# Each of the seven exercises is one function. You read why it exists, look at a figure and its equations, and fill in the empty cell.
# Two hints are folded away below the empty cell; the second says more than the first.
# Then you run two cells. The **example** prints a few numbers, which you can compare with the numbers below it.
# The **check** tells you your points and, if something is wrong, the first thing that is wrong and where to look.
# You can run a check as often as you like.
#
# Exercises 2, 4, 6 and 7 call functions that you wrote before. If one of those is wrong, you lose its own points and no others: where your work is marked, each exercise is tried with right functions below it.
#
# ### What each exercise is worth, and how long it takes
#
# A check looks at every output. The main outputs are the heart of an exercise: if one of them is wrong, the exercise earns at most half of its points.
# One point of each exercise is for leaving the arguments as they were; it counts when the main outputs are right.
#
# All of it takes about three and a half hours. The minutes in the table are estimates; exercise 4 is a good place to stop for the day.
#
# <details>
# <summary>Points and minutes of each exercise; main outputs are in bold</summary>
#
# | exercise | points | minutes, about | outputs and their points |
# | --- | --- | --- | --- |
# | 1 `gru_cell_forward` | 14 | 25 | **`a_next` 10**, `cache` 3, arguments unchanged 1 |
# | 2 `gru_forward` | 9 | 15 | **`a` 5**, `caches` 3, arguments unchanged 1 |
# | 3 `gru_cell_backward` | 22 | 50 | **`dxt` 4**, **`da_prev` 8**, each of `dWu`, `dWr`, `dWc` 2, each of `dbu`, `dbr`, `dbc` 1, arguments unchanged 1 |
# | 4 `gru_backward` | 11 | 20 | **`dx` 3**, **`da0` 2.5**, each of `dWu`, `dWr`, `dWc` 1, each of `dbu`, `dbr`, `dbc` 0.5, arguments unchanged 1 |
# | 5 `reverse_each` | 9 | 15 | **`x_reversed` 8**, arguments unchanged 1 |
# | 6 `two_way_forward` | 14 | 25 | **`a` 10**, `caches` 3, arguments unchanged 1 |
# | 7 `two_way_backward` | 16 | 25 | **`dx` 7**, `da0` 2, `dleft` 3, `dright` 3, arguments unchanged 1 |
# | closing section and written question | 5 | 35 | read and marked by a person |
# | all together | 100 | 210 | |
#
# </details>

# %% [markdown]
# ### Notation
#
# It is that of the first assignment. Each column is one example; time stands last.
#
# | letter | code name | meaning |
# | --- | --- | --- |
# | $n_x$ | `n_x` | numbers in the input at one time step |
# | $n_a$ | `n_a` | numbers in the hidden state of one reader |
# | $n_y$ | `n_y` | classes that are predicted, in the closing section |
# | $m$ | `m` | examples in the batch |
# | $T_x$ | `T_x` | time steps: those of the longest sequence |
# | $L_i$ | `lengths[i]` | time steps of sequence $i$; what stands behind them is padding |
#
# | symbol | code name | shape | meaning |
# | --- | --- | --- | --- |
# | $x^{\langle t \rangle}$ | `x[:, :, t]`, `xt` | $(n_x, m)$ | input at time step $t$ |
# | $a^{\langle t \rangle}$ | `a[:, :, t]`, `a_next` | $(n_a, m)$ | hidden state after time step $t$ |
# | $a^{\langle t-1 \rangle}$ | `a_prev` | $(n_a, m)$ | hidden state before it |
# | $\Gamma_u,\ \Gamma_r$ | `ut`, `rt` | $(n_a, m)$ | update gate and reset gate |
# | $\tilde{c}$ | `cct` | $(n_a, m)$ | candidate: what the state could become |
#
# A `d` in front of a name means the gradient of the loss $J$ with respect to it; in the sequence functions, `da` is the part of it that comes from the loss directly, without later steps. A `dz` with a gate's letter is the gradient at the *argument* of that gate's activation.
# In the formulas time steps count from 1 and in Python from 0. The sign $\odot$ multiplies entry by entry (`*` in NumPy), two symbols side by side are a matrix product (`@`), and $[a;\ x]$ is $a$ stacked on top of $x$.

# %% [markdown]
# ### Set-up
#
# The notebook works together with a few files in the same folder. The next cell looks for them and says what to do if one is not there.
# The cells after it load what you need and print the versions you work with.

# %% locked setup_files
for module in ("numpy", "rnn_utils", "training", "memories", "two_senses", "selfcheck"):
    try:
        __import__(module)
    except ModuleNotFoundError:
        print(f"{module} is missing.")
        if module == "numpy":
            print("Run this in a new cell, then restart the kernel: %pip install numpy")
        else:
            print("Beside this notebook you need rnn_utils.py, training.py, memories.py,")
            print("two_senses.py, first_names.txt, selfcheck.py and references.npz.")
            print("They are in the folder that the notebook came from.")
            print("In Colab: open the folder icon on the left and drop the files there.")

# %% locked setup
import numpy as np

from rnn_utils import numeric_gradient, relative_error, sigmoid
from selfcheck import check, summary


def new_gru(n_x, n_a, rng):
    """Draw the parameters of a GRU: weights of the ordinary size, biases zero."""
    parameters = {}
    for gate in "urc":
        weights = rng.standard_normal((n_a, n_a + n_x))
        parameters["W" + gate] = weights / np.sqrt(n_a + n_x)
        parameters["b" + gate] = np.zeros((n_a, 1))
    return parameters


def with_biases(parameters, rng):
    """Give the biases values that are not zero, so that examples show what they do."""
    drawn = {name: 0.5 * rng.standard_normal((len(v), 1)) for name, v in parameters.items()}
    return {name: drawn[name] if name[0] == "b" else v for name, v in parameters.items()}


# %% locked versions
import sys

print("Python", sys.version.split()[0], "with NumPy", np.__version__)

# %% [markdown]
# ## 1 · gru_cell_forward: one state, two gates
#
# An LSTM keeps two states apart: a cell state that remembers and a hidden state that is shown. The GRU makes do with one. That state is what the next layer reads *and* what is remembered.
#
# At each step the cell writes a *candidate*, a proposal for the new state. The **update gate** mixes old and new, unit by unit: where it is 0 the unit keeps its old value, where it is 1 it takes the candidate. Keeping and taking add up to 1, so one gate does what the LSTM's forget and update gates do together.
#
# The **reset gate** decides how much of the old state the candidate may see. Where it is 0, the proposal is made as if the sequence began here.
#
# ![One GRU step from left to right. a_prev and xt are stacked and feed the update gate and the reset gate. The reset gate multiplies a_prev, and the product is stacked with xt for the candidate. The update gate weighs the candidate, one minus the update gate weighs a_prev, and their sum is a_next.](figures/gru_cell_forward.svg)
#
# *Figure 1. One step of a GRU. The reset gate acts on the old state before it is multiplied by weights; the update gate mixes the old state with the candidate.*

# %% [markdown]
# ### Equations of the GRU cell
#
# Both gates read the old state and the input, stacked:
#
# $$\Gamma_u = \sigma\left(W_u \left[a^{\langle t-1 \rangle};\ x^{\langle t \rangle}\right] + b_u\right) \tag{1}$$
#
# $$\Gamma_r = \sigma\left(W_r \left[a^{\langle t-1 \rangle};\ x^{\langle t \rangle}\right] + b_r\right) \tag{2}$$
#
# The candidate reads the *reset* old state and the input:
#
# $$\tilde{c} = \tanh\left(W_c \left[\Gamma_r \odot a^{\langle t-1 \rangle};\ x^{\langle t \rangle}\right] + b_c\right) \tag{3}$$
#
# The new state is a mixture of the candidate and the old state:
#
# $$a^{\langle t \rangle} = \Gamma_u \odot \tilde{c} + \left(1 - \Gamma_u\right) \odot a^{\langle t-1 \rangle} \tag{4}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $\Gamma_u,\ \Gamma_r$ | `ut`, `rt` | $(n_a, m)$ |
# | $\tilde{c}$ | `cct` | $(n_a, m)$ |
# | $W_u,\ W_r,\ W_c$ | `parameters["Wu"]`, `parameters["Wr"]`, `parameters["Wc"]` | $(n_a, n_a + n_x)$ |
# | $b_u,\ b_r,\ b_c$ | `parameters["bu"]`, `parameters["br"]`, `parameters["bc"]` | $(n_a, 1)$ |
# | $a^{\langle t \rangle}$ | `a_next` | $(n_a, m)$ |
#
# > **Which GRU is this?** There are several, under one name, and mixing them up is the most common mistake in this exercise. In this notebook:
# >
# > - the reset gate multiplies the old state **before** the product with $W_c$; in PyTorch's `nn.GRU`, and in Keras unless you ask otherwise, it multiplies the product, after the weights;
# > - the update gate is the share of the **candidate**; in PyTorch and Keras, and in the paper that introduced the unit, it is the share of the old state.
# >
# > So numbers from `nn.GRU` with the same weights are other numbers. Both conventions learn equally well; a program has to know which one it is in.
#
# ### One unit by hand
#
# A unit holds 0.5. Its update gate is at 0.25 and its candidate is −0.3. Then the new value is $0.25 \cdot (-0.3) + 0.75 \cdot 0.5 = 0.3$: three quarters of the old, one quarter of the new. In the other convention the same gate would give $0.75 \cdot (-0.3) + 0.25 \cdot 0.5 = -0.1$.


# %% answer
def gru_cell_forward(xt, a_prev, parameters):
    """Take one step of a GRU, equations (1) to (4); about 8 lines.

    Arguments:
        xt: input at this time step, (n_x, m)
        a_prev: hidden state before it, (n_a, m)
        parameters: a dictionary with
            Wu, Wr, Wc: weights of update gate, reset gate, candidate, (n_a, n_a + n_x)
            bu, br, bc: their biases, (n_a, 1)

    Returns:
        a_next: hidden state after this time step, (n_a, m)
        cache: (a_prev, ut, rt, cct, xt, parameters), for the way back
    """
    ### BEGIN SOLUTION
    concat = np.concatenate([a_prev, xt], axis=0)
    ut = sigmoid(parameters["Wu"] @ concat + parameters["bu"])
    rt = sigmoid(parameters["Wr"] @ concat + parameters["br"])
    reset = np.concatenate([rt * a_prev, xt], axis=0)
    cct = np.tanh(parameters["Wc"] @ reset + parameters["bc"])
    a_next = ut * cct + (1 - ut) * a_prev
    cache = (a_prev, ut, rt, cct, xt, parameters)
    return a_next, cache
    ### END SOLUTION


# %% [markdown]
# ### Hints for gru_cell_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Follow Figure 1 from left to right and give every box a line. There are two stacks, not one: the gates read the old state as it is, the candidate reads it after the reset. Is the input reset, too?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Stack the old state on top of the input along axis 0; that is what both gates read, each with its own weights and bias, through `sigmoid`. For the candidate make a second stack, in which the upper part is the reset gate times the old state, entry by entry, and the lower part is the input, unchanged; its activation is tanh. In the mixture the candidate gets the update gate and the old state gets what is left of 1. The cache is a tuple of six things in the order of the docstring.
#
# </details>

# %% example
rng = np.random.default_rng(1)
xt, a_prev = rng.standard_normal((3, 4)), rng.standard_normal((5, 4))
parameters = with_biases(new_gru(3, 5, rng), rng)

a_next, cache = gru_cell_forward(xt, a_prev, parameters)
print("a_prev[2] =", a_prev[2].round(6))
print("a_next[2] =", a_next[2].round(6))
print("ut[2] =", cache[1][2].round(6))
print("cct[2] =", cache[3][2].round(6))

# %% check
check("gru_cell_forward", gru_cell_forward)

# %% [markdown]
# ### What you should see from gru_cell_forward
#
# <!-- expected: example_gru_cell_forward -->
#
# ### What it means
#
# Look at the four columns of unit 2: each new value lies between the old one and the candidate, and the update gate says how far along the way. So a state that begins between −1 and 1 stays there, without a tanh around it: a mixture cannot leave the range of what is mixed. And where the gate is nearly shut, the value goes on almost as it was, which is what a memory is.

# %% [markdown]
# ## 2 · gru_forward: the whole sequence
#
# The sequence is the same loop as for the RNN: one step after the other, each starting from the state that the last one left.
#
# It is shorter than for the LSTM, since there is only one state to carry. What a step needs on the way back is kept in a list of caches, one a step.
#
# This function is the *reader* of the second half of this notebook. There, two of them read the same sequence, and neither knows of the other. So it is worth having it return exactly what it should, states and caches, and nothing else.
#
# ![Four GRU cells in a row. a0 enters the first from the left; each hands its state to the next on the right. Below, x of each step enters its cell; above, the state of each step is stored in a. Each cell also drops a cache into a list.](figures/gru_forward.svg)
#
# *Figure 2. The GRU over time. One state travels from left to right; a keeps a copy of it after every step, and caches keeps what each step will need on the way back.*

# %% [markdown]
# ### Equations of the GRU over time
#
# The state before the first step is given, and every step starts from the state of the step before:
#
# $$a^{\langle 0 \rangle} = a_0, \qquad a^{\langle t \rangle} = \mathrm{cell}\left(x^{\langle t \rangle},\ a^{\langle t-1 \rangle}\right) \ \text{ for } t = 1, \dots, T_x \tag{5}$$
#
# where $\mathrm{cell}$ is your `gru_cell_forward`, with the same parameters at every step.
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x^{\langle 1 \rangle}, \dots, x^{\langle T_x \rangle}$ | `x` | $(n_x, m, T_x)$ |
# | $a_0$ | `a0` | $(n_a, m)$ |
# | $a^{\langle 1 \rangle}, \dots, a^{\langle T_x \rangle}$ | `a` | $(n_a, m, T_x)$ |
# | | `caches` | a list of $T_x$ caches |


# %% answer
def gru_forward(x, a0, parameters):
    """Run a GRU over a sequence, equation (5); about 8 lines.

    Arguments:
        x: input at every time step, (n_x, m, T_x)
        a0: hidden state before the first time step, (n_a, m)
        parameters: those of gru_cell_forward

    Returns:
        a: hidden state after every time step, (n_a, m, T_x)
        caches: a list of the T_x caches, the first step's first
    """
    ### BEGIN SOLUTION
    n_a, m = a0.shape
    T_x = x.shape[2]
    a = np.zeros((n_a, m, T_x), dtype=x.dtype)
    a_next, caches = a0, []
    for t in range(T_x):
        a_next, cache = gru_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t] = a_next
        caches.append(cache)
    return a, caches
    ### END SOLUTION


# %% [markdown]
# ### Hints for gru_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Which variable travels from one turn of the loop to the next, and what is its value before the first turn? Make room for all states first; its three sizes come from `a0` and `x`.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Let the travelling state begin as `a0`. Each turn hands the slice of `x` at $t$ and the travelling state to your cell function, which returns the new state and a cache: the state overwrites the travelling one and is also copied into its place of `a`, the cache is appended to the list. Do not hand slices of `a` to the cell; a slice is a window onto the array, and the caches would change when it does.
#
# </details>

# %% example
rng = np.random.default_rng(2)
x, a0 = rng.standard_normal((3, 2, 4)), rng.standard_normal((5, 2))
parameters = with_biases(new_gru(3, 5, rng), rng)

a, caches = gru_forward(x, a0, parameters)
print(f"a[1, 1] of {a.shape}:", a[1, 1].round(6))
print(len(caches), "caches; in the last one ut[1, 1] =", caches[3][1][1, 1].round(6))

# %% check
check("gru_forward", gru_forward)

# %% [markdown]
# ### What you should see from gru_forward
#
# <!-- expected: example_gru_forward -->
#
# ### What it means
#
# The state at a step knows every input up to that step and none after it. For forecasting that is as it must be. For understanding a sentence that is already written down, it is a needless handicap, and from exercise 5 on you remove it.

# %% [markdown]
# ## 3 · gru_cell_backward: four roads back
#
# The old state is used four times in one step: by both gates, by the reset product, and by the mixture itself. A value that is used four times gets four gradients, and they are added.
#
# One of the four is special. Through the mixture the gradient comes back multiplied by $1 - \Gamma_u$ and by nothing else: no weights, no slope. Where the update gate is shut, it passes unharmed. That is the GRU's answer to vanishing gradients, and it is the road that is forgotten most often.
#
# The reset gate needs care as well. It acts on the state *before* the weights, so its gradient can only be had from what comes back *through* these weights.
#
# ![The step of Figure 1 in reverse, with dashed arrows. da_next splits into dzu, dzc and a direct road times one minus ut. dzc goes back through the transposed Wc and splits into an input part and a state part; the state part times a_prev leads to dzr, and times rt to a_prev. dzu and dzr go back through the transposed Wu and Wr. Four arrows end in da_prev, three in dxt.](figures/gru_cell_backward.svg)
#
# *Figure 3. The GRU step in reverse. Four dashed roads lead to the old state: directly, through the reset product, and through the two gates. Three lead to the input.*

# %% [markdown]
# ### Equations of the GRU cell in reverse
#
# All states and gates are those of this step. **At the update gate and the candidate,** straight from equation (4), each with the slope of its own activation:
#
# $$dz_u = da_{\mathrm{next}} \odot \left(\tilde{c} - a_{\mathrm{prev}}\right) \odot \Gamma_u \odot \left(1 - \Gamma_u\right) \tag{6}$$
#
# $$dz_c = da_{\mathrm{next}} \odot \Gamma_u \odot \left(1 - \tilde{c} \odot \tilde{c}\right) \tag{7}$$
#
# **Through the candidate's weights.** What the candidate read was the stack $w = [\Gamma_r \odot a_{\mathrm{prev}};\ x]$. Its gradient has an upper part of $n_a$ rows, for the reset state $s = \Gamma_r \odot a_{\mathrm{prev}}$, and a lower part for the input:
#
# $$dw = W_c^T\, dz_c = \left[ds;\ dx_c\right] \tag{8}$$
#
# **At the reset gate,** from the upper part:
#
# $$dz_r = ds \odot a_{\mathrm{prev}} \odot \Gamma_r \odot \left(1 - \Gamma_r\right) \tag{9}$$
#
# **Through both gates' weights.** They read the stack $v = [a_{\mathrm{prev}};\ x]$:
#
# $$dv = W_u^T\, dz_u + W_r^T\, dz_r = \left[dv_a;\ dv_x\right] \tag{10}$$
#
# **Back to what came in:** four roads to the old state; to the input, the lower parts of both stacks:
#
# $$da_{\mathrm{prev}} = da_{\mathrm{next}} \odot \left(1 - \Gamma_u\right) + ds \odot \Gamma_r + dv_a \tag{11}$$
#
# $$dx = dx_c + dv_x \tag{12}$$
#
# **The parameters:** each gate with the stack that *it* read; $dz_{g,i}$ is column $i$ of $dz_g$:
#
# $$dW_u = dz_u\, v^T, \qquad dW_r = dz_r\, v^T, \qquad dW_c = dz_c\, w^T \tag{13}$$
#
# $$db_g = \sum_{i=1}^{m} dz_{g,i} \ \text{ for } g = u, r, c \tag{14}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da_{\mathrm{next}},\ da_{\mathrm{prev}}$ | `da_next`, `da_prev` | $(n_a, m)$ |
# | $dz_u,\ dz_r,\ dz_c$ | `dzu`, `dzr`, `dzc` | $(n_a, m)$ |
# | $v,\ w$ | `concat`, `reset` | $(n_a + n_x, m)$ |
# | $dv,\ dw$ | `dconcat`, `dreset` | $(n_a + n_x, m)$ |
# | $dx$ | `dxt` | $(n_x, m)$ |
# | $dW_u,\ dW_r,\ dW_c$ | `dWu`, `dWr`, `dWc` | $(n_a, n_a + n_x)$ |
# | $db_u,\ db_r,\ db_c$ | `dbu`, `dbr`, `dbc` | $(n_a, 1)$ |

# %% [markdown]
# ### The unit by hand, in reverse
#
# Take the unit of exercise 1: old value 0.5, update gate 0.25, candidate −0.3, and let $da_{\mathrm{next}} = 1$. The direct road brings $1 \cdot (1 - 0.25) = 0.75$ back to the old value. At the update gate arrives $1 \cdot (-0.3 - 0.5) \cdot 0.25 \cdot 0.75 = -0.15$: opening the gate would pull the state down, from the old value towards the candidate. At the candidate arrives $1 \cdot 0.25 \cdot (1 - 0.09) = 0.2275$.
#
# So three quarters of the gradient go straight back, before a single weight was met.


# %% answer
def gru_cell_backward(da_next, cache):
    """Go back through one step of a GRU, equations (6) to (14); about 18 lines.

    Arguments:
        da_next: upstream gradient, of J with respect to a_next, (n_a, m)
        cache: (a_prev, ut, rt, cct, xt, parameters), of this step

    Returns:
        a dictionary of gradients of J with the keys
            dxt: with respect to the input, (n_x, m)
            da_prev: with respect to the hidden state before, (n_a, m)
            dWu, dWr, dWc: with respect to the weights, (n_a, n_a + n_x)
            dbu, dbr, dbc: with respect to the biases, (n_a, 1)
    """
    ### BEGIN SOLUTION
    a_prev, ut, rt, cct, xt, parameters = cache
    n_a = len(a_prev)
    concat = np.concatenate([a_prev, xt], axis=0)
    reset = np.concatenate([rt * a_prev, xt], axis=0)
    dzu = da_next * (cct - a_prev) * ut * (1 - ut)
    dzc = da_next * ut * (1 - cct**2)
    dreset = parameters["Wc"].T @ dzc
    dzr = dreset[:n_a] * a_prev * rt * (1 - rt)
    dconcat = parameters["Wu"].T @ dzu + parameters["Wr"].T @ dzr
    da_prev = da_next * (1 - ut) + dreset[:n_a] * rt + dconcat[:n_a]
    dxt = dreset[n_a:] + dconcat[n_a:]
    dWu, dbu = dzu @ concat.T, np.sum(dzu, axis=1, keepdims=True)
    dWr, dbr = dzr @ concat.T, np.sum(dzr, axis=1, keepdims=True)
    dWc, dbc = dzc @ reset.T, np.sum(dzc, axis=1, keepdims=True)
    return {
        "dxt": dxt, "da_prev": da_prev,
        "dWu": dWu, "dbu": dbu, "dWr": dWr, "dbr": dbr, "dWc": dWc, "dbc": dbc,
    }  # fmt: skip
    ### END SOLUTION


# %% [markdown]
# ### Hints for gru_cell_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# The order of the equations is the order in which you can compute: the update gate and the candidate first, then back through the candidate's weights, and only then the reset gate. Build both stacks again as in the forward step; each gate's weights get the stack that the gate has read.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Every gate's gradient has three parts: what arrives, the other factor of the product, and the slope of the activation written with its output. For the update gate the other factor is a difference, since it pulls the candidate in and pushes the old state out. The rows of `dreset` before `n_a` are used twice: times the old state they lead to the reset gate, times the reset gate they lead to the old state. Count the summands of `da_prev`: direct, through the reset product, and one stack for both gates, whose upper rows hold two roads in one. Biases: a sum over axis 1, with `keepdims=True`.
#
# </details>

# %% example
rng = np.random.default_rng(3)
xt, a_prev, da_next = (rng.standard_normal((n, 4)) for n in (3, 5, 5))
parameters = with_biases(new_gru(3, 5, rng), rng)
a_next, cache = gru_cell_forward(xt, a_prev, parameters)

gradients = gru_cell_backward(da_next, cache)
for name, place in (("dxt", 1), ("da_prev", 2), ("dWr", 3), ("dbc", 4)):
    print(f"{name}[{place}] =", gradients[name][place].round(6))

# %% check
check("gru_cell_backward", gru_cell_backward)

# %% [markdown]
# ### What you should see from gru_cell_backward
#
# <!-- expected: example_gru_cell_backward -->
#
# ### What it means
#
# Compare with the RNN, where every road back leads through weights and the slope of a tanh. Here one road has neither. If the network learns to keep a gate shut, a gradient can travel as far as the gate stays shut. What it costs: a unit with a shut gate takes in nothing new either. Remembering and listening are one decision here; the LSTM makes two of it.

# %% [markdown]
# ## 4 · gru_backward: back through time
#
# Once more the loop of the first assignment, from the last step to the first. Each state has two readers: the loss, which sends `da` of that step, and the next step, which sends back what your cell function calls `da_prev`. Both are added before the cell is asked.
#
# With one state there is one thing to carry, where the LSTM had two. The parameters were the same at every step, so their gradients are sums over all steps. What is left over when the loop ends belongs to the state before the first step.
#
# ![Four GRU cells in a row, run from right to left. Above, da of each step comes down and is added to the gradient that arrives from the cell on the right. Each cell sends a gradient to the left and dx of its step down. At the left end da0 comes out; from all cells together come the sums of the parameters' gradients.](figures/gru_backward.svg)
#
# *Figure 4. Back through time. At every step two gradients meet, the loss's share and what the next step sends back; the parameters' gradients are added up over all steps.*

# %% [markdown]
# ### Equations of the way back
#
# Let $da^{\langle t \rangle}$ be the loss's share at step $t$, and let $q^{\langle t \rangle}$ be what step $t + 1$ sends back to the state of step $t$; behind the last step there is nobody, so $q^{\langle T_x \rangle} = 0$. Each step asks your cell function for all gradients, given the sum:
#
# $$da_{\mathrm{next}}^{\langle t \rangle} = da^{\langle t \rangle} + q^{\langle t \rangle}, \qquad q^{\langle t-1 \rangle} = da_{\mathrm{prev}}^{\langle t \rangle} \ \text{ for } t = T_x, \dots, 1 \tag{15}$$
#
# What is left at the beginning belongs to the first state:
#
# $$da_0 = q^{\langle 0 \rangle} \tag{16}$$
#
# For every parameter $p$, the steps' gradients are added up:
#
# $$dp = \sum_{t=1}^{T_x} dp^{\langle t \rangle} \tag{17}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da^{\langle 1 \rangle}, \dots, da^{\langle T_x \rangle}$ | `da` | $(n_a, m, T_x)$ |
# | $q^{\langle t \rangle}$ | `da_prev` | $(n_a, m)$ |
# | $dx^{\langle 1 \rangle}, \dots, dx^{\langle T_x \rangle}$ | `dx` | $(n_x, m, T_x)$ |
# | $da_0$ | `da0` | $(n_a, m)$ |
# | $dp$ | `dWu`, `dbu` and so on | that of the parameter |


# %% answer
def gru_backward(da, caches):
    """Go back through all steps of a GRU, equations (15) to (17); about 11 lines.

    Arguments:
        da: gradients that reach each hidden state directly, (n_a, m, T_x)
        caches: the list that gru_forward returned; a cache ends with xt, parameters

    Returns:
        a dictionary of gradients of J with the keys
            dx: with respect to the inputs, (n_x, m, T_x)
            da0: with respect to the initial hidden state, (n_a, m)
            dWu, dWr, dWc: with respect to the weights, (n_a, n_a + n_x)
            dbu, dbr, dbc: with respect to the biases, (n_a, 1)
    """
    ### BEGIN SOLUTION
    *_, xt, parameters = caches[0]
    dx = np.zeros((*xt.shape, len(caches)), dtype=da.dtype)
    totals = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    da_prev = np.zeros_like(da[:, :, 0])
    for t in reversed(range(len(caches))):
        gradients = gru_cell_backward(da[:, :, t] + da_prev, caches[t])
        dx[:, :, t] = gradients["dxt"]
        da_prev = gradients["da_prev"]
        for name in totals:
            totals[name] += gradients[name]
    return {"dx": dx, "da0": da_prev, **totals}
    ### END SOLUTION


# %% [markdown]
# ### Hints for gru_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Before the loop: room for `dx`, zeros for each parameter's gradient, and zeros for what the step behind the last one sends back. Which of these has a place for each step, which is added to, and which is overwritten in every turn?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Run through the steps in reverse. Hand the cell function the slice of `da` plus what was carried, and *this* step's cache. Its `dxt` goes into the slice of `dx`, its `da_prev` becomes what is carried, the six others are added to their totals. The input's size and the parameters' shapes are in the last two entries of any cache. After the loop, what is carried is `da0`.
#
# </details>

# %% example
rng = np.random.default_rng(4)
x, a0, da = (rng.standard_normal(shape) for shape in ((3, 2, 4), (5, 2), (5, 2, 4)))
parameters = with_biases(new_gru(3, 5, rng), rng)
a, caches = gru_forward(x, a0, parameters)

gradients = gru_backward(da, caches)
print("dx[1, 1] =", gradients["dx"][1, 1].round(6))
print("da0[2] =", gradients["da0"][2].round(6))
print("dWc[3] =", gradients["dWc"][3].round(6))
print("dbu[4] =", gradients["dbu"][4].round(6))

# %% check
check("gru_backward", gru_backward)

# %% [markdown]
# ### What you should see from gru_backward
#
# <!-- expected: example_gru_backward -->
#
# ### What it means
#
# With this, a GRU can be trained. And you now have a function whose inside nobody above has to know: states and caches on the way there, gradients on the way back. In the rest of the notebook you build from such blocks, and the chain rule is only used *between* them.

# %% [markdown]
# ## 5 · reverse_each: backwards, each in its own length
#
# A reader that comes from the right needs its sequence reversed. For a single sequence that is `[::-1]`. In a batch, sequences have different lengths, and short ones end with padding.
#
# Reverse the whole time axis and the padding comes *first*. The reader from the right would wade through zeros, a different number of them for each sequence, before it meets the first real input; and what it read would no longer lie where its partner's reading lies.
#
# So each sequence is reversed within its own length, and the padding stays behind. It sounds like a trifle. It is one of the most frequent errors in published two-way networks, and it never raises an error.
#
# ![Two rows of five boxes. The first row is a, b, c and two empty boxes of padding. Reversed within its own length it is c, b, a and the two empty boxes, still behind. Crossed out beside it: two empty boxes, then c, b, a, which is what reversing the whole row would give.](figures/reverse_each.svg)
#
# *Figure 5. A sequence of three in a batch of five steps. Reversed within its own length, its padding stays behind; reversing the whole axis would put it first.*

# %% [markdown]
# ### Equations of reversing
#
# Let sequence $i$ have $L_i$ time steps. Counted from 1, what stands at step $t$ afterwards stood at step $L_i + 1 - t$ before:
#
# $$\bar{x}_i^{\langle t \rangle} = x_i^{\langle L_i + 1 - t \rangle} \ \text{ for } t = 1, \dots, L_i, \qquad \bar{x}_i^{\langle t \rangle} = x_i^{\langle t \rangle} \ \text{ for } t > L_i \tag{18}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x$ | `x` | $(n, m, T_x)$: inputs, states or gradients, whatever $n$ is |
# | $L_1, \dots, L_m$ | `lengths` | $(m)$, whole numbers from 1 to $T_x$ |
# | $\bar{x}$ | `x_reversed` | $(n, m, T_x)$ |


# %% answer
def reverse_each(x, lengths):
    """Reverse each sequence within its own length, equation (18); about 4 lines.

    Arguments:
        x: m sequences, (n, m, T_x)
        lengths: time steps of each sequence, whole numbers from 1 to T_x, (m,)

    Returns:
        x_reversed: a new array; what stands behind a sequence keeps its place, (n, m, T_x)
    """
    ### BEGIN SOLUTION
    x_reversed = x.copy()
    for i, length in enumerate(lengths):
        x_reversed[:, i, :length] = x[:, i, :length][:, ::-1]
    return x_reversed
    ### END SOLUTION


# %% [markdown]
# ### Hints for reverse_each
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Start from a copy, so that the padding is in its place already and `x` stays as it was. Then go through the examples one by one: which part of each has to be written anew?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# `enumerate(lengths)` gives the example and its length. The first `length` steps of one example are an array of two axes, features and time; time is the second. Reverse that with a step of −1 in the slice, and write it into the same places of the copy. Read from `x` and write to the copy: reversing an array into itself overwrites what it still has to read.
#
# </details>

# %% example
x = np.arange(1.0, 31.0).reshape(2, 3, 5)
lengths = np.array([3, 5, 2])
print(x[0])
print(reverse_each(x, lengths)[0])

# %% check
check("reverse_each", reverse_each)

# %% [markdown]
# ### What you should see from reverse_each
#
# <!-- expected: example_reverse_each -->
#
# ### What it means
#
# Apply it twice and everything is where it was: the function is its own inverse. That has a useful consequence. It only moves numbers about, so a gradient that comes back through it is moved to where its number came from; and the way from there to here is the same function once more. You need no `reverse_each_backward`.

# %% [markdown]
# ## 6 · two_way_forward: two readers
#
# Cover the end of this sentence: "He sat by the bank and …" A bank of the river, or one with money? What has been read so far does not say; what comes next will.
#
# A two-way network has two readers with parameters of their own. One comes from the left, as before. The other comes from the right. At each step both states are stacked: the upper half knows the past, the lower half knows the future, and together they know the whole sequence, seen from here.
#
# The reader from the right is no new code. It is your `gru_forward` on the reversed sequence. What it returns is in *its* order, though, and has to be put back before the halves are stacked.
#
# ![The sequence x goes two ways. Above, gru_forward with the parameters left makes the upper half of a. Below, reverse_each, then gru_forward with the parameters right, then reverse_each again make the lower half. Both halves are stacked along the first axis, so that each step holds its own past and its own future.](figures/two_way_forward.svg)
#
# *Figure 6. Two readers, one sequence. The reader from the right gets the sequence reversed, and its states are put back in order before they are stacked below those of the reader from the left.*

# %% [markdown]
# ### Equations of two-way reading
#
# Let $\mathrm{read}$ be your `gru_forward` and $\mathrm{rev}$ your `reverse_each`. The reader from the left, with its own parameters and its own first state:
#
# $$a_{\mathrm{left}} = \mathrm{read}_{\mathrm{left}}\left(x,\ a_{0,\mathrm{left}}\right) \tag{19}$$
#
# The reader from the right sees the sequences reversed, and its states are put back in order:
#
# $$a_{\mathrm{right}} = \mathrm{rev}\left(\mathrm{read}_{\mathrm{right}}\left(\mathrm{rev}(x),\ a_{0,\mathrm{right}}\right)\right) \tag{20}$$
#
# Both are stacked, at every step:
#
# $$a^{\langle t \rangle} = \left[a_{\mathrm{left}}^{\langle t \rangle};\ a_{\mathrm{right}}^{\langle t \rangle}\right] \tag{21}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x$ | `x` | $(n_x, m, T_x)$ |
# | $[a_{0,\mathrm{left}};\ a_{0,\mathrm{right}}]$ | `a0` | $(2n_a, m)$ |
# | parameters of the two readers | `left`, `right` | dictionaries as in exercise 1 |
# | $a_{\mathrm{left}},\ a_{\mathrm{right}}$ | `a_left`, `a_right` (before it is put back) | $(n_a, m, T_x)$ |
# | $a^{\langle 1 \rangle}, \dots, a^{\langle T_x \rangle}$ | `a` | $(2n_a, m, T_x)$ |
#
# Padding comes last for both readers, so it cannot spoil a state that counts. The states *at* the padding mean nothing; the loss leaves them out.


# %% answer
def two_way_forward(x, lengths, a0, left, right):
    """Read sequences from both ends, equations (19) to (21); about 6 lines.

    Arguments:
        x: input at every time step, (n_x, m, T_x)
        lengths: time steps of each sequence, (m,)
        a0: the first states, the left reader's above the right reader's, (2*n_a, m)
        left, right: parameters of the two readers, as in gru_cell_forward

    Returns:
        a: both readers' states, the left one's above, in the order of x, (2*n_a, m, T_x)
        caches: (caches_left, caches_right, lengths); the first two from gru_forward
    """
    ### BEGIN SOLUTION
    n_a = len(a0) // 2
    a_left, caches_left = gru_forward(x, a0[:n_a], left)
    a_right, caches_right = gru_forward(reverse_each(x, lengths), a0[n_a:], right)
    a = np.concatenate([a_left, reverse_each(a_right, lengths)], axis=0)
    caches = (caches_left, caches_right, lengths)
    return a, caches
    ### END SOLUTION


# %% [markdown]
# ### Hints for two_way_forward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Two calls of `gru_forward`, two of `reverse_each`. Which of the two readers needs the sequence reversed, and in which order do its states come back? For each call, which half of `a0` and which parameters?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Half of the rows of `a0` is one reader's size. The upper rows go with `x` and `left`; the lower rows with the reversed `x` and `right`. Reverse the second reader's *states* with the same function and the same lengths, and only then stack the two along axis 0, the left reader above. The caches stay as `gru_forward` made them, each in its own reader's order; the lengths travel with them for the way back.
#
# </details>

# %% example
rng = np.random.default_rng(6)
x, a0, lengths = rng.standard_normal((3, 2, 4)), rng.standard_normal((10, 2)), np.array([4, 2])
left, right = (with_biases(new_gru(3, 5, rng), rng) for _ in range(2))

a, caches = two_way_forward(x, lengths, a0, left, right)
print(f"a[1, 0] of {a.shape}, from the left: ", a[1, 0].round(6))
print(f"a[6, 0] of {a.shape}, from the right:", a[6, 0].round(6))
x[:, 0, 3] += 1.0
moved, _ = two_way_forward(x, lengths, a0, left, right)
print("moved by the last input:", (np.abs(moved - a)[[1, 6], 0] > 0).tolist())

# %% check
check("two_way_forward", two_way_forward)

# %% [markdown]
# ### What you should see from two_way_forward
#
# <!-- expected: example_two_way_forward -->
#
# ### What it means
#
# The last lines change one number, the last input of the first sequence, and look which states notice. From the left, only the last one: nobody before it had read that input. From the right, all of them. This little experiment finds most mistakes in two-way networks, in anybody's code, without a single number to compare with.
#
# It also says where such a network must not be used. Let it predict the *next* word, and it has read the answer already.

# %% [markdown]
# ## 7 · two_way_backward: two ways back
#
# A gradient arrives at every stacked state. Its upper half belongs to the reader from the left, its lower half to the reader from the right. Each goes back through its own reader, by your `gru_backward`.
#
# The reader from the right lives in reversed time, so what goes in must be reversed, and what comes out for the inputs must be reversed back. Both readers have read the same `x`. It was used twice, so its gradient is the sum of two.
#
# The parameters were not shared. Each reader's gradients stay apart, and so do those of the two first states.
#
# ![Figure 6 in reverse, with dashed arrows. da is cut into an upper and a lower half. The upper half goes through gru_backward of the left reader. The lower half goes through reverse_each and gru_backward of the right reader, and its dx through reverse_each again. Both dx are added; the gradients of both readers and of both first states stay apart.](figures/two_way_backward.svg)
#
# *Figure 7. The way back. What belongs to the reader from the right is reversed on its way in and on its way out; the two gradients of x are added, all others are kept apart.*

# %% [markdown]
# ### Equations of the two ways back
#
# Let $\mathrm{back}$ be your `gru_backward`. The gradient is cut into halves, $da = [da_{\mathrm{left}};\ da_{\mathrm{right}}]$, and each half goes back through its own reader:
#
# $$\left(dx_{\mathrm{left}},\ da_{0,\mathrm{left}},\ d\mathrm{left}\right) = \mathrm{back}_{\mathrm{left}}\left(da_{\mathrm{left}}\right) \tag{22}$$
#
# $$\left(dx_{\mathrm{right}},\ da_{0,\mathrm{right}},\ d\mathrm{right}\right) = \mathrm{back}_{\mathrm{right}}\left(\mathrm{rev}(da_{\mathrm{right}})\right) \tag{23}$$
#
# The input was read twice, once in reversed order:
#
# $$dx = dx_{\mathrm{left}} + \mathrm{rev}\left(dx_{\mathrm{right}}\right) \tag{24}$$
#
# The first states are stacked as they were:
#
# $$da_0 = \left[da_{0,\mathrm{left}};\ da_{0,\mathrm{right}}\right] \tag{25}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $da$ | `da` | $(2n_a, m, T_x)$ |
# | $dx$ | `dx` | $(n_x, m, T_x)$ |
# | $da_0$ | `da0` | $(2n_a, m)$ |
# | $d\mathrm{left},\ d\mathrm{right}$ | `dleft`, `dright` | dictionaries of the six gradients of a reader's parameters |


# %% answer
def two_way_backward(da, caches):
    """Go back through both readers, equations (22) to (25); about 7 lines.

    Arguments:
        da: gradients that reach each stacked state directly, (2*n_a, m, T_x)
        caches: (caches_left, caches_right, lengths), as two_way_forward returned them

    Returns:
        a dictionary of gradients of J with the keys
            dx: with respect to the inputs, (n_x, m, T_x)
            da0: with respect to the first states, the left reader's above, (2*n_a, m)
            dleft, dright: a dictionary for each reader's parameters, with the keys
                dWu, dbu, dWr, dbr, dWc, dbc
    """
    ### BEGIN SOLUTION
    caches_left, caches_right, lengths = caches
    n_a = len(da) // 2
    dleft = gru_backward(da[:n_a], caches_left)
    dright = gru_backward(reverse_each(da[n_a:], lengths), caches_right)
    dx = dleft.pop("dx") + reverse_each(dright.pop("dx"), lengths)
    da0 = np.concatenate([dleft.pop("da0"), dright.pop("da0")], axis=0)
    return {"dx": dx, "da0": da0, "dleft": dleft, "dright": dright}
    ### END SOLUTION


# %% [markdown]
# ### Hints for two_way_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Lay Figure 6 beside Figure 7: every box of the one stands in the other, crossed the other way. Where the forward pass reversed something, the gradient is reversed. Where it used something twice, gradients are added. Where it stacked, the gradient is cut.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Unpack the three parts of `caches`. The upper half of the rows of `da` goes to `gru_backward` with the left reader's caches; the lower half, reversed, with the right reader's. Each call returns a dictionary of eight. Take `dx` and `da0` out of both (a dictionary's `pop` takes an entry out and hands it to you); what stays are the six gradients of the parameters. The right reader's `dx` is reversed before it is added; its `da0` is not, since a first state has no time axis.
#
# </details>

# %% example
rng = np.random.default_rng(7)
x, a0, lengths = rng.standard_normal((3, 2, 4)), rng.standard_normal((10, 2)), np.array([4, 2])
left, right = (with_biases(new_gru(3, 5, rng), rng) for _ in range(2))
a, caches = two_way_forward(x, lengths, a0, left, right)
da = rng.standard_normal(a.shape)

gradients = two_way_backward(da, caches)
print("dx[1, 0] =", gradients["dx"][1, 0].round(6))
print("da0[7] =", gradients["da0"][7].round(6))
print("dbu of left: ", gradients["dleft"]["dbu"][:, 0].round(6))
print("dbu of right:", gradients["dright"]["dbu"][:, 0].round(6))

# %% check
check("two_way_backward", two_way_backward)

# %% [markdown]
# ### What you should see from two_way_backward
#
# <!-- expected: example_two_way_backward -->
#
# ### What it means
#
# You have differentiated a network of two readers without writing one new derivative. Everything that is specific to a GRU is inside `gru_backward`; put an LSTM there, and these lines stay as they are. That is how libraries are built, and it is why a wrong order is their most frequent error: each block is right, and they are joined in the wrong way.

# %% [markdown]
# ## What you have built
#
# Seven functions, and together they are a network that reads from both ends and can be trained. Use it now. The cells of this section are complete: you only run them. They need your seven functions and earn no points. Their code is folded away, so that you can read on; a click on the three dots opens it.
#
# Every GRU below is yours, forwards and backwards. What is given stands in `training.py` (output layer, loss, clipping and Adam, which the second assignment was about), `memories.py` (an RNN and an LSTM to compare with) and `two_senses.py` (what there is to read).
#
# The next two cells join the parts: one end or both, then an output layer and a loss; and all the way back. After them comes the ritual of the course. Never train before you have compared your gradients with central differences.


# %% lesson both_ways
def read(x, lengths, parameters):
    """Read from the left or, where there are parameters for it, from both ends."""
    left, n_states = parameters["left"], parameters["output"]["Wya"].shape[1]
    a0 = np.zeros((n_states, x.shape[1]))
    if "right" in parameters:
        return two_way_forward(x, lengths, a0, left, parameters["right"])
    forward = memory_forward if "Wx" in left else gru_forward
    return forward(x, a0, left)


def read_back(da, caches, parameters):
    """Go back through one reader or two: the gradients of each reader's parameters."""
    if "right" in parameters:
        back = two_way_backward(da, caches)
        return {"left": back["dleft"], "right": back["dright"]}
    backward = memory_backward if "Wx" in parameters["left"] else gru_backward
    back = backward(da, caches)
    return {"left": {f"d{name}": back[f"d{name}"] for name in parameters["left"]}}


# %% lesson whole_way
from memories import memory_backward, memory_forward, new_memory
from training import adam_step, clipped, in_words, new_output, new_state, read_out, size_of
from two_senses import first_symbols, one_hidden, read_names, sentences, spelled


def loss_and_gradients(batch, parameters):
    """Go there and back once: loss, share of right answers, gradients of all parameters."""
    x, y, mask, lengths = batch
    a, caches = read(x, lengths, parameters)
    loss, right, da, of_output, _ = read_out(a, y, mask, parameters["output"])
    return loss, right, {**read_back(da, caches, parameters), "output": of_output}


def new_network(n_x, n_a, n_y, ends, rng):
    """Draw a network of GRUs: one reader from each of the ``ends``, and an output layer."""
    parameters = {end: new_gru(n_x, n_a, rng) for end in ends}
    return parameters | {"output": new_output(n_y, n_a * len(ends), rng)}


# %% lesson ritual
def loss_with(part, name, value, batch, parameters):
    """Return the loss where one array of parameters has another value."""
    moved = {**parameters, part: {**parameters[part], name: value}}
    return float(loss_and_gradients(batch, moved)[0])


try:
    rng = np.random.default_rng(1)
    batch = one_hidden(["emma", "bo"], [1, 0])
    small = new_network(27, 3, 26, ("left", "right"), rng)
    _, _, gradients = loss_and_gradients(batch, small)
    for part, arrays in small.items():
        errors = []
        for name, value in arrays.items():
            measured = numeric_gradient(
                lambda v, part=part, name=name: loss_with(part, name, v, batch, small), value
            )
            errors.append(relative_error(gradients[part][f"d{name}"], measured))
        close = max(errors) < 1e-6
        print(f"{part:>6}: {'agrees with the differences' if close else 'DOES NOT AGREE'}")
except NotImplementedError:
    print("Fill the seven exercises first, then run this cell again.")

# %% [markdown]
# All three agree: two readers and the layer above them.
#
# A training run keeps everything in one dictionary, so it can be stopped at any time and go on later. Press the stop button while a training cell runs, look around, and run the cell again.


# %% lesson train
def new_run(parameters, make, seed=1, rate=0.01, max_norm=5.0):
    """Put together what a training run needs; ``make(rng)`` makes its batches."""
    run = {"make": make, "rng": np.random.default_rng(100 + seed), "rate": rate}
    run |= {"parameters": parameters, "state": new_state(parameters)}
    return run | {"max_norm": max_norm, "losses": [], "right": []}


def lately(run, count=50):
    """Return the share of right answers in the last batches."""
    return float(np.mean(run["right"][-count:])) if run["right"] else 0.0


def train(run, until, tell=0, enough=False):
    """Train up to a step, or until 50 batches in a row were right; call again to go on."""
    try:
        while len(run["losses"]) < until and not (enough and min(run["right"][-50:] or [0]) == 1):
            batch = run["make"](run["rng"])
            loss, right, gradients = loss_and_gradients(batch, run["parameters"])
            short = clipped(gradients, run["max_norm"])
            run["parameters"], run["state"] = adam_step(
                run["parameters"], short, run["state"], run["rate"]
            )
            run["losses"].append(loss)
            run["right"].append(right)
            if tell and len(run["losses"]) % tell == 0:
                print(f"  step {len(run['losses']):>4}: lately {in_words(lately(run))} right")
    except KeyboardInterrupt:
        print(f"Stopped after {len(run['losses'])} steps. Run the cell again, and it goes on.")
        return False
    return True


# %% [markdown]
# ### The word that only the rest explains
#
# The sentences are made up: a few small words, an ambiguous one (bank, bat, spring, match), more small words, and then the word that decides, such as *river* or *money*. The question is asked *at the ambiguous word*: which of its two senses is it?
#
# Three networks get the same sentences. One reads from the left, with 16 units. One reads from the left with twice as many. And one reads from both ends, with 16 units each.

# %% lesson senses
rng = np.random.default_rng(5)
_, written = sentences(3, rng, write=True)
for words in written:
    print(" ".join(words))


def of_senses(rng):
    """Make a batch of 32 sentences."""
    return sentences(32, rng)


def sense_networks(seed=1):
    """Draw the three networks, as runs that have not begun."""
    n_x = sentences(1, np.random.default_rng(0))[0].shape[0]
    kinds = {
        "one way, 16 units": (16, ("left",)),
        "one way, 32 units": (32, ("left",)),
        "two ways, 16 units each": (16, ("left", "right")),
    }
    rngs = {name: np.random.default_rng(seed) for name in kinds}
    return {
        name: new_run(new_network(n_x, n_a, 2, ends, rngs[name]), of_senses, seed)
        for name, (n_a, ends) in kinds.items()
    }


senses = sense_networks()

# %% lesson senses_training
try:
    for name, run in senses.items():
        print(name)
        if not train(run, until=150, tell=50):
            break
except NotImplementedError:
    print("Fill the seven exercises first, then run this cell again.")

# %% lesson senses_plot
try:
    import matplotlib.pyplot as plt
except ModuleNotFoundError:
    plt = None
    print("No matplotlib here, so no plots: what is printed says the same.")


def show_right(runs, title):
    """Draw the share of right answers over the steps, means of ten batches."""
    _, axes = plt.subplots(figsize=(8, 4))
    for (name, run), style in zip(runs.items(), [":", "--", "-"], strict=False):
        means = np.convolve(run["right"], np.ones(10) / 10, "valid")
        axes.plot(np.arange(len(means)) + 10, means, style, linewidth=2.5, label=name)
    axes.axhline(0.5, color="black", linewidth=0.8)
    axes.text(len(means) + 10, 0.51, "a guess", ha="right")
    axes.set(xlabel="training step", ylabel="share of right answers", title=title, ylim=(0, 1.05))
    axes.legend()
    plt.show()


if plt and all(len(run["right"]) > 10 for run in senses.values()):
    show_right(senses, "Which sense has the word?")

# %% [markdown]
# The two-way network has it after a few dozen steps, and makes no mistakes any more. Both others stay where a coin would be, and would for ever. That is not for want of units, or of training: at the ambiguous word, what decides has not been read yet. No function of the past can know it.
#
# It is worth seeing how cleanly this separates two things that are easily confused. Whether a network *can* know an answer is a matter of what it has read. How well it *uses* what it has read is a matter of size and training. More of the second does not make up for the first.
#
# ### A hidden letter
#
# Names are a harder test, since here the past says something too. One letter of a name is hidden, and the network is to say which. From the left it sees *pe* and may think of many names; with *er* behind the gap, there are few left.
#
# To be fair, the two networks have about equal numbers of weights: one reader of 64 units, or two of 44. The names that are asked in the end were never shown in training.

# %% lesson letters
names, unseen = read_names("first_names.txt")


def of_letters(rng):
    """Hide a letter in each of 32 names."""
    words = [names[i] for i in rng.integers(len(names), size=32)]
    return one_hidden(words, [rng.integers(len(word)) for word in words])


def letter_networks(seed=1):
    """Draw both networks, as runs that have not begun."""
    kinds = {"one way": (64, ("left",)), "two ways": (44, ("left", "right"))}
    rngs = {name: np.random.default_rng(seed) for name in kinds}
    return {
        name: new_run(new_network(27, n_a, 26, ends, rngs[name]), of_letters, seed, rate=0.005)
        for name, (n_a, ends) in kinds.items()
    }


def on_unseen(parameters):
    """Hide every letter of every unseen name once: perplexity, and the share of right guesses."""
    asked = [(word, place) for word in unseen for place in range(len(word))]
    loss, right, _ = loss_and_gradients(one_hidden(*zip(*asked, strict=True)), parameters)
    return float(np.exp(loss)), float(right)


letters = letter_networks()
for name, run in letters.items():
    print(f"{name}: {size_of(run['parameters']):,} weights")

# %% [markdown]
# The next cell trains both for 2,000 steps of 32 names. It takes from ten seconds to a minute.

# %% lesson letters_training
try:
    for name, run in letters.items():
        print(name)
        if not train(run, until=2000, tell=500):
            break
        perplexity, right = on_unseen(run["parameters"])
        print(f"  unseen names: hesitates between about {perplexity:.0f}, {in_words(right)} right")
except NotImplementedError:
    print("Fill the seven exercises first, then run this cell again.")

# %% [markdown]
# The perplexity says between how many letters a network hesitates. Over three runs with weights of their own it was 8.7 to 8.9 from the left, and 5.7 to 5.8 from both ends; the share of right guesses was 30 or 31 against 44 in a hundred. The reader from the right is worth more than all the units that it cost.
#
# ### Before and after the right half is read
#
# Look at single names. The first row of bars is what the one-way network thinks of the gap: it has read the left half. The second row has read the right half as well.


# %% lesson letters_bars
def bars(word, place, parameters):
    """Write the four likeliest letters for a gap, each with a bar."""
    x, y, mask, lengths = one_hidden([word], [place])
    a, _ = read(x, lengths, parameters)
    p = read_out(a, y, mask, parameters["output"])[-1][:, 0, place]
    best = np.argsort(-p)[:4]
    return "   ".join(f"{chr(97 + k)} {'|' * max(1, round(20 * p[k])):<20}" for k in best)


if all(run["losses"] for run in letters.values()):
    for word, place in (("bridget", 1), ("danielle", 4), ("anthony", 0), ("columbus", 4)):
        print(f"{spelled(word, place)} (it is {word[place]})")
        for name, run in letters.items():
            print(f"  {name:>8}: {bars(word, place, run['parameters'])}")

# %% [markdown]
# From the left the bars are short and many: that is what not knowing looks like, and it is honest. With the right half one of them often grows, and mostly it is the right one. Where the first letter is hidden, the one-way network has read nothing at all, and can only say how names begin. Nor does the right half always help: few names resemble the last one, and the network is as lost as before.
#
# You have met this task before, under another name. Hiding words and letting a network guess them from both sides is how many large language models of today are trained. They have other readers. The idea that the right half is worth reading is the same.
#
# ### How far does it remember, and what decides that?
#
# The last experiment needs one reader only. A sequence of four kinds of symbols goes by, and at its end the network is asked what the *first* symbol was. A guess is right in a quarter of all cases.
#
# Five networks of 32 units try it, over 10, 30 and 60 steps. The LSTM comes twice: once its forget gates begin with a bias of 0, so half open, and once with a bias of 3, so nearly open. Your GRU comes twice as well. Its update gate is the share of the *new*, so to keep much it begins with a bias of −3. Otherwise the five are trained alike.

# %% lesson memory
KINDS = {
    "RNN": ("RNN", 0),
    "LSTM, forget bias 0": ("LSTM", 0),
    "LSTM, forget bias 3": ("LSTM", 3),
    "GRU, update bias 0": ("GRU", 0),
    "GRU, update bias -3": ("GRU", -3),
}


def new_reader(kind, bias, rng):
    """Draw a reader of 32 units for four symbols, its gates with a bias to begin with."""
    if kind != "GRU":
        return new_memory(1 if kind == "RNN" else 4, 4, 32, rng, bias)
    parameters = new_gru(4, 32, rng)
    return {**parameters, "bu": parameters["bu"] + bias}


def memory_run(kind, bias, T_x, seed=1):
    """Make a run that has to name the first of ``T_x`` symbols, and has not begun."""
    rng = np.random.default_rng(seed)
    parameters = {"left": new_reader(kind, bias, rng), "output": new_output(4, 32, rng)}
    return new_run(parameters, lambda rng: first_symbols(32, T_x, rng), seed, 0.005, 1.0)


memory = {(name, T_x): memory_run(*KINDS[name], T_x) for name in KINDS for T_x in (10, 30, 60)}

# %% [markdown]
# Fifteen short runs of at most 600 steps; each ends early once 50 batches in a row were all right. Together they take from a quarter of a minute to a minute.

# %% lesson memory_training
try:
    for (name, T_x), run in memory.items():
        if not train(run, until=600, enough=True):
            break
        print(f"{name:>20}, {T_x} steps: {in_words(lately(run))} right")
except NotImplementedError:
    print("Fill the seven exercises first, then run this cell again.")

# %% lesson memory_table
if all(run["losses"] for run in memory.values()):
    print(f"{'first of':>20}  " + "".join(f"{T_x} steps".ljust(18) for T_x in (10, 30, 60)))
    for name in KINDS:
        row = (in_words(lately(memory[name, T_x])).ljust(18) for T_x in (10, 30, 60))
        print(f"{name:>20}  " + "".join(row))

# %% [markdown]
# Read the table by rows. Over 10 steps all five can do it. Over 30 and 60, both networks whose gates begin half open are left with a guess, LSTM and GRU alike. Both whose gates begin on the side of keeping remember, LSTM and GRU alike. It is not the kind of cell that decides; it is one number that somebody chose before training began.
#
# The arithmetic is simple. A bias of 0 means a gate of 0.5, and after 30 steps there is $0.5^{30}$ left of a value, a thousand-millionth; so little comes back as a gradient, too, and the network never finds out that there was something to keep. A bias of 3 means a gate of 0.953, and $0.953^{30}$ is 0.23. In between lies a bias of 1, which some libraries begin with: over five draws of weights it was enough for 30 steps twice, and for 60 once.
#
# The RNN has no gate, and is a gamble. Over five draws of its weights it learned 30 steps four times, and 60 steps three times; that is the luck of a matrix that happens neither to shrink nor to stretch too much. Change the seed in `memory_run` and see.
#
# ## A question to answer in words
#
# Answer in about ten lines:
#
# 1. At the ambiguous word, what does each half of the stacked state know? Why does the one-way network stay at a guess even with twice the units, while with the hidden letter it does much better than a guess? (2 points)
# 2. In the last experiment two LSTMs differ in one number at the start. What share of a value is left after 60 steps with either? What does that mean for the gradient, and what would you do for a task over 500 steps? (2 points)
# 3. A friend trains a two-way network to predict the next letter of a name and reaches a perplexity of 1.0. What has happened? (1 point)

# %% written readers 5
# **1.** The upper half has read everything up to and with the ambiguous word, the lower half everything from the end down to it, so also the word that decides. The one-way network has only the upper half. Before the deciding word both senses are equally frequent whatever came before, so no function of the past is better than a guess, of however many units. (1 point for what each half has read, or for saying that size cannot replace it.) With names the left half is not without information: after *q* comes *u*, after *joh* often *n*. So reading from the left is better than a guess there, and the right half adds to it. (1 point for the difference between the two tasks.)
#
# **2.** With a bias of 0 the gate begins near 0.5 and $0.5^{60}$ is about $10^{-18}$: nothing. With a bias of 3 it is near 0.953, and $0.953^{60}$ is about 0.05. The gradient comes back through the same products, so in the one case it vanishes before it reaches the first step and the network cannot learn that the first symbol matters; in the other a twentieth arrives, which is enough for Adam. (1 point for the shares and the gradient.) For 500 steps I would begin with gates that keep more: a bias of about 6, of which $0.9975^{500}$, 0.29, is left; or biases spread between small and large ones. (1 point for a larger bias, with any sensible number.)
#
# **3.** The reader from the right has read the next letter: it is the first thing that it sees before it comes to this place. The network copies the answer, and has learned nothing about names. What is to be predicted must not be among what is read. (1 point.)

# %% [markdown]
# ## From here to a library
#
# What you have written is in every deep learning library, under other names.
#
# | here | PyTorch | Keras |
# | --- | --- | --- |
# | `gru_forward` | `nn.GRU`: the reset acts after the product, the update gate is the share of the old state, and there are two biases | `GRU`: the same convention as PyTorch's, or ours for the reset with `reset_after=False` |
# | time last, $(n_x, m, T_x)$ | time first, or batch first with `batch_first=True`; features last | batch, time, features |
# | `two_way_forward` | `bidirectional=True`; the halves lie side by side along the last axis | `Bidirectional(layer)`, with `merge_mode="concat"` |
# | `reverse_each` | done inside for a packed sequence, `pack_padded_sequence`; without packing the padding is read first | done inside where there is a mask |
# | the last state of each reader | in the second result, `h_n`; the last *step* of the first result holds the right reader's first state | `return_state=True` |
# | forget bias | near 0 | 1, unless `unit_forget_bias=False` |
#
# ## If you want to go on
#
# Four things to try, without points. Open new cells at the end for them.
#
# 1. **Put the wrong order in.** Leave out the second `reverse_each` in `two_way_forward` and train on the sentences again. How well does it do, and would you have noticed?
# 2. **Another cell, two ways.** Let `two_way_forward` and `two_way_backward` call the LSTM of `memories.py`. How many lines change?
# 3. **The other convention.** Write the update gate as the share of the old state. Which sign must the bias have now, to remember over 60 steps?
# 4. **Longer.** How many steps can you reach in 600 steps of training, with which bias? Is there a bias that is too large?

# %% [markdown]
# ## Three things to remember
#
# 1. **A gate that keeps is a road for gradients.** What is multiplied by nearly 1 on the way there comes back multiplied by nearly 1. Begin with gates that keep.
# 2. **Two readers know more than one large one.** What has not been read cannot be known; and where the future must not be known, there may be one reader only.
# 3. **Joining is where it goes wrong.** Reversed, put back, stacked, added: change one input and look which states move.
#
# ### Further reading
#
# - Kyunghyun Cho and others, "Learning Phrase Representations Using RNN Encoder–Decoder for Statistical Machine Translation", *EMNLP* (2014), section 2.3: the unit with two gates, introduced.
# - Junyoung Chung, Caglar Gulcehre, Kyunghyun Cho and Yoshua Bengio, "Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling", *NIPS Workshop on Deep Learning* (2014), section 3: LSTM and GRU side by side, with the update gate as it is here.
# - Mike Schuster and Kuldip Paliwal, "Bidirectional Recurrent Neural Networks", *IEEE Transactions on Signal Processing* 45 (1997), section II: the two readers.
# - Felix Gers, Jürgen Schmidhuber and Fred Cummins, "Learning to Forget: Continual Prediction with LSTM", *Neural Computation* 12 (2000), section 3: the forget gate, and with which bias it begins.
# - Corentin Tallec and Yann Ollivier, "Can Recurrent Neural Networks Warp Time?", *ICLR* (2018), section 2: which bias suits which number of steps.
# - Jacob Devlin, Ming-Wei Chang, Kenton Lee and Kristina Toutanova, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", *NAACL* (2019), section 3.1: hidden words, guessed from both sides.
#
# ### What comes next
#
# The plan of the course ends with music: tunes that a network writes, note by note, and that you can hear. It needs a memory, and it must not look ahead.
#
# ### Your points
#
# The last cell adds up what your checks have earned in this session. Before you hand in, restart the kernel, run all cells and look at it once more.

# %% locked summary
summary()
