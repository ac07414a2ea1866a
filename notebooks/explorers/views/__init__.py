"""What an explorer shows: tables of real numbers, pictures painted in place, and words.

A view owns an ipywidgets widget, `.widget`, and repaints it in `show`. Nothing here knows a network.
"""
