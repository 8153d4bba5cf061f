# %% [markdown]
# # A slope
#
# One function and its gradients.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np

from selfcheck import check

# %% [markdown]
# ## 1 · climb
#
# $$y = \tanh(w x + b) \tag{1}$$


# %% nbgrader={"grade": false, "grade_id": "climb", "locked": false, "schema_version": 3, "solution": true, "task": false}
def climb(x, parameters):
    """Compute y, equation (1); about 3 lines. Returns: y (n, m), cache (y, x, parameters)."""
    ### BEGIN SOLUTION
    y = np.tanh(parameters["w"] * x + parameters["b"])
    cache = (y, x, parameters)
    return y, cache
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "example_climb", "locked": true, "schema_version": 3, "solution": false, "task": false}
rng = np.random.default_rng(3)
parameters = {name: rng.standard_normal((2, 1)) for name in ("w", "b")}
y, cache = climb(rng.standard_normal((2, 3)), parameters)
print(y[0])

# %% nbgrader={"grade": true, "grade_id": "check_climb", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("climb", climb)

# %% [markdown]
# ## 2 · climb_backward
#
# $$dz = (1 - y^2)\, dy \tag{2}$$


# %% nbgrader={"grade": false, "grade_id": "climb_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def climb_backward(dy, cache):
    """Send dy back through the cache, equation (2); about 6 lines.

    Returns:
        a dictionary with dx (n, m), dw (n, 1) and db (n, 1)
    """
    ### BEGIN SOLUTION
    y, x, parameters = cache
    dz = (1 - y**2) * dy
    dx = parameters["w"] * dz
    dw = np.sum(dz * x, axis=1, keepdims=True)
    db = np.sum(dz, axis=1, keepdims=True)
    return {"dx": dx, "dw": dw, "db": db}
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "example_climb_backward", "locked": true, "schema_version": 3, "solution": false, "task": false}
dy = rng.standard_normal((2, 3))
gradients = climb_backward(dy, cache)
print(gradients["dx"][1])

# %% nbgrader={"grade": true, "grade_id": "check_climb_backward", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("climb_backward", climb_backward)

# %% [markdown]
# ### What you should see from climb_backward
#
# <!-- expected: example_climb_backward -->
