"""`sextant policy check|simulate|explain` on files, as a script calls them: output, places, exit codes."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.node import Node, program  # noqa: E402

GOOD = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"},
    {"Sid": "Keep", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/secret/*"}
  ]
}"""
BAD = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObject",
               "s3:GetObjct"],
    "Resource": "*"
  }
}"""
TEMPLATE = """Transform: AWS::Serverless-2016-10-31
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Statement:
              - Effect: Allow  # Reader
                Action: s3:GetObject
                Resource: arn:aws:s3:::box/*
  Writer:
    Type: AWS::IAM::Role
    Properties:
      RoleName: writer
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Statement:
              - Effect: Allow  # Writer
                Action: s3:GetObject
                Resource: arn:aws:s3:::box/*
  B:
    Type: AWS::S3::Bucket
    Properties: {BucketName: box}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref B
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Sid: Keep, Effect: Deny, Principal: '*', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::box/*'}
  F:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: f, Runtime: sextant.native, Handler: parsers.alb, Role: !GetAtt Reader.Arn}
  May:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref F
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: arn:aws:s3:::box
      SourceAccount: '000000000000'
"""
# Several statements on one line, one over several, braces in texts.
SCATTERED = r"""{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject",
  "Resource": "*"}, {"Sid": "B", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:PutObject"], "Resource":
  ["*", "arn:aws:s3:::b/,{]\""]},  {
    "Effect": "Deny", "Action": ["s3:DeleteObject",
      "s3:PutObject", "s3:GetObjct"], "Resource": "*"}]}"""
# Items that are not there.
CONDITIONAL = """Conditions: {Never: !Equals [a, b]}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: p
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - !If [Never, {Effect: Allow, Action: 's3:PutObject', Resource: '*'}, !Ref AWS::NoValue]
          - {Effect: Allow, Action: 's3:GetObject', Resource: '*'}
          - Fn::If:
              - Never
              - {Effect: Deny, Action: 's3:PutObject', Resource: '*'}
              - Effect: Deny
                Action: [!If [Never, 's3:GetObject', !Ref AWS::NoValue], s3:DeleteObject,
                         s3:GetObjct]
                Resource: '*'
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      ManagedPolicyArns: [!Ref P]
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}
"""
USER = "arn:aws:iam::000000000000:user/ada"


class PolicyCommand(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        for name, text in (("good.json", GOOD), ("bad.json", BAD)):
            (self.path / name).write_text(text)

    def run_policy(self, *arguments):
        done = subprocess.run([program(), "policy", *arguments], cwd=self.path, capture_output=True, text=True,
                              timeout=30, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_check_says_where_and_what_instead(self):
        code, out, _ = self.run_policy("check", "good.json", "bad.json")
        self.assertEqual(out, "bad.json:6:16: error: [InvalidAction] the action s3:GetObjct does not exist; did you "
                              "mean 'GetObject'?\n")
        self.assertEqual(code, 1)
        self.assertEqual(self.run_policy("check", "good.json"), (0, "", ""))

    def test_check_as_json_and_strictly(self):
        (self.path / "risky.json").write_text(BAD.replace('"s3:GetObjct"', '"iam:PassRole"'))
        code, out, _ = self.run_policy("check", "risky.json", "--output", "json")
        self.assertEqual(code, 0)
        finding = json.loads(out)[0]
        self.assertEqual((finding["code"], finding["severity"], finding["line"], finding["path"]),
                         ("PassRoleWithWildcard", "warning", 6, "Statement.Action[1]"))
        self.assertEqual(self.run_policy("check", "risky.json", "--strict")[0], 1)

    def test_check_of_a_template(self):
        template = (ROOT / "apps/threat_intel/template.yaml").read_text()
        (self.path / "t.yaml").write_text(template)
        self.assertEqual(self.run_policy("check", "t.yaml"), (0, "", ""))

    def test_a_deploy_prints_what_is_risky_and_refuses_what_is_wrong(self):
        template = ("Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
                    "        Version: '2012-10-17'\n        Statement:\n"
                    "          - {Effect: Allow, Action: 'iam:PassRole', Resource: '*'}\n")
        node = Node(self.path).start()
        self.addCleanup(node.kill)

        def deploy(text):
            (self.path / "app.yaml").write_text(text)
            return subprocess.run([program(), "deploy", "app.yaml", "--endpoint", f"http://127.0.0.1:{node.port}",
                                   "--data", str(node.data)], cwd=self.path, capture_output=True, text=True, timeout=30,
                                  check=False)

        risky = deploy(template)
        self.assertEqual((risky.returncode, risky.stdout), (0, "stack 'app': created\n"))
        self.assertTrue(risky.stderr.startswith("warning: app.yaml:8:29: the policy document of "), risky.stderr)
        wrong = deploy(template.replace("iam:PassRole", "iam:PasRole"))
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("app.yaml:8:29: ", wrong.stderr)
        self.assertIn("did you mean 'PassRole'?", wrong.stderr)

    def test_files_that_cannot_be_read(self):
        self.assertEqual(self.run_policy("check", "none.json")[0], 2)
        code, _, err = self.run_policy("simulate", "--identity", "bad.json", "--principal", "nobody", "--action",
                                       "s3:GetObject")
        self.assertEqual(code, 2)
        self.assertIn("is no principal", err)

    def test_simulate_answers_one_and_many(self):
        ask = ["simulate", "--identity", "good.json", "--principal", USER, "--action", "s3:GetObject"]
        code, out, _ = self.run_policy(*ask, "--resource", "arn:aws:s3:::logs/a", "--output", "json")
        self.assertEqual(code, 0)
        answer = json.loads(out)[0]
        self.assertEqual((answer["decision"], answer["statements"]), ("Allow", ["good.json:4:5 (Read)"]))
        code, out, _ = self.run_policy(*ask, "--resource", "arn:aws:s3:::logs/a", "--resource",
                                       "arn:aws:s3:::logs/secret/b")
        self.assertEqual(code, 1)
        self.assertIn("good.json:5:5 (Keep)", out)

    def test_a_table_with_expectations_is_a_test(self):
        table = [{"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::logs/a", "expect": "Allow"},
                 {"principal": USER, "action": "s3:PutObject", "resource": "arn:aws:s3:::logs/a", "expect": "Deny"}]
        (self.path / "table.json").write_text(json.dumps(table))
        ask = ["simulate", "--identity", "good.json", "--table", "table.json"]
        self.assertEqual(self.run_policy(*ask)[0], 0)
        table[1]["expect"] = "Allow"
        (self.path / "table.json").write_text(json.dumps(table))
        code, out, _ = self.run_policy(*ask)
        self.assertEqual(code, 1)
        self.assertIn("Deny (unexpected)", out)

    def test_explain_names_what_decided_and_what_was_missing(self):
        code, out, _ = self.run_policy("explain", "--identity", "good.json", "--principal", USER, "--action",
                                       "s3:GetObject", "--resource", "arn:aws:s3:::other/a")
        self.assertEqual(code, 1)
        self.assertIn("no identity-based policy allows the s3:GetObject action", out)
        self.assertIn("Allow in identity-based policy good.json:4:5 (Read): does not apply: it names other resources",
                      out)

    def test_explain_names_the_layer_that_allows_nothing(self):
        (self.path / "ou.json").write_text('{"Version":"2012-10-17","Statement":\n'
                                           '{"Sid":"Put","Effect":"Allow","Action":"s3:Put*","Resource":"*"}}')
        ask = ["--identity", "good.json", "--principal", USER, "--action", "s3:GetObject", "--resource",
               "arn:aws:s3:::logs/a"]
        limits = {("--scp", "FullAWSAccess", "--scp", "ou.json"): "service control policy, level 2 (ou.json)",
                  ("--scp", "FullAWSAccess,ou.json", "--scp", "FullAWSAccess"): None,
                  ("--boundary", "ou.json"): "permissions boundary (ou.json)",
                  ("--session-policy", "ou.json"): "session policy (ou.json)"}
        for limit, lacking in limits.items():
            with self.subTest(limit):
                code, out, err = self.run_policy("explain", *ask, *limit)
                self.assertEqual(code, 0 if lacking is None else 1, err)
                if lacking is not None:
                    self.assertIn(f"  lacks an Allow in {lacking}\n", out)
        answer = json.loads(self.run_policy("simulate", "--scp", "ou.json", *ask, "--output", "json")[1])[0]
        self.assertEqual((answer["lacking"], answer["decidedBy"]),
                         ("an Allow in service control policy, level 1 (ou.json)", []))

    def test_a_resource_control_policy_denies_and_never_grants(self):
        (self.path / "rcp.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": {
            "Sid": "Ours", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}}))
        ask = ["simulate", "--rcp", "rcp.json", "--principal", USER, "--action", "s3:GetObject", "--resource",
               "arn:aws:s3:::logs/a", "--output", "json"]
        answer = json.loads(self.run_policy(*ask, "--identity", "good.json")[1])[0]
        self.assertEqual((answer["decision"], answer["decidedBy"][0]["statement"]), ("Deny", "Ours"))
        self.assertIn("the question gives no aws:PrincipalOrgID", answer["notes"][0])
        ask += ["--context", "aws:PrincipalOrgID=o-1"]
        self.assertEqual(self.run_policy(*ask, "--identity", "good.json")[0], 0)
        self.assertEqual(self.run_policy(*ask)[0], 1)

    def test_what_an_answer_hangs_on_and_a_misspelt_action(self):
        (self.path / "when.json").write_text('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*",'
                                             '"Resource":"*","Condition":{"StringNotEquals":{"s3:prefix":"x"}}}}')
        ask = ["simulate", "--identity", "when.json", "--principal", USER, "--action"]
        code, out, _ = self.run_policy(*ask, "s3:ListBucket")
        self.assertEqual(code, 0)
        self.assertIn("note: in doubt: the question gives no s3:prefix; with it, Allow when.json:1:", out)
        self.assertNotIn("note", self.run_policy(*ask, "s3:ListBucket", "--context", "s3:prefix=a")[1])
        _, out, _ = self.run_policy(*ask, "s3:ListBuckt", "--context", "s3:prefix=a")
        self.assertIn("note: the action s3:ListBuckt does not exist; did you mean 'ListBucket'?", out)

    def test_each_kind_of_policy_has_its_rules(self):
        (self.path / "broken.json").write_text('{"Version": "2012-10-17",\n  "Statement": [}')
        code, out, _ = self.run_policy("check", "broken.json")
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith("broken.json:2:17: error: [MalformedPolicyDocument]"), out)
        for kind in ("identity", "boundary", "scp"):
            self.assertEqual(self.run_policy("check", "good.json", "--kind", kind), (0, "", ""))
        code, out, _ = self.run_policy("check", "good.json", "--kind", "rcp")
        self.assertEqual((code, "Missing required field Principal" in out), (1, True))
        (self.path / "open.json").write_text(GOOD.replace('"Effect"', '"Principal": "*", "Effect"'))
        code, out, _ = self.run_policy("check", "open.json", "--kind", "rcp")
        self.assertEqual((code, out.count("\n")), (1, 1))
        self.assertIn("open.json:4:39: error: [RcpSyntaxError] statement Read: a resource control policy only denies",
                      out)

    def test_places_are_those_of_each_item(self):
        def place(text, item):
            at = text.index(item)
            return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)

        role = "arn:aws:iam::000000000000:role/r"
        cases = {
            "p.json": (SCATTERED, ["--identity", "p.json", "--principal", USER], '"s3:GetObjct"',
                       {"s3:GetObject": '{"Sid": "A"', "s3:ListBucket": '{"Sid": "B"',
                        "s3:DeleteObject": '{\n    "Effect": "Deny"'}),
            "t.yaml": (CONDITIONAL, ["--template", "t.yaml", "--principal", role], "s3:GetObjct]",
                       {"s3:GetObject": "{Effect: Allow, Action: 's3:GetObject'", "s3:DeleteObject": "Effect: Deny\n"}),
        }
        for name, (text, ask, wrong, statements) in cases.items():
            (self.path / name).write_text(text)
            told = self.run_policy("check", name)[1]
            self.assertTrue(told.startswith("{}:{}:{}: error: ".format(name, *place(text, wrong))), told)
            for action, statement in statements.items():
                with self.subTest((name, action)):
                    known = text.replace("s3:GetObjct", "s3:DeleteObjectVersion")
                    (self.path / name).write_text(known)
                    for command in ("simulate", "explain"):
                        _, out, err = self.run_policy(command, *ask, "--action", action, "--output", "json")
                        decided = json.loads(out)[0]["decidedBy"] if out else err
                        self.assertEqual([(each["line"], each["column"]) for each in decided],
                                         [place(known, statement)])

    def test_the_template_tells_what_its_roles_may(self):
        template = ROOT / "apps/threat_intel/template.yaml"
        code, out, _ = self.run_policy(
            "simulate", "--template", str(template), "--principal", USER, "--action", "s3:GetObject", "--resource",
            "arn:aws:s3:::check-alb-logs/a")
        self.assertEqual((code, "Deny" in out), (1, True))

    def test_an_answer_names_the_line_of_the_template(self):
        (self.path / "t.yaml").write_text(TEMPLATE)
        lines = TEMPLATE.splitlines()

        def sources(principal, action, resource, *context):
            _, out, err = self.run_policy("simulate", "--template", "t.yaml", "--principal", principal, "--action",
                                          action, "--resource", resource, *context, "--output", "json")
            self.assertEqual(err, "")
            answer = json.loads(out)[0]
            self.assertEqual({each["file"] for each in answer["decidedBy"]}, {"t.yaml"})
            return answer["decision"], [lines[each["line"] - 1].strip() for each in answer["decidedBy"]]

        for role in ("Reader", "Writer"):  # with the same text each
            arn = f"arn:aws:iam::000000000000:role/{role.lower()}"
            self.assertEqual(sources(arn, "s3:GetObject", "arn:aws:s3:::box/k"),
                             ("Allow", [f"- Effect: Allow  # {role}"]))
        self.assertEqual(sources("arn:aws:iam::000000000000:role/reader", "s3:DeleteObject", "arn:aws:s3:::box/k"),
                         ("Deny", ["- {Sid: Keep, Effect: Deny, Principal: '*', Action: 's3:DeleteObject', "
                                   "Resource: 'arn:aws:s3:::box/*'}"]))
        source = ("--context", "aws:SourceArn=arn:aws:s3:::box", "--context", "aws:SourceAccount=000000000000")
        self.assertEqual(sources("s3.amazonaws.com", "lambda:InvokeFunction",
                                 "arn:aws:lambda:us-east-1:000000000000:function:f", *source), ("Allow", ["May:"]))


if __name__ == "__main__":
    unittest.main()
