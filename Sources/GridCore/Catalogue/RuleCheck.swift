// SPDX-License-Identifier: Apache-2.0

/// Whether one value keeps the rules of its field that ask no other field.
struct RuleCheck {
    let label: String
    let context: WriteContext
    private(set) var problems: [Problem] = []

    init(label: String, context: WriteContext) {
        self.label = label
        self.context = context
    }

    /// Values of another type than a rule speaks of are left to the check of types.
    mutating func check(_ value: FieldValue, rules: [FieldRule], at pointer: String) {
        for rule in rules { check(value, rule, at: pointer) }
    }

    private mutating func check(_ value: FieldValue, _ rule: FieldRule, at pointer: String) {
        switch (rule, value) {
        case (.range(let min, let max), _): checkRange(value, min: min, max: max, at: pointer)
        case (.usual(let min, let max), _):
            checkRange(value, min: min, max: max, at: pointer, isAdvice: true)
        case (.above(let bound), _):
            guard let order = value.order(to: .integer(bound)), order <= 0 else { return }
            add(
                .outOfRange, pointer, "应大于\(bound)。请核对。",
                "must be greater than \(bound). Check it.")
        case (.nonzero, .integer(0)):
            add(.outOfRange, pointer, "不能为0。请核对。", "must not be 0. Check it.")
        case (.year(let from), .integer(let year)):
            let thisYear = CivilDate(days: context.today).map { Int64($0.year) } ?? 9999
            guard year < from || year > thisYear else { return }
            add(
                .outOfRange, pointer, "应在\(from)年至今年之间。请核对。",
                "must be a year from \(from) to this year. Check it.")
        case (.notFuture, _): checkFuture(value, at: pointer)
        case (.insideArea, .area(let code)) where !context.contains(code):
            add(
                .outsideArea, pointer, "不在本记录所属的\(context.area)范围内。请填写本区域的编码。",
                "lies outside of \(context.area), the area of the record. Give a code inside.")
        case (.noPersonalNumbers(let isAdvice), .text(let text)):
            checkPersonalNumbers(text, isAdvice: isAdvice, at: pointer)
        case (.box(let south, let west, let north, let east), .point(let point)):
            checkPoint(point, south...north, west...east, at: pointer)
        case (.period, .text(let text)) where !Self.isPeriod(text):
            add(
                .badPeriod, pointer, "应为年份或月份，例如 2026 或 2026-10。",
                "is a year or a month, as 2026 or 2026-10.")
        case (.closedRing, .list(let points)):
            guard points.count < 4 || points.first != points.last else { return }
            add(
                .ringNotClosed, pointer, "边界至少4个点，且首尾应为同一点。请闭合边界。",
                "takes at least 4 points, the last equal to the first. Close the ring.")
        default: return
        }
    }

    private mutating func add(
        _ code: Problem.Code, _ pointer: String, _ chinese: String, _ english: String,
        isAdvice: Bool = false
    ) {
        problems.append(
            Problem(
                code, at: pointer, chinese: "\(label)：\(chinese)",
                english: "\(Problem.subject(of: pointer)) \(english)",
                severity: isAdvice ? .advice : .refusal))
    }

    private mutating func checkRange(
        _ value: FieldValue, min: Int64?, max: Int64?, at pointer: String, isAdvice: Bool = false
    ) {
        let isBelow = min.flatMap { value.order(to: .integer($0)) }.map { $0 < 0 } ?? false
        let isAbove = max.flatMap { value.order(to: .integer($0)) }.map { $0 > 0 } ?? false
        guard isBelow || isAbove else { return }
        let (chinese, english) =
            switch (min, max) {
            case (let min?, let max?): ("\(min)至\(max)之间", "from \(min) to \(max)")
            case (let min?, nil): ("不小于\(min)", "at least \(min)")
            case (nil, let max?): ("不大于\(max)", "at most \(max)")
            case (nil, nil): ("", "")
            }
        if isAdvice {
            add(
                .unusual, pointer, "通常为\(chinese)。请确认。", "is usually \(english). Make sure.",
                isAdvice: true)
        } else {
            add(.outOfRange, pointer, "应为\(chinese)。请核对。", "must be \(english). Check it.")
        }
    }

    private mutating func checkFuture(_ value: FieldValue, at pointer: String) {
        switch value {
        case .date(let days) where days > context.today:
            add(
                .inFuture, pointer, "日期在今天之后。请核对日期。",
                "is after today. Check the date.")
        case .time(let time) where time > context.now &+ ChinaTime.dayMilliseconds:
            add(
                .inFuture, pointer, "时间晚于现在一天以上。请核对时间和本机时钟。",
                "is more than a day from now. Check it and the clock of this device.")
        case .map(let parts):
            for part in parts where part.name == "at" || part.name == "on" {
                checkFuture(part.value, at: "\(pointer)/\(part.name)")
            }
        default: return
        }
    }

    private mutating func checkPersonalNumbers(
        _ text: String, isAdvice: Bool, at pointer: String
    ) {
        let numbers = PersonalNumbers(in: text)
        if numbers.idNumbers + numbers.mobileNumbers > 0 {
            add(
                .personalNumber, pointer, "含有身份证号或手机号。请删去后再保存。",
                "holds a resident number or a mobile number. Take it out.", isAdvice: isAdvice)
        } else if numbers.fixedNumbers > 0 {
            add(
                .personalNumber, pointer, "含有固定电话。请确认不是私人电话。",
                "holds a telephone number. Make sure that it is an office's.", isAdvice: true)
        }
    }

    private mutating func checkPoint(
        _ point: GeoPoint, _ latitudes: ClosedRange<Int64>, _ longitudes: ClosedRange<Int64>,
        at pointer: String
    ) {
        let degree: Int64 = 10_000_000
        let latitude = Int64(point.latitude)
        let longitude = Int64(point.longitude)
        guard
            latitude < latitudes.lowerBound * degree || latitude > latitudes.upperBound * degree
                || longitude < longitudes.lowerBound * degree
                || longitude > longitudes.upperBound * degree
        else { return }
        add(
            .outsideBox, pointer, "坐标超出范围，可能经纬度颠倒。请按“纬度,经度”填写。",
            "lies outside of the bounds; perhaps latitude and longitude are exchanged. Give "
                + "latitude first.")
    }

    /// `2026`, `2026-10`.
    private static func isPeriod(_ text: String) -> Bool {
        var scanner = DigitScanner(Array(text.utf8)[...])
        guard let year = scanner.number(digits: 4...4), year > 0 else { return false }
        if scanner.isAtEnd { return true }
        guard scanner.take("-"), let month = scanner.number(digits: 2...2) else { return false }
        return scanner.isAtEnd && (1...12).contains(month)
    }
}
