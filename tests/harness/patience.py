"""How long tests wait for what must happen: a program built with a sanitizer takes several times as long."""

import os

SLOWNESS = int(os.environ.get("SEXTANT_SLOWNESS", "1"))  # cmake/layers.cmake says how many times


def patience_s(seconds: float) -> float:
    return seconds * SLOWNESS
