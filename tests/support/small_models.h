#pragma once
// Small models built in memory, with seeded random weights, for tests of core.
#include <onnx/onnx_pb.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/model/proto_helpers.h"

namespace quantwright::testing {

/// Adds nodes and weights to a graph one by one; every name is given by the caller.
class ModelBuilder {
public:
    explicit ModelBuilder(std::int64_t opset = 17, unsigned seed = 1);

    ModelBuilder& input(const std::string& name, const Shape& shape, ElementType type = ElementType::float32);
    ModelBuilder& output(const std::string& name, ElementType type = ElementType::float32);
    /// Normally distributed with this spread.
    ModelBuilder& weight(const std::string& name, const Shape& shape, float spread = 0.3f);
    ModelBuilder& weight(const std::string& name, const Shape& shape, std::vector<float> values);
    ModelBuilder& weight(const std::string& name, const Shape& shape, std::vector<std::int64_t> values);
    /// The node just added is returned for its attributes.
    onnx::NodeProto& node(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                          std::vector<std::string> outputs);
    /// Conv with kernel k, same padding, weights "<name>.weight" and "<name>.bias".
    ModelBuilder& conv(const std::string& name, const std::string& in, const std::string& out,
                       int in_channels, int out_channels, int k = 3, int group = 1, int stride = 1);

    [[nodiscard]] onnx::ModelProto& proto() { return m_model; }
    [[nodiscard]] std::shared_ptr<const Model> build() const;  ///< aborts the test if the model is not valid

private:
    onnx::ModelProto m_model;
    std::mt19937 m_random;
};

/// input 1x3x16x16 → Conv+BatchNormalization+Relu → depthwise Conv+Clip(0,6) → 1x1 Conv → Add with the first
/// → GlobalAveragePool → Flatten → Gemm "logits" (10).
[[nodiscard]] std::shared_ptr<const Model> small_cnn(unsigned seed = 1);

/// `count` random inputs for the model, normally distributed.
[[nodiscard]] std::vector<std::vector<Tensor>> random_inputs(const Model& model, int count,
                                                             unsigned seed = 7);

}  // namespace quantwright::testing
