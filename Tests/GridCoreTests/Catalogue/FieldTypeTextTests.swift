// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// Values as people write them, and back.
struct FieldTypeTextTests {
    private static let parts: FieldType = .structure([
        .init(name: "action", label: "动作", type: .enumeration([.init(value: "fix")], isOpen: true)),
        .init(name: "note", label: "说明", type: .longText(max: 500)),
        .init(name: "at", label: "时间", type: .time),
    ])

    @Test(
        arguments: [
            (FieldType.text(min: 0, max: 20), "　王小明　", FieldValue.text("王小明")),
            (.text(min: 0, max: 20), "Ａ３栋（东）", .text("A3栋（东）")),
            (.longText(max: 20), "\n第一行\n第二行 \u{FEFF}", .text("第一行\n第二行")),
            (.integer, "１２０", .integer(120)), (.integer, "-3", .integer(-3)),
            (.integer, "150.0", .integer(150)),
            (.decimal, "3.50", Self.decimal(35, 1)),
            (.boolean, "是", .boolean(true)), (.boolean, "FALSE", .boolean(false)),
            (.boolean, "0", .boolean(false)), (.boolean, " Yes", .boolean(true)),
            (.date, "2026年10月7日", .date(20_733)), (.date, "２０２６/１０/７", .date(20_733)),
            (.date, "2026/10/7 0:00:00", .date(20_733)),
            (.time, "2018-01-01 02:39:14", .time(1_514_745_554_000)),
            (.idNumber, " 11010519491231002x", .text("11010519491231002X")),
            (.idNumber, "'522730194912310027", .text("522730194912310027")),
            (.organisationCode, "91350100m000100y43", .text("91350100M000100Y43")),
            (.phone, "138 0013 8000", .text("13800138000")),
            (.phone, "+86 138-0013-8000", .text("13800138000")),
            (.phone, "０８５４－５６３１２３４", .text("0854-5631234")),
            (.party, "县住建局", .text("县住建局")),
            (.bytes(min: 1, max: 2), "0aFF", .bytes([10, 255])),
            (.point, "26.45，106.98", Self.point(264_500_000, 1_069_800_000)),
            (.set(.text(min: 1, max: 9)), "乙、甲,乙|丙", .list([.text("丙"), .text("乙"), .text("甲")])),
            (.list(.integer), "2,1,2", .list([.integer(2), .integer(1), .integer(2)])),
            (.set(.integer), "", .list([])),
            (.set(.bytes(min: 0, max: 9)), "||", .list([])), (.list(.integer), "1、2、", Self.twelve),
            (.phone, "+86\t138-0013-8000", .text("13800138000")),
            (.idNumber, "''522730194912310027", .text("522730194912310027")),
        ] as [(FieldType, String, FieldValue)])
    func textsOfPeopleAreRead(type: FieldType, text: String, value: FieldValue) throws {
        #expect(try type.parse(text) == value)
    }

    private static let twelve = FieldValue.list([.integer(1), .integer(2)])

    /// An accent at its beginning must not swallow the mark before a text.
    @Test func anElementMayBeginWithAnAccent() throws {
        let type = FieldType.set(.text(min: 1, max: 9))
        let value = FieldValue.list([.text("a"), .text("\u{301}b")])
        #expect(try type.parse(type.text(of: value)) == value)
    }

    @Test func labelsStandForValues() throws {
        let matters = try #require(Catalogue.grid.collection(named: "matters"))
        let type = try #require(matters.field(named: "three_way")).type
        #expect(try type.parse("公家事") == .text("public"))
        #expect(try type.parse("own") == .text("own"))
        #expect(try type.parse("别人家事") == .text("别人家事"))
    }

    @Test func areaCodesMayBePadded() throws {
        let type = FieldType.areaCode([.township])
        let township = FieldValue.area(try AreaCode(parsing: "522730103"))
        #expect(try type.parse("522730103000") == township)
        #expect(try type.parse("５２２７３０１０３") == township)
        #expect(type.text(of: township) == "522730103")
    }

    @Test func referencesAreIdsOrWhatTheResolverFinds() throws {
        let id = RecordID(high: 0x0123_4567_89AB_CDEF, low: 7)
        let type = FieldType.reference("households")
        #expect(try type.parse(id.description.uppercased()) == .reference(id))
        let found = try type.parse("3-12") { collection, text in
            collection == "households" && text == "3-12" ? id : nil
        }
        #expect(found == .reference(id))
        #expect(try FieldType.party.parse(id.description) == .reference(id))
    }

    @Test func structuresAreReadByNameLabelOrFirstPart() throws {
        let wanted = FieldValue.map(of: ["action": .text("fix"), "note": .text("a;b=c")])
        #expect(try Self.parts.parse("action=fix;note=a\\;b=c") == wanted)
        #expect(try Self.parts.parse("动作=fix；说明=a\\;b=c；时间=") == wanted)
        #expect(try Self.parts.parse("fix;note=a\\;b=c") == wanted)
    }

    @Test(
        arguments: [
            (FieldType.integer, "", Problem.Code.notANumber), (.integer, "1.5", .notANumber),
            (.integer, "9223372036854775808", .notANumber), (.decimal, "1.", .notANumber),
            (.decimal, "1.0000000001", .notANumber), (.decimal, "一", .notANumber),
            (.boolean, "也许", .notABoolean), (.date, "2026-02-30", .notADate),
            (.date, "2026-10-07 08:00", .notADate), (.time, "明天", .notATime),
            (.areaCode([.grid]), "5227", .notAnAreaCode), (.reference("staff"), "老王", .notARecord),
            (.point, "26.45", .notAPoint), (.point, "91,0", .notAPoint),
            (.attachment(maxBytes: 9), "00,1,x", .notAnAttachment),
            (.bytes(min: 1, max: 2), "abc", .notHexadecimal), (parts, "谁=老王", .notParts),
            (parts, "fix;老王", .notParts),
        ] as [(FieldType, String, Problem.Code)])
    func unreadableTextsAreNamed(type: FieldType, text: String, code: Problem.Code) {
        #expect {
            try type.parse(text)
        } throws: { error in
            (error as? Problem)?.code == code
        }
    }

    @Test func problemsInsidePointToTheirPlace() {
        #expect {
            try FieldType.set(Self.parts).parse("fix|action=fix;at=明天")
        } throws: { error in
            (error as? Problem)?.pointer == "/1/at"
        }
    }

    @Test func everyTypeWritesWhatItReads() throws {
        let grid = try AreaCode(parsing: "522730103210003")
        let file = AttachmentReference(
            hash: Array(repeating: 7, count: 32), size: 9, mediaType: "image/png")
        let samples: [(FieldType, [FieldValue])] = [
            (.text(min: 0, max: 9), [.text("甲|乙,丙\\"), .text("")]),
            (.longText(max: 99), [.text("甲\n乙；丙")]),
            (.integer, [.integer(.min), .integer(0), .integer(.max)]),
            (.decimal, [Self.decimal(-5, 3), Self.decimal(.min, 9), Self.decimal(12, 0)]),
            (.boolean, [.boolean(true), .boolean(false)]),
            (.date, [.date(-719_162), .date(20_733), .date(2_932_896)]),
            (.time, [.time(0), .time(1_514_745_554_007), .time(-1)]),
            (.areaCode([.grid]), [.area(grid)]),
            (.idNumber, [.text("11010519491231002X")]), (.phone, [.text("0854-5631234")]),
            (.reference(nil), [.reference(RecordID(high: .max, low: 3))]),
            (.party, [.text("县、镇")]),
            (.point, [Self.point(-1, 1_069_800_000), Self.point(900_000_000, -1_800_000_000)]),
            (.attachment(maxBytes: 9), [.attachment(file)]),
            (.bytes(min: 0, max: 9), [.bytes([0, 255])]),
            (
                Self.parts,
                [
                    .map(of: [
                        "action": .text("a=b;c；d\\"), "note": .text("一|二,三"), "at": .time(1000),
                    ])
                ]
            ),
        ]
        for (type, values) in samples {
            for value in values {
                #expect(try type.parse(type.text(of: value)) == value, "\(type)")
            }
            let nonempty = values.filter { $0 != .text("") }
            let set = FieldValue.list(FieldType.distinct(nonempty))
            #expect(
                try FieldType.set(type).parse(FieldType.set(type).text(of: set)) == set, "\(type)")
            let list = FieldValue.list(nonempty + nonempty)
            #expect(
                try FieldType.list(type).parse(FieldType.list(type).text(of: list)) == list,
                "\(type)")
        }
    }

    @Test func textsAreCanonical() {
        #expect(FieldType.date.text(of: .date(20_733)) == "2026-10-07")
        #expect(FieldType.time.text(of: .time(0)) == "1970-01-01T08:00:00+08:00")
        #expect(FieldType.decimal.text(of: Self.decimal(-5, 3)) == "-0.005")
        #expect(FieldType.decimal.text(of: Self.decimal(120, 1)) == "12")
        #expect(FieldType.point.text(of: Self.point(264_500_000, -5)) == "26.45,-0.0000005")
        #expect(FieldType.set(.integer).text(of: .list([.integer(1), .integer(2)])) == "1|2")
        #expect(
            Self.parts.text(of: .map(of: ["note": .text("好"), "action": .text("fix")]))
                == "action=fix;note=好")
        #expect(FieldType.integer.text(of: .text("other type")) == "other type")
        #expect(FieldType.integer.text(of: .list([.text("a"), .text("b")])) == "a|b")
    }

    private static func decimal(_ mantissa: Int64, _ scale: UInt8) -> FieldValue {
        DecimalNumber(mantissa: mantissa, scale: scale).map { .decimal($0) } ?? .text("")
    }

    private static func point(_ latitude: Int32, _ longitude: Int32) -> FieldValue {
        GeoPoint(latitude: latitude, longitude: longitude).map { .point($0) } ?? .text("")
    }
}
