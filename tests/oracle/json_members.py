"""JSON objects read in the order of their text, for the second readings of the kinds of logs that are JSON."""
import json
import re

from second_reading import Malformed

BLANK = re.compile(r"[ \t\r\n]*")


class Raw(str):
    """The JSON text of a value that is no string, as it stands in the line."""


class Text(str):
    """What a string says; `source` is the string as it stands in the line."""
    source = ""


def value_of(value, source):
    if not isinstance(value, str):
        return Raw(source)
    text = Text(value)
    text.source = source
    return text


def parsed(text):
    """A JSON object as its members; Malformed where the text is none."""
    try:
        if not isinstance(json.loads(text), dict):
            raise Malformed("object")
    except ValueError:
        raise Malformed("JSON") from None
    return members_of(text[BLANK.match(text).end():])


def members_of(text):
    """(name, value) of an object in the order of the text: Text or Raw."""
    decoder, at, members = json.JSONDecoder(), 1, []
    while True:
        at = BLANK.match(text, at).end()
        if text[at] == "}":
            return members
        name, at = decoder.raw_decode(text, at)
        at = BLANK.match(text, BLANK.match(text, at).end() + 1).end()  # behind the colon
        value, end = decoder.raw_decode(text, at)
        members.append((name, value_of(value, text[at:end])))
        at = BLANK.match(text, end).end()
        at += text[at] == ","


def is_object(value):
    return isinstance(value, Raw) and value.startswith("{")


def cut(members, inner, fields, path=""):
    """(values by path, "httpRequest.uri"; JSON of the members that `fields` does not have). `inner` are the paths of
    the objects whose members have fields."""
    values, others = {}, []
    for name, value in members:
        full = path + name
        if full in fields:
            values[full] = value
        elif full in inner and is_object(value):
            more, rest = cut(members_of(value), inner, fields, full + ".")
            values.update(more)
            others += rest
        elif full not in inner or not is_null(value):
            text = value if isinstance(value, Raw) else value.source
            others.append(f"{json.dumps(full, ensure_ascii=False)}:{text}")
    return values, others


def is_null(value):
    return isinstance(value, Raw) and value == "null"


def text_of(value):
    return None if value in (None, "", "-") or is_null(value) else str(value)


def listed(text):
    """The list that a field's text is; None for no text."""
    if text in (None, "") or is_null(text):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        raise Malformed("list") from None
    if not isinstance(value, list):
        raise Malformed("list")
    return value


def objects(values):
    return [value for value in values or [] if isinstance(value, dict)]


def string(value):
    return value if isinstance(value, str) else ""


def joined(texts, between=","):
    return between.join(text for text in texts if text)


def distinct(texts):
    return joined(dict.fromkeys(texts))
