"""nbconvert's settings for HTML pages and slides: jupyter nbconvert --config notebooks/export/config.py --to html …"""

from pathlib import Path

c = get_config()  # noqa: F821

here = str(Path(__file__).parent)
c.TemplateExporter.extra_template_basedirs = c.TemplateExporter.extra_template_paths = [here]
c.HTMLExporter.template_name = "chapter"

c.SlidesExporter.template_name = "lecture"
c.SlidesExporter.reveal_width = "1280"
c.SlidesExporter.reveal_height = "720"
c.SlidesExporter.reveal_theme = "white"
c.SlidesExporter.reveal_number = "c/t"
c.SlidesExporter.reveal_transition = "none"
c.SlidesExporter.exclude_input_prompt = True
c.SlidesExporter.exclude_output_prompt = True
# A cell with this tag draws a picture: on a slide, only the picture is shown.
c.SlidesExporter.TagRemovePreprocessor.enabled = True
c.SlidesExporter.TagRemovePreprocessor.remove_input_tags = {"remove-input"}
