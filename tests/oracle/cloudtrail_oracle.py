"""A second reading of CloudTrail's files: second_reading.py says how it is run."""
import ipaddress
import json
import re

from json_members import cut, distinct, is_null, joined, objects, parsed, string, text_of
from second_reading import ACCOUNT, REGION, compare, micros

SESSION, SESSION_COLUMN = "userIdentity.sessionContext", "aws.cloudtrail.user_identity.session_context"
TEXTS = {
    "eventVersion": "aws.cloudtrail.event_version", "userIdentity.type": "aws.cloudtrail.user_identity.type",
    "userIdentity.principalId": "user.id", "userIdentity.arn": "aws.cloudtrail.user_identity.arn",
    "userIdentity.accessKeyId": "aws.cloudtrail.user_identity.access_key_id",
    "userIdentity.invokedBy": "aws.cloudtrail.user_identity.invoked_by",
    "userIdentity.identityProvider": "aws.cloudtrail.user_identity.identity_provider",
    "userIdentity.credentialId": "aws.cloudtrail.user_identity.credential_id",
    "userIdentity.onBehalfOf.userId": "aws.cloudtrail.user_identity.on_behalf_of.user_id",
    "userIdentity.onBehalfOf.identityStoreArn": "aws.cloudtrail.user_identity.on_behalf_of.identity_store_arn",
    f"{SESSION}.attributes.creationDate": f"{SESSION_COLUMN}.creation_date",
    f"{SESSION}.attributes.mfaAuthenticated": f"{SESSION_COLUMN}.mfa_authenticated",
    f"{SESSION}.sessionIssuer.type": f"{SESSION_COLUMN}.session_issuer.type",
    f"{SESSION}.sessionIssuer.principalId": f"{SESSION_COLUMN}.session_issuer.principal_id",
    f"{SESSION}.sessionIssuer.arn": f"{SESSION_COLUMN}.session_issuer.arn",
    f"{SESSION}.sessionIssuer.accountId": f"{SESSION_COLUMN}.session_issuer.account_id",
    f"{SESSION}.sessionIssuer.userName": f"{SESSION_COLUMN}.session_issuer.user_name",
    f"{SESSION}.webIdFederationData": f"{SESSION_COLUMN}.web_id_federation_data",
    f"{SESSION}.sourceIdentity": f"{SESSION_COLUMN}.source_identity",
    f"{SESSION}.ec2RoleDelivery": f"{SESSION_COLUMN}.ec2_role_delivery",
    "eventSource": "event.provider", "eventName": "event.action", "sourceIPAddress": "source.address",
    "userAgent": "user_agent.original", "errorCode": "aws.cloudtrail.error_code",
    "errorMessage": "aws.cloudtrail.error_message", "requestID": "aws.cloudtrail.request_id", "eventID": "event.id",
    "readOnly": "aws.cloudtrail.read_only", "resources": "aws.cloudtrail.resource_list",
    "eventType": "aws.cloudtrail.event_type", "apiVersion": "aws.cloudtrail.api_version",
    "managementEvent": "aws.cloudtrail.management_event",
    "recipientAccountId": "aws.cloudtrail.recipient_account_id", "sharedEventID": "aws.cloudtrail.shared_event_id",
    "vpcEndpointId": "aws.cloudtrail.vpc_endpoint_id",
    "vpcEndpointAccountId": "aws.cloudtrail.vpc_endpoint_account_id", "eventCategory": "aws.cloudtrail.event_category",
    "addendum": "aws.cloudtrail.addendum",
    "sessionCredentialFromConsole": "aws.cloudtrail.session_credential_from_console",
    "edgeDeviceDetails": "aws.cloudtrail.edge_device_details", "tlsDetails.cipherSuite": "tls.cipher",
    "tlsDetails.clientProvidedHostHeader": "tls.client.server_name"}
FREE = {"requestParameters": "request_parameters", "responseElements": "response_elements",
        "additionalEventData": "additional_eventdata", "serviceEventDetails": "service_event_details",
        "insightDetails": "insight_details"}
FIELDS = {*TEXTS, *FREE, "userIdentity.accountId", "userIdentity.userName", "eventTime", "awsRegion",
          "tlsDetails.tlsVersion", "sharedEventId"}
INNER = {"userIdentity", "userIdentity.onBehalfOf", SESSION, f"{SESSION}.attributes", f"{SESSION}.sessionIssuer",
         "tlsDetails"}
CONSTANTS = {"event.kind": "event", "event.dataset": "aws.cloudtrail", "cloud.provider": "aws"}
CATEGORIES = {"AssumeRole": ("authentication", "info"), "ConsoleLogin": ("authentication", "info"),
              "CreateUser": ("iam", "user,creation"), "UpdateUser": ("iam", "user,change"),
              "GetUser": ("iam", "user,info"), "ListUsers": ("iam", "user,info"),
              "ListAttachedUserPolicies": ("iam", "user,info"), "CreateAccessKey": ("iam", "user,change")}
FLAT_MAX = 32_766


class Number(str):
    """A number as it is written."""


def leaves(value, path=""):
    """(path, text) of each value inside, in the order of the text."""
    if isinstance(value, list) and not (value and isinstance(value[0], tuple) and len(value[0]) == 2):
        for item in value:
            yield from leaves(item, path)
    elif isinstance(value, list):
        for name, item in value:
            yield from leaves(item, f"{path}.{name}" if path else name)
    elif value is not None:
        yield path, {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def flattened(text):
    """(all leaves, the searchable text)"""
    if not text or text[0] not in "{[":
        return [], None
    values = json.loads(text, object_pairs_hook=list, parse_int=Number, parse_float=Number)
    found = [(path, value) for path, value in leaves(values) if "\0" not in path + value]
    lines, size = [], 0
    for path, value in found:
        if size + len(path.encode()) + len(value.encode()) + 2 > FLAT_MAX:
            break
        lines.append(f"{path}={value}".replace("\n", " "))
        size += len(lines[-1].encode()) + (len(lines) > 1)
    return found, "\n".join(lines)


def first(found, wanted):
    return next((value for path, value in found if path == wanted and value), None)


def without_version(name):
    cut_off = re.fullmatch(r"(.*?)(20\d{6}|20\d\d_\d\d_\d\d)(v\d+)?", name or "")
    versioned = cut_off and not re.search(r"\d$", cut_off[1])
    return cut_off[1] if versioned and cut_off[1] else name


def source_columns(address):
    try:
        family = ipaddress.ip_address(address or "").version
    except ValueError:
        return {}
    return {"source.ip": address, "network.type": f"ipv{family}"}


def resource_columns(text):
    resources = json.loads(text) if text else []
    resources = objects(resources if isinstance(resources, list) else [])
    return {"aws.cloudtrail.resources.arn": joined(string(r.get("ARN")) or string(r.get("arn")) for r in resources),
            "aws.cloudtrail.resources.account_id": distinct(string(r.get("accountId")) for r in resources),
            "aws.cloudtrail.resources.type": distinct(string(r.get("type")) for r in resources)}


def tls_columns(text):
    version = re.fullmatch(r"TLSv(.*)", text or "")
    return {"tls.version_protocol": "tls", "tls.version": version[1]} if version else {"tls.version_protocol": text}


def outcome_columns(row, response, additional):
    failed = row["aws.cloudtrail.error_code"] or row["aws.cloudtrail.error_message"]
    sign_in = row["aws.cloudtrail.event_type"] == "AwsConsoleSignIn" or row["event.action"] == "ConsoleLogin"
    if sign_in and first(response, row["event.action"]) == "Failure":
        failed = True
    columns = {"event.outcome": "failure" if failed else "success"}
    if row["event.action"] == "ConsoleLogin":
        prefix = "aws.cloudtrail.console_login.additional_eventdata"
        columns[f"{prefix}.login_to"] = first(additional, "LoginTo")
        for name, column in (("MobileVersion", "mobile_version"), ("MFAUsed", "mfa_used")):
            value = first(additional, name)
            columns[f"{prefix}.{column}"] = value and ("false" if value == "No" else "true")
    return columns


def columns_of(line):
    fields, others = cut(parsed(line), INNER, FIELDS)
    if "sharedEventId" in fields:
        fields["sharedEventID"] = fields["sharedEventId"]
    row = {column: text_of(fields.get(name)) for name, column in TEXTS.items()}
    row["ts"] = micros(str(fields.get("eventTime", "")))
    row["user.name"] = text_of(fields.get("userIdentity.userName")) or row[f"{SESSION_COLUMN}.session_issuer.user_name"]
    row["cloud.account.id"] = (text_of(fields.get("userIdentity.accountId")) or
                               row["aws.cloudtrail.recipient_account_id"] or ACCOUNT)
    row["cloud.region"] = text_of(fields.get("awsRegion")) or REGION
    row["aws.cloudtrail.operation"] = without_version(row["event.action"])
    row["event.category"], row["event.type"] = CATEGORIES.get(row["aws.cloudtrail.operation"], (None, "info"))
    found = {}
    for name, column in FREE.items():
        text = None if is_null(fields.get(name)) else fields.get(name)
        found[name], flat = flattened(text)
        row |= {f"aws.cloudtrail.{column}": text and str(text), f"aws.cloudtrail.flattened.{column}": flat}
    for name, path, column in (("requestParameters", "userName", "user.target.name"),
                               ("requestParameters", "groupName", "group.name"),
                               ("requestParameters", "newUserName", "user.changes.name"),
                               ("responseElements", "user.userId", "user.target.id"),
                               ("responseElements", "group.groupId", "group.id")):
        row[column] = first(found[name], path)
    row |= source_columns(row["source.address"]) | resource_columns(row["aws.cloudtrail.resource_list"])
    row |= tls_columns(text_of(fields.get("tlsDetails.tlsVersion")))
    row |= outcome_columns(row, found["responseElements"], found["additionalEventData"])
    if others:
        row["aws.cloudtrail.trailing"] = "{" + ",".join(others) + "}"
    return {**row, **CONSTANTS}


def records_of(log):
    """(offset, bytes) of each item of the list; a broken one ends where the next record begins, or at the comma."""
    text, decoder = log.decode("latin-1"), json.JSONDecoder(strict=False)
    at = text.index("[") + 1
    while at < len(text) and text[at] != "]":
        try:
            end = decoder.raw_decode(text, at)[1]
            if text[end] not in ",]":
                raise ValueError
        except ValueError:
            beginning = r',(?=\{"eventVersion":)|,(?=\{\s+"eventVersion" :)' if text[at] == "{" else r"[,\]]"
            after = re.compile(beginning).search(text, at + 1)
            end = after.start() if after else len(text)
        yield at, log[at:end].rstrip(b" \t\r\n")
        at = end + (text[end:end + 1] == ",")


if __name__ == "__main__":
    compare("cloudtrail", columns_of, backslash="\\\\", entries_of=records_of)
