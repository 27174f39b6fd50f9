#!/usr/bin/env python3
"""Kills a real node with SIGKILL, at every named fault point and at random times, every other time with the power
(all that was not synced is forgotten), while objects are put (some in two parts), overwritten and deleted over HTTP;
restarts it on the same data and checks the promises:

  - nothing acknowledged is lost: every object reads as its last acknowledged change (or as one that was under
    way when the node died);
  - every entry of every object version is in the lake exactly once, also if the key was overwritten or deleted
    before its delivery ran; a version whose PUT was not acknowledged is there as a whole or not at all;
  - whoever reads the lake's Delta log sees the same rows;
  - every acknowledged version has exactly one delivery, and it ended in exactly one outcome; those of a function that
    may not read its object ended in exactly one document in its failure destination;
  - the audit log's chain is whole, its digests hold, and its rows in the lake are its records, each once;
  - users, keys and policies that IAM's API made or removed, acknowledged, are there or gone, and no others;
  - N acknowledged calls and M delivery attempts have exactly N + M records, plus one for each call that was not
    acknowledged and happened all the same, at most one each: each is looked up, and the sum is the whole log.

usage: crash_test.py [--kills N] [--seed N] [--keep]
"""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree

import pyarrow.parquet
from deltalake import DeltaTable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import alb  # noqa: E402
from harness.client import Client, Lost, Refused, StillPending  # noqa: E402
from harness.node import ROOT, Node, NodeFailed  # noqa: E402

BUCKET, STACK, ROLE = "crash-alb-logs", "crash", "crash-role"
REFUSED_IN, REFUSED_FAILED = "crash-refused-in", "crash-refused-failed"
WRITERS, KEYS_EACH = 4, 5
SEALS = 0.05  # of what a writer does: the audit log is sealed, and its rows land
IDENTITIES = 0.15  # of it: changes of users, access keys and policies
IN_PARTS = 0.12  # of the small versions: about a tenth of all
KILLS_A_ROUND = 25  # each round has a data folder of its own, so that the checks stay quick
REACHED_WITHIN_S = 180
ALWAYS = ["--readers-window", "1"]  # so that files that were merged are also removed meanwhile
RARE = ("upkeep.", "lake.")  # reached a few times a minute
FAULT_POINT = re.compile(r'fault_point\("([a-z0-9_.]+)"\)')


class Broken(Exception):
    """A promise was not kept."""


def fault_points() -> list:
    """All that the sources name."""
    names = set()
    for file in (ROOT / "src").rglob("*.cc"):
        if not file.name.endswith("_test.cc"):
            names.update(FAULT_POINT.findall(file.read_text()))
    return sorted(names)


class Ledger:
    """What was asked and what was acknowledged. Each key is changed by one writer only."""

    def __init__(self):
        self.lock = threading.Lock()
        self.versions = {}  # etag -> LogObject, without its body
        self.etags = {}  # md5 of the body -> etag
        self.acknowledged = set()  # etags
        self.states = {}  # (bucket, key) -> what a GET may find: etags, or None for no object
        self.refusals = set()  # etags of what was put to the function that may not read it
        self.calls = {}  # trace id of each call -> whether it was answered
        self.users = {}  # name -> what IAM may tell of it: how many (keys, policies) it has, None when it is not there
        self.refused = 0

    def begin(self, key: tuple, version) -> None:
        etag = version.etag if version else None
        with self.lock:
            if version:
                self.versions[etag] = dataclasses.replace(version, body=b"")
                self.etags[version.md5] = etag
                if key[0] == REFUSED_IN:
                    self.refusals.add(etag)
            self.states.setdefault(key, [None]).append(etag)

    def done(self, key: tuple, version) -> None:
        etag = version.etag if version else None
        with self.lock:
            self.states[key] = [etag]
            if version:
                self.acknowledged.add(etag)

    def user_begins(self, name: str, after) -> None:
        with self.lock:
            self.users[name] = self.users.get(name, [None]) + [after]

    def user_is(self, name: str, state) -> None:
        with self.lock:
            self.users[name] = [state]

    def observed(self, key: tuple, etag) -> None:
        if etag not in self.states[key]:
            raise Broken(f"{key} reads as {etag}, but may only be one of {self.states[key]}")
        self.states[key] = [etag]


class Counted(Client):
    """Each call has a trace of its own, by which the audit log must know it."""

    def __init__(self, node: Node, ledger: Ledger):
        super().__init__(node.port, node.credentials())
        self.ledger = ledger

    def send(self, *call, headers: dict = None, **rest):
        trace = os.urandom(16).hex()
        self.ledger.calls[trace] = False
        answer = super().send(*call, headers={"traceparent": f"00-{trace}-{trace[:16]}-01", **(headers or {})}, **rest)
        self.ledger.calls[trace] = answer.status < 500  # beyond, the store may have refused the record too
        return answer


def iam(client: Client, action: str, **parameters) -> xml.etree.ElementTree.Element:
    form = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters}).encode()
    answer = client.call("iam", "POST", "/", body=form, headers={"content-type": "application/x-www-form-urlencoded"})
    return xml.etree.ElementTree.fromstring(answer.body)


TRUST = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                                                           "Principal": {"AWS": "000000000000"}}})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})


def seal(client: Client) -> None:
    client.call("sextant", "POST", "/_sextant/audit/seal", body=b"{}")


class Identities:
    """Makes a user, gives it a policy and a key, changes a role, and removes the user again: one call each time it is
    asked. A call that was not answered may have happened or not."""

    def __init__(self, client: Client, ledger: Ledger, prefix: str, number: int):
        self.client, self.ledger, self.prefix, self.number = client, ledger, prefix, number
        self.made, self.name, self.key, self.steps = 0, None, None, []

    def change(self) -> None:
        if not self.steps:
            self.steps = [self.make, self.give_policy, self.give_key, self.change_role, self.take_key, self.take_policy,
                          self.remove]
        try:
            self.steps[0]()
        except Refused:
            self.steps = []  # what became of this user is seen later; the next one is another
            raise
        self.steps.pop(0)

    def call(self, action: str, after, **parameters) -> xml.etree.ElementTree.Element:
        """`after`: how many keys and policies the user has then; None: it is gone."""
        self.ledger.user_begins(self.name, after)
        answer = iam(self.client, action, UserName=self.name, **parameters)
        self.ledger.user_is(self.name, after)
        return answer

    def make(self) -> None:
        self.made += 1
        self.name = f"{self.prefix}i{self.made}"
        self.call("CreateUser", (0, 0))

    def give_policy(self) -> None:
        self.call("PutUserPolicy", (0, 1), PolicyName="p", PolicyDocument=POLICY)

    def give_key(self) -> None:
        self.key = self.call("CreateAccessKey", (1, 1)).findtext(".//{*}AccessKeyId")

    def change_role(self) -> None:
        iam(self.client, "PutRolePolicy", RoleName=ROLE, PolicyName=f"p{self.number}", PolicyDocument=POLICY)

    def take_key(self) -> None:
        self.call("DeleteAccessKey", (0, 1), AccessKeyId=self.key)

    def take_policy(self) -> None:
        self.call("DeleteUserPolicy", (0, 0), PolicyName="p")

    def remove(self) -> None:
        self.call("DeleteUser", None)


class Writer(threading.Thread):
    def __init__(self, node: Node, ledger: Ledger, number: int, seed: str):
        super().__init__(daemon=True)
        self.client, self.ledger, self.number = Counted(node, ledger), ledger, number
        self.dice, self.prefix = random.Random(seed), seed.replace("/", "x").replace(" ", "")
        self.enough, self.failure, self.made = threading.Event(), None, 0
        self.identities = Identities(self.client, ledger, self.prefix, number)

    def make_version(self):
        self.made += 1
        name = f"{self.prefix}n{self.made}"
        if self.dice.random() < 0.15:  # large enough to lie in a file of its own
            return alb.log_object(self.dice, name, lines=self.dice.randrange(150, 250), compress=False)
        small = alb.log_object(self.dice, name, lines=self.dice.randrange(1, 30), bad_lines=self.dice.choice([0, 0, 0, 2]))
        return alb.in_two_parts(small) if self.dice.random() < IN_PARTS else small

    def put(self, key: tuple, version) -> None:
        parts = version.parts()
        etag = self.client.put_parts(*key, parts) if len(parts) > 1 else self.client.put(*key, version.body)
        if etag != version.etag:
            raise Broken(f"the ETag of {key} is {etag}, not {version.etag}")

    def unless_busy(self, call) -> None:
        try:
            call()
        except Refused as refused:
            if refused.answer.status < 500:
                raise
            self.ledger.refused += 1

    def change(self) -> None:
        kind = self.dice.random()
        if kind < SEALS:
            return self.unless_busy(lambda: seal(self.client))
        if kind < SEALS + IDENTITIES:
            return self.unless_busy(self.identities.change)
        bucket = REFUSED_IN if self.dice.random() < 0.05 else BUCKET
        key = (bucket, f"w{self.number}/{self.dice.randrange(KEYS_EACH)}.log.gz")
        version = None if self.dice.random() < 0.2 else self.make_version()
        self.ledger.begin(key, version)
        try:
            if version:
                self.put(key, version)
            else:
                self.client.delete(*key)
        except Refused as refused:  # busy: it may be carried out or not; anything else is a fault
            if refused.answer.status < 500:
                raise
            self.ledger.refused += 1
            return
        self.ledger.done(key, version)

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                self.change()
        except Lost:
            pass
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure
        finally:
            self.client.close()


def check_objects(client, ledger: Ledger) -> None:
    for key in sorted(ledger.states):
        body = client.get(*key)
        digest = None if body is None else hashlib.md5(body).hexdigest()
        etag = digest and ledger.etags.get(digest, f"what nobody put: {digest}")
        ledger.observed(key, etag)
        if etag:
            ledger.acknowledged.add(etag)  # seen by a reader: from now on it counts


def check_deliveries(client, ledger: Ledger) -> set:
    """The etags whose delivery succeeded."""
    seen = {}
    for delivery in client.deliveries():
        etag = delivery["ETag"].strip('"')
        wanted = "sent_to_failure_destination" if etag in ledger.refusals else "succeeded"
        if delivery["Outcome"] != wanted:
            raise Broken(f"a delivery is not '{wanted}': {delivery}")
        if etag in seen:
            raise Broken(f"two deliveries of one object version: {seen[etag]} and {delivery}")
        seen[etag] = delivery
    missing = ledger.acknowledged - set(seen)
    if missing:
        raise Broken(f"{len(missing)} acknowledged versions have no delivery, e.g. {sorted(missing)[:3]}")
    strangers = set(seen) - set(ledger.versions)
    if strangers:
        raise Broken(f"deliveries of objects that nobody put: {sorted(strangers)[:3]}")
    documents = [key.rsplit("-", 1)[1] for key in client.keys(REFUSED_FAILED)]
    expected = {seen[etag]["DeliveryId"] for etag in seen if etag in ledger.refusals}
    if len(documents) != len(expected) or set(documents) != expected:
        raise Broken(f"{len(expected)} deliveries went to the failure destination, which has {len(documents)} documents")
    return set(seen) - ledger.refusals


def counted(rows: list, name: str) -> dict:
    return {row[name]: int(row["n"]) for row in rows}


def check_exactly_once(what: str, wanted: set, found: dict) -> None:
    missing = wanted - set(found)
    twice = [name for name, count in found.items() if count != 1]
    strangers = set(found) - wanted
    if missing or twice or strangers:
        raise Broken(f"{what}: of {len(wanted)} lines {len(missing)} missing {sorted(missing)[:3]}, {len(twice)} more than "
                     f"once {sorted(twice)[:3]}, {len(strangers)} from nowhere {sorted(strangers)[:3]}")


def check_lake(client, ledger: Ledger, delivered: set) -> dict:
    """The lines of each table."""
    good = {line for etag in delivered for line in ledger.versions[etag].good}
    bad = {line for etag in delivered for line in ledger.versions[etag].bad}
    rows = client.query("select aws.elb.conn_trace_id as id, count(*) as n from alb group by 1")
    check_exactly_once("table alb", good, counted(rows, "id"))
    rows = client.query("select decode(raw) as line, count(*) as n from malformed group by 1")
    check_exactly_once("table malformed", bad, counted(rows, "line"))
    return {"alb": len(good), "malformed": len(bad)}


def all_users(client) -> list:
    names, marker = [], {}
    while True:
        page = iam(client, "ListUsers", **marker)
        names += [name.text for name in page.iterfind(".//{*}UserName")]
        if page.findtext(".//{*}IsTruncated") != "true":
            return names
        marker = {"Marker": page.findtext(".//{*}Marker")}


def check_users(client, ledger: Ledger) -> None:
    there = set(all_users(client))
    strangers = there - ledger.users.keys()
    if strangers:
        raise Broken(f"users that nobody made: {sorted(strangers)[:3]}")
    for name, allowed in sorted(ledger.users.items()):
        state = None
        if name in there:
            state = (len(list(iam(client, "ListAccessKeys", UserName=name).iterfind(".//{*}AccessKeyId"))),
                     len(list(iam(client, "ListUserPolicies", UserName=name).iterfind(".//{*}PolicyNames/{*}member"))))
        if state not in allowed:
            raise Broken(f"user {name} has {state} (keys, policies), but may only have one of {allowed}")
        ledger.users[name] = [state]


def check_sum(client, answered: dict, found: dict) -> None:
    """`answered`: of each call before the log was sealed, whether it was; `found`: how many records each has."""
    wrong = [(trace, was, found.get(trace, 0)) for trace, was in answered.items()
             if found.get(trace, 0) != 1 and (was or found.get(trace, 0) != 0)]
    if wrong:
        raise Broken(f"of {len(answered)} calls {len(wrong)} have no record or several (trace, answered, records): "
                     f"{wrong[:3]}")
    strangers = found.keys() - answered.keys()
    if strangers:
        raise Broken(f"records of {len(strangers)} calls that nobody made: {sorted(strangers)[:3]}")
    acknowledged = sum(answered.values())
    happened = sum(trace in found for trace, was in answered.items() if not was)
    attempts = sum(delivery["Attempts"] for delivery in client.deliveries())
    rows = client.query("select count(*) as n, count(*) filter (event.action = 'SealAuditSegment') as s from sextant_audit")[0]
    records, seals = int(rows["n"]), int(rows["s"])
    if records != acknowledged + happened + attempts + seals:
        raise Broken(f"{records} records, but {acknowledged} acknowledged calls, {happened} that happened without an "
                     f"answer, {attempts} delivery attempts and {seals} seals")


def check_audit(client, ledger: Ledger) -> int:
    """The rows of the audit log's table."""
    answered = dict(ledger.calls)
    seal(client)
    verdict = client.get_json("audit/verify")
    if not verdict["Intact"]:
        raise Broken(f"the audit log is damaged: {verdict}")
    rows = client.query("select count(*) as n, count(distinct sextant.audit.sequence) as d, "
                        "max(sextant.audit.sequence) as m from sextant_audit")[0]
    if not int(rows["n"]) == int(rows["d"]) == int(rows["m"]):
        raise Broken(f"the audit log did not land exactly once: {rows}")
    found = counted(client.query("select trace.id as id, count(*) as n from sextant_audit "
                                 "where aws.cloudtrail.event_type = 'AwsApiCall' group by 1"), "id")
    check_sum(client, answered, found)
    attempts = client.query("select sextant.audit.delivery_id as id, count(*) as n, "
                            "count(distinct sextant.audit.attempt) as d, max(sextant.audit.attempt) as m "
                            "from sextant_audit where event.action = 'Invoke' group by 1")
    recorded = {row["id"]: (int(row["n"]), int(row["d"]), int(row["m"])) for row in attempts}
    made = {delivery["DeliveryId"]: (delivery["Attempts"],) * 3 for delivery in client.deliveries()}
    if recorded != made:
        differ = [(one, recorded.get(one), made.get(one)) for one in set(recorded) | set(made)
                  if recorded.get(one) != made.get(one)]
        raise Broken(f"{len(differ)} deliveries have other records than attempts: {differ[:3]}")
    return int(rows["n"])


def check_outside(data: pathlib.Path, lines: dict) -> None:
    """As other programs read the lake: by its Delta log."""
    for table, count in lines.items():
        files = DeltaTable(str(data / "lake" / table)).file_uris()
        found = sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
        if found != count:
            raise Broken(f"by its Delta log table {table} has {found} rows, not {count}")


def check(node: Node, ledger: Ledger) -> dict:
    client = Counted(node, ledger)
    try:
        client.settle()
        check_objects(client, ledger)
        check_users(client, ledger)
        lines = check_lake(client, ledger, check_deliveries(client, ledger))
        return {**lines, "sextant_audit": check_audit(client, ledger)}
    finally:
        client.close()


class Round:
    """Some kills on one data folder."""

    def __init__(self, folder: pathlib.Path, seed: str):
        self.node, self.ledger = Node(folder), Ledger()
        self.seed, self.dice = seed, random.Random(seed)
        self.kills, self.reached = 0, set()

    def set_up(self) -> None:
        self.node.start()
        client = Counted(self.node, self.ledger)
        iam(client, "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
        client.deploy((ROOT / "apps/threat_intel/template.yaml").read_text(), STACK)
        client.deploy(pathlib.Path(__file__).with_name("refused_template.yaml").read_text(), "crash-refused")
        self.put_first(client)
        client.close()
        self.node.stop()

    def put_first(self, client) -> None:
        """So that both tables have rows, and with them columns, whenever they are asked."""
        key, version = (BUCKET, "first.log.gz"), alb.log_object(self.dice, "first", lines=3, bad_lines=2)
        self.ledger.begin(key, version)
        client.put(*key, version.body)
        self.ledger.done(key, version)
        client.settle()

    def load(self, point: str) -> None:
        """Writes until the node kills itself at the point, or until we do."""
        writers = [Writer(self.node, self.ledger, number, f"{self.seed}/{self.kills}/{number}")
                   for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        by_itself = self.node.wait_dead(REACHED_WITHIN_S if point else self.dice.uniform(0.02, 1.2))
        for writer in writers:
            writer.enough.set()
        status = self.node.kill()
        for writer in writers:
            writer.join()
            if writer.failure:
                raise Broken(f"a call failed while the node was alive: {writer.failure}") from writer.failure
        if by_itself and (status != -9 or not point):
            raise Broken(f"the node ended by itself with {status}: {self.node.said()}")
        if by_itself:
            self.reached.add(point)

    def kill_once(self, point: str) -> None:
        times = 1 if point and point.startswith(RARE) else self.dice.randint(1, 4)
        environment = {"SEXTANT_FAULT_POINT": f"{point}:{times}"} if point else None
        # Half of the kills are power cuts as well: what was not synced is gone.
        self.node.arguments = ALWAYS + (["--forget-unsynced"] if self.dice.random() < 0.5 else [])
        try:
            self.node.start(environment)
        except NodeFailed:
            if not point or self.node.kill() != -9:
                raise
            self.reached.add(point)  # on the way up, while it recovered
        else:
            self.load(point)
        self.kills += 1

    def verify(self) -> int:
        self.node.arguments = ALWAYS
        self.node.start()
        lines = check(self.node, self.ledger)
        status = self.node.stop()
        if status != 0:
            raise Broken(f"SIGTERM ended the node with {status}")
        check_outside(self.node.data, lines)
        return sum(lines.values())

    def run(self, points: list) -> int:
        self.set_up()
        lines = 0
        for number, point in enumerate(points, 1):
            self.kill_once(point)
            if number == len(points) or self.dice.random() < 0.25:
                lines = self.verify()
        return lines


def plan(dice: random.Random, kills: int) -> list:
    """The point of each kill, or None for a random time: at least every point once, at most as many as random."""
    points, chosen = fault_points(), []
    while len(chosen) < max(kills, 2 * len(points)):
        dice.shuffle(points)
        chosen += [name for point in points for name in (point, None)]
    return chosen if kills <= 2 * len(points) else chosen[:kills]


def run(kills: int, seed: int, folder: pathlib.Path) -> None:
    todo, reached, done = plan(random.Random(seed), kills), set(), 0
    started = time.monotonic()
    while done < len(todo):
        part = todo[done:done + KILLS_A_ROUND]
        one = Round(folder / str(done), f"{seed}/{done}")
        (folder / str(done)).mkdir()
        try:
            lines = one.run(part)
        except (Broken, NodeFailed, Refused, StillPending, *Lost) as failure:
            raise SystemExit(f"FAILED after {done + one.kills} kills, the last at {part[one.kills - 1] if one.kills else None}: "
                             f"{failure}\nrepeat with --kills {kills} --seed {seed}\nthe node said:\n{one.node.said()}") from failure
        finally:
            if one.node.process:
                one.node.kill()
        done += len(part)
        reached |= one.reached
        print(f"{done} kills, {len(one.ledger.acknowledged)} versions and {lines} lines in this round, "
              f"{one.ledger.refused} refused, {time.monotonic() - started:.0f} s", flush=True)
        shutil.rmtree(folder / str(done - len(part)))
    never = set(fault_points()) - reached
    if never:
        raise SystemExit(f"FAILED: fault points that no load reached, so that nothing tests them: {sorted(never)}")
    print(f"all promises kept over {done} kills, at {len(reached)} fault points and at random times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=os.environ.get("SEED"), help="default: $SEED, else by chance")
    parser.add_argument("--keep", action="store_true", help="leave the data of a failure where it is")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"crash test: seed {seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sextant-crash-"))
    try:
        run(options.kills, seed, folder)
    finally:
        if options.keep:
            print(f"data: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # threads of the libraries may abort an orderly exit


if __name__ == "__main__":
    main()
