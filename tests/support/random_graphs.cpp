#include "tests/support/random_graphs.h"

#include <functional>

#include "core/plan/preset.h"
#include "core/plan/target.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

namespace {

class Dice {
public:
    explicit Dice(unsigned seed) : m_random(seed) {}
    /// 0 … sides - 1.
    std::size_t operator()(std::size_t sides) {
        return std::uniform_int_distribution<std::size_t>(0, sides - 1)(m_random);
    }
    bool one_in(std::size_t sides) { return (*this)(sides) == 0; }
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[(*this)(from.size())];
    }

private:
    std::mt19937 m_random;
};

struct Value {
    std::string name;
    Shape shape;
};

/// Grows a graph value by value.
class Grower {
public:
    explicit Grower(unsigned seed)
        : m_dice(seed * 2654435761u + 17), m_builder(m_dice.pick(k_opsets), seed) {}

    std::shared_ptr<const Model> grow() {
        const bool images = !m_dice.one_in(3);
        Value value{"input", images ? Shape{1, 4, 8, 8} : Shape{1, 6, 16}};
        m_builder.input(value.name, value.shape);
        const std::size_t steps = 3 + m_dice(6);
        for (std::size_t i = 0; i < steps; ++i)
            value = value.shape.size() == 4 ? image_step(value) : sequence_step(value);
        if (value.shape.size() == 4 && m_dice.one_in(2))
            value = head(value);
        m_builder.output(value.name);
        if (m_dice.one_in(4) && m_earlier.size() > 1 && m_earlier.back().name != value.name)
            m_builder.output(m_earlier.back().name);
        return m_builder.build();
    }

private:
    std::string fresh(const std::string& what) {
        std::string name = "/";
        return name.append(what).append(".").append(std::to_string(m_count++));
    }

    /// One node from `inputs`; the value it gives.
    Value add(const std::string& op, std::vector<std::string> inputs, Shape shape,
              const std::function<void(onnx::NodeProto&)>& attributes = {}) {
        const std::string name = fresh(op);
        Value result{name + "_output_0", std::move(shape)};
        auto& node = m_builder.node(op, m_dice.one_in(8) ? "" : name, std::move(inputs), {result.name});
        if (attributes)
            attributes(node);
        return result;
    }

    std::string constant(const Shape& shape, float spread = 0.4f) {
        std::string name = fresh("constant");
        m_builder.weight(name, shape, spread);
        return name;
    }

    Value convolution(const Value& in) {
        const std::int64_t channels = in.shape[1];
        const std::int64_t group = m_dice.pick(std::vector<std::int64_t>{1, 1, 2, channels});
        const std::int64_t out = m_dice.pick(std::vector<std::int64_t>{4, 8, channels}) / group * group;
        const std::int64_t k = m_dice.pick(std::vector<std::int64_t>{1, 3});
        if (channels % group != 0 || out < group)
            return activation(in);
        const bool with_bias = !m_dice.one_in(3);
        const bool transposed = m_dice.one_in(8);
        std::vector<std::string> inputs{in.name, transposed ? constant({channels, out / group, k, k})
                                                            : constant({out, channels / group, k, k})};
        if (with_bias)
            inputs.push_back(constant({out}, m_dice.one_in(4) ? 20.0f : 0.2f));
        const std::int64_t p = k / 2;
        return add(transposed ? "ConvTranspose" : "Conv", inputs, {1, out, in.shape[2], in.shape[3]},
                   [&](onnx::NodeProto& node) {
                       set_attribute(node, "kernel_shape", std::vector<std::int64_t>{k, k});
                       set_attribute(node, "pads", std::vector<std::int64_t>{p, p, p, p});
                       set_attribute(node, "group", group);
                   });
    }

    Value activation(const Value& in) {
        switch (m_dice(6)) {
            case 0: {
                const std::string low = fresh("low"), high = fresh("high");
                m_builder.weight(low, {}, std::vector<float>{m_dice.one_in(2) ? 0.0f : -0.5f});
                m_builder.weight(high, {}, std::vector<float>{m_dice.one_in(2) ? 6.0f : 1.0f});
                return add("Clip", {in.name, low, high}, in.shape);
            }
            case 1:
                return add("Sigmoid", {in.name}, in.shape);
            case 2:
                return add("LeakyRelu", {in.name}, in.shape);
            case 3:
                return m_dice.one_in(2) ? add("HardSigmoid", {in.name}, in.shape)
                                        : add("Tanh", {in.name}, in.shape);
            default:
                return add("Relu", {in.name}, in.shape);
        }
    }

    Value batch_norm(const Value& in) {
        const Shape channels{in.shape[1]};
        const std::string variance = fresh("variance");
        m_builder.weight(variance, channels, std::vector<float>(static_cast<std::size_t>(channels[0]), 0.5f));
        return add("BatchNormalization",
                   {in.name, constant(channels), constant(channels), constant(channels), variance}, in.shape);
    }

    /// Joins the value with an earlier one of its shape.
    Value join(const Value& in) {
        for (auto other = m_earlier.rbegin(); other != m_earlier.rend(); ++other)
            if (other->shape == in.shape && other->name != in.name)
                return add(m_dice.one_in(3) ? "Mul" : "Add", {in.name, other->name}, in.shape);
        return m_dice.one_in(2) ? add("Mul", {in.name, constant({}, 1)}, in.shape)
                                : add("Add", {in.name, constant({1}, 1)}, in.shape);
    }

    Value concat(const Value& in) {
        for (auto other = m_earlier.rbegin(); other != m_earlier.rend(); ++other)
            if (other->shape.size() == 4 && other->shape[2] == in.shape[2] &&
                other->shape[3] == in.shape[3] && other->name != in.name &&
                in.shape[1] + other->shape[1] <= 24)
                return add("Concat", {in.name, other->name},
                           {1, in.shape[1] + other->shape[1], in.shape[2], in.shape[3]},
                           [](onnx::NodeProto& node) { set_attribute(node, "axis", std::int64_t{1}); });
        return convolution(in);
    }

    Value pool(const Value& in) {
        if (in.shape[2] < 4)
            return activation(in);
        return add(m_dice.one_in(2) ? "MaxPool" : "AveragePool", {in.name},
                   {1, in.shape[1], in.shape[2] / 2, in.shape[3] / 2}, [](onnx::NodeProto& node) {
                       set_attribute(node, "kernel_shape", std::vector<std::int64_t>{2, 2});
                       set_attribute(node, "strides", std::vector<std::int64_t>{2, 2});
                   });
    }

    Value image_step(const Value& in) {
        m_earlier.push_back(in);
        switch (m_dice(10)) {
            case 0:
            case 1:
            case 2:
            case 3:
                return convolution(in);
            case 4:
            case 5:
                return activation(in);
            case 6:
                return batch_norm(in);
            case 7:
                return join(in);
            case 8:
                return concat(in);
            default:
                return pool(in);
        }
    }

    Value head(const Value& in) {
        const Value pooled = add("GlobalAveragePool", {in.name}, {1, in.shape[1], 1, 1});
        const Value flat = add("Flatten", {pooled.name}, {1, in.shape[1]});
        return gemm(flat, 10);
    }

    Value gemm(const Value& in, std::int64_t out) {
        const std::int64_t k = in.shape.back();
        const bool transposed = m_dice.one_in(2);
        std::vector<std::string> inputs{in.name, transposed ? constant({out, k}) : constant({k, out})};
        if (!m_dice.one_in(3))
            inputs.push_back(constant({out}));
        return add("Gemm", inputs, {1, out},
                   [&](onnx::NodeProto& node) { set_attribute(node, "transB", std::int64_t{transposed}); });
    }

    Value matmul(const Value& in) {
        const std::int64_t out = m_dice.pick(std::vector<std::int64_t>{8, 16, 40});
        Shape shape = in.shape;
        shape.back() = out;
        Value product = add("MatMul", {in.name, constant({in.shape.back(), out}, 0.3f)}, shape);
        return m_dice.one_in(2) ? add("Add", {product.name, constant({out})}, shape) : product;
    }

    /// softmax(x xᵀ) x
    Value attention(const Value& in) {
        const std::int64_t n = in.shape[1], k = in.shape[2];
        const Value turned = add("Transpose", {in.name}, {1, k, n}, [](onnx::NodeProto& node) {
            set_attribute(node, "perm", std::vector<std::int64_t>{0, 2, 1});
        });
        const Value scores = add("MatMul", {in.name, turned.name}, {1, n, n});
        const Value weights = add("Softmax", {scores.name}, {1, n, n});
        return add("MatMul", {weights.name, in.name}, in.shape);
    }

    Value sequence_step(const Value& in) {
        m_earlier.push_back(in);
        switch (m_dice(8)) {
            case 0:
            case 1:
            case 2:
                return matmul(in);
            case 3:
                return activation(in);
            case 4:
                return join(in);
            case 5:
                return attention(in);
            case 6: {
                const std::string shape = fresh("shape");
                m_builder.weight(shape, {3}, std::vector<std::int64_t>{1, in.shape[1] * 2, in.shape[2] / 2});
                return add("Reshape", {in.name, shape}, {1, in.shape[1] * 2, in.shape[2] / 2});
            }
            default:
                return add("LayerNormalization", {in.name, constant({in.shape.back()})}, in.shape);
        }
    }

    inline static const std::vector<std::int64_t> k_opsets{17, 17, 18, 19, 20, 21};

    Dice m_dice;
    ModelBuilder m_builder;
    std::vector<Value> m_earlier;
    int m_count = 0;
};

void choose(Settings& settings, Dice& dice, bool everything) {
    for (const FieldInfo& field : fields()) {
        if (field.field == Field::clip || (!everything && !dice.one_in(3)))
            continue;
        if (field.field == Field::threshold_percentile)
            settings.set(field.field, "99.9");
        else if (field.field == Field::weight_block_size)
            settings.set(field.field, dice.pick(std::vector<std::string>{"16", "32", "64"}));
        else
            settings.set(field.field, std::string(dice.pick(field.values)));
    }
}

}  // namespace

std::shared_ptr<const Model> random_model(unsigned seed) {
    return Grower(seed).grow();
}

Plan random_plan(const Prepared& prepared, unsigned seed) {
    Dice dice(seed * 40503u + 5);
    Plan plan;
    plan.target = dice.pick(target_names());
    std::vector<std::string> names;
    for (const auto& [name, preset] : presets())
        names.push_back(name);
    if (dice.one_in(3))
        plan.preset = dice.pick(names);
    if (dice.one_in(2))
        choose(plan.defaults, dice, false);
    static const std::vector<std::string> modes{"static", "static",  "static",      "static", "static",
                                                "static", "dynamic", "weight-only", "fp16"};
    plan.defaults.set(Field::mode, dice.pick(modes));
    for (const Layer& layer : prepared.layers)
        if (dice.one_in(3))
            choose(plan.layers[layer.name], dice, dice.one_in(4));
    return plan;
}

}  // namespace quantwright::testing
