#pragma once
// What tests of preparing look at.
#include <QString>
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/number/kernels.h"
#include "core/prepare/prepare.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

using Prepare = std::shared_ptr<const Prepared>;
using Strings = std::vector<std::string>;
using Sizes = std::vector<std::int64_t>;

inline QString code_of(const Result<Prepare>& result) {
    if (result)
        return "prepared";
    const auto name = name_of(result.error().code);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

inline Prepare prepared(const std::shared_ptr<const Model>& model, const PrepareOptions& options = {}) {
    auto result = prepare(model, options);
    if (!result) {
        qWarning("%s %s: %s", qPrintable(code_of(result)), result.error().subject.c_str(),
                 result.error().detail.c_str());
        return nullptr;
    }
    return *result;
}

inline Strings ops(const Prepare& prepared) {
    Strings result;
    for (const auto& node : prepared->model->graph().nodes())
        result.push_back(node.proto->op_type());
    return result;
}

/// Largest difference over a few random inputs.
inline double difference(const Prepare& prepared) {
    double largest = 0;
    for (const auto& inputs : random_inputs(*prepared->model, 3)) {
        const auto one = max_difference(*prepared, inputs);
        if (!one)
            return std::nan("");
        largest = std::max(largest, *one);
    }
    return largest;
}

inline void set_string(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(value);
}

inline onnx::NodeProto& constant(ModelBuilder& b, const std::string& name, const Tensor& value) {
    auto& node = b.node("Constant", name + "_node", {}, {name});
    auto& attribute = *node.add_attribute();
    attribute.set_name("value");
    attribute.set_type(onnx::AttributeProto::TENSOR);
    *attribute.mutable_t() = proto_from("", value);
    return node;
}

inline void constant(ModelBuilder& b, const std::string& name, Sizes values) {
    const auto count = static_cast<std::int64_t>(values.size());
    constant(b, name, make_tensor({count}, std::move(values)));
}

/// QuantizeLinear and DequantizeLinear from `in` to `out`.
inline void add_pair(ModelBuilder& b, const std::string& in, const std::string& out, float scale,
                     std::int32_t zero_point, const char* format = "uint8", const char* domain = "") {
    const ElementType storage = find_format(format)->storage;
    const std::vector<std::int32_t> zero = {zero_point};
    b.weight(out + "/s", {}, std::vector<float>{scale});
    *b.proto().mutable_graph()->add_initializer() =
        proto_from(out + "/z", make_tensor(storage, {}, pack(zero, storage)));
    b.node("QuantizeLinear", out + "/Q", {in, out + "/s", out + "/z"}, {out + "/c"}).set_domain(domain);
    b.node("DequantizeLinear", out + "/DQ", {out + "/c", out + "/s", out + "/z"}, {out}).set_domain(domain);
}

inline const TensorType& type_of(const Prepare& prepared, const std::string& tensor) {
    return prepared->tensor_types[static_cast<std::size_t>(*prepared->model->graph().find_tensor(tensor))];
}

/// BatchNormalization from "h" to `out` whose parameters are far from trivial.
inline onnx::NodeProto& batch_norm(ModelBuilder& b, const std::string& out, int channels,
                                   const std::string& in = "h") {
    const std::int64_t c = channels;
    std::vector<float> var;
    for (int i = 0; i < channels; ++i)
        var.push_back(0.3f + 0.4f * static_cast<float>(i));
    b.weight("scale", {c}, 2.0f).weight("shift", {c}).weight("mean", {c}).weight("var", {c}, var);
    return b.node("BatchNormalization", "norm", {in, "scale", "shift", "mean", "var"}, {out});
}

}  // namespace quantwright::testing
