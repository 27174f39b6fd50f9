#!/usr/bin/env python3
"""Compares this evaluator of IAM policies with npm @cloud-copilot/iam-simulate on random policies and requests.

usage: differential.py IAM_TOOL [--decisions N] [--seed N]      (make differential)

Answers are Allowed, ExplicitlyDenied and ImplicitlyDenied. Each disagreement is reduced to the smallest policies and
request that still show it and must then be of a class that classes.py names and docs/adr/0030 judges; any other is
printed, and the exit code is 1. The other evaluator is installed by npm, pinned with its hashes, into a folder of the
cache; nothing of the product uses it.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

from classes import classify
from evaluators import Both, shrink
from world import World

HERE = pathlib.Path(__file__).resolve().parent
UNKNOWN_MAX = 10


def cache() -> pathlib.Path:
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("SEXTANT_DEPS") or pathlib.Path(home) / "sextant")


def install() -> pathlib.Path:
    """The folder with the other evaluator in node_modules, as package-lock.json pins it."""
    names = ("package.json", "package-lock.json")
    wanted = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in names)).hexdigest()
    folder = cache() / "iam-simulate"
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(HERE / name, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    stamp.write_text(wanted)
    return folder


class Comparison:
    def __init__(self, both: Both):
        self.both = both
        self.answers, self.classes = collections.Counter(), collections.Counter()
        self.unknown = []

    def take(self, case: dict) -> None:
        for request, (own, other) in zip(case["requests"], self.both.judge(case)):
            self.answers[own] += 1
            if own == other:
                continue
            policies, smallest = shrink(self.both, case["policies"], request)
            own, other = self.both.judge({"policies": policies, "requests": [smallest]})[0]
            name = classify(policies, smallest, own, other)
            self.classes[name] += 1
            if not name:
                self.unknown.append({"own": own, "other": other, "policies": policies, "request": smallest})

    def decisions(self) -> int:
        return self.answers.total()


def report(found: Comparison, seed: int) -> None:
    answers = ", ".join(f"{count:,} {name}" for name, count in found.answers.most_common())
    print(f"seed {seed}: {found.decisions():,} decisions ({answers}); {found.classes.total():,} answered otherwise:")
    for name, count in found.classes.most_common():
        print(f"  {count:6,}  {name or 'of no class'}")
    for each in found.unknown:
        print(json.dumps(each, indent=2, ensure_ascii=False))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", help="the program made of tests/oracle/iam_tool.cc")
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options = parser.parse_args()
    print(f"differential: seed {options.seed}", flush=True)
    world = World(options.seed)
    with Both(options.tool, str(install())) as both:
        found = Comparison(both)
        while found.decisions() < options.decisions and len(found.unknown) < UNKNOWN_MAX:
            found.take(world.case())
    report(found, options.seed)
    return 1 if found.unknown else 0


if __name__ == "__main__":
    sys.exit(main())
