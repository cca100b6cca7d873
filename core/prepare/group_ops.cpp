#include "core/prepare/group_ops.h"

#include <set>

namespace quantwright::group_ops {

namespace {

using Names = std::set<std::string>;

bool has(const Names& names, const std::string& op) {
    return names.count(op) != 0;
}

}  // namespace

bool is_compute(const std::string& op) {
    static const Names ops = {"Conv", "ConvTranspose", "Gemm", "MatMul"};
    return has(ops, op);
}

bool is_curve(const std::string& op) {
    static const Names ops = {"Celu",      "Clip",      "Elu",  "Erf",   "Gelu",     "HardSigmoid",
                              "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu",     "Selu",
                              "Sigmoid",   "Softplus",  "Tanh", "Swish", "Softsign", "ThresholdedRelu"};
    return has(ops, op);
}

bool is_arithmetic(const std::string& op) {
    static const Names ops = {"Abs", "Add", "Div", "Exp", "Log",  "Max",
                              "Min", "Mul", "Neg", "Pow", "Sqrt", "Sub"};
    return has(ops, op);
}

bool is_affine(const std::string& op) {
    static const Names ops = {"Add", "Div", "Mul", "Sub"};
    return has(ops, op);
}

bool is_mover(const std::string& op) {
    static const Names ops = {"DepthToSpace", "Flatten", "Identity", "Reshape",   "Slice",
                              "SpaceToDepth", "Split",   "Squeeze",  "Transpose", "Unsqueeze"};
    return has(ops, op);
}

bool is_pool(const std::string& op) {
    static const Names ops = {"AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceMax"};
    return has(ops, op);
}

bool may_be_in_gate(const std::string& op) {
    return is_compute(op) || is_curve(op) || is_pool(op) || is_mover(op) || is_arithmetic(op) ||
           op == "BatchNormalization" || op == "Concat";
}

bool may_be_in_decode(const std::string& op) {
    static const Names ops = {"ArgMax",
                              "Cast",
                              "ConstantOfShape",
                              "Equal",
                              "Expand",
                              "Gather",
                              "GatherElements",
                              "GatherND",
                              "Greater",
                              "Less",
                              "NonMaxSuppression",
                              "NonZero",
                              "ReduceMax",
                              "ReduceSum",
                              "ScatterND",
                              "Shape",
                              "Softmax",
                              "Tile",
                              "TopK",
                              "Where",
                              "Concat"};
    return has(ops, op) || is_curve(op) || is_arithmetic(op) || is_mover(op);
}

bool joins_or_selects(const std::string& op) {
    return op == "Concat" || op == "NonMaxSuppression" || op == "TopK";
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += text.empty() ? name : '+' + name;
    return text;
}

}  // namespace quantwright::group_ops
