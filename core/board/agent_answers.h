#pragma once
// The agent's answers as values. Private to core/board.
#include "core/base/result.h"
#include "core/board/agent.h"
#include "core/board/answer.h"

namespace quantwright {

[[nodiscard]] BoardFacts read_facts(AnswerReader& answer);
[[nodiscard]] AgentLoaded read_loaded(AnswerReader& answer, std::string& wrong);
[[nodiscard]] AgentBenchmark read_benchmark(AnswerReader& answer, const std::vector<std::string>& names,
                                            std::string& wrong);
/// Appends: a large profile comes in pieces.
void read_profile(AnswerReader& answer, std::vector<NodeTime>& nodes, std::string& wrong);
/// Only codes that a board may give; others are board.bad_answer. `board` stands where no subject is given.
[[nodiscard]] Error read_error(const Json& answer, const std::string& board);

/// One sample's outputs, put together piece by piece. Memory grows with what has arrived, never with what was
/// announced.
class OutputsAssembly {
public:
    /// The event "outputs" of this sample.
    void begin(AnswerReader& event, std::int64_t sample, std::string& wrong);
    /// An event "bytes".
    void add(AnswerReader& event);
    [[nodiscard]] bool begun() const { return m_begun; }
    [[nodiscard]] bool complete() const { return m_begun && m_next == m_outputs.size(); }
    [[nodiscard]] SampleOutputs take();

private:
    struct Output {
        ElementType type = ElementType::undefined;
        Shape shape;
        std::size_t bytes = 0;
        std::vector<std::byte> data;
    };
    void skip_complete();

    bool m_begun = false;
    std::int64_t m_sample = 0;
    std::vector<Output> m_outputs;
    std::size_t m_next = 0;  ///< the output that is filled now
};

}  // namespace quantwright
