from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """The label ``sessions`` belongs to django.contrib.sessions; ours is ``agenda``."""

    name = "sessions"
    label = "agenda"
    verbose_name = _("Agenda")

    def ready(self) -> None:
        # Answers belong to sessions; the list of people is of the app below, and offers what is put into it.
        from sessions.lists.sessions import CONFIRM  # only now are the models there
        from speakers.lists import PEOPLE  # likewise

        if CONFIRM not in PEOPLE.actions:
            PEOPLE.actions.insert(0, CONFIRM)
