// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What a process has used up since its start.
struct ProcessUsage: Codable, Sendable {
    /// Of all threads, in user and kernel mode.
    let cpuSeconds: Double
    /// The most memory that it has had at once, in bytes.
    let peakBytes: Int

    static var now: ProcessUsage {
        ProcessUsage(
            cpuSeconds: Double(Clock.read(CLOCK_PROCESS_CPUTIME_ID)) / 1e9,
            peakBytes: memory(of: getpid()).peak)
    }

    /// Resident memory of a process now and at most, in bytes; 0 where there is none.
    static func memory(of process: Int32) -> (now: Int, peak: Int) {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        func bytes(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
            return (Int(line.filter { $0.isNumber }) ?? 0) * 1024
        }
        return (bytes("VmRSS:"), bytes("VmHWM:"))
    }
}

/// The machine's clocks.
enum Clock {
    /// Nanoseconds of the clock that all processes share and nobody sets.
    static var now: UInt64 { read(CLOCK_MONOTONIC) }

    /// Nanoseconds that this thread has been running.
    static var thread: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    static func seconds(from began: UInt64, to ended: UInt64) -> Double {
        (Double(ended) - Double(began)) / 1e9
    }

    fileprivate static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
