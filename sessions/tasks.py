"""Work the worker does for agendas."""

from django.tasks import task

from sessions import importing
from sessions.models import ImportJob


@task
def run_import(guid: str) -> None:
    job = ImportJob.objects.filter(guid=guid).select_related("summit", "by").first()
    if job is not None:
        importing.run(job)
