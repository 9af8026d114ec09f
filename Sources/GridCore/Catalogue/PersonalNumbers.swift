// SPDX-License-Identifier: Apache-2.0

/// Numbers of persons that stand in a text: what must not be shown to everybody by the way.
package struct PersonalNumbers: Hashable, Sendable {
    /// Valid resident numbers (GB 11643), in either case of X.
    package private(set) var idNumbers = 0
    package private(set) var mobileNumbers = 0
    /// Numbers of the fixed network, as offices have.
    package private(set) var fixedNumbers = 0

    /// Looks at every run of digits, hyphens and a closing X; full-width digits count as digits.
    package init(in text: String) {
        for run in Self.runs(in: TextFolding.foldedWidth(text)) { count(run) }
    }

    private static func runs(in text: String) -> [ArraySlice<UInt8>] {
        Array(text.utf8).split { byte in
            !(PhoneNumber.isDigit(byte) || byte == 0x2D || byte == 0x58 || byte == 0x78)
        }
    }

    private mutating func count(_ run: ArraySlice<UInt8>) {
        let upper = run.filter { $0 != 0x2D }.map { $0 == 0x78 ? 0x58 : $0 }
        let plain = upper.filter(PhoneNumber.isDigit)
        if (try? IDNumber(parsing: String(decoding: upper, as: UTF8.self))) != nil {
            idNumbers += 1
        } else if PhoneNumber.isMobile(plain[...]) {
            mobileNumbers += 1
        } else if plain.count == 13, plain.starts(with: "86".utf8),
            PhoneNumber.isMobile(plain.dropFirst(2))
        {
            mobileNumbers += 1
        } else if plain.first == 0x30,
            PhoneNumber(parsing: String(decoding: plain, as: UTF8.self)) != nil
        {
            fixedNumbers += 1
        }
    }
}
