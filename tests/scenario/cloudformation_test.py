"""CloudFormation as AWS's own client (boto3) speaks it, against a real node: stacks, change sets, waiters, errors."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.boto import BotoCase  # noqa: E402

TEMPLATE = (ROOT / "apps" / "threat_intel" / "template.yaml").read_text()
FUNCTIONS = sorted(re.findall(r"^  (\w+):\n    Type: AWS::Serverless::Function$", TEMPLATE, re.MULTILINE))
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
QUICKLY = {"Delay": 1, "MaxAttempts": 20}


class CloudFormation(BotoCase):
    @classmethod
    def connect(cls):
        super().connect()
        cls.stacks = cls.client("cloudformation")

    def told(self, code, call, **arguments):
        """What the refusal says."""
        return self.refused(code, call, **arguments)["Error"]["Message"]

    def create(self, name):
        self.stacks.create_stack(StackName=name, TemplateBody=TEMPLATE, Capabilities=CAPABILITIES,
                                 Tags=[{"Key": "team", "Value": "blue & red"}])
        self.stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICKLY)
        self.addCleanup(self.stacks.delete_stack, StackName=name)

    def test_a_stack_lives_and_dies(self):
        self.create("lives")
        stack = self.stacks.describe_stacks(StackName="lives")["Stacks"][0]
        self.assertEqual(stack["Tags"], [{"Key": "team", "Value": "blue & red"}])
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        self.assertEqual(outputs["AlbLogsBucket"], "lives-alb-logs")
        self.s3.head_bucket(Bucket="lives-alb-logs")
        self.assertEqual(self.stacks.get_template(StackName="lives")["TemplateBody"], TEMPLATE)
        types = {r["ResourceType"] for r in self.stacks.list_stack_resources(StackName="lives")["StackResourceSummaries"]}
        self.assertIn("AWS::Lambda::Function", types)
        events = self.stacks.describe_stack_events(StackName="lives")["StackEvents"]
        self.assertEqual(events[0]["ResourceStatus"], "CREATE_COMPLETE")
        self.assertEqual(events[0]["PhysicalResourceId"], stack["StackId"])

        self.stacks.delete_stack(StackName="lives")
        self.stacks.get_waiter("stack_delete_complete").wait(StackName="lives", WaiterConfig=QUICKLY)
        self.refused("404", self.s3.head_bucket, Bucket="lives-alb-logs")

    def test_change_sets_show_and_do(self):
        self.create("changing")
        arguments = {"StackName": "changing", "ChangeSetName": "keep", "UsePreviousTemplate": True,
                     "Capabilities": CAPABILITIES}
        parameters = [{"ParameterKey": "KeepOriginal", "ParameterValue": "true"},
                      {"ParameterKey": "GeoipDatabases", "UsePreviousValue": True}]
        self.stacks.create_change_set(Parameters=parameters, **arguments)
        self.stacks.get_waiter("change_set_create_complete").wait(
            StackName="changing", ChangeSetName="keep", WaiterConfig=QUICKLY)
        changes = self.stacks.describe_change_set(StackName="changing", ChangeSetName="keep")["Changes"]
        shown = sorted((c["ResourceChange"]["Action"], c["ResourceChange"]["LogicalResourceId"]) for c in changes)
        self.assertEqual(shown, [("Modify", name) for name in sorted(FUNCTIONS)])
        self.stacks.execute_change_set(StackName="changing", ChangeSetName="keep")
        self.stacks.get_waiter("stack_update_complete").wait(StackName="changing", WaiterConfig=QUICKLY)

    def test_what_is_wrong_is_said_with_its_place(self):
        wrong = TEMPLATE.replace("parsers.alb|", "parsers.alp|")
        told = self.told("ValidationError", self.stacks.create_stack, StackName="wrong", TemplateBody=wrong,
                         Capabilities=CAPABILITIES)
        line = wrong[:wrong.index("parsers.alp")].count("\n") + 1
        self.assertIn(f"template.yaml:{line}:", told)
        self.assertIn("did you mean 'parsers.alb'?", told)
        typo = TEMPLATE.replace("KEEP_ORIGINAL:", "KEEP_ORIGINALS:")
        told = self.told("ValidationError", self.stacks.create_stack, StackName="wrong", TemplateBody=typo,
                         Capabilities=CAPABILITIES)
        self.assertIn("did you mean 'KEEP_ORIGINAL'?", told)
        self.refused("InsufficientCapabilitiesException", self.stacks.create_stack, StackName="wrong",
                     TemplateBody=TEMPLATE)
        self.assertEqual(self.told("ValidationError", self.stacks.describe_stacks, StackName="wrong"),
                         "Stack with id wrong does not exist")

    def test_a_bucket_with_objects_keeps_its_stack(self):
        self.create("kept")
        self.s3.put_object(Bucket="kept-failed-events", Key="k", Body=b"x")
        self.assertIn("bucket 'kept-failed-events' has objects",
                      self.told("ValidationError", self.stacks.delete_stack, StackName="kept"))
        self.s3.put_object(Bucket="kept-failed-events", Key="k2", Body=b"x")  # it takes objects again
        for key in ("k", "k2"):
            self.s3.delete_object(Bucket="kept-failed-events", Key=key)


if __name__ == "__main__":
    unittest.main()
