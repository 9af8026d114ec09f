// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What the figures were measured on.
struct Machine: Codable {
    let processor: String
    let cores: Int
    let kernel: String
    let memoryBytes: Int
    /// Load of the last minute, when the measuring began.
    let load: Double

    init() {
        func read(_ path: String) -> String {
            (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        }
        func line(_ name: String, in text: String) -> Substring {
            text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        }
        let model = line("model name", in: read("/proc/cpuinfo")).split(separator: ":").last
        processor = model?.trimmingCharacters(in: .whitespaces) ?? "unknown"
        cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        kernel = read("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
        let memory = line("MemTotal:", in: read("/proc/meminfo"))
        memoryBytes = (Int(memory.filter { $0.isNumber }) ?? 0) * 1024
        load = read("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    var line: String {
        let gibibytes = (Double(memoryBytes) / 1_073_741_824).formatted(
            .number.precision(.fractionLength(1)))
        return "\(processor), \(cores) cores, Linux \(kernel), \(gibibytes) GiB, load \(load)"
    }

    /// The file that this program was started from.
    static var program: String {
        let link = "/proc/self/exe"
        return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
    }
}
