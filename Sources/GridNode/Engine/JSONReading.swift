// SPDX-License-Identifier: Apache-2.0

import GridCore

/// Reads JSON as values of a field's type: text as people write it, everything else as it is.
enum JSONReading {
    static func value(_ input: JSONValue, of type: FieldType) throws(Problem) -> FieldValue {
        switch (input, type) {
        case (.text(let text), _): return try type.parse(text)
        case (.integer(let integer), .integer): return .integer(integer)
        case (.integer(let integer), .decimal):
            return DecimalNumber(mantissa: integer, scale: 0).map { .decimal($0) }
                ?? .integer(integer)
        case (.boolean(let boolean), .boolean): return .boolean(boolean)
        case (.integer, _), (.number, _), (.boolean, _):
            return try type.parse(input.description)
        case (_, .set(let element)):
            return .list(FieldType.distinct(try list(input, of: element)))
        case (_, .list(let element)): return .list(try list(input, of: element))
        case (.object(let parts), .structure(let definitions)):
            return try structure(parts, definitions)
        case (.list, _), (.object, _), (.null, _): throw wrongType()
        }
    }

    /// The elements of a set or the items of a timeline: a list, or one alone; text may hold
    /// several elements.
    static func list(_ input: JSONValue, of type: FieldType) throws(Problem) -> [FieldValue] {
        let element = type.element ?? type
        switch input {
        case .list(let items):
            var values: [FieldValue] = []
            for (index, item) in items.enumerated() {
                do throws(Problem) {
                    values.append(try value(item, of: element))
                } catch {
                    throw error.moved(below: "/\(index)")
                }
            }
            return values
        case .text(let text):
            if type.element != nil {
                guard case .list(let values) = try type.parse(text) else { throw wrongType() }
                return values
            }
            return [try element.parse(text)]
        case .null, .boolean, .integer, .number, .object: return [try value(input, of: element)]
        }
    }

    private static func structure(
        _ parts: [String: JSONValue], _ definitions: [FieldType.Part]
    ) throws(Problem) -> FieldValue {
        var values: [String: FieldValue] = [:]
        for (name, input) in parts.sorted(by: { $0.key < $1.key }) {
            guard let part = definitions.first(where: { $0.name == name }) else {
                throw Problem(
                    .unknownField, at: "/\(name)", chinese: "没有 \(name) 这一部分。",
                    english: "There is no part \(name).")
            }
            do throws(Problem) {
                values[name] = try value(input, of: part.type)
            } catch {
                throw error.moved(below: "/\(name)")
            }
        }
        return .map(of: values)
    }

    private static func wrongType() -> Problem {
        Problem(
            .wrongType, at: "", chinese: "这一项的格式不对。", english: "The value is not of this kind.")
    }
}
