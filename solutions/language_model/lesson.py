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
# # A network that learns names
#
# In the first assignment you built recurrent networks and carried gradients back through them. What was missing is everything around them: where the loss comes from, what a gradient is used for, and how you find out whether anything was learned.
# In this notebook you write these parts and train a network on five thousand first names. After a few seconds it makes up names of its own, one letter at a time.
#
# When you have finished, you can
#
# - turn words of different lengths into one batch, with a mask for the places that hold nothing,
# - compute a loss that ignores those places, and its gradient at the scores,
# - carry that gradient through the output layer, to the place where backpropagation through time takes over,
# - keep a training run alive by clipping gradients, and make it fast with Adam,
# - draw letters from probabilities, colder or warmer, and let a network write,
# - say how good a language model is, on words that it has never seen, and against plain counting.
#
# You need NumPy, the softmax, and the chain rule for a matrix product. The recurrent networks are given here, in a fast form; you can put your own in their place.

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
# Most exercises stand alone, so you can leave one out and come back to it. Two call others: exercise 7 calls your function from exercise 6, exercise 8 calls those from exercises 1 and 2.
#
# ### What each exercise is worth, and how long it takes
#
# A check looks at every output. The main outputs are the heart of an exercise: if one of them is wrong, the exercise earns at most half of its points.
# One point of each exercise is for leaving the arguments as they were; it counts when the main outputs are right.
#
# All of it takes about three and a half hours. The minutes in the table are estimates; exercise 5 is a good place to stop for the day.
#
# <details>
# <summary>Points and minutes of each exercise; main outputs are in bold</summary>
#
# | exercise | points | minutes, about | outputs and their points |
# | --- | --- | --- | --- |
# | 1 `make_batch` | 14 | 30 | **`x` 4**, **`y` 6**, `mask` 3, arguments unchanged 1 |
# | 2 `masked_loss` | 13 | 25 | **`loss` 4**, **`dz` 8**, arguments unchanged 1 |
# | 3 `output_backward` | 12 | 25 | **`da` 5**, **`dWya` 4**, `dby` 2, arguments unchanged 1 |
# | 4 `clip_gradients` | 10 | 15 | **`clipped` 6**, `norm` 3, arguments unchanged 1 |
# | 5 `adam_step` | 16 | 30 | **`parameters_next` 9**, `state_next` 6, arguments unchanged 1 |
# | 6 `sample_index` | 10 | 20 | **`index` 9**, arguments unchanged 1 |
# | 7 `generate` | 12 | 25 | **`word` 11**, arguments unchanged 1 |
# | 8 `perplexity_of` | 8 | 15 | **`whole` 4**, `each` 3, arguments unchanged 1 |
# | closing section and written question | 5 | 35 | read and marked by a person |
# | all together | 100 | 220 | |
#
# </details>

# %% [markdown]
# ### Notation
#
# It is that of the first assignment. Each column is one example; time stands last.
#
# | letter | code name | meaning |
# | --- | --- | --- |
# | $n_x$ | `n_x` | numbers in the input at one time step: here one for each letter |
# | $n_a$ | `n_a` | numbers in the hidden state |
# | $n_y$ | `n_y` | classes that are predicted: here the same letters, so $n_y = n_x$ |
# | $m$ | `m` | words in the batch |
# | $T_x$ | `T_x` | time steps: the letters of the longest word, and one more |
#
# | symbol | code name | shape | meaning |
# | --- | --- | --- | --- |
# | $x^{\langle t \rangle}$ | `x[:, :, t]` | $(n_x, m)$ | input at time step $t$: the letter before |
# | $y^{\langle t \rangle}$ | `y[:, :, t]` | $(n_y, m)$ | what should be predicted there: the letter itself |
# | $a^{\langle t \rangle}$ | `a[:, :, t]` | $(n_a, m)$ | hidden state after time step $t$ |
# | $z^{\langle t \rangle}$ | | $(n_y, m)$ | scores, the argument of the softmax |
# | $\hat{y}^{\langle t \rangle}$ | `y_pred[:, :, t]` | $(n_y, m)$ | prediction, one probability a letter |
# | $J$ | `loss` | one number | the loss, which learning makes small |
#
# A `d` in front of a name means the gradient of $J$ with respect to it: `da` is $\partial J / \partial a$.
# In the formulas time steps count from 1 and in Python from 0. The sign $\odot$ multiplies entry by entry (`*` in NumPy), and two symbols side by side are a matrix product (`@`).
# Logarithms are natural ones (`np.log`).

# %% [markdown]
# ### Set-up
#
# The notebook works together with a few files in the same folder. The next cell looks for them and says what to do if one is not there.
# The cells after it load what you need, print the versions you work with, and read the names.

# %% locked setup_files
for module in ("numpy", "rnn_utils", "recurrent", "wordlists", "selfcheck"):
    try:
        __import__(module)
    except ModuleNotFoundError:
        print(f"{module} is missing.")
        if module == "numpy":
            print("Run this in a new cell, then restart the kernel: %pip install numpy")
        else:
            print("Beside this notebook you need rnn_utils.py, recurrent.py, wordlists.py,")
            print("first_names.txt, place_names.txt, selfcheck.py and references.npz.")
            print("They are in the folder that the notebook came from.")
            print("In Colab: open the folder icon on the left and drop the files there.")

# %% locked setup
import numpy as np
from recurrent import backward, forward, new_network, new_state, step
from wordlists import presentable, read_words, split

from rnn_utils import numeric_gradient, one_hot, relative_error, softmax
from selfcheck import check, summary

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the dot stands first: it ends every word


def spelled(columns, letters):
    """Write one-hot columns (n_x, T_x) as letters, and a column of zeros as a low line."""
    return "".join(letters[each.argmax()] if each.any() else "_" for each in columns.T)


# %% locked versions
import sys

print("Python", sys.version.split()[0], "with NumPy", np.__version__)

# %% locked names
names, unseen = split(read_words("first_names.txt"))
print(f"{len(names)} names to learn from, among them", *names[200::900])
print(f"{len(unseen)} names that are never shown in training, among them", *unseen[20::100])

# %% [markdown]
# The names are first names from the census of the United States in 1990; `DATA.md` says where both lists come from. One name in ten is put aside. A network that has learned something about *names*, and not only *these* names, must do well on those too.

# %% [markdown]
# ## 1 · make_batch: words become arrays
#
# A language model does one thing: from the letters so far it predicts the next one. So a list of words is its own teacher. Cover a word, uncover it letter by letter, and guess each time what comes next.
#
# That makes input and target almost the same array, *shifted by one step*. The target at a step is the letter of that step. The input is the letter before it. At the first step there is none, so the input is zeros. At the last step the target is the end mark: a network that is to write words has to learn where they stop.
#
# Words have different lengths, and a batch is one array. Short words leave places over at their end. A *mask* says which places count.
#
# ![Two rows of boxes for the word bo in a batch of five steps. Targets: b, o, the end mark, then two empty boxes. Inputs, one place to the right: an empty box, b, o, then two empty boxes. Below them the mask: 1, 1, 1, 0, 0.](figures/make_batch.svg)
#
# *Figure 1. The word "bo" in a batch whose longest word has four letters. The inputs are the targets, moved one step to the right; the mask is 1 for every letter and for the end mark.*

# %% [markdown]
# ### Equations of a batch
#
# Let the word in column $i$ have $L_i$ letters, and let $e_k$ be the column that holds a single 1, in row $k$. The letter at place $t$ of the word is letter $k(i, t)$ of the alphabet, and letter 0 is the end mark. The targets of one word are
#
# $$y_i^{\langle t \rangle} = e_{k(i, t)} \ \text{ for } t = 1, \dots, L_i, \qquad y_i^{\langle L_i + 1 \rangle} = e_0 \tag{1}$$
#
# and zeros behind it. Its inputs are the same letters a step later, without the end mark:
#
# $$x_i^{\langle 1 \rangle} = 0, \qquad x_i^{\langle t + 1 \rangle} = y_i^{\langle t \rangle} \ \text{ for } t = 1, \dots, L_i \tag{2}$$
#
# The mask is 1 where there is something to predict:
#
# $$\mathrm{mask}_{i, t} = 1 \ \text{ for } t = 1, \dots, L_i + 1, \qquad \mathrm{mask}_{i, t} = 0 \ \text{ for all later } t \tag{3}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x^{\langle 1 \rangle}, \dots, x^{\langle T_x \rangle}$ | `x` | $(n_x, m, T_x)$ |
# | $y^{\langle 1 \rangle}, \dots, y^{\langle T_x \rangle}$ | `y` | $(n_x, m, T_x)$, since $n_y = n_x$ |
# | $\mathrm{mask}$ | `mask` | $(m, T_x)$ |
# | $T_x$ | | letters of the longest word, plus 1 |
#
# Written as letters, with a low line for a column of zeros, the word "bo" has the targets `bo.__`, the inputs `_bo__` and the mask 1 1 1 0 0.


# %% answer
def make_batch(words, letters):
    """Turn words into inputs, targets and a mask, equations (1) to (3); about 13 lines.

    Arguments:
        words: a list of m words, each of at least one letter
        letters: the alphabet as one text of n_x letters; the first one is the end mark

    Returns:
        x: inputs, one-hot, zeros where there is no letter before, (n_x, m, T_x)
        y: targets, one-hot, zeros behind the end mark, (n_x, m, T_x)
        mask: 1.0 where there is a target and 0.0 elsewhere, (m, T_x)
    """
    ### BEGIN SOLUTION
    n_x, m = len(letters), len(words)
    T_x = max(len(word) for word in words) + 1
    x = np.zeros((n_x, m, T_x))
    y = np.zeros((n_x, m, T_x))
    mask = np.zeros((m, T_x))
    for i, word in enumerate(words):
        for t, letter in enumerate(word):
            k = letters.index(letter)
            y[k, i, t] = 1
            x[k, i, t + 1] = 1
        y[0, i, len(word)] = 1
        mask[i, : len(word) + 1] = 1
    return x, y, mask
    ### END SOLUTION


# %% [markdown]
# ### Hints for make_batch
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Find the three sizes first, then make three arrays of zeros. After that everything is putting a 1 in the right place. On paper, write the word "bo" into five boxes, once as targets and once as inputs. At which step does the letter "b" stand in each?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Go through the words with `enumerate`, and through the letters of each word with a second `enumerate`. The row of a letter is `letters.index(...)`. The same letter goes into the targets at its own step and into the inputs one step later. When a word is done, three things are left: its end mark in row 0 of the targets, at the step behind the last letter, and its row of the mask, which is one longer than the word.
#
# </details>

# %% example
x, y, mask = make_batch(["emma", "bo", "ann"], ".abemno")
print("shapes:", x.shape, y.shape, mask.shape)
for i in range(3):
    print(f"x {spelled(x[:, i], '.abemno')}   y {spelled(y[:, i], '.abemno')}   mask {mask[i]}")

# %% check
check("make_batch", make_batch)

# %% [markdown]
# ### What you should see from make_batch
#
# <!-- expected: example_make_batch -->
#
# ### What it means
#
# Read the line of "bo" from left to right: having seen nothing, say "b"; having seen "b", say "o"; having seen "bo", say that the word is over. People often ask how a network can learn anything when input and target are the same word. They are never the same at the same *time*: what is asked at a step is shown only at the next one.

# %% [markdown]
# ## 2 · masked_loss: how wrong, and in which direction
#
# The network gives every letter a probability, and only one of them counts: that of the letter which really comes. The *surprise* at a letter is minus the logarithm of its probability. It is 0 for what was certain and large for what was thought impossible. The loss is the mean surprise over all letters of the batch.
#
# Over all *letters*, not over all places. A place behind the end of a word asks nothing, and must neither be counted nor pull at the weights. That is what the mask is for.
#
# Going back, the derivative of the logarithm and that of the softmax cancel almost entirely. What is left at the scores is prediction minus target.
#
# ![From left to right: the logarithm of y_pred and y meet in the surprise at the right letter; times the mask, it is summed and divided by the sum of the mask, which gives the loss. A dashed road runs back from the loss to dz, which is mask times y_pred minus y, divided by the same number.](figures/masked_loss.svg)
#
# *Figure 2. The loss looks at one probability in each place that counts. On the way back every score of that place gets a gradient: the probability that its letter was given, minus 1 for the right one.*

# %% [markdown]
# ### Equations of the loss
#
# The surprise at a place, which is that at its right letter, and the number of places that count:
#
# $$\mathrm{surprise}_{i, t} = -\sum_{k} y_{k, i, t}\, \log \hat{y}_{k, i, t}, \qquad N = \sum_{i, t} \mathrm{mask}_{i, t} \tag{4}$$
#
# The loss is the mean surprise over these places:
#
# $$J = \frac{1}{N} \sum_{i, t} \mathrm{mask}_{i, t}\; \mathrm{surprise}_{i, t} \tag{5}$$
#
# Its gradient at the scores $z$, where $\hat{y} = \mathrm{softmax}(z)$:
#
# $$dz_{k, i, t} = \frac{1}{N}\, \mathrm{mask}_{i, t} \left(\hat{y}_{k, i, t} - y_{k, i, t}\right) \tag{6}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $\hat{y}$ | `y_pred` | $(n_y, m, T_x)$ |
# | $y$ | `y` | $(n_y, m, T_x)$ |
# | $\mathrm{mask}$ | `mask` | $(m, T_x)$ |
# | $\mathrm{surprise},\ N$ | `surprise`, `count` | $(m, T_x)$, one number |
# | $J$ | `loss` | one number |
# | $dz$ | `dz` | $(n_y, m, T_x)$ |
#
# ### One word by hand
#
# Take a single word of one letter: two places count, the letter and the end mark. Let the network give the letter a probability of 0.5 and, at the second place, the end mark one of 0.25.
#
# | place | probability $p$ | surprise, $-\log p$ | $dz$ of the right one, $(p - 1) / 2$ |
# | --- | --- | --- | --- |
# | the letter | 0.5 | 0.693 | −0.250 |
# | the end mark | 0.25 | 1.386 | −0.375 |
#
# The loss is (0.693 + 1.386) / 2 = 1.040. A third place behind the word, whatever is predicted there, changes neither the sum nor the 2. The gradients of each place add up to zero: what the right letter is to gain, the others are to lose.


# %% answer
def masked_loss(y_pred, y, mask):
    """Return the mean surprise over the places that count, (4) to (6); about 5 lines.

    Arguments:
        y_pred: predictions, each column the softmax of its scores, (n_y, m, T_x)
        y: targets, one-hot; what stands where the mask is 0 has no say, (n_y, m, T_x)
        mask: 1 in the places that count and 0 elsewhere, (m, T_x)

    Returns:
        loss: the mean surprise at the right letters, one number
        dz: gradient of the loss with respect to the scores, (n_y, m, T_x)
    """
    ### BEGIN SOLUTION
    count = np.sum(mask)
    surprise = -np.sum(y * np.log(y_pred), axis=0)
    loss = np.sum(surprise[mask > 0]) / count
    dz = mask * (y_pred - y) / count
    return loss, dz
    ### END SOLUTION


# %% [markdown]
# ### Hints for masked_loss
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# How many places count? That number is needed twice. Then look at one column of `y` times the logarithm of the same column of `y_pred`: how many of its entries are not zero, and what does their sum say?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Take the logarithm of the predictions first, and multiply by the targets then: zeros of the targets wipe out what was not asked for. The other way round the logarithm would meet zeros, and minus infinity times 0 is no number. Summed over axis 0, with a minus, this is one surprise for each place, in an array of the shape of the mask, and the loss wants those where the mask is not 0. For the gradient, NumPy lets the mask act on all $n_y$ rows by itself: its two axes are the last two of `y_pred`.
#
# </details>

# %% example
rng = np.random.default_rng(2)
y_pred = softmax(rng.standard_normal((4, 3, 2)))
y = one_hot([[2, 0], [0, 3], [1, 1]], 4)
mask = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

loss, dz = masked_loss(y_pred, y, mask)
print("loss =", np.round(loss, 8))
print("dz[:, 0, 0] =", dz[:, 0, 0].round(8))
print("dz[:, 1, 1] =", dz[:, 1, 1])

# %% check
check("masked_loss", masked_loss)

# %% [markdown]
# ### What you should see from masked_loss
#
# <!-- expected: example_masked_loss -->
#
# ### What it means
#
# There are four letters, so a network that knows nothing and gives each of them a quarter has a loss of $\log 4$, about 1.386. It is worth knowing this number for your own task: a first loss far above it means that something is wrong with the first weights, and a loss that stays there means that nothing is learned. For the 27 signs of this notebook it is $\log 27$, about 3.296.

# %% [markdown]
# ## 3 · output_backward: from the scores to the hidden states
#
# In the first assignment the gradients `da` fell from the sky: "they reach each hidden state directly", and they were given. Here is where they come from.
#
# Between the hidden state and the softmax lies one layer: a matrix, a bias, nothing else. It is the same layer at every step. So going back through it is what you know: to the input of a product leads the transposed matrix, to the matrix leads the input, and what is shared by all steps and all examples gets the sum of their gradients.
#
# The two halves of the derivation meet here. Backpropagation through time takes `da` and does the rest.
#
# ![At every time step a dashed arrow dz comes down from the loss into a box with Wya transposed and leaves it as da of that step, which goes on into backpropagation through time. From all boxes together come two sums, dWya and dby.](figures/output_backward.svg)
#
# *Figure 3. The output layer in reverse. Each step has its own gradient da, since each hidden state was used once here; the weights were used by all steps, so their gradients are sums.*

# %% [markdown]
# ### Equations of the output layer
#
# The way forward, at every time step:
#
# $$z^{\langle t \rangle} = W_{ya}\, a^{\langle t \rangle} + b_y, \qquad \hat{y}^{\langle t \rangle} = \mathrm{softmax}\left(z^{\langle t \rangle}\right) \tag{7}$$
#
# Back to the hidden states, one step at a time:
#
# $$da^{\langle t \rangle} = W_{ya}^T\, dz^{\langle t \rangle} \tag{8}$$
#
# Back to the weights, over all steps; the product sums over the examples by itself:
#
# $$dW_{ya} = \sum_{t=1}^{T_x} dz^{\langle t \rangle} \left(a^{\langle t \rangle}\right)^T \tag{9}$$
#
# Back to the bias, over all steps and all examples:
#
# $$db_y = \sum_{t=1}^{T_x} \sum_{i=1}^{m} dz_i^{\langle t \rangle} \tag{10}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $dz^{\langle 1 \rangle}, \dots, dz^{\langle T_x \rangle}$ | `dz` | $(n_y, m, T_x)$ |
# | $a^{\langle 1 \rangle}, \dots, a^{\langle T_x \rangle}$ | `a` | $(n_a, m, T_x)$ |
# | $W_{ya},\ b_y$ | `parameters["Wya"]`, `parameters["by"]` | $(n_y, n_a)$, $(n_y, 1)$ |
# | $da^{\langle 1 \rangle}, \dots, da^{\langle T_x \rangle}$ | `da` | $(n_a, m, T_x)$ |
# | $dW_{ya},\ db_y$ | `dWya`, `dby` | $(n_y, n_a)$, $(n_y, 1)$ |
#
# No mask is needed any more. Where the mask was 0, `dz` is 0, and zeros add nothing.


# %% answer
def output_backward(dz, a, parameters):
    """Go back through the output layer, equations (8) to (10); about 10 lines.

    Arguments:
        dz: gradient of the loss with respect to the scores, (n_y, m, T_x)
        a: hidden state after every time step, (n_a, m, T_x)
        parameters: a dictionary with Wya, (n_y, n_a), and by, (n_y, 1), and others

    Returns:
        da: with respect to every hidden state, (n_a, m, T_x)
        dWya: with respect to the weights, (n_y, n_a)
        dby: with respect to the bias, (n_y, 1)
    """
    ### BEGIN SOLUTION
    Wya = parameters["Wya"]
    da = np.zeros(a.shape)
    dWya, dby = np.zeros(Wya.shape), np.zeros(parameters["by"].shape)
    for t in range(a.shape[2]):
        dzt = dz[:, :, t]
        da[:, :, t] = Wya.T @ dzt
        dWya += dzt @ a[:, :, t].T
        dby += np.sum(dzt, axis=1, keepdims=True)
    return da, dWya, dby
    ### END SOLUTION


# %% [markdown]
# ### Hints for output_backward
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# It is one step of a loop that you have written before, without tanh. Which of the three results has a slice for every time step, and which are totals? Decide that first, and make room for all three.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Take the slice of `dz` at $t$. The transposed weights times that slice is the slice of `da`. The slice times the transposed slice of `a` is added to the gradient of the weights; check that its shape is that of `Wya`. Its sum over the examples, axis 1, with `keepdims=True`, is added to the gradient of the bias. Dividing by anything is no longer your business: $1/N$ is in `dz` already.
#
# </details>

# %% example
rng = np.random.default_rng(3)
dz, a = rng.standard_normal((4, 2, 3)), rng.standard_normal((5, 2, 3))
parameters = {"Wya": rng.standard_normal((4, 5)), "by": np.zeros((4, 1))}

da, dWya, dby = output_backward(dz, a, parameters)
print(f"da[1, 1] of {da.shape}:", da[1, 1].round(8))
print(f"dWya[3] of {dWya.shape}:", dWya[3].round(8))
print(f"dby of {dby.shape}:", dby[:, 0].round(8))

# %% check
check("output_backward", output_backward)

# %% [markdown]
# ### What you should see from output_backward
#
# <!-- expected: example_output_backward -->
#
# ### What it means
#
# `da` is the short road of backpropagation through time: what the prediction at a step tells the hidden state of that step. From here on, the backward function of a recurrent network adds the long road, through all later steps. With this exercise no link of the chain is missing: words, batch, forward pass, loss, `dz`, `da`, and the gradient of every weight.

# %% [markdown]
# ## 4 · clip_gradients: one factor for all of them
#
# Now and then a gradient explodes: a batch comes along at which the loss is as steep as a cliff, and one step over its edge can undo a thousand good ones. The cure is as simple as it sounds: a step may not be longer than so much.
#
# Longer, as what? All gradients together are *one* arrow in a space with as many directions as there are weights. Its length is the *global norm*. If it is too long, all gradients are multiplied by the same factor. The arrow gets shorter and points where it pointed before.
#
# Cutting each entry off at a bound is easier to write, and it bends the arrow. So does giving each array a norm of its own.
#
# ![An arrow far outside a circle of radius max_norm. Clipped by the global norm it ends on the circle and keeps its direction. Clipped entry by entry it ends at the side of a square and points somewhere else. A short arrow inside the circle stays as it is.](figures/clip_gradients.svg)
#
# *Figure 4. Clipping two gradients, one to the right and one upwards. Shortening the arrow keeps its direction; cutting off each entry does not. What lies inside the circle is left alone.*

# %% [markdown]
# ### Equations of clipping
#
# The global norm of all gradients $g$, over every entry of every array:
#
# $$\mathrm{norm} = \left(\sum_{g} \sum_{\text{entries}} g \odot g\right)^{1/2} \tag{11}$$
#
# Every gradient is multiplied by the same factor, which is 1 for gradients that are short enough:
#
# $$g \leftarrow g \cdot \frac{\mathrm{max\_norm}}{\mathrm{max}\left(\mathrm{norm},\ \mathrm{max\_norm}\right)} \tag{12}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | all $g$ | `gradients`, a dictionary | those of the parameters |
# | $\mathrm{max\_norm}$ | `max_norm` | one number above 0 |
# | $\mathrm{norm}$ | `norm` | one number |
# | the new $g$ | `clipped`, a dictionary | as before |
#
# ### Five numbers by hand
#
# Let the weights have the gradients 2, −1 and 2, and the biases 4 and 12. The squares add up to 4 + 1 + 4 + 16 + 144 = 169, so the norm is 13. With a `max_norm` of 6.5 the factor is a half, and what comes out is 1, −0.5, 1, 2 and 6, of norm 6.5. The weights alone have a norm of 3 and seem to have nothing to fear; they are halved all the same, or the arrow would turn.


# %% answer
def clip_gradients(gradients, max_norm):
    """Shorten all gradients by one factor, equations (11) and (12); about 5 lines.

    Arguments:
        gradients: a dictionary of arrays, each of the shape of its parameter
        max_norm: the longest that all of them together may be, one number above 0

    Returns:
        clipped: a new dictionary with the same keys; short gradients keep their values
        norm: the global norm before clipping, one number
    """
    ### BEGIN SOLUTION
    squares = [np.sum(gradient**2) for gradient in gradients.values()]
    norm = np.sqrt(sum(squares))
    factor = max_norm / max(norm, max_norm)
    clipped = {name: factor * gradient for name, gradient in gradients.items()}
    return clipped, norm
    ### END SOLUTION


# %% [markdown]
# ### Hints for clip_gradients
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# First one number from all arrays together; only then one factor. Where does the square root belong: inside the sum over the arrays, or around it? And what should the factor be if the norm is smaller than `max_norm`, or zero?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Add up the squares of each array, then add up these sums over the dictionary's values, then take one square root. The factor divides `max_norm` by the larger of the two, so it is never above 1 and the division is always safe. Build a new dictionary with the same keys and every array times the factor; a product makes new arrays, so those that were given stay as they are.
#
# </details>

# %% example
gradients = {"Wya": np.array([[2.0, -1.0, 2.0]]), "by": np.array([[4.0], [12.0]])}
clipped, norm = clip_gradients(gradients, 6.5)
print("norm =", norm, " clipped:", clipped["Wya"][0], clipped["by"][:, 0])
clipped, norm = clip_gradients(gradients, 20.0)
print("norm =", norm, " clipped:", clipped["Wya"][0], clipped["by"][:, 0])

# %% check
check("clip_gradients", clip_gradients)

# %% [markdown]
# ### What you should see from clip_gradients
#
# <!-- expected: example_clip_gradients -->
#
# ### What it means
#
# The second call changes nothing: 13 is less than 20. A bound that never acts does no harm, and no good either. In the closing section you see training runs that clipping rescues, and one in which it never has anything to do. Return the norm in any case; printed beside the loss it tells you what a good bound would be.

# %% [markdown]
# ## 5 · adam_step: what to do with a gradient
#
# The plainest rule moves every weight against its gradient, times a rate. One rate for all is a poor fit: the weights of a rare letter get tiny gradients, those of the bias large ones. With a rate that suits the one, the other crawls or leaps.
#
# *Adam* keeps two running means for every single weight: of its gradient, and of the gradient's square. It moves along the first, divided by the root of the second. So each weight moves by about the rate, whatever the size of its gradients, and by less where their sign keeps changing.
#
# Both means start from zero, so at first they are too small. Adam knows by how much and divides it away.
#
# ![A gradient g branches into two running means: m, nine tenths old and one tenth new, and v, the same for the square with 0.999. Each is divided by one minus its decay to the power t. The move is rate times the first over the root of the second plus epsilon; it is subtracted from the parameter.](figures/adam_step.svg)
#
# *Figure 5. One step of Adam for one array. The state is what it remembers from step to step: the number of the step, and both running means.*

# %% [markdown]
# ### Equations of Adam
#
# All operations are entry by entry, for each parameter $W$ with its gradient $g$. Let $t$ be the number of this step, counted from 1, and $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$. The running means of the gradient and of its square:
#
# $$m \leftarrow \beta_1\, m + \left(1 - \beta_1\right) g \tag{13}$$
#
# $$v \leftarrow \beta_2\, v + \left(1 - \beta_2\right) g \odot g \tag{14}$$
#
# Both without the zeros that they started from:
#
# $$\hat{m} = \frac{m}{1 - \beta_1^t}, \qquad \hat{v} = \frac{v}{1 - \beta_2^t} \tag{15}$$
#
# The step, with $\eta$ for the rate:
#
# $$W \leftarrow W - \eta\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon} \tag{16}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $W$ | `parameters[name]` | that of the parameter |
# | $g$ | `gradients[name]` | the same |
# | $m,\ v$ | `m`, `v`; from step to step `state["m"][name]`, `state["v"][name]` | the same |
# | $t$ | `state["t"]`, the number of steps so far | a whole number |
# | $\hat{m},\ \hat{v}$ | `m_hat`, `v_hat` | that of the parameter |
# | $\eta$ | `rate` | one number |
#
# The letter $m$ has two meanings in this exercise: here it is a mean, as in the paper on Adam, and no number of examples. The gradients lie under the names of their parameters, without a `d`.
#
# ### The first step by hand
#
# One weight, at the very first step: $m$ and $v$ are 0, and the gradient is 2. Then $m = 0.2$ and $\hat{m} = 0.2 / 0.1 = 2$; $v = 0.004$ and $\hat{v} = 0.004 / 0.001 = 4$. The move is the rate times $2 / \sqrt{4} = 1$. With a gradient of 0.0002 it would be the rate times 1 as well.


# %% answer
def adam_step(parameters, gradients, state, rate):
    """Take one step of Adam, equations (13) to (16); about 11 lines.

    Arguments:
        parameters: a dictionary of arrays
        gradients: a dictionary of arrays with the same keys and shapes
        state: a dictionary with "t", the steps taken so far, a whole number, and "m"
            and "v", dictionaries of running means with the same keys
        rate: the learning rate, one number

    Returns:
        parameters_next: a new dictionary, the parameters after the step
        state_next: a new dictionary like state, after the step
    """
    ### BEGIN SOLUTION
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    t = state["t"] + 1
    parameters_next, state_next = {}, {"t": t, "m": {}, "v": {}}
    for name, gradient in gradients.items():
        m = beta1 * state["m"][name] + (1 - beta1) * gradient
        v = beta2 * state["v"][name] + (1 - beta2) * gradient**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        move = rate * m_hat / (np.sqrt(v_hat) + epsilon)
        parameters_next[name] = parameters[name] - move
        state_next["m"][name], state_next["v"][name] = m, v
    return parameters_next, state_next
    ### END SOLUTION


# %% [markdown]
# ### Hints for adam_step
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Write equations (13) to (16) for a single array, one line each, with the number of *this* step. Then put a loop over the names around them. What has to survive until the next call, and what is needed only inside this one?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# The new $t$ is one more than the one in `state`; with the old one the first step would divide by zero. Start with empty dictionaries for the new parameters and for both means. The means that you store are those of (13) and (14); the corrected ones of (15) are used once and forgotten. The root covers $\hat{v}$ alone and $\epsilon$ is added behind it. Put the new $t$ and both dictionaries into a new state, and change nothing in place.
#
# </details>

# %% example
rng = np.random.default_rng(5)
parameters = {"Wya": rng.standard_normal((2, 3)), "by": np.zeros((2, 1))}
gradients = {"Wya": rng.standard_normal((2, 3)), "by": np.array([[1e-8], [-40.0]])}
state = {
    "t": 2,
    "m": {"Wya": rng.standard_normal((2, 3)) / 10, "by": np.array([[3e-9], [-5.0]])},
    "v": {"Wya": rng.random((2, 3)) / 100, "by": np.array([[2e-19], [3.0]])},
}
parameters_next, state_next = adam_step(parameters, gradients, state, 0.1)
for name in parameters:
    print(name, "moved by", (parameters_next[name] - parameters[name]).round(6).tolist())
print("t =", state_next["t"], " m of by:", state_next["m"]["by"][:, 0])

# %% check
check("adam_step", adam_step)

# %% [markdown]
# ### What you should see from adam_step
#
# <!-- expected: example_adam_step -->
#
# ### What it means
#
# The two gradients of `by` differ by a factor of four thousand million, and the two weights still move by amounts of one order. That is what makes Adam easy to use: the rate says how far a weight moves, almost whatever the loss looks like. It is also why $\epsilon$ is there. The first of the two gradients is as small as $\epsilon$, and its weight moves half as far as it would without it; a weight that never gets a gradient would ask for $0 / 0$, and stays where it is.

# %% [markdown]
# ## 6 · sample_index: drawing a letter
#
# A language model that always takes the likeliest letter writes the same word for ever. To write *words*, it has to draw: each letter as often as its probability says.
#
# Lay the probabilities side by side on a line from 0 to 1 and throw a dart at it. The dart is a uniform number $u$, and the letter is the one in whose stretch it lands. Where $u$ comes from is not the function's business: it is handed in. So the same $u$ gives the same letter on every machine, and your function can be checked.
#
# A *temperature* reshapes the stretches before the throw. Below 1 the likely letters become likelier still; above 1 all come closer to each other.
#
# ![Three lines from 0 to 1, each divided into four stretches for the letters a, b, c and d, at temperatures 0.5, 1 and 2. A vertical line at u = 0.36 meets d, c and b: at a low temperature the widest stretch has grown, at a high one all come closer to each other.](figures/sample_index.svg)
#
# *Figure 6. One throw, three temperatures. The probabilities are 0.2, 0.1, 0.15 and 0.55 at temperature 1; a letter's stretch grows or shrinks with the temperature, and the order of the letters stays.*

# %% [markdown]
# ### Equations of sampling
#
# The tempered probabilities. At $\tau = 1$ they are the old ones:
#
# $$q_k = \frac{p_k^{1/\tau}}{\sum_{j} p_j^{1/\tau}} \tag{17}$$
#
# The index is the first one whose *cumulative* probability lies above $u$. Nothing is added before the first letter, so its stretch begins at 0:
#
# $$\mathrm{index} = \text{the smallest } k \text{ for which } \; q_0 + q_1 + \dots + q_k > u \tag{18}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $p$ | `p` | $(n_y, m)$ |
# | $u$ | `u` | $(m)$, each at least 0 and below 1 |
# | $\tau$ | `temperature` | one number above 0 |
# | $\mathrm{index}$ | `index` | $(m)$, whole numbers from 0 to $n_y - 1$ |
#
# The equations are those of one column. As everywhere, a batch has $m$ of them, and each column has a $u$ of its own.
#
# With the scores of the network at hand you would divide them by $\tau$ and take the softmax. Equation (17) is the same, since raising $e^z$ to the power $1/\tau$ gives $e^{z/\tau}$.


# %% answer
def sample_index(p, u, temperature):
    """Draw a letter for each example, equations (17) and (18); about 4 lines.

    Arguments:
        p: probabilities, each column sums to one, (n_y, m)
        u: a uniform number for each column, 0 <= u < 1, (m,)
        temperature: one number above 0; 1 leaves p as it is

    Returns:
        index: the first row whose cumulative probability is above u, (m,)
    """
    ### BEGIN SOLUTION
    weights = p ** (1 / temperature)
    cumulative = np.cumsum(weights, axis=0)
    index = np.argmax(cumulative / cumulative[-1] > u, axis=0)
    return index
    ### END SOLUTION


# %% [markdown]
# ### Hints for sample_index
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Do it on paper with Figure 6: the probabilities, their running sums, and the first running sum that lies above $u$. Which function of NumPy makes running sums, and along which axis? What is the last of them, if the powers have not been divided by their total yet?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Raise `p` to the power of one over the temperature and take `np.cumsum` of it down the columns. Divide by the last row of the running sums, so that the last step lies at exactly 1. Comparing with $u$ gives columns of truth values: first some `False`, then `True` to the end. The place of the first `True` is what you want, and `np.argmax` finds it, column by column.
#
# </details>

# %% example
p = np.array([[0.2], [0.1], [0.15], [0.55]]) * np.ones(10)
u = np.array([0.36, 0.0, 0.13, 0.22, 0.31, 0.42, 0.49, 0.58, 0.73, 0.99])
for temperature in (2.0, 1.0, 0.5, 0.1):
    print(f"temperature {temperature}:", sample_index(p, u, temperature))

# %% check
check("sample_index", sample_index)

# %% [markdown]
# ### What you should see from sample_index
#
# <!-- expected: example_sample_index -->
#
# ### What it means
#
# Ten throws at the four letters of Figure 6. At a temperature of 0.1 the likeliest letter takes nearly the whole line, and every throw but 0 lands on it. At 2 the rare letters have grown: a throw of 0.36 hits the second one, whose probability is 0.1. Neither is better. A low temperature writes what is safe and repeats itself; a high one dares more and misspells.

# %% [markdown]
# ## 7 · generate: writing a word
#
# Now the network writes. It sees nothing at first, exactly as in training, and predicts the first letter. You draw one, and *what you have drawn is the next input*: the network reads its own writing. So it goes on, letter after letter, until it draws the end mark.
#
# Two things travel from step to step: the letter that was drawn, and the memory of the network, its state. Forget the one and it writes without reading; forget the other and it has to guess the fifth letter from the fourth alone.
#
# There are as many uniform numbers as the word may have letters. If they run out before the end mark comes, the word ends there.
#
# ![Four time steps in a row. Each box step gets the state from the left and an input from below, and gives a prediction above. A letter is drawn from the prediction with its own u, and a line leads from the letter down to the input of the next step. The first input is zeros; the last letter drawn is the end mark, and nothing follows.](figures/generate.svg)
#
# *Figure 7. Writing "ann". The letter that was drawn is the input of the next step. The end mark stops the writing, and is no part of the word.*

# %% [markdown]
# ### Equations of writing
#
# Let $s$ be the state, $u^{\langle t \rangle}$ the uniform number of step $t$, and $e_k$ the column with a single 1 in row $k$. At each step:
#
# $$\left(\hat{y}^{\langle t \rangle},\ s^{\langle t \rangle}\right) = \mathrm{step}\left(x^{\langle t \rangle},\ s^{\langle t-1 \rangle}\right) \tag{19}$$
#
# $$k = \mathrm{draw}\left(\hat{y}^{\langle t \rangle},\ u^{\langle t \rangle},\ \tau\right) \tag{20}$$
#
# where $\mathrm{draw}$ is your `sample_index`. If $k$ is 0, the word is finished. If not, letter $k$ is added to it and read at the next step:
#
# $$x^{\langle 1 \rangle} = 0, \qquad x^{\langle t + 1 \rangle} = e_k \tag{21}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x^{\langle t \rangle}$ | `xt` | $(n_x, 1)$: a batch of one word |
# | $\hat{y}^{\langle t \rangle}$ | `yt_pred` | $(n_y, 1)$ |
# | $s^{\langle t \rangle}$ | `state` | what `step` returns and takes |
# | $u^{\langle 1 \rangle}, u^{\langle 2 \rangle}, \dots$ | `uniforms` | one number a step |
# | $\tau$ | `temperature` | one number above 0 |
#
# Two given functions do the network's part. `new_state(parameters)` is the memory before the first step. `step(xt, state, parameters)` returns the prediction $(n_y, 1)$ and the new state; of an RNN that is the hidden state, of an LSTM the cell state too. And `one_hot([k], n)` is the column $e_k$ of $n$ rows.


# %% answer
def generate(parameters, letters, uniforms, temperature):
    """Let a network write one word, equations (19) to (21); about 11 lines.

    Arguments:
        parameters: those of the network
        letters: the alphabet as one text of n_x letters; the first one is the end mark
        uniforms: a uniform number for each step, as many as the word may have letters
        temperature: one number above 0

    Returns:
        word: what was written, as one text, without the end mark
    """
    ### BEGIN SOLUTION
    word = ""
    xt = np.zeros((len(letters), 1))
    state = new_state(parameters)
    for u in uniforms:
        yt_pred, state = step(xt, state, parameters)
        index = sample_index(yt_pred, np.array([u]), temperature)[0]
        if index == 0:
            break
        word += letters[index]
        xt = one_hot([index], len(letters))
    return word
    ### END SOLUTION


# %% [markdown]
# ### Hints for generate
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Before the loop, three things need a first value: the word, the input and the state. Then each turn uses one uniform number. In Figure 7, follow the two lines that lead from one step to the next; each of them is a variable that is overwritten in every turn.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# The word begins empty, the input as a column of zeros, the state as `new_state` gives it. Each turn calls `step` and keeps *both* of its results, draws an index from the prediction with this turn's number (an array that holds this one number, and one index comes back), and leaves the loop if the index is 0. If not, the letter at that place of the alphabet is added to the word, and its one-hot column becomes the input of the next turn.
#
# </details>

# %% example
rng = np.random.default_rng(67)
parameters = new_network("LSTM", 7, 5, 7, rng, size=4.0)
uniforms = rng.random(12)
print(generate(parameters, ".aeilmn", uniforms, 0.9))
print(generate(parameters, ".aeilmn", rng.random(12), 0.9))
print(generate(parameters, ".aeilmn", uniforms, 0.2))

# %% check
check("generate", generate)

# %% [markdown]
# ### What you should see from generate
#
# <!-- expected: example_generate -->
#
# ### What it means
#
# This network has never been trained, and it writes like it. In training the network was always shown the *right* letter before the next one; when it writes, it is shown its own. One unlucky letter early on, and it finds itself in a place where no name ever was, and has to make the best of it.

# %% [markdown]
# ## 8 · perplexity_of: how good is it?
#
# A loss of 1.94 says little to a person. Its exponential says more: it is the number of letters among which the network hesitates, on average, as if it had to choose between so many that are equally likely. It is called *perplexity*. With 27 signs, knowing nothing is a perplexity of 27; knowing everything would be 1.
#
# Ask it of names that the network has never seen. On the names that it learned from, a network can reach a low perplexity by knowing them by heart.
#
# You return two things. The whole list's perplexity is that of all letters together. And each word has one of its own, which tells you which names sound familiar and which are a surprise.
#
# ![A list of words goes through make_batch and forward to y_pred. Two roads lead on: all letters of all words together through masked_loss and exp to one number, the whole; and each word alone, one row of the mask at a time, through masked_loss and exp to one number for each word.](figures/perplexity_of.svg)
#
# *Figure 8. Two questions to the same predictions. The perplexity of the whole is not the mean of the words' perplexities: long words have more letters, and so more weight.*

# %% [markdown]
# ### Equations of perplexity
#
# Let $J$ be your masked loss of all words, and $J_i$ that of word $i$ alone: the predictions, targets and mask of that one example.
#
# $$\mathrm{each}_i = e^{J_i} \tag{22}$$
#
# $$\mathrm{whole} = e^{J} \tag{23}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $\mathrm{each}$ | `each` | $(m)$ |
# | $\mathrm{whole}$ | `whole` | one number |
#
# ### The word by hand, once more
#
# The word of exercise 2 had probabilities of 0.5 and 0.25 and a loss of 1.040. Its perplexity is $e^{1.040} = 2.83$. A probability of 0.5 is a choice between 2, one of 0.25 between 4, and 2.83 lies in their middle, as factors go: $2 \cdot 4 = 2.83 \cdot 2.83$.
#
# `forward(x, a0, parameters)` is given: it returns the hidden states, the predictions $(n_y, m, T_x)$ and what the way back needs. `a0` is zeros, $(n_a, m)$; $n_a$ can be read from the shape of `parameters["Wya"]`.


# %% answer
def perplexity_of(words, letters, parameters):
    """Say how surprised a network is, equations (22) and (23); about 10 lines.

    Arguments:
        words: a list of m words
        letters: the alphabet as one text of n_x letters; the first one is the end mark
        parameters: those of the network; Wya is (n_y, n_a)

    Returns:
        each: the perplexity of every word alone, (m,)
        whole: the perplexity of all letters of all words, one number
    """
    ### BEGIN SOLUTION
    m = len(words)
    x, y, mask = make_batch(words, letters)
    a0 = np.zeros((parameters["Wya"].shape[1], m))
    y_pred = forward(x, a0, parameters)[1]
    whole = np.exp(masked_loss(y_pred, y, mask)[0])
    each = np.zeros(m)
    for i in range(m):
        one = slice(i, i + 1)
        loss = masked_loss(y_pred[:, one], y[:, one], mask[one])[0]
        each[i] = np.exp(loss)
    return each, whole
    ### END SOLUTION


# %% [markdown]
# ### Hints for perplexity_of
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Everything is written already: make a batch, run the network, take the loss. For a single word you need the same loss of a smaller batch. How do you cut one example out of `y_pred`, and keep all three axes?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# `make_batch` gives the three arrays, `forward` the predictions; both losses come from `masked_loss`, whose first result is the loss. A slice `i : i + 1` keeps an axis that an index `i` would take away; the examples lie along axis 1 of `y_pred` and `y` and along axis 0 of `mask`. Run the network once, for all words; only the loss is taken word by word.
#
# </details>

# %% example
parameters = new_network("RNN", 7, 5, 7, np.random.default_rng(6), size=2.0)
each, whole = perplexity_of(["emma", "bo", "ann"], ".abemno", parameters)
print("each word:", each.round(6))
print("the whole:", np.round(whole, 6), " the mean of each:", np.mean(each).round(6))

# %% check
check("perplexity_of", perplexity_of)

# %% [markdown]
# ### What you should see from perplexity_of
#
# <!-- expected: example_perplexity_of -->
#
# ### What it means
#
# There are seven signs here, and this untrained network hesitates between more than seven: it is not ignorant, it is *wrong*, and sure of it. Random weights of twice the ordinary size have opinions. A perplexity above the number of signs is a useful alarm: guessing would be better.

# %% [markdown]
# ## What you have built
#
# Eight functions, and nothing is missing any more between a list of words and a network that writes some. Use them now. The cells of this section are complete: you only run them. They need your eight functions and earn no points. Their code is folded away, so that you can read on; a click on the three dots opens it.
#
# The networks are those of `recurrent.py`: an RNN and an LSTM, with all gates in one matrix product. If you would rather train the functions that you wrote in the first assignment, put them into a file `my_functions.py` beside this notebook, with the imports that they need, and run these lines in a new cell. They are fast enough.
#
# ```python
# from my_functions import lstm_backward, lstm_forward
# from recurrent import joined, taken_apart
#
# def forward(x, a0, parameters):
#     return lstm_forward(x, a0, taken_apart(parameters))
#
# def backward(da, caches):
#     return joined(lstm_backward(da, caches))
# ```
#
# ### Something to beat: counting
#
# Before anybody trains a network, they should know what can be had without one. For names that is a lot. Count, in the names to learn from, how often each letter follows the three letters before it. That is a language model as well: it gives a probability to every next letter, and you can ask for its perplexity.
#
# Three letters that were never seen together say nothing, so counts of longer runs are mixed with those of shorter ones: whatever the shorter runs predict counts as if it had been seen five times more.


# %% lesson counts
def count(words, size):
    """Count what follows each run of fewer than ``size`` letters: arrays (n_y,), by the run."""
    behind = {}
    for word in words:
        text = LETTERS[0] * (size - 1) + word + LETTERS[0]
        for t in range(size - 1, len(text)):
            for start in range(t - size + 1, t + 1):
                counts = behind.setdefault(text[start:t], np.zeros(len(LETTERS)))
                counts[LETTERS.index(text[t])] += 1
    return behind


def counted(run, behind):
    """Mix the counts behind longer and longer ends of a run: probabilities, (n_y,)."""
    p = np.full(len(LETTERS), 1 / len(LETTERS))
    for start in range(len(run), -1, -1):
        counts = behind.get(run[start:], np.zeros(len(LETTERS)))
        p = (counts + 5 * p) / (np.sum(counts) + 5)
    return p


# %% lesson baselines
def counted_perplexity(words, size, behind):
    """Return the perplexity of words under counts of ``size`` letters."""
    surprises = []
    for word in words:
        text = LETTERS[0] * (size - 1) + word + LETTERS[0]
        for t in range(size - 1, len(text)):
            p = counted(text[t - size + 1 : t], behind)
            surprises.append(-np.log(p[LETTERS.index(text[t])]))
    return np.exp(np.mean(surprises))


baselines = {}
print("counted             perplexity of unseen names")
for size in (1, 2, 3, 4):
    behind = count(names, size)
    baselines[size] = counted_perplexity(unseen, size, behind)
    print(f"{size} letters together {baselines[size]:12.1f}")

# %% [markdown]
# Letters alone bring the 27 down to 16.7, and each letter of context more brings less. Four letters reach 7.4. Choosing the five with care, one for each list, makes that 7.2. The network has to do better than this to be worth its trouble.
#
# ### One step of learning
#
# The next cell is the whole way, forward and back: words, batch, network, loss, and every gradient. After it comes the ritual of the first assignment. Never train before you have compared your gradients with central differences.


# %% lesson whole_way
def loss_and_gradients(words, parameters):
    """Go forward and back once: the loss of some words, and the gradient of every parameter."""
    x, y, mask = make_batch(words, LETTERS)
    a0 = np.zeros((parameters["Wya"].shape[1], len(words)))
    a, y_pred, *_, caches = forward(x, a0, parameters)
    loss, dz = masked_loss(y_pred, y, mask)
    da, dWya, dby = output_backward(dz, a, parameters)
    back = backward(da, caches)
    return loss, {"Wx": back["dWx"], "Wa": back["dWa"], "b": back["db"], "Wya": dWya, "by": dby}


# %% lesson ritual
def loss_with(name, value, words, parameters):
    """Return the loss of some words where one parameter has another value."""
    return float(loss_and_gradients(words, {**parameters, name: value})[0])


try:
    small = new_network("LSTM", len(LETTERS), 3, len(LETTERS), np.random.default_rng(1))
    _, gradients = loss_and_gradients(["emma", "bo"], small)
    for name, value in small.items():
        measured = numeric_gradient(
            lambda v, name=name: loss_with(name, v, ["emma", "bo"], small), value
        )
        close = relative_error(gradients[name], measured) < 1e-6
        print(f"{name:>4}: {'agrees with the differences' if close else 'DOES NOT AGREE'}")
except NotImplementedError:
    print("Fill the eight exercises first, then run this cell again.")

# %% [markdown]
# All five agree, so the chain has no gap.
#
# ### Training
#
# A training run keeps everything in one dictionary: the parameters, Adam's state, the losses so far. So it can be stopped at any time and go on later. Press the stop button while the training cell runs, look around, and run the cell again. The rate falls as the steps go on; large steps find the valley, small ones its floor.
#
# Every now and then the network is asked for two things: how it does on the unseen names, and a few names of its own.


# %% lesson new_run
def new_run(kind, words, unseen, seed=1, max_norm=5.0):
    """Put together what a training run needs to begin, and what it needs to go on."""
    rng = np.random.default_rng(seed)
    parameters = new_network(kind, len(LETTERS), 64, len(LETTERS), rng)
    m, v = ({name: 0 * value for name, value in parameters.items()} for _ in range(2))
    run = {"words": words, "unseen": unseen, "rng": rng, "max_norm": max_norm}
    run |= {"parameters": parameters, "state": {"t": 0, "m": m, "v": v}}
    return run | {"losses": [], "curve": {}, "written": {}}


# %% lesson write
def in_a_row(words):
    """Join made-up names, without unfortunate ones; a star marks one that was in the list."""
    kept = [word for word in dict.fromkeys(words) if word and presentable(word)]
    return " ".join(word + "*" * (word in names) for word in kept[:8])


def write(parameters, temperature=1.0):
    """Let a network write names, always with the same throws."""
    throws = np.random.default_rng(8).random((12, 12))
    return in_a_row(generate(parameters, LETTERS, row, temperature) for row in throws)


# %% lesson look
def look(run):
    """Every 100 steps, note the perplexity of unseen words and what the network writes."""
    done = len(run["losses"])
    if not run["unseen"] or done % 100 or done in run["curve"]:
        return
    _, run["curve"][done] = perplexity_of(run["unseen"], LETTERS, run["parameters"])
    run["written"][done] = write(run["parameters"])
    if done in (0, 100) or done % 250 == 0:
        told = f"perplexity of unseen words about {run['curve'][done]:.1f}"
        print(f"step {done:>4}: {told}; it writes {' '.join(run['written'][done].split()[:3])}")


# %% lesson train
def adam(run, gradients):
    """Return parameters and state after a step of Adam, at a rate that falls."""
    rate = 0.01 / (1 + len(run["losses"]) / 500)
    return adam_step(run["parameters"], gradients, run["state"], rate)


def train(run, until, update=adam):
    """Train up to a step and say whether it was reached; call again to go on."""
    try:
        while len(run["losses"]) < until:
            look(run)
            chosen = run["rng"].integers(len(run["words"]), size=32)
            words = [run["words"][i] for i in chosen]
            loss, gradients = loss_and_gradients(words, run["parameters"])
            gradients, _ = clip_gradients(gradients, run["max_norm"])
            run["parameters"], run["state"] = update(run, gradients)
            run["losses"].append(loss)
        look(run)
    except KeyboardInterrupt:
        print(f"Stopped after {len(run['losses'])} steps. Run the cell again, and it goes on.")
    return len(run["losses"]) >= until


# %% lesson begin
learner = new_run("LSTM", names, unseen)

# %% [markdown]
# The next cell trains an LSTM of 64 hidden numbers for 2,000 steps of 32 names each. It takes from a few seconds to half a minute.

# %% lesson training
try:
    train(learner, until=2000)
except NotImplementedError:
    print("Fill the eight exercises first, then run this cell again.")

# %% lesson training_plot
try:
    import matplotlib.pyplot as plt
except ModuleNotFoundError:
    plt = None
    print("No matplotlib here, so no plots: what is printed has the same numbers.")


def show_curves(curves, lines, title):
    """Draw perplexities over the steps, and what counting reaches as lines across."""
    _, axes = plt.subplots(figsize=(8, 4.5))
    for (name, curve), style in zip(curves.items(), ["-", "--"], strict=False):
        axes.semilogy(list(curve), list(curve.values()), style, linewidth=2.5, label=name)
    for name, value in lines.items():
        axes.axhline(value, color="black", linewidth=0.8)
        axes.text(max(curve), value, name, ha="right", va="bottom")
    axes.yaxis.set_major_formatter(plt.LogFormatter())
    axes.yaxis.set_minor_formatter(plt.LogFormatter())
    axes.set(xlabel="training step", ylabel="perplexity", title=title)
    axes.legend()
    plt.show()


if plt and len(learner["curve"]) > 1:
    lines = {f"counts of {size}": value for size, value in baselines.items()}
    show_curves({"LSTM, unseen names": learner["curve"]}, lines, "Learning names")

# %% [markdown]
# The network overtakes the counts of one letter, of two, of three. At the end of its 2,000 steps it is below those of four: over five runs, each with weights and batches of its own, it ended between 6.99 and 7.10, and the counts of four letters have 7.4, or 7.2 with the best mixture that there is.
#
# Be fair to the counts all the same. Those of *five* letters, mixed with care, come down to 7.0, and counting takes a second. Five thousand names of six or seven letters are a small world, in which the last few letters say nearly all there is to say. A network is worth more where what matters lies further back.
#
# ### What it writes
#
# The same throws at every stage, so you see one and the same writer grow up. A star marks a name that stands in the list; all others are its own. Yours may be others than your neighbour's: the last digits of a sum differ between processors, and two thousand steps make much of little.


# %% lesson stages
def written_by_counts(uniforms, behind):
    """Let the counts of four letters write one name, with your sample_index."""
    word, run = "", LETTERS[0] * 3
    for u in uniforms:
        [index] = sample_index(counted(run, behind)[:, np.newaxis], np.array([u]), 1.0)
        if index == 0:
            break
        word, run = word + LETTERS[index], run[1:] + LETTERS[index]
    return word


for done in (0, 100, 500, 2000):
    if done in learner["written"]:
        print(f"after {done:>4} steps: {learner['written'][done]}")
if learner["losses"]:
    throws = np.random.default_rng(8).random((12, 12))
    print(f"counts of four:   {in_a_row(written_by_counts(row, behind) for row in throws)}")

# %% [markdown]
# Without training: letters. After 100 steps it has found out how long a name is and that vowels and consonants take turns. After 500 most of it can be said aloud, and at the end many a name could be somebody's.
#
# It has only ever seen names, and has never been told manners: a network that puts letters together will sooner or later put together a word that nobody wants to read. A short list holds the worst ones back where names are shown. The list changes what you see, and nothing about the network; larger models have the same problem, and it is not solved by lists.
#
# ### Colder and warmer

# %% lesson temperatures
for temperature in (0.3, 0.7, 1.0, 1.5):
    if learner["losses"]:
        print(f"temperature {temperature}: {write(learner['parameters'], temperature)}")

# %% [markdown]
# Cold, it writes what is likeliest at every letter: safe names, many of them real, and much alike. Warm, it dares more than it knows. No temperature makes it a *better* model; perplexity is measured at 1.
#
# ### Which names surprise it?
#
# Your `perplexity_of` gives one number for each unseen name. The next cell shows the most familiar ones and the greatest surprises. Most of the surprises are initials and very short names: there are few of these to learn from.

# %% lesson surprises
if learner["losses"]:
    each, _ = perplexity_of(unseen, LETTERS, learner["parameters"])
    order = np.argsort(each)
    print("familiar:  ", *(f"{unseen[i]} ({each[i]:.1f})" for i in order[:6]))
    print("surprising:", *(f"{unseen[i]} ({each[i]:.0f})" for i in order[:-7:-1]))

# %% [markdown]
# ### What clipping rescues
#
# In the run above the gradients never reached a norm of 1, so clipping at 5 had nothing to do. Take the plain rule in its place, weights minus rate times gradient, with a bold rate of 2. Three RNNs, 300 steps each, without clipping and with a `max_norm` of 0.5. A guess has a loss of 3.3.


# %% lesson rescue
def plain(run, gradients):
    """Return parameters after a step of plain gradient descent, at a rate of 2."""
    old = run["parameters"]
    return {name: old[name] - 2.0 * gradients[name] for name in old}, run["state"]


def last_loss(seed, max_norm):
    """Train an RNN with the plain rule; return the mean of its last 50 losses, or None."""
    other = new_run("RNN", names, [], seed, max_norm)
    with np.errstate(all="ignore"):
        reached = train(other, 300, plain)
    return np.mean(other["losses"][-50:]) if reached else None


if learner["losses"]:
    print("weights   loss without clipping   loss with clipping")
    for seed in (1, 2, 3):
        lost, kept = last_loss(seed, 1e9), last_loss(seed, 0.5)
        if lost is None or kept is None:
            break
        print(f"draw {seed}    {lost:>15.1f} {kept:>22.1f}")

# %% [markdown]
# Without clipping all three end up worse than a guess. Some step leaped over a cliff, and from where it landed there is no way back at this rate. With clipping the same weights learn as if nothing had been wrong, and to very nearly the same loss.
#
# ### Learning by heart
#
# The second list has 376 names of towns and islands to learn from, and 42 that are put aside. The network has 7,643 weights. Watch both curves: how it does on what it learns, and on what it has never seen.

# %% lesson places
places, unseen_places = split(read_words("place_names.txt"))
traveller = new_run("RNN", places, unseen_places)
counts_of_two = counted_perplexity(unseen_places, 2, count(places, 2))
try:
    train(traveller, until=2000)
except NotImplementedError:
    print("Fill the eight exercises first, then run this cell again.")

# %% lesson places_plot
if len(traveller["losses"]) >= 200:
    steps = [done for done in traveller["curve"] if done >= 100]
    learned = {done: np.exp(np.mean(traveller["losses"][done - 100 : done])) for done in steps}
    best = min(traveller["curve"], key=traveller["curve"].get)
    last = max(steps)
    print(f"counts of two letters: {counts_of_two:.1f}; lowest at step {best}, then up again.")
    print(f"At step {last}: about {learned[last]:.0f} on its own places,", end=" ")
    print(f"about {traveller['curve'][last]:.0f} on unseen ones.")
    if plt:
        curves = {"unseen places": traveller["curve"], "places it learns from": learned}
        show_curves(curves, {"counts of 2": counts_of_two}, "Learning by heart")

# %% [markdown]
# On its own places it does better and better, until it hesitates between about three letters. On unseen ones it is at its best around step 100, where it is about as good as counting pairs of letters. From then on it gets worse and worse, far worse than knowing nothing. It has stopped learning what places are called and started to learn *these* places.
#
# The loss that it was trained on told nothing of this. Only words that had been put aside did.
#
# ## A question to answer in words
#
# Answer in about ten lines:
#
# 1. Counts of four letters know nothing about three letters in a row that they have never met, and there are 27 · 27 · 27 = 19,683 such runs. Why can the network predict something sensible there, and what else can it do that these counts can not? (2 points)
# 2. Describe the two curves of the place names. At which step would you have stopped, and what would you have looked at to decide that? Why did the same not happen with the first names? (2 points)
# 3. Two gradients are 3 and 0.4, and the longest that is allowed is 1. What does clipping by the global norm make of them, and what clipping entry by entry? What is kept in the one case and lost in the other? (1 point)

# %% written learning 5
# **1.** Counts keep a separate entry for every run of letters, and a run that was never met has none; all that is left then are the shorter runs. The network has no entries. Its weights are shared by all runs, so letters that behave alike, such as vowels, end up acting alike on the hidden state, and what was learned from one run holds for similar ones. (1 point for sharing.) It also carries its state through the whole word: it can know how long the word is already, how it began, or that there was a double letter, where counts see three letters and no more. (1 point for the memory beyond three letters, or for any sensible example of it.)
#
# **2.** On the places that it learns from, the perplexity falls all the time, to about 3. On unseen ones it falls for about a hundred steps, to about 15, and then rises for good, far beyond 27. I would have stopped where the curve of unseen places is lowest; to decide that, one needs words that are put aside, and to be strict a third list for the final number. (1 point for both curves with the lowest point.) 376 places are 3,154 letters and end marks for 7,643 weights, enough to store them one by one. The first names are ten times as many, so that finding what they share pays more than storing them, and training stopped in time. (1 point for the size of the list against that of the network.)
#
# **3.** The norm is $(9 + 0.16)^{1/2} = 3.03$. By the global norm the gradients become 0.99 and 0.13: a third of the length, the same direction, so the step still goes where the loss falls fastest. Entry by entry they become 1 and 0.4: the second has three times the share that it had, and the direction is lost. (1 point for the direction, with or without the numbers.)

# %% [markdown]
# ## From here to a library
#
# What you have written is in every deep learning library, under other names.
#
# | here | PyTorch | Keras |
# | --- | --- | --- |
# | `make_batch` with its mask | `pad_sequence`, and `ignore_index` for the places that do not count | `pad_sequences`, and a `Masking` layer |
# | `masked_loss`, of scores | `cross_entropy`, which takes scores and not probabilities | `CategoricalCrossentropy(from_logits=True)` |
# | `output_backward` | done by automatic differentiation | the same |
# | `clip_gradients` | `clip_grad_norm_`, in place; returns the norm as well | `global_clipnorm=` of an optimizer; `clipnorm=` is array by array |
# | `adam_step` | `optim.Adam`; `eps` stands where ours does | `Adam`; its `epsilon` is 1e-7 |
# | `sample_index` | `multinomial`, of probabilities, with a generator of its own | `random.categorical`, of logarithms of probabilities |
#
# ## If you want to go on
#
# Four things to try, without points. Open new cells at the end for them.
#
# 1. **Go on training.** Call `train(learner, until=6000)`. When does the curve of unseen names begin to rise?
# 2. **Another network.** Train an RNN on the first names. Over several seeds, does it get below the counts of four letters?
# 3. **Your own words.** A file with one word a line is all it takes: towns of your country, plants, surnames. Letters other than a to z want a longer `LETTERS`.
# 4. **How does a word begin?** Give `generate` the first letters of a name, and let the network go on from there. What has to happen to the state before the first letter is drawn?

# %% [markdown]
# ## Three things to remember
#
# 1. **A language model is its own teacher.** Input and target are the same words, shifted by one step; a mask says what counts.
# 2. **The loss is only the beginning of a gradient.** What you do with it (its direction, its length, what is remembered of earlier ones) decides whether anything is learned.
# 3. **A number means something beside another one.** Compare with counting, with a guess, and on words that were never seen. A loss that falls proves very little.
#
# ### Further reading
#
# - Claude E. Shannon, "Prediction and Entropy of Printed English", *Bell System Technical Journal* 30 (1951), section 3: people guess the next letter of a text, and how surprised they are.
# - Yoshua Bengio, Réjean Ducharme, Pascal Vincent and Christian Jauvin, "A Neural Probabilistic Language Model", *Journal of Machine Learning Research* 3 (2003), section 1: why shared weights can do what counts can not.
# - Ilya Sutskever, James Martens and Geoffrey Hinton, "Generating Text with Recurrent Neural Networks", *ICML* (2011), section 5: a network that writes, letter by letter.
# - Razvan Pascanu, Tomas Mikolov and Yoshua Bengio, "On the Difficulty of Training Recurrent Neural Networks", *ICML* (2013), section 3: the cliffs, and clipping by the norm.
# - Diederik P. Kingma and Jimmy Ba, "Adam: A Method for Stochastic Optimization", *ICLR* (2015), section 2: Adam, and why both means are corrected.
# - Reinhard Kneser and Hermann Ney, "Improved Backing-Off for M-gram Language Modeling", *ICASSP* (1995), section 2: how counts are mixed with care.
#
# ### What comes next
#
# The plan of the course goes on with gated networks and networks that read from both ends, and at last music. The functions that you wrote here are what all of them are trained with.
#
# ### Your points
#
# The last cell adds up what your checks have earned in this session. Before you hand in, restart the kernel, run all cells and look at it once more.

# %% locked summary
summary()
