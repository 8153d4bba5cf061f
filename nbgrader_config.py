"""Configuration of nbgrader for this course: its folders, and this kit's judge as its autograder.

Add your own settings below the call, for example::

    c.CourseDirectory.course_id = "rnn101"
    c.AssignLatePenalties.plugin_class = "grader.nbgrader_plugins.late_penalties.TenPercentADay"
"""

from grader.nbgrader_plugins.autograde_step import configure

c = get_config()
configure(c)
