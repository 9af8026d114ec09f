// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Apps that ask the node over TCP.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "应用的访问令牌 / tokens of apps that ask over TCP",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

struct TokenCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "生成令牌,只显示这一次 / make a token; it is shown once")

    @OptionGroup var common: CommonOptions
    @Argument(help: "应用的名字,a-z 0-9 - / the app's name") var name: String
    @Option(help: "类别,逗号分隔,或 all / collections, or all") var collections: String
    @Flag(help: "可以读 / may read") var read = false
    @Flag(help: "可以写 / may write") var write = false
    @Flag(help: "可以说明理由查看原值 / may read plain values for a reason") var plain = false
    @Option(help: "有效天数,默认一直有效 / days; without it there is no end") var days: Int64?

    func run() throws {
        let names =
            collections == "all" ? ["*"] : collections.split(separator: ",").map(String.init)
        var body: [String: JSONValue] = [
            "name": .text(name), "collections": .list(names.map { .text($0) }),
            "read": .boolean(read), "write": .boolean(write), "plain": .boolean(plain),
        ]
        if let days { body["days"] = .integer(days) }
        let answer = try DaemonClient(try common.folder()).send(
            .post, "/v1/tokens", .object(body))
        if common.json { return Screen.json(answer) }
        Screen.line(answer["token"]?.string ?? "")
        Screen.error("请现在保存,以后不再显示 / keep it now; it is not shown again")
    }
}

struct TokenList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "已有的令牌 / the tokens there are")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/tokens")
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有令牌 / no tokens") }
        var table = Table(["应用 app", "类别 collections", "权限 rights", "生成 made", "到期 until"])
        for item in items {
            let rights = ["read", "write", "plain"].filter { item[$0]?.boolean == true }
            table.add([
                item["name"]?.shown ?? "", item["collections"]?.shown ?? "",
                rights.joined(separator: " "), String((item["made_at"]?.shown ?? "").prefix(16)),
                item["expires_at"]?.string.map { String($0.prefix(16)) } ?? "—",
            ])
        }
        table.show()
    }
}

struct TokenRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "撤销令牌,立即生效 / end a token at once")

    @OptionGroup var common: CommonOptions
    @Argument(help: "应用的名字 / the app's name") var name: String

    func run() throws {
        let answer = try DaemonClient(try common.folder()).send(
            .post, "/v1/tokens/\(DaemonClient.escaped(name))/revoke", .object([:]))
        if common.json { return Screen.json(answer) }
        Screen.line("已撤销 / revoked: \(name)")
    }
}
