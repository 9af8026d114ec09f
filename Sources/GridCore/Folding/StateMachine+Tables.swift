// SPDX-License-Identifier: Apache-2.0

extension StateMachine.Move {
    fileprivate static func move(
        _ action: String, from: [String], to state: String, by roles: [ActRole] = [],
        times limit: Int? = nil
    ) -> StateMachine.Move {
        StateMachine.Move(
            action: action, from: from, target: .state(state), roles: roles, limit: limit,
            after: nil)
    }

    fileprivate static func back(_ action: String, from: [String]) -> StateMachine.Move {
        StateMachine.Move(
            action: action, from: from, target: .back, roles: [], limit: nil, after: nil)
    }

    fileprivate static func side(
        _ action: String, from: [String] = [], after: String? = nil
    ) -> StateMachine.Move {
        StateMachine.Move(
            action: action, from: from, target: .stay, roles: [], limit: nil, after: after)
    }
}

extension StateMachine {
    private static let open = [
        "registered", "triaged", "accepted", "dispatched", "taken", "handling", "escalated",
    ]
    private static let office: [ActRole] = [.village, .township, .department, .county]

    /// 事项.
    package static let matters = StateMachine(
        initial: "registered",
        [
            .move("triage", from: ["registered"], to: "triaged", by: [.gridMember] + office),
            .move("withdraw", from: ["registered"], to: "withdrawn"),
            .move(
                "accept", from: ["triaged", "escalated"], to: "accepted",
                by: [.unitHead, .gridMember] + office),
            .move("refuse", from: ["triaged"], to: "refused", by: office),
            .move("dispatch", from: ["accepted"], to: "dispatched", by: office),
            .move("take", from: ["dispatched"], to: "taken"),
            .move("return", from: ["dispatched", "taken"], to: "accepted"),
            .back("return", from: ["escalated"]),
            .move("handle", from: ["accepted", "taken", "whistled"], to: "handling"),
            .side("request_extension", from: ["handling"]),
            .side("extend", from: ["handling"], after: "request_extension"),
            .move("suspend", from: ["handling"], to: "suspended"),
            .move("resume", from: ["suspended"], to: "handling"),
            .move("escalate", from: ["triaged", "accepted", "handling"], to: "escalated"),
            .move("whistle", from: ["handling"], to: "whistled"),
            .move("complete", from: ["handling", "whistled"], to: "completed"),
            .move("verify", from: ["completed"], to: "verified"),
            .move("reopen", from: ["completed"], to: "handling"),
            .move(
                "reopen", from: ["verified"], to: "handling", by: [.township, .county], times: 1),
            .move("reopen", from: ["refused"], to: "triaged"),
            .move("publish", from: ["verified"], to: "published", by: office),
            .move("archive", from: ["published"], to: "archived"),
            .move("merge", from: open, to: "merged"),
            .side("comment"), .side("supervise"), .side("urge"), .side("instruct"),
            .side("notify"), .side("revisit"),
        ])

    /// 矛盾纠纷.
    package static let disputes = StateMachine(
        initial: "found",
        [
            .move("register", from: ["found"], to: "registered"),
            .move("dismiss", from: ["found"], to: "dismissed"),
            .move("assign", from: ["registered"], to: "assigned"),
            .move("return", from: ["assigned"], to: "registered"),
            .move(
                "mediate",
                from: [
                    "registered", "assigned", "mediating", "escalated", "partial", "failed",
                    "relapsed",
                ], to: "mediating"),
            .move("succeed", from: ["mediating"], to: "succeeded"),
            .move("partial", from: ["mediating"], to: "partial"),
            .move("fail", from: ["mediating"], to: "failed"),
            .move("escalate", from: ["mediating"], to: "escalated"),
            .move("refer", from: ["escalated", "failed"], to: "referred"),
            .move("revisit", from: ["succeeded"], to: "revisit"),
            .move("relapse", from: ["revisit", "closed"], to: "relapsed"),
            .move(
                "close", from: ["succeeded", "partial", "failed", "referred", "revisit"],
                to: "closed"),
            .side("comment"),
        ])

    /// 隐患.
    package static let hazards = StateMachine(
        initial: "found",
        [
            .move("assign", from: ["found"], to: "assigned"),
            .move("fix", from: ["assigned"], to: "fixing"),
            .move("clear", from: ["fixing"], to: "cleared"),
            .move("recheck", from: ["cleared"], to: "rechecked"),
            .move("reopen", from: ["cleared", "rechecked"], to: "fixing"),
            .side("comment"),
        ])

    /// 联户长任免.
    package static let unitHeads = StateMachine(
        initial: "none",
        [
            .move("propose", from: ["none", "removed"], to: "proposed"),
            .move("elect", from: ["proposed"], to: "elected"),
            .move("serve", from: ["elected", "assessed"], to: "serving"),
            .move("assess", from: ["serving"], to: "assessed"),
            .move("remove", from: ["assessed"], to: "removed"),
            .side("comment"),
        ])

    /// 积分条目: reviews are entries that name their target.
    package static let points = StateMachine(
        initial: "submitted", isCorrectable: false,
        [
            .move("approve", from: ["submitted"], to: "approved"),
            .move("reject", from: ["submitted"], to: "rejected"),
            .move("revoke", from: ["approved"], to: "revoked"),
        ])

    /// 吹哨: the steps of the office; those of departments are counted one by one.
    static let whistles = StateMachine(
        initial: "source_formed", isCorrectable: false,
        [
            .side("source_formed", from: ["source_formed"]),
            .move("assessed", from: ["source_formed"], to: "assessed"),
            .move(
                "handled_by_village", from: ["source_formed", "assessed"], to: "handled_by_village"),
            .move("whistled", from: ["assessed"], to: "whistled", by: [.township, .county]),
            .move("platform_accepted", from: ["whistled", "returned"], to: "platform_accepted"),
            .side("contacted", from: ["platform_accepted", "reported"]),
            .move("reported", from: ["platform_accepted", "reported"], to: "reported"),
            .side("returned", from: ["platform_accepted", "reported"]),
            .side("result", from: ["reported"]),
            .move("evaluated", from: ["reported"], to: "evaluated"),
            .move("reopened", from: ["evaluated"], to: "reported"),
            .move("fed_back", from: ["evaluated"], to: "fed_back"),
            .move("applied", from: ["fed_back"], to: "applied"),
        ])
}
