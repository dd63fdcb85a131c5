from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SummitConfig(AppConfig):
    name = "summit"
    verbose_name = _("Summit")

    def ready(self) -> None:
        from summit import checks  # noqa: F401  registering needs the app registry
        from summit.lib import columns  # noqa: F401  so does a lookup
