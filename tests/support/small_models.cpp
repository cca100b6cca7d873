#include "tests/support/small_models.h"

#include <cstdio>
#include <cstdlib>

namespace quantwright::testing {

ModelBuilder::ModelBuilder(std::int64_t opset, unsigned seed) : m_random(seed) {
    m_model.set_ir_version(8);
    m_model.mutable_graph()->set_name("test");
    set_opset(m_model, "", opset);
}

namespace {
void describe(onnx::ValueInfoProto& value, const std::string& name, ElementType type) {
    value.set_name(name);
    value.mutable_type()->mutable_tensor_type()->set_elem_type(static_cast<int>(type));
}
}  // namespace

ModelBuilder& ModelBuilder::input(const std::string& name, const Shape& shape, ElementType type) {
    auto& value = *m_model.mutable_graph()->add_input();
    describe(value, name, type);
    for (const auto size : shape)
        value.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(size);
    return *this;
}

ModelBuilder& ModelBuilder::output(const std::string& name, ElementType type) {
    describe(*m_model.mutable_graph()->add_output(), name, type);
    return *this;
}

ModelBuilder& ModelBuilder::weight(const std::string& name, const Shape& shape, float spread) {
    std::normal_distribution<float> normal(0, spread);
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    for (float& value : values)
        value = normal(m_random);
    return weight(name, shape, std::move(values));
}

ModelBuilder& ModelBuilder::weight(const std::string& name, const Shape& shape, std::vector<float> values) {
    *m_model.mutable_graph()->add_initializer() = proto_from(name, make_tensor(shape, std::move(values)));
    return *this;
}

ModelBuilder& ModelBuilder::weight(const std::string& name, const Shape& shape,
                                   std::vector<std::int64_t> values) {
    *m_model.mutable_graph()->add_initializer() = proto_from(name, make_tensor(shape, std::move(values)));
    return *this;
}

onnx::NodeProto& ModelBuilder::node(const std::string& op, const std::string& name,
                                    std::vector<std::string> inputs, std::vector<std::string> outputs) {
    auto& node = *m_model.mutable_graph()->add_node();
    node = make_node(op, name, std::move(inputs), std::move(outputs));
    return node;
}

ModelBuilder& ModelBuilder::conv(const std::string& name, const std::string& in, const std::string& out,
                                 int in_channels, int out_channels, int k, int group, int stride) {
    weight(name + ".weight", {out_channels, in_channels / group, k, k});
    weight(name + ".bias", {out_channels}, 0.1f);
    auto& added = node("Conv", name, {in, name + ".weight", name + ".bias"}, {out});
    const std::int64_t p = k / 2;
    set_attribute(added, "kernel_shape", std::vector<std::int64_t>{k, k});
    set_attribute(added, "pads", std::vector<std::int64_t>{p, p, p, p});
    set_attribute(added, "strides", std::vector<std::int64_t>{stride, stride});
    set_attribute(added, "group", std::int64_t{group});
    return *this;
}

std::shared_ptr<const Model> ModelBuilder::build() const {
    auto model = Model::from_proto(m_model);
    if (!model) {
        std::fprintf(stderr, "test model: %s %s %s\n", std::string(name_of(model.error().code)).c_str(),
                     model.error().subject.c_str(), model.error().detail.c_str());
        std::abort();
    }
    return *model;
}

std::shared_ptr<const Model> small_cnn(unsigned seed) {
    ModelBuilder b(17, seed);
    b.input("input", {1, 3, 16, 16}).output("logits");
    b.conv("/stem/Conv", "input", "/stem/Conv_output_0", 3, 8);
    b.weight("bn.scale", {8}, std::vector<float>{1, 2, .5f, 1, .1f, 3, 1, .7f});
    b.weight("bn.bias", {8}).weight("bn.mean", {8});
    b.weight("bn.var", {8}, std::vector<float>{1, .5f, 2, 1, .1f, 1, 4, 1});
    b.node("BatchNormalization", "/stem/BatchNormalization",
           {"/stem/Conv_output_0", "bn.scale", "bn.bias", "bn.mean", "bn.var"},
           {"/stem/BatchNormalization_output_0"});
    b.node("Relu", "/stem/Relu", {"/stem/BatchNormalization_output_0"}, {"/stem/Relu_output_0"});
    b.conv("/block/depthwise/Conv", "/stem/Relu_output_0", "/block/depthwise/Conv_output_0", 8, 8, 3, 8);
    b.weight("six.min", {}, std::vector<float>{0}).weight("six.max", {}, std::vector<float>{6});
    b.node("Clip", "/block/Clip", {"/block/depthwise/Conv_output_0", "six.min", "six.max"},
           {"/block/Clip_output_0"});
    b.conv("/block/project/Conv", "/block/Clip_output_0", "/block/project/Conv_output_0", 8, 8, 1);
    b.node("Add", "/block/Add", {"/block/project/Conv_output_0", "/stem/Relu_output_0"},
           {"/block/Add_output_0"});
    b.node("GlobalAveragePool", "/pool/GlobalAveragePool", {"/block/Add_output_0"},
           {"/pool/GlobalAveragePool_output_0"});
    b.node("Flatten", "/Flatten", {"/pool/GlobalAveragePool_output_0"}, {"/Flatten_output_0"});
    b.weight("fc.weight", {10, 8}).weight("fc.bias", {10});
    set_attribute(b.node("Gemm", "/fc/Gemm", {"/Flatten_output_0", "fc.weight", "fc.bias"}, {"logits"}),
                  "transB", std::int64_t{1});
    return b.build();
}

std::vector<std::vector<Tensor>> random_inputs(const Model& model, int count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 1);
    std::vector<std::vector<Tensor>> result(static_cast<std::size_t>(count));
    for (auto& sample : result)
        for (const ValueInfo& input : model.inputs()) {
            Shape shape;
            for (const auto& dimension : input.shape)
                shape.push_back(dimension.value > 0 ? dimension.value : 1);
            std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
            for (float& value : values)
                value = normal(random);
            sample.push_back(make_tensor(shape, std::move(values)));
        }
    return result;
}

}  // namespace quantwright::testing
