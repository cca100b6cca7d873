#pragma once
// A program of the user's that scores anything else (--judge). It gets a folder as its last argument:
//
//   images.txt       a line for each sample: its number, a tab, the path of its file
//   outputs/N.npy    what the network gave for sample N; N.NAME.npy where there are several outputs
//
// and prints one JSON object of numbers, the figures: higher is better unless "lower_is_better" names them.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/model/tensor.h"
#include "core/task/judge.h"

namespace quantwright {

struct CommandFigures {
    std::vector<Figure> figures;
    std::vector<std::string> lower_is_better;
};

/// One model's outputs on their way to the program. The folder goes with the object.
class CommandJudge {
public:
    /// `command` is the shell's; `outputs` are the model's. Errors: output.unwritable.
    static Result<std::unique_ptr<CommandJudge>> create(std::string command,
                                                        std::vector<std::string> outputs);
    ~CommandJudge();
    CommandJudge(const CommandJudge&) = delete;
    CommandJudge& operator=(const CommandJudge&) = delete;

    /// Errors: output.disk_full, output.unwritable.
    Status add(std::int64_t sample, const std::filesystem::path& image, const std::vector<Tensor>& outputs);
    /// Errors: judge.failed (subject: the command; detail: how it ended, its last words), cancelled.
    Result<CommandFigures> run(std::chrono::seconds limit = std::chrono::hours(1),
                               const JobContext& job = {});

private:
    CommandJudge() = default;
    std::string m_command;
    std::vector<std::string> m_outputs;
    std::filesystem::path m_folder;
    std::string m_images;
};

}  // namespace quantwright
