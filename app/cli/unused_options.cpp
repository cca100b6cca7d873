#include "app/cli/unused_options.h"

#include <algorithm>

namespace quantwright::cli {

namespace {

Problem unused(const char* option, const char* reason) {
    return {"option.unused", Severity::info, option, {reason}};
}

/// What the layers' modes leave to be chosen.
struct InUse {
    bool static_activations = false, weights = false, blocks = false;
};

InUse in_use(const Resolved& resolved) {
    InUse use;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const ResolvedLayer& choices = resolved.layers[i];
        const Layer& layer = resolved.prepared->layers[i];
        const std::string& mode = choices[Field::mode].value;
        use.static_activations |= mode == "static";
        const bool weights = mode == "static" || mode == "dynamic" || mode == "weight-only";
        use.weights |= weights;
        use.blocks |= weights && !layer.weight.empty() && !layer.op.starts_with("Conv") &&
                      choices[Field::weight_granularity].value == "group";
    }
    return use;
}

}  // namespace

std::vector<Problem> unused_options(const PlanOptions& options, const Resolved& resolved) {
    const InUse use = in_use(resolved);
    std::vector<Problem> problems;
    const auto judge = [&](const char* option, const std::string& value, bool used, const char* reason) {
        if (!value.empty() && !used)
            problems.push_back(unused(option, reason));
    };
    judge("--activation", options.activation, use.static_activations, "static");
    judge("--threshold", options.threshold, use.static_activations, "static");
    judge("--percentile", options.percentile, use.static_activations, "static");
    judge("--weight", options.weight, use.weights, "weights");
    judge("--symmetric", options.symmetric, use.weights, "weights");
    judge("--granularity", options.granularity, use.weights, "weights");
    judge("--block-size", options.block_size, use.blocks, "blocks");
    return problems;
}

std::vector<Problem> unused_options(const InputOptions& options) {
    std::vector<Problem> problems;
    const auto judge = [&](const char* option, bool given) {
        if (given)
            problems.push_back(unused(option, "data"));
    };
    judge("--count", options.count >= 0);
    judge("--labels", !options.labels.empty());
    judge("--classes", !options.classes.empty());
    judge("--preprocess", !options.preprocess.empty());
    judge("--mean", !options.mean.empty());
    judge("--std", !options.std.empty());
    judge("--color", !options.color.empty());
    judge("--size", options.size.has_value());
    judge("--dtype", !options.dtypes.empty());
    judge("--shape", !options.shapes.empty());
    return problems;
}

}  // namespace quantwright::cli
