#include "core/model/model.h"

#include <onnx/onnx_pb.h>

#include <new>

#include "core/model/model_reader.h"

namespace quantwright {

Model::Model() : m_proto(std::make_unique<onnx::ModelProto>()) {}
Model::~Model() = default;

namespace {
/// protobuf and the standard library throw when memory ends.
template <class Read>
Result<std::shared_ptr<const Model>> read_guarded(const std::string& subject, Read read) {
    try {
        return read();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::model_too_large, subject, "not enough memory");
    } catch (const std::exception& e) {
        return fail(ErrorCode::model_not_onnx, subject, e.what());
    }
}
}  // namespace

Result<std::shared_ptr<const Model>> Model::load(const std::filesystem::path& path, const JobContext& job) {
    return read_guarded(path.string(), [&] { return ModelReader(job).from_file(path); });
}

Result<std::shared_ptr<const Model>> Model::from_proto(onnx::ModelProto proto,
                                                       const std::filesystem::path& folder) {
    return read_guarded("model", [&] { return ModelReader({}).from_proto(std::move(proto), folder); });
}

Result<std::shared_ptr<const Model>> Model::derive(onnx::ModelProto proto, const Model& origin,
                                                   std::map<std::string, Tensor> outside) {
    return read_guarded("model",
                        [&] { return ModelReader({}).derive(std::move(proto), origin, std::move(outside)); });
}

Tensor Model::weight(const std::string& name) const {
    const auto found = m_weights.find(name);
    return found == m_weights.end() ? Tensor{} : found->second;
}

std::int64_t Model::ir_version() const {
    return m_proto->ir_version();
}

}  // namespace quantwright
