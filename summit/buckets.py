"""Files in buckets of an S3-compatible object storage, where ``S3_PUBLIC_BUCKET`` and ``S3_PRIVATE_BUCKET`` name some.

Loaded only then: boto3 takes a hundred megabytes of each process.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import filepath_to_uri
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib.circuit_breaker import RESTS_FOR, CircuitBreaker

try:
    from boto3.exceptions import Boto3Error
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from storages.backends.s3 import S3Storage
except ImportError as error:
    raise ImproperlyConfigured(
        "Files go to buckets, and the packages for it are not installed. "
        "Run: uv pip install --no-deps --require-hashes -r requirements-s3.txt"
    ) from error

# Larger files wait on the disk while they are read.
IN_MEMORY = 5 * 1024 * 1024  # bytes
# Seconds for connecting, and for each piece of an answer.
CONNECTS_IN, ANSWERS_IN, TRIES = 2, 5, 2


class StorageAway(Refusal):
    code = "storage_away"
    status = 503
    message: Any = _("Files cannot be read or kept just now. Wait a little, then try again.")


_breaker = CircuitBreaker("The object storage", ANSWERS_IN)


def _asks[**P, R](method: Callable[P, R]) -> Callable[P, R]:
    """The method asks the object storage: where that does not answer, :class:`StorageAway` is raised, at once for a
    while after that."""

    @wraps(method)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _breaker.admits():
            raise StorageAway(retry_after=int(RESTS_FOR))
        try:
            found = method(*args, **kwargs)
        except (BotoCoreError, Boto3Error, ClientError) as error:
            if isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                _breaker.answered(0)
                raise
            _breaker.failed(error)
            raise StorageAway(retry_after=int(RESTS_FOR)) from error
        except FileNotFoundError:
            _breaker.answered(0)
            raise
        # How long it takes depends on the file.
        _breaker.answered(0)
        return found

    return inner


def configuration(endpoint: str | None, connects_in: float, answers_in: float, tries: int) -> Config:
    """Of clients of the storage at this address (None: Amazon's own); seconds."""
    return Config(
        connect_timeout=connects_in,
        read_timeout=answers_in,
        retries={"total_max_attempts": tries, "mode": "standard"},
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint else "auto"},
        # Checksums that only Amazon's own service knows.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


class Bucket(S3Storage):
    """No name is used twice. Options: those of django-storages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            file_overwrite=False,
            default_acl=None,
            max_memory_size=IN_MEMORY,
            client_config=configuration(options.get("endpoint_url"), CONNECTS_IN, ANSWERS_IN, TRIES),
            transfer_config=TransferConfig(use_threads=False, num_download_attempts=TRIES),
            **options,
        )

    exists, size, delete, listdir = (
        _asks(method) for method in (S3Storage.exists, S3Storage.size, S3Storage.delete, S3Storage.listdir)
    )

    @_asks
    def _save(self, name: str, content: Any) -> str:
        return cast("str", super()._save(name, content))

    @_asks
    def _open(self, name: str, mode: str = "rb") -> Any:
        """The whole file is there before anything is given out."""
        file = super()._open(name, mode)
        try:
            return file.open()
        except BaseException:
            # With the file on this disk that it was to be fetched into.
            file.close()
            raise

    @_asks
    def get_modified_time(self, name: str) -> datetime:
        """Raises ``FileNotFoundError`` as a folder does."""
        try:
            return cast("datetime", super().get_modified_time(name))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise

    @_asks
    def make(self) -> bool:
        """Whether there was none, and it was made; one we may not look at is left alone."""
        client = self.connection.meta.client
        try:
            client.head_bucket(Bucket=self.bucket_name)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status >= 500:
                raise
            if status != 404:
                return False
            # Amazon's first region must not be named, every other one must.
            elsewhere = self.region_name and self.region_name != "us-east-1" and not self.endpoint_url
            where = {"CreateBucketConfiguration": {"LocationConstraint": self.region_name}} if elsewhere else {}
            client.create_bucket(Bucket=self.bucket_name, **where)
            return True
        return False


class PublicBucket(Bucket):
    """What everybody may read. It is read through ``/media/``: addresses are the same wherever the files lie."""

    def url(self, name: str, *_args: Any, **_kwargs: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))


class PrivateBucket(Bucket):
    """What is given out only to whom a view has let in."""

    def signed_url(self, name: str, *, content_type: str, disposition: str, seconds: int) -> str:
        """An address by which anybody may read this one file for so long, with these headers."""
        headers = {
            "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": "private, no-store",
        }
        return self.url(name, parameters=headers, expire=seconds)
