"""The agenda on paper: booklet, day sheets, door sheets and session cards as tagged PDF.

``orders`` says what can be asked for, ``content`` reads it from the models, ``booklet`` and ``sheets`` set it, ``drawing``
makes PDF/UA-1 of it (ISO 14289-1), ``kept`` keeps what has been drawn until the agenda's next revision.
"""
