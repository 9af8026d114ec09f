// SPDX-License-Identifier: Apache-2.0

extension AuditAct {
    /// Records were given out in a bundle.
    package static let bundleExport = AuditAct(rawValue: "bundle_export")
    /// Records came in a bundle.
    package static let bundleImport = AuditAct(rawValue: "bundle_import")
}
