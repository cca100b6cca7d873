#pragma once
// The program of ours that runs on the board (app/agent), and what is said to it: JSON lines both ways,
// version 1 (docs/board-protocol.md). Nothing it says is believed before its length, its type and its range
// were checked.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/board/connection.h"
#include "core/model/tensor.h"

namespace quantwright {

/// What the board is. What could not be read there is empty.
struct BoardFacts {
    std::string arch;  ///< "riscv64"
    int cores = 0;
    std::optional<std::uint64_t> memory_bytes, memory_free_bytes, disk_free_bytes;
    std::string kernel, system, machine;  ///< uname -r, PRETTY_NAME, device-tree model
    bool is_k1 = false;     ///< mvendorid 0x710 with the X60's marchid, or the device tree says so
    bool emulated = false;  ///< runs under qemu: times say nothing of a board
    std::string runtime_path, runtime;  ///< ONNX Runtime's library and version; empty: there is none
    std::string runtime_error;          ///< why a library that is there can't be loaded
    std::int64_t api = 0;        ///< newest version of its C API that both know; 0: too old, or no runtime
    std::int64_t opset_max = 0;  ///< of the default domain, by the runtime's version; 0: unknown
    std::string provider_path;   ///< libspacemit_ep.so*, where there is one
    std::string provider_error;  ///< why it can't be loaded
    std::vector<std::string> providers;  ///< as the runtime lists them
    bool zstd = false;                   ///< compressed samples can be read
};

/// What can disturb a measurement, at one moment.
struct BoardState {
    std::string governor;
    std::optional<double> mhz, mhz_max, temperature_c, load;  ///< load: 1 minute average
    std::optional<double> busy_others;  ///< processors that other processes used during the measurement
};

struct AgentSession {
    std::string name;        ///< by which it is spoken of: "a", "b"
    std::string model;       ///< Uploaded::path
    int threads = 0;         ///< 0: the runtime's choice
    std::vector<int> cores;  ///< affinity; empty: none
    bool optimizations = true;
    bool provider = true;  ///< SpaceMIT's, where the board has it
    std::map<std::string, std::string> provider_options;
    bool profile = false;
};

struct AgentLoaded {
    double session_ms = 0;
    std::vector<std::string> providers;  ///< in use, first choice first
    std::vector<std::string> outputs;    ///< names, in the order of SampleOutputs::outputs
};

struct AgentTimes {
    double first_ms = 0;
    std::vector<double> ms;  ///< of the timed runs, in order
};

struct AgentBenchmark {
    std::map<std::string, AgentTimes> sessions;  ///< by name; runs were interleaved A/B/A/B
    BoardState before, after;
    std::uint64_t peak_memory_bytes = 0;  ///< of the agent's process
    bool interval_reached = false;        ///< the median's 95 % interval became as tight as asked
};

struct BenchmarkOptions {
    int warm_up = 2;
    int runs = 0;            ///< exactly; 0: until the interval is tight or the time is up
    double interval = 0.02;  ///< half width of the median's 95 % interval, of the median
    double limit_seconds = 20;
    std::string samples;             ///< Uploaded::path of a sample file that gives the inputs; empty: zeros
    Stage stage = Stage::benchmark;  ///< as which it is reported
};

/// One node as the runtime's profiler saw it, mean of the profiled runs.
struct NodeTime {
    std::string node, op, provider;
    double us = 0;
    std::string layer;  ///< that it belongs to, where that can be told; filled in by deploy()
};

struct SampleOutputs {
    std::int64_t sample = 0;  ///< in the sample file
    std::vector<Tensor> outputs;
};

/// Errors of all calls: board.connection_lost, board.silent, board.bad_answer, board.agent_ended (detail:
/// signal or status, and the end of its stderr), board.out_of_memory, cancelled; and what is named at each.
class Agent {
public:
    virtual ~Agent() = default;  ///< ends it: nothing is left running

    /// `uploaded_program`: Uploaded::path. `runtime`: path of a libonnxruntime on the board; empty: the usual
    /// places. A board without one is no error here: facts() says so, and load() fails with board.no_runtime
    /// or board.runtime_too_old. `provider`: false: SpaceMIT's is not even loaded.
    static Result<std::unique_ptr<Agent>> start(Connection& connection, const std::string& uploaded_program,
                                                const std::string& runtime, const JobContext& job = {},
                                                bool provider = true);

    [[nodiscard]] virtual const BoardFacts& facts() const = 0;
    /// Waits until no other deployment uses the board; reports Stage::board_wait.
    virtual Status take_turn() = 0;
    /// Errors: board.model_refused (detail: the runtime's words), board.provider, board.cores,
    /// board.out_of_memory.
    virtual Result<AgentLoaded> load(const AgentSession& session) = 0;
    virtual Status unload(const std::string& name) = 0;
    /// What the board's runtime says against a model, without loading it for use; empty if it takes it, and
    /// for one that is too long for a request. Nothing of it is written to the board's disk.
    virtual Result<std::string> probe(const std::string& model, bool optimizations, bool provider) = 0;
    /// Reports options.stage.
    virtual Result<AgentBenchmark> benchmark(const std::vector<std::string>& names,
                                             const BenchmarkOptions& options) = 0;
    /// Samples [first, first + count) of an uploaded sample file, each answer as it comes. Reports
    /// Stage::board_run.
    virtual Status run(const std::string& name, const std::string& samples, std::int64_t first,
                       std::int64_t count, const std::function<Status(SampleOutputs)>& each) = 0;
    /// Ends profiling of a session that was loaded with it.
    virtual Result<std::vector<NodeTime>> profile(const std::string& name) = 0;
};

/// The agent of this installation for a board's architecture (uname -m): agent/ARCH/quantwright-agent beside
/// this executable, in an installation below its libexec. Errors: board.no_agent (subject: the architecture).
Result<std::filesystem::path> agent_program(const std::string& arch);

}  // namespace quantwright
