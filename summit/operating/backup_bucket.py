"""A backup in a bucket of an S3-compatible object storage: each part is one object, which is there whole or not at all.

The database and large files go there as they are read, a piece of :data:`PIECE` bytes in memory. The storage, its
region and its keys are those of ``S3_ENDPOINT``, ``S3_REGION``, ``S3_ACCESS_KEY`` and ``S3_SECRET_KEY``. Loaded only
where a backup lies in a bucket: boto3 takes a hundred megabytes.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from summit.buckets import configuration
from summit.operating.backup_place import BLOCK, BackupPlace
from summit.operating.manifest import BadBackup

# An object has at most ten thousand of them: 320 GB.
PIECE = 32 * 1024 * 1024
# Seconds for connecting, and for each piece of an answer; a backup has time.
CONNECTS_IN, ANSWERS_IN, TRIES = 5, 30, 3


@contextmanager
def _said() -> Iterator[None]:
    """What the storage refuses, or does not answer, is a sentence."""
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise BadBackup(f"The object storage says: {error}") from error


def _client() -> Any:
    known = settings.S3
    return boto3.client(
        "s3",
        endpoint_url=known["endpoint_url"],
        region_name=known["region_name"],
        aws_access_key_id=known["access_key"],
        aws_secret_access_key=known["secret_key"],
        config=configuration(known["endpoint_url"], CONNECTS_IN, ANSWERS_IN, TRIES),
    )


class _Stream(io.RawIOBase):
    """Chunks as a file that is read once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._rest:
            if (chunk := next(self._chunks, None)) is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(into), len(self._rest))
        into[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


class BackupBucket(BackupPlace):
    """The objects of ``bucket`` whose names begin with ``folder`` and a slash."""

    def __init__(self, bucket: str, folder: str) -> None:
        self.bucket, self.folder = bucket, folder
        with _said():
            self.client = _client()
        self._written: dict[str, int] = {}

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.folder}"

    def _key(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def make(self) -> None:
        if self.bucket in {settings.S3_PUBLIC_BUCKET, settings.S3_PRIVATE_BUCKET}:
            raise BadBackup(f"{self.bucket} holds files of this installation. Name a bucket for backups alone.")
        with _said():
            found = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self._key(""), MaxKeys=1)
        if found.get("Contents"):
            raise BadBackup(f"{self} is there already and not empty. A backup never writes over anything.")

    def remove(self) -> None:
        for name in self._written:
            with suppress(BotoCoreError, ClientError):
                self.client.delete_object(Bucket=self.bucket, Key=self._key(name))

    def _put(self, name: str, chunks: Iterable[bytes]) -> None:
        in_pieces = TransferConfig(multipart_threshold=PIECE, multipart_chunksize=PIECE, use_threads=False)
        with _said(), io.BufferedReader(_Stream(chunks), BLOCK) as stream:
            # What fails is given up by boto3, with the pieces that are there.
            self.client.upload_fileobj(stream, self.bucket, self._key(name), Config=in_pieces)
            size = self._size(name)
        if size is None:
            raise BadBackup(f"The object storage has not kept {name}.")
        self._written[name] = size

    def finish(self, name: str, content: bytes) -> None:
        with _said():
            self.client.put_object(Bucket=self.bucket, Key=self._key(name), Body=content)

    def _size(self, name: str) -> int | None:
        with _said():
            found = _head(self.client, self.bucket, self._key(name))
        return None if found is None else int(found["ContentLength"])

    def _blocks(self, name: str) -> Iterator[bytes]:
        """A connection that breaks is made anew from where it broke, as long as something comes each time."""
        at, failed = 0, 0
        while True:
            try:
                rest = {"Range": f"bytes={at}-"} if at else {}
                body = self.client.get_object(Bucket=self.bucket, Key=self._key(name), **rest)["Body"]
                with closing(body):
                    for block in body.iter_chunks(BLOCK):
                        at, failed = at + len(block), 0
                        yield block
                return
            except (BotoCoreError, ClientError) as error:
                failed += 1
                if isinstance(error, ClientError) or failed >= TRIES:
                    raise BadBackup(f"The object storage says: {error}") from error


def _head(client: Any, bucket: str, key: str) -> Any:
    """What is known of an object; None where there is none."""
    try:
        return client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise


def newest(bucket: str, folder: str, known: str) -> datetime | None:
    """When the newest whole backup ended among those below ``folder`` that are named by the time; ``known`` is the name of
    the file that says that one is whole."""
    with _said():
        client = _client()
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=f"{folder}/" if folder else "", Delimiter="/"
        )
        begun = [found["Prefix"] for page in pages for found in page.get("CommonPrefixes", ())]
        for place in sorted((each for each in begun if each.rstrip("/").endswith("Z")), reverse=True):
            if found := _head(client, bucket, f"{place}{known}"):
                return found["LastModified"]
    return None
