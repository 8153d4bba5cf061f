"""Configuration of nbgrader for this course: its folders, and this kit's judge as its autograder.

Add your own settings below the last line, for example::

    c.CourseDirectory.course_id = "rnn101"
    c.AssignLatePenalties.plugin_class = "grader.nbgrader_plugins.late_penalties.TenPercentADay"
"""

c = get_config()
try:
    from grader.nbgrader_plugins.configure import configure
except ImportError as error:
    # Without this nbgrader logs a traceback, looks in its own folders ("Assignment not found") and
    # grades by its own means. Handing out and collecting do without the kit, the rest says why not.
    import sys

    from nbconvert.exporters import NotebookExporter
    from nbgrader.converters.base import NbGraderException

    MISSING = f"install the course kit's wheel in {sys.prefix}: nothing is graded without ({error})"

    class Refusing(NotebookExporter):
        """An exporter that no converter of nbgrader's gets to make: it says what is missing."""

        def __init__(self, parent=None, **more):
            if parent is not None:  # else nbconvert asks for the class's defaults
                parent.log.error(MISSING)
                raise NbGraderException(MISSING)
            super().__init__(**more)

    def configure(config):
        config.CourseDirectory.source_directory = "source"
        config.CourseDirectory.release_directory = "assignments"
        for converter in (config.Autograde, config.GenerateAssignment, config.GenerateFeedback):
            converter.exporter_class = Refusing


configure(c)
