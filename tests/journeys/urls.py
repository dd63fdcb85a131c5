"""The product's addresses and the style guide's, which exists only where DEBUG is on."""

from django.urls import path

from summit.urls import handler400, handler403, handler404, handler500
from summit.urls import urlpatterns as products
from summit.views.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide), *products]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
