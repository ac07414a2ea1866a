"""nbconvert's settings for the students' edition, without solutions: the page for teachers has the command."""

c = get_config()  # noqa: F821

c.TagRemovePreprocessor.enabled = True
c.TagRemovePreprocessor.remove_cell_tags = {"solution"}
c.FilesWriter.files = ["notebooks/derivation.md", "notebooks/tape.py"]
c.FilesWriter.relpath = "notebooks"
