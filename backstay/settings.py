"""Django settings. What a company decides is in its own settings; what the machine decides comes from the
environment (``BACKSTAY_HOME``, ``DATABASE_URL``, ``BACKSTAY_*``) and the secrets file of the data folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from backstay.platform import database, plugins, secrets

BACKSTAY_HOME = database.home()
SECRET_KEY = secrets.get("django_secret_key")
DEBUG = os.environ.get("BACKSTAY_DEBUG") == "1"
LOCAL = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*LOCAL, *(h.strip() for h in os.environ.get("BACKSTAY_HOSTS", "").split(",") if h.strip())]
DATABASES = database.django_databases()
DATABASE_ROUTERS: list[str] = []

DOMAINS = [
    "parties",
    "catalog",
    "accounting",
    "tax",
    "inventory",
    "invoicing",
    "purchasing",
    "sales",
    "banking",
    "projects",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "backstay.ledger",
    "backstay.platform",
    *[f"backstay.domains.{name}" for name in DOMAINS],
    *plugins.apps(),
    "backstay.interfaces.web",  # before the library of sign-in: its pages are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
]
AUTH_USER_MODEL = "platform.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "backstay.interfaces.signing.words.OwnWords"},
    {"NAME": "backstay.interfaces.signing.breaches.Breached"},  # asks nobody unless BACKSTAY_BREACHES says so
]
MIDDLEWARE = [
    "backstay.interfaces.web.middleware.Proxy",
    "django.middleware.security.SecurityMiddleware",
    "backstay.interfaces.web.middleware.Compressed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backstay.interfaces.web.middleware.SecurityHeaders",
    "allauth.account.middleware.AccountMiddleware",
    "backstay.interfaces.web.middleware.SignedIn",
    "backstay.interfaces.web.middleware.Company",
    "backstay.interfaces.web.confirming.Confirmed",
]
ROOT_URLCONF = "backstay.interfaces.web.urls"
WSGI_APPLICATION = "backstay.interfaces.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# A document of 5,000 lines goes in one form (web.lines refuses more).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 60_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20


def _fingerprint() -> str:
    """Twelve characters that change with any static file."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "interfaces" / "web" / "static").rglob("*.*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


# Served from the package: nothing to collect. The address holds a fingerprint of all files, so a browser keeps each for
# good and asks again only after an update; what files say of one another is relative and needs no rewriting.
STATIC_URL = f"/static/{_fingerprint()}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = "^.*$"
# Sign-in (docs/adr, "sign-in"): django-allauth, by invitation only, with tries counted by us (signing/guard.py).
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "backstay.interfaces.signing.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "backstay.interfaces.signing.forms.SignIn",
    "reset_password": "backstay.interfaces.signing.forms.Forgotten",
    "reset_password_from_key": "backstay.interfaces.signing.forms.NewPassword",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
PASSWORD_RESET_TIMEOUT = 3600
MFA_ADAPTER = "backstay.interfaces.signing.adapter.SecondFactors"
MFA_FORMS = {
    "authenticate": "backstay.interfaces.signing.forms.Code",
    "activate_totp": "backstay.interfaces.signing.forms.SetUpApp",
    "authenticate_webauthn": "backstay.interfaces.signing.forms.PasskeyAsSecond",
    "login_webauthn": "backstay.interfaces.signing.forms.PasskeyAlone",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are those people were invited by
MFA_RATE_LIMITS = False
MFA_TOTP_ISSUER = "Backstay"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 30 * 86400

# `up` says whether people come by TLS: its own, or that of a proxy it was told to trust.
SECURE = os.environ.get("BACKSTAY_SECURE") == "1"
PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_AGE = 7 * 86400
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = f"{PREFIX}backstay_session"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = f"{PREFIX}backstay_csrf"
MFA_TRUST_COOKIE_NAME = f"{PREFIX}backstay_trust"
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SECURE_SSL_REDIRECT = SECURE  # whoever comes around the proxy, or it by plain HTTP, gets nothing else
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).resolve().parent / "locale"]
LANGUAGE_COOKIE_NAME = "backstay_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Mail leaves by SMTP where a host is named; otherwise it is written to files in the data folder.
EMAIL_HOST = os.environ.get("BACKSTAY_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("BACKSTAY_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("BACKSTAY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BACKSTAY_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("BACKSTAY_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = os.environ.get("BACKSTAY_MAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = BACKSTAY_HOME / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("BACKSTAY_MAIL_FROM", "backstay@localhost")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

from backstay.platform.logs import LOGGING  # noqa: E402, F401
