#include "core/improve/matrix_products.h"

#include <onnx/onnx_pb.h>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

Result<std::unique_ptr<Session>> gemm(bool transposed, int threads) {
    onnx::ModelProto model;
    model.set_ir_version(8);
    set_opset(model, "", 13);
    auto& graph = *model.mutable_graph();
    graph.set_name("product");
    auto& node = *graph.add_node();
    node = make_node("Gemm", "product", {"a", "b"}, {"y"});
    set_attribute(node, "transB", static_cast<std::int64_t>(transposed));
    for (const char* name : {"a", "b", "y"}) {
        auto& value = *(name[0] == 'y' ? graph.add_output() : graph.add_input());
        value.set_name(name);
        auto& type = *value.mutable_type()->mutable_tensor_type();
        type.set_elem_type(onnx::TensorProto::FLOAT);
        type.mutable_shape()->add_dim();
        type.mutable_shape()->add_dim();
    }
    return Session::create(model, nullptr, {threads, Optimizations::standard, {}});
}

/// Not owned: it lives as long as the values do.
Tensor view(std::span<const float> values, std::int64_t rows, std::int64_t columns) {
    return {ElementType::float32, {rows, columns}, std::as_bytes(values), nullptr};
}

}  // namespace

Result<std::shared_ptr<const MatrixProducts>> MatrixProducts::create(int threads) {
    auto result = std::make_shared<MatrixProducts>();
    for (const bool transposed : {false, true}) {
        auto session = gemm(transposed, threads);
        if (!session)
            return fail(session);
        (transposed ? result->m_transposed : result->m_plain) = std::move(*session);
    }
    return std::shared_ptr<const MatrixProducts>(std::move(result));
}

Result<Tensor> MatrixProducts::run(const Session& session, std::span<const float> a, std::span<const float> b,
                                   std::int64_t inner, bool transposed) {
    const auto count = [inner](std::span<const float> values) {
        return static_cast<std::int64_t>(values.size()) / inner;
    };
    const std::int64_t columns = count(b);
    auto outputs = session.run(
        {view(a, count(a), inner), transposed ? view(b, columns, inner) : view(b, inner, columns)});
    if (!outputs)
        return fail(outputs);
    return std::move(outputs->front());
}

}  // namespace quantwright
