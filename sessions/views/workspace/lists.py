"""The lists of sessions, tracks and imports."""

from sessions.lists.imports import IMPORTS
from sessions.lists.sessions import SESSIONS
from sessions.lists.tracks import TRACKS
from summit.views.workspace.listing import ListPages

sessions, tracks, imports = ListPages(SESSIONS), ListPages(TRACKS), ListPages(IMPORTS)
