// SPDX-License-Identifier: Apache-2.0

/// What the audit trail says of redactions.
extension AuditAct {
    /// Values of a record were ordered to be destroyed everywhere.
    package static let redaction = AuditAct(rawValue: "redact")
    /// A node has destroyed what a redaction names: `object` is the redaction's short name.
    package static let redactionDone = AuditAct(rawValue: "redacted")
}
