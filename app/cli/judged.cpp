#include "app/cli/judged.h"

namespace quantwright::cli {

Result<Judged> find_judged(const std::string& eval_images, const InputOptions& options,
                           const Started& started) {
    Judged judged;
    if (eval_images.empty()) {
        if (started.inputs) {
            judged.inputs = &*started.inputs;
            judged.source = "calibration";
        }
        return judged;
    }
    InputsRequest request{eval_images, true, true, {}, {}};
    if (started.statistics)
        request.preprocess = started.statistics->preprocess;
    auto inputs = open_inputs(*started.prepared->model, options, request);
    if (!inputs)
        return fail(inputs);
    judged.own = std::move(*inputs);
    judged.source = "evaluation";
    return judged;
}

}  // namespace quantwright::cli
