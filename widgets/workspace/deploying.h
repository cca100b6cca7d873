#pragma once
// The plan as it is, on a board: one function for a worker thread.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/board/deploy.h"
#include "core/plan/resolve.h"
#include "core/project/project.h"
#include "widgets/workspace/image_settings.h"

namespace quantwright {

struct BoardRequest {
    std::string name;                   ///< under which the board is kept; empty: it is not
    std::string address;                ///< as typed: "user@host:port", or an alias of ~/.ssh/config
    std::filesystem::path identity;     ///< private key; empty: the usual ones
    std::filesystem::path known_hosts;  ///< empty: the user's
    std::string runtime;                ///< library on the board; empty: found there
    int threads = 0;                    ///< on the board; 0: as many as its runtime likes
    std::int64_t images = 0;            ///< evenly spread over the evaluation images; 0: all
    int runs = 0;                       ///< timed ones; 0: until the median is certain
    int layer_images = 2;               ///< whose inner tensors are compared, where there are images; 0: none
    bool compare_float = false;         ///< the float model is timed in turns with it, and profiled
    /// By which boards are told apart.
    [[nodiscard]] const std::string& board() const { return name.empty() ? address : name; }
};

struct Deployed {
    BoardRequest request;
    MadeFrom made_from;  ///< its plan is the one that was deployed
    BoardResult result;
    std::shared_ptr<const Resolved> resolved = {};  ///< of the plan; null in what a project file kept
    std::vector<std::string> kept_float = {};       ///< see ExportedFiles
};

/// Of what it is made from the plan alone is filled in. Exports to a temporary file, connects, deploys, with
/// every node timed; without images there is no accuracy. Errors: those of export_files(), connect() and
/// deploy().
Result<Deployed> deployPlan(std::shared_ptr<const Resolved> resolved, const ImageSettings& images,
                            const BoardRequest& request, const ConnectQuestions& questions,
                            const JobContext& job);

/// Into the board's history; what is in the way of that becomes a problem of the deployment.
void keepRecord(Deployed& deployed, const std::filesystem::path& history);

}  // namespace quantwright
