"""Who somebody is and how they come in: sign-in through allauth with our own mails, its limits, second
factors and sessions, the team of a summit, the links that invite somebody to become something, and the first start of an
empty installation.
"""
