"""User agents as the enricher reads them and as PyPI ua-parser does, with the same patterns and another engine: texts
that match each of the patterns, with and without others around them, and those of the generator's kind.

    user_agent_differential.py <user_agent_tool> [--texts N] [--seed S]
"""

import argparse
import random
import re
import subprocess
import sys

import re._constants as sre
import re._parser as sre_parser

from ua_parser.basic import Resolver
from ua_parser.core import Domain
from ua_parser_builtins.matchers import MATCHERS

AROUND = ["Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 {} Chrome/126.0.1.2 Mobile Safari/537.36",
          "Mozilla/5.0 (compatible; {}; +http://example.org)", "{} (iPhone; iOS 17.5; Scale/3.00)", "{} curl/8.5.0",
          "Mozilla/5.0 (Windows NT 10.0; {}) Gecko/20100101 Firefox/127.0", "{}"]
PRINTABLE = [chr(code) for code in range(32, 127)]
REPEATED_MAX = 4


class Sample:
    """Makes texts that a pattern matches."""

    def __init__(self, dice: random.Random):
        self.dice = dice

    def of(self, pattern: str, any_case: bool) -> str:
        text = self.parts(sre_parser.parse(pattern, re.IGNORECASE if any_case else 0))
        return self.dice.choice([text, text.upper(), text.lower()]) if any_case else text

    def parts(self, parsed) -> str:
        return "".join(self.part(kind, value) for kind, value in parsed)

    def part(self, kind, value) -> str:
        if kind is sre.LITERAL:
            return chr(value)
        if kind is sre.ANY:
            return self.dice.choice(PRINTABLE)
        if kind in (sre.IN, sre.NOT_LITERAL):
            return self.one_of(value if kind is sre.IN else [(sre.NEGATE, None), (sre.LITERAL, value)])
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, inner = value
            count = self.dice.randint(least, min(most, least + REPEATED_MAX))
            return "".join(self.parts(inner) for _ in range(count))
        if kind is sre.BRANCH:
            return self.parts(self.dice.choice(value[1]))
        if kind is sre.SUBPATTERN:
            return self.parts(value[-1])
        return ""  # where it stands

    def one_of(self, choices) -> str:
        negated = choices[0][0] is sre.NEGATE
        fitting = [char for char in PRINTABLE if any(self.fits(char, *each) for each in choices[negated:]) != negated]
        return self.dice.choice(fitting or [chr(value) for kind, value in choices if kind is sre.LITERAL])

    @staticmethod
    def fits(char: str, kind, value) -> bool:
        if kind is sre.LITERAL:
            return ord(char) == value
        if kind is sre.RANGE:
            return value[0] <= ord(char) <= value[1]
        is_word = char.isalnum() or char == "_"
        return {sre.CATEGORY_DIGIT: char.isdigit(), sre.CATEGORY_NOT_DIGIT: not char.isdigit(),
                sre.CATEGORY_SPACE: char.isspace(), sre.CATEGORY_NOT_SPACE: not char.isspace(),
                sre.CATEGORY_WORD: is_word, sre.CATEGORY_NOT_WORD: not is_word}[value]


def texts(count: int, dice: random.Random):
    sample = Sample(dice)
    patterns = [(each.regex, bool(getattr(each, "flags", 0) & re.IGNORECASE)) for kind in MATCHERS for each in kind]
    for number in range(count):
        made = sample.of(*patterns[number % len(patterns)])
        yield dice.choice(AROUND).replace("{}", made)


def version(*numbers) -> str:
    known = []
    for number in numbers:
        if not number:
            break
        known.append(number)
    return ".".join(known)


def second_reading(resolver: Resolver, text: str) -> list:
    try:
        read = resolver(text, Domain.ALL)
    except ValueError:  # a device without a name, of which it makes an error and the enricher none
        return []
    agent, system, device = read.user_agent, read.os, read.device
    return [(agent.family if agent else "") or "Other",
            version(agent.major, agent.minor, agent.patch, agent.patch_minor) if agent else "",
            system.family if system else "",
            version(system.major, system.minor, system.patch, system.patch_minor) if system else "",
            device.family if device else "Other"]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("tool")
    options.add_argument("--texts", type=int, default=4_000)
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    given = options.parse_args()
    all_texts = list(texts(given.texts, random.Random(given.seed)))
    done = subprocess.run([given.tool], input="\n".join(all_texts) + "\n", capture_output=True, text=True, check=True)
    resolver = Resolver(MATCHERS)
    differ, known = 0, 0
    for text, line in zip(all_texts, done.stdout.split("\n"), strict=False):
        ours, theirs = line.split("\t"), second_reading(resolver, text)
        known += bool(theirs) and (theirs[0] != "Other" or theirs[2] != "" or theirs[4] != "Other")
        if theirs and ours != theirs:
            differ += 1
            if differ <= 10:
                print(f"{text!r}\n  ours   {ours}\n  theirs {theirs}")
    print(f"seed {given.seed}: {given.texts} texts, {known} known, {differ} differ")
    return 0 if differ == 0 and known > given.texts // 2 else 1


if __name__ == "__main__":
    sys.exit(main())
