#pragma once
// The plan as it is, on a board: one function for a worker thread.
#include <filesystem>
#include <string>

#include "core/board/deploy.h"
#include "core/plan/resolve.h"
#include "widgets/workspace/image_settings.h"

namespace quantwright {

struct BoardRequest {
    std::string address;                ///< as typed: "user@host:port", or an alias of ~/.ssh/config
    std::filesystem::path identity;     ///< private key; empty: the usual ones
    std::filesystem::path known_hosts;  ///< empty: the user's
    std::int64_t images = 0;            ///< evenly spread over the evaluation images; 0: all
    int runs = 0;                       ///< timed ones; 0: until the median is certain
};

struct Deployed {
    BoardRequest request;
    Plan plan;  ///< that was deployed
    BoardResult result;
};

/// Exports to a temporary file, connects, deploys, with every node timed; without images there is no
/// accuracy. Errors: those of exportFiles(), connect() and deploy().
Result<Deployed> deployPlan(const Resolved& resolved, const ImageSettings& images,
                            const BoardRequest& request, const ConnectQuestions& questions,
                            const JobContext& job);

}  // namespace quantwright
