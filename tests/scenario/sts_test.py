"""STS as AWS's own client (boto3) speaks it, against a real node: identities, sessions, and what they may do."""

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

TEMPLATE = """
Resources:
  Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: sts-logs}}
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}
            Action: [sts:AssumeRole, sts:TagSession]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: 's3:ListBucket', Resource: !GetAtt Logs.Arn}
              - {Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Logs.Arn}/${!aws:PrincipalTag/team}/*'}
"""


class Sts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()
        keys = cls.node.credentials()
        cls.root = {"aws_access_key_id": keys.key_id, "aws_secret_access_key": keys.secret}
        cls.client("cloudformation").create_stack(StackName="sts", TemplateBody=TEMPLATE,
                                                  Capabilities=["CAPABILITY_NAMED_IAM"])
        s3 = cls.client("s3")
        for key in ("blue/a", "red/a"):
            s3.put_object(Bucket="sts-logs", Key=key, Body=b"x")

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.folder.cleanup()

    @classmethod
    def client(cls, service, keys=None):
        config = botocore.config.Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{cls.node.port}", region_name="us-east-1",
                            config=config, **(keys or cls.root))

    @staticmethod
    def keys_of(answer):
        found = answer["Credentials"]
        return {"aws_access_key_id": found["AccessKeyId"], "aws_secret_access_key": found["SecretAccessKey"],
                "aws_session_token": found["SessionToken"]}

    def refused(self, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        return caught.exception.response["Error"]["Code"]

    def assume(self, **more):
        return self.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/reader",
                                              RoleSessionName="case-7", **more)

    def test_who_am_i(self):
        who = self.client("sts").get_caller_identity()
        self.assertEqual((who["Account"], who["Arn"]), ("000000000000", "arn:aws:iam::000000000000:root"))
        keys = self.keys_of(self.client("sts").get_session_token(DurationSeconds=900))
        self.assertEqual(self.client("sts", keys).get_caller_identity()["Arn"], "arn:aws:iam::000000000000:root")
        self.assertEqual(self.refused(self.client("sts", keys).get_session_token), "AccessDenied")

    def test_a_role_session_may_what_its_role_may(self):
        answer = self.assume(Tags=[{"Key": "team", "Value": "blue"}])
        keys = self.keys_of(answer)
        self.assertEqual(self.client("sts", keys).get_caller_identity()["Arn"],
                         "arn:aws:sts::000000000000:assumed-role/reader/case-7")
        s3 = self.client("s3", keys)
        self.assertEqual(s3.get_object(Bucket="sts-logs", Key="blue/a")["Body"].read(), b"x")
        self.assertEqual(self.refused(s3.get_object, Bucket="sts-logs", Key="red/a"), "AccessDenied")
        self.assertEqual(self.refused(s3.put_object, Bucket="sts-logs", Key="blue/b", Body=b""), "AccessDenied")

    def test_a_session_policy_narrows(self):
        policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
        s3 = self.client("s3", self.keys_of(self.assume(Policy=policy, Tags=[{"Key": "team", "Value": "blue"}])))
        s3.get_object(Bucket="sts-logs", Key="blue/a")
        self.assertEqual(self.refused(s3.list_objects_v2, Bucket="sts-logs"), "AccessDenied")

    def test_a_role_may_not_deploy_what_it_may_not_make(self):
        # Not even the stack: the role has no right of CloudFormation's.
        stacks = self.client("cloudformation", self.keys_of(self.assume()))
        self.assertEqual(self.refused(stacks.create_stack, StackName="mine", TemplateBody=TEMPLATE,
                                      Capabilities=["CAPABILITY_NAMED_IAM"]), "AccessDenied")


if __name__ == "__main__":
    unittest.main()
