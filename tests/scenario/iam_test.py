"""IAM as AWS's own client (boto3) speaks it, against a real node: who is made, what they may do, and from when on."""

import json
import pathlib
import sys
import tempfile
import unittest

import boto3
import botocore.config
import botocore.exceptions

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.node import Node  # noqa: E402

ACCOUNT = "arn:aws:iam::000000000000"


class IamCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()
        keys = cls.node.credentials()
        cls.root = {"aws_access_key_id": keys.key_id, "aws_secret_access_key": keys.secret}
        cls.iam = cls.client("iam")

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.folder.cleanup()

    @classmethod
    def client(cls, service, keys=None):
        config = botocore.config.Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{cls.node.port}", region_name="us-east-1",
                            config=config, **(keys or cls.root))

    def refused(self, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        return caught.exception.response["Error"]["Code"]

    def new_key(self, user):
        key = self.iam.create_access_key(UserName=user)["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


class Users(IamCase):
    def test_a_user_lives(self):
        made = self.iam.create_user(UserName="ada", Path="/soc/", Tags=[{"Key": "team", "Value": "blue"}])["User"]
        self.assertEqual(made["Arn"], ACCOUNT + ":user/soc/ada")
        self.assertRegex(made["UserId"], "^AIDA[A-Z2-7]{17}$")
        found = self.iam.get_user(UserName="ada")["User"]
        self.assertEqual((found["UserId"], found["Tags"]), (made["UserId"], [{"Key": "team", "Value": "blue"}]))
        self.assertEqual(found["CreateDate"], made["CreateDate"])
        self.assertEqual(self.refused(self.iam.create_user, UserName="ADA"), "EntityAlreadyExists")
        names = [user["UserName"] for user in self.iam.list_users(PathPrefix="/soc/")["Users"]]
        self.assertEqual(names, ["ada"])
        self.iam.delete_user(UserName="ada")
        self.assertEqual(self.refused(self.iam.get_user, UserName="ada"), "NoSuchEntity")

    def test_lists_come_in_pages(self):
        for number in range(7):
            self.iam.create_user(UserName=f"page-{number}", Path="/pages/")
        pages = list(self.iam.get_paginator("list_users").paginate(PathPrefix="/pages/",
                                                                   PaginationConfig={"PageSize": 3}))
        self.assertEqual([len(page["Users"]) for page in pages], [3, 3, 1])
        names = [user["UserName"] for page in pages for user in page["Users"]]
        self.assertEqual(names, [f"page-{number}" for number in range(7)])
        self.assertEqual(self.refused(self.iam.list_users, Marker="junk"), "ValidationError")

    def test_a_key_counts_at_once_and_until_it_is_gone(self):
        self.iam.create_user(UserName="kim")
        keys = self.new_key("kim")
        who = self.client("sts", keys).get_caller_identity()
        self.assertEqual(who["Arn"], ACCOUNT + ":user/kim")
        self.assertEqual(self.refused(self.client("s3", keys).list_buckets), "AccessDenied")
        self.assertEqual(self.refused(self.client("iam", keys).get_user), "AccessDenied")
        second = self.new_key("kim")
        self.assertEqual(self.refused(self.iam.create_access_key, UserName="kim"), "LimitExceeded")
        self.assertEqual(self.refused(self.iam.delete_user, UserName="kim"), "DeleteConflict")

        self.iam.update_access_key(UserName="kim", AccessKeyId=keys["aws_access_key_id"], Status="Inactive")
        self.assertEqual(self.refused(self.client("sts", keys).get_caller_identity), "InvalidClientTokenId")
        listed = self.iam.list_access_keys(UserName="kim")["AccessKeyMetadata"]
        self.assertEqual({key["AccessKeyId"]: key["Status"] for key in listed},
                         {keys["aws_access_key_id"]: "Inactive", second["aws_access_key_id"]: "Active"})
        self.iam.update_access_key(UserName="kim", AccessKeyId=keys["aws_access_key_id"], Status="Active")
        self.client("sts", keys).get_caller_identity()

        for each in (keys, second):
            self.iam.delete_access_key(UserName="kim", AccessKeyId=each["aws_access_key_id"])
            self.assertEqual(self.refused(self.client("sts", each).get_caller_identity), "InvalidClientTokenId")
            self.assertEqual(self.refused(self.client("s3", each).list_buckets), "InvalidAccessKeyId")
        self.iam.delete_user(UserName="kim")

    def test_what_was_answered_survives_a_crash(self):
        self.iam.create_user(UserName="durable")
        keys = self.new_key("durable")
        gone = self.new_key("durable")
        self.iam.delete_access_key(UserName="durable", AccessKeyId=gone["aws_access_key_id"])
        self.node.kill()
        type(self).node = Node(pathlib.Path(self.folder.name)).start()
        type(self).iam = self.client("iam")
        self.assertEqual(self.client("sts", keys).get_caller_identity()["Arn"], ACCOUNT + ":user/durable")
        self.assertEqual(self.refused(self.client("sts", gone).get_caller_identity), "InvalidClientTokenId")
        self.assertNotIn(keys["aws_secret_access_key"].encode(),
                         b"".join(path.read_bytes() for path in self.node.data.rglob("*") if path.is_file()))

    def test_a_session_does_not_outlive_its_user(self):
        self.iam.create_user(UserName="brief")
        keys = self.new_key("brief")
        session = self.client("sts", keys).get_session_token()["Credentials"]
        of_session = {"aws_access_key_id": session["AccessKeyId"], "aws_session_token": session["SessionToken"],
                      "aws_secret_access_key": session["SecretAccessKey"]}
        self.iam.delete_access_key(UserName="brief", AccessKeyId=keys["aws_access_key_id"])
        self.iam.delete_user(UserName="brief")
        self.iam.create_user(UserName="brief")  # somebody else
        self.assertEqual(self.refused(self.client("iam", of_session).get_user), "AccessDenied")

    def test_the_root_turns_its_own_key_over(self):
        self.assertEqual(self.iam.get_user()["User"]["Arn"], ACCOUNT + ":root")
        new = self.iam.create_access_key()["AccessKey"]
        keys = {"aws_access_key_id": new["AccessKeyId"], "aws_secret_access_key": new["SecretAccessKey"]}
        self.assertEqual(len(self.client("iam", keys).list_access_keys()["AccessKeyMetadata"]), 2)
        self.iam.delete_access_key(AccessKeyId=new["AccessKeyId"])

    def test_what_makes_no_sense_is_refused(self):
        for arguments in ({"UserName": "with space"}, {"UserName": "x" * 65}, {"UserName": "sl/ash"},
                          {"UserName": "ok", "Path": "no-slash/"}, {"UserName": "ok", "Path": "/a b/"}):
            with self.subTest(arguments):
                self.assertEqual(self.refused(self.iam.create_user, **arguments), "ValidationError")
        for tags in ([{"Key": "aws:x", "Value": ""}], [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]):
            self.assertEqual(self.refused(self.iam.create_user, UserName="ok", Tags=tags), "InvalidInput")


if __name__ == "__main__":
    unittest.main()
