// SPDX-License-Identifier: Apache-2.0

import Glibc

/// libFuzzer's own command line, with the harness that `ONEGRID_HARNESS` names.
///
/// With `--list` it prints each harness with the length of its longest input, in bytes.
@main
enum GridFuzz {
    static func main() {
        if CommandLine.arguments.dropFirst() == ["--list"] {
            for harness in Harness.allCases { print(harness.rawValue, harness.inputBytesMax) }
            return
        }
        guard Harness.named != nil else {
            print("ONEGRID_HARNESS must be one of \(Harness.allCases.map(\.rawValue))")
            exit(2)
        }
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, testOneInput))
    }
}

/// What libFuzzer calls with each input. It is also what its own `main` would call.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Harness.named?.test(Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Ends the process with a reason when something does not hold, so that libFuzzer keeps the input.
func expect(
    _ holds: @autoclosure () throws -> Bool, _ reason: @autoclosure () -> String,
    line: Int = #line, file: StaticString = #fileID
) rethrows {
    guard try !holds() else { return }
    let words = Array("\(file):\(line): does not hold: \(reason())\n".utf8)
    write(STDERR_FILENO, words, words.count)
    abort()
}
