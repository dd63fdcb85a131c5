"""Pages as a browser reads them: breaks and indentation between tags, and blanks inside of tags, mean nothing."""

import re


def flat(page: str) -> str:
    """The page with one blank where there are several, and none beside a tag that begins or ends a line."""
    text = re.sub(r"\s+", " ", page)
    text = re.sub(r"(?<=>) (?=<)|(?<=>) (?=\S)|(?<=\S) (?=<)", "", text)
    return re.sub(r" (?=>)", "", text)
