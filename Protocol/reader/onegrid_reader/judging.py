# SPDX-License-Identifier: Apache-2.0
"""What the reader says of bytes that are shown as an object of some kind."""

from . import certificates, entries, messages, notation, receipts, runs, values

CODECS = {
    "flag": notation.FLAG,
    "unsigned": notation.UNSIGNED,
    "value": values.VALUE,
    "certificate": certificates.CERTIFICATE,
    "chain": certificates.CHAIN,
    "greeting": messages.GREETING,
    "message": messages.MESSAGE,
    "receipt": receipts.RECEIPT,
    "proof": receipts.PROOF,
}
KINDS = [*CODECS, "envelope", "run", "log"]


def judge(kind: str, data: bytes) -> str | None:
    """The code of what is wrong with the bytes; None when nothing is."""
    try:
        read(kind, data)
    except (notation.Violation, runs.Refused) as wrong:
        return wrong.code
    return None


def read(kind: str, data: bytes) -> None:
    if kind in CODECS:
        CODECS[kind].decode(data)
        return
    run = runs.open_envelope(data) if kind == "envelope" else runs.RUN.decode(data)
    found = runs.verify(run)
    if kind == "log":
        log = entries.Log(runs.identity_of(run))
        for entry in found:
            log.resolve(entry)
