"""What an explorer shows: tables of real numbers, pictures painted in place, and words.

A page hears of each widget's change in a message of its own, which costs more than what it says: all tables share one,
and all words in one place. Nothing here knows a network.
"""
