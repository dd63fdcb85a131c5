"""What an error report to operators tells of the request: where it happened and how, never what somebody typed."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from summit.lib.logs import NAMES, masked


class NothingTyped(SafeExceptionReporterFilter):
    """Of a form, an error report names the fields and tells nothing of what was filled in."""

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        if request is None or not self.is_active(request):
            return super().get_post_parameters(request)
        return dict.fromkeys(request.POST, self.cleansed_substitute)


class Report(ExceptionReporter):
    """The text of an error, as it is mailed to operators: without keys, also in the request it is about."""

    def get_traceback_text(self) -> SafeString:
        return SafeString(masked(super().get_traceback_text()))

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        if self.request is not None and self.filter.is_active(self.request):
            data["request_GET_items"] = [
                (name, self.filter.cleansed_substitute if name in NAMES else value)
                for name, value in self.request.GET.items()
            ]
            data["request_FILES_items"] = [(name, self.filter.cleansed_substitute) for name in self.request.FILES]
        return data
