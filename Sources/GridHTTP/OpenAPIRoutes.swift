// SPDX-License-Identifier: Apache-2.0

import GridNode
import Hummingbird

/// What the API is, for programs: `Protocol/openapi.yaml` as JSON.
struct OpenAPIRoutes {
    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: OpenAPIDocument.text)))
        }
    }
}
