# SPDX-License-Identifier: Apache-2.0
"""Unpacks zstd frames (RFC 8878) with the `zstd` command."""

import shutil
import subprocess
from pathlib import Path

from .notation import Violation

MAGIC = bytes.fromhex("28b52ffd")
# Protocol/runs.md, "Dictionary": by the number that frames name.
DICTIONARIES = {32_769: Path(__file__).resolve().parents[2] / "dictionaries" / "runs-1.zdict"}


def can_unpack() -> bool:
    return shutil.which("zstd") is not None


def unpack_frames(packed: bytes, size: int) -> bytes:
    """Exactly so many bytes of frames that have no dictionary, or a violation."""
    return unpacked(packed, size, [])


def unpack(packed: bytes, size: int) -> bytes:
    """Exactly so many bytes of one frame and nothing else, or a violation."""
    number = dictionary_of_only_frame(packed)
    if number != 0 and number not in DICTIONARIES:
        raise Violation("compression_broken")
    return unpacked(packed, size, ["-D", DICTIONARIES[number]] if number else [])


def unpacked(packed: bytes, size: int, options: list) -> bytes:
    process = subprocess.run(
        ["zstd", "--decompress", "--stdout", "--quiet", *options], input=packed,
        capture_output=True, check=False)
    if process.returncode != 0 or len(process.stdout) != size:
        raise Violation("compression_broken")
    return process.stdout


def dictionary_of_only_frame(packed: bytes) -> int | None:
    """The number of its dictionary, 0 for none; None where the bytes are not exactly one frame."""
    if packed[:4] != MAGIC or len(packed) < 6:
        return None
    descriptor = packed[4]
    is_single = descriptor >> 5 & 1
    has_checksum = descriptor >> 2 & 1
    number_size = (0, 1, 2, 4)[descriptor & 3]
    content_size = (is_single, 2, 4, 8)[descriptor >> 6]
    place = 5 + (0 if is_single else 1)
    number = int.from_bytes(packed[place:place + number_size], "little")
    place += number_size + content_size
    while len(packed) >= place + 3:
        header = int.from_bytes(packed[place:place + 3], "little")
        is_last, kind, size = header & 1, header >> 1 & 3, header >> 3
        place += 3 + (1 if kind == 1 else size)
        if is_last:
            return number if len(packed) == place + 4 * has_checksum else None
    return None
