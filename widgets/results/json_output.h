#pragma once
// Core's values as the JSON of the command-line contract. What isn't known is left out.
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/calibrate/statistics.h"
#include "core/evaluate/evaluate.h"
#include "core/model/model.h"
#include "core/task/judge.h"

namespace quantwright::results {

[[nodiscard]] Json error_json(const Error& error);
[[nodiscard]] Json error_json(const Problem& problem);
[[nodiscard]] Json problems_json(const std::vector<Problem>& problems);
[[nodiscard]] Json skipped_json(const std::vector<SkippedImage>& skipped);
[[nodiscard]] Json value_json(const ValueInfo& value);  ///< {name, dtype, shape}; open dimensions are strings
[[nodiscard]] Json latency_json(const Latency& latency);

/// Nothing is written where there is no value.
void put(Json& object, const char* key, const std::optional<double>& value);
/// An SNR that was measured: null where there was no noise.
[[nodiscard]] Json snr_json(const std::optional<double>& snr_db);
/// Errors by output and part: [{name, snr_db, cosine, parts[]}].
[[nodiscard]] Json outputs_json(const std::vector<OutputError>& outputs);
[[nodiscard]] Json worst_part_json(const WorstPart& worst);
/// `outputs` and `worst_part`, where they are known.
void put_outputs(Json& object, const std::vector<OutputError>& outputs);
/// The figures of an evaluation; those against a reference only with `has_reference`, those of the largest
/// score only `by_scores`.
void put_evaluation(Json& object, const Evaluation& evaluation, bool has_reference, bool by_scores = true);
/// {name, decoder, why[], images, labelled, figures…, reference{}, per_class[], changed[]}
[[nodiscard]] Json task_json(const Judgement& judgement);

}  // namespace quantwright::results
