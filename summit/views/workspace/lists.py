"""The lists of rooms, of standing pages and of all changes."""

from summit.lists.audit import HISTORY
from summit.lists.pages import PAGES
from summit.lists.rooms import ROOMS
from summit.views.workspace.listing import ListPages

rooms = ListPages(ROOMS)
pages = ListPages(PAGES)
history = ListPages(HISTORY)
