// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

struct InvitationCodeTests {
    private let code: InvitationCode

    init() throws {
        code = InvitationCode(
            root: Self.key(1), called: Self.key(2), secret: (1...16).map { UInt8($0 * 7) },
            expires: 29_000_000,
            addresses: [try #require(InvitationCode.Address(host: "10.8.0.1", port: 7440))])
    }

    private static func key(_ byte: UInt8) -> PublicKey {
        PublicKey(Bytes32 { $0.initializeMemory(as: UInt8.self, repeating: byte) })
    }

    private func violation(_ text: String) -> InvitationCode.Violation? {
        do throws(InvitationCode.Violation) {
            _ = try InvitationCode(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func aCodeIsReadAsItWasWritten() throws {
        #expect(try InvitationCode(parsing: code.rows.joined(separator: "\n")) == code)
        #expect(try InvitationCode(parsing: code.compactText) == code)
        #expect(code.compactText.allSatisfy { $0.isUppercase || $0.isNumber })
    }

    /// Case, spaces, hyphens, full-width letters, and letters taken for digits.
    @Test func aCodeIsReadHoweverPeopleTypeIt() throws {
        let text = code.rows.joined(separator: " ")
        let fullWidth = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0 == " " ? "\u{3000}" : Unicode.Scalar($0.value + 0xFEE0) ?? $0
                }))
        for typed in [
            text.lowercased(), text.replacing(" ", with: "-"), fullWidth,
            text.replacing("1", with: "l").replacing("0", with: "o"),
            text.replacing("1", with: "I").replacing("0", with: "O"),
        ] {
            #expect(try InvitationCode(parsing: typed) == code, "\(typed)")
        }
    }

    @Test func aRootThatIsCalledItselfIsSaidOnce() throws {
        let short = InvitationCode(
            root: code.root, called: code.root, secret: code.secret, expires: 1,
            addresses: code.addresses)
        #expect(short.encoded.count < code.encoded.count - 31)
        #expect(try InvitationCode(decoding: short.encoded) == short)
    }

    /// Every symbol, in every place, and every two neighbours that differ.
    @Test func aWrongOrSwappedSymbolIsFoundInItsRow() {
        let symbols = Array(code.compactText)
        for place in symbols.indices {
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where other != symbols[place] {
                var wrong = symbols
                wrong[place] = other
                #expect(violation(String(wrong)) == .text(.row(place / 25 + 1)))
            }
            guard place % 25 < 23, place + 1 < symbols.count - 1 else { continue }
            var swapped = symbols
            swapped.swapAt(place, place + 1)
            guard swapped != symbols else { continue }
            #expect(violation(String(swapped)) == .text(.row(place / 25 + 1)))
        }
    }

    /// One swap of groups in 32 leaves a row's check symbol as it was; the checksum finds it.
    @Test func swappedGroupsAndRowsAreFound() {
        let rows = code.rows
        for (row, first, second) in [(0, 0, 1), (1, 0, 2), (2, 1, 3), (5, 0, 3), (4, 2, 3)] {
            var groups = rows[row].split(separator: " ")
            groups.swapAt(first, second)
            var wrong = rows
            wrong[row] = groups.joined(separator: " ")
            let found = violation(wrong.joined(separator: "\n"))
            #expect(found == .text(.row(row + 1)) || found == .checksum)
        }
        var wrong = rows
        wrong.swapAt(0, 1)
        #expect(violation(wrong.joined(separator: "\n")) == .text(.row(1)))
    }

    @Test func aMissingSymbolIsFoundInItsRowAndAMissingRowAtAll() {
        let rows = code.rows
        var wrong = rows
        wrong[2].removeFirst()
        #expect(violation(wrong.joined()) == .text(.row(3)))
        #expect(violation(rows.dropLast().joined()) == .checksum)
        #expect(violation(rows.dropFirst().joined()) == .text(.row(1)))
        #expect(violation("") == .text(.empty))
        #expect(violation(" \n") == .text(.empty))
        #expect(violation("0423J G60E!") == .text(.noSymbol("!", row: 1)))
        #expect(violation("U") == .text(.noSymbol("U", row: 1)))
    }

    @Test func bitsThatNoByteHasAreFound() throws {
        // Two symbols of one byte; the last two bits are not zero.
        let text = CodeText.compact([0xFF, 0xFF])
        #expect(try CodeText.bytes(of: text) == [0xFF, 0xFF])
        var rows = 0
        for last in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
            let wrong = "ZZZ1" + String(last)
            do throws(CodeText.Violation) {
                _ = try CodeText.bytes(of: wrong)
            } catch {
                if error == .unevenEnd { rows += 1 }
            }
        }
        #expect(rows == 1)
    }

    @Test func aCodeWithAnotherContentIsMalformed() throws {
        func read(_ change: (inout [UInt8]) -> Void) -> InvitationCode.Violation? {
            var content = Array(code.encoded.dropLast(4))
            change(&content)
            let checksum = Hashing.digest(content, personal: .code).array.prefix(4)
            do throws(InvitationCode.Violation) {
                _ = try InvitationCode(decoding: content + checksum)
                return nil
            } catch {
                return error
            }
        }
        #expect(read { _ in } == nil)
        #expect(read { $0[0] = 2 } == .malformed(.unknownVersion))
        #expect(read { $0[33] = 2 } == .malformed(.unknownTag))
        #expect(
            read { $0.replaceSubrange(34..<66, with: $0[1..<33]) } == .malformed(.contradiction))
        #expect(read { $0.append(0) } == .malformed(.trailingBytes))
        #expect(read { $0.removeLast() } == .malformed(.truncated))
        #expect(read { $0[86] = 0 } == .malformed(.empty))
        #expect(read { $0[86] = 4 } == .malformed(.lengthTooLarge))
        #expect(read { $0[87] = 101 } == .malformed(.lengthTooLarge))
        #expect(read { $0[88] = 0x20 } == .malformed(.empty))
        #expect(
            read { $0.replaceSubrange(($0.count - 2)..., with: [0x80, 0x80, 0x04]) }
                == .malformed(.integerTooLarge))
        #expect(
            read { $0 += [UInt8](repeating: 0, count: 512) } == .malformed(.lengthTooLarge))
    }

    @Test(arguments: [
        "", "10.8.0.1", "10.8.0.1:0", "10.8.0.1:65536", ":7440", "a b:1", "村:1", "a\"b:1", "a\\b:1",
    ])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(InvitationCode.Address(parsing: text) == nil)
    }

    @Test func addressesAreReadAndShown() {
        for text in ["10.8.0.1:7440", "[fd00::1]:7440", "town.example:1"] {
            #expect(InvitationCode.Address(parsing: text).map { "\($0)" } == text)
        }
    }
}
