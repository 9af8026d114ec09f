// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Who has come with a code and waits for people.
struct Requests: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出等待批准的入网申请 / list the requests that wait for approval")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try InvitationBook(try common.folder()).requests()
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有等待批准的申请 / nobody waits") }
        for item in items {
            guard let request = WaitingRequest(item) else { continue }
            request.show()
            Screen.line()
        }
        Screen.line("打电话核对四个词,一致再批准:gridctl approve 编号 / compare the words by telephone first")
    }
}

/// Turns a request away.
struct Reject: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "拒绝入网申请 / turn a request away")

    @OptionGroup var common: CommonOptions
    @Argument(help: "申请编号 / the request's id") var id: String
    @Option(help: "理由,会告诉对方 / why; the other side is told") var reason = ""

    func run() throws {
        let answer = try InvitationBook(try common.folder())
            .reject(id.lowercased(), reason: reason)
        if common.json { return Screen.json(answer) }
        Screen.line("已拒绝 \(answer["name"]?.string ?? id) / rejected")
    }
}
