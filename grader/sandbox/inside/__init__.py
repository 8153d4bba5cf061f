"""Run beside student code: standard library, NumPy, IPython, matplotlib only.

Nothing here may import the rest of ``grader``: what is imported here can be read, patched and
replaced by student code. The judge imports ``wire`` and some tables of it into a process of its
own, which student code never reaches.
"""
