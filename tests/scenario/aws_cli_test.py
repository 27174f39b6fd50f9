"""Debian's AWS CLI against a real node, as somebody types it: users, roles, policies, sessions, objects, stacks."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.node import Node, clean_environment  # noqa: E402

AWS = "/usr/bin/aws"  # Debian's, whatever else is called aws on this machine
ARN = "arn:aws:iam::000000000000:"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Name: {Type: String}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
Outputs:
  Where: {Value: !GetAtt Bucket.Arn}
"""


def document(*statements) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


class AwsCli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()
        keys = cls.node.credentials()
        cls.root = (keys.key_id, keys.secret, None)

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.folder.cleanup()

    def run_aws(self, *command, keys=None):
        key_id, secret, token = keys or self.root
        environment = clean_environment() | {
            "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "",
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        if token:
            environment["AWS_SESSION_TOKEN"] = token
        return subprocess.run([AWS, "--endpoint-url", self.node.endpoint, "--output", "json", *command],
                              capture_output=True, text=True, env=environment, timeout=60, check=False)

    def aws(self, *command, keys=None):
        """What it answers, read; it must succeed."""
        ran = self.run_aws(*command, keys=keys)
        self.assertEqual(ran.returncode, 0, f"aws {' '.join(command)}\n{ran.stdout}{ran.stderr}")
        return json.loads(ran.stdout) if ran.stdout.lstrip().startswith("{") else ran.stdout

    def refused(self, code, *command, keys=None):
        ran = self.run_aws(*command, keys=keys)
        self.assertNotEqual(ran.returncode, 0, ran.stdout)
        self.assertIn(f"({code})", ran.stderr)
        return ran.stderr

    def file(self, name, text) -> str:
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text)
        return str(path)

    def make_user(self, name):
        self.aws("iam", "create-user", "--user-name", name)
        key = self.aws("iam", "create-access-key", "--user-name", name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"], None

    def test_a_user_may_what_its_policies_say(self):
        ada = self.make_user("ada")
        self.aws("s3", "mb", "s3://ada-logs")
        who = self.aws("sts", "get-caller-identity", keys=ada)
        self.assertEqual(who["Arn"], ARN + "user/ada")
        body = self.file("body.txt", "one line\n")
        put = ("s3api", "put-object", "--bucket", "ada-logs", "--key", "a.txt", "--body", body)
        told = self.refused("AccessDenied", *put, keys=ada)
        self.assertIn("is not authorized to perform: s3:PutObject", told)
        policy = self.aws("iam", "create-policy", "--policy-name", "put", "--policy-document",
                          document(allow("s3:PutObject", "arn:aws:s3:::ada-logs/*")))["Policy"]
        self.aws("iam", "attach-user-policy", "--user-name", "ada", "--policy-arn", policy["Arn"])
        self.aws(*put, keys=ada)
        attached = self.aws("iam", "list-attached-user-policies", "--user-name", "ada")["AttachedPolicies"]
        self.assertEqual([each["PolicyName"] for each in attached], ["put"])
        self.aws("iam", "put-user-permissions-boundary", "--user-name", "ada", "--permissions-boundary",
                 "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
        self.refused("AccessDenied", *put, keys=ada)
        self.aws("iam", "delete-user-permissions-boundary", "--user-name", "ada")
        self.aws(*put, keys=ada)
        self.aws("iam", "update-access-key", "--user-name", "ada", "--access-key-id", ada[0], "--status", "Inactive")
        self.assertNotEqual(self.run_aws(*put, keys=ada).returncode, 0)
        self.refused("DeleteConflict", "iam", "delete-user", "--user-name", "ada")
        self.aws("iam", "detach-user-policy", "--user-name", "ada", "--policy-arn", policy["Arn"])
        self.aws("iam", "delete-access-key", "--user-name", "ada", "--access-key-id", ada[0])
        self.aws("iam", "delete-user", "--user-name", "ada")
        self.refused("NoSuchEntity", "iam", "get-user", "--user-name", "ada")

    def test_a_role_is_assumed_with_a_session_policy(self):
        eve = self.make_user("eve")
        self.aws("s3", "mb", "s3://role-logs")
        trust = document({"Effect": "Allow", "Principal": {"AWS": ARN + "user/eve"}, "Action": "sts:AssumeRole"})
        self.aws("iam", "create-role", "--role-name", "reader", "--assume-role-policy-document", trust,
                 "--tags", "Key=team,Value=blue")
        self.aws("iam", "put-role-policy", "--role-name", "reader", "--policy-name", "all", "--policy-document",
                 document(allow("s3:*", "*")))
        assume = ("sts", "assume-role", "--role-arn", ARN + "role/reader", "--role-session-name", "case-7")
        whole = self.session(self.aws(*assume, keys=eve))
        self.aws("s3api", "list-objects-v2", "--bucket", "role-logs", keys=whole)
        narrow = self.session(self.aws(*assume, "--policy", document(allow("s3:GetObject", "*")), keys=eve))
        self.refused("AccessDenied", "s3api", "list-objects-v2", "--bucket", "role-logs", keys=narrow)
        self.aws("iam", "update-assume-role-policy", "--role-name", "reader", "--policy-document",
                 document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}))
        self.refused("AccessDenied", *assume, keys=eve)

    @staticmethod
    def session(answer):
        keys = answer["Credentials"]
        return keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]

    def test_simulations_and_bad_policies(self):
        self.aws("iam", "create-role", "--role-name", "sim", "--assume-role-policy-document",
                 document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                           "Action": "sts:AssumeRole"}))
        self.aws("iam", "put-role-policy", "--role-name", "sim", "--policy-name", "p", "--policy-document",
                 document(allow("s3:GetObject", "arn:aws:s3:::b/*")))
        found = self.aws("iam", "simulate-principal-policy", "--policy-source-arn", ARN + "role/sim", "--action-names",
                         "s3:GetObject", "s3:PutObject", "--resource-arns", "arn:aws:s3:::b/k")["EvaluationResults"]
        self.assertEqual([each["EvalDecision"] for each in found], ["allowed", "implicitDeny"])
        told = self.refused("MalformedPolicyDocument", "iam", "put-role-policy", "--role-name", "sim", "--policy-name",
                            "bad", "--policy-document", document({"Effect": "Alow", "Action": "s3:*", "Resource": "*"}))
        self.assertIn("Effect", told)

    def test_files_go_up_and_come_back(self):
        source = pathlib.Path(self.folder.name) / "logs"
        (source / "deep").mkdir(parents=True)
        (source / "small.txt").write_text("small\n")
        (source / "deep" / "large.bin").write_bytes(os.urandom(20 * 1024 * 1024))  # in parts
        self.aws("s3", "mb", "s3://copies")
        self.aws("s3", "sync", str(source), "s3://copies/in")
        self.assertIn("large.bin", self.aws("s3", "ls", "--recursive", "s3://copies"))
        back = pathlib.Path(self.folder.name) / "back"
        self.aws("s3", "sync", "s3://copies/in", str(back))
        for name in ("small.txt", "deep/large.bin"):
            self.assertEqual((back / name).read_bytes(), (source / name).read_bytes(), name)
        self.aws("s3", "rb", "--force", "s3://copies")
        self.refused("404", "s3api", "head-bucket", "--bucket", "copies")

    def test_a_stack_is_deployed_and_removed(self):
        template = self.file("template.yaml", TEMPLATE)
        deploy = ("cloudformation", "deploy", "--stack-name", "cli", "--template-file", template,
                  "--parameter-overrides", "Name=from-the-cli", "--capabilities", "CAPABILITY_IAM")
        self.aws(*deploy)
        stack = self.aws("cloudformation", "describe-stacks", "--stack-name", "cli")["Stacks"][0]
        self.assertEqual(stack["Outputs"][0]["OutputValue"], "arn:aws:s3:::from-the-cli")
        self.assertIn("No changes to deploy", self.run_aws(*deploy).stdout + self.run_aws(*deploy).stderr)
        self.aws("cloudformation", "delete-stack", "--stack-name", "cli")
        self.refused("ValidationError", "cloudformation", "describe-stacks", "--stack-name", "cli")


if __name__ == "__main__":
    unittest.main()
