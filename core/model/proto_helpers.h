#pragma once
// Short ways to read and make protobuf parts of an ONNX model.
#include <onnx/onnx_pb.h>

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/tensor.h"

namespace quantwright {

[[nodiscard]] const onnx::AttributeProto* find_attribute(const onnx::NodeProto& node, std::string_view name);
[[nodiscard]] std::int64_t int_attribute(const onnx::NodeProto& node, std::string_view name,
                                         std::int64_t fallback);
[[nodiscard]] float float_attribute(const onnx::NodeProto& node, std::string_view name, float fallback);
[[nodiscard]] std::string string_attribute(const onnx::NodeProto& node, std::string_view name,
                                           const std::string& fallback);
/// Empty if the attribute is not there.
[[nodiscard]] std::vector<std::int64_t> ints_attribute(const onnx::NodeProto& node, std::string_view name);
void set_attribute(onnx::NodeProto& node, std::string_view name, std::int64_t value);
void set_attribute(onnx::NodeProto& node, std::string_view name, float value);
void set_attribute(onnx::NodeProto& node, std::string_view name, std::span<const std::int64_t> values);
void set_attribute(onnx::NodeProto& node, std::string_view name, const std::string& value);
void remove_attribute(onnx::NodeProto& node, std::string_view name);

/// Elements of a TensorProto that holds its own data; the result owns a copy unless raw_data could be
/// borrowed, then it lives as long as `proto`. Type `undefined` where the data does not fit the shape.
[[nodiscard]] Tensor tensor_from(const onnx::TensorProto& proto);
/// Raw-data TensorProto of the same type, shape and bytes.
[[nodiscard]] onnx::TensorProto proto_from(const std::string& name, const Tensor& tensor);

onnx::NodeProto make_node(std::string_view op, std::string name, std::vector<std::string> inputs,
                          std::vector<std::string> outputs);
/// Adds every tensor name of a graph and its subgraphs.
void collect_names(const onnx::GraphProto& graph, std::set<std::string>& names);
/// Sets or adds the opset of a domain.
void set_opset(onnx::ModelProto& model, const std::string& domain, std::int64_t version);

}  // namespace quantwright
