"""Both evaluators as processes that answer cases, and the smallest case on which they still disagree."""

import copy
import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Evaluator:
    def __init__(self, *command: str):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def send(self, case: dict) -> None:
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()

    def receive(self) -> list:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("an evaluator ended early")
        found = json.loads(line)
        if not isinstance(found, list):
            raise SystemExit(f"no case: {found}")
        return found


class Both:
    """This evaluator and the other, each asked the same."""

    def __init__(self, tool: str, modules: str):
        self.own = Evaluator(tool)
        self.other = Evaluator("node", str(HERE / "simulate.mjs"), modules)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.own.__exit__()
        self.other.__exit__()

    def judge(self, case: dict) -> list:
        self.other.send(case)
        self.own.send(case)
        return list(zip(self.own.receive(), self.other.receive()))

    def disagree(self, policies: dict, request: dict) -> bool:
        own, other = self.judge({"policies": policies, "requests": [request]})[0]
        return own != other


def smaller_lists(value: list) -> list:
    return [value[:i] + value[i + 1:] for i in range(len(value))]


def smaller_conditions(condition: dict) -> list:
    found = []
    for name, keys in condition.items():
        for key, operand in keys.items():
            rest = copy.deepcopy(condition)
            del rest[name][key]
            if not rest[name]:
                del rest[name]
            found.append(rest)
            for fewer in smaller_lists(operand) if isinstance(operand, list) and len(operand) > 1 else []:
                rest = copy.deepcopy(condition)
                rest[name][key] = fewer
                found.append(rest)
    return found


def smaller_statements(statement: dict) -> list:
    """The statement with less in it, still one that both can read."""
    found = []
    if "Sid" in statement:
        found.append({name: value for name, value in statement.items() if name != "Sid"})
    for condition in smaller_conditions(statement.get("Condition", {})):
        rest = {name: value for name, value in statement.items() if name != "Condition"}
        found.append({**rest, "Condition": condition} if condition else rest)
    for name in ("Action", "Resource", "NotAction", "NotResource"):
        value = statement.get(name)
        if isinstance(value, list) and len(value) > 1:
            found += [{**statement, name: fewer} for fewer in smaller_lists(value)]
    for name in ("Principal", "NotPrincipal"):
        for kind, value in (statement.get(name).items() if isinstance(statement.get(name), dict) else []):
            if isinstance(value, list) and len(value) > 1:
                found += [{**statement, name: {kind: fewer}} for fewer in smaller_lists(value)]
    return found


def smaller_documents(document: dict) -> list:
    statements = document["Statement"]
    if isinstance(statements, dict):
        return [{**document, "Statement": each} for each in smaller_statements(statements)]
    found = [{**document, "Statement": fewer} for fewer in smaller_lists(statements)] if len(statements) > 1 else []
    for i, statement in enumerate(statements):
        found += [{**document, "Statement": statements[:i] + [each] + statements[i + 1:]} for each in smaller_statements(statement)]
    return found


def smaller_kinds(documents: list) -> list:
    """Fewer policies of one kind (or levels of them), or smaller ones. The first of a level of controls stays."""
    found = smaller_lists(documents)
    for i, document in enumerate(documents):
        if isinstance(document, list):
            inner = [[*document[:j], each, *document[j + 1:]] for j, one in enumerate(document) for each in smaller_documents(one)]
        else:
            inner = smaller_documents(document)
        found += [documents[:i] + [each] + documents[i + 1:] for each in inner]
    return found


# A resource that has a policy keeps one, which speaks of nobody: of roles and keys the own policy must say yes.
NOBODY = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}}
NOTHING = {"resource": [{"Version": "2012-10-17", "Statement": {**NOBODY, "Action": "iam:GetUser", "Resource": "*"}}],
           "trust": [{"Version": "2012-10-17", "Statement": {**NOBODY, "Action": "sts:AssumeRole"}}]}


def smaller_policies(policies: dict) -> list:
    found = []
    for kind, documents in policies.items():
        if documents == NOTHING.get(kind):
            continue
        for fewer in smaller_kinds(documents):
            found.append({name: each for name, each in {**policies, kind: fewer or NOTHING.get(kind)}.items() if each})
    return found


def smaller_requests(request: dict) -> list:
    found = []
    for key, value in request["context"].items():
        rest = {name: each for name, each in request["context"].items() if name != key}
        if key not in ("aws:CurrentTime", "aws:SourceAccount") and (key != "aws:SourceArn" or request["principal"][:4] == "arn:"):
            found.append({**request, "context": rest})
        for fewer in smaller_lists(value) if isinstance(value, list) and len(value) > 1 else []:
            found.append({**request, "context": {**request["context"], key: fewer}})
    return found


def shrink(both: Both, policies: dict, request: dict) -> tuple:
    """The smallest policies and request, reached by leaving out one thing at a time, on which they disagree."""
    again = True
    while again:
        again = False
        for candidate in smaller_policies(policies):
            if both.disagree(candidate, request):
                policies, again = candidate, True
                break
        if again:
            continue
        for candidate in smaller_requests(request):
            if both.disagree(policies, candidate):
                request, again = candidate, True
                break
    return policies, request
