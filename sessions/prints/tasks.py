"""Work the worker does for prints."""

from typing import Any

from django.tasks import task

from sessions.prints import kept
from sessions.prints.orders import Order
from summit.models import Summit


@task(priority=-10)
def draw_print(summit: str, order: dict[str, Any], stamp: str) -> bool:
    """Draw one document under the name it was asked for; False where there is nothing left to show."""
    found = Summit.objects.filter(code=summit).first()
    if found is None:
        return False
    try:
        kept.draw(found, Order.restored(order), stamp)
    except LookupError:
        return False
    return True
