"""Pages of long lists."""


def page_number(asked: str | None) -> int:
    """The number of the page asked for; 1 for what is none. One past the last is the last, as ``Paginator`` has it."""
    try:
        return max(1, int((asked or "")[:9]))
    except ValueError:
        return 1
