"""The lists of people and organisations."""

from speakers.lists import ORGANISATIONS, PEOPLE
from summit.views.listing import ListPages

people, organisations = ListPages(PEOPLE), ListPages(ORGANISATIONS)
