"""Replaces boto3 for local runs: the S3 calls of the Glue script, on the folders of $STREAMLAKE_BUCKETS as buckets."""

import io
import os


def path_of(bucket, key=""):
    return os.path.join(os.environ["STREAMLAKE_BUCKETS"], bucket, key)


def client(service):
    if service != "s3":
        raise NotImplementedError(f'the service "{service}" is not simulated; only "s3" is')
    return _S3()


class _S3:
    def get_paginator(self, operation):
        if operation != "list_objects_v2":
            raise NotImplementedError(f'the paginator "{operation}" is not simulated; only "list_objects_v2" is')
        return self

    def paginate(self, Bucket, Prefix):
        """Yields one page with all keys of the prefix; without keys, as in S3, it has no field `Contents`."""
        root = path_of(Bucket)
        keys = []
        for folder, _, files in os.walk(os.path.join(root, os.path.dirname(Prefix))):
            for name in files:
                key = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
                if key.startswith(Prefix):
                    keys.append(key)
        yield {"Contents": [{"Key": key} for key in sorted(keys)]} if keys else {}

    def get_object(self, Bucket, Key):
        with open(path_of(Bucket, Key), "rb") as file:
            return {"Body": io.BytesIO(file.read())}

    def put_object(self, Bucket, Key, Body, ContentType):
        path = path_of(Bucket, Key)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(f"{path}.part", "wb") as file:
            file.write(Body)
        os.replace(f"{path}.part", path)
