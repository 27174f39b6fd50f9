"""Where the outside evaluator answers otherwise and AWS's documentation is on our side, or leaves a choice that
docs/adr/0010 makes. A class is told by the smallest case of a disagreement; docs/adr/0030 gives the reason of each."""

import re

NEGATED = ("StringNot", "NumericNot", "DateNot", "ArnNot", "NotIp")
VARIABLE = re.compile(r"\$\{([^}?*$][^},]*)(,[^}]*)?\}")


class Part:
    """One condition of the smallest case, or one statement's element."""

    def __init__(self, operator: str, key: str, operands: object):
        quantifier, _, base = operator.rpartition(":")
        self.quantifier, self.if_exists = quantifier, base.endswith("IfExists")
        self.base = base.removesuffix("IfExists")
        self.key, self.operands = key, operands if isinstance(operands, list) else [operands]

    def is_negated(self) -> bool:
        return self.base.startswith(NEGATED)


class Smallest:
    def __init__(self, policies: dict, request: dict, own: str, other: str):
        self.answers, self.documents, self.action = (own, other), [], request["action"]
        for kind, found in policies.items():
            for each in found:
                self.documents += [(kind, one) for one in (each if isinstance(each, list) else [each])]
        self.context = {key.lower(): value for key, value in {**request["context"], **request["derived"]}.items()}

    def statements(self) -> list:
        found = []
        for kind, document in self.documents:
            statements = document["Statement"]
            found += [(kind, document, one) for one in (statements if isinstance(statements, list) else [statements])]
        return found

    def conditions(self) -> list:
        return [Part(operator, key, operands) for _, _, statement in self.statements()
                for operator, keys in statement.get("Condition", {}).items() for key, operands in keys.items()]

    def values(self, part: Part) -> list:
        value = self.context.get(part.key.lower(), [])
        return value if isinstance(value, list) else [value]

    def unresolved(self, text: object) -> bool:
        def missing(match) -> bool:
            value = self.context.get(match[1].strip().lower())
            return match[2] is None and (not value or isinstance(value, list))
        return isinstance(text, str) and any(missing(match) for match in VARIABLE.finditer(text))


def epoch(text: object) -> bool:
    return str(text).isdigit()


def is_arn(text: str) -> bool:
    return text.count(":") >= 5


def is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text))


def is_address(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9.]+|[0-9a-f:]+", text)) and text.count(".") in (0, 3) and ("." in text or ":" in text)


READABLE = {"Arn": is_arn, "Numeric": is_number, "NotIp": is_address, "Date": lambda text: text.isdigit() or bool(re.match(r"\d{4}-\d\d-\d\d", text))}


def unreadable(part: Part, value: str) -> bool:
    return any(part.base.startswith(family) and not reads(value) for family, reads in READABLE.items())


# name: whether it is of the class, for classes about one condition
CONDITIONS = {
    "address-of-everything": lambda case, part: "Ip" in part.base and {"0.0.0.0/0", "::/0"} & set(part.operands) and case.values(part),
    "dates-in-two-forms": lambda case, part: part.base.startswith("Date") and
        len({epoch(each) for each in part.operands + case.values(part)}) == 2,
    "no-value-is-not-equal": lambda case, part: part.is_negated() and any(map(case.unresolved, part.operands)),
    "unreadable-is-unknown": lambda case, part: part.is_negated() and any(unreadable(part, each) for each in case.values(part)),
    "several-values": lambda case, part: not part.quantifier and len(case.values(part)) > 1,
    "list-of-one": lambda case, part: not part.quantifier and isinstance(case.context.get(part.key.lower()), list) and
        len(case.values(part)) == 1,
    "any-value-if-exists": lambda case, part: part.quantifier == "ForAnyValue" and part.if_exists and not case.values(part),
    "half-read": lambda case, part: part.base.startswith(("Numeric", "Date")) and any(unreadable(part, each) for each in case.values(part)),
    "beyond-double": lambda case, part: part.base.startswith("Numeric") and
        any(len(str(each)) >= 16 for each in part.operands + case.values(part)),
    "other-address-family": lambda case, part: "Ip" in part.base and
        any((":" in value) != (":" in each) for value in case.values(part) for each in part.operands),
}


def listed(statement: dict, name: str) -> list:
    value = statement.get(name, [])
    return value if isinstance(value, list) else [value]


def not_resource_without_value(case: Smallest) -> bool:
    return any(case.unresolved(text) for _, _, statement in case.statements() for text in listed(statement, "NotResource"))


def escapes_in_resource(case: Smallest) -> bool:
    return any("${*}" in text for _, _, statement in case.statements() for name in ("Resource", "NotResource")
               for text in listed(statement, name))


def variable_first(case: Smallest) -> bool:
    """The first separator behind an ARN's fifth colon is one inside a variable."""
    def first(text: str) -> bool:
        return text.split(":", 5)[-1].startswith("${") and text.startswith("arn:")
    return any(first(text) for _, _, statement in case.statements() for name in ("Resource", "NotResource")
               for text in listed(statement, name))


def not_principal(case: Smallest) -> bool:
    return any("NotPrincipal" in statement for _, _, statement in case.statements())


def literal_variables(case: Smallest) -> bool:
    def variables(document: dict) -> bool:
        return document.get("Version") != "2012-10-17" and "${" in str(document)
    return any(variables(document) for _, document in case.documents)


def direct_grant(case: Smallest) -> bool:
    """Everyone is named by the resource, and the session's policy gives no Allow."""
    def named(statement: dict) -> bool:
        return statement["Effect"] == "Allow" and any(name in str(statement.get("Principal")) for name in ("*", ":assumed-role/"))
    kinds = {kind for kind, _ in case.documents}
    return case.answers == ("Allowed", "ImplicitlyDenied") and "session" in kinds and any(
        kind in ("resource", "trust") and named(statement) for kind, _, statement in case.statements())


def control_of_another_service(case: Smallest) -> bool:
    """Of the world's services all but Lambda have resource control policies."""
    kinds = {kind for kind, _ in case.documents}
    return case.action.startswith("lambda:") and "resource_control" in kinds and case.answers[1] != "Allowed"


CASES = {"direct-grant": direct_grant, "control-of-another-service": control_of_another_service,
         "not-resource-without-value": not_resource_without_value, "not-principal": not_principal,
         "literal-variables": literal_variables, "escapes-in-resource": escapes_in_resource,
         "variable-first": variable_first}


def classify(policies: dict, request: dict, own: str, other: str) -> str:
    """The class's name, or "" for a disagreement that nobody has judged."""
    case = Smallest(policies, request, own, other)
    conditions = case.conditions()
    for name, belongs in CASES.items():
        if belongs(case):
            return name
    for name, belongs in CONDITIONS.items():
        if len(conditions) == 1 and belongs(case, conditions[0]):
            return name
    return ""
