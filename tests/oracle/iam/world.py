"""Random policies and requests from a small world in which most things collide, as cases of tests/support/iam_case.h."""

import random

OWN, OTHER = "111122223333", "444455556666"
REGION = "us-east-1"
PRINCIPALS = [f"arn:aws:iam::{OWN}:user/ann", f"arn:aws:iam::{OWN}:user/team/bob", f"arn:aws:iam::{OTHER}:user/ann",
              f"arn:aws:sts::{OWN}:assumed-role/r/s", f"arn:aws:sts::{OWN}:assumed-role/r/other",
              f"arn:aws:sts::{OTHER}:assumed-role/r/s"]
WITHOUT_POLICIES = ["*", "s3.amazonaws.com", f"arn:aws:iam::{OWN}:root"]  # of their own
NAMED = [f"arn:aws:iam::{OWN}:user/ann", f"arn:aws:iam::{OWN}:user/team/bob", f"arn:aws:iam::{OTHER}:user/ann",
         f"arn:aws:sts::{OWN}:assumed-role/r/s", f"arn:aws:sts::{OTHER}:assumed-role/r/s", f"arn:aws:iam::{OWN}:role/r",
         f"arn:aws:iam::{OTHER}:role/r", f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OTHER}:root", OWN, OTHER]
BUCKETS = ["arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::b"]
RESOURCES = {
    "s3:GetObject": [f"{bucket}/{key}" for bucket in BUCKETS for key in ("k", "team/k", "ann/k", "a*b", "é")],
    "s3:PutObject": [f"{bucket}/{key}" for bucket in BUCKETS for key in ("k", "team/k")],
    "s3:ListBucket": BUCKETS,
    "lambda:InvokeFunction": [f"arn:aws:lambda:{REGION}:{OWN}:function:{name}" for name in ("f", "fg", "f:live")],
    "sqs:SendMessage": [f"arn:aws:sqs:{REGION}:{OWN}:q", f"arn:aws:sqs:eu-west-1:{OWN}:q"],
    "dynamodb:GetItem": [f"arn:aws:dynamodb:{REGION}:{OWN}:table/t"],
    "kms:Decrypt": [f"arn:aws:kms:{REGION}:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    "sts:AssumeRole": [f"arn:aws:iam::{OWN}:role/r", f"arn:aws:iam::{OWN}:role/team/r2"],
}
ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "s3:?etObject", "s3:*Object", "s3:PutObject",
                   "s3:ListBucket", "lambda:*", "lambda:InvokeFunction", "sqs:SendMessage", "sqs:*", "dynamodb:Get*", "kms:*",
                   "kms:Decrypt", "sts:AssumeRole", "sts:*"]
RESOURCE_PATTERNS = ["*", "arn:aws:s3:::*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::a*", "arn:aws:s3:::?/k",
                     "arn:aws:s3:::ab/team/*", "arn:aws:s3:::*/k", "arn:*:s3:::b/*", "arn:aws:s3:::a/${aws:username}/*",
                     "arn:aws:s3:::a/${aws:PrincipalTag/team}/*", "arn:aws:s3:::*/${aws:PrincipalTag/team, 'team'}/k",
                     "arn:aws:s3:::a/a${*}b", "arn:aws:s3:::a/?", "arn:aws:lambda:*:*:function:f*",
                     f"arn:aws:lambda:{REGION}:{OWN}:function:f", f"arn:aws:lambda:{REGION}:{OWN}:*", f"arn:aws:sqs:*:{OWN}:q",
                     f"arn:aws:sqs:eu-west-1:{OWN}:q", f"arn:aws:sqs:*:{OWN}:${{k:text, 'q'}}", f"arn:aws:sqs:*:{OWN}:${{aws:username}}*",
                     "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team, 't'}", "arn:aws:dynamodb:*:*:table/*", "arn:aws:kms:*:*:key/*",
                     f"arn:aws:iam::{OWN}:role/*", f"arn:aws:iam::{OWN}:role/r"]

TEXTS = ["team", "Team", "red", "re*", "r?d", "", "ann", "é", "a/b", "team/x"]
TEXT_OPERANDS = TEXTS + ["*", "t*", "?eam", "*/*", "${aws:username}", "${aws:PrincipalTag/team}", "x${*}", "${aws:nothing}",
                         "${aws:username, 'ann'}", "${aws:PrincipalTag/team}*", "${aws:TagKeys}"]
NUMBERS = ["0", "1", "-1", "10", "1.5", "1.0", "10.25", "9007199254740993", "9007199254740992"]
DATES = ["2026-01-01T00:00:00Z", "2026-07-02T08:00:00Z", "2026-07-02T10:00:00+02:00", "2026-07-02", "1782979200", "2027-01-01T00:00:00Z",
         "2026-07-02T08:00:00.500Z"]
ADDRESSES = ["192.0.2.7", "192.0.2.200", "198.51.100.1", "2001:db8::1", "2001:db8:1::1", "10.0.0.1"]
RANGES = ["192.0.2.0/24", "192.0.2.7", "192.0.2.128/25", "0.0.0.0/0", "2001:db8::/32", "2001:db8:1::1/128", "::/0", "10.0.0.0/8"]
ARNS = ["arn:aws:s3:::a", "arn:aws:s3:::ab", f"arn:aws:sqs:{REGION}:{OWN}:q", f"arn:aws:lambda:{REGION}:{OWN}:function:f",
        f"arn:aws:lambda:{REGION}:{OWN}:function:f:live", f"arn:aws:iam::{OWN}:role/r"]
ARN_OPERANDS = ARNS + ["arn:aws:s3:::a*", "arn:aws:*:*:*:*", f"arn:aws:lambda:*:{OWN}:function:*", "arn:aws:s3:::?",
                       f"arn:aws:sqs:{REGION}:*:q", "arn:aws:s3:::${aws:username}", f"arn:aws:lambda:{REGION}:{OWN}:*", "arn:*:s3:::a"]
MOMENTS = {"2026-01-01T00:00:00Z": "1767225600", "2026-07-02T08:00:00Z": "1782979200", "2026-12-31T23:59:59Z": "1798761599"}
BINARIES = ["aGVsbG8=", "d29ybGQ=", "AAEC"]

# family: operators (without and with their negation alike), keys, values of requests, values of policies
FAMILIES = {
    "string": (["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
                "StringNotLike"],
               ["aws:PrincipalTag/team", "aws:RequestTag/team", "s3:prefix", "k:text", "k:texts", "aws:username", "aws:PrincipalAccount",
                "aws:userid", "aws:PrincipalType", "aws:ResourceAccount", "aws:RequestedRegion", "aws:SourceVpce", "aws:TagKeys",
                "aws:PrincipalOrgPaths"],
               TEXTS, TEXT_OPERANDS + [OWN, OTHER, REGION, "User", "AssumedRole"]),
    "numeric": (["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
                 "NumericGreaterThanEquals"], ["s3:max-keys", "aws:MultiFactorAuthAge", "k:number"], NUMBERS, NUMBERS),
    "date": (["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"],
             ["aws:CurrentTime", "aws:EpochTime", "k:date"], DATES, DATES),
    "bool": (["Bool"], ["aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:ViaAWSService", "k:bool"], ["true", "false", "TRUE"], ["true", "false", "True"]),
    "binary": (["BinaryEquals"], ["k:binary"], BINARIES, BINARIES),
    "ip": (["IpAddress", "NotIpAddress"], ["aws:SourceIp", "aws:VpcSourceIp", "k:ip"], ADDRESSES, RANGES),
    "arn": (["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"], ["aws:SourceArn", "aws:PrincipalArn", "k:arn"], ARNS,
            ARN_OPERANDS),
}
ALL_KEYS = [key for _, keys, _, _ in FAMILIES.values() for key in keys]
# From the request, beside those that derived_keys() tells of it. Keys of services are there for the actions that AWS
# documents them for.
GIVEN_KEYS = {"aws:PrincipalTag/team", "aws:RequestTag/team", "aws:SourceVpce", "aws:TagKeys", "aws:PrincipalOrgPaths",
              "aws:MultiFactorAuthAge", "aws:SecureTransport", "aws:SourceIp", "aws:VpcSourceIp"}
LIST_KEYS = {"s3:prefix", "s3:max-keys"}
MULTIVALUED = {"aws:TagKeys", "aws:PrincipalOrgPaths", "k:texts"}


def account_of(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else ""


def derived_keys(principal: str, owner: str, context: dict) -> dict:
    """What a request says of itself, which this evaluator takes from the call and the other must be told."""
    account, keys = account_of(principal), {"aws:ResourceAccount": owner, "aws:PrincipalIsAWSService": "false"}
    if "aws:RequestedRegion" not in context:
        keys["aws:RequestedRegion"] = REGION
    if "aws:ViaAWSService" not in context:
        keys["aws:ViaAWSService"] = "false"
    if principal == "*":
        return {**keys, "aws:PrincipalType": "Anonymous"}
    if not account:
        return {**keys, "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal, "aws:userid": principal}
    keys["aws:PrincipalAccount"] = account
    if principal.endswith(":root"):
        return {**keys, "aws:PrincipalArn": principal, "aws:PrincipalType": "Account", "aws:userid": account}
    if ":assumed-role/" in principal:
        _, role, session = principal.split(":")[5].split("/")
        return {**keys, "aws:PrincipalArn": f"arn:aws:iam::{account}:role/{role}", "aws:PrincipalType": "AssumedRole",
                "aws:userid": f"AROASIMULATED:{session}", "aws:MultiFactorAuthPresent": "false"}
    return {**keys, "aws:PrincipalArn": principal, "aws:PrincipalType": "User", "aws:userid": "AIDASIMULATED",
            "aws:username": principal.rsplit("/", 1)[1]}


class World:
    def __init__(self, seed: int):
        self.dice = random.Random(seed)
        self.service = "s3"
        self.own_keys = True

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def near(self, patterns: list) -> list:
        """Mostly those about the service that the case is about."""
        if self.chance(0.2):
            return patterns
        return [each for each in patterns if each in ("*", "arn:*:s3:::b/*") or self.service in each.lower().split(":")]

    def known(self, keys: list) -> list:
        """With a resource's or a session's policy the other evaluator drops keys that AWS does not document."""
        return keys if self.own_keys else [key for key in keys if not key.startswith("k:")]

    def one_or_more(self, values: list, most: int = 3) -> object:
        """As policies are written: one, or a list."""
        if self.chance(0.6):
            return self.dice.choice(values)
        return self.dice.sample(values, self.dice.randint(1, min(most, len(values))))

    def condition(self) -> dict:
        wanted = {}
        for _ in range(self.dice.choice([1, 1, 1, 2, 3])):
            if self.chance(0.12):
                wanted.setdefault("Null", {})[self.dice.choice(self.known(ALL_KEYS))] = self.dice.choice(["true", "false", True, False])
                continue
            operators, keys, _, operands = FAMILIES[self.dice.choice(list(FAMILIES))]
            keys = self.known(keys)
            if not keys or self.chance(0.03):  # a key of another type
                keys = self.known(ALL_KEYS)
            name = self.dice.choice(operators)
            if self.chance(0.3):
                name = self.dice.choice(["ForAllValues:", "ForAnyValue:"]) + name
            if self.chance(0.25):
                name += "IfExists"
            wanted.setdefault(name, {})[self.dice.choice(keys)] = self.one_or_more(operands)
        return wanted

    def principal(self) -> object:
        luck = self.dice.random()
        if luck < 0.2:
            return "*"
        if luck < 0.25:
            return {"AWS": "*"}
        if luck < 0.35:
            return {"Service": self.one_or_more(["s3.amazonaws.com", "lambda.amazonaws.com"])}
        return {"AWS": self.one_or_more(NAMED)}

    def statement(self, kind: str) -> dict:
        made = {"Effect": "Deny" if self.chance(0.25) else "Allow"}
        if self.chance(0.3):
            made["Sid"] = f"S{self.dice.randrange(10**6)}"
        if kind in ("resource", "trust"):
            made["NotPrincipal" if self.chance(0.1) else "Principal"] = self.principal()
        if kind == "trust":
            made["Action"] = self.one_or_more(["sts:AssumeRole", "sts:*", "sts:TagSession"])
        else:
            made["NotAction" if self.chance(0.12) else "Action"] = self.one_or_more(self.near(ACTION_PATTERNS))
            made["NotResource" if self.chance(0.1) else "Resource"] = self.one_or_more(self.near(RESOURCE_PATTERNS))
        if self.chance(0.55):
            made["Condition"] = self.condition()
        return made

    def policy(self, kind: str, most: int = 3) -> dict:
        statements = [self.statement(kind) for _ in range(self.dice.randint(1, most))]
        made = {"Version": "2012-10-17"}
        luck = self.dice.random()
        if luck < 0.04:
            made["Version"] = "2008-10-17"
        elif luck < 0.08:
            del made["Version"]
        made["Statement"] = statements[0] if len(statements) == 1 and self.chance(0.3) else statements
        return made

    def broad(self, kind: str) -> dict:
        """A limit that mostly lets through, so that what lies behind it matters."""
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        if kind == "resource":
            everything["Principal"] = "*"
        extra = [self.statement(kind) for _ in range(self.dice.randint(0, 2))]
        return {"Version": "2012-10-17", "Statement": [everything, *extra]}

    def limit(self) -> dict:
        return self.broad("identity") if self.chance(0.6) else self.policy("identity")

    def control(self) -> list:
        """A level of resource control: AWS's own Allow is always there, other statements may only deny."""
        denies = [self.statement("resource") for _ in range(self.dice.randint(1, 2))]
        for statement in denies:
            statement.pop("NotPrincipal", None)
            statement.pop("NotAction", None)
            statement.update(Effect="Deny", Principal="*", Action=self.one_or_more(ACTION_PATTERNS[1:]))
        everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
        return [{"Version": "2012-10-17", "Statement": [everything]}, {"Version": "2012-10-17", "Statement": denies}]

    def policies(self, trust: bool, outside: bool) -> dict:
        with_resource, with_session = outside or self.service in ("sts", "kms") or self.chance(0.5), not outside and self.chance(0.15)
        self.own_keys = not with_resource and not with_session
        made = {}
        if with_resource:
            kind = "trust" if trust else "resource"
            made[kind] = [self.policy(kind)]
        if self.chance(0.1):
            made["resource_control"] = [self.control() for _ in range(self.dice.randint(1, 2))]
        if outside:
            return made
        made["identity"] = [self.policy("identity") for _ in range(self.dice.choice([0, 1, 1, 1, 2]))]
        if self.chance(0.2):
            made["boundary"] = [self.limit()]
        if with_session:
            made["session"] = [self.limit()]
        if self.chance(0.15):
            made["service_control"] = [[self.limit()] for _ in range(self.dice.randint(1, 2))]
        return made

    def context(self, action: str) -> dict:
        made = {"aws:CurrentTime": self.dice.choice(list(MOMENTS))}
        for _, keys, values, _ in FAMILIES.values():
            for key in self.known(keys):
                given = key in GIVEN_KEYS or key.startswith("k:") or (key in LIST_KEYS and action == "s3:ListBucket")
                if not given or self.chance(0.45):
                    continue
                made[key] = self.dice.choice(values)
                if key in MULTIVALUED:
                    made[key] = self.dice.sample(values, self.dice.randint(1, 3))
                elif key.startswith("k:") and self.chance(0.05):
                    made[key] = self.dice.sample(values, 2)
                elif key.startswith("k:") and self.chance(0.05):
                    made[key] = self.dice.choice(["nonsense", "1x", "12.5.1", "arn:aws", "maybe"])
        return made

    def request(self, principals: list) -> dict:
        action = self.dice.choice([name for name in RESOURCES if name.startswith(self.service)])
        resource, principal, context = self.dice.choice(RESOURCES[action]), self.dice.choice(principals), self.context(action)
        if principal == "s3.amazonaws.com":
            context["aws:SourceArn"], context["aws:SourceAccount"] = self.dice.choice(ARNS), OWN
        elif self.chance(0.3):
            context["aws:SourceArn"] = self.dice.choice(ARNS)
        derived = derived_keys(principal, OWN, context)
        derived["aws:EpochTime"] = MOMENTS[context["aws:CurrentTime"]]
        return {"principal": principal, "action": action, "resource": resource, "owner": OWN, "context": context, "derived": derived}

    def case(self, requests: int = 8) -> dict:
        self.service = self.dice.choice(["s3", "s3", "s3", "lambda", "sqs", "dynamodb", "kms", "sts"])
        outside = self.chance(0.1)
        policies = self.policies(self.service == "sts", outside)
        principals = WITHOUT_POLICIES if outside else PRINCIPALS
        if "session" in policies:  # only sessions have one
            principals = [each for each in PRINCIPALS if ":assumed-role/" in each]
        return {"policies": policies, "requests": [self.request(principals) for _ in range(requests)]}
