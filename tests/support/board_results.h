#pragma once
// Made-up answers of a board for a resolved plan, to calculate with.
#include <memory>

#include "core/board/deploy.h"
#include "core/plan/resolve.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

inline std::shared_ptr<const Resolved> resolved_small_cnn(const Plan& plan = {}) {
    const auto model = small_cnn();
    const auto prepared = *prepare(model);
    auto statistics =
        std::make_shared<Statistics>(*reference_statistics(*prepared, random_inputs(*model, 2)));
    statistics->model_sha256 = model->sha256();
    return *resolve(prepared, statistics, plan);
}

/// Layer i took (i + 1) * us; half as long again is the latency.
inline BoardResult board_result(const Resolved& resolved, double us) {
    BoardResult result;
    result.board.arch = "riscv64";
    result.board.runtime = "1.21.0";
    result.providers = {"CPUExecutionProvider"};
    double sum = 0;
    for (const Layer& layer : resolved.prepared->layers) {
        const double time = us * static_cast<double>(result.profile.size() + 1);
        result.profile.push_back({layer.name, layer.op, "CPUExecutionProvider", time, layer.name});
        sum += time;
    }
    const double ms = 1.5 * sum / 1000;
    result.latency = {ms, ms * 1.1, ms * 1.2, ms * 0.9};
    result.runs = 20;
    return result;
}

}  // namespace quantwright::testing
