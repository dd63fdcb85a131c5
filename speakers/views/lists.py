"""The lists of people and organisations."""

from speakers.lists import ORGANISATIONS, PEOPLE
from summit.views.workspace.listing import ListPages

people, organisations = ListPages(PEOPLE), ListPages(ORGANISATIONS)
