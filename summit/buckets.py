"""Files in buckets of an S3-compatible object storage, where ``S3_PUBLIC_BUCKET`` and ``S3_PRIVATE_BUCKET`` name some.

Loaded only then: boto3 takes a hundred megabytes of each process.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import filepath_to_uri

try:
    from botocore.config import Config
    from botocore.exceptions import ClientError
    from storages.backends.s3 import S3Storage
except ImportError as error:
    raise ImproperlyConfigured(
        "Files go to buckets, and the packages for it are not installed. Run: uv pip install boto3 django-storages"
    ) from error

# Larger files wait on the disk while they are read.
IN_MEMORY = 5 * 1024 * 1024  # bytes


class Bucket(S3Storage):
    """No name is used twice. Options: those of django-storages."""

    def __init__(self, **options: Any) -> None:
        config = Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"max_attempts": 3, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            # Checksums that only Amazon's own service knows.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(
            file_overwrite=False, default_acl=None, max_memory_size=IN_MEMORY, client_config=config, **options
        )

    def get_modified_time(self, name: str) -> datetime:
        """Raises ``FileNotFoundError`` as a folder does."""
        try:
            return super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise


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
