from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.translation import gettext_lazy as _


class SummitConfig(AppConfig):
    name = "summit"
    verbose_name = _("Summit")

    def ready(self) -> None:
        from summit import checks  # noqa: F401  registering needs the app registry
        from summit.lib import columns  # noqa: F401  so does a lookup


class StaticFiles(StaticFilesConfig):
    """Of the packages for browsers only what pages load is collected: hls.js alone brings thirty megabytes of the same."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("hls.js", "hls.mjs", "hls.min.js", "hls-demo.js", "hls.light*", "hls.d.*", "hls.js.d.ts"),
        *("hls.js.map", "hls.mjs.map", "hls.min*.map", "hls-demo.js.map"),
    ]
