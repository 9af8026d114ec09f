// SPDX-License-Identifier: Apache-2.0

/// Whether a value has the form of its type. Collects what is wrong with it.
struct ValueCheck {
    let today: Int32
    private(set) var problems: [Problem] = []

    init(today: Int32) { self.today = today }

    /// - Parameter label: what people call the place, first word of each message.
    mutating func check(
        _ value: FieldValue, as type: FieldType, at pointer: String, label: String
    ) {
        let place = Place(pointer: pointer, label: label)
        switch (type, value) {
        case (.text(let min, let max), .text(let text)):
            checkLength(of: text, min: min, max: max, at: place)
            checkCharacters(of: text, linesAllowed: false, at: place)
        case (.longText(let max), .text(let text)):
            checkLength(of: text, min: 0, max: max, at: place)
            checkCharacters(of: text, linesAllowed: true, at: place)
        case (.enumeration(let choices, let isOpen), .text(let text)):
            checkChoice(text, among: choices, isOpen: isOpen, at: place)
        case (.idNumber, .text(let text)): checkIDNumber(text, at: place)
        case (.organisationCode, .text(let text)): checkOrganisationCode(text, at: place)
        case (.phone, .text(let text)): checkPhone(text, at: place)
        case (.party, .text(let text)):
            checkLength(of: text, min: 1, max: FieldType.partyNameMax, at: place)
            checkCharacters(of: text, linesAllowed: false, at: place)
        case (.areaCode(let levels), .area(let area)):
            if !levels.contains(area.level) {
                let digits = levels.map { String($0.digits) }
                add(
                    .badAreaLevel, place,
                    "应为\(digits.joined(separator: "、"))位编码，实为\(area.level.digits)位。请填写相应层级的编码。",
                    "takes a code of \(digits.joined(separator: ", ")) digits, not of "
                        + "\(area.level.digits). Give the code of that level.")
            }
        case (.attachment(let maxBytes), .attachment(let attachment)):
            if attachment.size > maxBytes {
                add(
                    .tooLarge, place, "文件不得超过\(maxBytes / 1024) KiB。请压缩后再上传。",
                    "takes files of at most \(maxBytes / 1024) KiB. Make the file smaller.")
            }
        case (.bytes(let min, let max), .bytes(let bytes)):
            if !(min...max).contains(bytes.count) {
                add(
                    .wrongSize, place, "应为\(min)至\(max)字节，实为\(bytes.count)字节。请核对后重填。",
                    "takes \(min) to \(max) bytes, not \(bytes.count). Check it.")
            }
        case (.set(let element), .list(let values)):
            checkElements(values, as: element, at: place)
            if Set(values).count != values.count {
                add(
                    .repeatedElement, place, "有重复的项。请删去重复项。",
                    "names an element twice. Take the repetition out.")
            }
        case (.list(let element), .list(let values)):
            checkElements(values, as: element, at: place)
        case (.structure(let parts), .map(let values)):
            checkParts(values, as: parts, at: place)
        case (.integer, .integer), (.decimal, .decimal), (.decimal, .integer),
            (.boolean, .boolean), (.date, .date), (.time, .time), (.reference, .reference),
            (.party, .reference), (.point, .point):
            break
        default:
            let expectation = type.expectation
            add(
                .wrongType, place, "类型不符，应为\(expectation.chinese)。请重新填写。",
                "takes \(expectation.english). Write it anew.")
        }
    }

    private struct Place {
        let pointer: String
        let label: String
    }

    private mutating func add(
        _ code: Problem.Code, _ place: Place, _ chinese: String, _ english: String,
        severity: Problem.Severity = .refusal
    ) {
        problems.append(
            Problem(
                code, at: place.pointer, chinese: "\(place.label)：\(chinese)",
                english: "\(Problem.subject(of: place.pointer)) \(english)", severity: severity))
    }

    private mutating func checkLength(of text: String, min: Int, max: Int, at place: Place) {
        let count = text.count
        if count > max {
            add(
                .tooLong, place, "最多\(max)个字，现有\(count)个。请删减。",
                "takes at most \(max) characters, not \(count). Shorten it.")
        } else if count < min {
            add(
                .tooShort, place, "至少\(min)个字，现有\(count)个。请补全。",
                "takes at least \(min) characters, not \(count). Complete it.")
        }
    }

    private mutating func checkCharacters(
        of text: String, linesAllowed: Bool, at place: Place
    ) {
        let isWrong = text.utf8.contains { byte in
            byte == 0x7F || byte < 0x20 && !(linesAllowed && [0x09, 0x0A, 0x0D].contains(byte))
        }
        if isWrong {
            add(
                .controlCharacter, place, "含有换行或不可见字符。请删除。",
                "holds a line end or an invisible character. Take it out.")
        }
    }

    private mutating func checkChoice(
        _ text: String, among choices: [FieldType.Choice], isOpen: Bool, at place: Place
    ) {
        guard !choices.contains(where: { $0.value == text }) else { return }
        let list = choices.prefix(12).map(\.label).joined(separator: "、")
        if !isOpen {
            add(
                .notInList, place, "不在可选值中。请从中选择：\(list)。",
                "takes one of " + choices.prefix(12).map(\.value).joined(separator: ", ") + ".")
            return
        }
        checkLength(of: text, min: 1, max: FieldType.shortTextMax, at: place)
        checkCharacters(of: text, linesAllowed: false, at: place)
        if !choices.isEmpty, !text.isEmpty {
            add(
                .unlistedValue, place, "不是常用值。常用值有：\(list)。如确有需要可保留。",
                "is none of the usual values. Keep it if it is meant.", severity: .advice)
        }
    }

    private mutating func checkElements(
        _ values: [FieldValue], as element: FieldType, at place: Place
    ) {
        for (index, value) in values.enumerated() {
            check(value, as: element, at: "\(place.pointer)/\(index)", label: place.label)
        }
    }

    private mutating func checkParts(
        _ values: [FieldValue.MapPart], as parts: [FieldType.Part], at place: Place
    ) {
        for value in values {
            let pointer = "\(place.pointer)/\(value.name)"
            guard let part = parts.first(where: { $0.name == value.name }) else {
                let names = parts.map(\.name).joined(separator: ", ")
                add(
                    .unknownPart, Place(pointer: pointer, label: place.label),
                    "没有名为“\(value.name)”的内容。可用：\(names)。",
                    "has no part of that name. It has \(names).")
                continue
            }
            check(value.value, as: part.type, at: pointer, label: "\(place.label)·\(part.label)")
        }
        for part in parts where part.isRequired {
            guard !values.contains(where: { $0.name == part.name }) else { continue }
            add(
                .missingPart, Place(pointer: "\(place.pointer)/\(part.name)", label: place.label),
                "缺少“\(part.label)”。请补充。", "needs the part \(part.name). Add it.")
        }
    }
}

extension ValueCheck {
    private mutating func checkIDNumber(_ text: String, at place: Place) {
        let number: IDNumber
        do throws(IDNumberError) {
            number = try IDNumber(parsing: text)
        } catch {
            switch error {
            case .wrongLength(let count):
                add(
                    .idFormat, place, "应为18位，现有\(count)位。请对照证件重新录入。",
                    "has 18 characters, not \(count). Copy it again from the card.")
            case .wrongCharacter:
                add(
                    .idFormat, place, "应为17位数字加1位数字或大写X。请对照证件重新录入。",
                    "is 17 digits and a digit or X. Copy it again from the card.")
            case .wrongCheckDigit:
                add(
                    .idCheckDigit, place, "校验码不符，至少有一位录错。请对照证件逐位核对。",
                    "fails its check digit: a digit is wrong. Compare it with the card.")
            case .noSuchDate:
                add(
                    .idDate, place, "第7至14位的出生日期不存在。请对照证件核对。",
                    "holds a birth date (digits 7 to 14) that does not exist. Compare it with "
                        + "the card.")
            }
            return
        }
        if number.birthDate.days > today {
            add(
                .idFuture, place, "第7至14位的出生日期在今天之后。请对照证件核对。",
                "holds a birth date (digits 7 to 14) after today. Compare it with the card.")
        }
    }

    private mutating func checkOrganisationCode(_ text: String, at place: Place) {
        do throws(OrganisationCodeError) {
            _ = try OrganisationCode(parsing: text)
        } catch {
            switch error {
            case .wrongLength, .wrongCharacter:
                add(
                    .organisationCodeFormat, place,
                    "应为18位数字或大写字母（不含I、O、S、V、Z）。请对照执照重新录入。",
                    "is 18 digits and capitals without I, O, S, V and Z. Copy it again from the "
                        + "licence.")
            case .wrongCheckCharacter:
                add(
                    .organisationCodeCheck, place, "校验码不符，至少有一位录错。请对照执照逐位核对。",
                    "fails its check character: one is wrong. Compare it with the licence.")
            }
        }
    }

    private mutating func checkPhone(_ text: String, at place: Place) {
        guard PhoneNumber(parsing: text) == nil else { return }
        add(
            .badPhone, place, "应为11位手机号，或带区号的固定电话（如0854-5631234）。请核对号码。",
            "is a mobile number of 11 digits or a fixed one with its prefix, as 0854-5631234. "
                + "Check the number.")
    }
}
