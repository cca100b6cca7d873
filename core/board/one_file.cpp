#include "core/board/one_file.h"

#include <onnx/onnx_pb.h>

#include "core/base/atomic_file.h"

namespace quantwright {

Status write_one_file(onnx::ModelProto proto, const Model& weights, const std::filesystem::path& path) {
    constexpr std::size_t longest = (std::size_t(1) << 31) - (std::size_t(1) << 20);
    std::size_t bytes = 0;
    for (onnx::TensorProto& initializer : *proto.mutable_graph()->mutable_initializer()) {
        if (initializer.data_location() != onnx::TensorProto::EXTERNAL)
            continue;
        const Tensor tensor = weights.weight(initializer.name());
        bytes += tensor.bytes.size();
        if (bytes > longest)
            return fail(ErrorCode::model_too_large, path.string());
        initializer.clear_external_data();
        initializer.clear_data_location();
        initializer.set_raw_data(tensor.bytes.data(), tensor.bytes.size());
    }
    if (proto.ByteSizeLong() > longest)
        return fail(ErrorCode::model_too_large, path.string());
    return write_file(path, proto.SerializeAsString());
}

Result<std::filesystem::path> one_file(const Model& model, const std::filesystem::path& file,
                                       const std::filesystem::path& folder) {
    if (model.files().size() <= 1 && !file.empty())
        return file;
    const std::filesystem::path copy = folder / (model.sha256() + ".onnx");
    if (auto written = write_one_file(model.proto(), model, copy); !written) {
        if (written.error().code == ErrorCode::model_too_large)
            return fail(ErrorCode::model_too_large, file.string());
        return fail(written);
    }
    return copy;
}

}  // namespace quantwright
