"""IAM as AWS's own client (boto3) speaks it, against a real node: who is made, what they may do, and from when on."""

import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.boto import BotoCase  # noqa: E402
from harness.node import program  # noqa: E402

ACCOUNT = "arn:aws:iam::000000000000"


class Users(BotoCase):
    def test_a_user_lives(self):
        made = self.iam.create_user(UserName="ada", Path="/soc/", Tags=[{"Key": "team", "Value": "blue"}])["User"]
        self.assertEqual(made["Arn"], ACCOUNT + ":user/soc/ada")
        self.assertRegex(made["UserId"], "^AIDA[A-Z2-7]{17}$")
        found = self.iam.get_user(UserName="ada")["User"]
        self.assertEqual((found["UserId"], found["Tags"]), (made["UserId"], [{"Key": "team", "Value": "blue"}]))
        self.assertEqual(found["CreateDate"], made["CreateDate"])
        self.refused("EntityAlreadyExists", self.iam.create_user, UserName="ADA")
        names = [user["UserName"] for user in self.iam.list_users(PathPrefix="/soc/")["Users"]]
        self.assertEqual(names, ["ada"])
        self.iam.delete_user(UserName="ada")
        self.refused("NoSuchEntity", self.iam.get_user, UserName="ada")

    def test_lists_come_in_pages(self):
        for number in range(7):
            self.iam.create_user(UserName=f"page-{number}", Path="/pages/")
        pages = list(self.iam.get_paginator("list_users").paginate(PathPrefix="/pages/",
                                                                   PaginationConfig={"PageSize": 3}))
        self.assertEqual([len(page["Users"]) for page in pages], [3, 3, 1])
        names = [user["UserName"] for page in pages for user in page["Users"]]
        self.assertEqual(names, [f"page-{number}" for number in range(7)])
        self.refused("ValidationError", self.iam.list_users, Marker="junk")

    def test_a_key_counts_at_once_and_until_it_is_gone(self):
        self.iam.create_user(UserName="kim")
        keys = self.new_key("kim")
        who = self.client("sts", keys).get_caller_identity()
        self.assertEqual(who["Arn"], ACCOUNT + ":user/kim")
        self.refused("AccessDenied", self.client("s3", keys).list_buckets)
        self.refused("AccessDenied", self.client("iam", keys).get_user)
        second = self.new_key("kim")
        self.refused("LimitExceeded", self.iam.create_access_key, UserName="kim")
        self.refused("DeleteConflict", self.iam.delete_user, UserName="kim")

        self.iam.update_access_key(UserName="kim", AccessKeyId=keys["aws_access_key_id"], Status="Inactive")
        self.refused("InvalidClientTokenId", self.client("sts", keys).get_caller_identity)
        listed = self.iam.list_access_keys(UserName="kim")["AccessKeyMetadata"]
        self.assertEqual({key["AccessKeyId"]: key["Status"] for key in listed},
                         {keys["aws_access_key_id"]: "Inactive", second["aws_access_key_id"]: "Active"})
        self.iam.update_access_key(UserName="kim", AccessKeyId=keys["aws_access_key_id"], Status="Active")
        self.client("sts", keys).get_caller_identity()

        for each in (keys, second):
            self.iam.delete_access_key(UserName="kim", AccessKeyId=each["aws_access_key_id"])
            self.refused("InvalidClientTokenId", self.client("sts", each).get_caller_identity)
            self.refused("InvalidAccessKeyId", self.client("s3", each).list_buckets)
        self.iam.delete_user(UserName="kim")

    def test_what_was_answered_survives_a_crash(self):
        self.iam.create_user(UserName="durable")
        keys = self.new_key("durable")
        gone = self.new_key("durable")
        self.iam.delete_access_key(UserName="durable", AccessKeyId=gone["aws_access_key_id"])
        self.restart()
        self.assertEqual(self.client("sts", keys).get_caller_identity()["Arn"], ACCOUNT + ":user/durable")
        self.refused("InvalidClientTokenId", self.client("sts", gone).get_caller_identity)
        self.assertNotIn(keys["aws_secret_access_key"].encode(),
                         b"".join(path.read_bytes() for path in self.node.data.rglob("*") if path.is_file()))

    def test_a_session_does_not_outlive_its_user(self):
        self.iam.create_user(UserName="brief")
        keys = self.new_key("brief")
        of_session = self.keys_of(self.client("sts", keys).get_session_token())
        self.iam.delete_access_key(UserName="brief", AccessKeyId=keys["aws_access_key_id"])
        self.iam.delete_user(UserName="brief")
        self.iam.create_user(UserName="brief")  # somebody else
        self.refused("AccessDenied", self.client("iam", of_session).get_user)

    def test_the_root_turns_its_own_key_over(self):
        self.assertEqual(self.iam.get_user()["User"]["Arn"], ACCOUNT + ":root")
        new = self.iam.create_access_key()["AccessKey"]
        keys = {"aws_access_key_id": new["AccessKeyId"], "aws_secret_access_key": new["SecretAccessKey"]}
        self.assertEqual(len(self.client("iam", keys).list_access_keys()["AccessKeyMetadata"]), 2)
        self.iam.delete_access_key(AccessKeyId=new["AccessKeyId"])

    def test_the_master_key_is_turned_over(self):
        def rotate():
            return subprocess.run([program(), "rotate-master-key", "--data", self.node.data], check=False, timeout=60,
                                  capture_output=True, text=True)

        self.iam.create_user(UserName="sealed")
        keys, before = self.new_key("sealed"), (self.node.data / "master.key").read_text()
        beside = rotate()
        self.assertEqual((beside.returncode, beside.stdout), (1, ""), "a node runs")
        self.node.stop()
        turned = rotate()
        self.assertEqual((turned.returncode, turned.stderr), (0, ""))
        self.assertNotEqual((self.node.data / "master.key").read_text(), before)
        self.restart()
        self.client("sts", keys).get_caller_identity()

    def test_what_makes_no_sense_is_refused(self):
        for arguments in ({"UserName": "with space"}, {"UserName": "x" * 65}, {"UserName": "sl/ash"},
                          {"UserName": "ok", "Path": "no-slash/"}, {"UserName": "ok", "Path": "/a b/"}):
            with self.subTest(arguments):
                self.refused("ValidationError", self.iam.create_user, **arguments)
        for tags in ([{"Key": "aws:x", "Value": ""}], [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]):
            self.refused("InvalidInput", self.iam.create_user, UserName="ok", Tags=tags)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def trust(principal, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}]})


STACK = """
Resources:
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: shared
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]
  Collector:
    Type: AWS::IAM::Role
    Properties:
      RoleName: of-stack
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""


class Policies(BotoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3.create_bucket(Bucket="logs")
        for key in ("open/a", "closed/a"):
            cls.s3.put_object(Bucket="logs", Key=key, Body=b"x")

    def test_an_inline_policy_is_what_its_user_may(self):
        keys = self.new_user("ada")
        document = policy(allow("s3:GetObject", "arn:aws:s3:::logs/open/*"))
        s3 = self.client("s3", keys)
        self.refused("AccessDenied", s3.get_object, Bucket="logs", Key="open/a")
        self.iam.put_user_policy(UserName="ada", PolicyName="read", PolicyDocument=document)
        self.assertEqual(s3.get_object(Bucket="logs", Key="open/a")["Body"].read(), b"x")
        self.refused("AccessDenied", s3.get_object, Bucket="logs", Key="closed/a")
        self.refused("AccessDenied", s3.put_object, Bucket="logs", Key="open/a", Body=b"")
        self.assertEqual(self.iam.get_user_policy(UserName="ada", PolicyName="read")["PolicyDocument"],
                         json.loads(document))
        self.assertEqual(self.iam.list_user_policies(UserName="ada")["PolicyNames"], ["read"])
        self.iam.delete_user_policy(UserName="ada", PolicyName="read")
        self.refused("AccessDenied", s3.get_object, Bucket="logs", Key="open/a")

    def test_a_boundary_holds(self):
        limit = self.iam.create_policy(PolicyName="limit", PolicyDocument=policy(
            allow("s3:GetObject", "arn:aws:s3:::logs/open/*")))["Policy"]["Arn"]
        s3 = self.client("s3", self.new_user("bob", PermissionsBoundary=limit))
        self.iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        s3.get_object(Bucket="logs", Key="open/a")
        self.refused("AccessDenied", s3.get_object, Bucket="logs", Key="closed/a")
        self.assertEqual(self.iam.get_user(UserName="bob")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"],
                         limit)
        self.refused("DeleteConflict", self.iam.delete_policy, PolicyArn=limit)
        self.iam.delete_user_permissions_boundary(UserName="bob")
        s3.get_object(Bucket="logs", Key="closed/a")
        self.assertEqual([each["PolicyName"] for each in
                          self.iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"]],
                         ["AdministratorAccess"])

    def test_a_user_may_turn_over_its_own_key_and_no_other(self):
        keys = self.new_user("own")
        self.new_user("other")
        self.iam.put_user_policy(UserName="own", PolicyName="keys", PolicyDocument=policy(
            allow(["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"],
                  ACCOUNT + ":user/${aws:username}")))
        iam = self.client("iam", keys)
        fresh = iam.create_access_key()["AccessKey"]
        self.assertEqual(fresh["UserName"], "own")
        turned = self.client("iam", {"aws_access_key_id": fresh["AccessKeyId"],
                                     "aws_secret_access_key": fresh["SecretAccessKey"]})
        turned.delete_access_key(AccessKeyId=keys["aws_access_key_id"])
        self.refused("InvalidClientTokenId", iam.list_access_keys)
        self.refused("AccessDenied", turned.create_access_key, UserName="other")

    def test_users_are_told_by_their_tags(self):
        keys = self.new_user("tagged", Tags=[{"Key": "area", "Value": "open"}])
        self.iam.put_user_policy(UserName="tagged", PolicyName="read", PolicyDocument=policy(
            allow("s3:GetObject", "arn:aws:s3:::logs/${aws:PrincipalTag/area}/*")))
        s3 = self.client("s3", keys)
        s3.get_object(Bucket="logs", Key="open/a")
        self.iam.tag_user(UserName="tagged", Tags=[{"Key": "area", "Value": "closed"}])
        self.refused("AccessDenied", s3.get_object, Bucket="logs", Key="open/a")
        s3.get_object(Bucket="logs", Key="closed/a")
        self.assertEqual(self.iam.list_user_tags(UserName="tagged")["Tags"], [{"Key": "area", "Value": "closed"}])
        self.iam.untag_user(UserName="tagged", TagKeys=["area"])
        self.refused("AccessDenied", s3.get_object, Bucket="logs", Key="closed/a")

    def test_a_wrong_policy_is_refused(self):
        self.iam.create_user(UserName="wrong")
        for document in ("{}", "junk", policy(allow("s3:Gett", "*")), policy(allow("*", "*", Principal="*"))):
            with self.subTest(document):
                self.refused("MalformedPolicyDocument", self.iam.put_user_policy, UserName="wrong", PolicyName="p",
                             PolicyDocument=document)

    def test_versions(self):
        arn = self.iam.create_policy(PolicyName="versioned", PolicyDocument=policy(allow("s3:*", "*")))["Policy"]["Arn"]
        narrow = policy(allow("s3:GetObject", "*"))
        self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=narrow, SetAsDefault=True)
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v2")
        self.assertEqual(self.iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"],
                         json.loads(narrow))
        self.assertEqual([each["VersionId"] for each in self.iam.list_policy_versions(PolicyArn=arn)["Versions"]],
                         ["v2", "v1"])
        self.refused("DeleteConflict", self.iam.delete_policy, PolicyArn=arn)
        self.iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
        self.iam.delete_policy(PolicyArn=arn)
        self.assertIn("AdministratorAccess", [each["PolicyName"] for each in
                                              self.iam.list_policies(Scope="AWS")["Policies"]])

    def test_simulate(self):
        self.new_user("simulated")
        self.iam.put_user_policy(UserName="simulated", PolicyName="read", PolicyDocument=policy(
            allow("s3:GetObject", "arn:aws:s3:::logs/*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})))

        def ask(**more):
            answer = self.iam.simulate_principal_policy(
                PolicySourceArn=ACCOUNT + ":user/simulated", ActionNames=["s3:GetObject", "s3:PutObject"],
                ResourceArns=["arn:aws:s3:::logs/a"], **more)
            return [each["EvalDecision"] for each in answer["EvaluationResults"]], answer["EvaluationResults"]

        self.assertEqual(ask()[0], ["implicitDeny", "implicitDeny"])
        self.assertEqual(ask()[1][0]["MissingContextValues"], ["aws:SourceIp"])
        context = [{"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": ["192.0.2.7"]}]
        self.assertEqual(ask(ContextEntries=context)[0], ["allowed", "implicitDeny"])
        custom = self.iam.simulate_custom_policy(
            PolicyInputList=[policy(allow("*", "*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"})],
            ActionNames=["iam:CreateUser", "s3:ListAllMyBuckets"])["EvaluationResults"]
        self.assertEqual([each["EvalDecision"] for each in custom], ["explicitDeny", "allowed"])
        pages = list(self.iam.get_paginator("simulate_custom_policy").paginate(
            PolicyInputList=[policy(allow("*", "*"))], PaginationConfig={"PageSize": 3},
            ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=[f"arn:aws:s3:::logs/{k}" for k in range(4)]))
        self.assertEqual([len(page["EvaluationResults"]) for page in pages], [3, 3, 2])
        self.refused("InvalidInput", self.iam.simulate_custom_policy, PolicyInputList=[policy(allow("*", "*"))],
                     ActionNames=["ec2:RunInstances"], ResourceHandlingOption="EC2-VPC-InstanceStore")
        allowed = ask(ContextEntries=context)[1][0]["MatchedStatements"][0]
        self.assertEqual((allowed["StartPosition"], allowed["EndPosition"]["Line"]), ({"Line": 1, "Column": 41}, 1))


class Roles(BotoCase):
    def test_a_role_is_assumed_by_whom_it_trusts(self):
        self.s3.create_bucket(Bucket="vault")
        for name in ("ada", "eve"):
            self.iam.create_user(UserName=name)
            self.iam.put_user_policy(UserName=name, PolicyName="assume",
                                     PolicyDocument=policy(allow("sts:AssumeRole", "*")))
        ada, eve = self.new_key("ada"), self.new_key("eve")
        role = self.iam.create_role(RoleName="keeper", Path="/vault/", MaxSessionDuration=7200,
                                    AssumeRolePolicyDocument=trust({"AWS": ACCOUNT + ":user/ada"}))["Role"]
        self.assertEqual(role["Arn"], ACCOUNT + ":role/vault/keeper")
        self.iam.put_role_policy(RoleName="keeper", PolicyName="put",
                                 PolicyDocument=policy(allow("s3:PutObject", "arn:aws:s3:::vault/*")))
        call = {"RoleArn": role["Arn"], "RoleSessionName": "night"}
        answer = self.client("sts", ada).assume_role(DurationSeconds=7200, **call)
        self.assertEqual(answer["AssumedRoleUser"]["AssumedRoleId"], role["RoleId"] + ":night")
        s3 = self.client("s3", self.keys_of(answer))
        s3.put_object(Bucket="vault", Key="k", Body=b"x")
        self.refused("AccessDenied", s3.get_object, Bucket="vault", Key="k")
        self.refused("AccessDenied", self.client("sts", eve).assume_role, **call)
        self.refused("ValidationError", self.client("sts", ada).assume_role, DurationSeconds=7201, **call)
        self.iam.update_assume_role_policy(RoleName="keeper",
                                           PolicyDocument=trust({"AWS": ACCOUNT + ":user/eve"}))
        self.client("sts", eve).assume_role(**call)
        self.refused("AccessDenied", self.client("sts", ada).assume_role, **call)
        # The session that runs is bound at once, and ends with its role.
        self.iam.put_role_permissions_boundary(RoleName="keeper",
                                               PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
        self.refused("AccessDenied", s3.put_object, Bucket="vault", Key="k", Body=b"x")
        self.iam.delete_role_permissions_boundary(RoleName="keeper")
        s3.put_object(Bucket="vault", Key="k", Body=b"x")
        self.iam.delete_role_policy(RoleName="keeper", PolicyName="put")
        self.iam.delete_role(RoleName="keeper")
        self.refused("AccessDenied", s3.put_object, Bucket="vault", Key="k", Body=b"x")

    def test_no_way_round_a_boundary(self):
        """Who may make roles only within a boundary makes none that it does not hold."""
        limit = self.iam.create_policy(PolicyName="fence", PolicyDocument=policy(
            allow("s3:ListAllMyBuckets", "*")))["Policy"]["Arn"]
        self.iam.create_user(UserName="maker")
        self.iam.put_user_policy(UserName="maker", PolicyName="make", PolicyDocument=policy(
            allow(["iam:CreateRole", "iam:PutRolePolicy"], "*",
                  Condition={"StringEquals": {"iam:PermissionsBoundary": limit}}),
            allow("sts:AssumeRole", "*")))
        keys = self.new_key("maker")
        iam, sts = self.client("iam", keys), self.client("sts", keys)
        wanted = {"AssumeRolePolicyDocument": trust({"AWS": ACCOUNT + ":user/maker"}), "PermissionsBoundary": limit}
        for path in ("/aws-service-role/", "/aws-service-role/x.amazonaws.com/"):
            self.refused("ValidationError", iam.create_role, RoleName="linked", Path=path, **wanted)
        self.refused("AccessDenied", iam.create_role, RoleName="free",
                     AssumeRolePolicyDocument=wanted["AssumeRolePolicyDocument"])
        for number, path in enumerate(("/", "/x/:role/aws-service-role/", "/role/aws-service-role/")):
            with self.subTest(path):
                role = iam.create_role(RoleName=f"held-{number}", Path=path, **wanted)["Role"]
                iam.put_role_policy(RoleName=role["RoleName"], PolicyName="all",
                                    PolicyDocument=policy(allow("*", "*")))
                held = self.keys_of(sts.assume_role(RoleArn=role["Arn"], RoleSessionName="night"))
                self.client("s3", held).list_buckets()
                self.refused("AccessDenied", self.client("iam", held).list_users)
                self.refused("AccessDenied", self.client("s3", held).create_bucket, Bucket="beyond")

    def test_roles_of_stacks_are_seen_and_left_to_their_template(self):
        stacks = self.client("cloudformation")
        stacks.create_stack(StackName="demo", TemplateBody=STACK, Capabilities=["CAPABILITY_NAMED_IAM"])
        role = self.iam.get_role(RoleName="of-stack")["Role"]
        self.assertEqual(role["AssumeRolePolicyDocument"]["Statement"][0]["Action"], "sts:AssumeRole")
        self.assertGreater(role["CreateDate"].year, 2000)
        self.assertIn("of-stack", [each["RoleName"] for each in self.iam.list_roles()["Roles"]])
        self.refused("UnmodifiableEntity", self.iam.delete_role, RoleName="of-stack")
        # A policy that a user has cannot go with its stack; and names are one for both ways.
        self.iam.create_user(UserName="lister")
        self.iam.attach_user_policy(UserName="lister", PolicyArn=ACCOUNT + ":policy/shared")
        self.client("s3", self.new_key("lister")).list_buckets()
        self.refused("ValidationError", stacks.delete_stack, StackName="demo")
        self.iam.detach_user_policy(UserName="lister", PolicyArn=ACCOUNT + ":policy/shared")
        stacks.delete_stack(StackName="demo")
        self.iam.create_role(RoleName="OF-stack", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT + ":root"}))
        self.refused("ValidationError", stacks.create_stack, StackName="demo", TemplateBody=STACK,
                     Capabilities=["CAPABILITY_NAMED_IAM"])


if __name__ == "__main__":
    unittest.main()
