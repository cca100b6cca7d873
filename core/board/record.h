#pragma once
// One deployment as it is remembered: what was measured, of which plan, on which board as it was then. Its
// JSON is read by later programs too: keys that are not known are left alone, and never change their meaning.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/board/deploy.h"
#include "core/board/layer_shape.h"
#include "core/plan/plan.h"

namespace quantwright {

struct LayerMeasurement {
    std::string layer;
    LayerShape shape;
    std::string format;  ///< cost_format()
    /// Mean of the profiled runs; 0 where the runtime runs it within another layer's kernel.
    double us = 0;
};

struct ModelMeasurement {
    Latency latency;
    /// Of all layers, or none: not profiled, or the nodes' times can't be told by layer.
    std::vector<LayerMeasurement> layers;
};

struct BoardRecord {
    std::string id;     ///< one of a kind
    std::string time;   ///< UTC, "2026-11-21T18:40:00Z"
    std::string board;  ///< by which the board is known: its name, or its address
    std::string arch, machine, system, runtime;
    std::vector<std::string> providers;
    int threads = 0;  ///< asked for
    bool emulated = false;
    std::string model_file, model_sha256;
    std::string plan_sha256;             ///< of the file, where its plan isn't known
    std::map<std::string, int> formats;  ///< layers of the plan by cost_format()
    std::optional<Plan> plan;            ///< empty: not known, or of a version that this program can't read
    ModelMeasurement deployed;
    std::optional<ModelMeasurement> float_model;  ///< timed in turns with it
    std::int64_t runs = 0;
    double first_ms = 0, session_ms = 0;
    std::uint64_t peak_memory_bytes = 0;
    std::int64_t images = 0, labelled = 0;
    std::optional<double> top1, agreement, snr_db;
    std::optional<Figure> figure;  ///< Judgement::headline(), of a task other than classification
    Trust trust;

    /// What else must be equal for times to be compared.
    [[nodiscard]] bool same_conditions(const BoardRecord& other) const;
    /// Something but the emulation was against the times.
    [[nodiscard]] bool disturbed() const;
};

[[nodiscard]] std::string plan_sha256(const Plan& plan);
/// Of a deployment of `resolved` that just ended.
[[nodiscard]] BoardRecord make_record(const Resolved& resolved, const BoardResult& result,
                                      const std::string& board, int threads);

/// The same of a file that came without a plan: layers and formats are what it says itself. It is a record of
/// the request's reference, where there is one, else of the file. Errors: those of prepare() and resolve().
Result<BoardRecord> make_record(const DeployRequest& request, const BoardResult& result,
                                const std::string& board, int threads, const JobContext& job);

[[nodiscard]] Json to_json(const BoardRecord& record);
/// Empty for what is no record.
[[nodiscard]] std::optional<BoardRecord> record_from_json(const Json& json);

}  // namespace quantwright
