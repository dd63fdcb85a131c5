"""Tasks in the database, each with the id of the request that queued it."""

from typing import Any

from django.utils.json import normalize_json
from django_tasks_db import DatabaseBackend

from summit.lib import request_ids

KEY = "request_id"


class Backend(DatabaseBackend):
    """The id lies beside the arguments, and goes on to what the task itself queues."""

    def _task_to_db_task(self, task: Any, args: Any, kwargs: Any) -> Any:
        # imported late: backends are made before the models are there
        from django_tasks_db.models import DBTaskResult

        number = request_ids.current()
        return DBTaskResult.objects.create(
            id=self._get_id(),
            args_kwargs=normalize_json({"args": args, "kwargs": kwargs, **({KEY: number} if number else {})}),
            priority=task.priority,
            task_path=task.module_path,
            queue_name=task.queue_name,
            run_after=task.run_after,
            backend_name=self.alias,
        )


def request_of(task: Any) -> str:
    """The id of the request that queued it; "" for none."""
    return str(task.args_kwargs.get(KEY, ""))
