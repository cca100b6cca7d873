#pragma once
// External data of tensors: files beside the model, each mapped once (onnx/docs/ExternalData.md).
#include <onnx/onnx_pb.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/model/mapped_file.h"
#include "core/model/tensor.h"

namespace quantwright {

[[nodiscard]] bool is_external(const onnx::TensorProto& proto);

class ExternalData {
public:
    /// `folder` empty: there is none, every external tensor is missing.
    explicit ExternalData(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    /// The elements, inside of the mapped file; the Tensor keeps the mapping. Errors (subject: the tensor):
    /// model.external_data_missing, _short, _escapes, model.not_onnx for a shape that can't be.
    Result<Tensor> read(const onnx::TensorProto& proto);

    /// By path, in sorted order.
    [[nodiscard]] const std::map<std::filesystem::path, std::shared_ptr<const MappedFile>>& files() const {
        return m_files;
    }

private:
    Result<std::shared_ptr<const MappedFile>> open(const std::string& tensor, const std::string& location);

    std::filesystem::path m_folder;
    std::map<std::filesystem::path, std::shared_ptr<const MappedFile>> m_files;
    std::map<std::string, std::shared_ptr<const MappedFile>> m_by_location;
};

}  // namespace quantwright
