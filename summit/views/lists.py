"""The lists of rooms and of standing pages."""

from summit.page_list import PAGES
from summit.room_list import ROOMS
from summit.views.listing import ListPages

rooms = ListPages(ROOMS)
pages = ListPages(PAGES)
