"""STS as AWS's own client (boto3) speaks it, against a real node: identities, sessions, and what they may do."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.boto import BotoCase  # noqa: E402

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


class Sts(BotoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client("cloudformation").create_stack(StackName="sts", TemplateBody=TEMPLATE,
                                                  Capabilities=["CAPABILITY_NAMED_IAM"])
        for key in ("blue/a", "red/a"):
            cls.s3.put_object(Bucket="sts-logs", Key=key, Body=b"x")

    def assume(self, **more):
        return self.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/reader",
                                              RoleSessionName="case-7", **more)

    def test_who_am_i(self):
        who = self.client("sts").get_caller_identity()
        self.assertEqual((who["Account"], who["Arn"]), ("000000000000", "arn:aws:iam::000000000000:root"))
        keys = self.keys_of(self.client("sts").get_session_token(DurationSeconds=900))
        self.assertEqual(self.client("sts", keys).get_caller_identity()["Arn"], "arn:aws:iam::000000000000:root")
        self.refused("AccessDenied", self.client("sts", keys).get_session_token)

    def test_a_role_session_may_what_its_role_may(self):
        answer = self.assume(Tags=[{"Key": "team", "Value": "blue"}])
        keys = self.keys_of(answer)
        self.assertEqual(self.client("sts", keys).get_caller_identity()["Arn"],
                         "arn:aws:sts::000000000000:assumed-role/reader/case-7")
        s3 = self.client("s3", keys)
        self.assertEqual(s3.get_object(Bucket="sts-logs", Key="blue/a")["Body"].read(), b"x")
        self.refused("AccessDenied", s3.get_object, Bucket="sts-logs", Key="red/a")
        self.refused("AccessDenied", s3.put_object, Bucket="sts-logs", Key="blue/b", Body=b"")

    def test_a_session_policy_narrows(self):
        policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
        s3 = self.client("s3", self.keys_of(self.assume(Policy=policy, Tags=[{"Key": "team", "Value": "blue"}])))
        s3.get_object(Bucket="sts-logs", Key="blue/a")
        self.refused("AccessDenied", s3.list_objects_v2, Bucket="sts-logs")

    def test_a_role_may_not_deploy_what_it_may_not_make(self):
        # Not even the stack: the role has no right of CloudFormation's.
        stacks = self.client("cloudformation", self.keys_of(self.assume()))
        self.refused("AccessDenied", stacks.create_stack, StackName="mine", TemplateBody=TEMPLATE,
                     Capabilities=["CAPABILITY_NAMED_IAM"])


if __name__ == "__main__":
    unittest.main()
