"""Drives the built program from outside, as a user would: nothing here knows the C++ code. Standard library
only (but for boto.py), and a second, independent reading of what the node speaks: SigV4, S3, the ALB log format."""
