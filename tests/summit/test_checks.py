import os
import re
import subprocess
import sys
from pathlib import Path

import dj_database_url
import pytest
from django.conf import settings

from summit import checks
from summit.env import mailer_from_url


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


def test_an_object_storage_is_two_buckets_or_none(settings):
    settings.S3_PUBLIC_BUCKET = settings.S3_PRIVATE_BUCKET = ""
    assert checks.object_storage(None) == []
    settings.S3_PUBLIC_BUCKET = "open"
    assert ids(checks.object_storage(None)) == ["summit.E021"]
    settings.S3_PRIVATE_BUCKET = "open"
    assert ids(checks.object_storage(None)) == ["summit.E022"]
    settings.S3_PRIVATE_BUCKET = "closed"
    assert checks.object_storage(None) == []


def test_files_are_streamed_or_signed(settings):
    settings.S3_PUBLIC_BUCKET, settings.S3_PRIVATE_BUCKET, settings.PRIVATE_FILES = "open", "closed", "signed"
    assert checks.object_storage(None) == []
    settings.PRIVATE_FILES = "linked"
    assert ids(checks.object_storage(None)) == ["summit.E023"]
    settings.S3_PUBLIC_BUCKET = settings.S3_PRIVATE_BUCKET = ""
    settings.PRIVATE_FILES = "signed"
    assert ids(checks.object_storage(None)) == ["summit.E024"]


def test_machines_that_share_files_want_one_redis_for_their_limits(settings):
    settings.S3_PRIVATE_BUCKET, settings.REDIS_URL, settings.RATE_LIMITS = "closed", "", True
    assert ids(checks.several_machines(None)) == ["summit.W025"]
    settings.REDIS_URL = "redis://cache"
    assert checks.several_machines(None) == []
    settings.S3_PRIVATE_BUCKET = settings.REDIS_URL = ""
    assert checks.several_machines(None) == []


def test_production_wants_a_database_for_many(monkeypatch):
    for engine in ("summit.sqlite", "django.db.backends.sqlite3"):
        monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
        assert ids(checks.production_database(None)) == ["summit.W020"]
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    assert checks.production_database(None) == []


def test_keys_made_by_the_machine_are_named_where_the_site_is_public(settings):
    settings.HTTPS, settings.GENERATED_KEYS = True, ["TICKET_SIGNING_KEY"]
    [warning] = checks.production_keys(None)
    assert warning.id == "summit.W021" and "TICKET_SIGNING_KEY" in warning.msg
    settings.GENERATED_KEYS = []
    assert checks.production_keys(None) == []
    settings.HTTPS, settings.GENERATED_KEYS = False, ["SECRET_KEY"]
    assert checks.production_keys(None) == []


def test_https_without_the_settings_of_a_proxy_is_told(settings):
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER, settings.TRUSTED_PROXIES = True, None, 0
    assert ids(checks.production_proxy(None)) == ["summit.W022", "summit.W023"]
    settings.SECURE_PROXY_SSL_HEADER, settings.TRUSTED_PROXIES = ("HTTP_X_FORWARDED_PROTO", "https"), 1
    assert checks.production_proxy(None) == []
    settings.FORMER_COOKIES = True
    assert ids(checks.production_proxy(None)) == ["summit.W024"]
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER, settings.TRUSTED_PROXIES = False, None, 0
    assert checks.production_proxy(None) == []


def deploy_check(folder, **given):
    """What ``check --deploy`` says where a summit would be public."""
    env = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "SITE_URL": "https://summit.example", **given}
    said = subprocess.run([sys.executable, "manage.py", "check", "--deploy"], cwd=settings.BASE_DIR, env=env,
                          capture_output=True, text=True, check=True)  # fmt: skip
    return set(re.findall(r"summit\.W\d+", said.stderr))


def test_a_deployment_hears_all_of_it_at_once_and_nothing_once_it_is_right(tmp_path):
    assert deploy_check(tmp_path) >= {
        "summit.W002",
        "summit.W003",
        "summit.W020",
        "summit.W021",
        "summit.W022",
        "summit.W023",
    }
    key = "q8Vx" * 15
    assert deploy_check(tmp_path, SECRET_KEY=key, TICKET_SIGNING_KEY=key, BEHIND_PROXY="1", TRUSTED_PROXIES="1",
                        DATABASE_URL="postgres://database.example/summit?sslmode=verify-full",
                        REDIS_URL="rediss://cache.example", MAIL_URL="smtps://mail.example") == set()  # fmt: skip
    # On other machines, and in the clear.
    assert deploy_check(tmp_path, SECRET_KEY=key, TICKET_SIGNING_KEY=key, BEHIND_PROXY="1", TRUSTED_PROXIES="1",
                        DATABASE_URL="postgres://database.example/summit", REDIS_URL="redis://cache.example",
                        MAIL_URL="smtp://mail.example", S3_ENDPOINT="http://files.example"
                        ) == {"summit.W026", "summit.W028", "summit.W029", "summit.W034"}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://10.0.0.5/summit", ["summit.W026"]),
        ("postgres://database.example/summit?sslmode=disable", ["summit.W026"]),
        ("postgres://database.example/summit?sslmode=prefer", ["summit.W026"]),
        ("postgres://database.example/summit?sslmode=require", ["summit.W027"]),
        ("postgres://database.example/summit?sslmode=verify-ca", []),
        ("postgres://database.example/summit?sslmode=verify-full&sslrootcert=system", []),
        ("postgres://127.0.0.1/summit", []),
        ("postgres://[::1]/summit", []),
        ("postgres://localhost/summit?sslmode=disable", []),
        ("postgres://%2Fvar%2Frun%2Fpostgresql/summit", []),
        ("postgres:///summit", []),
        ("postgres://database/summit", []),
        ("sqlite:////srv/summit.sqlite3", []),
    ],
)
def test_a_database_elsewhere_is_spoken_to_by_tls_and_known_by_its_certificate(monkeypatch, given, expected):
    monkeypatch.setitem(settings.DATABASES, "default", dj_database_url.parse(given))
    monkeypatch.setattr(settings, "REDIS_URL", "")
    assert ids(checks.encrypted_connections(None)) == expected
    assert checks.database_encryption(None) == []


def test_an_sslmode_that_does_not_exist_is_an_error(monkeypatch):
    given = dj_database_url.parse("postgres://database.example/summit?sslmode=verify_full")
    monkeypatch.setitem(settings.DATABASES, "default", given)
    assert ids(checks.database_encryption(None)) == ["summit.E033"]


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ("redis://cache.example", True),
        ("redis://:secret@10.0.0.6:6379/1", True),
        ("rediss://cache.example?ssl_cert_reqs=none", True),
        ("rediss://cache.example", False),
        ("rediss://cache.example?ssl_cert_reqs=required&ssl_ca_certs=/ca.pem", False),
        ("rediss://one.example,redis://two.example", True),
        ("redis://cache", False),
        ("redis://127.0.0.1:6379/0", False),
        ("unix:///run/redis.sock", False),
        ("", False),
    ],
)
def test_a_redis_elsewhere_is_known_by_its_certificate(settings, given, warned):
    settings.REDIS_URL = given
    assert ids(checks.encrypted_connections(None)) == ["summit.W028"] * warned


@pytest.mark.parametrize(
    ("given", "warned"),
    [("smtp://mail.example", True), ("smtp://mail.example:587?tls=0", True), ("smtp://mail.example:587?tls=1", False),
     ("smtps://mail.example", False), ("smtp://localhost", False), ("smtp://mail", False), ("file:///var/mail", False)],
)  # fmt: skip
def test_a_mail_server_elsewhere_is_spoken_to_by_tls(settings, given, warned):
    settings.MAILERS = {"default": mailer_from_url(given)}
    assert ids(checks.encrypted_connections(None)) == ["summit.W029"] * warned
