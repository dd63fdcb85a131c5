"""The lists of sessions and tracks."""

from sessions.lists import SESSIONS, TRACKS
from summit.views.workspace.listing import ListPages

sessions, tracks = ListPages(SESSIONS), ListPages(TRACKS)
