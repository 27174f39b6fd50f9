"""Whom a grant means, and what limits a session, on a real node: principals of bucket policies and of stacks' roles,
managed session policies, tags of policies, and the Query protocol over GET."""

import json
import pathlib
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.boto import BotoCase  # noqa: E402

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


class Grants(BotoCase):
    def drop_user(self, name, keys):
        self.iam.delete_access_key(UserName=name, AccessKeyId=keys["aws_access_key_id"])
        self.iam.delete_user(UserName=name)

    def test_who_is_made_anew_inherits_nothing(self):
        stacks = self.client("cloudformation")
        call = {"StackName": "grants", "Capabilities": ["CAPABILITY_NAMED_IAM"],
                "TemplateBody": TEMPLATE % ("heir", "heir")}
        # Nobody has that name yet.
        self.refused("ValidationError", stacks.create_stack, **call)
        keys = self.new_user("heir")
        stacks.create_stack(**call)
        self.s3.put_object(Bucket="grants-box", Key="k", Body=b"x")
        assume = {"RoleArn": ACCOUNT + ":role/grants-keeper", "RoleSessionName": "night"}
        self.client("s3", keys).get_object(Bucket="grants-box", Key="k")
        self.client("sts", keys).assume_role(**assume)

        self.drop_user("heir", keys)
        keys = self.new_user("heir")
        for round_number in range(3):
            with self.subTest(round_number):
                self.refused("AccessDenied", self.client("s3", keys).get_object, Bucket="grants-box", Key="k")
                self.refused("AccessDenied", self.client("sts", keys).assume_role, **assume)
            if round_number == 0:  # a deploy of something else leaves the policy as it was
                stacks.update_stack(**call, Parameters=[{"ParameterKey": "Note", "ParameterValue": "b"}])
            if round_number == 1:
                self.restart()
                stacks = self.client("cloudformation")
        trusted = self.iam.get_role(RoleName="grants-keeper")["Role"]["AssumeRolePolicyDocument"]
        self.assertRegex(trusted["Statement"][0]["Principal"]["AWS"], "^AIDA[A-Z2-7]{17}$")
        # Whoever changes the policy means who is there now.
        changed = (TEMPLATE % ("heir", "heir")).replace("'s3:GetObject'", "['s3:GetObject', 's3:GetObjectTagging']")
        stacks.update_stack(**(call | {"TemplateBody": changed}))
        self.client("s3", keys).get_object(Bucket="grants-box", Key="k")
        self.refused("AccessDenied", self.client("sts", keys).assume_role, **assume)

    def test_who_is_renamed_stays_who_it_is(self):
        stacks = self.client("cloudformation")
        keys = self.new_user("before", Path="/old/")
        names = {"AWS": ACCOUNT + ":user/old/before"}
        template = TEMPLATE.replace("grants-", "renamed-").replace("user/%s", "user/old/%s") % ("before", "before")
        stacks.create_stack(StackName="renamed", Capabilities=["CAPABILITY_NAMED_IAM"], TemplateBody=template)
        self.s3.put_object(Bucket="renamed-box", Key="k", Body=b"x")
        self.iam.create_role(RoleName="trusts-before", AssumeRolePolicyDocument=document(
            {"Effect": "Allow", "Principal": names, "Action": "sts:AssumeRole"}))
        self.iam.put_user_policy(UserName="before", PolicyName="own", PolicyDocument=document(
            {"Effect": "Allow", "Action": "iam:*", "Resource": ACCOUNT + ":user/new/${aws:username}"}))
        self.iam.attach_user_policy(UserName="before", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
        session = self.keys_of(self.client("sts", keys).get_session_token())
        user = self.iam.get_user(UserName="before")["User"]

        self.iam.update_user(UserName="before", NewUserName="after", NewPath="/new/")
        self.refused("NoSuchEntity", self.iam.get_user, UserName="before")
        renamed = self.iam.get_user(UserName="after")["User"]
        self.assertEqual((renamed["Arn"], renamed["UserId"], renamed["CreateDate"]),
                         (ACCOUNT + ":user/new/after", user["UserId"], user["CreateDate"]))
        for round_number in range(2):
            for held in (keys, session):
                with self.subTest((round_number, len(held))):
                    self.assertEqual(self.client("sts", held).get_caller_identity()["Arn"], renamed["Arn"])
                    self.client("s3", held).list_buckets()  # by what is attached
                    self.client("s3", held).get_object(Bucket="renamed-box", Key="k")
            self.client("iam", keys).tag_user(UserName="after", Tags=[{"Key": "round", "Value": str(round_number)}])
            for role in ("trusts-before", "renamed-keeper"):
                self.client("sts", keys).assume_role(RoleArn=f"{ACCOUNT}:role/{role}", RoleSessionName="night")
            shown = self.iam.get_role(RoleName="trusts-before")["Role"]["AssumeRolePolicyDocument"]
            self.assertEqual(shown["Statement"][0]["Principal"]["AWS"], renamed["Arn"])
            self.assertEqual(len(self.iam.list_access_keys(UserName="after")["AccessKeyMetadata"]), 1)
            self.restart()
        # Whoever comes by the old name has nothing of it.
        other = self.new_user("before", Path="/old/")
        self.refused("AccessDenied", self.client("s3", other).get_object, Bucket="renamed-box", Key="k")
        self.refused("AccessDenied", self.client("sts", other).assume_role, RoleSessionName="night",
                     RoleArn=ACCOUNT + ":role/trusts-before")
        self.refused("EntityAlreadyExists", self.iam.update_user, UserName="after", NewUserName="BEFORE")
        # As a resource it is not followed: policies that name the old ARN mean the old ARN.
        self.iam.put_user_policy(UserName="after", PolicyName="own", PolicyDocument=document(
            {"Effect": "Allow", "Action": "iam:*", "Resource": renamed["Arn"]}))
        told = self.refused("AccessDenied", self.client("iam", keys).update_user, UserName="after", NewPath="/")
        self.assertIn(f"on resource: {ACCOUNT}:user/after because no identity-based policy allows",
                      told["Error"]["Message"])

    def test_managed_session_policies_narrow(self):
        self.s3.create_bucket(Bucket="narrow")
        self.s3.put_object(Bucket="narrow", Key="k", Body=b"x")
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
        self.refused("AccessDenied", s3.put_object, Bucket="narrow", Key="k", Body=b"y")
        both = self.client("s3", self.keys_of(assume(puts, Policy=document(
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}))))
        both.get_object(Bucket="narrow", Key="k")
        both.put_object(Bucket="narrow", Key="k", Body=b"y")
        self.refused("AccessDenied", both.list_objects_v2, Bucket="narrow")
        # It counts as it is now; without it the session may do nothing.
        self.iam.delete_policy(PolicyArn=puts)
        self.refused("AccessDenied", both.get_object, Bucket="narrow", Key="k")
        self.refused("ValidationError", lambda: assume(puts))

    def test_policies_have_tags_and_roles_change(self):
        arn = self.iam.create_policy(PolicyName="tagged", Tags=[{"Key": "team", "Value": "red"}], PolicyDocument=document(
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))["Policy"]["Arn"]
        self.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "case", "Value": "7"}])
        self.assertEqual(self.iam.list_policy_tags(PolicyArn=arn)["Tags"],
                         [{"Key": "Team", "Value": "blue"}, {"Key": "case", "Value": "7"}])
        self.iam.untag_policy(PolicyArn=arn, TagKeys=["CASE"])
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["Tags"], [{"Key": "Team", "Value": "blue"}])
        self.refused("AccessDenied", self.iam.tag_policy, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
                     Tags=[{"Key": "a", "Value": "b"}])
        self.refused("NoSuchEntity", self.iam.list_policy_tags, PolicyArn=ACCOUNT + ":policy/none")
        # The tags count for whoever may change policies by them.
        keys = self.new_user("tagger")
        self.iam.put_user_policy(UserName="tagger", PolicyName="p", PolicyDocument=document(
            {"Effect": "Allow", "Action": "iam:UntagPolicy", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/Team": "red"}}}))
        iam = self.client("iam", keys)
        self.refused("AccessDenied", iam.untag_policy, PolicyArn=arn, TagKeys=["Team"])
        self.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "Team", "Value": "red"}])
        iam.untag_policy(PolicyArn=arn, TagKeys=["Team"])

        self.iam.create_role(RoleName="changes", Description="old", AssumeRolePolicyDocument=document(
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT + ":root"}, "Action": "sts:AssumeRole"}))
        self.iam.update_role(RoleName="changes", MaxSessionDuration=7200)
        role = self.iam.get_role(RoleName="changes")["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"]), ("old", 7200))
        # Without the duration its default is applied, as AWS says.
        self.iam.update_role(RoleName="changes", Description="new")
        role = self.iam.get_role(RoleName="changes")["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"]), ("new", 3600))
        self.assertEqual(self.iam.update_role_description(RoleName="changes", Description="x")["Role"]["Description"],
                         "x")
        self.refused("NoSuchEntity", self.iam.update_role, RoleName="none")

    def ask(self, service, query, signer, method="GET"):
        """The answer's status and text; `signer` is one of botocore's."""
        url = self.node.endpoint + "/?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
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
