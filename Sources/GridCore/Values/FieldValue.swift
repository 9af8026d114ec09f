// SPDX-License-Identifier: Apache-2.0

/// One value of one field, as a person or a program wrote it.
///
/// Texts are equal when their UTF-8 bytes are: what looks alike but is composed differently is a
/// different value, on every replica alike.
package enum FieldValue: Hashable, Sendable {
    /// UTF-8 without U+0000. Enumerations are texts too.
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case decimal(DecimalNumber)
    /// Days since 1970-01-01, civil calendar, no time zone.
    case date(Int32)
    /// Milliseconds since 1970-01-01T00:00Z.
    case time(Int64)
    case area(AreaCode)
    /// A record, here or elsewhere; it may not have arrived yet.
    case reference(RecordID)
    case bytes([UInt8])
    case point(GeoPoint)
    case attachment(AttachmentReference)
    case list([FieldValue])
    /// Named parts, sorted by the UTF-8 bytes of their names, each name once.
    case map([MapPart])

    package struct MapPart: Hashable, Sendable {
        package let name: String
        package let value: FieldValue

        package init(name: String, value: FieldValue) {
            self.name = name
            self.value = value
        }

        package static func == (left: MapPart, right: MapPart) -> Bool {
            FieldValue.map([left]) == FieldValue.map([right])
        }
    }

    /// A map in its canonical order; the last of several parts with one name counts.
    package static func map(of parts: [String: FieldValue]) -> FieldValue {
        .map(
            parts.map { MapPart(name: $0.key, value: $0.value) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }
}

/// A decimal number, exactly: `mantissa` divided by ten to the power of `scale`.
package struct DecimalNumber: Hashable, Sendable {
    package static let scaleMax: UInt8 = 9

    package let mantissa: Int64
    /// Digits after the point, 0...9; no trailing zeros are kept.
    package let scale: UInt8

    /// Brings the number to its one form, without trailing zeros. Nil when the scale is over 9.
    package init?(mantissa: Int64, scale: UInt8) {
        guard scale <= Self.scaleMax else { return nil }
        var mantissa = mantissa
        var scale = scale
        while scale > 0, mantissa.isMultiple(of: 10) {
            mantissa /= 10
            scale -= 1
        }
        self.mantissa = mantissa
        self.scale = scale
    }
}

/// A place on earth in ten-millionths of a degree (about a centimetre), WGS 84.
package struct GeoPoint: Hashable, Sendable {
    /// -900,000,000...900,000,000, north positive.
    package let latitude: Int32
    /// -1,800,000,000...1,800,000,000, east positive.
    package let longitude: Int32

    package init?(latitude: Int32, longitude: Int32) {
        guard (-900_000_000...900_000_000).contains(latitude),
            (-1_800_000_000...1_800_000_000).contains(longitude)
        else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }
}

/// The hash, size and media type of a file whose bytes travel apart.
package struct AttachmentReference: Hashable, Sendable {
    /// BLAKE2b-256 of the file's bytes, 32 bytes.
    package let hash: [UInt8]
    /// In bytes.
    package let size: UInt64
    package let mediaType: String

    package init(hash: [UInt8], size: UInt64, mediaType: String) {
        precondition(hash.count == 32, "an attachment hash has 32 bytes, not \(hash.count)")
        self.hash = hash
        self.size = size
        self.mediaType = mediaType
    }

    package static func == (left: AttachmentReference, right: AttachmentReference) -> Bool {
        FieldValue.attachment(left) == FieldValue.attachment(right)
    }
}
