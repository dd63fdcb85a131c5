import stat

import pytest

from summit.env import (
    BadSetting,
    env_bool,
    env_float,
    env_int,
    env_list,
    env_secret,
    env_secrets,
    env_str,
    mailer_from_url,
)

NAME = "SUMMIT_TEST_VALUE"


def test_nothing_and_empty_mean_the_default(monkeypatch):
    for prepare in (lambda: monkeypatch.delenv(NAME, raising=False), lambda: monkeypatch.setenv(NAME, "  ")):
        prepare()
        assert env_str(NAME, "default") == "default"
        assert env_bool(NAME, default=True) is True
        assert env_bool(NAME, default=False) is False
        assert env_int(NAME, 7) == 7
        assert env_float(NAME, 0.3) == 0.3
        assert env_list(NAME, ["a"]) == ["a"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1", True), ("TRUE", True), (" yes ", True), ("on", True), ("0", False), ("No", False), ("off", False)],
)
def test_yes_and_no_are_read_in_several_spellings(monkeypatch, raw, value):
    monkeypatch.setenv(NAME, raw)
    assert env_bool(NAME, default=not value) is value


@pytest.mark.parametrize("raw", ["maybe", "2", "-"])
def test_nonsense_is_no_yes_and_no_no(monkeypatch, raw):
    monkeypatch.setenv(NAME, raw)
    with pytest.raises(BadSetting, match=NAME):
        env_bool(NAME, default=False)


def test_seconds_may_have_parts(monkeypatch):
    monkeypatch.setenv(NAME, "0.25")
    assert env_float(NAME, 1) == 0.25


@pytest.mark.parametrize("raw", ["a while", "0", "-1", "inf", "nan", "0,3"])
def test_no_time_to_wait_is_no_number_of_seconds(monkeypatch, raw):
    monkeypatch.setenv(NAME, raw)
    with pytest.raises(BadSetting, match=NAME):
        env_float(NAME, 1)


@pytest.mark.parametrize("raw", ["3.5", "three", "0x10"])
def test_a_number_that_is_none_is_named(monkeypatch, raw):
    monkeypatch.setenv(NAME, raw)
    with pytest.raises(BadSetting, match=NAME):
        env_int(NAME, 1)
    monkeypatch.setenv(NAME, " 42 ")
    assert env_int(NAME, 1) == 42


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv(NAME, "a.example, b.example,,")
    assert env_list(NAME, []) == ["a.example", "b.example"]


def test_a_secret_is_made_once_and_kept_private(monkeypatch, tmp_path):
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    file = tmp_path / "deep" / "secret"
    first = env_secret(NAME, keep_in=file)
    assert len(first) >= 50
    assert env_secret(NAME, keep_in=file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert env_secret(NAME, keep_in=tmp_path / "other") != first


def test_a_given_secret_wins_and_is_not_written_down(monkeypatch, tmp_path):
    (tmp_path / "mounted").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "mounted"))
    assert env_secret(NAME, keep_in=tmp_path / "kept") == "from a file"
    monkeypatch.setenv(NAME, "given")
    assert env_secret(NAME, keep_in=tmp_path / "kept") == "given"
    assert not (tmp_path / "kept").exists()


def test_mail_addresses_become_mailers():
    assert mailer_from_url("file:///srv/mail")["OPTIONS"] == {"folder": "/srv/mail"}
    assert mailer_from_url("memory:")["BACKEND"].endswith("locmem.EmailBackend")
    smtp = mailer_from_url("smtp://us%40er:p%3Ass@mail.example:587?tls=1")["OPTIONS"]
    assert smtp == {
        "host": "mail.example",
        "port": 587,
        "username": "us@er",
        "password": "p:ss",
        "use_tls": True,
        "timeout": 20,
    }
    assert mailer_from_url("smtp://mail.example")["OPTIONS"] == {"host": "mail.example", "port": 25, "timeout": 20}
    assert mailer_from_url("smtps://mail.example")["OPTIONS"] == {
        "host": "mail.example",
        "port": 465,
        "use_ssl": True,
        "timeout": 20,
    }


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://"])
def test_a_mail_address_that_leads_nowhere_is_refused(url):
    with pytest.raises(BadSetting, match="MAIL_URL"):
        mailer_from_url(url)


def test_former_secrets_are_read_from_the_variable_or_a_file(monkeypatch, tmp_path):
    assert env_secrets(NAME) == []
    monkeypatch.setenv(NAME, " one , two,,")
    assert env_secrets(NAME) == ["one", "two"]
    monkeypatch.delenv(NAME)
    (tmp_path / "keys").write_text("one\n\ntwo,three\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "keys"))
    assert env_secrets(NAME) == ["one", "two", "three"]
