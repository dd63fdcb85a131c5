import pytest

from summit.lib.naming import family_name, titled, titled_pair


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("홍길동", "장관", "홍길동 장관"),
        ("Marie Tamm", "H.E.", "H.E. Marie Tamm"),
        ("홍길동", "Dr.", "Dr. 홍길동"),
        ("홍길동", "", "홍길동"),
        ("", "Dr.", ""),
    ],
)
def test_a_title_stands_where_its_script_has_it(name, title, said):
    assert titled(name, title) == said


@pytest.mark.parametrize(
    ("names", "title", "said"),
    [
        (("홍길동", "Hong Gildong"), "장관", ("홍길동 장관", "Hong Gildong")),
        (("Hong Gildong", "홍길동"), "장관", ("Hong Gildong", "홍길동 장관")),
        (("홍길동", "Hong Gildong"), "Dr.", ("홍길동", "Dr. Hong Gildong")),
        (("홍길동", ""), "Dr.", ("Dr. 홍길동", "")),
        (("Мария Тамм", "Maria Tamm"), "Prof.", ("Prof. Мария Тамм", "Maria Tamm")),
        (("홍길동", "Hong Gildong"), "", ("홍길동", "Hong Gildong")),
    ],
)
def test_of_two_spellings_the_one_in_its_script_has_the_title(names, title, said):
    assert titled_pair(names, title) == said


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("홍길동", "홍"), ("홍 길동", "홍"), ("남궁민", "남궁"), ("황보라", "황"), ("Marie Tamm", "Tamm"), ("Tamm, Marie", "Tamm"),
        (", Marie", "Marie"), ("山田 太郎", "山田"), ("金哲洙", "金"), ("Plato", "Plato"), ("포 마치체", "마치체"), ("", ""),
    ],
)  # fmt: skip
def test_the_family_name_is_told_from_the_name(name, family):
    assert family_name(name) == family
