#pragma once
// From a model file to what it costs and how right it is on a board, in one call.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/board/agent.h"
#include "core/board/connection.h"
#include "core/board/trust.h"
#include "core/board/upload.h"
#include "core/evaluate/evaluate.h"
#include "core/images/input_reader.h"
#include "core/model/model.h"
#include "core/prepare/prepare.h"
#include "core/task/open_judge.h"

namespace quantwright {

struct DeployOptions {
    std::string runtime;  ///< library on the board; empty: found there
    int board_threads = 0;
    std::vector<int> cores;     ///< affinity; empty: cluster 0 on a K1, else none
    bool optimizations = true;  ///< of the board's runtime
    bool provider = true;
    std::map<std::string, std::string> provider_options;
    BenchmarkOptions benchmark;
    bool profile = false;
    int layer_images = 0;         ///< images whose inner tensors are compared; 0: none
    std::int64_t max_images = 0;  ///< 0: all of the reader's
    int host_threads = 0;         ///< of what the host computes to compare with; 0: all cores
    std::filesystem::path
        scratch;  ///< folder on the host for what is made to be sent; empty: a temporary one
};

/// A layer on the board.
struct BoardLayer {
    std::string layer, op, provider;
    std::optional<double> us;
    std::optional<double> other_us;  ///< of the layer by that name in the model it was timed in turns with
    std::vector<std::string> nodes;
    bool compared = false;
    /// Board against the float model at the layer's output, all layers before it on the board too; empty
    /// where there is no noise or no float tensor of that name.
    std::optional<double> snr_db_float;
    /// The same of the simulation: the whole file in exact arithmetic on the host, on the same images.
    std::optional<double> snr_db_float_host;
    /// Board against the host's exact arithmetic on the board's own inputs of this layer: what this layer
    /// alone adds. Empty without noise.
    std::optional<double> snr_db_simulation;
    /// Largest difference from the latter, in quantization steps; empty where the tensor has no scale.
    std::optional<double> steps;
    bool agrees = true;  ///< within one step; without a scale: above 60 dB
};

struct BoardResult {
    BoardFacts board;
    Uploaded agent, model, samples;
    std::uint64_t sent_bytes = 0;  ///< in all
    double session_ms = 0;
    Latency latency;
    double first_ms = 0;
    std::int64_t runs = 0;
    std::uint64_t peak_memory_bytes = 0;
    std::vector<std::string> providers;
    /// Judged on the host by the same code as local evaluation; its latency is the board's.
    std::optional<Evaluation> accuracy;
    std::optional<Evaluation> host;  ///< the same file and images in exact arithmetic on the host
    /// Of the task's results, by the same judge; what the board gave is kept to be shown.
    std::optional<Judgement> judgement, host_judgement;
    std::vector<NodeTime> profile;
    /// Where a provider other than the CPU's is in use: nodes left to the CPU, and parts that it runs.
    std::optional<std::int64_t> fallback_nodes, subgraphs;
    std::vector<BoardLayer> layers;
    // Of the model it was timed in turns with:
    std::optional<Latency> other_latency;
    std::optional<SpeedUp> speed_up;      ///< over it
    std::vector<NodeTime> other_profile;  ///< by the layers of that model
    BoardState before, after;             ///< the measurement
    Trust trust;
    std::vector<Problem> problems;
};

struct DeployRequest {
    std::shared_ptr<const Model> model;
    std::filesystem::path file;                 ///< what is sent; equal to `model`
    std::shared_ptr<const Model> reference;     ///< float model; may be empty
    std::shared_ptr<const InputReader> reader;  ///< may be empty: no accuracy
    JudgeRequest judge = {};                    ///< of those samples; its own reader is left empty
    std::filesystem::path
        other;  ///< a second file to be timed in turns with it, and profiled if it is; may be empty
};

/// Steps: Stage::board_check, board_wait, prepare, upload, benchmark, profile, board_run, evaluate; each
/// reported. Layers are compared with the board's optimizations off: fused kernels have no inner tensors.
/// Whatever ends it, no process and no temporary file is left on the board. Errors: those of Connection,
/// upload(), Agent; board.opset before the model is sent where the runtime is known to be too old for it.
Result<BoardResult> deploy(Connection& connection, const DeployRequest& request,
                           const DeployOptions& options = {}, const JobContext& job = {});

}  // namespace quantwright
