"""What a browser is called, from its User-Agent (RFC 9110 10.1.5): names people know, never exact, never trusted."""

# The first that occurs counts: browsers name those they descend from as well.
BROWSERS = (
    ("KAKAOTALK", "KakaoTalk"), ("NAVER", "NAVER"), ("Whale/", "Whale"), ("SamsungBrowser/", "Samsung Internet"), ("OPR/", "Opera"),
    ("EdgiOS/", "Edge"), ("EdgA/", "Edge"), ("Edg/", "Edge"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("python-requests/", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def words(agent: str) -> str:
    """``Firefox · Windows``; "" for what is not known."""
    found = (next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS))
    return " · ".join(name for name in found if name)
