#pragma once
// Where a document's images come from and how they become inputs.
#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/images/preprocess.h"

namespace quantwright {

struct ImageSettings {
    std::filesystem::path calibration;  ///< folder or list; empty: not chosen yet
    std::filesystem::path evaluation;   ///< empty: the calibration images
    std::filesystem::path labels;  ///< of the evaluation images; empty: class folders, where there are any
    std::optional<Preprocess> preprocess;  ///< empty: inferred from the input's shape
    std::int64_t at_most = -1;             ///< the first so many of the calibration images; -1: all
    [[nodiscard]] bool operator==(const ImageSettings&) const = default;

    [[nodiscard]] const std::filesystem::path& evaluationOrCalibration() const {
        return evaluation.empty() ? calibration : evaluation;
    }
};

}  // namespace quantwright
