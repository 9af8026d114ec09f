// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore

/// Logs that go on in more than one way (Protocol/forks.md).
extension Desk {
    /// What became of a fork.
    private enum ForkState: String {
        /// Nobody has said which branch counts.
        case open
        /// Somebody has, and not all of it is here.
        case awaiting
        /// Somebody has, and all of it is here.
        case closed
    }

    /// Every fork that is proved, without what its branches hold.
    package func forks() throws -> JSONValue {
        let directory = engine.current.directory
        let items = try directory.forks.map { fork in
            JSONValue.object(try parts(of: fork, directory, isWhole: false))
        }
        return Self.answer("forks", ["items": .list(items)])
    }

    /// One fork, with what is here of each branch.
    package func fork(_ text: String) throws -> JSONValue {
        let directory = engine.current.directory
        let matches = directory.forks.filter { fork in
            let leaf = directory.chain(of: fork.identity.key)?.leaf
            return !text.isEmpty && "\(fork.identity.log)".hasPrefix(text)
                || NodeNames(key: fork.identity.key, name: leaf?.name ?? "", area: leaf?.area)
                    .match(text)
        }
        guard matches.count < 2 else {
            throw DeskRefusal(
                .notFound, "ambiguous_log", chinese: "“\(text)”有不止一个分叉的日志,请用日志的全名。",
                english: "\"\(text)\" has more than one forked log; give the log's whole name.")
        }
        let fork = try Self.theOne(
            of: matches, named: text,
            absent: (
                "no_such_fork", "没有名为“\(text)”的分叉日志。", "There is no forked log \"\(text)\"."
            ))
        return Self.answer("fork", try parts(of: fork, directory, isWhole: true))
    }

    /// One sentence for each fork that is not settled here.
    func forkFindings(_ directory: CertificateDirectory) -> [JSONValue] {
        directory.forks.compactMap { fork in
            let state = state(of: fork, directory)
            guard state != .closed else { return nil }
            let log = fork.identity.log
            let name = directory.chain(of: fork.identity.key)?.leaf.name ?? ""
            let (area, lane) = (log.domain.area.description, "\(log.domain.lane.rawValue)")
            let place = "\(name) \(area)/\(lane)"
            return state == .open
                ? Self.finding(
                    "log_forked",
                    "\(place) 的日志从第 \(fork.height + 1) 条起有两个版本,都暂不算数,等上级裁定"
                        + "(gridctl fork show \(log.replica))",
                    "a log of \(place) goes on in two ways from entry \(fork.height + 1); neither counts "
                        + "until its office decides (gridctl fork show \(log.replica))")
                : Self.finding(
                    "fork_awaits_branch",
                    "\(place) 的分叉日志已经裁定,算数的版本本节点还不全,等其他节点送来",
                    "a forked log of \(place) is closed; the branch that counts is still to come")
        }
    }

    private func state(of fork: Fork, _ directory: CertificateDirectory) -> ForkState {
        guard let end = directory.end(of: fork.identity), end != fork.end else { return .open }
        let height = engine.current.frontier[fork.identity.log]
        return height >= end.height ? .closed : .awaiting
    }

    private func parts(
        of fork: Fork, _ directory: CertificateDirectory, isWhole: Bool
    ) throws -> [String: JSONValue] {
        let log = fork.identity.log
        let contents = Dictionary(
            try engine.store.branches(of: fork).map { ($0.first, $0) }, uniquingKeysWith: { $1 })
        let state = state(of: fork, directory)
        var parts = holder(fork.identity.key)
        parts["log"] = .text("\(log)")
        parts["replica"] = .text("\(log.replica)")
        parts["log_area"] = .text(log.domain.area.description)
        parts["lane"] = Self.count(log.domain.lane.rawValue)
        parts["common_height"] = Self.count(fork.height)
        parts["state"] = .text(state.rawValue)
        let end = directory.end(of: fork.identity)
        parts["kept_height"] = state == .open ? .null : Self.count(end?.height ?? 0)
        parts["kept_head"] = state == .open ? .null : end?.head.map { .text("\($0)") } ?? .null
        parts["branches"] = .list(
            try fork.firsts.enumerated().map { index, first in
                var branch = try branch(
                    first, of: fork, contents[first], directory, isWhole: isWhole)
                branch["number"] = Self.count(index + 1)
                return .object(branch)
            })
        return parts
    }

    private func branch(
        _ first: Bytes32, of fork: Fork, _ content: Store.BranchContent?,
        _ directory: CertificateDirectory, isWhole: Bool
    ) throws -> [String: JSONValue] {
        let proven = directory.provenEnd(ofBranch: first, after: fork)
        let held = content?.height ?? fork.height
        let isProvenFurther = proven.height > held
        var parts: [String: JSONValue] = [
            "first": .text("\(first)"),
            "entries_held": Self.count(held - fork.height),
            "entries_known": Self.count(max(proven.height, held) - fork.height),
            "height": Self.count(max(proven.height, held)),
            "head": .text("\(isProvenFurther ? proven.head : content?.head ?? proven.head)"),
            "first_at": content?.entries.first.map { Self.time($0.timestamp.milliseconds) }
                ?? .null,
            "last_at": content?.entries.last.map { Self.time($0.timestamp.milliseconds) } ?? .null,
        ]
        if isWhole {
            parts["items"] = .list(try changes(of: content?.entries ?? []))
        }
        return parts
    }
}
