"""Settings for the type checker: the apps, and no database."""

SECRET_KEY = "types"
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
    "backstay.ledger",
    "backstay.platform",
    *[f"backstay.domains.{name}" for name in DOMAINS],
]
AUTH_USER_MODEL = "platform.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
