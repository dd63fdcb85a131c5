import pytest

from summit.lib.hosts import host_name, without_port


@pytest.mark.parametrize(("said", "name"), [
    ("Summit.Example.org", "summit.example.org"), (" summit.example. ", "summit.example"), ("서밋.한국", "xn--0g3br6g.xn--3e0b707e"),
    ("a-b.example", "a-b.example"),
])  # fmt: skip
def test_a_name_is_kept_as_dns_knows_it(said, name):
    assert host_name(said) == name


@pytest.mark.parametrize("said", [
    "", "localhost", "https://summit.example", "summit.example/ko", "summit.example:8000", "10.0.0.1", "::1", "-a.example", "a..example",
    "a_b.example", "x" * 64 + ".example", ("x" * 60 + ".") * 5 + "example", "a b.example", "summit.example\r\nX: y", "user@summit.example",
])  # fmt: skip
def test_what_is_no_name_of_a_host_is_refused(said):
    with pytest.raises(ValueError):
        host_name(said)


def test_the_port_of_a_header_is_left_out():
    assert [without_port(each) for each in ("A.example:80", "a.example", "[::1]:8000")] == [
        "a.example",
        "a.example",
        "[::1]",
    ]
