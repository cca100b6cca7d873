#include "core/calibrate/observed_session.h"

#include <onnx/onnx_pb.h>

#include <fstream>

#include "core/base/scratch_folder.h"
#include "core/calibrate/observed_graph.h"
#include "core/runtime/channel_blocks.h"

namespace quantwright {

namespace {

/// Nothing where it doesn't go that way, for whatever reason: there is another.
std::unique_ptr<Session> session_reading_blocks(const onnx::ModelProto& model, const Model& weights,
                                                SessionOptions options) {
    ScratchFolder folder;
    if (channels_in_block() == 0 || !folder.make({}))
        return nullptr;
    const auto file = folder.folder() / "optimized.onnx";
    options.optimized_file = file;
    auto session = Session::create(model, &weights, options);
    if (!session)
        return nullptr;
    onnx::ModelProto optimized;
    std::ifstream in(file, std::ios::binary);
    if (!optimized.ParseFromIstream(&in))
        return nullptr;
    if (!read_blocks(optimized, channels_in_block()))
        return std::move(*session);
    session->reset();
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    if (!optimized.SerializeToOstream(&out) || !out.flush())
        return nullptr;
    options.optimized_file.clear();
    options.optimizations = Optimizations::off;
    auto reading = Session::open(file, options);
    return reading ? std::move(*reading) : nullptr;
}

}  // namespace

BlockedTensors faster_for(const Prepared& prepared, std::size_t runs) {
    // Measured: writing and mapping a weight takes as long as reordering 32 elements.
    constexpr double k_elements_for_a_weight = 32;
    double weights = 0, elements = 0;
    for (const Layer& layer : prepared.layers) {
        weights += static_cast<double>(layer.parameters);
        if (layer.op != "Conv")
            continue;
        for (const TensorId id : layer.outputs)
            elements +=
                static_cast<double>(element_count(prepared.tensor_types[static_cast<std::size_t>(id)].shape));
    }
    return elements * static_cast<double>(runs) > k_elements_for_a_weight * weights
               ? BlockedTensors::as_they_lie
               : BlockedTensors::reordered;
}

Result<std::unique_ptr<Session>> observed_session(const Prepared& prepared,
                                                  const std::vector<TensorId>& tensors,
                                                  const std::shared_ptr<Observations>& observations,
                                                  bool with_outputs, BlockedTensors blocked) {
    SessionOptions options{1, Optimizations::standard, {}};
    if (!tensors.empty())
        options.operators.push_back(make_observe_domain(observations));
    const onnx::ModelProto model = observed_model(prepared, tensors, with_outputs);
    if (blocked == BlockedTensors::as_they_lie)
        if (auto session = session_reading_blocks(model, *prepared.model, options))
            return session;
    return Session::create(model, prepared.model.get(), options);
}

}  // namespace quantwright
