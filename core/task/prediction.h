#pragma once
// What a network says of one sample, in the terms of its task.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/images/geometry.h"

namespace quantwright {

/// Pixels of the image; (x, y) is the left upper corner.
struct Box {
    double x = 0, y = 0, width = 0, height = 0;
};

struct Detection {
    Box box;
    double score = 0;
    int category = 0;  ///< class index
};
using Detections = std::vector<Detection>;  ///< best first

/// Class indices, best first, at most five; empty where the output can't be ranked.
struct Ranking {
    std::vector<int> classes;
    /// Of each: the score where all of the output are fractions, else their softmax.
    std::vector<double> shares = {};
    [[nodiscard]] bool empty() const { return classes.empty(); }
};

/// The class of each pixel, row by row, at the resolution of the output or of the labels.
struct Mask {
    int height = 0, width = 0;
    std::vector<std::int32_t> classes;
};

/// An embedding or the values of a regression.
using Values = std::vector<float>;

/// std::monostate: nothing (task none). std::string: UTF-8 text.
using Prediction = std::variant<std::monostate, Ranking, Detections, Mask, std::string, Values>;

}  // namespace quantwright
