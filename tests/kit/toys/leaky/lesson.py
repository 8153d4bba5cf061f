# %% [markdown]
# # A leaky memory
#
# Two functions: one step, and a sequence of them.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
from leaky_utils import squash

from selfcheck import check, summary

# %% [markdown]
# ## 1 · leak: one step
#
# $$h_{next} = \tanh(w h + u x + b) \tag{1}$$


# %% nbgrader={"grade": false, "grade_id": "leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def leak(x, h, parameters):
    """Take one step, equation (1); about 4 lines.

    Arguments:
        x: the input, (n, m)
        h: the memory so far, (n, m)
        parameters: a dictionary with "w", "u" and "b", each (n, 1)

    Returns:
        h_next: the next memory, (n, m)
        cache: (h_next, h, x, parameters)
    """
    ### BEGIN SOLUTION
    w, u, b = parameters["w"], parameters["u"], parameters["b"]
    h_next = squash(w * h + u * x + b)
    cache = (h_next, h, x, parameters)
    return h_next, cache
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "example_leak", "locked": true, "schema_version": 3, "solution": false, "task": false}
rng = np.random.default_rng(1)
parameters = {name: rng.standard_normal((2, 1)) for name in ("w", "u", "b")}
h_next, cache = leak(rng.standard_normal((2, 3)), rng.standard_normal((2, 3)), parameters)
print(h_next[0])

# %% nbgrader={"grade": true, "grade_id": "check_leak", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("leak", leak)

# %% [markdown]
# ### What you should see from leak
#
# <!-- expected: example_leak -->

# %% [markdown]
# ## 2 · remember: a sequence
#
# Every step starts from the memory that the step before it made.


# %% nbgrader={"grade": false, "grade_id": "remember", "locked": false, "schema_version": 3, "solution": true, "task": false}
def remember(x, h0, parameters):
    """Take a step for each input of a sequence; about 8 lines.

    Arguments:
        x: the inputs, (n, m, T)
        h0: the memory before the first step, (n, m)
        parameters: those of leak

    Returns:
        h: the memory after each step, (n, m, T)
        caches: (one cache a step, x)
    """
    ### BEGIN SOLUTION
    h = np.zeros_like(x)
    caches = []
    h_next = h0
    for t in range(x.shape[2]):
        h_next, cache = leak(x[:, :, t], h_next, parameters)
        h[:, :, t] = h_next
        caches.append(cache)
    return h, (caches, x)
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "example_remember", "locked": true, "schema_version": 3, "solution": false, "task": false}
rng = np.random.default_rng(2)
parameters = {name: rng.standard_normal((2, 1)) for name in ("w", "u", "b")}
h, caches = remember(rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3)), parameters)
print(h[1][2])

# %% nbgrader={"grade": true, "grade_id": "check_remember", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("remember", remember)

# %% [markdown]
# ## In words

# %% [markdown] nbgrader={"grade": true, "grade_id": "written_leaky", "locked": false, "points": 5, "schema_version": 3, "solution": true, "task": false}
# *Write here.*

# %% nbgrader={"grade": false, "grade_id": "lesson_leaky", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["lesson"]
print("seen by students, never run where marks are made")

# %% nbgrader={"grade": false, "grade_id": "summary", "locked": true, "schema_version": 3, "solution": false, "task": false}
summary()
