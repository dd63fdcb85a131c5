from pathlib import Path

from summit import checks


def ids(found) -> list[str]:
    return [message.id for message in found]


def test_a_site_address_the_server_would_refuse_is_an_error(settings):
    settings.SITE_HOST, settings.ALLOWED_HOSTS = "summit.example", ["other.example"]
    [error] = checks.site_address(None)
    assert error.id == "summit.E001"
    assert "summit.example" in error.hint
    settings.ALLOWED_HOSTS = ["summit.example"]
    assert checks.site_address(None) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert checks.site_address(None) == []


def test_missing_browser_packages_name_the_command(settings, tmp_path):
    settings.NODE_MODULES = tmp_path
    [error] = checks.browser_packages(None)
    assert (error.id, error.hint) == ("summit.E002", "Run: make setup")
    (tmp_path / "pretendard").mkdir()
    assert checks.browser_packages(None) == []


def test_missing_libraries_are_named_with_their_packages(monkeypatch):
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    [warning] = checks.system_libraries(None)
    assert warning.id == "summit.W001"
    assert "libpango-1.0-0" in warning.hint and "libharfbuzz-subset0" in warning.hint
    monkeypatch.setattr("ctypes.util.find_library", lambda name: f"lib{name}.so")
    assert checks.system_libraries(None) == []


def test_production_wants_a_mail_server_and_a_shared_cache(settings):
    settings.MAILERS = {"default": {"BACKEND": "summit.lib.mailbox.EmlBackend"}}
    settings.REDIS_URL = ""
    assert ids(checks.production(None)) == ["summit.W002", "summit.W003"]
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
    settings.REDIS_URL = "redis://cache"
    assert checks.production(None) == []


def test_every_check_has_an_id_of_its_own_and_a_hint():
    source = Path(checks.__file__).read_text(encoding="utf-8")
    assert source.count("hint=") == source.count("id=")


def test_an_installation_key_that_can_be_guessed_is_an_error(settings):
    settings.INSTALLATION_KEY = "let me in"
    [error] = checks.installation_key(None)
    assert error.id == "summit.E003" and "let me in" not in error.msg + str(error.hint)
    for key in ("", "four random words here"):
        settings.INSTALLATION_KEY = key
        assert checks.installation_key(None) == []
