"""What judges an answer: the network as lines of text, wrong lines in their place, the verdict, and its words.

The mathematics comes from mlp_helpers, and nothing here knows a widget.
"""

from checker.answers import Answer, check_answer, check_slopes
from checker.lines import LINES, Mistake, backward_with, run_lines
from checker.mistakes import MISTAKES

__all__ = ["LINES", "MISTAKES", "Answer", "Mistake", "backward_with", "check_answer", "check_slopes", "run_lines"]
