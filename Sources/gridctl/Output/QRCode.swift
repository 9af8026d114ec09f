// SPDX-License-Identifier: Apache-2.0

import CQRCodegen

/// A text as a QR code (ISO/IEC 18004), by libqrcodegen.
struct QRCode {
    /// Light modules around it, as the standard asks.
    private static let border = 4

    /// Modules on a side.
    let size: Int
    /// Dark ones, row by row.
    private let modules: [Bool]

    /// Nil when the text is too long for any QR code. Upper-case letters and digits take least room.
    init?(_ text: String) {
        let length = Int(qrcodegen_VERSION_MAX) * 4 + 17
        let bytes = (length * length + 7) / 8 + 1
        var scratch = [UInt8](repeating: 0, count: bytes)
        var code = [UInt8](repeating: 0, count: bytes)
        guard
            qrcodegen_encodeText(
                text, &scratch, &code, qrcodegen_Ecc_MEDIUM, Int32(qrcodegen_VERSION_MIN),
                Int32(qrcodegen_VERSION_MAX), qrcodegen_Mask_AUTO, true)
        else { return nil }
        let size = Int(qrcodegen_getSize(code))
        self.size = size
        modules = (0..<size * size).map {
            qrcodegen_getModule(code, Int32($0 % size), Int32($0 / size))
        }
    }

    /// Lines of half blocks, two rows of modules each, for light letters on a dark ground.
    var lines: [String] {
        let range = -Self.border..<size + Self.border
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
            String(
                range.map { column -> Character in
                    switch (isDark(row, column), isDark(row + 1, column)) {
                    case (false, false): "█"
                    case (false, true): "▀"
                    case (true, false): "▄"
                    case (true, true): " "
                    }
                })
        }
    }

    /// A picture in SVG, dark on light.
    var svg: String {
        let side = size + 2 * Self.border
        let squares = modules.indices.filter { modules[$0] }.map { index in
            "M\(index % size + Self.border),\(index / size + Self.border)h1v1h-1z"
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 \(side) \(side)" \
            width="\(side * 8)" height="\(side * 8)" stroke="none">
            <rect width="100%" height="100%" fill="#ffffff"/>
            <path d="\(squares.joined())" fill="#000000"/>
            </svg>

            """
    }

    private func isDark(_ row: Int, _ column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }
}
