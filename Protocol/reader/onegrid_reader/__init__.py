# SPDX-License-Identifier: Apache-2.0
"""Reads, writes and checks the bytes of Protocol/, from its papers alone.

Decoded objects are made of dicts, lists, strings and integers, as they stand in the vectors:
bytes are lower-case hexadecimal, areas are their digits.
"""
