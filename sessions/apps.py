from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """The label ``sessions`` belongs to django.contrib.sessions; ours is ``agenda``."""

    name = "sessions"
    label = "agenda"
    verbose_name = _("Agenda")
