"""The lists of rooms and of standing pages."""

from summit.lists.pages import PAGES
from summit.lists.rooms import ROOMS
from summit.views.workspace.listing import ListPages

rooms = ListPages(ROOMS)
pages = ListPages(PAGES)
