"""The catalogue of known mistakes, one module an exercise.

Each mistake is a small edit of the solution's source, so the wrong results that a student gets can
be made on any inputs. The titles complete "it looks as if …"; a hint points at the equation or the
idea and never gives the answer. Two edits with the same results are one mistake. What cannot be
seen in results on fresh inputs (weights read from the notebook's globals) is found by other means.
"""
