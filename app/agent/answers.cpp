// Answers of Requests that may be longer than a line: in events before them.
#include <algorithm>

#include "failure.h"
#include "profile.h"
#include "requests.h"

namespace quantwright::agent {

namespace {

constexpr std::size_t piece_bytes = std::size_t{512} << 10;
constexpr std::size_t nodes_bytes = std::size_t{768} << 10;  // of a line's nodes

}  // namespace

void Requests::send_outputs(std::int64_t id, std::int64_t sample, const Session& session) {
    const OrtApi& api = m_runtime.api();
    Json list = Json::array();
    std::vector<std::span<const std::byte>> contents;
    for (std::size_t i = 0; i < session.outputs().size(); ++i) {
        const std::string& name = session.outputs()[i].name;
        OrtValue* value = session.results()[i].get();
        int is_tensor = 0;
        if (value)
            m_runtime.check(api.IsTensor(value, &is_tensor), name);
        if (!is_tensor)
            throw Failure{"board.model_refused", name, "this output is no tensor"};
        OrtTensorTypeAndShapeInfo* info = nullptr;
        m_runtime.check(api.GetTensorTypeAndShape(value, &info), name);
        const auto owned = m_runtime.own(info, api.ReleaseTensorTypeAndShapeInfo);
        ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
        std::size_t rank = 0;
        m_runtime.check(api.GetTensorElementType(info, &type), name);
        m_runtime.check(api.GetDimensionsCount(info, &rank), name);
        std::vector<std::int64_t> shape(rank);
        m_runtime.check(api.GetDimensions(info, shape.data(), rank), name);
        const auto bytes = byte_count(type, shape);
        if (!bytes)
            throw Failure{"board.model_refused", name, "this output is no tensor of numbers"};
        void* data = nullptr;
        m_runtime.check(api.GetTensorMutableData(value, &data), name);
        contents.emplace_back(static_cast<const std::byte*>(data), *bytes);
        list.push_back({{"name", name}, {"type", static_cast<int>(type)}, {"shape", shape}});
    }
    m_output.event(id, "outputs", {{"sample", sample}, {"outputs", list}});
    for (std::size_t output = 0; output < contents.size(); ++output)
        for (std::size_t offset = 0; offset < contents[output].size(); offset += piece_bytes) {
            const std::size_t bytes = std::min(piece_bytes, contents[output].size() - offset);
            m_output.event(id, "bytes",
                           {{"sample", sample},
                            {"output", output},
                            {"offset", offset},
                            {"base64", base64(contents[output].subspan(offset, bytes))}});
        }
}

Json Requests::profile(std::int64_t id, Fields& fields) {
    const std::string name = fields.text("name");
    fields.no_others();
    std::FILE* file = session_named(name).end_profiling();
    const auto session = std::move(m_sessions.extract(name).mapped());  // it owns the file; gone afterwards
    const std::vector<NodeTime> nodes = read_profile(file);
    Json list = Json::array();
    std::size_t bytes = 0;
    for (const NodeTime& time : nodes) {
        Json node = {{"node", time.node},
                     {"op", time.op},
                     {"provider", time.provider},
                     {"us", time.us},
                     {"runs", time.runs}};
        const std::size_t more = node.dump(-1, ' ', false, Json::error_handler_t::replace).size() + 1;
        if (!list.empty() && bytes + more > nodes_bytes) {
            m_output.event(id, "nodes", {{"nodes", list}});
            list.clear();
            bytes = 0;
        }
        bytes += more;
        list.push_back(std::move(node));
    }
    return {{"nodes", list}};
}

}  // namespace quantwright::agent
