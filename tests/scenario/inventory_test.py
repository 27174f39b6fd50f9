"""Snapshots of machines through a real node, and flow logs joined with them as of the time of each flow."""

import datetime
import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import Scenario  # noqa: E402

SAMPLE = ROOT / "samples/inventory/template.yaml"
ACCOUNT = "111122223333"
NOON = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.timezone.utc)


def instance(name: str, address: str, vpc: str = "vpc-1", eni: str = None, launched: str = "2026-01-01T00:00:00+00:00") -> dict:
    return {"InstanceId": f"i-{name}", "VpcId": vpc, "PrivateIpAddress": address, "LaunchTime": launched,
            "ImageId": "ami-1", "State": {"Name": "running"}, "PrivateDnsName": f"{name}.internal",
            "Placement": {"AvailabilityZone": "eu-west-1a"},
            "NetworkInterfaces": [{"NetworkInterfaceId": eni or f"eni-{name}",
                                   "PrivateIpAddresses": [{"PrivateIpAddress": address}]}],
            "Tags": [{"Key": "Name", "Value": name}, {"Key": "Owner", "Value": f"team-{name}"}]}


def snapshot(*instances: dict, account: str = ACCOUNT) -> bytes:
    return json.dumps({"Reservations": [{"OwnerId": account, "Instances": [each]} for each in instances]}, indent=4).encode()


def key(minutes: int, folder: str = f"{ACCOUNT}/eu-west-1") -> str:
    return f"{folder}/{NOON + datetime.timedelta(minutes=minutes):%Y%m%dT%H%M%SZ}.json"


def flow(minutes: int, source: str, eni: str = "-", account: str = ACCOUNT) -> str:
    end = int((NOON + datetime.timedelta(minutes=minutes)).timestamp())
    return f"2 {account} {eni} {source} 198.51.100.9 4711 443 6 1 40 {end - 10} {end} ACCEPT OK"


class Inventory(Scenario):
    def begin(self):
        node = self.start(deployed=False)
        self.run_ok(node, "deploy", SAMPLE, "--stack-name", "inv")
        client = node.client()
        self.addCleanup(client.close)
        return node, client

    def snap(self, client, name: str, body: bytes):
        client.put("inv-snapshots", name, body)
        client.settle()

    def flows(self, client, name: str, *lines: str) -> list:
        """(minute, source's asset, own instance's name) of each flow in the order of time."""
        client.put("inv-flow-logs", name, ("\n".join(lines) + "\n").encode())
        client.settle()
        rows = client.query(f"""
            select epoch(ts) as t, source.ip as ip, sextant.source.asset.id as id, cloud.instance.name as own,
                   sextant.source.asset.owner as owner, host.name as host
            from vpc_flow where log.file.path = 's3://inv-flow-logs/{name}' order by log."offset" """)
        return [((row["t"] - NOON.timestamp()) // 60, row.get("id"), row.get("own")) for row in rows]

    def test_an_address_is_who_had_it_at_the_time_of_the_flow(self):
        node, client = self.begin()
        self.snap(client, key(0), snapshot(instance("a", "10.0.0.5")))
        later = snapshot(instance("b", "10.0.0.5", launched=f"{NOON + datetime.timedelta(minutes=20):%Y-%m-%dT%H:%M:%S}+00:00"))
        self.snap(client, key(30), later)
        lines = [flow(minute, "10.0.0.5") for minute in (-10, 10, 19, 20, 29, 31, 600)]
        lines += [flow(31, "10.0.0.5", eni="eni-b"), flow(10, "10.0.0.5", eni="eni-a"), flow(31, "10.0.0.6")]
        expected = [(-10, "i-a", None), (10, "i-a", None), (19, "i-a", None), (20, "i-b", None), (29, "i-b", None),
                    (31, "i-b", None), (600, "i-b", None), (31, "i-b", "b"), (10, "i-a", "a"), (31, None, None)]
        self.assertEqual(self.flows(client, "first", *lines), expected)

        # A snapshot of the time between comes last: by then nobody had it.
        self.snap(client, key(10), snapshot())
        expected[1:3] = [(10, None, None), (19, None, None)]
        expected[8] = (10, None, None)
        self.assertEqual(self.flows(client, "second", *lines), expected)
        # What was told twice, or is told again under its own name, changes nothing; nor does a restart.
        self.snap(client, key(30), later)
        self.assertEqual(self.flows(client, "third", *lines), expected)
        node.kill()
        node.start()
        client = node.client()
        self.addCleanup(client.close)
        self.assertEqual(self.flows(client, "fourth", *lines), expected)

        things = client.query("select sextant.asset.type as type, count(*) as n from inventory group by 1 order by 1")
        self.assertEqual(things, [{"type": "instance", "n": 3}, {"type": "snapshot", "n": 4}])
        metrics = client.call("s3", "GET", "/_sextant/metrics").text()
        self.assertIn("sextant_inventory_things 1\n", metrics)

    def test_what_could_be_several_is_not_told(self):
        _, client = self.begin()
        self.snap(client, key(0), snapshot(instance("a", "10.0.0.5"), instance("b", "10.0.0.5", vpc="vpc-2")))
        self.snap(client, key(0, "999/eu-west-1"), snapshot(instance("c", "10.0.0.5", vpc="vpc-3"), account="999999999999"))
        got = self.flows(client, "f", flow(1, "10.0.0.5"), flow(1, "10.0.0.5", eni="eni-b"),
                         flow(1, "10.0.0.5", account="999999999999"), flow(1, "10.0.0.5", account="888888888888"))
        self.assertEqual(got, [(1, None, None), (1, "i-b", "b"), (1, "i-c", None), (1, None, None)])

    def test_bad_snapshots_are_kept_and_end_nothing(self):
        _, client = self.begin()
        self.snap(client, key(0), snapshot(instance("a", "10.0.0.5")))
        whole = snapshot(instance("b", "10.0.0.6"), instance("c", "10.0.0.7"))
        bad = {1: whole[:-40], 2: b"", 3: b'{"Vpcs": []}', 4: b"\x1f\x8b\x08 no gzip", 5: b"[]"}
        for minute, body in bad.items():
            self.snap(client, key(minute), body)
        outcomes = client.outcomes()
        self.assertEqual(outcomes["succeeded"], 1 + len(bad), outcomes)
        reasons = [row["reason"] for row in client.query("select reason from malformed where kind = 'inventory'")]
        self.assertEqual(len(reasons), len(bad), reasons)
        self.assertEqual(self.flows(client, "f", flow(9, "10.0.0.5"), flow(9, "10.0.0.6")),
                         [(9, "i-a", None), (9, "i-b", None)])

    def test_a_large_object_is_read_in_bounded_memory(self):
        _, client = self.begin()
        task = json.dumps({"taskArn": "arn:aws:ecs:eu-west-1:1:task/x/%08d", "containers": [{"name": "n" * 2000}]})
        body = '{"tasks": [' + ",\n".join(task % number for number in range(20_000)) + "]}"
        self.snap(client, key(0), body.encode())
        self.assertEqual(client.outcomes()["succeeded"], 1)
        self.assertEqual(client.query("select count(*) as n from inventory")[0]["n"], 20_001)

    def test_a_role_without_the_right_learns_nothing(self):
        node, client = self.begin()
        text = SAMPLE.read_text().replace("Action: glue:GetTable", "Action: glue:GetTables")
        refused = self.folder / "refused.yaml"
        refused.write_text(text)
        self.run_ok(node, "deploy", refused, "--stack-name", "inv")
        client.put("inv-flow-logs", "f", flow(1, "10.0.0.5").encode())
        client.settle()
        failed = [each for each in client.deliveries() if each.get("Outcome") != "succeeded"]
        self.assertEqual(len(failed), 1, client.deliveries())
        self.assertIn("glue:GetTable", json.dumps(failed))


if __name__ == "__main__":
    unittest.main()
