"""The list of rooms."""

from summit.room_list import ROOMS
from summit.views.listing import ListPages

rooms = ListPages(ROOMS)
