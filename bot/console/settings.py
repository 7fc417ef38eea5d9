"""Settings of the staff console. Each comes from an environment variable that is named here once, with its default."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

from bot.console import environment

ROOT = Path(__file__).parents[2]
"""The repository."""
VAR = Path(os.environ.get("VAR", "") or ROOT / "var")
"""``VAR``: folder of everything that is written at run time, the same as the guide's."""
PRODUCTION = environment.yes_or_no("CONSOLE_PRODUCTION")
"""``CONSOLE_PRODUCTION=1``: nothing works by a default that is only good enough for development."""
DEBUG = False
"""Never: Django's error pages show the values of variables, and with them what families wrote."""

SECRET_KEY = environment.secret("CONSOLE_SECRET", VAR / "console-secret", PRODUCTION)
"""``CONSOLE_SECRET``: signs sessions; made once in development."""
ALLOWED_HOSTS = environment.words("CONSOLE_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
"""``CONSOLE_HOSTS``: the names under which the console is reached, with blanks between them."""
if PRODUCTION and not environment.words("CONSOLE_HOSTS"):
    raise ImproperlyConfigured("CONSOLE_HOSTS: must be set when CONSOLE_PRODUCTION is 1, such as console.example.org")

BOT_DATABASE_URL = environment.database_url(
    "BOT_DATABASE_URL", os.environ.get("TRACKER_DB", "") or str(VAR / "conversations.db")
)
"""``BOT_DATABASE_URL``: the guide's database, only ever read; for PostgreSQL use an account that can do no more.
Not set: what the guide's own ``TRACKER_DB`` says, on the same machine."""
FEED_SECONDS = environment.number("FEED_SECONDS", 2, 0.1, 60)
"""``FEED_SECONDS``: how long the feed waits between two looks into the guide's database."""
BOT_CHECK_COMMAND = environment.command("BOT_CHECK_COMMAND", [".venv/bin/python", "-m", "tools.check_examples"])
"""``BOT_CHECK_COMMAND``: says what forbids a message as a training example. Without it nothing is exported."""
BOT_VECTORS_COMMAND = environment.command("BOT_VECTORS_COMMAND", [".venv/bin/python", "-m", "tools.sentence_vectors"])
"""``BOT_VECTORS_COMMAND``: gives the vectors by which messages without an answer are grouped; run in the repository."""
MISSING_MOST = int(environment.number("MISSING_MOST", 10_000, 100, 30_000))
"""``MISSING_MOST``: how many different messages are grouped at most, the latest; 10,000 take about 1 GiB of memory."""
MISSING_DAYS = int(environment.number("MISSING_DAYS", 90, 1, 3650))
"""``MISSING_DAYS``: how old a message may be to be grouped."""
EXPORTS = VAR / "exports"
"""Where exported training examples are written."""

DATABASES: dict[str, dict[str, Any]] = {
    "default": environment.database(environment.database_url("CONSOLE_DATABASE_URL", str(VAR / "console.db")))
}
"""``CONSOLE_DATABASE_URL``: the console's own database; SQLite in ``var`` by default."""
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR.mkdir(parents=True, exist_ok=True)
    os.umask(0o077)  # what families wrote is for the console's own account alone
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,  # seconds that a writer waits for another
        "transaction_mode": "IMMEDIATE",
        # Deleted rows are overwritten: what a family erased must not stay readable in the file's free space.
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON",
    }
else:
    # A database that is gone without a word is noticed within seconds.
    patience = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 10}
    DATABASES["default"]["OPTIONS"] = {**patience, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "bot.console.conversations",
    "bot.console.feed",
    "bot.console.learning",
    "bot.console.overview",
    "bot.console.accounts",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "bot.console.accounts.middleware.SessionTimeout",
    "bot.console.accounts.middleware.NobodyByDefault",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bot.console.urls"
WSGI_APPLICATION = "bot.console.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bot.console.navigation.context",
                "bot.console.accounts.idle.context",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL = "accounts:login", "home"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
"""Seconds that a link to choose a password works."""
OTP_TOTP_ISSUER = "TSC kidney guide"
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 5, timedelta(minutes=15)
# By name only: behind a proxy all come from one address, and whoever tries many names still lacks the second factor.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = AXES_VERBOSE = False

LANGUAGE_CODE = "en-au"
USE_TZ = True
TIME_ZONE = os.environ.get("CONSOLE_TIME_ZONE", "") or "UTC"
"""``CONSOLE_TIME_ZONE``: in which times are shown, such as Australia/Perth."""
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured("CONSOLE_TIME_ZONE: write a name of the time zone database, such as Australia/Perth")

STATIC_URL = "static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
STATIC_ROOT = VAR / "console-static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
"""In development the files are served from where they stand, without a step that gathers them."""

SESSION_COOKIE_AGE = 8 * 60 * 60
"""Seconds after which everyone signs in again, however busy."""
CONSOLE_IDLE_MINUTES = environment.number("CONSOLE_IDLE_MINUTES", 30, 1, 480)
"""``CONSOLE_IDLE_MINUTES``: after so long without a sign of life someone is signed out; they are warned before."""
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Lax, not Strict: a link in a mail has to find the person signed in. All writes are POST, which neither sends.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# Not no-referrer: with it browsers send "Origin: null" with our own forms, and Django refuses them over TLS.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = ["^health$"]
if PRODUCTION:
    # Browsers take these names only over TLS and only from this very host.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    # TLS ends at the proxy in front, which must set this header itself and drop a client's.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # Preloading binds the charity's whole domain for years; that is its own decision, not the console's.
    "axes.W006",  # Lockout by name only, see above.
]

CONSOLE_URL = environment.web_address("CONSOLE_URL")
"""``CONSOLE_URL``: where staff reach the console, for the links in mails."""
CONSOLE_ALERT_TO = environment.words("CONSOLE_ALERT_TO")
"""``CONSOLE_ALERT_TO``: who gets a mail about each urgent conversation; addresses with blanks between them."""
globals().update(environment.mail("CONSOLE_MAIL_URL"))
"""``CONSOLE_MAIL_URL``: the mail server; not set, mails are printed and not sent."""
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("CONSOLE_MAIL_FROM", "") or "console@localhost"
"""``CONSOLE_MAIL_FROM``: the sender of these mails."""
CONSOLE_RETENTION_DAYS = environment.number("CONSOLE_RETENTION_DAYS", 90, 1, 3650)
"""``CONSOLE_RETENTION_DAYS``: a conversation is deleted here when its last message is older; the guide has its own setting."""
CONSOLE_LOG_DAYS = environment.number("CONSOLE_LOG_DAYS", 365, 1, 3650)
"""``CONSOLE_LOG_DAYS``: the same for the log of who saw and changed what, and for the lists of exports and erasures."""
GUIDE_PYTHON = ROOT / ".venv" / "bin" / "python"
BOT_ERASE_COMMAND = environment.command("BOT_ERASE_COMMAND", [str(GUIDE_PYTHON), "-W", "ignore", "-m", "tools.erase", "-"])
"""``BOT_ERASE_COMMAND``: erases the conversation whose id stands on its standard input from the guide's own database."""
BOT_KNOWLEDGE_COMMAND = environment.command(
    "BOT_KNOWLEDGE_COMMAND", [str(GUIDE_PYTHON), "-W", "ignore", "-m", "tools.knowledge"]
)
"""``BOT_KNOWLEDGE_COMMAND``: the same as ``./bot-knowledge``; tells the state of the texts and prints review sheets."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "bot.console.logs.WithoutValues", "format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's own handlers would send mails with the values of variables.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}, "axes": {"level": "WARNING"}},
}
