"""The only settings file. Everything that differs between installations comes from the environment
(see .env.example); misconfiguration is reported by summit/checks.py with a hint."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dotenv
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from summit.accounts import form_names
from summit.env import (
    env_bool,
    env_choice,
    env_float,
    env_given,
    env_int,
    env_list,
    env_secret,
    env_secrets,
    env_str,
    mailer_from_url,
)
from summit.lib.body_limits import TEXTS

BASE_DIR = Path(__file__).resolve().parent.parent
# What is already in the environment wins over the file.
dotenv.load_dotenv(BASE_DIR / ".env")
VAR = Path(env_str("VAR_DIR", str(BASE_DIR / "var")))
NODE_MODULES = BASE_DIR / "node_modules"

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", keep_in=VAR / "secret-key")
# Former keys, newest first: what was signed or encrypted with one of them is still read.
SECRET_KEY_FALLBACKS = env_secrets("SECRET_KEY_FALLBACKS")
# Signs tickets (Ed25519). Printed badges outlive releases: keep it for as long as they must verify.
TICKET_SIGNING_KEY = env_secret("TICKET_SIGNING_KEY", keep_in=VAR / "ticket-key")
# Former keys of tickets: what was signed with them opens the door for as long as they stand here.
TICKET_SIGNING_KEYS_OLD = env_secrets("TICKET_SIGNING_KEYS_OLD")
# Those that nobody has set: they lie under var/, and another machine makes others.
_given = {"SECRET_KEY": env_given("SECRET_KEY"), "TICKET_SIGNING_KEY": env_given("TICKET_SIGNING_KEY")}
GENERATED_KEYS = [name for name, value in _given.items() if not value]
# Lets whoever types it make the first operator; where it is empty, `start --empty` makes one and prints it.
INSTALLATION_KEY = env_given("INSTALLATION_KEY")

# A passphrase or key that encrypts backups, and where they lie when no other place is named.
BACKUP_KEY = env_given("BACKUP_KEY")
BACKUP_ROOT = env_str("BACKUP_ROOT")

SITE_URL = env_str("SITE_URL", f"http://localhost:{env_int('PORT', 8000)}").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", [SITE_HOST, *(["localhost", "127.0.0.1", "[::1]"] if not HTTPS else [])])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Ours stand before Django's: templates, commands and shell names of ours win (the label "sessions" is Django's).
INSTALLED_APPS = [
    "summit.apps.SummitConfig",
    "speakers.apps.SpeakersConfig",
    "sessions.apps.SessionsConfig",
    "registration.apps.RegistrationConfig",
    "api.apps.ApiConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "summit.apps.StaticFiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks_db",
    "rest_framework",
    "drf_spectacular",
]

# Who may read /metrics: whoever has the token, and addresses of these networks; nothing is counted where neither is set.
METRICS_TOKEN, METRICS_NETWORKS = env_given("METRICS_TOKEN"), env_list("METRICS_NETWORKS", [])
METRICS_ROOT = VAR / "metrics"
if METRICS_TOKEN or METRICS_NETWORKS:
    METRICS_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
    # prometheus_client reads it when it is imported.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(METRICS_ROOT))

MIDDLEWARE = [
    "summit.middleware.ForMachines",
    *(["summit.operating.metrics.CountRequests"] if METRICS_TOKEN or METRICS_NETWORKS else []),
    "summit.middleware.OwnHosts",
    "summit.middleware.PublicPageCache",
    "summit.middleware.Provenance",
    "summit.middleware.OwnHostsTransport",
    "django.middleware.security.SecurityMiddleware",
    "summit.middleware.FontsToSpare",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "summit.middleware.Personal",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before anything reads a body: the check against forged requests does.
    "summit.bodies.Bodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "summit.middleware.IdleSessionsEnd",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "summit.middleware.SessionsSeen",
    "summit.middleware.SecondFactorFirst",
    "summit.middleware.BadInput",
]

ROOT_URLCONF = "summit.urls"
WSGI_APPLICATION = "summit.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Ours are sent without the indentation they are written with; each is read once.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["summit.lib.indentation.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "summit.context_processors.site",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": dj_database_url.parse(
        env_str("DATABASE_URL", f"sqlite:///{VAR / 'summit.sqlite3'}"), conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "summit.sqlite"
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
    # IMMEDIATE makes writers wait in line instead of failing half-way; WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Seconds a writer waits for another; then the answer is a 503 and the worker tries again. ?timeout= in the address.
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
        **DATABASES["default"].get("OPTIONS", {}),
    }
else:
    # A host that does not answer is given up after these seconds, one that stops answering after those of keepalives.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "summit.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        # Installations may share one.
        "KEY_PREFIX": SITE_URL,
        "OPTIONS": {"patience": env_float("REDIS_TIMEOUT", 0.3)},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}
}

AUTH_USER_MODEL = "summit.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "summit.accounts.password_rules.MaximumLength"},
    {"NAME": "summit.accounts.password_rules.NotLeaked"},
    {"NAME": "summit.accounts.password_rules.NotEasy"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:home"

ACCOUNT_ADAPTER = "summit.accounts.sign_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
# Nobody signs up (see the adapter); without a password here, though, allauth takes it out of the sign-in form too.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
# allauth hands the mail over for unknown addresses as for known ones; the adapter's worker sends them none: its text
# invites to sign up, which is closed, and a stranger's mailbox is not ours to fill.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_FORMS, MFA_FORMS = form_names.ACCOUNT, form_names.MFA
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A whole venue may share one network: its people sign in by code and passkey whoever else tries there. Wrong passwords
# are counted by summit/accounts/password_guessing.py.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "request_login_code": "120/m/ip,3/m/key"}
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
# Seconds (OWASP ASVS 4.0.3, 2.7.2). The mails say it in words.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
# People hear of a new password, address or second factor by mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# In the language of the page somebody signs out on.
ACCOUNT_LOGOUT_REDIRECT_URL = "start-in-language"
MFA_ADAPTER = "summit.accounts.factor_secrets.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Summit"
# One step of 30 seconds either way: telephones are slow to type on (RFC 6238 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# Organisers and desk staff must have a second factor (TOTP or passkey) before they see anybody's data.
STAFF_TWO_FACTORS = env_bool("STAFF_TWO_FACTORS", default=True)
# Minutes after which a browser that nobody uses is signed out, of whoever has a role or operates; 0: never.
STAFF_IDLE_MINUTES = env_int("STAFF_IDLE_MINUTES", 120)
# The same for everybody else.
ATTENDEE_IDLE_MINUTES = env_int("ATTENDEE_IDLE_MINUTES", 0)
# Hours after which everybody signs in again, however much a browser was used.
SESSION_HOURS = env_int("SESSION_HOURS", 336)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
# Days after which sign-ins, failures and changes of factors leave the history.
SIGN_IN_HISTORY_DAYS = env_int("SIGN_IN_HISTORY_DAYS", 365)

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "summit" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    ("vendor/pretendard", NODE_MODULES / "pretendard/dist/web/variable"),
    ("vendor/inter", NODE_MODULES / "@fontsource-variable/inter/files"),
    ("vendor/barcode-detector", NODE_MODULES / "barcode-detector/dist/es"),
    ("vendor/hls", NODE_MODULES / "hls.js/dist"),
    ("vendor/zxing-wasm", NODE_MODULES / "zxing-wasm/dist/reader"),
]
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(VAR / "media")))
MEDIA_URL = "/media/"
# Files that no web server may hand out: badges with names and tickets.
PRIVATE_ROOT = VAR / "private"
# Or two buckets of an S3-compatible object storage, which several machines share.
S3_PUBLIC_BUCKET, S3_PRIVATE_BUCKET = env_str("S3_PUBLIC_BUCKET"), env_str("S3_PRIVATE_BUCKET")
S3 = {
    "endpoint_url": env_str("S3_ENDPOINT") or None,
    "region_name": env_str("S3_REGION", "us-east-1"),
    "access_key": env_given("S3_ACCESS_KEY") or None,
    "secret_key": env_given("S3_SECRET_KEY") or None,
}
# "stream": private files go through the web server; "signed": by an address of the object storage that is good for a minute.
PRIVATE_FILES = env_str("PRIVATE_FILES", "stream")
STORAGES: dict[str, dict[str, Any]] = {
    # What everybody may read. Named by nobody: a file without a storage of its own is a public one.
    "default": {"BACKEND": "summit.buckets.PublicBucket", "OPTIONS": {**S3, "bucket_name": S3_PUBLIC_BUCKET}}
    if S3_PUBLIC_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "summit.buckets.PrivateBucket", "OPTIONS": {**S3, "bucket_name": S3_PRIVATE_BUCKET}}
    if S3_PRIVATE_BUCKET
    else {"BACKEND": "summit.storage.PrivateFolder"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "summit.storage.ManifestStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

MAILERS = {"default": mailer_from_url(env_str("MAIL_URL", f"file://{VAR / 'mail'}"))}
DEFAULT_FROM_EMAIL = env_str("MAIL_FROM", f"Summit <no-reply@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Operators who are told by mail when something is wrong; nobody looks where it is empty.
ALARM_TO = env_list("ALARM_TO", [])
# So many refusals in ten minutes are told them: wrong passwords and codes, tickets at the door, requests over a limit; 0: never.
ALARM_SIGN_INS = env_int("ALARM_SIGN_INS", 100)
ALARM_TICKETS = env_int("ALARM_TICKETS", 50)
ALARM_REQUESTS = env_int("ALARM_REQUESTS", 1000)
# Days after which texts and files of mails are erased that have been delivered, or failed for good.
MAIL_KEEP_DAYS = env_int("MAIL_KEEP_DAYS", 30)

# Seconds after which a task that could be done counts as stuck (/readyz).
QUEUE_LATE_AFTER = env_int("QUEUE_LATE_AFTER", 600)
TASKS = {"default": {"BACKEND": "summit.lib.task_backend.Backend", "QUEUES": []}}

# Players that may be embedded after a click; PEERTUBE_HOSTS names the instances an installation trusts.
PEERTUBE_HOSTS = env_list("PEERTUBE_HOSTS", ["peertube.tv"])
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF, "https:"],
    "frame-src": [
        "https://www.youtube-nocookie.com",
        "https://player.vimeo.com",
        *(f"https://{host}" for host in PEERTUBE_HOSTS),
    ],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
# For the whole domain only where its owner says so: other services may live beside this one.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env_bool("SECURE_HSTS_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# The prefix (RFC 6265bis 4.1.3.2) has browsers keep a cookie for this very host and for https alone: no neighbour below the
# same domain sets it. A summit's own host has its own.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (f"{'__Host-' if HTTPS else ''}{name}" for name in ("sessionid", "csrftoken"))
# For the hours of an update from a release without the prefix (docs/upgrading.md).
FORMER_COOKIES = env_bool("FORMER_COOKIES", default=False)
if FORMER_COOKIES:
    MIDDLEWARE.insert(1, "summit.former_cookies.FormerCookies")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "summit.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = TEXTS
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# Threads of each process of the web server that answer (the Procfile starts so many).
WEB_THREADS = env_int("WEB_THREADS", 4)
# How many proxies in front of us may be believed about the client's address (0: none).
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)
RATE_LIMITS = env_bool("RATE_LIMITS", default=True)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.PublicThrottle"],
    "DEFAULT_THROTTLE_RATES": {"public": "600/min"},
    "EXCEPTION_HANDLER": "api.errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Summit",
    "DESCRIPTION": "Public, read-only data of a summit: tracks, sessions, speakers, organisations, rooms and pages. "
    "Translated texts are objects with one text per language; times are ISO 8601 with offset.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "LICENSE": {"name": "Apache-2.0"},
}

# Keys in addresses and what people typed stand in no log and in no error report.
LOGGING_CONFIG = "summit.lib.logs.configure"
DEFAULT_EXCEPTION_REPORTER = "summit.lib.error_reports.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "summit.lib.error_reports.NothingTyped"
# A service that errors are sent to, past all personal data (needs the extra `sentry`).
SENTRY_DSN = env_given("SENTRY_DSN")
LOG_FORMAT = env_choice("LOG_FORMAT", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "summit.lib.log_formats.Line"}, "json": {"()": "summit.lib.log_formats.Json"}},
    # The worker sets its own loggers to INFO; what reaches the console is decided here.
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "level": env_str("LOG_LEVEL", "WARNING"),
        }
    },
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "WARNING")},
    # Django and the font libraries report every glyph; their warnings are enough.
    "loggers": {"fontTools": {"level": "ERROR"}, "weasyprint": {"level": "WARNING"}},
}
