// SPDX-License-Identifier: Apache-2.0

import GridCodec

extension InvitationRefusal {
    /// Stable, for programs.
    package var code: String {
        switch self {
        case .mayNotCertify: "may_not_certify"
        case .outsideArea: "outside_area"
        case .badName: "bad_name"
        case .badAddresses: "bad_addresses"
        case .badLifetime: "bad_lifetime"
        case .tooMany: "too_many_invitations"
        case .idTaken: "id_taken"
        case .unknown: "unknown_invitation"
        case .wrongState: "wrong_state"
        case .otherCertificate: "other_certificate"
        }
    }

    package var chinese: String {
        switch self {
        case .mayNotCertify: "本节点的证书不允许签发证书,不能邀请。"
        case .outsideArea(let area, let own): "\(area) 不是本节点区域 \(own) 内的县、镇、村。"
        case .badName: "名称应为 1 到 40 个字。"
        case .badAddresses:
            "需要 1 到 \(ProtocolLimits.invitationAddressesMax) 个本节点的地址(主机:端口),请用 --address 给出。"
        case .badLifetime: "有效期应为 1 分钟到 \(ProtocolLimits.invitationDaysMax) 天。"
        case .tooMany:
            "未使用的邀请已有 \(ProtocolLimits.invitationsOpenMax) 个,请先撤回一些(gridctl invitations withdraw)。"
        case .idTaken: "编号偶然重复,请再试一次。"
        case .unknown(let id): "没有编号为 \(id) 的邀请或申请。"
        case .wrongState(let id, let state): "\(id) \(state.chinese),不能这样处理。"
        case .otherCertificate: "证书不是给这份申请的(公钥或区域不同)。"
        }
    }

    package var english: String {
        switch self {
        case .mayNotCertify: "this node's certificate does not let it certify, so it cannot invite"
        case .outsideArea(let area, let own):
            "\(area) is no county, township or village within this node's area \(own)"
        case .badName: "a name has 1 to \(ProtocolLimits.certificateNameBytesMax) bytes"
        case .badAddresses:
            "1 to \(ProtocolLimits.invitationAddressesMax) addresses (HOST:PORT) of this node are needed; give them with --address"
        case .badLifetime:
            "a code lives from 1 minute to \(ProtocolLimits.invitationDaysMax) days"
        case .tooMany:
            "\(ProtocolLimits.invitationsOpenMax) invitations are open; withdraw some first (gridctl invitations withdraw)"
        case .idTaken: "the id was drawn before; try again"
        case .unknown(let id): "there is no invitation or request \(id)"
        case .wrongState(let id, let state):
            "\(id) is \(state.rawValue); that cannot be done with it"
        case .otherCertificate: "the certificate is for another key or area than the request"
        }
    }
}

extension Invitation.State {
    package var chinese: String {
        switch self {
        case .open: "未使用"
        case .waiting: "等待审批"
        case .approved: "已批准"
        case .rejected: "已拒绝"
        case .withdrawn: "已撤回"
        }
    }
}
