"""AWS Signature Version 4 in the Authorization header, written from its specification."""

import dataclasses
import datetime
import hashlib
import hmac
import urllib.parse


@dataclasses.dataclass(frozen=True)
class Credentials:
    key_id: str
    secret: str


def quote(text: str, safe: str = "") -> str:
    return urllib.parse.quote(text, safe=safe + "-_.~")


def canonical_query(query: dict) -> str:
    return "&".join(sorted(f"{quote(name)}={quote(str(value))}" for name, value in query.items()))


def sign(credentials: Credentials, region: str, service: str, method: str, path: str, query: dict, headers: dict,
         body: bytes, now: datetime.datetime = None) -> dict:
    """The headers to send: those given, and x-amz-date, x-amz-content-sha256, authorization. `path` is already
    percent-encoded; `headers` has the host."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    stamp, digest = now.strftime("%Y%m%dT%H%M%SZ"), hashlib.sha256(body).hexdigest()
    sent = {**{name.lower(): value for name, value in headers.items()},
            "x-amz-date": stamp, "x-amz-content-sha256": digest}
    names = ";".join(sorted(sent))
    canonical = "\n".join([method, path, canonical_query(query),
                           *(f"{name}:{sent[name].strip()}" for name in sorted(sent)), "", names, digest])
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + credentials.secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    sent["authorization"] = (f"AWS4-HMAC-SHA256 Credential={credentials.key_id}/{scope}, "
                             f"SignedHeaders={names}, Signature={signature}")
    return sent
