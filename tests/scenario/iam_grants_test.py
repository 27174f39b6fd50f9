"""Whom a grant means, and what limits a session, on a real node: principals of bucket policies and of stacks' roles,
managed session policies, tags of policies, and the Query protocol over GET."""

import json
import pathlib
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.node import Node  # noqa: E402

ACCOUNT = "arn:aws:iam::000000000000"

TEMPLATE = """
Parameters:
  Note: {Type: String, Default: a}
Resources:
  Box: {Type: AWS::S3::Bucket, Properties: {BucketName: grants-box, Tags: [{Key: note, Value: !Ref Note}]}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Box
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: 'arn:aws:iam::000000000000:user/%s'}, Action: 's3:GetObject',
             Resource: 'arn:aws:s3:::grants-box/*'}
  Keeper:
    Type: AWS::IAM::Role
    Properties:
      RoleName: grants-keeper
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: 'arn:aws:iam::000000000000:user/%s'}, Action: 'sts:AssumeRole'}
      Policies:
        - PolicyName: all
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: '*', Resource: '*'}]
"""


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Grants(unittest.TestCase):
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

    def new_user(self, name):
        self.iam.create_user(UserName=name)
        return self.new_key(name)

    def new_key(self, name):
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    def drop_user(self, name, keys):
        self.iam.delete_access_key(UserName=name, AccessKeyId=keys["aws_access_key_id"])
        self.iam.delete_user(UserName=name)

    @staticmethod
    def keys_of(answer):
        found = answer["Credentials"]
        return {"aws_access_key_id": found["AccessKeyId"], "aws_secret_access_key": found["SecretAccessKey"],
                "aws_session_token": found["SessionToken"]}

    def test_who_is_made_anew_inherits_nothing(self):
        stacks = self.client("cloudformation")
        call = {"StackName": "grants", "Capabilities": ["CAPABILITY_NAMED_IAM"],
                "TemplateBody": TEMPLATE % ("heir", "heir")}
        # Nobody has that name yet.
        self.assertEqual(self.refused(stacks.create_stack, **call), "ValidationError")
        keys = self.new_user("heir")
        stacks.create_stack(**call)
        self.client("s3").put_object(Bucket="grants-box", Key="k", Body=b"x")
        assume = {"RoleArn": ACCOUNT + ":role/grants-keeper", "RoleSessionName": "night"}
        self.client("s3", keys).get_object(Bucket="grants-box", Key="k")
        self.client("sts", keys).assume_role(**assume)

        self.drop_user("heir", keys)
        keys = self.new_user("heir")
        for round_number in range(3):
            with self.subTest(round_number):
                self.assertEqual(self.refused(self.client("s3", keys).get_object, Bucket="grants-box", Key="k"),
                                 "AccessDenied")
                self.assertEqual(self.refused(self.client("sts", keys).assume_role, **assume), "AccessDenied")
            if round_number == 0:  # a deploy of something else leaves the policy as it was
                stacks.update_stack(**call, Parameters=[{"ParameterKey": "Note", "ParameterValue": "b"}])
            if round_number == 1:
                self.node.kill()
                type(self).node = Node(pathlib.Path(self.folder.name)).start()
                type(self).iam = self.client("iam")
                stacks = self.client("cloudformation")
        trusted = self.iam.get_role(RoleName="grants-keeper")["Role"]["AssumeRolePolicyDocument"]
        self.assertRegex(trusted["Statement"][0]["Principal"]["AWS"], "^AIDA[A-Z2-7]{17}$")
        # Whoever changes the policy means who is there now.
        changed = (TEMPLATE % ("heir", "heir")).replace("'s3:GetObject'", "['s3:GetObject', 's3:GetObjectTagging']")
        stacks.update_stack(**(call | {"TemplateBody": changed}))
        self.client("s3", keys).get_object(Bucket="grants-box", Key="k")
        self.assertEqual(self.refused(self.client("sts", keys).assume_role, **assume), "AccessDenied")

    def test_managed_session_policies_narrow(self):
        self.client("s3").create_bucket(Bucket="narrow")
        self.client("s3").put_object(Bucket="narrow", Key="k", Body=b"x")
        role = self.iam.create_role(RoleName="wide", AssumeRolePolicyDocument=document(
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT + ":root"}, "Action": "sts:AssumeRole"}))["Role"]
        self.iam.attach_role_policy(RoleName="wide", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        keys = self.new_user("narrower")
        self.iam.put_user_policy(UserName="narrower", PolicyName="p", PolicyDocument=document(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}))
        puts = self.iam.create_policy(PolicyName="puts", PolicyDocument=document(
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}))["Policy"]["Arn"]

        def assume(*arns, **more):
            return self.client("sts", keys).assume_role(RoleArn=role["Arn"], RoleSessionName="night",
                                                        PolicyArns=[{"arn": arn} for arn in arns], **more)

        s3 = self.client("s3", self.keys_of(assume("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")))
        s3.get_object(Bucket="narrow", Key="k")
        self.assertEqual(self.refused(s3.put_object, Bucket="narrow", Key="k", Body=b"y"), "AccessDenied")
        both = self.client("s3", self.keys_of(assume(puts, Policy=document(
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}))))
        both.get_object(Bucket="narrow", Key="k")
        both.put_object(Bucket="narrow", Key="k", Body=b"y")
        self.assertEqual(self.refused(both.list_objects_v2, Bucket="narrow"), "AccessDenied")
        # It counts as it is now; without it the session may do nothing.
        self.iam.delete_policy(PolicyArn=puts)
        self.assertEqual(self.refused(both.get_object, Bucket="narrow", Key="k"), "AccessDenied")
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            assume(puts)
        self.assertEqual(caught.exception.response["Error"]["Code"], "ValidationError")

    def test_policies_have_tags_and_roles_change(self):
        arn = self.iam.create_policy(PolicyName="tagged", Tags=[{"Key": "team", "Value": "red"}], PolicyDocument=document(
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))["Policy"]["Arn"]
        self.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "case", "Value": "7"}])
        self.assertEqual(self.iam.list_policy_tags(PolicyArn=arn)["Tags"],
                         [{"Key": "Team", "Value": "blue"}, {"Key": "case", "Value": "7"}])
        self.iam.untag_policy(PolicyArn=arn, TagKeys=["CASE"])
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["Tags"], [{"Key": "Team", "Value": "blue"}])
        self.assertEqual(self.refused(self.iam.tag_policy, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
                                      Tags=[{"Key": "a", "Value": "b"}]), "AccessDenied")
        self.assertEqual(self.refused(self.iam.list_policy_tags, PolicyArn=ACCOUNT + ":policy/none"), "NoSuchEntity")
        # The tags count for whoever may change policies by them.
        keys = self.new_user("tagger")
        self.iam.put_user_policy(UserName="tagger", PolicyName="p", PolicyDocument=document(
            {"Effect": "Allow", "Action": "iam:UntagPolicy", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/Team": "red"}}}))
        iam = self.client("iam", keys)
        self.assertEqual(self.refused(iam.untag_policy, PolicyArn=arn, TagKeys=["Team"]), "AccessDenied")
        self.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "Team", "Value": "red"}])
        iam.untag_policy(PolicyArn=arn, TagKeys=["Team"])

        self.iam.create_role(RoleName="changes", Description="old", AssumeRolePolicyDocument=document(
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT + ":root"}, "Action": "sts:AssumeRole"}))
        self.iam.update_role(RoleName="changes", MaxSessionDuration=7200)
        role = self.iam.get_role(RoleName="changes")["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"]), ("old", 7200))
        self.iam.update_role(RoleName="changes", Description="new")
        role = self.iam.get_role(RoleName="changes")["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"]), ("new", 7200))
        self.assertEqual(self.iam.update_role_description(RoleName="changes", Description="x")["Role"]["Description"],
                         "x")
        self.assertEqual(self.refused(self.iam.update_role, RoleName="none"), "NoSuchEntity")

    def ask(self, service, query, signer, method="GET"):
        """The answer's status and text; `signer` is one of botocore's."""
        url = f"http://127.0.0.1:{self.node.port}/?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        request = botocore.awsrequest.AWSRequest(method=method, url=url)
        keys = botocore.credentials.Credentials(self.root["aws_access_key_id"], self.root["aws_secret_access_key"])
        signer(keys, service, "us-east-1").add_auth(request)
        sent = urllib.request.Request(request.url, headers=dict(request.headers.items()), method=method)
        try:
            with urllib.request.urlopen(sent, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_the_query_protocol_over_get(self):
        who = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
        for signer in (botocore.auth.SigV4Auth, botocore.auth.SigV4QueryAuth):
            with self.subTest(signer.__name__):
                status, text = self.ask("sts", who, signer)
                self.assertEqual(status, 200, text)
                self.assertIn("<Arn>arn:aws:iam::000000000000:root</Arn>", text)
        status, text = self.ask("iam", {"Action": "CreateUser", "UserName": "by get", "Version": "2010-05-08"},
                                botocore.auth.SigV4Auth)
        self.assertEqual((status, "<Code>ValidationError</Code>" in text), (400, True), text)
        status, text = self.ask("iam", {"Action": "CreateUser", "UserName": "by-get", "Tags.member.1.Key": "a",
                                        "Tags.member.1.Value": "b"}, botocore.auth.SigV4Auth)
        self.assertEqual(status, 200, text)
        self.assertEqual(self.iam.list_user_tags(UserName="by-get")["Tags"], [{"Key": "a", "Value": "b"}])
        for query, code in (({"Version": "2010-05-08"}, "MissingAction"), ({"Action": "Nothing"}, "InvalidAction")):
            status, text = self.ask("iam", query, botocore.auth.SigV4Auth)
            self.assertEqual((status, f"<Code>{code}</Code>" in text), (400, True), text)
        status, text = self.ask("iam", who, botocore.auth.SigV4Auth, method="PUT")
        self.assertEqual("MethodNotAllowed" in text, True, text)


if __name__ == "__main__":
    unittest.main()
