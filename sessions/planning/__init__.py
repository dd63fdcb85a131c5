"""From a plan to a published version: where sessions shall be, what clashes, what is left to do, who owes what, the
versions themselves and what changed between two of them.
"""
