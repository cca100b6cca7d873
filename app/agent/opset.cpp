// The versions' table of ONNX Runtime says little of a vendor's build, so the library itself is asked: with a
// model of one Identity node, stamped with one opset after the other.
#include <string>

#include "failure.h"
#include "runtime.h"

namespace quantwright::agent {

namespace {

/// Protobuf's wire format: a field of bytes, and one of a number below 128.
std::string bytes_field(int field, const std::string& bytes) {
    std::string text(1, static_cast<char>(field << 3 | 2));
    text += static_cast<char>(bytes.size());
    return text += bytes;
}

std::string number_field(int field, int number) {
    return {static_cast<char>(field << 3), static_cast<char>(number)};
}

/// The numbers are those of onnx.proto.
std::string identity_model(int opset) {
    const std::string shape = bytes_field(1, number_field(1, 1));                         // dim_value
    const std::string type = bytes_field(1, number_field(1, 1) + bytes_field(2, shape));  // float
    const std::string node = bytes_field(1, "x") + bytes_field(2, "y") + bytes_field(4, "Identity");
    const std::string graph = bytes_field(1, node) + bytes_field(2, "g") +
                              bytes_field(11, bytes_field(1, "x") + bytes_field(2, type)) +
                              bytes_field(12, bytes_field(1, "y") + bytes_field(2, type));
    const std::string opset_import = number_field(2, opset);
    return number_field(1, 7) + bytes_field(7, graph) + bytes_field(8, opset_import);
}

bool takes(Runtime& runtime, int opset) {
    const OrtApi& api = runtime.api();
    OrtSessionOptions* made = nullptr;
    runtime.check(api.CreateSessionOptions(&made), "");
    const auto options = runtime.own(made, api.ReleaseSessionOptions);
    runtime.check(api.SetIntraOpNumThreads(made, 1), "");
    const std::string model = identity_model(opset);
    OrtSession* session = nullptr;
    if (OrtStatus* status =
            api.CreateSessionFromArray(runtime.environment(), model.data(), model.size(), made, &session)) {
        api.ReleaseStatus(status);
        return false;
    }
    api.ReleaseSession(session);
    return true;
}

}  // namespace

std::int64_t newest_opset(Runtime& runtime) {
    if (runtime.api_version() == 0)
        return 0;
    int known = 14, refused = 100;  // 14 came with ONNX Runtime 1.8
    if (!takes(runtime, known))
        return 0;
    while (refused - known > 1) {
        const int middle = (known + refused) / 2;
        (takes(runtime, middle) ? known : refused) = middle;
    }
    return known;
}

}  // namespace quantwright::agent
