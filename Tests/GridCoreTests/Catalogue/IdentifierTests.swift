// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct IDNumberTests {
    @Test(arguments: ["522730194912310027", "11010519491231002X"])
    func validNumbersAreRead(text: String) throws {
        let number = try IDNumber(parsing: text)
        #expect(number.birthDate == CivilDate(year: 1949, month: 12, day: 31))
        #expect(!number.isMale)
    }

    @Test(arguments: [
        ("522730201002290015", IDNumberError.noSuchDate),
        ("11010519491231002x", .wrongCharacter),
        ("1101051949123100 X", .wrongCharacter),
        ("110105491231002", .wrongLength(15)),
        ("", .wrongLength(0)),
        ("110105194912310021", .wrongCheckDigit),
    ])
    func invalidNumbersAreRefused(text: String, error: IDNumberError) {
        #expect(throws: error) { try IDNumber(parsing: text) }
    }

    @Test(arguments: ["522730194912310027", "11010519491231002X"])
    func noSingleWrongDigitPasses(text: String) {
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            for other in Array("0123456789X".utf8) where other != bytes[place] {
                var changed = bytes
                changed[place] = other
                let candidate = String(decoding: changed, as: UTF8.self)
                #expect((try? IDNumber(parsing: candidate)) == nil, "\(candidate)")
            }
        }
    }
}

struct OrganisationCodeTests {
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

    /// The check character by the text of GB 32100, weights as powers of 3 modulo 31.
    private static func complete(_ head: String) -> String {
        var weight = 1
        var sum = 0
        for character in head {
            sum += weight * (alphabet.firstIndex(of: character) ?? 0)
            weight = weight * 3 % 31
        }
        return head + String(alphabet[(31 - sum % 31) % 31])
    }

    @Test func publishedCodesAreRead() throws {
        #expect(try OrganisationCode(parsing: "91350100M000100Y43").text == "91350100M000100Y43")
        #expect(Self.complete("91350100M000100Y4") == "91350100M000100Y43")
    }

    @Test(arguments: [
        "93522730MA6DLQ8X0", "52522730500000000", "12522730000000001", "91522730MAAK00000",
        "N2522730MF0000001",
    ])
    func codesMadeByTheStandardAreRead(head: String) throws {
        let code = Self.complete(head)
        #expect(try OrganisationCode(parsing: code).text == code)
        for other in Self.alphabet where other != code.last {
            #expect(throws: OrganisationCodeError.wrongCheckCharacter) {
                try OrganisationCode(parsing: head + String(other))
            }
        }
    }

    @Test func lettersOutsideTheAlphabetAreRefused() {
        #expect(throws: OrganisationCodeError.wrongCharacter) {
            try OrganisationCode(parsing: "91350100I000100Y43")
        }
        #expect(throws: OrganisationCodeError.wrongLength(17)) {
            try OrganisationCode(parsing: "91350100M000100Y4")
        }
    }
}

struct PhoneNumberTests {
    @Test(arguments: [
        ("13800138000", true), ("19912345678", true), ("0854-5631234", false),
        ("08545631234", false), ("010-12345678", false), ("01012345678", false),
    ])
    func realFormsAreRead(text: String, isMobile: Bool) throws {
        #expect(try #require(PhoneNumber(parsing: text)).isMobile == isMobile)
    }

    @Test(arguments: [
        "", "12800138000", "1380013800", "138001380000", "5631234", "0854-563123",
        "08545-5631234", "0854--5631234", "1380013800a", "+8613800138000", "０854-5631234",
    ])
    func otherTextsAreNot(text: String) {
        #expect(PhoneNumber(parsing: text) == nil)
    }
}

struct PersonalNumbersTests {
    @Test(arguments: [
        ("身份证11010519491231002X，请核对", 1, 0, 0),
        ("身份证11010519491231002x", 1, 0, 0),
        ("电话13800138000", 0, 1, 0), ("电话138-0013-8000", 0, 1, 0),
        ("１３８００１３８０００", 0, 1, 0), ("+8613800138000", 0, 1, 0),
        ("值班电话0854-5631234", 0, 0, 1), ("热线12345，2026-10-07", 0, 0, 0),
        ("编号522730103210003", 0, 0, 0), ("", 0, 0, 0),
    ])
    func numbersOfPersonsAreFoundInTexts(text: String, ids: Int, mobiles: Int, fixed: Int) {
        let numbers = PersonalNumbers(in: text)
        #expect(numbers.idNumbers == ids)
        #expect(numbers.mobileNumbers == mobiles)
        #expect(numbers.fixedNumbers == fixed)
    }
}
