#pragma once
// Builds a Model from what it is read from, and checks everything later steps rely on.
#include <onnx/onnx_pb.h>

#include <filesystem>
#include <map>
#include <memory>
#include <span>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/model/external_data.h"
#include "core/model/model.h"

namespace quantwright {

/// Used once: one of the three calls.
class ModelReader {
public:
    explicit ModelReader(const JobContext& job) : m_job(job), m_model(new Model) {}

    Result<std::shared_ptr<const Model>> from_file(const std::filesystem::path& path);
    Result<std::shared_ptr<const Model>> from_proto(onnx::ModelProto proto,
                                                    const std::filesystem::path& folder);
    Result<std::shared_ptr<const Model>> derive(onnx::ModelProto proto, const Model& origin,
                                                std::map<std::string, Tensor> outside);

private:
    using Made = Result<std::shared_ptr<const Model>>;

    Status parse(std::span<const std::byte> bytes);
    Status check_header() const;
    /// External data of tensors inside of nodes becomes part of the proto; every tensor's data fit its shape.
    Status check_hidden_tensors(ExternalData& files);
    /// External weights: those of `outside`, else origin's, else read from the files.
    Status read_weights(ExternalData& files, const Model* origin,
                        const std::map<std::string, Tensor>& outside = {});
    Status index();
    void sort_nodes();
    Status hash_files(Sha256& hash, const ExternalData& files);
    Status hash(Sha256& hash, std::span<const std::byte> bytes);
    Status hash_proto(Sha256& hash);

    const JobContext& m_job;
    std::shared_ptr<Model> m_model;
    std::string m_subject = "model";  ///< of errors about the whole
    std::int64_t m_hashed = 0;
};

}  // namespace quantwright
