"""The opening address of each language: ``/ko/``, ``/en/``."""

from django.urls import path

from summit.views import entrance

urlpatterns = [path("", entrance.start, name="start-in-language")]
