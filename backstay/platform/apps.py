import importlib
import importlib.util

from django.apps import AppConfig, apps
from django.core.checks import Error, register


class PlatformConfig(AppConfig):
    name = "backstay.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read what the domains declare and what they answer to, and check it."""
        for app in apps.get_app_configs():
            for part in ("views", "pages", "reactions"):
                if app.name.startswith("backstay.domains.") and importlib.util.find_spec(
                    f"{app.name}.{part}"
                ):
                    importlib.import_module(f"{app.name}.{part}")
        register(declarations)


def declarations(app_configs: object, **_: object) -> list[Error]:
    """Django's system check of every declaration."""
    from backstay.platform.resources import check_all

    return [Error(line, id="backstay.E001") for line in check_all()]
