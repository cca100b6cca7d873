#pragma once
// A loaded model: made with the provider where it is wanted and there, run with inputs that stay in memory.
#include <cstddef>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime.h"

namespace quantwright::agent {

/// An input or output. Types are ONNX's numbers, 0 for what is no tensor; open dimensions are -1.
struct Value {
    std::string name;
    int type = 0;
    std::vector<std::int64_t> shape;
};

/// Bytes of so many elements; nothing for types without a size, and where the number does not fit.
[[nodiscard]] std::optional<std::uint64_t> byte_count(int type, const std::vector<std::int64_t>& shape);

struct LoadOptions {
    std::string model;
    int threads = 0;
    std::vector<int> cores;
    bool optimizations = true;
    bool provider = true;
    std::map<std::string, std::string> provider_options;
    bool profile = false;
};

/// Inputs in the session's order, with the memory they lie in.
struct Feed {
    std::vector<std::vector<std::byte>> memory;
    std::vector<Handle<OrtValue>> values;
};

class Session {
public:
    /// Throws Failure board.file_missing, board.model_refused, board.provider (if it can't be used),
    /// board.cores, board.out_of_memory, and those of Runtime::api().
    Session(Runtime& runtime, const LoadOptions& options);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] double session_ms() const { return m_session_ms; }
    [[nodiscard]] const std::vector<std::string>& providers() const { return m_providers; }
    [[nodiscard]] const std::vector<Value>& inputs() const { return m_inputs; }
    [[nodiscard]] const std::vector<Value>& outputs() const { return m_outputs; }
    [[nodiscard]] const std::vector<int>& cores() const { return m_options.cores; }

    /// `shapes` and `memory` in the order of inputs().
    [[nodiscard]] Feed feed(const std::vector<std::vector<std::int64_t>>& shapes,
                            std::vector<std::vector<std::byte>> memory) const;
    /// Zeros; open dimensions are 1.
    [[nodiscard]] Feed zeros() const;

    /// Milliseconds of one run. Its results are kept until the next.
    double run(const Feed& feed);
    [[nodiscard]] const std::vector<Handle<OrtValue>>& results() const { return m_results; }
    [[nodiscard]] std::optional<double> first_ms() const { return m_first_ms; }

    /// Ends profiling; the file has no name any more. Throws Failure board.bad_answer if there was none.
    [[nodiscard]] std::FILE* end_profiling();

private:
    void set_options(OrtSessionOptions* settings);
    void append_provider(OrtSessionOptions* settings);
    std::vector<Value> values(bool inputs) const;
    void take_profile_file();

    Runtime& m_runtime;
    LoadOptions m_options;
    Handle<OrtSession> m_session;
    Handle<OrtMemoryInfo> m_memory;
    std::FILE* m_profile = nullptr;
    double m_session_ms = 0;
    std::optional<double> m_first_ms;
    std::vector<std::string> m_providers;
    std::vector<Value> m_inputs, m_outputs;
    std::vector<const char*> m_input_names, m_output_names;
    std::vector<Handle<OrtValue>> m_results;
};

}  // namespace quantwright::agent
