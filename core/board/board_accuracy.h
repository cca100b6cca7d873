#pragma once
// Accuracy of a board: its outputs come back one by one and are judged here. Private to core/board.
#include "core/board/agent.h"
#include "core/evaluate/evaluate.h"
#include "core/model/model.h"
#include "core/task/judge.h"

namespace quantwright {

struct AccuracyRequest {
    std::shared_ptr<const Model> model;      ///< what runs on the board as session `session`
    std::shared_ptr<const Model> reference;  ///< may be empty
    std::shared_ptr<const InputReader> reader;
    const Judge* judge = nullptr;  ///< of those samples
    std::string session;
    std::string samples;          ///< Uploaded::path
    std::int64_t count = 0;       ///< of the samples in it
    std::int64_t max_images = 0;  ///< what the file was made with
    int threads = 0;
};

struct Accuracy {
    Evaluation board, host;  ///< host: the file's exact arithmetic
    Judgement board_judgement, host_judgement;
};

/// Errors: those of Agent::run, evaluate() and the judge.
Result<Accuracy> board_accuracy(Agent& agent, const AccuracyRequest& request, const JobContext& job);

/// Runs a session with the samples of a reader, by the inputs' names where they are known. The session must
/// outlive it.
[[nodiscard]] Runner runner_by_name(const Session& session, const InputReader& reader);

}  // namespace quantwright
