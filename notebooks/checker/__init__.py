"""What judges an answer: the network as lines, every small edit of them, changes of the learner's code, and words.

The mathematics comes from mlp_helpers, and nothing here knows a widget.
"""

from checker.answers import Answer, check_answer, check_slopes
from checker.lines import LINES, Mistake, backward_with, run_lines
from checker.our_edits import edits_of

__all__ = ["LINES", "Answer", "Mistake", "backward_with", "check_answer", "check_slopes", "edits_of", "run_lines"]
