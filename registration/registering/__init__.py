"""A registration from the form to its end: its states, what the form asks, lists of people to take along, and what is
copied to the next summit. Only ``lifecycle`` writes ``Registration.state``.
"""
