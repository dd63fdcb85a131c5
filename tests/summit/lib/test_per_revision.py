from summit.lib.per_revision import PerRevision


def test_each_revision_is_made_once_and_few_are_kept():
    calls, kept = [], PerRevision(most=2)

    def made(key, revision):
        return kept.of(key, revision, lambda: calls.append((key, revision)) or f"{key}{revision}")

    assert [made("a", 1), made("a", 1), made("a", 2), made("a", 2)] == ["a1", "a1", "a2", "a2"]
    assert calls == [("a", 1), ("a", 2)]
    made("b", 1)
    made("c", 1)
    made("a", 2)
    assert calls[2:] == [("b", 1), ("c", 1), ("a", 2)]
