"""The worker of a summit as an app, without a language in front: one for all of them."""

from django.urls import path

from summit.views import app

urlpatterns = [path("worker.js", app.worker, name="worker")]
