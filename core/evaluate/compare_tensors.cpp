#include "core/evaluate/compare_tensors.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/evaluate/outputs.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

/// A session that gives every named tensor.
Result<std::unique_ptr<Session>> open_with(const Model& model, const std::vector<std::string>& names,
                                           int threads) {
    onnx::ModelProto proto = model.proto();
    auto& outputs = *proto.mutable_graph()->mutable_output();
    std::unordered_set<std::string> given;
    for (const auto& output : outputs)
        given.insert(output.name());
    for (const std::string& name : names)
        if (given.insert(name).second)
            outputs.Add()->set_name(name);
    return Session::create(proto, &model, {threads, Optimizations::off, {}});
}

/// Names of what nodes of the main graph make, in order, with the node's op type.
std::vector<std::pair<std::string, std::string>> made_in(const Model& model) {
    std::vector<std::pair<std::string, std::string>> made;
    for (const GraphNode& node : model.graph().nodes())
        for (const auto& output : node.outputs)
            if (output && !model.graph()[*output].name.empty())
                made.emplace_back(model.graph()[*output].name, node.proto->op_type());
    return made;
}

std::unordered_map<std::string, const Tensor*> by_name(const Session& session,
                                                       const std::vector<Tensor>& tensors) {
    std::unordered_map<std::string, const Tensor*> result;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        result[session.output_names()[i]] = &tensors[i];
    return result;
}

/// What one image says of a tensor that both have.
class Pair {
public:
    void add(const Tensor* a, const Tensor* b) {
        if (!a || !b || !is_float(*a) || !is_float(*b) || a->shape != b->shape) {
            m_comparable = false;
            return;
        }
        const Floats x(*a), y(*b);
        m_sums.add(x.values(), y.values());
    }
    [[nodiscard]] bool comparable() const { return m_comparable; }
    [[nodiscard]] const ErrorSums& sums() const { return m_sums; }

private:
    bool m_comparable = true;
    ErrorSums m_sums;
};

}  // namespace

Result<TensorComparison> compare_tensors(const Model& first, const Model& second, const InputReader& reader,
                                         int threads, const JobContext& job) {
    const auto made = made_in(first), others = made_in(second);
    std::unordered_set<std::string> there;
    for (const auto& [name, op] : others)
        there.insert(name);
    std::vector<std::string> names, ops;
    for (const auto& [name, op] : made)
        if (there.contains(name)) {
            names.push_back(name);
            ops.push_back(op);
        }
    const auto a = open_with(first, names, threads), b = open_with(second, names, threads);
    if (!a || !b)
        return fail(a ? b : a);
    const auto order_of = [&](const Session& session) -> Result<std::vector<std::size_t>> {
        std::vector<std::size_t> order;
        for (const std::string& name : session.input_names()) {
            const auto& sources = reader.sources();
            const auto found = std::find_if(sources.begin(), sources.end(),
                                            [&](const InputSource& source) { return source.input == name; });
            if (found == sources.end())
                return fail(ErrorCode::model_no_quantizable_input, name, "nothing is given for this input");
            order.push_back(static_cast<std::size_t>(found - sources.begin()));
        }
        return order;
    };
    const auto order_a = order_of(**a), order_b = order_of(**b);
    if (!order_a || !order_b)
        return fail(order_a ? order_b : order_a);

    TensorComparison result;
    std::vector<Pair> pairs(names.size());
    job.report(Stage::evaluate, 0, reader.size());
    for (std::int64_t run = 0; run < reader.size(); ++run) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        const auto batch = reader.load_batch(run);
        const auto some = usable(batch, result.skipped);
        if (!some)
            return fail(some);
        if (!*some)
            continue;
        const auto run_with = [&](const Session& session, const std::vector<std::size_t>& order) {
            std::vector<Tensor> inputs;
            for (const std::size_t i : order)
                inputs.push_back(batch->inputs[i]);
            return session.run(inputs, job.token());
        };
        const auto x = run_with(**a, *order_a), y = run_with(**b, *order_b);
        if (!x || !y)
            return fail(x ? y : x);
        const auto left = by_name(**a, *x), right = by_name(**b, *y);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto one = left.find(names[i]), other = right.find(names[i]);
            pairs[i].add(one == left.end() ? nullptr : one->second,
                         other == right.end() ? nullptr : other->second);
        }
        result.images += static_cast<std::int64_t>(batch->samples.size());
        job.report(Stage::evaluate, run + 1, reader.size());
    }
    if (result.images == 0)
        return none_left(reader, result.skipped);
    result.measured_on = measured_on(reader, reader.size(), result.images, Arithmetic::file_off);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (pairs[i].comparable())
            result.tensors.push_back({names[i], ops[i], pairs[i].sums().snr_db(), pairs[i].sums().cosine(),
                                      pairs[i].sums().max_abs_error()});
    result.only_first = std::ssize(made) - std::ssize(result.tensors);
    result.only_second = std::ssize(others) - std::ssize(result.tensors);
    return result;
}

}  // namespace quantwright
