"""Every property test draws the same examples in each run, and none is judged by its time."""

from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize=True, max_examples=60, database=None)
settings.load_profile("project")
