"""What follows when somebody sets a second factor up or takes one away: this session has shown it, all others end.

Who is asked for one, and whether a session has shown it, is decided in :mod:`summit.permissions`.
"""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from summit.accounts import user_sessions
from summit.models import User
from summit.permissions import FACTORS, has_enrolled, has_second_factor

# allauth's pages that a session may open before it has shown the second factor its person has: those that ask for it,
# and those that lead out. All others change how the account is signed in to, and a password alone must not.
ALWAYS_OPEN = frozenset({
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_request_login_code",
    "account_confirm_login_code", "account_signup", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_login_webauthn",
})  # fmt: skip
LIBRARY = ("account_", "mfa_")
# And a page of ours: whoever has the password alone signs nobody out.
OURS = frozenset({"account:sessions"})
# The mails of the library that tell of a new factor, and of all changes of factors.
SET_UP = frozenset({"mfa/email/totp_activated", "mfa/email/webauthn_added"})
CHANGES = SET_UP | {"mfa/email/totp_deactivated", "mfa/email/webauthn_removed", "mfa/email/recovery_codes_generated"}
# Whoever follows a mailed link has an account to win back.
RESET = "account_reset_password"


def guarded(name: str) -> bool:
    """Whether a page about signing in, by the name of its address, is closed to sessions without the second factor."""
    if name in OURS:
        return True
    return name.startswith(LIBRARY) and not name.startswith(RESET) and name not in ALWAYS_OPEN


def is_owed(request: HttpRequest) -> bool:
    """Whether the person has a second factor that this session has not shown."""
    return request.user.is_authenticated and has_enrolled(request.user) and not has_second_factor(request)


def changed(request: HttpRequest, user: User, mail: str) -> None:
    """A factor was set up or taken away, or recovery codes were made anew; ``mail`` is what tells the person of it.

    Whoever sets their first factor up has just shown it; a further one says nothing that the session has not shown.
    """
    if mail in SET_UP:
        shown = any(each.get("method") == "mfa" for each in get_authentication_records(request, user))
        found = list(Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("-pk")[:2])
        if found and (shown or len(found) == 1):
            record_authentication(request, user, method="mfa", id=found[0].pk, type=found[0].type)
    user_sessions.end_others(request, user)
