"""What tests in the words of AWS's own client (boto3) share: one node for a class of tests, and clients of it. Needs
boto3, which the rest of the harness does not."""

import pathlib
import tempfile
import unittest

import boto3
import botocore.config
import botocore.exceptions

from harness.node import Node


class BotoCase(unittest.TestCase):
    arguments = []  # of the node
    verify = None  # the certificate that its clients trust

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.node = Node(pathlib.Path(cls.folder.name), cls.arguments).start()
        cls.addClassCleanup(cls.node.kill)
        keys = cls.node.credentials()
        cls.root = {"aws_access_key_id": keys.key_id, "aws_secret_access_key": keys.secret}
        cls.connect()

    @classmethod
    def connect(cls):
        """The clients of the class's own; also after each start of the node, whose port is another one then."""
        cls.iam = cls.client("iam")
        cls.s3 = cls.client("s3")

    @classmethod
    def restart(cls):
        """As after a crash, if it runs."""
        cls.node.kill()
        cls.node.start()
        cls.connect()

    @classmethod
    def client(cls, service, keys=None, **options):
        """`keys`: as boto3 names them; the root's otherwise. `options`: of botocore's Config."""
        config = botocore.config.Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, **options)
        return boto3.client(service, endpoint_url=cls.node.endpoint, region_name="us-east-1", config=config,
                            verify=cls.verify, **(keys or cls.root))

    def refused(self, code, call, **arguments):
        """The answer, which must have this error code."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    def new_key(self, user):
        key = self.iam.create_access_key(UserName=user)["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    def new_user(self, name, **more):
        self.iam.create_user(UserName=name, **more)
        return self.new_key(name)

    @staticmethod
    def keys_of(answer):
        """Of an answer of STS."""
        found = answer["Credentials"]
        return {"aws_access_key_id": found["AccessKeyId"], "aws_secret_access_key": found["SecretAccessKey"],
                "aws_session_token": found["SessionToken"]}
